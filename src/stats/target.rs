//! The absolute target: is a quantile of the candidate at most so many seconds?

use super::bounds::{lower_bound, upper_bound};
use super::evidence::{Decision, TARGET};
use super::shortfall::likely_samples;
use super::sorted::SortedSamples;

/// What the samples say of a target. Times are seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetTest {
    /// Whether the quantile is at most the target.
    pub decision: Decision,
    /// The quantile, between 0 and 1.
    pub quantile: f64,
    /// The target.
    pub target: f64,
    /// Samples within the target, failures taking forever.
    pub within: usize,
    /// All samples, failures included.
    pub n: usize,
    /// The evidence that it holds, `ln E`.
    pub ln_e_pass: f64,
    /// The evidence that it does not, `ln E`.
    pub ln_e_fail: f64,
    /// The evidence at which either suffices: `ln 20`.
    pub ln_e_needed: f64,
    /// How many more samples a decision likely takes; `None` when it is made, or when the share
    /// within the target is the quantile itself, which no number of samples tells apart.
    pub likely_more: Option<f64>,
    /// Lower bound of the quantile; `-inf` when there is none.
    pub low: f64,
    /// Upper bound of the quantile; `+inf` when there is none.
    pub high: f64,
    /// The quantile of the successes.
    pub point: Option<f64>,
}

/// Whether the `q`-quantile (`0 < q < 1`) is at most `target` seconds, with `s` samples of `n`
/// within it:
///
/// ```text
/// Confirmed  if ln E(s, n; q)         >= ln 20     failures and time-outs took forever
/// Refuted    if ln E(n - s, n; 1 - q) >= ln 20     failures took 0 s, time-outs what had elapsed
/// ```
///
/// ```
/// use cutover::record::{Sample, SampleStatus};
/// use cutover::stats::{Decision, SortedSamples, target_test};
/// let fast = vec![Sample { seconds: 0.05, status: SampleStatus::Ok }; 200];
/// let found = target_test(&SortedSamples::new(&fast), 0.95, 0.1);
/// assert_eq!(found.decision, Decision::Confirmed);
/// ```
#[must_use]
pub fn target_test(samples: &SortedSamples, q: f64, target: f64) -> TargetTest {
    let n = samples.len();
    let within = samples.count_longest(|x| x <= target);
    let perhaps_within = samples.count_shortest(|x| x <= target);
    let ln_e_pass = TARGET.log_e_value(within, n, q);
    let ln_e_fail = TARGET.log_e_value(n - perhaps_within, n, 1.0 - q);
    let ln_e_needed = TARGET.needed(1.0);
    let likely_more = likely_samples(ln_e_needed - ln_e_pass, within, n, q)
        .or_else(|| likely_samples(ln_e_needed - ln_e_fail, n - perhaps_within, n, 1.0 - q))
        .map(|more| more.ceil().max(1.0));
    let decision = if ln_e_pass >= ln_e_needed {
        Decision::Confirmed
    } else if ln_e_fail >= ln_e_needed {
        Decision::Refuted
    } else {
        Decision::Undecided
    };
    TargetTest {
        decision,
        quantile: q,
        target,
        within,
        n,
        ln_e_pass,
        ln_e_fail,
        ln_e_needed,
        likely_more: likely_more.filter(|_| decision == Decision::Undecided),
        low: lower_bound(samples, q, &TARGET, 1.0),
        high: upper_bound(samples, q, &TARGET, 1.0),
        point: samples.point(q),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Sample, SampleStatus};
    use proptest::prelude::*;

    fn of(counts: [(usize, f64, SampleStatus); 3]) -> SortedSamples {
        let samples: Vec<Sample> = counts
            .into_iter()
            .flat_map(|(n, seconds, status)| vec![Sample { seconds, status }; n])
            .collect();
        SortedSamples::new(&samples)
    }

    proptest! {
        #[test]
        fn the_decision_agrees_with_the_bounds(
            fast in 0usize..800, slow in 0usize..200, failed in 0usize..50, late in any::<bool>()
        ) {
            let failure = if late { SampleStatus::Timeout } else { SampleStatus::Error };
            let samples = of([
                (fast, 0.05, SampleStatus::Ok),
                (slow, 0.2, SampleStatus::Ok),
                (failed, 5.0, failure),
            ]);
            let found = target_test(&samples, 0.95, 0.1);
            prop_assert!(found.low <= found.high);
            prop_assert_eq!(found.decision == Decision::Confirmed, found.high <= 0.1);
            prop_assert_eq!(found.decision == Decision::Refuted, found.low > 0.1);
        }
    }

    #[test]
    fn failures_block_a_pass_and_time_outs_help_to_fail() {
        let with = |failed, status| {
            let samples = of([
                (200, 0.05, SampleStatus::Ok),
                (0, 0.0, SampleStatus::Ok),
                (failed, 5.0, status),
            ]);
            target_test(&samples, 0.95, 0.1).decision
        };
        assert_eq!(with(0, SampleStatus::Error), Decision::Confirmed);
        assert_eq!(with(40, SampleStatus::Error), Decision::Undecided);
        assert_eq!(with(40, SampleStatus::Timeout), Decision::Refuted);
    }

    #[test]
    fn nothing_measured_is_undecided() {
        let found = target_test(&SortedSamples::default(), 0.95, 0.1);
        assert_eq!(found.decision, Decision::Undecided);
    }
}
