//! Gates of the whole run, and waivers.

use proptest::prelude::*;

use super::records::{record, settings, sound};
use crate::record::{
    Checks, Compared, Example, Finding, FindingKind, Inspection, Looked, NotLooked, Record, Waiver,
    Weight,
};
use crate::verdict::{Gate, INSTRUMENT, Outcome, RUN_GATE_IDS, Verdict, WaiverState, judge};

fn looked(what: &str) -> Looked {
    Looked {
        what: what.to_owned(),
        count: 150,
        detail: "150 pages, 150 rows".to_owned(),
    }
}

fn finding(weight: Weight) -> Finding {
    Finding {
        kind: FindingKind::FieldCollapsed,
        weight,
        subject: "tasks.status".to_owned(),
        count: 66,
        of: 66,
        words: "every status is todo, and Notion has 3".to_owned(),
        example: Some(Example::new("Buy milk", Some("Done"), Some("todo"))),
        next: "Repair the map of the status, then import again.".to_owned(),
    }
}

fn missed() -> NotLooked {
    NotLooked {
        what: "bodies".to_owned(),
        why: "the export has none".to_owned(),
        next: "Export the blocks as well.".to_owned(),
    }
}

fn inspection(weights: &[Weight], is_whole: bool) -> Inspection {
    Inspection {
        looked_at: vec![looked("tasks")],
        not_looked_at: if is_whole { vec![] } else { vec![missed()] },
        findings: weights.iter().map(|weight| finding(*weight)).collect(),
        elapsed_s: 0.1,
    }
}

/// A sound record with integrity required, and this found.
fn with_integrity(integrity: Option<Inspection>) -> Record {
    let mut record = record(vec![sound()]);
    record.gates.required.push("integrity".to_owned());
    record.checks.integrity = integrity;
    record
}

fn gate<'v>(verdict: &'v Verdict, id: &str) -> &'v Gate {
    verdict.gates.iter().find(|gate| gate.id == id).unwrap()
}

fn waiver(gate: &str) -> Waiver {
    Waiver {
        gate: gate.to_owned(),
        scenario: None,
        reason: "Ann answers for it".to_owned(),
        expires: "2027-01-31".to_owned(),
        expired: false,
    }
}

fn weights() -> impl Strategy<Value = Vec<Weight>> {
    let weight = prop::sample::select(vec![Weight::Refutes, Weight::Doubts, Weight::Tells]);
    prop::collection::vec(weight, 0..4)
}

