//! `cutover history` as a script meets it: files, words and exit codes.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use cutover::history::{Entry, add, read};
use cutover::record::write_blocks;
use serde_json::Value;

use super::entries::{commit, runs};
use super::keeping::{blocks, samples};

/// What the program said and how it ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) errors: String,
}

pub(crate) fn cutover(folder: &Path, words: &[&str]) -> Ended {
    let output = Command::cargo_bin("cutover")
        .unwrap()
        .current_dir(folder)
        .args(words)
        .output()
        .unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

fn kept(entries: &[Entry]) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for entry in entries {
        add(&place.path().join("history"), entry).unwrap();
    }
    place
}

#[track_caller]
pub(crate) fn assert_refused(folder: &Path, words: &[&str], said: &[&str]) {
    let ended = cutover(folder, words);
    assert_eq!(ended.code, 2, "{}{}", ended.out, ended.errors);
    assert_eq!(ended.out, "", "nothing that reads like a result");
    for word in said {
        assert!(
            ended.errors.contains(word),
            "`{word}` is missing: {}",
            ended.errors
        );
    }
}

#[test]
fn an_empty_history_and_a_corrupt_file_are_errors_of_their_own() {
    let place = tempfile::tempdir().unwrap();
    for verb in ["show", "check"] {
        let said = [
            "there is no run in `history`",
            "`cutover history add reports/RUN`",
        ];
        assert_refused(place.path(), &["history", verb], &said);
    }
    let place = kept(&runs(3, |_| 0.05));
    fs::write(place.path().join("history/zz.json"), "{").unwrap();
    for verb in ["show", "check"] {
        assert_refused(
            place.path(),
            &["history", verb],
            &["history/zz.json is not a run"],
        );
    }
}

#[test]
fn a_change_is_drawn_and_its_commits_are_named() {
    let place = kept(&runs(40, |run| if run < 23 { 0.05 } else { 0.06 }));
    let ended = cutover(place.path(), &["history", "show"]);
    assert_eq!((ended.code, ended.errors.as_str()), (0, ""));
    let words = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for commit in [commit(22), commit(23)] {
        assert!(
            words.contains(&format!("commit `{}`", &commit[..10])),
            "{}",
            ended.out
        );
    }
    assert!(words.contains("2 changes were found"), "{}", ended.out);
    assert!(
        ended
            .out
            .lines()
            .any(|line| line == format!("  {}^", " ".repeat(23))),
        "{}",
        ended.out
    );
    assert_eq!(cutover(place.path(), &["history", "show"]).out, ended.out);
    let json = cutover(place.path(), &["history", "show", "--format", "json"]).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["trends"][0]["changes"][0]["at"], 23);
    assert_eq!(json["shown"].as_array().unwrap().len(), 40);
}

#[test]
fn a_check_ends_as_its_word_says() {
    let ends = |count: u32, factor: f64| {
        let place = kept(&runs(count, |run| {
            if run + 1 < count { 0.05 } else { 0.05 * factor }
        }));
        let ended = cutover(place.path(), &["history", "check"]);
        assert_eq!(ended.errors, "");
        let quiet = cutover(place.path(), &["history", "check", "--quiet"]);
        assert_eq!((quiet.code, quiet.out.as_str()), (ended.code, ""));
        let json = cutover(place.path(), &["history", "check", "--json"]);
        let json: Value = serde_json::from_str(&json.out).unwrap();
        let word = ended.out.split_whitespace().next().unwrap().to_owned();
        assert_eq!(json["verdict"], word.as_str());
        let words = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("low power"), "{words}");
        (ended.code, word)
    };
    assert_eq!(ends(12, 1.0), (0, "OK".to_owned()));
    assert_eq!(ends(12, 1.4), (1, "REGRESSION".to_owned()));
    assert_eq!(ends(8, 1.4), (3, "INCONCLUSIVE".to_owned()));
    assert_eq!(ends(1, 1.0), (3, "INCONCLUSIVE".to_owned()));
}

