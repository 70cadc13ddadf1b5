//! How the bounds of a speedup closed in, look after look, until they decided.

use super::chart::{Chart, Detail, Drawing, LogAxis, Table, spread};
use super::row::Bounded;
use crate::figure::{self, Rounding};
use crate::record::{Sample, ScenarioRecord, Side};
use crate::report::figure::bounded_ratio;
use crate::stats::{Speedup, looks};
use crate::verdict::{Gate, Outcome};

/// The bounds of one speedup after every baseline iteration.
#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    /// The quantile's name: `p50` or `p95`.
    pub quantile: &'static str,
    /// The speedup that decides: the lower end of what is promised.
    pub promised: f64,
    /// The speedup.
    pub axis: LogAxis,
    /// The looks, by growing numbers of baseline iterations.
    pub looks: Vec<Closed>,
    /// Since when which answer stood, until the end.
    pub decided: Option<Decided>,
}

/// Since when an answer stood. It does not depend on how many looks are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// The least number of baseline iterations after which it may have stood first.
    pub from: usize,
    /// The number of baseline iterations after which it stood; above [`Self::from`] only where there
    /// are more looks than can be replayed.
    pub n: usize,
    /// The answer: GO or NO-GO.
    pub outcome: Outcome,
}

impl Decided {
    /// `after 12`, or `between 4001 and 4050`.
    #[must_use]
    pub fn when(&self) -> String {
        let Self { from, n, .. } = self;
        if from < n {
            format!("between {from} and {n}")
        } else {
            format!("after {n}")
        }
    }
}

/// What was known after so many baseline iterations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Closed {
    /// Baseline iterations, failures included.
    pub n: usize,
    /// The speedup with its bounds.
    pub speedup: Bounded,
}

/// Rows of the table.
const LISTED: usize = 24;

/// Baseline samples that the looks of one search may go through: each of them ranks its samples anew.
const MOST_RANKED: usize = 500_000;

/// How often a search may look closer.
const SEARCHES: usize = 5;

/// A number of finished iterations of each side, at which the run looked.
type Stop = (usize, usize);

/// How the bounds of one scenario closed in, at each of some quantiles.
pub(super) struct Looks {
    /// The looks that are drawn, for each quantile.
    drawn: Vec<Vec<Speedup>>,
    decided: Vec<Option<Decided>>,
}

impl Looks {
    /// Replays the looks of a run: `samples` are those of the baseline and of the candidate.
    pub(super) fn replayed(
        scenario: &ScenarioRecord,
        samples: &[Vec<Sample>; 2],
        quantiles: &[f64],
        detail: Detail,
    ) -> Self {
        let promised = scenario.promise.speedup.low();
        let every = stops(scenario);
        let replay = |quantiles: &[f64], at: &[usize]| {
            let stops: Vec<Stop> = at.iter().map(|at| every[*at]).collect();
            looks(&samples[0], &samples[1], &stops, quantiles, promised)
        };
        let most = (MOST_RANKED / every.len().max(1)).max(3);
        let seen: Vec<usize> = spread(every.len(), most).collect();
        let answers = replay(quantiles, &seen);
        let decided = quantiles.iter().zip(&answers).map(|(q, answers)| {
            search(&seen, answers, most, |at| {
                replay(&[*q], at).pop().unwrap_or_default()
            })
        });
        let decided = decided.collect();
        let drawn = if seen.len() == every.len() {
            let kept = |all: &Vec<Speedup>| -> Vec<Speedup> {
                let kept = spread(all.len(), detail.looks);
                kept.map(|at| all[at]).collect()
            };
            answers.iter().map(kept).collect()
        } else {
            let at: Vec<usize> = spread(every.len(), detail.looks.min(most)).collect();
            replay(quantiles, &at)
        };
        Self { drawn, decided }
    }
}

/// A look belongs to each baseline iteration.
fn stops(scenario: &ScenarioRecord) -> Vec<Stop> {
    let mut finished = scenario.side(Side::Candidate).iter().peekable();
    let mut count = 0;
    let mut stops = Vec::new();
    for (at, now) in scenario.side(Side::Baseline).iter().enumerate() {
        while finished
            .next_if(|one| one.finished_at_s() <= now.finished_at_s())
            .is_some()
        {
            count += 1;
        }
        stops.push((at + 1, count));
    }
    // What the candidate did after the last baseline iteration was looked at too.
    if let Some(last) = stops.last_mut() {
        last.1 = scenario.side(Side::Candidate).len();
    }
    stops
}

/// The first of the looks since which the answer held: in the gap before the looks that were `seen`
/// with it, more looks are replayed, at most so many at once, until none is left between.
fn search(
    seen: &[usize],
    answers: &[Speedup],
    most: usize,
    replay: impl Fn(&[usize]) -> Vec<Speedup>,
) -> Option<Decided> {
    let outcome = |found: &Speedup| Outcome::from(found.decision);
    let answer = outcome(answers.last()?);
    if answer == Outcome::Inconclusive {
        return None;
    }
    // The place, among these looks, of the first after which none has another answer.
    let since = |answers: &[Speedup]| {
        let other = |found: &Speedup| outcome(found) != answer;
        answers.iter().rposition(other).map_or(0, |at| at + 1)
    };
    let first = since(answers);
    let mut held = seen[first];
    // Every look before this one is known to be too early.
    let mut from = first.checked_sub(1).map_or(0, |before| seen[before] + 1);
    for _ in 0..SEARCHES {
        if from == held {
            break;
        }
        let mut at: Vec<usize> = spread(held - from, most).map(|at| from + at).collect();
        at.push(held);
        let first = since(&replay(&at));
        held = at[first];
        from = first.checked_sub(1).map_or(from, |before| at[before] + 1);
    }
    Some(Decided {
        from: from + 1,
        n: held + 1,
        outcome: answer,
    })
}

