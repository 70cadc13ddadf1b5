//! From an intent to a record: what is required is looked at, and every scenario is measured.
//!
//! ```text
//! stores, answers (looking) -> scenarios (measure) -> constant rate (load) -> stores alone (attributing) -> Record
//! ```

use std::collections::BTreeMap;

use super::attributing::Attributing;
use super::capacity::{Load, each_told_apart, told_apart};
use super::check_error::CheckError;
use super::comparing::Comparing;
use super::complaint::say;
use super::gates;
use super::ground::Prepared;
use super::intent::Intent;
use super::looking::Looking;
use super::machine::{command_line, machine, tool};
use super::progress::Progress;
use super::run_folder::RunFolder;
use super::stores::Stores;
use super::verdict_rule::VerdictRule;
use super::watching::Watching;
use crate::cli::OutputStyle;
use crate::config::GatesConfig;
use crate::pace::{Clock, Pace};
use crate::plan::{Bounds, Plan};
use crate::record::{
    BudgetFacts, Capacity, Checks, Distinctness, GateSettings, Record, SCHEMA_VERSION,
    ScenarioRecord, Side,
};
use crate::run::{Interrupt, Journal, JournalError, Lane, Open, RunError, Session, measure};
use crate::scenario::Scenario;
use crate::target::{AnyTarget, Target as _};
use crate::verdict::{Gate, Outcome, run_gates};

/// What a run happens in.
pub(super) struct Around<'a> {
    pub(super) folder: &'a RunFolder,
    pub(super) prepared: &'a Prepared,
    /// What stands behind both sides, where something asks for it.
    pub(super) stores: Option<&'a Stores>,
    pub(super) style: OutputStyle,
}

/// Looks at all that is required, and measures every scenario. The error, if any, is why the rest was not.
pub(super) async fn measured(
    intent: Intent,
    around: &Around<'_>,
    interrupt: Interrupt,
) -> Result<(Record, Option<RunError>), CheckError> {
    let Around {
        folder, prepared, ..
    } = around;
    let started = jiff::Timestamp::now();
    let driver = prepared.baseline.driver();
    let costs = intent.compared.iter().map(|one| one.largest_cost(driver));
    let largest_cost = costs.max().unwrap_or(1);
    let load = Load::of(&intent, prepared);
    let pace = Pace::limited(intent.budget.rate, intent.budget.headroom, largest_cost)?;
    let plan = Plan::new(
        folder.run.clone(),
        intent.seed,
        intent.scenarios,
        intent.bounds,
        intent.writes_allowed,
    );
    let gates = settings(intent.gates, &plan.bounds, started);
    let journal = Journal::in_folder(&folder.path);
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt,
        journal: &journal,
        sandbox: prepared.embedded.is_some(),
    };
    let passing = Passing {
        session: &session,
        around,
        gates: &gates,
        fail_fast: intent.fail_fast,
    };
    let passed = passing.all(&intent.compared, pace, &load).await?;
    let (scenarios, stopped_by) = (passed.scenarios, passed.stopped_by);
    let mut leftovers = left_behind(&journal, Side::name)?;
    leftovers.extend(
        plan.scenarios
            .iter()
            .filter_map(|scenario| left_by_design(scenario, &scenarios)),
    );
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
        gates,
        scenarios,
        checks: passed.checks,
        interrupted: session.interrupt.requested(),
        leftovers,
    };
    Ok((record, stopped_by))
}

/// What the verdict will be come to by.
fn settings(gates: GatesConfig, bounds: &Bounds, started: jiff::Timestamp) -> GateSettings {
    let waivers = gates.waivers.into_iter();
    GateSettings {
        required: gates.required,
        max_baseline_iterations: bounds.max_baseline_iterations,
        max_writes: bounds.max_writes,
        candidate_per_baseline: bounds.candidate_per_baseline,
        waivers: waivers
            .map(|waiver| gates::waiver(waiver, started))
            .collect(),
    }
}

/// Looking and measuring, one after the other.
struct Passing<'a> {
    session: &'a Session<'a>,
    around: &'a Around<'a>,
    gates: &'a GateSettings,
    fail_fast: bool,
}

/// What came of it.
struct Passed {
    checks: Checks,
    scenarios: Vec<ScenarioRecord>,
    stopped_by: Option<RunError>,
}

