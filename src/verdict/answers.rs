//! Were the answers right, and did the candidate give them all?

use std::collections::BTreeMap;

use crate::record::{FailureKind, IterationRef, ScenarioRecord, Side};

use super::evidence::{Evidence, Finding};
use super::gate::{Fact, Gate, Outcome, Unit};
use crate::figure;

/// The failures of one kind on one side.
struct Failures {
    count: usize,
    example: String,
}

/// The gate of the expected answers. A wrong answer of the candidate is NO-GO; a wrong answer of the
/// baseline makes the yardstick itself untrustworthy.
pub(super) fn expectations(evidence: &Evidence<'_>) -> Gate {
    let scenario = evidence.scenario;
    let failures = failures(scenario);
    let failed = |wanted: Side| -> usize {
        let on_side = failures.iter().filter(|((side, _), _)| *side == wanted);
        on_side.map(|(_, failures)| failures.count).sum()
    };
    let empty = Side::BOTH
        .into_iter()
        .find(|side| scenario.side(*side).is_empty());
    let example = |side: Side| {
        let first = failures.iter().find(|((on, _), _)| *on == side);
        first.map_or_else(String::new, |((_, kind), failures)| {
            format!("{kind}: {}", failures.example)
        })
    };
    let of = |side: Side| {
        let iterations = figure::count(scenario.side(side).len(), "iteration");
        format!("{} of {iterations}", failed(side))
    };
    let finding = if failed(Side::Candidate) > 0 {
        let reason = format!(
            "{} failed on the candidate, for example with {}",
            of(Side::Candidate),
            example(Side::Candidate)
        );
        Finding::new(Outcome::NoGo, reason)
    } else if failed(Side::Baseline) > 0 {
        let reason = format!(
            "{} failed on the baseline, so the yardstick itself cannot be trusted, for example \
             with {}",
            of(Side::Baseline),
            example(Side::Baseline)
        );
        Finding::new(Outcome::Inconclusive, reason).settled(true)
    } else if let Some(side) = empty {
        let reason = format!("the {} gave no answer that could be checked", side.name());
        Finding::new(Outcome::Inconclusive, reason)
    } else {
        let reason = format!(
            "every answer of {} was the expected one",
            figure::count(
                scenario.baseline.len() + scenario.candidate.len(),
                "iteration"
            )
        );
        Finding::new(Outcome::Go, reason)
    };
    let facts = expectation_facts(scenario, &failures, failed);
    evidence.gate(
        "expectations",
        "every answer as expected",
        finding.facts(facts),
    )
}

fn expectation_facts(
    scenario: &ScenarioRecord,
    failures: &BTreeMap<(Side, &'static str), Failures>,
    failed: impl Fn(Side) -> usize,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Side::BOTH
        .into_iter()
        .map(|side| {
            let name = format!("failed_{}", side.name());
            Fact::number(&name, failed(side) as f64, Unit::Count)
        })
        .collect();
    facts.extend(failures.iter().map(|((side, kind), failures)| {
        let text = format!(
            "{} times, for example: {}",
            failures.count, failures.example
        );
        Fact::text(&format!("{} {kind}", side.name()), text)
    }));
    facts.extend(
        Side::BOTH
            .into_iter()
            .filter_map(|side| cleanup_fact(scenario, side)),
    );
    facts
}

/// Counts by side and kind, with the first of each as an example.
fn failures(scenario: &ScenarioRecord) -> BTreeMap<(Side, &'static str), Failures> {
    let mut found = BTreeMap::new();
    for side in Side::BOTH {
        for iteration in scenario.side(side).iter() {
            let (kind, detail) = match iteration.failure() {
                Some(failure) => (kind_name(failure.kind), failure.detail.as_str()),
                None if scenario.is_incomplete(iteration) => {
                    ("incomplete", "a step has no result in the record")
                }
                None => continue,
            };
            let failures = found.entry((side, kind)).or_insert_with(|| Failures {
                count: 0,
                example: format!("iteration {}, {detail}", iteration.n()),
            });
            failures.count += 1;
        }
    }
    found
}

fn kind_name(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Timeout => "timeout",
        FailureKind::Connect => "connect",
        FailureKind::Transport => "transport",
        FailureKind::RateLimited => "rate limited",
        FailureKind::Status => "status",
        FailureKind::Body => "body",
        FailureKind::Template => "template",
    }
}

/// Failed clean-ups leave something behind: worth knowing, but nothing of it was timed.
fn cleanup_fact(scenario: &ScenarioRecord, side: Side) -> Option<Fact> {
    let mut failed = scenario
        .side(side)
        .iter()
        .flat_map(IterationRef::cleanup_failures);
    let example = failed.next()?;
    let name = format!("{} clean-up", side.name());
    let text = format!(
        "failed {} times, for example: {}",
        1 + failed.count(),
        example.detail
    );
    Some(Fact::text(&name, text))
}

/// The gate of the candidate's rate limit: there must be none. The baseline's 429s are its nature.
pub(super) fn no_429(evidence: &Evidence<'_>) -> Gate {
    let scenario = evidence.scenario;
    let limited = |side| -> usize {
        scenario
            .side(side)
            .iter()
            .map(IterationRef::rate_limited)
            .sum()
    };
    let (baseline, candidate) = (limited(Side::Baseline), limited(Side::Candidate));
    let iterations = figure::count(scenario.candidate.len(), "iteration");
    let finding = if candidate > 0 {
        let answers = figure::count(candidate, "answer");
        let reason = format!("the candidate gave {answers} with status 429 in {iterations}");
        Finding::new(Outcome::NoGo, reason)
    } else if scenario.candidate.is_empty() {
        Finding::new(Outcome::Inconclusive, "nothing was asked of the candidate")
    } else {
        let reason = format!("the candidate gave no 429 in {iterations}");
        Finding::new(Outcome::Go, reason)
    };
    let facts = vec![
        Fact::number("rate_limited_candidate", candidate as f64, Unit::Count),
        Fact::number("rate_limited_baseline", baseline as f64, Unit::Count),
    ];
    evidence.gate("no-429", "no 429 on the candidate", finding.facts(facts))
}
