//! What is made of a record: one format on a stream, or all the files of a run's folder.
//!
//! `check` and `report` both write through here, so that a report that is made again from its record
//! is the one that the run left, byte for byte.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{complaint, conclusion};
use crate::cli::Format;
use crate::exit::Exit;
use crate::report::chart::{self, DrawError};
use crate::report::{self, Summary};
use crate::verdict::Verdict;
use crate::whole_file::{self, WriteError};

/// Why a report could not be made.
#[derive(Debug, Error)]
pub(super) enum ArtefactError {
    /// There can be no file at this place.
    #[error("{path}: {source}; choose another place with --output")]
    Place {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The disk, or what stands for one, broke while it was written to.
    #[error("the report cannot be written to {path}: {source}")]
    Disk {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// Standard output broke.
    #[error("the report cannot be written to standard output: {0}")]
    Stream(#[from] io::Error),
    /// A chart could not be drawn.
    #[error(transparent)]
    Draw(#[from] DrawError),
}

impl ArtefactError {
    /// A place that cannot be opened is a wrong choice (2); a disk or a stream that broke is not what the
    /// caller asked for (4).
    pub(super) fn exit(&self) -> Exit {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        match self {
            Self::Place { source, .. } if matches!(source.kind(), StorageFull | QuotaExceeded) => {
                Exit::World
            }
            Self::Place { .. } => Exit::Usage,
            Self::Disk { .. } | Self::Stream(_) | Self::Draw(_) => Exit::World,
        }
    }
}

/// The files of a run's folder beside its record, and the formats that they hold.
const FILES: [(&str, Format); 6] = [
    ("verdict.json", Format::Verdict),
    ("report.html", Format::Html),
    ("report.md", Format::Markdown),
    ("junit.xml", Format::Junit),
    ("samples.csv", Format::Csv),
    ("latency.hlog", Format::Hlog),
];

/// Where the charts are.
const CHARTS: &str = "charts";

/// Every file that [`write_all`] replaces, the charts apart.
pub(super) fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    FILES.into_iter().map(move |(name, _)| folder.join(name))
}

/// Whether [`write_all`] may replace or remove this file as one of the charts.
pub(super) fn is_chart(path: &Path, folder: &Path) -> bool {
    is_picture(path) && path.parent() == Some(&folder.join(CHARTS))
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| ["svg", "png"].contains(&extension))
}

/// Writes one format as it stands in a file: plain, and as wide as any terminal is.
fn write(
    format: Format,
    summary: &Summary<'_>,
    verdict: &Verdict,
    out: &mut dyn Write,
) -> Result<(), ArtefactError> {
    let text = match format {
        Format::Csv => return Ok(report::samples(summary, out)?),
        Format::Hlog => return Ok(report::latency_log(summary, out)?),
        Format::Terminal => conclusion::plain(summary),
        Format::Html => report::html(summary)?,
        Format::Markdown => report::markdown(summary),
        Format::Junit => report::junit(summary),
        Format::Verdict => conclusion::json(verdict),
        Format::Bencher => report::bencher(summary),
        Format::BenchmarkAction => report::benchmark_action(summary),
        Format::Prometheus => report::prometheus(summary),
        // They are about two builds; whoever asks for them of a record is told before.
        Format::Annotations => String::new(),
    };
    Ok(out.write_all(text.as_bytes())?)
}

/// Writes one format to standard output; a reader who went away is no error.
pub(super) fn to_stdout(
    format: Format,
    summary: &Summary<'_>,
    verdict: &Verdict,
) -> Result<(), ArtefactError> {
    if format == Format::Terminal {
        let text = conclusion::for_stdout(summary) + "\n";
        return Ok(complaint::deliver(text.as_bytes())?);
    }
    complaint::stream(|out| write(format, summary, verdict, out))
}

/// Writes every file of a run's folder, the charts with them, and as PNG too where that is wanted. The
/// charts of a former report that this one does not have are removed.
pub(super) fn write_all(
    summary: &Summary<'_>,
    verdict: &Verdict,
    folder: &Path,
    png: bool,
) -> Result<(), ArtefactError> {
    let charts = folder.join(CHARTS);
    fs::create_dir_all(&charts).map_err(at(&charts))?;
    for (name, format) in FILES {
        to_file(format, summary, verdict, &folder.join(name))?;
    }
    let mut written = BTreeSet::new();
    for drawn in summary.charts() {
        let file = charts.join(format!("{}.svg", drawn.id));
        put(chart::svg_file(drawn)?.as_bytes(), &file)?;
        if png {
            let file = file.with_extension("png");
            put(&chart::png(drawn)?, &file)?;
            written.insert(file);
        }
        written.insert(file);
    }
    remove_others(&charts, &written)
}

/// A chart beside the others that none of them refers to would be taken for evidence of this run.
fn remove_others(charts: &Path, written: &BTreeSet<PathBuf>) -> Result<(), ArtefactError> {
    for entry in fs::read_dir(charts).map_err(at(charts))? {
        let entry = entry.map_err(at(charts))?;
        let path = entry.path();
        let is_file = entry.file_type().map_err(at(&path))?.is_file();
        if is_file && is_picture(&path) && !written.contains(&path) {
            fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    Ok(())
}

/// Writes one format into a file, whole or not at all.
pub(super) fn to_file(
    format: Format,
    summary: &Summary<'_>,
    verdict: &Verdict,
    path: &Path,
) -> Result<(), ArtefactError> {
    whole(path, |out| write(format, summary, verdict, out))
}

/// Writes what is made already into a file, whole or not at all.
pub(super) fn put(content: &[u8], path: &Path) -> Result<(), ArtefactError> {
    whole(path, |out| Ok(out.write_all(content)?))
}

fn whole(
    path: &Path,
    make: impl FnOnce(&mut dyn Write) -> Result<(), ArtefactError>,
) -> Result<(), ArtefactError> {
    whole_file::write(path, make).map_err(|error| match error {
        WriteError::Open(source) => at(path)(source),
        WriteError::Made(ArtefactError::Stream(source)) => ArtefactError::Disk {
            path: path.to_owned(),
            source,
        },
        WriteError::Made(error) => error,
    })
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ArtefactError {
    let path = path.to_owned();
    |source| ArtefactError::Place { path, source }
}
