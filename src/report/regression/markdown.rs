//! `report.md` of a comparison of builds: a comment on a pull request.
//!
//! A reviewer reads the verdict and what is not OK; the rest is folded away. GitHub refuses a comment
//! above 65,536 characters, and then nobody sees the verdict: whatever does not fit is left out from the
//! end of its list, and its number is said.

use std::fmt::Write as _;

use super::circumstances::{self, simulated};
use super::{Cells, HEADER, LEGEND, note, worth_a_word};
use crate::record::BlockRecord;
use crate::report::foreign::cut;
use crate::report::markup;
use crate::verdict::{Regression, RegressionRow};

/// The size of a report in bytes, which it stays below.
const MOST_BYTES: usize = 60_000;
/// Bytes for what says that something is left out, and for the folding.
const WORDS: usize = 1_000;

/// The comparison as Markdown, in less than 60,000 bytes.
#[must_use]
pub fn regression_markdown(record: &BlockRecord, found: &Regression) -> String {
    let mut out = head(record, found);
    let open = worth_a_word(found);
    let mut left = MOST_BYTES.saturating_sub(out.len() + WORDS);
    let quarter = left / 4;
    let mut take = |text: String| {
        left = left.saturating_sub(text.len());
        text
    };
    let table_of_open = take(table(&open, quarter));
    let reasons = take(list(
        open.iter().map(|row| reason(row)),
        quarter,
        "verdict.json",
    ));
    let told = circumstances::circumstances(record).into_iter();
    let told = told.map(|(name, text)| format!("- {name}: {}", prose(&text)));
    let told = take(list(told, quarter, "blocks.json"));
    let every = table(&found.rows.iter().collect::<Vec<_>>(), left);
    out.push_str(&table_of_open);
    out.push_str(&reasons);
    if !found.rows.is_empty() {
        let title = format!("All that was compared ({})", found.rows.len());
        folded(&mut out, &title, &format!("{every}{LEGEND}\n"));
    }
    folded(&mut out, "How it was measured", &told);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn head(record: &BlockRecord, found: &Regression) -> String {
    let mut out = String::new();
    let word = found.verdict.word();
    let _ = writeln!(out, "# {word}: {}\n", prose(&found.sentence));
    let (command, run) = (code(&record.command), code(&record.run));
    let blocks = circumstances::blocks(found);
    let _ = writeln!(out, "Made by {command} (run {run}), in {blocks}.\n");
    if let Some(simulated) = simulated(record) {
        let _ = writeln!(out, "> {}\n", prose(&simulated));
    }
    out
}

/// What to do, and then why.
fn reason(row: &RegressionRow) -> String {
    let next = row.next.iter().map(|next| prose(next) + " ");
    format!(
        "- **{}** {} {}: {}{}",
        row.verdict.word(),
        prose(&row.scenario),
        prose(&row.measure),
        next.collect::<String>(),
        prose(&row.reason)
    )
}

/// As many of the rows as so many bytes hold, from the first.
fn table(rows: &[&RegressionRow], most: usize) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = format!("| scenario | {} |\n", HEADER.join(" | "));
    let _ = writeln!(out, "|---|---|---:|---:|---:|---:|---:|---:|---|");
    let lines = rows.iter().map(|row| {
        let cells = Cells::new(row);
        let [_, figures @ .., verdict] = cells.in_order();
        let (scenario, measure) = (prose(&row.scenario), prose(&row.measure));
        format!(
            "| {scenario} | {measure} | {} | **{verdict}** |",
            figures.join(" | ")
        )
    });
    fill(&mut out, lines, most, "verdict.json");
    out.push('\n');
    out
}

fn list(lines: impl Iterator<Item = String>, most: usize, file: &str) -> String {
    let mut out = String::new();
    fill(&mut out, lines, most, file);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Adds the lines that fit, and says how many do not.
fn fill(out: &mut String, lines: impl Iterator<Item = String>, most: usize, file: &str) {
    let mut unseen = 0_usize;
    for line in lines {
        if unseen > 0 || out.len() + line.len() + 1 > most {
            unseen += 1;
        } else {
            out.push_str(&line);
            out.push('\n');
        }
    }
    if unseen > 0 {
        // After a table's last row only an empty line ends it.
        let _ = writeln!(out, "\n{unseen} more are left out here: see `{file}`");
    }
}

fn folded(out: &mut String, title: &str, inside: &str) {
    let _ = writeln!(
        out,
        "<details><summary>{title}</summary>\n\n{}\n\n</details>\n",
        inside.trim_end()
    );
}

/// A sentence as [`markup::prose`] shows it; what is cut stands in another file here.
fn prose(text: &str) -> String {
    let (shown, left) = cut(text.trim());
    markup::prose(&shown) + &note(left)
}

/// Text in a code span, which it cannot end.
fn code(text: &str) -> String {
    let (shown, left) = cut(text.trim());
    markup::code(&shown) + &note(left)
}
