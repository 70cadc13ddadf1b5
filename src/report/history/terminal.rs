//! A history on the terminal, at any width and without colour.

use std::fmt::Write as _;

use super::bars::bars;
use super::words::{about, change, figures, left_out, word};
use crate::history::{Checked, History, Newest, Trend};
use crate::report::foreign::brief;
use crate::report::terminal::{Width, paragraph};
use crate::stats::Change;

/// How far what belongs to a series is indented.
const INDENT: &str = "  ";

/// The history as plain text: each series as a line of heights with its changes below.
#[must_use]
pub fn history_terminal(history: &History, width: Width) -> String {
    let columns = usize::from(width.0);
    let mut out = String::new();
    paragraph(&mut out, columns, "", &about(history));
    if let Some(text) = left_out(&history.left_out) {
        paragraph(&mut out, columns, "", &text);
    }
    for trend in &history.trends {
        out.push('\n');
        let figures = figures(trend, history.shown.len());
        let lead = format!("{} {}: {figures}", trend.name, trend.quantile);
        paragraph(&mut out, columns, "", &lead);
        drawn(&mut out, columns, trend);
    }
    out.push('\n');
    paragraph(&mut out, columns, "", &changes_in_all(&history.trends));
    out
}

fn drawn(out: &mut String, columns: usize, trend: &Trend) {
    let places = trend.changes.iter().map(|change| change.at);
    let (line, marks) = bars(&trend.values, places, columns.saturating_sub(INDENT.len()));
    let _ = writeln!(out, "{INDENT}{line}");
    if let Some(marks) = marks {
        let _ = writeln!(out, "{INDENT}{marks}");
    }
    for found in &trend.changes {
        paragraph(out, columns, "  - ", &change(found));
    }
}

fn changes_in_all(trends: &[Trend]) -> String {
    let changes: usize = trends.iter().map(|trend| trend.changes.len()).sum();
    let found = match changes {
        0 => "No change was found".to_owned(),
        1 => "1 change was found".to_owned(),
        changes => format!("{changes} changes were found"),
    };
    format!(
        "{found}: E-divisive on the logarithms, 999 permutations, p <= 0.01, medians that differ by 5 % or more. \
         The lines have the scale of their own series, the newest run at the right; ^ is the first run after a change."
    )
}

/// What the newest run comes to, as plain text that begins with its word.
#[must_use]
pub fn check_terminal(checked: &Checked, width: Width) -> String {
    let columns = usize::from(width.0);
    let mut out = String::new();
    let newest = checked.newest.as_ref().map_or("no run", |mark| &mark.run);
    let text = match checked.earlier {
        1 => format!("{newest} against the run before it"),
        earlier => format!("{newest} against the {earlier} runs before it"),
    };
    let lead = format!("{}  ", word(checked.verdict));
    paragraph(&mut out, columns, &lead, &text);
    if let Some(text) = left_out(&checked.left_out) {
        paragraph(&mut out, columns, "", &text);
    }
    let mut rows: Vec<&Newest> = checked.rows.iter().collect();
    rows.sort_by_key(|row| match row.verdict {
        Change::Regression => 0,
        Change::Inconclusive => 1,
        Change::Improvement => 2,
        Change::Unchanged => 3,
    });
    for row in rows {
        let (word, name) = (word(row.verdict), brief(&row.series));
        let text = format!("{word} {name} {}: {}", row.quantile, row.reason);
        paragraph(&mut out, columns, "  - ", &text);
    }
    out
}
