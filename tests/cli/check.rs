//! `check`, `run` and `judge` on what they leave: one test for each exit code and each promise.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use cutover::record::Iterations;
use serde_json::Value;

use crate::world::{Place, Sandbox, signal, wait_for};

/// What decides at the median already; the gates about the instrument are required in any case.
const REQUIRED: &str = "[gates]\nrequired = [\"speedup-p50\", \"expectations\", \"no-429\"] \n";

/// Slower on the baseline than on the candidate. The candidate is slow, too: the harness may be late by a tenth of
/// it, and on a busy machine it is late by milliseconds.
const STEADY: &str = r#"
name = "steady"
source = "made up for a test"
client_to_api = { median = "1ms", per_row = "0ms", sigma = 0.1 }
[notion]
query = { median = "150ms", per_row = "0ms", sigma = 0.1 }
query_by_text = { median = "1000ms", per_row = "0ms", sigma = 0.1 }
retrieve_database = { median = "150ms", per_row = "0ms", sigma = 0.1 }
create_page = { median = "150ms", per_row = "0ms", sigma = 0.1 }
retrieve_page = { median = "150ms", per_row = "0ms", sigma = 0.1 }
update_page = { median = "150ms", per_row = "0ms", sigma = 0.1 }
[postgres]
read = { median = "200ms", per_row = "0ms", sigma = 0.1 }
search = { median = "200ms", per_row = "0ms", sigma = 0.1 }
write = { median = "200ms", per_row = "0ms", sigma = 0.1 }
"#;
/// As many fit into one of the baseline's.
const PER_BASELINE: usize = 4;

#[test]
fn live_targets_come_to_a_verdict_that_the_record_alone_gives_again() {
    let place = Place::alone();
    place.write("steady.toml", STEADY);
    let search = place.read("scenarios/task-search.toml");
    let twice = search.replace("speedup = \"20x..100x\"", "speedup = \"2x\"");
    assert_ne!(twice, search);
    place.write("scenarios/task-search.toml", &twice);
    let sandbox = Sandbox::start(&place, &["--profile", "steady.toml"]);
    let headers = "headers = { authorization = \"env:SECRET\" }\n";
    let configuration = sandbox
        .configuration()
        .replace("[candidate]", &format!("{headers}[candidate]"));
    let run = format!("[run]\ncandidate_per_baseline = {PER_BASELINE}\n");
    place.write("cutover.toml", &format!("{configuration}{run}{REQUIRED}"));
    let mut command = place.cutover(&["check", "--only", "task-search"]);
    place.write("summary.md", "What another step wrote.\n");
    let output = command
        .env("SECRET", "Bearer hunter2hunter2")
        .env("GITHUB_STEP_SUMMARY", place.path().join("summary.md"))
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert_eq!(output.status.code(), Some(0), "\n{out}\n{err}");
    assert!(out.starts_with("GO"), "{out}");
    assert!(
        !out.contains('\u{1b}') && !err.contains('\u{1b}'),
        "colour without a terminal"
    );

    let record = place.json("record.json");
    assert_eq!(record["world"]["kind"], "live");
    assert_eq!(
        record["baseline"]["header_names"],
        serde_json::json!(["authorization"])
    );
    assert_iterations(&record);
    for text in everything_in(&place.run_folder())
        .into_iter()
        .chain([out, err])
    {
        assert!(!text.contains("hunter2"), "a secret in:\n{text}");
    }

    let run = place.run_folder();
    let judged = place.run(&["judge", run.to_str().unwrap(), "--json"]);
    let again: Value = serde_json::from_str(&judged.assert_code(0).out).unwrap();
    assert_eq!(again, place.json("verdict.json"));
    let report = fs::read_to_string(run.join("report.md")).unwrap();
    assert!(report.starts_with("# GO: "), "{report}");
    let summary = place.read("summary.md");
    assert_eq!(summary, format!("What another step wrote.\n{report}\n"));
    assert_made_again(&place, &run);
    assert!(
        report.contains("Made by `cutover check --only task-search`"),
        "{report}"
    );
    assert_eq!(sandbox.interrupt(), Some(0));
    place.assert_nothing_left();
}

/// `report` makes every file of a run's folder again from the record, byte for byte.
fn assert_made_again(place: &Place, run: &Path) {
    let again = place.path().join("again");
    let arguments = ["report", run.to_str().unwrap(), "--all", "--output"];
    let ended = place.run(&[&arguments[..], &[again.to_str().unwrap()]].concat());
    ended.assert_code(0);
    let mut made = 0;
    for folder in ["", "charts"] {
        for file in fs::read_dir(again.join(folder))
            .unwrap()
            .map(Result::unwrap)
        {
            if file.file_type().unwrap().is_file() {
                let name = Path::new(folder).join(file.file_name());
                let (left, made_again) = (fs::read(run.join(&name)), fs::read(file.path()));
                assert_eq!(left.unwrap(), made_again.unwrap(), "{}", name.display());
                made += 1;
            }
        }
    }
    assert!(made >= 6 + 8, "{made} files only");
}

