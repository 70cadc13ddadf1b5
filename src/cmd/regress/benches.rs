//! What another program measured of the two builds: in files that are there, or by commands run in turns.

use thiserror::Error;

use super::frame::Frame;
use super::{Measured, RegressError};
use crate::cli::BenchmarkFormat;
use crate::exit::Exit;

/// Why another program's results could not be had, or not be used.
#[derive(Debug, Error)]
pub(super) enum BenchesError {
    /// The room is not furnished yet.
    #[error("--from {0:?} is not built yet")]
    NotYet(BenchmarkFormat),
}

impl BenchesError {
    pub(super) fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// The i-th file of each build is block i.
pub(super) fn of_files(
    frame: &Frame<'_>,
    format: BenchmarkFormat,
) -> Result<Measured, RegressError> {
    let _ = frame;
    Err(BenchesError::NotYet(format).into())
}

/// Two commands in turns, in an order of each block's own.
pub(super) async fn of_commands(
    frame: &Frame<'_>,
    format: BenchmarkFormat,
) -> Result<Measured, RegressError> {
    let _ = frame;
    Err(BenchesError::NotYet(format).into())
}
