//! When a load does harm: the share of failures in the last seconds, without a clock.
//!
//! A candidate that breaks under load may be one that people use. One failure in twenty over five seconds
//! is no accident any more, and more of the same would show nothing new.

use std::collections::VecDeque;
use std::time::Duration;

/// A load ends when more than one of so many iterations failed.
const ONE_OF: usize = 20;
/// The time over which they are counted.
pub(super) const WINDOW: Duration = Duration::from_secs(5);

/// The iterations that ended within the window, and how many of them failed.
#[derive(Debug, Default)]
pub(super) struct Failures {
    ended: VecDeque<(Duration, bool)>,
    failed: usize,
}

impl Failures {
    /// Takes in one that ended at `at`, since the start of the load; times never go back. True, when
    /// the load has to end: a whole window is seen, and more than 5 % of it failed.
    pub(super) fn note(&mut self, at: Duration, failed: bool) -> bool {
        self.ended.push_back((at, failed));
        self.failed += usize::from(failed);
        while let Some((ended, was_failed)) = self.ended.front().copied()
            && at.saturating_sub(ended) > WINDOW
        {
            self.ended.pop_front();
            self.failed -= usize::from(was_failed);
        }
        at >= WINDOW && self.failed * ONE_OF > self.ended.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The window that slides agrees with one that is counted anew each time.
        #[test]
        fn it_is_the_share_of_the_last_five_seconds(
            gaps in prop::collection::vec((0u64..900, prop::bool::weighted(0.07)), 1..200),
        ) {
            let (mut failures, mut now, mut all) = (Failures::default(), Duration::ZERO, Vec::new());
            for (gap, failed) in gaps {
                now += Duration::from_millis(gap);
                all.push((now, failed));
                let last: Vec<bool> = all.iter().filter(|(at, _)| now - *at <= WINDOW).map(|one| one.1).collect();
                let share = last.iter().filter(|failed| **failed).count() as f64 / last.len() as f64;
                let expected = now >= WINDOW && share > 0.05;
                prop_assert_eq!(failures.note(now, failed), expected);
            }
        }
    }

    #[test]
    fn one_of_twenty_is_borne_and_two_are_not() {
        let stops = |failed: u64| {
            let mut failures = Failures::default();
            (0..=20u64).any(|n| failures.note(Duration::from_millis(250 * n), n < failed))
        };
        assert!(!stops(0) && !stops(1) && stops(2));
    }

    #[test]
    fn failures_of_the_first_seconds_alone_are_no_reason() {
        let mut failures = Failures::default();
        let early = (0..100u64).any(|n| failures.note(Duration::from_millis(49 * n), true));
        assert!(!early);
        assert!(failures.note(WINDOW, true));
    }
}
