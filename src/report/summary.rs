//! Everything that the renderers show, worked out once from a record and its verdict.

use crate::promise::Promise;
use crate::record::{self, PostgresFacts, Record, ScenarioRecord, World};
use crate::stats::{Speedup, SpeedupTest};
use crate::units::show_duration;
use crate::verdict::{Gate, Outcome, Verdict, scenario_outcome};

/// A run as it is shown.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The run's name.
    pub run: String,
    /// The command that made it.
    pub command: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The outcome in one sentence.
    pub sentence: String,
    /// What to do next.
    pub next: Vec<String>,
    /// Says that the Notion of a sandbox is simulated; `None` for live targets.
    pub simulated: Option<String>,
    /// One row a scenario.
    pub rows: Vec<Row>,
    /// Every gate.
    pub gates: Vec<Gate>,
    /// Whether the promised `before` was true, a sentence a scenario.
    pub before: Vec<String>,
    /// What the figures rest on, one line each.
    pub assumptions: Vec<String>,
    /// Who measured what, where: a name and a text.
    pub circumstances: Vec<(&'static str, String)>,
    /// Objects that may still be on a target.
    pub leftovers: Vec<String>,
}

/// One scenario as it is shown.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name.
    pub scenario: String,
    /// What it stands for.
    pub summary: String,
    /// The outcome of its required gates.
    pub outcome: Outcome,
    /// What was promised.
    pub promise: Promise,
    /// The baseline's latency.
    pub baseline: Side,
    /// The candidate's latency.
    pub candidate: Side,
    /// The speedup at p50.
    pub speedup_p50: Bounded,
    /// The speedup at p95.
    pub speedup_p95: Bounded,
}

/// One side's latency, in seconds.
#[derive(Debug, Clone)]
pub struct Side {
    /// Iterations, failures included.
    pub iterations: usize,
    /// Failed iterations.
    pub failed: usize,
    /// The median.
    pub p50: Bounded,
    /// The 95th percentile.
    pub p95: Bounded,
}

/// A figure with its bounds; `None` where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounded {
    /// The point estimate.
    pub point: Option<f64>,
    /// The lower bound.
    pub low: Option<f64>,
    /// The upper bound.
    pub high: Option<f64>,
}

impl Bounded {
    /// Infinite bounds become none; so does the trivial lower bound of 0.
    fn new(point: Option<f64>, low: f64, high: f64) -> Self {
        Self {
            point,
            low: Some(low).filter(|low| *low > 0.0),
            high: Some(high).filter(|high| high.is_finite()),
        }
    }
}

impl Summary {
    /// Works out what is shown.
    #[must_use]
    pub fn new(record: &Record, verdict: &Verdict) -> Self {
        Self {
            run: record.run.clone(),
            command: record.command.clone(),
            outcome: verdict.verdict,
            sentence: verdict.sentence.clone(),
            next: verdict.next.clone(),
            simulated: simulated(record),
            rows: record
                .scenarios
                .iter()
                .map(|scenario| row(scenario, verdict))
                .collect(),
            gates: verdict.gates.clone(),
            before: verdict
                .before
                .iter()
                .map(|claim| claim.sentence.clone())
                .collect(),
            assumptions: assumptions(record),
            circumstances: circumstances(record),
            leftovers: record.leftovers.clone(),
        }
    }
}

