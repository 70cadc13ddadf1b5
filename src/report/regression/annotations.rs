//! Annotations: what GitHub shows beside a pull request, taken from the log of a job.
//!
//! A line `::error title=T::M` is a command to GitHub's runner. Its values are escaped as GitHub's own
//! `actions/toolkit` does it (`packages/core/src/command.ts`); a text of somebody else is on one line
//! already, so none can begin a command of its own. GitHub shows ten of a kind for a step: the worst are
//! told, and the last line says how many more there are.

use std::fmt::Write as _;

use super::{brief, passes, worth_a_word};
use crate::verdict::{Judged, Regression, RegressionRow};

/// Lines at most.
const MOST: usize = 10;

/// A command for each row that is worth a line, the worst first, at most ten; nothing when all is OK.
#[must_use]
pub fn regression_annotations(found: &Regression) -> String {
    let rows = worth_a_word(found);
    let mut out = String::new();
    // Of a run without a row that says why, the sentence does.
    if !passes(found.verdict) && rows.iter().all(|row| passes(row.verdict)) {
        line(
            &mut out,
            found.verdict,
            found.verdict.word(),
            &brief(&found.sentence),
        );
    }
    let room = MOST - out.lines().count();
    let shown = if rows.len() > room {
        room - 1
    } else {
        rows.len()
    };
    for row in &rows[..shown] {
        let title = format!("{} {} {}", row.verdict.word(), row.scenario, row.measure);
        line(&mut out, row.verdict, &title, &message(row));
    }
    if let Some(next) = rows.get(shown) {
        let more = format!("{} more: see the report", rows.len() - shown);
        line(
            &mut out,
            next.verdict,
            &format!("{} and more", next.verdict.word()),
            &more,
        );
    }
    out
}

/// Why, and then what to do.
fn message(row: &RegressionRow) -> String {
    let reason = brief(&row.reason);
    match &row.next {
        Some(next) => format!("{}. {}", reason.trim_end_matches('.'), brief(next)),
        None => reason,
    }
}

fn line(out: &mut String, judged: Judged, title: &str, message: &str) {
    let kind = match judged {
        Judged::Regression => "error",
        Judged::Inconclusive => "warning",
        Judged::Ok | Judged::Improvement => "notice",
    };
    let title = data(&brief(title)).replace(':', "%3A").replace(',', "%2C");
    let _ = writeln!(out, "::{kind} title={title}::{}", data(message));
}

/// A message: what it escapes comes first, so that nothing is undone twice.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
