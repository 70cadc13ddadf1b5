//! Notion's rate limits. A harness that measures Notion must never be the one that trips them, so
//! the simulator enforces both published forms of a token's limit, a budget per window, which may be
//! spent in one burst, and an average with a small burst; and the workspace's, which all its tokens
//! share.
//!
//! Of the workspace's limit Notion says only that the wait can be longer than a minute. Here it is a
//! budget in a window of its own, whose length is free, e.g. `1500/300s`: a guess.
//!
//! [`Limits`] is a pure state machine over the time it is handed. A request passes when every limit
//! has room; a refused one spends nothing of any.

use std::time::Duration;

use crate::units::Rate;

/// The burst above the average that Notion lets pass, when none is stated. It is a guess.
pub const DEFAULT_BURST: u32 = 10;

/// Which limits are enforced; none by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LimitSettings {
    /// A budget per window, e.g. `180/60s`. The window opens with the first request after the one
    /// before has ended (Notion does not say how its windows are aligned).
    pub window: Option<Rate>,
    /// An average, e.g. `3/s`, and how many requests may come at once after a rest.
    pub average: Option<(Rate, u32)>,
    /// A budget that all tokens of the workspace share, e.g. `1500/300s`, in windows as above. The
    /// two limits before are of each token by itself.
    pub workspace: Option<Rate>,
}

/// Whose limit is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// The token's.
    Token,
    /// The workspace's, which all its tokens share.
    Workspace,
}

/// The limit's answer to a request that does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Whole seconds until a request passes, at least 1.
    pub(crate) retry_after_s: u64,
    /// The limit that has to be waited for longest.
    pub(crate) spent: Spent,
}

/// The limits of a workspace and its tokens.
#[derive(Debug)]
pub(crate) struct Limits {
    tokens: Vec<Limiter>,
    workspace: Option<Window>,
}

impl Limits {
    /// The limits of a workspace with so many tokens.
    pub(crate) fn new(settings: LimitSettings, tokens: usize) -> Self {
        Self {
            tokens: (0..tokens).map(|_| Limiter::new(settings)).collect(),
            workspace: settings.workspace.map(Window::new),
        }
    }

    /// Lets one request by the token of this number pass at `now`, the time since some fixed start,
    /// or says when to come again.
    pub(crate) fn admit(&mut self, token: usize, now: Duration) -> Result<(), Refused> {
        let mut limiter = self.tokens.get_mut(token);
        let of_token = limiter.as_ref().and_then(|limiter| limiter.wait(now));
        let of_workspace = self.workspace.as_ref().and_then(|window| window.wait(now));
        if let Some(wait) = of_token.max(of_workspace) {
            let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            return Err(Refused {
                retry_after_s: whole.max(1),
                spent: if of_workspace > of_token {
                    Spent::Workspace
                } else {
                    Spent::Token
                },
            });
        }
        if let Some(limiter) = &mut limiter {
            limiter.spend(now);
        }
        if let Some(window) = &mut self.workspace {
            window.spend(now);
        }
        Ok(())
    }
}

/// The limits of one token and what has been spent of them.
#[derive(Debug)]
struct Limiter {
    window: Option<Window>,
    average: Option<Average>,
}

impl Limiter {
    fn new(settings: LimitSettings) -> Self {
        let average = |(rate, burst)| Average::new(rate, burst);
        Self {
            window: settings.window.map(Window::new),
            average: settings.average.map(average),
        }
    }

    fn wait(&self, now: Duration) -> Option<Duration> {
        let window = self.window.as_ref().and_then(|window| window.wait(now));
        let average = self.average.as_ref().and_then(|average| average.wait(now));
        window.max(average)
    }

    fn spend(&mut self, now: Duration) {
        if let Some(window) = &mut self.window {
            window.spend(now);
        }
        if let Some(average) = &mut self.average {
            average.spend(now);
        }
    }
}

/// A fixed window.
#[derive(Debug)]
struct Window {
    rate: Rate,
    end: Duration,
    spent: u32,
}

impl Window {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            end: Duration::ZERO,
            spent: 0,
        }
    }

    fn wait(&self, now: Duration) -> Option<Duration> {
        (now < self.end && self.spent >= self.rate.count()).then(|| self.end - now)
    }

    fn spend(&mut self, now: Duration) {
        if now >= self.end {
            self.end = now + self.rate.window();
            self.spent = 0;
        }
        self.spent += 1;
    }
}

