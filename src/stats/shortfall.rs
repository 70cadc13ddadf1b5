//! What an undecided speedup lacks: how much evidence there is, and how many more baseline
//! iterations will likely bring the rest.

use super::bounds::least_ones;
use super::evidence::BASELINE;
use super::sorted::SortedSamples;

/// Which way the evidence leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the promised speedup.
    Confirm,
    /// Away from it.
    Refute,
}

/// The evidence of an undecided speedup.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shortfall {
    /// Which way it leans.
    pub direction: Direction,
    /// The share of baseline samples on that side of `r` times the candidate's bound, 0 to 1.
    pub share: f64,
    /// The evidence, `ln E`.
    pub ln_e: f64,
    /// The evidence at which it suffices, `V ln(1/a)`.
    pub ln_e_needed: f64,
    /// How many baseline iterations a decision takes in all at this share, on average:
    /// `V ln(1/a) / KL(p || p0)`. `None` when the share speaks for neither side.
    pub likely_total: Option<f64>,
    /// How many more it likely takes: the evidence that is missing, over `KL(p || p0)`; at least 1.
    pub likely_more: Option<f64>,
}

/// Measures the evidence of the baseline for and against a speedup of `r` at quantile `q`.
///
/// `slow_enough` is `r` times the candidate's upper bound, `too_fast` is `r` times its lower bound.
pub(super) fn shortfall(
    baseline: &SortedSamples,
    (slow_enough, too_fast): (f64, f64),
    q: f64,
    vif: f64,
) -> Shortfall {
    let n = baseline.len();
    let above = n - baseline.count_shortest(|x| x < slow_enough);
    let below = baseline.count_longest(|x| x < too_fast);
    let confirming = lean(Direction::Confirm, above, n, 1.0 - q, vif);
    let refuting = lean(Direction::Refute, below, n, q, vif);
    if refuting.ln_e > confirming.ln_e {
        refuting
    } else {
        confirming
    }
}

fn lean(direction: Direction, s: usize, n: usize, p0: f64, vif: f64) -> Shortfall {
    let (ln_e, ln_e_needed) = (BASELINE.log_e_value(s, n, p0), BASELINE.needed(vif));
    Shortfall {
        direction,
        share: if n == 0 { 0.0 } else { s as f64 / n as f64 },
        ln_e,
        ln_e_needed,
        likely_total: likely_samples(ln_e_needed, s, n, p0),
        likely_more: likely_samples(ln_e_needed - ln_e, s, n, p0).map(|more| more.ceil().max(1.0)),
    }
}

/// How many samples bring `evidence` on average, if the share of ones stays `s / n`: the evidence
/// over `KL(s/n || p0)`. `None` when the share does not exceed `p0`, so that waiting brings nothing.
pub(super) fn likely_samples(evidence: f64, s: usize, n: usize, p0: f64) -> Option<f64> {
    let share = s as f64 / n as f64;
    (share > p0).then(|| evidence / divergence(share, p0))
}

/// `KL(p || p0)` of two coins, in nats: what one sample brings of evidence on average.
fn divergence(p: f64, p0: f64) -> f64 {
    let term = |a: f64, b: f64| if a > 0.0 { a * (a / b).ln() } else { 0.0 };
    term(p, p0) + term(1.0 - p, 1.0 - p0)
}

/// The fewest baseline iterations at which a speedup at quantile `q` (`0 < q < 1`) can be refuted,
/// all of them being too fast: 6 for p50, 77 for p95 when `vif` is 1. With fewer it can be
/// confirmed but never refuted.
///
/// ```
/// use cutover::stats::least_samples_to_refute;
/// assert_eq!(least_samples_to_refute(0.95, 1.0), 77);
/// assert_eq!(least_samples_to_refute(0.5, 1.0), 6);
/// ```
#[must_use]
pub fn least_samples_to_refute(q: f64, vif: f64) -> usize {
    let refutes = |n| least_ones(n, q, BASELINE.thetas, BASELINE.needed(vif)).is_some();
    let mut enough = 1;
    while !refutes(enough) && enough < usize::MAX / 4 {
        enough *= 2;
    }
    let mut too_few = enough / 2;
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if refutes(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Sample, SampleStatus};
    use proptest::prelude::*;

    fn ok(times: impl IntoIterator<Item = f64>) -> SortedSamples {
        let sample = |seconds| Sample {
            seconds,
            status: SampleStatus::Ok,
        };
        SortedSamples::new(&times.into_iter().map(sample).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn one_sample_less_cannot_refute(q in 0.05f64..0.99, vif in 1.0f64..5.0) {
            let least = least_samples_to_refute(q, vif);
            let needed = BASELINE.needed(vif);
            prop_assert!(BASELINE.log_e_value(least, least, q) >= needed);
            prop_assert!(BASELINE.log_e_value(least - 1, least - 1, q) < needed);
        }
    }

    #[test]
    fn a_share_of_exactly_one_half_promises_no_decision_at_the_median() {
        let found = shortfall(&ok([1.0, 2.0, 3.0, 4.0]), (2.5, 2.5), 0.5, 1.0);
        assert_eq!(found.likely_more, None);
    }

    #[test]
    fn the_more_is_missing_the_more_iterations_are_likely() {
        let times = ok((0..12).map(f64::from));
        let at = |vif| shortfall(&times, (3.0, 3.0), 0.5, vif);
        assert_eq!(at(1.0).direction, Direction::Confirm);
        // 9 of 12: KL(0.75 || 0.5) = 0.1308, ln(1/0.045) = 3.1011.
        assert!((at(1.0).likely_total.unwrap() - 3.1011 / 0.1308).abs() < 0.02);
        assert!(at(3.0).likely_more > at(1.0).likely_more);
    }
}
