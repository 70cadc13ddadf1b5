//! Builds that are started: by commands, and from commits. None of them is left.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::ran::Place;

/// Longer than the watchdog's 5 s.
const PATIENCE: Duration = Duration::from_secs(20);

/// A scenario that a server of files answers.
const FILE: &str = r#"
name = "file"
summary = "A user reads a file"
[promise]
source = "a test"
before = "500ms"
after = "50ms"
speedup = "10x"
[[steps]]
name = "read"
method = "GET"
path = "/it.json"
cost = 1
[steps.expect]
status = 200
json = [{ path = "$.ok", equals = true }]
"#;

/// A server of the folder's files, which leaves its process id in a file, with a child of its own.
fn server(pid: &Path) -> String {
    format!(
        "sleep 1000 & echo $$ > {}; exec python3 -m http.server --bind 127.0.0.1 $PORT",
        pid.display()
    )
}

fn place_with_file() -> Place {
    let place = Place::new();
    let scenarios = place.path().join("scenarios");
    for name in ["list.toml", "create.toml"] {
        fs::remove_file(scenarios.join(name)).unwrap();
    }
    fs::write(scenarios.join("file.toml"), FILE).unwrap();
    fs::write(place.path().join("it.json"), r#"{"ok": true}"#).unwrap();
    place
}

/// The process group that a server noted, once it has.
fn group(pid: &Path) -> Option<u32> {
    fs::read_to_string(pid).ok()?.trim().parse().ok()
}

/// Whether a process of the group is there. One that ended and that nobody has waited for yet is not: in some
/// containers nobody does.
fn is_there(group: u32) -> bool {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let mut stats = processes.filter_map(|one| fs::read_to_string(one.path().join("stat")).ok());
    stats.any(|stat| {
        // After the name, which may hold anything: state, parent, group.
        let mut fields = stat.rsplit(')').next().unwrap().split_whitespace();
        let (state, group_of) = (fields.next(), fields.nth(1));
        state != Some("Z") && group_of == Some(&*group.to_string())
    })
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn two_commands_are_started_measured_and_ended_with_all_that_they_started() {
    let place = place_with_file();
    let pids = ["old.pid", "new.pid"].map(|name| place.path().join(name));
    let [old, new] = [server(&pids[0]), server(&pids[1])];
    let ran = place.regress(&["--old-start", &old, "--new-start", &new]);
    ran.assert_measured();
    for pid in &pids {
        let group = group(pid).unwrap();
        assert!(!is_there(group), "the group {group} is left");
    }
    assert!(ran.read("old.log").contains("GET /it.json"));
    assert_eq!(ran.json("blocks.json")["new"]["source"], new);
}

#[test]
fn a_build_that_does_not_start_is_told_and_the_other_one_is_ended() {
    let place = place_with_file();
    let pid = place.path().join("old.pid");
    let old = server(&pid);
    let broken = "echo the database is gone >&2; exit 7";
    let ran = place.regress(&["--old-start", &old, "--new-start", broken]);
    assert_eq!(ran.exit, 4, "{ran:?}");
    assert!(ran.stderr.contains("the new build"), "{}", ran.stderr);
    assert!(ran.stderr.contains("exit status: 7"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("the database is gone"),
        "{}",
        ran.stderr
    );
    let group = group(&pid).unwrap();
    assert!(!is_there(group), "the group {group} is left");
}

#[test]
fn what_was_started_ends_also_when_cutover_is_interrupted_or_killed() {
    let place = place_with_file();
    let pid = place.path().join("old.pid");
    let old = server(&pid);
    // The second one never answers, so that the run waits for it.
    for signal in ["-INT", "-KILL"] {
        let _ = fs::remove_file(&pid);
        let arguments = [
            "regress",
            "--old-start",
            &old,
            "--new-start",
            "exec sleep 1000",
        ];
        let mut child = place.command(&arguments).spawn().unwrap();
        let log = || place.path().join("reports");
        let second_started = || {
            let runs = fs::read_dir(log()).into_iter().flatten();
            let mut logs = runs.map(|run| run.unwrap().path().join("new.log"));
            logs.any(|log| log.exists())
        };
        wait_until("the second build is not started", second_started);
        let group = group(&pid).unwrap();
        assert!(is_there(group));
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let status = child.wait().unwrap();
        if signal == "-INT" {
            assert_eq!(status.code(), Some(130));
            assert!(!is_there(group), "the group {group} is left");
        }
        wait_until("the group is left", || !is_there(group));
        fs::remove_dir_all(log()).unwrap();
    }
}

#[test]
fn two_commits_are_checked_out_built_and_started_and_the_repository_stays_as_it_was() {
    let place = place_with_file();
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .args(arguments)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "--quiet"]);
    for text in [
        r#"{"ok": true}"#,
        r#"{"ok": true, "new": 1}"#,
        r#"{"no": 1}"#,
    ] {
        fs::write(place.path().join("source"), text).unwrap();
        git(&["add", "source"]);
        git(&["commit", "--quiet", "--message", text]);
    }
    fs::write(place.path().join("source"), "not committed").unwrap();
    let forms = ["--build", "cp source it.json", "--start"];
    let start = "exec python3 -m http.server --bind 127.0.0.1 $PORT";
    let commits = ["--old-commit", "HEAD~2", "--new-commit", "HEAD~1"];
    let ran = place.regress(&[&commits[..], &forms, &[start]].concat());
    ran.assert_measured();
    let record = ran.json("blocks.json");
    assert_eq!(record["old"]["commit"], git(&["rev-parse", "HEAD~2"]));
    assert_eq!(record["new"]["commit"], git(&["rev-parse", "HEAD~1"]));
    // The new commit is HEAD when none is named, and answers otherwise.
    let ran = place.regress(&[&["--old-commit", "HEAD~2"], &forms[..], &[start]].concat());
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(
        ran.stderr.contains("the new build does not answer"),
        "{}",
        ran.stderr
    );
    for (commit, build, says) in [
        ("no-such-commit", "true", "no-such-commit"),
        ("HEAD~2", "echo no compiler; false", "no compiler"),
    ] {
        let arguments = ["--old-commit", commit, "--build", build, "--start", start];
        let ran = place.regress(&arguments);
        assert_eq!(ran.exit, 4, "{ran:?}");
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
    assert_eq!(git(&["worktree", "list"]).lines().count(), 1);
    let kept = fs::read_to_string(place.path().join("source")).unwrap();
    assert_eq!(kept, "not committed");
}
