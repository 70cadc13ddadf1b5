//! Samples sorted for the question that is asked of them. Failures are never dropped: they count as
//! the worst case for the verdict that is being considered.

use crate::record::{Sample, SampleStatus};

use super::quantile::quantile;

/// The samples of one side in ascending order, in the three ways in which failures can count.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SortedSamples {
    successful: Vec<f64>,
    shortest: Vec<f64>,
    longest: Vec<f64>,
}

impl SortedSamples {
    /// Sorts the samples. A success whose time is no time (negative, infinite, not a number) counts
    /// as a failure.
    #[must_use]
    pub fn new(samples: &[Sample]) -> Self {
        let mut successful: Vec<f64> = samples.iter().filter_map(success).collect();
        successful.sort_by(f64::total_cmp);
        let mut longest = successful.clone();
        longest.resize(samples.len(), f64::INFINITY);
        let mut shortest = successful.clone();
        let failed = samples.iter().filter(|sample| success(sample).is_none());
        shortest.extend(failed.map(shortest_time));
        if shortest.len() > successful.len() {
            shortest.sort_by(f64::total_cmp);
        }
        Self {
            successful,
            shortest,
            longest,
        }
    }

    /// The number of samples, failures included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.longest.len()
    }

    /// Whether there is no sample at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.longest.is_empty()
    }

    /// The successful samples only: for point estimates.
    #[must_use]
    pub fn successful(&self) -> &[f64] {
        &self.successful
    }

    /// The least that each may have taken: a failure 0 s, a time-out what had elapsed.
    #[must_use]
    pub fn shortest(&self) -> &[f64] {
        &self.shortest
    }

    /// The most that each may have taken: a failure and a time-out forever.
    #[must_use]
    pub fn longest(&self) -> &[f64] {
        &self.longest
    }

    /// The `q`-quantile of the successful samples.
    #[must_use]
    pub fn point(&self, q: f64) -> Option<f64> {
        quantile(&self.successful, q)
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

    #[test]
    fn a_failure_takes_both_ends_and_a_time_out_keeps_what_had_elapsed() {
        let sample = |seconds, status| Sample { seconds, status };
        let sorted = SortedSamples::new(&[
            sample(2.0, SampleStatus::Ok),
            sample(10.0, SampleStatus::Timeout),
            sample(0.3, SampleStatus::Error),
            sample(1.0, SampleStatus::Ok),
            sample(f64::NAN, SampleStatus::Ok),
        ]);
        let forever = f64::INFINITY;
        assert_eq!(sorted.successful(), [1.0, 2.0]);
        assert_eq!(sorted.shortest(), [0.0, 0.0, 1.0, 2.0, 10.0]);
        assert_eq!(sorted.longest(), [1.0, 2.0, forever, forever, forever]);
    }
}