/// The chart of the `at`th quantile, whose `gate` has the last word on the answer; `None` when there
/// was nothing to look at.
pub(super) fn chart(
    id: String,
    quantile: &'static str,
    promised: f64,
    (looks, at): (&Looks, usize),
    gate: Option<&Gate>,
    is_in_doubt: bool,
) -> Option<Chart> {
    let closed: Vec<Closed> = looks.drawn.get(at)?.iter().map(closed).collect();
    let known = |one: &Closed| [one.speedup.low, one.speedup.point, one.speedup.high];
    let values = closed.iter().flat_map(known).flatten();
    values.clone().next()?;
    let axis = LogAxis::around(values.chain([promised]))?;
    let answered = looks.decided.get(at).copied().flatten();
    // When the instrument is in doubt, what the bounds seem to say decides nothing.
    let decided = answered
        .filter(|answer| !is_in_doubt && gate.is_some_and(|gate| gate.outcome == answer.outcome));
    let last = closed.last()?;
    let alt = format!(
        "After {} baseline iterations the speedup at {quantile} is {}; {} {}.",
        last.n,
        bounded_ratio(&last.speedup),
        figure::stated_ratio(promised),
        match decided {
            Some(found) if found.outcome == Outcome::Go =>
                format!("was reached with 95 % certainty {}", found.when()),
            Some(found) => format!("was missed with 95 % certainty {}", found.when()),
            None if answered.is_some() =>
                "would be decided, were the figures to be trusted".to_owned(),
            None => "is neither reached nor missed with 95 % certainty".to_owned(),
        }
    );
    Some(Chart {
        id,
        title: format!("How the bounds of the {quantile} speedup closed in"),
        subject: String::new(),
        alt,
        table: table(&closed),
        drawing: Drawing::Closing(Closing {
            quantile,
            promised,
            axis,
            looks: closed,
            decided,
        }),
    })
}

fn closed(found: &Speedup) -> Closed {
    let finite = |bound: f64| bound.is_finite().then_some(bound);
    Closed {
        n: found.n_baseline,
        speedup: Bounded::new(
            found.ratio_point,
            finite(found.ratio_lo),
            finite(found.ratio_hi),
        ),
    }
}

fn table(closed: &[Closed]) -> Table {
    let or_none = |value: Option<f64>, rounding| {
        value.map_or_else(|| "-".to_owned(), |value| figure::ratio(value, rounding))
    };
    let row = |at: usize| {
        let Closed { n, speedup } = closed[at];
        vec![
            n.to_string(),
            or_none(speedup.low, Rounding::Down),
            or_none(speedup.point, Rounding::Nearest),
            or_none(speedup.high, Rounding::Up),
        ]
    };
    Table {
        header: ["baseline iterations", "at least", "measured", "at most"]
            .map(str::to_owned)
            .to_vec(),
        rows: spread(closed.len(), LISTED).map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::{Decision, SpeedupTest};

    fn speedup(decision: Decision) -> Speedup {
        Speedup {
            decision,
            ..SpeedupTest::new(&[], &[]).at(0.5, 2.0)
        }
    }

    proptest! {
        /// However few looks are replayed at once, no number is named that the looks do not bear out.
        #[test]
        fn a_search_ends_at_the_look_since_which_the_answer_holds(
            count in 1usize..3000, since in 0usize..3000, most in 3usize..200,
        ) {
            let since = since % count;
            let replay = |at: &[usize]| -> Vec<Speedup> {
                let decision = |at: &usize| if *at >= since { Decision::Confirmed } else { Decision::Undecided };
                at.iter().map(|at| speedup(decision(at))).collect()
            };
            let seen: Vec<usize> = spread(count, most).collect();
            let found = search(&seen, &replay(&seen), most, replay).unwrap();
            prop_assert_eq!(found.outcome, Outcome::Go);
            prop_assert!((found.from..=found.n).contains(&(since + 1)), "{found:?}");
            if most >= 20 {
                prop_assert_eq!(found.from, found.n);
            }
        }
    }

    #[test]
    fn where_not_every_look_can_be_replayed_a_range_is_named() {
        let since = 700_000;
        let replay = |at: &[usize]| -> Vec<Speedup> {
            let decision = |at: &usize| {
                if *at >= since {
                    Decision::Refuted
                } else {
                    Decision::Undecided
                }
            };
            at.iter().map(|at| speedup(decision(at))).collect()
        };
        let seen: Vec<usize> = spread(2_000_000, 3).collect();
        let found = search(&seen, &replay(&seen), 3, replay).unwrap();
        assert!(found.from <= since + 1 && since < found.n && found.from < found.n);
        assert_eq!(
            found.when(),
            format!("between {} and {}", found.from, found.n)
        );
    }
}
