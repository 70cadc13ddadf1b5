//! Two builds of one application, asked in turns.
//!
//! Nothing here is rationed and nothing runs side by side: one request at a time, so that no build's answer
//! waits for the other's. The old build takes the baseline's place and the new one the candidate's, so that
//! journal, clean-up and retries are those of every run. What is asked, and when it is enough, is the
//! caller's business ([`crate::plan::BlockPlan`]).
//!
//! ```text
//! contact -> warm_up (who lacks it?) -> turns, block by block -> settle
//! ```

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::iteration::Ended;
use super::side_by_side::MOST_CLEANUP_FAILURES;
use super::{Lane, RunError, Session};
use crate::plan::Turn;
use crate::record::{
    BlockSamples, Build, FailedSample, Failure, FailureKind, Iteration, Iterations, Missing,
    SampleStatus, Stopped,
};
use crate::scenario::Scenario;
use crate::target::Target;

/// The shortest time that a sample can have: records keep microseconds.
const RESOLUTION_S: f64 = 1e-6;

/// What came of a part of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Part<S> {
    /// It was made as planned.
    Whole(S),
    /// It was not; half of it is no evidence.
    CutShort(Stopped),
}

/// What each build took in one scenario's turns of one block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TurnSamples {
    /// The old build's samples in time order.
    pub old: BlockSamples,
    /// The new build's.
    pub new: BlockSamples,
}

impl TurnSamples {
    fn of(&mut self, build: Build) -> &mut BlockSamples {
        match build {
            Build::Old => &mut self.old,
            Build::New => &mut self.new,
        }
    }
}

/// Two builds while they are compared.
#[derive(Debug)]
pub struct Builds<'r, T> {
    session: &'r Session<'r>,
    old: &'r Lane<T>,
    new: &'r Lane<T>,
    /// Iterations of each scenario whose clean-up failed.
    cleanup_failures: RefCell<BTreeMap<String, u32>>,
}

impl<'r, T: Target> Builds<'r, T> {
    /// The old build behind the baseline's lane, the new one behind the candidate's.
    pub fn new(session: &'r Session<'r>, old: &'r Lane<T>, new: &'r Lane<T>) -> Self {
        Self {
            session,
            old,
            new,
            cleanup_failures: RefCell::default(),
        }
    }

    fn lane(&self, build: Build) -> &'r Lane<T> {
        match build {
            Build::Old => self.old,
            Build::New => self.new,
        }
    }

    /// Sees that both answer at all. Both may be one and the same: a comparison of a build with itself shows
    /// what the method makes of no change.
    ///
    /// # Errors
    /// When one cannot be reached, refuses the credentials, or could not be cleaned up again.
    pub async fn contact(&self, scenario: &Scenario) -> Result<Part<()>, RunError> {
        for build in Build::BOTH {
            match self.lane(build).contact(self.session, scenario).await {
                Ok(_) => {}
                Err(Ended::Halted(halt)) => return Ok(Part::CutShort(halt.into())),
                Err(Ended::Failed(error)) => return Err(error),
            }
        }
        Ok(Part::Whole(()))
    }

    /// Makes the first iterations, which count for nothing, and tells which build lacks the scenario: each of
    /// them was answered there, and none by what the scenario asks for. Where the new build lacks it, an old build
    /// without one good answer, whatever the reason, is no yardstick and lacks it too.
    ///
    /// A build that is in trouble (503 while it starts) lacks nothing: it is measured, and its failures are
    /// counted block by block, for three answers of its first second are no evidence of a regression.
    ///
    /// # Errors
    /// When the journal cannot be kept.
    pub async fn warm_up(
        &self,
        scenario: &Scenario,
        order: &[Turn],
    ) -> Result<Part<Vec<Missing>>, RunError> {
        let mut ends: BTreeMap<Build, Vec<Option<Failed>>> = BTreeMap::new();
        for turn in order {
            let made = match self.iterate(scenario, *turn).await? {
                Part::Whole(made) => made,
                Part::CutShort(why) => return Ok(Part::CutShort(why)),
            };
            ends.entry(turn.build).or_default().push(made.failed());
        }
        Ok(Part::Whole(missing(&ends)))
    }

    /// One scenario's turns of one block.
    ///
    /// # Errors
    /// When the journal cannot be kept.
    pub async fn turns(
        &self,
        scenario: &Scenario,
        order: &[Turn],
    ) -> Result<Part<TurnSamples>, RunError> {
        let mut samples = TurnSamples::default();
        for turn in order {
            match self.iterate(scenario, *turn).await? {
                Part::Whole(made) => add(samples.of(turn.build), &made, scenario),
                Part::CutShort(why) => return Ok(Part::CutShort(why)),
            }
        }
        Ok(Part::Whole(samples))
    }

    /// Removes what is still in the journal of a scenario.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn settle(&self, scenario: &Scenario) -> Result<(), RunError> {
        for build in Build::BOTH {
            self.lane(build).settle(self.session, scenario).await?;
        }
        Ok(())
    }

    async fn iterate(&self, scenario: &Scenario, turn: Turn) -> Result<Part<Made>, RunError> {
        let lane = self.lane(turn.build);
        let iteration = match lane.iterate(self.session, scenario, turn.n).await {
            Ok(iteration) => iteration,
            Err(Ended::Halted(halt)) => return Ok(Part::CutShort(halt.into())),
            Err(Ended::Failed(error)) => return Err(error),
        };
        if !iteration.cleanup_failures.is_empty() {
            let mut failures = self.cleanup_failures.borrow_mut();
            let failures = failures.entry(scenario.name.clone()).or_default();
            *failures += 1;
            if *failures >= MOST_CLEANUP_FAILURES {
                return Ok(Part::CutShort(Stopped::CleanUp));
            }
        }
        Ok(Part::Whole(Made::of(iteration)))
    }
}

