//! How much a cutover can win: Amdahl's law.
//!
//! A cutover replaces the store. Whatever else an answer's time is made of (a language model, the application
//! itself) stays as it was, and bounds the speedup however fast the new store is (Amdahl, *Validity of the
//! single processor approach to achieving large scale computing capabilities*, AFIPS 1967):
//!
//! ```text
//! whole = store + model + application        means over the iterations that succeeded
//! highest  = whole / (whole - store)         with a store that takes no time
//! expected = whole / (whole - store + s)     with the candidate's store, which takes s
//! ```
//!
//! Reported, never gated: the promise is judged by what was measured.

use crate::record::{IterationRef, Iterations, SampleStatus};

/// The mean iteration of one side, in parts. None is negative, and their sum is the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeSplit {
    /// Iterations that it is the mean of.
    pub n: usize,
    /// The mean latency in seconds.
    pub whole_s: f64,
    /// What of it was the store's.
    pub store_s: f64,
    /// What of it was a language model's.
    pub model_s: f64,
}

/// How far a cutover can reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// The store's share of the baseline's time, from 0 to 1.
    pub store_share: f64,
    /// The highest speedup of the mean, at least 1; infinite where all of the time is the store's.
    pub highest: f64,
    /// The speedup with the candidate's store, when its time is known.
    pub expected: Option<f64>,
    /// The highest speedup if the language model took no time either, where there is one.
    pub without_model: Option<f64>,
}

impl TimeSplit {
    /// A mean that is made of these parts. Parts beyond the whole are cut: no part of a time is longer than
    /// all of it, and clocks of two machines differ.
    #[must_use]
    pub fn new(n: usize, whole_s: f64, store_s: f64, model_s: f64) -> Self {
        let store_s = store_s.clamp(0.0, whole_s.max(0.0));
        Self {
            n,
            whole_s,
            store_s,
            model_s: model_s.clamp(0.0, (whole_s - store_s).max(0.0)),
        }
    }

    /// What is neither the store's nor a model's.
    #[must_use]
    pub fn application_s(&self) -> f64 {
        (self.whole_s - self.store_s - self.model_s).max(0.0)
    }
}

/// The parts of a side's mean iteration, as its answers tell (`Server-Timing`); else, where the same scenario
/// was asked of the store itself, with the time of that. `None` when neither tells, or only some answers do:
/// a mean over some of the steps would be another thing.
#[must_use]
pub fn split_of(iterations: &Iterations, direct: Option<&Iterations>) -> Option<TimeSplit> {
    let succeeded = |one: &IterationRef<'_>| one.sample().status == SampleStatus::Ok;
    let mut sums = (0usize, 0.0, 0.0, 0.0);
    let mut all_told = true;
    for iteration in iterations.iter().filter(succeeded) {
        sums.0 += 1;
        sums.1 += iteration.latency_s();
        for step in iteration.steps().filter(|step| !step.superseded()) {
            all_told &= step.store_s().is_some();
            sums.2 += step.store_s().unwrap_or(0.0);
            sums.3 += step.model_s().unwrap_or(0.0);
        }
    }
    let (n, whole, store, model) = sums;
    if n == 0 {
        return None;
    }
    let count = n as f64;
    let store_s = if all_told {
        store / count
    } else {
        mean(direct?)?
    };
    Some(TimeSplit::new(n, whole / count, store_s, model / count))
}

/// The mean latency of the successes; `None` without one.
fn mean(iterations: &Iterations) -> Option<f64> {
    let samples = iterations.iter().map(IterationRef::sample);
    let successes: Vec<f64> = samples
        .filter(|sample| sample.status == SampleStatus::Ok)
        .map(|sample| sample.seconds)
        .collect();
    let count = successes.len() as f64;
    (!successes.is_empty()).then(|| successes.iter().sum::<f64>() / count)
}

