//! An importer of the tests' own, which loses nothing; and the comparison of what it wrote.

use std::collections::BTreeMap;
use std::path::Path;

use cutover::integrity::{Comparison, IdMap, Mapping, Tables, read_export};
use cutover::record::{FindingKind, Inspection};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{
    self, CONTEXTS, Due, PRIORITIES, PROJECTS, STATUSES, Task, due_moment, moment, project_id,
};

pub(crate) const MAPPING: &str = r#"
zone = "Australia/Sydney"

[[records]]
name = "tasks"
table = "tasks"
match = [{ id_map = "tasks" }, { column = "notionId" }, { content = ["title", "createdAt"] }]
skip = { when = "archived", reason = "in the trash" }
body = { column = "description" }

[records.fields]
title = { from = "Task", empty = "Untitled" }
status = { from = "Status", empty = "todo", map = { Inbox = "todo", "To Do" = "todo", "In Progress" = "in_progress", Done = "done" } }
priority = { from = "Priority", empty = "medium", map = { Urgent = "urgent", Important = "high", Someday = "low" } }
dueDate = { from = "Due", as = "instant", end_column = "dueEnd", zone_column = "dueZone" }
score = { from = "Score", as = "number" }
ticked = { from = "Ticked", as = "flag" }
completedAt = { from = "nothing", as = "minute", set_when = { status = "done" }, never = "last_edited_time" }
createdAt = { from = "created_time", as = "minute" }

[records.links]
tags = { through = "task_tags", own = "taskId", other = "tagId", to = "tags.name", from = { property = "Context", prefix = "context:" } }
project = { column = "projectId", to = "projects.id", from = "Project" }

[[records]]
name = "projects"
table = "projects"
match = { content = ["title"] }
body = { ignored = "projects have no text" }

[records.fields]
title = { from = "Name" }
"#;

/// A row by its columns; what is absent is null.
pub(crate) type Row = BTreeMap<&'static str, String>;

/// What an importer wrote, by tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Database(pub(crate) BTreeMap<&'static str, Vec<Row>>);

/// How pages find their rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum By {
    IdMap,
    Column,
    Content,
}

pub(crate) const WAYS: [By; 3] = [By::IdMap, By::Column, By::Content];

