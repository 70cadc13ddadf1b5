//! One side's lane: it waits for the pace, sends one request at a time, honours pauses, and writes
//! down every attempt.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::Session;
use crate::pace::{Pace, Slot};
use crate::record::{Failure, FailureKind, Side, StepRecord, seconds};
use crate::scenario::{Inputs, ProblemKind, Step};
use crate::target::{Answer, Exchange, Request, Target};

/// A step whose connection turns out to be closed is sent at most this often. (How often after a 429,
/// the pace says.)
const MAX_ATTEMPTS: u32 = 3;
/// The pause after a 429 that names none; doubled with each attempt, up to 64 times.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);
const MOST_DOUBLINGS: u32 = 6;

/// Why a lane cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// The run was asked to stop.
    Interrupted,
    /// The target asked for a longer pause than is allowed.
    PauseTooLong,
}

/// Whether a wait may be cut short when the run is asked to stop. Clean-up may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    UntilInterrupted,
    ToTheEnd,
}

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
    /// The answer, when there was one.
    pub(super) answer: Option<Answer>,
}

/// What a pass through some steps adds up to.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) steps: Vec<StepRecord>,
    pub(super) budget_wait: Duration,
    pub(super) pause: Duration,
}

/// One side of the comparison while a run lasts.
#[derive(Debug)]
pub struct Lane<T> {
    pub(super) side: Side,
    pub(super) target: T,
    pace: RefCell<Pace>,
    /// Notion requests spent so far, clean-up and preflight included.
    spent: Cell<u64>,
}

impl<T: Target> Lane<T> {
    /// A lane that keeps to a pace.
    pub fn new(side: Side, target: T, pace: Pace) -> Self {
        Self {
            side,
            target,
            pace: RefCell::new(pace),
            spent: Cell::new(0),
        }
    }

    /// Notion requests spent so far, clean-up and preflight included.
    pub fn spent(&self) -> u64 {
        self.spent.get()
    }

    /// The target behind the lane.
    pub fn target(&self) -> &T {
        &self.target
    }

    /// Sends a step, again after a 429 or a connection that the server had closed, and examines the
    /// answer.
    pub(super) async fn perform(
        &self,
        session: &Session<'_>,
        step: (u32, &Step),
        inputs: &Inputs,
        patience: Patience,
        log: &mut Log,
    ) -> Result<Performed, Halt> {
        let (index, step) = step;
        let request = match step.render(inputs) {
            Ok(call) => Request {
                method: call.method,
                path: call.path,
                headers: call.headers,
                body: call.body,
            },
            Err(error) => return Ok(self.not_sent(session, index, &error.to_string(), log)),
        };
        let cost = if self.side == Side::Baseline {
            step.cost
        } else {
            0
        };
        let mut attempt = 1;
        loop {
            let slot = self.wait(session, cost, patience, log).await?;
            tracing::debug!(
                side = self.side.name(),
                step = step.name,
                attempt,
                ?slot,
                "sending"
            );
            let exchange = self.target.send(request.clone()).await;
            self.spent.set(self.spent.get() + u64::from(cost));
            let mut entry = self.entry(session, index, attempt, cost, &exchange);
            self.honour_pause(session, &exchange, attempt);
            let most = match &exchange.result {
                Ok(_) => self.pace.borrow().patience(),
                Err(_) => MAX_ATTEMPTS,
            };
            if attempt < most && worth_another(&exchange, step) {
                entry.superseded = true;
                log.steps.push(entry);
                attempt += 1;
                continue;
            }
            return Ok(self.finish(step, inputs, exchange, entry, log));
        }
    }

    /// Waits for the pace and for pauses, and writes the waiting down beside the latency.
    async fn wait(
        &self,
        session: &Session<'_>,
        cost: u32,
        patience: Patience,
        log: &mut Log,
    ) -> Result<Slot, Halt> {
        if patience == Patience::UntilInterrupted && session.interrupt.requested() {
            return Err(Halt::Interrupted);
        }
        let now = session.clock.elapsed();
        if self.pace.borrow().pause_left(now) > session.plan.bounds.max_pause {
            return Err(Halt::PauseTooLong);
        }
        let slot = self.pace.borrow_mut().reserve(now, cost);
        log.budget_wait += slot.budget_wait;
        log.pause += slot.pause;
        if slot.send_at > session.clock.elapsed() {
            let sleep = session.clock.sleep_until(slot.send_at);
            match patience {
                Patience::ToTheEnd => sleep.await,
                Patience::UntilInterrupted => tokio::select! {
                    () = sleep => {}
                    () = session.interrupt.wait() => return Err(Halt::Interrupted),
                },
            }
        }
        Ok(slot)
    }

