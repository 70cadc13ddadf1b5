//! Everything that the renderers show, worked out once from a record and its verdict.

use super::why::{Reason, reasons};
use crate::promise::Promise;
use crate::record::{self, PostgresFacts, Record, ScenarioRecord, Stopped, World};
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
    /// The outcome in a few words.
    pub headline: String,
    /// The outcome in one sentence.
    pub sentence: String,
    /// What to do next.
    pub next: Vec<String>,
    /// Says that the Notion of a sandbox is simulated; `None` for live targets.
    pub simulated: Option<String>,
    /// One row a scenario.
    pub rows: Vec<Row>,
    /// Why it is not GO, the cause before what follows of it.
    pub why: Vec<Reason>,
    /// How many of the gates hold.
    pub held: usize,
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
    /// Failed iterations, as the gate of the expectations counts them.
    pub failed: f64,
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
    /// The trivial lower bound of 0 becomes none.
    fn new(point: Option<f64>, low: Option<f64>, high: Option<f64>) -> Self {
        Self {
            point,
            low: low.filter(|low| *low > 0.0),
            high,
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
            headline: headline(record, verdict),
            sentence: verdict.sentence.clone(),
            next: verdict.next.clone(),
            simulated: simulated(record),
            rows: record
                .scenarios
                .iter()
                .map(|scenario| row(scenario, verdict))
                .collect(),
            why: reasons(record, &verdict.gates),
            held: verdict
                .gates
                .iter()
                .filter(|gate| gate.outcome == Outcome::Go)
                .count(),
            gates: verdict.gates.clone(),
            before: verdict
                .before
                .iter()
                .map(|claim| format!("{}: {}", claim.scenario, claim.sentence))
                .collect(),
            assumptions: assumptions(record),
            circumstances: circumstances(record),
            leftovers: record.leftovers.clone(),
        }
    }
}

fn headline(record: &Record, verdict: &Verdict) -> String {
    let stopped_early = |one: &ScenarioRecord| one.stopped == Stopped::Interrupted;
    let words = match verdict.verdict {
        Outcome::Go => "every required gate holds",
        Outcome::NoGo => "a required gate is refuted",
        Outcome::Inconclusive
            if record.interrupted || record.scenarios.iter().any(stopped_early) =>
        {
            "the run was interrupted"
        }
        Outcome::Inconclusive => "the evidence does not decide",
    };
    let simulated = if verdict.notion_is_simulated {
        " (Notion was simulated)"
    } else {
        ""
    };
    format!("{words}{simulated}")
}

/// The figures are those that the gates rest on, and are not worked out again.
fn row(scenario: &ScenarioRecord, verdict: &Verdict) -> Row {
    let gates: Vec<Gate> = verdict
        .gates
        .iter()
        .filter(|gate| gate.scenario == scenario.name)
        .cloned()
        .collect();
    let gate = |id: &str| gates.iter().find(|gate| gate.id == id);
    let (p50, p95) = (gate("speedup-p50"), gate("speedup-p95"));
    let side = |side: record::Side| Side {
        iterations: scenario.side(side).len(),
        failed: gate("expectations")
            .and_then(|gate| gate.number(&format!("failed_{}", side.name())))
            .unwrap_or_default(),
        p50: p50.map_or_else(Bounded::default, |gate| latency(gate, side)),
        p95: p95.map_or_else(Bounded::default, |gate| latency(gate, side)),
    };
    Row {
        scenario: scenario.name.clone(),
        summary: scenario.summary.clone(),
        outcome: scenario_outcome(&gates),
        promise: scenario.promise.clone(),
        baseline: side(record::Side::Baseline),
        candidate: side(record::Side::Candidate),
        speedup_p50: p50.map_or_else(Bounded::default, speedup),
        speedup_p95: p95.map_or_else(Bounded::default, speedup),
    }
}

fn latency(gate: &Gate, side: record::Side) -> Bounded {
    let number = |what: &str| gate.number(&format!("{}_{what}", side.name()));
    Bounded::new(number("point"), number("lo"), number("hi"))
}

fn speedup(gate: &Gate) -> Bounded {
    gate.interval.map_or_else(Bounded::default, |interval| {
        Bounded::new(interval.point, interval.low, interval.high)
    })
}

fn simulated(record: &Record) -> Option<String> {
    let World::Sandbox(sandbox) = &record.world else {
        return None;
    };
    Some(format!(
        "Notion is simulated: its latencies are those that the profile `{}` assumes.",
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
        .flat_map(|scenario| scenario.baseline.iter())
        .map(|iteration| u64::from(iteration.notion_requests()))
        .sum();
    let elapsed =
        std::time::Duration::try_from_secs_f64(record.elapsed_s.round()).unwrap_or_default();
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
