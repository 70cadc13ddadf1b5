//! A real PostgreSQL for the sandbox, there within half a second and gone without a trace.
//!
//! Why not one of the crates that do this: those that were tried switch durability off, fail as root,
//! or serve one connection at a time. A benchmark of such a database would measure something else.
//!
//! ```text
//! DATABASE_URL given ─ shared ────────────── a database of its own on that server
//! otherwise ── sweep ─ account ─ binaries ─ cluster ── a server of its own
//!                │                │           ├─ home      its folder and the owner's lock
//!                │                └─ fetch    ├─ watchdog  clears both away at the harness's end
//!                └─ clears what earlier runs left
//! ```
//!
//! [`Admin`] dumps what is there and makes empty databases beside it.
//!
//! Whether a run is stopped, dropped or killed, the same script clears its server away.

mod account;
mod admin;
mod binaries;
mod cluster;
mod error;
mod fetch;
mod filesystem;
mod home;
mod shared;
mod sweep;
mod watchdog;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use sqlx::{PgConnection, Row as _};

pub use admin::{Admin, DumpFormat};
pub use binaries::{PackageFolders, Search};
pub use error::{PostgresError, Searched};
pub use fetch::Fetch;

use account::Account;
use cluster::Cluster;
use shared::Shared;

/// The oldest major version that has all that is needed: `DROP DATABASE ... WITH (FORCE)` and
/// `gen_random_uuid()` came with 13.
pub const OLDEST_MAJOR: u32 = 13;

const START_LIMIT: Duration = Duration::from_secs(30);

/// The settings that decide whether a commit survives a power cut.
const DURABILITY: [&str; 4] = [
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "data_checksums",
];

/// How to get a server. The default finds or fetches binaries and starts one.
#[derive(Debug, Default)]
pub struct Options {
    /// A URL of a server to use, in a database of its own, instead of starting one.
    pub admin_url: Option<SecretString>,
    /// The folder that holds `initdb` and `postgres`; no other place is searched then.
    pub bin_dir: Option<PathBuf>,
    /// Where servers keep their data; the system's temporary folder by default.
    pub scratch: Option<PathBuf>,
    /// Where to look for binaries; this machine's usual places by default.
    pub search: Option<Search>,
    /// How long a server may take to be ready; 30 s by default.
    pub start_limit: Option<Duration>,
}

/// What a report has to say of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What the server says of its version.
    pub version: String,
    /// Where the binaries or the server came from.
    pub origin: String,
    /// `fsync=on` and so on, as the running server reports them.
    pub durability: Vec<String>,
    /// The file system of the data directory, when it is known; on tmpfs `fsync` does nothing.
    pub filesystem: Option<String>,
}

/// A database that is ready for connections.
///
/// [`Server::stop`] waits until nothing is left. A server that is dropped instead, or whose process is
/// killed, is cleared away by its watchdog; a database on a shared server is dropped by the drop, or
/// by the next start after a kill.
pub struct Server {
    url: String,
    facts: Facts,
    admin: Admin,
    kind: Kind,
}

enum Kind {
    Ephemeral(Box<Cluster>),
    Shared(Box<Shared>),
}

/// Clears away what earlier runs left, then gets a database.
///
/// # Errors
/// When there are no binaries, the server does not start, or the given server cannot be reached or
/// does not allow a database to be made; each error says how to fix it. Nothing is left behind then.
pub async fn start(options: Options) -> Result<Server, PostgresError> {
    match options.admin_url {
        Some(url) => start_shared(&url).await,
        None => start_ephemeral(options).await,
    }
}

async fn start_shared(url: &SecretString) -> Result<Server, PostgresError> {
    let (shared, mut connection) = Shared::create(url).await?;
    let origin = format!("DATABASE_URL ({})", shared.server());
    let facts = facts(&mut connection, shared.server(), origin, None).await?;
    Ok(Server {
        url: shared.url().to_owned(),
        facts,
        admin: Admin::of_shared(&shared),
        kind: Kind::Shared(Box::new(shared)),
    })
}

