//! Backing off when the budget is not ours alone.
//!
//! A budget is Notion's for a token or a whole workspace, so another client may spend of it, and then the
//! configured rate is too fast without anybody having made a mistake. `Retry-After` says when the next
//! request may pass; it does not say how fast the ones after it may follow. A lane that honours it and goes
//! on as before is refused again and again, and a step that is refused too often fails.
//!
//! So the rate adapts as TCP's does (additive increase, multiplicative decrease; Chiu and Jain 1989, RFC
//! 5681), which needs no knowledge of the limit or of the other client and shares fairly with one that
//! does the same. The state is one number, the share of the budget that is used:
//!
//! ```text
//! refused             share := max(FLOOR, share * DECREASE)
//! t without refusal   share := min(1,     share + t / RECOVERY)
//! ```
//!
//! The share only ever widens the distance between requests, on top of the limiter that keeps the budget;
//! so nothing here can exceed the budget, whatever it computes.
//!
//! The constants:
//! - [`DECREASE`] is 0.7, as in CUBIC (RFC 9438, section 4.6), and not TCP's older 0.5: a lane has one request
//!   under way and waits after a refusal, so a second refusal is news and never an echo of the first, and two
//!   cut the rate in half anyway. A single one, by a glitch, costs little: [`RECOVERY`] `* 0.3 * 0.3 / 2`,
//!   12.2 seconds' worth of the budget, spread over 81 s.
//! - [`RECOVERY`] is 270 s from nothing to all. It decides how often a full limit is tested: between two
//!   refusals the share grows by 0.3 of itself. Where another client leaves 1 request a second of 3, that
//!   is once in about 25 requests, so 4 % of them are refused; half the time would double that, twice
//!   the time would double what a single refusal costs.
//! - [`FLOOR`] is an eighth, six refusals in a row: a lane that never asks never learns that it may again.
//!
//! A pause is no evidence: the share stands still until it is over. A minute's window that is empty makes
//! a pause to its end, and thus at most one refusal a minute.
//!
//! Another client that is evenly paced can be met again and again at the same bad moment, as `Retry-After` is a
//! whole number of seconds. So the attempt after each refusal but the first waits up to [`SPREAD`] more, by the
//! golden section's multiples: spread without a rhythm, and the same in each run.
//!
//! What no rate can cure: under a limit that allows no burst at all (no two requests within a third of a
//! second) two clients collide by chance, in proportion to the time that the *other's* requests block.
//! Beside a client that takes half of the budget each attempt is refused with probability one half, however
//! slow the lane. Backing off makes the attempts few, and patience ([`PATIENCE`]) makes the steps succeed.

use std::time::Duration;

/// What is left of the rate after a refusal.
const DECREASE: f64 = 0.7;
/// How long it takes from nothing to the whole budget.
const RECOVERY: Duration = Duration::from_secs(270);
/// The share that is never gone below.
const FLOOR: f64 = 0.125;

/// The most that is added to a pause, so that the next attempt comes at another moment of a second.
const SPREAD: Duration = Duration::from_secs(1);
const GOLDEN_SECTION: f64 = 0.618_033_988_749_894_9;

/// How often a request to a rationed side is sent before its step fails, when each is refused. When every
/// second attempt is refused by chance, one step in a thousand fails.
pub(super) const PATIENCE: u32 = 10;

/// The share of the budget that is used, and the step that was sent last.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    /// The share at `since`.
    share: f64,
    /// When it begins to recover: nothing is sent before.
    since: Duration,
    /// How often the side was refused.
    refusals: u32,
    /// What the next step waits in addition, when the last was refused.
    spread: Duration,
    /// When the last step was sent, and how long it lasts at the whole budget.
    last: Option<(Duration, Duration)>,
}

impl Backoff {
    /// The whole budget.
    pub(super) fn new() -> Self {
        Self {
            share: 1.0,
            since: Duration::ZERO,
            refusals: 0,
            spread: Duration::ZERO,
            last: None,
        }
    }

    /// The share of the budget that may be used at `now`, from [`FLOOR`] to 1.
    pub(super) fn share(&self, now: Duration) -> f64 {
        let recovered = now.saturating_sub(self.since).as_secs_f64() / RECOVERY.as_secs_f64();
        (self.share + recovered).min(1.0)
    }

    /// Takes a refusal in, that came at `now` and asked for a pause until `until`.
    pub(super) fn refused(&mut self, now: Duration, until: Duration) {
        self.share = (self.share(now) * DECREASE).max(FLOOR);
        self.since = now.max(until);
        self.spread = SPREAD.mul_f64((f64::from(self.refusals) * GOLDEN_SECTION).fract());
        self.refusals = self.refusals.saturating_add(1);
    }

