//! What times that are rounded, or copied, cannot tell.
//!
//! Why: Student's t takes the spread of the blocks for all that can be wrong. A clock of whole milliseconds
//! hides both the spread and a change of less than a step: with medians of 11.65 and 12.35 ms every block
//! reads 12 and 12, which looks like certainty. So a bound must also survive being off by a step of the
//! times, and blocks that agree to the last digit claim nothing good: one file under five names does so too.

use crate::record::{Block, Series};

/// Times and differences that are nearer to each other are equal, but for how numbers are kept.
const ROUNDING: f64 = 1e-9;

/// How finely times are told, where they are rounded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Steps {
    /// The smallest difference of two times that are not equal, in seconds. No clock that gave them is coarser,
    /// so that it is what may hide a slowdown.
    pub(super) widest: f64,
    /// What may feign one, in seconds: the same, unless it is the change itself that nothing lies between.
    pub(super) known: f64,
}

/// The steps of a series' times, where they are rounded: then some are equal. `None` where no two are, for then
/// the clock is finer than what was measured.
pub(super) fn steps(series: &Series) -> Option<Steps> {
    let both = |block: &'_ Block| [block.old.seconds.clone(), block.new.seconds.clone()].concat();
    let mut times: Vec<f64> = series.blocks.iter().flat_map(both).collect();
    times.sort_by(f64::total_cmp);
    let all = times.len();
    times.dedup_by(|next, one| *next - *one <= ROUNDING * *next);
    let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
    let widest = gaps.reduce(f64::min).filter(|_| times.len() < all)?;
    // Two values are no evidence of a clock's ticks: 12 and 24 are whole milliseconds as much as multiples of 12.
    let is_tick = times.len() > 2 && are_multiples(&times, widest);
    let known = if is_tick {
        widest
    } else {
        widest.min(decimal_grid(&times))
    };
    Some(Steps { widest, known })
}

/// The largest power of ten of which all times are multiples, from a second to a nanosecond: programs round to
/// decimals.
fn decimal_grid(times: &[f64]) -> f64 {
    let grids = [1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8];
    let grid = grids.into_iter().find(|grid| are_multiples(times, *grid));
    grid.unwrap_or(1e-9)
}

fn are_multiples(times: &[f64], step: f64) -> bool {
    let is_multiple = |time: &f64| ((time / step).round() * step - time).abs() <= ROUNDING * time;
    times.iter().all(is_multiple)
}

/// How far the logarithm of a ratio of two rounded times may be off: each by half a step, the shorter one the
/// more. It is infinite where a step is all that there is.
pub(super) fn error(step: f64, times: [Option<f64>; 2]) -> f64 {
    let shorter = times.into_iter().flatten().reduce(f64::min);
    shorter.map_or(0.0, |time| above(step, time) + below(step, time))
}

/// How far the logarithm of the new time over the old one may lie below what is read: the old one was half a step
/// more, and the new one half a step less.
pub(super) fn excess(step: f64, [old, new]: [Option<f64>; 2]) -> f64 {
    let of = |time: Option<f64>, by: fn(f64, f64) -> f64| time.map_or(0.0, |time| by(step, time));
    of(old, above) + of(new, below)
}

fn above(step: f64, time: f64) -> f64 {
    ((time + step / 2.0) / time).ln()
}

fn below(step: f64, time: f64) -> f64 {
    match time - step / 2.0 {
        least if least > 0.0 => (time / least).ln(),
        _ => f64::INFINITY,
    }
}

/// Whether all differences are one number, of which a spread says nothing.
pub(super) fn is_without_variation(differences: &[f64]) -> bool {
    let is_one = |pair: &[f64]| (pair[0] - pair[1]).abs() <= ROUNDING;
    differences.len() > 1 && differences.windows(2).all(is_one)
}
