//! How the columns are read: as one iteration, or one attempt of one step, at a time. A view is two
//! words wide and copies nothing.

use super::iterations::{Columns, Iterations, StepColumns, first_sent_at_s};
use super::{Failure, FailureKind, Iteration, Sample, SampleStatus, StepRecord};

/// One iteration of [`Iterations`]; its fields are those of [`Iteration`].
#[derive(Debug, Clone, Copy)]
pub struct IterationRef<'a> {
    all: &'a Iterations,
    row: usize,
}

impl<'a> IterationRef<'a> {
    /// The view of a row that is there.
    pub(super) fn new(all: &'a Iterations, row: usize) -> Self {
        Self { all, row }
    }

    fn columns(self) -> &'a Columns {
        &self.all.columns
    }

    /// Counts from 0 on each side; equal numbers drew equal inputs.
    #[must_use]
    pub fn n(self) -> u32 {
        match &self.columns().n {
            Some(n) => *n.get(self.row),
            None => u32::try_from(self.row).unwrap_or(u32::MAX),
        }
    }

    /// When it was due: the moment the lane became free.
    #[must_use]
    pub fn intended_at_s(self) -> f64 {
        self.columns().intended_at_s[self.row]
    }

    /// When its first request was sent.
    #[must_use]
    pub fn sent_at_s(self) -> f64 {
        match &self.columns().sent_at_s {
            Some(sent_at_s) => *sent_at_s.get(self.row),
            None => first_sent_at_s(&self.columns().steps, &self.all.ends, self.row),
        }
    }

    /// When its last answer was complete.
    #[must_use]
    pub fn finished_at_s(self) -> f64 {
        *self.columns().finished_at_s.get(self.row)
    }

    /// Time spent waiting for the budget; never part of the latency.
    #[must_use]
    pub fn budget_wait_s(self) -> f64 {
        *self.columns().budget_wait_s.get(self.row)
    }

    /// Time spent in pauses that the target asked for (`Retry-After`); never part of the latency.
    #[must_use]
    pub fn pause_s(self) -> f64 {
        *self.columns().pause_s.get(self.row)
    }

    /// What it cost in Notion requests, clean-up left out.
    #[must_use]
    pub fn notion_requests(self) -> u32 {
        *self.columns().notion_requests.get(self.row)
    }

    /// What went wrong while cleaning up; nothing of it is gated as latency.
    #[must_use]
    pub fn cleanup_failures(self) -> &'a [Failure] {
        self.columns().cleanup_failures.get(self.row)
    }

    /// Every attempt of every step, in order.
    pub fn steps(
        self,
    ) -> impl DoubleEndedIterator<Item = StepRef<'a>> + ExactSizeIterator + Clone + use<'a> {
        let ends = &self.all.ends;
        let start = self.row.checked_sub(1).map_or(0, |before| ends[before]) as usize;
        let steps = &self.columns().steps;
        (start..ends[self.row] as usize).map(move |row| StepRef { steps, row })
    }

    /// The attempts that no other one of the same step followed.
    fn results(self) -> impl Iterator<Item = StepRef<'a>> + use<'a> {
        self.steps().filter(|step| !step.superseded())
    }

    /// The sum of its steps' durations; waits, pauses, handshakes and superseded attempts left out.
    #[must_use]
    pub fn latency_s(self) -> f64 {
        self.results().map(StepRef::duration_s).sum()
    }

    /// The first failure that ended it.
    #[must_use]
    pub fn failure(self) -> Option<&'a Failure> {
        self.results().find_map(StepRef::failure)
    }

    /// Whether each of so many steps has a result. A step has as many results as its list has pages, so that
    /// results are looked for step by step and not counted.
    #[must_use]
    pub fn has_results(self, steps: usize) -> bool {
        let has_result = |place| self.results().any(|step| step.step() as usize == place);
        (0..steps.max(1)).all(has_result)
    }

    /// How it counts for the statistics.
    #[must_use]
    pub fn sample(self) -> Sample {
        let status = match self.failure() {
            None => SampleStatus::Ok,
            Some(failure) if failure.kind == FailureKind::Timeout => SampleStatus::Timeout,
            Some(_) => SampleStatus::Error,
        };
        Sample {
            seconds: self.latency_s(),
            status,
        }
    }

    /// How many of its attempts were answered with 429.
    #[must_use]
    pub fn rate_limited(self) -> usize {
        let limited = |step: &StepRef<'_>| step.status() == Some(429);
        self.steps().filter(limited).count()
    }

    /// How many of its attempts were turned away before anything was done: answered with 429 or 529.
    #[must_use]
    pub fn turned_away(self) -> usize {
        let turned_away = |step: &StepRef<'_>| matches!(step.status(), Some(429 | 529));
        self.steps().filter(turned_away).count()
    }

    /// The iteration by itself.
    #[must_use]
    pub fn to_owned(self) -> Iteration {
        Iteration {
            n: self.n(),
            intended_at_s: self.intended_at_s(),
            sent_at_s: self.sent_at_s(),
            finished_at_s: self.finished_at_s(),
            budget_wait_s: self.budget_wait_s(),
            pause_s: self.pause_s(),
            notion_requests: self.notion_requests(),
            steps: self.steps().map(StepRef::to_owned).collect(),
            cleanup_failures: self.cleanup_failures().to_vec(),
        }
    }
}

