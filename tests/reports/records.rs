//! Records of runs that went well, and of runs that each went wrong in one way.

use cutover::promise::Promise;
use cutover::record::{
    self, BudgetFacts, Distinctness, Failure, FailureKind, Freshness, GateSettings, Iteration,
    IterationRef, Iterations, LagFacts, Machine, NotionFacts, PostgresFacts, Preflight,
    ProfileFacts, Record, SandboxFacts, ScenarioRecord, SideFinding, StepFacts, StepRecord,
    Stopped, TargetFacts, Tool, World,
};
use cutover::verdict::GATE_IDS;
use rand::SeedableRng as _;
use rand_distr::{Distribution as _, LogNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

/// `n` iterations around a median, log-normal, one after the other.
pub(crate) fn iterations(n: u32, median_s: f64, sigma: f64, cost: u32) -> Iterations {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(u64::from(n) + 7);
    let latency = LogNormal::new(median_s.ln(), sigma).unwrap();
    let mut now_s = 1.0;
    let one = |n| {
        let duration_s = latency.sample(&mut random);
        let sent_at_s = now_s + f64::from(cost) / 2.94;
        let iteration = Iteration {
            n,
            intended_at_s: now_s,
            sent_at_s,
            finished_at_s: sent_at_s + duration_s,
            budget_wait_s: sent_at_s - now_s,
            notion_requests: cost,
            steps: vec![StepRecord {
                attempt: 1,
                sent_at_s,
                duration_s,
                status: Some(200),
                bytes: 18_204,
                notion_requests: cost,
                ..StepRecord::default()
            }],
            ..Iteration::default()
        };
        now_s = sent_at_s + duration_s;
        iteration
    };
    (0..n).map(one).collect()
}

/// Changes the rows of one side.
pub(crate) fn edit(iterations: &mut Iterations, change: impl FnOnce(&mut Vec<Iteration>)) {
    let mut rows = iterations.iter().map(IterationRef::to_owned).collect();
    change(&mut rows);
    *iterations = rows.into_iter().collect();
}

/// One of the shipped workloads, with the medians that its profile assumes.
struct Workload {
    name: &'static str,
    summary: &'static str,
    promised: [&'static str; 3],
    baseline_s: f64,
    candidate_s: f64,
    cost: u32,
    writes: bool,
}

const WORKLOADS: [Workload; 3] = [
    Workload {
        name: "dashboard-load",
        summary: "Loads the dashboard: every task with its project and tags",
        promised: ["2s..3s", "50ms..100ms", "20x..60x"],
        baseline_s: 2.5,
        candidate_s: 0.068,
        cost: 4,
        writes: false,
    },
    Workload {
        name: "task-search",
        summary: "Searches the tasks for a word",
        promised: ["1s..2s", "20ms..50ms", "20x..100x"],
        baseline_s: 1.5,
        candidate_s: 0.032,
        cost: 1,
        writes: false,
    },
    Workload {
        name: "create-task",
        summary: "Creates a task",
        promised: ["500ms", "50ms", "10x"],
        baseline_s: 0.55,
        candidate_s: 0.035,
        cost: 1,
        writes: true,
    },
];

fn scenario(workload: &Workload) -> ScenarioRecord {
    let freshness = if workload.writes {
        Freshness::Fresh("a new title was read back".to_owned())
    } else {
        Freshness::NotProbed("the scenario only reads".to_owned())
    };
    let finding = SideFinding {
        freshness,
        notion_requests: 2,
    };
    let [before, after, speedup] = workload.promised;
    ScenarioRecord {
        name: workload.name.to_owned(),
        summary: workload.summary.to_owned(),
        file: format!("scenarios/{}.toml", workload.name),
        promise: Promise {
            source: "the migration guide, section Performance".to_owned(),
            before: before.parse().unwrap(),
            after: after.parse().unwrap(),
            speedup: speedup.parse().unwrap(),
        },
        writes: workload.writes,
        steps: vec![StepFacts {
            name: "tasks".to_owned(),
            method: if workload.writes { "POST" } else { "GET" }.to_owned(),
            path: "/api/tasks".to_owned(),
            cost: workload.cost,
            baseline: None,
            candidate: None,
        }],
        preflight: Preflight {
            distinct: Distinctness::Proven(
                "their answers name two sources, `notion` and `postgres`".to_owned(),
            ),
            baseline: finding.clone(),
            candidate: finding,
        },
        baseline: iterations(24, workload.baseline_s, 0.15, workload.cost),
        candidate: iterations(480, workload.candidate_s, 0.12, 0),
        outside: cutover::record::Outside::default(),
        direct: None,
        lag: lag(workload.candidate_s * 0.01),
        stopped: Stopped::Decided,
    }
}

fn lag(p95_s: f64) -> LagFacts {
    LagFacts {
        count: 504,
        p50_s: p95_s / 4.0,
        p95_s,
        p99_s: p95_s * 1.5,
        max_s: p95_s * 3.0,
    }
}

fn target(base_url: &str) -> TargetFacts {
    TargetFacts {
        driver: "http".to_owned(),
        base_url: base_url.to_owned(),
        header_names: vec![],
        notion_version: None,
        timeout_s: 30.0,
    }
}

fn sandbox(profile: &str) -> World {
    World::Sandbox(Box::new(SandboxFacts {
        profile: ProfileFacts {
            name: profile.to_owned(),
            source: "the migration guide's own ranges".to_owned(),
            assumptions: vec![
                "client to API: 4ms, log-normal, sigma 0.15".to_owned(),
                "API to Notion, query: 540ms and 2ms a row, log-normal, sigma 0.3".to_owned(),
                "API to PostgreSQL: 8ms, log-normal, sigma 0.15".to_owned(),
            ],
        },
        postgres: PostgresFacts {
            version: "17.2 (Debian 17.2-1.pgdg120+1)".to_owned(),
            origin: "found at /usr/lib/postgresql/17/bin".to_owned(),
            durability: ["fsync=on", "synchronous_commit=on", "full_page_writes=on"]
                .map(str::to_owned)
                .to_vec(),
            filesystem: Some("ext2/ext3".to_owned()),
        },
        notion: Some(NotionFacts {
            limit: "180 in any 60 s".to_owned(),
            requests: 173,
            rate_limited: 0,
            busiest_minute: 171,
        }),
    }))
}

/// A run that found every promise kept, in the sandbox.
pub(crate) fn go() -> Record {
    Record {
        schema_version: record::SCHEMA_VERSION,
        run: "20240501t093000z-5eedbeef".to_owned(),
        command: "cutover check".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: Some("0123456789ab".to_owned()),
            build: "release".to_owned(),
        },
        started: "2024-05-01T09:30:00Z".to_owned(),
        elapsed_s: 121.4,
        seed: 1,
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            cpu: Some("A Processor @ 2.60GHz".to_owned()),
            memory_bytes: Some(8 << 30),
        },
        world: sandbox("guide"),
        baseline: target("http://127.0.0.1:40001"),
        candidate: target("http://127.0.0.1:40002"),
        budget: BudgetFacts {
            rate: "3/s".to_owned(),
            headroom: 0.02,
        },
        gates: GateSettings {
            required: GATE_IDS.iter().map(|(id, _)| (*id).to_owned()).collect(),
            max_baseline_iterations: 120,
            max_writes: 400,
            candidate_per_baseline: 20,
            waivers: vec![],
        },
        scenarios: WORKLOADS.iter().map(scenario).collect(),
        checks: cutover::record::Checks::default(),
        interrupted: false,
        leftovers: vec![],
    }
}

