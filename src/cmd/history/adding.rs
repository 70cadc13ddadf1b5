//! What `history add` keeps: a run of this program, or what another program measured.
//!
//! What is given decides what is read, as with `judge`: a folder holds a record or the blocks of a
//! comparison, and a file says itself which of the two it is.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp, Unit};
use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;

use crate::benchmarks::{self, Benchmark, BenchmarkError, Format};
use crate::cli::BenchmarkFormat;
use crate::cmd::machine;
use crate::history::{Entry, Facts, Measured, TimeSource};
use crate::record::{self, RecordError};

/// By how much two clocks may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// Why there is nothing that could be kept.
#[derive(Debug, Error)]
pub(super) enum AddError {
    /// The input cannot be read.
    #[error(
        "{path} cannot be read: {source}; give a record.json, a blocks.json or a run's folder, or with \
         `--from` what another program measured"
    )]
    Read { path: PathBuf, source: io::Error },
    /// A metric of a program that has none.
    #[error("--metric names one of k6's metrics; leave it out with the results of {program}")]
    NoMetric { program: &'static str },
    /// A clock was wrong, and the run would stay the newest for years.
    #[error(
        "run {run} began at {started}, which is still to come; correct the clock and measure again{way_out}"
    )]
    ToCome {
        run: String,
        started: String,
        way_out: &'static str,
    },
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Benchmark(#[from] BenchmarkError),
}

/// What is to be kept.
pub(super) struct Adding<'a> {
    pub(super) input: &'a Path,
    pub(super) from: Option<BenchmarkFormat>,
    pub(super) metric: Option<&'a str>,
    pub(super) started: Option<Timestamp>,
    pub(super) commit: Option<&'a str>,
}

/// A run that is to be kept.
pub(super) struct Added {
    pub(super) entry: Entry,
    /// Of another program's run, where its time comes from.
    pub(super) time_source: Option<TimeSource>,
}

impl Adding<'_> {
    /// The run as it is kept. A commit that is given counts more than the record's.
    pub(super) fn run(&self) -> Result<Added, AddError> {
        let mut added = match self.from {
            Some(from) => self.foreign(from)?,
            None => Added {
                entry: own(self.input)?,
                time_source: None,
            },
        };
        if let Some(commit) = self.commit {
            added.entry.commit = Some(commit.to_owned());
        }
        Ok(added)
    }

    /// Another program does not say on which machine it ran: this one is assumed (a guess). Nor does it
    /// tell the commit, and the one that is checked out now may be another: none is assumed.
    fn foreign(&self, from: BenchmarkFormat) -> Result<Added, AddError> {
        let (format, program) = named(from);
        let is_k6 = matches!(format, Format::K6Json | Format::K6Csv);
        if self.metric.is_some() && !is_k6 {
            return Err(AddError::NoMetric { program });
        }
        let results = benchmarks::results(self.input, format, self.metric)?;
        let (started, time_source) = match self.started.or(results.started) {
            Some(told) => (told, TimeSource::Told),
            None => (self.written()?, TimeSource::File),
        };
        let source = match self.metric {
            Some(metric) => format!("{program}, {metric}"),
            None => program.to_owned(),
        };
        let facts = Facts {
            run: run_name(started, &source, &results.benchmarks),
            started: started.to_string(),
            commit: None,
            machine: machine::machine(),
            tool: machine::tool(),
            source,
        };
        let measured = results.benchmarks.into_iter().map(|one| Measured {
            name: one.name,
            samples: one.samples,
            has_tail: one.has_tail,
        });
        Ok(Added {
            entry: Entry::of_series(facts, &measured.collect::<Vec<_>>()),
            time_source: Some(time_source),
        })
    }

    /// When the results were written, to the second: of a folder, the newest file in it.
    fn written(&self) -> Result<Timestamp, AddError> {
        let time = newest(self.input).and_then(|time| {
            let time = Timestamp::try_from(time).map_err(io::Error::other)?;
            time.round(Unit::Second).map_err(io::Error::other)
        });
        time.map_err(|source| AddError::Read {
            path: self.input.to_owned(),
            source,
        })
    }
}

impl Added {
    /// A run that is still to come would be the newest until then, and nothing else would be looked at.
    pub(super) fn has_begun(self, now: Timestamp) -> Result<Self, AddError> {
        let entry = &self.entry;
        if !is_to_come(entry, now) {
            return Ok(self);
        }
        Err(AddError::ToCome {
            run: entry.run.clone(),
            started: entry.started.clone(),
            way_out: match self.time_source {
                Some(_) => ", or say when it began with `--started`",
                None => "",
            },
        })
    }
}

/// Whether a run began later than a clock that is a day off can explain.
pub(super) fn is_to_come(entry: &Entry, now: Timestamp) -> bool {
    let latest = now.saturating_add(CLOCKS_DIFFER).unwrap_or(now);
    entry.time().is_some_and(|started| started > latest)
}

fn named(from: BenchmarkFormat) -> (Format, &'static str) {
    match from {
        BenchmarkFormat::Criterion => (Format::Criterion, "criterion"),
        BenchmarkFormat::Hyperfine => (Format::Hyperfine, "hyperfine"),
        BenchmarkFormat::K6Json => (Format::K6Json, "k6"),
        BenchmarkFormat::K6Csv => (Format::K6Csv, "k6"),
        BenchmarkFormat::Csv => (Format::Csv, "csv"),
    }
}

/// A run of this program: the blocks of a comparison, or a record.
fn own(input: &Path) -> Result<Entry, AddError> {
    let (record, blocks) = if input.is_dir() {
        (input.join("record.json"), input.join("blocks.json"))
    } else {
        (input.to_owned(), input.to_owned())
    };
    let is_blocks = blocks.exists() && is_blocks(&blocks)?;
    Ok(if is_blocks {
        Entry::of_blocks(&record::read_blocks(&blocks)?)
    } else {
        Entry::of_record(&record::read(&record)?)
    })
}

/// Whether a file says that it holds blocks. Whoever reads it says what else is wrong with it.
fn is_blocks(path: &Path) -> Result<bool, AddError> {
    #[derive(Deserialize)]
    struct Kind {
        kind: Option<IgnoredAny>,
    }
    let text = fs::read(path).map_err(|source| AddError::Read {
        path: path.to_owned(),
        source,
    })?;
    let kind = serde_json::from_slice::<Kind>(&text);
    let is_named = path.file_name().is_some_and(|name| name == "blocks.json");
    Ok(kind.map_or(is_named, |form| form.kind.is_some()))
}

fn newest(path: &Path) -> io::Result<std::time::SystemTime> {
    let mut latest = fs::metadata(path)?.modified()?;
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop().filter(|folder| folder.is_dir()) {
        for file in fs::read_dir(folder)? {
            // Of the file itself: a link may lead anywhere, and back.
            let file = file?;
            let found = file.metadata()?;
            if found.is_dir() {
                folders.push(file.path());
            } else {
                latest = latest.max(found.modified()?);
            }
        }
    }
    Ok(latest)
}

/// A name that ends in what follows from the results alone, so that they are known again.
fn run_name(started: Timestamp, source: &str, benchmarks: &[Benchmark]) -> String {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    for benchmark in benchmarks {
        benchmark.name.hash(&mut hasher);
        benchmark.samples.failures.len().hash(&mut hasher);
        for seconds in &benchmark.samples.seconds {
            seconds.to_bits().hash(&mut hasher);
        }
    }
    let time = started.strftime("%Y%m%dt%H%M%Sz");
    format!("{time}-{:08x}", hasher.finish() >> 32)
}
