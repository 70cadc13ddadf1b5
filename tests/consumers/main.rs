//! The formats for machines, read by the programs that they are for: Python's HdrHistogram, Prometheus'
//! own client, a JUnit reader and Python's CSV reader.
//!
//! What is expected is worked out here from the record, not from the files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

#[allow(
    dead_code,
    reason = "shared with the tests of the reports, which use all of it"
)]
#[path = "../reports/records.rs"]
mod records;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use cutover::record::{Failure, FailureKind, Record, SampleStatus, Side};
use cutover::report::{Summary, junit, latency_log, prometheus, samples};
use cutover::verdict::{Outcome, Verdict, judge};
use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

/// With as many values, or twice as many, no percentile's rank depends on whether a reader rounds it up or
/// to the nearest.
const ITERATIONS: u32 = 2001;
const PERCENTILES: [(&str, usize); 5] = [
    ("50", 500),
    ("95", 950),
    ("99", 990),
    ("99.9", 999),
    ("100", 1000),
];
const HIGHEST_NS: u64 = 86_400_000_000_000;

/// Two scenarios over many intervals, one with failures and a hostile name.
fn record(hostile: &str) -> Record {
    let mut record = records::go();
    record.scenarios.truncate(2);
    record.gates.required.retain(|id| id != "speedup-p95");
    for scenario in &mut record.scenarios {
        scenario.baseline = records::iterations(ITERATIONS, 0.5, 0.9, 1);
        scenario.candidate = records::iterations(2 * ITERATIONS, 0.004, 0.9, 0);
    }
    let failing = &mut record.scenarios[1];
    failing.name = hostile.to_owned();
    failing.summary = hostile.to_owned();
    records::edit(&mut failing.candidate, |rows| {
        for row in rows.iter_mut().step_by(2) {
            row.steps[0].failure = Some(Failure {
                kind: FailureKind::Body,
                detail: hostile.to_owned(),
            });
        }
    });
    record
}

fn nanoseconds(seconds: f64) -> u64 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a latency"
    )]
    let nanoseconds = (seconds * 1e9).round() as u64;
    nanoseconds
}

/// What a reader must find under a tag of the log.
fn tag(mut latencies: Vec<u64>) -> Value {
    latencies.sort_unstable();
    let mut histogram = Histogram::<u64>::new_with_bounds(1, HIGHEST_NS, 3).unwrap();
    for latency in &latencies {
        histogram.record(*latency).unwrap();
    }
    let mut percentiles = Map::new();
    let mut nearest = Map::new();
    for (name, permille) in PERCENTILES {
        let part = latencies.len() * permille % 1000;
        let is_agreed = part >= 500 || (part == 0 && permille % 500 == 0);
        assert!(is_agreed, "a rank that readers may round differently");
        let rank = (latencies.len() * permille).div_ceil(1000);
        let found = histogram.value_at_percentile(name.parse().unwrap());
        percentiles.insert(name.to_owned(), found.into());
        nearest.insert(name.to_owned(), latencies[rank - 1].into());
    }
    let recorded: Vec<[u64; 2]> = histogram
        .iter_recorded()
        .map(|value| [value.value_iterated_to(), value.count_at_value()])
        .collect();
    json!({
        "count": latencies.len(),
        "recorded": recorded,
        "max": histogram.max(),
        "percentiles": percentiles,
        "nearest_rank_ns": nearest,
    })
}

fn tags(record: &Record, names: [&str; 2]) -> Value {
    let mut tags = Map::new();
    for (scenario, name) in record.scenarios.iter().zip(names) {
        for side in Side::BOTH {
            let (ok, failed): (Vec<_>, Vec<_>) = scenario
                .samples(side)
                .into_iter()
                .partition(|sample| sample.status == SampleStatus::Ok);
            for (samples, suffix) in [(ok, ""), (failed, ".failed")] {
                if !samples.is_empty() {
                    let latencies = samples.iter().map(|one| nanoseconds(one.seconds));
                    let name = format!("{name}.{}{suffix}", side.name());
                    tags.insert(name, tag(latencies.collect()));
                }
            }
        }
    }
    tags.into()
}

