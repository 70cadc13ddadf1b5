//! Writes to live targets: only with leave, and removable after the worst.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::world::{Place, Sandbox, wait_for};

/// A client of the reference API.
struct Api<'u>(&'u str, tokio::runtime::Runtime);

impl<'u> Api<'u> {
    fn new(url: &'u str) -> Self {
        // Installed already when another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self(url, runtime)
    }

    fn create(&self, title: &str) {
        let request = reqwest::Client::new()
            .post(format!("{}/api/tasks", self.0))
            .json(&json!({"title": title}));
        let status = self
            .1
            .block_on(async { request.send().await.unwrap().status() });
        assert_eq!(status, 201);
    }

    /// The titles that hold a word.
    fn titles(&self, word: &str) -> Vec<String> {
        let request = reqwest::Client::new().get(format!("{}/api/tasks?q={word}", self.0));
        let answer: Value = self
            .1
            .block_on(async { request.send().await.unwrap().json().await.unwrap() });
        let tasks = answer["tasks"].as_array().unwrap();
        tasks
            .iter()
            .map(|task| task["title"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn a_live_run_creates_nothing_without_leave() {
    let place = Place::new();
    let sandbox = Sandbox::start(&place, &["--profile", "quick.toml"]);
    place.write("cutover.toml", &sandbox.configuration());
    let ended = place.run(&["check"]);
    for words in [
        "--allow-writes",
        "up to 121 objects on the baseline",
        "401 on the candidate",
        "push, mail and sync",
    ] {
        assert!(
            ended.assert_code(2).err.contains(words),
            "`{words}` is missing in\n{}",
            ended.err
        );
    }
    assert!(!place.path().join("reports").exists());
    for side in ["baseline_url", "candidate_url"] {
        assert_eq!(
            Api::new(sandbox.url(side)).titles("cutover-"),
            Vec::<String>::new()
        );
    }
}

#[test]
fn clean_removes_what_a_killed_run_left_and_nothing_else() {
    let place = Place::new();
    let sandbox = Sandbox::start(&place, &["--profile", "quick.toml"]);
    // A clean-up waits two seconds for its turn, which is time enough to kill the run in.
    let configuration = sandbox.configuration();
    let slow = format!("{configuration}[baseline.budget]\nrate = \"30/60s\"\n");
    place.write("cutover.toml", &slow);
    let sides = ["baseline_url", "candidate_url"].map(|side| Api::new(sandbox.url(side)));
    let foreign = "cutover-20240101t000000z-feedbeef-create-task-b0000001 of somebody else";
    sides.iter().for_each(|side| side.create(foreign));

    let arguments = ["check", "--only", "create-task", "--allow-writes"];
    let mut child = place
        .cutover(&arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Killed when the baseline has answered a create and its clean-up still waits for the budget.
    wait_for("an object that is not removed yet", || {
        let reports = fs::read_dir(place.path().join("reports"))
            .into_iter()
            .flatten();
        let journals = reports.map(|run| run.unwrap().path().join("journal.jsonl"));
        let text: String = journals
            .filter_map(|path| fs::read_to_string(path).ok())
            .collect();
        let ended = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let entries = ended
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let on_baseline =
            |entry: &Value| entry["marker"].as_str().is_some_and(|m| m.contains("-b0"));
        let last = entries.rev().find(on_baseline);
        last.is_some_and(|entry| entry["op"] == "captured")
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let left: usize = sides
        .iter()
        .map(|side| side.titles("cutover-").len() - 1)
        .sum();
    assert!(
        left > 0,
        "the kill came between two iterations: nothing is shown"
    );

    // Another configuration is not the place where it was created.
    let elsewhere = sandbox.configuration().replace("127.0.0.1", "localhost");
    place.write("elsewhere.toml", &elsewhere);
    let ended = place.run(&["clean", "--config", "elsewhere.toml"]);
    assert!(
        ended
            .assert_code(4)
            .err
            .contains("it was created at http://127.0.0.1"),
        "{}",
        ended.err
    );

    let ended = place.run(&["clean"]);
    assert!(ended.assert_code(0).out.contains("0 left"), "{}", ended.out);
    for side in &sides {
        assert_eq!(side.titles("cutover-"), [foreign]);
    }
    assert_eq!(
        place.run(&["clean"]).assert_code(0).out,
        "0 removed, 0 left.\n"
    );
    assert!(fs::read_dir(place.path().join("reports")).unwrap().count() == 1);
}

#[test]
fn a_live_run_with_leave_says_what_it_does_and_leaves_nothing() {
    let place = Place::new();
    let sandbox = Sandbox::start(&place, &["--profile", "quick.toml"]);
    place.write(
        "cutover.toml",
        &format!("{}[run]\nmax_writes = 40\n", sandbox.configuration()),
    );
    // Two iterations of the baseline decide nothing of a speedup, so that all writes are made.
    let ended = place.run(&[
        "check",
        "--only",
        "create-task",
        "--allow-writes",
        "--max-baseline-iterations",
        "2",
        "--gates",
        "speedup",
        "parity",
    ]);
    assert!(
        ended
            .assert_code(3)
            .err
            .contains("create-task will create up to 5 objects on the baseline and up to 42"),
        "{}",
        ended.err
    );
    let record = place.json("record.json");
    assert_eq!(record["leftovers"], json!([]));
    assert_eq!(
        record["scenarios"][0]["preflight"]["distinct"]["finding"],
        "proven"
    );
    let created = record["scenarios"][0]["candidate"]["intended_at_s"].as_array();
    assert_eq!(
        created.unwrap().len(),
        40,
        "{}",
        record["scenarios"][0]["stopped"]
    );
    for side in ["baseline_url", "candidate_url"] {
        assert_eq!(
            Api::new(sandbox.url(side)).titles("cutover-"),
            Vec::<String>::new()
        );
    }
}
