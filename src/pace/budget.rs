//! The budget of one side: GCRA without a burst, and pauses that the target asked for.
//!
//! A step of cost `c` is sent as soon as one unit is free, and then owes `c - 1` more: the next step
//! waits until these are paid. So a lane that is slow by itself never waits in vain, the average
//! holds over any stretch of time, and the units used in any window of length `w` exceed
//! `w / interval` by at most the cost of one step. Governor's limiter runs on a clock of ours, which
//! this module alone sets: nothing here reads the time.
//!
//! The headroom is what covers the way from the time of sending to the other end: a request that leaves
//! late by up to `headroom * interval` (6.8 ms at 3/s and 0.02) is still no closer to the next one than a
//! limit without any burst allows. When requests are refused all the same, `backoff` slows the lane down.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, FakeRelativeClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use thiserror::Error;

use super::backoff::{Backoff, PATIENCE};
use crate::units::Rate;

/// Why a budget cannot be kept.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum BudgetError {
    /// The headroom is not a share.
    #[error("a headroom of {0} is not a share; write a number from 0 up to, but not including, 1")]
    Headroom(f64),
    /// A step costs more than a minute's budget.
    #[error(
        "a step costs {largest_cost} Notion requests, and {rate} does not allow that many in a minute; split the step, or correct its `cost`"
    )]
    Cost {
        /// The cost of the most expensive step.
        largest_cost: u32,
        /// The budget.
        rate: Rate,
    },
    /// The rate is beyond what can be told apart.
    #[error("{0} is more than one request in a nanosecond")]
    Rate(Rate),
}

/// When a request may be sent, and what it had to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The time to send at, since the start of the run; never before the time of asking.
    pub send_at: Duration,
    /// The part of the wait that a pause of the target made.
    pub pause: Duration,
    /// The part of the wait that the budget made, or what refusals left of it.
    pub budget_wait: Duration,
}

/// The pace of one side.
#[derive(Debug)]
pub struct Pace {
    limiter: Option<Limiter>,
    paused_until: Duration,
}

#[derive(Debug)]
struct Limiter {
    gcra: RateLimiter<NotKeyed, InMemoryState, FakeRelativeClock, NoOpMiddleware<Nanos>>,
    clock: FakeRelativeClock,
    /// The time that one unit takes at the whole budget.
    interval: Duration,
    /// The same by the rate alone: nearer than this no two units may follow each other.
    nearest: Duration,
    /// When the next step may be sent, going by when the last one really left.
    not_before: Duration,
    backoff: Backoff,
    /// Where `clock` stands, counted from the start of the run.
    now: Duration,
}

