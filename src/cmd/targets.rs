//! From a target's configuration to the target.

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::config::{Access, Credentials, TargetConfig};
use crate::target::{
    AnyTarget, HttpOptions, HttpTarget, NotionOptions, NotionTarget, PostgresOptions,
    PostgresTarget, TargetError,
};

/// Generous beside the slowest latency profile: a sandbox that takes longer is broken.
const SANDBOX_TIMEOUT: Duration = Duration::from_secs(60);

/// The target that a configuration describes.
pub(super) fn configured(config: &TargetConfig) -> Result<AnyTarget, TargetError> {
    match &config.access {
        Access::Http {
            credentials,
            headers,
        } => {
            let mut secrets: Vec<SecretString> = config.secrets().map(SecretString::from).collect();
            secrets.extend(credentials.as_ref().map(basic));
            let sent = credentials
                .as_ref()
                .map(|found| (found.user.clone(), found.password.clone()));
            HttpTarget::new(HttpOptions {
                base_url: config.base_url.clone(),
                credentials: sent,
                headers: headers.clone(),
                timeout: config.timeout,
                connect_timeout: config.connect_timeout,
                secrets,
            })
            .map(AnyTarget::Http)
        }
        Access::Notion { token, version } => NotionTarget::new(NotionOptions {
            base_url: config.base_url.clone(),
            token: token.clone(),
            version: version.clone(),
            timeout: config.timeout,
            connect_timeout: config.connect_timeout,
        })
        .map(AnyTarget::Notion),
        Access::Postgres { url } => PostgresTarget::new(&PostgresOptions {
            url: url.clone(),
            timeout: config.timeout,
            connect_timeout: config.connect_timeout,
        })
        .map(AnyTarget::Postgres),
    }
}

/// The credentials as they are sent (RFC 7617), for an answer that echoes them.
fn basic(credentials: &Credentials) -> SecretString {
    let password = credentials
        .password
        .as_ref()
        .map_or("", ExposeSecret::expose_secret);
    let pair = format!("{}:{password}", credentials.user.expose_secret());
    BASE64_STANDARD.encode(pair).into()
}

/// A side of the embedded sandbox, which has no secrets.
pub(super) fn embedded(url: &str) -> Result<AnyTarget, TargetError> {
    HttpTarget::new(HttpOptions {
        base_url: Url::parse(url).map_err(|_| TargetError::Url(url.to_owned()))?,
        credentials: None,
        headers: Vec::new(),
        timeout: SANDBOX_TIMEOUT,
        connect_timeout: SANDBOX_TIMEOUT,
        secrets: Vec::new(),
    })
    .map(AnyTarget::Http)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_in_the_form_in_which_they_are_sent() {
        // RFC 7617, section 2.
        let credentials = Credentials {
            user: "Aladdin".to_owned().into(),
            password: Some("open sesame".to_owned().into()),
        };
        assert_eq!(
            basic(&credentials).expose_secret(),
            "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
    }
}
