//! Is the newest run outside of what those before it predict? That is a weak test, because machines are
//! not the same from one run to the next, and it says so; it is all that stored runs can give.
//!
//! Many rows are looked at, and each may raise an alarm: they share the error of 1 %, so that a run that did
//! not change is a regression in at most 1 of 100, however many series there are.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asked, Cache, Entry, EntrySeries, LeftOut, Mark, Trend, alike, trends};
use crate::figure::{self, Rounding};
use crate::stats::{Change, Comparison, HistoryError, LEAST_STORED_RUNS, compare_stored_among};

/// What every answer of this kind ends with.
const LOW_POWER: &str =
    "low power: one run against stored ones; use `cutover regress` for an answer";

/// In how many runs what was measured before is asked for: long enough that somebody sees it, and not for ever,
/// because series are given up and renamed.
const ASKED_FOR: usize = 8;

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
    let wanted = newest.series.iter().filter(|one| asked.wants(&one.name));
    let all: Vec<(Vec<Question<'_>>, Option<Newest>)> = wanted
        .map(|series| {
            let before = earlier
                .iter()
                .filter_map(|entry| entry.series(&series.name));
            let before: Vec<&EntrySeries> = before.collect();
            let question = |quantile| Question::new(series, quantile, trends);
            let questions = quantiles(series, &before).into_iter().map(question);
            (questions.collect(), of_failures(series, &before))
        })
        .collect();
    let questions = all.iter().flat_map(|(questions, _)| questions);
    let tested = questions.filter(|one| one.can_be_tested()).count();
    let mut rows = Vec::new();
    for (questions, failures) in all {
        rows.extend(questions.iter().map(|one| one.answer(tested)));
        rows.extend(failures);
    }
    let gone = gone(newest, earlier).into_iter();
    rows.extend(gone.filter(|one| asked.wants(&one.series)));
    rows
}

/// A quantile of the newest run, and what was measured before.
struct Question<'e> {
    series: &'e EntrySeries,
    quantile: &'e str,
    trend: Option<&'e Trend>,
    /// Since the last change.
    stored: &'e [f64],
}

impl<'e> Question<'e> {
    fn new(series: &'e EntrySeries, quantile: &'e str, trends: &'e [Trend]) -> Self {
        let is_it = |trend: &&Trend| trend.name == series.name && trend.quantile == quantile;
        let trend = trends.iter().find(is_it);
        Self {
            series,
            quantile,
            trend,
            stored: trend.map_or(&[][..], since_the_last_change),
        }
    }

    fn value(&self) -> Option<f64> {
        self.series.quantiles.get(self.quantile).copied()
    }

    fn can_be_tested(&self) -> bool {
        self.value().is_some() && self.stored.len() >= LEAST_STORED_RUNS
    }

    /// Its row, of as many as are `tested` together.
    fn answer(&self, tested: usize) -> Newest {
        let (series, stored, value) = (self.series, self.stored, self.value());
        let compared = value
            .filter(|_| !stored.is_empty())
            .map(|value| compare_stored_among(stored, value, tested));
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
            (Some(value), None, Some(comparison)) if self.can_be_tested() => {
                told(value, &comparison, tested)
            }
            _ => format!(
                "{} before it{}, {LEAST_STORED_RUNS} are needed",
                figure::count(stored.len(), "like run"),
                since(self.trend)
            ),
        };
        Newest {
            series: series.name.clone(),
            quantile: self.quantile.to_owned(),
            verdict: comparison.map_or(Change::Inconclusive, |found| found.verdict),
            value,
            comparison,
            stored: stored.len(),
            reason: format!("{found}; {LOW_POWER}"),
        }
    }
}

/// The quantiles that the newest run has, or should have: those of the runs shortly before it, and where
/// anything failed, of every run.
fn quantiles<'e>(series: &'e EntrySeries, before: &[&'e EntrySeries]) -> BTreeSet<&'e str> {
    let has_failures = series.failed > 0;
    let from = if has_failures {
        0
    } else {
        before.len().saturating_sub(ASKED_FOR)
    };
    let expected = before[from..].iter().flat_map(|one| one.quantiles.keys());
    let all = series.quantiles.keys().chain(expected);
    all.map(String::as_str).collect()
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

fn told(value: f64, comparison: &Comparison, tested: usize) -> String {
    let percent = |change: f64| format!("{:+.1} %", change * 100.0);
    let together = match tested {
        0 | 1 => String::new(),
        tested => format!("; the lower one for all {tested} rows together"),
    };
    format!(
        "{} is {} (99 % bounds {}, {}{together}) against the {} before it",
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

/// The series that a run shortly before had: whether one was given up or is broken, nobody can tell from here.
fn gone(newest: &Entry, earlier: &[Entry]) -> Vec<Newest> {
    let mut gone: BTreeMap<&str, (usize, &Entry)> = BTreeMap::new();
    for (lacking, entry) in (1..).zip(earlier.iter().rev().take(ASKED_FOR)) {
        let lost = entry.series.iter().map(|one| one.name.as_str());
        for name in lost.filter(|name| newest.series(name).is_none()) {
            gone.entry(name).or_insert((lacking, entry));
        }
    }
    let row = |(name, (lacking, last)): (&str, (usize, &Entry))| {
        let do_not = if lacking == 1 { "does not" } else { "do not" };
        Newest {
            series: name.to_owned(),
            quantile: "missing".to_owned(),
            verdict: Change::Inconclusive,
            value: None,
            comparison: None,
            stored: 0,
            reason: format!(
                "run {} has it, and {} since then {do_not}; what was given up or renamed is no longer asked for \
                 after {ASKED_FOR} runs without it; {LOW_POWER}",
                last.run,
                figure::count(lacking, "run"),
            ),
        }
    };
    gone.into_iter().map(row).collect()
}
