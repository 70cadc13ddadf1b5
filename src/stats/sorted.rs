//! Samples sorted for the question that is asked of them. Failures are never dropped: they count as
//! the worst case for the verdict that is being considered.

use crate::record::{Sample, SampleStatus};

use super::quantile::quantile;

/// The samples of one side in ascending order. Failures are kept apart, so that the one order serves
/// for each way in which they can count.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SortedSamples {
    successful: Vec<f64>,
    /// The least that each failure may have taken.
    failed: Vec<f64>,
}

impl SortedSamples {
    /// Sorts the samples. A success whose time is no time (negative, infinite, not a number) counts
    /// as a failure.
    #[must_use]
    pub fn new(samples: &[Sample]) -> Self {
        let mut sorted = Self::default();
        sorted.extend(samples);
        sorted
    }

    /// Adds samples: cheap when they are few beside those that are there.
    pub fn extend(&mut self, samples: &[Sample]) {
        merge(&mut self.successful, samples.iter().filter_map(success));
        let failed = samples.iter().filter(|sample| success(sample).is_none());
        merge(&mut self.failed, failed.map(shortest_time));
    }

    /// The number of samples, failures included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.successful.len() + self.failed.len()
    }

    /// Whether there is no sample at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The successful samples only: for point estimates.
    #[must_use]
    pub fn successful(&self) -> &[f64] {
        &self.successful
    }

    /// The time with this rank, from 1, when each sample took the least that it may have taken: a
    /// failure 0 s, a time-out what had elapsed. `None` beyond the last.
    #[must_use]
    pub fn kth_shortest(&self, rank: usize) -> Option<f64> {
        if rank == 0 || rank > self.len() {
            return None;
        }
        // How many of the `rank` shortest are failures: the fewest after which the next failure is
        // longer than the last success that is then among them.
        let (mut fewest, mut most) = (
            rank.saturating_sub(self.successful.len()),
            rank.min(self.failed.len()),
        );
        while fewest < most {
            let failed = fewest + (most - fewest) / 2;
            let last_success = self.successful[rank - failed - 1];
            if self.failed[failed].total_cmp(&last_success).is_lt() {
                fewest = failed + 1;
            } else {
                most = failed;
            }
        }
        let last = |times: &[f64], count: usize| Some(times[count.checked_sub(1)?]);
        let failure = last(&self.failed, fewest);
        let success = last(&self.successful, rank - fewest);
        failure.into_iter().chain(success).max_by(f64::total_cmp)
    }

    /// The time with this rank, from 1, when each sample took the most that it may have taken: a
    /// failure and a time-out forever. `None` beyond the last.
    #[must_use]
    pub fn kth_longest(&self, rank: usize) -> Option<f64> {
        let place = rank.checked_sub(1)?;
        let forever = (place < self.len()).then_some(f64::INFINITY);
        self.successful.get(place).copied().or(forever)
    }

    /// How many are at the short end when each took the least that it may have taken; `is_short` must
    /// hold of every time below one of which it holds.
    #[must_use]
    pub fn count_shortest(&self, is_short: impl Fn(f64) -> bool) -> usize {
        let count = |times: &[f64]| times.partition_point(|time| is_short(*time));
        count(&self.successful) + count(&self.failed)
    }

    /// How many are at the short end when each took the most that it may have taken; `is_short` must
    /// hold of every time below one of which it holds.
    #[must_use]
    pub fn count_longest(&self, is_short: impl Fn(f64) -> bool) -> usize {
        let successful = self.successful.partition_point(|time| is_short(*time));
        if is_short(f64::INFINITY) {
            self.len()
        } else {
            successful
        }
    }

    /// The `q`-quantile of the successful samples.
    #[must_use]
    pub fn point(&self, q: f64) -> Option<f64> {
        quantile(&self.successful, q)
    }
}

/// Adds times to times in ascending order.
fn merge(ascending: &mut Vec<f64>, times: impl Iterator<Item = f64>) {
    let before = ascending.len();
    ascending.extend(times);
    ascending[before..].sort_unstable_by(f64::total_cmp);
    if before > 0 && before < ascending.len() {
        // Two runs in order, which the stable sort finds and merges.
        ascending.sort_by(f64::total_cmp);
    }
}

