//! How much less than `n` independent samples a row of `n` consecutive ones is worth.
//!
//! Requests that follow each other share drift, caches and neighbours. Taken as independent, they
//! make a verdict sure of itself too early. Ranks instead of values keep one outlier from hiding
//! the pattern, and let failures take part as the slowest of all.

/// Too few samples to see a pattern in.
const LEAST_SAMPLES: usize = 10;
/// The longest lag that is looked at.
const MOST_LAGS: usize = 20;
/// An autocorrelation at or below this is taken for noise (from the second lag on).
const NOISE: f64 = 0.05;

/// The ranks of the values, from 1, where equal values share the mean of their ranks.
///
/// ```
/// assert_eq!(cutover::stats::mid_ranks(&[5.0, 1.0, 5.0]), [2.5, 1.0, 2.5]);
/// ```
#[must_use]
pub fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        let rank = before as f64 + (equal.len() as f64 + 1.0) / 2.0;
        for index in equal {
            ranks[*index] = rank;
        }
        before += equal.len();
    }
    ranks
}

/// The variance inflation `V >= 1` of values in time order; failures take part as `+inf`:
///
/// ```text
/// V = 1 + 2 sum r_k,  k = 1 .. K - 1,  K = max(2, min(floor(n / 3), 20))
/// r_k = lag-k autocorrelation of the mid-ranks + 1/n
/// ```
///
/// The sum ends before the first `r_1 <= 0` or `r_k <= 0.05` (k >= 2). `V` is 1 for fewer than 10
/// values, and when all are equal.
///
/// ```
/// use cutover::stats::variance_inflation;
/// let drifting: Vec<f64> = (0..30).map(f64::from).collect();
/// assert!(variance_inflation(&drifting) > 5.0);
/// ```
#[must_use]
pub fn variance_inflation(in_time_order: &[f64]) -> f64 {
    let n = in_time_order.len();
    if n < LEAST_SAMPLES {
        return 1.0;
    }
    let mean = (n as f64 + 1.0) / 2.0;
    let deviations: Vec<f64> = mid_ranks(in_time_order).iter().map(|r| r - mean).collect();
    let total: f64 = deviations.iter().map(|d| d * d).sum();
    if total <= 0.0 {
        return 1.0;
    }
    let correlation = |lag: usize| {
        let products = deviations
            .iter()
            .zip(&deviations[lag..])
            .map(|(a, b)| a * b);
        products.sum::<f64>() / total + 1.0 / n as f64
    };
    let lags = (n / 3).clamp(2, MOST_LAGS);
    let significant = (1..lags)
        .map(|lag| (lag, correlation(lag)))
        .take_while(|(lag, r)| *r > if *lag == 1 { 0.0 } else { NOISE });
    1.0 + 2.0 * significant.map(|(_, r)| r).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn inflation_is_finite_and_at_least_one(values in prop::collection::vec(0.0f64..10.0, 0..200)) {
            let vif = variance_inflation(&values);
            prop_assert!(vif >= 1.0 && vif.is_finite(), "{vif}");
        }

        #[test]
        fn only_the_order_of_the_values_counts(values in prop::collection::vec(0.01f64..10.0, 10..100)) {
            let stretched: Vec<f64> = values.iter().map(|x| x.powi(3) * 7.0).collect();
            prop_assert!((variance_inflation(&values) - variance_inflation(&stretched)).abs() < 1e-9);
        }

        #[test]
        fn the_ranks_add_up(values in prop::collection::vec(0u8..20, 0..100)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let n = values.len() as f64;
            prop_assert!((mid_ranks(&values).iter().sum::<f64>() - n * (n + 1.0) / 2.0).abs() < 1e-9);
        }
    }

    #[test]
    fn equal_values_and_short_rows_are_not_inflated() {
        assert!((variance_inflation(&[2.0; 50]) - 1.0).abs() < f64::EPSILON);
        assert!((variance_inflation(&[1.0, 2.0, 3.0, 4.0, 5.0]) - 1.0).abs() < f64::EPSILON);
        assert!((variance_inflation(&[f64::INFINITY; 12]) - 1.0).abs() < f64::EPSILON);
    }
}
