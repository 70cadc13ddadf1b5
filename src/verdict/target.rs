//! Does the candidate keep to the time that is promised for it?

use crate::stats::{Decision, TargetTest, target_test};

use super::evidence::{Evidence, Finding};
use super::gate::{Fact, Gate, Interval, Outcome, Unit};
use crate::figure::{self, Rounding};

/// The gate of the candidate's 95th percentile against the upper end of the promised `after`.
pub(super) fn gate(evidence: &Evidence<'_>) -> Gate {
    let target = evidence.scenario.promise.after.high().as_secs_f64();
    let found = target_test(evidence.test.candidate(), 0.95, target);
    let interval = Interval {
        unit: Unit::Seconds,
        low: Some(found.low).filter(|low| low.is_finite()),
        high: Some(found.high).filter(|high| high.is_finite()),
        point: found.point,
        threshold: target,
    };
    let facts = vec![
        Fact::number("n_candidate", found.n as f64, Unit::Count),
        Fact::number("within", found.within as f64, Unit::Count),
        Fact::number("ln_e_pass", found.ln_e_pass, Unit::Plain),
        Fact::number("ln_e_fail", found.ln_e_fail, Unit::Plain),
        Fact::number("ln_e_needed", found.ln_e_needed, Unit::Plain),
        Fact::number(
            "likely_more_candidate",
            found.likely_more.unwrap_or(f64::INFINITY),
            Unit::Count,
        ),
    ];
    let finding = Finding::new(Outcome::from(found.decision), reason(&found))
        .interval(interval)
        .facts(facts);
    let title = format!("candidate p95 at most {}", figure::stated_seconds(target));
    evidence.gate("target-p95", title, finding)
}

fn reason(found: &TargetTest) -> String {
    if found.n == 0 {
        return "nothing was measured on the candidate".to_owned();
    }
    let target = figure::stated_seconds(found.target);
    let share = format!(
        "{} of {} candidate iterations took at most {target}",
        found.within, found.n
    );
    match found.decision {
        Decision::Confirmed => format!(
            "{share}, and its p95 is at most {}",
            figure::seconds(found.high, Rounding::Up)
        ),
        Decision::Refuted => format!(
            "only {share}, and its p95 is at least {}",
            figure::seconds(found.low, Rounding::Down)
        ),
        Decision::Undecided => {
            let more = found.likely_more.map_or_else(String::new, |more| {
                format!("; about {more} more are likely needed")
            });
            format!("{share}, which does not decide whether its p95 does{more}")
        }
    }
}
