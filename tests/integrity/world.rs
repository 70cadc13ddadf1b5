//! Random worlds, as Notion would export them.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const STATUSES: [(&str, &str); 4] = [
    ("Inbox", "todo"),
    ("To Do", "todo"),
    ("In Progress", "in_progress"),
    ("Done", "done"),
];
pub(crate) const PRIORITIES: [(&str, &str); 3] = [
    ("Urgent", "urgent"),
    ("Important", "high"),
    ("Someday", "low"),
];
pub(crate) const CONTEXTS: [&str; 4] = ["Work", "Home", "Errand", "Café"];
pub(crate) const PROJECTS: usize = 3;
/// 2026-01-01T00:00:00Z, in minutes since 1970.
const BEGINNING: i64 = 29_453_760;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Due {
    Never,
    Day(u8),
    At(u16),
    Span(u8, u8),
    Zoned(u16),
}

#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: u128,
    pub(crate) title: String,
    pub(crate) status: Option<usize>,
    pub(crate) priority: Option<usize>,
    pub(crate) due: Due,
    pub(crate) score: Option<i16>,
    pub(crate) ticked: bool,
    pub(crate) created: i64,
    pub(crate) edited: i64,
    pub(crate) contexts: Vec<usize>,
    pub(crate) project: Option<usize>,
    pub(crate) body: Option<String>,
}

fn due() -> impl Strategy<Value = Due> {
    prop_oneof![
        Just(Due::Never),
        (1u8..28).prop_map(Due::Day),
        (0u16..40_000).prop_map(Due::At),
        (1u8..14, 14u8..28).prop_map(|(start, end)| Due::Span(start, end)),
        (0u16..40_000).prop_map(Due::Zoned),
    ]
}

pub(crate) fn task() -> impl Strategy<Value = Task> {
    let what = (
        "\\PC{1,8}",
        proptest::option::of(0..STATUSES.len()),
        proptest::option::of(0..PRIORITIES.len()),
        due(),
        proptest::option::of(any::<i16>()),
        any::<bool>(),
    );
    let rest = (
        any::<u128>(),
        0i64..500_000,
        0i64..1_000,
        proptest::sample::subsequence((0..CONTEXTS.len()).collect::<Vec<_>>(), 0..=CONTEXTS.len()),
        proptest::option::of(0..PROJECTS),
        proptest::option::of("[a-z]{1,5}( [a-z]{1,5}){0,3}"),
    );
    (what, rest).prop_map(|(what, rest)| {
        let (title, status, priority, due, score, ticked) = what;
        let (id, created, worked, contexts, project, body) = rest;
        let created = BEGINNING + created;
        Task {
            id,
            title,
            status,
            priority,
            due,
            score,
            ticked,
            created,
            edited: created + worked,
            contexts,
            project,
            body,
        }
    })
}

/// Some tasks, none of them made in the minute of another.
pub(crate) fn tasks(
    count: impl Into<proptest::collection::SizeRange>,
) -> impl Strategy<Value = Vec<Task>> {
    proptest::collection::vec(task(), count).prop_map(|mut tasks| {
        for (number, task) in (0i64..).zip(&mut tasks) {
            task.created += number * 1_000_000;
            task.edited += number * 1_000_000;
        }
        tasks
    })
}

pub(crate) fn project_id(number: usize) -> u128 {
    0xaaaa_0000 + number as u128
}

pub(crate) fn moment(minutes: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(minutes * 60).unwrap()
}

fn date(due: &Due) -> Value {
    match due {
        Due::Never => Value::Null,
        Due::Day(day) => {
            json!({ "start": format!("2026-03-{day:02}"), "end": null, "time_zone": null })
        }
        Due::At(minute) => json!({ "start": moment(BEGINNING + i64::from(*minute)), "end": null }),
        Due::Span(start, end) => {
            json!({ "start": format!("2026-03-{start:02}"), "end": format!("2026-03-{end:02}") })
        }
        Due::Zoned(minute) => {
            let at = moment(BEGINNING + i64::from(*minute));
            json!({ "start": at, "end": null, "time_zone": "Europe/Berlin" })
        }
    }
}

pub(crate) fn due_moment(minute: u16) -> jiff::Timestamp {
    moment(BEGINNING + i64::from(minute))
}

fn option(name: Option<&str>) -> Value {
    json!({ "type": "select", "select": name.map(|name| json!({ "name": name })) })
}

pub(crate) fn page(task: &Task) -> Value {
    let runs = |text: &str| {
        let middle = text.char_indices().nth(2).map_or(text.len(), |(at, _)| at);
        let (first, second) = text.split_at(middle);
        let run = |text: &str| json!({ "plain_text": text });
        json!([run(first), run(second)])
    };
    let contexts: Vec<Value> = task
        .contexts
        .iter()
        .map(|at| json!({ "name": CONTEXTS[*at] }))
        .collect();
    let projects: Vec<Value> = task
        .project
        .iter()
        .map(|at| json!({ "id": Uuid::from_u128(project_id(*at)) }))
        .collect();
    let mut page = json!({
        "object": "page",
        "id": Uuid::from_u128(task.id),
        "created_time": moment(task.created),
        "last_edited_time": moment(task.edited),
        "properties": {
            "Task": { "type": "title", "title": runs(&task.title) },
            "Status": option(task.status.map(|at| STATUSES[at].0)),
            "Priority": option(task.priority.map(|at| PRIORITIES[at].0)),
            "Due": { "type": "date", "date": date(&task.due) },
            "Score": { "type": "number", "number": task.score },
            "Ticked": { "type": "checkbox", "checkbox": task.ticked },
            "Context": { "type": "multi_select", "multi_select": contexts },
            "Project": { "type": "relation", "relation": projects, "has_more": false },
            "Sum": { "type": "formula", "formula": { "type": "number", "number": 5 } },
        },
    });
    page["blocks"] = match &task.body {
        Some(text) => json!([{ "type": "paragraph", "paragraph": { "rich_text": runs(text) } }]),
        None => json!([]),
    };
    page
}

pub(crate) fn project(number: usize) -> Value {
    json!({
        "object": "page",
        "id": Uuid::from_u128(project_id(number)),
        "properties": { "Name": { "type": "title", "title": [{ "plain_text": format!("project {number}") }] } },
    })
}

pub(crate) fn export(tasks: &[Task]) -> Value {
    json!({
        "exported_at": "2026-05-01T00:00:00Z",
        "tasks": tasks.iter().map(page).collect::<Vec<_>>(),
        "projects": { "results": (0..PROJECTS).map(project).collect::<Vec<_>>(), "has_more": false },
    })
}
