//! A record of a million iterations, rendered by the program itself: it must not cost the reader a
//! second, nor the machine 200 MB. `cargo bench --bench million`; Linux tells the memory, elsewhere only
//! the time is measured. With `--test` a thousand are rendered once, to see that it works.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark: what cannot be had must end it, and its figures are its output"
)]

#[path = "measured/arguments.rs"]
mod arguments;
#[path = "measured/process.rs"]
mod process;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use cutover::record::{
    self, BudgetFacts, Distinctness, Failure, FailureKind, Freshness, GateSettings, Iteration,
    Iterations, LagFacts, Machine, Preflight, Record, ScenarioRecord, SideFinding, StepFacts,
    StepRecord, Stopped, TargetFacts, Tool, World, seconds,
};
use cutover::verdict::GATE_IDS;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Distribution as _, LogNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use arguments::{is_given, slack};
use process::measured;

const ITERATIONS: u32 = 1_000_000;
/// Where nothing is measured.
const FEW_ITERATIONS: u32 = 1_000;
const BASELINE: u32 = 120;
const RUNS: usize = 5;
/// For a report.
const MOST_SECONDS: f64 = 1.0;
/// Where every iteration is written out: the CSV file has 94 MB.
const MOST_SECONDS_CSV: f64 = 2.0;
/// For all files of a run's folder together.
const MOST_SECONDS_ALL: f64 = 3.0;
const MOST_MEMORY_KB: u64 = 200_000;

/// A scenario's name, the medians of both sides in seconds, and what is promised.
const SCENARIOS: [(&str, f64, f64, [&str; 3]); 3] = [
    (
        "dashboard-load",
        2.5,
        0.068,
        ["2s..3s", "50ms..100ms", "20x..60x"],
    ),
    (
        "task-search",
        1.5,
        0.032,
        ["1s..2s", "20ms..50ms", "20x..100x"],
    ),
    ("create-task", 0.55, 0.035, ["500ms", "50ms", "10x"]),
];

