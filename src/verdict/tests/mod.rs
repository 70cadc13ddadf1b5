//! What each gate says of a record that is sound but for one thing.

mod inspections;
mod overall;
mod records;

mod decided;

use super::*;
use crate::record::{Distinctness, FailureKind, Freshness, Iterations, LagFacts, Side, StepRecord};
use records::{edit, fail, iterations, settings, side_mut, sound};

/// The gate with this id after the scenario was changed.
fn gate_after(id: &str, change: impl FnOnce(&mut ScenarioRecord)) -> Gate {
    let mut scenario = sound();
    change(&mut scenario);
    let gates = scenario_gates(&scenario, &settings());
    gates.into_iter().find(|gate| gate.id == id).unwrap()
}

#[track_caller]
fn assert_gate(gate: &Gate, outcome: Outcome, settled: bool, words: &str) {
    assert_eq!(gate.outcome, outcome, "{}", gate.reason);
    assert_eq!(gate.settled, settled, "{}", gate.reason);
    assert!(gate.reason.contains(words), "{}", gate.reason);
}

#[test]
fn a_sound_record_passes_every_gate() {
    let gates = scenario_gates(&sound(), &settings());
    assert_eq!(gates.len(), GATE_IDS.len());
    for (gate, (id, _)) in gates.iter().zip(GATE_IDS) {
        assert_eq!(gate.id, id);
        assert_gate(gate, Outcome::Go, true, "");
    }
    assert_eq!(scenario_outcome(&gates), Outcome::Go);
    assert!(scenario_is_decided(&gates));
}

#[test]
fn a_candidate_that_is_too_slow_is_refuted_with_the_bound() {
    let slow = |scenario: &mut ScenarioRecord| scenario.candidate = iterations(400, 0.25);
    for id in ["speedup-p50", "speedup-p95", "target-p95"] {
        assert_gate(&gate_after(id, slow), Outcome::NoGo, true, "at ");
    }
    let gate = gate_after("speedup-p50", slow);
    assert!(gate.interval.unwrap().high.unwrap() < 11.0);
    assert!(gate.reason.contains("at most 10"), "{}", gate.reason);
}

#[test]
fn few_iterations_say_how_many_more_are_needed() {
    let few = |scenario: &mut ScenarioRecord| edit(&mut scenario.baseline, |rows| rows.truncate(8));
    let gate = gate_after("speedup-p50", few);
    assert_gate(&gate, Outcome::Inconclusive, false, "takes at least 10");
    assert_eq!(gate.number("likely_more"), Some(2.0));
    assert_eq!(
        gate.number("notion_requests"),
        Some(8.0 * 2.0 + 800.0 + 6.0)
    );
    assert!(gate.number("ln_e").unwrap() > 0.0);
}

#[test]
fn a_p95_says_from_when_on_it_can_be_refuted() {
    let few = |scenario: &mut ScenarioRecord| {
        edit(&mut scenario.baseline, |rows| rows.truncate(30));
        scenario.candidate = iterations(400, 0.25);
    };
    let gate = gate_after("speedup-p95", few);
    assert_gate(
        &gate,
        Outcome::Inconclusive,
        false,
        "below 77 baseline iterations",
    );
    assert_eq!(gate.number("refutable_from"), Some(77.0));
    assert!(gate.number("likely_more").unwrap() >= 47.0);

    let mut capped = settings();
    capped.max_baseline_iterations = 60;
    let mut scenario = sound();
    few(&mut scenario);
    let gates = scenario_gates(&scenario, &capped);
    assert!(
        gates[1].reason.contains("the cap of this run is 60"),
        "{}",
        gates[1].reason
    );
}

#[test]
fn nothing_measured_is_never_a_pass() {
    for side in Side::BOTH {
        let mut scenario = sound();
        *side_mut(&mut scenario, side) = Iterations::new();
        let gates = scenario_gates(&scenario, &settings());
        assert_eq!(
            scenario_outcome(&gates),
            Outcome::Inconclusive,
            "no {}",
            side.name()
        );
        assert!(!scenario_is_decided(&gates), "no {}", side.name());
    }
    let gate = gate_after("no-429", |scenario| scenario.candidate = Iterations::new());
    assert_gate(&gate, Outcome::Inconclusive, false, "nothing was asked");
}

