//! What other programs measured, as samples in the record's words.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::record::{BlockSamples, Series};

/// Whose form a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// criterion's folder of results.
    Criterion,
    /// hyperfine's `--export-json`.
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
    /// Its name.
    pub name: String,
    /// Its samples.
    pub samples: BlockSamples,
    /// Whether quantiles other than the median mean anything.
    pub has_tail: bool,
}

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub enum BenchmarkError {
    /// It cannot be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It has another form.
    #[error("{path}: {what}")]
    Form {
        /// The file.
        path: PathBuf,
        /// The place and the reason.
        what: String,
    },
    /// Nothing is in it.
    #[error("{path} has no benchmark")]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// Why files cannot be held against each other.
#[derive(Debug, Error)]
pub enum PairError {
    /// Not as many of the one as of the other.
    #[error("{old} files of the old build and {new} of the new one: the i-th of each is block i")]
    Unequal {
        /// Of the old build.
        old: usize,
        /// Of the new build.
        new: usize,
    },
}

/// Reads a file or folder. Names are distinct and sorted; never empty.
///
/// # Errors
/// When it cannot be read or has another form.
pub fn read(
    path: &Path,
    format: Format,
    metric: Option<&str>,
) -> Result<Vec<Benchmark>, BenchmarkError> {
    let _ = (format, metric);
    Err(BenchmarkError::Empty {
        path: path.to_owned(),
    })
}

/// The i-th with the i-th. A name that one side lacks becomes a series with `missing`.
///
/// # Errors
/// When there are too few blocks, or not as many of the one as of the other.
pub fn pair(
    old: Vec<Vec<Benchmark>>,
    new: Vec<Vec<Benchmark>>,
    quantiles: Option<&[f64]>,
) -> Result<Vec<Series>, PairError> {
    let _ = quantiles;
    Err(PairError::Unequal {
        old: old.len(),
        new: new.len(),
    })
}
