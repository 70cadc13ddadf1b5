//! The verbs about files, and the sandbox on its own.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::world::{Place, Sandbox};

#[test]
fn the_sandbox_says_in_one_line_where_everything_is_and_goes_without_a_trace() {
    let place = Place::new();
    let sandbox = Sandbox::start(
        &place,
        &[
            "--profile",
            "quick.toml",
            "--seed",
            "7",
            "--id-map",
            "ids.json",
        ],
    );
    let mut keys: Vec<&str> = sandbox
        .ready
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    let expected = [
        "baseline_url",
        "candidate_url",
        "database_url",
        "notion_counters_url",
        "notion_faults_url",
        "notion_snapshot_url",
        "notion_token",
        "notion_url",
        "profile",
        "projects_database_id",
        "seed",
        "tags_database_id",
        "tasks_database_id",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        (&sandbox.ready["seed"], &sandbox.ready["profile"]),
        (&7.into(), &"quick".into())
    );
    let ids: Value = serde_json::from_str(&place.read("ids.json")).unwrap();
    assert_eq!(ids["tasks"].as_object().unwrap().len(), 150);
    assert_eq!(sandbox.interrupt(), Some(0));
    place.assert_nothing_left();
}

#[test]
fn init_writes_once_and_what_it_writes_is_read() {
    let place = Place::new();
    place.run(&["init"]).assert_code(0);
    place.run(&["init"]).assert_code(2);
    place.run(&["init", "--force"]).assert_code(0);
    // Its URLs come from the environment, and are asked for by name.
    let ended = place.run(&["check"]);
    assert!(
        ended.assert_code(2).err.contains("BASELINE_URL"),
        "{}",
        ended.err
    );
}

#[test]
fn scenario_check_lists_what_is_right_and_schema_prints_the_committed_one() {
    let place = Place::new();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let ended = place.run(&[
        "scenario",
        "check",
        shipped,
        &format!("{shipped}/deployed/create-task.toml"),
    ]);
    // The same name twice is a mistake; each folder by itself is right.
    assert!(
        ended.assert_code(2).err.contains("create-task"),
        "{}",
        ended.err
    );
    let ended = place.run(&["scenario", "check", shipped]);
    assert_eq!(ended.assert_code(0).out.lines().count(), 4);
    place
        .run(&["scenario", "check", &format!("{shipped}/deployed")])
        .assert_code(0);
    place.run(&["scenario", "check", "nowhere"]).assert_code(2);
    let schema: Value =
        serde_json::from_str(&place.run(&["scenario", "schema"]).assert_code(0).out).unwrap();
    let committed = fs::read_to_string(format!("{shipped}/scenario.schema.json")).unwrap();
    assert_eq!(schema, serde_json::from_str::<Value>(&committed).unwrap());
}

#[test]
fn help_names_every_exit_code_and_completions_are_there() {
    let place = Place::new();
    let help = place.run(&["--help"]);
    let words: Vec<&str> = help.assert_code(0).out.split_whitespace().collect();
    let words = words.join(" ");
    for code in [
        "0 GO",
        "1 NO-GO or REGRESSION",
        "2 wrong usage",
        "3 INCONCLUSIVE",
        "4 the world",
        "130",
    ] {
        assert!(words.contains(code), "{code} is missing in\n{}", help.out);
    }
    assert!(
        place
            .run(&["completions", "bash"])
            .assert_code(0)
            .out
            .contains("complete")
    );
    place.run(&["chekc"]).assert_code(2);
}

#[test]
fn a_reader_that_went_away_changes_no_exit_code() {
    let place = Place::new();
    let samples: String = (0..20)
        .map(|n| format!("baseline,{},ok\n", 2.0 + f64::from(n * 7 % 20) / 100.0))
        .chain((0..400).map(|n| format!("candidate,{},ok\n", 0.05 + f64::from(n) / 1e5)))
        .collect();
    place.write("samples.csv", &format!("side,seconds,status\n{samples}"));
    for arguments in [
        &["judge", "samples.csv", "--speedup", "20x"][..],
        &["completions", "bash"],
    ] {
        let mut child = place
            .cutover(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn a_deletion_cannot_be_called_safe() {
    let place = Place::new();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/create-task.toml");
    let text = fs::read_to_string(shipped).unwrap();
    place.write(
        "sly.toml",
        &text.replace("method = \"DELETE\"", "method = \"DELETE\"\nsafe = true"),
    );
    let ended = place.run(&["scenario", "check", "sly.toml"]);
    assert!(
        ended.assert_code(2).err.contains("a DELETE is never safe"),
        "{}",
        ended.err
    );
}
