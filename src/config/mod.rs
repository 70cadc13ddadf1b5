//! `cutover.toml`: the two targets, the baseline's budget, the run's limits and the required gates.
//!
//! Secrets come from the environment (`env:NAME`) or stand in the file; either way they are kept as
//! `secrecy` values, so that no record, log or error shows one. The file is read once into the types
//! here, which are valid by construction; defaults are those of the types, so that a sandbox run and
//! a run against live targets use the same ones.

mod access;
mod database;
mod gates;
mod integrity;
mod mask;
mod rate_limit;
mod read;
mod stores;
mod target;
#[cfg(test)]
mod tests;

pub use gates::{GateNames, GatesConfig, WaiverConfig};
pub use integrity::IntegrityConfig;
pub use rate_limit::{HIGHEST_RATE, RateLimitConfig};
pub use stores::{
    BackupsConfig, DEFAULT_MAX_AGE, DEFAULT_STATEMENT_TIMEOUT, DatabaseConfig, KeptConfig,
    NotionConfig,
};
pub use target::{api_url, notion_url};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use crate::diagnostic::Diagnostics;
use crate::driver::Driver;
use crate::units::Rate;

/// The text that `cutover init` writes.
pub const TEMPLATE: &str = include_str!("cutover.template.toml");

/// Every mistake in a configuration file.
pub type ConfigErrors = Diagnostics;

/// A configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The slow side that is to be left.
    pub baseline: TargetConfig,
    /// The side that is to replace it.
    pub candidate: TargetConfig,
    /// The limit that the baseline lane keeps to.
    pub budget: BudgetConfig,
    /// What a run takes.
    pub run: RunConfig,
    /// Which gates must hold, and which may fail to.
    pub gates: GatesConfig,
    /// The candidate's database, where it is named.
    pub database: Option<DatabaseConfig>,
    /// The Notion behind the baseline, where it is named.
    pub notion: Option<NotionConfig>,
    /// The way back, where it is named.
    pub backups: Option<BackupsConfig>,
    /// How pages became rows.
    pub integrity: IntegrityConfig,
    /// The rate that the candidate is to bear.
    pub rate_limit: RateLimitConfig,
}

/// One side as it is reached.
#[derive(Debug, Clone)]
pub struct TargetConfig {
    /// How it is reached, with what only this way needs.
    pub access: Access,
    /// Its base URL, without credentials, query and fragment.
    pub base_url: url::Url,
    /// The longest time that an answer may take.
    pub timeout: Duration,
    /// The longest time that a connection may take.
    pub connect_timeout: Duration,
    /// What templates know as `target.<name>`, such as the ids of databases. They are no secrets.
    pub variables: BTreeMap<String, String>,
}

/// How a side is reached.
#[derive(Debug, Clone)]
pub enum Access {
    /// By HTTP requests to its API.
    Http {
        /// The user and password that stood in the URL, decoded; to be sent as basic authentication.
        credentials: Option<Credentials>,
        /// Headers for every request.
        headers: Vec<(http::HeaderName, SecretString)>,
    },
    /// By requests to Notion's API.
    Notion {
        /// The token of a connection (an integration) that the databases are shared with.
        token: SecretString,
        /// The `Notion-Version` that is sent: one of [`NOTION_VERSIONS`].
        version: String,
    },
    /// By statements to a PostgreSQL.
    Postgres {
        /// Its URL as it was given, with user, password and parameters.
        url: SecretString,
    },
}

/// Where Notion's API is; paths begin with `/v1`.
pub const NOTION_URL: &str = "https://api.notion.com";
/// The versions of Notion's API that the `notion` driver can ask for.
pub const NOTION_VERSIONS: [&str; 3] = ["2022-06-28", "2025-09-03", "2026-03-11"];
/// The version that is asked for when none is named: the one that the built-in scenarios speak.
pub const DEFAULT_NOTION_VERSION: &str = NOTION_VERSIONS[0];

