//! When did it change? E-divisive finds the runs after which a history's level moved, without
//! assuming anything of the noise but that runs are exchangeable while nothing changes.

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use thiserror::Error;

use super::fast_split::Ranked;

/// The fewest runs on each side of a change.
pub(super) const LEAST_SIDE: usize = 3;
/// How often the runs are shuffled to see what chance does.
const PERMUTATIONS: u32 = 999;
/// The significance that a change must have.
const SIGNIFICANCE: f64 = 0.01;
/// The relative difference of the medians below which a change is not reported.
const LEAST_CHANGE: f64 = 0.05;

/// A change in a history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangePoint {
    /// The first run after the change, from 0.
    pub at: usize,
    /// The probability of such a split by chance, by permutation.
    pub p: f64,
    /// The relative change of the median (of logarithms) across it: 0.1 is 10 % slower.
    pub change: f64,
}

/// The best place to split a row of values, and how far apart the two sides are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// The number of values before it.
    pub at: usize,
    /// The statistic `Q`.
    pub q: f64,
}

/// Why a history cannot be searched.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HistoryError {
    /// A run's value has no logarithm.
    #[error("run {run} has no value above zero; leave it out, or measure it again")]
    NotPositive {
        /// Which run, from 0.
        run: usize,
    },
}

/// Finds the changes in a history of quantiles, one for each run in time order, all above zero.
///
/// E-divisive on their logarithms: the best split is significant when at most 1 % of 999 seeded
/// permutations split as well; it is reported if the medians differ by 5 %; then both sides are
/// searched again, left first, with the one generator.
///
/// # Errors
/// When a value is not above zero.
///
/// ```
/// let runs = [50.0, 51.0, 49.0, 50.5, 49.5, 50.2, 60.0, 61.0, 59.0, 60.5, 59.5, 60.2];
/// let changes = cutover::stats::change_points(&runs, 1)?;
/// assert_eq!(changes.len(), 1);
/// assert_eq!(changes[0].at, 6);
/// # Ok::<(), cutover::stats::HistoryError>(())
/// ```
pub fn change_points(values: &[f64], seed: u64) -> Result<Vec<ChangePoint>, HistoryError> {
    let logarithms = values
        .iter()
        .enumerate()
        .map(|(run, value)| {
            let positive = value.is_finite() && *value > 0.0;
            positive
                .then(|| value.ln())
                .ok_or(HistoryError::NotPositive { run })
        })
        .collect::<Result<Vec<f64>, HistoryError>>()?;
    let mut generator = SplitMix64::seed_from_u64(seed);
    let mut found = Vec::new();
    // A stack instead of recursion; the left side is pushed last, so that it is searched first.
    let mut segments = vec![(0, logarithms.len())];
    while let Some((from, to)) = segments.pop() {
        let segment = &logarithms[from..to];
        let Some((split, p)) = significant_split(segment, &mut generator) else {
            continue;
        };
        let (left, right) = segment.split_at(split.at);
        let change = (median(right) - median(left)).exp_m1();
        if change.abs() >= LEAST_CHANGE {
            let at = from + split.at;
            found.push(ChangePoint { at, p, change });
        }
        segments.push((from + split.at, to));
        segments.push((from, from + split.at));
    }
    found.sort_by_key(|change| change.at);
    Ok(found)
}

/// The best split with its significance, if chance does as well in at most 1 % of permutations.
fn significant_split(values: &[f64], generator: &mut SplitMix64) -> Option<(Split, f64)> {
    let mut ranked = Ranked::new(values);
    let mut order = ranked.order().to_vec();
    let split = ranked.best_split(&order)?;
    // A shuffle that splits the same values in another order ties, whatever the sums' rounding.
    let ties = split.q - ranked.tolerance();
    let p = |count: u32| f64::from(count + 1) / f64::from(PERMUTATIONS + 1);
    let mut as_good = 0;
    for _ in 0..PERMUTATIONS {
        // Each shuffle begins from the row as it came, which is part of the published result.
        order.copy_from_slice(ranked.order());
        shuffle(&mut order, generator);
        if ranked
            .best_split(&order)
            .is_some_and(|chance| chance.q >= ties)
        {
            as_good += 1;
        }
        if p(as_good) > SIGNIFICANCE {
            return None;
        }
    }
    Some((split, p(as_good)))
}

