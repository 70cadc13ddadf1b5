//! The evidence of the rate limit: what the candidate did while it was sent a constant rate.
//!
//! Every iteration is kept as it was, with the time at which it was due, so that the verdict is repeated
//! from the record alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::{IterationRef, Iterations, LagFacts, Sample, StepRef};
use crate::units::Span;

/// A load on the candidate, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Capacity {
    /// How many requests were due in which time: `30/s`.
    pub rate: String,
    /// How long it was to last, in seconds.
    pub asked_s: f64,
    /// How long it lasted until nothing was sent any more, in seconds.
    pub lasted_s: f64,
    /// Why it ended.
    pub ended: LoadEnded,
    /// What each scenario showed, in the order in which they took turns.
    pub scenarios: Vec<Loaded>,
    /// Iterations that were due and never begun, because all connections were waiting for answers.
    pub unsent: u64,
    /// The most iterations that were under way at once.
    pub most_at_once: u32,
    /// How late the harness itself was.
    pub lag: LagFacts,
}

/// Why a load ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoadEnded {
    /// Its time was over.
    Time,
    /// Too many requests failed, so that going on would have done harm.
    Errors,
    /// The run was asked to stop.
    Interrupted,
    /// It was not begun, for this reason: a sentence without a full stop.
    Refused(String),
}

/// One scenario under load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Loaded {
    /// The scenario's name.
    pub scenario: String,
    /// The time that is promised for it; the upper end holds for its p95.
    pub after: Span,
    /// Its iterations in the order in which they were due.
    pub iterations: Iterations,
}

impl Loaded {
    /// How each iteration counts, in the order in which they were due.
    #[must_use]
    pub fn samples(&self) -> Vec<Sample> {
        self.iterations.iter().map(from_intended_start).collect()
    }
}

/// Seconds from the moment at which an iteration was due, so that whoever stood in a queue is seen: the
/// wait for its first request, and then each attempt. The harness's own work between two steps and new
/// connections are left out, as in all latencies of a record.
fn from_intended_start(iteration: IterationRef<'_>) -> Sample {
    let waited = (iteration.sent_at_s() - iteration.intended_at_s()).max(0.0);
    let attempts: f64 = iteration.steps().map(StepRef::duration_s).sum();
    Sample {
        seconds: waited + attempts,
        status: iteration.sample().status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Iteration, StepRecord};

    #[test]
    fn the_wait_before_the_first_request_and_a_superseded_attempt_count() {
        let step = |duration_s, superseded| StepRecord {
            attempt: 1,
            sent_at_s: 3.0,
            duration_s,
            connect_s: Some(7.0),
            superseded,
            ..StepRecord::default()
        };
        let iteration = Iteration {
            intended_at_s: 2.0,
            sent_at_s: 3.0,
            finished_at_s: 20.0,
            steps: vec![step(0.5, true), step(0.25, false)],
            ..Iteration::default()
        };
        let loaded = Loaded {
            scenario: "search".to_owned(),
            after: "50ms".parse().unwrap(),
            iterations: [iteration].into_iter().collect(),
        };
        assert!((loaded.samples()[0].seconds - 1.75).abs() < 1e-9);
    }
}
