//! When a scenario has been measured enough.

use super::*;

fn gate(id: &str, outcome: Outcome, settled: bool) -> Gate {
    Gate {
        id: id.to_owned(),
        scenario: "s".to_owned(),
        required: true,
        outcome,
        title: String::new(),
        reason: String::new(),
        next: None,
        waived: None,
        settled,
        interval: None,
        facts: Vec::new(),
    }
}

#[test]
fn it_goes_on_while_a_required_gate_waits_for_samples() {
    let waiting = gate("speedup-p95", Outcome::Inconclusive, false);
    let held = gate("speedup-p50", Outcome::Go, true);
    assert!(!scenario_is_decided(&[held.clone(), waiting.clone()]));
    let mut watched = waiting;
    watched.required = false;
    assert!(scenario_is_decided(&[held, watched]));
}

#[test]
fn one_refuted_or_lost_gate_is_enough() {
    let waiting = gate("speedup-p95", Outcome::Inconclusive, false);
    let refuted = gate("speedup-p50", Outcome::NoGo, true);
    assert!(scenario_is_decided(&[waiting.clone(), refuted]));
    let frozen = gate("fresh", Outcome::Inconclusive, true);
    assert!(scenario_is_decided(&[waiting, frozen]));
}

#[test]
fn the_harness_and_sides_that_look_alike_do_not_stop_the_measuring() {
    let waiting = gate("speedup-p95", Outcome::Inconclusive, false);
    let alike = gate(TWO_SIDES, Outcome::Inconclusive, true);
    let harness = gate(HARNESS, Outcome::Inconclusive, false);
    assert!(!scenario_is_decided(&[waiting, alike.clone()]));
    assert!(scenario_is_decided(&[alike, harness]));
}
