//! A history for a pull request or a wiki: the changes first, then every series.

use std::fmt::Write as _;

use super::words::{about, change, left_out, percent, runs};
use crate::figure::{Rounding, seconds};
use crate::history::{History, Trend};
use crate::report::markup::{code, prose};

/// The size of the text in bytes, which it stays below: a forge refuses what is too long.
const MOST_BYTES: usize = 60_000;
/// Bytes for what is said of what is left out.
const WORDS: usize = 500;

/// The history as Markdown, in less than 60,000 bytes.
#[must_use]
pub fn history_markdown(history: &History) -> String {
    let mut out = format!("# History\n\n{}\n", prose(&about(history)));
    if let Some(text) = left_out(&history.left_out) {
        let _ = writeln!(out, "\n{}", prose(&text));
    }
    out.push_str("\n## Changes\n\n");
    let changes = history.trends.iter().flat_map(|trend| {
        let name = format!("{} {}", code(&trend.name), trend.quantile);
        let changes = trend.changes.iter();
        changes.map(move |found| format!("- {name}: {}\n", prose(&change(found))))
    });
    let changes: Vec<String> = changes.collect();
    if changes.is_empty() {
        out.push_str("None was found.\n");
    }
    fitted(&mut out, &changes, MOST_BYTES / 2, "changes");
    out.push_str("\n<details><summary>Every series</summary>\n\n");
    out.push_str("| series | | newest | runs | changes |\n|---|---|---|---|---|\n");
    let all = history.shown.len();
    let rows: Vec<String> = history.trends.iter().map(|trend| row(trend, all)).collect();
    fitted(&mut out, &rows, MOST_BYTES - WORDS, "series");
    out.push_str("\n</details>\n");
    out
}

/// Adds whole lines as long as the text stays so short, and says how many it leaves out.
fn fitted(out: &mut String, lines: &[String], most: usize, things: &str) {
    for (place, line) in lines.iter().enumerate() {
        if out.len() + line.len() > most {
            let left = lines.len() - place;
            let _ = writeln!(
                out,
                "\n{left} more {things} have no room here: `cutover history show`"
            );
            return;
        }
        out.push_str(line);
    }
}

fn row(trend: &Trend, of_runs: usize) -> String {
    let newest = trend.values.last().copied().unwrap_or(0.0);
    let changes: Vec<String> = trend
        .changes
        .iter()
        .map(|one| percent(one.change))
        .collect();
    format!(
        "| {} | {} | {} | {} | {} |\n",
        code(&trend.name),
        prose(&trend.quantile),
        seconds(newest, Rounding::Nearest),
        runs(trend, of_runs),
        changes.join(", ")
    )
}
