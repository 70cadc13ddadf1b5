//! `cutover report`: what a run's folder holds, made again from its record; or several records side
//! by side.
//!
//! Nothing is measured and nothing is judged anew: the same record gives the same bytes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::artefacts::{self, ArtefactError};
use super::complaint::{complain, deliver, deliver_file, say};
use super::conclusion;
use super::regress::again::{self, Again};
use crate::cli::{Format, ReportArgs};
use crate::exit::Exit;
use crate::record::{self, RecordError};
use crate::report::{
    Comparison, Excerpt, Summary, comparison_html, comparison_markdown, comparison_terminal,
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
    /// The evidence would be lost.
    #[error(
        "`{path}` is a record that is read, and would be overwritten; choose another place with \
         --output"
    )]
    OverRecord {
        /// The record.
        path: PathBuf,
    },
    /// A format that no browser shows as a page.
    #[error("--open shows the page, and {format} is none; leave out --format, or give html")]
    OpenFormat {
        /// The format's name.
        format: String,
    },
    /// There is no place for the page to show.
    #[error("no temporary folder can be made for the page: {0}; choose a place with --output")]
    Temporary(#[source] io::Error),
    /// A comparison of builds is one thing already.
    #[error(
        "{path} compares two builds already; give it alone, and records of `cutover check` side by side"
    )]
    BlocksAmongSeveral {
        /// Its evidence.
        path: PathBuf,
    },
    /// A format that shows something else.
    #[error("--format {format} does not show {what}; use {others}")]
    NotShown {
        /// The format's name.
        format: String,
        /// What was given.
        what: &'static str,
        /// The formats that do.
        others: &'static str,
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
            Self::Open { .. } | Self::Temporary(_) => Exit::World,
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
    if let (true, Some(format)) = (args.open, args.format)
        && format != Format::Html
    {
        return Err(ReportError::OpenFormat {
            format: format.name(),
        });
    }
    let files = match args.records.as_slice() {
        [] => vec![newest(Path::new(REPORTS)).ok_or(ReportError::NoRun)?],
        given => given.iter().map(|path| record_file(path)).collect(),
    };
    match files.as_slice() {
        [file] if again::evidence(file).is_some() => blocks(args, file),
        [file] => one(args, file),
        files => several(args, files),
    }
}

