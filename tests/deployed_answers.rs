//! The scenarios for the deployed API hold for what that API really answered, on both sides, and
//! fail for answers that are wrong.
//!
//! The recordings shorten their lists (`_tasks_true_count` says how long they were), so nothing here
//! depends on a list's length.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking; the lint knows only functions that are marked as tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cutover::scenario::{self, Call, Examination, Form, Inputs, ProblemKind, Scenario};
use serde_json::{Value, json};

/// Recorded routes that no scenario uses: neither is part of what the guide promises.
const NOT_USED: [&str; 2] = ["health", "task-update"];

struct Recording {
    side: String,
    route: String,
    method: String,
    path: String,
    request_body: Value,
    status: u16,
    body: Value,
}

fn recordings() -> Vec<Recording> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tomos-deployed");
    let mut all = Vec::new();
    for side in ["baseline", "candidate"] {
        for entry in fs::read_dir(root.join(side)).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let mut whole: Value = serde_json::from_str(&text).unwrap();
            let text = |pointer: &str| whole.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            all.push(Recording {
                side: side.to_owned(),
                route: text("/route"),
                method: text("/request/method"),
                path: text("/request/path"),
                request_body: whole.pointer("/request/body").cloned().unwrap_or_default(),
                status: u16::try_from(whole["status"].as_u64().unwrap()).unwrap(),
                body: whole["body"].take(),
            });
        }
    }
    assert_eq!(all.len(), 14, "seven recordings of each side");
    all
}

fn deployed() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/deployed");
    scenario::load(&[folder]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The step that asks for a recorded route, with inputs as they were in the recording.
fn step_for<'s>(scenarios: &'s [Scenario], recording: &Recording) -> Option<(&'s Form, Inputs)> {
    let (name, list) = match recording.route.as_str() {
        "all-tasks" => ("dashboard-load", "steps"),
        "tasks-query" => ("task-search", "steps"),
        "task-create" => ("create-task", "steps"),
        "task-complete" => ("create-task", "cleanup"),
        _ => return None,
    };
    let scenario = scenarios
        .iter()
        .find(|scenario| scenario.name == name)
        .unwrap();
    let step = match list {
        "steps" => &scenario.steps[0].http,
        _ => &scenario.cleanup[0].http,
    };
    // An iteration that drew the recorded question.
    let asks = |inputs: &Inputs| {
        let call = step.render(inputs).ok().and_then(Call::into_http);
        let body = call.and_then(|call| call.body).unwrap_or_default();
        serde_json::from_slice::<Value>(&body).is_ok_and(|body| body == recording.request_body)
    };
    let draw = |n| Inputs::draw(scenario, "run", 1, n, "marker-1".to_owned());
    let mut inputs = match recording.route.as_str() {
        "tasks-query" => (0..100).map(draw).find(asks).unwrap(),
        _ => draw(0),
    };
    if list == "cleanup" {
        let id = recording.path.split('/').nth(3).unwrap();
        inputs.capture("task_id", json!(id));
    }
    Some((step, inputs))
}

fn examine(step: &Form, recording: &Recording, body: &Value, inputs: &Inputs) -> Examination {
    step.examine(recording.status, body.to_string().as_bytes(), inputs)
}

#[test]
fn every_recorded_answer_is_what_its_scenario_expects() {
    let scenarios = deployed();
    let mut not_used = BTreeSet::new();
    let mut replayed = 0;
    for recording in recordings() {
        let Some((step, inputs)) = step_for(&scenarios, &recording) else {
            not_used.insert(recording.route);
            continue;
        };
        let place = format!("{} {}", recording.side, recording.route);
        let call = step.render(&inputs).unwrap().into_http().unwrap();
        assert_eq!(call.method.as_str(), recording.method, "{place}");
        assert_eq!(call.path, recording.path, "{place}");
        let result = examine(step, &recording, &recording.body, &inputs);
        assert_eq!(result.problems, [], "{place}");
        replayed += 1;
    }
    assert_eq!(not_used, BTreeSet::from(NOT_USED.map(str::to_owned)));
    assert_eq!(replayed, 10, "five recordings of each side");
}

