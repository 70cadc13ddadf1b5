//! `parity`: ask both sides for the same, compare what they answer, and judge that alone.

use tokio::runtime;

use super::check_error::CheckError;
use super::comparing::Comparing;
use super::complaint::{complain, say};
use super::conclusion;
use super::embedded::Embedded;
use super::gates;
use super::ground::Prepared;
use super::intent::{self, Ground, IntentError};
use super::machine::{command_line, machine, tool};
use super::run_folder::RunFolder;
use super::signals;
use super::stores;
use super::watching::Watching;
use crate::cli::{NotionLimit, ParityArgs};
use crate::config::{BudgetConfig, Config, RunConfig, WaiverConfig};
use crate::database::Given;
use crate::exit::Exit;
use crate::pace::{Clock, Pace};
use crate::plan::{Bounds, Plan};
use crate::record::{self, BudgetFacts, Checks, GateSettings, Record, SCHEMA_VERSION, Side, World};
use crate::run::{Interrupt, Journal, Lane, RunError, Session};
use crate::sandbox::profile::Profile;
use crate::scenario::Scenario;
use crate::target::Target as _;

/// The profile without delays: latencies are not compared.
const NO_DELAYS: &str = "none";
/// The gate that this verb has evidence for.
const GATE: &str = "parity";

/// What shall be compared.
struct Intent {
    ground: Ground,
    /// The candidate's database, through a pooler and directly, where a configuration names it.
    database: Option<(Option<Given>, Option<Given>)>,
    scenarios: Vec<Scenario>,
    budget: BudgetConfig,
    /// Those of the configuration that concern this gate.
    waivers: Vec<WaiverConfig>,
    run: RunConfig,
    writes_allowed: bool,
}

