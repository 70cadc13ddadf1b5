//! The stopping rule of a run, made from the verdict's gates: a scenario has been measured enough
//! when no more samples can change what its required gates come to.

use std::cell::RefCell;
use std::rc::Rc;

use crate::record::{GateSettings, ScenarioRecord};
use crate::run::{Look, Rule};
use crate::verdict::{Gate, HARNESS, Outcome, TWO_SIDES, scenario_gates};

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
        let look = decide(&gates);
        *self.latest.borrow_mut() = gates;
        look
    }
}

/// Decided when a required gate refutes, when one can never be confirmed any more, or when none is
/// still waiting for samples.
fn decide(gates: &[Gate]) -> Look {
    // The harness's lag is known at the end only. Two sides that could not be told apart cost the GO
    // but not the figures, which somebody may still want.
    let counts = |gate: &&Gate| gate.required && gate.id != HARNESS && gate.id != TWO_SIDES;
    let required: Vec<&Gate> = gates.iter().filter(counts).collect();
    let lost = required
        .iter()
        .any(|gate| gate.settled && gate.outcome != Outcome::Go);
    let waiting = required
        .iter()
        .any(|gate| gate.outcome == Outcome::Inconclusive);
    if lost || !waiting {
        Look::Decided
    } else {
        Look::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(id: &str, outcome: Outcome, settled: bool, required: bool) -> Gate {
        Gate {
            id: id.to_owned(),
            scenario: "s".to_owned(),
            required,
            outcome,
            title: String::new(),
            reason: String::new(),
            settled,
            interval: None,
            facts: Vec::new(),
        }
    }

    #[test]
    fn it_goes_on_while_a_required_gate_waits_for_samples() {
        let waiting = gate("speedup-p95", Outcome::Inconclusive, false, true);
        let held = gate("speedup-p50", Outcome::Go, true, true);
        assert_eq!(decide(&[held.clone(), waiting.clone()]), Look::Continue);
        assert_eq!(
            decide(&[
                held.clone(),
                Gate {
                    required: false,
                    ..waiting
                }
            ]),
            Look::Decided
        );
        assert_eq!(decide(&[held]), Look::Decided);
    }

    #[test]
    fn one_refuted_or_lost_gate_is_enough() {
        let waiting = gate("speedup-p95", Outcome::Inconclusive, false, true);
        let refuted = gate("speedup-p50", Outcome::NoGo, true, true);
        assert_eq!(decide(&[waiting.clone(), refuted]), Look::Decided);
        let frozen = gate("fresh", Outcome::Inconclusive, true, true);
        assert_eq!(decide(&[waiting, frozen]), Look::Decided);
    }

    #[test]
    fn the_harness_and_sides_that_look_alike_do_not_stop_the_measuring() {
        let waiting = gate("speedup-p95", Outcome::Inconclusive, false, true);
        let alike = gate(TWO_SIDES, Outcome::Inconclusive, true, true);
        let harness = gate(HARNESS, Outcome::Inconclusive, false, true);
        assert_eq!(decide(&[waiting, alike.clone()]), Look::Continue);
        assert_eq!(decide(&[alike, harness]), Look::Decided);
    }
}
