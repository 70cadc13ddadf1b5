//! criterion's results: a folder for each benchmark, in it `new` with what was measured last.
//!
//! ```text
//! target/criterion/<id>/new/benchmark.json    its name (that of the folder is cut and altered)
//! target/criterion/<id>/new/sample.json       {"iters": [n..], "times": [ns of all n..]}
//! target/criterion/<id>/new/estimates.json    {"median": {"point_estimate": ns, ..}, ..}
//! target/criterion/<id>/new/raw.csv           the samples again, with criterion's feature csv_output
//! ```
//!
//! Each sample is the time of many iterations together, and their mean is what is known: there is no tail to
//! compare. `base`, `change` and saved baselines are other runs and are not looked at. A benchmark that
//! measures something else than time says so in `raw.csv` alone; elsewhere its figures are taken for
//! nanoseconds, as criterion's own are.

use std::fs;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, Trim};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{BenchmarkError, Samples, bytes, form, lines, unread};

/// The folder of the last run.
const LATEST: &str = "new";
/// What a lone file's benchmark is called when nothing beside it tells.
const UNNAMED: &str = "unnamed";

const NS: f64 = 1e-9;

#[derive(Deserialize)]
struct Named {
    full_id: String,
}

#[derive(Deserialize)]
struct Sampled {
    iters: Vec<f64>,
    times: Vec<f64>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

pub(super) fn read(path: &Path) -> Result<Samples, BenchmarkError> {
    let mut all = Samples::default();
    if !path.is_dir() {
        one_file(path, &mut all)?;
        return Ok(all);
    }
    let mut folders = Vec::new();
    if path.join("benchmark.json").is_file() {
        folders.push(path.to_owned());
    } else {
        latest(path, &mut folders)?;
    }
    for folder in folders {
        let name = name(&folder)?;
        let sampled = folder.join("sample.json");
        let mut own = Samples::default();
        if sampled.is_file() {
            samples(&sampled, &name, &mut own)?;
        } else {
            estimate(&folder.join("estimates.json"), &name, &mut own)?;
        }
        all.own(&folder, &name, own)?;
    }
    all.some(
        path,
        "no folder `new` with a `benchmark.json` is in it; give criterion's folder, like target/criterion",
    )
}

/// The folders of the last run, in the order of their names.
fn latest(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), BenchmarkError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = entries.map_err(|source| unread(folder, source))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // Links are not followed: they may lead around in a circle.
        let kind = entry.file_type().map_err(|source| unread(folder, source))?;
        let path = entry.path();
        if kind.is_dir() && entry.file_name() == LATEST && path.join("benchmark.json").is_file() {
            found.push(path);
        } else if kind.is_dir() {
            latest(&path, found)?;
        }
    }
    Ok(())
}

/// A file by itself: its folder may tell the name.
fn one_file(path: &Path, all: &mut Samples) -> Result<(), BenchmarkError> {
    if path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
    {
        return raw(path, all);
    }
    let beside = path.parent().unwrap_or(Path::new("."));
    let name = if beside.join("benchmark.json").is_file() {
        name(beside)?
    } else {
        UNNAMED.to_owned()
    };
    match path.file_name().and_then(|name| name.to_str()) {
        Some("sample.json") => samples(path, &name, all),
        Some("estimates.json") => estimate(path, &name, all),
        _ => {
            let source = fs::metadata(path).err();
            Err(source.map_or_else(
                || {
                    form(
                        path,
                        "give criterion's folder, or its estimates.json, sample.json or raw.csv",
                    )
                },
                |source| unread(path, source),
            ))
        }
    }
}

fn name(folder: &Path) -> Result<String, BenchmarkError> {
    let named: Named = json(&folder.join("benchmark.json"))?;
    Ok(named.full_id)
}

fn samples(path: &Path, name: &str, own: &mut Samples) -> Result<(), BenchmarkError> {
    let Sampled { iters, times } = json(path)?;
    if iters.len() != times.len() || iters.is_empty() {
        let what = format!(
            "{} numbers of iterations and {} times; there must be one of each for each sample",
            iters.len(),
            times.len()
        );
        return Err(form(path, what));
    }
    for (iterations, nanoseconds) in iters.iter().zip(times) {
        own.success(name, nanoseconds / iterations * NS)
            .map_err(|what| form(path, what))?;
    }
    Ok(())
}

/// Of a benchmark without samples its median, as one sample.
fn estimate(path: &Path, name: &str, own: &mut Samples) -> Result<(), BenchmarkError> {
    let estimates: Estimates = json(path)?;
    own.success(name, estimates.median.point_estimate * NS)
        .map_err(|what| form(path, what))
}

/// A line of `raw.csv`.
#[derive(Deserialize)]
struct Line {
    group: String,
    function: Option<String>,
    value: Option<String>,
    sample_measured_value: f64,
    unit: String,
    iteration_count: f64,
}

impl Line {
    /// As criterion joins them.
    fn name(&self) -> String {
        let parts = [
            Some(&self.group),
            self.function.as_ref(),
            self.value.as_ref(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join("/")
    }
}

fn raw(path: &Path, all: &mut Samples) -> Result<(), BenchmarkError> {
    let bytes = bytes(path)?;
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .from_reader(lines(path, &bytes)?);
    for line in reader.deserialize() {
        let line: Line = line.map_err(|error| form(path, error.to_string()))?;
        if line.unit != "ns" {
            return Err(BenchmarkError::Unit {
                path: path.to_owned(),
                what: format!("its unit is `{}`; only times, in `ns`, are read", line.unit),
            });
        }
        let seconds = line.sample_measured_value / line.iteration_count * NS;
        all.success(&line.name(), seconds)
            .map_err(|what| form(path, what))?;
    }
    if all.by_name.is_empty() {
        return Err(BenchmarkError::Empty {
            path: path.to_owned(),
            what: "no line follows its header".to_owned(),
        });
    }
    Ok(())
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, BenchmarkError> {
    serde_json::from_slice(&bytes(path)?)
        .map_err(|error| form(path, format!("it is not as criterion writes it: {error}")))
}
