//! Every format for machines, as it is for five kinds of run.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use base64::Engine as _;
use cutover::record::Record;
use cutover::report::{
    Summary, bencher, benchmark_action, junit, latency_log, prometheus, samples,
};
use cutover::verdict::judge;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

use crate::records;

fn five() -> [(&'static str, Record); 5] {
    [
        ("go", records::go()),
        ("no-go", records::no_go()),
        ("inconclusive", records::too_few()),
        ("late-harness", records::late_harness()),
        ("candidate-failed-half-way", records::failed_half_way()),
    ]
}

/// A few iterations from the middle of each side, so that a failure half-way is among them.
fn few(mut record: Record) -> Record {
    for scenario in &mut record.scenarios {
        for (side, count) in [(&mut scenario.baseline, 2), (&mut scenario.candidate, 6)] {
            let middle = side.len() / 2;
            let kept = middle - count / 2..middle + count / 2;
            records::edit(side, |rows| *rows = rows[kept].to_vec());
        }
    }
    record
}

/// What a format that is written piece by piece comes to.
pub(crate) fn written(
    record: &Record,
    format: fn(&Summary<'_>, &mut dyn io::Write) -> io::Result<()>,
) -> String {
    let mut bytes = Vec::new();
    format(&Summary::new(record, &judge(record)), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// One line of an interval log, decoded.
pub(crate) struct Interval {
    pub(crate) tag: String,
    pub(crate) start: Duration,
    pub(crate) length: Duration,
    pub(crate) histogram: Histogram<u64>,
}

pub(crate) fn intervals(log: &str) -> Vec<Interval> {
    let mut intervals = Vec::new();
    for entry in IntervalLogIterator::new(log.as_bytes()) {
        let LogEntry::Interval(found) = entry.unwrap() else {
            continue;
        };
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(found.encoded_histogram())
            .unwrap();
        intervals.push(Interval {
            tag: found.tag().unwrap().as_str().to_owned(),
            start: found.start_timestamp(),
            length: found.duration(),
            histogram: Deserializer::new()
                .deserialize(&mut bytes.as_slice())
                .unwrap(),
        });
    }
    intervals
}

/// The log's own first lines, and what its intervals hold.
fn shown(log: &str) -> String {
    let is_interval = |line: &&str| line.starts_with("Tag=");
    let mut shown: String = log
        .lines()
        .take_while(|line| !is_interval(line))
        .map(|line| format!("{line}\n"))
        .collect();
    let first = log.lines().find(is_interval).unwrap();
    let _ = writeln!(shown, "{first}\n\ndecoded:");
    for interval in intervals(log) {
        let histogram = &interval.histogram;
        let _ = writeln!(
            shown,
            "{} from {:?} for {:?}: n {}, p50 {}, p95 {}, max {}",
            interval.tag,
            interval.start,
            interval.length,
            histogram.len(),
            histogram.value_at_quantile(0.5),
            histogram.value_at_quantile(0.95),
            histogram.max()
        );
    }
    shown
}

#[test]
fn every_kind_of_run_is_told_to_machines_as_its_golden_file() {
    for (name, record) in five() {
        let verdict = judge(&record);
        let summary = Summary::new(&record, &verdict);
        insta::assert_snapshot!(format!("{name}-junit"), junit(&summary));
        insta::assert_snapshot!(format!("{name}-bencher"), bencher(&summary));
        insta::assert_snapshot!(
            format!("{name}-benchmark-action"),
            benchmark_action(&summary)
        );
        insta::assert_snapshot!(format!("{name}-prometheus"), prometheus(&summary));
        let record = few(record);
        insta::assert_snapshot!(format!("{name}-samples"), written(&record, samples));
        insta::assert_snapshot!(
            format!("{name}-latency-log"),
            shown(&written(&record, latency_log))
        );
    }
}
