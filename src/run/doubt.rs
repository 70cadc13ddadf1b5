//! A create of which nobody knows whether it was carried out.
//!
//! To send it again could make a second object, and to forget it would leave one behind. So the object is
//! looked up by its marker, with the scenario's `recover` steps:
//!
//! ```text
//! create -> doubt -> wait -> look up -> found:        the iteration has failed; what was captured lets
//!                     ^         |                     the clean-up remove exactly this object
//!                     +- twice -+-----> not found:    the target said that nothing was saved (409):
//!                                                     the create is sent again
//!                                                     otherwise: the iteration has failed, and its
//!                                                     object stays in the journal for the clean-up
//! ```
//!
//! A create that is found has failed all the same: its time is that of a time-out or a cut and not of an
//! answer, and nobody held its answer against what is expected. To take it for a good sample would favour
//! one side. Only a create that is sent again, and then answered, makes a good one.
//!
//! A look-up that finds nothing proves nothing, for an index may lag behind a write: only the target's own
//! word makes a second attempt safe. What a look-up finds was made by this create only when the pass has
//! made nothing else with its marker, and when there is exactly one.

use std::time::Duration;

use super::Session;
use super::lane::{Halt, Lane, Log, Patience};
use super::perform::{Captures, Performed};
use super::retry::MAX_ATTEMPTS;
use crate::scenario::{Inputs, Scenario, Step};
use crate::target::Target;

/// The waits before the look-ups: an index lags for a moment.
pub(crate) const PATIENCE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

impl<T: Target> Lane<T> {
    /// Performs the first step of a pass that makes something; a doubt about it is settled as far as it
    /// can be. A step that has failed may have captured what was found of it.
    pub(super) async fn perform_surely(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        (index, step): (u32, &Step),
        inputs: &Inputs,
        log: &mut Log,
    ) -> Result<Performed, Halt> {
        let patience = Patience::UntilInterrupted;
        let mut performed = self
            .perform(session, (index, step), inputs, patience, log)
            .await?;
        while let Some(doubt) = performed.doubt {
            // The attempt that left the doubt was filed last.
            let doubtful = log.steps.len().saturating_sub(1);
            if let Some(captured) = self.seek(session, scenario, index, inputs, log).await {
                performed.captured = captured;
                break;
            }
            if !doubt.said_not_saved || doubt.tries.let_in >= MAX_ATTEMPTS {
                break;
            }
            log.steps[doubtful].superseded = true;
            let next = (patience, doubt.tries);
            performed = self
                .perform_from(session, (index, step), inputs, next, log)
                .await?;
        }
        Ok(performed)
    }

    /// The one object that carries the marker, looked for with patience.
    async fn seek(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        index: u32,
        inputs: &Inputs,
        log: &mut Log,
    ) -> Option<Captures> {
        if scenario.recover.is_empty() {
            return None;
        }
        for pause in PATIENCE {
            self.rest(session, session.clock.elapsed(), pause);
            let before = log.steps.len();
            let found = self.look_up(session, scenario, inputs, log).await;
            for entry in log.steps.iter_mut().skip(before) {
                entry.step = index;
                entry.look_up = true;
                entry.superseded = true;
            }
            match found {
                Ok(mut objects) if objects.len() == 1 => return objects.pop(),
                Ok(objects) if objects.is_empty() => {}
                // Several, or none that could be told: the clean-up looks again, and removes all.
                Ok(_) | Err(_) => return None,
            }
        }
        None
    }
}
