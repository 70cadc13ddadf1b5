//! `report.md`: the whole of a run for a reader of text, a pull request or a file viewer.

use std::fmt::Write as _;

use super::figure::{bounded_ratio, bounded_seconds, show_number};
use super::markup::{code, prose};
use super::summary::{Reason, Row, Summary};
use crate::verdict::{Fact, FactValue, Gate};

/// The summary as Markdown.
#[must_use]
pub fn markdown(summary: &Summary<'_>) -> String {
    let mut out = String::new();
    let word = summary.outcome.word();
    let _ = writeln!(out, "# {word}: {}\n", prose(&summary.headline));
    let _ = writeln!(
        out,
        "Made by {} (run {}).\n",
        code(&summary.command),
        code(&summary.run)
    );
    let _ = writeln!(out, "{}\n", prose(&summary.sentence));
    if let Some(simulated) = &summary.simulated {
        let _ = writeln!(out, "> {}\n", prose(simulated));
    }
    let prosaic =
        |lines: &[String]| -> Vec<String> { lines.iter().map(|line| prose(line)).collect() };
    list(&mut out, "What to do next", &prosaic(&summary.next));
    let why: Vec<String> = summary.why.iter().map(why).collect();
    list(&mut out, "Why", &why);
    list(&mut out, "Left behind", &prosaic(&summary.leftovers));
    figures(&mut out, &summary.rows);
    list(&mut out, "Was `before` true?", &prosaic(&summary.before));
    gates(&mut out, summary);
    let assumptions = prosaic(&summary.assumptions);
    list(&mut out, "What the figures rest on", &assumptions);
    let circumstance = |(name, value): &(&str, String)| format!("{name}: {}", prose(value));
    let circumstances: Vec<String> = summary.circumstances.iter().map(circumstance).collect();
    list(&mut out, "Circumstances", &circumstances);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn why(reason: &Reason) -> String {
    format!(
        "**{}**{} {}: {}",
        reason.outcome.word(),
        optional(reason.is_required),
        prose(&reason.subject),
        prose(&reason.text)
    )
}

fn optional(is_required: bool) -> &'static str {
    if is_required { "" } else { " (not required)" }
}

fn figures(out: &mut String, rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "## Promised and measured\n\n\
         In brackets stand bounds, 95 % certain in each direction at every look; `-` where there is \
         none (yet).\n\n\
         | scenario | | promised | p50 [bounds] | p95 [bounds] | n | failed | verdict |\n\
         |---|---|---|---|---|--:|--:|---|"
    );
    for row in rows {
        let name = prose(&row.scenario);
        let sides = [
            ("before", row.promise.before, &row.baseline),
            ("after", row.promise.after, &row.candidate),
        ];
        for (label, promised, side) in sides {
            let _ = writeln!(
                out,
                "| {name} | {label} | {promised} | {} | {} | {} | {:.0} | |",
                bounded_seconds(&side.p50),
                bounded_seconds(&side.p95),
                side.iterations,
                side.failed
            );
        }
        let _ = writeln!(
            out,
            "| {name} | speedup | {} | {} | {} | | | **{}** |",
            row.promise.speedup,
            bounded_ratio(&row.speedup_p50),
            bounded_ratio(&row.speedup_p95),
            row.outcome.word()
        );
    }
    let _ = writeln!(out);
}

fn gates(out: &mut String, summary: &Summary<'_>) {
    if summary.rows.is_empty() {
        return;
    }
    let (held, all) = (summary.held, summary.gates.len());
    let _ = writeln!(out, "## Gates\n\n{held} of {all} hold.\n");
    for row in &summary.rows {
        let (name, word) = (prose(&row.scenario), row.outcome.word());
        let _ = writeln!(out, "### {name}: {word}\n");
        let source = prose(&row.promise.source);
        match row.summary.trim() {
            "" => {}
            summary => {
                let _ = writeln!(out, "{}.", prose(summary.trim_end_matches('.')));
            }
        }
        let _ = writeln!(out, "The promise stands in: {source}.\n");
        let of_row = |gate: &&Gate| gate.scenario == row.scenario;
        let gates: Vec<&Gate> = summary.gates.iter().filter(of_row).collect();
        table(out, &gates);
        evidence(out, &gates);
    }
}

fn table(out: &mut String, gates: &[&Gate]) {
    let _ = writeln!(
        out,
        "| gate | condition | outcome | why |\n|---|---|---|---|"
    );
    for gate in gates {
        let _ = writeln!(
            out,
            "| {} | {} | **{}**{} | {} |",
            prose(&gate.id),
            prose(&gate.title),
            gate.outcome.word(),
            optional(gate.required),
            prose(&gate.reason)
        );
    }
    let _ = writeln!(out);
}

/// The figures behind the gates, folded away: they are for who wants to work a gate out again.
fn evidence(out: &mut String, gates: &[&Gate]) {
    let _ = writeln!(out, "<details><summary>The figures behind them</summary>\n");
    for gate in gates.iter().filter(|gate| !gate.facts.is_empty()) {
        let facts: Vec<String> = gate.facts.iter().map(fact).collect();
        let _ = writeln!(out, "- {}: {}", prose(&gate.id), facts.join("; "));
    }
    let _ = writeln!(out, "\n</details>\n");
}

fn fact(fact: &Fact) -> String {
    let name = prose(&fact.name);
    match &fact.value {
        FactValue::Text(value) => format!("{name}: {}", prose(value)),
        FactValue::Number { number, unit } => {
            format!("{name} = {}", show_number(*number, *unit))
        }
    }
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {title}\n");
    for line in lines {
        let _ = writeln!(out, "- {line}");
    }
    let _ = writeln!(out);
}