impl Passing<'_> {
    async fn all(
        &self,
        compared: &[Scenario],
        pace: Pace,
        load: &Load,
    ) -> Result<Passed, CheckError> {
        let prepared = self.around.prepared;
        let looking = Looking {
            session: self.session,
            required: &self.gates.required,
            quiet: self.around.style.quiet,
        };
        let (mut checks, pace) = match self.around.stores {
            Some(stores) => looking.at_stores(stores, pace).await,
            None => (Checks::default(), pace),
        };
        let [of_baseline, of_candidate] = prepared.variables.clone();
        let baseline =
            Lane::new(Side::Baseline, &prepared.baseline, pace).with_variables(of_baseline);
        let candidate = Lane::new(Side::Candidate, &prepared.candidate, Pace::unlimited())
            .with_variables(of_candidate);
        let lanes = (&baseline, &candidate);
        let comparing = Comparing {
            session: self.session,
            folder: self.around.folder,
            watching: self
                .around
                .stores
                .map_or(Watching::Nothing, Stores::watching),
            draws: None,
            quiet: self.around.style.quiet,
        };
        let mut stopped_by = looking
            .at_answers(&comparing, compared, lanes, &mut checks)
            .await;
        let mut scenarios = Vec::new();
        let is_over = self.fail_fast && is_refuted(&checks, self.gates);
        let wants_figures = gates::want_figures(&self.gates.required);
        if stopped_by.is_none() && wants_figures && !is_over {
            (scenarios, stopped_by) = self.each(lanes).await;
        }
        if stopped_by.is_none() && !is_over && looking.wants(gates::RATE_LIMIT) {
            let apart = match wants_figures {
                true => told_apart(&scenarios),
                false => each_told_apart(self.session, lanes).await?,
            };
            checks.rate_limit = Some(self.load(load, &apart).await?);
        }
        if let (Some(stores), None) = (self.around.stores, &stopped_by) {
            let attributing = Attributing {
                session: self.session,
                prepared,
                stores,
                quiet: self.around.style.quiet,
            };
            let filled = attributing.fill(&mut scenarios, baseline.into_pace()).await;
            stopped_by = filled.err();
        }
        Ok(Passed {
            checks,
            scenarios,
            stopped_by,
        })
    }

    async fn load(
        &self,
        load: &Load,
        apart: &BTreeMap<String, Distinctness>,
    ) -> Result<Capacity, CheckError> {
        if !self.around.style.quiet && load.has_scenarios() {
            say(load);
        }
        let (run, prepared) = (&self.around.folder.run, self.around.prepared);
        let (clock, interrupt) = (self.session.clock, self.session.interrupt.clone());
        load.bear(run, prepared, apart, clock, interrupt).await
    }

    /// The scenarios in their order, until one cannot be measured or the run is asked to stop.
    async fn each(
        &self,
        lanes: (&Lane<&AnyTarget>, &Lane<&AnyTarget>),
    ) -> (Vec<ScenarioRecord>, Option<RunError>) {
        let (session, gates) = (self.session, self.gates);
        let mut rule = VerdictRule::new(gates.clone());
        let cap = gates.max_baseline_iterations;
        let quiet = self.around.style.quiet;
        let progress = Progress::new(quiet, &session.plan.scenarios, cap, rule.latest());
        let mut records = Vec::new();
        for scenario in &session.plan.scenarios {
            if session.interrupt.requested() {
                break;
            }
            match measure(session, scenario, lanes, &mut rule, &progress).await {
                Ok(record) => records.push(record),
                Err(cut_short) => {
                    records.push(*cut_short.record);
                    return (records, Some(cut_short.error));
                }
            }
        }
        (records, None)
    }
}

/// Whether a look refutes a gate that nobody waived.
fn is_refuted(checks: &Checks, gates: &GateSettings) -> bool {
    let refuted = |gate: &Gate| gate.required && gate.counts_as() == Outcome::NoGo;
    run_gates(checks, gates).iter().any(refuted)
}

/// What a run made and could not confirm as removed, in words that name its side.
pub(super) fn left_behind(
    journal: &Journal,
    name: fn(Side) -> &'static str,
) -> Result<Vec<String>, JournalError> {
    let in_words = |open: &Open| {
        let intent = &open.intent;
        format!(
            "{} on the {} ({})",
            intent.marker,
            name(intent.side),
            intent.base_url
        )
    };
    Ok(journal.open_entries()?.iter().map(in_words).collect())
}

/// What a scenario leaves because its API cannot delete.
fn left_by_design(scenario: &Scenario, records: &[ScenarioRecord]) -> Option<String> {
    let leaves = scenario.leaves.as_ref()?;
    let record = records.iter().find(|record| record.name == scenario.name)?;
    let (baseline, candidate) = (record.baseline.len(), record.candidate.len());
    Some(format!(
        "{}: {leaves}; {baseline} timed iterations on the baseline, {candidate} on the candidate",
        scenario.name
    ))
}
