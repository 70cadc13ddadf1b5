//! Two URLs, and the embedded sandbox.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::build::{Builds, Manner};
use crate::ran::Place;

// So long that what else the machine does at the time is little beside it.
const FAST: Manner = Manner::After(20);
const SLOW: Manner = Manner::After(100);

#[test]
fn a_slower_build_is_a_regression_and_judge_and_report_say_the_same_again() {
    let (place, builds) = (Place::new(), Builds::new());
    let (old, new) = (builds.serve("old", FAST), builds.serve("new", SLOW));
    let ran = place.regress(&["--old", &old, "--new", &new]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stdout.starts_with("REGRESSION"), "{}", ran.stdout);
    assert!(
        ran.stderr
            .contains("Left out, because they write, which --allow-writes lets them: create"),
        "{}",
        ran.stderr
    );
    let record = ran.json("blocks.json");
    assert_eq!(record["kind"], "blocks");
    assert_eq!(record["old"]["source"], old);
    assert_eq!(record["series"][0]["name"], "list");
    assert_eq!(record["series"][0]["quantiles"].to_string(), "[0.5,0.95]");
    let blocks = record["series"][0]["blocks"].as_array().unwrap();
    assert_eq!(blocks.len(), 5);
    for block in blocks {
        for build in ["old", "new"] {
            assert_eq!(
                block[build]["seconds"].as_array().unwrap().len(),
                4,
                "{block}"
            );
        }
    }
    assert_eq!(ran.json("verdict.json")["verdict"], "REGRESSION");
    let folder = ran.folder().to_str().unwrap();
    let files = ["verdict.json", "report.html", "report.md", "junit.xml"];
    let before = files.map(|name| ran.read(name));
    let judged = place.run(&["judge", folder, "--json"]);
    assert_eq!(
        (judged.exit, judged.stdout.trim_end()),
        (1, before[0].trim_end())
    );
    let reported = place.run(&["report", folder, "--all"]);
    assert_eq!(reported.exit, 0, "{reported:?}");
    assert_eq!(files.map(|name| ran.read(name)), before);
    let annotated = place.run(&["report", "--format", "annotations"]);
    assert!(annotated.stdout.starts_with("::error "), "{annotated:?}");
    assert_eq!(place.run(&["report", "--format", "csv"]).exit, 2);
}

