//! Where another program's run belongs among those that are kept.
//!
//! Why: a trend is an order, and most programs do not say when they measured, so that the time of their file
//! stands in for it. What was unpacked or copied has one time for all: runs of one second would be put in any
//! order, and a change among them would be hidden. Such a run is refused, and nothing is lost.

use std::path::PathBuf;

use super::{Entry, FolderError};

/// Where the time of a run comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeSource {
    /// Whoever adds it says so, or its results do.
    Told,
    /// From the file's: whoever copies or touches it changes it.
    File,
}

/// Whether a run of another program can be put in order among those that are kept.
///
/// # Errors
/// When its results are there already and only a file's time differs, or when nobody can tell whether it came
/// before or after another run of its source.
pub fn place(
    entry: &Entry,
    time_source: TimeSource,
    kept: &[(PathBuf, Entry)],
) -> Result<(), FolderError> {
    let mut of_source = kept.iter().filter(|(_, one)| one.source == entry.source);
    for (path, one) in of_source.clone().filter(|(_, one)| is_same(one, entry)) {
        let path = || path.clone();
        if one.time() == entry.time() {
            return Err(FolderError::There { path: path() });
        } else if time_source == TimeSource::File {
            return Err(FolderError::Same { path: path() });
        }
    }
    let second = |one: &Entry| one.time().map(jiff::Timestamp::as_second);
    let is_taken = |one: &Entry| match time_source {
        TimeSource::Told => one.time() == entry.time(),
        TimeSource::File => second(one) == second(entry),
    };
    match of_source.find(|(_, one)| is_taken(one)) {
        None => Ok(()),
        Some((path, one)) => Err(FolderError::TimeTaken {
            path: path.clone(),
            source_name: one.source.clone(),
            started: one.started.clone(),
        }),
    }
}

/// Whether two runs hold the same results: their names end in what follows from all samples.
fn is_same(one: &Entry, other: &Entry) -> bool {
    let results = |entry: &Entry| entry.run.rsplit('-').next().map(str::to_owned);
    results(one) == results(other) && one.series == other.series
}
