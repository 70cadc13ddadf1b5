//! `check` and `run`: measure both sides, keep the record, and (for `check`) come to a verdict.

use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use thiserror::Error;
use tokio::runtime;

use super::complaint::complain;
use super::embedded::{Embedded, EmbeddedError};
use super::intent::{Ground, Intent, IntentError};
use super::machine::{command_line, machine, tool};
use super::progress::Progress;
use super::sandbox::{database_url, limit_settings};
use super::signals;
use super::targets;
use super::verdict_rule::VerdictRule;
use crate::cli::{CheckArgs, OutputStyle};
use crate::exit::Exit;
use crate::pace::{BudgetError, Clock, Pace};
use crate::plan::Plan;
use crate::record::{
    self, BudgetFacts, GateSettings, Record, RecordError, SCHEMA_VERSION, SandboxFacts,
    ScenarioRecord, Side, World,
};
use crate::report::{Summary, Width, markdown, terminal};
use crate::run::{Interrupt, Journal, JournalError, Lane, RunError, Session, measure};
use crate::sandbox::Options;
use crate::target::{HttpTarget, Target as _, TargetError};
use crate::verdict::{Outcome, Verdict, judge};

/// What a run ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A verdict.
    Verdict,
    /// The record only.
    RecordOnly,
}

/// Why a run could not be made, or not to its end.
#[derive(Debug, Error)]
pub(super) enum CheckError {
    #[error("{path}: {source}; choose another folder with --output")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
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
    #[error("the asynchronous runtime cannot be set up: {0}")]
    Runtime(std::io::Error),
}

/// Runs the verb.
pub(super) fn check(args: &CheckArgs, end: End) -> Exit {
    let intent = match Intent::resolve(args) {
        Ok(intent) => intent,
        Err(error) => {
            match &error {
                // It comes with its own headings, one for each mistake.
                IntentError::Files(_) => eprintln!("{error}"),
                _ => complain(&error),
            }
            return Exit::Usage;
        }
    };
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return world_is_wrong(&CheckError::Runtime(error)),
    };
    match runtime.block_on(run(intent, args, end)) {
        Ok(exit) => exit,
        Err(error) => world_is_wrong(&error),
    }
}

fn world_is_wrong(error: &CheckError) -> Exit {
    complain(error);
    Exit::World
}

async fn run(intent: Intent, args: &CheckArgs, end: End) -> Result<Exit, CheckError> {
    let interrupt = signals::listen();
    let folder = RunFolder::create(&intent.output)?;
    folder.keep_scenarios(&intent)?;
    let style = args.output_style;
    if let (Some(announcement), false) = (&intent.announcement, style.quiet) {
        eprintln!("{announcement}.");
    }
    let prepared = Prepared::start(&intent, args).await?;
    let measured = measured(intent, &folder, &prepared, interrupt, style).await;
    // The world is taken down before anything can go wrong with what it showed.
    let notion = prepared.embedded.map(Embedded::stop).transpose()?;
    let (mut record, stopped_by) = measured?;
    if let (World::Sandbox(facts), Some(notion)) = (&mut record.world, notion) {
        facts.notion = Some(notion);
    }
    record::write(&record, &folder.path.join("record.json"))?;
    if let Some(error) = stopped_by {
        eprintln!(
            "What was measured until then: {}",
            folder.path.join("record.json").display()
        );
        return Err(error.into());
    }
    match end {
        End::RecordOnly => {
            folder.tell("record.json", style);
            Ok(if record.interrupted {
                Exit::Interrupted
            } else {
                Exit::Success
            })
        }
        End::Verdict => conclude(&record, &folder, style),
    }
}

/// Judges the record, writes the reports, and prints the verdict.
fn conclude(record: &Record, folder: &RunFolder, style: OutputStyle) -> Result<Exit, CheckError> {
    let verdict = judge(record);
    let summary = Summary::new(record, &verdict);
    let json = json(&verdict);
    folder.write("verdict.json", &json)?;
    folder.write("report.md", &markdown(&summary))?;
    if style.json {
        println!("{json}");
    } else if !style.quiet {
        println!("{}", terminal(&summary, width()));
        folder.tell("report.md", style);
    }
    Ok(match verdict.verdict {
        _ if record.interrupted => Exit::Interrupted,
        Outcome::Go => Exit::Success,
        Outcome::NoGo => Exit::NoGo,
        Outcome::Inconclusive => Exit::Inconclusive,
    })
}

/// A verdict as JSON.
pub(super) fn json(verdict: &Verdict) -> String {
    // Its keys are texts and its numbers finite, so that this cannot fail.
    serde_json::to_string_pretty(verdict).unwrap_or_default()
}

/// The width of the terminal, 80 where there is none, at most 120 for the eye's sake.
pub(super) fn width() -> Width {
    let columns = console::Term::stdout()
        .size_checked()
        .map_or(80, |(_, columns)| columns);
    let columns = if std::io::stdout().is_terminal() {
        columns
    } else {
        80
    };
    Width(columns.clamp(60, 120))
}

/// Both targets, and the world behind them when it is ours.
struct Prepared {
    baseline: HttpTarget,
    candidate: HttpTarget,
    embedded: Option<Embedded>,
    world: World,
}

