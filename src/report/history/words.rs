//! What every format says of a history, in the same words.

use std::collections::BTreeMap;

use crate::figure::{Rounding, count, list, seconds};
use crate::history::{DIRTY, Entry, History, LeftOut, Located, Mark, Trend};
use crate::report::foreign::brief;
use crate::stats::Change;

/// Differences that are told one by one.
const MOST_DIFFERENCES: usize = 3;
/// The digits of a commit that tell it from the others of a repository.
const COMMIT_DIGITS: usize = 10;

/// A word for what was found, as verdicts have it.
pub(super) fn word(found: Change) -> &'static str {
    match found {
        Change::Regression => "REGRESSION",
        Change::Improvement => "IMPROVEMENT",
        Change::Unchanged => "OK",
        Change::Inconclusive => "INCONCLUSIVE",
    }
}

/// How many runs there are, and of what machine.
pub(super) fn about(history: &History) -> String {
    let (Some(first), Some(newest)) = (history.shown.first(), history.shown.last()) else {
        return "No run.".to_owned();
    };
    let all = count(history.shown.len(), "run");
    let time = match (date(&first.started), date(&newest.started)) {
        (one, other) if one == other => format!("of {one}"),
        (one, other) => format!("from {one} to {other}"),
    };
    format!(
        "{all} {time}. The newest is {}: {}.",
        newest.run,
        basis(newest)
    )
}

fn basis(entry: &Entry) -> String {
    let machine = &entry.machine;
    let cores = count(machine.cores as usize, "core");
    let cpu = machine.cpu.as_deref().unwrap_or("processor unknown");
    let (os, arch, build) = (&machine.os, &machine.arch, &entry.tool.build);
    format!(
        "{}, {os} {arch}, {cores}, {cpu}, {build} build",
        entry.source
    )
}

/// How many runs are not compared, and why.
pub(super) fn left_out(left_out: &[LeftOut]) -> Option<String> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for difference in left_out.iter().flat_map(|one| &one.differences) {
        *reasons.entry(difference).or_default() += 1;
    }
    let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, runs)| std::cmp::Reverse(*runs));
    let unseen = reasons.len().saturating_sub(MOST_DIFFERENCES);
    let mut told: Vec<String> = reasons
        .into_iter()
        .take(MOST_DIFFERENCES)
        .map(|(reason, runs)| format!("{reason} ({runs})"))
        .collect();
    if unseen > 0 {
        told.push(count(unseen, "other difference"));
    }
    let are = if left_out.len() == 1 { "is" } else { "are" };
    (!left_out.is_empty()).then(|| {
        format!(
            "{} {are} left out, being unlike the newest: {}. `--any-machine` compares them all.",
            count(left_out.len(), "run"),
            list(&told)
        )
    })
}

/// A trend's newest time, and between which it lies.
pub(super) fn figures(trend: &Trend, of_runs: usize) -> String {
    let show = |value: f64| seconds(value, Rounding::Nearest);
    let low = trend.values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = trend.values.iter().copied().fold(0.0, f64::max);
    let newest = trend.values.last().copied().unwrap_or(0.0);
    let last = match trend.runs.last() {
        Some(run) if run + 1 == of_runs => "newest",
        _ => "last measured",
    };
    format!(
        "{last} {}, between {} and {}, {}",
        show(newest),
        show(low),
        show(high),
        runs(trend, of_runs)
    )
}

/// In how many runs a trend has a time.
pub(super) fn runs(trend: &Trend, of_runs: usize) -> String {
    let all = count(of_runs, "run");
    match of_runs - trend.values.len().min(of_runs) {
        0 => all,
        lacking => format!("{all}, {lacking} of which lack it or failed too often"),
    }
}

/// `+18.2 %`
pub(super) fn percent(change: f64) -> String {
    format!("{:+.1} %", change * 100.0)
}

/// How large a change is, and where to look for its cause.
pub(super) fn change(change: &Located) -> String {
    let size = format!("{} (p = {:.3})", percent(change.change), change.p);
    let place = match (&change.last_before.commit, &change.first_after.commit) {
        (Some(before), Some(_)) if change.is_within_a_commit() => format!(
            "between {} and {}, with no commit between them (`{}`): the machine or the data changed",
            run(&change.last_before),
            run(&change.first_after),
            between_ticks(&short(before))
        ),
        _ => format!(
            "between {} and {}",
            commit(&change.last_before, &change.first_after),
            commit(&change.first_after, &change.last_before)
        ),
    };
    let also = match change.also.as_slice() {
        [] => String::new(),
        also => format!("; not only the commit differs: {}", list(also)),
    };
    format!("{size} {place}{also}")
}

fn run(mark: &Mark) -> String {
    format!("run {} of {}", brief(&mark.run), date(&mark.started))
}

/// A run's commit, in as many digits as tell it from that of the other run.
fn commit(mark: &Mark, other: &Mark) -> String {
    let Some(commit) = &mark.commit else {
        return format!("an unknown commit ({})", run(mark));
    };
    let is_told = other.commit.as_ref().map(|other| short(other)) != Some(short(commit));
    let shown = if is_told {
        short(commit)
    } else {
        commit.clone()
    };
    format!("commit `{}` ({})", between_ticks(&shown), run(mark))
}

/// A commit as it can be looked up; a name that is none is shown whole.
fn short(commit: &str) -> String {
    let (hash, dirty) = match commit.strip_suffix(DIRTY) {
        Some(hash) => (hash, DIRTY),
        None => (commit, ""),
    };
    let is_hash = hash.len() >= 40 && hash.bytes().all(|c| c.is_ascii_hexdigit());
    if is_hash {
        format!("{}{dirty}", &hash[..COMMIT_DIGITS])
    } else {
        commit.to_owned()
    }
}

fn between_ticks(text: &str) -> String {
    brief(text).replace('`', "'")
}

/// The day of a time.
pub(super) fn date(started: &str) -> String {
    brief(started.get(..10).unwrap_or(started))
}
