//! Is the newest run outside of what those before it predict? That is a weak test, because machines are
//! not the same from one run to the next, and it says so; it is all that stored runs can give.

use std::collections::BTreeSet;

use super::{Asked, Cache, Entry, EntrySeries, LeftOut, Mark, Trend, alike, trends};
use crate::figure::{self, Rounding};
use crate::stats::{Change, Comparison, HistoryError, LEAST_STORED_RUNS, compare_stored};

/// What every answer of this kind ends with.
const LOW_POWER: &str =
    "low power: one run against stored ones; use `cutover regress` for an answer";

/// One quantile of the newest run against the runs before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Newest {
    /// The series' name.
    pub series: String,
    /// `p50` and others, or `failures`.
    pub quantile: String,
    /// What it comes to; a run that is faster is [`Change::Unchanged`].
    pub verdict: Change,
    /// In seconds, where the run has it.
    pub value: Option<f64>,
    /// The figures, where there is a run to compare with.
    pub comparison: Option<Comparison>,
    /// How many runs it was held against: those since the last change.
    pub stored: usize,
    /// What was found, in a sentence that says how weak it is.
    pub reason: String,
}

/// What the newest run comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// All rows together.
    pub verdict: Change,
    /// The newest run.
    pub newest: Option<Mark>,
    /// How many runs like it were made before it.
    pub earlier: usize,
    /// Runs that are unlike the newest one, and are not compared.
    pub left_out: Vec<LeftOut>,
    /// Each quantile of each series.
    pub rows: Vec<Newest>,
}

/// Holds the newest run against the earlier ones that are like it, since the last change among those.
///
/// # Errors
/// When a value has no logarithm; no entry that was read has such a one.
pub fn check_newest(
    entries: Vec<Entry>,
    asked: &Asked,
    cache: &mut Cache,
) -> Result<Checked, HistoryError> {
    let (shown, left_out) = alike(entries, asked.any_machine);
    let (mut rows, mut mark) = (Vec::new(), None);
    if let Some((newest, earlier)) = shown.split_last() {
        let trends = trends(earlier, asked, cache)?;
        rows = self::rows(newest, earlier, &trends, asked);
        mark = Some(Mark::of(newest));
    }
    Ok(Checked {
        verdict: judged(&rows),
        newest: mark,
        earlier: shown.len().saturating_sub(1),
        left_out,
        rows,
    })
}

/// All rows together: one that is slower is enough, and nothing at all decides nothing.
#[must_use]
pub fn judged(rows: &[Newest]) -> Change {
    let has = |verdict| rows.iter().any(|row| row.verdict == verdict);
    if has(Change::Regression) {
        Change::Regression
    } else if rows.is_empty() || has(Change::Inconclusive) {
        Change::Inconclusive
    } else {
        Change::Unchanged
    }
}

fn rows(newest: &Entry, earlier: &[Entry], trends: &[Trend], asked: &Asked) -> Vec<Newest> {
    let mut rows = Vec::new();
    for series in newest.series.iter().filter(|one| asked.wants(&one.name)) {
        let before = earlier
            .iter()
            .filter_map(|entry| entry.series(&series.name));
        let before: Vec<&EntrySeries> = before.collect();
        for quantile in quantiles(series, &before) {
            let is_it = |trend: &&Trend| trend.name == series.name && trend.quantile == quantile;
            let trend = trends.iter().find(is_it);
            rows.push(of_quantile(series, quantile, trend));
        }
        rows.extend(of_failures(series, &before));
    }
    let last = earlier.last().map_or(&[][..], |entry| &entry.series);
    let gone = last.iter().filter(|one| newest.series(&one.name).is_none());
    rows.extend(gone.filter(|one| asked.wants(&one.name)).map(of_gone));
    rows
}

