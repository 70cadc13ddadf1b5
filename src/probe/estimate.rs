//! From samples to the three figures of a profile's delay.
//!
//! A profile says `(median + per_row * rows) * exp(sigma * z)` with a standard normal `z`. From samples
//! `(rows_i, t_i)`:
//! - `per_row` is the median of the slopes `(t_j - t_i) / (rows_j - rows_i)` of all pairs with different rows
//!   (Theil 1950, Sen 1968), and no less than 0: up to 29 % of outliers do not move it far, and one stalled
//!   answer among eight is not rare.
//! - `median` is the median of `t_i - per_row * rows_i`, of an even number the mean of the two in the middle.
//! - `sigma` is the standard deviation (n - 1) of `ln(t_i / (median + per_row * rows_i))`, at most 2, which
//!   is the most that a profile takes. Fewer than three samples give none.

use std::time::Duration;

/// The least that a profile can say of a delay.
const SHORTEST_S: f64 = 1e-6;
/// The largest sigma that a profile takes.
const LARGEST_SIGMA: f64 = 2.0;
/// Fewer say nothing of a spread.
const LEAST_FOR_SIGMA: usize = 3;

/// One answer: how many objects it listed, and how long it took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Objects in the answer; 0 where it is no list.
    pub rows: u32,
    /// From sending to the last byte, without a handshake.
    pub took: Duration,
}

/// A delay as a profile states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The median without rows.
    pub median: Duration,
    /// What each object adds; `None` where all answers had the same number of them.
    pub per_row: Option<Duration>,
    /// The standard deviation of the logarithm; `None` for fewer than three samples.
    pub sigma: Option<f64>,
    /// How many samples it comes from.
    pub samples: usize,
}

/// The figures of a call that lists nothing; `None` without samples.
#[must_use]
pub fn median_and_sigma(samples: &[Sample]) -> Option<Estimate> {
    fit(samples, 0.0, None)
}

/// The figures of a call that lists objects, with the cost of each.
#[must_use]
pub fn with_rows(samples: &[Sample]) -> Option<Estimate> {
    let mut slopes = Vec::new();
    for (index, one) in samples.iter().enumerate() {
        for other in &samples[index + 1..] {
            let rows = f64::from(other.rows) - f64::from(one.rows);
            if rows.abs() > 0.5 {
                slopes.push((other.took.as_secs_f64() - one.took.as_secs_f64()) / rows);
            }
        }
    }
    match median(slopes) {
        Some(slope) => {
            let slope = slope.max(0.0);
            fit(samples, slope, Some(Duration::from_secs_f64(slope)))
        }
        None => fit(samples, 0.0, None),
    }
}

/// The figures of a call whose cost for each object is known from another.
#[must_use]
pub fn with_slope(samples: &[Sample], per_row: Duration) -> Option<Estimate> {
    fit(samples, per_row.as_secs_f64(), Some(per_row))
}

fn fit(samples: &[Sample], slope: f64, per_row: Option<Duration>) -> Option<Estimate> {
    let rows = |sample: &Sample| slope * f64::from(sample.rows);
    let own = samples.iter().map(|s| s.took.as_secs_f64() - rows(s));
    let median = median(own.collect())?.max(SHORTEST_S);
    let logarithm = |s: &Sample| (s.took.as_secs_f64().max(SHORTEST_S) / (median + rows(s))).ln();
    let logarithms: Vec<f64> = samples.iter().map(logarithm).collect();
    Some(Estimate {
        median: Duration::from_secs_f64(median),
        per_row,
        sigma: deviation(&logarithms).map(|sigma| sigma.min(LARGEST_SIGMA)),
        samples: samples.len(),
    })
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let upper = *numbers.get(numbers.len() / 2)?;
    let lower = *numbers.get(numbers.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

fn deviation(numbers: &[f64]) -> Option<f64> {
    if numbers.len() < LEAST_FOR_SIGMA {
        return None;
    }
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    Some((squares / (count - 1.0)).sqrt())
}
