//! A database of our own on a server that somebody runs (`DATABASE_URL`).
//!
//! Nothing outside a database that we made is ever touched. Its sign of life is an advisory lock, held
//! by an open transaction on the URL's own database and taken before the database is made: the server
//! releases it when the connection ends, however the harness ends. A transaction, and not a session,
//! because behind a transaction pooler only a transaction keeps its server connection. The next
//! start reads `pg_locks`, which shows the locks of all databases, and drops ours that nobody holds;
//! it does so without force, so that the server refuses if somebody is connected after all.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _};
use tokio::time::timeout;
use url::Url;

use super::{OLDEST_MAJOR, PostgresError, random_hex};

/// A hosted server that was suspended takes seconds to wake.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
const STATEMENT_LIMIT: Duration = Duration::from_secs(60);
const MARK: &str = "An ephemeral database of cutover; it is dropped when its owner has ended.";

/// The parameters that the client library knows. Others are for other clients (`pgbouncer`,
/// `connection_limit`, `schema`), and it would write them to the log; `dbname` would override ours.
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

/// A URL as it was given, taken apart.
#[derive(Clone)]
pub(super) struct Given {
    url: Url,
    options: PgConnectOptions,
    /// Host and port, without user and password.
    server: String,
    pooled: bool,
}

impl Given {
    fn parse(text: &SecretString) -> Result<Self, PostgresError> {
        let unusable = |why: String| PostgresError::Url { why };
        let mut url =
            Url::parse(text.expose_secret()).map_err(|error| unusable(error.to_string()))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(unusable(format!("its scheme is `{}`", url.scheme())));
        }
        let pooled = url
            .query_pairs()
            .any(|(name, value)| name == "pgbouncer" && value == "true");
        keep_parameters(&mut url, |name| {
            KNOWN_PARAMETERS.contains(&name) || name.starts_with("options[")
        });
        let options: PgConnectOptions = url
            .as_str()
            .parse()
            .map_err(|error: sqlx::Error| unusable(error.to_string()))?;
        let server = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        Ok(Self {
            url,
            options,
            server,
            pooled,
        })
    }

    /// The same server, another database.
    fn with_database(&self, name: &str) -> String {
        let mut url = self.url.clone();
        keep_parameters(&mut url, |parameter| parameter != "dbname");
        url.set_path(name);
        url.into()
    }

    async fn connect(&self) -> Result<PgConnection, PostgresError> {
        timeout(CONNECT_LIMIT, self.options.connect())
            .await
            .map_err(|_| PostgresError::TooSlow {
                what: format!("connecting to {}", self.server),
                limit: CONNECT_LIMIT,
            })?
            .map_err(|source| PostgresError::Connect {
                server: self.server.clone(),
                source,
            })
    }

    /// Runs a statement by the simple protocol, which a transaction pooler passes through.
    async fn query(
        &self,
        connection: &mut PgConnection,
        action: &'static str,
        statement: String,
    ) -> Result<Vec<PgRow>, PostgresError> {
        let running = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_all(connection);
        timeout(STATEMENT_LIMIT, running)
            .await
            .map_err(|_| PostgresError::TooSlow {
                what: format!("to {action} at {}", self.server),
                limit: STATEMENT_LIMIT,
            })?
            .map_err(|source| PostgresError::Query {
                server: self.server.clone(),
                action,
                source,
            })
    }
}

/// Without user and password.
impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

fn keep_parameters(url: &mut Url, keep: impl Fn(&str) -> bool) {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| keep(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
}

/// A database of ours. Dropped, it takes the database with it.
pub(super) struct Shared {
    given: Given,
    database: String,
    url: String,
    /// The transaction that holds the lock; `None` once the database is gone.
    life: Option<PgConnection>,
}

impl Shared {
    /// Sweeps, makes a database, and returns it with a connection to the URL's own database.
    pub(super) async fn create(url: &SecretString) -> Result<(Self, PgConnection), PostgresError> {
        Self::create_at(Given::parse(url)?).await
    }

    /// The same with a URL that was taken apart before.
    pub(super) async fn create_at(given: Given) -> Result<(Self, PgConnection), PostgresError> {
        let mut admin = given.connect().await?;
        admit(&given, &mut admin).await?;
        sweep(&given, &mut admin).await?;
        let key = &random_hex()?[..16];
        let database = format!("cutover_{key}");
        let life = hold(&given, key).await?;
        let statement = format!("CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'");
        given
            .query(&mut admin, "create a database", statement)
            .await?;
        // From here on a failure drops it again.
        let shared = Self {
            url: given.with_database(&database),
            given,
            database,
            life: Some(life),
        };
        let statement = format!("COMMENT ON DATABASE {} IS '{MARK}'", shared.database);
        shared
            .given
            .query(&mut admin, "mark its new database", statement)
            .await?;
        Ok((shared, admin))
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn given(&self) -> &Given {
        &self.given
    }

    pub(super) fn server(&self) -> &str {
        &self.given.server
    }

    pub(super) fn is_pooled(&self) -> bool {
        self.given.pooled
    }

    /// Drops the database and cuts the connections to it.
    pub(super) async fn drop_database(mut self) -> Result<(), PostgresError> {
        force_drop(&self.given, &self.database).await?;
        self.life = None;
        Ok(())
    }
}

/// Without the URL, which holds a password.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("server", &self.given.server)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

/// Blocks for as long as the drop takes: the process may be about to end. It needs a thread and a
/// runtime of its own, since the caller's may be ending too.
impl Drop for Shared {
    fn drop(&mut self) {
        if self.life.is_none() {
            return;
        }
        let (given, database) = (self.given.clone(), self.database.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            match runtime.map(|it| it.block_on(force_drop(&given, &database))) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!("{database} stays until the next start: {error}"),
                Err(error) => tracing::warn!("{database} stays until the next start: {error}"),
            }
        });
        // A panic of that thread was reported by itself.
        let _ = dropping.join();
    }
}

