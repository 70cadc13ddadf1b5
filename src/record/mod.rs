//! The record: all the evidence of a run, and the waist of the flow.
//!
//! Everything before it touches the world and is slow; everything after it is pure and can be
//! repeated from the file. So it keeps raw times instead of summaries, and failures beside
//! successes. Times are seconds; `*_at_s` counts from the start of the run.
//!
//! ```text
//! Iteration -> Iterations (columns) -> IterationRef -> Sample
//!                  └ file: record.json
//! ```

mod blocks;
mod caches;
mod checks;
mod column;
mod facts;
mod file;
mod iteration;
mod iterations;
mod outside;
mod samples;
mod views;

pub use blocks::{
    BLOCKS_SCHEMA_VERSION, Block, BlockRecord, BlockSamples, BlockSettings, BlocksKind, Build,
    BuildFacts, FailedSample, LEAST_BLOCKS, Missing, Origin, Series, looks_of, read_blocks,
    write_blocks,
};
pub use caches::is_cache_hit;
pub use checks::{
    Capacity, Checks, Compared, Example, Finding, FindingKind, Inspection, LoadEnded, Loaded,
    Looked, NotLooked, Weight,
};
pub use facts::{
    BudgetFacts, Distinctness, Freshness, GateSettings, LagFacts, Machine, NotionFacts,
    PostgresFacts, Preflight, ProfileFacts, SandboxFacts, Side, SideFinding, TargetFacts, Tool,
    Waiver, World,
};
pub use file::{RecordError, read, write};
pub use iteration::{Failure, FailureKind, Iteration, Sample, SampleStatus, StepRecord, seconds};
pub use iterations::Iterations;
pub use outside::{Outside, Requests, SideOutside};
pub use samples::{SampleSet, SamplesError, read_samples};
pub use views::{IterationRef, StepRef};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::promise::Promise;

/// The version of the form on disk; a reader refuses a newer one. Version 1 kept iterations as rows,
/// version 2 keeps them as columns.
pub const SCHEMA_VERSION: u32 = 2;

/// All evidence of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
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
    /// What was measured: the sandbox with its assumptions, or live targets.
    pub world: World,
    /// The slow side.
    pub baseline: TargetFacts,
    /// The side that is to replace it.
    pub candidate: TargetFacts,
    /// The limit that the baseline lane kept to.
    pub budget: BudgetFacts,
    /// Which gates had to hold, and the caps.
    pub gates: GateSettings,
    /// The scenarios in the order in which they ran.
    pub scenarios: Vec<ScenarioRecord>,
    /// The evidence beside speed. A file without it is older, or nothing was looked at.
    #[serde(default, skip_serializing_if = "Checks::is_empty")]
    pub checks: Checks,
    /// Whether the run was ended from outside before its end.
    pub interrupted: bool,
    /// Objects that the run made and could not confirm as deleted.
    pub leftovers: Vec<String>,
}

/// The evidence of one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioRecord {
    /// The scenario's name.
    pub name: String,
    /// What it stands for, in a sentence.
    pub summary: String,
    /// The file that defined it.
    pub file: String,
    /// What the guide claims.
    pub promise: Promise,
    /// Whether it creates objects.
    pub writes: bool,
    /// Its timed steps.
    pub steps: Vec<StepFacts>,
    /// What was found out before the first timed request.
    pub preflight: Preflight,
    /// The baseline's iterations in time order.
    pub baseline: Iterations,
    /// The candidate's iterations in time order.
    pub candidate: Iterations,
    /// What was sent outside of the timed iterations. A file without it is older; then it was not counted.
    #[serde(default)]
    pub outside: Outside,
    /// The same scenario asked of the stores themselves, for the split of its time; absent where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<Direct>,
    /// How late the harness itself was.
    pub lag: LagFacts,
    /// Why the scenario stopped, as the runner saw it.
    pub stopped: Stopped,
}

/// Iterations of a scenario that went past the applications, to Notion and to the PostgreSQL.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Direct {
    /// By the driver `notion`, on the store behind the baseline; none where it was not asked.
    pub baseline: Iterations,
    /// By the driver `postgres`, on the store behind the candidate; none where it was not asked.
    pub candidate: Iterations,
}

impl ScenarioRecord {
    /// The iterations of one side.
    #[must_use]
    pub fn side(&self, side: Side) -> &Iterations {
        match side {
            Side::Baseline => &self.baseline,
            Side::Candidate => &self.candidate,
        }
    }

    /// The samples of one side, in time order, as every gate and every export counts them.
    #[must_use]
    pub fn samples(&self, side: Side) -> Vec<Sample> {
        let iterations = self.side(side).iter();
        iterations.map(|iteration| self.sample(iteration)).collect()
    }

    /// How one of its iterations counts. One that lacks the result of a step took no time that can be
    /// trusted, so it is a failure, which only the scenario can tell.
    #[must_use]
    pub fn sample(&self, iteration: IterationRef<'_>) -> Sample {
        let sample = iteration.sample();
        if sample.status == SampleStatus::Ok && self.is_incomplete(iteration) {
            return Sample {
                status: SampleStatus::Error,
                ..sample
            };
        }
        sample
    }

    /// Whether a step of the iteration has neither an answer nor a failure.
    #[must_use]
    pub fn is_incomplete(&self, iteration: IterationRef<'_>) -> bool {
        iteration.failure().is_none() && !iteration.has_results(self.steps.len())
    }
}

/// A timed step as the scenario file states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepFacts {
    /// The step's name.
    pub name: String,
    /// The request method of its `http` form.
    pub method: String,
    /// The path template of its `http` form, not rendered.
    pub path: String,
    /// What it costs on the baseline, in Notion requests.
    pub cost: u32,
    /// What the baseline was sent, when its driver has a form of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<FormFacts>,
    /// What the candidate was sent, when its driver has a form of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<FormFacts>,
}

/// The form of a step for a driver other than `http`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FormFacts {
    /// The driver's name.
    pub driver: String,
    /// The request method; `SQL` for a statement.
    pub method: String,
    /// The path template, not rendered; the first line of a statement.
    pub path: String,
}

/// Why a scenario stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// Its gates were decided.
    Decided,
    /// The cap on baseline iterations was reached.
    Cap,
    /// The preflight found a side that cannot be measured.
    Preflight,
    /// The time allowed for the run was over.
    TimeLimit,
    /// A target asked for a longer pause than the configuration allows.
    PauseTooLong,
    /// What it created could not be removed again.
    CleanUp,
    /// The run was ended from outside.
    Interrupted,
}
