//! How the bounds of a speedup closed in, look after look, until they decided.

use super::chart::{Chart, Detail, Drawing, LogAxis, Table, spread};
use super::row::Bounded;
use crate::record::{IterationRef, ScenarioRecord, Side};
use crate::report::figure::{bounded_ratio, show_ratio};
use crate::stats::Speedup;
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
    /// After how many baseline iterations which answer stood first, and held until the end.
    pub decided: Option<(usize, Outcome)>,
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

/// Baseline samples that all looks together may go through: each of them ranks its samples anew.
const MOST_RANKED: usize = 2_000_000;

/// The looks that are drawn: how many iterations of each side were finished then. A look belongs to
/// each baseline iteration; of many, an even spread of them is drawn.
pub(super) fn stops(scenario: &ScenarioRecord, detail: Detail) -> Vec<(usize, usize)> {
    let baseline = scenario.side(Side::Baseline);
    let most = detail.looks.min(MOST_RANKED / baseline.len().max(1));
    let mut finished = scenario.side(Side::Candidate).iter().peekable();
    let mut count = 0;
    let mut stops = Vec::new();
    for at in spread(baseline.len(), most) {
        let Some(now_s) = baseline.get(at).map(IterationRef::finished_at_s) else {
            break;
        };
        while finished
            .next_if(|one| one.finished_at_s() <= now_s)
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

/// The chart of one quantile, whose `gate` has the last word on the answer; `None` when there was nothing to look at.
pub(super) fn chart(
    id: String,
    quantile: &'static str,
    promised: f64,
    looks: &[Speedup],
    gate: Option<&Gate>,
) -> Option<Chart> {
    let closed: Vec<Closed> = looks.iter().map(closed).collect();
    let known = |one: &Closed| [one.speedup.low, one.speedup.point, one.speedup.high];
    let values = closed.iter().flat_map(known).flatten();
    values.clone().next()?;
    let axis = LogAxis::around(values.chain([promised]))?;
    let answered = decided(looks);
    // A gate may take back what the bounds seem to say, when the instrument is in doubt.
    let decided = answered.filter(|(_, answer)| gate.is_some_and(|gate| gate.outcome == *answer));
    let last = closed.last()?;
    let alt = format!(
        "After {} baseline iterations the speedup at {quantile} is {}; {} {}.",
        last.n,
        bounded_ratio(&last.speedup),
        show_ratio(promised),
        match decided {
            Some((n, Outcome::Go)) => format!("was reached for certain after {n}"),
            Some((n, Outcome::NoGo)) => format!("was missed for certain after {n}"),
            _ if answered.is_some() =>
                "would be decided, were the figures to be trusted".to_owned(),
            _ => "is neither reached nor missed for certain".to_owned(),
        }
    );
    Some(Chart {
        id,
        title: format!("How the bounds of the {quantile} speedup closed in"),
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

/// The first look of the last unbroken row of looks with one answer.
fn decided(looks: &[Speedup]) -> Option<(usize, Outcome)> {
    let outcome = |found: &Speedup| Outcome::from(found.decision);
    let answer = outcome(looks.last()?);
    let since = looks
        .iter()
        .rev()
        .take_while(|look| outcome(look) == answer)
        .last()?;
    (answer != Outcome::Inconclusive).then_some((since.n_baseline, answer))
}

fn table(closed: &[Closed]) -> Table {
    let or_none = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), show_ratio);
    let row = |at: usize| {
        let Closed { n, speedup } = closed[at];
        vec![
            n.to_string(),
            or_none(speedup.low),
            or_none(speedup.point),
            or_none(speedup.high),
        ]
    };
    Table {
        header: ["baseline iterations", "at least", "measured", "at most"]
            .map(str::to_owned)
            .to_vec(),
        rows: spread(closed.len(), LISTED).map(row).collect(),
    }
}
