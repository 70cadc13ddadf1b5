//! `report.md`: the whole of a run for a reader of text, a pull request or a file viewer.
//!
//! A forge refuses a comment or a summary that is too long, and then nobody sees the verdict. So the
//! report has a size that it never exceeds: where there is too much it leaves out the figures behind the
//! gates, then the gates that hold, then whatever scenarios and lines do not fit, and says so.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::iter;

use super::figure::{bounded_ratio, bounded_seconds, show_number};
use super::markup::{code, prose};
use super::summary::{Look, Reason, Row, Summary, WHOLE_RUN};
use crate::verdict::{Fact, FactValue, Gate, Outcome};

/// The size of a report in bytes, which it stays below.
const MOST_BYTES: usize = 60_000;
/// Bytes for the headings, and for saying what is left out.
const WORDS: usize = 2_000;

/// The summary as Markdown, in less than 60,000 bytes.
#[must_use]
pub fn markdown(summary: &Summary<'_>) -> String {
    let parts = Parts::new(summary);
    let mut out = String::new();
    for room in [Room::Ample, Room::WithoutFigures, Room::OpenGates] {
        out = parts.all(room);
        if out.len() < MOST_BYTES {
            return out;
        }
    }
    let tight = parts.tight();
    if tight.len() < out.len() { tight } else { out }
}

/// How much of the gates a report has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    /// All of them with the figures behind them.
    Ample,
    /// All of them.
    WithoutFigures,
    /// Those that do not hold.
    OpenGates,
}

/// The report in pieces, of which some can be left out.
struct Parts {
    /// What is always there.
    head: String,
    next: List,
    why: List,
    waivers: List,
    leftovers: List,
    looks: List,
    rows: Vec<Piece>,
    before: List,
    reach: List,
    held: String,
    sections: Vec<Section>,
    assumptions: List,
    circumstances: List,
}

/// Lines under a title, and the file that has all of them.
struct List {
    title: &'static str,
    lines: Vec<String>,
    file: &'static str,
}

/// What is said of one scenario.
struct Piece {
    outcome: Outcome,
    text: String,
}

/// The gates of one scenario.
struct Section {
    outcome: Outcome,
    intro: String,
    gates: Vec<Piece>,
    figures: String,
}

impl Parts {
    fn new(summary: &Summary<'_>) -> Self {
        let list = |title, lines: &[String], file| List {
            title,
            lines: lines.iter().map(|line| prose(line)).collect(),
            file,
        };
        let circumstance = |(name, value): &(&str, String)| format!("{name}: {}", prose(value));
        Self {
            head: head(summary),
            next: list("What to do next", &summary.next, "verdict.json"),
            why: List {
                title: "Why",
                lines: summary.why.iter().map(why).collect(),
                file: "verdict.json",
            },
            waivers: list("Waivers", &summary.waivers, "verdict.json"),
            leftovers: list("Left behind", &summary.leftovers, "record.json"),
            looks: List {
                title: "What was looked at, and what was found",
                lines: summary.looks.iter().flat_map(look).collect(),
                file: "record.json",
            },
            rows: summary.rows.iter().map(figures).collect(),
            before: list("Was `before` true?", &summary.before, "verdict.json"),
            reach: list("Where the time goes", &summary.reach, "verdict.json"),
            held: format!("{} of {} hold.", summary.held, summary.gates.len()),
            sections: sections(summary),
            assumptions: list(
                "What the figures rest on",
                &summary.assumptions,
                "record.json",
            ),
            circumstances: List {
                title: "Circumstances",
                lines: summary.circumstances.iter().map(circumstance).collect(),
                file: "record.json",
            },
        }
    }

    /// Every scenario and every line.
    fn all(&self, room: Room) -> String {
        let sections: Vec<Piece> = self.sections.iter().map(|one| one.piece(room)).collect();
        [
            self.head.clone(),
            self.next.text(usize::MAX),
            self.why.text(usize::MAX),
            self.waivers.text(usize::MAX),
            self.leftovers.text(usize::MAX),
            self.looks.text(usize::MAX),
            table(&self.rows, usize::MAX),
            self.before.text(usize::MAX),
            self.reach.text(usize::MAX),
            gates(&self.held, &sections, room, usize::MAX),
            self.assumptions.text(usize::MAX),
            closed(&self.circumstances.text(usize::MAX)),
        ]
        .concat()
    }