/// Every format of `cutover report`, and the most seconds that it may take.
const FORMATS: [(&str, f64); 11] = [
    ("terminal", MOST_SECONDS),
    ("html", MOST_SECONDS),
    ("markdown", MOST_SECONDS),
    ("junit", MOST_SECONDS),
    ("hlog", MOST_SECONDS),
    ("verdict", MOST_SECONDS),
    ("bencher", MOST_SECONDS),
    ("benchmark-action", MOST_SECONDS),
    ("prometheus", MOST_SECONDS),
    ("csv", MOST_SECONDS_CSV),
    ("all", MOST_SECONDS_ALL),
];

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    if is_given("--test") {
        record::write(&long_run(FEW_ITERATIONS), &path).unwrap();
        for (format, _) in FORMATS {
            let output = path.with_extension(format);
            measured(1, || render(&path, format, &output));
            remove(&output);
        }
        return ExitCode::SUCCESS;
    }
    record::write(&long_run(ITERATIONS), &path).unwrap();
    let bytes = fs::metadata(&path).unwrap().len();
    println!(
        "record.json: {ITERATIONS} iterations, {} MB",
        bytes / 1_000_000
    );
    println!(
        "cutover report --format ...  fastest   median  slowest of {RUNS}   peak memory   output"
    );
    let slack = slack();
    let within: Vec<bool> = FORMATS
        .iter()
        .map(|(format, most_s)| keeps_to_the_limits(&path, format, most_s * slack))
        .collect();
    if within.contains(&false) {
        println!(
            "above {slack} times the limit ({MOST_SECONDS} s, {MOST_SECONDS_CSV} s for csv, \
             {MOST_SECONDS_ALL} s for all), or above {} MB",
            MOST_MEMORY_KB / 1000
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Prints the figures of one format.
fn keeps_to_the_limits(record: &Path, format: &str, most_s: f64) -> bool {
    let output = record.with_extension(format);
    let runs = measured(RUNS, || render(record, format, &output));
    println!(
        "{format:>27}  {:.3} s  {:.3} s  {:.3} s        {:>11}   {} kB",
        runs.seconds(0),
        runs.seconds(RUNS / 2),
        runs.seconds(RUNS - 1),
        runs.memory(),
        remove(&output) / 1000,
    );
    runs.keep_to(most_s, MOST_MEMORY_KB)
}

/// What renders the record, in a process of its own.
fn render(record: &Path, format: &str, output: &Path) -> Command {
    let what = match format {
        "all" => vec!["--all"],
        format => vec!["--format", format],
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
    command.arg("report").arg(record).args(what);
    command.arg("--output").arg(output);
    command
}

/// Removes what was written, a file or a folder, and tells its bytes.
fn remove(output: &Path) -> u64 {
    if output.is_file() {
        let bytes = fs::metadata(output).unwrap().len();
        fs::remove_file(output).unwrap();
        return bytes;
    }
    let inside = fs::read_dir(output).unwrap().map(|one| one.unwrap().path());
    let bytes = inside.map(|path| remove(&path)).sum();
    fs::remove_dir(output).unwrap();
    bytes
}

/// A side as a long run leaves it: log-normal latencies, a handshake now and then, a few 429s and fewer
/// failures.
fn side(n: u32, median_s: f64, cost: u32, random: &mut Xoshiro256PlusPlus) -> Iterations {
    let latency = LogNormal::new(median_s.ln(), 0.2).unwrap();
    let mut now = Duration::from_secs(1);
    let mut iterations = Iterations::new();
    for n in 0..n {
        let wait = Duration::from_secs_f64(f64::from(cost) / 2.94);
        let sent = now + wait;
        let mut step = StepRecord {
            attempt: 1,
            sent_at_s: seconds(sent),
            duration_s: seconds(Duration::from_secs_f64(latency.sample(random))),
            status: Some(200),
            bytes: 18_000 + random.random_range(0..400),
            notion_requests: cost,
            ..StepRecord::default()
        };
        let mut iteration = Iteration {
            n,
            intended_at_s: seconds(now),
            sent_at_s: step.sent_at_s,
            budget_wait_s: seconds(wait),
            notion_requests: cost,
            ..Iteration::default()
        };
        now = sent;
        if random.random_range(0..500) == 0 {
            iteration.pause_s = 1.0;
            iteration.steps.push(StepRecord {
                status: Some(429),
                retry_after_s: Some(1.0),
                superseded: true,
                ..step.clone()
            });
            now += Duration::from_secs_f64(step.duration_s + 1.0);
            step.attempt = 2;
            step.sent_at_s = seconds(now);
        }
        if random.random_range(0..1000) == 0 {
            step.connect_s = Some(seconds(Duration::from_secs_f64(
                latency.sample(random) / 10.0,
            )));
        }
        if cost == 0 && random.random_range(0..2000) == 0 {
            step.status = Some(500);
            step.failure = Some(Failure {
                kind: FailureKind::Status,
                detail: "tasks: the status is 500, and 200 is expected".to_owned(),
            });
        }
        now += Duration::from_secs_f64(step.duration_s + step.connect_s.unwrap_or_default());
        iteration.finished_at_s = seconds(now);
        now += Duration::from_micros(random.random_range(5..60));
        iteration.steps.push(step);
        iterations.push(iteration);
    }
    iterations
}

fn scenario(place: usize, iterations: u32, random: &mut Xoshiro256PlusPlus) -> ScenarioRecord {
    let (name, baseline_s, candidate_s, [before, after, speedup]) = SCENARIOS[place];
    let candidates = iterations / 3 - BASELINE + u32::from(place == 0);
    let finding = SideFinding {
        freshness: Freshness::Fresh("a new title was read back".to_owned()),
        notion_requests: 2,
    };
    ScenarioRecord {
        name: name.to_owned(),
        summary: String::new(),
        file: format!("scenarios/{name}.toml"),
        promise: cutover::promise::Promise {
            source: "the guide".to_owned(),
            before: before.parse().unwrap(),
            after: after.parse().unwrap(),
            speedup: speedup.parse().unwrap(),
        },
        writes: false,
        steps: vec![StepFacts {
            name: "tasks".to_owned(),
            method: "GET".to_owned(),
            path: "/api/tasks".to_owned(),
            cost: 2,
            baseline: None,
            candidate: None,
        }],
        preflight: Preflight {
            distinct: Distinctness::Proven("their sources differ".to_owned()),
            baseline: finding.clone(),
            candidate: finding,
        },
        baseline: side(BASELINE, baseline_s, 2, random),
        candidate: side(candidates, candidate_s, 0, random),
        outside: cutover::record::Outside::default(),
        direct: None,
        lag: LagFacts {
            count: u64::from(iterations / 3),
            p50_s: 0.0001,
            p95_s: 0.0005,
            p99_s: 0.001,
            max_s: 0.002,
        },
        stopped: Stopped::Cap,
    }
}

fn long_run(iterations: u32) -> Record {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let target = |base_url: &str| TargetFacts {
        driver: "http".to_owned(),
        base_url: base_url.to_owned(),
        header_names: vec![],
        notion_version: None,
        timeout_s: 30.0,
    };
    Record {
        schema_version: record::SCHEMA_VERSION,
        run: "20240501t093000z-00000000".to_owned(),
        command: "cutover check".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: None,
            build: "release".to_owned(),
        },
        started: "2024-05-01T09:30:00Z".to_owned(),
        elapsed_s: 30_000.0,
        seed: 1,
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            cpu: None,
            memory_bytes: None,
        },
        world: World::Live,
        baseline: target("http://127.0.0.1:1"),
        candidate: target("http://127.0.0.1:2"),
        budget: BudgetFacts {
            rate: "3/s".to_owned(),
            headroom: 0.02,
        },
        gates: GateSettings {
            required: GATE_IDS.iter().map(|(id, _)| (*id).to_owned()).collect(),
            max_baseline_iterations: BASELINE,
            max_writes: 400,
            candidate_per_baseline: 20,
            waivers: vec![],
        },
        scenarios: (0..SCENARIOS.len())
            .map(|place| scenario(place, iterations, &mut random))
            .collect(),
        checks: cutover::record::Checks::default(),
        interrupted: false,
        leftovers: vec![],
    }
}
