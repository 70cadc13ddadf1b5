//! Several records side by side, on the terminal.
//!
//! A terminal is as wide as it is, and a figure that is broken over two lines is read wrongly. So the
//! runs come in blocks of as many as fit side by side, and each block repeats the names of its lines.

use std::fmt::Write as _;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width as Columns, presets};
use console::measure_text_width;

use super::{Comparison, word};
use crate::report::foreign::visible;
use crate::report::terminal::{Width, paragraph};

/// Between two columns.
const GAP: usize = 2;

/// A sentence may be wrapped, and is not read any more in columns that are narrower than this.
const NARROWEST_SENTENCE: usize = 18;

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
        if let Some(reason) = &run.reason {
            let indent = " ".repeat(lead.len());
            paragraph(
                &mut out,
                columns,
                &indent,
                &format!("First reason: {reason}"),
            );
        }
    }
    let letters = || comparison.runs.iter().map(|run| run.letter.clone());
    for scenario in &comparison.scenarios {
        out.push('\n');
        paragraph(&mut out, columns, "", &scenario.name);
        let words = scenario.outcomes.iter().map(|outcome| word(*outcome));
        let mut lines = vec![
            Line::new("", letters()),
            Line::new("  verdict", words.map(str::to_owned)),
        ];
        lines.extend(scenario.lines.iter().map(|figure| {
            let name = format!("  {}", visible(&figure.what));
            Line::new(&name, figure.values.iter().map(|value| visible(value)))
        }));
        blocks(&mut out, &lines, columns, usize::MAX);
    }
    if !comparison.unlike.is_empty() {
        let _ = writeln!(out, "\nWhat the runs do not have in common");
        let mut lines = vec![Line::new("", letters())];
        lines.extend(comparison.unlike.iter().map(|unlike| {
            let name = format!("  {}", visible(&unlike.what));
            Line::new(&name, unlike.values.iter().map(|value| visible(value)))
        }));
        blocks(&mut out, &lines, columns, NARROWEST_SENTENCE);
    }
    out
}

/// A name, and a cell for each run.
struct Line {
    name: String,
    cells: Vec<String>,
}

impl Line {
    fn new(name: &str, cells: impl Iterator<Item = String>) -> Self {
        Self {
            name: name.to_owned(),
            cells: cells.collect(),
        }
    }
}

/// The lines in blocks of runs. A run's column is as wide as its widest cell, or at least as `narrowest`
/// where its cells may be wrapped.
fn blocks(out: &mut String, lines: &[Line], width: usize, narrowest: usize) {
    let names = lines
        .iter()
        .map(|line| measure_text_width(&line.name))
        .max();
    // What somebody else named without end may not crowd out the figures.
    let names = names.unwrap_or(0).min(width / 3);
    let runs = lines.first().map_or(0, |line| line.cells.len());
    let needs: Vec<usize> = (0..runs)
        .map(|run| {
            let cells = lines
                .iter()
                .map(|line| measure_text_width(&line.cells[run]));
            cells.max().unwrap_or(0).min(narrowest)
        })
        .collect();
    let mut from = 0;
    while from < runs {
        if from > 0 {
            out.push('\n');
        }
        let mut left = width.saturating_sub(names);
        let fits = |need: &&usize| match left.checked_sub(GAP + **need) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        };
        let to = from + needs[from..].iter().take_while(fits).count().max(1);
        block(out, lines, from..to, [width, names]);
        from = to;
    }
}

fn block(
    out: &mut String,
    lines: &[Line],
    runs: std::ops::Range<usize>,
    [width, names]: [usize; 2],
) {
    let columns = |columns: usize| u16::try_from(columns).unwrap_or(u16::MAX);
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(columns(width))
        .add_rows(lines.iter().map(|line| {
            let cells = line.cells[runs.clone()].iter();
            std::iter::once(&line.name).chain(cells).collect::<Vec<_>>()
        }));
    let last = runs.len();
    for (at, column) in table.column_iter_mut().enumerate() {
        let gap = if at == last { 0 } else { GAP };
        column.set_padding((0, columns(gap)));
        if at == 0 {
            let names = Columns::Fixed(columns(names + GAP));
            column.set_constraint(ColumnConstraint::UpperBoundary(names));
        }
    }
    for line in table.trim_fmt().lines() {
        let _ = writeln!(out, "{}", line.trim_end());
    }
}
