//! Is the new build slower than the old one? Both run in one job, interleaved in blocks, so that
//! whatever disturbs the machine disturbs both; the blocks' differences are then compared.

use statrs::distribution::{ContinuousCDF, StudentsT};
use thiserror::Error;

use super::quantile::quantile;

/// Changes smaller than this factor are nobody's concern.
pub(super) const TOLERANCE: f64 = 1.05;
/// How sure each one-sided bound is.
const CONFIDENCE: f64 = 0.99;

/// What a comparison of builds found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The new build is slower, by more than 5 %.
    Regression,
    /// The new build is faster, by more than 5 %.
    Improvement,
    /// The new build is not slower by more than 5 %.
    Unchanged,
    /// The evidence does not decide.
    Inconclusive,
}

/// A comparison of two builds at a quantile. Changes are relative: 0.1 is 10 % slower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// What was found.
    pub verdict: Change,
    /// The point estimate of the change.
    pub change: f64,
    /// Lower bound of the change, one-sided 99 %; -1 when there is none.
    pub low: f64,
    /// Upper bound of the change, one-sided 99 %; `+inf` when there is none.
    pub high: f64,
    /// The number of blocks, or of stored runs, that it rests on.
    pub count: usize,
}

/// Why blocks or stored runs cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BlockError {
    /// The two builds have different numbers of blocks.
    #[error("{old} blocks of the old build and {new} of the new; interleave as many of each")]
    Unpaired {
        /// Blocks of the old build.
        old: usize,
        /// Blocks of the new build.
        new: usize,
    },
    /// A block's quantile has no logarithm.
    #[error(
        "block {block} has no quantile above zero; every block needs samples, and each must \
         be a positive number of seconds"
    )]
    NotPositive {
        /// Which block, from 0.
        block: usize,
    },
}

/// Compares a new build with an old one at the `q`-quantile (`0 < q < 1`), by blocks that ran in
/// turns. With `d_i = ln(q(new_i) / q(old_i))` and one-sided 99 % Student-t bounds of the mean of d:
///
/// ```text
/// Regression    if the lower bound >  ln 1.05
/// Improvement   if the upper bound < -ln 1.05
/// Unchanged     if the upper bound <  ln 1.05
/// Inconclusive  otherwise, and with fewer than 2 blocks
/// ```
///
/// # Errors
/// When the numbers of blocks differ, or a block's quantile is not above zero.
///
/// ```
/// use cutover::stats::{Change, compare_blocks};
/// let old = [vec![50.0, 51.0], vec![52.0, 53.0], vec![49.0, 50.0]];
/// let new = [vec![60.0, 61.0], vec![62.0, 63.0], vec![59.0, 60.0]];
/// assert_eq!(compare_blocks(&old, &new, 0.5)?.verdict, Change::Regression);
/// # Ok::<(), cutover::stats::BlockError>(())
/// ```
pub fn compare_blocks(
    old: &[Vec<f64>],
    new: &[Vec<f64>],
    q: f64,
) -> Result<Comparison, BlockError> {
    if old.len() != new.len() {
        return Err(BlockError::Unpaired {
            old: old.len(),
            new: new.len(),
        });
    }
    let differences = old
        .iter()
        .zip(new)
        .enumerate()
        .map(|(block, (old, new))| {
            let difference = ln_quantile(new, q).zip(ln_quantile(old, q));
            difference
                .map(|(new, old)| new - old)
                .ok_or(BlockError::NotPositive { block })
        })
        .collect::<Result<Vec<f64>, BlockError>>()?;
    let count = differences.len();
    let (mean, deviation) = mean_and_deviation(&differences);
    let half_width = t_quantile(CONFIDENCE, count).map(|t| t * deviation / (count as f64).sqrt());
    let widths = half_width.map(|width| [width; 2]);
    Ok(Comparison::new(mean, widths, count, |low, high| {
        let tolerance = TOLERANCE.ln();
        if low > tolerance {
            Change::Regression
        } else if high < -tolerance {
            Change::Improvement
        } else if high < tolerance {
            Change::Unchanged
        } else {
            Change::Inconclusive
        }
    }))
}

impl Comparison {
    /// From a mean and the widths below and above it, on the logarithmic scale; without them nothing is decided.
    pub(super) fn new(
        mean: f64,
        widths: Option<[f64; 2]>,
        count: usize,
        judge: impl Fn(f64, f64) -> Change,
    ) -> Self {
        let (low, high) = match widths {
            Some([below, above]) => (mean - below, mean + above),
            None => (f64::NEG_INFINITY, f64::INFINITY),
        };
        Self {
            verdict: judge(low, high),
            change: mean.exp_m1(),
            low: low.exp_m1(),
            high: high.exp_m1(),
            count,
        }
    }
}

fn ln_quantile(samples: &[f64], q: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let value = quantile(&sorted, q)?;
    (value.is_finite() && value > 0.0).then(|| value.ln())
}

/// The mean and the sample standard deviation (n - 1); not numbers where there is none.
pub(super) fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

/// The `p`-quantile of Student's t with `n - 1` degrees of freedom; none for fewer than 2 values.
pub(super) fn t_quantile(p: f64, n: usize) -> Option<f64> {
    let freedom = n.checked_sub(1).filter(|freedom| *freedom > 0)?;
    let distribution = StudentsT::new(0.0, 1.0, freedom as f64).ok()?;
    Some(distribution.inverse_cdf(p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blocks() -> impl Strategy<Value = Vec<Vec<f64>>> {
        prop::collection::vec(prop::collection::vec(1.0f64..100.0, 1..20), 8)
    }

    proptest! {
        #[test]
        fn a_build_is_never_slower_than_itself(old in blocks()) {
            let found = compare_blocks(&old, &old, 0.5).unwrap();
            prop_assert_eq!(found.verdict, Change::Unchanged);
        }

        #[test]
        fn swapping_the_builds_inverts_the_change(old in blocks(), new in blocks()) {
            let there = compare_blocks(&old, &new, 0.5).unwrap();
            let back = compare_blocks(&new, &old, 0.5).unwrap();
            prop_assert!(((1.0 + there.change) * (1.0 + back.change) - 1.0).abs() < 1e-9);
            prop_assert!(there.low <= there.change && there.change <= there.high);
            if there.verdict == Change::Improvement {
                prop_assert_eq!(back.verdict, Change::Regression);
            }
        }
    }

    #[test]
    fn one_block_decides_nothing() {
        let found = compare_blocks(&[vec![1.0]], &[vec![9.0]], 0.5).unwrap();
        assert_eq!(found.verdict, Change::Inconclusive);
        assert_eq!(
            compare_blocks(&[], &[], 0.5).unwrap().verdict,
            Change::Inconclusive
        );
    }

    #[test]
    fn blocks_without_a_partner_or_without_samples_are_errors() {
        let unpaired = compare_blocks(&[vec![1.0]], &[], 0.5);
        assert_eq!(unpaired, Err(BlockError::Unpaired { old: 1, new: 0 }));
        let empty = compare_blocks(&[vec![1.0], vec![]], &[vec![1.0], vec![1.0]], 0.5);
        assert_eq!(empty, Err(BlockError::NotPositive { block: 1 }));
    }
}
