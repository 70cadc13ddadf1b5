//! The gate: is the candidate at least `r` times faster than the baseline at a quantile?
//!
//! Both quantiles get bounds that hold at every look. The promise is confirmed when even the lower
//! bound of the ratio reaches it, refuted when even the upper bound does not. Confirming counts
//! failures so that they speak against it, refuting so that they speak for it.

use super::bounds::{lower_bound, upper_bound};
use super::dependence::variance_inflation;
use super::evidence::{BASELINE, CANDIDATE, Decision};
use super::shortfall::{Direction, Shortfall, least_samples_to_refute, shortfall};
use super::sorted::{SortedSamples, failures_slowest};
use crate::record::Sample;

/// The samples of both sides, sorted once for any number of quantiles.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeedupTest {
    baseline: SortedSamples,
    candidate: SortedSamples,
    /// The baseline's times in time order, failures being the slowest.
    in_time_order: Vec<f64>,
    vif: f64,
}

/// What the samples say of a speedup of `promised` at `quantile`. Times are seconds; bounds are
/// one-sided, 95 % together in each direction, and infinite where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speedup {
    /// Whether the speedup is at least the promised one.
    pub decision: Decision,
    /// The quantile, between 0 and 1.
    pub quantile: f64,
    /// The promised speedup.
    pub promised: f64,
    /// Lower bound of the speedup; 0 when there is none.
    pub ratio_lo: f64,
    /// Upper bound of the speedup; `+inf` when there is none.
    pub ratio_hi: f64,
    /// The speedup between the point estimates; `None` without a success on either side.
    pub ratio_point: Option<f64>,
    /// Lower bound of the baseline's quantile; `-inf` when there is none.
    pub baseline_lo: f64,
    /// Upper bound of the baseline's quantile; `+inf` when there is none.
    pub baseline_hi: f64,
    /// The quantile of the baseline's successes.
    pub baseline_point: Option<f64>,
    /// Lower bound of the candidate's quantile; `-inf` when there is none.
    pub candidate_lo: f64,
    /// Upper bound of the candidate's quantile; `+inf` when there is none.
    pub candidate_hi: f64,
    /// The quantile of the candidate's successes.
    pub candidate_point: Option<f64>,
    /// Baseline samples, failures included.
    pub n_baseline: usize,
    /// Candidate samples, failures included.
    pub n_candidate: usize,
    /// The variance inflation of the baseline, at least 1.
    pub vif: f64,
    /// The evidence that is missing, when undecided.
    pub shortfall: Option<Shortfall>,
}

/// The fewest baseline samples that a decision at quantile `q` may rest on: 10 up to the median, 20
/// above it.
#[must_use]
pub fn least_baseline_samples(q: f64) -> usize {
    if q > 0.5 { 20 } else { 10 }
}

impl Speedup {
    /// How many more baseline iterations a decision likely takes, the least numbers that any
    /// decision takes included. `None` when it is made, or when the samples lean to neither side.
    #[must_use]
    pub fn likely_more(&self) -> Option<f64> {
        let missing = self.shortfall?;
        let to_refute = match missing.direction {
            Direction::Confirm => 0,
            Direction::Refute => least_samples_to_refute(self.quantile, self.vif),
        };
        let least = least_baseline_samples(self.quantile).max(to_refute);
        let to_least = least.saturating_sub(self.n_baseline) as f64;
        missing.likely_more.map(|more| more.max(to_least))
    }
}

impl SpeedupTest {
    /// Takes the samples of both sides in time order.
    #[must_use]
    pub fn new(baseline: &[Sample], candidate: &[Sample]) -> Self {
        let in_time_order = failures_slowest(baseline);
        Self {
            baseline: SortedSamples::new(baseline),
            candidate: SortedSamples::new(candidate),
            vif: variance_inflation(&in_time_order),
            in_time_order,
        }
    }

