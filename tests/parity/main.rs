//! The verb `parity` as its user has it: the binary, on the embedded sandbox, with each defect that can be
//! planted and that answers show. Each is found, named, and told in words that need no other document.
//!
//! A sandbox without a defect ends in 0; what makes a comparison worthless (a cache, one store) ends in 3
//! and not in 1, because nothing was refuted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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
        let place = tempfile::tempdir().unwrap();
        // The sandbox's database may run as another user, who must be able to get there.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        fs::set_permissions(place.path(), mode).unwrap();
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_cutover"))
            .arg("parity")
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

    fn record(&self) -> Value {
        let text = fs::read_to_string(self.folder.join("record.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

/// A planted defect, the exit code, and where it is found: scenario, kind, and what its words say.
struct Row {
    plant: &'static str,
    exit: i32,
    found: &'static [(&'static str, &'static str, &'static str)],
}

const TABLE: &[Row] = &[
    Row {
        plant: "status-collapse",
        exit: 1,
        found: &[(
            "dashboard-load",
            "value",
            "there the candidate always says \"todo\", and the baseline 2 different values",
        )],
    },
    Row {
        plant: "untitled-dropped",
        exit: 1,
        found: &[(
            "dashboard-load",
            "record_missing",
            "2 of the baseline's 152 records in `tasks` are missing on the candidate",
        )],
    },
    Row {
        plant: "priority-order",
        exit: 1,
        found: &[(
            "dashboard-load",
            "order",
            "the candidate sorts by `priority` as a text, descending (urgent, medium, low, high)",
        )],
    },
    Row {
        plant: "cap-100",
        exit: 1,
        found: &[(
            "dashboard-load",
            "capped_one_side",
            "the candidate's list ends at 100 while the baseline's goes on to 150",
        )],
    },
    Row {
        plant: "date-shift",
        exit: 1,
        found: &[(
            "dashboard-load",
            "moment_shifted",
            "`dueDate` is another moment in 52 of 150, mostly 11 h earlier on the candidate",
        )],
    },
    Row {
        plant: "completed-at-guessed",
        exit: 1,
        found: &[
            (
                "dashboard-load",
                "moment_shifted",
                "`completedAt` is another moment",
            ),
            (
                "edit-task",
                "value",
                "`completedAt` has another value in 1 of 1",
            ),
        ],
    },
    Row {
        plant: "tags-wiped",
        exit: 1,
        found: &[(
            "edit-task",
            "record_missing",
            "3 of the baseline's 3 records in `tags` are missing on the candidate",
        )],
    },
    Row {
        plant: "shape-changed",
        exit: 1,
        found: &[
            (
                "dashboard-load",
                "field_missing",
                "the candidate's answer lacks `dueDate`",
            ),
            (
                "dashboard-load",
                "field_extra",
                "the candidate's answer has `due`",
            ),
        ],
    },
    Row {
        plant: "stores-drifted",
        exit: 1,
        found: &[(
            "dashboard-load",
            "record_missing",
            "4 of the baseline's 153 records in `tasks` are missing on the candidate",
        )],
    },
    Row {
        plant: "half-written-task",
        exit: 1,
        found: &[(
            "edit-task",
            "refused_half_way",
            "the candidate refused with 500, where the baseline answered 201, and yet left something",
        )],
    },
    Row {
        plant: "imported-twice",
        exit: 1,
        found: &[(
            "dashboard-load",
            "record_duplicated",
            "records in `tasks` are there once more than on the baseline",
        )],
    },
    Row {
        plant: "orphan-link",
        exit: 1,
        found: &[(
            "dashboard-load",
            "value",
            "`project` has another value in 2 of",
        )],
    },
    Row {
        plant: "relation-cut",
        exit: 1,
        found: &[(
            "dashboard-load",
            "value",
            "`taskCount` has another value in 1 of 10",
        )],
    },
    Row {
        plant: "frozen-get",
        exit: 3,
        found: &[("dashboard-load", "frozen", "x-nextjs-cache: HIT")],
    },
    Row {
        plant: "one-store",
        exit: 3,
        found: &[(
            "dashboard-load",
            "compared_with_itself",
            "one store seems to answer for both sides: both say that `notion` answered",
        )],
    },
];

#[test]
fn each_planted_defect_that_answers_show_is_found_and_named() {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(row) = TABLE.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(wrong_of(row));
        }
        wrong
    };
    // A sandbox waits for its budget nearly all the time, so that several may do so at once.
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().unwrap());
        ended.flatten().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is not as a row says.
fn wrong_of(row: &Row) -> Vec<String> {
    let Row { plant, exit, found } = row;
    let ran = Ran::new(&["--sandbox", "--plant", plant]);
    if ran.exit != *exit {
        let (is, stderr, stdout) = (ran.exit, &ran.stderr, &ran.stdout);
        return vec![format!("{plant}: exit {is}\n{stderr}{stdout}")];
    }
    let record = ran.record();
    let mut wrong = Vec::new();
    for (scenario, kind, words) in *found {
        let told = findings(&record, scenario, kind);
        if !told.iter().any(|finding| says(finding, words)) {
            wrong.push(format!(
                "{plant}: no {kind} in {scenario} says {words:?}: {told:#?}"
            ));
        }
    }
    // Where the candidate asks Notion, too, nobody paces it.
    let counted = &record["world"]["notion"];
    if *plant != "one-store" && counted["rate_limited"] != 0 {
        wrong.push(format!("{plant}: {counted}"));
    }
    if record["leftovers"] != Value::Array(Vec::new()) {
        wrong.push(format!("{plant} left {}", record["leftovers"]));
    }
    wrong
}

/// The findings of a kind in a scenario.
fn findings<'r>(record: &'r Value, scenario: &str, kind: &str) -> Vec<&'r Value> {
    let compared = record["checks"]["parity"].as_array().unwrap().iter();
    let found = compared
        .filter(|compared| compared["scenario"] == scenario)
        .flat_map(|compared| compared["inspection"]["findings"].as_array().unwrap());
    found.filter(|finding| finding["kind"] == kind).collect()
}

/// Whether a finding says this, with an example and with what to do next.
fn says(finding: &Value, words: &str) -> bool {
    let text = |key: &str| finding[key].as_str().unwrap_or_default();
    text("words").contains(words)
        && finding["example"]["key"].is_string()
        && text("next").ends_with('.')
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
