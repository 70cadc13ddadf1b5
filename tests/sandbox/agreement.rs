//! Both sides hold the same world and find the same in it.

use cutover::sandbox::Sandbox;
use cutover::sandbox::api::store::{Priority, Status};
use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::world::World;
use serde_json::{Value, json};

use crate::{Api, Both, SEED, id, start, world};

#[tokio::test]
async fn both_sides_hold_the_whole_world_and_agree_on_every_field() {
    let sandbox = world().await;
    let both = Both::of(&sandbox);
    let tasks = both
        .agree_on(&[("includeProject", "true"), ("includeTags", "true")])
        .await;
    assert_eq!(tasks["count"], 150);
    assert_eq!(tasks["source"], "postgres");
    let world = World::new(SEED);
    let listed = tasks["tasks"].as_array().unwrap();
    // Newest first, as the world made them oldest first.
    for (listed, seeded) in listed.iter().rev().zip(&world.tasks) {
        let content = &seeded.content;
        assert_eq!(id(listed), seeded.ids.postgres.as_str());
        assert_eq!(listed["title"], json!(content.title));
        assert_eq!(listed["description"], json!(content.description));
        assert_eq!(listed["status"], json!(content.status));
        assert_eq!(listed["priority"], json!(content.priority));
        assert_eq!(
            listed["dueDate"],
            json!(content.due.map(|due| due.moment()))
        );
        assert_eq!(listed["completedAt"], json!(content.completed_at));
        assert_eq!(listed["createdAt"], json!(seeded.created_at));
        assert_eq!(listed["updatedAt"], json!(seeded.updated_at));
        let project = content
            .project
            .map(|place| &world.projects[place].content.title);
        assert_eq!(listed["project"]["title"], json!(project));
        let mut names: Vec<&String> = content
            .tags
            .iter()
            .map(|place| &world.tags[*place].content.name)
            .collect();
        names.sort();
        let listed: Vec<&Value> = listed["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| &tag["name"])
            .collect();
        assert_eq!(json!(listed), json!(names));
    }
    for (path, name, count) in [
        ("/api/projects?includeTaskCount=true", "projects", 10),
        ("/api/projects", "projects", 10),
        ("/api/tags", "tags", 25),
    ] {
        let baseline = both.translate(both.baseline.get(path).await);
        assert_eq!(baseline, both.candidate.get(path).await, "{path}");
        assert_eq!(baseline[name].as_array().unwrap().len(), count);
        assert_eq!(baseline["count"], count);
    }
    // More than the 25 pages that Notion lists of a relation: the count must come from elsewhere.
    let projects = both
        .baseline
        .get("/api/projects?includeTaskCount=true")
        .await;
    let counts = projects["projects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["taskCount"]);
    assert_eq!(counts.filter(|count| **count == 30).count(), 1);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn every_filter_finds_the_same_tasks_on_both_sides_and_the_right_ones() {
    let sandbox = world().await;
    let both = Both::of(&sandbox);
    let all = both.agree_on(&[]).await;
    let all = all["tasks"].as_array().unwrap();
    let expected = |holds: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        all.iter().filter(|task| holds(task)).cloned().collect()
    };
    for status in Status::ALL {
        let found = both.agree_on(&[("status", status.name())]).await;
        let right = expected(&|task| task["status"] == status.name());
        assert!(
            !right.is_empty() && found["tasks"] == json!(right),
            "{status:?}"
        );
    }
    for priority in Priority::ALL {
        let found = both
            .agree_on(&[("priority", priority.name()), ("status", "todo")])
            .await;
        let right = expected(&|t| t["priority"] == priority.name() && t["status"] == "todo");
        assert!(
            !right.is_empty() && found["tasks"] == json!(right),
            "{priority:?}"
        );
    }
    for (notion, postgres) in &sandbox.id_map().projects {
        let found = both.agree_on(&[("projectId", notion)]).await;
        let right = expected(&|task| task["projectId"] == **postgres);
        assert!(found["tasks"] == json!(right), "{notion}");
    }
    for text in [
        "review",
        "REVIEW",
        "e",
        "ÜBERRASCHUNG",
        "crème",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        "[",
        ".*",
        "<b>",
        "🚀",
        "שלום",
        "タスク",
        "drop table",
        "  spaces",
        "no such text",
    ] {
        let found = both.agree_on(&[("q", text)]).await;
        let lower = text.to_lowercase();
        let right = expected(&|t| t["title"].as_str().unwrap().to_lowercase().contains(&lower));
        assert!(found["tasks"] == json!(right), "{text}: {found}");
        assert_eq!(
            right.is_empty(),
            ["no such text", "[", ".*"].contains(&text),
            "{text}"
        );
    }
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert_eq!(both.agree_on(&[("projectId", nobody)]).await["count"], 0);
    assert_eq!(both.agree_on(&[("q", "")]).await["count"], 150);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_seed_makes_one_world_and_another_seed_another() {
    let (one, two, other) = tokio::join!(
        start(SEED, LimitSettings::default(), None),
        start(SEED, LimitSettings::default(), None),
        start(SEED + 1, LimitSettings::default(), None),
    );
    let path = "/api/tasks?includeProject=true&includeTags=true";
    let tasks = async |sandbox: &Sandbox| Api::new(sandbox.candidate_url()).get(path).await;
    assert_eq!(tasks(&one).await, tasks(&two).await);
    assert_eq!(one.id_map(), two.id_map());
    assert_ne!(tasks(&one).await, tasks(&other).await);
    assert_ne!(one.id_map(), other.id_map());
    assert_ne!(one.tasks_database_id(), other.tasks_database_id());
    for sandbox in [one, two, other] {
        sandbox.stop().await.unwrap();
    }
}
