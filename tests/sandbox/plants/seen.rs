//! All that can be seen of a sandbox, as one tree: what Notion holds, the rows and constraints, what both
//! sides answer to reads, and what comes of a task that is made and changed on each.

use std::collections::{BTreeMap, BTreeSet};

use cutover::sandbox::Sandbox;
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use sqlx::{Connection, PgConnection};

use crate::Api;

/// Every row of a table by its key, and all foreign keys and indexes.
const ROWS: &str = r#"
    SELECT 'tasks', id, to_jsonb(t)::text FROM tasks t
    UNION ALL SELECT 'projects', id, to_jsonb(p)::text FROM projects p
    UNION ALL SELECT 'tags', id, to_jsonb(g)::text FROM tags g
    UNION ALL SELECT 'task_tags', "taskId" || '/' || "tagId", 'true' FROM task_tags
    UNION ALL SELECT 'foreign_keys', conname, to_jsonb(pg_get_constraintdef(oid))::text
        FROM pg_constraint WHERE contype = 'f'
    UNION ALL SELECT 'indexes', indexname, to_jsonb(indexdef)::text
        FROM pg_indexes WHERE schemaname = 'public'"#;

/// The reads whose answers are compared: what they are called here, and the list in the answer.
const READS: [(&str, &str, &str); 4] = [
    (
        "all tasks",
        "tasks",
        "/api/tasks?includeProject=true&includeTags=true",
    ),
    ("todo", "tasks", "/api/tasks?status=todo"),
    (
        "projects",
        "projects",
        "/api/projects?includeTaskCount=true",
    ),
    ("tags", "tags", "/api/tags"),
];

pub(super) async fn of(sandbox: &Sandbox) -> Value {
    let mut seen = json!({ "notion": notion(sandbox), "rows": rows(sandbox).await });
    let sides = [
        ("baseline", Api::new(sandbox.baseline_url())),
        ("candidate", Api::new(sandbox.candidate_url())),
    ];
    for (side, api) in &sides {
        for (name, list, path) in READS {
            seen["reads"][side][name] = by_id(list, &api.get(path).await);
        }
    }
    for (side, api) in &sides {
        seen["life"][side] = life(api).await;
    }
    seen
}

fn notion(sandbox: &Sandbox) -> Value {
    let export: Value = serde_json::from_slice(&sandbox.notion_export().unwrap()).unwrap();
    let lists = export.as_object().unwrap().iter();
    let lists = lists.filter(|(name, _)| *name != "exported_at");
    Value::Object(
        lists
            .map(|(name, pages)| (name.clone(), keyed(pages)))
            .collect(),
    )
}

async fn rows(sandbox: &Sandbox) -> Value {
    let mut connection = PgConnection::connect(sandbox.database_url()).await.unwrap();
    let rows: Vec<(String, String, String)> = sqlx::query_as(ROWS)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let mut tables = json!({});
    for (table, key, row) in rows {
        tables[table][key] = serde_json::from_str(&row).unwrap();
    }
    tables
}

/// Objects with an id, by it.
fn keyed(objects: &Value) -> Value {
    let objects = objects.as_array().unwrap().iter();
    let pairs = objects.map(|object| (object["id"].as_str().unwrap().to_owned(), object.clone()));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// A list with its order and its objects apart.
fn by_id(list: &str, answer: &Value) -> Value {
    let ids = answer[list].as_array().unwrap().iter();
    let order: Vec<&Value> = ids.map(|object| &object["id"]).collect();
    json!({ "count": answer["count"], "order": order, "objects": keyed(&answer[list]) })
}

/// A task is made with three tags, changed in its priority, its tags and its status, and removed.
async fn life(api: &Api) -> Value {
    const TITLE: &str = "Seen from birth to death";
    let tags = api.get("/api/tags").await;
    let tag = |place: usize| tags["tags"][place]["id"].clone();
    let mut seen = json!({});
    let made = json!({
        "title": TITLE, "description": "kept", "dueDate": "2030-05-06",
        "tagIds": [tag(0), tag(1), tag(2)],
    });
    let answer = api.write(Method::POST, "/api/tasks", &made).await;
    seen["made"] = lasting(answer.status, answer.body);
    // A create that failed may have left something.
    let found = api.find(&[("q", TITLE), ("includeTags", "true")]).await;
    let mut listed = found["tasks"].as_array().unwrap().iter();
    let Some(task) = listed.find(|task| task["title"] == TITLE).cloned() else {
        seen["found"] = json!("nothing");
        return seen;
    };
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    seen["found"] = lasting(StatusCode::OK, task);
    for (step, change) in [
        ("more urgent", json!({ "priority": "urgent" })),
        ("other tags", json!({ "tagIds": [tag(3), tag(4)] })),
        ("done", json!({ "status": "done" })),
        ("reopened", json!({ "status": "todo" })),
    ] {
        let answer = api.write(Method::PATCH, &path, &change).await;
        assert_eq!(answer.status, StatusCode::OK, "{step}: {}", answer.body);
        let read = api.get(&format!("{path}?includeTags=true")).await;
        seen[step] = lasting(StatusCode::OK, read);
    }
    let gone = api.send(Method::DELETE, &path, None).await;
    seen["removed"] = json!(gone.status.as_u16());
    seen
}

/// An answer without what differs from run to run: the new id, and when it was.
fn lasting(status: StatusCode, mut answer: Value) -> Value {
    if !status.is_success() {
        return json!({ "status": status.as_u16(), "refused": answer });
    }
    if let Some(task) = answer.as_object_mut() {
        for key in ["id", "createdAt", "updatedAt"] {
            task.remove(key);
        }
        if let Some(at) = task.get_mut("completedAt")
            && at.is_string()
        {
            *at = json!("then");
        }
        let tags = task.get_mut("tags").and_then(Value::as_array_mut);
        for tag in tags.into_iter().flatten() {
            if let Some(name) = tag.get("name") {
                *tag = json!({ "name": name });
            }
        }
    }
    json!({ "status": status.as_u16(), "answer": answer })
}

/// What differs, by the path with `*` for ids: how often it is other, new or gone.
pub(super) fn differences(sound: &Value, planted: &Value) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    differ(&mut found, "", Some(sound), Some(planted));
    found
}

fn differ(
    found: &mut BTreeMap<String, usize>,
    path: &str,
    sound: Option<&Value>,
    planted: Option<&Value>,
) {
    let how = match (sound, planted) {
        (Some(Value::Object(sound)), Some(Value::Object(planted))) => {
            let keys: BTreeSet<&String> = sound.keys().chain(planted.keys()).collect();
            for key in keys {
                let general = if key.len() >= 36 && key.contains('-') {
                    "*"
                } else {
                    key
                };
                let below = format!("{path}.{general}");
                differ(found, &below, sound.get(key), planted.get(key));
            }
            return;
        }
        (Some(sound), Some(planted)) if sound == planted => return,
        (Some(_), Some(_)) => "other",
        (None, _) => "new",
        (_, None) => "gone",
    };
    let path = path.trim_start_matches('.');
    *found.entry(format!("{path} {how}")).or_default() += 1;
}
