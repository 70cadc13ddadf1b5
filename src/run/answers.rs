//! What one side answers to a scenario, kept so that it can be compared with what the other one answers.
//!
//! Nothing is timed here and nothing is judged: the steps are asked as a run asks them (paced, written
//! down before they create, cleaned up after), and every answer is kept, also one that is not what the
//! scenario expects, together with what is wrong with it: two sides that both answer with a login page
//! agree, and show nothing.
//!
//! ```text
//! steps -> readback -> clean-up          Kept: step, status, unexpected, body, marker, cache headers
//!      └ a change was refused -> recover ┘     (what it left behind)
//! ```

use std::rc::Rc;

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::iteration::{Ended, Failed, Pass, made, marker};
use super::lane::{Lane, Log, Patience, Purpose, StepWatch};
use super::perform::Performed;
use super::{RunError, Session};
use crate::record::{Failure, FailureKind, Stopped};
use crate::scenario::{Inputs, Scenario};
use crate::target::Target;

/// How the names of those steps begin that look for what a refused change left.
const LOOK: &str = "recover/";

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kept {
    /// The step's name; that of a step of `recover` begins with `recover/`.
    pub step: String,
    /// The status.
    pub status: u16,
    /// What is wrong with it, where it is not what its step expects: without secrets, and without a full stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unexpected: Option<String>,
    /// The body without secrets; what is no JSON, as a text.
    pub body: Value,
    /// What marked all that the pass created.
    pub marker: String,
    /// Its cache headers as `name: value`.
    pub cache_headers: Vec<String>,
}

/// What one pass through a scenario came to.
#[derive(Debug)]
pub struct Answers {
    /// In the order of the steps.
    pub kept: Vec<Kept>,
    /// Why the pass ended before its last step, if it did. A read that is not what was expected ends none.
    pub failure: Option<Failure>,
}

/// Which of the passes that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Which inputs are drawn, from 0.
    pub draw: u32,
    /// Whether this side is asked the same once more.
    pub again: bool,
}

impl Turn {
    /// Two passes of one draw create objects of their own, with markers of their own.
    fn pass(self) -> Pass {
        let first = self.draw.saturating_mul(2);
        Pass::Compared(first.saturating_add(u32::from(self.again)))
    }
}

/// Why there are no answers.
#[derive(Debug, Error)]
pub enum NoAnswers {
    /// The pass was ended; what it created is removed or stands in the journal.
    #[error("comparing was ended before its last step")]
    Stopped(Stopped),
    /// Nothing can be compared at all.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl From<Ended> for NoAnswers {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Halted(halt) => Self::Stopped(halt.into()),
            Ended::Failed(error) => Self::Run(error),
        }
    }
}

impl<T: Target> Lane<T> {
    /// Goes through a scenario once and keeps what this side answers; what that created is removed again.
    ///
    /// # Errors
    /// When this side cannot be reached, refuses the credentials, or could not be cleaned up after; when
    /// the journal cannot be kept; and when the run is asked to stop.
    pub async fn answers(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        turn: Turn,
    ) -> Result<Answers, NoAnswers> {
        self.watched_answers(session, scenario, turn, None).await
    }

    /// The same, while somebody looks at something around each step.
    ///
    /// # Errors
    /// As [`Self::answers`].
    pub async fn watched_answers(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        turn: Turn,
        watch: Option<Rc<dyn StepWatch>>,
    ) -> Result<Answers, NoAnswers> {
        let purpose = Purpose::Compared;
        if turn.draw == 0 && !turn.again {
            self.can_recover(session, scenario, purpose).await?;
        }
        let marker = marker(&session.plan.run, &scenario.name, self.side, turn.pass());
        let mut inputs = session.inputs(scenario, turn.draw, &marker);
        if let Some(watch) = &watch {
            watch.begin().await;
        }
        let mut log = Log::keeping(watch);
        let mut passed = self
            .pass(session, scenario, &scenario.steps, &mut inputs, &mut log)
            .await;
        match &passed {
            Ok(None) => {
                passed = self
                    .pass(session, scenario, &scenario.readback, &mut inputs, &mut log)
                    .await;
            }
            Ok(Some(failed)) => {
                self.keep_what_is_left(session, scenario, failed, &inputs, &mut log)
                    .await;
            }
            Err(_) => {}
        }
        let made = made(&passed);
        // What could not be removed stands in the journal.
        self.clean_up(session, scenario, &inputs, made, purpose)
            .await
            .map_err(RunError::from)?;
        let failure = passed?.map(|failed| failed.failure);
        let kept = log.kept.unwrap_or_default();
        self.reached_at_all(&kept, failure.as_ref())?;
        Ok(Answers { kept, failure })
    }

    /// Keeps an answer, where answers are kept. Secrets are taken out of it first, for it may be shown.
    pub(super) fn keep(&self, step: &str, performed: &Performed, inputs: &Inputs, log: &mut Log) {
        let (Some(kept), Some(answer)) = (&mut log.kept, &performed.answer) else {
            return;
        };
        let text = self.target.redact(&String::from_utf8_lossy(&answer.body));
        let unexpected = performed.failure.as_ref().map(|failure| {
            // The failure begins with the step's name, which stands beside it here.
            let named = format!("{}: ", step.trim_start_matches(LOOK));
            let detail = &failure.detail;
            detail.strip_prefix(&named).unwrap_or(detail).to_owned()
        });
        kept.push(Kept {
            step: step.to_owned(),
            status: answer.status,
            unexpected,
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
            marker: inputs.marker().to_owned(),
            cache_headers: answer.cache_headers.clone(),
        });
    }

    /// Looks for what a change that was refused left behind.
    async fn keep_what_is_left(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        failed: &Failed,
        inputs: &Inputs,
        log: &mut Log,
    ) {
        let refused = scenario.steps.get(failed.index);
        if refused.is_none_or(|step| self.is_safe(step)) {
            return;
        }
        for (index, step) in (0..).zip(&scenario.recover) {
            let patience = Patience::UntilInterrupted;
            let looked = self
                .perform(session, (index, step), inputs, patience, log)
                .await;
            // A look that fails shows nothing; the clean-up looks again.
            let Ok(performed) = looked else { return };
            let name = format!("{LOOK}{}", step.name);
            self.keep(&name, &performed, inputs, log);
        }
    }

    /// Whether there is anything to compare on this side.
    fn reached_at_all(&self, kept: &[Kept], failure: Option<&Failure>) -> Result<(), RunError> {
        let url = || self.target.facts().base_url;
        match (kept.first(), failure) {
            (Some(first), _) if matches!(first.status, 401 | 403) => Err(RunError::Refused {
                side: self.side,
                url: url(),
                status: first.status,
            }),
            (None, Some(failure)) if failure.kind != FailureKind::Template => {
                Err(RunError::Unreachable {
                    side: self.side,
                    url: url(),
                    detail: failure.detail.clone(),
                })
            }
            _ => Ok(()),
        }
    }
}
