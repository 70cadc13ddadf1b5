//! `cutover report`: what a run's folder holds, made again from its record; or several records side
//! by side.
//!
//! Nothing is measured and nothing is judged anew: the same record gives the same bytes.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::artefacts::{self, ArtefactError};
use super::complaint::{complain, give, say};
use super::conclusion;
use crate::cli::{Format, ReportArgs};
use crate::exit::Exit;
use crate::record::{self, Record, RecordError};
use crate::report::{
    Comparison, Summary, comparison_html, comparison_markdown, comparison_terminal,
};
use crate::verdict::{Verdict, judge};

/// Where runs leave their folders.
const REPORTS: &str = "reports";

/// Why no report was made.
#[derive(Debug, Error)]
enum ReportError {
    /// No record was named, and none lies where runs leave them.
    #[error(
        "there is no run in `{REPORTS}`; name a record.json or a run's folder, or make one with \
         `cutover check`"
    )]
    NoRun,
    /// A format that shows one record only.
    #[error(
        "--format {format} shows one record; give the {count} records one by one, or use terminal, \
         markdown or html to set them side by side"
    )]
    OneRecord {
        /// The format's name.
        format: String,
        /// How many were given.
        count: usize,
    },
    /// A folder is needed, and a file was given.
    #[error("--all writes several files: `{path}` is a file; give a folder")]
    NotAFolder {
        /// What was given.
        path: PathBuf,
    },
    /// `--all` of several records.
    #[error("--all writes the files of one run; give one record")]
    AllOfOne,
    /// No program shows the page.
    #[error("nothing could be started to show {path}: {source}; open it by hand")]
    Open {
        /// The page.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
}

impl ReportError {
    fn exit(&self) -> Exit {
        match self {
            Self::Artefact(error) => error.exit(),
            Self::Open { .. } => Exit::World,
            _ => Exit::Usage,
        }
    }
}

/// Runs the verb.
pub(super) fn report(args: &ReportArgs) -> Exit {
    match make(args) {
        Ok(()) => Exit::Success,
        Err(error) => {
            complain(&error);
            error.exit()
        }
    }
}

fn make(args: &ReportArgs) -> Result<(), ReportError> {
    let files = match args.records.as_slice() {
        [] => vec![newest(Path::new(REPORTS)).ok_or(ReportError::NoRun)?],
        given => given.iter().map(|path| record_file(path)).collect(),
    };
    match files.as_slice() {
        [file] => one(args, file),
        files => several(args, files),
    }
}

/// A folder stands for the record in it.
fn record_file(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join("record.json")
    } else {
        path.to_owned()
    }
}

/// The record of the run whose folder's name, which begins with its time, is the last.
fn newest(reports: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(reports).ok()?.filter_map(Result::ok);
    let is_run = |folder: &fs::DirEntry| {
        let name = folder.file_name();
        name.to_string_lossy()
            .starts_with(|c: char| c.is_ascii_digit())
    };
    let records = folders
        .filter(is_run)
        .map(|folder| folder.path().join("record.json"));
    records.filter(|record| record.is_file()).max()
}

fn one(args: &ReportArgs, file: &Path) -> Result<(), ReportError> {
    let record = record::read(file)?;
    let verdict = judge(&record);
    let summary = Summary::new(&record, &verdict);
    if args.all {
        let beside = file.parent().map_or_else(PathBuf::new, Path::to_owned);
        let folder = args.output.clone().unwrap_or(beside);
        if folder.is_file() {
            return Err(ReportError::NotAFolder { path: folder });
        }
        artefacts::write_all(&summary, &verdict, &folder, args.png)?;
    }
    if args.open {
        return show(&page(args, file, &summary, &verdict)?);
    }
    if args.all {
        return Ok(());
    }
    let format = args.format.unwrap_or(Format::Terminal);
    match &args.output {
        Some(path) => artefacts::to_file(format, &summary, &verdict, path)?,
        None => stream(format, &summary, &verdict)?,
    }
    Ok(())
}

/// Writes to standard output; a reader who went away is no error.
fn stream(format: Format, summary: &Summary<'_>, verdict: &Verdict) -> Result<(), ArtefactError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written =
        artefacts::write(format, summary, verdict, &mut out).and_then(|()| Ok(out.flush()?));
    match written {
        Err(ArtefactError::Stream(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// The page to show: where `--output` says, or beside the record.
fn page(
    args: &ReportArgs,
    file: &Path,
    summary: &Summary<'_>,
    verdict: &Verdict,
) -> Result<PathBuf, ReportError> {
    let path = match &args.output {
        Some(output) if args.all => output.join("report.html"),
        Some(output) => output.clone(),
        None => file.with_file_name("report.html"),
    };
    artefacts::to_file(Format::Html, summary, verdict, &path)?;
    Ok(path)
}

fn show(page: &Path) -> Result<(), ReportError> {
    say(format_args!("{}", page.display()));
    let whole = page.canonicalize().unwrap_or_else(|_| page.to_owned());
    open::that_detached(&whole).map_err(|source| ReportError::Open {
        path: page.to_owned(),
        source,
    })
}

fn several(args: &ReportArgs, files: &[PathBuf]) -> Result<(), ReportError> {
    if args.all {
        return Err(ReportError::AllOfOne);
    }
    let records: Vec<Record> = files
        .iter()
        .map(|file| record::read(file))
        .collect::<Result<_, _>>()?;
    let verdicts: Vec<Verdict> = records.iter().map(judge).collect();
    let summaries: Vec<Summary<'_>> = records
        .iter()
        .zip(&verdicts)
        .map(|(record, verdict)| Summary::new(record, verdict))
        .collect();
    let comparison = Comparison::new(&summaries);
    let format = match args.format {
        None if args.open => Format::Html,
        format => format.unwrap_or(Format::Terminal),
    };
    let text = match format {
        Format::Terminal => comparison_terminal(&comparison, conclusion::width()),
        Format::Markdown => comparison_markdown(&comparison),
        Format::Html => comparison_html(&comparison),
        other => {
            return Err(ReportError::OneRecord {
                format: other.name(),
                count: files.len(),
            });
        }
    };
    let Some(path) = args
        .output
        .clone()
        .or(args.open.then(|| "comparison.html".into()))
    else {
        give(text.trim_end());
        return Ok(());
    };
    fs::write(&path, text).map_err(|source| ArtefactError::Io {
        path: path.clone(),
        source,
    })?;
    if args.open { show(&path) } else { Ok(()) }
}
