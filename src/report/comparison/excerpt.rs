//! What a comparison keeps of one run, owned: the record of a million iterations, and the charts of
//! it, can be let go before the next one is read.

use crate::figure::list;
use crate::report::figure::{bounded_ratio, bounded_seconds};
use crate::report::summary::{Reason, Row, Side, Summary, WHOLE_RUN};
use crate::verdict::{Gate, Outcome};

/// What a comparison keeps of one run.
#[derive(Debug, Clone)]
pub struct Excerpt {
    pub(super) run: String,
    pub(super) started: String,
    pub(super) command: String,
    pub(super) outcome: Outcome,
    pub(super) headline: String,
    pub(super) reason: Option<String>,
    /// What its figures may differ from another run's for: a name and a text.
    pub(super) facts: Vec<(String, String)>,
    pub(super) scenarios: Vec<ScenarioExcerpt>,
}

/// One scenario of it.
#[derive(Debug, Clone)]
pub(super) struct ScenarioExcerpt {
    pub(super) name: String,
    pub(super) outcome: Outcome,
    /// Its figures and its gates: a name and a text.
    pub(super) lines: Vec<(String, String)>,
}

impl Excerpt {
    /// Takes what is needed out of a summary.
    #[must_use]
    pub fn new(summary: &Summary<'_>) -> Self {
        Self {
            run: summary.run.clone(),
            started: summary.record.started.clone(),
            command: summary.command.clone(),
            outcome: summary.outcome,
            headline: summary.headline.clone(),
            reason: first_reason(summary),
            facts: facts(summary),
            scenarios: summary
                .rows
                .iter()
                .map(|row| scenario(row, summary))
                .chain(whole_run(summary))
                .collect(),
        }
    }
}

/// The first of the reasons that cost the GO; the others stand in the run's own report.
fn first_reason(summary: &Summary<'_>) -> Option<String> {
    let costs = |reason: &&Reason| summary.outcome != Outcome::Go && reason.is_required;
    let reason = summary.why.iter().find(costs)?;
    let word = reason.outcome.word();
    Some(format!("{word} {}: {}", reason.subject, reason.text))
}

/// Circumstances that every run has of its own.
const ALWAYS_UNLIKE: [&str; 2] = ["started", "took"];

/// What was asked of the run, and the circumstances that it was made in.
fn facts(summary: &Summary<'_>) -> Vec<(String, String)> {
    let settings = &summary.record.gates;
    let live = || "live".to_owned();
    let mut required = settings.required.clone();
    required.sort();
    required.dedup();
    let names: Vec<String> = summary
        .rows
        .iter()
        .map(|row| row.scenario.clone())
        .collect();
    let mut facts: Vec<(String, String)> = [
        ("required gates", or_none(list(&required))),
        ("scenarios", or_none(list(&names))),
        (
            "cap on baseline iterations",
            settings.max_baseline_iterations.to_string(),
        ),
        ("cap on writes", settings.max_writes.to_string()),
        (
            "candidate iterations for each of the baseline",
            settings.candidate_per_baseline.to_string(),
        ),
    ]
    .map(|(what, value)| (what.to_owned(), value))
    .to_vec();
    facts.extend(summary.rows.iter().map(promise));
    facts.push((
        "world".to_owned(),
        summary.simulated.clone().unwrap_or_else(live),
    ));
    let circumstances = summary.circumstances.iter();
    facts.extend(
        circumstances
            .filter(|(what, _)| !ALWAYS_UNLIKE.contains(what))
            .map(|(what, value)| ((*what).to_owned(), value.clone())),
    );
    facts
}

fn or_none(text: String) -> String {
    if text.is_empty() {
        "none".to_owned()
    } else {
        text
    }
}

fn promise(row: &Row) -> (String, String) {
    let promise = &row.promise;
    let what = format!("promise of {}", row.scenario);
    let value = format!(
        "before {}, after {}, speedup {}",
        promise.before, promise.after, promise.speedup
    );
    (what, value)
}

fn whole_run(summary: &Summary<'_>) -> Option<ScenarioExcerpt> {
    let outcome = summary.outcome_of_the_run()?;
    Some(ScenarioExcerpt {
        name: WHOLE_RUN.to_owned(),
        outcome,
        lines: summary.gates_of_the_run().into_iter().map(gate).collect(),
    })
}

fn scenario(row: &Row, summary: &Summary<'_>) -> ScenarioExcerpt {
    let count = |side: &Side| match side.failed {
        failed if failed > 0.0 => format!("{} ({failed:.0} failed)", side.iterations),
        _ => side.iterations.to_string(),
    };
    let (promise, baseline, candidate) = (&row.promise, &row.baseline, &row.candidate);
    let mut lines: Vec<(String, String)> = [
        ("promised before", promise.before.to_string()),
        ("before p50", bounded_seconds(&baseline.p50)),
        ("before p95", bounded_seconds(&baseline.p95)),
        ("before n", count(baseline)),
        ("promised after", promise.after.to_string()),
        ("after p50", bounded_seconds(&candidate.p50)),
        ("after p95", bounded_seconds(&candidate.p95)),
        ("after n", count(candidate)),
        ("promised speedup", promise.speedup.to_string()),
        ("speedup p50", bounded_ratio(&row.speedup_p50)),
        ("speedup p95", bounded_ratio(&row.speedup_p95)),
    ]
    .map(|(what, value)| (what.to_owned(), value))
    .to_vec();
    lines.extend(summary.gates_of(&row.scenario).map(gate));
    ScenarioExcerpt {
        name: row.scenario.clone(),
        outcome: row.outcome,
        lines,
    }
}

/// Gates are data: one that this has never heard of is shown like any other.
fn gate(gate: &Gate) -> (String, String) {
    let word = gate.outcome.word();
    let outcome = if gate.required {
        word.to_owned()
    } else {
        format!("{word} (not required)")
    };
    (format!("gate {}", gate.id), outcome)
}
