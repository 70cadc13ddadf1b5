//! `clean`: remove what killed runs left on the targets, and nothing else.
//!
//! A run's folder holds its journal and its scenario files; the configuration says how the targets
//! are reached. Only what a journal names and has not struck off is touched, only on the side, at the
//! URL and with the driver and variables with which it was created, and never while its run is still
//! going. Elsewhere nothing would be found, and an object that lives on would be struck off.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use thiserror::Error;
use tokio::runtime;

use super::complaint::{complain, give, say};
use super::gates;
use super::targets;
use crate::cli::CleanArgs;
use crate::config::{self, Config};
use crate::diagnostic::Colour;
use crate::exit::Exit;
use crate::pace::{BudgetError, Clock, Pace};
use crate::plan::{Bounds, Plan};
use crate::record::Side;
use crate::run::{JOURNAL_FILE, Journal, JournalError, Lane, Open, Session, interrupt};
use crate::scenario::{self, Scenario, ScenarioErrors};
use crate::target::{AnyTarget, Target, TargetError};

/// Why nothing could be cleaned.
#[derive(Debug, Error)]
enum CleanError {
    #[error("{path}: {source}; give the folder with the runs' folders, or one run's folder")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}", .0.render(Colour::for_stderr()).trim_end())]
    Files(ScenarioErrors),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Budget(#[from] BudgetError),
    #[error("the asynchronous runtime cannot be set up: {0}")]
    Runtime(std::io::Error),
}

impl CleanError {
    fn exit(&self) -> Exit {
        match self {
            Self::Folder { .. } | Self::Files(_) => Exit::Usage,
            _ => Exit::World,
        }
    }
}

/// Runs the verb: 0 when nothing is left, 4 when something could not be removed.
pub(super) fn clean(args: &CleanArgs) -> Exit {
    match clean_all(args) {
        Ok(tally) => {
            if args.output_style.json {
                give(json!({ "removed": tally.removed, "left": tally.left }));
            } else if !args.output_style.quiet {
                give(format_args!(
                    "{} removed, {} left.",
                    tally.removed, tally.left
                ));
            }
            if tally.left == 0 {
                Exit::Success
            } else {
                Exit::World
            }
        }
        Err(error) => {
            match &error {
                CleanError::Files(_) => say(&error),
                _ => complain(&error),
            }
            error.exit()
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    removed: usize,
    left: usize,
}

fn clean_all(args: &CleanArgs) -> Result<Tally, CleanError> {
    let mut tally = Tally::default();
    for folder in run_folders(&args.reports)? {
        let journal = Journal::in_folder(&folder);
        let open = match journal.take_over() {
            Ok(open) => open,
            Err(error @ JournalError::InUse { .. }) => {
                say(format_args!("{error}; nothing of it is touched"));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let (gone, live): (Vec<Open>, Vec<Open>) =
            open.into_iter().partition(|entry| entry.intent.sandbox);
        for entry in &gone {
            journal.strike(&entry.intent.marker, "its sandbox ended with its run")?;
        }
        tally.removed += gone.len();
        if !live.is_empty() {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(CleanError::Runtime)?;
            runtime.block_on(clean_run(args, &folder, &journal, &live, &mut tally))?;
        }
    }
    Ok(tally)
}

/// The folders that hold a journal: the one given, or those in it.
fn run_folders(path: &Path) -> Result<Vec<PathBuf>, CleanError> {
    let failed = |source| CleanError::Folder {
        path: path.to_owned(),
        source,
    };
    if path.join(JOURNAL_FILE).is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let folder = entry.map_err(failed)?.path();
        if folder.join(JOURNAL_FILE).is_file() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

async fn clean_run(
    args: &CleanArgs,
    folder: &Path,
    journal: &Journal,
    open: &[Open],
    tally: &mut Tally,
) -> Result<(), CleanError> {
    let environment = |name: &str| std::env::var(name).ok();
    let config =
        config::load(&args.config, gates::NAMES, &environment).map_err(CleanError::Files)?;
    let scenarios = scenario::load(&[folder.join("scenarios")]).map_err(CleanError::Files)?;
    let (baseline, candidate) = lanes(&config, &scenarios)?;
    let plan = plan(folder, &config);
    // Nobody interrupts this run: a second Ctrl-C ends the process as the first does.
    let (_interrupter, interrupt) = interrupt();
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt,
        journal,
        sandbox: false,
    };
    for entry in open {
        let lane = match entry.intent.side {
            Side::Baseline => &baseline,
            Side::Candidate => &candidate,
        };
        match clean_entry(&session, lane, &scenarios, entry).await? {
            None => tally.removed += 1,
            Some(why) => {
                tally.left += 1;
                say(format_args!(
                    "{} on the {}: {why}",
                    entry.intent.marker,
                    entry.intent.side.name()
                ));
            }
        }
    }
    Ok(())
}

/// Removes one object; returns why it could not be.
async fn clean_entry(
    session: &Session<'_>,
    lane: &Lane<AnyTarget>,
    scenarios: &[Scenario],
    entry: &Open,
) -> Result<Option<String>, JournalError> {
    let here = lane.target().facts().base_url;
    if here != entry.intent.base_url {
        let there = &entry.intent.base_url;
        return Ok(Some(format!(
            "it was created at {there}, and the configuration has {here}"
        )));
    }
    let was = entry.intent.reached.as_ref();
    if let Some(difference) = was.and_then(|was| was.difference(&lane.reached())) {
        return Ok(Some(format!(
            "it was created elsewhere: {difference}. Nothing was sent; clean with the configuration of its run"
        )));
    }
    let Some(scenario) = scenarios
        .iter()
        .find(|found| found.name == entry.intent.scenario)
    else {
        return Ok(Some(format!(
            "the run's folder has no scenario `{}`",
            entry.intent.scenario
        )));
    };
    let failures = lane.clean_up_left(session, scenario, entry).await?;
    if let Some(failure) = failures.into_iter().next() {
        return Ok(Some(failure.detail));
    }
    if session.journal.is_open(&entry.intent.marker) {
        // It may never have come to be, or stand where the recover steps do not look. A person can
        // look for the marker; from here on the journal says that this was left to them.
        say(format_args!(
            "{} was not found on the {}; look for it by hand if the list that `recover` reads has an end",
            entry.intent.marker,
            entry.intent.side.name()
        ));
        session.journal.strike(
            &entry.intent.marker,
            "not found by `cutover clean`, and told",
        )?;
    }
    Ok(None)
}

fn lanes(
    config: &Config,
    scenarios: &[Scenario],
) -> Result<(Lane<AnyTarget>, Lane<AnyTarget>), CleanError> {
    let driver = config.baseline.driver();
    let costs = scenarios.iter().map(|one| one.largest_cost(driver));
    let largest_cost = costs.max().unwrap_or(1);
    let pace = Pace::limited(config.budget.rate, config.budget.headroom, largest_cost)?;
    let baseline = targets::configured(&config.baseline)?;
    let candidate = targets::configured(&config.candidate)?;
    Ok((
        Lane::new(Side::Baseline, baseline, pace).with_variables(config.baseline.variables.clone()),
        Lane::new(Side::Candidate, candidate, Pace::unlimited())
            .with_variables(config.candidate.variables.clone()),
    ))
}

/// A plan that measures nothing: the lanes need its bounds and the run's name.
fn plan(folder: &Path, config: &Config) -> Plan {
    let run = folder
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into());
    let bounds = Bounds {
        max_baseline_iterations: 0,
        candidate_per_baseline: 0,
        max_writes: 0,
        max_pause: config.run.max_pause,
        time_limit: Duration::MAX,
    };
    Plan::new(run, 0, Vec::new(), bounds, true)
}