#[test]
fn a_wrong_answer_refutes_the_candidate_and_discredits_the_baseline() {
    let kind = FailureKind::Status;
    let gate = gate_after("expectations", |scenario| {
        fail(scenario, Side::Candidate, kind)
    });
    assert_gate(
        &gate,
        Outcome::NoGo,
        true,
        "1 of 400 iterations failed on the candidate",
    );
    assert!(
        gate.reason.contains("500 instead of 200"),
        "{}",
        gate.reason
    );
    assert_eq!(gate.number("failed_candidate"), Some(1.0));

    let gate = gate_after("expectations", |scenario| {
        fail(scenario, Side::Baseline, kind)
    });
    assert_gate(
        &gate,
        Outcome::Inconclusive,
        true,
        "the yardstick itself cannot be trusted",
    );

    let gate = gate_after("expectations", |scenario| {
        fail(scenario, Side::Baseline, kind);
        fail(scenario, Side::Candidate, kind);
    });
    assert_eq!(gate.outcome, Outcome::NoGo);
}

#[test]
fn an_iteration_without_the_result_of_a_step_is_no_success() {
    let gate = gate_after("expectations", |scenario| {
        edit(&mut scenario.candidate, |rows| rows[7].steps.clear())
    });
    assert_gate(&gate, Outcome::NoGo, true, "incomplete");
    let gate = gate_after("target-p95", |scenario| {
        edit(&mut scenario.candidate, |rows| {
            for iteration in rows {
                iteration.steps.clear();
            }
        });
    });
    assert_eq!(gate.outcome, Outcome::Inconclusive);
    assert_eq!(gate.number("within"), Some(0.0));
}

#[test]
fn a_failed_clean_up_is_named_but_does_not_gate() {
    let gate = gate_after("expectations", |scenario| {
        let failure = crate::record::Failure {
            kind: FailureKind::Status,
            detail: "the task was not deleted".to_owned(),
        };
        edit(&mut scenario.candidate, |rows| {
            rows[3].cleanup_failures.push(failure)
        });
    });
    assert_eq!(gate.outcome, Outcome::Go);
    let fact = gate
        .facts
        .iter()
        .find(|fact| fact.name == "candidate clean-up")
        .unwrap();
    assert!(format!("{:?}", fact.value).contains("the task was not deleted"));
}

#[test]
fn one_429_of_the_candidate_is_enough_and_the_baselines_are_only_counted() {
    let limited = |scenario: &mut ScenarioRecord, side| {
        edit(side_mut(scenario, side), |rows| {
            let again = rows[5].steps[0].clone();
            rows[5].steps[0].status = Some(429);
            rows[5].steps[0].superseded = true;
            rows[5].steps.push(again);
        });
    };
    let gate = gate_after("no-429", |scenario| limited(scenario, Side::Candidate));
    assert_gate(&gate, Outcome::NoGo, true, "1 answer with status 429");
    let gate = gate_after("no-429", |scenario| limited(scenario, Side::Baseline));
    assert_eq!(gate.outcome, Outcome::Go);
    assert_eq!(gate.number("rate_limited_baseline"), Some(1.0));
}

#[test]
fn a_cached_answer_is_no_measurement() {
    for side in Side::BOTH {
        let gate = gate_after("fresh", |scenario| {
            let headers = ["age: 0", "x-nextjs-cache: HIT"].map(str::to_owned);
            edit(side_mut(scenario, side), |rows| {
                rows[9].steps[0].cache_headers = headers.to_vec()
            });
        });
        assert_gate(&gate, Outcome::Inconclusive, true, "`x-nextjs-cache: HIT`");
        assert!(gate.reason.contains(side.name()), "{}", gate.reason);
    }
    let gate = gate_after("fresh", |scenario| {
        scenario.preflight.candidate.freshness = Freshness::Stale("the old title".to_owned());
    });
    assert_gate(&gate, Outcome::Inconclusive, true, "the old title");
}

#[test]
fn freshness_says_what_proves_it() {
    let gate = gate_after("fresh", |_| ());
    assert_gate(&gate, Outcome::Go, true, "proven by a write");
    let gate = gate_after("fresh", |scenario| {
        scenario.preflight.baseline.freshness = Freshness::NotProbed("it only reads".to_owned());
    });
    assert_gate(&gate, Outcome::Go, true, "no header names a cache");
}

#[test]
fn two_names_for_one_thing_are_not_two_sides() {
    for (distinct, words) in [
        (
            Distinctness::Same("the same URL".to_owned()),
            "one thing under two names",
        ),
        (Distinctness::Unproven("no ids".to_owned()), "nothing shows"),
    ] {
        let gate = gate_after("two-sides", |scenario| {
            scenario.preflight.distinct = distinct
        });
        assert_gate(&gate, Outcome::Inconclusive, true, words);
    }
}

