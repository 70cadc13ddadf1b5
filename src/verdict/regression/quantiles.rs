//! The row of one scenario at one quantile.

use super::times::{Favour, counts, times};
use super::{Judged, RegressionRow, resolution, whole};
use crate::figure::{self, Rounding, Scale};
use crate::record::{BlockSettings, Build, Origin, Series};
use crate::stats::{
    Change, SequentialComparison, block_difference, compare_sequentially, quantile,
};

/// What the blocks of a series say of a quantile.
///
/// Times that are rounded are taken against whatever is claimed: what they may be off by is added to every
/// difference for the upper bound, and what they may feign is taken away for the lower one.
pub(super) fn row(
    series: &Series,
    settings: &BlockSettings,
    q: f64,
    measure: &str,
) -> RegressionRow {
    let times = Build::BOTH.map(|build| of_all(series, build, q));
    let steps = resolution::steps(series);
    let off = steps.map_or(0.0, |steps| resolution::error(steps.widest, times));
    let feigned = steps.map_or(0.0, |steps| resolution::excess(steps.known, times));
    let read = [Build::New, Build::Old].map(|build| differences(series, q, build));
    let shifted = |all: &[f64], by: f64| -> Vec<f64> { all.iter().map(|one| one + by).collect() };
    let (kind, harsh) = (shifted(&read[0], -feigned), shifted(&read[1], off));
    let found = compare_sequentially(&kind, &harsh, &settings.looks, settings.margin);
    let [old, new] = Build::BOTH.map(|build| counts(&series.blocks, build));
    let mut row = RegressionRow {
        verdict: Judged::from(found.verdict),
        old_s: times[0],
        new_s: times[1],
        change: finite(steps.map_or(found.change, |_| as_read(&read, found.blocks))),
        low: finite(found.low).filter(|low| *low > -1.0),
        high: finite(found.high),
        smallest_seen: finite((found.smallest_seen.ln_1p() + feigned).exp_m1()),
        blocks: whole(found.blocks),
        decided_at: found.decided_at.map(whole),
        samples: [old.1, new.1],
        failed: [old.0, new.0],
        ..RegressionRow::of(series, measure)
    };
    let so_far = |all: &[f64]| resolution::is_without_variation(&all[..found.blocks]);
    let is_coarse = off >= settings.margin.ln_1p();
    if so_far(&kind) || is_coarse {
        row.smallest_seen = None;
    }
    let blind = match steps.filter(|_| is_coarse && row.verdict == Judged::Inconclusive) {
        Some(steps) => Some(Blind::Step(steps.widest)),
        None => so_far(&harsh).then_some(Blind::NoVariation),
    };
    match blind.filter(|_| found.blocks > 0 && row.verdict != Judged::Regression) {
        Some(blind) => close(&mut row, settings, &blind),
        None => {
            row.reason = reason(&row, &found, settings, series.blocks.len());
            row.next = next(&row, settings);
        }
    }
    row
}

/// Why the times themselves decide nothing good.
enum Blind {
    /// Those that differ do so by at least so many seconds, which hide a change as large as the margin.
    Step(f64),
    /// Every block differs by the same number.
    NoVariation,
}

/// A row about times that cannot tell. (A regression is told whatever the times are like.)
fn close(row: &mut RegressionRow, settings: &BlockSettings, blind: &Blind) {
    row.verdict = Judged::Inconclusive;
    row.decided_at = None;
    let margin = figure::share(settings.margin, Rounding::Nearest);
    let name = row.measure.clone();
    let (reason, next) = match blind {
        Blind::Step(step) => (
            format!(
                "the times have steps of at least {}, which may hide {margin} of {name}",
                Scale::of_seconds(row.old_s.unwrap_or(*step)).with_unit(*step, Rounding::Nearest)
            ),
            "Measure with finer times, or more work in each sample.",
        ),
        Blind::NoVariation => {
            (row.low, row.high) = (None, None);
            let all = figure::count(row.blocks as usize, "block");
            (
                format!(
                    "the change of {name} is the same in all {all} to the last digit, as of copies; \
                     without variation nothing bounds it"
                ),
                "Give each run a file of its own, with times as fine as they were measured.",
            )
        }
    };
    row.reason = reason;
    row.next = Some(next.to_owned());
}

/// One difference a block, failures taken in favour of this build. Where there is none at all, the worst
/// for what is to be claimed stands in for it: the old build's favour makes the new one look slow.
pub(super) fn differences(series: &Series, q: f64, favoured: Build) -> Vec<f64> {
    let favour = Favour::Build(favoured);
    let nothing = match favoured {
        Build::Old => f64::INFINITY,
        Build::New => f64::NEG_INFINITY,
    };
    let of_block = |block| {
        let [old, new] = Build::BOTH.map(|build| times(block, build, favour));
        block_difference(&old, &new, q).unwrap_or(nothing)
    };
    series.blocks.iter().map(of_block).collect()
}

