//! The stopping rule of a run, made from the verdict's gates: a scenario has been measured enough
//! when no more samples can change what its required gates come to.

use std::cell::RefCell;
use std::rc::Rc;

use crate::record::{GateSettings, ScenarioRecord};
use crate::run::{Look, Rule};
use crate::verdict::{Gate, scenario_gates, scenario_is_decided};

/// The gates as they stood at the last look, for whoever shows them meanwhile.
pub(super) type LatestGates = Rc<RefCell<Vec<Gate>>>;

/// Looks at a scenario through its gates.
pub(super) struct VerdictRule {
    settings: GateSettings,
    latest: LatestGates,
}

impl VerdictRule {
    pub(super) fn new(settings: GateSettings) -> Self {
        Self {
            settings,
            latest: LatestGates::default(),
        }
    }

    pub(super) fn latest(&self) -> LatestGates {
        self.latest.clone()
    }
}

impl Rule for VerdictRule {
    fn look(&mut self, scenario: &ScenarioRecord) -> Look {
        let gates = scenario_gates(scenario, &self.settings);
        let look = if scenario_is_decided(&gates) {
            Look::Decided
        } else {
            Look::Continue
        };
        *self.latest.borrow_mut() = gates;
        look
    }
}
