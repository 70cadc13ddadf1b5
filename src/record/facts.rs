//! The circumstances of a run: who measured what, where, with which settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of the two sides of the comparison.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The slow side that is to be left.
    Baseline,
    /// The side that is to replace it.
    Candidate,
}

impl Side {
    /// Both sides, the baseline first.
    pub const BOTH: [Self; 2] = [Self::Baseline, Self::Candidate];

    /// The word for it, as in files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Candidate => "candidate",
        }
    }

    /// The side across.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Baseline => Self::Candidate,
            Self::Candidate => Self::Baseline,
        }
    }
}

/// The harness that made a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// The version of `cutover`.
    pub version: String,
    /// The commit of the working folder, when it is a git checkout.
    pub commit: Option<String>,
    /// `release` or `debug`.
    pub build: String,
}

/// The machine that the harness ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// The operating system, for example `linux`.
    pub os: String,
    /// The processor architecture.
    pub arch: String,
    /// Cores that the process may use.
    pub cores: u32,
    /// The processor's name, when the system tells it.
    pub cpu: Option<String>,
    /// Memory in bytes, when the system tells it.
    pub memory_bytes: Option<u64>,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum World {
    /// The embedded world: a simulated Notion, a real PostgreSQL, and latencies that are assumed.
    Sandbox(Box<SandboxFacts>),
    /// Targets that somebody runs.
    Live,
}

/// The embedded world of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SandboxFacts {
    /// The assumed latencies.
    pub profile: ProfileFacts,
    /// The database server.
    pub postgres: PostgresFacts,
    /// What the simulator counted, read after the run.
    pub notion: Option<NotionFacts>,
}

/// A latency profile, as every report must show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileFacts {
    /// Its name.
    pub name: String,
    /// Where its figures come from.
    pub source: String,
    /// One line for each assumption.
    pub assumptions: Vec<String>,
}

/// The database server of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostgresFacts {
    /// What the server says of its version.
    pub version: String,
    /// Where the binaries or the server came from.
    pub origin: String,
    /// `fsync`, `synchronous_commit`, `full_page_writes`, `data_checksums` as the server reports them.
    pub durability: Vec<String>,
    /// The file system of the data directory, when it is known; on tmpfs `fsync` does nothing.
    pub filesystem: Option<String>,
}

/// What the simulator counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotionFacts {
    /// The limit that was in force.
    pub limit: String,
    /// All requests that it answered.
    pub requests: u64,
    /// Those answered with 429.
    pub rate_limited: u64,
    /// The most that fell into any 60 seconds.
    pub busiest_minute: u64,
}

/// One side as the harness reached it, without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetFacts {
    /// The driver's name.
    pub driver: String,
    /// The base URL, without credentials.
    pub base_url: String,
    /// The names of the headers that were sent along; never their values.
    pub header_names: Vec<String>,
    /// The `Notion-Version` that was asked for, of the driver `notion` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notion_version: Option<String>,
    /// The longest time an answer may take, in seconds.
    pub timeout_s: f64,
}

/// The limit that the baseline lane kept to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BudgetFacts {
    /// The limit as configured, for example `3/s`.
    pub rate: String,
    /// The share of it that was left unused.
    pub headroom: f64,
}

/// Which gates had to hold, and the caps of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GateSettings {
    /// The ids of the gates that are required; the others are reported only.
    pub required: Vec<String>,
    /// The cap on baseline iterations.
    pub max_baseline_iterations: u32,
    /// The cap on the candidate's iterations of a scenario that writes.
    pub max_writes: u32,
    /// The least number of candidate iterations for each baseline one.
    pub candidate_per_baseline: u32,
    /// Required gates that may fail to hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
}

/// Somebody takes the risk of a required gate that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// The gate's id.
    pub gate: String,
    /// The scenario; every one when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Why it may be done without.
    pub reason: String,
    /// The last day on which it counts, in UTC: `2027-01-31`.
    pub expires: String,
    /// Whether that day was over when the run began.
    pub expired: bool,
}

/// What was found out before the first timed request of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preflight {
    /// Whether the two sides are two.
    pub distinct: Distinctness,
    /// Whether the baseline's answers are fresh.
    pub baseline: SideFinding,
    /// Whether the candidate's answers are fresh.
    pub candidate: SideFinding,
}

impl Preflight {
    /// What stands in a record whose preflight did not come to its end.
    #[must_use]
    pub fn not_made() -> Self {
        let finding = || SideFinding {
            freshness: Freshness::NotProbed("the preflight did not come to its end".to_owned()),
            notion_requests: 0,
        };
        Self {
            distinct: Distinctness::Unproven("the preflight did not come to its end".to_owned()),
            baseline: finding(),
            candidate: finding(),
        }
    }

    /// The finding about one side.
    #[must_use]
    pub fn side(&self, side: Side) -> &SideFinding {
        match side {
            Side::Baseline => &self.baseline,
            Side::Candidate => &self.candidate,
        }
    }
}

/// Whether baseline and candidate are two things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "finding", content = "evidence", rename_all = "snake_case")]
pub enum Distinctness {
    /// They are two, and this shows it.
    Proven(String),
    /// They are one thing under two names, and this shows it.
    Same(String),
    /// Nothing shows either.
    Unproven(String),
}

/// What the freshness probe found on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SideFinding {
    /// The result.
    pub freshness: Freshness,
    /// Notion requests that the probe cost on this side.
    pub notion_requests: u32,
}

/// Whether a side's answers follow its writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "finding", content = "evidence", rename_all = "snake_case")]
pub enum Freshness {
    /// A write was seen by the next read.
    Fresh(String),
    /// A write was not seen by the next read, or the probe's answers came from a cache.
    Stale(String),
    /// No probe was made; this says why.
    NotProbed(String),
}

/// How late the harness was in handling what had already happened.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct LagFacts {
    /// How many times it was measured.
    pub count: u64,
    /// The median, in seconds.
    pub p50_s: f64,
    /// The 95th percentile, in seconds.
    pub p95_s: f64,
    /// The 99th percentile, in seconds.
    pub p99_s: f64,
    /// The longest, in seconds.
    pub max_s: f64,
}