async fn force_drop(given: &Given, database: &str) -> Result<(), PostgresError> {
    let mut admin = given.connect().await?;
    let statement = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    given
        .query(&mut admin, "drop the sandbox's database", statement)
        .await?;
    // The work is done; how this connection ends changes nothing.
    let _ = admin.close().await;
    Ok(())
}

/// Refuses a server that is too old and a role that may not create databases.
async fn admit(given: &Given, admin: &mut PgConnection) -> Result<(), PostgresError> {
    let statement = "SELECT current_setting('server_version_num')::int / 10000 < {oldest}, \
                     current_setting('server_version'), rolcreatedb OR rolsuper, rolname::text \
                     FROM pg_roles WHERE rolname = current_user"
        .replace("{oldest}", &OLDEST_MAJOR.to_string());
    let rows = given.query(admin, "tell its version", statement).await?;
    let failed = |source| PostgresError::Query {
        server: given.server.clone(),
        action: "tell its version",
        source,
    };
    let row = rows
        .first()
        .ok_or_else(|| failed(sqlx::Error::RowNotFound))?;
    let server = given.server.clone();
    if row.try_get(0).map_err(failed)? {
        let version = row.try_get(1).map_err(failed)?;
        return Err(PostgresError::TooOld { server, version });
    }
    let may_create: bool = row.try_get(2).map_err(failed)?;
    if may_create {
        return Ok(());
    }
    let role = row.try_get(3).map_err(failed)?;
    Err(PostgresError::MayNotCreate { role, server })
}

/// Takes the lock `key` (16 hexadecimal digits) in a transaction that no time-out of the server ends.
async fn hold(given: &Given, key: &str) -> Result<PgConnection, PostgresError> {
    let mut connection = given.connect().await?;
    let statement = format!(
        "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; \
         SELECT pg_advisory_xact_lock(x'{key}'::bigint)"
    );
    let action = "take an advisory lock";
    given.query(&mut connection, action, statement).await?;
    Ok(connection)
}

/// Drops the databases that carry our name and our mark, that this role owns, and whose lock nobody
/// holds in any database of the server.
async fn sweep(given: &Given, admin: &mut PgConnection) -> Result<(), PostgresError> {
    let statement = format!(
        "SELECT datname::text FROM pg_database d \
         WHERE datname ~ '^cutover_[0-9a-f]{{16}}$' \
         AND shobj_description(d.oid, 'pg_database') = '{MARK}' \
         AND pg_has_role(datdba, 'USAGE') \
         AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 \
         AND ('x' || lpad(to_hex(classid::bigint), 8, '0') || lpad(to_hex(objid::bigint), 8, '0')) \
         = 'x' || substr(datname, 9))"
    );
    for row in given.query(admin, "list its databases", statement).await? {
        let Ok(orphan) = row.try_get::<String, _>(0) else {
            continue;
        };
        let statement = format!("DROP DATABASE IF EXISTS {orphan}");
        let action = "drop an earlier run's database";
        if let Err(error) = given.query(admin, action, statement).await {
            tracing::warn!("an earlier run's database {orphan} stays: {error}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(url: &str) -> Result<Given, PostgresError> {
        Given::parse(&SecretString::from(url))
    }

    #[test]
    fn a_pooled_url_keeps_its_tls_and_loses_what_is_for_other_clients() {
        let given = given(
            "postgresql://app:s%40cret@db.example.com/main?sslmode=require&pgbouncer=true\
             &channel_binding=require&connect_timeout=10",
        )
        .unwrap();
        assert!(given.pooled);
        assert_eq!(given.server, "db.example.com:5432");
        assert_eq!(
            given.with_database("cutover_0"),
            "postgresql://app:s%40cret@db.example.com/cutover_0?sslmode=require"
        );
    }

    #[test]
    fn a_database_in_the_parameters_does_not_win_over_ours() {
        let given = given("postgres://app@localhost/main?dbname=precious").unwrap();
        assert_eq!(given.options.get_database(), Some("precious"));
        let ours: PgConnectOptions = given.with_database("cutover_0").parse().unwrap();
        assert_eq!(ours.get_database(), Some("cutover_0"));
    }

    #[test]
    fn a_url_that_cannot_be_used_is_not_repeated() {
        for url in [
            "postgres://app:hunter2@localhost:port/main",
            "mysql://app:hunter2@localhost/main",
            "postgres://app:hunter2@localhost/main?sslmode=hunter",
            "app:hunter2@localhost",
        ] {
            let error = given(url).err().unwrap().to_string();
            assert!(error.contains("DATABASE_URL"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