#[test]
fn a_run_is_added_once_from_its_folder_or_its_file() {
    let place = tempfile::tempdir().unwrap();
    let run = place.path().join("reports/one");
    fs::create_dir_all(&run).unwrap();
    write_blocks(&blocks(&samples(&[50.0; 4], 0)), &run.join("blocks.json")).unwrap();
    let words = ["history", "add", "reports/one", "--commit", "c0ffee"];
    let ended = cutover(place.path(), &words);
    assert_eq!((ended.code, ended.errors.as_str()), (0, ""));
    let files: Vec<_> = fs::read_dir(place.path().join("history"))
        .unwrap()
        .collect();
    assert_eq!(files.len(), 1);
    assert!(ended.out.trim_end().ends_with(".json"), "{}", ended.out);
    let all = read(&place.path().join("history")).unwrap();
    assert_eq!(all[0].commit.as_deref(), Some("c0ffee"));
    for input in ["reports/one", "reports/one/blocks.json"] {
        assert_refused(
            place.path(),
            &["history", "add", input],
            &["was added before"],
        );
    }
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample");
    let sample = sample.to_str().unwrap();
    let ended = cutover(place.path(), &["history", "add", sample]);
    assert_eq!(ended.code, 0);
    assert!(
        ended
            .errors
            .contains("the commit that was measured is unknown"),
        "{}",
        ended.errors
    );
    assert_refused(
        place.path(),
        &["history", "add", sample],
        &["was added before"],
    );
    assert_eq!(read(&place.path().join("history")).unwrap().len(), 2);
}

#[test]
fn what_another_program_measured_is_added_once() {
    let place = tempfile::tempdir().unwrap();
    fs::write(
        place.path().join("a.csv"),
        "name,seconds\nload,0.5\nload,0.7\nload,0.6\n",
    )
    .unwrap();
    let words = [
        "history", "add", "a.csv", "--from", "csv", "--commit", "c0ffee",
    ];
    let ended = cutover(place.path(), &words);
    assert_eq!((ended.code, ended.errors.as_str()), (0, ""));
    let all = read(&place.path().join("history")).unwrap();
    assert_eq!(
        (all[0].source.as_str(), all[0].series[0].name.as_str()),
        ("csv", "load")
    );
    assert!((all[0].series[0].quantiles["p50"] - 0.6).abs() < 1e-12);
    assert_refused(place.path(), &words, &["was added before"]);
}

#[test]
fn what_is_no_run_is_not_added() {
    let place = tempfile::tempdir().unwrap();
    let refused = |input: &str, said: &str| {
        assert_refused(place.path(), &["history", "add", input], &[input, said]);
        assert!(!place.path().join("history").exists());
    };
    fs::write(place.path().join("record.json"), "{}").unwrap();
    fs::write(place.path().join("blocks.json"), "{").unwrap();
    fs::create_dir(place.path().join("folder")).unwrap();
    refused("nothing", "cannot be read");
    refused("folder", "cannot be read");
    refused("record.json", "is not a record");
    refused("blocks.json", "blocks.json is no");
    let word = ["history", "add", "record.json", "--commit", "two words"];
    assert_refused(place.path(), &word, &["a commit's name"]);
    let word = ["history", "add", "a.csv", "--from", "csv", "--metric", "x"];
    assert_refused(place.path(), &word, &["--metric", "leave it out"]);
}

#[test]
fn a_name_that_no_run_has_is_an_error() {
    let place = kept(&runs(3, |_| 0.05));
    let words = ["history", "show", "--only", "task-serch"];
    assert_refused(place.path(), &words, &["`task-serch`", "`task-search`"]);
}

#[test]
fn a_report_is_never_put_among_the_runs() {
    let place = kept(&runs(3, |_| 0.05));
    let show = |output: &str| {
        let words = ["history", "show", "--format", "json", "--output", output];
        cutover(place.path(), &words)
    };
    let ended = show("history/trend.json");
    assert_eq!(ended.code, 2);
    assert!(ended.errors.contains("among the runs"), "{}", ended.errors);
    assert_eq!(show("trend.json").code, 0);
    assert_eq!(cutover(place.path(), &["history", "check"]).code, 3);
}
