//! The embedded world: a Notion simulator, an ephemeral PostgreSQL, and the reference API on each.
//!
//! A harness that decides about a cutover must be seen to decide rightly, on any machine, without an
//! account anywhere. So it brings a world of its own, in which all but Notion and the distances is real.
//!
//! ```text
//! World (from the seed) ┬ Notion simulator ── NotionStore ─── reference API = baseline
//!                       └ PostgreSQL ──────── PostgresStore ─ reference API = candidate
//! Profile ── the delays on every line above
//! ```
//!
//! [`Sandbox::start`] joins them; [`alone`] serves a file's pages from the simulator without the rest. The rest of the crate reaches the sandbox by its URLs alone, as it
//! would reach any application, so that neither can be bent to fit the other.

pub mod alone;
pub mod api;
pub mod notion;
mod plant;
pub mod postgres;
pub mod profile;
mod slow;
pub mod world;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;

use api::notion_store::NotionStore;
use api::planted::Planted;
use api::postgres_store::PostgresStore;
use api::store::Store;
use api::{ClientError, Silent, Surroundings};
pub use plant::Plant;
use profile::Profile;
pub use slow::{Slow, SlowError};
use world::imported::Imported;
use world::{IdMap, World, defects};

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The Notion-backed one.
    Baseline,
    /// The Postgres-backed one.
    Candidate,
}

/// What world to make.
#[derive(Debug)]
pub struct Options {
    /// The assumed delays.
    pub profile: Profile,
    /// What the world and its noise follow from.
    pub seed: u64,
    /// The simulated Notion's limits.
    pub limit: notion::LimitSettings,
    /// A PostgreSQL server to use, in a database of its own, instead of starting one.
    pub database_url: Option<SecretString>,
    /// The folder with `initdb` and `postgres`; no other place is searched then.
    pub postgres_bin: Option<PathBuf>,
    /// A defect to build in.
    pub plant: Option<Plant>,
}