    /// The earliest time, not before `ready`, at which the share lets a step follow the last one.
    pub(super) fn earliest(&self, ready: Duration) -> Duration {
        let ready = ready.max(self.since).saturating_add(self.spread);
        let share = self.share(ready);
        match self.last {
            Some((sent, lasts)) if share < 1.0 => {
                let stretched = Duration::try_from_secs_f64(lasts.as_secs_f64() / share)
                    .unwrap_or(Duration::MAX)
                    .saturating_add(self.spread);
                ready.max(sent.saturating_add(stretched))
            }
            _ => ready,
        }
    }

    /// Notes that a step was sent which lasts so long at the whole budget.
    pub(super) fn sent(&mut self, at: Duration, lasts: Duration) {
        self.last = Some((at, lasts));
        self.spread = Duration::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused_at(times: &[u64]) -> Backoff {
        let mut backoff = Backoff::new();
        for &ms in times {
            let at = Duration::from_millis(ms);
            backoff.refused(at, at);
        }
        backoff
    }

    proptest! {
        #[test]
        fn the_share_stays_between_the_floor_and_the_whole_budget(
            gaps in prop::collection::vec((0u64..400_000, 0u64..60_000), 0..40),
        ) {
            let (mut backoff, mut now) = (Backoff::new(), Duration::ZERO);
            for (gap, pause) in gaps {
                now += Duration::from_millis(gap);
                let before = backoff.share(now);
                backoff.refused(now, now + Duration::from_millis(pause));
                let after = backoff.share(now);
                prop_assert!((FLOOR..=1.0).contains(&after));
                prop_assert!(after <= before, "a refusal made it faster: {before} to {after}");
            }
        }

        /// n refusals within a time t leave at most 0.7^n and what t can recover.
        #[test]
        fn refusals_bring_the_share_down_by_a_power(gaps in prop::collection::vec(0u64..10_000, 1..12)) {
            let (mut times, mut now) = (Vec::new(), 0);
            for gap in gaps {
                now += gap;
                times.push(now);
            }
            let share = refused_at(&times).share(Duration::from_millis(now));
            let refusals = i32::try_from(times.len()).unwrap();
            let recovered = (now - times[0]) as f64 / 1000.0 / RECOVERY.as_secs_f64();
            prop_assert!(share <= DECREASE.powi(refusals).max(FLOOR) + recovered + 1e-9);
        }

        /// From wherever it is, the whole budget is back after the missing share of the recovery time.
        #[test]
        fn it_recovers_in_the_stated_time_and_not_before(refusals in 1usize..10, pause in 0u64..600) {
            let (at, until) = (Duration::from_secs(5), Duration::from_secs(5 + pause));
            let mut backoff = Backoff::new();
            for _ in 0..refusals {
                backoff.refused(at, until);
            }
            let missing = 1.0 - backoff.share(until);
            let back = until + RECOVERY.mul_f64(missing);
            let tick = Duration::from_millis(1);
            prop_assert!(backoff.share(back - tick) < 1.0);
            prop_assert!(backoff.share(back + tick) >= 1.0);
            prop_assert!(missing <= 1.0 - FLOOR);
        }

        /// Whoever was refused more is never allowed sooner.
        #[test]
        fn one_more_refusal_never_makes_a_step_earlier(
            times in prop::collection::vec(0u64..100_000, 0..8), more in 0u64..100_000, ready in 100_000u64..200_000,
        ) {
            let mut all = times.clone();
            all.push(more);
            let earliest = |mut times: Vec<u64>| {
                times.sort_unstable();
                let mut backoff = refused_at(&times);
                backoff.sent(Duration::from_secs(100), Duration::from_millis(340));
                backoff.earliest(Duration::from_millis(ready))
            };
            prop_assert!(earliest(all) >= earliest(times));
        }
    }

    #[test]
    fn six_refusals_in_a_row_reach_the_floor() {
        assert!(refused_at(&[0; 5]).share(Duration::ZERO) > FLOOR);
        assert!((refused_at(&[0; 6]).share(Duration::ZERO) - FLOOR).abs() < 1e-9);
    }

    #[test]
    fn a_pause_recovers_nothing() {
        let mut backoff = Backoff::new();
        backoff.refused(Duration::ZERO, Duration::from_secs(49));
        assert!((backoff.share(Duration::from_secs(49)) - DECREASE).abs() < 1e-9);
    }

    #[test]
    fn without_a_refusal_nothing_waits() {
        let mut backoff = Backoff::new();
        backoff.sent(Duration::ZERO, Duration::from_secs(1));
        assert_eq!(backoff.earliest(Duration::ZERO), Duration::ZERO);
    }
}
