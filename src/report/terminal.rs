//! The verdict on the terminal: understood in five seconds, at 80 columns, without colour.

use std::fmt::Write as _;

use console::measure_text_width;

use super::foreign::brief;
use super::summary::{Look, Reason, Summary};
use super::table::Figures;

/// The number of columns that the text may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width(pub u16);

/// Findings of one inspection that are told; a report has all of them.
const MOST_FOUND: usize = 8;

/// The summary as plain text. It begins with the outcome's word.
#[must_use]
pub fn terminal(summary: &Summary<'_>, width: Width) -> String {
    let mut out = String::new();
    let columns = usize::from(width.0);
    let word = summary.outcome.word();
    paragraph(&mut out, columns, &format!("{word}  "), &summary.headline);
    let (command, run) = (brief(&summary.command), brief(&summary.run));
    let made_by = format!("Made by `{command}`, run {run}.");
    wrap(&mut out, columns, "", &made_by);
    out.push('\n');
    paragraph(&mut out, columns, "", &summary.sentence);
    if let Some(simulated) = &summary.simulated {
        paragraph(&mut out, columns, "", simulated);
    }
    figures(&mut out, summary, width);
    for (place, reason) in summary.why.iter().enumerate() {
        if place == 0 {
            out.push_str("\nWhy\n");
        }
        why(&mut out, columns, reason);
    }
    for look in &summary.looks {
        self::look(&mut out, columns, look);
    }
    let (held, gates) = (summary.held, summary.gates.len());
    let _ = writeln!(out, "\n{held} of {gates} gates hold.");
    let waivers = summary.waivers.iter().map(|line| brief(line));
    section(&mut out, columns, "Waivers", waivers);
    let before = summary.before.iter().map(|line| brief(line));
    section(&mut out, columns, "Was `before` true?", before);
    let reach = summary.reach.iter().map(|line| brief(line));
    section(&mut out, columns, "Where the time goes", reach);
    let leftovers = summary.leftovers.iter().map(|line| brief(line));
    section(&mut out, columns, "Left behind", leftovers);
    let next = summary.next.iter().map(|line| brief(line));
    section(&mut out, columns, "Next", next);
    out
}

/// What to do, and then why.
fn why(out: &mut String, columns: usize, reason: &Reason) {
    let required = if reason.is_required {
        ""
    } else {
        " (not required)"
    };
    let word = reason.outcome.word();
    let (subject, text) = (brief(&reason.subject), brief(&reason.text));
    match &reason.next {
        Some(next) => {
            let lead = format!("{word} {subject}{required}: {}", brief(next));
            wrap(out, columns, "  - ", &lead);
            wrap(out, columns, "      ", &text);
        }
        None => wrap(
            out,
            columns,
            "  - ",
            &format!("{word} {subject}{required}: {text}"),
        ),
    }
}

fn figures(out: &mut String, summary: &Summary<'_>, width: Width) {
    if summary.rows.is_empty() {
        return;
    }
    let columns = usize::from(width.0);
    let figures = Figures::new(&summary.rows, width.0);
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect()
    };
    let widest = figures
        .scenarios
        .iter()
        .flat_map(|text| lines(text))
        .chain(lines(&figures.header))
        .map(|line| measure_text_width(&line))
        .max()
        .unwrap_or(columns);
    let rule = "─".repeat(widest.min(columns));
    let _ = writeln!(out, "\n{}\n{rule}", lines(&figures.header).join("\n"));
    for (row, text) in summary.rows.iter().zip(&figures.scenarios) {
        let name = format!("{}: {}", brief(&row.scenario), row.outcome.word());
        wrap(out, columns, "", &name);
        let _ = writeln!(out, "{}", lines(text).join("\n"));
    }
    let _ = writeln!(out, "{rule}");
    let legend = "[bounds]: 95 % certain in each direction, at every look; - where there is none (yet). Spread: how many \
                  iterations were how fast, from the scenario's fastest to its slowest, logarithmic.";
    paragraph(out, columns, "", legend);
}

fn section(out: &mut String, columns: usize, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for line in lines {
        wrap(out, columns, "  - ", &line);
    }
}

/// What one inspection found, the heaviest first, each with its example. A single finding is told by the
/// reason of its gate, where that does not hold.
fn look(out: &mut String, columns: usize, look: &Look) {
    let fewest = if look.holds { 1 } else { 2 };
    if look.found.len() + look.missed.len() < fewest {
        return;
    }
    out.push('\n');
    paragraph(out, columns, "", &format!("Found: {}", look.subject));
    for found in look.found.iter().take(MOST_FOUND) {
        let text = format!("{}: {}", found.subject, found.text);
        wrap(out, columns, "  - ", &brief(&text));
        if let Some(example) = &found.example {
            let text = format!("for example {example}");
            wrap(out, columns, "      ", &brief(&text));
        }
    }
    let unseen = look.found.len().saturating_sub(MOST_FOUND);
    if unseen > 0 {
        let _ = writeln!(out, "  - {unseen} more, which the report lists");
    }
    for missed in look.missed.iter().take(MOST_FOUND) {
        wrap(out, columns, "  - ", &brief(missed));
    }
}

/// A paragraph of one text, which is cut where it is too long.
pub(super) fn paragraph(out: &mut String, columns: usize, lead: &str, text: &str) {
    wrap(out, columns, lead, &brief(text));
}

/// A paragraph wrapped to the width, its later lines indented as far as its lead. A word that is
/// wider than that is not broken: it may be a name that somebody copies. Its texts are visible already.
pub(super) fn wrap(out: &mut String, columns: usize, lead: &str, text: &str) {
    let indent = " ".repeat(lead.len());
    let mut line = lead.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let fits = measure_text_width(&line) + 1 + measure_text_width(word) <= columns;
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
