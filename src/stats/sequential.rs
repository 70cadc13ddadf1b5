//! A comparison by blocks that may end early. Why: a new build that is twice as slow shows after five
//! blocks, and CI pays for the other fifteen. But whoever looks four times and stops at the first alarm
//! has four chances of a false one, so that each look may spend only a part of the error.
//!
//! ```text
//! d_i = ln(q(new_i) / q(old_i))                               of block i
//! A(x) = 0.01 x^3                                             spent when a share x of the blocks is there
//! alpha_j = A(k_j / K) - A(k_(j-1) / K)                       at look j, after k_j of K blocks
//! bounds_j = mean -+ t(1 - alpha_j, k_j - 1) sd / sqrt(k_j)   each one-sided
//! low = max_j low_j, high = min_j high_j                      over the looks so far
//! ```
//!
//! The alphas sum up to 1 % whenever the run stops, so by Boole's inequality each of the two bounds is wrong
//! in at most 1 % of runs, over all looks together and however the looks depend on each other; this is why
//! the best of them may be taken. With a single look it is [`super::compare_blocks`].
//!
//! Sources: K. Kim & D. DeMets, *Design and analysis of group sequential tests based on the type I error
//! spending rate function* (Biometrika 74, 1987; the power family with rho = 3); Lan & DeMets, *Discrete
//! sequential boundaries for clinical trials* (Biometrika 70, 1983).

use statrs::distribution::{DiscreteCDF, Hypergeometric};

use super::blocks::{Change, mean_and_deviation, t_quantile};
use super::quantile::quantile;

/// What all looks together may spend on each bound.
const ERROR: f64 = 0.01;
/// How slowly the error is spent at first: early looks are for large changes.
const RHO: i32 = 3;
/// How often a change of the smallest size that is named would have been found.
const POWER: f64 = 0.8;
/// What means of equal numbers may differ by.
const ROUNDING: f64 = 1e-12;

/// A comparison by blocks that was looked at more than once. Changes are relative: 0.1 is 10 % slower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SequentialComparison {
    /// What was found.
    pub verdict: Change,
    /// The point estimate of the change at the last look, halfway between what failures can mean; not a
    /// number when failures leave none.
    pub change: f64,
    /// Lower bound of the change, one-sided 99 % over all looks; -1 when there is none.
    pub low: f64,
    /// Upper bound of the change, one-sided 99 % over all looks; `+inf` when there is none.
    pub high: f64,
    /// The number of blocks at the last look; 0 before the first.
    pub blocks: usize,
    /// The number of blocks at the first look that decided.
    pub decided_at: Option<usize>,
    /// The smallest slowdown that 4 of 5 such runs would have called a regression, at the last look;
    /// approximate. `+inf` when there is none.
    pub smallest_seen: f64,
}

/// What each look may spend of the error, for looks that ascend and whose last is the number of blocks
/// planned. It sums up to 0.01.
///
/// ```
/// let spent = cutover::stats::spent(&[5, 10, 15, 20]);
/// assert_eq!(spent[0], 0.01 / 64.0);
/// assert!((spent.iter().sum::<f64>() - 0.01).abs() < 1e-15);
/// ```
#[must_use]
pub fn spent(looks: &[u32]) -> Vec<f64> {
    let all = f64::from(looks.last().copied().unwrap_or(1));
    let so_far = |look: u32| ERROR * (f64::from(look) / all).powi(RHO);
    let mut before = 0.0;
    let spent_at = looks.iter().map(|look| {
        let now = so_far(*look);
        let alpha = now - before;
        before = now;
        alpha
    });
    spent_at.collect()
}

/// `ln(q(new) / q(old))` of one block. Samples are seconds; a failure that counts as fast is 0 and one that
/// counts as slow is `+inf`, so that the difference may be infinite. `None` when a side is empty, or when
/// both quantiles are 0 or both infinite.
#[must_use]
pub fn block_difference(old: &[f64], new: &[f64], q: f64) -> Option<f64> {
    let ln_quantile = |samples: &[f64]| {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        quantile(&sorted, q).map(f64::ln)
    };
    let difference = ln_quantile(new)? - ln_quantile(old)?;
    (!difference.is_nan()).then_some(difference)
}