/// The promises are not kept: Notion is much faster than the guide says.
pub(crate) fn no_go() -> Record {
    let mut record = go();
    record.command = "cutover check --sandbox brisk".to_owned();
    record.world = sandbox("brisk");
    for (scenario, workload) in record.scenarios.iter_mut().zip(&WORKLOADS) {
        scenario.baseline = iterations(80, workload.candidate_s * 8.0, 0.15, workload.cost);
    }
    record
}

/// The cap came before any decision.
pub(crate) fn too_few() -> Record {
    let mut record = go();
    record.command = "cutover check --max-baseline-iterations 8".to_owned();
    record.gates.max_baseline_iterations = 8;
    for (scenario, workload) in record.scenarios.iter_mut().zip(&WORKLOADS) {
        scenario.baseline = iterations(8, workload.baseline_s, 0.15, workload.cost);
        scenario.candidate = iterations(160, workload.candidate_s, 0.12, 0);
        scenario.stopped = Stopped::Cap;
    }
    record
}

/// The harness could not keep up in one scenario.
pub(crate) fn late_harness() -> Record {
    let mut record = go();
    record.scenarios[1].lag = lag(0.011);
    record
}

/// The candidate's server fell over in the middle of one scenario.
pub(crate) fn failed_half_way() -> Record {
    let mut record = go();
    let failing = &mut record.scenarios[0];
    failing.stopped = Stopped::Decided;
    edit(&mut failing.candidate, |rows| {
        for iteration in &mut rows[240..] {
            let step = &mut iteration.steps[0];
            step.status = Some(500);
            step.failure = Some(Failure {
                kind: FailureKind::Status,
                detail: "step `tasks`: the status is 500, and 200 is expected: \
                         {\"error\":\"remaining connection slots are reserved\"}"
                    .to_owned(),
            });
        }
    });
    record
}

