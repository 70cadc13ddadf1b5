//! Is the candidate as many times faster as promised, at the median and at the 95th percentile?

use crate::record::{ScenarioRecord, Side};
use crate::stats::{Decision, Speedup, least_baseline_samples, least_samples_to_refute};

use super::LIKELY_MORE;
use super::evidence::{Evidence, Finding};
use super::gate::{Fact, Gate, Interval, Outcome, Unit};
use crate::figure::{self, Rounding};

/// The gate of the speedup at quantile `q` against the lower end of what is promised.
pub(super) fn gate(evidence: &Evidence<'_>, id: &str, q: f64) -> Gate {
    let promised = evidence.scenario.promise.speedup.low();
    let found = evidence.test.at(q, promised);
    let more = found.likely_more();
    let reason = match found.decision {
        Decision::Confirmed => confirmed(&found),
        Decision::Refuted => refuted(&found),
        Decision::Undecided => undecided(&found, more, evidence.settings.max_baseline_iterations),
    };
    let interval = Interval {
        unit: Unit::Ratio,
        low: Some(found.ratio_lo).filter(|low| low.is_finite()),
        high: Some(found.ratio_hi).filter(|high| high.is_finite()),
        point: found.ratio_point,
        threshold: promised,
    };
    let finding = Finding::new(Outcome::from(found.decision), reason)
        .interval(interval)
        .facts(facts(&found, more, notion_requests(evidence.scenario)));
    let title = format!(
        "{} at least {} faster",
        figure::quantile(q),
        figure::stated_ratio(promised)
    );
    evidence.gate(id, title, finding)
}

fn confirmed(found: &Speedup) -> String {
    format!(
        "the baseline's {p} is at least {baseline} and the candidate's at most {candidate}, so it \
         is at least {ratio} faster; {promised} was promised",
        p = figure::quantile(found.quantile),
        baseline = figure::seconds(found.baseline_lo, Rounding::Down),
        candidate = figure::seconds(found.candidate_hi, Rounding::Up),
        ratio = figure::ratio(found.ratio_lo, Rounding::Down),
        promised = figure::stated_ratio(found.promised),
    )
}

fn refuted(found: &Speedup) -> String {
    format!(
        "the baseline's {p} is at most {baseline} and the candidate's at least {candidate}, so it \
         is at most {ratio} faster; {promised} was promised",
        p = figure::quantile(found.quantile),
        baseline = figure::seconds(found.baseline_hi, Rounding::Up),
        candidate = figure::seconds(found.candidate_lo, Rounding::Down),
        ratio = figure::ratio(found.ratio_hi, Rounding::Up),
        promised = figure::stated_ratio(found.promised),
    )
}

fn undecided(found: &Speedup, more: Option<f64>, cap: u32) -> String {
    let p = figure::quantile(found.quantile);
    let n = figure::count(found.n_baseline, "baseline iteration");
    let least = least_baseline_samples(found.quantile);
    let mut reason = if found.n_baseline == 0 || found.n_candidate == 0 {
        let nothing = if found.n_baseline == 0 {
            Side::Baseline
        } else {
            Side::Candidate
        };
        return format!("nothing was measured on the {}", nothing.name());
    } else if found.n_baseline < least {
        format!("{n} measured; a decision at {p} takes at least {least}")
    } else if found.candidate_hi.is_infinite() && found.candidate_lo.is_infinite() {
        let candidate = figure::count(found.n_candidate, "candidate iteration");
        format!("{candidate} without failure bound no {p}; measure more of them")
    } else {
        format!("after {n} {}", what_is_known(found))
    };
    if let Some(more) = more {
        reason += &format!("; about {more} more are likely needed");
    }
    let refutable = least_samples_to_refute(found.quantile, 1.0);
    if found.n_baseline < refutable && refutable > least {
        reason += &format!(
            "; below {refutable} baseline iterations {p} can be confirmed but never refuted"
        );
        if (cap as usize) < refutable {
            reason += &format!(", and the cap of this run is {cap}");
        }
    }
    reason
}

fn what_is_known(found: &Speedup) -> String {
    let range = if found.ratio_hi.is_infinite() {
        format!(
            "is at least {}",
            figure::ratio(found.ratio_lo, Rounding::Down)
        )
    } else {
        format!(
            "lies between {} and {}",
            figure::ratio(found.ratio_lo, Rounding::Down),
            figure::ratio(found.ratio_hi, Rounding::Up)
        )
    };
    let evidence = found.shortfall.map_or_else(String::new, |missing| {
        format!(
            " (ln E = {:.2} of the {:.2} needed, V = {:.2})",
            missing.ln_e, missing.ln_e_needed, found.vif
        )
    });
    format!(
        "the speedup {range}, which does not decide {}{evidence}",
        figure::stated_ratio(found.promised)
    )
}

/// What the scenario has cost so far, probes included.
fn notion_requests(scenario: &ScenarioRecord) -> u64 {
    let of = |side| -> u64 {
        let timed = scenario
            .side(side)
            .iter()
            .map(|one| u64::from(one.notion_requests()));
        timed.sum::<u64>() + u64::from(scenario.preflight.side(side).notion_requests)
    };
    Side::BOTH.into_iter().map(of).sum()
}

fn facts(found: &Speedup, more: Option<f64>, notion_requests: u64) -> Vec<Fact> {
    let seconds = |name, value| Fact::number(name, value, Unit::Seconds);
    let unknown = f64::INFINITY;
    let mut facts = vec![
        Fact::number("n_baseline", found.n_baseline as f64, Unit::Count),
        Fact::number("n_candidate", found.n_candidate as f64, Unit::Count),
        seconds("baseline_point", found.baseline_point.unwrap_or(unknown)),
        seconds("baseline_lo", found.baseline_lo),
        seconds("baseline_hi", found.baseline_hi),
        seconds("candidate_point", found.candidate_point.unwrap_or(unknown)),
        seconds("candidate_lo", found.candidate_lo),
        seconds("candidate_hi", found.candidate_hi),
        Fact::number("r", found.promised, Unit::Ratio),
        Fact::number("vif", found.vif, Unit::Plain),
        Fact::number("notion_requests", notion_requests as f64, Unit::Count),
    ];
    if let Some(missing) = found.shortfall {
        facts.extend([
            Fact::number("ln_e", missing.ln_e, Unit::Plain),
            Fact::number("ln_e_needed", missing.ln_e_needed, Unit::Plain),
            Fact::number(LIKELY_MORE, more.unwrap_or(unknown), Unit::Count),
        ]);
        let refutable = least_samples_to_refute(found.quantile, 1.0);
        if found.n_baseline < refutable {
            facts.push(Fact::number(
                "refutable_from",
                refutable as f64,
                Unit::Count,
            ));
        }
    }
    facts
}
