//! The latencies as an HdrHistogram interval log, which the tools around HdrHistogram read: plotters,
//! analysers, and the libraries for Java, Python, JavaScript and others.
//!
//! The form is that of HdrHistogram's `HistogramLogWriter`, version 1.3, with histograms in the
//! compressed V2 encoding. Each scenario and side has a tag, `NAME.SIDE`, with what succeeded; what
//! failed has a tag of its own, `NAME.SIDE.failed`, because its time is no latency. Every iteration counts
//! in the interval in which it finished. The file is ASCII.
//!
//! Readers round the rank of a percentile differently (up in Java and Rust, to the nearest in Python),
//! so at few values two of them may name neighbours; the counts in the file are the same for all.

use std::io;
use std::time::{Duration, UNIX_EPOCH};

use hdrhistogram::Histogram;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use super::foreign::visible;
use super::names::distinct;
use super::summary::Summary;
use crate::record::{IterationRef, Record, SampleStatus, ScenarioRecord, Side, World};

/// The longest time that a histogram tells from longer ones: a day. What took longer counts as a day.
const HIGHEST_NS: u64 = 24 * 3600 * 1_000_000_000;
/// Significant decimal digits of a value: every one is within 0.1 % of what was measured.
const DIGITS: u8 = 3;
/// The shortest interval; longer ones are multiples of it.
const INTERVAL_S: f64 = 10.0;
/// A longer run gets longer intervals, so that its log stays small.
const MOST_INTERVALS: f64 = 120.0;

/// Writes the log.
///
/// # Errors
/// When `out` fails.
pub fn latency_log(summary: &Summary<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let record = summary.record;
    let tags = tags(&record.scenarios);
    let interval_s = interval_s(record);
    let values = values(record, interval_s);

    let mut header = IntervalLogWriterBuilder::new();
    for line in comments(record, &tags, interval_s) {
        header.add_comment(&line);
    }
    if let Some(started) = started(record) {
        let started = UNIX_EPOCH + started;
        header.with_start_time(started).with_base_time(started);
    }
    header.with_max_value_divisor(1e6);
    let mut out = io::BufWriter::new(out);
    let mut serializer = V2DeflateSerializer::new();
    let mut log = header.begin_log_with(&mut out, &mut serializer)?;
    let mut histogram =
        Histogram::<u64>::new_with_bounds(1, HIGHEST_NS, DIGITS).map_err(io::Error::other)?;
    for same in values.chunk_by(|a, b| a.place() == b.place()) {
        let [first, ..] = same else { continue };
        histogram.reset();
        for value in same {
            histogram.saturating_record(value.nanoseconds);
        }
        let start_s = f64::from(first.interval) * interval_s;
        log.write_histogram(
            &histogram,
            duration(start_s),
            duration(interval_s),
            Tag::new(&tags[first.tag]),
        )
        .map_err(io::Error::other)?;
    }
    drop(log);
    io::Write::flush(&mut out)
}

/// One iteration's time and where it belongs.
struct Value {
    interval: u32,
    tag: usize,
    nanoseconds: u64,
}

impl Value {
    fn place(&self) -> (u32, usize) {
        (self.interval, self.tag)
    }
}

/// All of them, in the order of the log: by interval, then by tag.
fn values(record: &Record, interval_s: f64) -> Vec<Value> {
    let mut values = Vec::new();
    for (place, scenario) in record.scenarios.iter().enumerate() {
        for (second, side) in Side::BOTH.into_iter().enumerate() {
            for iteration in scenario.side(side).iter() {
                let sample = scenario.sample(iteration);
                let has_failed = sample.status != SampleStatus::Ok;
                values.push(Value {
                    interval: interval(iteration, interval_s),
                    tag: place * TAGS + second * 2 + usize::from(has_failed),
                    nanoseconds: nanoseconds(sample.seconds),
                });
            }
        }
    }
    values.sort_by_key(Value::place);
    values
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and the highest value is far within"
)]
fn nanoseconds(seconds: f64) -> u64 {
    ((seconds * 1e9).round() as u64).min(HIGHEST_NS)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and the number of intervals is bounded"
)]
fn interval(iteration: IterationRef<'_>, interval_s: f64) -> u32 {
    (iteration.finished_at_s() / interval_s).clamp(0.0, MOST_INTERVALS) as u32
}

/// As many seconds, in tens, as it takes for the run to fit into [`MOST_INTERVALS`].
fn interval_s(record: &Record) -> f64 {
    let known_s = Some(record.elapsed_s).filter(|seconds| seconds.is_finite());
    let tens = (known_s.unwrap_or_default() / INTERVAL_S / MOST_INTERVALS).ceil();
    INTERVAL_S * tens.clamp(1.0, 1e9)
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// When the run began, since 1970; `None` where the record does not say it, or says an earlier time.
fn started(record: &Record) -> Option<Duration> {
    let started: jiff::Timestamp = record.started.parse().ok()?;
    Duration::try_from(started.duration_since(jiff::Timestamp::UNIX_EPOCH)).ok()
}

/// How many tags a scenario has.
const TAGS: usize = 4;

/// The tags of all scenarios, [`TAGS`] each. A tag holds no comma, space or line break; what is not
/// a plain character becomes `_`, and two names that become one are numbered.
fn tags(scenarios: &[ScenarioRecord]) -> Vec<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let plain = |c: char| if is_plain(c) { c } else { '_' };
    let names = scenarios.iter().map(|one| one.name.chars().map(plain));
    let mut tags = Vec::new();
    for name in distinct(names.map(Iterator::collect), '~') {
        for side in Side::BOTH {
            tags.push(format!("{name}.{}", side.name()));
            tags.push(format!("{name}.{}.failed", side.name()));
        }
    }
    tags
}

fn comments(record: &Record, tags: &[String], interval_s: f64) -> Vec<String> {
    let mut lines = vec![
        "[Histogram log format version 1.3]".to_owned(),
        format!(
            "cutover {}, run {}",
            ascii(&record.tool.version),
            ascii(&record.run)
        ),
        "Values are nanoseconds with 3 significant digits, at most a day; Interval_Max is in \
         milliseconds."
            .to_owned(),
        "A tag NAME.SIDE holds what succeeded; NAME.SIDE.failed holds the time that had gone by at a \
         failure."
            .to_owned(),
        format!("An iteration counts in the interval of {interval_s} s in which it finished."),
    ];
    if matches!(record.world, World::Sandbox(_)) {
        lines.push("Notion was simulated, with assumed latencies.".to_owned());
    }
    if started(record).is_none() {
        lines.push("The record does not say when the run began: times count from 0.".to_owned());
    }
    for (scenario, tags) in record.scenarios.iter().zip(tags.chunks(TAGS)) {
        let stated = format!("{}.{}", scenario.name, Side::BOTH[0].name());
        if let Some(tag) = tags.first().filter(|tag| **tag != stated) {
            lines.push(format!(
                "The tag {tag} is of the scenario {}",
                ascii(&scenario.name)
            ));
        }
    }
    lines
}

/// Foreign text on one line that every reader can decode.
fn ascii(foreign: &str) -> String {
    let one = |c: char| match c {
        ' '..='~' => c.to_string(),
        c => c.escape_unicode().to_string(),
    };
    visible(foreign).chars().map(one).collect()
}