/// The comparison as it stands after the looks for which there are blocks.
///
/// `kind` and `harsh` hold one difference a block, equally many, and differ where samples failed: `kind`
/// takes a failure in favour of the new build and gives the lower bound, `harsh` takes it against the new
/// build and gives the upper one. A difference that is not finite leaves its bound infinite. `margin` is
/// the change that nobody minds: 0.05 is 5 %.
///
/// ```
/// use cutover::stats::{Change, compare_sequentially};
/// let slower = [0.30, 0.31, 0.29, 0.30, 0.31];
/// let found = compare_sequentially(&slower, &slower, &[5, 10], 0.05);
/// assert_eq!(found.verdict, Change::Regression);
/// assert_eq!(found.decided_at, Some(5));
/// ```
#[must_use]
pub fn compare_sequentially(
    kind: &[f64],
    harsh: &[f64],
    looks: &[u32],
    margin: f64,
) -> SequentialComparison {
    let tolerance = margin.ln_1p();
    let blocks = kind.len().min(harsh.len());
    let mut found = SequentialComparison {
        verdict: Change::Inconclusive,
        change: f64::NAN,
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
        blocks: 0,
        decided_at: None,
        smallest_seen: f64::INFINITY,
    };
    for (look, alpha) in looks.iter().zip(spent(looks)) {
        let look = *look as usize;
        if look > blocks {
            break;
        }
        let kind = Look::new(&kind[..look], alpha);
        let harsh = Look::new(&harsh[..look], alpha);
        found.low = found.low.max(kind.mean - kind.width);
        found.high = found.high.min(harsh.mean + harsh.width);
        found.verdict = judged(found.low, found.high, tolerance);
        found.change = f64::midpoint(kind.mean, harsh.mean).exp_m1();
        found.blocks = look;
        found.decided_at = match found.verdict {
            Change::Inconclusive => None,
            _ => found.decided_at.or(Some(look)),
        };
        found.smallest_seen = (tolerance + kind.width_for_power).exp_m1();
    }
    found.low = found.low.exp_m1();
    found.high = found.high.exp_m1();
    found
}

/// The mean at one look and how far it may be off, on the logarithmic scale.
struct Look {
    /// Not a number when a difference is not finite.
    mean: f64,
    /// Half of the interval; infinite when a difference is not finite.
    width: f64,
    /// How far beyond the margin a change must lie to be found with the wanted power.
    width_for_power: f64,
}

impl Look {
    fn new(differences: &[f64], alpha: f64) -> Self {
        let unknown = Self {
            mean: f64::NAN,
            width: f64::INFINITY,
            width_for_power: f64::INFINITY,
        };
        if differences.iter().any(|difference| !difference.is_finite()) {
            return unknown;
        }
        let count = differences.len();
        let (sure, powerful) = (t_quantile(1.0 - alpha, count), t_quantile(POWER, count));
        let Some((sure, powerful)) = sure.zip(powerful) else {
            return unknown;
        };
        let (mean, deviation) = mean_and_deviation(differences);
        let error = deviation / (count as f64).sqrt();
        Self {
            mean,
            width: sure * error,
            width_for_power: (sure + powerful) * error,
        }
    }
}

/// Bounds that have crossed contradict each other: the blocks do not do what the method takes for granted
/// (their level moves), and then they decide nothing.
fn judged(low: f64, high: f64, tolerance: f64) -> Change {
    if low > high + ROUNDING {
        Change::Inconclusive
    } else if low > tolerance {
        Change::Regression
    } else if high < -tolerance {
        Change::Improvement
    } else if high < tolerance {
        Change::Unchanged
    } else {
        Change::Inconclusive
    }
}

/// The probability that chance alone gives the new build as many failures, or more, of those that there
/// are: Fisher's exact test, one-sided. Each build is `(failed, all)`.
///
/// ```
/// use cutover::stats::more_failures;
/// assert_eq!(more_failures((0, 10), (0, 10)), 1.0);
/// // 3 of 3 failures on the new build: (10 * 9 * 8) / (20 * 19 * 18).
/// assert!((more_failures((0, 10), (3, 10)) - 2.0 / 19.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn more_failures(old: (u64, u64), new: (u64, u64)) -> f64 {
    let drawn = Hypergeometric::new(old.1 + new.1, old.0 + new.0, new.1);
    match (drawn, new.0.checked_sub(1)) {
        // At least one of them: more than one less.
        (Ok(drawn), Some(fewer)) => drawn.sf(fewer).min(1.0),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests;