impl Prepared {
    async fn start(intent: &Intent, args: &CheckArgs) -> Result<Self, CheckError> {
        match &intent.ground {
            Ground::Live {
                baseline,
                candidate,
            } => Ok(Self {
                baseline: targets::configured(baseline)?,
                candidate: targets::configured(candidate)?,
                embedded: None,
                world: World::Live,
            }),
            Ground::Sandbox { profile, plant } => {
                let embedded = Embedded::start(Options {
                    profile: profile.clone(),
                    seed: intent.seed,
                    limit: limit_settings(args.notion_limit),
                    database_url: database_url(),
                    plant: *plant,
                })
                .await?;
                let targets = targets::embedded(&embedded.baseline_url).and_then(|baseline| {
                    Ok((baseline, targets::embedded(&embedded.candidate_url)?))
                });
                let (baseline, candidate) = match targets {
                    Ok(targets) => targets,
                    Err(error) => {
                        embedded.stop()?;
                        return Err(error.into());
                    }
                };
                let facts = SandboxFacts {
                    profile: embedded.profile.clone(),
                    postgres: embedded.postgres.clone(),
                    notion: None,
                };
                let world = World::Sandbox(Box::new(facts));
                Ok(Self {
                    baseline,
                    candidate,
                    embedded: Some(embedded),
                    world,
                })
            }
        }
    }
}

/// Measures every scenario. The error, if any, is why the rest was not measured.
async fn measured(
    intent: Intent,
    folder: &RunFolder,
    prepared: &Prepared,
    interrupt: Interrupt,
    style: OutputStyle,
) -> Result<(Record, Option<RunError>), CheckError> {
    let started = jiff::Timestamp::now();
    let baseline = Lane::new(
        Side::Baseline,
        &prepared.baseline,
        Pace::limited(intent.budget.rate, intent.budget.headroom)?,
    );
    let candidate = Lane::new(Side::Candidate, &prepared.candidate, Pace::unlimited());
    let plan = Plan::new(
        folder.run.clone(),
        intent.seed,
        intent.scenarios,
        intent.bounds,
        intent.writes_allowed,
    );
    let settings = GateSettings {
        required: intent.gates,
        max_baseline_iterations: plan.bounds.max_baseline_iterations,
        max_writes: plan.bounds.max_writes,
        candidate_per_baseline: plan.bounds.candidate_per_baseline,
    };
    let mut rule = VerdictRule::new(settings.clone());
    let cap = plan.bounds.max_baseline_iterations;
    let progress = Progress::new(style.quiet, &plan.scenarios, cap, rule.latest());
    let journal = Journal::in_folder(&folder.path);
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt,
        journal: &journal,
        sandbox: prepared.embedded.is_some(),
    };
    let mut scenarios: Vec<ScenarioRecord> = Vec::new();
    let mut stopped_by = None;
    for scenario in &plan.scenarios {
        if session.interrupt.requested() {
            break;
        }
        match measure(
            &session,
            scenario,
            (&baseline, &candidate),
            &mut rule,
            &progress,
        )
        .await
        {
            Ok(scenario) => scenarios.push(scenario),
            Err(error) => {
                stopped_by = Some(error);
                break;
            }
        }
    }
    let leftovers = journal.open_entries()?.into_iter().map(|open| {
        format!(
            "{} on the {} ({})",
            open.intent.marker,
            open.intent.side.name(),
            open.intent.base_url
        )
    });
    let record = Record {
        schema_version: SCHEMA_VERSION,
        run: folder.run.clone(),
        command: command_line(),
        tool: tool(),
        started: started.to_string(),
        elapsed_s: session.clock.elapsed().as_secs_f64(),
        seed: plan.seed,
        machine: machine(),
        world: prepared.world.clone(),
        baseline: prepared.baseline.facts(),
        candidate: prepared.candidate.facts(),
        budget: BudgetFacts {
            rate: intent.budget.rate.to_string(),
            headroom: intent.budget.headroom,
        },
        gates: settings,
        scenarios,
        interrupted: session.interrupt.requested(),
        leftovers: leftovers.collect(),
    };
    Ok((record, stopped_by))
}

/// The folder of one run; its name is the run's.
struct RunFolder {
    run: String,
    path: PathBuf,
}

impl RunFolder {
    /// Makes a folder that did not exist, named by the time and, should that be taken, a number.
    fn create(output: &Path) -> Result<Self, CheckError> {
        let failed = |path: &Path, source| CheckError::Folder {
            path: path.to_owned(),
            source,
        };
        fs::create_dir_all(output).map_err(|source| failed(output, source))?;
        let now = jiff::Timestamp::try_from(SystemTime::now()).unwrap_or_default();
        let name = now.strftime("%Y%m%dt%H%M%Sz").to_string();
        for number in 0_u32.. {
            let run = if number == 0 {
                name.clone()
            } else {
                format!("{name}-{number}")
            };
            let path = output.join(&run);
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { run, path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(failed(&path, source)),
            }
        }
        unreachable!("some number is free")
    }

    /// Copies the scenario files: what was measured stays readable, and `clean` needs it.
    fn keep_scenarios(&self, intent: &Intent) -> Result<(), CheckError> {
        let folder = self.path.join("scenarios");
        let failed = |source| CheckError::Folder {
            path: folder.clone(),
            source,
        };
        fs::create_dir(&folder).map_err(failed)?;
        for scenario in &intent.scenarios {
            let file = folder.join(format!("{}.toml", scenario.name));
            fs::write(file, &scenario.text).map_err(failed)?;
        }
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> Result<(), CheckError> {
        let path = self.path.join(name);
        fs::write(&path, text).map_err(|source| CheckError::Folder { path, source })
    }

    fn tell(&self, name: &str, style: OutputStyle) {
        if !style.quiet && !style.json {
            println!("{}", self.path.join(name).display());
        }
    }
}
