//! From a target's configuration to the target.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::config::TargetConfig;
use crate::target::{HttpOptions, HttpTarget, TargetError};

/// Generous beside the slowest latency profile: a sandbox that takes longer is broken.
const SANDBOX_TIMEOUT: Duration = Duration::from_secs(60);

/// The target that a configuration describes.
pub(super) fn configured(config: &TargetConfig) -> Result<HttpTarget, TargetError> {
    let credentials = config.credentials.as_ref();
    HttpTarget::new(HttpOptions {
        base_url: config.base_url.clone(),
        credentials: credentials.map(|found| (found.user.clone(), found.password.clone())),
        headers: config.headers.clone(),
        timeout: config.timeout,
        connect_timeout: config.connect_timeout,
        secrets: config.secrets().map(SecretString::from).collect(),
    })
}

/// A side of the embedded sandbox, which has no secrets.
pub(super) fn embedded(url: &str) -> Result<HttpTarget, TargetError> {
    HttpTarget::new(HttpOptions {
        base_url: Url::parse(url).map_err(|_| TargetError::Url(url.to_owned()))?,
        credentials: None,
        headers: Vec::new(),
        timeout: SANDBOX_TIMEOUT,
        connect_timeout: SANDBOX_TIMEOUT,
        secrets: Vec::new(),
    })
}
