//! `cutover integrity`: is all the data there? Every page of Notion against its row.
//!
//! Nothing is measured: the record that it leaves has no scenario, only what was found, and the gate
//! `integrity` is the only required one. [`inspect()`] is what `check` does as well.

mod inspect;
mod intent;

use std::io::{self, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::runtime;

use super::check_error::CheckError;
use super::complaint::{complain, give, say};
use super::embedded::{Embedded, EmbeddedError};
use super::machine::{command_line, machine, tool};
use super::run_folder::RunFolder;
use super::sandbox::{database_url, limit_settings};
use super::{artefacts, conclusion, signals, step_summary};
use crate::cli::{IntegrityArgs, NotionLimit};
use crate::config::DEFAULT_SEED;
use crate::database::{DatabaseError, Given, Session};
use crate::exit::Exit;
use crate::integrity::{IdMap, IdMapError, Mapping};
use crate::record::{
    self, BudgetFacts, Checks, GateSettings, Inspection, Record, SCHEMA_VERSION, SandboxFacts,
    TargetFacts, World,
};
use crate::report::Summary;
use crate::run::Interrupt;
use crate::sandbox::profile::Profile;
use crate::sandbox::{Options, Plant};
use crate::verdict::judge;

pub(super) use inspect::{Asked, InspectError, inspect};
use intent::{Ground, Intent, IntentError};

/// How long making the connection may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Why nothing was found out.
#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Inspect(#[from] InspectError),
    #[error(transparent)]
    Sandbox(#[from] EmbeddedError),
    #[error("the export {path} cannot be opened: {source}")]
    Export { path: PathBuf, source: io::Error },
    #[error("the simulated Notion cannot be exported: {0}")]
    SimulatedExport(#[source] io::Error),
    #[error("the sandbox's id map is none: {0}")]
    SimulatedIds(#[from] IdMapError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Failure {
    fn exit(&self) -> Exit {
        match self {
            Self::Check(error) => error.exit(),
            Self::Inspect(error) => error.exit(),
            Self::Export { .. } => Exit::Usage,
            Self::Sandbox(_)
            | Self::SimulatedExport(_)
            | Self::SimulatedIds(_)
            | Self::Database(_) => Exit::World,
        }
    }
}

/// Runs the verb.
pub(super) fn integrity(args: &IntegrityArgs) -> Exit {
    let intent = match Intent::resolve(args) {
        Ok(intent) => intent,
        Err(error) => {
            match &error {
                // It comes with its own headings, one for each mistake.
                IntentError::File(_) => say(&error),
                _ => complain(&error),
            }
            return Exit::Usage;
        }
    };
    // A thread beside this one hears signals while a page is compared.
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let ended = runtime
        .map_err(|error| CheckError::Runtime(error).into())
        .and_then(|runtime| runtime.block_on(run(&intent, args)));
    ended.unwrap_or_else(|failure| {
        complain(&failure);
        failure.exit()
    })
}

async fn run(intent: &Intent, args: &IntegrityArgs) -> Result<Exit, Failure> {
    let interrupt = signals::listen();
    // Before the work: a folder that cannot be made is better known now.
    let folder = RunFolder::create(&intent.output)?;
    let compared = compare(intent, args, &interrupt).await;
    if compared.is_err() {
        // It is empty; where it is not, it is somebody's.
        let _ = std::fs::remove_dir(&folder.path);
    }
    let seed = args.seed.unwrap_or(DEFAULT_SEED);
    conclude(&record(&folder, seed, compared?), &folder, args)
}

/// What was compared, and what was found.
struct Compared {
    started: jiff::Timestamp,
    began: Instant,
    world: World,
    baseline: TargetFacts,
    candidate: TargetFacts,
    inspection: Inspection,
}

async fn compare(
    intent: &Intent,
    args: &IntegrityArgs,
    interrupt: &Interrupt,
) -> Result<Compared, Failure> {
    match &intent.ground {
        Ground::Sandbox { plant } => in_sandbox(intent, args, *plant, interrupt).await,
        Ground::Stores { export, database } => {
            let (started, began) = (jiff::Timestamp::now(), Instant::now());
            let file = std::fs::File::open(export).map_err(|source| Failure::Export {
                path: export.clone(),
                source,
            })?;
            let ids = intent.ids.as_ref();
            let looked = Looking { intent, args, ids };
            Ok(Compared {
                inspection: looked.at(file, database, interrupt).await?,
                started,
                began,
                world: World::Live,
                baseline: facts("export", export.display().to_string()),
                candidate: facts("postgres", format!("postgres://{database}")),
            })
        }
    }
}

async fn in_sandbox(
    intent: &Intent,
    args: &IntegrityArgs,
    plant: Option<Plant>,
    interrupt: &Interrupt,
) -> Result<Compared, Failure> {
    let (started, began) = (jiff::Timestamp::now(), Instant::now());
    let embedded = Embedded::start(Options {
        // Nothing is measured, so nothing is delayed.
        profile: Profile::none(),
        seed: args.seed.unwrap_or(DEFAULT_SEED),
        limit: limit_settings(NotionLimit::Both),
        database_url: database_url(),
        postgres_bin: args.postgres_bin.clone(),
        plant,
    })
    .await?;
    let looked = look_into(&embedded, intent, args, interrupt).await;
    let mut facts = SandboxFacts {
        profile: embedded.profile.clone(),
        postgres: embedded.postgres.clone(),
        notion: None,
    };
    // The world is taken down whatever it showed.
    let taken_down = embedded.stop();
    let (inspection, baseline, candidate) = looked?;
    facts.notion = Some(taken_down?);
    Ok(Compared {
        started,
        began,
        world: World::Sandbox(Box::new(facts)),
        baseline,
        candidate,
        inspection,
    })
}

async fn look_into(
    embedded: &Embedded,
    intent: &Intent,
    args: &IntegrityArgs,
    interrupt: &Interrupt,
) -> Result<(Inspection, TargetFacts, TargetFacts), Failure> {
    let stores = &embedded.stores;
    let export = stores.exporter.export();
    let export = export.map_err(Failure::SimulatedExport)?;
    let database = Given::parse(&stores.database_url)?;
    let known = serde_json::to_vec(&stores.id_map).map_err(IdMapError::from)?;
    let known = IdMap::read(known.as_slice())?;
    let ids = Some(intent.ids.as_ref().unwrap_or(&known));
    let looked = Looking { intent, args, ids };
    let inspection = looked.at(export.as_slice(), &database, interrupt).await?;
    let baseline = facts("export", stores.notion_url.clone());
    let candidate = facts("postgres", format!("postgres://{database}"));
    Ok((inspection, baseline, candidate))
}

/// One look at an export and a database.
struct Looking<'a> {
    intent: &'a Intent,
    args: &'a IntegrityArgs,
    ids: Option<&'a IdMap>,
}

impl Looking<'_> {
    async fn at(
        &self,
        export: impl Read,
        database: &Given,
        interrupt: &Interrupt,
    ) -> Result<Inspection, InspectError> {
        let mapping: &Mapping = &self.intent.mapping;
        let mut session = Session::unconnected(database.clone(), CONNECT_LIMIT);
        let asked = Asked {
            mapping,
            ids: self.ids,
            bodies: !self.args.no_bodies,
            database: &mut session,
        };
        let found = inspect(asked, export, interrupt).await;
        session.close().await;
        found
    }
}

/// What stands on one side: a file and a database take no requests of a driver.
fn facts(driver: &str, place: String) -> TargetFacts {
    TargetFacts {
        driver: driver.to_owned(),
        base_url: place,
        header_names: Vec::new(),
        notion_version: None,
        timeout_s: CONNECT_LIMIT.as_secs_f64(),
    }
}

/// The evidence, in the form in which every verdict is come to.
fn record(folder: &RunFolder, seed: u64, compared: Compared) -> Record {
    Record {
        schema_version: SCHEMA_VERSION,
        run: folder.run.clone(),
        command: command_line(),
        tool: tool(),
        started: compared.started.to_string(),
        elapsed_s: compared.began.elapsed().as_secs_f64(),
        seed,
        machine: machine(),
        world: compared.world,
        baseline: compared.baseline,
        candidate: compared.candidate,
        budget: BudgetFacts {
            rate: "no requests to Notion".to_owned(),
            headroom: 0.0,
        },
        gates: GateSettings {
            required: vec!["integrity".to_owned()],
            max_baseline_iterations: 0,
            max_writes: 0,
            candidate_per_baseline: 0,
            waivers: Vec::new(),
        },
        scenarios: Vec::new(),
        checks: Checks {
            integrity: Some(compared.inspection),
            ..Checks::default()
        },
        interrupted: false,
        leftovers: Vec::new(),
    }
}

/// Keeps the record, judges it, writes the reports, and prints the verdict.
fn conclude(record: &Record, folder: &RunFolder, args: &IntegrityArgs) -> Result<Exit, Failure> {
    let written = record::write(record, &folder.path.join("record.json"));
    written.map_err(CheckError::from)?;
    let verdict = judge(record);
    let summary = Summary::new(record, &verdict);
    let style = args.output_style;
    artefacts::write_all(&summary, &verdict, &folder.path, false).map_err(CheckError::from)?;
    step_summary::append(&summary);
    if style.json {
        give(conclusion::json(&verdict));
    } else if !style.quiet {
        give(conclusion::for_stdout(&summary));
        folder.tell("report.html", style);
    }
    Ok(conclusion::exit(record, verdict.verdict))
}
