//! One iteration: the timed steps in order, then the clean-up, whatever happened.

use std::collections::BTreeMap;

use super::journal::{Intent, JournalError};
use super::lane::{Halt, Lane, Log, Patience};
use super::{RunError, Session};
use crate::record::{Failure, Iteration, Side};
use crate::scenario::{Inputs, Scenario, Step};
use crate::target::Target;

/// Which pass through a scenario a marker belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pass {
    /// The n-th timed one.
    Timed(u32),
    /// The freshness probe before them.
    Freshness,
}

/// The text that stands in every object that a pass creates. Of fixed width, so that none is the
/// beginning of another and a search for one finds it alone.
pub(super) fn marker(run: &str, scenario: &str, side: Side, pass: Pass) -> String {
    let side = match side {
        Side::Baseline => 'b',
        Side::Candidate => 'c',
    };
    match pass {
        Pass::Timed(n) => format!("cutover-{run}-{scenario}-{side}{n:07}"),
        Pass::Freshness => format!("cutover-{run}-{scenario}-{side}probing"),
    }
}

/// What is left to say when an iteration did not come to its end.
pub(super) enum Ended {
    Halted(Halt),
    Failed(RunError),
}

impl From<Halt> for Ended {
    fn from(halt: Halt) -> Self {
        Self::Halted(halt)
    }
}

impl From<JournalError> for Ended {
    fn from(error: JournalError) -> Self {
        Self::Failed(error.into())
    }
}

impl<T: Target> Lane<T> {
    /// One timed pass through the steps, and the clean-up after it.
    ///
    /// An iteration that is halted between its steps is not evidence and is not returned; what it
    /// created is removed all the same.
    pub(super) async fn iterate(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        n: u32,
    ) -> Result<Iteration, Ended> {
        let marker = marker(&session.plan.run, &scenario.name, self.side, Pass::Timed(n));
        let mut inputs = session.inputs(scenario, n, &marker);
        let intended_at = session.clock.elapsed();
        let mut log = Log::default();
        let timed = self
            .pass(session, scenario, &scenario.steps, &mut inputs, &mut log)
            .await;
        let finished_at = session.clock.elapsed();
        let cleanup_failures = self.clean_up(session, scenario, &inputs).await?;
        timed?;
        Ok(Iteration {
            n,
            intended_at_s: intended_at.as_secs_f64(),
            sent_at_s: log.steps.first().map_or(0.0, |step| step.sent_at_s),
            finished_at_s: finished_at.as_secs_f64(),
            budget_wait_s: log.budget_wait.as_secs_f64(),
            pause_s: log.pause.as_secs_f64(),
            notion_requests: log.steps.iter().map(|step| step.notion_requests).sum(),
            steps: log.steps,
            cleanup_failures,
        })
    }

    /// Performs steps until one fails; writes in the journal what the first unsafe one may create.
    pub(super) async fn pass(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        steps: &[Step],
        inputs: &mut Inputs,
        log: &mut Log,
    ) -> Result<Option<(usize, Failure)>, Ended> {
        let mut intended = false;
        for (index, step) in steps.iter().enumerate() {
            if !step.safe && !intended {
                session
                    .journal
                    .intend(self.intent(session, scenario, inputs.marker()))?;
                intended = true;
            }
            let numbered = (u32::try_from(index).unwrap_or(u32::MAX), step);
            let performed = self
                .perform(session, numbered, inputs, Patience::UntilInterrupted, log)
                .await?;
            if intended && !performed.captured.is_empty() {
                let values = performed
                    .captured
                    .iter()
                    .cloned()
                    .collect::<BTreeMap<_, _>>();
                session.journal.captured(inputs.marker(), values)?;
            }
            for (name, value) in performed.captured {
                inputs.capture(name, value);
            }
            if let Some(failure) = performed.failure {
                return Ok(Some((index, failure)));
            }
        }
        Ok(None)
    }

    fn intent(&self, session: &Session<'_>, scenario: &Scenario, marker: &str) -> Intent {
        Intent {
            marker: marker.to_owned(),
            side: self.side,
            base_url: self.target.facts().base_url,
            scenario: scenario.name.clone(),
            sandbox: session.sandbox,
        }
    }
}
