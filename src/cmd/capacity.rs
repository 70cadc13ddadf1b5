//! `capacity`: the candidate bears a constant rate of reads. The same load is one of the gates of `check`.

use std::collections::BTreeMap;
use std::ops::Deref;

use tokio::runtime;

use super::check::conclude;
use super::check_error::CheckError;
use super::complaint::{complain, say};
use super::embedded::Embedded;
use super::ground::Prepared;
use super::intent::{Ground, Intent, IntentError};
use super::machine::{command_line, machine, tool};
use super::run_folder::RunFolder;
use super::{gates, signals, targets};
use crate::capacity::{self, Asked};
use crate::cli::{CapacityArgs, CheckArgs, NotionLimit};
use crate::config::{HIGHEST_RATE, RateLimitConfig, TargetConfig};
use crate::exit::Exit;
use crate::pace::{Clock, Pace};
use crate::plan::Plan;
use crate::record::{
    self, BudgetFacts, Capacity, Checks, Distinctness, GateSettings, Record, SCHEMA_VERSION,
    ScenarioRecord, Side, World,
};
use crate::run::{Interrupt, Journal, Lane, RunError, Session, tell_apart};
use crate::scenario::Measured;
use crate::target::{AnyTarget, Target as _, TargetError};
use crate::units::show_duration;

/// Runs the verb.
pub(super) fn capacity(args: &CapacityArgs) -> Exit {
    if let Some(rate) = args.rate.filter(|rate| rate.per_second() > HIGHEST_RATE) {
        say(format_args!(
            "error: --rate {rate} is a test of the machine that cutover runs on; at most {HIGHEST_RATE}/s"
        ));
        return Exit::Usage;
    }
    if args.lasts.is_some_and(|lasts| lasts.is_zero()) {
        say("error: --for must be more than nothing, like 20s");
        return Exit::Usage;
    }
    let as_check = as_check(args);
    let mut intent = match Intent::of_reads(&as_check) {
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
    intent.rate_limit.rate = args.rate.unwrap_or(intent.rate_limit.rate);
    intent.rate_limit.lasts = args.lasts.unwrap_or(intent.rate_limit.lasts);
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime
        .map_err(CheckError::Runtime)
        .and_then(|runtime| runtime.block_on(run(intent, &as_check)));
    ended.unwrap_or_else(|error| {
        complain(&error);
        error.exit()
    })
}

/// What `check` would be asked for, to find the same targets and scenarios.
fn as_check(args: &CapacityArgs) -> CheckArgs {
    CheckArgs {
        config: args.config.clone(),
        sandbox: args.sandbox.clone(),
        scenarios: args.scenarios.clone(),
        only: args.only.clone(),
        seed: args.seed,
        max_baseline_iterations: None,
        output: args.output.clone(),
        allow_writes: false,
        gates: vec![gates::RATE_LIMIT.to_owned()],
        fail_fast: false,
        notion_limit: NotionLimit::Both,
        postgres_bin: args.postgres_bin.clone(),
        png: false,
        plant: args.plant,
        output_style: args.output_style,
    }
}

async fn run(intent: Intent, args: &CheckArgs) -> Result<Exit, CheckError> {
    let interrupt = signals::listen();
    let folder = RunFolder::create(&intent.output)?;
    folder.keep_scenarios(intent.scenarios.iter().map(Deref::deref))?;
    let bin = args.postgres_bin.as_deref();
    let prepared = Prepared::start(&intent.ground, intent.seed, args.notion_limit, bin).await?;
    let loaded = loaded(
        intent,
        &folder,
        &prepared,
        interrupt,
        args.output_style.quiet,
    )
    .await;
    // The world is taken down before anything can go wrong with what it showed.
    let taken_down = prepared.embedded.map(Embedded::stop).transpose();
    let mut record = loaded?;
    if let (World::Sandbox(facts), Ok(Some(notion))) = (&mut record.world, &taken_down) {
        facts.notion = Some(notion.clone());
    }
    record::write(&record, &folder.path.join("record.json"))?;
    taken_down?;
    conclude(&record, &folder, args)
}

/// The record of a load alone.
async fn loaded(
    intent: Intent,
    folder: &RunFolder,
    prepared: &Prepared,
    interrupt: Interrupt,
    quiet: bool,
) -> Result<Record, CheckError> {
    let started = jiff::Timestamp::now();
    let load = Load::of(&intent, prepared);
    if !quiet {
        say(format_args!("{load}"));
    }
    let (seed, budget) = (intent.seed, intent.budget);
    let driver = prepared.baseline.driver();
    let costs = intent.scenarios.iter().map(|one| one.largest_cost(driver));
    let pace = Pace::limited(budget.rate, budget.headroom, costs.max().unwrap_or(1))?;
    let waivers = intent.gates.waivers.into_iter();
    let waivers = waivers.filter(|waiver| waiver.gate == gates::RATE_LIMIT);
    let gates = GateSettings {
        required: vec![gates::RATE_LIMIT.to_owned()],
        max_baseline_iterations: intent.bounds.max_baseline_iterations,
        max_writes: intent.bounds.max_writes,
        candidate_per_baseline: intent.bounds.candidate_per_baseline,
        waivers: waivers
            .map(|waiver| gates::waiver(waiver, started))
            .collect(),
    };
    let plan = Plan::new(
        folder.run.clone(),
        seed,
        intent.scenarios,
        intent.bounds,
        intent.writes_allowed,
    );
    let journal = Journal::in_folder(&folder.path);
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt,
        journal: &journal,
        sandbox: prepared.embedded.is_some(),
    };
    let told_apart = each_told_apart(&session, prepared, pace).await?;
    let (clock, interrupt) = (session.clock, session.interrupt.clone());
    let rate_limit = load
        .bear(&folder.run, prepared, &told_apart, clock, interrupt)
        .await?;
    Ok(Record {
        schema_version: SCHEMA_VERSION,
        run: folder.run.clone(),
        command: command_line(),
        tool: tool(),
        started: started.to_string(),
        elapsed_s: session.clock.elapsed().as_secs_f64(),
        seed,
        machine: machine(),
        world: prepared.world.clone(),
        baseline: prepared.baseline.facts(),
        candidate: prepared.candidate.facts(),
        budget: BudgetFacts {
            rate: budget.rate.to_string(),
            headroom: budget.headroom,
        },
        gates,
        scenarios: Vec::new(),
        checks: Checks {
            rate_limit: Some(rate_limit),
            ..Checks::default()
        },
        interrupted: session.interrupt.requested(),
        leftovers: Vec::new(),
    })
}

