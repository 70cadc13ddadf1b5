//! What times that are rounded, or copied, cannot tell.
//!
//! Why: Student's t takes the spread of the blocks for all that can be wrong. A clock of whole milliseconds
//! hides both the spread and a change of less than a step: with medians of 11.65 and 12.35 ms every block
//! reads 12 and 12, which looks like certainty. So a bound must also survive being off by a step of the
//! times, and blocks that agree to the last digit claim nothing good: one file under five names does so too.

use crate::record::{Block, Series};

/// Times and differences that are nearer to each other are equal, but for how numbers are kept.
const ROUNDING: f64 = 1e-9;

/// The smallest step between two times of a series, in seconds, where times are rounded: then some are equal.
/// `None` where no two are, for then the clock is finer than what was measured.
pub(super) fn step(series: &Series) -> Option<f64> {
    let both = |block: &'_ Block| [block.old.seconds.clone(), block.new.seconds.clone()].concat();
    let mut times: Vec<f64> = series.blocks.iter().flat_map(both).collect();
    times.sort_by(f64::total_cmp);
    let is_equal = |one: f64, next: f64| next - one <= ROUNDING * next;
    let mut repeats = false;
    let mut smallest = f64::INFINITY;
    for pair in times.windows(2) {
        if is_equal(pair[0], pair[1]) {
            repeats = true;
        } else {
            smallest = smallest.min(pair[1] - pair[0]);
        }
    }
    (repeats && smallest.is_finite()).then_some(smallest)
}

/// How far the logarithm of a ratio of two rounded times may be off: each by half a step, the shorter one the
/// more. It is infinite where a step is all that there is.
pub(super) fn error(step: f64, times: [Option<f64>; 2]) -> f64 {
    let shorter = times.into_iter().flatten().reduce(f64::min);
    let of = |time: f64| match time - step / 2.0 {
        least if least > 0.0 => ((time + step / 2.0) / least).ln(),
        _ => f64::INFINITY,
    };
    shorter.map_or(0.0, of)
}

/// Whether all differences are one number, of which a spread says nothing.
pub(super) fn is_without_variation(differences: &[f64]) -> bool {
    let is_one = |pair: &[f64]| (pair[0] - pair[1]).abs() <= ROUNDING;
    differences.len() > 1 && differences.windows(2).all(is_one)
}
