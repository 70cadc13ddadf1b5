//! The folder of the runs: one small file a run, never written again, so that two branches which each add
//! a run add two names, and git merges them without a conflict.
//!
//! A file that cannot be read is an error and is never passed over: without it, a change could look as if
//! it lay between other commits, or be none.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use thiserror::Error;

use super::{Cache, ENTRY_SCHEMA_VERSION, Entry};
use crate::whole_file::{self, WriteError};

/// Where the cache lies, in the folder of the runs.
pub const CACHE_FOLDER: &str = ".cache";
const CACHE_FILE: &str = "change-points.json";
/// Git never sees the cache, nor this file itself.
const IGNORED: &[u8] = b"*\n";

/// Why runs could not be kept or read.
#[derive(Debug, Error)]
pub enum FolderError {
    /// There is none.
    #[error(
        "there is no run in `{folder}`; keep one with `cutover history add reports/RUN{}`",
        other_folder(folder)
    )]
    Empty {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is not a run.
    #[error(
        "{path} is not a run that `cutover history add` kept: {source}; restore it from git, or remove \
         it and add the run again"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The place and the reason.
        source: serde_json::Error,
    },
    /// A file has the form of a run, and cannot be one.
    #[error("{path} cannot be compared: {what}; a run that was kept is not to be edited")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A file was written by a newer version.
    #[error(
        "{path} has schema version {found}, and this cutover reads up to {ENTRY_SCHEMA_VERSION}; use the \
         version that wrote it"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// Two files hold one run, which would count twice.
    #[error("{one} and {other} hold the same run; remove one of them")]
    Twice {
        /// A file.
        one: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// The run is there already.
    #[error("{path} is there: this run was added before")]
    There {
        /// Its file.
        path: PathBuf,
    },
    /// The same results are there, of another time that nobody told.
    #[error(
        "{path} holds the same results: this run was added before; if it is another run, say when it began \
         with `--started`"
    )]
    Same {
        /// Its file.
        path: PathBuf,
    },
    /// Which of two runs came first is unknown, and a trend is an order.
    #[error(
        "{path} holds a run of `{source_name}` that began at the same time, {started}; say when this one began \
         with `--started`, so that they can be put in order"
    )]
    TimeTaken {
        /// The other's file.
        path: PathBuf,
        /// What both were measured by.
        source_name: String,
        /// The time of both.
        started: String,
    },
    /// The run measured nothing.
    #[error("run {run} has no series with a sample, so that there is nothing to keep")]
    NothingToKeep {
        /// The run.
        run: String,
    },
    /// The run cannot have been measured.
    #[error("run {run} cannot be kept: {what}")]
    Unfit {
        /// The run.
        run: String,
        /// What is wrong with it.
        what: String,
    },
    /// The folder or a file in it cannot be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// The place.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The folder or the file cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The place.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

/// The words that name a folder other than the usual one.
fn other_folder(folder: &Path) -> String {
    if folder == Path::new("history") {
        String::new()
    } else {
        format!(" --folder {}", folder.display())
    }
}

/// Keeps a run in a file of its own, and says in which.
///
/// # Errors
/// When the run is there already, holds nothing, or cannot be written.
pub fn add(folder: &Path, entry: &Entry) -> Result<PathBuf, FolderError> {
    let run = || entry.run.clone();
    let unfit = |what: String| FolderError::Unfit { run: run(), what };
    if let Some(what) = entry.mistake() {
        return Err(unfit(what));
    }
    let started = entry
        .time()
        .ok_or_else(|| unfit("it has no time".to_owned()))?;
    if entry.series.is_empty() {
        return Err(FolderError::NothingToKeep { run: run() });
    }
    let path = folder.join(file_name(&entry.run, started));
    if path.exists() {
        return Err(FolderError::There { path });
    }
    let failed = |source| FolderError::Write {
        path: path.clone(),
        source,
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let written = whole_file::write(&path, |out| -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, entry)?;
        out.write_all(b"\n")
    });
    written.map_err(|error| {
        let (WriteError::Open(source) | WriteError::Made(source)) = error;
        failed(source)
    })?;
    Ok(path)
}