fn row(scenario: &ScenarioRecord, verdict: &Verdict) -> Row {
    let baseline = scenario.samples(record::Side::Baseline);
    let candidate = scenario.samples(record::Side::Candidate);
    let test = SpeedupTest::new(&baseline, &candidate);
    let promised = scenario.promise.speedup.low();
    let (p50, p95) = (test.at(0.50, promised), test.at(0.95, promised));
    let gates: Vec<Gate> = verdict
        .gates
        .iter()
        .filter(|gate| gate.scenario == scenario.name)
        .cloned()
        .collect();
    let baseline_of =
        |at: &Speedup| Bounded::new(at.baseline_point, at.baseline_lo, at.baseline_hi);
    let candidate_of =
        |at: &Speedup| Bounded::new(at.candidate_point, at.candidate_lo, at.candidate_hi);
    let speedup_of = |at: &Speedup| Bounded::new(at.ratio_point, at.ratio_lo, at.ratio_hi);
    Row {
        scenario: scenario.name.clone(),
        summary: scenario.summary.clone(),
        outcome: scenario_outcome(&gates),
        promise: scenario.promise.clone(),
        baseline: Side {
            iterations: baseline.len(),
            failed: baseline.len() - test.baseline().successful().len(),
            p50: baseline_of(&p50),
            p95: baseline_of(&p95),
        },
        candidate: Side {
            iterations: candidate.len(),
            failed: candidate.len() - test.candidate().successful().len(),
            p50: candidate_of(&p50),
            p95: candidate_of(&p95),
        },
        speedup_p50: speedup_of(&p50),
        speedup_p95: speedup_of(&p95),
    }
}

fn simulated(record: &Record) -> Option<String> {
    let World::Sandbox(sandbox) = &record.world else {
        return None;
    };
    Some(format!(
        "The Notion in this run is simulated, with the latency profile `{}`: the verdict is about \
         these assumptions, not about the real service.",
        sandbox.profile.name
    ))
}

fn assumptions(record: &Record) -> Vec<String> {
    let World::Sandbox(sandbox) = &record.world else {
        return vec!["Live targets: no latency is assumed.".to_owned()];
    };
    let mut lines = vec![format!(
        "latency profile `{}`: {}",
        sandbox.profile.name, sandbox.profile.source
    )];
    lines.extend(sandbox.profile.assumptions.iter().cloned());
    lines.push(postgres(&sandbox.postgres));
    if let Some(notion) = &sandbox.notion {
        lines.push(format!(
            "simulated Notion: limit {}; it counted {} requests, {} answered with 429, and {} in \
             its busiest 60 s",
            notion.limit, notion.requests, notion.rate_limited, notion.busiest_minute
        ));
    }
    lines
}

fn postgres(facts: &PostgresFacts) -> String {
    let filesystem = match facts.filesystem.as_deref() {
        Some("tmpfs") => ", data on tmpfs, where fsync does nothing".to_owned(),
        Some(name) => format!(", data on {name}"),
        None => String::new(),
    };
    format!(
        "PostgreSQL {} ({}); {}{filesystem}",
        facts.version,
        facts.origin,
        facts.durability.join(", ")
    )
}

fn circumstances(record: &Record) -> Vec<(&'static str, String)> {
    let machine = &record.machine;
    let commit = record.tool.commit.as_deref().unwrap_or("none");
    let target = |target: &record::TargetFacts| format!("{} ({})", target.base_url, target.driver);
    let spent: u64 = record
        .scenarios
        .iter()
        .flat_map(|scenario| &scenario.baseline)
        .map(|iteration| u64::from(iteration.notion_requests))
        .sum();
    let elapsed = std::time::Duration::from_secs_f64(record.elapsed_s.max(0.0).round());
    vec![
        ("started", record.started.clone()),
        ("took", show_duration(elapsed)),
        ("seed", record.seed.to_string()),
        ("baseline", target(&record.baseline)),
        ("candidate", target(&record.candidate)),
        (
            "budget",
            format!(
                "{} less {} % headroom; {spent} Notion requests in timed iterations",
                record.budget.rate,
                record.budget.headroom * 100.0
            ),
        ),
        (
            "machine",
            format!(
                "{} {}, {} cores{}",
                machine.os,
                machine.arch,
                machine.cores,
                machine
                    .cpu
                    .as_ref()
                    .map_or_else(String::new, |cpu| format!(", {cpu}"))
            ),
        ),
        (
            "harness",
            format!(
                "cutover {} ({}), commit {commit}",
                record.tool.version, record.tool.build
            ),
        ),
    ]
}
