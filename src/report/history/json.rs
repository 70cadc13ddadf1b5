//! A history for machines. Times are seconds, changes are relative, and what is infinite is `null`.

use serde::Serialize;

use super::words::word;
use crate::history::{Checked, History, LeftOut, Mark};

/// The version of both forms.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Shown<'h> {
    schema_version: u32,
    #[serde(flatten)]
    history: &'h History,
}

#[derive(Serialize)]
struct Judged<'c> {
    schema_version: u32,
    verdict: &'static str,
    newest: Option<&'c Mark>,
    earlier: usize,
    left_out: &'c [LeftOut],
    rows: Vec<Row<'c>>,
}

#[derive(Serialize)]
struct Row<'c> {
    series: &'c str,
    quantile: &'c str,
    verdict: &'static str,
    value_s: Option<f64>,
    change: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    stored: usize,
    reason: &'c str,
}

/// The runs, the trends and their changes.
#[must_use]
pub fn history_json(history: &History) -> String {
    text(&Shown {
        schema_version: SCHEMA_VERSION,
        history,
    })
}

/// What the newest run comes to.
#[must_use]
pub fn check_json(checked: &Checked) -> String {
    let rows = checked.rows.iter().map(|row| Row {
        series: &row.series,
        quantile: &row.quantile,
        verdict: word(row.verdict),
        value_s: row.value,
        change: row.comparison.map(|found| found.change),
        low: row
            .comparison
            .map(|found| found.low)
            .filter(|low| *low > -1.0),
        high: row.comparison.map(|found| found.high),
        stored: row.stored,
        reason: &row.reason,
    });
    text(&Judged {
        schema_version: SCHEMA_VERSION,
        verdict: word(checked.verdict),
        newest: checked.newest.as_ref(),
        earlier: checked.earlier,
        left_out: &checked.left_out,
        rows: rows.collect(),
    })
}

fn text(form: &impl Serialize) -> String {
    // Its keys are texts, so that this cannot fail.
    serde_json::to_string_pretty(form).unwrap_or_default()
}
