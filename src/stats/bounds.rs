//! Bounds of a quantile that hold at every look, as order statistics of the samples.
//!
//! If as many as `n - k + 1` of `n` samples are at least `x_(k)`, more than a share of `1 - q` can
//! explain, then the `q`-quantile is not below `x_(k)`. Because the evidence grows with the count,
//! the rank is found by bisection: a bound costs microseconds at 100,000 samples.

use super::evidence::{Bets, Level};
use super::sorted::SortedSamples;

/// The least number of ones in `n` trials whose evidence against `P(X = 1) <= p0` reaches
/// `needed > 0`; `None` when not even `n` ones do.
///
/// ```
/// use cutover::stats::{BASELINE, least_ones};
/// // Six slow samples of six say that the median is not below the fastest of them.
/// assert_eq!(least_ones(6, 0.5, BASELINE.thetas, BASELINE.needed(1.0)), Some(6));
/// assert_eq!(least_ones(5, 0.5, BASELINE.thetas, BASELINE.needed(1.0)), None);
/// ```
#[must_use]
pub fn least_ones(n: usize, p0: f64, thetas: &[f64], needed: f64) -> Option<usize> {
    let bets = Bets::new(n, p0, thetas);
    let suffices = |s| bets.log_e_value(s) >= needed;
    if n == 0 || !suffices(n) {
        return None;
    }
    let (mut too_few, mut enough) = (0, n);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if suffices(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    Some(enough)
}

/// Which order statistics bound a quantile. Ranks count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankBounds {
    /// The rank of the lower bound; `None` when there is none yet.
    pub lower: Option<usize>,
    /// The rank of the upper bound; `None` when there is none yet.
    pub upper: Option<usize>,
}

/// The ranks of the bounds of the `q`-quantile (`0 < q < 1`) of `n` samples, inflated by `vif`:
///
/// ```text
/// lower: the largest  k with ln E(n - k + 1, n; 1 - q) >= V ln(1/a)
/// upper: the smallest k with ln E(k, n; q)             >= V ln(1/a)
/// ```
///
/// ```
/// use cutover::stats::{BASELINE, rank_bounds};
/// let ranks = rank_bounds(20, 0.5, &BASELINE, 1.0);
/// assert_eq!((ranks.lower, ranks.upper), (Some(4), Some(17)));
/// ```
#[must_use]
pub fn rank_bounds(n: usize, q: f64, level: &Level, vif: f64) -> RankBounds {
    let needed = level.needed(vif);
    RankBounds {
        lower: least_ones(n, 1.0 - q, level.thetas, needed).map(|s| n - s + 1),
        upper: least_ones(n, q, level.thetas, needed),
    }
}

/// The lower bound of the samples' `q`-quantile, failures being as short as can be; none: `-inf`.
pub(super) fn lower_bound(samples: &SortedSamples, q: f64, level: &Level, vif: f64) -> f64 {
    rank_bounds(samples.len(), q, level, vif)
        .lower
        .and_then(|rank| samples.kth_shortest(rank))
        .unwrap_or(f64::NEG_INFINITY)
}

/// The upper bound of the samples' `q`-quantile, failures being as long as can be; none: `+inf`.
pub(super) fn upper_bound(samples: &SortedSamples, q: f64, level: &Level, vif: f64) -> f64 {
    rank_bounds(samples.len(), q, level, vif)
        .upper
        .and_then(|rank| samples.kth_longest(rank))
        .unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::super::evidence::{BASELINE, CANDIDATE};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bisection_finds_what_a_linear_scan_finds(
            n in 0usize..800, q in 0.01f64..0.99, vif in 1.0f64..6.0
        ) {
            for level in [BASELINE, CANDIDATE] {
                let needed = level.needed(vif);
                let lower = (1..=n).rev().find(|k| level.log_e_value(n - k + 1, n, 1.0 - q) >= needed);
                let upper = (1..=n).find(|k| level.log_e_value(*k, n, q) >= needed);
                prop_assert_eq!(rank_bounds(n, q, &level, vif), RankBounds { lower, upper });
            }
        }

        #[test]
        fn the_bounds_enclose_the_quantile(n in 1usize..20_000, q in 0.01f64..0.99) {
            let ranks = rank_bounds(n, q, &CANDIDATE, 1.0);
            let point = super::super::quantile::quantile_rank(n, q);
            prop_assert!(ranks.lower.is_none_or(|lower| lower <= point));
            prop_assert!(ranks.upper.is_none_or(|upper| upper >= point));
        }

        #[test]
        fn dependence_never_tightens_a_bound(n in 1usize..2_000, q in 0.05f64..0.95, vif in 1.0f64..9.0) {
            let (free, inflated) = (rank_bounds(n, q, &BASELINE, 1.0), rank_bounds(n, q, &BASELINE, vif));
            prop_assert!(inflated.lower.unwrap_or(0) <= free.lower.unwrap_or(0));
            prop_assert!(inflated.upper.unwrap_or(n + 1) >= free.upper.unwrap_or(n + 1));
        }
    }
}
