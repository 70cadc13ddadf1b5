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
    /// It was answered with 429, and succeeded afterwards.
    RateLimited,
    /// It failed.
    Failed,
}

impl MomentKind {
    /// Every kind, the least remarkable first.
    pub const ALL: [Self; 4] = [
        Self::Ordinary,
        Self::ColdStart,
        Self::RateLimited,
        Self::Failed,
    ];

    /// The kind in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ordinary => "succeeded",
            Self::ColdStart => "opened a connection",
            Self::RateLimited => "answered with 429",
            Self::Failed => "failed",
        }
    }

    fn of(scenario: &ScenarioRecord, iteration: IterationRef<'_>) -> Self {
        let opened = |step: StepRef<'_>| step.connect_s().is_some();
        if scenario.sample(iteration).status != SampleStatus::Ok {
            Self::Failed
        } else if iteration.rate_limited() > 0 {
            Self::RateLimited
        } else if iteration.steps().any(opened) {
            Self::ColdStart
        } else {
            Self::Ordinary
        }
    }
}

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

/// At most as many as may be drawn: of each stretch of ordinary ones the fastest, the middle and the
/// slowest, and of the others an even spread.
fn thinned(moments: &[Moment], detail: Detail) -> Vec<Moment> {
    let (ordinary, special): (Vec<Moment>, Vec<Moment>) = moments
        .iter()
        .partition(|moment| moment.kind == MomentKind::Ordinary);
    let mut kept: Vec<Moment> = spread(special.len(), detail.moments / 2)
        .map(|at| special[at])
        .collect();
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
        let count = |kind| side.iter().filter(|moment| moment.kind == kind).count();
        let special: Vec<String> = MomentKind::ALL[1..]
            .iter()
            .filter(|kind| count(**kind) > 0)
            .map(|kind| format!("{} {}", count(*kind), kind.words()))
            .collect();
        let special = if special.is_empty() {
            "nothing out of the ordinary".to_owned()
        } else {
            special.join(", ")
        };
        format!("{} {name} iterations: {special}.", side.len())
    };
    let names = Side::BOTH.map(Side::name);
    format!("{} {}", of(&sides[0], names[0]), of(&sides[1], names[1]))
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
    header.extend(
        MomentKind::ALL[1..]
            .iter()
            .map(|kind| kind.words().to_owned()),
    );
    Table { header, rows }
}

fn row(time: &str, side: &str, moments: &[&Moment]) -> Vec<String> {
    let mut successes: Vec<f64> = moments
        .iter()
        .filter(|moment| moment.kind != MomentKind::Failed)
        .map(|moment| moment.seconds)
        .collect();
    successes.sort_unstable_by(f64::total_cmp);
    let show = |seconds: Option<f64>| seconds.map_or_else(|| "-".to_owned(), show_seconds);
    let count = |kind| moments.iter().filter(|moment| moment.kind == kind).count();
    let mut row = vec![
        time.to_owned(),
        side.to_owned(),
        moments.len().to_string(),
        show(quantile(&successes, 0.5)),
        show(successes.last().copied()),
    ];
    row.extend(
        MomentKind::ALL[1..]
            .iter()
            .map(|kind| count(*kind).to_string()),
    );
    row
}
