//! Why a run could not be made, or not to its end, and the exit code that says so.

use std::path::PathBuf;

use thiserror::Error;

use super::artefacts::ArtefactError;
use super::embedded::EmbeddedError;
use crate::capacity::CapacityError;
use crate::exit::Exit;
use crate::pace::BudgetError;
use crate::record::RecordError;
use crate::run::{JournalError, RunError};
use crate::target::TargetError;

/// Why a run could not be made, or not to its end.
#[derive(Debug, Error)]
pub(super) enum CheckError {
    #[error("{path}: {source}; choose another folder with --output")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Sandbox(#[from] EmbeddedError),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Budget(#[from] BudgetError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Capacity(#[from] CapacityError),
    #[error("the asynchronous runtime cannot be set up")]
    Runtime(#[source] std::io::Error),
}

impl CheckError {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Artefact(error) => error.exit(),
            // A cost in a scenario, a rate in the configuration, or --output.
            Self::Folder { .. } | Self::Budget(_) => Exit::Usage,
            _ => Exit::World,
        }
    }
}