/// The generic cell rate algorithm (ITU-T I.371). Times are in units of 1/count ns, in which the
/// interval of `3/s` is a whole number, so that no rounding ever adds up.
#[derive(Debug)]
struct Average {
    count: u128,
    interval: u128,
    tolerance: u128,
    theoretical_arrival: u128,
}

impl Average {
    fn new(rate: Rate, burst: u32) -> Self {
        let interval = rate.window().as_nanos();
        Self {
            count: u128::from(rate.count()),
            interval,
            tolerance: interval * u128::from(burst.max(1) - 1),
            theoretical_arrival: 0,
        }
    }

    fn wait(&self, now: Duration) -> Option<Duration> {
        let now = now.as_nanos() * self.count;
        let early = self
            .theoretical_arrival
            .saturating_sub(self.tolerance)
            .saturating_sub(now);
        let nanos = u64::try_from(early.div_ceil(self.count)).unwrap_or(u64::MAX);
        (early > 0).then(|| Duration::from_nanos(nanos))
    }

    fn spend(&mut self, now: Duration) {
        let now = now.as_nanos() * self.count;
        self.theoretical_arrival = self.theoretical_arrival.max(now) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    fn times(gaps: &[u64]) -> impl Iterator<Item = Duration> + '_ {
        gaps.iter().scan(0, |now, gap| {
            *now += gap;
            Some(Duration::from_millis(*now))
        })
    }

    /// The arrivals that passed.
    fn admitted(limits: &mut Limits, gaps: &[u64]) -> Vec<Duration> {
        times(gaps)
            .filter(|now| limits.admit(0, *now).is_ok())
            .collect()
    }

    proptest! {
        /// Counted without the state machine: cut the admitted arrivals into windows that begin
        /// with the first arrival after the last window's end.
        #[test]
        fn no_window_admits_more_than_its_budget_or_refuses_within_it(
            gaps in prop::collection::vec(0u64..4_000, 1..400), count in 1u32..30, seconds in 1u64..90,
        ) {
            let settings = LimitSettings {
                window: Some(rate(&format!("{count}/{seconds}s"))),
                ..LimitSettings::default()
            };
            let passed = admitted(&mut Limits::new(settings, 1), &gaps);
            let mut expected = Vec::new();
            let mut arrivals = times(&gaps).peekable();
            while let Some(first) = arrivals.peek().copied() {
                let end = first + Duration::from_secs(seconds);
                let mut in_window = Vec::new();
                while let Some(arrival) = arrivals.next_if(|arrival| *arrival < end) {
                    in_window.push(arrival);
                }
                expected.extend(in_window.into_iter().take(count as usize));
            }
            prop_assert_eq!(passed, expected);
        }

        /// A token bucket, counted in thirds of a millisecond or whatever the rate needs: the
        /// bucket holds `burst` tokens and gains `count` every window.
        #[test]
        fn the_average_admits_what_a_token_bucket_does(
            gaps in prop::collection::vec(0u64..2_000, 1..300), count in 1u32..9, millis in 1u64..3_000, burst in 1u32..15,
        ) {
            let settings = LimitSettings {
                average: Some((rate(&format!("{count}/{millis}ms")), burst)),
                ..LimitSettings::default()
            };
            let passed = admitted(&mut Limits::new(settings, 1), &gaps);
            let full = u64::from(burst) * millis;
            let (mut tokens, mut last, mut expected) = (full, 0, Vec::new());
            for now in times(&gaps) {
                let now_ms = u64::try_from(now.as_millis()).unwrap();
                tokens = full.min(tokens + (now_ms - last) * u64::from(count));
                last = now_ms;
                if tokens >= millis {
                    tokens -= millis;
                    expected.push(now);
                }
            }
            prop_assert_eq!(passed, expected);
        }

        #[test]
        fn who_waits_as_told_passes_and_is_not_told_to_wait_a_second_too_long(
            gaps in prop::collection::vec(0u64..700, 1..300), with_window: bool, with_average: bool, with_workspace: bool,
        ) {
            let settings = LimitSettings {
                window: with_window.then(|| rate("20/10s")),
                average: with_average.then(|| (rate("3/s"), 4)),
                workspace: with_workspace.then(|| rate("30/40s")),
            };
            let mut limits = Limits::new(settings, 1);
            for now in times(&gaps) {
                let Err(Refused { retry_after_s, .. }) = limits.admit(0, now) else { continue };
                prop_assert!(retry_after_s >= 1);
                let told = now + Duration::from_secs(retry_after_s);
                let free = |at: Duration| {
                    limits.tokens[0].wait(at).is_none()
                        && limits.workspace.as_ref().is_none_or(|window| window.wait(at).is_none())
                };
                prop_assert!(free(told));
                prop_assert!(retry_after_s == 1 || !free(told - Duration::from_secs(1)));
            }
        }
    }

