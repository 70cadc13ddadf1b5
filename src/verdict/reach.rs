//! How far the cutover of a scenario can reach, by the store's share of its time. Reported, never gated: what
//! was measured decides. But whoever misses a promise wants to know whether it can be met at all.

use crate::figure::{self, Rounding};
use crate::record::{Record, ScenarioRecord};
use crate::stats::{TimeSplit, reach, split_of};

use super::gate::{Gate, Outcome, ReachClaim};

/// The claim of a scenario; `None` where nobody told where its time goes.
pub(super) fn claim(scenario: &ScenarioRecord) -> Option<ReachClaim> {
    let direct = scenario.direct.as_ref();
    let baseline = split_of(&scenario.baseline, direct.map(|direct| &direct.baseline))?;
    let candidate = split_of(&scenario.candidate, direct.map(|direct| &direct.candidate));
    let found = reach(&baseline, candidate.as_ref())?;
    let finite = |speedup: f64| Some(speedup).filter(|speedup| speedup.is_finite());
    let promised = scenario.promise.speedup.low();
    let falls_short = found.highest < promised;
    let direct = split_of(&scenario.baseline, None).is_none();
    let mut sentence = format!("{}; ", shares(&baseline, direct));
    sentence += &match finite(found.highest) {
        Some(highest) => format!(
            "with a store that takes no time it is at most {} faster",
            figure::ratio(highest, Rounding::Up)
        ),
        None => "nothing but the store stands in the way".to_owned(),
    };
    if let Some(expected) = found.expected {
        let expected = figure::ratio(expected, Rounding::Nearest);
        sentence += &format!(", with the candidate's {expected}");
    }
    if falls_short {
        let promised = figure::stated_ratio(promised);
        sentence += &format!(", so this cutover cannot reach the promised {promised}");
    }
    Some(ReachClaim {
        scenario: scenario.name.clone(),
        sentence,
        store_share: found.store_share,
        highest: finite(found.highest),
        expected: found.expected,
        without_model: found.without_model.and_then(finite),
        falls_short,
    })
}

/// `48 % of the baseline's mean of 413ms is the store's (200ms) and 48 % a language model's (200ms)`. `direct`: the
/// store was asked itself, since the answers did not tell.
fn shares(split: &TimeSplit, direct: bool) -> String {
    let seconds = |time| figure::seconds(time, Rounding::Nearest);
    let share = |time: f64| format!("{:.0} %", time / split.whole_s * 100.0);
    let model = if split.model_s > 0.0 {
        let (share, model) = (share(split.model_s), seconds(split.model_s));
        format!(" and {share} a language model's ({model})")
    } else {
        String::new()
    };
    format!(
        "{} of the baseline's mean of {} is the store's ({}{}){model}",
        share(split.store_s),
        seconds(split.whole_s),
        seconds(split.store_s),
        if direct { " when asked directly" } else { "" }
    )
}

/// What to do about required speedups that do not hold and that this cutover cannot reach.
pub(super) fn advice(record: &Record, gates: &[Gate], claims: &[ReachClaim]) -> Vec<String> {
    let misses = |claim: &&ReachClaim| {
        let is_speedup = |gate: &Gate| gate.id.starts_with("speedup-");
        let mut gates = gates.iter().filter(|gate| is_speedup(gate));
        claim.falls_short
            && gates.any(|gate| {
                gate.required && gate.scenario == claim.scenario && gate.outcome != Outcome::Go
            })
    };
    let advice = |claim: &ReachClaim| {
        let scenario = record
            .scenarios
            .iter()
            .find(|one| one.name == claim.scenario);
        let promised = scenario.map_or_else(String::new, |one| one.promise.speedup.to_string());
        let rest = if claim.without_model.is_some() {
            "take the language model out of the request"
        } else {
            "make the application itself faster"
        };
        format!(
            "Promise less than {promised} for {}, or {rest}: {}.",
            claim.scenario, claim.sentence
        )
    };
    claims.iter().filter(misses).map(advice).collect()
}
