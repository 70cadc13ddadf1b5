//! `cutover history`: keeps runs, and tells when they changed.
//!
//! Nothing is measured. `show` and `check` read the folder and leave it as it is, but for the cache in it.

mod adding;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use console::style;
use jiff::Timestamp;
use thiserror::Error;

use self::adding::{AddError, Added, Adding, is_to_come};
use super::artefacts::{self, ArtefactError};
use super::complaint::{complain, deliver, give, say};
use super::conclusion;
use crate::cli::{HistoryArgs, HistoryCommand, HistoryFormat, OutputStyle};
use crate::exit::Exit;
use crate::history::{self, Asked, Cache, Checked, FolderError, History};
use crate::report::{
    check_json, check_terminal, history_json, history_markdown, history_svg, history_terminal,
};
use crate::stats::{Change, HistoryError};

/// Why a verb about the history came to nothing.
#[derive(Debug, Error)]
enum VerbError {
    #[error(transparent)]
    Add(#[from] AddError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Kept runs have no such value, so that this is a fault of the program.
    #[error("the runs cannot be searched for changes: {0}")]
    Search(#[from] HistoryError),
    /// A name that no run has, of those that are compared.
    #[error("no run that is compared has the series `{name}`; there are: {known}")]
    NoSuchSeries { name: String, known: String },
    /// The report would be taken for a run.
    #[error(
        "{path} lies among the runs and would be read as one; choose another place with --output"
    )]
    AmongTheRuns { path: PathBuf },
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
}

impl VerbError {
    fn exit(&self) -> Exit {
        match self {
            Self::Artefact(error) => error.exit(),
            Self::Folder(FolderError::Write { .. }) => Exit::World,
            _ => Exit::Usage,
        }
    }
}

/// Does what the command line says.
pub(super) fn history(command: &HistoryCommand) -> Exit {
    let ended = match command {
        HistoryCommand::Add {
            input,
            from,
            metric,
            started,
            commit,
            folder,
        } => {
            let adding = Adding {
                input,
                from: *from,
                metric: metric.as_deref(),
                started: *started,
                commit: commit.as_deref(),
            };
            add(&adding, folder)
        }
        HistoryCommand::Show {
            which,
            only,
            format,
            output,
        } => show(which, only, *format, output.as_deref()),
        HistoryCommand::Check {
            which,
            output_style,
        } => check(which, *output_style),
    };
    ended.unwrap_or_else(|error| {
        complain(&error);
        error.exit()
    })
}

fn add(adding: &Adding<'_>, folder: &Path) -> Result<Exit, VerbError> {
    let Added { entry, time_source } = adding.run()?.has_begun(Timestamp::now())?;
    let kept = match (history::kept(folder), time_source) {
        (Ok(kept), _) => kept,
        (Err(error), Some(_)) => return Err(error.into()),
        // A run of this program has a name and a time of its own, whatever else lies there.
        (Err(error), None) => {
            say(format_args!("note: {error}"));
            Vec::new()
        }
    };
    if let Some(time_source) = time_source {
        history::place(&entry, time_source, &kept)?;
    }
    let path = history::add(folder, &entry)?;
    if entry.commit.is_none() {
        say(
            "note: the commit that was measured is unknown, and no change can be told by it; `--commit` names it",
        );
    }
    if let Some((_, newest)) = kept.last().filter(|(_, one)| one.time() > entry.time()) {
        say(format_args!(
            "note: it began before run {} of {}, which stays the newest: `history check` is about that one",
            newest.run, newest.started
        ));
    }
    give(path.display());
    Ok(Exit::Success)
}

