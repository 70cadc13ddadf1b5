//! What the figures rest on: the world that was measured, the machine, and how to do it again.

use crate::record::{self, PostgresFacts, Record, World};
use crate::units::show_duration;

/// How a verdict is come to, in a paragraph.
pub(super) const METHOD: &str = "The baseline is slow and rationed, so the run looked at its data after every baseline \
     iteration and stopped as soon as the answer was certain. The bounds are confidence sequences for quantiles (Howard \
     and Ramdas, Sequential estimation of quantiles, Bernoulli 2022): order statistics, chosen by betting, that hold at \
     every look, 5 % one-sided in each direction and for both sides together. Dependence between consecutive baseline \
     samples widens them by a variance inflation V that is measured on their ranks. Failures are never dropped: they count \
     as the worst case for whichever verdict is considered. Waiting for the budget, pauses that a target asked for and \
     handshakes are recorded apart and are no latency. GO needs the lower bound of the speedup to reach the promise; NO-GO \
     needs the upper bound to miss it; everything else is INCONCLUSIVE.";

/// The command that repeats the run, as far as a command can.
pub(super) fn repeat(record: &Record) -> String {
    let command = &record.command;
    if command
        .split_whitespace()
        .any(|word| word.starts_with("--seed"))
    {
        command.clone()
    } else {
        format!("{command} --seed {}", record.seed)
    }
}

pub(super) fn simulated(record: &Record) -> Option<String> {
    let World::Sandbox(sandbox) = &record.world else {
        return None;
    };
    Some(format!(
        "Notion is simulated: its latencies are those that the profile `{}` assumes.",
        sandbox.profile.name
    ))
}

pub(super) fn assumptions(record: &Record) -> Vec<String> {
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

pub(super) fn circumstances(record: &Record) -> Vec<(&'static str, String)> {
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