    /// What fits: the lists in their shares, then as many of the promises as can be, then their gates.
    fn tight(&self) -> String {
        let mut left = MOST_BYTES.saturating_sub(self.head.len() + WORDS);
        let share = left / 13;
        let mut take = |text: String| {
            left = left.saturating_sub(text.len());
            text
        };
        let next = take(self.next.text(2 * share));
        let why = take(self.why.text(2 * share));
        let waivers = take(self.waivers.text(share));
        let leftovers = take(self.leftovers.text(share));
        let looks = take(self.looks.text(2 * share));
        let before = take(self.before.text(share));
        let reach = take(self.reach.text(share));
        let assumptions = take(self.assumptions.text(share));
        let circumstances = take(closed(&self.circumstances.text(share)));
        let rows = table(&self.rows, left);
        left = left.saturating_sub(rows.len());
        let room = Room::OpenGates;
        let sections: Vec<Piece> = self.sections.iter().map(|one| one.piece(room)).collect();
        let gates = gates(&self.held, &sections, room, left);
        let head = self.head.clone();
        [
            head,
            next,
            why,
            waivers,
            leftovers,
            looks,
            rows,
            before,
            reach,
            gates,
            assumptions,
            circumstances,
        ]
        .concat()
    }
}

/// What one inspection looked at, then each finding in one line, and what could not be looked at.
fn look(look: &Look) -> Vec<String> {
    let subject = prose(&look.subject);
    let looked = match look.looked_at.as_str() {
        "" => "nothing could be looked at".to_owned(),
        looked => format!("looked at {}", prose(looked)),
    };
    let found = look.found.iter().map(|found| {
        let example = found.example.as_ref().map_or_else(String::new, |example| {
            format!("; for example {}", prose(example))
        });
        let (place, text, next) = (
            prose(&found.subject),
            prose(&found.text),
            prose(&found.next),
        );
        format!("**{subject}**, {place}: {text}{example}. {next}")
    });
    let missed = look
        .missed
        .iter()
        .map(|missed| format!("**{subject}**: {}", prose(missed)));
    iter::once(format!("**{subject}**: {looked}"))
        .chain(found)
        .chain(missed)
        .collect()
}

fn head(summary: &Summary<'_>) -> String {
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
    out
}

/// The end of the report.
fn closed(text: &str) -> String {
    format!("{}\n", text.trim_end())
}

impl List {
    /// As many of the lines as so many bytes hold.
    fn text(&self, most: usize) -> String {
        if self.lines.is_empty() {
            return String::new();
        }
        let mut out = format!("## {}\n\n", self.title);
        let mut shown = 0;
        for line in &self.lines {
            if line.len() + 3 > most.saturating_sub(out.len()) {
                break;
            }
            let _ = writeln!(out, "- {line}");
            shown += 1;
        }
        let unseen = self.lines.len() - shown;
        if unseen > 0 {
            let _ = writeln!(
                out,
                "- {unseen} more are left out here: see `{}`",
                self.file
            );
        }
        out.push('\n');
        out
    }
}

/// Which pieces so many bytes hold, those of scenarios that do not hold first.
fn fitting(pieces: &[Piece], most: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|at| Reverse(pieces[*at].outcome));
    let mut left = most;
    let mut fits = vec![false; pieces.len()];
    for at in order {
        let Some(rest) = left.checked_sub(pieces[at].text.len()) else {
            break;
        };
        left = rest;
        fits[at] = true;
    }
    fits
}

fn write_fitting(out: &mut String, pieces: &[Piece], most: usize) -> usize {
    let fits = fitting(pieces, most);
    for (piece, _) in pieces.iter().zip(&fits).filter(|(_, fits)| **fits) {
        out.push_str(&piece.text);
    }
    fits.iter().filter(|fits| !**fits).count()
}

fn why(reason: &Reason) -> String {
    let next = reason.next.as_ref();
    format!(
        "**{}**{} {}: {}{}",
        reason.outcome.word(),
        optional(reason.is_required),
        prose(&reason.subject),
        next.map_or_else(String::new, |next| format!("{} ", prose(next))),
        prose(&reason.text)
    )
}

fn optional(is_required: bool) -> &'static str {
    if is_required { "" } else { " (not required)" }
}

fn table(rows: &[Piece], most: usize) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = "## Promised and measured\n\n\
         In brackets stand bounds, 95 % certain in each direction at every look; `-` where there is \
         none (yet).\n\n\
         | scenario | | promised | p50 [bounds] | p95 [bounds] | n | failed | verdict |\n\
         |---|---|---|---|---|--:|--:|---|\n"
        .to_owned();
    let unseen = write_fitting(&mut out, rows, most);
    if unseen > 0 {
        let _ = writeln!(
            out,
            "\n{unseen} more of {} scenarios are left out here: see `verdict.json`",
            rows.len()
        );
    }
    out.push('\n');
    out
}