fn show(
    which: &HistoryArgs,
    only: &[String],
    format: HistoryFormat,
    output: Option<&Path>,
) -> Result<Exit, VerbError> {
    if let Some(path) = output.filter(|path| is_among_the_runs(path, &which.folder)) {
        let path = path.to_owned();
        return Err(VerbError::AmongTheRuns { path });
    }
    let entries = history::read(&which.folder)?;
    let asked = asked(which, only);
    let found = with_cache(&which.folder, |cache| {
        history::history(entries, &asked, cache)
    })?;
    known(&found, only)?;
    let text = match format {
        HistoryFormat::Terminal => history_terminal(&found, conclusion::width(output.is_some())),
        HistoryFormat::Markdown => history_markdown(&found),
        HistoryFormat::Svg => history_svg(&found),
        HistoryFormat::Json => history_json(&found),
    };
    put(&text, output)?;
    Ok(Exit::Success)
}

/// A name that is asked for must be one that there is: nothing found of nothing reads like good news.
fn known(found: &History, only: &[String]) -> Result<(), VerbError> {
    let all = found.shown.iter().flat_map(|run| &run.series);
    let names: BTreeSet<&str> = all.map(|series| series.name.as_str()).collect();
    let Some(name) = only.iter().find(|name| !names.contains(name.as_str())) else {
        return Ok(());
    };
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Err(VerbError::NoSuchSeries {
        name: name.clone(),
        known: quoted.join(", "),
    })
}

fn is_among_the_runs(output: &Path, folder: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    let parent = match output.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let is_json = output
        .extension()
        .is_some_and(|extension| extension == "json");
    is_json && whole(parent).is_some() && whole(parent) == whole(folder)
}

fn check(which: &HistoryArgs, output_style: OutputStyle) -> Result<Exit, VerbError> {
    let entries = history::read(&which.folder)?;
    if let Some(newest) = entries
        .last()
        .filter(|one| is_to_come(one, Timestamp::now()))
    {
        say(format_args!(
            "note: run {} of {} is still to come, and hides every run that is added; remove its file",
            newest.run, newest.started
        ));
    }
    let asked = asked(which, &[]);
    let checked = with_cache(&which.folder, |cache| {
        history::check_newest(entries, &asked, cache)
    })?;
    if output_style.json {
        put(&check_json(&checked), None)?;
    } else if !output_style.quiet {
        put(&coloured(&checked), None)?;
    }
    Ok(match checked.verdict {
        Change::Regression => Exit::NoGo,
        Change::Inconclusive => Exit::Inconclusive,
        Change::Improvement | Change::Unchanged => Exit::Success,
    })
}

fn coloured(checked: &Checked) -> String {
    let text = check_terminal(checked, conclusion::width(false));
    let (word, rest) = text.split_once(' ').unwrap_or((&text, ""));
    let word = match checked.verdict {
        Change::Regression => style(word).red(),
        Change::Inconclusive => style(word).yellow(),
        Change::Improvement | Change::Unchanged => style(word).green(),
    };
    format!("{} {rest}", word.bold())
}

fn asked(which: &HistoryArgs, only: &[String]) -> Asked {
    Asked {
        any_machine: which.any_machine,
        only: only.to_vec(),
        seed: which.seed,
    }
}

/// Works with what was computed before, and keeps what was computed now. A cache that cannot be kept is no
/// error, for nothing but time is lost.
fn with_cache<T>(
    folder: &Path,
    work: impl FnOnce(&mut Cache) -> Result<T, HistoryError>,
) -> Result<T, HistoryError> {
    let mut cache = history::read_cache(folder);
    let result = work(&mut cache)?;
    tracing::debug!("{} rows were searched for changes", cache.computed());
    if let Err(error) = history::keep_cache(folder, &cache) {
        tracing::warn!(
            "what was computed is not kept in {}: {error}",
            folder.display()
        );
    }
    Ok(result)
}

/// Gives a text that ends its last line.
fn put(text: &str, output: Option<&Path>) -> Result<(), ArtefactError> {
    let text = format!("{}\n", text.trim_end());
    match output {
        Some(path) => artefacts::put(text.as_bytes(), path),
        None => deliver(text.as_bytes()).map_err(ArtefactError::Stream),
    }
}
