//! One side of the configuration: what all drivers have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use http::HeaderName;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::access::{OwnKeys, not_of_notion, usual_url};
use super::database;
use super::read::{Variables, more_than_nothing};
use super::{Access, Credentials, DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, TargetConfig};
use crate::diagnostic::{At, Complaints, Diagnostics, Entries, Section, Source, suggest};
use crate::driver::Driver;

/// The form of a side.
pub(super) struct TargetTable {
    driver: Option<At<String>>,
    base_url: Option<At<String>>,
    timeout: Option<At<Duration>>,
    connect_timeout: Option<At<Duration>>,
    tls: Option<At<bool>>,
    variables: Option<At<Entries<String>>>,
    own: OwnKeys,
}

impl TargetTable {
    pub(super) fn from_section(section: &mut Section<'_>) -> Self {
        let driver: Option<At<String>> = section.required("driver", "`driver = \"http\"`");
        let is = |wanted: Driver| {
            let named = driver.as_ref();
            named.is_some_and(|driver| driver.value == wanted.name())
        };
        let token = match is(Driver::Notion) {
            true => section.required("token", "`token = \"env:NOTION_TOKEN\"`"),
            false => section.optional("token"),
        };
        let url = match is(Driver::Postgres) {
            true => section.required("url", "`url = \"env:DIRECT_URL\"`"),
            false => section.optional("url"),
        };
        let base_url = match is(Driver::Notion) || is(Driver::Postgres) {
            true => section.optional("base_url"),
            false => section.required("base_url", "a URL like `base_url = \"https://...\"`"),
        };
        Self {
            driver,
            base_url,
            own: OwnKeys {
                headers: section.optional("headers"),
                token,
                version: section.optional("version"),
                url,
            },
            timeout: section.optional("timeout"),
            connect_timeout: section.optional("connect_timeout"),
            tls: section.optional("tls"),
            variables: section.optional("variables"),
        }
    }

    /// The side, or `None` after a complaint.
    pub(super) fn resolve(
        self,
        environment: &Variables<'_>,
        complaints: &Complaints,
    ) -> Option<TargetConfig> {
        let driver = self.driver.and_then(|name| driver(&name, complaints));
        let tls = self.tls.is_none_or(|tls| tls.value);
        if let (Some(Driver::Postgres), Some(found)) = (driver, &self.base_url) {
            database::does_not_belong("base_url", &found.span, complaints);
        }
        let place = self.base_url.as_ref().map(|text| text.span.clone());
        let url = match self.base_url {
            Some(text) => environment
                .resolve(&text, complaints)
                .and_then(|value| base_url(&text, &value, tls, complaints)),
            None if driver == Some(Driver::Notion) => usual_url(),
            // That it is missing has been said.
            None => None,
        };
        let timeout = more_than_nothing(self.timeout, DEFAULT_TIMEOUT, complaints);
        let connect_timeout =
            more_than_nothing(self.connect_timeout, DEFAULT_CONNECT_TIMEOUT, complaints);
        let variables = target_variables(self.variables, environment, complaints);
        let credentials = url.as_ref().and_then(|(_, found)| found.clone());
        let mut url = url.map(|(url, _)| url);
        let access = match driver {
            None => {
                self.own.check(environment, complaints);
                None
            }
            Some(Driver::Http) => self.own.http(credentials, environment, complaints),
            Some(Driver::Postgres) => {
                let found = self.own.postgres(tls, environment, complaints).unzip();
                url = found.0;
                found.1
            }
            Some(Driver::Notion) => {
                if let (Some(place), Some(url)) = (place, &url) {
                    not_of_notion(url, credentials.as_ref(), &place, complaints);
                }
                self.own.notion(environment, complaints)
            }
        };
        Some(TargetConfig {
            access: access?,
            base_url: url?,
            timeout: timeout?,
            connect_timeout: connect_timeout?,
            variables: variables?,
        })
    }

    /// Where it is said what is reached.
    pub(super) fn place(&self) -> Option<Range<usize>> {
        let url = self.base_url.as_ref().or(self.own.url.as_ref());
        url.map(|text| text.span.clone())
    }

    /// Complains when this side is reached by a driver whose limit only the baseline's lane keeps.
    pub(super) fn must_not_be_limited(&self, complaints: &Complaints) {
        let limited = |name: &&At<String>| name.value == Driver::Notion.name();
        if let Some(name) = self.driver.as_ref().filter(limited) {
            complaints.add(
                &name.span,
                "the candidate is not sent within a limit, and Notion has one",
                "let Notion be the baseline; a candidate is reached by `driver = \"http\"` or `\"postgres\"`",
            );
        }
    }
}