    /// Adds samples that came after all others, as a run does between two looks. The test is then the
    /// one that all samples together make, for less work than beginning again.
    pub fn extend(&mut self, baseline: &[Sample], candidate: &[Sample]) {
        self.candidate.extend(candidate);
        if !baseline.is_empty() {
            self.baseline.extend(baseline);
            self.in_time_order.extend(failures_slowest(baseline));
            self.vif = variance_inflation(&self.in_time_order);
        }
    }

    /// The baseline's samples.
    #[must_use]
    pub fn baseline(&self) -> &SortedSamples {
        &self.baseline
    }

    /// The candidate's samples.
    #[must_use]
    pub fn candidate(&self) -> &SortedSamples {
        &self.candidate
    }

    /// The variance inflation of the baseline, at least 1.
    #[must_use]
    pub fn vif(&self) -> f64 {
        self.vif
    }

    /// Whether the speedup at quantile `q` (`0 < q < 1`) is at least `promised` (more than 0):
    ///
    /// ```text
    /// Confirmed  if L_baseline / U_candidate >= r
    /// Refuted    if U_baseline / L_candidate <  r
    /// Undecided  otherwise, and below 10 baseline samples (20 above the median)
    /// ```
    ///
    /// ```
    /// use cutover::record::{Sample, SampleStatus};
    /// use cutover::stats::{Decision, SpeedupTest};
    /// let ok = |seconds| Sample { seconds, status: SampleStatus::Ok };
    /// let baseline: Vec<Sample> = [2.1, 1.9, 2.4, 2.2, 2.0, 2.3, 1.8, 2.5, 2.2, 2.1, 1.9, 2.3].map(ok).into();
    /// let candidate: Vec<Sample> = (0..300).map(|i| ok(0.05 + 0.0001 * f64::from(i % 100))).collect();
    /// let speedup = SpeedupTest::new(&baseline, &candidate).at(0.5, 20.0);
    /// assert_eq!(speedup.decision, Decision::Confirmed);
    /// assert!(speedup.ratio_lo >= 20.0);
    /// ```
    #[must_use]
    pub fn at(&self, q: f64, promised: f64) -> Speedup {
        let (baseline, candidate) = (&self.baseline, &self.candidate);
        let baseline_lo = lower_bound(baseline, q, &BASELINE, self.vif);
        let baseline_hi = upper_bound(baseline, q, &BASELINE, self.vif);
        let candidate_lo = lower_bound(candidate, q, &CANDIDATE, 1.0);
        let candidate_hi = upper_bound(candidate, q, &CANDIDATE, 1.0);
        let ratio_lo = if baseline_lo <= 0.0 || candidate_hi.is_infinite() {
            0.0
        } else {
            baseline_lo / candidate_hi
        };
        let ratio_hi = if baseline_hi.is_infinite() || candidate_lo <= 0.0 {
            f64::INFINITY
        } else {
            baseline_hi / candidate_lo
        };
        let decision = if baseline.len() < least_baseline_samples(q) {
            Decision::Undecided
        } else if ratio_lo >= promised {
            Decision::Confirmed
        } else if ratio_hi < promised {
            Decision::Refuted
        } else {
            Decision::Undecided
        };
        let (baseline_point, candidate_point) = (baseline.point(q), candidate.point(q));
        let missing = || {
            let ends = (promised * candidate_hi, promised * candidate_lo);
            shortfall(baseline, ends, q, self.vif)
        };
        Speedup {
            decision,
            quantile: q,
            promised,
            ratio_lo,
            ratio_hi,
            ratio_point: baseline_point
                .zip(candidate_point)
                .and_then(|(baseline, candidate)| (candidate > 0.0).then(|| baseline / candidate)),
            baseline_lo,
            baseline_hi,
            baseline_point,
            candidate_lo,
            candidate_hi,
            candidate_point,
            n_baseline: baseline.len(),
            n_candidate: candidate.len(),
            vif: self.vif,
            shortfall: (decision == Decision::Undecided).then(missing),
        }
    }
}

#[cfg(test)]
mod tests;