/// One attempt of one step; its fields are those of [`StepRecord`].
#[derive(Debug, Clone, Copy)]
pub struct StepRef<'a> {
    steps: &'a StepColumns,
    row: usize,
}

impl<'a> StepRef<'a> {
    /// Which of the scenario's steps, from 0.
    #[must_use]
    pub fn step(self) -> u32 {
        *self.steps.step.get(self.row)
    }

    /// 1 for the first attempt; more after an answer or a broken connection that let it be sent again.
    #[must_use]
    pub fn attempt(self) -> u32 {
        *self.steps.attempt.get(self.row)
    }

    /// Which page of a list that comes in pages, from 0.
    #[must_use]
    pub fn page(self) -> u32 {
        *self.steps.page.get(self.row)
    }

    /// Whether this is no attempt of the step, but a look-up of what it may have made.
    #[must_use]
    pub fn look_up(self) -> bool {
        *self.steps.look_up.get(self.row)
    }

    /// When the request was sent.
    #[must_use]
    pub fn sent_at_s(self) -> f64 {
        self.steps.sent_at_s[self.row]
    }

    /// From sending to the last byte of the answer, without [`Self::connect_s`].
    #[must_use]
    pub fn duration_s(self) -> f64 {
        *self.steps.duration_s.get(self.row)
    }

    /// A new connection's handshake (name, TCP, TLS), when one was opened for this request.
    #[must_use]
    pub fn connect_s(self) -> Option<f64> {
        *self.steps.connect_s.get(self.row)
    }

    /// The answer's status, when there was an answer.
    #[must_use]
    pub fn status(self) -> Option<u16> {
        *self.steps.status.get(self.row)
    }

    /// The size of the answer's body.
    #[must_use]
    pub fn bytes(self) -> u64 {
        *self.steps.bytes.get(self.row)
    }

    /// What the step costs on this side, in Notion requests.
    #[must_use]
    pub fn notion_requests(self) -> u32 {
        *self.steps.notion_requests.get(self.row)
    }

    /// The pause that the answer asked for.
    #[must_use]
    pub fn retry_after_s(self) -> Option<f64> {
        *self.steps.retry_after_s.get(self.row)
    }

    /// Cache headers of the answer, as `name: value`, whatever they say.
    #[must_use]
    pub fn cache_headers(self) -> &'a [String] {
        self.steps.cache_headers.get(self.row)
    }

    /// What of the duration the answer says it waited for its store.
    #[must_use]
    pub fn store_s(self) -> Option<f64> {
        *self.steps.store_s.get(self.row)
    }

    /// What of the duration the answer says it waited for a language model.
    #[must_use]
    pub fn model_s(self) -> Option<f64> {
        *self.steps.model_s.get(self.row)
    }

    /// Why the step failed.
    #[must_use]
    pub fn failure(self) -> Option<&'a Failure> {
        self.steps.failure.get(self.row).as_ref()
    }

    /// Whether another attempt of the same request followed, so that this one is not its result.
    #[must_use]
    pub fn superseded(self) -> bool {
        *self.steps.superseded.get(self.row)
    }

    /// The attempt by itself.
    #[must_use]
    pub fn to_owned(self) -> StepRecord {
        StepRecord {
            step: self.step(),
            attempt: self.attempt(),
            page: self.page(),
            look_up: self.look_up(),
            sent_at_s: self.sent_at_s(),
            duration_s: self.duration_s(),
            connect_s: self.connect_s(),
            status: self.status(),
            bytes: self.bytes(),
            notion_requests: self.notion_requests(),
            retry_after_s: self.retry_after_s(),
            cache_headers: self.cache_headers().to_vec(),
            store_s: self.store_s(),
            model_s: self.model_s(),
            failure: self.failure().cloned(),
            superseded: self.superseded(),
        }
    }
}
