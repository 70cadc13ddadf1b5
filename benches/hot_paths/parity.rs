//! The answers of both sides, brought into one form and held against each other.

use std::borrow::Cow;
use std::hint::black_box;

use criterion::Criterion;
use cutover::parity::{self, Answered, Passes, Seen};
use cutover::scenario;
use serde_json::{Value, json};

/// 150 tasks of each of three passes, by the rules of the shipped scenario; one in ten differs.
pub(crate) fn compare(c: &mut Criterion) {
    let scenarios = scenario::built_in().unwrap();
    let dashboard = scenarios
        .iter()
        .find(|found| found.name == "dashboard-load")
        .unwrap();
    let rules = dashboard.compare.as_ref().unwrap();
    let step = dashboard.steps[0].name.as_str();
    let (baseline, candidate) = (tasks("n", "2026-11-12"), tasks("p", "2026-11-13"));
    let pass = |body| {
        vec![Answered {
            step,
            status: 200,
            unexpected: None,
            body: Cow::Borrowed(body),
            marker: "",
            cache_headers: &[],
        }]
    };
    let passes = [Passes {
        baseline: pass(&baseline),
        candidate: pass(&candidate),
        again: pass(&baseline),
    }];
    assert!(
        !parity::compare(rules, &passes, &Seen::default())
            .findings
            .is_empty()
    );
    c.bench_function("parity: canonicalise and compare 150 tasks", |b| {
        b.iter(|| parity::compare(rules, black_box(&passes), &Seen::default()));
    });
}

/// As each side names them; every tenth is due on a day of its own.
fn tasks(side: &str, due: &str) -> Value {
    let task = |n: u32| {
        let status = ["todo", "in_progress", "done"][n as usize % 3];
        let priority = ["urgent", "important", "someday"][n as usize / 3 % 3];
        let due = if n.is_multiple_of(10) {
            due
        } else {
            "2026-11-20"
        };
        json!({
            "id": format!("{side}-{n}"),
            "title": format!("Task {n} about the report"),
            "status": status,
            "priority": priority,
            "dueDate": due,
            "projectId": format!("{side}-project-{}", n % 8),
        })
    };
    json!({"tasks": (0..150).map(task).collect::<Vec<_>>()})
}