/// Runs the verb.
pub(super) fn parity(args: &ParityArgs) -> Exit {
    let intent = match Intent::resolve(args) {
        Ok(intent) => intent,
        Err(error) => {
            match &error {
                // It comes with its own headings, one for each mistake.
                IntentError::Files(_) => say(&error),
                _ => complain(&error),
            }
            return Exit::Usage;
        }
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime
        .map_err(CheckError::Runtime)
        .and_then(|runtime| runtime.block_on(run(intent, args)));
    ended.unwrap_or_else(|error| {
        complain(&error);
        error.exit()
    })
}

impl Intent {
    fn resolve(args: &ParityArgs) -> Result<Self, IntentError> {
        let found = intent::configuration(args.config.as_deref(), args.sandbox.is_some())?;
        let database = found.as_ref().map(stores::database_urls).transpose()?;
        let (ground, budget, mut run, mut waivers) = match found {
            Some(_) if args.plant.is_some() => return Err(IntentError::PlantWithoutSandbox),
            Some(Config {
                baseline,
                candidate,
                budget,
                run,
                gates,
                ..
            }) => {
                let ground = Ground::Live {
                    baseline,
                    candidate,
                };
                (ground, budget, run, gates.waivers)
            }
            None => {
                let profile = Profile::load(args.sandbox.as_deref().unwrap_or(NO_DELAYS))?;
                let plant = args.plant;
                let ground = Ground::Sandbox { profile, plant };
                let (budget, run) = (BudgetConfig::default(), RunConfig::default());
                (ground, budget, run, Vec::new())
            }
        };
        if !args.scenarios.is_empty() {
            run.scenarios.clone_from(&args.scenarios);
        }
        run.seed = args.seed.unwrap_or(run.seed);
        if let Some(output) = &args.output {
            run.output.clone_from(output);
        }
        let all = intent::scenarios(&run.scenarios)?;
        waivers.retain(|waiver| waiver.gate == GATE);
        intent::waived_scenarios(&waivers, &all, &args.scenarios)?;
        let scenarios = intent::only(all, &args.only)?;
        let is_live = matches!(ground, Ground::Live { .. });
        Ok(Self {
            ground,
            database,
            scenarios,
            budget,
            waivers,
            run,
            writes_allowed: !is_live || args.allow_writes,
        })
    }

    /// What will be created on live targets, said before it is; `None` when nothing is.
    fn announcement(&self) -> Option<String> {
        let is_live = matches!(self.ground, Ground::Live { .. });
        let writing = self.scenarios.iter().filter(|scenario| scenario.writes);
        let names: Vec<&str> = writing.map(|scenario| scenario.name.as_str()).collect();
        (is_live && self.writes_allowed && !names.is_empty()).then(|| {
            format!(
                "{} will each create up to two objects on the baseline and one on the candidate, each \
                 with a marker, and remove them again.",
                names.join(" and ")
            )
        })
    }

    /// What holds for the run. Nothing is measured, so that it has no scenario to plan.
    fn plan(&self, run: &str) -> Plan {
        let bounds = Bounds {
            max_baseline_iterations: self.run.max_baseline_iterations,
            candidate_per_baseline: self.run.candidate_per_baseline,
            max_writes: self.run.max_writes,
            max_pause: self.run.max_pause,
            time_limit: self.run.time_limit,
        };
        let seed = self.run.seed;
        Plan::new(
            run.to_owned(),
            seed,
            Vec::new(),
            bounds,
            self.writes_allowed,
        )
    }
}

async fn run(intent: Intent, args: &ParityArgs) -> Result<Exit, CheckError> {
    let interrupt = signals::listen();
    let folder = RunFolder::create(&intent.run.output)?;
    folder.keep_scenarios(&intent.scenarios)?;
    if let (Some(announcement), false) = (intent.announcement(), args.output_style.quiet) {
        say(announcement);
    }
    let bin = args.postgres_bin.as_deref();
    let limit = NotionLimit::Both;
    let prepared = Prepared::start(&intent.ground, intent.run.seed, limit, bin).await?;
    let compared = compared(&intent, &folder, &prepared, interrupt, args).await;
    // The world is taken down before anything can go wrong with what it showed.
    let taken_down = prepared.embedded.map(Embedded::stop).transpose();
    let (mut record, stopped_by) = compared?;
    if let (World::Sandbox(facts), Ok(Some(notion))) = (&mut record.world, &taken_down) {
        facts.notion = Some(notion.clone());
    }
    record::write(&record, &folder.path.join("record.json"))?;
    taken_down?;
    if let Some(error) = stopped_by {
        let kept = folder.path.join("record.json");
        say(format_args!(
            "What was compared until then: {}",
            kept.display()
        ));
        return Err(error.into());
    }
    conclusion::conclude(&record, &folder, args.output_style, false)
}

/// Compares every scenario. The error, if any, is why the rest was not compared.
async fn compared(
    intent: &Intent,
    folder: &RunFolder,
    prepared: &Prepared,
    interrupt: Interrupt,
    args: &ParityArgs,
) -> Result<(Record, Option<RunError>), CheckError> {
    let started = jiff::Timestamp::now();
    let driver = prepared.baseline.driver();
    let costs = intent.scenarios.iter().map(|one| one.largest_cost(driver));
    let largest_cost = costs.max().unwrap_or(1);
    let pace = Pace::limited(intent.budget.rate, intent.budget.headroom, largest_cost)?;
    let plan = intent.plan(&folder.run);
    let journal = Journal::in_folder(&folder.path);
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt,
        journal: &journal,
        sandbox: prepared.embedded.is_some(),
    };
    let [of_baseline, of_candidate] = prepared.variables.clone();
    let baseline = Lane::new(Side::Baseline, &prepared.baseline, pace).with_variables(of_baseline);
    let candidate = Lane::new(Side::Candidate, &prepared.candidate, Pace::unlimited())
        .with_variables(of_candidate);
    let embedded = prepared.embedded.as_ref();
    let embedded = embedded.and_then(|it| Given::parse(&it.stores.database_url).ok());
    let (pooled, direct) = intent.database.clone().unwrap_or((None, embedded));
    let comparing = Comparing {
        watching: Watching::at(pooled, direct),
        session: &session,
        folder,
        draws: args.draws,
        quiet: args.output_style.quiet || args.output_style.json,
    };
    let outcome = comparing
        .run(&intent.scenarios, (&baseline, &candidate))
        .await;
    let waivers = intent.waivers.iter().cloned();
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
        gates: GateSettings {
            required: vec![GATE.to_owned()],
            max_baseline_iterations: plan.bounds.max_baseline_iterations,
            max_writes: plan.bounds.max_writes,
            candidate_per_baseline: plan.bounds.candidate_per_baseline,
            waivers: waivers
                .map(|waiver| gates::waiver(waiver, started))
                .collect(),
        },
        scenarios: Vec::new(),
        checks: Checks {
            parity: outcome.compared,
            ..Checks::default()
        },
        interrupted: session.interrupt.requested(),
        leftovers: super::measuring::left_behind(&journal, Side::name)?,
    };
    Ok((record, outcome.stopped_by))
}
