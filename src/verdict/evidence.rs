//! One scenario's record, prepared once for all its gates.

use crate::record::{GateSettings, ScenarioRecord, Side};
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
            next: None,
            waived: None,
            settled: finding.settled,
            interval: finding.interval,
            facts: finding.facts,
        }
    }
}

/// The samples of both sides, as every gate sees them.
pub(super) fn speedup_test(scenario: &ScenarioRecord) -> SpeedupTest {
    SpeedupTest::new(
        &scenario.samples(Side::Baseline),
        &scenario.samples(Side::Candidate),
    )
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
