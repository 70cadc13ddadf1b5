//! Is the new build slower than the old one? From the evidence of interleaved blocks to a verdict.
//!
//! Why: a pull request waits for one word, and each of the four must be worth its name. OK is a claim of its
//! own (not slower by more than the margin, in 99 of 100 runs), so that no evidence, half a run, or a
//! build that fails instead of answering is never OK. It is pure: the same `blocks.json` gives the same
//! verdict, whether it is judged while a run looks if it may stop, or years later.
//!
//! ```text
//! BlockRecord -> Series ┬ times: failures in favour of the new build, and against it
//!                       │    └ d_i of every block, off by a step of the times at worst
//!                       │         └ stats::compare_sequentially, and none that do not vary -> a row for each quantile
//!                       ├ failures: Fisher's exact test at each look              -> a row, when there is one
//!                       └ missing on a build                                      -> a row, and no other
//! rows -> the worst of them -> Regression
//! ```
//!
//! Rows are not corrected for being many, as gates are not: each bound is wrong in 1 % of runs, and a build
//! that did not change at all lies a whole margin away from a false REGRESSION.

mod failures;
mod overall;
mod quantiles;
mod resolution;
mod times;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::figure;
use crate::record::{BlockRecord, Build, Origin, Series};

/// The version of the form on disk.
pub const REGRESSION_SCHEMA_VERSION: u32 = 1;

/// What a comparison of builds came to; in JSON OK, REGRESSION, IMPROVEMENT, INCONCLUSIVE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Judged {
    /// The new build is not slower by more than the margin.
    Ok,
    /// The new build is slower by more than the margin, fails more often, or lacks what the old one answers.
    Regression,
    /// The new build is faster by more than the margin.
    Improvement,
    /// The evidence does not decide.
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

/// The verdict of a comparison of builds: its `verdict.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Regression {
    /// The version of this form.
    pub schema_version: u32,
    /// The run's name.
    pub run: String,
    /// What all rows come to.
    pub verdict: Judged,
    /// One sentence: what it is and the row that decides it.
    pub sentence: String,
    /// The change that nobody minds: 0.05 is 5 %.
    pub margin: f64,
    /// Whole blocks that were measured.
    pub blocks: u32,
    /// Blocks that were planned.
    pub blocks_planned: u32,
    /// What was found of each scenario, in the order of the record.
    pub rows: Vec<RegressionRow>,
}

/// What was found of one scenario at one quantile, or of its failures. Changes are relative: 0.1 is 10 %
/// slower.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegressionRow {
    /// The scenario or benchmark.
    pub scenario: String,
    /// `p50`, `p95`, `failures`, or `missing`.
    pub measure: String,
    /// What was found.
    pub verdict: Judged,
    /// The old build's quantile of all samples, in seconds; absent when failures leave none.
    pub old_s: Option<f64>,
    /// The new build's quantile of all samples, in seconds; absent when failures leave none.
    pub new_s: Option<f64>,
    /// The estimate of the change, from the blocks' differences.
    pub change: Option<f64>,
    /// Lower bound of the change, 99 % over all looks; absent when there is none.
    pub low: Option<f64>,
    /// Upper bound of the change, 99 % over all looks; absent when there is none.
    pub high: Option<f64>,
    /// The smallest slowdown that 4 of 5 such runs would have called a regression; approximate.
    pub smallest_seen: Option<f64>,
    /// The blocks that it rests on: those before the last look.
    pub blocks: u32,
    /// The blocks at the look that decided it.
    pub decided_at: Option<u32>,
    /// How many samples there are, failures among them: of the old build, of the new one.
    pub samples: [u64; 2],
    /// How many of them failed: of the old build, of the new one.
    pub failed: [u64; 2],
    /// Why, in words.
    pub reason: String,
    /// What to do, for all but OK and IMPROVEMENT.
    pub next: Option<String>,
}

