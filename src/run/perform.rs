//! One step on one side: its form is rendered and sent, every page of a list is fetched, and the answer
//! is held against what is expected.

use super::Session;
use super::lane::{Doubt, Halt, Lane, Log, Patience, Sending, Sent};
use super::retry::Tries;
use crate::record::{Failure, FailureKind, StepRecord, seconds};
use crate::scenario::{Call, Examination, Form, Inputs, ProblemKind, SqlValue, Step};
use crate::target::{
    Answer, HttpRequest, Listing, Request, SqlParameter, SqlRequest, Target, Turn, following,
};

/// Captured values by name.
pub(super) type Captures = Vec<(String, serde_json::Value)>;

/// What came of a step, beside its records.
#[derive(Debug, Default)]
pub(super) struct Performed {
    /// Why it failed, if it did.
    pub(super) failure: Option<Failure>,
    /// What its answer gave.
    pub(super) captured: Captures,
    /// The captures of each object that was found.
    pub(super) objects: Vec<Captures>,
    /// The answer, when there was one; a list that came in pages is whole.
    pub(super) answer: Option<Answer>,
    /// Set when something may have been made that nobody has seen.
    pub(super) doubt: Option<Doubt>,
}

impl Performed {
    fn failed(failure: Failure) -> Self {
        Self {
            failure: Some(failure),
            ..Self::default()
        }
    }
}

impl<T: Target> Lane<T> {
    /// Sends a step, again where that is right, and examines the answer.
    pub(super) async fn perform(
        &self,
        session: &Session<'_>,
        step: (u32, &Step),
        inputs: &Inputs,
        patience: Patience,
        log: &mut Log,
    ) -> Result<Performed, Halt> {
        self.perform_from(session, step, inputs, (patience, Tries::default()), log)
            .await
    }

    /// The same, when the step was sent before; its `tries` count on.
    pub(super) async fn perform_from(
        &self,
        session: &Session<'_>,
        (index, step): (u32, &Step),
        inputs: &Inputs,
        (patience, tries): (Patience, Tries),
        log: &mut Log,
    ) -> Result<Performed, Halt> {
        let Some(form) = self.form(step) else {
            let why = format!("`{}` has no form for this side's driver", step.name);
            return Ok(self.not_sent(session, index, &why, log));
        };
        let at_target;
        let inputs = if self.variables.is_empty() {
            inputs
        } else {
            at_target = inputs.at_target(&self.variables);
            &at_target
        };
        let first = match form.render(inputs) {
            Ok(call) => request(call),
            Err(error) => return Ok(self.not_sent(session, index, &error.to_string(), log)),
        };
        let mut sending = Sending {
            index,
            form,
            page: 0,
            tries,
            patience,
        };
        if !form.cursors {
            let sent = self.send(session, &first, sending, log).await?;
            return Ok(self.finish((step, form), inputs, sent, log));
        }
        let mut listing = Listing::default();
        let mut request = first.clone();
        loop {
            let mut sent = self.send(session, &request, sending, log).await?;
            let turn = match &sent.exchange.result {
                Ok(answer) if (200..300).contains(&answer.status) => listing.take(&answer.body),
                _ => return Ok(self.finish((step, form), inputs, sent, log)),
            };
            match (turn, &mut sent.exchange.result) {
                (Ok(Turn::Next(cursor)), _) => {
                    log.file(sent.entry, Some(sent.fate));
                    request = following(&first, &cursor);
                    sending.page += 1;
                    sending.tries = Tries::default();
                }
                (Ok(Turn::Whole(body)), Ok(answer)) => {
                    answer.body = body;
                    return Ok(self.finish((step, form), inputs, sent, log));
                }
                (Ok(Turn::Whole(_)), Err(_)) => {
                    return Ok(self.finish((step, form), inputs, sent, log));
                }
                (Err(error), _) => {
                    let failure = Failure {
                        kind: FailureKind::Body,
                        detail: format!("{}: {error}", step.name),
                    };
                    sent.entry.failure = Some(failure.clone());
                    log.file(sent.entry, Some(sent.fate));
                    return Ok(Performed {
                        answer: sent.exchange.result.ok(),
                        ..Performed::failed(failure)
                    });
                }
            }
        }
    }

