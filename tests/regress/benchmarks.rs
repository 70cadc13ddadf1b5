//! Another program's results, by name: which are compared, and what a name may do to a job's log.

use std::fmt::Write as _;
use std::fs;

use crate::ran::{Place, Ran};

/// Files of five blocks with these benchmarks; the new build takes `factor` times as long.
fn files(place: &Place, names: &[&str], factor: f64) -> Vec<String> {
    let mut words = vec!["--from".to_owned(), "csv".to_owned()];
    for (build, factor) in [("old", 1.0), ("new", factor)] {
        words.push(format!("--{build}"));
        for block in 0..5 {
            let mut text = "name,seconds\n".to_owned();
            for name in names {
                for n in 0..40 {
                    let seconds = factor * (0.04 + f64::from(n + block) * 1e-5);
                    writeln!(text, "\"{name}\",{seconds}").unwrap();
                }
            }
            let file = format!("{build}-{block}.csv");
            fs::write(place.path().join(&file), text).unwrap();
            words.push(file);
        }
    }
    words
}

fn regress(place: &Place, words: &[String], more: &[&str]) -> Ran {
    let words = words.iter().map(String::as_str);
    let words: Vec<&str> = ["regress"].into_iter().chain(words).collect();
    place.run(&[&words, more].concat())
}

#[test]
fn benchmarks_are_chosen_by_name_and_one_that_is_none_is_refused_with_those_there_are() {
    let place = Place::new();
    let words = files(&place, &["load", "search"], 1.2);
    let ran = regress(&place, &words, &["--only", "search"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let series = ran.json("blocks.json")["series"].clone();
    assert_eq!(series.as_array().unwrap().len(), 1);
    assert_eq!(series[0]["name"], "search");
    let refused = "--only serach: there is no such benchmark; there are load, search";
    let ran = regress(&place, &words, &["--only", "search", "serach"]);
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(ran.stderr.contains(refused), "{}", ran.stderr);

    let bench = |build: &str| format!("cp {build}-0.csv \"$CUTOVER_OUT/result.csv\"");
    let (old, new) = (bench("old"), bench("new"));
    let commands = ["regress", "--from", "csv", "--blocks", "5", "--looks", "1"];
    let benches = ["--old-bench", &old, "--new-bench", &new];
    let run = |only: &str| place.run(&[&commands[..], &benches, &["--only", only]].concat());
    let ran = run("load");
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert_eq!(ran.json("verdict.json")["rows"][0]["scenario"], "load");
    let ran = run("serach");
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(
        ran.stderr.contains("there are load, search"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("block 1 of"), "{}", ran.stderr);
}

/// The lines of a log that GitHub's runner takes for commands: `ActionCommand.cs` trims what is before `::`,
/// and finds `##[` anywhere.
fn commands(log: &str) -> Vec<&str> {
    let lines = log.split(['\n', '\r']);
    let acts = |line: &&str| line.trim_start().starts_with("::") || line.contains("##[");
    lines.filter(acts).collect()
}

#[test]
fn no_name_becomes_a_command_of_a_job_s_log_which_has_the_annotations_alone() {
    let place = Place::new();
    let names = [
        "::error title=pwn::x",
        "::stop-commands::x",
        "::add-mask::e",
        "##[add-mask]e",
        " ::warning::y ::debug::z",
    ];
    let words = files(&place, &names, 1.2);
    let log = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        let child = command.env("GITHUB_ACTIONS", "true").spawn().unwrap();
        let ran = place.ran(child);
        ran.stdout.clone() + "\n" + &ran.stderr
    };
    let regress: Vec<&str> = ["regress"]
        .into_iter()
        .chain(words.iter().map(String::as_str))
        .collect();
    let report = log(&regress);
    let told = commands(&report);
    assert_eq!(told.len(), 10, "{report}");
    for line in &told {
        assert!(line.starts_with("::error title=REGRESSION "), "{line}");
    }
    assert!(report.contains(": :stop-commands::x"), "{report}");
    // The same evidence by other verbs, a benchmark that is none, one that a build lacks, and a bad scenario.
    let ran = place.run(&["report", "--format", "verdict"]);
    assert!(!commands(&ran.stdout).is_empty(), "only a job is careful");
    let runs = place.path().join("reports");
    let run = fs::read_dir(runs).unwrap().next().unwrap().unwrap().path();
    let run = run.to_str().unwrap();
    let unknown = [&regress[..], &["--only", "::error::no"]].concat();
    let json = [&regress[..], &["--json"]].concat();
    fs::write(place.path().join("list.toml"), "##[error]= 1\n::error::= 1").unwrap();
    for arguments in [
        &["judge", run][..],
        &["judge", run, "--json"],
        &["report", run],
        &["history", "add", run],
        &["history", "show"],
        &["history", "show", "--format", "json"],
        &["scenario", "check", "list.toml"],
        &unknown,
        &json,
        // The last one, for it changes the files: the new build lacks a benchmark.
        &regress,
    ] {
        if arguments == regress {
            for block in 0..5 {
                let file = place.path().join(format!("new-{block}.csv"));
                let text = fs::read_to_string(&file).unwrap();
                let kept = text.lines().filter(|line| !line.contains("pwn"));
                fs::write(&file, kept.collect::<Vec<_>>().join("\n") + "\n").unwrap();
            }
        }
        let log = log(arguments);
        assert!(log.len() > 10, "{arguments:?}: {log}");
        let is_annotated = arguments == regress;
        let told = commands(&log);
        assert_eq!(told.is_empty(), !is_annotated, "{arguments:?}: {log}");
        for line in told {
            let is_ours = ["::error title=REGRESSION ", "::warning title=INCONCLUSIVE "];
            assert!(is_ours.iter().any(|ours| line.starts_with(ours)), "{line}");
        }
    }
}