/// Complains when nothing tells the sides apart: what is compared with itself is always the same.
pub(super) fn must_be_two(
    baseline: Option<&TargetConfig>,
    candidate: Option<&TargetConfig>,
    place: Option<Range<usize>>,
    complaints: &Complaints,
) {
    let (Some(baseline), Some(candidate), Some(place)) = (baseline, candidate, place) else {
        return;
    };
    if is_one(baseline, candidate) {
        complaints.add(
            &place,
            "the candidate is the baseline: both have this URL, the same headers and the same variables",
            "name two deployments, or the header that chooses the store; `cutover regress` compares two builds",
        );
    }
}

/// Whether two sides are reached in the same way with the same credentials, and asked with the same variables.
fn is_one(one: &TargetConfig, other: &TargetConfig) -> bool {
    let url = |side: &TargetConfig| side.base_url.as_str().trim_end_matches('/').to_owned();
    let same_access = match (&one.access, &other.access) {
        (
            Access::Http {
                credentials,
                headers,
            },
            Access::Http {
                credentials: other_credentials,
                headers: other_headers,
            },
        ) => {
            let shown = |found: &Option<Credentials>| {
                found.as_ref().map(|found| {
                    let password = found.password.as_ref();
                    let password = password.map(|it| it.expose_secret().to_owned());
                    (found.user.expose_secret().to_owned(), password)
                })
            };
            let sent = |headers: &[(HeaderName, SecretString)]| -> BTreeSet<(String, String)> {
                let each = headers.iter();
                each.map(|(name, value)| (name.to_string(), value.expose_secret().to_owned()))
                    .collect()
            };
            shown(credentials) == shown(other_credentials) && sent(headers) == sent(other_headers)
        }
        (Access::Postgres { url }, Access::Postgres { url: other }) => {
            url.expose_secret() == other.expose_secret()
        }
        // Notion is the baseline only.
        _ => false,
    };
    same_access && url(one) == url(other) && one.variables == other.variables
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

/// What templates may use as `target.<name>`.
fn target_variables(
    entries: Option<At<Entries<String>>>,
    environment: &Variables<'_>,
    complaints: &Complaints,
) -> Option<BTreeMap<String, String>> {
    let entries = entries.map(|entries| entries.value.0).unwrap_or_default();
    let read = |(name, text): (At<String>, At<String>)| {
        let first = |c: char| c.is_ascii_lowercase();
        let other = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let right = name.value.starts_with(first) && name.value.chars().all(other);
        if !right {
            complaints.add(
                &name.span,
                format!("`{}` cannot be the name of a variable", name.value),
                "use small letters, digits and `_`, and begin with a letter: `tasks_database`",
            );
        }
        let value = environment.resolve(&text, complaints)?;
        if value.is_empty() {
            complaints.add(&text.span, "this variable is empty", "give it a value");
        }
        (right && !value.is_empty()).then_some((name.value, value))
    };
    // Collected one by one first, so that every mistake is found.
    let read: Vec<_> = entries.into_iter().map(read).collect();
    read.into_iter().collect()
}

/// Takes a URL apart; nothing of `value` is ever part of a message, for it may hold a password.
pub(super) fn base_url(
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
        let help = "write https://, or add `tls = false` to the configuration if you trust the way";
        return wrong(message.to_owned(), help);
    }
    let credentials = take_credentials(&mut url);
    Some((url, credentials))
}

/// The URL of Notion's API as an option of the command line states it, held to what a configuration's is.
///
/// # Errors
/// When it is no URL, would send the token unprotected, or has what does not belong to Notion's; nothing of
/// `value` is part of the message.
pub fn notion_url(option: &str, value: &str) -> Result<Url, Diagnostics> {
    given_url(
        option,
        value,
        true,
        |url, credentials, place, complaints| {
            not_of_notion(url, credentials, place, complaints);
        },
    )
    .map(|(url, _)| url)
}

/// The URL of an application's API as an option of the command line states it, with the credentials that stood
/// in it; with `tls` held to what a configuration's is.
///
/// # Errors
/// When it is no base URL, or would send secrets unprotected; nothing of `value` is part of the message.
pub fn api_url(
    option: &str,
    value: &str,
    tls: bool,
) -> Result<(Url, Option<Credentials>), Diagnostics> {
    given_url(option, value, tls, |_, _, _, _| {})
}

fn given_url(
    option: &str,
    value: &str,
    tls: bool,
    check: impl Fn(&Url, Option<&Credentials>, &Range<usize>, &Complaints),
) -> Result<(Url, Option<Credentials>), Diagnostics> {
    let complaints = Complaints::new(Source::new(Path::new("the command line"), option));
    let text = At {
        value: option.to_owned(),
        span: 0..option.len(),
    };
    let found = base_url(&text, value, tls, &complaints);
    if let Some((url, credentials)) = &found {
        check(url, credentials.as_ref(), &text.span, &complaints);
    }
    let wrong = complaints.into_sorted();
    found
        .filter(|_| wrong.is_empty())
        .ok_or_else(|| Diagnostics::of(wrong))
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
