//! What each driver alone needs to reach a side, and the keys of the others that do not belong to it.

use std::ops::Range;

use http::{HeaderName, HeaderValue};
use secrecy::SecretString;
use url::Url;

use super::read::Variables;
use super::{Access, Credentials, DEFAULT_NOTION_VERSION, NOTION_URL, NOTION_VERSIONS, database};
use crate::diagnostic::{At, Complaints, Entries, suggest};

/// The keys that not every driver has, as they stand in the file.
pub(super) struct OwnKeys {
    pub(super) headers: Option<At<Entries<String>>>,
    pub(super) token: Option<At<String>>,
    pub(super) version: Option<At<String>>,
    pub(super) url: Option<At<String>>,
}

impl OwnKeys {
    /// Complains of what is wrong whichever driver is meant.
    pub(super) fn check(self, environment: &Variables<'_>, complaints: &Complaints) {
        let _ = headers(self.headers, environment, complaints);
    }

    /// Access to an application's API.
    pub(super) fn http(
        self,
        credentials: Option<Credentials>,
        environment: &Variables<'_>,
        complaints: &Complaints,
    ) -> Option<Access> {
        for (key, found) in [("token", &self.token), ("version", &self.version)] {
            if let Some(found) = found {
                complaints.add(
                    &found.span,
                    format!("`{key}` is a key of `driver = \"notion\"`, and this is `http`"),
                    "send what this API needs in `headers`",
                );
            }
        }
        self.no_url("http", complaints);
        let headers = headers(self.headers, environment, complaints)?;
        Some(Access::Http {
            credentials,
            headers,
        })
    }

    /// Access to a PostgreSQL, with what may be shown of its URL.
    pub(super) fn postgres(
        self,
        tls: bool,
        environment: &Variables<'_>,
        complaints: &Complaints,
    ) -> Option<(Url, Access)> {
        let others = [
            ("headers", self.headers.map(|found| found.span)),
            ("token", self.token.map(|found| found.span)),
            ("version", self.version.map(|found| found.span)),
        ];
        for (key, place) in others {
            if let Some(place) = place {
                database::does_not_belong(key, &place, complaints);
            }
        }
        // That it is missing has been said.
        let text = self.url?;
        let value = environment.resolve(&text, complaints)?;
        database::access(&text, value, tls, complaints)
    }

    fn no_url(&self, driver: &str, complaints: &Complaints) {
        if let Some(found) = &self.url {
            complaints.add(
                &found.span,
                format!("`url` is a key of `driver = \"postgres\"`, and this is `{driver}`"),
                "write `base_url`",
            );
        }
    }

    /// Access to Notion.
    pub(super) fn notion(
        self,
        environment: &Variables<'_>,
        complaints: &Complaints,
    ) -> Option<Access> {
        self.no_url("notion", complaints);
        if let Some(headers) = &self.headers {
            complaints.add(
                &headers.span,
                "`headers` is a key of `driver = \"http\"`, and this is `notion`",
                "remove it; the driver sends what Notion needs from `token` and `version`",
            );
        }
        let version = self.version.map_or_else(
            || Some(DEFAULT_NOTION_VERSION.to_owned()),
            |version| known(version, complaints),
        );
        // That it is missing has been said.
        let token = self
            .token
            .and_then(|text| token(&text, environment, complaints));
        Some(Access::Notion {
            token: token?,
            version: version?,
        })
    }
}

pub(super) fn known(version: At<String>, complaints: &Complaints) -> Option<String> {
    if NOTION_VERSIONS.contains(&version.value.as_str()) {
        return Some(version.value);
    }
    complaints.add(
        &version.span,
        format!(
            "the driver knows no version `{}` of Notion's API",
            version.value
        ),
        suggest(&version.value, NOTION_VERSIONS),
    );
    None
}

/// A token; nothing of it is ever part of a message.
pub(super) fn token(
    text: &At<String>,
    environment: &Variables<'_>,
    complaints: &Complaints,
) -> Option<SecretString> {
    let value = environment.resolve(text, complaints)?;
    let visible = |byte: u8| byte.is_ascii_graphic();
    if value.starts_with('$') || value.is_empty() || !value.bytes().all(visible) {
        complaints.add(
            &text.span,
            "this cannot be a token: it is empty, or has a `$` or a space in it",
            "name the environment variable that holds it: `token = \"env:NOTION_TOKEN\"`",
        );
        return None;
    }
    Some(SecretString::from(value))
}

/// Where Notion's API is.
pub(super) fn usual_url() -> Option<(Url, Option<Credentials>)> {
    Url::parse(NOTION_URL).ok().map(|url| (url, None))
}

/// Complains of what in a URL does not belong to Notion's.
pub(super) fn not_of_notion(
    url: &Url,
    credentials: Option<&Credentials>,
    place: &Range<usize>,
    complaints: &Complaints,
) {
    if credentials.is_some() {
        complaints.add(
            place,
            "Notion takes no user and password",
            "remove them from the URL, and write `token = \"env:NOTION_TOKEN\"`",
        );
    }
    if url.path().trim_end_matches('/').ends_with("/v1") {
        complaints.add(
            place,
            "the paths of steps begin with `/v1` already",
            "leave `/v1` out of `base_url`",
        );
    }
}

fn headers(
    entries: Option<At<Entries<String>>>,
    environment: &Variables<'_>,
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
            let value = environment.resolve(&text, complaints)?;
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
