//! The evidence of a comparison of two builds: samples by scenario, block and build.

use std::fs;
use std::io;
use std::path::Path;

use super::{Machine, RecordError, SampleStatus, Tool, World};
use crate::whole_file::{self, WriteError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    pub kind: BlocksKind,
    pub schema_version: u32,
    pub run: String,
    pub command: String,
    pub tool: Tool,
    pub started: String,
    pub elapsed_s: f64,
    pub seed: u64,
    pub machine: Machine,
    /// The sandbox with its assumptions, or live; none where another program measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<World>,
    pub old: BuildFacts,
    pub new: BuildFacts,
    pub settings: BlockSettings,
    pub series: Vec<Series>,
    pub interrupted: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<String>,
}

/// One build, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BuildFacts {
    /// Where it was reached or what was run: a URL, a command, a path.
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// Who measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Requests,
    Criterion,
    Hyperfine,
    K6,
    Csv,
}

/// What was decided before the first block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlockSettings {
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
    pub name: String,
    /// The quantiles that are compared, each in (0, 1).
    pub quantiles: Vec<f64>,
    /// The builds that do not have it, with what was seen; then there are no blocks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    pub build: Build,
    pub seen: String,
}

/// Both builds, as close in time as can be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    /// Since the start of the run.
    pub at_s: f64,
    pub old: BlockSamples,
    pub new: BlockSamples,
}

/// One build's samples of a block.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BlockSamples {
    /// Successes in time order, in seconds, each above zero.
    pub seconds: Vec<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<FailedSample>,
}

/// A sample that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailedSample {
    pub elapsed_s: f64,
    pub status: SampleStatus,
    pub detail: String,
}

impl Block {
    #[must_use]
    pub fn of(&self, build: Build) -> &BlockSamples {
        match build {
            Build::Old => &self.old,
            Build::New => &self.new,
        }
    }
}

/// Writes it whole or not at all.
///
/// # Errors
/// When the folder cannot be written, or the disk is full.
pub fn write_blocks(record: &BlockRecord, path: &Path) -> Result<(), RecordError> {
    let written = whole_file::write(path, |out| -> io::Result<()> {
        serde_json::to_writer(&mut *out, record)?;
        out.write_all(b"\n")
    });
    written.map_err(|error| {
        let (WriteError::Open(source) | WriteError::Made(source)) = error;
        RecordError::Write {
            path: path.to_owned(),
            source,
        }
    })
}

/// Reads it.
///
/// # Errors
/// When the file cannot be read, is no such record, is from a newer version, or cannot be one.
pub fn read_blocks(path: &Path) -> Result<BlockRecord, RecordError> {
    let text = fs::read(path).map_err(|source| RecordError::Read {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_slice(&text).map_err(|source| RecordError::Form {
        path: path.to_owned(),
        source,
    })
}

/// After how many of so many blocks a run may look: quarters, at least [`LEAST_BLOCKS`] each, the last is all.
#[must_use]
pub fn looks_of(blocks: u32, looks: u32) -> Vec<u32> {
    let looks = looks.max(1);
    let mut found: Vec<u32> = (1..=looks)
        .map(|j| {
            u32::try_from((u64::from(blocks) * u64::from(j)).div_ceil(u64::from(looks)))
                .unwrap_or(blocks)
        })
        .filter(|look| *look >= LEAST_BLOCKS)
        .collect();
    found.dedup();
    found
}
