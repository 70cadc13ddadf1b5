//! Where only stored runs exist: is a new run outside what the old ones predict? One stored run
//! cannot answer, and several answer with low power, because machines differ from run to run.

use super::blocks::{BlockError, Change, Comparison, TOLERANCE, mean_and_deviation, student_t};

/// The fewest stored runs that a comparison may rest on.
pub const LEAST_STORED_RUNS: usize = 8;

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
    let width = student_t(m)
        .filter(|_| m >= LEAST_STORED_RUNS)
        .map(|t| t * deviation * (1.0 + 1.0 / m as f64).sqrt());
    Ok(Comparison::new(difference, width, m, |low, high| {
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
