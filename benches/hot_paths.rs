//! What runs between two requests of a measurement: it must cost next to nothing beside them.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark: what cannot be had must end it"
)]
#![allow(missing_docs, reason = "criterion's macros make the items")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use cutover::pace::Pace;
use cutover::record::{Sample, SampleStatus};
use cutover::scenario::{self, Inputs};
use cutover::stats::SpeedupTest;
use serde_json::json;

/// One decision of the budget.
fn budget(c: &mut Criterion) {
    let mut pace = Pace::limited("3/s".parse().unwrap(), 0.02, 4).unwrap();
    let mut now = Duration::ZERO;
    c.bench_function("budget: reserve a step of cost 4", |b| {
        b.iter(|| now = black_box(pace.reserve(now, 4)).send_at);
    });
}

/// One look of a long run, at both quantiles: 120 baseline and 20,000 candidate samples.
fn look(c: &mut Criterion) {
    let samples = |n: u32, scale: f64| -> Vec<Sample> {
        let seconds = |i: u32| scale * (1.0 + f64::from(i.wrapping_mul(7919) % 1000) / 1000.0);
        (0..n)
            .map(|i| Sample {
                seconds: seconds(i),
                status: SampleStatus::Ok,
            })
            .collect()
    };
    let (baseline, candidate) = (samples(120, 2.0), samples(20_000, 0.06));
    c.bench_function("look: bounds at p50 and p95 of 20,120 samples", |b| {
        b.iter(|| {
            let test = SpeedupTest::new(black_box(&baseline), black_box(&candidate));
            (test.at(0.5, 20.0), test.at(0.95, 20.0))
        });
    });
}

/// A request and its answer of 150 tasks.
fn step(c: &mut Criterion) {
    let scenarios = scenario::built_in().unwrap();
    let dashboard = scenarios
        .iter()
        .find(|found| found.name == "dashboard-load")
        .unwrap();
    let inputs = Inputs::draw(dashboard, "run", 1, 0, "marker".to_owned());
    c.bench_function("step: draw the inputs and render the request", |b| {
        b.iter(|| {
            let inputs = Inputs::draw(dashboard, "run", 1, black_box(7), "marker".to_owned());
            dashboard.steps[0].http.render(&inputs).unwrap()
        });
    });
    let task =
        |n: u32| json!({"id": n.to_string(), "title": "Review the report", "projectId": "p"});
    let body = json!({"tasks": (0..150).map(task).collect::<Vec<_>>()}).to_string();
    c.bench_function("step: examine an answer of 150 tasks", |b| {
        b.iter(|| {
            dashboard.steps[0]
                .http
                .examine(200, black_box(body.as_bytes()), &inputs)
        });
    });
}

criterion_group!(benches, budget, look, step);
criterion_main!(benches);