/// Why there is no world, or not all of it could be removed.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// No PostgreSQL.
    #[error("the sandbox has no PostgreSQL")]
    Postgres(#[from] postgres::PostgresError),
    /// A pooler that loses prepared statements stands before the database.
    #[error(
        "the given database URL leads through a transaction pooler (pgbouncer=true), which loses the \
         sandbox's prepared statements; give the direct URL"
    )]
    Pooled,
    /// The database did not take the world.
    #[error("the sandbox's database could not be filled")]
    Tables(#[from] sqlx::Error),
    /// The simulator did not take the world: a defect of the sandbox.
    #[error("the simulated Notion could not be filled")]
    Pages(#[from] notion::NotionError),
    /// A server could not be started.
    #[error("the sandbox's {server} could not start on the loopback")]
    Serve {
        /// Which one.
        server: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The API's client of Notion could not be made.
    #[error("the sandbox's client of Notion could not be made")]
    Client(#[from] ClientError),
}

/// The embedded world, running. [`Sandbox::stop`] ends it and waits until nothing is left; dropping it
/// ends it as well, without waiting.
pub struct Sandbox {
    baseline: api::Running,
    candidate: api::Running,
    notion: notion::Running,
    store: PostgresStore,
    server: postgres::Server,
    token: String,
    world: World,
    profile: Profile,
    seed: u64,
}

impl Sandbox {
    /// Starts PostgreSQL and the simulator, fills both with the same world, and serves the API on each.
    ///
    /// # Errors
    /// When a part cannot be had; the parts that were started are ended again.
    pub async fn start(options: Options) -> Result<Self, SandboxError> {
        let server = postgres::start(postgres::Options {
            admin_url: options.database_url.clone(),
            bin_dir: options.postgres_bin.clone(),
            ..postgres::Options::default()
        })
        .await?;
        match Parts::start(&options, &server).await {
            Ok(parts) => Ok(Self {
                baseline: parts.baseline,
                candidate: parts.candidate,
                notion: parts.notion,
                store: parts.store,
                server,
                token: parts.token,
                world: parts.world,
                profile: options.profile,
                seed: options.seed,
            }),
            Err(error) => {
                if let Err(left) = server.stop().await {
                    tracing::warn!(%left, "the sandbox's database could not be removed");
                }
                Err(error)
            }
        }
    }

    /// Where the Notion-backed API serves.
    #[must_use]
    pub fn baseline_url(&self) -> &str {
        self.baseline.url()
    }

    /// Where the Postgres-backed API serves.
    #[must_use]
    pub fn candidate_url(&self) -> &str {
        self.candidate.url()
    }

    /// Where the simulated Notion serves, without `/v1`.
    #[must_use]
    pub fn notion_url(&self) -> &str {
        self.notion.url()
    }

    /// The token that the simulated Notion takes. It opens nothing else.
    #[must_use]
    pub fn notion_token(&self) -> &str {
        &self.token
    }

    /// The database of tasks in Notion.
    #[must_use]
    pub fn tasks_database_id(&self) -> &str {
        self.world.databases.tasks.as_str()
    }

    /// The database of projects in Notion.
    #[must_use]
    pub fn projects_database_id(&self) -> &str {
        self.world.databases.projects.as_str()
    }

    /// The database of tags in Notion.
    #[must_use]
    pub fn tags_database_id(&self) -> &str {
        self.world.databases.tags.as_str()
    }

    /// Where PostgreSQL serves. It holds a password: it belongs in no log, record or report.
    #[must_use]
    pub fn database_url(&self) -> &str {
        self.server.url()
    }

    /// Dumps the candidate's database, and makes empty ones beside it, from whatever thread.
    #[must_use]
    pub fn admin(&self) -> &postgres::Admin {
        self.server.admin()
    }

    /// Writes what a real `pg_dump` makes of the candidate's database to this file.
    ///
    /// # Errors
    /// When there is no `pg_dump` beside the server's programs or on `PATH`, or it fails.
    pub async fn dump(
        &self,
        path: &Path,
        format: postgres::DumpFormat,
    ) -> Result<(), postgres::PostgresError> {
        self.admin().dump(path, format).await
    }

    /// Makes an empty database on the candidate's server, another one each time, and returns its URL,
    /// which holds a password. It goes when the sandbox is stopped.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn scratch_url(&self) -> Result<SecretString, postgres::PostgresError> {
        self.admin().scratch_url().await
    }

    /// The assumed delays.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the world follows from.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Which Notion id is which PostgreSQL id, of the objects that the world began with.
    #[must_use]
    pub fn id_map(&self) -> IdMap {
        self.world.id_map()
    }

    /// Makes exports of the simulated Notion, with the blocks of its pages, without a request.
    #[must_use]
    pub fn exporter(&self) -> notion::Exporter {
        self.notion.exporter()
    }

    /// All pages of the simulated Notion as they are now, in the form of the migration guide's export
    /// file. It costs no request.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which is a defect of the simulator.
    pub fn notion_export(&self) -> io::Result<Vec<u8>> {
        self.exporter().export()
    }

    /// What a report has to say of PostgreSQL.
    #[must_use]
    pub fn postgres_facts(&self) -> &postgres::Facts {
        self.server.facts()
    }

    /// Where the simulated Notion tells what it was sent.
    #[must_use]
    pub fn notion_counters_url(&self) -> String {
        self.notion.counters_url()
    }

    /// Where faults of the simulated Notion are asked for and ended.
    #[must_use]
    pub fn notion_faults_url(&self) -> String {
        self.notion.faults_url()
    }

    /// Where the simulated Notion gives all that it holds.
    #[must_use]
    pub fn notion_snapshot_url(&self) -> String {
        self.notion.snapshot_url()
    }

    /// What the simulated Notion was sent.
    #[must_use]
    pub fn notion_counters(&self) -> notion::Counters {
        self.notion.counters()
    }

    /// Ends the world and waits until nothing of it is left.
    ///
    /// # Errors
    /// When something of the database is left; the next start tries to remove it again.
    pub async fn stop(self) -> Result<(), SandboxError> {
        tokio::join!(self.baseline.stop(), self.candidate.stop());
        self.notion.stop().await;
        self.store.close().await;
        Ok(self.server.stop().await?)
    }
}

/// Without the database's URL, which holds a password.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("baseline_url", &self.baseline_url())
            .field("candidate_url", &self.candidate_url())
            .field("notion_url", &self.notion_url())
            .field("profile", &self.profile.name)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// All but the database server.
struct Parts {
    baseline: api::Running,
    candidate: api::Running,
    notion: notion::Running,
    store: PostgresStore,
    token: String,
    world: World,
}

impl Parts {
    async fn start(options: &Options, server: &postgres::Server) -> Result<Self, SandboxError> {
        if server.is_pooled() {
            return Err(SandboxError::Pooled);
        }
        let world = World::new(options.seed);
        let store = PostgresStore::connect(server.url()).await?;
        store.create_tables().await?;
        if let Some(statements) = defects::in_schema(options.plant) {
            sqlx::raw_sql(statements).execute(store.pool()).await?;
        }
        let mut imported = Imported::of(&world);
        defects::in_rows(options.plant, &world, &mut imported);
        world::fill(store.pool(), &world, &imported).await?;
        let (token, settings) = settings(options);
        let in_notion = defects::in_notion(options.plant, &world);
        let notion = notion::start(settings, world::workspace(&in_notion)?)
            .await
            .map_err(|source| SandboxError::Serve {
                server: "Notion simulator",
                source,
            })?;
        let secret = SecretString::from(token.as_str());
        let notion_store = NotionStore::new(notion.url(), secret, world.databases.clone())?;
        let baseline = serve(options, Side::Baseline, notion_store.clone()).await?;
        let candidate = match options.plant {
            Some(Plant::OneStore) => serve(options, Side::Candidate, notion_store).await?,
            Some(plant) => {
                let store = Planted::new(store.clone(), plant);
                serve(options, Side::Candidate, store).await?
            }
            None => serve(options, Side::Candidate, store.clone()).await?,
        };
        Ok(Self {
            baseline,
            candidate,
            notion,
            store,
            token,
            world,
        })
    }
}

/// The token of a sandbox's simulator, and how it behaves.
fn settings(options: &Options) -> (String, notion::Settings) {
    let token = format!("ntn_sandbox_{:016x}", options.seed);
    let settings = notion::Settings {
        limit: options.limit,
        latency: options.profile.notion.as_deref().copied(),
        faults: options.profile.faults.clone(),
        search_lag: options.profile.search_lag,
        ..notion::Settings::new(token.as_str(), options.seed)
    };
    (token, settings)
}

async fn serve<S: Store>(
    options: &Options,
    side: Side,
    store: S,
) -> Result<api::Running, SandboxError> {
    let frozen = options.plant.filter(|plant| plant.freezes(side));
    let frozen = frozen.map(|plant| Silent(plant == Plant::FrozenSilently));
    let database = match store.source() {
        api::store::Source::Postgres => Some(options.profile.postgres),
        // The simulator holds its answers itself.
        api::store::Source::Notion => None,
    };
    let (server, stream) = match side {
        Side::Baseline => ("baseline API", 1),
        Side::Candidate => ("candidate API", 2),
    };
    let around = Surroundings {
        client_to_api: options.profile.client_to_api,
        database,
        frozen,
        reshaped: side == Side::Candidate && options.plant == Some(Plant::ShapeChanged),
        slow: options.profile.slow.filter(|_| side == Side::Candidate),
        // A stream of its own for each side: a side's noise does not depend on the other's requests.
        seed: options.seed.wrapping_add(stream),
    };
    api::serve(Arc::new(store), around)
        .await
        .map_err(|source| SandboxError::Serve { server, source })
}
