//! Where answers do not say how long their store took, the store itself is asked the same: Notion behind the
//! baseline, the PostgreSQL behind the candidate. What the application takes is then the difference.
//!
//! ```text
//! measured scenarios ── answers without Server-Timing? ── ask_store ── ScenarioRecord.direct
//! ```
//!
//! It comes last, when all that decides is known, and Notion is asked within what is left of its budget.

use std::collections::BTreeMap;

use super::complaint::say;
use super::ground::Prepared;
use super::stores::{Notion, Stores};
use crate::config::DEFAULT_CONNECT_TIMEOUT;
use crate::database::Given;
use crate::pace::Pace;
use crate::record::{Direct, Iterations, ScenarioRecord, Side};
use crate::run::{Lane, RunError, Session, ask_store};
use crate::stats::split_of;
use crate::target::{NotionTarget, PostgresTarget, Target};

/// Enough for a mean that is reported and decides nothing; it costs Notion's budget.
const ON_NOTION: u32 = 10;
/// A database of one's own is free to ask.
const ON_POSTGRES: u32 = 20;

/// What the stores are asked in.
pub(super) struct Attributing<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) prepared: &'a Prepared,
    pub(super) stores: &'a Stores,
    pub(super) quiet: bool,
}

impl Attributing<'_> {
    /// Asks both stores, for each scenario whose answers do not tell, as long as the run is not asked to stop.
    ///
    /// # Errors
    /// When the journal cannot be kept. What was told before is in the records.
    pub(super) async fn fill(
        &self,
        records: &mut [ScenarioRecord],
        pace: Pace,
    ) -> Result<(), RunError> {
        let notion = self.stores.notion.as_ref();
        let notion = notion.map(|notion| self.notion(notion, pace));
        let postgres = self.stores.direct.clone().map(|given| self.postgres(given));
        for record in records {
            let baseline = self.ask(record, notion.as_ref(), ON_NOTION).await?;
            let candidate = self.ask(record, postgres.as_ref(), ON_POSTGRES).await?;
            if !(baseline.is_empty() && candidate.is_empty()) {
                record.direct = Some(Direct {
                    baseline,
                    candidate,
                });
            }
        }
        Ok(())
    }

    async fn ask<T: Target>(
        &self,
        record: &ScenarioRecord,
        store: Option<&Lane<T>>,
        times: u32,
    ) -> Result<Iterations, RunError> {
        let scenarios = &self.session.plan.scenarios;
        let scenario = scenarios
            .iter()
            .find(|scenario| scenario.name == record.name);
        let (Some(scenario), Some(store)) = (scenario, store) else {
            return Ok(Iterations::new());
        };
        let answers = record.side(store.side());
        if answers.is_empty() || split_of(answers, None).is_some() {
            return Ok(Iterations::new());
        }
        let asked = ask_store(self.session, scenario, store, times).await?;
        if !self.quiet && !asked.is_empty() {
            say(format_args!(
                "{}: asked the {}'s store itself {} times, since its answers do not say how long that takes",
                record.name,
                store.side().name(),
                asked.len()
            ));
        }
        Ok(asked)
    }

    fn notion<'n>(&self, notion: &'n Notion, pace: Pace) -> Lane<&'n NotionTarget> {
        let ids = notion.databases.iter();
        let named = ids.map(|(name, id)| (format!("{name}_database"), id.clone()));
        let mut variables: BTreeMap<String, String> = named.collect();
        variables.extend(self.prepared.variables[0].clone());
        Lane::new(Side::Baseline, &notion.target, pace).with_variables(variables)
    }

    fn postgres(&self, given: Given) -> Lane<PostgresTarget> {
        let target = PostgresTarget::of(given, self.stores.limit, DEFAULT_CONNECT_TIMEOUT);
        Lane::new(Side::Candidate, target, Pace::unlimited())
            .with_variables(self.prepared.variables[1].clone())
    }
}