/// The quantiles that the newest run has, or should have: those of the run before it, and where
/// anything failed, of every run.
fn quantiles<'e>(series: &'e EntrySeries, before: &[&'e EntrySeries]) -> BTreeSet<&'e str> {
    let has_failures = series.failed > 0;
    let from = if has_failures {
        0
    } else {
        before.len().saturating_sub(1)
    };
    let expected = before[from..].iter().flat_map(|one| one.quantiles.keys());
    let all = series.quantiles.keys().chain(expected);
    all.map(String::as_str).collect()
}

fn of_quantile(series: &EntrySeries, quantile: &str, trend: Option<&Trend>) -> Newest {
    let stored = trend.map_or(&[][..], since_the_last_change);
    let value = series.quantiles.get(quantile).copied();
    let compared = value
        .filter(|_| !stored.is_empty())
        .map(|value| compare_stored(stored, value));
    let (comparison, refused) = match compared {
        Some(Ok(comparison)) => (Some(comparison), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let found = match (value, refused, comparison) {
        (None, _, _) => format!(
            "the newest run has none: {} of {} samples failed",
            series.failed, series.samples
        ),
        (_, Some(error), _) => error,
        (Some(value), None, Some(comparison)) if stored.len() >= LEAST_STORED_RUNS => {
            told(value, &comparison)
        }
        _ => format!(
            "{} before it{}, {LEAST_STORED_RUNS} are needed",
            figure::count(stored.len(), "like run"),
            since(trend)
        ),
    };
    Newest {
        series: series.name.clone(),
        quantile: quantile.to_owned(),
        verdict: comparison.map_or(Change::Inconclusive, |found| found.verdict),
        value,
        comparison,
        stored: stored.len(),
        reason: format!("{found}; {LOW_POWER}"),
    }
}

fn since_the_last_change(trend: &Trend) -> &[f64] {
    let from = trend.changes.last().map_or(0, |change| change.at);
    trend.values.get(from..).unwrap_or_default()
}

fn since(trend: Option<&Trend>) -> String {
    let last = trend.and_then(|trend| trend.changes.last());
    last.map_or_else(String::new, |change| {
        format!(" since the change of run {}", change.first_after.run)
    })
}

fn told(value: f64, comparison: &Comparison) -> String {
    let percent = |change: f64| format!("{:+.1} %", change * 100.0);
    format!(
        "{} is {} (99 % bounds {}, {}) against the {} before it",
        figure::seconds(value, Rounding::Nearest),
        percent(comparison.change),
        percent(comparison.low),
        percent(comparison.high),
        figure::count(comparison.count, "run"),
    )
}

/// A run that fails fast must not pass for a quick one: more failures than ever decide nothing.
fn of_failures(series: &EntrySeries, before: &[&EntrySeries]) -> Option<Newest> {
    if series.failed == 0 {
        return None;
    }
    let share = |one: &EntrySeries| one.failed as f64 / one.samples.max(1) as f64;
    let most = before.iter().map(|one| share(one)).fold(0.0, f64::max);
    let is_usual = share(series) <= most;
    Some(Newest {
        series: series.name.clone(),
        quantile: "failures".to_owned(),
        verdict: if is_usual {
            Change::Unchanged
        } else {
            Change::Inconclusive
        },
        value: None,
        comparison: None,
        stored: before.len(),
        reason: format!(
            "{} of {} samples failed, and at most {:.1} % in any of the {} before it; {LOW_POWER}",
            series.failed,
            series.samples,
            most * 100.0,
            figure::count(before.len(), "run"),
        ),
    })
}

/// A series that the run before had: whether it was given up or is broken, nobody can tell from here.
fn of_gone(series: &EntrySeries) -> Newest {
    Newest {
        series: series.name.clone(),
        quantile: "missing".to_owned(),
        verdict: Change::Inconclusive,
        value: None,
        comparison: None,
        stored: 0,
        reason: format!("the run before has it, and the newest run does not; {LOW_POWER}"),
    }
}
