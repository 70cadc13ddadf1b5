//! k6's CSV form: which columns there are follows from its `--system-tags`, so they are found by name.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use jiff::Timestamp;

use super::{METRIC, nothing, point};
use crate::benchmarks::{BenchmarkError, Samples, form, lines};

/// Tags without a column of their own, as `a=b&c=d`.
const OTHER_TAGS: &str = "extra_tags";
/// When a point was taken.
const TIME: &str = "timestamp";

pub(in crate::benchmarks) fn read_csv(
    path: &Path,
    text: &[u8],
    metric: Option<&str>,
) -> Result<Samples, BenchmarkError> {
    let metric = metric.unwrap_or(METRIC);
    let mut reader = ReaderBuilder::new().from_reader(lines(path, text)?);
    let broken = |error: csv::Error| form(path, error.to_string());
    let header = reader.headers().map_err(broken)?.clone();
    let place = |name: &str| header.iter().position(|column| column == name);
    let missing = || {
        let what = "the first line must name the columns `metric_name` and `metric_value`, as \
                    `k6 run --out csv=FILE` writes them";
        form(path, what)
    };
    let name = place("metric_name").ok_or_else(missing)?;
    let value = place("metric_value").ok_or_else(missing)?;
    let mut samples = Samples::default();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        if row.get(name) != Some(metric) {
            continue;
        }
        let wrong = |what| form(path, format!("line {}: {what}", line_of(&row)));
        let text = row.get(value).unwrap_or_default();
        let milliseconds: f64 = text
            .parse()
            .map_err(|_| wrong(format!("`metric_value` is `{text}`, which is no number")))?;
        let tag = |name: &str| match place(name) {
            Some(column) => row.get(column),
            None => other_tag(row.get(place(OTHER_TAGS)?)?, name),
        };
        let at = place(TIME).and_then(|column| time(row.get(column)?));
        point(&mut samples, metric, (at, milliseconds), tag).map_err(wrong)?;
    }
    samples.some(path, nothing(metric))
}

/// A time as k6 writes it: RFC 3339, or since 1970 in seconds, or for who asks in thousandths, millionths or
/// billionths of them. Which of them it is, its size tells: none of them meets another before the year 5138.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let Ok(number) = text.parse::<i64>() else {
        return text.parse().ok();
    };
    let since_1970 = match number.unsigned_abs().checked_ilog10().unwrap_or(0) {
        ..11 => Timestamp::from_second(number),
        11..14 => Timestamp::from_millisecond(number),
        14..17 => Timestamp::from_microsecond(number),
        17.. => Timestamp::from_nanosecond(i128::from(number)),
    };
    since_1970.ok()
}

fn other_tag<'row>(tags: &'row str, name: &str) -> Option<&'row str> {
    let mut pairs = tags.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

fn line_of(row: &StringRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_k6s_times_is_told_by_its_size() {
        for text in [
            "1795339800",
            "1795339800000",
            "1795339800000000",
            "1795339800000000000",
            "2026-11-22T09:30:00Z",
            "2026-11-22T10:30:00.000+01:00",
        ] {
            let found = time(text).map(|at| at.to_string());
            assert_eq!(found.as_deref(), Some("2026-11-22T09:30:00Z"), "{text}");
        }
        assert_eq!(time("yesterday"), None);
    }
}