/// An iteration, to be read in the record's words.
struct Made(Iterations);

impl Made {
    fn of(iteration: Iteration) -> Self {
        let mut one = Iterations::new();
        one.push(iteration);
        Self(one)
    }

    fn failed(&self) -> Option<Failed> {
        let mut results = self.0.last()?.steps().filter(|step| !step.superseded());
        results.find_map(|step| {
            let failure = step.failure()?.clone();
            let status = step.status();
            Some(Failed { failure, status })
        })
    }
}

/// How an iteration failed, and the status of the answer that did, if there was one.
#[derive(Debug, Clone)]
struct Failed {
    failure: Failure,
    status: Option<u16>,
}

impl Failed {
    /// The build answered, and has not what the scenario asks for: a broken connection does not say so, nor does
    /// an error that may pass, nor a refusal.
    fn is_lack(&self) -> bool {
        match self.failure.kind {
            FailureKind::Status => matches!(self.status, Some(404 | 405 | 410 | 501)),
            FailureKind::Body | FailureKind::Template => true,
            FailureKind::Timeout
            | FailureKind::Connect
            | FailureKind::Transport
            | FailureKind::RateLimited => false,
        }
    }
}

/// The builds that lack a scenario, by how each of its first iterations failed, if it did.
fn missing(ends: &BTreeMap<Build, Vec<Option<Failed>>>) -> Vec<Missing> {
    let lacks = |build: Build, counts: fn(&Failed) -> bool| {
        let failed: Option<Vec<&Failed>> = ends.get(&build)?.iter().map(Option::as_ref).collect();
        let failed = failed?;
        let all = failed.iter().all(|failed| counts(failed));
        let seen = failed.first().filter(|_| all)?.failure.detail.clone();
        Some(Missing { build, seen })
    };
    let new = lacks(Build::New, Failed::is_lack);
    let old = match new {
        Some(_) => lacks(Build::Old, |_| true),
        None => lacks(Build::Old, Failed::is_lack),
    };
    old.into_iter().chain(new).collect()
}

/// Files an iteration as the statistics count it. One that lacks the result of a step took no time that can
/// be trusted.
fn add(samples: &mut BlockSamples, made: &Made, scenario: &Scenario) {
    let Some(iteration) = made.0.last() else {
        return;
    };
    let sample = iteration.sample();
    let is_whole = iteration.has_results(scenario.steps.len());
    if sample.status == SampleStatus::Ok && is_whole {
        samples.seconds.push(sample.seconds.max(RESOLUTION_S));
        return;
    }
    let (status, detail) = match iteration.failure() {
        Some(failure) => (sample.status, failure.detail.clone()),
        None => (
            SampleStatus::Error,
            "a step has neither an answer nor a failure".to_owned(),
        ),
    };
    samples.failures.push(FailedSample {
        elapsed_s: sample.seconds,
        status,
        detail,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: FailureKind, status: Option<u16>) -> Option<Failed> {
        let detail = kind.name().to_owned();
        let failure = Failure { kind, detail };
        Some(Failed { failure, status })
    }

    fn status(status: u16) -> Option<Failed> {
        failed(FailureKind::Status, Some(status))
    }

    fn lacking(old: &[Option<Failed>], new: &[Option<Failed>]) -> Vec<Build> {
        let ends = [(Build::Old, old.to_vec()), (Build::New, new.to_vec())];
        let found = missing(&ends.into());
        found.iter().map(|one| one.build).collect()
    }

    #[test]
    fn a_build_lacks_what_it_never_answered_as_expected() {
        let (good, other) = ([None, None], [status(404), status(404)]);
        let none = failed(FailureKind::Timeout, None);
        assert_eq!(lacking(&good, &good), []);
        assert_eq!(lacking(&good, &other), [Build::New]);
        assert_eq!(lacking(&other, &good), [Build::Old]);
        assert_eq!(lacking(&other, &other), Build::BOTH);
        // Answers that do not come are counted, block by block: they say nothing of what a build has.
        assert_eq!(lacking(&good, &[none.clone(), none.clone()]), []);
        assert_eq!(lacking(&good, &[status(404), none.clone()]), []);
        assert_eq!(lacking(&[None, status(404)], &other), [Build::New]);
        // And yet nobody can say that the old build answers it.
        assert_eq!(lacking(&[none, status(404)], &other), Build::BOTH);
    }

    #[test]
    fn an_error_that_may_pass_is_no_lack_and_a_wrong_body_is_one() {
        for lacks in [404, 405, 410, 501] {
            assert_eq!(lacking(&[None], &[status(lacks)]), [Build::New]);
        }
        for passing in [302, 400, 403, 422, 500, 502, 503, 504] {
            assert_eq!(lacking(&[None], &[status(passing)]), []);
            assert_eq!(lacking(&[status(passing)], &[None]), []);
            assert_eq!(lacking(&[None, None], &[status(404), status(passing)]), []);
        }
        let wrong = failed(FailureKind::Body, Some(200));
        assert_eq!(lacking(&[None], &[wrong]), [Build::New]);
    }
}
