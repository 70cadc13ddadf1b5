//! `record.json` on disk: written whole or not at all, read with a version check.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Record, SCHEMA_VERSION, Side};
use crate::whole_file::{self, WriteError};

/// Why a record could not be read or written.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}; give a record.json or a run's folder")]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The file is not a record.
    #[error("{path} is not a record of cutover: {source}; give the record.json of a run's folder")]
    Form {
        /// The file.
        path: PathBuf,
        /// The place and the reason.
        source: serde_json::Error,
    },
    /// The file is no comparison of builds.
    #[error(
        "{path} is no comparison of builds by cutover: {source}; give the blocks.json of a run's folder"
    )]
    BlocksForm {
        /// The file.
        path: PathBuf,
        /// The place and the reason.
        source: serde_json::Error,
    },
    /// The file has the form of a record, and cannot be one.
    #[error("{path} cannot be judged: {what}; a record is not to be edited")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The file was written by a newer version.
    #[error(
        "{path} has schema version {found}, and this cutover reads up to {reads}; \
         use the version that wrote it"
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that is known.
        reads: u32,
    },
}

/// A form on disk, with what its reader must know of it.
pub(super) trait Form: Serialize + DeserializeOwned {
    /// What every version of it has, newer ones too.
    type Heading: DeserializeOwned + Into<u32>;
    /// The newest version that is known.
    const NEWEST: u32;
    /// Its version.
    fn version(&self) -> u32;
    /// What is wrong with it, when no run can have written it.
    fn mistake(&self) -> Option<String>;
    /// The error when a file has another form.
    fn misfit(path: PathBuf, source: serde_json::Error) -> RecordError;
}

impl Form for Record {
    type Heading = Version;
    const NEWEST: u32 = SCHEMA_VERSION;

    fn version(&self) -> u32 {
        self.schema_version
    }

    fn mistake(&self) -> Option<String> {
        mistake(self)
    }

    fn misfit(path: PathBuf, source: serde_json::Error) -> RecordError {
        RecordError::Form { path, source }
    }
}

/// Writes a form beside its final name and renames it, so that a reader never sees half of it.
pub(super) fn put<F: Form>(form: &F, path: &Path) -> Result<(), RecordError> {
    let written = whole_file::write(path, |out| -> io::Result<()> {
        serde_json::to_writer(&mut *out, form)?;
        out.write_all(b"\n")
    });
    written.map_err(|error| {
        let (WriteError::Open(source) | WriteError::Made(source)) = error;
        RecordError::Write {
            path: path.to_owned(),
            source,
        }
    })
}

/// Reads a form of its newest or an older version.
pub(super) fn take<F: Form>(path: &Path) -> Result<F, RecordError> {
    let text = fs::read(path).map_err(|source| RecordError::Read {
        path: path.to_owned(),
        source,
    })?;
    // A million iterations are parsed once; what does not fit may be a newer form, and no damage.
    let parsed = serde_json::from_slice::<F>(&text);
    let found = match &parsed {
        Ok(form) => Some(form.version()),
        Err(_) => serde_json::from_slice::<F::Heading>(&text)
            .ok()
            .map(Into::into),
    };
    if let Some(found) = found.filter(|found| *found > F::NEWEST) {
        return Err(RecordError::Version {
            path: path.to_owned(),
            found,
            reads: F::NEWEST,
        });
    }
    let form = parsed.map_err(|source| F::misfit(path.to_owned(), source))?;
    match form.mistake() {
        None => Ok(form),
        Some(what) => Err(RecordError::Invalid {
            path: path.to_owned(),
            what,
        }),
    }
}

/// Writes the record whole or not at all.
///
/// # Errors
/// When the folder cannot be written, or the disk is full; a former record stands then, and nothing is left.
pub fn write(record: &Record, path: &Path) -> Result<(), RecordError> {
    put(record, path)
}

/// Reads a record of this or an older version.
///
/// # Errors
/// When the file cannot be read, is not a record, or is from a newer version.
pub fn read(path: &Path) -> Result<Record, RecordError> {
    let mut record: Record = take(path)?;
    // An older form has become this one by being read.
    record.schema_version = SCHEMA_VERSION;
    Ok(record)
}

/// The one key that every version has.
#[derive(Deserialize)]
pub(super) struct Version {
    schema_version: u32,
}

impl From<Version> for u32 {
    fn from(version: Version) -> Self {
        version.schema_version
    }
}

/// What no run can have written, and what would be judged wrongly.
fn mistake(record: &Record) -> Option<String> {
    let mut names = BTreeSet::new();
    for scenario in &record.scenarios {
        if !names.insert(&scenario.name) {
            return Some(format!(
                "the scenario `{}` stands in it twice",
                scenario.name
            ));
        }
        if scenario.steps.is_empty() {
            return Some(format!("the scenario `{}` has no steps", scenario.name));
        }
        let highest = Side::BOTH.map(|side| scenario.side(side).highest_step());
        if let Some(step) = highest.into_iter().flatten().max()
            && step as usize >= scenario.steps.len()
        {
            return Some(format!(
                "an attempt of the scenario `{}` names step {step}, and its steps count from 0 to {}",
                scenario.name,
                scenario.steps.len() - 1
            ));
        }
    }
    None
}
