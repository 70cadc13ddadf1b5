//! The comparison on the terminal: the verdict first, understood in five seconds, at 80 columns.

use std::fmt::Write as _;
use std::iter;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width as Columns, presets};
use console::measure_text_width;

use super::circumstances::{self, simulated};
use super::{Cells, HEADER, LEGEND, brief, worth_a_word};
use crate::record::BlockRecord;
use crate::report::names::each_once;
use crate::report::terminal::{Width, wrap};
use crate::verdict::{Regression, RegressionRow};

/// Columns between two cells.
const GAP: usize = 2;

/// What of the circumstances a reader of a log needs; the reports have all of them.
const CIRCUMSTANCES: [&str; 5] = ["old build", "new build", "measured", "seed", "left behind"];

/// The comparison as plain text. It begins with the verdict's word.
#[must_use]
pub fn regression_terminal(record: &BlockRecord, found: &Regression, width: Width) -> String {
    let mut out = String::new();
    let columns = usize::from(width.0);
    let word = found.verdict.word();
    wrap(
        &mut out,
        columns,
        &format!("{word}  "),
        &brief(&found.sentence),
    );
    let made_by = format!(
        "Made by `{}`, run {}, in {}.",
        brief(&record.command),
        brief(&record.run),
        circumstances::blocks(found)
    );
    wrap(&mut out, columns, "", &made_by);
    if let Some(simulated) = simulated(record) {
        wrap(&mut out, columns, "", &brief(&simulated));
    }
    figures(&mut out, found, columns);
    for (at, row) in worth_a_word(found).into_iter().enumerate() {
        if at == 0 {
            out.push_str("\nWhy\n");
        }
        why(&mut out, columns, row);
    }
    out.push('\n');
    let told = circumstances::circumstances(record).into_iter();
    for (name, text) in told.filter(|(name, _)| CIRCUMSTANCES.contains(name)) {
        wrap(&mut out, columns, &format!("{name:<12}"), &brief(&text));
    }
    out
}

/// What to do, and then why.
fn why(out: &mut String, columns: usize, row: &RegressionRow) {
    let (word, reason) = (row.verdict.word(), brief(&row.reason));
    let subject = format!("{word} {} {}", brief(&row.scenario), brief(&row.measure));
    match &row.next {
        Some(next) => {
            wrap(out, columns, "  - ", &format!("{subject}: {}", brief(next)));
            wrap(out, columns, "      ", &reason);
        }
        None => wrap(out, columns, "  - ", &format!("{subject}: {reason}")),
    }
}

/// A table for each scenario below its name, all laid out alike.
fn figures(out: &mut String, found: &Regression, columns: usize) {
    if found.rows.is_empty() {
        return;
    }
    let header = line(HEADER);
    let lines: Vec<Vec<String>> = found
        .rows
        .iter()
        .map(|row| line(Cells::new(row).in_order()))
        .collect();
    let widest = |at: usize| {
        let cells = lines
            .iter()
            .chain([&header])
            .map(|line| measure_text_width(&line[at]));
        cells.max().unwrap_or(0) + GAP
    };
    let widths: Vec<usize> = (0..header.len()).map(widest).collect();
    // Where the figures are too wide to be aligned, each table makes the best of its own.
    let widths = Some(widths).filter(|widths| widths.iter().sum::<usize>() <= columns + GAP);
    let draw = |lines: &[&Vec<String>]| draw(lines, widths.as_deref(), columns);
    let _ = writeln!(out, "\n{}", draw(&[&header]));
    for scenario in each_once(found.rows.iter().map(|row| &row.scenario)) {
        wrap(out, columns, "", &brief(scenario));
        let rows = found.rows.iter().zip(&lines);
        let of_it = rows.filter(|(row, _)| row.scenario == *scenario);
        let of_it: Vec<&Vec<String>> = of_it.map(|(_, line)| line).collect();
        let _ = writeln!(out, "{}", draw(&of_it));
    }
    wrap(out, columns, "", LEGEND);
}

/// The cells of a line. Change and bounds share one, as they are read; the number of blocks stands above.
fn line(cells: [&str; HEADER.len()]) -> Vec<String> {
    let [measure, old, new, change, bounds, could_see, _, verdict] = cells;
    let bounds = match bounds {
        "-" => change.to_owned(),
        bounds if bounds.starts_with('[') => format!("{change} {bounds}"),
        name => format!("{change} [{name}]"),
    };
    let first = format!("  {}", brief(measure));
    let cells = [old, new, &bounds, could_see, verdict];
    iter::once(first).chain(cells.map(str::to_owned)).collect()
}

fn draw(lines: &[&Vec<String>], widths: Option<&[usize]>, columns: usize) -> String {
    let narrow = |columns: usize| u16::try_from(columns).unwrap_or(u16::MAX);
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(narrow(columns))
        .add_rows(lines.iter().copied());
    let last = lines.first().map_or(0, |line| line.len()).saturating_sub(1);
    for (at, column) in table.column_iter_mut().enumerate() {
        let gap = if at == last { 0 } else { GAP };
        column.set_padding((0, narrow(gap)));
        if let Some(width) = widths.and_then(|widths| widths.get(at)) {
            let width = if at == last { width - GAP } else { *width };
            column.set_constraint(ColumnConstraint::Absolute(Columns::Fixed(narrow(width))));
        }
    }
    let lines = table.trim_fmt();
    lines
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}
