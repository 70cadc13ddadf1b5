//! `cutover integrity`: is all the data there? Every page of Notion against its row.
//!
//! Nothing is measured: the record that it leaves has no scenario, only what was found, and the gate
//! `integrity` is the only required one. [`inspect()`] is what `check` does as well.

mod inspect;
mod intent;
mod live;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::runtime;

use super::check_error::CheckError;
use super::complaint::{complain, say};
use super::embedded::{Embedded, EmbeddedError};
use super::machine::{command_line, machine, tool};
use super::run_folder::RunFolder;
use super::sandbox::{database_url, limit_settings};
use super::{conclusion, gates, signals};
use crate::cli::{IntegrityArgs, NotionLimit};
use crate::config::{DEFAULT_SEED, WaiverConfig};
use crate::database::{DatabaseError, Given, Session};
use crate::exit::Exit;
use crate::integrity::{IdMap, IdMapError, Page};
use crate::record::{
    self, BudgetFacts, Checks, GateSettings, Inspection, Record, SCHEMA_VERSION, SandboxFacts,
    TargetFacts, World,
};
use crate::run::Interrupt;
use crate::sandbox::profile::Profile;
use crate::sandbox::{Options, Plant};
use crate::target::{Target as _, TargetError};

pub(super) use inspect::{Asked, InspectError, inspect, inspect_pages};
pub(super) use intent::{
    DEFAULT_MAPPING, IntentError, SANDBOX_MAPPING, database_of, id_map, mapping,
};
use intent::{Ground, Intent, Pages};
pub(super) use live::Listed;
use live::Notion;

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
    Target(#[from] TargetError),
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
            | Self::Target(_)
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
    let compared = compare(intent, args, &folder.path, &interrupt).await;
    if compared.is_err() {
        // It is empty; where it is not, it is somebody's.
        let _ = std::fs::remove_dir(&folder.path);
    }
    let seed = args.seed.unwrap_or(DEFAULT_SEED);
    let record = record(&folder, seed, intent.waivers.clone(), compared?);
    record::write(&record, &folder.path.join("record.json")).map_err(CheckError::from)?;
    let ended = conclusion::conclude(&record, &folder, args.output_style, false);
    ended.map_err(Failure::from)
}

/// What was compared, and what was found.
struct Compared {
    started: jiff::Timestamp,
    began: Instant,
    world: World,
    baseline: TargetFacts,
    candidate: TargetFacts,
    /// The limit that Notion was read within.
    budget: BudgetFacts,
    inspection: Inspection,
}

async fn compare(
    intent: &Intent,
    args: &IntegrityArgs,
    folder: &Path,
    interrupt: &Interrupt,
) -> Result<Compared, Failure> {
    let ids = intent.ids.as_ref();
    let looking = Looking {
        intent,
        args,
        folder,
        ids,
        interrupt,
    };
    match &intent.ground {
        Ground::Sandbox { plant } => in_sandbox(looking, *plant).await,
        Ground::Stores { pages, database } => {
            let (started, began) = (jiff::Timestamp::now(), Instant::now());
            let (inspection, baseline) = match pages {
                Pages::Export(export) => looking.at_file(export, database).await?,
                Pages::Live(notion) => looking.at_notion(notion, database).await?,
            };
            let budget = match pages {
                Pages::Export(_) => no_requests(),
                Pages::Live(notion) => notion.budget(),
            };
            Ok(Compared {
                started,
                began,
                world: World::Live,
                baseline,
                candidate: facts("postgres", format!("postgres://{database}")),
                budget,
                inspection,
            })
        }
    }
}

async fn in_sandbox(looking: Looking<'_>, plant: Option<Plant>) -> Result<Compared, Failure> {
    let (started, began) = (jiff::Timestamp::now(), Instant::now());
    let args = looking.args;
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
    let looked = look_into(&embedded, looking).await;
    let mut facts = SandboxFacts {
        profile: embedded.profile.clone(),
        postgres: embedded.postgres.clone(),
        notion: None,
    };
    // The world is taken down whatever it showed.
    let taken_down = embedded.stop();
    let (inspection, baseline, candidate, budget) = looked?;
    facts.notion = Some(taken_down?);
    Ok(Compared {
        started,
        began,
        world: World::Sandbox(Box::new(facts)),
        baseline,
        candidate,
        budget,
        inspection,
    })
}

