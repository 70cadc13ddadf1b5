//! Is the new build slower than the old one? From the evidence of interleaved blocks to a verdict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::BlockRecord;

/// The version of the form on disk.
pub const REGRESSION_SCHEMA_VERSION: u32 = 1;
/// What a comparison of builds came to; in JSON OK, REGRESSION, IMPROVEMENT, INCONCLUSIVE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Judged {
    Ok,
    Regression,
    Improvement,
    Inconclusive,
}
impl Judged {
    /// As in files and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Regression => "REGRESSION",
            Self::Improvement => "IMPROVEMENT",
            Self::Inconclusive => "INCONCLUSIVE",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Regression {
    pub schema_version: u32,
    pub run: String,
    pub verdict: Judged,
    /// One sentence: what it is and the row that decides it.
    pub sentence: String,
    pub margin: f64,
    pub blocks: u32,
    pub blocks_planned: u32,
    pub rows: Vec<RegressionRow>,
}
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegressionRow {
    pub scenario: String,
    /// `p50`, `p95`, `failures`, or `missing`.
    pub measure: String,
    pub verdict: Judged,
    pub old_s: Option<f64>,
    pub new_s: Option<f64>, // quantile of all samples, seconds
    pub change: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>, // infinite = null
    pub smallest_seen: Option<f64>,
    pub blocks: u32,
    pub decided_at: Option<u32>,
    pub samples: [u64; 2],
    pub failed: [u64; 2], // old, new
    pub reason: String,
    pub next: Option<String>, // next: what to do, for all but OK and IMPROVEMENT
}
/// What the evidence comes to.
#[must_use]
pub fn judge_blocks(record: &BlockRecord) -> Regression {
    Regression {
        schema_version: REGRESSION_SCHEMA_VERSION,
        run: record.run.clone(),
        verdict: Judged::Inconclusive,
        sentence: String::new(),
        margin: record.settings.margin,
        blocks: 0,
        blocks_planned: record.settings.blocks,
        rows: Vec::new(),
    }
}

impl Regression {
    /// Whether more blocks could change nothing.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.rows
            .iter()
            .all(|row| row.verdict != Judged::Inconclusive)
    }
}