/// The first split that maximises the energy statistic, with at least 3 values on each side and
/// means over distinct pairs:
///
/// ```text
/// Q(t) = t m / T [ 2 mean|x - y| - mean|x - x'| - mean|y - y'| ],  m = T - t
/// ```
///
/// `None` for fewer than 6 values. It takes `O(T log T)`.
#[must_use]
pub fn best_split(values: &[f64]) -> Option<Split> {
    let mut ranked = Ranked::new(values);
    let order = ranked.order().to_vec();
    ranked.best_split(&order)
}

/// Shuffles in place by Fisher and Yates, from the end; an index below `k` is the upper half of
/// the 128-bit product of `k` and a 64-bit draw (Lemire 2019, without rejection: the bias is below
/// `k / 2^64`). Written out because its order is part of a published result.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the upper half of the product is below k, which is a usize"
)]
pub fn shuffle<T>(values: &mut [T], generator: &mut SplitMix64) {
    for last in (1..values.len()).rev() {
        let product = u128::from(generator.next_u64()) * (last as u128 + 1);
        values.swap(last, (product >> 64) as usize);
    }
}

/// The middle value, or the mean of the two in the middle.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The formula as it is written, for every split.
    fn by_definition(values: &[f64], t: usize) -> f64 {
        let (x, y) = values.split_at(t);
        let mean_within = |side: &[f64]| {
            let mut sum = 0.0;
            for i in 0..side.len() {
                for j in 0..i {
                    sum += (side[i] - side[j]).abs();
                }
            }
            sum / (side.len() * (side.len() - 1) / 2) as f64
        };
        let across: f64 = x
            .iter()
            .flat_map(|x| y.iter().map(move |y| (x - y).abs()))
            .sum();
        let pairs = (x.len() * y.len()) as f64;
        pairs / values.len() as f64 * (2.0 * across / pairs - mean_within(x) - mean_within(y))
    }

    proptest! {
        #[test]
        fn the_running_sums_give_the_formulas_maximum(values in prop::collection::vec(-5.0f64..5.0, 6..40)) {
            let best = best_split(&values).unwrap();
            prop_assert!((best.q - by_definition(&values, best.at)).abs() < 1e-9);
            for t in LEAST_SIDE..=values.len() - LEAST_SIDE {
                prop_assert!(by_definition(&values, t) <= best.q + 1e-9);
            }
        }

        #[test]
        fn a_shuffle_keeps_every_value(mut values in prop::collection::vec(0u8..9, 0..50), seed: u64) {
            let mut before = values.clone();
            shuffle(&mut values, &mut SplitMix64::seed_from_u64(seed));
            before.sort_unstable();
            values.sort_unstable();
            prop_assert_eq!(before, values);
        }

        #[test]
        fn the_unit_does_not_move_a_change(seed: u64, unit in 0.001f64..1000.0) {
            let runs: Vec<f64> = (0..20).map(|i| if i < 9 { 50.0 } else { 70.0 } + f64::from(i % 3)).collect();
            let scaled: Vec<f64> = runs.iter().map(|x| x * unit).collect();
            let places = |runs: &[f64]| -> Vec<usize> {
                change_points(runs, seed).unwrap().iter().map(|c| c.at).collect()
            };
            prop_assert_eq!(places(&runs), vec![9]);
            prop_assert_eq!(places(&scaled), vec![9]);
        }
    }

    #[test]
    fn a_steady_history_and_a_short_one_have_no_change() {
        assert_eq!(change_points(&[50.0; 30], 1), Ok(vec![]));
        assert_eq!(change_points(&[1.0, 1.0, 9.0, 9.0, 9.0], 1), Ok(vec![]));
        assert_eq!(change_points(&[], 1), Ok(vec![]));
    }

    #[test]
    fn a_run_without_a_time_is_named() {
        let error = change_points(&[1.0, 0.0], 1);
        assert_eq!(error, Err(HistoryError::NotPositive { run: 1 }));
    }
}