    /// Stops the whole side when the answer asks for it.
    fn honour_pause(&self, session: &Session<'_>, exchange: &Exchange, attempt: u32) {
        let Ok(answer) = &exchange.result else { return };
        let pause = match answer.retry_after {
            Some(pause) if answer.status >= 400 => pause,
            None if answer.status == 429 => {
                DEFAULT_PAUSE * 2_u32.pow(attempt.saturating_sub(1).min(MOST_DOUBLINGS))
            }
            _ => return,
        };
        // A longer pause than is allowed ends the lane, however much longer it is.
        let most = session
            .plan
            .bounds
            .max_pause
            .saturating_add(Duration::from_secs(1));
        let now = session.clock.place(exchange.finished);
        let until = now.saturating_add(pause.min(most));
        let mut pace = self.pace.borrow_mut();
        if answer.status == 429 {
            pace.refused(now, until);
        } else {
            pace.pause_until(until);
        }
    }

    fn entry(
        &self,
        session: &Session<'_>,
        index: u32,
        attempt: u32,
        cost: u32,
        exchange: &Exchange,
    ) -> StepRecord {
        let answer = exchange.result.as_ref().ok();
        StepRecord {
            step: index,
            attempt,
            sent_at_s: seconds(session.clock.place(exchange.sent)),
            duration_s: seconds(exchange.duration()),
            connect_s: exchange.connect.map(seconds),
            status: answer.map(|answer| answer.status),
            bytes: answer.map_or(0, |answer| answer.body.len() as u64),
            notion_requests: cost,
            retry_after_s: answer.and_then(|answer| answer.retry_after).map(seconds),
            cache_headers: answer
                .map(|answer| answer.cache_headers.clone())
                .unwrap_or_default(),
            failure: exchange
                .result
                .as_ref()
                .err()
                .map(|failed| failed.failure.clone()),
            superseded: false,
        }
    }

    /// Examines the last attempt's answer and files it.
    fn finish(
        &self,
        step: &Step,
        inputs: &Inputs,
        exchange: Exchange,
        mut entry: StepRecord,
        log: &mut Log,
    ) -> Performed {
        let Ok(answer) = exchange.result else {
            let failure = entry.failure.clone();
            log.steps.push(entry);
            return Performed {
                failure,
                ..Performed::default()
            };
        };
        let examination = step.examine(answer.status, &answer.body, inputs);
        let objects = examination.objects();
        let problem = examination.problems.first();
        entry.failure = problem.map(|problem| Failure {
            kind: match problem.kind {
                _ if answer.status == 429 => FailureKind::RateLimited,
                ProblemKind::Status => FailureKind::Status,
                ProblemKind::Body => FailureKind::Body,
                ProblemKind::Capture => FailureKind::Template,
            },
            detail: format!(
                "{}: {}",
                step.name,
                self.detail(step, inputs, &answer, problem.kind)
            ),
        });
        let failure = entry.failure.clone();
        log.steps.push(entry);
        Performed {
            failure,
            captured: examination.captured,
            objects,
            answer: Some(answer),
        }
    }

    /// What is wrong with an answer, without secrets. They are taken out of the body before a problem
    /// quotes a piece of it: half of a secret could not be recognised any more.
    fn detail(&self, step: &Step, inputs: &Inputs, answer: &Answer, kind: ProblemKind) -> String {
        let body = self.target.redact(&String::from_utf8_lossy(&answer.body));
        let redacted = step.examine(answer.status, body.as_bytes(), inputs);
        let problem = redacted
            .problems
            .into_iter()
            .find(|problem| problem.kind == kind);
        problem.map_or_else(
            || "the answer is not the expected one, and holds a secret".to_owned(),
            |problem| self.target.redact(&problem.detail),
        )
    }

    fn not_sent(&self, session: &Session<'_>, index: u32, why: &str, log: &mut Log) -> Performed {
        let failure = Failure {
            kind: FailureKind::Template,
            detail: self.target.redact(why),
        };
        log.steps.push(StepRecord {
            step: index,
            attempt: 1,
            sent_at_s: seconds(session.clock.elapsed()),
            failure: Some(failure.clone()),
            ..StepRecord::default()
        });
        Performed {
            failure: Some(failure),
            ..Performed::default()
        }
    }
}

/// Whether the same request may and should be sent again. A 429 was not carried out, so that even a
/// create may be repeated; a closed connection leaves open what the server did, so that only an
/// idempotent request may.
fn worth_another(exchange: &Exchange, step: &Step) -> bool {
    match &exchange.result {
        Ok(answer) => answer.status == 429,
        Err(failed) => failed.connection_was_closed && (step.safe || step.method.is_idempotent()),
    }
}