#[test]
fn a_faster_build_is_an_improvement() {
    let (place, builds) = (Place::new(), Builds::new());
    let (old, new) = (builds.serve("old", SLOW), builds.serve("new", FAST));
    let ran = place.regress(&["--old", &old, "--new", &new, "--json", "--quantile", "0.5"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["verdict"], "IMPROVEMENT");
    assert_eq!(
        found["rows"].as_array().unwrap().len(),
        1,
        "one quantile was asked for"
    );
}

#[test]
fn a_build_may_be_compared_with_itself_and_the_seed_decides_what_is_sent_in_which_order() {
    let (place, builds) = (Place::new(), Builds::new());
    let (old, new) = (builds.serve("old", FAST), builds.serve("new", FAST));
    let sent = |old: &str, new: &str, seed: &str| {
        let arguments = [
            "--old",
            old,
            "--new",
            new,
            "--margin",
            "1000%",
            "--quantile",
            "0.5",
            "--seed",
            seed,
        ];
        let ran = place.regress(&arguments);
        ran.assert_measured();
        builds.take_asked()
    };
    let first = sent(&old, &new, "7");
    // A contact, three to warm up and five blocks of four, of each build.
    assert_eq!(first.len(), 2 * (1 + 3 + 5 * 4));
    for build in ["old", "new"] {
        let own = first.iter().filter(|asked| asked.starts_with(build));
        let mut numbers: Vec<u32> = own
            .map(|asked| asked.rsplit('=').next().unwrap().parse().unwrap())
            .collect();
        numbers.sort_unstable();
        // The contact draws what the first iteration draws.
        assert_eq!(numbers, [vec![0], (0..23).collect()].concat());
    }
    assert_eq!(first, sent(&old, &new, "7"));
    assert_ne!(first, sent(&old, &new, "8"));
    assert_eq!(sent(&old, &old, "7").len(), first.len());
}

#[test]
fn what_the_new_build_lost_is_a_regression_and_what_the_old_one_lacks_is_never_a_pass() {
    let (place, builds) = (Place::new(), Builds::new());
    let good = builds.serve("good", FAST);
    let bad = builds.serve("bad", Manner::Lacks);
    let (regression, nothing) = ((1, "REGRESSION"), (3, "INCONCLUSIVE"));
    for (old, new, (exit, verdict), lack) in [
        (&good, &bad, regression, &["new"][..]),
        (&bad, &good, nothing, &["old"]),
        (&bad, &bad, nothing, &["old", "new"]),
    ] {
        let ran = place.regress(&["--old", old, "--new", new]);
        assert_eq!(ran.exit, exit, "{ran:?}");
        let record = ran.json("blocks.json");
        for (at, build) in lack.iter().enumerate() {
            let says = format!("error: the {build} build does not answer the scenario list");
            assert!(ran.stderr.contains(&says), "{}", ran.stderr);
            assert_eq!(record["series"][0]["missing"][at]["build"], *build);
        }
        let is_regression = ran.stderr.contains("that is a REGRESSION");
        assert_eq!(is_regression, exit == 1, "{}", ran.stderr);
        assert_eq!(ran.json("verdict.json")["verdict"], verdict);
    }
}

/// What may pass (a preview that starts) is counted and not taken for a scenario that is not there.
#[test]
fn a_build_in_trouble_is_measured_and_one_that_stays_in_it_is_a_regression() {
    let (place, builds) = (Place::new(), Builds::new());
    let good = builds.serve("good", FAST);
    let bad = builds.serve("bad", Manner::Breaks);
    for (old, new, exit, failed) in [
        (&good, &bad, 1, "[0,20]"),
        (&bad, &good, 3, "[20,0]"),
        (&bad, &bad, 3, "[20,20]"),
    ] {
        let ran = place.regress(&["--old", old, "--new", new]);
        assert_eq!(ran.exit, exit, "{ran:?}");
        assert!(!ran.stderr.contains("does not answer"), "{}", ran.stderr);
        let found = ran.json("verdict.json");
        let rows = found["rows"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["measure"] != "missing"));
        let failures = rows.iter().find(|row| row["measure"] == "failures");
        let failures = failures.unwrap();
        assert_eq!(failures["failed"].to_string(), failed);
        assert_eq!(failures["verdict"] == "REGRESSION", exit == 1);
    }
    let starting = builds.serve("starting", Manner::Starts);
    let ran = place.regress(&["--old", &good, "--new", &starting, "--margin", "1000%"]);
    ran.assert_measured();
    assert!(!ran.stderr.contains("does not answer"), "{}", ran.stderr);
    let found = ran.json("verdict.json");
    let rows = found["rows"].as_array().unwrap();
    assert!(
        rows.iter()
            .all(|row| row["failed"] == serde_json::json!([0, 0]))
    );
}

#[test]
fn failures_of_the_new_build_are_a_regression_though_they_are_fast() {
    let (place, builds) = (Place::new(), Builds::new());
    let old = builds.serve("old", FAST);
    let new = builds.serve("new", Manner::FailsAtTimes);
    let arguments = [
        "regress",
        "--blocks",
        "5",
        "--samples",
        "12",
        "--old",
        &old,
        "--new",
        &new,
    ];
    let ran = place.run(&arguments);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let found = ran.json("verdict.json");
    let rows = found["rows"].as_array().unwrap();
    let failures = rows
        .iter()
        .find(|row| row["measure"] == "failures")
        .unwrap();
    assert_eq!(failures["failed"].to_string(), "[0,20]");
}

