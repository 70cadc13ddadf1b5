//! Removing what a pass created: by what its answers gave, else by its marker.
//!
//! An object is struck off the journal only when its removal is confirmed, or when a look-up by its
//! marker finds nothing. Everything else stays in the journal for `cutover clean`.

use super::Session;
use super::iteration::Made;
use super::journal::{Intent, JournalError, Open};
use super::lane::{Lane, Log, Patience, Purpose};
use super::perform::{Captures, Performed};
use crate::record::{Failure, FailureKind};
use crate::scenario::{Form, Inputs, Scenario, Step};
use crate::target::Target;

/// What the clean-up steps came to.
enum Removal {
    /// Every step ran and confirmed its work.
    Confirmed,
    /// Some step could not run, because what it needs was not captured; those that ran did well.
    Incomplete,
    /// Some step failed.
    Failed(Vec<Failure>),
}

impl<T: Target> Lane<T> {
    /// Removes what is still in the journal of this scenario and side: an index that lagged behind a
    /// create has had time to follow.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn settle(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
    ) -> Result<(), JournalError> {
        for left in session.journal.open_entries()? {
            if left.intent.side == self.side && left.intent.scenario == scenario.name {
                self.clean_up_left(session, scenario, &left).await?;
            }
        }
        Ok(())
    }

    /// Removes what is left of an ended pass or run, as its journal knows it.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn clean_up_left(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        left: &Open,
    ) -> Result<Vec<Failure>, JournalError> {
        let Intent {
            marker,
            iteration,
            seed,
            ..
        } = &left.intent;
        let run = &session.plan.run;
        let mut inputs = Inputs::draw(scenario, run, *seed, *iteration, marker.clone());
        for (name, value) in &left.values {
            inputs.capture(name.clone(), value.clone());
        }
        let purpose = Purpose::CleanUp;
        self.clean_up(session, scenario, &inputs, Made::Perhaps, purpose)
            .await
    }

    /// Removes what a pass created, by what its answers gave, else by its marker. What could not be
    /// removed is returned, and stays in the journal.
    pub(super) async fn clean_up(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        inputs: &Inputs,
        made: Made,
        purpose: Purpose,
    ) -> Result<Vec<Failure>, JournalError> {
        let mut log = Log::of(purpose);
        let removal = self.remove(session, scenario, inputs, &mut log).await;
        let marker = inputs.marker();
        match removal {
            Removal::Failed(failures) if !session.journal.is_open(marker) => Ok(failures),
            _ if !session.journal.is_open(marker) => Ok(Vec::new()),
            Removal::Confirmed => {
                let how = scenario.leaves.as_deref().unwrap_or("removed");
                session.journal.strike(marker, how)?;
                Ok(Vec::new())
            }
            Removal::Incomplete | Removal::Failed(_) => {
                self.recover(session, scenario, inputs, made, &mut log)
                    .await
            }
        }
    }

    /// Looks for the objects of a marker and removes each that is found.
    async fn recover(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        inputs: &Inputs,
        made: Made,
        log: &mut Log,
    ) -> Result<Vec<Failure>, JournalError> {
        let found = match self.look_up(session, scenario, inputs, log).await {
            Ok(found) => found,
            Err(failure) => return Ok(vec![failure]),
        };
        let mut failures = Vec::new();
        for object in &found {
            let mut inputs = inputs.clone();
            for (name, value) in object.iter().cloned() {
                inputs.capture(name, value);
            }
            match self.remove(session, scenario, &inputs, log).await {
                Removal::Confirmed => {}
                Removal::Failed(more) => failures.extend(more),
                Removal::Incomplete => failures.push(Failure {
                    kind: FailureKind::Template,
                    detail: "the recover steps do not capture all that the clean-up needs"
                        .to_owned(),
                }),
            }
        }
        if failures.is_empty() && !found.is_empty() {
            session
                .journal
                .strike(inputs.marker(), "found by its marker and removed")?;
        } else if found.is_empty() && made == Made::Nothing {
            session
                .journal
                .strike(inputs.marker(), "looked up by its marker and not found")?;
        }
        Ok(failures)
    }

    /// The objects that carry the marker of `inputs`, each with what was captured of it.
    pub(super) async fn look_up(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        inputs: &Inputs,
        log: &mut Log,
    ) -> Result<Vec<Captures>, Failure> {
        let mut inputs = inputs.clone();
        let mut known = Captures::new();
        let mut objects = Vec::new();
        for (index, step) in (0..).zip(&scenario.recover) {
            let performed = self.last_word(session, (index, step), &inputs, log).await?;
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
    async fn remove(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        inputs: &Inputs,
        log: &mut Log,
    ) -> Removal {
        let mut failures = Vec::new();
        let mut incomplete = false;
        for (index, step) in (0..).zip(&scenario.cleanup) {
            let needs = self.form(step).into_iter().flat_map(Form::needs);
            if needs
                .into_iter()
                .any(|name| inputs.captured(name).is_none())
            {
                incomplete = true;
                continue;
            }
            match self.last_word(session, (index, step), inputs, log).await {
                Ok(performed) => failures.extend(performed.failure),
                Err(failure) => failures.push(failure),
            }
        }
        if !failures.is_empty() {
            Removal::Failed(failures)
        } else if incomplete {
            Removal::Incomplete
        } else {
            Removal::Confirmed
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
