//! hyperfine's `--export-json`.
//!
//! Its first version has the times of all runs beside their averages, its second a measurement for each run,
//! with units. A run that did not exit with 0 is a failure: `--ignore-failure` keeps it among the times. Its
//! CSV has averages alone.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::{BenchmarkError, Samples, form};
use crate::record::SampleStatus;

/// The newest version of the form that is known.
const NEWEST: u64 = 2;
/// What a run is judged by, unless the file says otherwise.
const WALL_CLOCK: &str = "time_wall_clock";

#[derive(Deserialize)]
struct Version {
    schema_version: Option<u64>,
}

#[derive(Deserialize)]
struct First {
    results: Vec<FirstResult>,
}

#[derive(Deserialize)]
struct FirstResult {
    command: String,
    times: Option<Vec<f64>>,
    exit_codes: Option<Vec<Option<i64>>>,
    parameters: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Second {
    primary_metric: Option<String>,
    results: Vec<SecondResult>,
}

#[derive(Deserialize)]
struct SecondResult {
    name: Option<String>,
    command: String,
    measurements: Option<Vec<BTreeMap<String, Value>>>,
    parameters: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Quantity {
    value: f64,
    unit: String,
}

pub(super) fn read(path: &Path, text: &[u8]) -> Result<Samples, BenchmarkError> {
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first_line.starts_with(b"command,mean,") {
        return Err(no_samples(path));
    }
    let broken = |error| form(path, format!("it is not as hyperfine writes it: {error}"));
    let version: Version = serde_json::from_slice(text).map_err(broken)?;
    let mut all = Samples::default();
    match version.schema_version.unwrap_or(1) {
        1 => {
            let file: First = serde_json::from_slice(text).map_err(broken)?;
            for result in file.results {
                first(path, result, &mut all)?;
            }
        }
        NEWEST => {
            let file: Second = serde_json::from_slice(text).map_err(broken)?;
            let metric = file.primary_metric.as_deref().unwrap_or(WALL_CLOCK);
            for result in file.results {
                second(path, metric, result, &mut all)?;
            }
        }
        newer => {
            let what =
                format!("version {newer} of hyperfine's form; versions 1 and {NEWEST} are known");
            return Err(form(path, what));
        }
    }
    all.some(path, "its `results` are empty")
}

fn first(path: &Path, result: FirstResult, all: &mut Samples) -> Result<(), BenchmarkError> {
    let name = named(&result.command, result.parameters.as_ref());
    let times = result.times.ok_or_else(|| no_samples(path))?;
    // Older ones did not write them; without `--ignore-failure` all were 0.
    let codes = result
        .exit_codes
        .unwrap_or_else(|| vec![Some(0); times.len()]);
    if codes.len() != times.len() {
        let what = format!(
            "`{name}` has {} times and {} exit codes",
            times.len(),
            codes.len()
        );
        return Err(form(path, what));
    }
    let mut own = Samples::default();
    for (seconds, code) in times.into_iter().zip(codes) {
        run(&mut own, &name, seconds, code).map_err(|what| form(path, what))?;
    }
    all.own(path, &name, own)
}

fn second(
    path: &Path,
    metric: &str,
    result: SecondResult,
    all: &mut Samples,
) -> Result<(), BenchmarkError> {
    let name = named(
        result.name.as_deref().unwrap_or(&result.command),
        result.parameters.as_ref(),
    );
    let mut own = Samples::default();
    for mut measurement in result.measurements.ok_or_else(|| no_samples(path))? {
        let measured = measurement
            .remove(metric)
            .ok_or_else(|| form(path, format!("a run of `{name}` has no `{metric}`")))?;
        let seconds = seconds(path, metric, measured)?;
        let code = match measurement.get("exit_code") {
            Some(Value::Null) => None,
            Some(code) => {
                let wrong = || form(path, format!("`exit_code` of `{name}` is {code}"));
                Some(code.as_i64().ok_or_else(wrong)?)
            }
            None => return Err(form(path, format!("a run of `{name}` has no `exit_code`"))),
        };
        run(&mut own, &name, seconds, code).map_err(|what| form(path, what))?;
    }
    all.own(path, &name, own)
}

fn seconds(path: &Path, metric: &str, measured: Value) -> Result<f64, BenchmarkError> {
    let quantity: Quantity = serde_json::from_value(measured)
        .map_err(|error| form(path, format!("`{metric}`: {error}")))?;
    let unit = match quantity.unit.as_str() {
        "second" => 1.0,
        "millisecond" => 1e-3,
        "microsecond" => 1e-6,
        "nanosecond" => 1e-9,
        other => {
            return Err(BenchmarkError::Unit {
                path: path.to_owned(),
                what: format!("`{metric}` is measured in `{other}`; only times are read"),
            });
        }
    };
    Ok(quantity.value * unit)
}

fn run(own: &mut Samples, name: &str, seconds: f64, code: Option<i64>) -> Result<(), String> {
    match code {
        Some(0) => own.success(name, seconds),
        Some(code) => own.failure(name, seconds, SampleStatus::Error, format!("exit {code}")),
        None => own.failure(
            name,
            seconds,
            SampleStatus::Error,
            "ended without an exit code".to_owned(),
        ),
    }
}

/// A command that was run with several parameters is several benchmarks, also where its name is given.
fn named(command: &str, parameters: Option<&BTreeMap<String, String>>) -> String {
    let Some(parameters) = parameters.filter(|parameters| !parameters.is_empty()) else {
        return command.to_owned();
    };
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{command} ({})", pairs.join(", "))
}

fn no_samples(path: &Path) -> BenchmarkError {
    BenchmarkError::NoSamples {
        path: path.to_owned(),
        what: "export with `hyperfine --export-json FILE`, which has the time of each run"
            .to_owned(),
    }
}
