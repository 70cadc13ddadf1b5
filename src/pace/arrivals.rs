//! When requests are due that come at a constant rate, whatever the answers do.
//!
//! A loop that waits for an answer before it sends the next request lets the server set the pace: while it
//! stalls nobody asks, and the stall is one slow sample among thousands of fast ones (coordinated
//! omission). Users do not wait for each other. So the times stand before the first request is sent, and
//! nothing that happens moves them; what is sent late is late by the clock of whoever waited.
//!
//! ```text
//! due(n) = n * window / count, rounded up to the nanosecond      n = 0, 1, 2, ...
//! ```

use std::time::Duration;

use crate::units::Rate;

const NANOS: u128 = 1_000_000_000;

/// Arrivals at equal distances: as pure as a table of times.
///
/// ```
/// use std::time::Duration;
/// use cutover::pace::Constant;
/// let arrivals = Constant::new("30/s".parse().unwrap());
/// assert_eq!(arrivals.due(0), Duration::ZERO);
/// assert_eq!(arrivals.due(30), Duration::from_secs(1));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Constant {
    rate: Rate,
}

impl Constant {
    /// Arrivals at this rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate }
    }

    /// When the n-th request is due, from 0, since the start of the load. Computed from `n` alone, so that
    /// no error adds up; rounded up, so that the rate is never exceeded.
    #[must_use]
    pub fn due(&self, n: u64) -> Duration {
        let waited = u128::from(n).saturating_mul(self.rate.window().as_nanos());
        let nanos = waited.div_ceil(u128::from(self.rate.count().max(1)));
        let seconds = u64::try_from(nanos / NANOS).unwrap_or(u64::MAX);
        let rest = u32::try_from(nanos % NANOS).unwrap_or(0);
        Duration::new(seconds, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// In any time `t` from the start no more than `rate * t + 1` are due, and no fewer than
        /// `rate * t`: the rate is neither exceeded nor missed.
        #[test]
        fn never_more_than_the_rate_and_never_fewer(
            count in 1u32..5000, window_ms in 1u64..100_000, n in 0u64..10_000_000,
        ) {
            let rate: Rate = format!("{count}/{window_ms}ms").parse().unwrap();
            let due = Constant::new(rate).due(n).as_nanos();
            let passed = due * u128::from(count);
            let window = rate.window().as_nanos();
            prop_assert!(passed >= u128::from(n) * window, "earlier than the rate allows");
            prop_assert!(passed < u128::from(n) * window + u128::from(count), "later by a nanosecond");
        }

        #[test]
        fn the_order_is_that_of_the_numbers(count in 1u32..5000, n in 0u64..1_000_000) {
            let arrivals = Constant::new(format!("{count}/s").parse().unwrap());
            prop_assert!(arrivals.due(n) < arrivals.due(n + 1));
        }
    }

    #[test]
    fn a_time_that_no_clock_reaches_is_no_overflow() {
        let arrivals = Constant::new("1/1000h".parse().unwrap());
        assert!(arrivals.due(u64::MAX) > Duration::from_secs(u64::MAX / 2));
    }
}
