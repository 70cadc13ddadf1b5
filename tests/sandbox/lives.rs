//! What is made, changed and removed looks the same on both sides.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{Api, Both, id, world};

/// Texts that careless software breaks.
const HOSTILE: [&str; 6] = [
    "👩‍💻 “quotes” \\ ' \" % _ ; -- DROP TABLE tasks",
    "مهمة جديدة שלום",
    "<script>alert(1)</script> &amp; {{ template }}",
    "cafe\u{301} \u{200b}\u{202e}odd",
    "  spaces around\tand a tab  ",
    "null",
];

/// What must be equal of an object that each side has just made: all but ids, source and clock times.
fn content(mut object: Value) -> Value {
    let members = object.as_object_mut().unwrap();
    for key in ["id", "source", "createdAt", "updatedAt", "projectId"] {
        assert!(
            members.remove(key).is_some() || key == "projectId",
            "{key} is missing"
        );
    }
    for nested in ["project", "tags"] {
        let value = members.remove(nested);
        let names: Vec<Value> = match value {
            None => continue,
            Some(Value::Array(items)) => {
                items.into_iter().map(|item| item["name"].clone()).collect()
            }
            Some(single) => vec![single["title"].clone()],
        };
        members.insert(nested.to_owned(), names.into());
    }
    object
}

/// Makes, reads, changes and removes a task; returns all that was seen of it.
async fn life_of_a_task(api: &Api) -> Vec<Value> {
    let project = api.get("/api/projects").await["projects"][3].clone();
    let tags = api.get("/api/tags").await["tags"].clone();
    let tag_ids = json!([tags[5]["id"], tags[2]["id"], tags[5]["id"]]);
    let mut seen = Vec::new();
    let made = api
        .create(
            "tasks",
            &json!({
                "title": HOSTILE[0], "description": HOSTILE[1], "priority": "urgent",
                "dueDate": "2031-02-03T04:05:06.789+01:00", "projectId": project["id"],
                "tagIds": tag_ids, "unknown": true,
            }),
        )
        .await;
    let path = format!("/api/tasks/{}", id(&made));
    seen.push(made);
    seen.push(
        api.get(&format!("{path}?includeProject=true&includeTags=true"))
            .await,
    );
    for title in HOSTILE {
        seen.push(
            api.patch(&path, &json!({ "title": title, "description": title }))
                .await,
        );
    }
    seen.push(
        api.patch(
            &path,
            &json!({ "status": "done", "completedAt": "2030-01-01" }),
        )
        .await,
    );
    seen.push(
        api.patch(
            &path,
            &json!({ "status": "in_progress", "dueDate": "2031-02-03" }),
        )
        .await,
    );
    let nothing = json!({
        "description": null, "dueDate": null, "projectId": null, "tagIds": [tags[7]["id"]],
    });
    seen.push(api.patch(&path, &nothing).await);
    seen.push(api.patch(&path, &json!({})).await);
    seen.push(
        api.get(&format!("{path}?includeProject=true&includeTags=true"))
            .await,
    );
    let task_id = path.rsplit('/').next().unwrap();
    let listed = api.get("/api/tasks").await;
    assert_eq!(listed["count"], 151);
    // The newest stands first.
    assert_eq!(id(&listed["tasks"][0]), task_id);
    let gone = api.send(Method::DELETE, &path, None).await;
    assert_eq!(
        (gone.status, &gone.body["success"]),
        (StatusCode::OK, &json!(true))
    );
    assert_eq!(id(&gone.body), task_id);
    for method in [Method::GET, Method::PATCH] {
        let again = api.write(method, &path, &json!({ "title": "x" })).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);
    }
    assert_eq!(api.get("/api/tasks").await["count"], 150);
    seen.into_iter().map(content).collect()
}