async fn look_into(
    embedded: &Embedded,
    looking: Looking<'_>,
) -> Result<(Inspection, TargetFacts, TargetFacts, BudgetFacts), Failure> {
    let stores = &embedded.stores;
    let database = Given::parse(&stores.database_url)?;
    let known = serde_json::to_vec(&stores.id_map).map_err(IdMapError::from)?;
    let known = IdMap::read(known.as_slice())?;
    let looking = Looking {
        ids: looking.ids.or(Some(&known)),
        ..looking
    };
    let (inspection, baseline, budget) = if looking.args.live {
        let notion = Notion::simulated(stores)?;
        let (inspection, baseline) = looking.at_notion(&notion, &database).await?;
        (inspection, baseline, notion.budget())
    } else {
        let export = stores.exporter.export().map_err(Failure::SimulatedExport)?;
        let inspection = looking.at(export.as_slice(), &database).await?;
        let baseline = facts("export", stores.notion_url.clone());
        (inspection, baseline, no_requests())
    };
    let candidate = facts("postgres", format!("postgres://{database}"));
    Ok((inspection, baseline, candidate, budget))
}

/// One look at pages and a database.
#[derive(Clone, Copy)]
struct Looking<'a> {
    intent: &'a Intent,
    args: &'a IntegrityArgs,
    /// The run's folder.
    folder: &'a Path,
    ids: Option<&'a IdMap>,
    interrupt: &'a Interrupt,
}

impl Looking<'_> {
    async fn at_file(
        &self,
        export: &Path,
        database: &Given,
    ) -> Result<(Inspection, TargetFacts), Failure> {
        let file = std::fs::File::open(export).map_err(|source| Failure::Export {
            path: export.to_owned(),
            source,
        })?;
        let inspection = self.at(file, database).await?;
        Ok((inspection, facts("export", export.display().to_string())))
    }

    async fn at(&self, export: impl Read, database: &Given) -> Result<Inspection, InspectError> {
        let mut session = Session::unconnected(database.clone(), CONNECT_LIMIT);
        let found = inspect(self.asked(&mut session), export, self.interrupt).await;
        session.close().await;
        found
    }

    async fn at_notion(
        &self,
        notion: &Notion,
        database: &Given,
    ) -> Result<(Inspection, TargetFacts), Failure> {
        let listed = Listed {
            databases: &notion.databases,
            mapping: &self.intent.mapping,
            bodies: self.intent.bodies,
            quiet: self.args.output_style.quiet,
        };
        let pages = async |sink: &mut dyn FnMut(Page)| {
            notion
                .pages(&listed, self.folder, self.interrupt, sink)
                .await
        };
        let mut session = Session::unconnected(database.clone(), CONNECT_LIMIT);
        let found = inspect_pages(self.asked(&mut session), pages, self.interrupt).await;
        session.close().await;
        Ok((found?, notion.target.facts()))
    }

    fn asked<'s>(&'s self, database: &'s mut Session) -> Asked<'s> {
        Asked {
            mapping: &self.intent.mapping,
            ids: self.ids,
            bodies: self.intent.bodies,
            database,
        }
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

/// The limit of what takes none.
fn no_requests() -> BudgetFacts {
    BudgetFacts {
        rate: "no requests to Notion".to_owned(),
        headroom: 0.0,
    }
}

/// The evidence, in the form in which every verdict is come to.
fn record(folder: &RunFolder, seed: u64, waivers: Vec<WaiverConfig>, compared: Compared) -> Record {
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
        budget: compared.budget,
        gates: GateSettings {
            required: vec![gates::INTEGRITY.to_owned()],
            max_baseline_iterations: 0,
            max_writes: 0,
            candidate_per_baseline: 0,
            waivers: waivers
                .into_iter()
                .map(|waiver| gates::waiver(waiver, compared.started))
                .collect(),
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