impl Pace {
    /// A side without a limit; it still honours pauses.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            limiter: None,
            paused_until: Duration::ZERO,
        }
    }

    /// A side that may be sent `rate`, less the share `headroom` of it, by steps that cost up to
    /// `largest_cost` each. Such a step may stand at the end of any minute, and the minute's budget
    /// must hold with it.
    ///
    /// # Errors
    /// When `headroom` lies outside `0..1`, the rate is beyond a request a nanosecond, or a minute's
    /// budget does not hold a single step.
    pub fn limited(rate: Rate, headroom: f64, largest_cost: u32) -> Result<Self, BudgetError> {
        if !(0.0..1.0).contains(&headroom) {
            return Err(BudgetError::Headroom(headroom));
        }
        let minute = rate.per_second() * 60.0;
        let left_in_a_minute = minute - f64::from(largest_cost.saturating_sub(1));
        if left_in_a_minute <= 0.0 {
            return Err(BudgetError::Cost { largest_cost, rate });
        }
        let on_average = 1.0 / (rate.per_second() * (1.0 - headroom));
        let interval = on_average.max(60.0 / left_in_a_minute);
        let interval = Duration::try_from_secs_f64(interval)
            .ok()
            // Rounding down would be a rate above the one asked for.
            .map(|interval| interval + Duration::from_nanos(1))
            .filter(|interval| *interval > Duration::from_nanos(1))
            .ok_or(BudgetError::Rate(rate))?;
        let quota = Quota::with_period(interval)
            .ok_or(BudgetError::Rate(rate))?
            .allow_burst(NonZeroU32::MIN);
        let clock = FakeRelativeClock::default();
        let gcra = RateLimiter::direct_with_clock(quota, clock.clone());
        let limiter = Limiter {
            gcra,
            clock,
            interval,
            nearest: Duration::from_secs_f64(1.0 / rate.per_second()) + Duration::from_nanos(1),
            not_before: Duration::ZERO,
            backoff: Backoff::new(),
            now: Duration::ZERO,
        };
        Ok(Self {
            limiter: Some(limiter),
            paused_until: Duration::ZERO,
        })
    }

    /// Takes `cost` units for a step that is ready at `now`, and says when it may be sent.
    pub fn reserve(&mut self, now: Duration, cost: u32) -> Slot {
        let after_pause = now.max(self.paused_until);
        let send_at = match &mut self.limiter {
            Some(limiter) => limiter.reserve(after_pause, cost),
            None => after_pause,
        };
        Slot {
            send_at,
            pause: after_pause - now,
            budget_wait: send_at - after_pause,
        }
    }

    /// Notes that a step of `cost` units left at `at`, which may be later than its slot on a busy machine.
    /// The headroom takes up a little of that; beyond it the next step has to wait, or the two would be too
    /// near to each other for a limit without any burst.
    pub fn left(&mut self, at: Duration, cost: u32) {
        if let Some(limiter) = &mut self.limiter {
            let paid = at.saturating_add(limiter.nearest.saturating_mul(cost));
            limiter.not_before = limiter.not_before.max(paid);
        }
    }

    /// How much of a pause is left at `now`.
    #[must_use]
    pub fn pause_left(&self, now: Duration) -> Duration {
        self.paused_until.saturating_sub(now)
    }

    /// Stops the whole side until the given time; a shorter pause never ends a longer one.
    pub fn pause_until(&mut self, until: Duration) {
        self.paused_until = self.paused_until.max(until);
    }

    /// Takes in that a request was refused (429) at `now`: the side pauses until the given time, and a
    /// rationed one goes on more slowly and recovers over some minutes.
    pub fn refused(&mut self, now: Duration, until: Duration) {
        self.pause_until(until);
        if let Some(limiter) = &mut self.limiter {
            limiter.backoff.refused(now, until);
        }
    }

    /// How often a request is sent at most when each is refused. Refusals are in the nature of a rationed
    /// side; one without a limit is asked three times, so that a short trouble is told from a lasting one.
    #[must_use]
    pub fn patience(&self) -> u32 {
        match self.limiter {
            Some(_) => PATIENCE,
            None => 3,
        }
    }
}

impl Limiter {
    /// The time of a step at or after `ready`, when both the budget and the back-off let it go.
    fn reserve(&mut self, ready: Duration, cost: u32) -> Duration {
        let ready = ready.max(self.not_before);
        let send_at = self.take(self.backoff.earliest(ready), cost);
        self.backoff
            .sent(send_at, self.interval.saturating_mul(cost));
        send_at
    }

    /// The time of the first of `cost` units, at or after `ready`; the others follow it.
    fn take(&mut self, ready: Duration, cost: u32) -> Duration {
        let mut first = None;
        for _ in 0..cost {
            let at = self.take_one(ready);
            first.get_or_insert(at);
        }
        first.unwrap_or(ready)
    }

    fn take_one(&mut self, ready: Duration) -> Duration {
        self.advance_to(ready);
        while let Err(not_yet) = self.gcra.check() {
            let wait = not_yet.wait_time_from(self.clock.now());
            self.advance_to(self.now + wait.max(Duration::from_nanos(1)));
        }
        self.now
    }

