//! What a run that is kept comes to: its verdict, its reports, what is printed, and the exit code.

use std::io::IsTerminal as _;

use console::style;

use super::check_error::CheckError;
use super::complaint::give;
use super::run_folder::RunFolder;
use super::{artefacts, step_summary};
use crate::cli::OutputStyle;
use crate::exit::Exit;
use crate::record::Record;
use crate::report::{Summary, Width, terminal};
use crate::verdict::{Outcome, Verdict, judge};

/// Judges a record that is kept in its folder, writes the reports beside it, and prints the verdict.
///
/// # Errors
/// When a report cannot be written.
pub(super) fn conclude(
    record: &Record,
    folder: &RunFolder,
    style: OutputStyle,
    png: bool,
) -> Result<Exit, CheckError> {
    let verdict = judge(record);
    let summary = Summary::new(record, &verdict);
    artefacts::write_all(&summary, &verdict, &folder.path, png)?;
    step_summary::append(&summary);
    if style.json {
        give(json(&verdict));
    } else if !style.quiet {
        give(for_stdout(&summary));
        folder.tell("report.html", style);
    }
    Ok(exit(record, verdict.verdict))
}

/// A verdict as JSON.
pub(super) fn json(verdict: &Verdict) -> String {
    // Its keys are texts and its numbers finite, so that this cannot fail.
    serde_json::to_string_pretty(verdict).unwrap_or_default()
}

/// The width where there is no terminal.
const PLAIN: u16 = 80;

/// The verdict for a person, as it stands in a file: the same wherever it is made.
pub(super) fn plain(summary: &Summary<'_>) -> String {
    terminal(summary, Width(PLAIN)) + "\n"
}

/// The verdict for a person who reads standard output: as wide as that is, its word in colour where
/// that is wanted.
pub(super) fn for_stdout(summary: &Summary<'_>) -> String {
    let text = terminal(summary, stdout_width());
    let word = summary.outcome.word();
    let styled = match summary.outcome {
        Outcome::Go => style(word).green(),
        Outcome::NoGo => style(word).red(),
        Outcome::GoWithWaivers | Outcome::Inconclusive => style(word).yellow(),
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
        Outcome::Go | Outcome::GoWithWaivers => Exit::Success,
        Outcome::NoGo => Exit::NoGo,
        Outcome::Inconclusive => Exit::Inconclusive,
    }
}

/// The width for several records: that of standard output where they go there.
pub(super) fn width(to_file: bool) -> Width {
    if to_file {
        Width(PLAIN)
    } else {
        stdout_width()
    }
}

/// The terminal's width, 80 where there is none; more than 120 is hard on the eye.
fn stdout_width() -> Width {
    let size = console::Term::stdout().size_checked();
    let columns = size
        .filter(|_| std::io::stdout().is_terminal())
        .map_or(PLAIN, |(_, columns)| columns);
    Width(columns.clamp(60, 120))
}
