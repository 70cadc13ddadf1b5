//! `capacity`: the candidate bears a constant rate of reads. The same load is one of the gates of `check`.

use std::collections::BTreeMap;

use super::check::{End, conduct};
use super::check_error::CheckError;
use super::complaint::{complain, say};
use super::ground::Prepared;
use super::intent::{Ground, Intent, IntentError};
use super::{gates, targets};
use crate::capacity::{self, Asked};
use crate::cli::{CapacityArgs, CheckArgs, NotionLimit};
use crate::config::{HIGHEST_RATE, RateLimitConfig, TargetConfig};
use crate::exit::Exit;
use crate::pace::Clock;
use crate::record::{Capacity, Distinctness, ScenarioRecord};
use crate::run::{Interrupt, Lane, RunError, Session, tell_apart};
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
    conduct(intent, &as_check, End::Verdict)
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

/// Reads once from both sides in each scenario that only reads, within the baseline's budget.
pub(super) async fn each_told_apart(
    session: &Session<'_>,
    lanes: (&Lane<&AnyTarget>, &Lane<&AnyTarget>),
) -> Result<BTreeMap<String, Distinctness>, RunError> {
    let mut found = BTreeMap::new();
    let reads = session.plan.scenarios.iter();
    for scenario in reads.filter(|scenario| !scenario.writes) {
        let distinct = tell_apart(session, scenario, lanes).await?;
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

    /// Whether there is anything that it could ask for.
    pub(super) fn has_scenarios(&self) -> bool {
        !self.scenarios.is_empty()
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
