//! A request and its answer.

use std::hint::black_box;

use criterion::Criterion;
use cutover::scenario::{self, Inputs};
use serde_json::json;

/// A request and its answer of 150 tasks.
pub(crate) fn step(c: &mut Criterion) {
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
