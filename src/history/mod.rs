//! The runs that a team keeps, because a slow change is seen in none of them: only a row of runs shows
//! since when a scenario is slower, and between which commits that happened.
//!
//! ```text
//! record | blocks | another program's results -> Entry -> folder (one small file a run, in git)
//! folder -> entries -> those of one kind of machine -> a row of quantiles for each series
//!                          row -> change points (cache) -> History, between which commits
//!                          row -> the newest against those since the last change -> Checked
//! ```
//!
//! `folder` alone touches the disk. Everything else follows from the entries, the seed and what is asked,
//! so that the same folder gives the same trend on every machine; the cache saves time and nothing else.

mod arrival;
mod cache;
mod entry;
mod folder;
mod likeness;
mod newest;
mod trend;

pub use arrival::{TimeSource, place};
pub use cache::Cache;
pub use entry::{ENTRY_SCHEMA_VERSION, Entry, EntrySeries, Facts, Measured};
pub use folder::{CACHE_FOLDER, FolderError, add, keep_cache, kept, read, read_cache};
pub use likeness::Likeness;
pub use newest::{Checked, Newest, check_newest, judged};
pub use trend::{DIRTY, Located, Mark, Trend, trends};

use serde::Serialize;

use crate::stats::HistoryError;

/// What is asked of a history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Runs of unlike machines are compared too.
    pub any_machine: bool,
    /// The series to look at, by name; every one when it is empty.
    pub only: Vec<String>,
    /// What the permutations follow from.
    pub seed: u64,
}

impl Asked {
    /// Whether a series is looked at.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

/// A history, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    /// The runs that are compared, in time order.
    pub shown: Vec<Entry>,
    /// Those that are not, because they are unlike the newest one.
    pub left_out: Vec<LeftOut>,
    /// One for each series and quantile, by name.
    pub trends: Vec<Trend>,
}

/// A run that is not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The run.
    pub run: String,
    /// In what it is unlike the newest one, never empty.
    pub differences: Vec<String>,
}

/// The trend of every series, of the runs that are like the newest.
///
/// # Errors
/// When a value has no logarithm; no entry that was read has such a one.
pub fn history(
    entries: Vec<Entry>,
    asked: &Asked,
    cache: &mut Cache,
) -> Result<History, HistoryError> {
    let (shown, left_out) = alike(entries, asked.any_machine);
    let trends = trends(&shown, asked, cache)?;
    Ok(History {
        shown,
        left_out,
        trends,
    })
}

/// Parts the entries, in time order, into those that are like the newest and the others.
fn alike(entries: Vec<Entry>, any_machine: bool) -> (Vec<Entry>, Vec<LeftOut>) {
    let Some(newest) = entries.last().filter(|_| !any_machine) else {
        return (entries, Vec::new());
    };
    let likeness = Likeness::of(newest);
    let mut left_out = Vec::new();
    let mut shown = Vec::with_capacity(entries.len());
    for entry in entries {
        let differences = likeness.differences(&entry);
        if differences.is_empty() {
            shown.push(entry);
        } else {
            let run = entry.run;
            left_out.push(LeftOut { run, differences });
        }
    }
    (shown, left_out)
}