    #[test]
    fn a_burst_that_spends_the_window_waits_for_its_end() {
        let settings = LimitSettings {
            window: Some(rate("180/60s")),
            ..LimitSettings::default()
        };
        let mut limits = Limits::new(settings, 1);
        for _ in 0..180 {
            assert_eq!(limits.admit(0, Duration::from_secs(5)), Ok(()));
        }
        let refused = limits.admit(0, Duration::from_millis(15_200));
        assert_eq!(
            refused,
            Err(Refused {
                retry_after_s: 50,
                spent: Spent::Token
            })
        );
        assert_eq!(limits.admit(0, Duration::from_secs(65)), Ok(()));
    }

    #[test]
    fn a_refused_request_spends_neither_limit() {
        let settings = LimitSettings {
            window: Some(rate("4/60s")),
            average: Some((rate("1/s"), 1)),
            workspace: None,
        };
        let mut limits = Limits::new(settings, 1);
        let outcomes: Vec<_> = (0..4)
            .flat_map(|second| [second * 1_000, second * 1_000 + 1])
            .map(|now| limits.admit(0, Duration::from_millis(now)).is_ok())
            .collect();
        assert_eq!(outcomes, [true, false].repeat(4));
    }

    proptest! {
        /// A token's requests pass as if there were no other token, when the workspace has no limit.
        #[test]
        fn tokens_spend_nothing_of_one_another(
            arrivals in prop::collection::vec((0usize..3, 0u64..900), 1..200),
        ) {
            let settings = LimitSettings {
                window: Some(rate("9/10s")),
                average: Some((rate("2/s"), 3)),
                workspace: None,
            };
            let mut together = Limits::new(settings, 3);
            let mut apart = [0; 3].map(|_| Limits::new(settings, 1));
            let mut now = Duration::ZERO;
            for (token, gap) in arrivals {
                now += Duration::from_millis(gap);
                prop_assert_eq!(together.admit(token, now), apart[token].admit(0, now));
            }
        }

        /// With unlimited tokens the workspace's budget is that of one token's window.
        #[test]
        fn the_workspace_counts_all_its_tokens_as_one(
            arrivals in prop::collection::vec((0usize..3, 0u64..4_000), 1..200),
        ) {
            let workspace = LimitSettings {
                workspace: Some(rate("9/90s")),
                ..LimitSettings::default()
            };
            let window = LimitSettings {
                window: workspace.workspace,
                ..LimitSettings::default()
            };
            let (mut shared, mut one) = (Limits::new(workspace, 3), Limits::new(window, 1));
            let mut now = Duration::ZERO;
            for (token, gap) in arrivals {
                now += Duration::from_millis(gap);
                let seconds = |refused: Refused| refused.retry_after_s;
                prop_assert_eq!(
                    shared.admit(token, now).map_err(seconds),
                    one.admit(0, now).map_err(seconds)
                );
            }
        }
    }

    #[test]
    fn the_longest_wait_says_whose_limit_it_is() {
        let settings = LimitSettings {
            window: Some(rate("2/60s")),
            average: None,
            workspace: Some(rate("3/300s")),
        };
        let mut limits = Limits::new(settings, 2);
        let now = Duration::ZERO;
        let seen: Vec<_> = [0, 0, 0, 1, 1]
            .map(|token| {
                limits
                    .admit(token, now)
                    .map_err(|refused| (refused.retry_after_s, refused.spent))
            })
            .into();
        let passes = Ok(());
        assert_eq!(
            seen,
            [
                passes,
                passes,
                Err((60, Spent::Token)),
                passes,
                Err((300, Spent::Workspace))
            ]
        );
    }
}
