//! Where only stored runs exist: is a new run outside what the old ones predict? One stored run
//! cannot answer, and several answer with low power, because machines differ from run to run.

use super::blocks::{BlockError, Change, Comparison, TOLERANCE, mean_and_deviation, t_quantile};

/// The fewest stored runs that a comparison may rest on.
pub const LEAST_STORED_RUNS: usize = 8;
/// How often a bound may be wrong.
const ERROR: f64 = 0.01;

/// Compares a new run's quantile with those of stored runs, all in the same unit, by a prediction
/// bound. With `h` the logarithms of the `m` stored quantiles:
///
/// ```text
/// D = ln new - mean(h)     w = t(0.99, m - 1) sd(h) sqrt(1 + 1/m)
/// Regression    if D - w > 0 and D > ln 1.05
/// Unchanged     if D + w < ln 1.05
/// Inconclusive  otherwise, and below 8 stored runs
/// ```
///
/// Say "low power" wherever it is shown.
///
/// # Errors
/// When a quantile is not above zero; the new one counts as the block after the last.
///
/// ```
/// use cutover::stats::{Change, compare_stored};
/// let stored = [50.0, 52.0, 49.0, 51.0, 53.0, 50.0, 48.0, 52.0];
/// assert_eq!(compare_stored(&stored, 60.0)?.verdict, Change::Regression);
/// # Ok::<(), cutover::stats::BlockError>(())
/// ```
pub fn compare_stored(stored: &[f64], new: f64) -> Result<Comparison, BlockError> {
    compare_stored_among(stored, new, 1)
}

/// As [`compare_stored`], of one row among so many that are compared at once (1 when it is 0).
///
/// One of 60 rows lies beyond a bound that is wrong in 1 % of rows nearly every second time. So the lower
/// bound, on which an alarm rests, may be wrong in `1 % / rows` (Bonferroni): then any of them is in at most 1 %
/// of runs, however the rows depend on each other. The upper bound needs none of that, for nothing is
/// `Unchanged` as a whole unless every row is.
///
/// # Errors
/// Those of [`compare_stored`].
///
/// ```
/// use cutover::stats::{Change, compare_stored_among};
/// let stored = [50.0, 52.0, 49.0, 51.0, 53.0, 50.0, 48.0, 52.0];
/// assert_eq!(compare_stored_among(&stored, 57.0, 1)?.verdict, Change::Regression);
/// assert_eq!(compare_stored_among(&stored, 57.0, 60)?.verdict, Change::Inconclusive);
/// # Ok::<(), cutover::stats::BlockError>(())
/// ```
pub fn compare_stored_among(
    stored: &[f64],
    new: f64,
    rows: usize,
) -> Result<Comparison, BlockError> {
    let mut logarithms = stored
        .iter()
        .chain([&new])
        .enumerate()
        .map(|(block, value)| {
            let positive = value.is_finite() && *value > 0.0;
            positive
                .then(|| value.ln())
                .ok_or(BlockError::NotPositive { block })
        })
        .collect::<Result<Vec<f64>, BlockError>>()?;
    let ln_new = logarithms.pop().unwrap_or(f64::NAN);
    let m = stored.len();
    let (mean, deviation) = mean_and_deviation(&logarithms);
    let difference = ln_new - mean;
    let width = |error: f64| {
        let t = t_quantile(1.0 - error, m).filter(|_| m >= LEAST_STORED_RUNS)?;
        Some(t * deviation * (1.0 + 1.0 / m as f64).sqrt())
    };
    let widths = width(ERROR / rows.max(1) as f64).zip(width(ERROR));
    let widths = widths.map(|(below, above)| [below, above]);
    Ok(Comparison::new(difference, widths, m, |low, high| {
        if low > 0.0 && difference > TOLERANCE.ln() {
            Change::Regression
        } else if high < TOLERANCE.ln() {
            Change::Unchanged
        } else {
            Change::Inconclusive
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_stored_runs_decide_nothing() {
        let found = compare_stored(&[50.0, 50.1, 49.9, 50.0, 50.1, 49.9, 50.0], 90.0).unwrap();
        assert_eq!(found.verdict, Change::Inconclusive);
        assert_eq!(found.count, 7);
    }

    #[test]
    fn steady_runs_predict_a_steady_one() {
        let stored = [50.0, 50.1, 49.9, 50.0, 50.1, 49.9, 50.0, 50.2, 49.8];
        assert_eq!(
            compare_stored(&stored, 50.1).unwrap().verdict,
            Change::Unchanged
        );
    }

    #[test]
    fn a_run_without_a_time_is_an_error() {
        assert_eq!(
            compare_stored(&[50.0, 0.0], 50.0),
            Err(BlockError::NotPositive { block: 1 })
        );
    }
}
