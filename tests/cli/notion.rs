//! `run` with Notion itself as the baseline: the sandbox's, reached as anybody's would be.

use std::fs;

use serde_json::{Value, json};

use crate::world::{Place, Sandbox};

/// A configuration whose baseline is the sandbox's Notion, less the lines about its databases.
fn configuration(sandbox: &Sandbox) -> String {
    format!(
        "[candidate]\ndriver = \"http\"\nbase_url = \"{}\"\n\
         [baseline]\ndriver = \"notion\"\ntoken = \"env:NOTION_TOKEN\"\nbase_url = \"{}\"\n",
        sandbox.url("candidate_url"),
        sandbox.url("notion_url"),
    )
}

#[test]
fn the_sandboxs_notion_is_measured_as_a_baseline_and_its_token_is_written_nowhere() {
    let place = Place::new();
    let sandbox = Sandbox::start(&place, &["--profile", "quick.toml"]);
    let databases: String = ["tasks", "projects", "tags"]
        .map(|name| {
            format!(
                "{name}_database = \"{}\"\n",
                sandbox.url(&format!("{name}_database_id"))
            )
        })
        .concat();
    place.write(
        "cutover.toml",
        &format!(
            "{}[baseline.variables]\n{databases}",
            configuration(&sandbox)
        ),
    );
    let output = place
        .cutover(&[
            "run",
            "--only",
            "create-task",
            "--allow-writes",
            "--max-baseline-iterations",
            "2",
        ])
        .env("NOTION_TOKEN", sandbox.url("notion_token"))
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    let record: Value = place.json("record.json");
    assert_eq!(record["baseline"]["driver"], "notion");
    assert_eq!(
        record["scenarios"][0]["preflight"]["baseline"]["freshness"]["finding"],
        "fresh"
    );
    assert_eq!(record["leftovers"], serde_json::json!([]));
    assert!(!record.to_string().contains(sandbox.url("notion_token")));
    assert!(!err.contains(sandbox.url("notion_token")), "{err}");
    assert_eq!(sandbox.interrupt(), Some(0));
}

#[test]
fn a_database_that_is_not_named_is_wrong_usage_before_anything_is_sent() {
    let place = Place::new();
    place.write(
        "cutover.toml",
        "[candidate]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:1\"\n\
         [baseline]\ndriver = \"notion\"\ntoken = \"env:NOTION_TOKEN\"\nbase_url = \"http://127.0.0.1:1\"\n",
    );
    let output = place
        .cutover(&["run", "--only", "dashboard-load"])
        .env("NOTION_TOKEN", "ntn_hunter2")
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    for name in ["tasks", "projects", "tags"] {
        assert!(err.contains(&format!("target.{name}_database")), "{err}");
    }
    assert!(!err.contains("hunter2"), "{err}");
}

/// A configuration that names one database, and a version of the API.
fn of_database(tasks: &str, version: &str) -> String {
    format!(
        "[candidate]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:1\"\n\
         [baseline]\ndriver = \"notion\"\ntoken = \"env:NOTION_TOKEN\"\nbase_url = \"http://127.0.0.1:2\"\n\
         version = \"{version}\"\n\
         [baseline.variables]\ntasks_database = \"{tasks}\"\n"
    )
}

#[test]
fn forms_for_one_version_of_the_api_are_not_sent_with_another() {
    let place = Place::new();
    place.write("cutover.toml", &of_database("d1", "2026-03-11"));
    let output = place
        .cutover(&["run", "--only", "create-task", "--allow-writes"])
        .env("NOTION_TOKEN", "ntn_hunter2")
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(
        err.contains("create-task: its forms are written for version 2022-06-28"),
        "{err}"
    );
    assert!(err.contains("the configuration has 2026-03-11"), "{err}");
}

#[test]
fn clean_does_not_look_in_another_workspace_for_what_a_run_left() {
    let place = Place::new();
    let marker = "cutover-r1-create-task-b0000000";
    let intent = json!({
        "op": "intent", "marker": marker, "side": "baseline", "base_url": "http://127.0.0.1:2",
        "reached": { "driver": "notion", "variables": { "tasks_database": "d1" } },
        "scenario": "create-task", "iteration": 0, "seed": 1, "sandbox": false,
    });
    let folder = place.path().join("reports/r1");
    fs::create_dir_all(folder.join("scenarios")).unwrap();
    let scenario = place.path().join("scenarios/create-task.toml");
    fs::copy(scenario, folder.join("scenarios/create-task.toml")).unwrap();
    place.write("reports/r1/journal.jsonl", &format!("{intent}\n"));
    for (tasks, words) in [
        (
            "d2",
            "its `target.tasks_database` was `d1`, and the configuration has `d2`",
        ),
        // In the right one it is looked for, where nobody answers.
        ("d1", "127.0.0.1:2"),
    ] {
        place.write("cutover.toml", &of_database(tasks, "2022-06-28"));
        let output = place
            .cutover(&["clean"])
            .env("NOTION_TOKEN", "ntn_hunter2")
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{err}");
        assert!(err.contains(words), "{err}");
        assert!(
            !place.read("reports/r1/journal.jsonl").contains("struck"),
            "{err}"
        );
    }
}
