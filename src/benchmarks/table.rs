//! A CSV of samples, for whatever measures and is none of the others.
//!
//! ```text
//! name,seconds,status         `name` may also be called `scenario`, or be absent;
//! search,0.068,ok             without `status` all are ok: ok, error or timeout
//! ```
//!
//! Other columns are not looked at.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::{BenchmarkError, Samples, form, lines};
use crate::record::SampleStatus;

/// What the benchmark of a file without names is called.
const UNNAMED: &str = "unnamed";

pub(super) fn read(path: &Path, text: &[u8]) -> Result<Samples, BenchmarkError> {
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .from_reader(lines(path, text)?);
    let broken = |error: csv::Error| form(path, error.to_string());
    let columns =
        Columns::of(reader.headers().map_err(broken)?).map_err(|what| form(path, what))?;
    let mut samples = Samples::default();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        columns.add(&row, &mut samples).map_err(|what| {
            let line = row.position().map_or(0, csv::Position::line);
            form(path, format!("line {line}: {what}"))
        })?;
    }
    samples.some(
        path,
        "write the header `name,seconds,status` and a line for each sample",
    )
}

/// Where the columns stand in a line.
struct Columns {
    name: Option<usize>,
    seconds: usize,
    status: Option<usize>,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let named = |names: &[&str]| -> Result<Option<usize>, String> {
            let mut places = (0..header.len()).filter(|place| names.contains(&&header[*place]));
            let first = places.next();
            match places.next() {
                None => Ok(first),
                Some(_) => Err(format!("the header names `{}` twice", names.join("` or `"))),
            }
        };
        let seconds = named(&["seconds"])?
            .ok_or("the first line must name the column `seconds`, and `name` and `status` where there are any")?;
        Ok(Self {
            name: named(&["name", "scenario"])?,
            seconds,
            status: named(&["status"])?,
        })
    }

    fn add(&self, row: &StringRecord, samples: &mut Samples) -> Result<(), String> {
        let field = |place: usize| row.get(place).unwrap_or_default();
        let name = self.name.map_or(UNNAMED, field);
        let text = field(self.seconds);
        let seconds: f64 = text
            .parse()
            .map_err(|_| format!("`seconds` is `{text}`; write a number like `0.068`"))?;
        let failed = |samples: &mut Samples, status: SampleStatus| {
            samples.failure(name, seconds, status, status.name().to_owned())
        };
        match self.status.map_or("ok", field) {
            "ok" => samples.success(name, seconds),
            "error" => failed(samples, SampleStatus::Error),
            "timeout" => failed(samples, SampleStatus::Timeout),
            other => Err(format!(
                "`status` is `{other}`; write `ok`, `error` or `timeout`"
            )),
        }
    }
}
