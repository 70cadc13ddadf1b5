//! The URL of a database, taken apart.
//!
//! A URL is written for several clients at once (`pgbouncer`, `connection_limit` and `schema` are
//! Prisma's), and our client library would write what it does not know to the log, with its value. So
//! only what it knows is handed on, and what the other parameters say of the database is kept: that a
//! pooler stands before it, and in which schema the tables are.

use std::fmt;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use url::Url;

use super::DatabaseError;
use super::identifier::quoted;

/// The parameters that the client library knows.
const KNOWN_PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "user",
    "password",
    "application_name",
    "options",
    "dbname",
];

/// Texts that are shorter stand everywhere, and cannot be told from ordinary ones.
const SHORTEST_SECRET: usize = 4;

/// A database as a URL names it. It shows itself as `host:port/database`, and in no other way.
#[derive(Clone)]
pub struct Given {
    options: Arc<PgConnectOptions>,
    server: String,
    database: String,
    pooled: bool,
    schema: Option<String>,
    passwords: Vec<SecretString>,
}

impl Given {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// When it is no URL of a PostgreSQL. The error has no part of it.
    pub fn parse(url: &SecretString) -> Result<Self, DatabaseError> {
        let unusable = |why: &str| DatabaseError::Url {
            why: why.to_owned(),
        };
        let mut url = Url::parse(url.expose_secret())
            .map_err(|error| unusable(&format!("it is no URL ({error})")))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(unusable("it does not begin with postgres://"));
        }
        let parameter = |wanted: &str| {
            let mut pairs = url.query_pairs();
            pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
        };
        let pooled = parameter("pgbouncer").as_deref() == Some("true");
        let schema = parameter("schema");
        let passwords = passwords(&url, parameter("password"));
        keep_known_parameters(&mut url);
        let options: PgConnectOptions = url.as_str().parse().map_err(|_| {
            unusable(
                "a parameter has a value that it cannot have (sslmode is one of disable, allow, prefer, \
                 require, verify-ca and verify-full)",
            )
        })?;
        let server = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        // Without a name in the URL, the server takes the user's.
        let database = options.get_database().unwrap_or("(unnamed)").to_owned();
        Ok(Self {
            // A pooler refuses a connection with a start-up parameter that it does not track, and each
            // transaction sets it for itself. A statement may hold what somebody searched for: it is no
            // matter of the log.
            options: Arc::new(options.extra_float_digits(None).disable_statement_logging()),
            server,
            database,
            pooled,
            schema,
            passwords,
        })
    }

    /// Host and port, or the folder of the socket.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The database's name; `(unnamed)` where the URL has none.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Whether the URL says that a transaction pooler stands before the database (`pgbouncer=true`).
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        self.pooled
    }

    /// A text of the server's without what the URL keeps secret.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.replace(
            &format!("\"{}\"", self.options.get_username()),
            "\"[user]\"",
        );
        for password in &self.passwords {
            text = text.replace(password.expose_secret(), "[secret]");
        }
        text
    }

    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// The same database, connected to with other options.
    pub(super) fn with_options(&self, options: PgConnectOptions) -> Self {
        Self {
            options: Arc::new(options),
            ..self.clone()
        }
    }

    /// The statement that makes the names of tables mean those of the URL's schema, for a transaction.
    pub(super) fn search_path(&self) -> String {
        let set = |schema: &String| format!("SET LOCAL search_path = {};", quoted(schema));
        self.schema.as_ref().map(set).unwrap_or_default()
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.server, self.database)
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given({self}, pooled: {})", self.pooled)
    }
}

/// The password as it is written, and as it is meant.
fn passwords(url: &Url, parameter: Option<String>) -> Vec<SecretString> {
    let written = url.password().map(str::to_owned);
    let meant = url
        .password()
        .and_then(|it| percent_decode_str(it).decode_utf8().ok())
        .map(std::borrow::Cow::into_owned);
    let all = [written, meant, parameter].into_iter().flatten();
    all.filter(|text| text.chars().count() >= SHORTEST_SECRET)
        .map(SecretString::from)
        .collect()
}

fn keep_known_parameters(url: &mut Url) {
    let known = |name: &str| KNOWN_PARAMETERS.contains(&name) || name.starts_with("options[");
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| known(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(url: &str) -> Result<Given, DatabaseError> {
        Given::parse(&SecretString::from(url))
    }

    #[test]
    fn what_is_for_other_clients_is_understood_and_not_handed_on() {
        let given = given(
            "postgresql://app:s%40cret@db.example.com/main?sslmode=require&pgbouncer=true\
             &channel_binding=require&connect_timeout=10&schema=My%22App",
        )
        .unwrap();
        assert!(given.is_pooled());
        assert_eq!(given.to_string(), "db.example.com:5432/main");
        assert_eq!(given.search_path(), r#"SET LOCAL search_path = "My""App";"#);
        assert_eq!(given.options.get_database(), Some("main"));
        assert!(
            !given
                .options
                .get_options()
                .unwrap_or_default()
                .contains("schema")
        );
    }

    #[test]
    fn a_direct_url_is_not_taken_for_a_pooled_one() {
        for url in [
            "postgres://app@localhost/main",
            "postgres://app@localhost/main?pgbouncer=false",
        ] {
            let given = given(url).unwrap();
            assert!(!given.is_pooled(), "{url}");
            assert_eq!(given.search_path(), "", "{url}");
        }
    }

    #[test]
    fn no_part_of_a_url_that_cannot_be_used_is_repeated() {
        for url in [
            "postgres://hunter2:hunter2@localhost:port/hunter2",
            "mysql://hunter2:hunter2@localhost/main",
            "postgres://app:hunter2@localhost/main?sslmode=hunter2",
            "postgres://app:hunter2@localhost/main?port=hunter2",
            "hunter2:hunter2@localhost",
        ] {
            let error = given(url).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn user_and_password_are_taken_out_of_what_a_server_says() {
        let given = given("postgres://teresa:s%40cret@localhost/main").unwrap();
        assert_eq!(
            given.redact(r#"authentication failed for user "teresa" with s@cret or s%40cret"#),
            r#"authentication failed for user "[user]" with [secret] or [secret]"#
        );
        let shown = format!("{given} {given:?}");
        assert!(
            !shown.contains("teresa") && !shown.contains("cret"),
            "{shown}"
        );
    }
}