/// What every iteration must say of itself.
fn assert_iterations(record: &Value) {
    let scenario = &record["scenarios"][0];
    let sides = ["baseline", "candidate"].map(|side| {
        let iterations: Iterations = serde_json::from_value(scenario[side].clone()).unwrap();
        iterations
    });
    assert!(sides[0].len() >= 10 && sides[1].len() >= PER_BASELINE * sides[0].len());
    for iteration in sides.iter().flat_map(Iterations::iter) {
        assert!(iteration.intended_at_s() <= iteration.sent_at_s());
        assert!(iteration.sent_at_s() < iteration.finished_at_s());
        let step = iteration.steps().next().unwrap();
        assert_eq!((step.status(), step.attempt()), (Some(200), 1));
        assert!(step.duration_s() > 0.0);
    }
    assert!(sides[0].iter().all(|one| one.notion_requests() == 1));
    assert!(scenario["lag"]["count"].as_u64().unwrap() > 0);
}

fn everything_in(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(everything_in(&path));
        } else {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}

#[test]
fn a_candidate_that_is_no_faster_is_a_no_go_and_the_limit_is_kept() {
    let place = Place::alone();
    let ended = place.run(&[
        "check",
        "--sandbox",
        "equal.toml",
        "--only",
        "task-search",
        "--json",
        "--gates",
        "speedup",
        "target",
        "expectations",
    ]);
    let verdict: Value = serde_json::from_str(&ended.assert_code(1).out).unwrap();
    assert_eq!(
        (&verdict["verdict"], &verdict["notion_is_simulated"]),
        (&"NO_GO".into(), &true.into())
    );
    let notion = &place.json("record.json")["world"]["notion"];
    assert_eq!(notion["rate_limited"], 0);
    let [busiest, requests] =
        ["busiest_minute", "requests"].map(|name| notion[name].as_u64().unwrap());
    assert!(busiest <= requests, "{notion}");
    assert!((4..=180).contains(&busiest), "{notion}");
    let report = fs::read_to_string(place.run_folder().join("report.md")).unwrap();
    for words in [
        "# NO-GO: ",
        "is simulated",
        "latency profile `equal`: made up for a test",
        "fsync=on",
    ] {
        assert!(report.contains(words), "`{words}` is missing in\n{report}");
    }
    place.assert_nothing_left();
}

#[test]
fn too_few_iterations_are_inconclusive_and_run_gives_no_verdict() {
    let place = Place::new();
    let few = [
        "--sandbox",
        "quick.toml",
        "--only",
        "task-search",
        "--max-baseline-iterations",
        "3",
        "--gates",
        "speedup",
        "target",
    ];
    let ended = place.run(&[&["check"], few.as_slice()].concat());
    assert!(
        ended.assert_code(3).out.starts_with("INCONCLUSIVE"),
        "{}",
        ended.out
    );
    assert!(
        !ended.out.to_lowercase().contains("passed"),
        "{}",
        ended.out
    );
    fs::remove_dir_all(place.path().join("reports")).unwrap();

    let ended = place.run(&[&["run", "--quiet"], few.as_slice()].concat());
    ended.assert_code(0);
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("", ""));
    assert_eq!(place.json("record.json")["scenarios"][0]["stopped"], "cap");
    assert!(!place.run_folder().join("verdict.json").exists());
    place.assert_nothing_left();
}

#[test]
fn a_frozen_side_is_named_with_its_header_or_its_stale_value() {
    for (plant, words) in [
        ("frozen-get", "x-nextjs-cache: HIT"),
        (
            "silently-frozen-candidate",
            "a read does not show what was just written",
        ),
        ("one-store", "one thing under two names"),
    ] {
        let place = Place::new();
        let only = [
            "--only",
            "task-search",
            "--plant",
            plant,
            "--gates",
            "speedup",
        ];
        let ended = place.run(&[&["check", "--sandbox", "quick.toml"], only.as_slice()].concat());
        ended.assert_code(3);
        let said = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.contains(words),
            "{plant}: `{words}` is missing in\n{}",
            ended.out
        );
        assert_eq!(
            place.json("record.json")["scenarios"][0]["stopped"],
            "preflight",
            "{plant}"
        );
    }
}

