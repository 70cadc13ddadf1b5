//! When another program measured: a trend is an order, and an order is never guessed.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use cutover::history::{Entry, add, read};
use serde_json::Value;
use tempfile::TempDir;

use super::entries::{runs, series};
use super::verbs::{assert_refused, cutover};

/// The time that all files get here: as if they had been unpacked together.
const WRITTEN: &str = "2026-11-01T12:00:00Z";

fn files(place: &TempDir) -> usize {
    fs::read_dir(place.path().join("history")).map_or(0, |files| {
        let is_run = |name: &str| Path::new(name).extension().is_some_and(|end| end == "json");
        files
            .filter(|file| is_run(&file.as_ref().unwrap().file_name().to_string_lossy()))
            .count()
    })
}

/// Writes a CSV of samples around so many seconds, `later` seconds after the others.
fn csv(place: &TempDir, name: &str, seconds: f64, later: u64) {
    let path = place.path().join(name);
    let sample = |n: u32| format!("{}\n", seconds * (1.0 + f64::from(n) / 1e4));
    let samples: String = (0..20).map(sample).collect();
    fs::write(&path, format!("seconds\n{samples}")).unwrap();
    let written: jiff::Timestamp = WRITTEN.parse().unwrap();
    let written = SystemTime::from(written) + Duration::from_secs(later);
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(written)
        .unwrap();
}

fn add_csv<'w>(name: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    [&["history", "add", name, "--from", "csv"], more].concat()
}

#[test]
fn files_of_one_second_are_refused_until_their_times_are_told_and_then_the_change_is_found() {
    let place = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..14).map(|run| format!("{run}.csv")).collect();
    for (run, name) in (0_u32..).zip(&names) {
        let level = if run < 7 { 0.05 } else { 0.08 };
        csv(&place, name, level + f64::from(run * 5 % 7) / 1e4, 0);
    }
    let commit = |run: usize| format!("commit-{run:02}");
    let first = cutover(place.path(), &add_csv(&names[0], &["--commit", &commit(0)]));
    assert_eq!(first.code, 0, "{}", first.errors);
    assert_refused(
        place.path(),
        &add_csv(&names[1], &["--commit", &commit(1)]),
        &["a run of `csv`", WRITTEN, "`--started`"],
    );
    assert_eq!(files(&place), 1, "nothing is lost, and nothing is guessed");
    for (run, name) in names.iter().enumerate().skip(1) {
        let (commit, started) = (commit(run), format!("2026-11-{:02}T12:00:00Z", run + 1));
        let words = ["--commit", &commit, "--started", &started];
        let ended = cutover(place.path(), &add_csv(name, &words));
        assert_eq!((ended.code, ended.errors.as_str()), (0, ""));
    }
    let shown = cutover(place.path(), &["history", "show", "--format", "json"]).out;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let change = &shown["trends"][0]["changes"][0];
    assert_eq!(change["last_before"]["commit"], "commit-06");
    assert_eq!(change["first_after"]["commit"], "commit-07");
}

#[test]
fn the_same_results_are_one_run_whenever_their_file_was_written() {
    let place = tempfile::tempdir().unwrap();
    csv(&place, "a.csv", 0.05, 0);
    assert_eq!(cutover(place.path(), &add_csv("a.csv", &[])).code, 0);
    csv(&place, "a.csv", 0.05, 3_600);
    let said = ["was added before", "`--started`"];
    assert_refused(place.path(), &add_csv("a.csv", &[]), &said);
    // A run that measured the same times, says who adds it.
    let started = "2026-11-02T00:00:00Z";
    let told = add_csv("a.csv", &["--started", started]);
    assert_eq!(cutover(place.path(), &told).code, 0);
    assert_refused(place.path(), &told, &["was added before"]);
    // Another run of exactly that time.
    csv(&place, "b.csv", 0.06, 0);
    let told = add_csv("b.csv", &["--started", started]);
    assert_refused(place.path(), &told, &[started, "`--started`"]);
    assert_eq!(files(&place), 2);
    let words = ["history", "add", "reports/one", "--started", started];
    assert_refused(place.path(), &words, &["--from"]);
    let words = add_csv("b.csv", &["--started", "yesterday"]);
    assert_refused(place.path(), &words, &["2026-11-23T01:30:00Z"]);
}

#[test]
fn k6_says_itself_when_it_measured() {
    let place = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/benchmarks/fixtures");
    for (file, format, began) in [
        ("k6.json", "k6-json", "2026-11-22T09:30:00.114365Z"),
        ("k6-extra-tags.csv", "k6-csv", "2020-07-21T09:59:20Z"),
    ] {
        let path = fixtures.join(file);
        let words = ["history", "add", path.to_str().unwrap(), "--from", format];
        let ended = cutover(place.path(), &words);
        assert_eq!(ended.code, 0, "{}", ended.errors);
        let all = read(&place.path().join("history")).unwrap();
        assert!(all.iter().any(|run| run.started == began), "{all:?}");
        assert_refused(place.path(), &words, &["was added before"]);
    }
}

#[test]
fn a_run_that_is_still_to_come_is_refused_and_one_that_is_not_the_newest_is_told() {
    let place = tempfile::tempdir().unwrap();
    csv(&place, "a.csv", 0.05, 0);
    csv(&place, "b.csv", 0.06, 0);
    let to_come = add_csv("a.csv", &["--started", "2131-01-01T00:00:00Z"]);
    let said = ["2131-01-01", "still to come", "`--started`"];
    assert_refused(place.path(), &to_come, &said);
    assert_eq!(files(&place), 0);
    assert_eq!(cutover(place.path(), &add_csv("a.csv", &[])).code, 0);
    let former = add_csv("b.csv", &["--started", "2026-10-01T00:00:00Z"]);
    let ended = cutover(place.path(), &former);
    assert_eq!(ended.code, 0, "{}", ended.errors);
    assert!(
        ended.errors.contains(WRITTEN) && ended.errors.contains("stays the newest"),
        "{}",
        ended.errors
    );
    // One that was kept by another clock is named where it hides the others.
    let mut kept: Vec<Entry> = runs(1, |_| 0.05);
    kept[0].started = "2131-01-01T00:00:00Z".to_owned();
    kept[0].series = vec![series("late", 0.05)];
    add(&place.path().join("history"), &kept[0]).unwrap();
    let ended = cutover(place.path(), &["history", "check"]);
    assert!(
        ended.errors.contains(&kept[0].run) && ended.errors.contains("remove its file"),
        "{}",
        ended.errors
    );
}
