//! k6's CSV form: which columns there are follows from its `--system-tags`, so they are found by name.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::{METRIC, nothing, point};
use crate::benchmarks::{BenchmarkError, Samples, form, lines};

/// Tags without a column of their own, as `a=b&c=d`.
const OTHER_TAGS: &str = "extra_tags";

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
        point(&mut samples, metric, milliseconds, tag).map_err(wrong)?;
    }
    samples.some(path, nothing(metric))
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
