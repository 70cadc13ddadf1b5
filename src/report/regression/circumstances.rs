//! What a comparison of builds rests on: the builds, what was asked of them, the machine, the seed.

use std::time::Duration;

use crate::figure::{Rounding, count, list, share};
use crate::record::{BlockRecord, BuildFacts, Origin, World};
use crate::units::show_duration;
use crate::verdict::Regression;

/// Says that latencies were assumed, where they were.
pub(in crate::report) fn simulated(record: &BlockRecord) -> Option<String> {
    let Some(World::Sandbox(sandbox)) = &record.world else {
        return None;
    };
    let profile = &sandbox.profile.name;
    Some(format!(
        "Both builds are the sandbox's: their latencies are those that the profile `{profile}` assumes."
    ))
}

/// How far it came: `10 of 20 blocks`.
pub(super) fn blocks(found: &Regression) -> String {
    format!("{} of {} blocks", found.blocks, found.blocks_planned)
}

/// Name and text of what a reader needs to do it again.
pub(in crate::report) fn circumstances(record: &BlockRecord) -> Vec<(&'static str, String)> {
    let machine = &record.machine;
    let cpu = machine.cpu.iter().map(|cpu| format!(", {cpu}"));
    let elapsed = Duration::try_from_secs_f64(record.elapsed_s.round()).unwrap_or_default();
    let commit = record.tool.commit.as_deref().unwrap_or("none");
    let mut told = vec![
        ("old build", build(&record.old)),
        ("new build", build(&record.new)),
        ("measured", measured(record)),
        ("looked at", looks(record)),
        ("margin", share(record.settings.margin, Rounding::Nearest)),
        ("seed", record.seed.to_string()),
        ("started", record.started.clone()),
        ("took", show_duration(elapsed)),
        (
            "machine",
            format!(
                "{} {}, {} cores{}",
                machine.os,
                machine.arch,
                machine.cores,
                cpu.collect::<String>()
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
    if let Some(World::Sandbox(sandbox)) = &record.world {
        let assumed = sandbox.profile.assumptions.iter();
        told.extend(assumed.map(|line| ("assumed", line.clone())));
    }
    told.extend(
        record
            .leftovers
            .iter()
            .map(|left| ("left behind", left.clone())),
    );
    told
}

fn build(build: &BuildFacts) -> String {
    let commit = build.commit.iter();
    let commit = commit.map(|commit| format!(" (commit {commit})"));
    format!("{}{}", build.source, commit.collect::<String>())
}

fn measured(record: &BlockRecord) -> String {
    let settings = &record.settings;
    let blocks = count(settings.blocks.try_into().unwrap_or(usize::MAX), "block");
    match settings.origin {
        Origin::Requests => format!(
            "by requests, at most {blocks} of {} samples of each build and scenario in turns, after {} that do not count",
            settings.samples, settings.warm_up
        ),
        Origin::Criterion => format!("by criterion, at most {blocks}"),
        Origin::Hyperfine => format!("by hyperfine, at most {blocks}"),
        Origin::K6 => format!("by k6, at most {blocks}"),
        Origin::Csv => format!("by another program, at most {blocks}"),
    }
}

fn looks(record: &BlockRecord) -> String {
    let looks = record.settings.looks.iter().map(u32::to_string);
    format!("after {} blocks", list(&looks.collect::<Vec<_>>()))
}
