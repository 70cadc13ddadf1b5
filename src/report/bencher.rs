//! The figures for Bencher, a service that follows benchmarks over commits: Bencher Metric Format
//! (BMF) JSON, for its adapter `json`.
//!
//! A benchmark is a side of a scenario, `NAME/SIDE`. Bencher's own measure `latency` is in
//! nanoseconds, and here it is the median; `latency-p95` is in nanoseconds too. The candidate has two
//! measures more, `speedup-p50` and `speedup-p95`: how many times faster it is than the baseline. Bounds
//! are `lower_value` and `upper_value`. `failures` counts failed iterations. What was not measured is left
//! out, because the format has no word for it.

use serde_json::{Map, Value, json};

use super::foreign::visible;
use super::names::distinct;
use super::summary::{Bounded, Side, Summary};

/// The longest name of a benchmark that Bencher takes, in characters.
const LONGEST_NAME: usize = 1024;
const NANOSECONDS: f64 = 1e9;

/// The figures as BMF JSON.
#[must_use]
pub fn bencher(summary: &Summary<'_>) -> String {
    let mut benchmarks = Map::new();
    let names = distinct(summary.rows.iter().map(|row| visible(&row.scenario)), '~');
    for (row, shown) in summary.rows.iter().zip(&names) {
        let mut candidate = measures(&row.candidate);
        measure(&mut candidate, "speedup-p50", &row.speedup_p50, 1.0);
        measure(&mut candidate, "speedup-p95", &row.speedup_p95, 1.0);
        let sides = [
            ("/baseline", measures(&row.baseline)),
            ("/candidate", candidate),
        ];
        for (side, measures) in sides {
            if !measures.is_empty() {
                let name = shown.chars().take(LONGEST_NAME - side.len());
                benchmarks.insert(name.chain(side.chars()).collect(), measures.into());
            }
        }
    }
    format!("{:#}\n", Value::Object(benchmarks))
}

fn measures(side: &Side) -> Map<String, Value> {
    let mut measures = Map::new();
    measure(&mut measures, "latency", &side.p50, NANOSECONDS);
    measure(&mut measures, "latency-p95", &side.p95, NANOSECONDS);
    if side.iterations > 0 && side.failed.is_finite() {
        measures.insert("failures".to_owned(), json!({ "value": side.failed }));
    }
    measures
}

/// A figure in the unit of its measure; one without a point is left out, for `value` is required.
fn measure(measures: &mut Map<String, Value>, name: &str, figure: &Bounded, scale: f64) {
    let number = |number: Option<f64>| {
        let scaled = number.map(|number| number * scale)?;
        // Parts of a nanosecond are noise of the multiplication.
        let exact = if scale > 1.0 { scaled.round() } else { scaled };
        serde_json::Number::from_f64(exact)
    };
    let Some(value) = number(figure.point) else {
        return;
    };
    let mut metric = Map::from_iter([("value".to_owned(), value.into())]);
    let bounds = [("lower_value", figure.low), ("upper_value", figure.high)];
    for (name, bound) in bounds {
        if let Some(bound) = number(bound) {
            metric.insert(name.to_owned(), bound.into());
        }
    }
    measures.insert(name.to_owned(), metric.into());
}