#[tokio::test]
async fn a_task_lives_the_same_life_on_both_sides() {
    let sandbox = world().await;
    let both = Both::of(&sandbox);
    let baseline = life_of_a_task(&both.baseline).await;
    let candidate = life_of_a_task(&both.candidate).await;
    assert_eq!(baseline, candidate);
    let [made, read, changed @ ..] = candidate.as_slice() else {
        panic!("too little was seen")
    };
    assert_eq!(made["title"], HOSTILE[0]);
    assert_eq!(made["status"], "todo");
    assert_eq!(made["dueDate"], "2031-02-03T03:05:06.789Z");
    assert_eq!(
        read["tags"].as_array().unwrap().len(),
        2,
        "a tag that is named twice is one tag"
    );
    for (title, changed) in HOSTILE.iter().zip(changed) {
        assert_eq!(
            (&changed["title"], &changed["description"]),
            (&json!(title), &json!(title))
        );
    }
    let [done, reopened, cleared, same, read] = &changed[HOSTILE.len()..] else {
        panic!("too little was seen")
    };
    assert_eq!(done["completedAt"], "2030-01-01T00:00:00.000Z");
    assert_eq!(
        reopened["completedAt"],
        Value::Null,
        "a task that is reopened is not completed"
    );
    assert_eq!(reopened["dueDate"], "2031-02-03T00:00:00.000Z");
    assert_eq!(
        (&cleared["description"], &cleared["dueDate"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(same, cleared);
    assert_eq!(read["tags"].as_array().unwrap().len(), 1);
    assert_eq!(read["project"], json!([null]));
    sandbox.stop().await.unwrap();
}

/// Makes a project with a task and removes it; returns all that was seen.
async fn life_of_a_project(api: &Api) -> Vec<Value> {
    let new = json!({ "title": HOSTILE[2], "icon": "🧪", "color": "#fff", "status": "completed" });
    let made = api.create("projects", &new).await;
    let path = format!("/api/projects/{}", id(&made));
    let task = api
        .create(
            "tasks",
            &json!({ "title": "inside", "projectId": made["id"] }),
        )
        .await;
    let task_path = format!("/api/tasks/{}", id(&task));
    let counted = api.get(&format!("{path}?includeTaskCount=true")).await;
    assert_eq!(counted["taskCount"], 1);
    let change = json!({ "icon": null, "description": HOSTILE[3], "status": "active" });
    let changed = api.patch(&path, &change).await;
    assert_eq!(
        api.send(Method::DELETE, &path, None).await.status,
        StatusCode::OK
    );
    assert_eq!(
        api.send(Method::GET, &path, None).await.status,
        StatusCode::NOT_FOUND
    );
    let orphan = api.get(&task_path).await;
    assert_eq!(
        orphan["projectId"],
        Value::Null,
        "a task outlives its project"
    );
    let tag = api
        .create("tags", &json!({ "name": HOSTILE[4], "color": "red" }))
        .await;
    assert_eq!(api.get("/api/tags").await["count"], 26);
    [made, counted, changed, orphan, tag]
        .into_iter()
        .map(content)
        .collect()
}

#[tokio::test]
async fn projects_and_tags_live_the_same_life_on_both_sides() {
    let sandbox = world().await;
    let both = Both::of(&sandbox);
    let baseline = life_of_a_project(&both.baseline).await;
    let candidate = life_of_a_project(&both.candidate).await;
    assert_eq!(baseline, candidate);
    assert_eq!(candidate[2]["icon"], Value::Null);
    assert_eq!(candidate[2]["description"], HOSTILE[3]);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn an_id_of_another_kind_of_object_is_unknown_and_that_object_stays() {
    let sandbox = world().await;
    let both = Both::of(&sandbox);
    for api in [&both.baseline, &both.candidate] {
        let project = api.get("/api/projects").await["projects"][0].clone();
        let path = format!("/api/tasks/{}", id(&project));
        let change = json!({ "title": "x", "status": "done", "description": "x" });
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            let answer = api.write(method, &path, &change).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
        }
        let projects = api.get("/api/projects").await;
        assert_eq!(projects["count"], 10);
        for key in ["id", "title", "description", "status"] {
            assert_eq!(projects["projects"][0][key], project[key]);
        }
    }
    sandbox.stop().await.unwrap();
}
