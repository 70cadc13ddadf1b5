//! A verdict as it is printed, and the exit code that it comes to.

use std::io::IsTerminal as _;

use console::style;

use crate::exit::Exit;
use crate::record::Record;
use crate::report::{Summary, Width, terminal};
use crate::verdict::{Outcome, Verdict};

/// A verdict as JSON.
pub(super) fn json(verdict: &Verdict) -> String {
    // Its keys are texts and its numbers finite, so that this cannot fail.
    serde_json::to_string_pretty(verdict).unwrap_or_default()
}

/// The verdict for a person: its word in colour where that is wanted.
pub(super) fn text(summary: &Summary<'_>) -> String {
    let text = terminal(summary, width());
    let word = summary.outcome.word();
    let styled = match summary.outcome {
        Outcome::Go => style(word).green(),
        Outcome::NoGo => style(word).red(),
        Outcome::Inconclusive => style(word).yellow(),
    };
    let rest = text.strip_prefix(word).unwrap_or(&text);
    format!("{}{rest}", styled.bold())
}

/// The exit code of a judged record.
pub(super) fn exit(record: &Record, outcome: Outcome) -> Exit {
    match outcome {
        _ if record.interrupted => Exit::Interrupted,
        outcome => outcome_exit(outcome),
    }
}

/// The exit code of an outcome.
pub(super) fn outcome_exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Go => Exit::Success,
        Outcome::NoGo => Exit::NoGo,
        Outcome::Inconclusive => Exit::Inconclusive,
    }
}

/// The terminal's width, 80 where there is none; more than 120 is hard on the eye.
pub(super) fn width() -> Width {
    let size = console::Term::stdout().size_checked();
    let columns = size
        .filter(|_| std::io::stdout().is_terminal())
        .map_or(80, |(_, columns)| columns);
    Width(columns.clamp(60, 120))
}