async fn start_ephemeral(options: Options) -> Result<Server, PostgresError> {
    let scratch = options.scratch.unwrap_or_else(std::env::temp_dir);
    // Processes are recognised by the folder in their arguments, so it has one spelling only.
    let scratch = scratch
        .canonicalize()
        .map_err(|source| PostgresError::io("use the scratch folder", &scratch, source))?;
    sweep::run(&scratch).await?;
    let account = Account::choose().await?;
    let search = options
        .search
        .unwrap_or_else(|| Search::of_this_machine(&account));
    let binaries = binaries::find(options.bin_dir.as_deref(), &search, &account).await?;
    let limit = options.start_limit.unwrap_or(START_LIMIT);
    let (cluster, mut connection) = Cluster::start(&binaries, &account, &scratch, limit).await?;
    let filesystem = filesystem::of(&cluster.data());
    let facts = facts(&mut connection, "127.0.0.1", binaries.origin, filesystem).await;
    match facts {
        Ok(facts) => Ok(Server {
            url: cluster.url(),
            facts,
            admin: Admin::of_cluster(&cluster, &binaries.folder),
            kind: Kind::Ephemeral(Box::new(cluster)),
        }),
        Err(error) => {
            cluster.stop().await?;
            Err(error)
        }
    }
}

/// Asks the running server, since a default is only a default until somebody has changed it.
async fn facts(
    connection: &mut PgConnection,
    server: &str,
    origin: String,
    filesystem: Option<String>,
) -> Result<Facts, PostgresError> {
    let failed = |source| PostgresError::Query {
        server: server.to_owned(),
        action: "tell its settings",
        source,
    };
    let setting = |name: &str| format!("coalesce(current_setting('{name}', true), 'unknown')");
    let columns = DURABILITY.map(setting).join(", ");
    let version = setting("server_version");
    let statement = format!("SELECT {version}, {columns}");
    // The simple protocol needs no prepared statement, which a transaction pooler would lose.
    let row = sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .fetch_one(connection)
        .await
        .map_err(failed)?;
    let durability = DURABILITY.iter().enumerate().map(|(n, name)| {
        let value: String = row.try_get(n + 1)?;
        Ok(format!("{name}={value}"))
    });
    Ok(Facts {
        version: row.try_get(0).map_err(failed)?,
        origin,
        durability: durability.collect::<Result<_, _>>().map_err(failed)?,
        filesystem,
    })
}

impl Server {
    /// The URL for clients. It holds a password: it belongs in no log, record or report.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a report has to say of the server.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Dumps the database, and makes empty ones beside it.
    #[must_use]
    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// The server's folder, which holds its data and its log; `None` for a shared server.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Ephemeral(cluster) => Some(cluster.home()),
            Kind::Shared(_) => None,
        }
    }

    /// Whether the URL leads through PgBouncer in transaction mode (`pgbouncer=true` in the given
    /// URL): statements must not be prepared by name there.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        match &self.kind {
            Kind::Ephemeral(_) => false,
            Kind::Shared(shared) => shared.is_pooled(),
        }
    }

    /// Stops the server and removes its folder, or drops the database on a shared one. Connections
    /// that are still open are cut.
    ///
    /// # Errors
    /// When something is left; the next start tries to remove it again.
    pub async fn stop(self) -> Result<(), PostgresError> {
        match self.kind {
            Kind::Ephemeral(cluster) => cluster.stop().await,
            Kind::Shared(shared) => {
                let beside = match self.admin.beside() {
                    Some(beside) => beside.drop_databases().await,
                    None => Ok(()),
                };
                shared.drop_database().await.and(beside)
            }
        }
    }
}

/// Without the URL, which holds a password.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("facts", &self.facts)
            .field("folder", &self.folder())
            .finish_non_exhaustive()
    }
}

/// Sixteen random bytes of the operating system as 32 hexadecimal digits.
fn random_hex() -> Result<String, PostgresError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|source| PostgresError::io("read", "the system's randomness", source.into()))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// The last lines of what a program said.
fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.trim_end().lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