#[test]
fn a_late_harness_is_the_bottleneck_and_may_recover() {
    let gate = gate_after("harness", |scenario| scenario.lag.p95_s = 0.0069);
    assert_gate(
        &gate,
        Outcome::Inconclusive,
        false,
        "the harness was the bottleneck",
    );
    let gate = gate_after("harness", |scenario| scenario.lag.p95_s = f64::NAN);
    assert_eq!(gate.outcome, Outcome::Inconclusive);
    let gate = gate_after("harness", |scenario| scenario.lag = LagFacts::default());
    assert_gate(&gate, Outcome::Inconclusive, false, "was not measured");
}

#[test]
fn a_misspelt_requirement_is_never_a_pass() {
    let mut settings = settings();
    settings.required = vec!["speedup-p50".to_owned(), "speedup-p59".to_owned()];
    let gates = scenario_gates(&sound(), &settings);
    assert_eq!(scenario_outcome(&gates), Outcome::Inconclusive);
    let unknown = gates.last().unwrap();
    assert_gate(unknown, Outcome::Inconclusive, true, "`speedup-p59`");
    assert!(unknown.reason.contains("speedup-p95"), "{}", unknown.reason);
}

#[test]
fn a_gate_that_is_not_required_does_not_count() {
    let mut scenario = sound();
    fail(&mut scenario, Side::Candidate, FailureKind::Body);
    let mut settings = settings();
    settings.required.retain(|id| id != "expectations");
    assert_eq!(
        scenario_outcome(&scenario_gates(&scenario, &settings)),
        Outcome::Go
    );
    settings.required.clear();
    let gates = scenario_gates(&sound(), &settings);
    assert_eq!(scenario_outcome(&gates), Outcome::Inconclusive);
}

/// No setting waives them, and no slow figure counts that a doubtful instrument gave.
#[test]
fn a_doubtful_instrument_decides_nothing_either_way() {
    type Change = fn(&mut ScenarioRecord);
    let doubts: [(&str, Change); 3] = [
        (HARNESS, |scenario| scenario.lag.p95_s = 1.0),
        (FRESH, |scenario| {
            edit(&mut scenario.candidate, |rows| {
                rows[0].steps[0].cache_headers = vec!["x-cache: HIT".to_owned()]
            });
        }),
        (TWO_SIDES, |scenario| {
            scenario.preflight.distinct = Distinctness::Unproven("nothing".to_owned());
        }),
    ];
    let mut few = settings();
    few.required = vec!["speedup-p50".to_owned()];
    for (id, doubt) in doubts {
        let mut fast = sound();
        doubt(&mut fast);
        let mut slow = sound();
        slow.candidate = iterations(400, 0.25);
        let certain = scenario_gates(&slow, &few);
        assert_eq!(scenario_outcome(&certain), Outcome::NoGo, "without a doubt");
        doubt(&mut slow);
        for scenario in [fast, slow] {
            let gates = scenario_gates(&scenario, &few);
            assert_eq!(scenario_outcome(&gates), Outcome::Inconclusive, "{id}");
        }
    }
}

#[test]
fn a_scenario_stops_when_it_is_refuted_or_cannot_be_go_any_more() {
    let decided = |change: fn(&mut ScenarioRecord)| {
        let mut scenario = sound();
        edit(&mut scenario.baseline, |rows| rows.truncate(8));
        change(&mut scenario);
        scenario_is_decided(&scenario_gates(&scenario, &settings()))
    };
    assert!(!decided(|_| ()));
    assert!(decided(|scenario| fail(
        scenario,
        Side::Candidate,
        FailureKind::Body
    )));
    assert!(decided(|scenario| fail(
        scenario,
        Side::Baseline,
        FailureKind::Body
    )));
    assert!(!decided(|scenario| scenario.lag.p95_s = 1.0));
}

#[test]
fn the_pages_of_one_step_do_not_stand_in_for_another_step() {
    let with_pages = |last_step: u32| {
        gate_after("expectations", |scenario| {
            scenario.steps.push(scenario.steps[0].clone());
            for side in [&mut scenario.baseline, &mut scenario.candidate] {
                edit(side, |rows| {
                    for iteration in rows {
                        let page = StepRecord {
                            page: 1,
                            ..iteration.steps[0].clone()
                        };
                        let last = StepRecord {
                            step: last_step,
                            ..page.clone()
                        };
                        iteration.steps.extend([page, last]);
                    }
                });
            }
        })
    };
    assert_eq!(with_pages(1).outcome, Outcome::Go);
    let gate = with_pages(0);
    assert!(gate.reason.contains("incomplete"), "{}", gate.reason);
}
