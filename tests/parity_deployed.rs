//! On what the deployed application really answered, parity finds every difference that is known of
//! those routes, with the rules that ship for them.
//!
//! The recordings show the same five titles on both sides, though 100 tasks were answered. So what needs
//! the whole lists (which 50 of 100 tasks are the same, that 42 of those 50 have another due date, and that
//! a new important task is in one list only) is shown on a list of 150 that is made here as the
//! two stores would answer it. No recorded task is blocked, and no recorded title has several runs: such tasks
//! are made here, too. The writes of the guide's routes (a PATCH of tags, a reopened task) were not
//! recorded.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking; the lint knows only functions that are marked as tests"
)]

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use cutover::parity::{Answered, Passes, Seen, compare};
use cutover::record::{Finding, FindingKind as Kind, Inspection, Weight};
use cutover::scenario::{self, Compare, FieldRule, Treatment};
use serde_json::{Value, json};

struct Recording {
    status: u16,
    body: Value,
    cache_headers: Vec<String>,
    statements: u64,
}

fn recording(side: &str, route: &str) -> Recording {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tomos-deployed");
    let text = fs::read_to_string(root.join(side).join(format!("{route}.json"))).unwrap();
    let whole: Value = serde_json::from_str(&text).unwrap();
    let headers = whole["headers"].as_object().unwrap().iter();
    let cache = headers.filter(|(name, _)| name.contains("cache") || *name == "age");
    Recording {
        status: u16::try_from(whole["status"].as_u64().unwrap()).unwrap(),
        body: whole["body"].clone(),
        cache_headers: cache
            .map(|(name, value)| format!("{name}: {}", value.as_str().unwrap()))
            .collect(),
        statements: whole["sql_statements"].as_u64().unwrap(),
    }
}

fn answered<'a>(route: &'a str, recording: &'a Recording) -> Answered<'a> {
    Answered {
        step: route,
        status: recording.status,
        // Five tasks of a hundred were kept, so what a step expects of the whole list cannot be asked of it.
        unexpected: None,
        body: Cow::Borrowed(&recording.body),
        marker: "",
        cache_headers: &recording.cache_headers,
    }
}

/// The rules that ship for a scenario of the deployed application.
fn rules(scenario: &str) -> Compare {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/deployed");
    let scenarios = scenario::load(&[folder]).unwrap_or_else(|errors| panic!("{errors}"));
    let mut scenarios = scenarios.into_iter();
    let found = scenarios.find(|known| known.name == scenario).unwrap();
    found.compare.unwrap()
}

/// Both sides' recorded answers to a route, compared; the baseline was recorded once, so it has no noise.
fn compared(route: &str, rules: &Compare) -> Inspection {
    let (left, right) = (recording("baseline", route), recording("candidate", route));
    let passes = Passes {
        baseline: vec![answered(route, &left)],
        candidate: vec![answered(route, &right)],
        again: vec![answered(route, &left)],
    };
    let seen = Seen {
        statements: Some(right.statements),
        ..Seen::default()
    };
    compare(rules, &[passes], &seen)
}

/// Kind, path, count and of how many, in the order of the kinds and paths.
fn told(inspection: &Inspection) -> Vec<(Kind, &str, u64, u64)> {
    let mut told: Vec<_> = inspection
        .findings
        .iter()
        .map(|finding| {
            let place = finding.subject.split_once(' ').map_or("", |(_, path)| path);
            (finding.kind, place, finding.count, finding.of)
        })
        .collect();
    told.sort_unstable();
    told
}

fn finding<'i>(inspection: &'i Inspection, kind: Kind, place: &str) -> &'i Finding {
    let is_it = |finding: &&Finding| finding.kind == kind && finding.subject.ends_with(place);
    let found = inspection.findings.iter().find(is_it);
    found.unwrap_or_else(|| panic!("no {kind:?} at {place}: {inspection:#?}"))
}

