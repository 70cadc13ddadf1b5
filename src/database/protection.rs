//! How a connection is protected on its way, as the URL asks for it and as it could be.
//!
//! `sslmode=require` encrypts and takes any certificate, and `prefer` gives up encryption when somebody on
//! the way says that there is none. What the words of a URL hide is seen by connecting with others.

use std::net::IpAddr;

use sqlx::postgres::PgSslMode;

use super::Given;

/// What a connection is protected by, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protection {
    /// By nothing, or by what the server wants (`disable`, `allow`).
    Nothing,
    /// By encryption, unless the server or somebody on the way says that there is none (`prefer`).
    Perhaps,
    /// By encryption; anybody may be at the other end (`require`).
    Encryption,
    /// By encryption and a certificate of an authority that is trusted (`verify-ca`, `verify-full`).
    Certificate,
}

impl Given {
    /// What the URL asks for.
    #[must_use]
    pub fn protection(&self) -> Protection {
        match self.options().get_ssl_mode() {
            PgSslMode::Disable | PgSslMode::Allow => Protection::Nothing,
            PgSslMode::Prefer => Protection::Perhaps,
            PgSslMode::Require => Protection::Encryption,
            PgSslMode::VerifyCa | PgSslMode::VerifyFull => Protection::Certificate,
        }
    }

    /// The same database with this protection, whatever the URL says.
    #[must_use]
    pub fn protected_by(&self, protection: Protection) -> Self {
        let mode = match protection {
            Protection::Nothing => PgSslMode::Disable,
            Protection::Perhaps => PgSslMode::Prefer,
            Protection::Encryption => PgSslMode::Require,
            Protection::Certificate => PgSslMode::VerifyFull,
        };
        self.with_options(self.options().clone().ssl_mode(mode))
    }

    /// Whether nothing leaves this machine on the way.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let options = self.options();
        let host = options.get_host();
        let loopback = host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        options.get_socket().is_some() || host.starts_with('/') || host == "localhost" || loopback
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn given(url: &str) -> Given {
        Given::parse(&SecretString::from(url)).unwrap()
    }

    #[test]
    fn a_url_asks_for_a_protection_and_can_be_given_another() {
        use Protection as P;
        for (mode, protection) in [
            ("disable", P::Nothing),
            ("prefer", P::Perhaps),
            ("require", P::Encryption),
            ("verify-full", P::Certificate),
        ] {
            let given = given(&format!("postgres://a:b@db.example/d?sslmode={mode}"));
            assert_eq!(given.protection(), protection, "{mode}");
            let other = given.protected_by(P::Certificate);
            assert_eq!(other.protection(), P::Certificate);
            assert_eq!(other.to_string(), given.to_string());
        }
    }

    #[test]
    fn only_what_stays_on_this_machine_is_local() {
        for (url, local) in [
            ("postgres://a@localhost/d", true),
            ("postgres://a@127.0.0.1/d", true),
            ("postgres://a@%2Ftmp/d", true),
            ("postgres:///d?host=/tmp", true),
            ("postgres://a@db.example/d", false),
            ("postgres://a@localhost/d?host=db.example", false),
        ] {
            assert_eq!(given(url).is_local(), local, "{url}");
        }
    }
}
