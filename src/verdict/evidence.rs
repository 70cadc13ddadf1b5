//! One scenario's record, prepared once for all its gates.

use crate::record::{GateSettings, IterationRef, Sample, SampleStatus, ScenarioRecord, Side};
use crate::stats::SpeedupTest;

use super::gate::{Fact, Gate, Interval, Outcome};

/// The evidence of one scenario.
pub(super) struct Evidence<'a> {
    /// What was recorded.
    pub(super) scenario: &'a ScenarioRecord,
    /// Which gates are required, and the caps.
    pub(super) settings: &'a GateSettings,
    /// The samples of both sides.
    pub(super) test: SpeedupTest,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(scenario: &'a ScenarioRecord, settings: &'a GateSettings) -> Self {
        Self {
            scenario,
            settings,
            test: speedup_test(scenario),
        }
    }

    /// A gate of this scenario.
    pub(super) fn gate(&self, id: &str, title: impl Into<String>, finding: Finding) -> Gate {
        Gate {
            id: id.to_owned(),
            scenario: self.scenario.name.clone(),
            required: self.settings.required.iter().any(|required| required == id),
            outcome: finding.outcome,
            title: title.into(),
            reason: finding.reason,
            settled: finding.settled,
            interval: finding.interval,
            facts: finding.facts,
        }
    }
}

/// The samples of both sides, as every gate sees them.
pub(super) fn speedup_test(scenario: &ScenarioRecord) -> SpeedupTest {
    let samples = |side| -> Vec<Sample> {
        let iterations = scenario.side(side).iter();
        iterations.map(|one| sample(scenario, one)).collect()
    };
    SpeedupTest::new(&samples(Side::Baseline), &samples(Side::Candidate))
}

/// An iteration that lacks the result of a step took no time that can be trusted.
fn sample(scenario: &ScenarioRecord, iteration: IterationRef<'_>) -> Sample {
    let sample = iteration.sample();
    if sample.status == SampleStatus::Ok && is_incomplete(scenario, iteration) {
        return Sample {
            status: SampleStatus::Error,
            ..sample
        };
    }
    sample
}

/// Whether a step has neither an answer nor a failure.
pub(super) fn is_incomplete(scenario: &ScenarioRecord, iteration: IterationRef<'_>) -> bool {
    let results = iteration.steps().filter(|step| !step.superseded());
    iteration.failure().is_none() && results.count() < scenario.steps.len().max(1)
}

/// What a gate found.
pub(super) struct Finding {
    outcome: Outcome,
    reason: String,
    settled: bool,
    interval: Option<Interval>,
    facts: Vec<Fact>,
}

impl Finding {
    /// An outcome with its reason; settled unless it is INCONCLUSIVE.
    pub(super) fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            reason: reason.into(),
            settled: outcome != Outcome::Inconclusive,
            interval: None,
            facts: Vec::new(),
        }
    }

    pub(super) fn settled(self, settled: bool) -> Self {
        Self { settled, ..self }
    }

    pub(super) fn interval(self, interval: Interval) -> Self {
        Self {
            interval: Some(interval),
            ..self
        }
    }

    pub(super) fn facts(self, facts: Vec<Fact>) -> Self {
        Self { facts, ..self }
    }
}