    fn advance_to(&mut self, time: Duration) {
        if time > self.now {
            self.clock.advance(time - self.now);
            self.now = time;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    /// The times at which single units are spent, by a lane whose steps take `work` each.
    fn units(rate_text: &str, headroom: f64, steps: &[(u32, u64)]) -> Vec<(Duration, u32)> {
        let mut pace = Pace::limited(rate(rate_text), headroom, 1).unwrap();
        let mut now = Duration::ZERO;
        steps
            .iter()
            .map(|&(cost, work_ms)| {
                let slot = pace.reserve(now, cost);
                now = slot.send_at + Duration::from_millis(work_ms);
                (slot.send_at, cost)
            })
            .collect()
    }

    proptest! {
        /// The law of the budget, judged by counting and not by the limiter itself.
        #[test]
        fn no_stretch_of_time_holds_more_than_its_share_and_one_step(
            steps in prop::collection::vec((1u32..6, 0u64..3000), 1..60),
        ) {
            let sent = units("3/s", 0.02, &steps);
            let interval = 1.0 / (3.0 * 0.98);
            for (i, &(from, _)) in sent.iter().enumerate() {
                let mut spent = 0;
                for &(to, cost) in &sent[i..] {
                    // Everything before the last step of the stretch must have been paid by then.
                    let share = (to - from).as_secs_f64() / interval;
                    prop_assert!(f64::from(spent) <= share + 1e-6, "{spent} in {:?}", to - from);
                    spent += cost;
                }
            }
        }

        /// Steps of cost 1 are never closer than the interval: no burst, not even at the start.
        #[test]
        fn single_requests_keep_their_distance(gaps in prop::collection::vec(0u64..2000, 2..60)) {
            let steps: Vec<_> = gaps.into_iter().map(|gap| (1, gap)).collect();
            let sent = units("180/60s", 0.02, &steps);
            for pair in sent.windows(2) {
                prop_assert!((pair[1].0 - pair[0].0).as_secs_f64() >= 1.0 / (3.0 * 0.98));
            }
        }

        /// Refusals only ever widen the distance, whatever they ask for.
        #[test]
        fn no_history_of_refusals_exceeds_the_budget(
            steps in prop::collection::vec((0u64..2000, prop::option::of(0u64..70)), 2..80),
        ) {
            let mut pace = Pace::limited(rate("3/s"), 0.02, 1).unwrap();
            let (mut now, mut last) = (Duration::ZERO, None);
            for (work, refused) in steps {
                let slot = pace.reserve(now, 1);
                prop_assert_eq!(slot.send_at, now + slot.pause + slot.budget_wait);
                if let Some(last) = last {
                    let distance: Duration = slot.send_at - last;
                    prop_assert!(distance.as_secs_f64() >= 1.0 / (3.0 * 0.98), "{distance:?}");
                }
                last = Some(slot.send_at);
                now = slot.send_at + Duration::from_millis(work);
                if let Some(pause) = refused {
                    pace.refused(now, now + Duration::from_secs(pause));
                }
            }
        }

        /// 12.2 seconds' worth of the budget beside the pause, whenever it comes.
        #[test]
        fn a_single_refusal_costs_little(at in 0usize..500) {
            let mut pace = Pace::limited(rate("3/s"), 0.02, 1).unwrap();
            let (mut now, mut sent) = (Duration::ZERO, 0);
            while now < Duration::from_secs(600) {
                now = pace.reserve(now, 1).send_at;
                if sent == at {
                    pace.refused(now, now);
                }
                sent += 1;
            }
            let lost = 600.0 * 2.94 - sent as f64;
            prop_assert!((30.0..12.2 * 2.94 + 2.0).contains(&lost), "{lost} requests lost");
        }

        #[test]
        fn a_slot_is_never_in_the_past_and_its_waits_add_up(
            asks in prop::collection::vec((0u64..5000, 0u32..5, 0u64..4000), 1..40),
        ) {
            let mut pace = Pace::limited(rate("3/s"), 0.0, 1).unwrap();
            let mut now = Duration::ZERO;
            for (gap, cost, pause) in asks {
                now += Duration::from_millis(gap);
                if pause > 3000 {
                    pace.pause_until(now + Duration::from_millis(pause));
                }
                let slot = pace.reserve(now, cost);
                prop_assert_eq!(slot.send_at, now + slot.pause + slot.budget_wait);
                now = slot.send_at;
            }
        }
    }

    proptest! {
        /// However late each request leaves, no two are nearer to each other than the rate allows.
        #[test]
        fn requests_that_leave_late_keep_their_distance(late in prop::collection::vec(0u64..400, 2..60)) {
            let mut pace = Pace::limited(rate("3/s"), 0.02, 1).unwrap();
            let mut left: Option<Duration> = None;
            for ms in late {
                let now = left.unwrap_or_default();
                let at = pace.reserve(now, 1).send_at + Duration::from_millis(ms);
                pace.left(at, 1);
                if let Some(last) = left.replace(at) {
                    prop_assert!((at - last).as_secs_f64() >= 1.0 / 3.0, "{:?}", at - last);
                }
            }
        }
    }

    #[test]
    fn an_idle_lane_that_keeps_asking_uses_nearly_the_whole_budget() {
        let steps = vec![(1, 0); 883];
        let sent = units("3/s", 0.02, &steps);
        let seconds = sent.last().unwrap().0.as_secs_f64();
        assert!(
            (299.9..300.2).contains(&seconds),
            "882 intervals took {seconds} s"
        );
    }

    #[test]
    fn a_slow_step_has_paid_for_itself_when_it_ends() {
        let sent = units("3/s", 0.0, &[(4, 2000), (1, 0)]);
        assert_eq!(sent[1].0, Duration::from_secs(2));
    }

    #[test]
    fn a_quick_step_is_paid_before_the_next() {
        let sent = units("3/s", 0.0, &[(4, 10), (1, 0)]);
        assert!(
            (sent[1].0.as_secs_f64() - 4.0 / 3.0).abs() < 1e-6,
            "{:?}",
            sent[1].0
        );
    }

    #[test]
    fn a_pause_stops_the_whole_side_and_is_told_apart_from_the_budget() {
        let mut pace = Pace::limited(rate("3/s"), 0.0, 1).unwrap();
        pace.reserve(Duration::ZERO, 1);
        pace.pause_until(Duration::from_secs(49));
        pace.pause_until(Duration::from_secs(7));
        let slot = pace.reserve(Duration::from_secs(1), 1);
        assert_eq!(slot.send_at, Duration::from_secs(49));
        assert_eq!(slot.pause, Duration::from_secs(48));
        assert_eq!(slot.budget_wait, Duration::ZERO);
    }

    #[test]
    fn an_unlimited_side_still_honours_a_pause() {
        let mut pace = Pace::unlimited();
        assert_eq!(
            pace.reserve(Duration::from_secs(1), 9).send_at,
            Duration::from_secs(1)
        );
        pace.pause_until(Duration::from_secs(3));
        assert_eq!(
            pace.reserve(Duration::from_secs(1), 9).pause,
            Duration::from_secs(2)
        );
    }

    /// The published window, with steps that would overdraw it at the plain average.
    #[test]
    fn a_minute_holds_its_budget_also_with_the_most_expensive_step_at_its_end() {
        let mut pace = Pace::limited(rate("180/60s"), 0.02, 9).unwrap();
        let (mut now, mut sent) = (Duration::ZERO, Vec::new());
        for cost in [9, 9, 1, 4].into_iter().cycle().take(300) {
            now = pace.reserve(now, cost).send_at;
            sent.push((now, cost));
        }
        for (index, (from, _)) in sent.iter().enumerate() {
            let minute = sent[index..]
                .iter()
                .take_while(|(at, _)| *at - *from < Duration::from_secs(60));
            let spent: u32 = minute.map(|(_, cost)| cost).sum();
            assert!(spent <= 180, "{spent} in the minute from {from:?}");
        }
    }

    #[test]
    fn a_step_beyond_a_whole_minute_is_refused() {
        let refused = Pace::limited(rate("3/s"), 0.02, 181).unwrap_err();
        assert!(matches!(
            refused,
            BudgetError::Cost {
                largest_cost: 181,
                ..
            }
        ));
    }

    #[test]
    fn a_headroom_of_one_leaves_nothing() {
        assert_eq!(
            Pace::limited(rate("3/s"), 1.0, 1).unwrap_err(),
            BudgetError::Headroom(1.0)
        );
    }
}
