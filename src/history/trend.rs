//! The row of one quantile of one series through all runs, and where it changed.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::cache::Row;
use super::{Asked, Cache, Entry, Likeness};
use crate::stats::{ChangePoint, HistoryError};

/// What a commit ends in when what was measured was changed since.
pub const DIRTY: &str = "-dirty";

/// A run, as a change names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Its name.
    pub run: String,
    /// When it began (RFC 3339).
    pub started: String,
    /// What was measured, where it is known.
    pub commit: Option<String>,
}

impl Mark {
    /// Of a run.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        Self {
            run: entry.run.clone(),
            started: entry.started.clone(),
            commit: entry.commit.clone(),
        }
    }
}

/// A change, and where to look for its cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Located {
    /// The place in the row of the first value after it.
    pub at: usize,
    /// The probability of such a split by chance.
    pub p: f64,
    /// The relative change of the median from the stretch before it to the stretch after it, each as far as
    /// the next change: 0.1 is 10 % slower. (The search itself compares all that it has not yet parted.)
    pub change: f64,
    /// The last run with a value before it.
    pub last_before: Mark,
    /// The first run with a value after it.
    pub first_after: Mark,
    /// What else differs between the two runs than the commit, in words.
    pub also: Vec<String>,
}

impl Located {
    /// Whether both runs are known to have measured one commit: then it is not what changed. What was not
    /// committed may be.
    #[must_use]
    pub fn is_within_a_commit(&self) -> bool {
        let [before, after] = [&self.last_before, &self.first_after].map(|mark| &mark.commit);
        let is_whole = |commit: &String| !commit.ends_with(DIRTY);
        before.as_ref().is_some_and(is_whole) && before == after
    }
}

/// One quantile of one series through all runs that have it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// The series' name.
    pub name: String,
    /// `p50` and others.
    pub quantile: String,
    /// Seconds, in time order.
    pub values: Vec<f64>,
    /// The run of each value, as its place among all that are compared. Some may be missing: a run that
    /// did not measure the series, or in which too many samples failed.
    pub runs: Vec<usize>,
    /// The changes, in time order.
    pub changes: Vec<Located>,
}

impl Trend {
    /// The places between two changes, and the median there in seconds.
    #[must_use]
    pub fn stretches(&self) -> Vec<(Range<usize>, f64)> {
        let places = self.changes.iter().map(|change| change.at);
        stretches(&self.values, places)
    }
}

fn stretches(values: &[f64], places: impl Iterator<Item = usize>) -> Vec<(Range<usize>, f64)> {
    let mut from = 0;
    let mut found = Vec::new();
    for to in places.chain([values.len()]) {
        if let Some(middle) = values.get(from..to).and_then(median) {
            found.push((from..to, middle));
        }
        from = to;
    }
    found
}

/// The middle value, or the geometric mean of the two in the middle: times differ by factors.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (
        sorted.get(sorted.len().checked_sub(1)? / 2)?,
        sorted.get(sorted.len() / 2)?,
    );
    Some((low * high).sqrt())
}

/// The trends of all series that are asked for, by name and quantile.
///
/// # Errors
/// When a value has no logarithm; no entry that was read has such a one.
pub fn trends(
    entries: &[Entry],
    asked: &Asked,
    cache: &mut Cache,
) -> Result<Vec<Trend>, HistoryError> {
    let rows = rows(entries, asked);
    let values = |row: &Values| Row {
        seed: asked.seed,
        values: row.values.clone(),
    };
    let searched: Vec<Row> = rows.values().map(values).collect();
    let changes = cache.change_points(&searched)?;
    let trend = |(((name, quantile), row), changes): (((&str, &str), Values), Vec<ChangePoint>)| {
        let levels = stretches(&row.values, changes.iter().map(|change| change.at));
        let located = changes.iter().zip(levels.windows(2));
        let located = located.filter_map(|(change, levels)| {
            let size = levels[1].1 / levels[0].1 - 1.0;
            located_in(entries, &row.runs, change, size)
        });
        Trend {
            name: name.to_owned(),
            quantile: quantile.to_owned(),
            changes: located.collect(),
            values: row.values,
            runs: row.runs,
        }
    };
    Ok(rows.into_iter().zip(changes).map(trend).collect())
}

#[derive(Default)]
struct Values {
    values: Vec<f64>,
    runs: Vec<usize>,
}

fn rows<'e>(entries: &'e [Entry], asked: &Asked) -> BTreeMap<(&'e str, &'e str), Values> {
    let mut rows: BTreeMap<(&str, &str), Values> = BTreeMap::new();
    for (run, entry) in entries.iter().enumerate() {
        let wanted = entry.series.iter().filter(|one| asked.wants(&one.name));
        for series in wanted {
            for (quantile, seconds) in &series.quantiles {
                let row = rows.entry((&series.name, quantile)).or_default();
                row.values.push(*seconds);
                row.runs.push(run);
            }
        }
    }
    rows
}

/// The runs on both sides of a change.
fn located_in(
    entries: &[Entry],
    runs: &[usize],
    change: &ChangePoint,
    size: f64,
) -> Option<Located> {
    let run = |place: usize| entries.get(*runs.get(place)?);
    let before = run(change.at.checked_sub(1)?)?;
    let after = run(change.at)?;
    Some(Located {
        at: change.at,
        p: change.p,
        change: size,
        last_before: Mark::of(before),
        first_after: Mark::of(after),
        also: also(before, after),
    })
}

/// What else than the commit may be the cause.
fn also(before: &Entry, after: &Entry) -> Vec<String> {
    let mut also = Likeness::of(before).differences(after);
    let tools = [("cutover", &before.tool.version, &after.tool.version)];
    let versions = before.versions.iter().filter_map(|(name, before)| {
        let after = after.versions.get(name)?;
        Some((name.as_str(), before, after))
    });
    let changed = tools.into_iter().chain(versions);
    let changed = changed.filter(|(_, before, after)| before != after);
    also.extend(
        changed.map(|(name, before, after)| format!("{name} `{after}` instead of `{before}`")),
    );
    also
}