    /// Examines the last attempt's answer and files it.
    fn finish(
        &self,
        (step, form): (&Step, &Form),
        inputs: &Inputs,
        sent: Sent,
        log: &mut Log,
    ) -> Performed {
        let Sent {
            exchange,
            mut entry,
            fate,
            doubt,
        } = sent;
        let Ok(answer) = exchange.result else {
            let failure = entry.failure.clone();
            log.file(entry, Some(fate));
            return Performed {
                failure,
                doubt,
                ..Performed::default()
            };
        };
        let examination = form.examine(answer.status, &answer.body, inputs);
        let objects = examination.objects();
        entry.failure = failure(&self.target, (step, form), inputs, &answer, &examination);
        let failure = entry.failure.clone();
        log.file(entry, Some(fate));
        Performed {
            // An answer that is as expected leaves no doubt.
            doubt: doubt.filter(|_| failure.is_some()),
            failure,
            captured: examination.captured,
            objects,
            answer: Some(answer),
        }
    }

    fn not_sent(&self, session: &Session<'_>, index: u32, why: &str, log: &mut Log) -> Performed {
        let failure = Failure {
            kind: FailureKind::Template,
            detail: self.target.redact(why),
        };
        let attempt = StepRecord {
            step: index,
            attempt: 1,
            sent_at_s: seconds(session.clock.elapsed()),
            failure: Some(failure.clone()),
            ..StepRecord::default()
        };
        log.file(attempt, None);
        Performed::failed(failure)
    }
}

/// What is wrong with an answer, if anything.
pub(crate) fn failure<T: Target>(
    target: &T,
    (step, form): (&Step, &Form),
    inputs: &Inputs,
    answer: &Answer,
    examination: &Examination,
) -> Option<Failure> {
    let problem = examination.problems.first()?;
    Some(Failure {
        kind: match problem.kind {
            _ if answer.status == 429 => FailureKind::RateLimited,
            ProblemKind::Status => FailureKind::Status,
            ProblemKind::Body => FailureKind::Body,
            ProblemKind::Capture => FailureKind::Template,
        },
        detail: format!(
            "{}: {}",
            step.name,
            detail(target, form, inputs, answer, problem.kind)
        ),
    })
}

/// What is wrong with an answer, without secrets. They are taken out of the body before a problem
/// quotes a piece of it: half of a secret could not be recognised any more.
fn detail<T: Target>(
    target: &T,
    form: &Form,
    inputs: &Inputs,
    answer: &Answer,
    kind: ProblemKind,
) -> String {
    let body = target.redact(&String::from_utf8_lossy(&answer.body));
    if kind == ProblemKind::Status
        && let Some(told) = target.explain(answer.status, &body)
    {
        return target.redact(&told);
    }
    let redacted = form.examine(answer.status, body.as_bytes(), inputs);
    let problem = redacted
        .problems
        .into_iter()
        .find(|problem| problem.kind == kind);
    problem.map_or_else(
        || "the answer is not the expected one, and holds a secret".to_owned(),
        |problem| target.redact(&problem.detail),
    )
}

/// What a scenario says is sent, as a target takes it.
pub(crate) fn request(call: Call) -> Request {
    match call {
        Call::Http(call) => Request::Http(HttpRequest {
            method: call.method,
            path: call.path,
            headers: call.headers,
            body: call.body,
        }),
        Call::Sql(call) => Request::Sql(SqlRequest {
            statement: call.statement,
            params: call.params.into_iter().map(parameter).collect(),
            writes: call.writes,
        }),
    }
}

fn parameter(value: SqlValue) -> SqlParameter {
    match value {
        SqlValue::Bool(value) => SqlParameter::Bool(value),
        SqlValue::Integer(value) => SqlParameter::Integer(value),
        SqlValue::Float(value) => SqlParameter::Float(value),
        SqlValue::Text(value) => SqlParameter::Text(value),
    }
}