impl RegressionRow {
    /// A row about nothing yet: what its kind does not know stays absent.
    fn of(series: &Series, measure: impl Into<String>) -> Self {
        Self {
            scenario: series.name.clone(),
            measure: measure.into(),
            verdict: Judged::Inconclusive,
            old_s: None,
            new_s: None,
            change: None,
            low: None,
            high: None,
            smallest_seen: None,
            blocks: 0,
            decided_at: None,
            samples: [0, 0],
            failed: [0, 0],
            reason: String::new(),
            next: None,
        }
    }
}

impl Regression {
    /// Whether more blocks could change nothing: every row that can be measured is decided. With nothing
    /// to measure there is nothing to wait for, and a build that was found to fail is not waited for: where each
    /// of its answers takes a gateway's patience, that would last for hours, and its times would decide nothing.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        let fails = |one: &&RegressionRow| {
            one.measure == failures::MEASURE && one.verdict == Judged::Regression
        };
        let failing: BTreeSet<&str> = self
            .rows
            .iter()
            .filter(fails)
            .map(|one| one.scenario.as_str())
            .collect();
        let mut measured = self.rows.iter().filter(|row| row.measure != MISSING);
        measured.all(|row| {
            row.verdict != Judged::Inconclusive || failing.contains(row.scenario.as_str())
        })
    }
}

/// The measure of a row of a series that a build does not have.
const MISSING: &str = "missing";

/// What the evidence comes to.
///
/// REGRESSION when any row is; else INCONCLUSIVE when any row is, when there is none, or when the run was
/// interrupted; else IMPROVEMENT when any row is; else OK.
#[must_use]
pub fn judge_blocks(record: &BlockRecord) -> Regression {
    let rows: Vec<RegressionRow> = record
        .series
        .iter()
        .flat_map(|series| rows_of(series, record))
        .collect();
    let verdict = overall::verdict(record, &rows);
    Regression {
        schema_version: REGRESSION_SCHEMA_VERSION,
        run: record.run.clone(),
        verdict,
        sentence: overall::sentence(record, &rows, verdict),
        margin: record.settings.margin,
        blocks: whole(record.blocks()),
        blocks_planned: record.settings.blocks,
        rows,
    }
}

fn rows_of(series: &Series, record: &BlockRecord) -> Vec<RegressionRow> {
    if !series.missing.is_empty() {
        return vec![missing(series, record.settings.origin)];
    }
    let quantiles = series.quantiles.iter();
    let mut rows: Vec<RegressionRow> = quantiles
        .map(|q| quantiles::row(series, &record.settings, *q, &figure::quantile(*q)))
        .collect();
    rows.extend(failures::row(series, &record.settings));
    rows
}

/// A user loses what the old build answers and the new one does not. What the old one lacks, or both, cannot be
/// compared.
fn missing(series: &Series, origin: Origin) -> RegressionRow {
    let on = |build| series.missing.iter().find(|one| one.build == build);
    let seen = Build::BOTH.into_iter().filter_map(|build| {
        let found = on(build)?;
        Some(format!("on the {} build: {}", build.name(), found.seen))
    });
    let mut reason = format!("it is missing {}", figure::list(&seen.collect::<Vec<_>>()));
    let lost = on(Build::Old).is_none();
    let (verdict, next) = match origin {
        Origin::Requests if lost => {
            reason.push_str("; the old build answers it");
            let next = "Repair the new build's answers; leave it out with --only if it was removed on purpose.";
            (Judged::Regression, next)
        }
        Origin::Requests => (
            Judged::Inconclusive,
            "Leave it out with --only until both builds answer it.",
        ),
        // Benchmarks come, go and get other names; what users have does not depend on them.
        _ => (
            Judged::Inconclusive,
            "Run the same benchmarks on both builds, or choose those that both have with --only.",
        ),
    };
    RegressionRow {
        verdict,
        reason,
        next: Some(next.to_owned()),
        ..RegressionRow::of(series, MISSING)
    }
}

/// A count as the form keeps it.
fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
