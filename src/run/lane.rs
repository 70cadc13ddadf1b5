//! One side's lane: it waits for the pace, sends one request at a time, honours pauses, sends again what
//! may be sent again, and writes down every attempt.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use super::Session;
use super::answers::Kept;
use super::journal::Reached;
use super::retry::{self, Next, Tries};
use crate::driver::Driver;
use crate::pace::{Pace, Slot};
use crate::record::{Requests, Side, SideOutside, StepRecord, seconds};
use crate::scenario::{Form, Step};
use crate::target::{Exchange, Fate, Request, Target};

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

/// What something is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A timed iteration, which tells of its own attempts.
    Timed,
    /// The preflight, with the removal of what it made.
    Preflight,
    /// The removal of what timed iterations made.
    CleanUp,
    /// Comparing answers, with the removal of what that made; no scenario that is measured tells of it.
    Compared,
}

/// Looks at something around each step of a pass whose answers are kept: at the store behind it, say.
pub trait StepWatch: Debug {
    /// The first step is about to be sent.
    fn begin(&self) -> Pin<Box<dyn Future<Output = ()> + '_>>;

    /// This step was answered.
    fn after<'w>(&'w self, step: &'w str) -> Pin<Box<dyn Future<Output = ()> + 'w>>;
}

/// What a pass through some steps adds up to.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) purpose: Purpose,
    pub(super) steps: Vec<StepRecord>,
    /// The fate of each of `steps`; none when it was never sent.
    fates: Vec<Option<Fate>>,
    /// The answers, where they are kept to be compared.
    pub(super) kept: Option<Vec<Kept>>,
    /// Who looks at something after each step.
    pub(super) watch: Option<Rc<dyn StepWatch>>,
    pub(super) budget_wait: Duration,
    pub(super) pause: Duration,
}

impl Log {
    /// Nothing yet.
    pub(super) fn of(purpose: Purpose) -> Self {
        Self {
            purpose,
            steps: Vec::new(),
            fates: Vec::new(),
            kept: None,
            watch: None,
            budget_wait: Duration::ZERO,
            pause: Duration::ZERO,
        }
    }

    /// Nothing yet; the answers will be kept.
    pub(super) fn keeping(watch: Option<Rc<dyn StepWatch>>) -> Self {
        Self {
            kept: Some(Vec::new()),
            watch,
            ..Self::of(Purpose::Compared)
        }
    }

    /// Lets whoever watches look at what a step did.
    pub(super) async fn watched(&self, step: &str) {
        if let Some(watch) = &self.watch {
            watch.after(step).await;
        }
    }

    /// Files an attempt, with what its target says of its fate when it was sent.
    pub(super) fn file(&mut self, attempt: StepRecord, fate: Option<Fate>) {
        self.steps.push(attempt);
        self.fates.push(fate);
    }

    /// The attempts from this place on, each with its fate.
    pub(super) fn since(&self, place: usize) -> impl Iterator<Item = (&StepRecord, Option<Fate>)> {
        let fates = self.fates.iter().copied();
        self.steps.iter().zip(fates).skip(place)
    }
}

/// Which request of a pass is sent, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sending<'s> {
    /// The step's place among the steps.
    pub(super) index: u32,
    /// What is sent.
    pub(super) form: &'s Form,
    /// The page of a list, from 0.
    pub(super) page: u32,
    /// How it was sent before.
    pub(super) tries: Tries,
    /// How it waits.
    pub(super) patience: Patience,
}

/// The last attempt of a request, not yet filed.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) exchange: Exchange,
    pub(super) entry: StepRecord,
    pub(super) fate: Fate,
    /// Set when something may have been made that nobody has seen.
    pub(super) doubt: Option<Doubt>,
}

/// A request of which nobody knows what it made, and that must not be sent again before somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubt {
    /// How it was sent, with the attempt that left it open.
    pub(super) tries: Tries,
    /// Whether the target says that nothing was saved.
    pub(super) said_not_saved: bool,
}

/// One side of the comparison while a run lasts.
#[derive(Debug)]
pub struct Lane<T> {
    pub(super) side: Side,
    pub(super) target: T,
    /// What templates know as `target.<name>` on this side.
    pub(super) variables: BTreeMap<String, String>,
    driver: Driver,
    pace: RefCell<Pace>,
    /// Notion requests spent so far, clean-up and preflight included.
    spent: Cell<u64>,
    /// What was sent outside of timed iterations since it was last taken.
    outside: Cell<SideOutside>,
}

impl<T: Target> Lane<T> {
    /// A lane that keeps to a pace.
    pub fn new(side: Side, target: T, pace: Pace) -> Self {
        Self {
            side,
            driver: target.driver(),
            target,
            variables: BTreeMap::new(),
            pace: RefCell::new(pace),
            spent: Cell::new(0),
            outside: Cell::default(),
        }
    }

    /// The same lane with variables of its target, for templates.
    #[must_use]
    pub fn with_variables(self, variables: BTreeMap<String, String>) -> Self {
        Self { variables, ..self }
    }

    /// Notion requests spent so far, clean-up and preflight included.
    pub fn spent(&self) -> u64 {
        self.spent.get()
    }

    /// Counts what a request cost.
    pub(super) fn spend(&self, cost: u32) {
        self.spent.set(self.spent.get() + u64::from(cost));
    }

    /// How often a request may be turned away.
    pub(super) fn most_refusals(&self) -> u32 {
        self.pace.borrow().patience()
    }