proptest! {
    #[test]
    fn more_findings_and_less_looked_at_never_make_it_better(
        weights in weights(), more in weights(), is_whole: bool,
    ) {
        let outcome = |weights: &[Weight], is_whole| {
            let verdict = judge(&with_integrity(Some(inspection(weights, is_whole))));
            let gate = gate(&verdict, "integrity");
            assert_eq!(gate.next.is_some(), gate.outcome != Outcome::Go);
            assert_eq!(verdict.verdict, gate.outcome);
            gate.outcome
        };
        let found = outcome(&weights, is_whole);
        prop_assert!(outcome(&[weights.clone(), more].concat(), is_whole) >= found);
        prop_assert!(outcome(&weights, false) >= found);
        let expected = match weights.iter().min() {
            Some(Weight::Refutes) => Outcome::NoGo,
            Some(Weight::Doubts) => Outcome::Inconclusive,
            _ if is_whole => Outcome::Go,
            _ => Outcome::Inconclusive,
        };
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn a_required_gate_without_evidence_is_inconclusive_and_says_how_to_get_it() {
    for (id, _) in RUN_GATE_IDS {
        let mut record = record(vec![sound()]);
        assert_eq!(judge(&record).verdict, Outcome::Go);
        record.gates.required.push(id.to_owned());
        let verdict = judge(&record);
        assert_eq!(verdict.verdict, Outcome::Inconclusive, "{id}");
        let gate = gate(&verdict, id);
        assert_eq!(gate.reason, "there is no evidence");
        let next = gate.next.as_ref().unwrap();
        assert!(verdict.next.contains(next), "{:?}", verdict.next);
        let begin = format!("{id}: there is no evidence.");
        assert!(verdict.sentence.contains(&begin), "{}", verdict.sentence);
    }
    // An inspection that looked at nothing is none.
    let nothing = judge(&with_integrity(Some(Inspection::default())));
    assert_eq!(nothing.verdict, Outcome::Inconclusive);
}

#[test]
fn a_refuted_gate_names_the_defect_with_both_values_and_leads_with_what_to_do() {
    let found = inspection(&[Weight::Tells, Weight::Refutes], false);
    let verdict = judge(&with_integrity(Some(found)));
    let gate = gate(&verdict, "integrity");
    assert_eq!(
        gate.reason,
        "tasks.status: every status is todo, and Notion has 3 (for example Buy milk: `Done` on \
         the baseline, `todo` on the candidate); and 1 other finding"
    );
    assert_eq!(
        verdict.next[1],
        "Repair the map of the status, then import again."
    );
    assert!(
        verdict
            .sentence
            .starts_with("integrity is refuted: tasks.status: every")
    );
    // Not required, it is told and decides nothing.
    let mut record = with_integrity(Some(inspection(&[Weight::Refutes], true)));
    record.gates = settings();
    let verdict = judge(&record);
    assert_eq!(verdict.verdict, Outcome::Go);
    let told = "Not required, and not shown: integrity (NO-GO).";
    assert!(verdict.sentence.contains(told), "{}", verdict.sentence);
}

#[test]
fn parity_has_a_gate_for_each_compared_scenario_and_one_without_any() {
    let mut record = record(vec![sound()]);
    record.gates.required.push("parity".to_owned());
    let parity = |record: &Record| {
        let gates = judge(record).gates.into_iter();
        let gates = gates.filter(|gate| gate.id == "parity");
        gates
            .map(|gate| (gate.scenario, gate.outcome))
            .collect::<Vec<_>>()
    };
    assert_eq!(parity(&record), [(String::new(), Outcome::Inconclusive)]);
    let compared = |scenario: &str, weights: &[Weight]| Compared {
        scenario: scenario.to_owned(),
        inspection: inspection(weights, true),
    };
    record.checks = Checks {
        parity: vec![
            compared("dashboard-load", &[]),
            compared("edit-task", &[Weight::Refutes]),
        ],
        ..Checks::default()
    };
    let expected = [
        ("dashboard-load".to_owned(), Outcome::Go),
        ("edit-task".to_owned(), Outcome::NoGo),
    ];
    assert_eq!(parity(&record), expected);
    assert_eq!(judge(&record).verdict, Outcome::NoGo);
}

#[test]
fn a_waived_gate_keeps_its_outcome_and_the_verdict_says_who_waived_it() {
    let mut record = with_integrity(Some(inspection(&[Weight::Refutes], true)));
    record.gates.waivers = vec![waiver("integrity")];
    let verdict = judge(&record);
    assert_eq!(verdict.verdict, Outcome::GoWithWaivers);
    assert_eq!(gate(&verdict, "integrity").outcome, Outcome::NoGo);
    assert_eq!(
        verdict.sentence,
        "8 of 9 required gates hold, and the rest was waived: integrity (NO-GO), Ann answers for \
         it (until 2027-01-31)."
    );
    let next = "`integrity` was waived and does not hold. Repair the map of the status, then import again.";
    assert_eq!(verdict.next[0], next);
    // Of a scenario, too, and only of the one that is named.
    record.checks = Checks::default();
    record.gates.required.pop();
    record.scenarios[0].candidate = super::iterations(400, 1.0);
    record.gates.waivers = ["speedup-p50", "speedup-p95", "target-p95"]
        .map(waiver)
        .into();
    assert_eq!(judge(&record).verdict, Outcome::GoWithWaivers);
    record.gates.waivers[0].scenario = Some("task-search".to_owned());
    assert_eq!(judge(&record).verdict, Outcome::NoGo);
}

#[test]
fn a_waiver_that_is_not_needed_or_has_expired_changes_nothing() {
    let mut record = with_integrity(Some(inspection(&[], true)));
    record.gates.waivers = vec![waiver("integrity")];
    let verdict = judge(&record);
    assert_eq!(verdict.verdict, Outcome::Go);
    assert_eq!(gate(&verdict, "integrity").waived, None);
    record.checks.integrity = Some(inspection(&[Weight::Doubts], true));
    record.gates.waivers[0].expired = true;
    let verdict = judge(&record);
    assert_eq!(verdict.verdict, Outcome::Inconclusive);
    let renew = "Renew the waiver of `integrity` or do without it: it expired on 2027-01-31.";
    assert!(
        verdict.next.iter().any(|line| line == renew),
        "{:?}",
        verdict.next
    );
}

#[test]
fn every_waiver_is_in_the_verdict_with_what_came_of_it() {
    let mut record = with_integrity(Some(inspection(&[Weight::Refutes], true)));
    let of = |scenario: &str, gate: &str| Waiver {
        scenario: Some(scenario.to_owned()),
        ..waiver(gate)
    };
    let expired = Waiver {
        expired: true,
        ..waiver("integrity")
    };
    record.gates.waivers = vec![
        waiver("integrity"),
        waiver("speedup-p50"),
        expired,
        of("no-such", "speedup-p50"),
        waiver("backups"),
    ];
    let claims = judge(&record).waivers;
    let states: Vec<WaiverState> = claims.iter().map(|claim| claim.state).collect();
    use WaiverState as S;
    assert_eq!(
        states,
        [
            S::Used,
            S::NotNeeded,
            S::Expired,
            S::MatchesNothing,
            S::MatchesNothing
        ]
    );
    assert_eq!(claims[3].scenario.as_deref(), Some("no-such"));
    assert_eq!(claims[0].reason, "Ann answers for it");
}

#[test]
fn what_was_not_measured_well_cannot_be_waived() {
    for id in INSTRUMENT {
        let mut record = record(vec![sound()]);
        record.scenarios[0].preflight.distinct =
            crate::record::Distinctness::Unproven("no source".to_owned());
        record.scenarios[0].lag.p95_s = 1.0;
        record.gates.waivers = vec![waiver(id), waiver("speedup-p50")];
        let verdict = judge(&record);
        assert_eq!(verdict.verdict, Outcome::Inconclusive, "{id}");
        assert_eq!(gate(&verdict, id).waived, None, "{id}");
    }
}

#[test]
fn a_record_that_was_interrupted_is_not_saved_by_a_waiver() {
    let mut record = with_integrity(Some(inspection(&[Weight::Refutes], true)));
    record.gates.waivers = vec![waiver("integrity")];
    record.interrupted = true;
    assert_eq!(judge(&record).verdict, Outcome::Inconclusive);
}
