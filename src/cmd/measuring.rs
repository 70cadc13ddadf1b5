//! From an intent to a record: lanes, rule and progress are made, and every scenario is measured.

use super::check_error::CheckError;
use super::gates;
use super::ground::Prepared;
use super::intent::Intent;
use super::machine::{command_line, machine, tool};
use super::progress::Progress;
use super::run_folder::RunFolder;
use super::verdict_rule::VerdictRule;
use crate::cli::OutputStyle;
use crate::pace::{Clock, Pace};
use crate::plan::Plan;
use crate::record::{
    BudgetFacts, Checks, GateSettings, Record, SCHEMA_VERSION, ScenarioRecord, Side,
};
use crate::run::{Interrupt, Journal, JournalError, Lane, Open, RunError, Session, measure};
use crate::scenario::Scenario;
use crate::target::Target as _;

/// Measures every scenario. The error, if any, is why the rest was not measured.
pub(super) async fn measured(
    intent: Intent,
    folder: &RunFolder,
    prepared: &Prepared,
    interrupt: Interrupt,
    style: OutputStyle,
) -> Result<(Record, Option<RunError>), CheckError> {
    let started = jiff::Timestamp::now();
    let driver = prepared.baseline.driver();
    let costs = intent.scenarios.iter().map(|one| one.largest_cost(driver));
    let largest_cost = costs.max().unwrap_or(1);
    let pace = Pace::limited(intent.budget.rate, intent.budget.headroom, largest_cost)?;
    let plan = Plan::new(
        folder.run.clone(),
        intent.seed,
        intent.scenarios,
        intent.bounds,
        intent.writes_allowed,
    );
    let waivers = intent.gates.waivers.into_iter();
    let gates = GateSettings {
        required: intent.gates.required,
        max_baseline_iterations: plan.bounds.max_baseline_iterations,
        max_writes: plan.bounds.max_writes,
        candidate_per_baseline: plan.bounds.candidate_per_baseline,
        waivers: waivers
            .map(|waiver| gates::waiver(waiver, started))
            .collect(),
    };
    let journal = Journal::in_folder(&folder.path);
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt,
        journal: &journal,
        sandbox: prepared.embedded.is_some(),
    };
    let (scenarios, stopped_by) = each(&session, prepared, pace, &gates, style.quiet).await;
    let mut leftovers = left_behind(&journal)?;
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
        checks: Checks::default(),
        interrupted: session.interrupt.requested(),
        leftovers,
    };
    Ok((record, stopped_by))
}

/// The scenarios in their order, until one cannot be measured or the run is asked to stop.
async fn each(
    session: &Session<'_>,
    prepared: &Prepared,
    pace: Pace,
    gates: &GateSettings,
    quiet: bool,
) -> (Vec<ScenarioRecord>, Option<RunError>) {
    let [of_baseline, of_candidate] = prepared.variables.clone();
    let baseline = Lane::new(Side::Baseline, &prepared.baseline, pace).with_variables(of_baseline);
    let candidate = Lane::new(Side::Candidate, &prepared.candidate, Pace::unlimited())
        .with_variables(of_candidate);
    let mut rule = VerdictRule::new(gates.clone());
    let cap = gates.max_baseline_iterations;
    let progress = Progress::new(quiet, &session.plan.scenarios, cap, rule.latest());
    let mut records = Vec::new();
    for scenario in &session.plan.scenarios {
        if session.interrupt.requested() {
            break;
        }
        let lanes = (&baseline, &candidate);
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

/// What a run made and could not confirm as removed, in words.
pub(super) fn left_behind(journal: &Journal) -> Result<Vec<String>, JournalError> {
    let in_words = |open: &Open| {
        let intent = &open.intent;
        format!(
            "{} on the {} ({})",
            intent.marker,
            intent.side.name(),
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
