//! The open loop: what is due is begun, whatever became of what was begun before.
//!
//! ```text
//! schedule -- due --> waiting -- a free client --> under way -- answer --> filed, its client free again
//! ```
//!
//! A timer of the runtime is a millisecond coarse, so that an iteration may be begun so much late. That counts
//! against the candidate; to begin early would exceed the rate.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::schedule::{Arrival, Schedule};
use super::stop::Failures;
use super::{Asked, CapacityError, refusal};
use crate::pace::Constant;
use crate::record::{
    Capacity, Failure, FailureKind, Iteration, LagFacts, LoadEnded, Loaded, StepRecord, seconds,
};
use crate::run::lag::LagProbe;
use crate::run::{Interrupt, interrupt, perform};
use crate::scenario::{Form, Inputs, Measured, Scenario, Step};
use crate::target::{Exchange, Target};

/// How long answers are waited for when nothing is sent any more.
const DRAIN: Duration = Duration::from_secs(5);

/// Asks for each scenario's first step once, before there is any load: whether the candidate answers at all,
/// and whether it says something that forbids a load.
pub(super) async fn first_look<T: Target>(
    asked: &Asked<'_>,
    scenario: &Scenario,
    target: &T,
) -> Result<Option<String>, CapacityError> {
    let form = scenario
        .steps
        .first()
        .and_then(|step| step.form(target.driver()));
    let Some(call) = form.and_then(|form| form.render(&inputs(asked, scenario, 0)).ok()) else {
        return Ok(None);
    };
    match target.send(perform::request(call)).await.result {
        Ok(answer) => Ok(refusal::by_answer(&scenario.name, &answer.body)),
        Err(failed) => Err(CapacityError::Unreachable {
            url: target.facts().base_url,
            detail: failed.failure.detail,
        }),
    }
}

fn inputs(asked: &Asked<'_>, scenario: &Scenario, n: u32) -> Inputs {
    // Nothing is created that it could mark; a search may look for it all the same.
    let marker = format!("cutover-{}-{}-l{n:07}", asked.run, scenario.name);
    Inputs::draw(scenario, asked.run, asked.seed, n, marker).at_target(asked.variables)
}

/// A load while it lasts.
#[derive(Debug)]
pub(super) struct OpenLoop<'a, T> {
    asked: &'a Asked<'a>,
    scenarios: Vec<&'a Measured>,
    /// Clients without a request, the one that was used last at the end: it is taken first, for its
    /// connection is open.
    free: Vec<T>,
    /// Due and not begun.
    waiting: VecDeque<Arrival>,
    failures: Failures,
    done: Vec<(usize, Iteration)>,
    most_at_once: usize,
    /// When the load began, since the start of the run.
    began: Duration,
}

/// How sending ended, and when.
struct Ended {
    why: LoadEnded,
    lasted: Duration,
}

/// An iteration that came to its end, with its client.
struct Done<T> {
    target: T,
    scenario: usize,
    iteration: Iteration,
}

impl<'a, T: Target> OpenLoop<'a, T> {
    pub(super) fn new(asked: &'a Asked<'a>, scenarios: Vec<&'a Measured>, free: Vec<T>) -> Self {
        Self {
            asked,
            scenarios,
            free,
            waiting: VecDeque::new(),
            failures: Failures::default(),
            done: Vec::new(),
            most_at_once: 0,
            began: asked.clock.elapsed(),
        }
    }

    /// Sends until the time is over or something ends it, and waits for the answers.
    pub(super) async fn run(mut self) -> Result<Capacity, CapacityError> {
        let mut lag = LagProbe::start()?;
        let listening = async {
            lag.listen().await;
            pending::<Infallible>().await
        };
        let ended = tokio::select! {
            ended = self.send() => ended,
            never = listening => match never {},
        };
        Ok(self.evidence(ended, lag.facts()))
    }

