//! Removing what a pass created: by what its answers gave, else by its marker.
//!
//! An object is struck off the journal only when its removal is confirmed, or when a look-up by its
//! marker finds nothing. Everything else stays in the journal for `cutover clean`.

use super::Session;
use super::journal::{JournalError, Open};
use super::lane::{Captures, Lane, Log, Patience, Performed};
use crate::record::{Failure, FailureKind};
use crate::scenario::{Inputs, Scenario, Step};
use crate::target::Target;

/// What the clean-up steps came to.
enum Removal {
    /// Every step that could run confirmed its work.
    Confirmed,
    /// No step could run: nothing that they need was captured.
    NothingToGoBy,
    /// Some step failed.
    Failed(Vec<Failure>),
}

impl<T: Target> Lane<T> {
    /// Removes what a pass created. What could not be removed is returned, and stays in the journal.
    pub(super) async fn clean_up(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        inputs: &Inputs,
    ) -> Result<Vec<Failure>, JournalError> {
        let removal = self.remove(session, scenario, inputs).await;
        let marker = inputs.marker();
        if !session.journal.is_open(marker) {
            return Ok(match removal {
                Removal::Failed(failures) => failures,
                Removal::Confirmed | Removal::NothingToGoBy => Vec::new(),
            });
        }
        if let Removal::Confirmed = removal {
            let how = scenario.leaves.as_deref().unwrap_or("removed");
            session.journal.strike(marker, how)?;
            return Ok(Vec::new());
        }
        self.recover(session, scenario, inputs).await
    }

    /// Removes what an ended run left, as its journal knows it.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn clean_up_left(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        left: &Open,
    ) -> Result<Vec<Failure>, JournalError> {
        let mut inputs = session.inputs(scenario, 0, &left.intent.marker);
        for (name, value) in &left.values {
            inputs.capture(name.clone(), value.clone());
        }
        self.clean_up(session, scenario, &inputs).await
    }

    /// Looks for the object of a marker and removes each that is found.
    ///
    /// # Errors
    /// When the journal cannot be written.
    async fn recover(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        inputs: &Inputs,
    ) -> Result<Vec<Failure>, JournalError> {
        let found = match self.look_up(session, scenario, inputs).await {
            Ok(found) => found,
            Err(failure) => return Ok(vec![failure]),
        };
        let mut failures = Vec::new();
        for object in &found {
            let mut inputs = inputs.clone();
            object
                .iter()
                .cloned()
                .for_each(|(name, value)| inputs.capture(name, value));
            match self.remove(session, scenario, &inputs).await {
                Removal::Confirmed => {}
                Removal::Failed(more) => failures.extend(more),
                Removal::NothingToGoBy => failures.push(Failure {
                    kind: FailureKind::Template,
                    detail: "the recover steps capture nothing that the clean-up needs".to_owned(),
                }),
            }
        }
        if failures.is_empty() {
            let how = if found.is_empty() {
                "looked up and not found"
            } else {
                "found and removed"
            };
            session.journal.strike(inputs.marker(), how)?;
        }
        Ok(failures)
    }

    /// The objects that carry the marker of `inputs`, each with what was captured of it.
    pub(super) async fn look_up(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        inputs: &Inputs,
    ) -> Result<Vec<Captures>, Failure> {
        let mut inputs = inputs.clone();
        let mut log = Log::default();
        let mut known = Captures::new();
        let mut objects = Vec::new();
        for (index, step) in (0..).zip(&scenario.recover) {
            let performed = self
                .last_word(session, (index, step), &inputs, &mut log)
                .await?;
            if let Some(failure) = performed.failure {
                return Err(failure);
            }
            objects = performed.objects;
            if objects.is_empty() {
                return Ok(Vec::new());
            }
            objects
                .iter_mut()
                .for_each(|object| object.splice(0..0, known.clone()).for_each(drop));
            for (name, value) in performed.captured {
                inputs.capture(name.clone(), value.clone());
                known.push((name, value));
            }
        }
        Ok(objects)
    }

    /// Runs the clean-up steps for which everything is known, to the end even when one fails.
    async fn remove(&self, session: &Session<'_>, scenario: &Scenario, inputs: &Inputs) -> Removal {
        let mut log = Log::default();
        let mut failures = Vec::new();
        let mut ran = false;
        for (index, step) in (0..).zip(&scenario.cleanup) {
            if step.needs().any(|name| inputs.captured(name).is_none()) {
                continue;
            }
            ran = true;
            match self
                .last_word(session, (index, step), inputs, &mut log)
                .await
            {
                Ok(performed) => failures.extend(performed.failure),
                Err(failure) => failures.push(failure),
            }
        }
        match (ran, failures.is_empty()) {
            (false, _) => Removal::NothingToGoBy,
            (true, true) => Removal::Confirmed,
            (true, false) => Removal::Failed(failures),
        }
    }

    /// Performs a step that no interrupt may cut short.
    async fn last_word(
        &self,
        session: &Session<'_>,
        step: (u32, &Step),
        inputs: &Inputs,
        log: &mut Log,
    ) -> Result<Performed, Failure> {
        self.perform(session, step, inputs, Patience::ToTheEnd, log)
            .await
            .map_err(|_| Failure {
                kind: FailureKind::RateLimited,
                detail: format!(
                    "{}: the target asks for a pause longer than is allowed",
                    step.1.name
                ),
            })
    }
}
