//! Every latency at its time, with what went wrong where it did.

use super::chart::{Chart, Detail, Drawing, LogAxis, Table, spread};
use crate::record::{IterationRef, SampleStatus, ScenarioRecord, Side, StepRef};
use crate::report::figure::show_seconds;
use crate::stats::quantile;

/// Latencies over the time of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The time from which the scenario was measured, in seconds since the start of the run.
    pub from_s: f64,
    /// The time until which it was.
    pub to_s: f64,
    /// Latency, in seconds.
    pub axis: LogAxis,
    /// What is drawn of both sides, in time order; of many iterations those that stand out.
    pub moments: Vec<Moment>,
    /// Whether every iteration is drawn.
    pub is_complete: bool,
}

/// One iteration at its time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// The side.
    pub side: Side,
    /// When its first request was sent, in seconds since the start of the run.
    pub at_s: f64,
    /// Its latency in seconds; of a failure, what had elapsed.
    pub seconds: f64,
    /// What is to be said of it.
    pub kind: MomentKind,
}

/// What is to be said of an iteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    /// It succeeded.
    Ordinary,
    /// It succeeded over a connection that was opened for it.
    ColdStart,
    /// It was turned away with 429 or 529, and succeeded afterwards.
    RateLimited,
    /// It failed.
    Failed,
    /// It was turned away with 429 or 529, and failed.
    RateLimitedAndFailed,
}

impl MomentKind {
    /// Every kind, the least remarkable first.
    pub const ALL: [Self; 5] = [
        Self::Ordinary,
        Self::ColdStart,
        Self::RateLimited,
        Self::Failed,
        Self::RateLimitedAndFailed,
    ];

    /// The kind in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ordinary => "succeeded",
            Self::ColdStart => "opened a connection",
            Self::RateLimited => "turned away",
            Self::Failed => "failed",
            Self::RateLimitedAndFailed => "turned away, and failed",
        }
    }

    /// Whether it failed, whatever else happened.
    #[must_use]
    pub fn has_failed(self) -> bool {
        matches!(self, Self::Failed | Self::RateLimitedAndFailed)
    }

    /// Whether what is to be said of this kind holds of that one too.
    fn covers(self, kind: Self) -> bool {
        kind == self
            || (kind == Self::RateLimitedAndFailed
                && matches!(self, Self::RateLimited | Self::Failed))
    }

    fn of(scenario: &ScenarioRecord, iteration: IterationRef<'_>) -> Self {
        let opened = |step: StepRef<'_>| step.connect_s().is_some();
        let failed = scenario.sample(iteration).status != SampleStatus::Ok;
        match (failed, iteration.turned_away() > 0) {
            (true, true) => Self::RateLimitedAndFailed,
            (true, false) => Self::Failed,
            (false, true) => Self::RateLimited,
            (false, false) if iteration.steps().any(opened) => Self::ColdStart,
            (false, false) => Self::Ordinary,
        }
    }
}

/// What is counted in words and figures. What was turned away and failed counts as both.
const COUNTED: [MomentKind; 3] = [
    MomentKind::ColdStart,
    MomentKind::RateLimited,
    MomentKind::Failed,
];

/// Spans of time in the table.
const SPANS: usize = 8;

/// The chart of one scenario; `None` when nothing was measured.
pub(super) fn chart(id: String, scenario: &ScenarioRecord, detail: Detail) -> Option<Chart> {
    let all = Side::BOTH.map(|side| moments(scenario, side));
    let every = || all.iter().flatten();
    let (from_s, to_s) = every().fold((f64::INFINITY, 0.0_f64), |(from, to), moment| {
        (from.min(moment.at_s), to.max(moment.at_s + moment.seconds))
    });
    let axis = LogAxis::around(every().map(|moment| moment.seconds))?;
    let mut drawn: Vec<Moment> = all.iter().flat_map(|side| thinned(side, detail)).collect();
    drawn.sort_by(|one, other| one.at_s.total_cmp(&other.at_s));
    let is_complete = drawn.len() == every().count();
    Some(Chart {
        id,
        title: "Latency over time".to_owned(),
        subject: String::new(),
        alt: alt(&all),
        table: table(&all, from_s, to_s),
        drawing: Drawing::Timeline(Timeline {
            from_s,
            to_s,
            axis,
            moments: drawn,
            is_complete,
        }),
    })
}

fn moments(scenario: &ScenarioRecord, side: Side) -> Vec<Moment> {
    let moment = |iteration: IterationRef<'_>| Moment {
        side,
        at_s: iteration.sent_at_s(),
        seconds: iteration.latency_s(),
        kind: MomentKind::of(scenario, iteration),
    };
    let usable = |moment: &Moment| moment.at_s.is_finite() && moment.seconds.is_finite();
    scenario
        .side(side)
        .iter()
        .map(moment)
        .filter(usable)
        .collect()
}

