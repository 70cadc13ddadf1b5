//! k6's results: one point for each request, as JSON lines (`--out json=`) or CSV (`--out csv=`).
//!
//! One metric is looked at, the time of requests unless another is named. A series is what k6 groups by: the
//! method and the request's `name` (its URL where it was given none), or the metric itself where it is about
//! no request. Whether a request failed is k6's own judgement, `expected_response`; where that tag is turned
//! off, an `error_code` tells. What `setup` and `teardown` asked is no sample.
//!
//! k6 measures in milliseconds. A file of it can be larger than memory, so JSON is read line by line.

mod rows;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{BenchmarkError, Samples, form, packed, unread};
use crate::record::SampleStatus;

pub(super) use rows::read_csv;

/// The time of a request, without that of connecting.
const METRIC: &str = "http_req_duration";
/// k6's error code of a request that got no answer in time.
const TIMED_OUT: &str = "1050";
/// The groups of the points that no iteration made.
const OUTSIDE: [&str; 2] = ["::setup", "::teardown"];

/// A line of the JSON form: what a metric is, or one point of it.
#[derive(Deserialize)]
struct Line {
    r#type: String,
    metric: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    contains: Option<String>,
    time: Option<String>,
    value: Option<f64>,
    tags: Option<BTreeMap<String, String>>,
}

pub(super) fn read_json(path: &Path, metric: Option<&str>) -> Result<Samples, BenchmarkError> {
    let file = File::open(path).map_err(|source| unread(path, source))?;
    let mut reader = BufReader::new(file);
    let beginning = reader.fill_buf().map_err(|source| unread(path, source))?;
    packed(path, beginning)?;
    let mut points = Points::new(path, metric);
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        let length = reader
            .read_until(b'\n', &mut line)
            .map_err(|source| unread(path, source))?;
        if length == 0 {
            break;
        }
        number += 1;
        if !line.trim_ascii().is_empty() {
            points.line(number, &line)?;
        }
    }
    points.finish()
}

/// The points of one metric.
struct Points<'file> {
    path: &'file Path,
    metric: &'file str,
    declared: bool,
    samples: Samples,
}

impl<'file> Points<'file> {
    fn new(path: &'file Path, metric: Option<&'file str>) -> Self {
        Self {
            path,
            metric: metric.unwrap_or(METRIC),
            declared: false,
            samples: Samples::default(),
        }
    }

    fn line(&mut self, number: u64, text: &[u8]) -> Result<(), BenchmarkError> {
        let place = |what: String| form(self.path, format!("line {number}: {what}"));
        let line: Line = serde_json::from_slice(text).map_err(|error| {
            if number == 1 && is_summary(text) {
                return self.summary();
            }
            place(format!(
                "it is not as k6 writes it, or the file is cut off: {error}"
            ))
        })?;
        match (line.r#type.as_str(), line.metric) {
            (_, Some(other)) if other != self.metric => Ok(()),
            ("Metric", Some(_)) => self.declare(line.data.contains.as_deref()),
            ("Point", Some(_)) => {
                let (Some(value), Some(tags)) = (line.data.value, line.data.tags) else {
                    return Err(place("the point has no `value` or no `tags`".to_owned()));
                };
                if !self.declared {
                    return Err(place(format!(
                        "no line before it says what `{}` is; the beginning of the file is missing",
                        self.metric
                    )));
                }
                let tag = |name: &str| tags.get(name).map(String::as_str);
                let at = line.data.time.as_deref().and_then(rows::time);
                point(&mut self.samples, self.metric, (at, value), tag).map_err(place)
            }
            (kind, _) => Err(place(format!(
                "`{kind}` is neither a metric nor a point of one"
            ))),
        }
    }

    fn declare(&mut self, contains: Option<&str>) -> Result<(), BenchmarkError> {
        if contains != Some("time") {
            return Err(BenchmarkError::Unit {
                path: self.path.to_owned(),
                what: format!(
                    "`{}` is no time; choose another with `--metric`, or make it `new Trend(name, true)`",
                    self.metric
                ),
            });
        }
        self.declared = true;
        Ok(())
    }

    fn finish(self) -> Result<Samples, BenchmarkError> {
        let what = nothing(self.metric);
        self.samples.some(self.path, what)
    }

    fn summary(&self) -> BenchmarkError {
        BenchmarkError::NoSamples {
            path: self.path.to_owned(),
            what: "a summary of k6 has averages alone; run `k6 run --out json=FILE`".to_owned(),
        }
    }
}

/// The first line of what `--summary-export` or `handleSummary` writes: an object over several lines, or one
/// of all metrics.
fn is_summary(line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Summary {
        #[serde(rename = "metrics")]
        _metrics: BTreeMap<String, IgnoredAny>,
    }
    line.trim_ascii() == b"{" || serde_json::from_slice::<Summary>(line).is_ok()
}

fn nothing(metric: &str) -> String {
    format!("no point of the metric `{metric}` is in it; `--metric` chooses another")
}

/// Adds a point, of which `tag` tells the tags; an empty one is none. It has a time, where that is known, and
/// milliseconds.
fn point<'tags>(
    samples: &mut Samples,
    metric: &str,
    (at, milliseconds): (Option<Timestamp>, f64),
    tag: impl Fn(&str) -> Option<&'tags str>,
) -> Result<(), String> {
    let tag = |name: &str| tag(name).filter(|value| !value.is_empty());
    if tag("group").is_some_and(|group| OUTSIDE.contains(&group)) {
        return Ok(());
    }
    samples.taken(at);
    let request = tag("name").or_else(|| tag("url"));
    let name = match (tag("method"), request) {
        (Some(method), Some(request)) => format!("{method} {request}"),
        (None, Some(request)) => request.to_owned(),
        (_, None) => metric.to_owned(),
    };
    let code = tag("error_code");
    let failed = match tag("expected_response") {
        Some("true") => false,
        Some("false") => true,
        Some(other) => return Err(format!("`expected_response` is `{other}`")),
        None => code.is_some(),
    };
    let seconds = milliseconds / 1000.0;
    if !failed {
        return samples.success(&name, seconds);
    }
    let status = match code {
        Some(TIMED_OUT) => SampleStatus::Timeout,
        _ => SampleStatus::Error,
    };
    let seen = [
        ("status", tag("status")),
        ("error_code", code),
        ("error", tag("error")),
    ];
    let seen: Vec<String> = seen
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name} {value}")))
        .collect();
    samples.failure(&name, seconds, status, seen.join(", "))
}
