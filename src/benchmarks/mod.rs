//! What other programs measured, as samples in the record's words.
//!
//! A team has benchmarks already: of functions (criterion), of commands (hyperfine), of requests (k6). They
//! shall be judged by the same rule as the scenarios, so their results become the same evidence: samples by
//! name, build and block. A verdict may rest on them, so nothing is guessed: a file that is cut off, has
//! averages alone, or does not say what it measured is an error that names the place and the way out.
//!
//! ```text
//! file or folder -> read (one reader a format) -> Benchmark { name, samples }      one run
//! runs of both builds -> pair -> Series { blocks }                                 i-th with i-th
//! ```
//!
//! The forms belong to others and grow, so what is not known in them is passed over; what is needed must be
//! there exactly. Times become seconds.

mod criterion;
mod hyperfine;
mod k6;
mod pair;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use crate::record::{BlockSamples, FailedSample, SampleStatus};

pub use pair::{PairError, pair, series};

/// Whose form a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// criterion's folder of results, or one of its files.
    Criterion,
    /// hyperfine's `--export-json`, of its first or second version.
    Hyperfine,
    /// k6's `--out json=`.
    K6Json,
    /// k6's `--out csv=`.
    K6Csv,
    /// A CSV of samples.
    Csv,
}

/// One benchmark of one run of another program.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// Its name, with which it is found among those of another run.
    pub name: String,
    /// Its samples, at least one.
    pub samples: BlockSamples,
    /// Whether quantiles other than the median mean anything: they do not where each sample is an average.
    pub has_tail: bool,
}

/// One run of another program.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// Its benchmarks: distinct and sorted names, at least one.
    pub benchmarks: Vec<Benchmark>,
    /// When it began, where its form tells that: k6's alone does.
    pub started: Option<Timestamp>,
}

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub enum BenchmarkError {
    /// It cannot be read.
    #[error("{path} cannot be read: {source}; give what the program wrote")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It has another form, or is cut off.
    #[error("{path}: {what}")]
    Form {
        /// The file.
        path: PathBuf,
        /// The place, the reason, and what should be there.
        what: String,
    },
    /// It is a whole file, and nothing is in it.
    #[error("{path} has no benchmark: {what}")]
    Empty {
        /// The file or folder.
        path: PathBuf,
        /// What was looked for.
        what: String,
    },
    /// It has averages, and no samples.
    #[error("{path} has no samples, and averages cannot be judged: {what}")]
    NoSamples {
        /// The file.
        path: PathBuf,
        /// What to do.
        what: String,
    },
    /// It measures something else than time.
    #[error("{path}: {what}")]
    Unit {
        /// The file.
        path: PathBuf,
        /// What it measures, and what to do.
        what: String,
    },
    /// Two benchmarks have one name.
    #[error(
        "{path} has `{name}` twice: one of them cannot be told from the other; give each a name"
    )]
    Twice {
        /// The file or folder.
        path: PathBuf,
        /// The name.
        name: String,
    },
}

/// Reads what one run of another program left: a file, or criterion's folder. The names are distinct and
/// sorted, there is at least one, and each has a sample. `metric` is k6's, `http_req_duration` when none is
/// named; other formats have none.
///
/// # Errors
/// When it cannot be read, has another form, is cut off, or has no samples of time.
pub fn read(
    path: &Path,
    format: Format,
    metric: Option<&str>,
) -> Result<Vec<Benchmark>, BenchmarkError> {
    results(path, format, metric).map(|found| found.benchmarks)
}

/// As [`read`], with the time of the run.
///
/// # Errors
/// Those of [`read`].
pub fn results(
    path: &Path,
    format: Format,
    metric: Option<&str>,
) -> Result<Results, BenchmarkError> {
    let samples = match format {
        Format::Criterion => criterion::read(path)?,
        Format::Hyperfine => hyperfine::read(path, &bytes(path)?)?,
        Format::K6Json => k6::read_json(path, metric)?,
        Format::K6Csv => k6::read_csv(path, &bytes(path)?, metric)?,
        Format::Csv => table::read(path, &bytes(path)?)?,
    };
    let has_tail = format != Format::Criterion;
    let benchmark = |(name, samples)| Benchmark {
        name,
        samples,
        has_tail,
    };
    Ok(Results {
        started: samples.started,
        benchmarks: samples.by_name.into_iter().map(benchmark).collect(),
    })
}