    /// What was sent outside of timed iterations since this was last asked for.
    pub(super) fn take_outside(&self) -> SideOutside {
        self.outside.take()
    }

    /// Counts the attempts of an iteration that will not be in the record.
    pub(super) fn count_interrupted(&self, attempts: &[StepRecord]) {
        let mut outside = self.outside.get();
        let counted = &mut outside.interrupted;
        attempts.iter().for_each(|attempt| counted.count(attempt));
        self.outside.set(outside);
    }

    /// Counts an attempt at once when no iteration will tell of it.
    fn count(&self, purpose: Purpose, attempt: &StepRecord) {
        let mut outside = self.outside.get();
        let counted: &mut Requests = match purpose {
            Purpose::Timed | Purpose::Compared => return,
            Purpose::Preflight => &mut outside.preflight,
            Purpose::CleanUp => &mut outside.clean_up,
        };
        counted.count(attempt);
        self.outside.set(outside);
    }

    /// The pace, for what shares the budget after this lane.
    pub fn into_pace(self) -> Pace {
        self.pace.into_inner()
    }

    /// Whose lane it is.
    pub fn side(&self) -> Side {
        self.side
    }

    /// The target behind the lane.
    pub fn target(&self) -> &T {
        &self.target
    }

    /// How the target is reached, as the journal keeps it.
    #[must_use]
    pub fn reached(&self) -> Reached {
        Reached {
            driver: self.driver.name().to_owned(),
            variables: self.variables.clone(),
        }
    }

    /// The form of a step that this side is sent.
    pub(super) fn form<'s>(&self, step: &'s Step) -> Option<&'s Form> {
        step.form(self.driver)
    }

    /// Sends a request until its last attempt, and files every attempt before that.
    pub(super) async fn send(
        &self,
        session: &Session<'_>,
        request: &Request,
        mut sending: Sending<'_>,
        log: &mut Log,
    ) -> Result<Sent, Halt> {
        let cost = match self.side {
            Side::Baseline => sending.form.cost,
            Side::Candidate => 0,
        };
        loop {
            let slot = self.wait(session, cost, sending.patience, log).await?;
            tracing::debug!(
                side = self.side.name(),
                step = sending.index,
                page = sending.page,
                attempt = sending.tries.next_attempt(),
                ?slot,
                "sending"
            );
            let exchange = self.target.send(request.clone()).await;
            self.spend(cost);
            let mut entry = entry(session, sending, cost, &exchange);
            self.count(log.purpose, &entry);
            let fate = self.target.fate(&exchange);
            let most_refusals = self.most_refusals();
            let tries = sending.tries.and(fate);
            let next = retry::next(fate, sending.form, tries, most_refusals);
            self.honour_pause(session, &exchange, (fate, next, tries));
            if next != Next::SendAgain {
                let doubt = (next == Next::LookUp).then_some(Doubt {
                    tries,
                    said_not_saved: fate == Fate::NotSaved,
                });
                return Ok(Sent {
                    exchange,
                    entry,
                    fate,
                    doubt,
                });
            }
            entry.superseded = true;
            log.file(entry, Some(fate));
            sending.tries = tries;
        }
    }

    /// Waits for the pace and for pauses, and writes the waiting down beside the latency.
    pub(super) async fn wait(
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
        let left = session.clock.elapsed();
        self.pace.borrow_mut().left(left, cost);
        Ok(slot)
    }

    /// Stops the whole side when the answer asks for it, or when another attempt has to wait.
    pub(super) fn honour_pause(
        &self,
        session: &Session<'_>,
        exchange: &Exchange,
        (fate, next, tries): (Fate, Next, Tries),
    ) {
        let answer = exchange.result.as_ref().ok();
        let asked = answer
            .filter(|answer| answer.status >= 400)
            .and_then(|answer| answer.retry_after);
        let Some(pause) = retry::pause(asked, fate, next, tries) else {
            return;
        };
        let finished = session.clock.place(exchange.finished);
        self.pause(session, finished, pause, fate == Fate::TurnedAway);
    }

    /// Leaves the whole side alone for a time that begins at `from`, since the start of the run.
    pub(super) fn rest(&self, session: &Session<'_>, from: Duration, pause: Duration) {
        self.pause(session, from, pause, false);
    }

    /// The same, and slower afterwards when it was refused: somebody else spends of the budget.
    fn pause(&self, session: &Session<'_>, from: Duration, pause: Duration, refused: bool) {
        // A longer pause than is allowed ends the lane, however much longer it is.
        let most = session
            .plan
            .bounds
            .max_pause
            .saturating_add(Duration::from_secs(1));
        let until = from.saturating_add(pause.min(most));
        let mut pace = self.pace.borrow_mut();
        if refused {
            pace.refused(from, until);
        } else {
            pace.pause_until(until);
        }
    }
}

/// What a record says of one attempt.
fn entry(
    session: &Session<'_>,
    sending: Sending<'_>,
    cost: u32,
    exchange: &Exchange,
) -> StepRecord {
    let answer = exchange.result.as_ref().ok();
    StepRecord {
        step: sending.index,
        attempt: sending.tries.next_attempt(),
        page: sending.page,
        look_up: false,
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
        store_s: answer.and_then(|answer| answer.timing.store).map(seconds),
        model_s: answer.and_then(|answer| answer.timing.model).map(seconds),
        failure: exchange
            .result
            .as_ref()
            .err()
            .map(|failed| failed.failure.clone()),
        superseded: false,
    }
}