    async fn send(&mut self) -> Ended {
        let asked = self.asked;
        let steps = self.scenarios.iter().map(|scenario| scenario.steps.len());
        let mut schedule = Schedule::new(Constant::new(asked.rate), steps);
        let mut under_way = FuturesUnordered::new();
        let (give_up, given_up) = interrupt();
        let why = loop {
            let next = schedule.next();
            let at = self.began + next.due.min(asked.lasts);
            tokio::select! {
                biased;
                () = asked.interrupt.wait() => break LoadEnded::Interrupted,
                () = asked.clock.sleep_until(at) => {
                    if next.due >= asked.lasts {
                        break LoadEnded::Time;
                    }
                    self.waiting.push_back(schedule.take());
                }
                Some(done) = under_way.next() => {
                    if self.file(done) {
                        break LoadEnded::Errors;
                    }
                }
            }
            while let Some((arrival, target)) = self.ready() {
                let scenario = self.scenarios[arrival.scenario];
                let given_up = given_up.clone();
                under_way.push(iterate(
                    asked, scenario, arrival, self.began, target, given_up,
                ));
            }
            self.most_at_once = self.most_at_once.max(under_way.len());
        };
        let lasted = asked.clock.elapsed().saturating_sub(self.began);
        let last = asked.clock.elapsed() + DRAIN;
        let mut is_over = false;
        loop {
            tokio::select! {
                biased;
                done = under_way.next() => match done {
                    Some(done) => {
                        self.file(done);
                    }
                    None => break,
                },
                () = asked.clock.sleep_until(last), if !is_over => {
                    is_over = true;
                    give_up.interrupt();
                }
            }
        }
        Ended { why, lasted }
    }

    /// What can be begun now, with a client for it.
    fn ready(&mut self) -> Option<(Arrival, T)> {
        if self.free.is_empty() {
            return None;
        }
        let arrival = self.waiting.pop_front()?;
        Some((arrival, self.free.pop()?))
    }

    /// Files an iteration; true, when too many failed.
    fn file(&mut self, done: Done<T>) -> bool {
        let mut results = done.iteration.steps.iter().filter(|step| !step.superseded);
        let failed = results.any(|step| step.failure.is_some());
        self.free.push(done.target);
        self.done.push((done.scenario, done.iteration));
        let at = self.asked.clock.elapsed().saturating_sub(self.began);
        self.failures.note(at, failed)
    }

    fn evidence(mut self, ended: Ended, lag: LagFacts) -> Capacity {
        self.done
            .sort_by_key(|(scenario, iteration)| (*scenario, iteration.n));
        let mut scenarios: Vec<Loaded> = self
            .scenarios
            .iter()
            .map(|scenario| Loaded {
                scenario: scenario.name.clone(),
                after: scenario.promise.after,
                iterations: crate::record::Iterations::new(),
            })
            .collect();
        for (scenario, iteration) in self.done {
            scenarios[scenario].iterations.push(iteration);
        }
        Capacity {
            rate: self.asked.rate.to_string(),
            asked_s: self.asked.lasts.as_secs_f64(),
            lasted_s: seconds(ended.lasted),
            ended: ended.why,
            scenarios,
            unsent: self.waiting.len() as u64,
            most_at_once: u32::try_from(self.most_at_once).unwrap_or(u32::MAX),
            lag,
        }
    }
}

/// One iteration: its steps in order, until one fails.
async fn iterate<T: Target>(
    asked: &Asked<'_>,
    scenario: &Scenario,
    arrival: Arrival,
    began: Duration,
    target: T,
    given_up: Interrupt,
) -> Done<T> {
    let mut pass = Pass {
        asked,
        target: &target,
        inputs: inputs(asked, scenario, arrival.n),
        given_up,
        steps: Vec::with_capacity(scenario.steps.len()),
        finished: asked.clock.elapsed(),
    };
    for (index, step) in scenario.steps.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        if !pass.step(index, step).await {
            break;
        }
    }
    let iteration = Iteration {
        n: arrival.n,
        intended_at_s: seconds(began + arrival.due),
        sent_at_s: pass.steps.first().map_or(0.0, |step| step.sent_at_s),
        finished_at_s: seconds(pass.finished),
        steps: pass.steps,
        ..Iteration::default()
    };
    Done {
        target,
        scenario: arrival.scenario,
        iteration,
    }
}

/// One iteration under way.
struct Pass<'p, T> {
    asked: &'p Asked<'p>,
    target: &'p T,
    inputs: Inputs,
    given_up: Interrupt,
    steps: Vec<StepRecord>,
    finished: Duration,
}

