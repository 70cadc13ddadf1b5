//! What all rows come to, in a word and in a sentence.

use super::{Judged, RegressionRow};
use crate::figure::{self, Rounding};
use crate::record::BlockRecord;

pub(super) fn verdict(record: &BlockRecord, rows: &[RegressionRow]) -> Judged {
    let any = |verdict| rows.iter().any(|row| row.verdict == verdict);
    if any(Judged::Regression) {
        Judged::Regression
    } else if rows.is_empty() || any(Judged::Inconclusive) || record.interrupted {
        Judged::Inconclusive
    } else if any(Judged::Improvement) {
        Judged::Improvement
    } else {
        Judged::Ok
    }
}

/// What it is, and the row that decides it.
pub(super) fn sentence(record: &BlockRecord, rows: &[RegressionRow], verdict: Judged) -> String {
    let of_verdict: Vec<&RegressionRow> =
        rows.iter().filter(|row| row.verdict == verdict).collect();
    let Some(row) = of_verdict.first() else {
        return without_a_row(record, rows, verdict);
    };
    let margin = figure::share(record.settings.margin, Rounding::Nearest);
    let (name, reason) = (&row.scenario, &row.reason);
    let others = match (verdict, of_verdict.len() - 1) {
        (Judged::Ok, _) | (_, 0) => String::new(),
        (_, others) => format!(" (and {})", figure::count(others, "other row")),
    };
    match verdict {
        Judged::Regression => format!("The new build is worse: `{name}`: {reason}{others}."),
        Judged::Improvement => {
            format!(
                "The new build is faster, and nowhere slower by {margin}: `{name}`: {reason}{others}."
            )
        }
        Judged::Inconclusive if record.interrupted => {
            format!("This run was interrupted and does not decide: `{name}`: {reason}{others}.")
        }
        Judged::Inconclusive => format!("This run does not decide: `{name}`: {reason}{others}."),
        Judged::Ok => format!(
            "The new build is nowhere slower by {margin}: {} in {}.",
            figure::count(rows.len(), "row"),
            figure::count(record.blocks(), "block")
        ),
    }
}

/// Nothing was compared, or a run that was ended from outside decided all that it had.
fn without_a_row(record: &BlockRecord, rows: &[RegressionRow], verdict: Judged) -> String {
    match verdict {
        _ if rows.is_empty() => "This run does not decide: nothing was compared.".to_owned(),
        _ => format!(
            "This run does not decide: it was interrupted after {} of {} blocks.",
            record.blocks(),
            record.settings.blocks
        ),
    }
}
