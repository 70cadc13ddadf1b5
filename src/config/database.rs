//! The URL of a database as a side of the configuration.
//!
//! It holds a password, so it is kept whole as a secret; what is shown of it is host, port and database.

use std::ops::Range;

use secrecy::SecretString;
use url::{Host, Url};

use super::Access;
use crate::diagnostic::{At, Complaints};

/// The values of `sslmode` with which nothing is sent unprotected.
const PROTECTED: [&str; 3] = ["require", "verify-ca", "verify-full"];

/// The access that a URL gives, and the part of it that may be shown; nothing of `value` is ever part of a
/// message.
pub(super) fn access(
    text: &At<String>,
    value: String,
    tls: bool,
    complaints: &Complaints,
) -> Option<(Url, Access)> {
    let wrong = |message: &str, help: &str| {
        complaints.add(&text.span, message, help);
        None
    };
    let usual = "name the environment variable that holds it: `url = \"env:DIRECT_URL\"`";
    let Ok(url) = Url::parse(&value) else {
        return wrong("this is not a URL", usual);
    };
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return wrong("this is not the URL of a PostgreSQL", usual);
    }
    if tls && !is_protected(&url) {
        return wrong(
            "without `sslmode=require`, everything may be sent unprotected over the network",
            "add `?sslmode=require` to the URL, or `tls = false` to the configuration if you trust the way",
        );
    }
    let access = Access::Postgres {
        url: SecretString::from(value),
    };
    Some((shown(url), access))
}

fn is_protected(url: &Url) -> bool {
    let mut parameters = url.query_pairs();
    let stays_here = match url.host() {
        // The host of a URL that is not of the web is a domain, whatever it looks like.
        Some(Host::Domain(name)) => {
            name == "localhost"
                || name.to_ascii_lowercase().starts_with("%2f")
                || name
                    .parse()
                    .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    // A parameter may name another host.
    let moved = url
        .query_pairs()
        .any(|(name, value)| matches!(&*name, "host" | "hostaddr") && !value.starts_with('/'));
    (stays_here && !moved)
        || parameters.any(|(name, value)| {
            matches!(&*name, "sslmode" | "ssl-mode") && PROTECTED.contains(&&*value)
        })
}

/// Host, port and database.
fn shown(mut url: Url) -> Url {
    // Setting them fails only for a URL without a host, which has none of them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Complains of a key that belongs to other drivers.
pub(super) fn does_not_belong(key: &str, place: &Range<usize>, complaints: &Complaints) {
    complaints.add(
        place,
        format!("`{key}` is no key of `driver = \"postgres\"`"),
        "remove it; where the database is, and who asks, stands in `url`",
    );
}

/// The texts of a URL that nobody may see: the password as it is written, and the whole.
pub(super) fn secrets(url: &str) -> impl Iterator<Item = &str> {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let credentials = authority.rsplit_once('@').map(|(before, _)| before);
    let password = credentials.and_then(|text| text.split_once(':').map(|(_, it)| it));
    [Some(url), password].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_over_the_network_is_protected_or_refused() {
        for (url, right) in [
            ("postgres://a:b@localhost/d", true),
            ("postgres://a:b@127.0.0.1:5433/d", true),
            ("postgres://a:b@[::1]/d", true),
            ("postgres://a@%2Ftmp/d", true),
            ("postgres:///d?host=/tmp", true),
            ("postgres://a:b@localhost/d?host=db.example", false),
            ("postgres://a:b@db.example/d", false),
            ("postgres://a:b@db.example/d?sslmode=prefer", false),
            ("postgres://a:b@db.example/d?sslmode=require", true),
            ("postgres://a:b@db.example/d?sslmode=verify-full", true),
        ] {
            assert_eq!(is_protected(&Url::parse(url).unwrap()), right, "{url}");
        }
    }

    #[test]
    fn what_is_shown_is_where_it_leads() {
        let url = Url::parse("postgres://a:hunter2@db.example:5433/d?password=hunter2#hunter2");
        assert_eq!(shown(url.unwrap()).as_str(), "postgres://db.example:5433/d");
    }
}
