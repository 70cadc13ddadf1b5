//! What a person or a CI system reads of a comparison of two builds.
//!
//! Whoever opened a pull request has one question: may it be merged? So each format begins with the
//! verdict and the row that decides it, and each row says how large the change is, between which bounds
//! it lies, and what this run could not have seen: an OK of a run that sees nothing is no comfort.
//!
//! ```text
//! blocks.json + its verdict -> Cells of each row -> terminal | markdown | html    for people
//!                                                -> junit | annotations           for CI systems
//! ```
//!
//! Names come from scenario files and from other programs, so none of them may act: not on a terminal,
//! not as markup, and not as a command of the CI's log.

mod annotations;
mod cells;
mod circumstances;
mod junit;
mod markdown;
mod terminal;

pub use annotations::regression_annotations;
pub use junit::regression_junit;
pub use markdown::regression_markdown;
pub use terminal::regression_terminal;

pub(super) use cells::{Cells, HEADER, LEGEND};
pub(super) use circumstances::{circumstances, simulated};

use super::foreign::cut;
use crate::verdict::{Judged, Regression, RegressionRow};

/// The text on one line and in bounds, as [`super::foreign::brief`]; the evidence is another file here.
fn brief(text: &str) -> String {
    let (shown, left) = cut(text.trim());
    shown + &note(left)
}

/// What stands behind a text of which so many characters are not shown.
fn note(left: usize) -> String {
    match left {
        0 => String::new(),
        left => format!(" … {left} more characters: see `blocks.json`"),
    }
}

/// Whether the exit code is 0.
fn passes(judged: Judged) -> bool {
    match judged {
        Judged::Ok | Judged::Improvement => true,
        Judged::Regression | Judged::Inconclusive => false,
    }
}

/// The rows that are worth a word, the worst first; otherwise as they come.
pub(super) fn worth_a_word(found: &Regression) -> Vec<&RegressionRow> {
    let mut rows: Vec<&RegressionRow> = found.rows.iter().collect();
    rows.retain(|row| row.verdict != Judged::Ok);
    rows.sort_by_key(|row| match row.verdict {
        Judged::Regression => 0,
        Judged::Inconclusive => 1,
        Judged::Improvement | Judged::Ok => 2,
    });
    rows
}