/// The promise of one scenario, in three lines.
fn figures(row: &Row) -> Piece {
    let mut out = String::new();
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
    Piece {
        outcome: row.outcome,
        text: out,
    }
}

fn gates(held: &str, sections: &[Piece], room: Room, most: usize) -> String {
    if sections.is_empty() {
        return String::new();
    }
    let left_out = match room {
        Room::Ample => "",
        Room::WithoutFigures => " The figures behind them are left out here: see `verdict.json`.",
        Room::OpenGates => {
            " Those that hold, and the figures behind all of them, are left out here: see `verdict.json`."
        }
    };
    let mut out = format!("## Gates\n\n{held}{left_out}\n\n");
    let unseen = write_fitting(&mut out, sections, most);
    if unseen > 0 {
        let _ = writeln!(
            out,
            "The gates of {unseen} more of {} scenarios are left out here: see `verdict.json`.\n",
            sections.len()
        );
    }
    out
}

/// A section for each scenario, and one for the gates of the whole run where there are any.
fn sections(summary: &Summary<'_>) -> Vec<Section> {
    let of_rows = summary.rows.iter().map(|row| section(summary, row));
    let whole = summary.outcome_of_the_run().map(|outcome| {
        let gates = summary.gates_of_the_run();
        Section {
            outcome,
            intro: format!("### {WHOLE_RUN}: {}\n\n", outcome.word()),
            figures: evidence(&gates),
            gates: gates.into_iter().map(gate_row).collect(),
        }
    });
    whole.into_iter().chain(of_rows).collect()
}

fn section(summary: &Summary<'_>, row: &Row) -> Section {
    let mut intro = format!("### {}: {}\n\n", prose(&row.scenario), row.outcome.word());
    let source = prose(&row.promise.source);
    match row.summary.trim() {
        "" => {}
        summary => {
            let _ = writeln!(intro, "{}.", prose(summary.trim_end_matches('.')));
        }
    }
    let _ = writeln!(intro, "The promise stands in: {source}.\n");
    let gates: Vec<&Gate> = summary.gates_of(&row.scenario).collect();
    Section {
        outcome: row.outcome,
        intro,
        figures: evidence(&gates),
        gates: gates.into_iter().map(gate_row).collect(),
    }
}

impl Section {
    fn piece(&self, room: Room) -> Piece {
        let is_shown = |gate: &&Piece| room < Room::OpenGates || gate.outcome != Outcome::Go;
        let rows: Vec<&str> = self
            .gates
            .iter()
            .filter(is_shown)
            .map(|gate| gate.text.as_str())
            .collect();
        let mut text = self.intro.clone();
        if room < Room::OpenGates || !rows.is_empty() {
            let _ = writeln!(
                text,
                "| gate | condition | outcome | why |\n|---|---|---|---|\n{}",
                rows.concat()
            );
        }
        if room == Room::Ample {
            text.push_str(&self.figures);
        }
        Piece {
            outcome: self.outcome,
            text,
        }
    }
}

fn gate_row(gate: &Gate) -> Piece {
    let next = gate.next.as_ref();
    let text = format!(
        "| {} | {} | **{}**{} | {}{} |\n",
        prose(&gate.id),
        prose(&gate.title),
        gate.outcome.word(),
        optional(gate.required),
        next.map_or_else(String::new, |next| format!("{} ", prose(next))),
        prose(&gate.reason)
    );
    Piece {
        outcome: gate.outcome,
        text,
    }
}

/// The figures behind the gates, folded away: they are for who wants to work a gate out again.
fn evidence(gates: &[&Gate]) -> String {
    let mut out = "<details><summary>The figures behind them</summary>\n\n".to_owned();
    for gate in gates.iter().filter(|gate| !gate.facts.is_empty()) {
        let facts: Vec<String> = gate.facts.iter().map(fact).collect();
        let _ = writeln!(out, "- {}: {}", prose(&gate.id), facts.join("; "));
    }
    out.push_str("\n</details>\n\n");
    out
}

fn fact(fact: &Fact) -> String {
    let name = prose(&fact.name);
    match &fact.value {
        FactValue::Text(value) => format!("{name}: {}", prose(value)),
        FactValue::Number { number, unit } => format!("{name} = {}", show_number(*number, *unit)),
    }
}
