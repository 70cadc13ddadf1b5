//! The point estimate of a quantile: always a value that was measured, never one in between.

/// The rank (from 1) of the `q`-quantile among `n` values: `ceil(q n)`, at least 1.
///
/// A product that misses a whole number only by rounding counts as that number.
///
/// ```
/// assert_eq!(cutover::stats::quantile_rank(20, 0.95), 19);
/// assert_eq!(cutover::stats::quantile_rank(100, 0.07), 7); // 0.07 * 100.0 is 7.000000000000001
/// ```
#[must_use]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "q n lies between 0 and n, which is a usize; `as` saturates on anything else"
)]
pub fn quantile_rank(n: usize, q: f64) -> usize {
    const ROUNDING: f64 = 1e-9;
    ((q * n as f64 - ROUNDING).ceil() as usize).clamp(1, n.max(1))
}

/// The `q`-quantile of values in ascending order, `0 < q < 1`: the inverse of the empirical
/// distribution, `x_(ceil(q n))` (Hyndman & Fan 1996, type 1). `None` of nothing.
///
/// ```
/// use cutover::stats::quantile;
/// assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.0));
/// assert_eq!(quantile(&[], 0.5), None);
/// ```
#[must_use]
pub fn quantile(ascending: &[f64], q: f64) -> Option<f64> {
    ascending
        .get(quantile_rank(ascending.len(), q) - 1)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn at_least_a_share_of_q_lies_at_or_below_the_quantile_and_no_smaller_value_has_it(
            mut values in prop::collection::vec(0.0f64..10.0, 1..200),
            percent in 1u32..100,
        ) {
            values.sort_by(f64::total_cmp);
            let n = values.len();
            let value = quantile(&values, f64::from(percent) / 100.0).unwrap();
            let at_or_below = values.iter().filter(|x| **x <= value).count();
            let below = values.iter().filter(|x| **x < value).count();
            prop_assert!(at_or_below * 100 >= percent as usize * n);
            prop_assert!(below * 100 < percent as usize * n);
        }
    }
}