/// Samples by name, as the readers collect them.
#[derive(Debug, Default)]
struct Samples {
    by_name: BTreeMap<String, BlockSamples>,
    /// The time of the first, where any tells it.
    started: Option<Timestamp>,
}

impl Samples {
    /// When one of them was taken; the first of all is when the run began.
    fn taken(&mut self, at: Option<Timestamp>) {
        self.started = match (self.started, at) {
            (Some(first), Some(at)) => Some(first.min(at)),
            (first, at) => first.or(at),
        };
    }

    /// A success. The time must have a logarithm, for builds are compared by ratios.
    fn success(&mut self, name: &str, seconds: f64) -> Result<(), String> {
        if !(seconds.is_finite() && seconds > 0.0) {
            return Err(format!(
                "`{name}` has a time of {seconds} s, and only times above 0 can be compared; measure more work \
                 at once, or leave `{name}` out of the file"
            ));
        }
        self.of(name)?.seconds.push(seconds);
        Ok(())
    }

    /// A failure, which took so long; it may have failed at once.
    fn failure(
        &mut self,
        name: &str,
        elapsed_s: f64,
        status: SampleStatus,
        detail: String,
    ) -> Result<(), String> {
        if !(elapsed_s.is_finite() && elapsed_s >= 0.0) {
            return Err(format!(
                "`{name}` failed after {elapsed_s} s, which is no time; it must be 0 or more"
            ));
        }
        self.of(name)?.failures.push(FailedSample {
            elapsed_s,
            status,
            detail,
        });
        Ok(())
    }

    fn of(&mut self, name: &str) -> Result<&mut BlockSamples, String> {
        if name.trim().is_empty() {
            return Err("a benchmark has an empty name".to_owned());
        }
        Ok(self.by_name.entry(name.to_owned()).or_default())
    }

    /// Adds the samples of a benchmark that has its own place in the file, so that a second one of its name
    /// is another.
    fn own(&mut self, path: &Path, name: &str, samples: Samples) -> Result<(), BenchmarkError> {
        for (name, samples) in samples.by_name {
            if self.by_name.insert(name.clone(), samples).is_some() {
                return Err(BenchmarkError::Twice {
                    path: path.to_owned(),
                    name,
                });
            }
        }
        if self.by_name.contains_key(name) {
            return Ok(());
        }
        Err(form(path, format!("`{name}` was measured not once")))
    }

    /// What was found, when that is anything.
    fn some(self, path: &Path, what: impl Into<String>) -> Result<Self, BenchmarkError> {
        if self.by_name.is_empty() {
            return Err(BenchmarkError::Empty {
                path: path.to_owned(),
                what: what.into(),
            });
        }
        Ok(self)
    }
}

fn form(path: &Path, what: impl Into<String>) -> BenchmarkError {
    BenchmarkError::Form {
        path: path.to_owned(),
        what: what.into(),
    }
}

fn unread(path: &Path, source: io::Error) -> BenchmarkError {
    BenchmarkError::Read {
        path: path.to_owned(),
        source,
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, BenchmarkError> {
    let bytes = fs::read(path).map_err(|source| unread(path, source))?;
    packed(path, &bytes)?;
    Ok(bytes)
}

/// k6 packs what it writes when the name ends so, and others may.
fn packed(path: &Path, beginning: &[u8]) -> Result<(), BenchmarkError> {
    if beginning.starts_with(&[0x1f, 0x8b]) {
        return Err(form(path, "it is packed by gzip; unpack it first"));
    }
    Ok(())
}

/// The text of a file of lines. Without the end of its last line nobody can tell `0.06` from the beginning
/// of `0.068`.
fn lines<'bytes>(path: &Path, bytes: &'bytes [u8]) -> Result<&'bytes [u8], BenchmarkError> {
    match bytes.last() {
        None | Some(b'\n') => Ok(bytes),
        Some(_) => Err(form(
            path,
            "the last line does not end: the file is cut off; end it with a line break",
        )),
    }
}