/// `20261123t013000z-0badcafe.json`: by its time, so that a listing is in order, and by the chance in the
/// run's name, so that no other run has it.
fn file_name(run: &str, started: Timestamp) -> String {
    let time = started.strftime("%Y%m%dt%H%M%Sz");
    let is_hex = |part: &&str| part.len() == 8 && part.bytes().all(|c| c.is_ascii_hexdigit());
    let salt = run.rsplit('-').next().filter(is_hex).map_or_else(
        || {
            let mut hasher = DefaultHasher::new();
            run.hash(&mut hasher);
            format!("{:08x}", hasher.finish() >> 32)
        },
        str::to_ascii_lowercase,
    );
    format!("{time}-{salt}.json")
}

/// All runs in time order.
///
/// # Errors
/// When there is none, or a file among them is not a run that this version can read.
pub fn read(folder: &Path) -> Result<Vec<Entry>, FolderError> {
    let runs = kept(folder)?;
    if runs.is_empty() {
        let folder = folder.to_owned();
        return Err(FolderError::Empty { folder });
    }
    Ok(runs.into_iter().map(|(_, entry)| entry).collect())
}

/// All runs in time order with their files, of which there may be none.
///
/// # Errors
/// When a file among them is not a run that this version can read.
pub fn kept(folder: &Path) -> Result<Vec<(PathBuf, Entry)>, FolderError> {
    let mut runs: BTreeMap<(Timestamp, String), (PathBuf, Entry)> = BTreeMap::new();
    for path in files(folder)? {
        let entry = entry(&path)?;
        let time = entry.time().unwrap_or_default();
        let key = (time, entry.run.clone());
        if let Some((one, _)) = runs.get(&key) {
            let one = one.clone();
            return Err(FolderError::Twice { one, other: path });
        }
        runs.insert(key, (path, entry));
    }
    Ok(runs.into_values().collect())
}

/// The files that hold runs, by name: `*.json`, and nothing hidden.
fn files(folder: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let failed = |source| FolderError::Read {
        path: folder.to_owned(),
        source,
    };
    let found = match fs::read_dir(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut files = Vec::new();
    for file in found {
        let path = file.map_err(failed)?.path();
        let is_json = path.extension() == Some(OsStr::new("json"));
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_json && !is_hidden {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn entry(path: &Path) -> Result<Entry, FolderError> {
    let path = || path.to_owned();
    let text = fs::read(path()).map_err(|source| FolderError::Read {
        path: path(),
        source,
    })?;
    // What does not fit may be a newer form, and no damage.
    let parsed = serde_json::from_slice::<Entry>(&text);
    let found = match &parsed {
        Ok(entry) => Some(entry.schema_version),
        Err(_) => serde_json::from_slice(&text)
            .ok()
            .map(|Version { schema_version }| schema_version),
    };
    if let Some(found) = found.filter(|found| *found > ENTRY_SCHEMA_VERSION) {
        return Err(FolderError::Newer {
            path: path(),
            found,
        });
    }
    let entry = parsed.map_err(|source| FolderError::Corrupt {
        path: path(),
        source,
    })?;
    match entry.mistake() {
        None => Ok(entry),
        Some(what) => Err(FolderError::Invalid { path: path(), what }),
    }
}

/// The one key that every version has.
#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// What was computed before; nothing when that cannot be read, for everything can be computed again.
#[must_use]
pub fn read_cache(folder: &Path) -> Cache {
    let path = folder.join(CACHE_FOLDER).join(CACHE_FILE);
    fs::read(path).map_or_else(|_| Cache::default(), |text| Cache::parse(&text))
}

/// Keeps what was computed, if anything was.
///
/// # Errors
/// When the folder cannot be written. Nothing depends on it but the time that the next call takes.
pub fn keep_cache(folder: &Path, cache: &Cache) -> io::Result<()> {
    if cache.computed() == 0 {
        return Ok(());
    }
    let folder = folder.join(CACHE_FOLDER);
    fs::create_dir_all(&folder)?;
    let write = |name: &str, text: &[u8]| {
        let written = whole_file::write(&folder.join(name), |out| out.write_all(text));
        written.map_err(|error| {
            let (WriteError::Open(source) | WriteError::Made(source)) = error;
            source
        })
    };
    write(".gitignore", IGNORED)?;
    write(CACHE_FILE, cache.text().as_bytes())
}
