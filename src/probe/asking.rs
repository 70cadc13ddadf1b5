//! One request after another, within the budget: what is refused is asked again, and never measured.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use thiserror::Error;
use tokio::time::Instant;

use super::Sample;
use crate::pace::{Clock, Pace};
use crate::run::Interrupt;
use crate::target::{Answer, Request, Target};

/// A request that may be repeated is sent this often when the server fails.
const MOST_FAILURES: u32 = 3;
/// The pause where a refusal or a failure names none.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);

/// Why nothing can be measured.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// Notion does not accept the token.
    #[error(
        "{call}: Notion refuses the token (status {status}): {message}; check NOTION_TOKEN, and that the \
         database is shared with the integration"
    )]
    Credentials {
        /// What was asked.
        call: &'static str,
        /// 401 or 403.
        status: u16,
        /// Notion's words.
        message: String,
    },
    /// Notion answers with an error.
    #[error("{call}: status {status}: {message}; check --database and the base URL")]
    Status {
        /// What was asked.
        call: &'static str,
        /// The answer's status.
        status: u16,
        /// Notion's words.
        message: String,
    },
    /// No answer came.
    #[error("{call}: {detail}; check the base URL and the network")]
    NoAnswer {
        /// What was asked.
        call: &'static str,
        /// What was seen.
        detail: String,
    },
    /// The limit is used up by somebody else.
    #[error(
        "{call}: refused with 429 {times} times in a row; ask again when nobody else uses the token"
    )]
    RateLimited {
        /// What was asked.
        call: &'static str,
        /// How often.
        times: u32,
    },
    /// Notion asks for too long a pause.
    #[error(
        "{call}: Notion asks for a pause of {pause:?}, and at most {most:?} are waited; try again later"
    )]
    PauseTooLong {
        /// What was asked.
        call: &'static str,
        /// The pause.
        pause: Duration,
        /// The longest that is allowed.
        most: Duration,
    },
    /// An answer is not what Notion's documentation says.
    #[error("{call}: the answer has no {what}; is this Notion's API?")]
    Shape {
        /// What was asked.
        call: &'static str,
        /// What is missing.
        what: &'static str,
    },
    /// The user asked to stop.
    #[error("interrupted; no profile is written")]
    Interrupted,
}

/// A call to Notion.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// What it is called in messages.
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// Whether it may be sent again when nobody knows whether it was carried out.
    pub(super) repeatable: bool,
    /// Whether Ctrl-C cuts its waiting short: never that of a clean-up.
    pub(super) interruptible: bool,
}

/// Sends requests to Notion, one at a time.
#[derive(Debug)]
pub struct Asking<'p, T> {
    target: T,
    pace: Pace,
    clock: Clock,
    interrupt: &'p Interrupt,
    max_pause: Duration,
    sent: u32,
    refused: u32,
}

impl<'p, T: Target> Asking<'p, T> {
    /// Asks this target within the pace, and waits for no longer pause than `max_pause`.
    pub fn new(target: T, pace: Pace, interrupt: &'p Interrupt, max_pause: Duration) -> Self {
        Self {
            target,
            pace,
            clock: Clock::start(),
            interrupt,
            max_pause,
            sent: 0,
            refused: 0,
        }
    }

    /// Requests that were sent so far, and those of them that were answered with 429.
    pub fn counts(&self) -> (u32, u32) {
        (self.sent, self.refused)
    }

    /// The answer to a call with its time.
    pub(super) async fn ask(&mut self, call: &Call) -> Result<(Value, Sample), ProbeError> {
        let (mut refusals, mut failures) = (0, 0);
        loop {
            self.wait(call).await?;
            let exchange = self.target.send(request(call)).await;
            self.sent += 1;
            let (took, finished) = (exchange.duration(), exchange.finished);
            let error = match exchange.result {
                Ok(answer) if answer.status == 200 => return read(call, &answer, took),
                Ok(answer) if answer.status == 429 => {
                    refusals += 1;
                    self.refused(call, finished, &answer, refusals)?;
                    continue;
                }
                Ok(answer) => self.error(call, &answer),
                Err(failed) => ProbeError::NoAnswer {
                    call: call.name,
                    detail: failed.failure.detail,
                },
            };
            failures += 1;
            if !call.repeatable || failures == MOST_FAILURES || !may_pass(&error) {
                return Err(error);
            }
            let until = self.clock.place(finished) + DEFAULT_PAUSE;
            self.pace.pause_until(until);
        }
    }

    async fn wait(&mut self, call: &Call) -> Result<(), ProbeError> {
        let slot = self.pace.reserve(self.clock.elapsed(), 1);
        let sleep = self.clock.sleep_until(slot.send_at);
        if !call.interruptible {
            sleep.await;
            return Ok(());
        }
        tokio::select! {
            biased;
            () = self.interrupt.wait() => Err(ProbeError::Interrupted),
            () = sleep => Ok(()),
        }
    }

    fn refused(
        &mut self,
        call: &Call,
        finished: Instant,
        answer: &Answer,
        times: u32,
    ) -> Result<(), ProbeError> {
        self.refused += 1;
        let (call, most) = (call.name, self.max_pause);
        let pause = answer.retry_after.unwrap_or(DEFAULT_PAUSE);
        if pause > most {
            return Err(ProbeError::PauseTooLong { call, pause, most });
        }
        if times >= self.pace.patience() {
            return Err(ProbeError::RateLimited { call, times });
        }
        let now = self.clock.place(finished);
        self.pace.refused(now, now + pause);
        Ok(())
    }

    fn error(&self, call: &Call, answer: &Answer) -> ProbeError {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let message = body.get("message").and_then(Value::as_str);
        let message = self.target.redact(message.unwrap_or("no message"));
        let (call, status) = (call.name, answer.status);
        match status {
            401 | 403 => ProbeError::Credentials {
                call,
                status,
                message,
            },
            _ => ProbeError::Status {
                call,
                status,
                message,
            },
        }
    }
}

/// Whether the same request may succeed a moment later.
fn may_pass(error: &ProbeError) -> bool {
    match error {
        ProbeError::Status { status, .. } => *status == 409 || *status >= 500,
        ProbeError::NoAnswer { .. } => true,
        _ => false,
    }
}

fn request(call: &Call) -> Request {
    let json = ("content-type".to_owned(), "application/json".to_owned());
    Request {
        method: call.method.clone(),
        path: call.path.clone(),
        headers: call.body.iter().map(|_| json.clone()).collect(),
        body: call.body.as_ref().map(|body| body.to_string().into_bytes()),
    }
}

fn read(call: &Call, answer: &Answer, took: Duration) -> Result<(Value, Sample), ProbeError> {
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| ProbeError::Shape {
        call: call.name,
        what: "JSON",
    })?;
    let rows = body
        .get("results")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    Ok((body, Sample { rows, took }))
}
