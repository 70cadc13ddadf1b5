//! The verdict and its figures for a Prometheus Pushgateway, so that an alert can watch them.
//!
//! The form is Prometheus' text-based exposition format, version 0.0.4, without time stamps, which a
//! Pushgateway refuses. Names keep to Prometheus' "Metric and label naming": base units, the unit last.
//! Everything is a gauge, since a run is over when it is pushed. An outcome is a set of states, of which
//! one is 1. What was not measured has no sample: its absence can be watched, a false 0 could not.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::foreign::visible;
use super::summary::{Bounded, Row, Side, Summary};
use crate::verdict::Outcome;

/// The figures as text.
#[must_use]
pub fn prometheus(summary: &Summary<'_>) -> String {
    let mut out = String::new();
    for family in [
        run(summary),
        started(summary),
        duration(summary),
        verdict(summary),
        gates(summary),
    ] {
        family.write(&mut out);
    }
    for family in latencies(summary).into_iter().chain(speedups(summary)) {
        family.write(&mut out);
    }
    for family in counts(summary) {
        family.write(&mut out);
    }
    out
}

/// One metric with all its samples, which must stand together.
struct Family {
    name: &'static str,
    help: &'static str,
    samples: Vec<(String, f64)>,
}

impl Family {
    fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            samples: Vec::new(),
        }
    }

    fn add(&mut self, labels: &[(&str, &str)], value: f64) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        self.samples.push((labels.join(","), value));
    }

    /// A sample of each number that there is.
    fn add_known(&mut self, labels: &[(&str, &str)], value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.add(labels, value);
        }
    }

    /// One sample a state: 1 for the one that holds.
    fn add_outcome(&mut self, labels: &[(&str, &str)], outcome: Outcome) {
        for (state, name) in [
            (Outcome::Go, "go"),
            (Outcome::NoGo, "no_go"),
            (Outcome::Inconclusive, "inconclusive"),
        ] {
            let labels = [labels, &[("outcome", name)]].concat();
            self.add(&labels, f64::from(u8::from(state == outcome)));
        }
    }

    /// The same labels twice would make a Pushgateway refuse everything, so the first stands.
    fn write(&self, out: &mut String) {
        if self.samples.is_empty() {
            return;
        }
        let (name, help) = (self.name, self.help);
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
        let mut seen = HashSet::new();
        for (labels, value) in &self.samples {
            if !seen.insert(labels) {
                continue;
            }
            let _ = match labels.as_str() {
                "" => writeln!(out, "{name} {value}"),
                labels => writeln!(out, "{name}{{{labels}}} {value}"),
            };
        }
    }
}

/// A label's value: backslash, quote and line feed have escapes, and nothing acts on who reads it.
fn escaped(foreign: &str) -> String {
    visible(foreign).replace('\\', "\\\\").replace('"', "\\\"")
}

fn run(summary: &Summary<'_>) -> Family {
    let record = summary.record;
    let mut family = Family::new(
        "cutover_run_info",
        "The run that the other metrics are of; always 1.",
    );
    let is_simulated = summary.simulated.is_some().to_string();
    family.add(
        &[
            ("run", &record.run),
            ("seed", &record.seed.to_string()),
            ("simulated", &is_simulated),
            ("version", &record.tool.version),
        ],
        1.0,
    );
    family
}

fn started(summary: &Summary<'_>) -> Family {
    let mut family = Family::new(
        "cutover_run_start_timestamp_seconds",
        "When the run began, in seconds since 1970.",
    );
    let started = summary.record.started.parse::<jiff::Timestamp>().ok();
    family.add_known(
        &[],
        started.map(|at| at.duration_since(jiff::Timestamp::UNIX_EPOCH).as_secs_f64()),
    );
    family
}

fn duration(summary: &Summary<'_>) -> Family {
    let mut family = Family::new("cutover_run_duration_seconds", "How long the run took.");
    family.add_known(&[], Some(summary.record.elapsed_s));
    family
}