/// The preflight found that the candidate answers from a cache, so nothing was timed.
pub(crate) fn frozen() -> Record {
    let mut record = go();
    record.command = "cutover check --plant frozen-candidate".to_owned();
    for scenario in &mut record.scenarios {
        scenario.preflight.candidate.freshness = Freshness::Stale(
            "its answer to the probe came from a cache, says the header `x-nextjs-cache: HIT`"
                .to_owned(),
        );
        scenario.baseline = Iterations::new();
        scenario.candidate = Iterations::new();
        scenario.lag = LagFacts::default();
        scenario.stopped = Stopped::Preflight;
    }
    record
}

/// Ctrl-C in the second scenario, while the candidate did not answer the clean-up.
pub(crate) fn interrupted() -> Record {
    let mut record = go();
    record.interrupted = true;
    record.scenarios.truncate(2);
    record.scenarios.swap(0, 1);
    let create = WORKLOADS.iter().map(scenario).next_back().unwrap();
    record.scenarios.push(create);
    record.scenarios.remove(0);
    let half = &mut record.scenarios[1];
    edit(&mut half.baseline, |rows| rows.truncate(5));
    edit(&mut half.candidate, |rows| rows.truncate(90));
    half.stopped = Stopped::Interrupted;
    record.leftovers = ["b0000004", "c000005a"]
        .map(|n| format!("create-task: cutover-20240501t093000z-5eedbeef-create-task-{n}"))
        .to_vec();
    record
}

/// Notion itself, whose budget somebody else spends of, and a deployment that somebody runs.
pub(crate) fn live() -> Record {
    let mut record = go();
    record.command = "cutover check --config production.toml --allow-writes".to_owned();
    record.world = World::Live;
    record.baseline = TargetFacts {
        driver: "notion".to_owned(),
        notion_version: Some("2022-06-28".to_owned()),
        ..target("https://api.notion.com")
    };
    let first = &mut record.scenarios[0];
    let outside = &mut first.outside.baseline;
    (outside.preflight.rate_limited, outside.clean_up.overloaded) = (2, 1);
    edit(&mut first.baseline, |rows| {
        let steps = &mut rows[1].steps;
        let answered = steps[0].clone();
        let refused = StepRecord {
            status: Some(429),
            superseded: true,
            ..answered.clone()
        };
        let look_up = StepRecord {
            look_up: true,
            superseded: true,
            ..answered.clone()
        };
        let page = StepRecord {
            page: 1,
            ..answered
        };
        steps.insert(0, refused);
        steps.extend([look_up, page]);
    });
    record.candidate = target("https://tomos-next.example.org");
    record.candidate.header_names = vec!["authorization".to_owned()];
    record
}