fn expected(record: &Record, verdict: &Verdict, shown: &str, tag: &str) -> Value {
    let of = |side| -> usize {
        let scenarios = record.scenarios.iter();
        scenarios.map(|scenario| scenario.side(side).len()).sum()
    };
    let mut failures: Vec<Outcome> = verdict
        .gates
        .iter()
        .filter(|gate| gate.required && gate.outcome != Outcome::Go)
        .map(|gate| gate.outcome)
        .collect();
    failures.sort_by_key(|outcome| serde_json::to_string(outcome).unwrap());
    let skipped = verdict
        .gates
        .iter()
        .filter(|gate| !gate.required && gate.outcome != Outcome::Go);
    json!({
        "log": {
            "highest_ns": HIGHEST_NS,
            "started_s": 1_714_555_800.0,
            "tags": tags(record, ["dashboard-load", tag]),
        },
        "prometheus": {
            "families": [
                "cutover_run_info", "cutover_run_start_timestamp_seconds",
                "cutover_run_duration_seconds", "cutover_verdict", "cutover_gate_outcome",
                "cutover_latency_seconds", "cutover_latency_lower_bound_seconds",
                "cutover_latency_upper_bound_seconds", "cutover_speedup_ratio",
                "cutover_speedup_lower_bound_ratio", "cutover_speedup_upper_bound_ratio",
                "cutover_iterations", "cutover_failed_iterations",
                "cutover_rate_limited_responses"
            ],
            "samples": [
                ["cutover_verdict", { "outcome": "no_go" }, 1.0],
                ["cutover_verdict", { "outcome": "go" }, 0.0],
                ["cutover_run_start_timestamp_seconds", {}, 1_714_555_800.0],
                [
                    "cutover_failed_iterations",
                    { "scenario": shown, "side": "candidate" },
                    f64::from(ITERATIONS)
                ],
                ["cutover_iterations", { "scenario": shown, "side": "baseline" }, ITERATIONS],
            ],
        },
        "junit": {
            "suites": ["dashboard-load", shown],
            "tests": verdict.gates.len(),
            "failures": failures,
            "skipped": skipped.count(),
        },
        "samples": { "rows": of(Side::Baseline) + of(Side::Candidate), "failed": ITERATIONS },
    })
}

fn export(folder: &Path, record: &Record, verdict: &Verdict) {
    let summary = Summary::new(record, verdict);
    let file = |name| File::create(folder.join(name)).unwrap();
    latency_log(&summary, &mut file("latency.hlog")).unwrap();
    samples(&summary, &mut file("samples.csv")).unwrap();
    fs::write(folder.join("junit.xml"), junit(&summary)).unwrap();
    fs::write(folder.join("metrics.prom"), prometheus(&summary)).unwrap();
}

/// The interpreter that `.ci/consumers` has put the readers into.
fn python() -> PathBuf {
    let python = std::env::var_os("CUTOVER_CONSUMERS_PYTHON");
    PathBuf::from(python.expect("CUTOVER_CONSUMERS_PYTHON names no Python: run .ci/consumers"))
}

#[track_caller]
fn assert_read(name: &str, shown: &str, tag: &str) {
    let record = record(name);
    let verdict = judge(&record);
    assert_eq!(verdict.verdict, Outcome::NoGo);
    let folder = tempfile::tempdir().unwrap();
    export(folder.path(), &record, &verdict);
    let expected = expected(&record, &verdict, shown, tag);
    fs::write(folder.path().join("expected.json"), expected.to_string()).unwrap();
    let output = Command::new(python())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/consumers/check.py"))
        .arg(folder.path())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert_eq!(said.lines().count(), 4, "{said}");
}

#[test]
#[ignore = "needs Python packages: .ci/consumers"]
fn every_format_is_read_by_the_programs_it_is_for() {
    assert_read("task-search", "task-search", "task-search");
}

#[test]
#[ignore = "needs Python packages: .ci/consumers"]
fn hostile_names_are_read_by_them_too() {
    assert_read(
        "=a \\ \"b\",\n</testcase> ]]> \u{1b}[2J \u{ffff}\u{0} של",
        "=a \\ \"b\", </testcase> ]]> \u{fffd}[2J \u{fffd}\u{fffd} של",
        "_a____b_____testcase________2J______",
    );
}
