//! `cutover judge`, by the binary itself: every published vector of the speedup gate goes through a
//! CSV file and comes out as the same verdict, figures and exit code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};

/// Runs `cutover judge` with these arguments: exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("cutover")
        .unwrap()
        .arg("judge")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn file(folder: &tempfile::TempDir, name: &str, content: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The lines of one side, from the vectors' named samples.
fn lines(vectors: &Value, side: &str, name: &str) -> String {
    let mut lines = String::new();
    let mut line = |seconds: f64, status: &str| {
        writeln!(lines, "{side},{seconds},{status}").unwrap();
    };
    match name {
        "cand" => (0..400).for_each(|i| line(0.060 + 0.0001 * f64::from(i), "ok")),
        "b80" => (0..80).for_each(|i| line(1.0 + 0.5 * f64::from((37 * i) % 80) / 80.0, "ok")),
        named => {
            for sample in vectors["samples"][named].as_array().unwrap() {
                match sample.as_array() {
                    Some(pair) => line(pair[0].as_f64().unwrap(), pair[1].as_str().unwrap()),
                    None => line(sample.as_f64().unwrap(), "ok"),
                }
            }
        }
    }
    lines
}

#[track_caller]
fn assert_figure(found: &Value, expected: &Value, name: &str) {
    match expected.as_f64() {
        Some(expected) => assert!((found.as_f64().unwrap() - expected).abs() <= 1e-9, "{name}"),
        None => assert_eq!(found, &Value::Null, "{name} is infinite"),
    }
}

#[test]
fn every_vector_of_the_speedup_gate_survives_the_file() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/statistics.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let gates = vectors["gate_ratio"].as_array().unwrap();
    assert!(gates.len() >= 6);
    for vector in gates {
        let side = |side: &str| lines(&vectors, side, vector[side].as_str().unwrap());
        let content = format!(
            "side,seconds,status\n{}{}",
            side("candidate"),
            side("baseline")
        );
        let path = file(&folder, "samples.csv", &content);
        let (speedup, quantile) = (format!("{}x", vector["r"]), vector["q"].to_string());
        let flags = ["--speedup", &speedup, "--quantile", &quantile, "--json"];
        let (exit, out, _) = run(&[&[text(&path)], flags.as_slice()].concat());

        let found: Value = serde_json::from_str(&out).unwrap();
        let expect = &vector["expect"];
        assert_eq!(found["verdict"], expect["verdict"], "{vector}");
        for name in ["ratio_lo", "ratio_hi", "ratio_point", "vif"] {
            assert_figure(&found[name], &expect[name], name);
        }
        assert_eq!(found["n_baseline"], expect["n_b"]);
        assert_eq!(found["n_candidate"], expect["n_c"]);
        assert_eq!(found.as_object().unwrap().len(), 7);
        let code = match expect["verdict"].as_str().unwrap() {
            "GO" => 0,
            "NO_GO" => 1,
            _ => 3,
        };
        assert_eq!(exit, code);
    }
}

#[test]
fn people_read_the_same_figures_and_quiet_prints_nothing() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/statistics.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let content = format!(
        "side,seconds,status\n{}{}",
        lines(&vectors, "baseline", "b14"),
        lines(&vectors, "candidate", "cand")
    );
    let path = file(&folder, "samples.csv", &content);
    let (_, out, _) = run(&[text(&path), "--speedup", "20x..60x"]);
    for words in [
        "GO: ",
        "at least 20x",
        "quantile 0.5",
        "23.68x",
        "40.89x",
        "14 baseline",
    ] {
        assert!(out.contains(words), "`{words}` is missing:\n{out}");
    }
    let (exit, out, _) = run(&[text(&path), "--speedup", "30x", "--quiet"]);
    assert_eq!((exit, out.as_str()), (3, ""));
}

