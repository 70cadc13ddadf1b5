//! Records for the tests: sound in every way, for a test to break in one.

use crate::promise::Promise;
use crate::record::{
    BudgetFacts, Distinctness, Failure, FailureKind, Freshness, GateSettings, Iteration,
    IterationRef, Iterations, LagFacts, Machine, PostgresFacts, Preflight, ProfileFacts, Record,
    SandboxFacts, ScenarioRecord, Side, SideFinding, StepFacts, StepRecord, Stopped, TargetFacts,
    Tool, World,
};
use crate::verdict::GATE_IDS;

/// `n` iterations around `median` seconds, spread by a few percent without drift.
pub(super) fn iterations(n: u32, median: f64) -> Iterations {
    (0..n)
        .map(|n| {
            let spread = 0.1 * (f64::from((n * 37) % 101) / 100.0 - 0.5);
            let duration_s = median * (1.0 + spread);
            let at = f64::from(n) * 2.0 * median;
            Iteration {
                n,
                intended_at_s: at,
                sent_at_s: at,
                finished_at_s: at + duration_s,
                notion_requests: 2,
                steps: vec![StepRecord {
                    attempt: 1,
                    duration_s,
                    status: Some(200),
                    ..StepRecord::default()
                }],
                ..Iteration::default()
            }
        })
        .collect()
}

/// 100 baseline iterations of 2.5 s, 400 candidate ones of 68 ms, against 20x and 100 ms.
pub(super) fn sound() -> ScenarioRecord {
    let fresh = SideFinding {
        freshness: Freshness::Fresh("a new title was read back".to_owned()),
        notion_requests: 3,
    };
    ScenarioRecord {
        name: "dashboard-load".to_owned(),
        summary: String::new(),
        file: "scenarios/dashboard-load.toml".to_owned(),
        promise: Promise {
            source: "the guide".to_owned(),
            before: "2s..3s".parse().unwrap(),
            after: "50ms..100ms".parse().unwrap(),
            speedup: "20x..60x".parse().unwrap(),
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
            baseline: fresh.clone(),
            candidate: fresh,
        },
        baseline: iterations(100, 2.5),
        candidate: iterations(400, 0.068),
        outside: crate::record::Outside::default(),
        direct: None,
        lag: LagFacts {
            count: 500,
            p50_s: 0.0001,
            p95_s: 0.0005,
            p99_s: 0.001,
            max_s: 0.002,
        },
        stopped: Stopped::Decided,
    }
}

pub(super) fn settings() -> GateSettings {
    GateSettings {
        required: GATE_IDS.iter().map(|(id, _)| (*id).to_owned()).collect(),
        max_baseline_iterations: 120,
        max_writes: 400,
        candidate_per_baseline: 20,
        waivers: vec![],
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

pub(super) fn record(scenarios: Vec<ScenarioRecord>) -> Record {
    Record {
        schema_version: crate::record::SCHEMA_VERSION,
        run: "a-run".to_owned(),
        command: "cutover check".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: None,
            build: "release".to_owned(),
        },
        started: "2024-05-01T00:00:00Z".to_owned(),
        elapsed_s: 100.0,
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
        gates: settings(),
        scenarios,
        checks: crate::record::Checks::default(),
        interrupted: false,
        leftovers: vec![],
    }
}

pub(super) fn sandbox() -> World {
    World::Sandbox(Box::new(SandboxFacts {
        profile: ProfileFacts {
            name: "guide".to_owned(),
            source: "the guide".to_owned(),
            assumptions: vec![],
        },
        postgres: PostgresFacts {
            version: "17".to_owned(),
            origin: "found".to_owned(),
            durability: vec![],
            filesystem: None,
        },
        notion: None,
    }))
}

/// Lets the last iteration of a side fail.
pub(super) fn fail(scenario: &mut ScenarioRecord, side: Side, kind: FailureKind) {
    edit(side_mut(scenario, side), |rows| {
        rows.last_mut().unwrap().steps[0].failure = Some(Failure {
            kind,
            detail: "500 instead of 200".to_owned(),
        });
    });
}

pub(super) fn side_mut(scenario: &mut ScenarioRecord, side: Side) -> &mut Iterations {
    match side {
        Side::Baseline => &mut scenario.baseline,
        Side::Candidate => &mut scenario.candidate,
    }
}

/// Changes the rows of one side.
pub(super) fn edit(iterations: &mut Iterations, change: impl FnOnce(&mut Vec<Iteration>)) {
    let mut rows = iterations.iter().map(IterationRef::to_owned).collect();
    change(&mut rows);
    *iterations = rows.into_iter().collect();
}
