//! Both lanes at once, on one thread: they share what they write down without locks, and every
//! moment in which one of them keeps the other waiting is seen by the lag probe.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tokio::sync::{Mutex, Notify};

use super::iteration::Ended;
use super::lag::LagProbe;
use super::lane::{Halt, Lane};
use super::{CutShort, Look, Observer, Rule, RunError, Session};
use crate::record::{Iteration, Iterations, ScenarioRecord, Side, Stopped};
use crate::scenario::Scenario;
use crate::target::Target;

/// After a failed candidate iteration that does not decide, so that a dead target is not hammered.
const AFTER_FAILURE: Duration = Duration::from_millis(250);

/// A target that lets itself be written to and not be cleaned must not be filled up.
pub(super) const MOST_CLEANUP_FAILURES: u32 = 3;

/// One scenario while it is being measured.
pub(super) struct SideBySide<'r, B, C> {
    session: &'r Session<'r>,
    scenario: &'r Scenario,
    baseline: &'r Lane<B>,
    candidate: &'r Lane<C>,
    record: RefCell<ScenarioRecord>,
    /// Why measuring ends; the lanes stop after the iteration that they are in.
    stopped: Cell<Option<Stopped>>,
    /// Iterations whose clean-up failed, on both sides.
    cleanup_failures: Cell<u32>,
    /// The first error that makes going on impossible.
    failed: RefCell<Option<RunError>>,
    /// Woken when the candidate has moved on or measuring ends.
    moved: Notify,
    /// Held by the candidate during an iteration and by a look, so that the work of looking never
    /// falls into an answer that is being timed.
    quiet: Mutex<()>,
}

impl<'r, B: Target, C: Target> SideBySide<'r, B, C> {
    pub(super) fn new(
        session: &'r Session<'r>,
        scenario: &'r Scenario,
        lanes: (&'r Lane<B>, &'r Lane<C>),
        record: ScenarioRecord,
    ) -> Self {
        Self {
            session,
            scenario,
            baseline: lanes.0,
            candidate: lanes.1,
            record: RefCell::new(record),
            stopped: Cell::new(None),
            cleanup_failures: Cell::new(0),
            failed: RefCell::new(None),
            moved: Notify::new(),
            quiet: Mutex::new(()),
        }
    }

    /// Measures until it is decided, also by the candidate's last iteration.
    pub(super) async fn run(
        self,
        rule: &mut dyn Rule,
        observer: &dyn Observer,
    ) -> Result<ScenarioRecord, CutShort> {
        let rule = RefCell::new(rule);
        let mut lag = match LagProbe::start() {
            Ok(lag) => lag,
            Err(error) => return Err(self.cut_short(error.into())),
        };
        loop {
            tokio::select! {
                ((), ()) = async {
                    tokio::join!(self.baseline_lane(&rule, observer), self.candidate_lane(&rule, observer))
                } => {}
                () = lag.listen() => {}
            }
            if let Some(error) = self.failed.take() {
                return Err(self.cut_short(error));
            }
            // The candidate finishes what it had begun when the rule said stop; should its last
            // sample undo the decision, measuring goes on.
            let undone = self.stopped.get() == Some(Stopped::Decided)
                && rule.borrow_mut().look(&self.record.borrow()) == Look::Continue;
            if !undone {
                break;
            }
            self.stopped.set(None);
        }
        let mut record = self.record.into_inner();
        record.lag = lag.facts();
        record.stopped = self.stopped.get().unwrap_or(Stopped::Interrupted);
        Ok(record)
    }

    fn cut_short(self, error: RunError) -> CutShort {
        CutShort {
            error,
            record: Box::new(self.record.into_inner()),
        }
    }

