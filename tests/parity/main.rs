//! The verb `parity` as its user has it: the binary, on the embedded sandbox, and what it leaves. Which planted
//! defects it finds, and in which words, stands in `tests/plants`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod agreeing;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What one run of the verb left.
struct Ran {
    exit: i32,
    stdout: String,
    stderr: String,
    folder: PathBuf,
    _place: tempfile::TempDir,
}

impl Ran {
    /// Runs the verb in an empty folder, so that the built-in scenarios are compared.
    fn new(arguments: &[&str]) -> Self {
        Self::of("parity", arguments)
    }

    fn of(verb: &str, arguments: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        // The sandbox's database may run as another user, who must be able to get there.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        fs::set_permissions(place.path(), mode).unwrap();
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_cutover"))
            .arg(verb)
            .args(arguments)
            .current_dir(place.path())
            .env_remove("DATABASE_URL")
            .env_remove("GITHUB_STEP_SUMMARY")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let runs = fs::read_dir(place.path().join("reports"));
        let mut runs = runs.into_iter().flatten().map(|run| run.unwrap().path());
        Self {
            exit: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
            folder: runs.next().unwrap_or_default(),
            _place: place,
        }
    }

    /// What it said, on one line: where it was wrapped does not matter.
    fn words(&self) -> String {
        let words: Vec<&str> = self.stdout.split_whitespace().collect();
        words.join(" ")
    }

    fn record(&self) -> Value {
        let text = fs::read_to_string(self.folder.join("record.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

#[test]
fn a_sound_sandbox_answers_the_same_on_both_sides_and_keeps_the_answers() {
    let ran = Ran::new(&["--sandbox"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.stderr, ran.stdout);
    assert!(ran.stdout.starts_with("GO"), "{}", ran.stdout);
    let record = ran.record();
    let compared = record["checks"]["parity"].as_array().unwrap();
    let names: Vec<&str> = compared
        .iter()
        .map(|one| one["scenario"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["create-task", "dashboard-load", "edit-task", "task-search"]
    );
    assert_eq!(record["scenarios"], Value::Array(Vec::new()));
    for name in names {
        let file = ran.folder.join("answers").join(format!("{name}.json"));
        let kept: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        assert!(kept[0]["candidate"][0]["status"].is_u64(), "{kept}");
    }
    // The record alone repeats the verdict.
    let judged = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["judge", "--quiet"])
        .arg(&ran.folder)
        .status()
        .unwrap();
    assert_eq!(judged.code(), Some(0));
}

#[test]
fn what_cannot_be_asked_for_is_wrong_usage_and_what_is_not_there_is_the_world() {
    assert_eq!(Ran::new(&["--sandbox", "--only", "no-such"]).exit, 2);
    assert_eq!(Ran::new(&["--config", "missing.toml"]).exit, 2);
    assert_eq!(Ran::new(&["--sandbox", "--draws", "0"]).exit, 2);
    let place = tempfile::tempdir().unwrap();
    let config = place.path().join("cutover.toml");
    // Nobody listens on the discard port of this machine.
    let side = |name, port| {
        format!("[{name}]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:{port}\"\n")
    };
    let sides = side("baseline", 9) + &side("candidate", 10);
    fs::write(&config, sides).unwrap();
    let config = config.to_str().unwrap();
    let unreachable = Ran::new(&["--config", config, "--only", "dashboard-load"]);
    assert_eq!(unreachable.exit, 4, "{}", unreachable.stderr);
    assert_eq!(
        Ran::new(&["--config", config, "--plant", "one-store"]).exit,
        2
    );
    // Without leave nothing is created, and nothing is shown.
    let no_leave = Ran::new(&["--config", config, "--only", "edit-task"]);
    assert_eq!(no_leave.exit, 3, "{}", no_leave.stdout);
    assert!(
        no_leave.stdout.contains("--allow-writes"),
        "{}",
        no_leave.stdout
    );
}

#[test]
fn check_knows_the_candidates_database_when_answers_alone_are_asked_for() {
    let arguments = "--sandbox none --gates parity --only task-search --plant one-store";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let ran = Ran::of("check", &arguments);
    assert_eq!(ran.exit, 3, "{}{}", ran.stderr, ran.stdout);
    let found = &ran.record()["checks"]["parity"][0]["inspection"]["findings"];
    let words = "no statement reached the candidate's database";
    assert!(found.to_string().contains(words), "{found}");
}

#[test]
fn a_step_that_asks_nobody_is_named_beside_those_that_ask_the_database() {
    let arguments = [
        "--sandbox",
        "none",
        "--only",
        "edit-task",
        "--plant",
        "silently-frozen-candidate",
    ];
    let ran = Ran::new(&arguments);
    assert_eq!(ran.exit, 1, "{}{}", ran.stderr, ran.stdout);
    let record = ran.record();
    let found = record["checks"]["parity"][0]["inspection"]["findings"]
        .as_array()
        .unwrap();
    let words = "the candidate answered this step, and no statement reached its database meanwhile";
    let silent = found.iter().filter(|one| one["words"] == words);
    let silent: Vec<&str> = silent.map(|one| one["subject"].as_str().unwrap()).collect();
    assert!(silent.contains(&"read-completed"), "{found:#?}");
    assert!(!silent.contains(&"create"), "{found:#?}");
}
