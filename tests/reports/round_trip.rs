//! What is exported can be judged again: the file of samples gives the gates' own bounds.

use std::fs;

use assert_cmd::Command;
use cutover::record::Record;
use cutover::report::samples;
use cutover::verdict::{Gate, judge};
use serde_json::Value;

use crate::machine::written;
use crate::records;

/// Judges the samples of one scenario in a file by the binary itself.
fn judged(file: &str, gate: &Gate, quantile: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("samples.csv");
    fs::write(&path, file).unwrap();
    let speedup = format!("{}x", gate.interval.unwrap().threshold);
    let output = Command::cargo_bin("cutover")
        .unwrap()
        .arg("judge")
        .arg(path)
        .args(["--speedup", &speedup, "--quantile", quantile, "--json"])
        .args(["--scenario", &gate.scenario])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[track_caller]
fn assert_same_bounds(record: &Record) {
    let file = written(record, samples);
    for gate in &judge(record).gates {
        let quantile = match gate.id.as_str() {
            "speedup-p50" => "0.5",
            "speedup-p95" => "0.95",
            _ => continue,
        };
        let found = judged(&file, gate, quantile);
        let interval = gate.interval.unwrap();
        let place = format!("{} of {}", gate.id, gate.scenario);
        assert_eq!(found["ratio_lo"].as_f64(), interval.low, "{place}");
        assert_eq!(found["ratio_hi"].as_f64(), interval.high, "{place}");
        assert_eq!(found["ratio_point"].as_f64(), interval.point, "{place}");
        assert_eq!(found["vif"].as_f64(), gate.number("vif"), "{place}");
        assert_eq!(found["n_baseline"].as_f64(), gate.number("n_baseline"));
        assert_eq!(found["n_candidate"].as_f64(), gate.number("n_candidate"));
    }
}

#[test]
fn exported_samples_give_the_same_bounds_as_the_gates() {
    assert_same_bounds(&records::no_go());
    assert_same_bounds(&records::failed_half_way());
    let mut incomplete = records::go();
    records::edit(&mut incomplete.scenarios[0].candidate, |rows| {
        rows[..200].iter_mut().for_each(|row| row.steps.clear());
    });
    assert_same_bounds(&incomplete);
}