fn values(finding: &Finding) -> (Option<&str>, Option<&str>) {
    let example = finding.example.as_ref().unwrap();
    (example.baseline.as_deref(), example.candidate.as_deref())
}

#[test]
fn the_dashboard_differs_in_words_shape_and_dates() {
    let inspection = compared("all-tasks", &rules("dashboard-load"));
    let all = [
        (Kind::Value, "$.tasks[*].priority", 5, 5),
        (Kind::Value, "$.tasks[*].status", 5, 5),
        (Kind::FieldMissing, "$.tasks[*].context", 5, 5),
        (Kind::FieldMissing, "$.tasks[*].energy", 5, 5),
        (Kind::FieldMissing, "$.tasks[*].time", 5, 5),
        (Kind::FieldExtra, "$.tasks[*].completedAt", 5, 5),
        (Kind::FieldExtra, "$.tasks[*].createdAt", 5, 5),
        (Kind::FieldExtra, "$.tasks[*].description", 5, 5),
        (Kind::FieldExtra, "$.tasks[*].project", 5, 5),
        (Kind::FieldExtra, "$.tasks[*].tags", 5, 5),
        (Kind::FieldExtra, "$.tasks[*].updatedAt", 5, 5),
        (Kind::MomentShifted, "$.tasks[*].dueDate", 1, 5),
    ];
    assert_eq!(told(&inspection), all);
    let due = finding(&inspection, Kind::MomentShifted, "dueDate");
    let words = "`dueDate` is 11 h later on the candidate, in 1 of 5; the baseline says a day \
                 without a time, the candidate 11:00 in Australia/Sydney";
    assert_eq!(due.words, words);
    assert_eq!(
        values(due),
        (Some("\"2026-11-12\""), Some("\"2026-11-12T00:00:00.000Z\""))
    );
    assert_eq!(
        due.example.as_ref().unwrap().key,
        "Email server migration 011"
    );
    let status = finding(&inspection, Kind::Value, "status");
    assert_eq!(values(status), (Some("\"To Do\""), Some("\"todo\"")));
    assert!(
        status
            .next
            .contains(r#""In Progress" = "in_progress", "To Do" = "todo""#)
    );
    assert!(
        inspection
            .findings
            .iter()
            .all(|finding| finding.weight == Weight::Refutes)
    );
    assert!(inspection.not_looked_at.is_empty());
}

#[test]
fn the_writes_call_the_id_by_another_name() {
    for (route, old) in [
        ("task-create", "notionPageId"),
        ("task-update", "pageId"),
        ("task-complete", "pageId"),
    ] {
        let inspection = compared(route, &rules("create-task"));
        let old_path = format!("$.{old}");
        let all = [
            (Kind::FieldMissing, old_path.as_str(), 1, 1),
            (Kind::FieldExtra, "$.taskId", 1, 1),
        ];
        assert_eq!(told(&inspection), all, "{route}");
        let missing = finding(&inspection, Kind::FieldMissing, old);
        let rename = format!("{{ path = \"$.{old}\", rename = \"taskId\" }}");
        assert!(missing.next.contains(&rename), "{}", missing.next);
    }
}

#[test]
fn the_query_of_both_sides_is_answered_by_notion() {
    let inspection = compared("tasks-query", &rules("task-search"));
    let [only] = inspection.findings.as_slice() else {
        panic!("{inspection:#?}");
    };
    assert_eq!(
        (only.kind, only.weight),
        (Kind::ComparedWithItself, Weight::Doubts)
    );
    let words = "one store seems to answer for both sides: 3 ids that each store makes for itself are the \
                 same, no statement reached the candidate's database";
    assert_eq!(only.words, words);
}

#[test]
fn what_was_frozen_at_build_time_is_named_on_both_sides() {
    for (route, scenario) in [
        ("health", "create-task"),
        ("all-tasks.static-build", "dashboard-load"),
    ] {
        let inspection = compared(route, &rules(scenario));
        let frozen: Vec<_> = inspection
            .findings
            .iter()
            .filter(|one| one.kind == Kind::Frozen)
            .collect();
        let sides: Vec<_> = frozen
            .iter()
            .map(|one| one.words.split('\'').next().unwrap())
            .collect();
        assert_eq!(sides, ["the baseline", "the candidate"], "{route}");
        assert!(
            frozen.iter().all(
                |one| one.weight == Weight::Doubts && one.words.contains("x-nextjs-cache: HIT")
            )
        );
    }
}

/// The 150 tasks as both stores hold them: 50 of each class, 126 with a date without a time.
struct Task {
    n: u32,
    /// Urgent, Important, Someday or none.
    class: u32,
}

fn tasks() -> Vec<Task> {
    (0..150).map(|n| Task { n, class: n / 50 }).collect()
}

fn baseline(tasks: &[Task], length: usize) -> Value {
    let task = |task: &Task| {
        let day = format!("2026-11-{:02}", 1 + task.n % 28);
        let due = if task.n % 50 < 42 {
            day
        } else {
            format!("{day}T09:00:00+11:00")
        };
        let priority = match (task.class, task.n % 2) {
            (0, _) => json!("Urgent"),
            (1, _) => json!("Important"),
            (_, 0) => json!("Someday"),
            _ => Value::Null,
        };
        json!({ "title": format!("Task {:03}", task.n), "priority": priority, "dueDate": due })
    };
    // By the order of the options, then by the number.
    let all: Vec<Value> = tasks.iter().map(task).take(length).collect();
    json!({ "count": all.len(), "tasks": all, "source": "notion" })
}

fn candidate(tasks: &[Task], length: usize) -> Value {
    let word = |task: &Task| match (task.class, task.n % 2) {
        (0, _) => "urgent",
        (1, _) => "high",
        (_, 0) => "low",
        _ => "medium",
    };
    let mut sorted: Vec<&Task> = tasks.iter().collect();
    sorted.sort_by_key(|task| std::cmp::Reverse(word(task)));
    let task = |task: &&Task| {
        let day = format!("2026-11-{:02}", 1 + task.n % 28);
        let due = if task.n % 50 < 42 {
            format!("{day}T00:00:00.000Z")
        } else {
            format!("{day}T09:00:00+11:00")
        };
        json!({ "title": format!("Task {:03}", task.n), "priority": word(task), "dueDate": due })
    };
    let all: Vec<Value> = sorted.iter().map(task).take(length).collect();
    json!({ "count": all.len(), "tasks": all, "source": "postgres" })
}

/// The rules that ship, and the words of the priority as a user who means them would add them.
fn rules_with_words() -> Compare {
    let words = [
        ("Urgent", "urgent"),
        ("Important", "high"),
        ("Someday", "low"),
    ];
    let map = words.map(|(from, to)| (from.to_owned(), Value::from(to)));
    let mut rules = rules("dashboard-load");
    rules.fields.push(FieldRule {
        path: "$.tasks[*].priority".parse().unwrap(),
        treatment: Treatment::Map(map.into()),
    });
    rules
}

fn compared_made(left: &Value, right: &Value) -> Inspection {
    compared_by(&rules_with_words(), left, right)
}

fn compared_by(rules: &Compare, left: &Value, right: &Value) -> Inspection {
    let answer = |body| Answered {
        step: "all-tasks",
        status: 200,
        // The made lists are as long as a test needs them, and not as the step expects.
        unexpected: None,
        body: Cow::Borrowed(body),
        marker: "",
        cache_headers: &[],
    };
    let passes = Passes {
        baseline: vec![answer(left)],
        candidate: vec![answer(right)],
        again: vec![answer(left)],
    };
    compare(rules, &[passes], &Seen::default())
}

#[test]
fn of_two_lists_that_end_at_100_only_50_tasks_are_the_same() {
    let inspection = compared_made(&baseline(&tasks(), 100), &candidate(&tasks(), 100));
    let all = [
        (Kind::RecordMissing, "$.tasks", 50, 100),
        (Kind::RecordExtra, "$.tasks", 50, 100),
        (Kind::CappedBothSides, "$.tasks", 1, 1),
        (Kind::MomentShifted, "$.tasks[*].dueDate", 42, 50),
    ];
    assert_eq!(told(&inspection), all);
    assert_eq!(
        inspection.findings[0].kind,
        Kind::CappedBothSides,
        "what explains the others comes first"
    );
    let missing = finding(&inspection, Kind::RecordMissing, "$.tasks");
    assert!(
        values(missing).0.unwrap().contains(r#""priority":"high""#),
        "{missing:?}"
    );
}

#[test]
fn a_new_important_task_is_in_one_list_only() {
    let (mut left, right) = (baseline(&tasks(), 100), candidate(&tasks(), 100));
    let new = json!({ "title": "New", "priority": "Important", "dueDate": "2026-11-22" });
    left["tasks"].as_array_mut().unwrap().insert(68, new);
    left["tasks"].as_array_mut().unwrap().truncate(100);
    let inspection = compared_made(&left, &right);
    let missing = finding(&inspection, Kind::RecordMissing, "$.tasks");
    assert_eq!((missing.count, missing.of), (50, 100));
    // Of the important ones it is the only one that the candidate does not have.
    let mut whole = candidate(&tasks(), 150);
    let tasks = whole["tasks"].as_array_mut().unwrap();
    tasks.retain(|task| task["priority"] == "urgent" || task["priority"] == "high");
    let inspection = compared_made(&left, &whole);
    let missing = finding(&inspection, Kind::RecordMissing, "$.tasks");
    assert_eq!(
        (
            missing.count,
            missing.example.as_ref().unwrap().key.as_str()
        ),
        (1, "New")
    );
}

#[test]
fn priority_by_its_text_is_another_order_and_no_priority_is_no_medium_one() {
    let inspection = compared_made(&baseline(&tasks(), 150), &candidate(&tasks(), 150));
    let value = finding(&inspection, Kind::Value, "$.tasks[*].priority");
    assert_eq!((value.count, value.of), (25, 150));
    assert_eq!(values(value), (Some("null"), Some("\"medium\"")));
    let order = finding(&inspection, Kind::Order, "$.tasks");
    assert!(order.count >= 50 && order.of == 150, "{order:?}");
}

#[test]
fn a_blocked_task_that_is_todo_and_a_title_that_ends_with_its_first_run_are_found() {
    let task = |title: &str, status: &str| json!({ "title": title, "status": status });
    let notion = [task("Move the office", "Blocked"), task("Read ", "To Do")];
    let rows = [
        task("Move the office", "todo"),
        task("Read the draft", "todo"),
    ];
    let mut rules = rules("dashboard-load");
    let words = [("Inbox", "todo"), ("To Do", "todo"), ("Done", "done")];
    let map = words.map(|(from, to)| (from.to_owned(), Value::from(to)));
    rules.fields.push(FieldRule {
        path: "$.tasks[*].status".parse().unwrap(),
        treatment: Treatment::Map(map.into()),
    });
    let inspection = compared_by(
        &rules,
        &json!({ "tasks": notion }),
        &json!({ "tasks": rows }),
    );
    let all = [
        (Kind::Value, "$.tasks[*].status", 1, 1),
        (Kind::RecordMissing, "$.tasks", 1, 2),
        (Kind::RecordExtra, "$.tasks", 1, 2),
    ];
    assert_eq!(told(&inspection), all);
    let status = finding(&inspection, Kind::Value, "status");
    assert_eq!(values(status), (Some("\"Blocked\""), Some("\"todo\"")));
    let missing = finding(&inspection, Kind::RecordMissing, "$.tasks");
    assert_eq!(missing.example.as_ref().unwrap().key, "Read ");
    let extra = finding(&inspection, Kind::RecordExtra, "$.tasks");
    assert_eq!(extra.example.as_ref().unwrap().key, "Read the draft");
}