#[test]
fn a_build_that_cannot_be_asked_ends_the_run_with_its_name() {
    let (place, builds) = (Place::new(), Builds::new());
    let good = builds.serve("old", FAST);
    // Nobody listens on port 1 of the loopback.
    let gone = "http://127.0.0.1:1".to_owned();
    let refusing = builds.serve("new", Manner::Refuses);
    for (old, new, says) in [
        (&good, &gone, "the new build at"),
        (&gone, &good, "the old build at"),
        (&good, &refusing, "refuses the credentials (status 401)"),
    ] {
        let ran = place.regress(&["--old", old, "--new", new]);
        assert_eq!(ran.exit, 4, "{ran:?}");
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert!(!ran.stderr.contains("baseline"), "{}", ran.stderr);
        assert!(!ran.folder().join("verdict.json").exists());
    }
}

#[test]
fn what_writes_is_allowed_by_name_and_a_build_that_cannot_be_cleaned_ends_the_run() {
    let (place, builds) = (Place::new(), Builds::new());
    let good = builds.serve("good", FAST);
    let arguments = [
        "--old",
        &good,
        "--new",
        &good,
        "--only",
        "create",
        "--allow-writes",
    ];
    let ran =
        place.regress(&[&arguments[..], &["--margin", "1000%", "--quantile", "0.5"]].concat());
    ran.assert_measured();
    assert!(
        ran.stderr.contains("create up to 23 objects on each build"),
        "{}",
        ran.stderr
    );
    let asked = builds.take_asked();
    let count = |method: &str| asked.iter().filter(|asked| asked.contains(method)).count();
    assert_eq!((count("POST"), count("DELETE")), (2 * 23, 2 * 23));
    let keeping = builds.serve("keeping", Manner::Keeps);
    let arguments = [
        "--old",
        &good,
        "--new",
        &keeping,
        "--only",
        "create",
        "--allow-writes",
    ];
    let ran = place.regress(&arguments);
    assert_eq!(ran.exit, 4, "{ran:?}");
    assert!(
        ran.stderr.contains("could not be removed again"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_interrupted_run_keeps_its_whole_blocks_and_says_no_more_than_they_do() {
    let (place, builds) = (Place::new(), Builds::new());
    let build = builds.serve("both", SLOW);
    let arguments = [
        "regress",
        "--looks",
        "1",
        "--samples",
        "4",
        "--old",
        &build,
        "--new",
        &build,
    ];
    let child = place.command(&arguments).spawn().unwrap();
    // Within the third of its twenty blocks.
    let end = Instant::now() + Duration::from_secs(60);
    while builds.asked.lock().unwrap().len() < 2 * (1 + 3 + 2 * 4) + 3 {
        assert!(Instant::now() < end, "nothing is sent");
        std::thread::sleep(Duration::from_millis(5));
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    let ran = place.ran(child);
    assert_eq!(ran.exit, 130, "{ran:?}");
    let record = ran.json("blocks.json");
    assert_eq!(record["interrupted"], true);
    let blocks = record["series"][0]["blocks"].as_array().unwrap().len();
    assert!((2..20).contains(&blocks), "{blocks} blocks");
    let judged = place.run(&["judge", ran.folder().to_str().unwrap()]);
    assert_eq!(judged.exit, 3, "{judged:?}");
}

#[test]
fn a_slow_build_of_the_sandbox_is_found() {
    let place = Place::new();
    fs::remove_dir_all(place.path().join("scenarios")).unwrap();
    let arguments = [
        "--sandbox",
        "brisk",
        "--only",
        "task-search",
        "--plant",
        "slow=400%",
        "--quantile",
        "0.5",
    ];
    let ran = place.regress(&arguments);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let record = ran.json("blocks.json");
    assert!(
        record["world"].to_string().contains("400 % later"),
        "{}",
        record["world"]
    );
    assert_eq!(record["series"].as_array().unwrap().len(), 1);
}
