//! The verdict on the terminal: understood in five seconds, at 80 columns, without colour.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, presets};

use super::figure::{bounded_ratio, bounded_seconds};
use super::summary::{Row, Side, Summary};
use crate::verdict::{Gate, Outcome};

/// The number of columns that the text may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width(pub u16);

/// The summary as plain text.
#[must_use]
pub fn terminal(summary: &Summary, width: Width) -> String {
    let mut out = String::new();
    let columns = usize::from(width.0);
    paragraph(
        &mut out,
        columns,
        &format!("{}  ", summary.outcome.word()),
        &summary.sentence,
    );
    if let Some(simulated) = &summary.simulated {
        paragraph(&mut out, columns, "", simulated);
    }
    if !summary.rows.is_empty() {
        let _ = writeln!(out, "\n{}", table(summary, width).trim_fmt());
    }
    section(
        &mut out,
        columns,
        "Why",
        summary.gates.iter().filter(|g| is_telling(g)).map(why),
    );
    let held = summary
        .gates
        .iter()
        .filter(|gate| gate.outcome == Outcome::Go)
        .count();
    let _ = writeln!(out, "\n{held} of {} gates hold.", summary.gates.len());
    section(
        &mut out,
        columns,
        "Was `before` true?",
        summary.before.iter().cloned(),
    );
    section(
        &mut out,
        columns,
        "Left behind",
        summary.leftovers.iter().cloned(),
    );
    section(&mut out, columns, "Next", summary.next.iter().cloned());
    out
}

/// Gates that hold speak for themselves in the table.
fn is_telling(gate: &Gate) -> bool {
    gate.outcome != Outcome::Go
}

fn why(gate: &Gate) -> String {
    let required = if gate.required { "" } else { " (not required)" };
    let word = gate.outcome.word();
    format!(
        "{word} {} {}{required}: {}",
        gate.scenario, gate.id, gate.reason
    )
}

fn table(summary: &Summary, width: Width) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width.0)
        .set_header(["", "promised", "p50 [bounds]", "p95 [bounds]", "n"]);
    for row in &summary.rows {
        let measured = |side: &Side| match side.failed {
            0 => side.iterations.to_string(),
            failed => format!("{} ({failed} failed)", side.iterations),
        };
        let side_row = |name: &str, promised: String, side: &Side| {
            vec![
                Cell::new(format!("  {name}")),
                Cell::new(promised),
                Cell::new(bounded_seconds(&side.p50)),
                Cell::new(bounded_seconds(&side.p95)),
                Cell::new(measured(side)).set_alignment(CellAlignment::Right),
            ]
        };
        table.add_row(heading(row));
        table.add_row(side_row(
            "before",
            row.promise.before.to_string(),
            &row.baseline,
        ));
        table.add_row(side_row(
            "after",
            row.promise.after.to_string(),
            &row.candidate,
        ));
        table.add_row(vec![
            Cell::new("  speedup"),
            Cell::new(row.promise.speedup.to_string()),
            Cell::new(bounded_ratio(&row.speedup_p50)),
            Cell::new(bounded_ratio(&row.speedup_p95)),
            Cell::new(""),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    table
}

fn heading(row: &Row) -> Vec<Cell> {
    vec![Cell::new(&row.scenario), Cell::new(row.outcome.word())]
}

fn section(out: &mut String, columns: usize, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for line in lines {
        paragraph(out, columns, "  - ", &line);
    }
}

/// A paragraph wrapped to the width, its later lines indented as far as its lead.
fn paragraph(out: &mut String, columns: usize, lead: &str, text: &str) {
    let indent = " ".repeat(lead.chars().count());
    let mut line = lead.to_owned();
    let mut is_empty = true;
    // A control character of foreign text would be obeyed by the terminal.
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        let fits = line.chars().count() + 1 + word.chars().count() <= columns;
        if !is_empty && !fits {
            let _ = writeln!(out, "{}", line.trim_end());
            line.clone_from(&indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}