/// Reads once from both sides in each scenario, within the baseline's budget.
async fn each_told_apart(
    session: &Session<'_>,
    prepared: &Prepared,
    pace: Pace,
) -> Result<BTreeMap<String, Distinctness>, RunError> {
    let [of_baseline, of_candidate] = prepared.variables.clone();
    let baseline = Lane::new(Side::Baseline, &prepared.baseline, pace).with_variables(of_baseline);
    let candidate = Lane::new(Side::Candidate, &prepared.candidate, Pace::unlimited())
        .with_variables(of_candidate);
    let mut found = BTreeMap::new();
    for scenario in &session.plan.scenarios {
        let distinct = tell_apart(session, scenario, (&baseline, &candidate)).await?;
        found.insert(scenario.name.clone(), distinct);
    }
    Ok(found)
}

/// Whether the sides are two in each scenario that was measured, for a load in the same run.
pub(super) fn told_apart(records: &[ScenarioRecord]) -> BTreeMap<String, Distinctness> {
    let distinct = |one: &ScenarioRecord| (one.name.clone(), one.preflight.distinct.clone());
    records.iter().map(distinct).collect()
}

/// How one more client of the candidate is made.
enum Candidate {
    Live(Box<TargetConfig>),
    Sandbox(String),
}

impl Candidate {
    fn client(&self) -> Result<AnyTarget, TargetError> {
        match self {
            Self::Live(config) => targets::configured(config),
            Self::Sandbox(url) => targets::embedded(url),
        }
    }
}

/// All that a load needs, taken from an intent before measuring uses that up:
///
/// ```text
/// let load = Load::of(&intent, &prepared);
/// ... measure ...
/// checks.rate_limit = Some(load.bear(run, &prepared, &told_apart(&scenarios), clock, interrupt).await?);
/// ```
pub(super) struct Load {
    candidate: Candidate,
    scenarios: Vec<Measured>,
    limit: RateLimitConfig,
    seed: u64,
}

impl Load {
    /// The load that an intent asks for, of the scenarios in it that only read.
    pub(super) fn of(intent: &Intent, prepared: &Prepared) -> Self {
        let candidate = match (&intent.ground, &prepared.embedded) {
            (Ground::Live { candidate, .. }, _) => Candidate::Live(Box::new(candidate.clone())),
            (Ground::Sandbox { .. }, Some(embedded)) => {
                Candidate::Sandbox(embedded.candidate_url.clone())
            }
            (Ground::Sandbox { .. }, None) => {
                Candidate::Sandbox(prepared.candidate.facts().base_url)
            }
        };
        let driver = prepared.candidate.driver();
        let reads = intent.scenarios.iter();
        let reads = reads.filter(|scenario| capacity::reads(scenario, driver));
        Self {
            candidate,
            scenarios: reads.cloned().collect(),
            limit: intent.rate_limit,
            seed: intent.seed,
        }
    }

    /// Lets the candidate bear it.
    pub(super) async fn bear(
        &self,
        run: &str,
        prepared: &Prepared,
        told_apart: &BTreeMap<String, Distinctness>,
        clock: Clock,
        interrupt: Interrupt,
    ) -> Result<Capacity, CheckError> {
        let [_, variables] = &prepared.variables;
        let asked = Asked {
            rate: self.limit.rate,
            lasts: self.limit.lasts,
            scenarios: &self.scenarios,
            run,
            seed: self.seed,
            variables,
            baseline: &prepared.baseline.facts(),
            told_apart,
            clock,
            interrupt,
        };
        Ok(capacity::load(&asked, || self.candidate.client()).await?)
    }
}

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.scenarios.iter().map(|one| one.name.as_str()).collect();
        write!(
            f,
            "The candidate bears {} for {}, reads only: {}.",
            self.limit.rate,
            show_duration(self.limit.lasts),
            names.join(", ")
        )
    }
}