#[test]
fn a_created_task_is_captured_under_both_of_its_names() {
    let scenarios = deployed();
    for recording in recordings().iter().filter(|r| r.route == "task-create") {
        let (step, inputs) = step_for(&scenarios, recording).unwrap();
        let call = step.render(&inputs).unwrap().into_http().unwrap();
        let sent: Value = serde_json::from_slice(&call.body.unwrap()).unwrap();
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&sent), keys(&recording.request_body));
        let key = if recording.side == "baseline" {
            "notionPageId"
        } else {
            "taskId"
        };
        let captured = examine(step, recording, &recording.body, &inputs).captured;
        assert_eq!(
            captured,
            [("task_id".to_owned(), recording.body[key].clone())]
        );
    }
}

#[test]
fn a_wrong_answer_is_noticed() {
    let scenarios = deployed();
    for recording in recordings() {
        let Some((step, inputs)) = step_for(&scenarios, &recording) else {
            continue;
        };
        let place = format!("{} {}", recording.side, recording.route);
        for key in [
            "success",
            "tasks",
            "taskId",
            "notionPageId",
            "pageId",
            "parsedTask",
            "query",
        ] {
            let mut body = recording.body.clone();
            if body.as_object_mut().unwrap().remove(key).is_some() {
                let result = examine(step, &recording, &body, &inputs);
                assert!(!result.is_right(), "{place} without `{key}` passed");
            }
        }
        let mut body = recording.body.clone();
        body["success"] = json!(false);
        let result = examine(step, &recording, &body, &inputs);
        assert_eq!(
            result.problems[0].kind,
            ProblemKind::Body,
            "{place} with success = false"
        );
        let result = step.examine(500, recording.body.to_string().as_bytes(), &inputs);
        assert_eq!(
            result.problems[0].kind,
            ProblemKind::Status,
            "{place} with status 500"
        );
    }
}

#[test]
fn a_dashboard_with_no_task_or_a_broken_one_is_noticed() {
    let scenarios = deployed();
    for recording in recordings().iter().filter(|r| r.route == "all-tasks") {
        let (step, inputs) = step_for(&scenarios, recording).unwrap();
        let mut empty = recording.body.clone();
        empty["tasks"] = json!([]);
        assert!(!examine(step, recording, &empty, &inputs).is_right());
        let mut broken = recording.body.clone();
        broken["tasks"][2].as_object_mut().unwrap().remove("status");
        assert!(!examine(step, recording, &broken, &inputs).is_right());
    }
}

#[test]
fn what_a_killed_run_left_is_found_and_nothing_else() {
    let scenarios = deployed();
    let create = scenarios.iter().find(|scenario| scenario.writes).unwrap();
    let inputs = Inputs::draw(create, "run", 1, 0, "cutover-7-3".to_owned());
    for mut recording in recordings().into_iter().filter(|r| r.route == "all-tasks") {
        let find = &create.recover[0].http;
        let call = find.render(&inputs).unwrap().into_http().unwrap();
        assert_eq!(call.path, recording.path);
        let result = examine(find, &recording, &recording.body, &inputs);
        assert_eq!(result.problems, [], "nothing left is as it should be");
        assert_eq!(result.objects().len(), 0);
        for n in [1, 3] {
            let title = format!("Plan the vendor contract cutover-7-3 {n}");
            recording.body["tasks"][n]["title"] = json!(title);
        }
        let result = examine(find, &recording, &recording.body, &inputs);
        let id = |n: usize| {
            vec![(
                "task_id".to_owned(),
                recording.body["tasks"][n]["id"].clone(),
            )]
        };
        assert_eq!(result.objects(), [id(1), id(3)]);
    }
}