/// The seed of a run that names none: the same command measures the same order and inputs.
pub const DEFAULT_SEED: u64 = 20_240_501;

/// Shorter texts cannot be told from ordinary ones when they are looked for in a text.
const SHORTEST_SECRET: usize = 4;

/// The default of [`TargetConfig::timeout`].
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// The default of [`TargetConfig::connect_timeout`].
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl TargetConfig {
    /// The driver's name.
    #[must_use]
    pub fn driver(&self) -> Driver {
        match self.access {
            Access::Http { .. } => Driver::Http,
            Access::Notion { .. } => Driver::Notion,
            Access::Postgres { .. } => Driver::Postgres,
        }
    }

    /// The version of Notion's API that is asked for; `None` when this side is not Notion.
    #[must_use]
    pub fn notion_version(&self) -> Option<&str> {
        match &self.access {
            Access::Http { .. } | Access::Postgres { .. } => None,
            Access::Notion { version, .. } => Some(version),
        }
    }

    /// Every secret text of this side, for whoever writes something to keep them out of it: the
    /// values of the headers, also without their scheme (`Bearer`), the credentials, the token, and a
    /// database's URL with its password. Texts of fewer than four characters are left out: they stand everywhere.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let texts: Vec<&str> = match &self.access {
            Access::Http {
                credentials,
                headers,
            } => {
                let headers = headers.iter().flat_map(|(_, value)| {
                    let whole = value.expose_secret();
                    [Some(whole), whole.split_once(' ').map(|(_, token)| token)]
                });
                let credentials = credentials.iter().flat_map(|credentials| {
                    let password = credentials.password.as_ref();
                    [Some(&credentials.user), password]
                        .map(|secret| secret.map(|s| s.expose_secret()))
                });
                headers.chain(credentials).flatten().collect()
            }
            Access::Notion { token, .. } => vec![token.expose_secret()],
            Access::Postgres { url } => database::secrets(url.expose_secret()).collect(),
        };
        let long = |text: &&str| text.chars().count() >= SHORTEST_SECRET;
        texts.into_iter().filter(long)
    }
}

/// A user and a password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user's name.
    pub user: SecretString,
    /// The password, when there is one.
    pub password: Option<SecretString>,
}

/// The limit that the baseline lane keeps to, in Notion requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BudgetConfig {
    /// How many requests in how long.
    pub rate: Rate,
    /// The share of it that is left unused, from 0 to less than 1.
    pub headroom: f64,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self {
            rate: Rate::NOTION,
            headroom: 0.02,
        }
    }
}

/// What a run takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunConfig {
    /// Scenario files, or folders of them, as seen from where cutover runs.
    pub scenarios: Vec<PathBuf>,
    /// Where the runs' folders are made.
    pub output: PathBuf,
    /// What every random choice follows from.
    pub seed: u64,
    /// The cap on baseline iterations of a scenario, at least 1.
    pub max_baseline_iterations: u32,
    /// The least number of candidate iterations for each baseline one, at least 1.
    pub candidate_per_baseline: u32,
    /// The cap on candidate iterations of a scenario that writes, at least 1.
    pub max_writes: u32,
    /// The longest pause that a target may ask for.
    pub max_pause: Duration,
    /// The longest time that a run may take.
    pub time_limit: Duration,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            scenarios: vec![PathBuf::from("scenarios")],
            output: PathBuf::from("reports"),
            seed: DEFAULT_SEED,
            max_baseline_iterations: 120,
            candidate_per_baseline: 20,
            max_writes: 400,
            max_pause: Duration::from_secs(10 * 60),
            time_limit: Duration::from_secs(30 * 60),
        }
    }
}

/// Reads a configuration. `gates` are what `required` may name; `env` looks up a variable of the
/// environment.
///
/// # Errors
/// Every mistake of the file: what is wrong, where, and how to put it right, without any secret.
pub fn load(
    path: &Path,
    gates: GateNames<'_>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigErrors> {
    read::file(path, gates, env)
}
