//! One iteration: the timed steps in order, then the clean-up, whatever happened.

use std::collections::BTreeMap;

use super::journal::{Intent, JournalError};
use super::lane::{Halt, Lane, Log, Patience, Purpose};
use super::{RunError, Session};
use crate::record::{Failure, FailureKind, Iteration, Side, StepRecord, seconds};
use crate::scenario::{Inputs, Scenario, Step};
use crate::target::{Fate, Target};

/// Which pass through a scenario a marker belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pass {
    /// The n-th timed one.
    Timed(u32),
    /// The freshness probe before them.
    Freshness,
    /// The n-th whose answers are compared.
    Compared(u32),
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
        Pass::Compared(n) => format!("cutover-{run}-{scenario}-{side}cmp{n:04}"),
    }
}

/// What a pass did on the target, as far as its answers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// All that it was to make, or nobody knows what: a look-up that finds nothing proves nothing, for
    /// an index may lag and a list may end before it.
    Perhaps,
    /// Nothing: the step that creates was refused or never reached the target.
    Nothing,
}

/// Nothing is made when the first step that could make something was certainly not carried out.
pub(super) fn made(pass: &Result<Option<Failed>, Ended>) -> Made {
    match pass {
        Ok(Some(failed)) if failed.nothing_made => Made::Nothing,
        _ => Made::Perhaps,
    }
}

/// The step that ended a pass.
#[derive(Debug)]
pub(super) struct Failed {
    /// Its place among the steps.
    pub(super) index: usize,
    /// Why it failed.
    pub(super) failure: Failure,
    /// Whether it is the first step that may create something, and was certainly not carried out.
    nothing_made: bool,
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
    /// created is removed all the same, and what it sent is counted.
    pub(super) async fn iterate(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        n: u32,
    ) -> Result<Iteration, Ended> {
        let marker = marker(&session.plan.run, &scenario.name, self.side, Pass::Timed(n));
        let mut inputs = session.inputs(scenario, n, &marker);
        let intended_at = session.clock.elapsed();
        let mut log = Log::of(Purpose::Timed);
        let timed = self
            .pass(session, scenario, &scenario.steps, &mut inputs, &mut log)
            .await;
        let finished_at = session.clock.elapsed();
        let made = made(&timed);
        let cleaned_up = self
            .clean_up(session, scenario, &inputs, made, Purpose::CleanUp)
            .await;
        if timed.is_err() || cleaned_up.is_err() {
            self.count_interrupted(&log.steps);
        }
        let cleanup_failures = cleaned_up?;
        timed?;
        Ok(Iteration {
            n,
            intended_at_s: seconds(intended_at),
            sent_at_s: log.steps.first().map_or(0.0, |step| step.sent_at_s),
            finished_at_s: seconds(finished_at),
            budget_wait_s: seconds(log.budget_wait),
            pause_s: seconds(log.pause),
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
    ) -> Result<Option<Failed>, Ended> {
        let mut intended = false;
        let mut wrote = false;
        for (index, step) in steps.iter().enumerate() {
            let writes = !self.is_safe(step);
            if writes && !intended {
                session
                    .journal
                    .intend(self.intent(session, scenario, inputs))?;
                intended = true;
            }
            let numbered = (u32::try_from(index).unwrap_or(u32::MAX), step);
            let before = log.steps.len();
            let sent = if writes && !wrote {
                self.perform_surely(session, scenario, numbered, inputs, log)
                    .await
            } else {
                self.perform(session, numbered, inputs, Patience::UntilInterrupted, log)
                    .await
            };
            // A lane halts before it sends: what was turned away until then never came to be.
            let turned_away = |(_, fate)| fate == Some(Fate::TurnedAway);
            if sent.is_err() && intended && !wrote && log.since(before).all(turned_away) {
                session.journal.strike(inputs.marker(), "never sent")?;
            }
            let performed = sent?;
            self.keep(&step.name, &performed, inputs, log);
            log.watched(&step.name).await;
            let refused = performed.captured.is_empty() && log.since(before).all(refused);
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
            // What a read answers is evidence, also where it is not what was expected (which is kept with it),
            // and it changed nothing for the steps after it.
            let goes_on = performed.answer.is_some() && !writes && log.kept.is_some();
            if let Some(failure) = performed.failure.filter(|_| !goes_on) {
                return Ok(Some(Failed {
                    index,
                    failure,
                    nothing_made: !wrote && writes && refused,
                }));
            }
            wrote |= writes;
        }
        Ok(None)
    }

    /// Whether a step changes nothing on this side. One that it has no form for is never sent.
    pub(super) fn is_safe(&self, step: &Step) -> bool {
        self.form(step).is_none_or(|form| form.safe)
    }

    fn intent(&self, session: &Session<'_>, scenario: &Scenario, inputs: &Inputs) -> Intent {
        Intent {
            marker: inputs.marker().to_owned(),
            side: self.side,
            base_url: self.target.facts().base_url,
            reached: Some(self.reached()),
            scenario: scenario.name.clone(),
            iteration: inputs.iteration(),
            seed: session.plan.seed,
            sandbox: session.sandbox,
        }
    }
}

/// An attempt that was certainly not carried out, by what its target says of it; also a look-up. Where the
/// target leaves the answer to speak for itself, only a client error or a request that did not get through
/// says so: after another one, or none, the object may be saved all the same.
fn refused((attempt, fate): (&StepRecord, Option<Fate>)) -> bool {
    let not_sent =
        |failure: &Failure| matches!(failure.kind, FailureKind::Connect | FailureKind::Template);
    attempt.look_up
        || match (fate, attempt.status) {
            (None | Some(Fate::TurnedAway | Fate::NotSaved), _) => true,
            (Some(Fate::Unknown | Fate::ConnectionClosed), _) => false,
            (Some(Fate::Final), Some(status)) => (400..500).contains(&status),
            (Some(Fate::Final), None) => attempt.failure.as_ref().is_some_and(not_sent),
        }
}