#[test]
fn wrong_usage_and_broken_files_are_told_before_anything_starts() {
    let place = Place::new();
    let ended = place.run(&["check", "--only", "task-serach"]);
    assert!(
        ended
            .assert_code(2)
            .err
            .contains("there are create-task, dashboard-load, task-search")
    );
    let ended = place.run(&["check", "--sandbox", "giude"]);
    assert!(
        ended.assert_code(2).err.contains("use guide, brisk"),
        "{}",
        ended.err
    );
    place
        .run(&["check", "--max-baseline-iterations", "0"])
        .assert_code(2);
    place
        .run(&["check", "--config", "absent.toml"])
        .assert_code(2);

    fs::create_dir(place.path().join("broken")).unwrap();
    place.write("broken/a.toml", "name = \"a\"\nsumary = \"a\"\n");
    place.write("broken/b.toml", "name = [\n");
    let ended = place.run(&["check", "--scenarios", "broken"]);
    for words in ["a.toml:2", "did you mean `summary`", "b.toml"] {
        assert!(
            ended.assert_code(2).err.contains(words),
            "`{words}` is missing in\n{}",
            ended.err
        );
    }
    assert!(!place.path().join("reports").exists(), "nothing was begun");
}

#[test]
fn a_target_that_nobody_serves_or_that_refuses_is_not_a_verdict() {
    let place = Place::new();
    let configuration = |address: &str| {
        format!(
            "[baseline]\nbase_url = \"http://{address}/a\"\ndriver = \"http\"\n[candidate]\nbase_url = \"http://{address}/b\"\ndriver = \"http\"\n"
        )
    };
    // Nobody listens on port 1 of the loopback.
    place.write("cutover.toml", &configuration("127.0.0.1:1"));
    let ended = place.run(&["check", "--only", "task-search"]);
    assert!(
        ended
            .assert_code(4)
            .err
            .contains("the baseline at http://127.0.0.1"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("cannot be reached"), "{}", ended.err);

    let refusing = TcpListener::bind("127.0.0.1:0").unwrap();
    place.write(
        "cutover.toml",
        &configuration(&refusing.local_addr().unwrap().to_string()),
    );
    let server = std::thread::spawn(move || {
        let (mut stream, _) = refusing.accept().unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).unwrap() > 0);
        let answer =
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let ended = place.run(&["check", "--only", "task-search"]);
    assert!(
        ended
            .assert_code(4)
            .err
            .contains("refuses the credentials (status 401)"),
        "{}",
        ended.err
    );
    server.join().unwrap();
}

#[test]
fn without_a_postgresql_the_world_is_not_as_needed() {
    let place = Place::new();
    let mut command = place.cutover(&["check", "--only", "task-search"]);
    // Nobody listens on port 1 of the loopback.
    let output = command
        .env("DATABASE_URL", "postgres://me:pass-word@127.0.0.1:1/x")
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{err}");
    assert!(
        err.contains("PostgreSQL") && !err.contains("pass-word"),
        "{err}"
    );
}

#[test]
fn ctrl_c_leaves_the_record_and_nothing_else() {
    let place = Place::new();
    let mut command = place.cutover(&[
        "check",
        "--sandbox",
        "quick.toml",
        "--only",
        "create-task",
        "--gates",
        "speedup",
    ]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("a task that is being created", || {
        let reports = fs::read_dir(place.path().join("reports"));
        let runs = reports.into_iter().flatten().map(|run| run.unwrap().path());
        let journals = runs.filter_map(|run| fs::read_to_string(run.join("journal.jsonl")).ok());
        journals.into_iter().any(|text| text.contains("-c0000003"))
    });
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let record = place.json("record.json");
    assert_eq!(
        (&record["interrupted"], &record["leftovers"]),
        (&true.into(), &serde_json::json!([]))
    );
    assert!(
        record["scenarios"][0]["candidate"]["intended_at_s"]
            .get(0)
            .is_some()
    );
    place.assert_nothing_left();
}

#[test]
fn a_killed_harness_leaves_no_server_and_no_folder() {
    let place = Place::new();
    let mut command = place.cutover(&[
        "check",
        "--sandbox",
        "quick.toml",
        "--only",
        "task-search",
        "--gates",
        "speedup",
    ]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut seen = Vec::new();
    let mut error = child.stderr.take().unwrap();
    wait_for("the run's first words", || {
        let mut buffer = [0; 256];
        let n = error.read(&mut buffer).unwrap();
        seen.extend_from_slice(&buffer[..n]);
        String::from_utf8_lossy(&seen).contains("looking at both sides")
    });
    child.kill().unwrap();
    child.wait().unwrap();
    place.assert_nothing_left();
}

#[test]
fn a_signal_is_obeyed_also_when_nobody_reads_what_is_said() {
    let place = Place::new();
    let mut command = place.cutover(&[
        "check",
        "--sandbox",
        "quick.toml",
        "--only",
        "task-search",
        "--gates",
        "speedup",
    ]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut error = child.stderr.take().unwrap();
    let mut first = [0; 8];
    error.read_exact(&mut first).unwrap();
    drop(error);
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    place.assert_nothing_left();
}