/// The point estimate of rounded times: what is read, for the bounds are not off by the same on both sides.
fn as_read(differences: &[Vec<f64>; 2], blocks: usize) -> f64 {
    let [kind, harsh] = differences
        .each_ref()
        .map(|all| all[..blocks].iter().sum::<f64>() / blocks as f64);
    f64::midpoint(kind, harsh).exp_m1()
}

/// The quantile of all samples together, where it is no failure.
fn of_all(series: &Series, build: Build, q: f64) -> Option<f64> {
    let blocks = series.blocks.iter();
    let mut all: Vec<f64> = blocks
        .flat_map(|block| times(block, build, Favour::Nobody))
        .collect();
    all.sort_by(f64::total_cmp);
    quantile(&all, q).and_then(finite)
}

fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

impl From<Change> for Judged {
    fn from(change: Change) -> Self {
        match change {
            Change::Regression => Self::Regression,
            Change::Improvement => Self::Improvement,
            Change::Unchanged => Self::Ok,
            Change::Inconclusive => Self::Inconclusive,
        }
    }
}

fn reason(
    row: &RegressionRow,
    found: &SequentialComparison,
    settings: &BlockSettings,
    blocks: usize,
) -> String {
    let (name, margin) = (
        &row.measure,
        figure::share(settings.margin, Rounding::Nearest),
    );
    let after = figure::count(found.blocks, "block");
    match (row.verdict, row.low, row.high) {
        (Judged::Regression, Some(low), _) => format!(
            "{name} is slower by at least {}, which is more than {margin}, after {after}",
            figure::share(low, Rounding::Down)
        ),
        (Judged::Improvement, _, Some(high)) => format!(
            "{name} is faster by at least {}, which is more than {margin}, after {after}",
            figure::share(-high, Rounding::Down)
        ),
        (Judged::Ok, _, Some(high)) if high <= 0.0 => {
            format!("{name} is not slower, after {after}")
        }
        (Judged::Ok, _, Some(high)) => format!(
            "{name} is slower by at most {}, which is less than {margin}, after {after}",
            figure::share(high, Rounding::Up)
        ),
        _ if found.blocks == 0 => format!(
            "only {} measured, and the first look is after {}",
            match blocks {
                1 => "1 block was".to_owned(),
                blocks => format!("{blocks} blocks were"),
            },
            settings.looks.first().unwrap_or(&settings.blocks)
        ),
        (_, Some(low), Some(high)) if low > high => {
            format!("the blocks contradict each other: the change of {name} was not steady")
        }
        _ => format!("{}{}", open(row, &margin), failed(row)),
    }
}

/// What the bounds leave open.
fn open(row: &RegressionRow, margin: &str) -> String {
    let name = &row.measure;
    let low = row.low.map(|low| figure::change(low, Rounding::Down));
    let high = row.high.map(|high| figure::change(high, Rounding::Up));
    let after = figure::count(row.blocks as usize, "block");
    match (low, high) {
        (Some(low), Some(high)) => format!(
            "the change of {name} lies between {low} and {high} after {after}, which does not decide about {margin}"
        ),
        (Some(low), None) => {
            format!(
                "the change of {name} is at least {low} after {after}, and nothing bounds it from above"
            )
        }
        (None, Some(high)) => {
            format!(
                "the change of {name} is at most {high} after {after}, and nothing bounds it from below"
            )
        }
        (None, None) => format!("nothing bounds the change of {name} after {after}"),
    }
}

fn failed(row: &RegressionRow) -> String {
    let [old, new] = row.failed;
    if old + new == 0 {
        return String::new();
    }
    format!(
        "; failures, of which there are {old} on the old and {new} on the new build, count for the worst"
    )
}

fn next(row: &RegressionRow, settings: &BlockSettings) -> Option<String> {
    let next = match row.verdict {
        Judged::Ok | Judged::Improvement => return None,
        Judged::Regression => "Find what made it slower, or allow more with --margin.".to_owned(),
        Judged::Inconclusive if row.blocks == 0 => "Run it again, to its end.".to_owned(),
        Judged::Inconclusive if row.failed != [0, 0] => "Repair what fails.".to_owned(),
        Judged::Inconclusive if settings.origin == Origin::Requests => {
            let twice = settings.samples.saturating_mul(2);
            format!("Measure more: --samples {twice}, or more --blocks.")
        }
        Judged::Inconclusive => "Measure more blocks.".to_owned(),
    };
    Some(next)
}
