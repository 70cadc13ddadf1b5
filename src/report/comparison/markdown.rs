//! Several records side by side, for a pull request or a file viewer.

use std::fmt::Write as _;

use super::{Comparison, LACKING, word};
use crate::report::markup::{code, prose};

/// The comparison as Markdown.
#[must_use]
pub fn comparison_markdown(comparison: &Comparison) -> String {
    let mut out = format!("# {} runs side by side\n\n", comparison.runs.len());
    let _ = writeln!(
        out,
        "| | run | started | made by | verdict | first reason |\n|---|---|---|---|---|---|"
    );
    for run in &comparison.runs {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | **{}**: {} | {} |",
            run.letter,
            prose(&run.run),
            prose(&run.started),
            code(&run.command),
            run.outcome.word(),
            prose(&run.headline),
            prose(run.reason.as_deref().unwrap_or(LACKING))
        );
    }
    let letters: Vec<&str> = comparison
        .runs
        .iter()
        .map(|run| run.letter.as_str())
        .collect();
    for scenario in &comparison.scenarios {
        let _ = writeln!(out, "\n## {}\n", prose(&scenario.name));
        header(&mut out, &letters);
        let words = scenario
            .outcomes
            .iter()
            .map(|outcome| format!("**{}**", word(*outcome)));
        row(&mut out, "verdict", words);
        for line in &scenario.lines {
            row(
                &mut out,
                &prose(&line.what),
                line.values.iter().map(|value| prose(value)),
            );
        }
    }
    if !comparison.unlike.is_empty() {
        let _ = writeln!(out, "\n## What the runs do not have in common\n");
        header(&mut out, &letters);
        for unlike in &comparison.unlike {
            row(
                &mut out,
                &prose(&unlike.what),
                unlike.values.iter().map(|value| prose(value)),
            );
        }
    }
    out
}

fn header(out: &mut String, letters: &[&str]) {
    let _ = writeln!(out, "| | {} |", letters.join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(letters.len()));
}

fn row(out: &mut String, what: &str, values: impl Iterator<Item = String>) {
    let _ = writeln!(
        out,
        "| {what} | {} |",
        values.collect::<Vec<_>>().join(" | ")
    );
}
