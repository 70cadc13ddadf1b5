//! `report.md`: the whole of a run for a reader of text, a pull request or a file viewer.

use std::fmt::Write as _;

use super::figure::{bounded_ratio, bounded_seconds, show_ratio, show_seconds};
use super::summary::{Row, Summary};
use crate::verdict::{Fact, FactValue, Gate, Unit};

/// The summary as Markdown.
#[must_use]
pub fn markdown(summary: &Summary) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# {}: {}\n",
        summary.outcome.word(),
        text(&summary.sentence)
    );
    let _ = writeln!(
        out,
        "Made by `{}` (run `{}`).\n",
        code(&summary.command),
        code(&summary.run)
    );
    if let Some(simulated) = &summary.simulated {
        let _ = writeln!(out, "> {}\n", text(simulated));
    }
    list(
        &mut out,
        "What to do next",
        summary.next.iter().map(|line| text(line)),
    );
    promises(&mut out, &summary.rows);
    list(
        &mut out,
        "Was `before` true?",
        summary.before.iter().map(|line| text(line)),
    );
    gates(&mut out, &summary.gates);
    list(
        &mut out,
        "Left behind",
        summary.leftovers.iter().map(|line| text(line)),
    );
    list(
        &mut out,
        "What the figures rest on",
        summary.assumptions.iter().map(|line| text(line)),
    );
    let circumstances = summary
        .circumstances
        .iter()
        .map(|(name, value)| format!("{name}: {}", text(value)));
    list(&mut out, "Circumstances", circumstances);
    out
}

fn promises(out: &mut String, rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Promised and measured\n");
    let _ = writeln!(out, "Bounds are one-sided 95 % and hold at every look.\n");
    let _ = writeln!(
        out,
        "| scenario | | promised | p50 [bounds] | p95 [bounds] | n | verdict |"
    );
    let _ = writeln!(out, "|---|---|---|---|---|--:|---|");
    for row in rows {
        let name = text(&row.scenario);
        let sides = [
            ("before", row.promise.before, &row.baseline),
            ("after", row.promise.after, &row.candidate),
        ];
        for (label, promised, side) in sides {
            let _ = writeln!(
                out,
                "| {name} | {label} | {promised} | {} | {} | {} | |",
                bounded_seconds(&side.p50),
                bounded_seconds(&side.p95),
                side.iterations
            );
        }
        let _ = writeln!(
            out,
            "| {name} | speedup | {} | {} | {} | | **{}** |",
            row.promise.speedup,
            bounded_ratio(&row.speedup_p50),
            bounded_ratio(&row.speedup_p95),
            row.outcome.word()
        );
    }
    let _ = writeln!(out);
}

fn gates(out: &mut String, gates: &[Gate]) {
    if gates.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Gates\n");
    let _ = writeln!(
        out,
        "| scenario | gate | condition | outcome | why | evidence |"
    );
    let _ = writeln!(out, "|---|---|---|---|---|---|");
    for gate in gates {
        let required = if gate.required { "" } else { " (not required)" };
        let facts: Vec<String> = gate.facts.iter().map(fact).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | **{}**{required} | {} | {} |",
            text(&gate.scenario),
            text(&gate.id),
            text(&gate.title),
            gate.outcome.word(),
            text(&gate.reason),
            facts.join("; ")
        );
    }
    let _ = writeln!(out);
}

fn fact(fact: &Fact) -> String {
    let value = match &fact.value {
        FactValue::Text(value) => text(value),
        FactValue::Number { number: None, .. } => "none".to_owned(),
        FactValue::Number {
            number: Some(number),
            unit,
        } => match unit {
            Unit::Seconds => show_seconds(*number),
            Unit::Ratio => show_ratio(*number),
            Unit::Count => format!("{number:.0}"),
            Unit::Plain => format!("{number:.3}"),
        },
    };
    format!("{} {value}", text(&fact.name))
}

fn list(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "## {title}\n");
    for line in lines {
        let _ = writeln!(out, "- {line}");
    }
    let _ = writeln!(out);
}

/// Foreign text as text: nothing in it is markup, and it stays on one line.
fn text(foreign: &str) -> String {
    let mut out = String::with_capacity(foreign.len());
    for c in foreign.chars() {
        match c {
            '\\' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Foreign text inside a code span, which it cannot end.
fn code(foreign: &str) -> String {
    foreign
        .chars()
        .map(|c| if c == '`' || c.is_control() { '\'' } else { c })
        .collect()
}