fn verdict(summary: &Summary<'_>) -> Family {
    let mut family = Family::new(
        "cutover_verdict",
        "What the run comes to: 1 for the outcome, 0 for the others.",
    );
    family.add_outcome(&[], summary.outcome);
    // No gate comes to this, only a run.
    let waived = summary.outcome == Outcome::GoWithWaivers;
    let labels = [("outcome", "go_with_waivers")];
    family.add(&labels, f64::from(u8::from(waived)));
    family
}

fn gates(summary: &Summary<'_>) -> Family {
    let mut family = Family::new(
        "cutover_gate_outcome",
        "What each gate comes to: 1 for the outcome, 0 for the others.",
    );
    for gate in &summary.gates {
        let required = gate.required.to_string();
        let labels = [
            ("scenario", gate.scenario.as_str()),
            ("gate", &gate.id),
            ("required", &required),
        ];
        family.add_outcome(&labels, gate.outcome);
    }
    family
}

/// A figure's point and its bounds are three metrics with the same labels.
struct Figures([Family; 3]);

impl Figures {
    fn add(&mut self, labels: &[(&str, &str)], figure: &Bounded) {
        let values = [figure.point, figure.low, figure.high];
        for (family, value) in self.0.iter_mut().zip(values) {
            family.add_known(labels, value);
        }
    }
}

fn latencies(summary: &Summary<'_>) -> [Family; 3] {
    let mut figures = Figures([
        Family::new(
            "cutover_latency_seconds",
            "The latency at a quantile, by scenario and side.",
        ),
        Family::new(
            "cutover_latency_lower_bound_seconds",
            "The lower bound of the latency at a quantile.",
        ),
        Family::new(
            "cutover_latency_upper_bound_seconds",
            "The upper bound of the latency at a quantile.",
        ),
    ]);
    for row in &summary.rows {
        for (side, found) in sides(row) {
            for (quantile, figure) in [("0.5", &found.p50), ("0.95", &found.p95)] {
                let labels = [
                    ("scenario", row.scenario.as_str()),
                    ("side", side),
                    ("quantile", quantile),
                ];
                figures.add(&labels, figure);
            }
        }
    }
    figures.0
}

fn speedups(summary: &Summary<'_>) -> [Family; 3] {
    let mut figures = Figures([
        Family::new(
            "cutover_speedup_ratio",
            "How many times faster the candidate is at a quantile.",
        ),
        Family::new(
            "cutover_speedup_lower_bound_ratio",
            "The lower bound of the speedup at a quantile.",
        ),
        Family::new(
            "cutover_speedup_upper_bound_ratio",
            "The upper bound of the speedup at a quantile.",
        ),
    ]);
    for row in &summary.rows {
        for (quantile, figure) in [("0.5", &row.speedup_p50), ("0.95", &row.speedup_p95)] {
            let labels = [("scenario", row.scenario.as_str()), ("quantile", quantile)];
            figures.add(&labels, figure);
        }
    }
    figures.0
}

fn counts(summary: &Summary<'_>) -> [Family; 3] {
    let mut iterations = Family::new(
        "cutover_iterations",
        "Iterations of the run, failed ones included.",
    );
    let mut failed = Family::new(
        "cutover_failed_iterations",
        "Iterations that failed, as the gate of the expectations counts them.",
    );
    let mut rate_limited = Family::new(
        "cutover_rate_limited_responses",
        "Answers with the status 429.",
    );
    for row in &summary.rows {
        for (side, found) in sides(row) {
            let labels = [("scenario", row.scenario.as_str()), ("side", side)];
            iterations.add(&labels, found.iterations as f64);
            failed.add_known(&labels, Some(found.failed));
            rate_limited.add_known(&labels, limited(summary, row, side));
        }
    }
    [iterations, failed, rate_limited]
}

/// As the gate about them counted.
fn limited(summary: &Summary<'_>, row: &Row, side: &str) -> Option<f64> {
    let mut gates = summary.gates_of(&row.scenario);
    let gate = gates.find(|gate| gate.id == "no-429")?;
    gate.number(&format!("rate_limited_{side}"))
}

fn sides(row: &Row) -> [(&'static str, &Side); 2] {
    [("baseline", &row.baseline), ("candidate", &row.candidate)]
}