impl<T: Target> Pass<'_, T> {
    /// Sends one step and files every attempt; false, when the iteration cannot go on.
    async fn step(&mut self, index: u32, step: &Step) -> bool {
        let Some(form) = step.form(self.target.driver()) else {
            let why = format!("`{}` has no form for this side's driver", step.name);
            return self.failed((index, 1), FailureKind::Template, &why);
        };
        let request = match form.render(&self.inputs) {
            Ok(call) => perform::request(call),
            Err(error) => {
                return self.failed((index, 1), FailureKind::Template, &error.to_string());
            }
        };
        for attempt in 1.. {
            let sent = self.asked.clock.elapsed();
            let exchange = tokio::select! {
                biased;
                exchange = self.target.send(request.clone()) => exchange,
                () = self.given_up.wait() => {
                    let why = format!("no answer {} s after the load had ended", DRAIN.as_secs());
                    self.failed((index, attempt), FailureKind::Timeout, &why);
                    self.since(sent);
                    return false;
                }
            };
            let mut entry = self.entry((index, attempt), &exchange);
            // A connection that was kept open may be closed by the server at any time: a client sends what
            // only reads once more then (RFC 9112, 9.3.1).
            let closed = |failed: &crate::target::SendFailure| failed.connection_was_closed;
            if attempt == 1 && exchange.result.as_ref().is_err_and(closed) {
                entry.superseded = true;
                self.steps.push(entry);
                continue;
            }
            return self.examine((step, form), entry, exchange);
        }
        false
    }

    /// Holds the answer against what is expected, and files the attempt.
    fn examine(
        &mut self,
        (step, form): (&Step, &Form),
        mut entry: StepRecord,
        exchange: Exchange,
    ) -> bool {
        let Ok(answer) = exchange.result else {
            self.steps.push(entry);
            return false;
        };
        let examination = form.examine(answer.status, &answer.body, &self.inputs);
        let failure = perform::failure(
            self.target,
            (step, form),
            &self.inputs,
            &answer,
            &examination,
        );
        entry.failure = failure;
        let goes_on = entry.failure.is_none();
        self.steps.push(entry);
        for (name, value) in examination.captured {
            self.inputs.capture(name, value);
        }
        goes_on
    }

    fn entry(&mut self, (step, attempt): (u32, u32), exchange: &Exchange) -> StepRecord {
        let clock = &self.asked.clock;
        self.finished = clock.place(exchange.finished);
        let answer = exchange.result.as_ref().ok();
        let failed = exchange.result.as_ref().err();
        StepRecord {
            step,
            attempt,
            sent_at_s: seconds(clock.place(exchange.sent)),
            duration_s: seconds(exchange.duration()),
            connect_s: exchange.connect.map(seconds),
            status: answer.map(|answer| answer.status),
            bytes: answer.map_or(0, |answer| answer.body.len() as u64),
            retry_after_s: answer.and_then(|answer| answer.retry_after).map(seconds),
            cache_headers: answer.map_or_else(Vec::new, |answer| answer.cache_headers.clone()),
            store_s: answer.and_then(|answer| answer.timing.store).map(seconds),
            model_s: answer.and_then(|answer| answer.timing.model).map(seconds),
            failure: failed.map(|failed| failed.failure.clone()),
            ..StepRecord::default()
        }
    }

    /// Files an attempt without an answer, and ends the iteration.
    fn failed(&mut self, (step, attempt): (u32, u32), kind: FailureKind, why: &str) -> bool {
        self.finished = self.asked.clock.elapsed();
        self.steps.push(StepRecord {
            step,
            attempt,
            sent_at_s: seconds(self.finished),
            failure: Some(Failure {
                kind,
                detail: self.target.redact(why),
            }),
            ..StepRecord::default()
        });
        false
    }

    /// Says of the last attempt that it had been sent at `sent`.
    fn since(&mut self, sent: Duration) {
        let waited = self.finished.saturating_sub(sent);
        if let Some(last) = self.steps.last_mut() {
            last.sent_at_s = seconds(sent);
            last.duration_s = seconds(waited);
        }
    }
}
