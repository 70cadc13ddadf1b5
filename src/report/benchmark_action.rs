//! The candidate's figures for github-action-benchmark, which keeps a chart over commits and warns of a
//! figure that grows: its tool `customSmallerIsBetter`.
//!
//! The list holds only what is better when it is smaller: the candidate's latencies and its failures.
//! The speedup grows, and the baseline is a yardstick, of which nothing is better or worse. A figure that
//! was not measured is left out; the action refuses an empty list, which is right where nothing was
//! measured at all.

use serde_json::{Value, json};

use super::foreign::visible;
use super::summary::{Bounded, Row, Summary};

/// The list as JSON.
#[must_use]
pub fn benchmark_action(summary: &Summary<'_>) -> String {
    let entries: Vec<Value> = summary
        .rows
        .iter()
        .flat_map(|row| entries(summary, row))
        .collect();
    format!("{:#}\n", Value::Array(entries))
}

fn entries(summary: &Summary<'_>, row: &Row) -> Vec<Value> {
    let side = &row.candidate;
    let scenario = visible(&row.scenario);
    let mut extra = format!(
        "{}, {} iterations, promised {}, run {}",
        row.outcome.word(),
        side.iterations,
        row.promise.after,
        visible(&summary.run)
    );
    if summary.simulated.is_some() {
        extra += ", Notion was simulated";
    }
    let latency = |quantile: &str, figure: &Bounded| {
        let value = milliseconds(figure.point?)?;
        let mut entry = json!({
            "name": format!("{scenario}: candidate {quantile}"),
            "unit": "ms",
            "value": value,
            "extra": extra,
        });
        if let Some(range) = range(figure) {
            entry["range"] = range.into();
        }
        Some(entry)
    };
    let failures = || {
        (side.iterations > 0 && side.failed.is_finite()).then(|| {
            json!({
                "name": format!("{scenario}: candidate failures"),
                "unit": "iterations",
                "value": side.failed,
                "extra": extra,
            })
        })
    };
    [
        latency("p50", &side.p50),
        latency("p95", &side.p95),
        failures(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The bounds in words, those that there are.
fn range(figure: &Bounded) -> Option<String> {
    let shown = |bound: Option<f64>| bound.and_then(milliseconds);
    match (shown(figure.low), shown(figure.high)) {
        (Some(low), Some(high)) => Some(format!("{low}..{high}")),
        (Some(low), None) => Some(format!("at least {low}")),
        (None, Some(high)) => Some(format!("at most {high}")),
        (None, None) => None,
    }
}

/// Milliseconds to the nanosecond; `None` where they are beyond any number.
fn milliseconds(seconds: f64) -> Option<f64> {
    let milliseconds = (seconds * 1e9).round() / 1e6;
    milliseconds.is_finite().then_some(milliseconds)
}
