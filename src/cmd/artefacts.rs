//! What is made of a record: one format on a stream, or all the files of a run's folder.
//!
//! `check` and `report` both write through here, so that a report that is made again from its record
//! is the one that the run left, byte for byte.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::conclusion;
use crate::cli::Format;
use crate::exit::Exit;
use crate::report::chart::{self, DrawError};
use crate::report::{self, Summary};
use crate::verdict::Verdict;

/// Why a report could not be made.
#[derive(Debug, Error)]
pub(super) enum ArtefactError {
    /// The file system refused.
    #[error("{path}: {source}; choose another place with --output")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A stream broke.
    #[error("the report cannot be written: {0}")]
    Stream(#[from] io::Error),
    /// A chart could not be drawn.
    #[error(transparent)]
    Draw(#[from] DrawError),
}

impl ArtefactError {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Io { .. } => Exit::Usage,
            Self::Stream(_) | Self::Draw(_) => Exit::World,
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

/// Writes one format.
pub(super) fn write(
    format: Format,
    summary: &Summary<'_>,
    verdict: &Verdict,
    out: &mut dyn Write,
) -> Result<(), ArtefactError> {
    let text = match format {
        Format::Csv => return Ok(report::samples(summary, out)?),
        Format::Hlog => return Ok(report::latency_log(summary, out)?),
        Format::Terminal => conclusion::text(summary) + "\n",
        Format::Html => report::html(summary)?,
        Format::Markdown => report::markdown(summary),
        Format::Junit => report::junit(summary),
        Format::Verdict => conclusion::json(verdict),
        Format::Bencher => report::bencher(summary),
        Format::BenchmarkAction => report::benchmark_action(summary),
        Format::Prometheus => report::prometheus(summary),
    };
    Ok(out.write_all(text.as_bytes())?)
}

/// Writes every file of a run's folder, the charts with them, and as PNG too where that is wanted.
pub(super) fn write_all(
    summary: &Summary<'_>,
    verdict: &Verdict,
    folder: &Path,
    png: bool,
) -> Result<(), ArtefactError> {
    let charts = folder.join("charts");
    fs::create_dir_all(&charts).map_err(at(&charts))?;
    for (name, format) in FILES {
        to_file(format, summary, verdict, &folder.join(name))?;
    }
    for drawn in summary.charts() {
        let file = charts.join(format!("{}.svg", drawn.id));
        fs::write(&file, chart::svg_file(drawn)?).map_err(at(&file))?;
        if png {
            let file = file.with_extension("png");
            fs::write(&file, chart::png(drawn)?).map_err(at(&file))?;
        }
    }
    Ok(())
}

/// Writes one format into a file.
pub(super) fn to_file(
    format: Format,
    summary: &Summary<'_>,
    verdict: &Verdict,
    path: &Path,
) -> Result<(), ArtefactError> {
    let mut out = BufWriter::new(File::create(path).map_err(at(path))?);
    write(format, summary, verdict, &mut out)?;
    out.flush().map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ArtefactError {
    let path = path.to_owned();
    |source| ArtefactError::Io { path, source }
}