/// At most as many as may be drawn, and some of every kind: of each stretch of ordinary ones the
/// fastest, the middle and the slowest, and of every other kind an even spread.
fn thinned(moments: &[Moment], detail: Detail) -> Vec<Moment> {
    let of = |kind: &MomentKind| -> Vec<Moment> {
        let is_it = |moment: &&Moment| moment.kind == *kind;
        moments.iter().filter(is_it).copied().collect()
    };
    let mut remarkable: Vec<Vec<Moment>> = MomentKind::ALL[1..].iter().map(of).collect();
    // Failures first: what is left over by one kind is the next one's.
    remarkable.reverse();
    remarkable.retain(|all| !all.is_empty());
    let mut left = detail.moments / 2;
    let fair = (left / remarkable.len().max(1)).max(1);
    let mut kept = Vec::new();
    for (at, all) in remarkable.iter().enumerate() {
        let later: usize = remarkable[at + 1..]
            .iter()
            .map(|one| one.len().min(fair))
            .sum();
        let room = left.saturating_sub(later).max(1);
        let before = kept.len();
        kept.extend(spread(all.len(), room).map(|at| all[at]));
        left = left.saturating_sub(kept.len() - before);
    }
    let ordinary = of(&MomentKind::Ordinary);
    if ordinary.len() <= detail.moments {
        kept.extend(ordinary);
        return kept;
    }
    let stretch = ordinary.len().div_ceil((detail.moments / 3).max(1));
    for stretch in ordinary.chunks(stretch) {
        let mut by_time = stretch.to_vec();
        by_time.sort_unstable_by(|one, other| one.seconds.total_cmp(&other.seconds));
        kept.extend(spread(by_time.len(), 3).map(|at| by_time[at]));
    }
    kept
}

fn alt(sides: &[Vec<Moment>; 2]) -> String {
    let of = |side: &Vec<Moment>, name: &str| {
        let special: Vec<String> = COUNTED
            .iter()
            .map(|kind| (count(side, *kind), kind.words()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{count} {words}"))
            .collect();
        let special = if special.is_empty() {
            "nothing out of the ordinary".to_owned()
        } else {
            special.join(", ")
        };
        let instant = side.iter().filter(|moment| moment.seconds <= 0.0).count();
        let instant = match instant {
            0 => String::new(),
            count => format!("; {count} took 0 s"),
        };
        format!("{} {name} iterations: {special}{instant}.", side.len())
    };
    let names = Side::BOTH.map(Side::name);
    format!("{} {}", of(&sides[0], names[0]), of(&sides[1], names[1]))
}

/// How many of the moments this is to be said of.
fn count<'m>(moments: impl IntoIterator<Item = &'m Moment>, kind: MomentKind) -> usize {
    let is_it = |moment: &&Moment| kind.covers(moment.kind);
    moments.into_iter().filter(is_it).count()
}

fn table(sides: &[Vec<Moment>; 2], from_s: f64, to_s: f64) -> Table {
    let each = ((to_s - from_s) / SPANS as f64).max(f64::MIN_POSITIVE);
    let mut rows = Vec::new();
    for span in 0..SPANS {
        let (begin, end) = (
            from_s + each * span as f64,
            from_s + each * (span + 1) as f64,
        );
        let is_last = span + 1 == SPANS;
        for (side, name) in sides.iter().zip(Side::BOTH.map(Side::name)) {
            let inside = |moment: &&Moment| moment.at_s >= begin && (moment.at_s < end || is_last);
            let inside: Vec<&Moment> = side.iter().filter(inside).collect();
            if !inside.is_empty() {
                rows.push(row(&format!("{begin:.0}s to {end:.0}s"), name, &inside));
            }
        }
    }
    let mut header = ["time", "side", "iterations", "median", "slowest"]
        .map(str::to_owned)
        .to_vec();
    header.extend(COUNTED.iter().map(|kind| kind.words().to_owned()));
    Table { header, rows }
}

fn row(time: &str, side: &str, moments: &[&Moment]) -> Vec<String> {
    let mut successes: Vec<f64> = moments
        .iter()
        .filter(|moment| !moment.kind.has_failed())
        .map(|moment| moment.seconds)
        .collect();
    successes.sort_unstable_by(f64::total_cmp);
    let show = |seconds: Option<f64>| seconds.map_or_else(|| "-".to_owned(), show_seconds);
    let mut row = vec![
        time.to_owned(),
        side.to_owned(),
        moments.len().to_string(),
        show(quantile(&successes, 0.5)),
        show(successes.last().copied()),
    ];
    let counts = COUNTED
        .iter()
        .map(|kind| count(moments.iter().copied(), *kind));
    row.extend(counts.map(|count| count.to_string()));
    row
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// One failure among thousands of cold starts is what somebody looks for.
        #[test]
        fn every_kind_that_occurs_is_drawn_however_few_there_are_of_it(
            runs in prop::collection::vec((prop::sample::select(MomentKind::ALL.to_vec()), 1usize..600), 1..8),
            scenarios in 1usize..40,
        ) {
            let kinds = runs.iter().flat_map(|(kind, count)| std::iter::repeat_n(*kind, *count));
            let moments: Vec<Moment> = kinds
                .zip(1u32..)
                .map(|(kind, at)| Moment {
                    side: Side::Candidate,
                    at_s: f64::from(at),
                    seconds: f64::from(at * 7919 % 1000 + 1),
                    kind,
                })
                .collect();
            let detail = Detail::for_scenarios(scenarios);
            let drawn = thinned(&moments, detail);
            for kind in MomentKind::ALL {
                let of = |moments: &[Moment]| -> Vec<Moment> {
                    moments.iter().filter(|one| one.kind == kind).copied().collect()
                };
                let (all, drawn) = (of(&moments), of(&drawn));
                prop_assert_eq!(all.is_empty(), drawn.is_empty());
                if kind != MomentKind::Ordinary && drawn.len() > 1 {
                    prop_assert_eq!(all.first(), drawn.first());
                    prop_assert_eq!(all.last(), drawn.last());
                }
            }
            prop_assert!(drawn.len() <= detail.moments * 2);
        }
    }
}
