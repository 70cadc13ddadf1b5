//! `blocks.json`: the evidence of a comparison of two builds, by scenario, block and build.
//!
//! Why a form of its own: a record speaks of a promise, a budget and two unlike sides. Two builds of one
//! application have none of these. What they have is time: a slow minute of the machine must fall on both
//! alike, so that each block holds samples of both, taken in turns, and only blocks are compared with
//! each other. Requests and other programs' benchmarks give the same evidence, whoever measured.
//!
//! ```text
//! requests, criterion, hyperfine, k6, CSV -> Series of Blocks -> blocks.json -> verdict::judge_blocks
//! ```
//!
//! A sample that failed is kept beside those that did not: a build that fails fast is not a fast build.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::{self, Form};
use super::{Machine, RecordError, SampleStatus, Tool, World};

mod mistake;
#[cfg(test)]
mod tests;

/// The version of the form on disk.
pub const BLOCKS_SCHEMA_VERSION: u32 = 1;
/// The fewest blocks that anything may rest on.
pub const LEAST_BLOCKS: u32 = 5;

/// One of the two builds that are compared.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Build {
    /// What is deployed now.
    Old,
    /// What is to replace it.
    New,
}
impl Build {
    /// Both, the old one first.
    pub const BOTH: [Self; 2] = [Self::Old, Self::New];
    /// `old` or `new`, as in files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

/// Tells the file apart from other records. (One variant: serde then refuses a `record.json`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlocksKind {
    /// Builds in interleaved blocks.
    Blocks,
}

/// All evidence of one comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlockRecord {
    /// What tells this form apart.
    pub kind: BlocksKind,
    /// The version of this form.
    pub schema_version: u32,
    /// The run's name, also that of its folder.
    pub run: String,
    /// The command line that made the record.
    pub command: String,
    /// The harness.
    pub tool: Tool,
    /// When the run began (RFC 3339, UTC).
    pub started: String,
    /// How long it took in all, in seconds.
    pub elapsed_s: f64,
    /// What every random choice of the run follows from.
    pub seed: u64,
    /// The machine that the harness ran on.
    pub machine: Machine,
    /// The sandbox with its assumptions, or live; none where another program measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<World>,
    /// What is deployed now.
    pub old: BuildFacts,
    /// What is to replace it.
    pub new: BuildFacts,
    /// What was decided before the first block.
    pub settings: BlockSettings,
    /// The scenarios or benchmarks, each name once.
    pub series: Vec<Series>,
    /// Whether the run was ended from outside before its end.
    pub interrupted: bool,
    /// Objects that the run made and could not confirm as deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<String>,
}

/// One build, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BuildFacts {
    /// Where it was reached or what was run: a URL, a command, a path.
    pub source: String,
    /// The commit that it was built from, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// Who measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// This program, by a scenario's requests.
    Requests,
    /// criterion, Rust's benchmarks.
    Criterion,
    /// hyperfine, whole commands.
    Hyperfine,
    /// k6, load on a service.
    K6,
    /// Another program, which wrote a CSV of samples.
    Csv,
}

/// What was decided before the first block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlockSettings {
    /// Who measured.
    pub origin: Origin,
    /// Blocks planned, at least [`LEAST_BLOCKS`].
    pub blocks: u32,
    /// Samples of each build in a block; 0 where another program decides.
    pub samples: u32,
    /// Iterations of each build and scenario that were made first and discarded.
    pub warm_up: u32,
    /// The change that nobody minds: 0.05 is 5 %.
    pub margin: f64,
    /// After how many blocks a decision may end the run, ascending; the last is `blocks`.
    pub looks: Vec<u32>,
}

/// One scenario or benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// The quantiles that are compared, each in (0, 1).
    pub quantiles: Vec<f64>,
    /// The builds that do not have it, with what was seen; then there are no blocks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// The blocks in time order, as many as of every other series.
    pub blocks: Vec<Block>,
}

/// A build that does not have a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// The build.
    pub build: Build,
    /// What was seen instead.
    pub seen: String,
}

/// Both builds, as close in time as can be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    /// When it began, in seconds since the start of the run.
    pub at_s: f64,
    /// The old build's samples.
    pub old: BlockSamples,
    /// The new build's samples.
    pub new: BlockSamples,
}

/// One build's samples of a block.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BlockSamples {
    /// Successes in time order, in seconds, each above zero.
    pub seconds: Vec<f64>,
    /// What failed, in time order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<FailedSample>,
}

/// A sample that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailedSample {
    /// How long it took to fail, in seconds.
    pub elapsed_s: f64,
    /// `error` or `timeout`.
    pub status: SampleStatus,
    /// What was seen, without secrets and cut to a readable length.
    pub detail: String,
}

impl BlockRecord {
    /// How many whole blocks there are of each series that both builds have.
    #[must_use]
    pub fn blocks(&self) -> usize {
        let measured = self.series.iter().filter(|one| one.missing.is_empty());
        measured.map(|one| one.blocks.len()).min().unwrap_or(0)
    }
}

impl BlockSamples {
    /// How many there are, failures among them.
    #[must_use]
    pub fn count(&self) -> usize {
        self.seconds.len() + self.failures.len()
    }
}

impl Block {
    /// One build's samples.
    #[must_use]
    pub fn of(&self, build: Build) -> &BlockSamples {
        match build {
            Build::Old => &self.old,
            Build::New => &self.new,
        }
    }
}

impl Form for BlockRecord {
    type Heading = Heading;
    const NEWEST: u32 = BLOCKS_SCHEMA_VERSION;

    fn version(&self) -> u32 {
        self.schema_version
    }

    fn mistake(&self) -> Option<String> {
        mistake::of(self)
    }

    fn misfit(path: PathBuf, source: serde_json::Error) -> RecordError {
        RecordError::BlocksForm { path, source }
    }
}

/// Writes it whole or not at all.
///
/// # Errors
/// When the folder cannot be written, or the disk is full.
pub fn write_blocks(record: &BlockRecord, path: &Path) -> Result<(), RecordError> {
    file::put(record, path)
}

/// Reads it.
///
/// # Errors
/// When the file cannot be read, is no such record, is from a newer version, or says what no run can have
/// measured.
pub fn read_blocks(path: &Path) -> Result<BlockRecord, RecordError> {
    file::take(path)
}

/// What every version has. A `record.json` lacks the kind, and counts its versions by itself.
#[derive(Deserialize)]
pub(super) struct Heading {
    #[serde(rename = "kind")]
    _kind: BlocksKind,
    schema_version: u32,
}

impl From<Heading> for u32 {
    fn from(heading: Heading) -> Self {
        heading.schema_version
    }
}

/// After how many of so many blocks a run may look: `looks` equal parts, at least [`LEAST_BLOCKS`] each,
/// ascending; the last is all of them.
///
/// ```
/// use cutover::record::looks_of;
/// assert_eq!(looks_of(20, 4), [5, 10, 15, 20]);
/// assert_eq!(looks_of(7, 4), [6, 7]);
/// assert_eq!(looks_of(20, 1), [20]);
/// ```
#[must_use]
pub fn looks_of(blocks: u32, looks: u32) -> Vec<u32> {
    let looks = looks.max(1);
    let after = |j| (u64::from(blocks) * u64::from(j)).div_ceil(u64::from(looks));
    let mut found: Vec<u32> = (1..=looks)
        .map(|j| u32::try_from(after(j)).unwrap_or(blocks))
        .filter(|look| *look >= LEAST_BLOCKS.min(blocks))
        .collect();
    found.dedup();
    found
}
