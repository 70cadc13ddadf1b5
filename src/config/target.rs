//! One side of the configuration: its URL, its headers, and what of them is secret.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};

use super::read::{Variables, more_than_nothing};
use super::{Credentials, DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, Driver, TargetConfig};
use crate::diagnostic::{At, Complaints, Entries, Section, suggest};

/// The form of a side.
pub(super) struct TargetTable {
    driver: Option<At<String>>,
    base_url: Option<At<String>>,
    headers: Option<At<Entries<String>>>,
    timeout: Option<At<Duration>>,
    connect_timeout: Option<At<Duration>>,
    tls: Option<At<bool>>,
}

impl TargetTable {
    pub(super) fn from_section(section: &mut Section<'_>) -> Self {
        Self {
            driver: section.required("driver", "`driver = \"http\"`"),
            base_url: section.required("base_url", "a URL like `base_url = \"https://...\"`"),
            headers: section.optional("headers"),
            timeout: section.optional("timeout"),
            connect_timeout: section.optional("connect_timeout"),
            tls: section.optional("tls"),
        }
    }

    /// The side, or `None` after a complaint.
    pub(super) fn resolve(
        self,
        variables: &Variables<'_>,
        complaints: &Complaints,
    ) -> Option<TargetConfig> {
        let driver = self.driver.and_then(|name| driver(&name, complaints));
        let tls = self.tls.is_none_or(|tls| tls.value);
        let url = self.base_url.and_then(|text| {
            let value = variables.resolve(&text, complaints)?;
            base_url(&text, &value, tls, complaints)
        });
        let headers = headers(self.headers, variables, complaints);
        let timeout = more_than_nothing(self.timeout, DEFAULT_TIMEOUT, complaints);
        let connect_timeout =
            more_than_nothing(self.connect_timeout, DEFAULT_CONNECT_TIMEOUT, complaints);
        let (base_url, credentials) = url?;
        Some(TargetConfig {
            driver: driver?,
            base_url,
            credentials,
            headers: headers?,
            timeout: timeout?,
            connect_timeout: connect_timeout?,
        })
    }
}

fn driver(name: &At<String>, complaints: &Complaints) -> Option<Driver> {
    let found = Driver::ALL
        .into_iter()
        .find(|driver| driver.name() == name.value);
    if found.is_none() {
        complaints.add(
            &name.span,
            format!("there is no driver `{}`", name.value),
            suggest(&name.value, Driver::ALL.map(Driver::name)),
        );
    }
    found
}

/// Takes a URL apart; nothing of `value` is ever part of a message, for it may hold a password.
fn base_url(
    text: &At<String>,
    value: &str,
    tls: bool,
    complaints: &Complaints,
) -> Option<(Url, Option<Credentials>)> {
    let wrong = |message: String, help: &str| {
        complaints.add(&text.span, message, help);
        None
    };
    let mut url = match Url::parse(value) {
        Ok(url) => url,
        Err(error) => {
            let help = "write a URL like `https://tasks.example`";
            return wrong(format!("this is not a URL: {error}"), help);
        }
    };
    if !["http", "https"].contains(&url.scheme()) {
        let help = "write a URL that begins with `https://`";
        return wrong("this is not the URL of an HTTP server".to_owned(), help);
    }
    if url.query().is_some() || url.fragment().is_some() {
        let help = "leave out everything from `?` or `#` on; secrets go into `headers`";
        return wrong("a base URL has no query and no fragment".to_owned(), help);
    }
    if tls && url.scheme() == "http" && !is_loopback(&url) {
        let message = "plain http:// would send everything unprotected over the network";
        let help = "write https://, or add `tls = false` if you trust the way";
        return wrong(message.to_owned(), help);
    }
    let credentials = take_credentials(&mut url);
    Some((url, credentials))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn take_credentials(url: &mut Url) -> Option<Credentials> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8_lossy();
        SecretString::from(text.into_owned())
    };
    let password = url.password().map(decoded);
    let credentials = (!url.username().is_empty() || password.is_some()).then(|| Credentials {
        user: decoded(url.username()),
        password,
    });
    // These fail for URLs without a host only, which http and https never are.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    credentials
}

fn headers(
    entries: Option<At<Entries<String>>>,
    variables: &Variables<'_>,
    complaints: &Complaints,
) -> Option<Vec<(HeaderName, SecretString)>> {
    let entries = entries.map(|entries| entries.value.0).unwrap_or_default();
    let read =
        |(name, text): (At<String>, At<String>)| {
            let header = HeaderName::from_bytes(name.value.as_bytes()).ok();
            if header.is_none() {
                let message = format!("`{}` cannot be the name of a header", name.value);
                complaints.add(&name.span, message, "use letters, digits and `-`");
            }
            let value = variables.resolve(&text, complaints)?;
            if HeaderValue::from_str(&value).is_err() {
                complaints.add(
                &text.span,
                format!("the value of `{}` has a character that no header may have", name.value),
                "remove line ends and control characters; in a variable, look for one at its end",
            );
                return None;
            }
            Some((header?, SecretString::from(value)))
        };
    let read: Vec<_> = entries.into_iter().map(read).collect();
    read.into_iter().collect()
}