fn timestamp(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Midnight in Sydney, which is 11 hours before UTC's in March.
fn midnight(day: u8) -> String {
    let at: jiff::Timestamp = format!("2026-03-{day:02}T00:00:00+11:00").parse().unwrap();
    timestamp(at)
}

pub(crate) fn row_id(task: &Task) -> String {
    format!("row-{:x}", task.id)
}

fn row(task: &Task, by: By) -> Row {
    let status = task.status.map_or("todo", |at| STATUSES[at].1);
    let mut row = Row::from([
        ("id", row_id(task)),
        ("title", task.title.clone()),
        ("status", status.to_owned()),
        (
            "priority",
            task.priority
                .map_or("medium", |at| PRIORITIES[at].1)
                .to_owned(),
        ),
        ("ticked", task.ticked.to_string()),
        ("createdAt", timestamp(moment(task.created))),
    ]);
    row.extend(task.score.map(|score| ("score", score.to_string())));
    row.extend(
        task.body
            .clone()
            .map(|body| ("description", format!("Notes:\n{body}"))),
    );
    row.extend(
        task.project
            .map(|at| ("projectId", format!("project-{at}"))),
    );
    match task.due {
        Due::Never => {}
        Due::Day(day) => row.extend([("dueDate", midnight(day))]),
        Due::At(minute) => row.extend([("dueDate", timestamp(due_moment(minute)))]),
        Due::Span(start, end) => {
            row.extend([("dueDate", midnight(start)), ("dueEnd", midnight(end))]);
        }
        Due::Zoned(minute) => row.extend([
            ("dueDate", timestamp(due_moment(minute))),
            ("dueZone", "Europe/Berlin".to_owned()),
        ]),
    }
    if status == "done" {
        row.insert("completedAt", timestamp(moment(task.edited - 1)));
    }
    if by == By::Column {
        row.insert("notionId", Uuid::from_u128(task.id).simple().to_string());
    }
    row
}

/// The tables after an import.
pub(crate) fn import(tasks: &[Task], by: By) -> Database {
    let tags = CONTEXTS.iter().enumerate().map(|(at, name)| {
        Row::from([
            ("id", format!("tag-{at}")),
            ("name", format!("context:{name}")),
        ])
    });
    let links = tasks.iter().flat_map(|task| {
        let pair =
            |at: &usize| Row::from([("taskId", row_id(task)), ("tagId", format!("tag-{at}"))]);
        task.contexts.iter().map(pair).collect::<Vec<_>>()
    });
    let projects = (0..PROJECTS).map(|at| {
        Row::from([
            ("id", format!("project-{at}")),
            ("title", format!("project {at}")),
        ])
    });
    Database(BTreeMap::from([
        ("tags", tags.collect()),
        ("task_tags", links.collect()),
        ("projects", projects.collect()),
        ("tasks", tasks.iter().map(|task| row(task, by)).collect()),
    ]))
}

/// The map that such an import keeps.
pub(crate) fn ids(tasks: &[Task]) -> Value {
    let pairs = tasks
        .iter()
        .map(|task| (Uuid::from_u128(task.id).to_string(), json!(row_id(task))));
    let projects = (0..PROJECTS).map(|at| {
        (
            Uuid::from_u128(project_id(at)).to_string(),
            json!(format!("project-{at}")),
        )
    });
    json!({ "tasks": Value::Object(pairs.collect()), "projects": Value::Object(projects.collect()) })
}

impl Database {
    pub(crate) fn table(&mut self, name: &'static str) -> &mut Vec<Row> {
        self.0.entry(name).or_default()
    }

    fn tables(&self, mapping: &Mapping) -> Tables {
        let mut tables = Tables::default();
        for query in mapping.queries() {
            let mut rows = query.rows();
            for row in self.0.get(query.table.as_str()).into_iter().flatten() {
                let columns = query.columns.iter().chain(&query.optional);
                let cells: Vec<Option<&str>> = columns
                    .map(|column| row.get(column.as_str()).map(String::as_str))
                    .collect();
                rows.push(&cells);
            }
            tables.insert(&query, rows);
        }
        tables
    }
}

/// What a comparison says.
pub(crate) fn inspect(export: &Value, database: &Database, ids: Option<&Value>) -> Inspection {
    inspect_with(MAPPING, export, database, ids)
}

pub(crate) fn inspect_with(
    mapping: &str,
    export: &Value,
    database: &Database,
    ids: Option<&Value>,
) -> Inspection {
    let mapping = Mapping::read(Path::new("test.toml"), mapping).unwrap();
    let tables = database.tables(&mapping);
    let ids = ids.map(|ids| IdMap::read(ids.to_string().as_bytes()).unwrap());
    let mut comparison = Comparison::new(&mapping, &tables, ids.as_ref(), true);
    let bytes = export.to_string().into_bytes();
    let facts = read_export(bytes.as_slice(), &mut |page| comparison.page(page)).unwrap();
    comparison.finish(&facts)
}

/// What a comparison says of tasks that were imported this way.
pub(crate) fn inspect_import(tasks: &[Task], database: &Database, by: By) -> Inspection {
    let ids = ids(tasks);
    let ids = (by == By::IdMap).then_some(&ids);
    inspect(&world::export(tasks), database, ids)
}

/// Each finding's kind, subject and count.
pub(crate) fn found(inspection: &Inspection) -> Vec<(FindingKind, &str, u64)> {
    let findings = inspection.findings.iter();
    findings
        .map(|finding| (finding.kind, finding.subject.as_str(), finding.count))
        .collect()
}
