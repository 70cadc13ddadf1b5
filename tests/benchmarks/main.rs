//! What other programs measured becomes samples, or an error that says what is wrong: never a guess.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod laws;
mod pairing;
mod verb;

use std::fs;
use std::path::{Path, PathBuf};

use cutover::benchmarks::{Benchmark, BenchmarkError, Format, read};
use cutover::record::SampleStatus;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/benchmarks/fixtures")
        .join(name)
}

/// A file of these bytes, read.
fn read_text(name: &str, bytes: &[u8], format: Format) -> Result<Vec<Benchmark>, BenchmarkError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path, format, None)
}

#[track_caller]
fn refused(name: &str, text: &str, format: Format, words: &[&str]) {
    let error = read_text(name, text.as_bytes(), format)
        .unwrap_err()
        .to_string();
    for word in words {
        assert!(error.contains(word), "`{word}` is missing: {error}");
    }
}

fn names(found: &[Benchmark]) -> Vec<&str> {
    found.iter().map(|one| one.name.as_str()).collect()
}

#[track_caller]
fn assert_seconds(found: &Benchmark, expected: &[f64]) {
    let seconds = &found.samples.seconds;
    assert_eq!(seconds.len(), expected.len(), "{seconds:?}");
    for (seconds, expected) in seconds.iter().zip(expected) {
        assert!(
            (seconds / expected - 1.0).abs() < 1e-12,
            "{seconds} for {expected}"
        );
    }
}

#[test]
fn criterions_folder_gives_the_time_of_an_iteration_of_every_sample() {
    let found = read(&fixture("criterion"), Format::Criterion, None).unwrap();
    assert_eq!(
        names(&found),
        [
            "budget: reserve a step of cost 4",
            "notion: 100 rows by a word, by title, 10000 pages"
        ]
    );
    // Its own mean of these two, in estimates.json, is 470.27 ns.
    assert_seconds(
        &found[0],
        &[30_951_076.0e-9 / 65_536.0, 61_376_373.0e-9 / 131_072.0],
    );
    assert_eq!(found[1].samples.seconds.len(), 20);
    assert!(found.iter().all(|one| !one.has_tail));
}