/// How far the cutover from this baseline can reach. `None` for a baseline that takes no time.
///
/// ```
/// use cutover::stats::{TimeSplit, reach};
/// let half = reach(&TimeSplit::new(10, 0.4, 0.2, 0.0), None).unwrap();
/// assert_eq!(half.highest, 2.0);
/// ```
#[must_use]
pub fn reach(baseline: &TimeSplit, candidate: Option<&TimeSplit>) -> Option<Reach> {
    let whole = baseline.whole_s;
    if !(whole > 0.0 && whole.is_finite()) {
        return None;
    }
    let rest = (whole - baseline.store_s).max(0.0);
    let expected = candidate.map(|candidate| whole / (rest + candidate.store_s));
    let has_model = baseline.model_s > 0.0;
    Some(Reach {
        store_share: baseline.store_s / whole,
        highest: whole / rest,
        expected: expected.filter(|speedup| speedup.is_finite()),
        without_model: has_model.then(|| whole / (rest - baseline.model_s).max(0.0)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Failure, FailureKind, Iteration, StepRecord};
    use proptest::prelude::*;

    fn split(whole_s: f64, store: f64, model: f64) -> TimeSplit {
        TimeSplit::new(10, whole_s, whole_s * store, whole_s * model)
    }

    proptest! {
        #[test]
        fn a_part_is_never_negative_and_never_more_than_the_whole(
            whole in 0.0f64..10.0, store in -1.0f64..20.0, model in -1.0f64..20.0,
        ) {
            let split = TimeSplit::new(1, whole, store, model);
            let sum = split.store_s + split.model_s + split.application_s();
            prop_assert!((sum - whole).abs() < 1e-9);
            prop_assert!(split.store_s >= 0.0 && split.model_s >= 0.0);
        }

        #[test]
        fn a_cutover_never_makes_it_slower_and_never_beats_its_bound(
            whole in 0.001f64..10.0, store in 0.0f64..1.0, new_store in 0.0f64..1.0, model in 0.0f64..1.0,
        ) {
            let candidate = split(whole, new_store * store, 0.0);
            let reach = reach(&split(whole, store, model), Some(&candidate)).unwrap();
            prop_assert!(reach.highest >= 1.0);
            let expected = reach.expected.unwrap();
            prop_assert!((1.0 - 1e-9..=reach.highest * (1.0 + 1e-9)).contains(&expected));
            prop_assert!(reach.without_model.is_none_or(|without| without >= reach.highest));
        }

        #[test]
        fn the_larger_the_share_of_the_store_the_farther_it_reaches(
            whole in 0.001f64..10.0, less in 0.0f64..0.99, more in 0.0f64..0.99,
        ) {
            let highest = |share| reach(&split(whole, share, 0.0), None).unwrap().highest;
            prop_assert_eq!(less <= more, highest(less) <= highest(more));
        }
    }

    #[test]
    fn without_a_share_of_the_store_nothing_is_won() {
        let reach = reach(&split(0.4, 0.0, 0.5), None).unwrap();
        assert!((reach.highest - 1.0).abs() < 1e-12);
        assert!((reach.without_model.unwrap() - 2.0).abs() < 1e-12);
    }

    /// A deployed application with 100 ms of Notion and 200 ms of language model: its list took 110 ms and
    /// then 8, its create 413 ms and then 224, which is 1.8 times and not 10.
    #[test]
    fn a_language_model_keeps_a_create_from_its_promise() {
        let create = TimeSplit::new(20, 0.413, 0.200, 0.200);
        let new_create = TimeSplit::new(20, 0.224, 0.011, 0.200);
        let found = reach(&create, Some(&new_create)).unwrap();
        assert!((1.8..1.9).contains(&found.expected.unwrap()), "{found:?}");
        assert!(found.highest < 2.0, "never 10, however fast the store");
        assert!(
            found.without_model.unwrap() > 10.0,
            "the model is what is in the way"
        );
        let list = reach(&TimeSplit::new(20, 0.110, 0.103, 0.0), None).unwrap();
        assert!(list.highest > 13.0, "{list:?}");
        assert_eq!(list.without_model, None);
    }

    fn iteration(store_s: &[Option<f64>], failed: bool) -> Iteration {
        let steps = store_s.iter().zip(0..).map(|(store_s, step)| StepRecord {
            step,
            attempt: 1,
            duration_s: 0.1,
            store_s: *store_s,
            model_s: Some(0.01),
            failure: failed.then(|| Failure {
                kind: FailureKind::Status,
                detail: String::new(),
            }),
            ..StepRecord::default()
        });
        Iteration {
            steps: steps.collect(),
            ..Iteration::default()
        }
    }

    #[test]
    fn the_answers_own_word_goes_before_the_store_asked_itself_and_half_a_word_is_none() {
        let told: Iterations = [
            iteration(&[Some(0.04), Some(0.05)], false),
            iteration(&[Some(9.0), Some(9.0)], true),
        ]
        .into_iter()
        .collect();
        let direct: Iterations = [iteration(&[None], false)].into_iter().collect();
        let found = split_of(&told, Some(&direct)).unwrap();
        assert_eq!(found.n, 1, "a failure is no time");
        assert!((found.whole_s - 0.2).abs() < 1e-12 && (found.store_s - 0.09).abs() < 1e-12);
        assert!((found.model_s - 0.02).abs() < 1e-12);
        let half: Iterations = [iteration(&[Some(0.04), None], false)]
            .into_iter()
            .collect();
        assert_eq!(split_of(&half, None), None);
        let found = split_of(&half, Some(&direct)).unwrap();
        assert!((found.store_s - 0.1).abs() < 1e-12);
        assert_eq!(split_of(&Iterations::new(), Some(&direct)), None);
    }
}
