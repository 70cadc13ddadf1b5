//! Several records side by side, on the terminal.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, presets};

use super::{Comparison, word};
use crate::report::foreign::visible;
use crate::report::terminal::{Width, paragraph};

/// The comparison as plain text.
#[must_use]
pub fn comparison_terminal(comparison: &Comparison, width: Width) -> String {
    let columns = usize::from(width.0);
    let mut out = String::new();
    for run in &comparison.runs {
        let lead = format!("{}  ", run.letter);
        let text = format!(
            "{}: {}. Run {}, made by `{}`.",
            run.outcome.word(),
            run.headline,
            run.run,
            run.command
        );
        paragraph(&mut out, columns, &lead, &text);
    }
    let mut header = vec![String::new()];
    header.extend(comparison.runs.iter().map(|run| run.letter.clone()));
    for scenario in &comparison.scenarios {
        out.push('\n');
        paragraph(&mut out, columns, "", &scenario.name);
        let mut lines = vec![header.clone()];
        let verdict = scenario
            .outcomes
            .iter()
            .map(|outcome| word(*outcome).to_owned());
        lines.push(line("verdict", verdict));
        for figure in &scenario.lines {
            lines.push(line(figure.what, figure.values.iter().cloned()));
        }
        table(&mut out, &lines, width);
    }
    if !comparison.unlike.is_empty() {
        let _ = writeln!(out, "\nWhat the runs do not have in common");
        let mut lines = vec![header];
        for unlike in &comparison.unlike {
            lines.push(line(
                unlike.what,
                unlike.values.iter().map(|value| visible(value)),
            ));
        }
        table(&mut out, &lines, width);
    }
    out
}

fn line(what: &str, values: impl Iterator<Item = String>) -> Vec<String> {
    std::iter::once(format!("  {what}")).chain(values).collect()
}

fn table(out: &mut String, lines: &[Vec<String>], width: Width) {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width.0)
        .add_rows(lines);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.trim_fmt().lines() {
        let _ = writeln!(out, "{}", line.trim_end());
    }
}
