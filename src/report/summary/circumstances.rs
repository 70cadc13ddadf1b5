//! What the figures rest on: the world that was measured, the machine, and how to do it again.

use crate::figure::count;
use crate::record::{
    IterationRef, PostgresFacts, Record, Requests, ScenarioRecord, Side, TargetFacts, World,
};
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
    let mut words = command.split_whitespace();
    // Where nothing was measured, nothing was left to chance.
    if record.scenarios.is_empty() || words.any(|word| word.starts_with("--seed")) {
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
    let spent: u64 = record
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.baseline.iter())
        .map(|iteration| u64::from(iteration.notion_requests()))
        .sum();
    let elapsed =
        std::time::Duration::try_from_secs_f64(record.elapsed_s.round()).unwrap_or_default();
    let mut told = vec![
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
    ];
    told.extend(attempts(record).map(|text| ("attempts", text)));
    told.extend(turned_away(record).map(|text| ("turned away", text)));
    told
}

fn target(facts: &TargetFacts) -> String {
    let version = facts.notion_version.as_ref();
    let version = version.map_or_else(String::new, |version| format!(", version {version}"));
    format!("{} ({}{version})", facts.base_url, facts.driver)
}

/// What the timed iterations sent beside one request a step; `None` when that was nothing.
fn attempts(record: &Record) -> Option<String> {
    let of = |side: Side| {
        let iterations = record
            .scenarios
            .iter()
            .flat_map(|one| one.side(side).iter());
        let (mut pages, mut look_ups, mut repeated) = (0, 0, 0);
        for step in iterations.flat_map(IterationRef::steps) {
            match step {
                step if step.look_up() => look_ups += 1,
                step if step.superseded() => repeated += 1,
                step => pages += usize::from(step.page() > 0),
            }
        }
        let parts = [
            (pages, count(pages, "further page") + " of lists"),
            (
                look_ups,
                count(look_ups, "look-up") + " of what a create may have made",
            ),
            (repeated, count(repeated, "repeated attempt")),
        ];
        listed(side, parts)
    };
    joined(Side::BOTH.map(of))
}

/// How many requests were turned away, and what they were for; `None` when there was none.
fn turned_away(record: &Record) -> Option<String> {
    let of = |side: Side| {
        let sum = |of: &dyn Fn(&ScenarioRecord) -> Requests| {
            let each = record.scenarios.iter().map(of);
            let all = each.fold(Requests::default(), std::ops::Add::add);
            usize::try_from(all.turned_away()).unwrap_or(usize::MAX)
        };
        let parts = [
            (
                sum(&|one| Requests::of(one.side(side))),
                "in timed iterations",
            ),
            (
                sum(&|one| one.outside.side(side).preflight),
                "in the preflight",
            ),
            (sum(&|one| one.outside.side(side).clean_up), "in clean-ups"),
            (
                sum(&|one| one.outside.side(side).interrupted),
                "in iterations that were broken off",
            ),
        ];
        listed(
            side,
            parts.map(|(many, place)| (many, format!("{many} {place}"))),
        )
    };
    joined(Side::BOTH.map(of)).map(|text| format!("requests answered with 429 or 529: {text}"))
}

/// The parts of which there are any.
fn listed<const N: usize>(side: Side, parts: [(usize, String); N]) -> Option<String> {
    let some = parts.into_iter().filter(|(many, _)| *many > 0);
    let some: Vec<String> = some.map(|(_, text)| text).collect();
    (!some.is_empty()).then(|| format!("{}: {}", side.name(), some.join(", ")))
}

fn joined(sides: [Option<String>; 2]) -> Option<String> {
    let sides: Vec<String> = sides.into_iter().flatten().collect();
    (!sides.is_empty()).then(|| sides.join("; "))
}
