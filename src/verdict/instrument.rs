//! Was it measured at all? A cached answer, one thing under two names, or a harness that could not
//! keep up each give figures that look fine and mean nothing.

use std::collections::BTreeMap;

use crate::record::{
    Distinctness, Freshness, IterationRef, ScenarioRecord, Side, StepRef, is_cache_hit,
};

use super::evidence::{Evidence, Finding};
use super::gate::{Fact, Gate, Interval, Outcome, Unit};
use super::{FRESH, HARNESS, TWO_SIDES};
use crate::figure::{self, Rounding};

/// The harness may be late by this share of the candidate's median.
pub(super) const MOST_LAG: f64 = 0.1;

/// A gate about the instrument, which no setting can waive.
fn always_required(evidence: &Evidence<'_>, id: &str, title: &str, finding: Finding) -> Gate {
    Gate {
        required: true,
        ..evidence.gate(id, title, finding)
    }
}

/// The gate of fresh answers: proven by a write that the next read showed, or, where no probe was
/// made, only by the absence of a cache's headers.
pub(super) fn fresh(evidence: &Evidence<'_>) -> Gate {
    let scenario = evidence.scenario;
    let hits = cache_hits(scenario);
    let stale =
        Side::BOTH
            .into_iter()
            .find_map(|side| match &scenario.preflight.side(side).freshness {
                Freshness::Stale(evidence) => Some((side, evidence)),
                Freshness::Fresh(_) | Freshness::NotProbed(_) => None,
            });
    let finding = if let Some((side, evidence)) = stale {
        let reason = format!("the {} does not answer freshly: {evidence}", side.name());
        Finding::new(Outcome::Inconclusive, reason).settled(true)
    } else if let Some(((side, header), count)) = hits.first_key_value() {
        let reason = format!(
            "{} of the {} came from a cache (`{header}`), and a cached answer is no measurement",
            figure::count(*count, "timed answer"),
            side.name(),
        );
        Finding::new(Outcome::Inconclusive, reason).settled(true)
    } else if let Some(side) = unmeasured(scenario) {
        let reason = format!("nothing was measured on the {}", side.name());
        Finding::new(Outcome::Inconclusive, reason)
    } else {
        let proofs = Side::BOTH.map(|side| freshness_proof(scenario, side));
        Finding::new(Outcome::Go, proofs.join("; "))
    };
    let mut facts: Vec<Fact> = hits
        .iter()
        .map(|((side, header), count)| {
            Fact::text(
                &format!("{} {header}", side.name()),
                format!("{count} times"),
            )
        })
        .collect();
    facts.extend(Side::BOTH.into_iter().map(|side| {
        let (Freshness::Fresh(text) | Freshness::Stale(text) | Freshness::NotProbed(text)) =
            &scenario.preflight.side(side).freshness;
        Fact::text(&format!("{} probe", side.name()), text.as_str())
    }));
    always_required(
        evidence,
        FRESH,
        "no answer from a cache",
        finding.facts(facts),
    )
}

/// How many timed answers each header's value marks as cached.
fn cache_hits(scenario: &ScenarioRecord) -> BTreeMap<(Side, &str), usize> {
    let mut hits = BTreeMap::new();
    for side in Side::BOTH {
        let steps = scenario.side(side).iter().flat_map(IterationRef::steps);
        let timed = steps.filter(|step| !step.superseded());
        let headers = timed.flat_map(StepRef::cache_headers);
        for header in headers.filter(|header| is_cache_hit(header)) {
            *hits.entry((side, header.as_str())).or_insert(0) += 1;
        }
    }
    hits
}

fn freshness_proof(scenario: &ScenarioRecord, side: Side) -> String {
    let name = side.name();
    match &scenario.preflight.side(side).freshness {
        Freshness::Fresh(evidence) => format!("{name}: proven by a write ({evidence})"),
        Freshness::NotProbed(why) | Freshness::Stale(why) => {
            format!("{name}: no header names a cache, which is all that shows it ({why})")
        }
    }
}

fn unmeasured(scenario: &ScenarioRecord) -> Option<Side> {
    let mut sides = Side::BOTH.into_iter();
    sides.find(|side| scenario.side(*side).is_empty())
}

/// The gate of two sides: a difference between them must be proven.
pub(super) fn two_sides(evidence: &Evidence<'_>) -> Gate {
    let finding = match &evidence.scenario.preflight.distinct {
        Distinctness::Proven(proof) => Finding::new(Outcome::Go, format!("they are two: {proof}")),
        Distinctness::Same(proof) => Finding::new(
            Outcome::Inconclusive,
            format!("baseline and candidate are one thing under two names: {proof}"),
        ),
        Distinctness::Unproven(why) => Finding::new(
            Outcome::Inconclusive,
            format!("nothing shows that baseline and candidate are two things: {why}"),
        ),
    };
    // It was found before the first sample, and samples do not change it.
    always_required(
        evidence,
        TWO_SIDES,
        "baseline and candidate are two",
        finding.settled(true),
    )
}

/// The gate of the harness's own lag. It is never settled while it is too high: the lag can recover.
pub(super) fn harness(evidence: &Evidence<'_>) -> Gate {
    let lag = &evidence.scenario.lag;
    let title = "the harness is not the bottleneck";
    let facts = vec![
        Fact::number("lag_count", lag.count as f64, Unit::Count),
        Fact::number("lag_p50", lag.p50_s, Unit::Seconds),
        Fact::number("lag_p95", lag.p95_s, Unit::Seconds),
        Fact::number("lag_max", lag.max_s, Unit::Seconds),
    ];
    let median = evidence.test.candidate().point(0.5);
    let Some(median) = median.filter(|_| lag.count > 0) else {
        let missing = if lag.count == 0 {
            "the harness's own lag was not measured"
        } else {
            "no candidate iteration succeeded, so there is nothing to hold the lag against"
        };
        let finding = Finding::new(Outcome::Inconclusive, missing).facts(facts);
        return always_required(evidence, HARNESS, title, finding);
    };
    let most = MOST_LAG * median;
    let figures = format!(
        "its lag (p95 {}) is {} 10 % of the candidate's median {}",
        figure::seconds(lag.p95_s, Rounding::Nearest),
        if lag.p95_s <= most {
            "at most"
        } else {
            "more than"
        },
        figure::seconds(median, Rounding::Nearest),
    );
    let finding = if lag.p95_s <= most {
        Finding::new(Outcome::Go, figures)
    } else {
        let reason = format!("the harness was the bottleneck: {figures}");
        Finding::new(Outcome::Inconclusive, reason)
    };
    let interval = Interval {
        unit: Unit::Seconds,
        low: None,
        high: None,
        point: Some(lag.p95_s),
        threshold: most,
    };
    always_required(
        evidence,
        HARNESS,
        title,
        finding.interval(interval).facts(facts),
    )
}
