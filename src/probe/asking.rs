//! One request after another, within the budget: what is refused is asked again, and never measured.
//!
//! What is sent again, how often and after which pause is a run's rule (`crate::run::retry`), from what Notion's
//! driver says of a request's fate. A call that is given up tells whether it may have been carried out.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use thiserror::Error;

use super::Sample;
use crate::pace::{Clock, Pace};
use crate::record::FailureKind;
use crate::run::Interrupt;
use crate::run::retry::{self, Next, Tries};
use crate::target::{Answer, Exchange, Fate, HttpRequest, Request, Target};

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
        "{call}: refused (429 or 529) {times} times; ask again when nobody else uses the token"
    )]
    RateLimited {
        /// What was asked.
        call: &'static str,
        /// How often.
        times: u32,
    },
    /// Notion asks for too long a pause.
    #[error(
        "{call}: Notion asks for a longer pause than {most:?}, the longest that is waited; try again later"
    )]
    PauseTooLong {
        /// What was asked.
        call: &'static str,
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
    /// A create that may have been carried out, and that no look-up finds.
    #[error(
        "{why}; {times} look-ups found nothing, which proves nothing: an index may lag behind a write"
    )]
    Unsettled {
        /// Why the create has no good answer.
        why: String,
        /// How often it was looked for.
        times: usize,
    },
    /// The user asked to stop.
    #[error("interrupted; no profile is written")]
    Interrupted,
}

/// Whether a call without a good answer was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CarriedOut {
    /// It was not: never sent, turned away, or answered with a client's error.
    No,
    /// It was tried, and Notion says that nothing was saved.
    SaidNot,
    /// Nobody knows.
    Perhaps,
}

/// A call that was given up.
#[derive(Debug)]
pub(super) struct GivenUp {
    pub(super) error: ProbeError,
    pub(super) carried_out: CarriedOut,
}

impl From<GivenUp> for ProbeError {
    fn from(given_up: GivenUp) -> Self {
        given_up.error
    }
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

    /// Requests that were sent so far, and those of them that were refused (429 or 529).
    pub fn counts(&self) -> (u32, u32) {
        (self.sent, self.refused)
    }

    /// The answer to a call with its time.
    pub(super) async fn ask(&mut self, call: &Call) -> Result<(Value, Sample), GivenUp> {
        let mut tries = Tries::default();
        loop {
            let is_first = tries == Tries::default();
            let waited = self.wait(call, is_first).await;
            waited.map_err(|error| GivenUp {
                error,
                carried_out: CarriedOut::No,
            })?;
            let exchange = self.target.send(request(call)).await;
            self.sent += 1;
            if let Ok(answer) = &exchange.result
                && answer.status == 200
            {
                return read(call, answer, exchange.duration());
            }
            let fate = self.target.fate(&exchange);
            tries = tries.and(fate);
            let next = retry::next_of(fate, call.repeatable, tries, self.pace.patience());
            self.honour_pause(&exchange, (fate, next, tries));
            if next != Next::SendAgain {
                return Err(GivenUp {
                    error: self.error(call, &exchange, (fate, tries.turned_away)),
                    carried_out: carried_out(fate, &exchange),
                });
            }
        }
    }

    /// Asks nothing for a time that begins now.
    pub(super) fn rest(&mut self, pause: Duration) {
        let until = self.clock.elapsed().saturating_add(pause);
        self.pace.pause_until(until);
    }

    async fn wait(&mut self, call: &Call, is_first: bool) -> Result<(), ProbeError> {
        let now = self.clock.elapsed();
        // A clean-up is tried once all the same, after the longest pause that is waited: another call was told
        // to wait, and a page is not to be left for that.
        let is_due = !call.interruptible && is_first;
        if self.pace.pause_left(now) > self.max_pause && !is_due {
            return Err(ProbeError::PauseTooLong {
                call: call.name,
                most: self.max_pause,
            });
        }
        let slot = self.pace.reserve(now, 1);
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

    /// Leaves Notion alone for as long as the answer asks for, or the rule says.
    fn honour_pause(&mut self, exchange: &Exchange, (fate, next, tries): (Fate, Next, Tries)) {
        let answer = exchange.result.as_ref().ok();
        let asked = answer.and_then(|answer| answer.retry_after);
        // A longer pause than is waited ends the probe, however much longer it is.
        let most = self.max_pause.saturating_add(Duration::from_secs(1));
        let pause = retry::pause(asked, fate, next, tries).map(|pause| pause.min(most));
        let now = self.clock.place(exchange.finished);
        let until = now.saturating_add(pause.unwrap_or_default());
        if fate == Fate::TurnedAway {
            self.refused += 1;
            self.pace.refused(now, until);
        } else {
            self.pace.pause_until(until);
        }
    }

    fn error(&self, call: &Call, exchange: &Exchange, (fate, times): (Fate, u32)) -> ProbeError {
        let name = call.name;
        match &exchange.result {
            _ if fate == Fate::TurnedAway => ProbeError::RateLimited { call: name, times },
            Ok(answer) => self.status(call, answer),
            Err(failed) => ProbeError::NoAnswer {
                call: name,
                detail: failed.failure.detail.clone(),
            },
        }
    }

    fn status(&self, call: &Call, answer: &Answer) -> ProbeError {
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

/// What an exchange without a good answer tells of a request that is not sent again.
fn carried_out(fate: Fate, exchange: &Exchange) -> CarriedOut {
    match (fate, &exchange.result) {
        (Fate::TurnedAway, _) => CarriedOut::No,
        (Fate::NotSaved, _) => CarriedOut::SaidNot,
        (Fate::Final, Ok(answer)) if (400..500).contains(&answer.status) => CarriedOut::No,
        (Fate::Final, Err(failed)) if failed.failure.kind == FailureKind::Connect => CarriedOut::No,
        (Fate::Final | Fate::Unknown | Fate::ConnectionClosed, _) => CarriedOut::Perhaps,
    }
}

fn request(call: &Call) -> Request {
    let json = ("content-type".to_owned(), "application/json".to_owned());
    Request::Http(HttpRequest {
        method: call.method.clone(),
        path: call.path.clone(),
        headers: call.body.iter().map(|_| json.clone()).collect(),
        body: call.body.as_ref().map(|body| body.to_string().into_bytes()),
    })
}

fn read(call: &Call, answer: &Answer, took: Duration) -> Result<(Value, Sample), GivenUp> {
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| misshapen(call, "JSON"))?;
    let rows = body
        .get("results")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    Ok((body, Sample { rows, took }))
}

/// A good answer that lacks something: whoever gave it may have carried out anything.
pub(super) fn misshapen(call: &Call, what: &'static str) -> GivenUp {
    GivenUp {
        error: ProbeError::Shape {
            call: call.name,
            what,
        },
        carried_out: CarriedOut::Perhaps,
    }
}
