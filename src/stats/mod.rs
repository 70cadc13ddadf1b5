//! The statistics: pure functions, no clock, no I/O; randomness takes a seed.
//!
//! The baseline is slow and rationed, so a run looks at its data after every baseline iteration and
//! stops as soon as the answer is certain. Ordinary intervals break under such peeking. These are
//! confidence sequences: their bounds hold at every look.
//!
//! ```text
//! evidence ── how strongly `s of n` speaks against `P <= p0` (an E-value)
//!    └ bounds ── the order statistics that bound a quantile at every look
//!         ├ ratio ── is the speedup at a quantile at least r?   (with dependence, shortfall)
//!         └ target ── is a quantile at most so many seconds?
//! blocks, stored ── is the new build slower than the old one?
//!    └ sequential ── the same, looked at more than once
//! change_points ── when did a history change?
//! attribution ── how much can a faster store win?
//! ```
//!
//! Sources: Howard & Ramdas, *Sequential estimation of quantiles* (Bernoulli 2022); Johari et al.,
//! *Always valid inference* (2022); Kalibera & Jones, *Rigorous benchmarking in reasonable time*
//! (ISMM 2013); Bulej et al., *Duet benchmarking* (ICPE 2020); Matteson & James, *A nonparametric
//! approach for multiple change point analysis* (JASA 2014); Fleming et al., *Hunter* (ICPE 2023); Kim &
//! DeMets, *Design and analysis of group sequential tests* (Biometrika 1987).

mod attribution;
mod blocks;
mod bounds;
mod change_points;
mod dependence;
mod evidence;
mod fast_split;
mod looks;
mod quantile;
mod ratio;
mod sequential;
mod shortfall;
mod sorted;
mod stored;
mod target;

pub use attribution::{Reach, TimeSplit, reach, split_of};
pub use blocks::{BlockError, Change, Comparison, compare_blocks};
pub use bounds::{RankBounds, least_ones, rank_bounds};
pub use change_points::{ChangePoint, HistoryError, Split, best_split, change_points, shuffle};
pub use dependence::{mid_ranks, variance_inflation};
pub use evidence::{BASELINE, CANDIDATE, Decision, Level, TARGET, log_e_value};
pub use looks::looks;
pub use quantile::{quantile, quantile_rank};
pub use ratio::{Speedup, SpeedupTest, least_baseline_samples};
pub use sequential::{
    SequentialComparison, block_difference, compare_sequentially, more_failures, spent,
};
pub use shortfall::{Direction, Shortfall, least_samples_to_refute};
pub use sorted::SortedSamples;
pub use stored::{LEAST_STORED_RUNS, compare_stored, compare_stored_among};
pub use target::{TargetTest, target_test};