/// A folder stands for the record in it.
fn record_file(path: &Path) -> PathBuf {
    if let Some(blocks) = again::evidence(path) {
        blocks
    } else if path.is_dir() {
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
        .map(|folder| record_file(&folder.path()));
    records.filter(|record| record.is_file()).max()
}

/// Refuses to write over, or to remove, what is read.
fn spare(records: &[PathBuf], output: &Path) -> Result<(), ReportError> {
    // A place that does not exist is no record.
    let Ok(output) = output.canonicalize() else {
        return Ok(());
    };
    let is_output = |record: &&PathBuf| record.canonicalize().is_ok_and(|path| path == output);
    records.iter().find(is_output).map_or(Ok(()), |record| {
        Err(ReportError::OverRecord {
            path: record.clone(),
        })
    })
}

/// The folder of `--all`, none of whose files is the record itself.
fn folder(args: &ReportArgs, record: &PathBuf) -> Result<PathBuf, ReportError> {
    let beside = record.parent().map_or_else(PathBuf::new, Path::to_owned);
    let folder = args.output.clone().unwrap_or(beside);
    if folder.is_file() {
        return Err(ReportError::NotAFolder { path: folder });
    }
    for file in artefacts::files(&folder) {
        spare(std::slice::from_ref(record), &file)?;
    }
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if artefacts::is_chart(&whole(record), &whole(&folder)) {
        return Err(ReportError::OverRecord {
            path: record.clone(),
        });
    }
    Ok(folder)
}

/// A comparison of two builds.
fn blocks(args: &ReportArgs, file: &PathBuf) -> Result<(), ReportError> {
    let again = Again::read(file)?;
    let evidence = std::slice::from_ref(file);
    if args.all {
        let beside = file.parent().map_or_else(PathBuf::new, Path::to_owned);
        let folder = args.output.clone().unwrap_or(beside);
        if folder.is_file() {
            return Err(ReportError::NotAFolder { path: folder });
        }
        for written in Again::files(&folder) {
            spare(evidence, &written)?;
        }
        fs::create_dir_all(&folder).map_err(|source| ArtefactError::Place {
            path: folder.clone(),
            source,
        })?;
        again.write_all(&folder)?;
        return match args.open {
            true => show(&folder.join("report.html")),
            false => Ok(()),
        };
    }
    let usual = if args.open {
        Format::Html
    } else {
        Format::Terminal
    };
    let format = args.format.unwrap_or(usual);
    let text = again.text(format).ok_or_else(|| ReportError::NotShown {
        format: format.name(),
        what: "a comparison of builds",
        others: "terminal, html, markdown, junit, annotations or verdict",
    })?;
    let path = match &args.output {
        Some(path) => path.clone(),
        None if args.open => temporary("report.html")?,
        None if format == Format::Terminal => {
            let text = again.for_stdout() + "\n";
            return Ok(deliver(text.as_bytes()).map_err(ArtefactError::Stream)?);
        }
        None => return Ok(deliver_file(text.as_bytes()).map_err(ArtefactError::Stream)?),
    };
    spare(evidence, &path)?;
    artefacts::put(text.as_bytes(), &path)?;
    if args.open { show(&path) } else { Ok(()) }
}

fn one(args: &ReportArgs, file: &PathBuf) -> Result<(), ReportError> {
    if args.format == Some(Format::Annotations) {
        return Err(ReportError::NotShown {
            format: Format::Annotations.name(),
            what: "a record of `cutover check`",
            others: "another one, like junit",
        });
    }
    let record = record::read(file)?;
    let verdict = judge(&record);
    let summary = Summary::new(&record, &verdict);
    if args.all {
        let folder = folder(args, file)?;
        artefacts::write_all(&summary, &verdict, &folder, args.png)?;
        return if args.open {
            show(&folder.join("report.html"))
        } else {
            Ok(())
        };
    }
    if args.open {
        return show(&page(args, file, &summary, &verdict)?);
    }
    let format = args.format.unwrap_or(Format::Terminal);
    match &args.output {
        Some(path) => {
            spare(std::slice::from_ref(file), path)?;
            artefacts::to_file(format, &summary, &verdict, path)?;
        }
        None => artefacts::to_stdout(format, &summary, &verdict)?,
    }
    Ok(())
}

/// The page to show: where `--output` says, or beside the record, or where that cannot be written, in a
/// temporary folder.
fn page(
    args: &ReportArgs,
    file: &PathBuf,
    summary: &Summary<'_>,
    verdict: &Verdict,
) -> Result<PathBuf, ReportError> {
    let beside = || file.with_file_name("report.html");
    let path = args.output.clone().unwrap_or_else(beside);
    spare(std::slice::from_ref(file), &path)?;
    match artefacts::to_file(Format::Html, summary, verdict, &path) {
        Err(ArtefactError::Place { .. } | ArtefactError::Disk { .. }) if args.output.is_none() => {
            let path = temporary("report.html")?;
            artefacts::to_file(Format::Html, summary, verdict, &path)?;
            Ok(path)
        }
        written => Ok(written.map(|()| path)?),
    }
}

/// A file in a folder of its own that stays: a browser may read it after this has ended.
fn temporary(name: &str) -> Result<PathBuf, ReportError> {
    let folder = tempfile::Builder::new().prefix("cutover-").tempdir();
    Ok(folder.map_err(ReportError::Temporary)?.keep().join(name))
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
    if let Some(path) = files.iter().find_map(|file| again::evidence(file)) {
        return Err(ReportError::BlocksAmongSeveral { path });
    }
    if args.all {
        return Err(ReportError::AllOfOne);
    }
    let usual = if args.open {
        Format::Html
    } else {
        Format::Terminal
    };
    let render: fn(&Comparison, bool) -> String = match args.format.unwrap_or(usual) {
        Format::Terminal => |all, to_file| comparison_terminal(all, conclusion::width(to_file)),
        Format::Markdown => |all, _| comparison_markdown(all),
        Format::Html => |all, _| comparison_html(all),
        other => {
            return Err(ReportError::OneRecord {
                format: other.name(),
                count: files.len(),
            });
        }
    };
    if let Some(path) = &args.output {
        spare(files, path)?;
    }
    let excerpts = files.iter().map(|file| excerpt(file));
    let comparison = Comparison::new(excerpts.collect::<Result<Vec<_>, _>>()?);
    let text = render(&comparison, args.output.is_some())
        .trim_end()
        .to_owned()
        + "\n";
    let path = match &args.output {
        Some(path) => path.clone(),
        None if args.open => temporary("comparison.html")?,
        None => return Ok(deliver(text.as_bytes()).map_err(ArtefactError::Stream)?),
    };
    artefacts::put(text.as_bytes(), &path)?;
    if args.open { show(&path) } else { Ok(()) }
}

/// What is kept of one record: a million iterations and their charts are let go before the next one.
fn excerpt(file: &Path) -> Result<Excerpt, RecordError> {
    let record = record::read(file)?;
    let verdict = judge(&record);
    Ok(Excerpt::new(&Summary::new(&record, &verdict)))
}