    async fn baseline_lane(&self, rule: &RefCell<&mut dyn Rule>, observer: &dyn Observer) {
        let bounds = &self.session.plan.bounds;
        while self.stopped.get().is_none() {
            let n = count(&self.record.borrow().baseline);
            if n >= bounds.max_baseline_iterations {
                return self.stop(Stopped::Cap);
            }
            if self.session.clock.elapsed() >= bounds.time_limit {
                return self.stop(Stopped::TimeLimit);
            }
            match self.baseline.iterate(self.session, self.scenario, n).await {
                Ok(iteration) => {
                    self.count_cleanup(&iteration);
                    self.record.borrow_mut().baseline.push(iteration);
                }
                Err(ended) => return self.end(ended),
            }
            observer.progressed(&self.record.borrow(), Side::Baseline, self.baseline.spent());
            self.candidate_reaches(self.session.plan.candidate_due(self.scenario, n + 1))
                .await;
            if self.stopped.get().is_none() {
                let _quiet = self.quiet.lock().await;
                self.look(rule);
            }
        }
    }

    async fn candidate_lane(&self, rule: &RefCell<&mut dyn Rule>, observer: &dyn Observer) {
        let cap = self.session.plan.candidate_cap(self.scenario);
        while self.stopped.get().is_none() {
            let n = count(&self.record.borrow().candidate);
            if n >= cap {
                self.moved.notified().await;
                continue;
            }
            let failed = {
                let _quiet = self.quiet.lock().await;
                match self.candidate.iterate(self.session, self.scenario, n).await {
                    Ok(iteration) => {
                        self.count_cleanup(&iteration);
                        let mut record = self.record.borrow_mut();
                        record.candidate.push(iteration);
                        let last = record.candidate.last();
                        last.is_some_and(|last| last.failure().is_some())
                    }
                    Err(ended) => return self.end(ended),
                }
            };
            observer.progressed(
                &self.record.borrow(),
                Side::Candidate,
                self.baseline.spent(),
            );
            self.moved.notify_waiters();
            if failed && self.stopped.get().is_none() {
                self.look(rule);
                self.pause_after_failure().await;
            }
            // A target that answers at once must not starve the other lane.
            tokio::task::yield_now().await;
        }
    }

    async fn pause_after_failure(&self) {
        if self.stopped.get().is_none() {
            let until = self.session.clock.elapsed() + AFTER_FAILURE;
            tokio::select! {
                () = self.session.clock.sleep_until(until) => {}
                () = self.session.interrupt.wait() => {}
            }
        }
    }

    /// Waits until the candidate has made so many iterations, or measuring ends.
    async fn candidate_reaches(&self, due: u32) {
        loop {
            let moved = self.moved.notified();
            if self.stopped.get().is_some() || count(&self.record.borrow().candidate) >= due {
                return;
            }
            tokio::select! {
                () = moved => {}
                () = self.session.interrupt.wait() => return self.stop(Stopped::Interrupted),
            }
        }
    }

    fn count_cleanup(&self, iteration: &Iteration) {
        if !iteration.cleanup_failures.is_empty() {
            self.cleanup_failures.set(self.cleanup_failures.get() + 1);
            if self.cleanup_failures.get() >= MOST_CLEANUP_FAILURES {
                self.stop(Stopped::CleanUp);
            }
        }
    }

    fn look(&self, rule: &RefCell<&mut dyn Rule>) {
        if rule.borrow_mut().look(&self.record.borrow()) == Look::Decided {
            self.stop(Stopped::Decided);
        }
    }

    fn end(&self, ended: Ended) {
        match ended {
            Ended::Halted(halt) => self.stop(halt.into()),
            Ended::Failed(error) => {
                self.failed.borrow_mut().get_or_insert(error);
                self.stop(Stopped::Interrupted);
            }
        }
    }

    /// Ends measuring; the first reason stands.
    fn stop(&self, why: Stopped) {
        if self.stopped.get().is_none() {
            self.stopped.set(Some(why));
        }
        self.moved.notify_waiters();
    }
}

impl From<Halt> for Stopped {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Interrupted => Self::Interrupted,
            Halt::PauseTooLong => Self::PauseTooLong,
        }
    }
}

fn count(iterations: &Iterations) -> u32 {
    u32::try_from(iterations.len()).unwrap_or(u32::MAX)
}