/// The time of a sample that can be trusted as a latency.
fn success(sample: &Sample) -> Option<f64> {
    let usable = sample.seconds.is_finite() && sample.seconds >= 0.0;
    (usable && sample.status == SampleStatus::Ok).then_some(sample.seconds)
}

/// The least that a failed sample may have taken.
fn shortest_time(sample: &Sample) -> f64 {
    if sample.status == SampleStatus::Timeout && sample.seconds.is_finite() {
        sample.seconds.max(0.0)
    } else {
        0.0
    }
}

/// The samples in time order as the dependence sees them: failures are the slowest of all.
pub(super) fn failures_slowest(samples: &[Sample]) -> Vec<f64> {
    let time = |sample| success(sample).unwrap_or(f64::INFINITY);
    samples.iter().map(time).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(seconds: f64, status: SampleStatus) -> Sample {
        Sample { seconds, status }
    }

    /// All of them in ascending order, by their ranks.
    fn ranked(kth: impl Fn(usize) -> Option<f64>) -> Vec<f64> {
        assert_eq!(kth(0), None);
        (1..).map_while(kth).collect()
    }

    fn samples() -> impl Strategy<Value = Vec<Sample>> {
        // Few different times, so that many are equal.
        let seconds = (
            0u8..12,
            prop::sample::select(vec![0.25, -1.0, f64::INFINITY, f64::NAN]),
        );
        let seconds = seconds.prop_map(|(n, odd)| if n == 11 { odd } else { f64::from(n) / 4.0 });
        let status = [SampleStatus::Ok, SampleStatus::Error, SampleStatus::Timeout];
        let one = (seconds, prop::sample::select(status.to_vec()));
        prop::collection::vec(
            one.prop_map(|(seconds, status)| sample(seconds, status)),
            0..40,
        )
    }

    proptest! {
        #[test]
        fn the_ranks_are_those_of_all_samples_sorted_with_failures_at_either_end(samples in samples()) {
            let sorted = SortedSamples::new(&samples);
            let all = |time_of_failure: fn(&Sample) -> f64| {
                let time = |sample: &Sample| success(sample).unwrap_or_else(|| time_of_failure(sample));
                let mut times: Vec<f64> = samples.iter().map(time).collect();
                times.sort_by(f64::total_cmp);
                times
            };
            let (shortest, longest) = (all(shortest_time), all(|_| f64::INFINITY));
            for limit in [-1.0, 0.0, 0.25, 1.1, 2.5, 3.0, f64::INFINITY] {
                let count = |times: &[f64]| times.iter().filter(|time| **time <= limit).count();
                prop_assert_eq!(sorted.count_shortest(|time| time <= limit), count(&shortest));
                prop_assert_eq!(sorted.count_longest(|time| time <= limit), count(&longest));
            }
            prop_assert_eq!(ranked(|rank| sorted.kth_shortest(rank)), shortest);
            prop_assert_eq!(ranked(|rank| sorted.kth_longest(rank)), longest);
            prop_assert_eq!(sorted.len(), samples.len());
        }

        #[test]
        fn samples_that_are_added_later_are_sorted_all_the_same(samples in samples(), at in 0usize..40) {
            let (early, late) = samples.split_at(at.min(samples.len()));
            let mut sorted = SortedSamples::new(early);
            sorted.extend(late);
            prop_assert_eq!(sorted, SortedSamples::new(&samples));
        }
    }

    #[test]
    fn a_failure_takes_both_ends_and_a_time_out_keeps_what_had_elapsed() {
        let sorted = SortedSamples::new(&[
            sample(2.0, SampleStatus::Ok),
            sample(10.0, SampleStatus::Timeout),
            sample(0.3, SampleStatus::Error),
            sample(1.0, SampleStatus::Ok),
            sample(f64::NAN, SampleStatus::Ok),
        ]);
        let forever = f64::INFINITY;
        assert_eq!(sorted.successful(), [1.0, 2.0]);
        assert_eq!(
            ranked(|rank| sorted.kth_shortest(rank)),
            [0.0, 0.0, 1.0, 2.0, 10.0]
        );
        assert_eq!(
            ranked(|rank| sorted.kth_longest(rank)),
            [1.0, 2.0, forever, forever, forever]
        );
    }
}