#[test]
fn criterions_other_runs_are_never_taken_for_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, nanoseconds: u32| {
        let run = folder.path().join("group/bench").join(name);
        fs::create_dir_all(&run).unwrap();
        fs::write(run.join("benchmark.json"), r#"{"full_id":"group/bench"}"#).unwrap();
        let sample = format!(r#"{{"iters":[1.0],"times":[{nanoseconds}.0]}}"#);
        fs::write(run.join("sample.json"), sample).unwrap();
    };
    for (name, nanoseconds) in [("base", 1), ("saved", 2), ("change", 3), ("new", 500)] {
        run(name, nanoseconds);
    }
    let found = read(folder.path(), Format::Criterion, None).unwrap();
    assert_eq!(names(&found), ["group/bench"]);
    assert_seconds(&found[0], &[500e-9]);

    // Another benchmark of the same name: neither is the one that was meant.
    fs::rename(folder.path().join("group"), folder.path().join("one")).unwrap();
    run("new", 700);
    let error = read(folder.path(), Format::Criterion, None).unwrap_err();
    assert!(matches!(error, BenchmarkError::Twice { .. }), "{error}");
}

#[test]
fn of_a_benchmark_without_samples_criterions_median_is_the_sample() {
    let new = fixture("criterion/budget_ reserve a step of cost 4/new");
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("any/new");
    fs::create_dir_all(&run).unwrap();
    for file in ["benchmark.json", "estimates.json"] {
        fs::copy(new.join(file), run.join(file)).unwrap();
    }
    for path in [folder.path(), &run, &run.join("estimates.json")] {
        let found = read(path, Format::Criterion, None).unwrap();
        assert_eq!(names(&found), ["budget: reserve a step of cost 4"]);
        assert_seconds(&found[0], &[470.270_252_227_783_2e-9]);
    }
    fs::remove_file(run.join("benchmark.json")).unwrap();
    let found = read(&run.join("estimates.json"), Format::Criterion, None).unwrap();
    assert_eq!(names(&found), ["unnamed"]);
}

#[test]
fn criterions_raw_csv_is_read_with_its_unit() {
    let found = read(&fixture("raw.csv"), Format::Criterion, None).unwrap();
    assert_eq!(names(&found), ["sort/merge", "sort/quick/1000"]);
    assert_seconds(&found[0], &[3_000e-9]);
    assert_seconds(&found[1], &[2_000e-9, 2_200e-9]);
    let cycles = fs::read_to_string(fixture("raw.csv"))
        .unwrap()
        .replace(",ns,", ",cycles,");
    refused("raw.csv", &cycles, Format::Criterion, &["`cycles`", "`ns`"]);
}

#[test]
fn hyperfines_first_form_gives_every_run_and_those_that_failed() {
    let found = read(&fixture("hyperfine-1.json"), Format::Hyperfine, None).unwrap();
    assert_eq!(
        names(&found),
        ["grep -r report corpus (threads=2)", "rg report corpus"]
    );
    assert_seconds(&found[0], &[0.09, 0.11]);
    assert_seconds(&found[1], &[0.0208, 0.0214, 0.0223]);
    let failed: Vec<(f64, &str)> = found[0]
        .samples
        .failures
        .iter()
        .map(|failed| (failed.elapsed_s, failed.detail.as_str()))
        .collect();
    assert_eq!(
        failed,
        [(0.1, "ended without an exit code"), (0.002, "exit 2")]
    );
    assert!(found[0].has_tail);
}

#[test]
fn hyperfines_second_form_gives_the_same_with_its_units() {
    let path = fixture("hyperfine-2.json");
    let found = read(&path, Format::Hyperfine, None).unwrap();
    assert_eq!(names(&found), ["grep -r report corpus", "ripgrep"]);
    assert_seconds(&found[0], &[0.1]);
    assert_seconds(&found[1], &[0.0208]);
    assert_eq!(found[1].samples.failures[0].detail, "exit 1");

    let text = fs::read_to_string(path).unwrap();
    let milliseconds = text.replace(
        r#""value": 0.1, "unit": "second""#,
        r#""value": 100.0, "unit": "millisecond""#,
    );
    assert_eq!(
        read_text("a.json", milliseconds.as_bytes(), Format::Hyperfine).unwrap(),
        found
    );
    let memory = text.replace(
        r#""primary_metric": "time_wall_clock""#,
        r#""primary_metric": "memory_peak_resident""#,
    );
    refused("a.json", &memory, Format::Hyperfine, &["`byte`", "times"]);
    let newer = text.replace(r#""schema_version": 2"#, r#""schema_version": 3"#);
    refused("a.json", &newer, Format::Hyperfine, &["version 3"]);
}

#[test]
fn averages_are_refused_with_the_way_to_samples() {
    let cases = [
        (
            "a.json",
            r#"{"results":[{"command":"a","mean":1.0,"exit_codes":[0]}]}"#,
            Format::Hyperfine,
            "--export-json",
        ),
        (
            "a.csv",
            "command,mean,stddev,median,user,system,min,max\na,1,1,1,1,1,1,1\n",
            Format::Hyperfine,
            "--export-json",
        ),
        (
            "summary.json",
            "{\n  \"metrics\": {}\n}\n",
            Format::K6Json,
            "--out json",
        ),
        (
            "summary.json",
            "{\"metrics\":{\"http_req_duration\":{\"avg\":1.0}},\"root_group\":{}}",
            Format::K6Json,
            "--out json",
        ),
    ];
    for (name, text, format, words) in cases {
        let error = read_text(name, text.as_bytes(), format).unwrap_err();
        assert!(matches!(error, BenchmarkError::NoSamples { .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn k6s_two_forms_say_the_same_of_one_run() {
    let json = read(&fixture("k6.json"), Format::K6Json, None).unwrap();
    assert_eq!(
        names(&json),
        ["GET https://tomos.example/api/tasks", "POST create"]
    );
    assert_seconds(&json[0], &[0.114_365, 0.0985]);
    assert_eq!(json[0].samples.failures[0].status, SampleStatus::Error);
    assert_eq!(
        json[0].samples.failures[0].detail,
        "status 500, error_code 1500"
    );
    // A 404 that the script expects is a success.
    assert_seconds(&json[1], &[0.04]);
    let timed_out = &json[1].samples.failures[0];
    assert_eq!(timed_out.status, SampleStatus::Timeout);
    assert!((timed_out.elapsed_s - 60.0).abs() < 1e-12);

    assert_eq!(read(&fixture("k6.csv"), Format::K6Csv, None).unwrap(), json);
}

#[test]
fn k6s_other_metrics_can_be_chosen_when_they_are_times() {
    for (file, format) in [("k6.json", Format::K6Json), ("k6.csv", Format::K6Csv)] {
        let found = read(&fixture(file), format, Some("iteration_duration")).unwrap();
        assert_eq!(names(&found), ["iteration_duration"]);
        assert_seconds(&found[0], &[61.0]);
        let error = read(&fixture(file), format, Some("nothing")).unwrap_err();
        assert!(error.to_string().contains("`nothing`"), "{error}");
    }
    let error = read(&fixture("k6.json"), Format::K6Json, Some("http_reqs")).unwrap_err();
    assert!(matches!(error, BenchmarkError::Unit { .. }), "{error}");
}

#[test]
fn a_tag_of_k6_is_found_in_its_column_or_among_the_others() {
    let found = read(&fixture("k6-extra-tags.csv"), Format::K6Csv, None).unwrap();
    assert_eq!(names(&found), ["GET http://tomos.example/"]);
    assert_seconds(&found[0], &[0.221_899]);
    assert_eq!(found[0].samples.failures.len(), 2);
}

#[test]
fn a_csv_of_samples_is_read_by_its_columns() {
    let found = read(&fixture("samples.csv"), Format::Csv, None).unwrap();
    assert_eq!(names(&found), ["load", "search"]);
    assert_seconds(&found[1], &[0.068, 0.071]);
    assert_eq!(found[1].samples.failures[0].status, SampleStatus::Timeout);
    assert_eq!(found[0].samples.failures[0].status, SampleStatus::Error);

    let bare = read_text("a.csv", b"seconds\n0.5\n", Format::Csv).unwrap();
    assert_eq!(names(&bare), ["unnamed"]);
    let scenario = read_text("a.csv", b"scenario,seconds\na,0.5\n", Format::Csv).unwrap();
    assert_eq!(names(&scenario), ["a"]);
}

#[test]
fn a_time_of_nothing_names_the_benchmark_and_the_way_out() {
    let hyperfine = r#"{"results":[{"command":"true","times":[0.0,0.1]}]}"#;
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("nothing/new");
    fs::create_dir_all(&run).unwrap();
    fs::write(run.join("benchmark.json"), r#"{"full_id":"nothing"}"#).unwrap();
    fs::write(run.join("sample.json"), r#"{"iters":[9.0],"times":[0.0]}"#).unwrap();
    let criterion = read(folder.path(), Format::Criterion, None).unwrap_err();
    let hyperfine = read_text("a.json", hyperfine.as_bytes(), Format::Hyperfine).unwrap_err();
    for (error, name) in [(criterion, "`nothing`"), (hyperfine, "`true`")] {
        let said = error.to_string();
        for words in [name, "a time of 0 s", "measure more work", "leave"] {
            assert!(said.contains(words), "{said}");
        }
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let row = |row: &str| format!("name,seconds,status\na,1,ok\n{row}\n");
    for seconds in ["-1", "0", "inf", "NaN", "2.5s", ""] {
        let text = row(&format!("a,{seconds},ok"));
        refused("a.csv", &text, Format::Csv, &["a.csv", "line 3"]);
    }
    refused("a.csv", &row("a,1,OK"), Format::Csv, &["line 3", "`OK`"]);
    refused(
        "a.csv",
        &row(" ,1,ok"),
        Format::Csv,
        &["line 3", "empty name"],
    );
    refused("a.csv", "name,ms\na,1\n", Format::Csv, &["`seconds`"]);
    let both = "name,scenario,seconds\na,b,1\n";
    refused("a.csv", both, Format::Csv, &["twice"]);
    refused("a.csv", "seconds\n", Format::Csv, &["no benchmark"]);
    refused("a.json", r#"{"results":[]}"#, Format::Hyperfine, &["empty"]);
    let unequal = r#"{"results":[{"command":"a","times":[1.0,2.0],"exit_codes":[0]}]}"#;
    refused("a.json", unequal, Format::Hyperfine, &["2 times", "1 exit"]);
    let twice = r#"{"results":[{"command":"a","times":[1.0]},{"command":"a","times":[1.0]}]}"#;
    refused("a.json", twice, Format::Hyperfine, &["`a` twice"]);
    let none = r#"{"results":[{"command":"a","times":[]}]}"#;
    refused("a.json", none, Format::Hyperfine, &["`a`", "not once"]);
    refused("a.txt", "", Format::Criterion, &["estimates.json"]);
    let sample = r#"{"iters":[0.0],"times":[5.0]}"#;
    refused("sample.json", sample, Format::Criterion, &["inf"]);

    let empty = tempfile::tempdir().unwrap();
    let error = read(empty.path(), Format::Criterion, None).unwrap_err();
    assert!(matches!(error, BenchmarkError::Empty { .. }), "{error}");
    for format in laws::FORMATS {
        let error = read(Path::new("/nowhere/at/all.json"), format, None).unwrap_err();
        assert!(matches!(error, BenchmarkError::Read { .. }), "{error}");
        let packed = read_text("sample.json", &[0x1f, 0x8b, 8, 0], format).unwrap_err();
        assert!(packed.to_string().contains("gzip"), "{packed}");
    }
}