#[test]
fn samples_of_one_side_only_are_never_a_pass() {
    let folder = tempfile::tempdir().unwrap();
    for side in ["baseline", "candidate"] {
        let content = format!(
            "side,seconds,status\n{}",
            format!("{side},2.5,ok\n").repeat(50)
        );
        let path = file(&folder, "samples.csv", &content);
        let (exit, out, _) = run(&[text(&path), "--speedup", "20x", "--json"]);
        assert_eq!(exit, 3, "{out}");
        let found: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(found["ratio_point"], Value::Null);
        assert_eq!(found["ratio_hi"], Value::Null);
    }
}

#[track_caller]
fn assert_usage(arguments: &[&str], words: &str) {
    let (exit, out, error) = run(arguments);
    assert_eq!((exit, out.as_str()), (2, ""), "{error}");
    assert!(error.contains(words), "{error}");
}

#[test]
fn wrong_usage_and_bad_samples_say_how_to_fix_it() {
    let folder = tempfile::tempdir().unwrap();
    let good = file(&folder, "good.csv", "side,seconds,status\nbaseline,1,ok\n");
    let bad = file(
        &folder,
        "bad.csv",
        "side,seconds,status\nbaseline,fast,ok\n",
    );
    let empty = file(&folder, "empty.csv", "");
    assert_usage(&[text(&good)], "`--speedup 20x`");
    for quantile in ["0", "1", "1.5", "nan"] {
        assert_usage(
            &[text(&good), "--speedup", "20x", "--quantile", quantile],
            "must lie between 0 and 1",
        );
    }
    assert_usage(
        &[text(&bad), "--speedup", "20x"],
        "line 2: `seconds` is `fast`",
    );
    assert_usage(&[text(&empty), "--speedup", "20x"], "holds no samples");
    assert_usage(
        &["/nowhere.csv", "--speedup", "20x"],
        "/nowhere.csv cannot be read",
    );
}

/// A record of a run that measured nothing.
fn empty_record() -> String {
    let target = json!({
        "driver": "http", "base_url": "http://127.0.0.1:1", "header_names": [], "timeout_s": 30.0
    });
    json!({
        "schema_version": 1, "run": "a-run", "command": "cutover check",
        "tool": { "version": "0.1.0", "commit": null, "build": "release" },
        "started": "2024-05-01T00:00:00Z", "elapsed_s": 1.0, "seed": 1,
        "machine": { "os": "linux", "arch": "x86_64", "cores": 2, "cpu": null, "memory_bytes": null },
        "world": { "kind": "live" },
        "baseline": target, "candidate": target,
        "budget": { "rate": "3/s", "headroom": 0.02 },
        "gates": {
            "required": ["speedup-p50"], "max_baseline_iterations": 120, "max_writes": 400,
            "candidate_per_baseline": 20
        },
        "scenarios": [], "interrupted": false, "leftovers": []
    })
    .to_string()
}

#[test]
fn a_record_is_judged_as_a_file_and_as_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "record.json", &empty_record());
    let renamed = file(&folder, "renamed.txt", &empty_record());
    for given in [text(&path), text(&renamed), folder.path().to_str().unwrap()] {
        let (exit, out, _) = run(&[given, "--json"]);
        assert_eq!(exit, 3);
        let verdict: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(verdict["verdict"], "INCONCLUSIVE");
        assert_eq!(verdict["run"], "a-run");
    }
    let (_, out, _) = run(&[text(&path)]);
    assert!(out.contains("The record holds no scenario"), "{out}");
}

#[test]
fn flags_for_samples_and_broken_records_are_usage_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "record.json", &empty_record());
    assert_usage(&[text(&path), "--speedup", "20x"], "leave out --speedup");
    assert_usage(&[text(&path), "--quantile", "0.5"], "leave out --quantile");
    assert_usage(&[text(&path), "--scenario", "a"], "leave out --scenario");
    let broken = file(&folder, "broken.json", "{\"schema_version\": 1");
    assert_usage(&[text(&broken)], "is not a record of cutover");
    let newer = empty_record().replace("\"schema_version\":1", "\"schema_version\":99");
    let newer = file(&folder, "newer.json", &newer);
    assert_usage(&[text(&newer)], "schema version 99");
    fs::remove_file(&path).unwrap();
    assert_usage(&[folder.path().to_str().unwrap()], "record.json");
}
