//! Judges of a rate limit, by counting what was let through. None of them shares a line with the
//! harness's own limiter, nor with the simulator's.

use std::collections::VecDeque;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A limit, as whoever enforces it may define it. A refused request is not counted.
#[derive(Debug, Clone)]
pub(crate) enum Limit {
    /// At most `most` requests in each window of 60 s; the windows begin at `phase` and every 60 s.
    Window { most: u32, phase: Duration },
    /// No two requests closer than a third of a second: three a second without any burst.
    Spacing,
    /// At most three requests in any stretch of one second.
    AnySecond,
}

/// Somebody else who spends of the same budget, and does not care about refusals.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Other {
    /// A request every `period`, the first at `from`.
    Even { from: Duration, period: Duration },
    /// So many requests at once, at `from` and every 60 s.
    Burst { from: Duration, count: u32 },
}

/// The time of the `n`-th of the other's requests.
impl Other {
    fn at(self, n: u32) -> Duration {
        match self {
            Self::Even { from, period } => from + period * n,
            Self::Burst { from, count } => from + Duration::from_secs(60) * (n / count),
        }
    }
}

/// What became of the requests of one client.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) let_through: u32,
    pub(crate) refused: u32,
}

/// Lets requests through or refuses them, and counts both.
#[derive(Debug)]
pub(crate) struct Judge {
    limit: Limit,
    other: Option<Other>,
    /// The times of the last requests that were let through, whoever sent them.
    passed: VecDeque<Duration>,
    /// The other's requests so far.
    others: u32,
    pub(crate) harness: Count,
    pub(crate) second_client: Count,
    /// When a request of the harness was refused.
    pub(crate) refused_at: Vec<Duration>,
}

impl Judge {
    pub(crate) fn new(limit: Limit, other: Option<Other>) -> Self {
        Self {
            limit,
            other,
            passed: VecDeque::new(),
            others: 0,
            harness: Count::default(),
            second_client: Count::default(),
            refused_at: Vec::new(),
        }
    }

    /// A request of the harness arrives; the error is `Retry-After`, in whole seconds as Notion's is.
    pub(crate) fn ask(&mut self, now: Duration) -> Result<(), u64> {
        self.let_the_other_ask_until(now);
        let judged = self.judge(now);
        match judged {
            Ok(()) => self.harness.let_through += 1,
            Err(_) => {
                self.harness.refused += 1;
                self.refused_at.push(now);
            }
        }
        judged
    }

    fn let_the_other_ask_until(&mut self, now: Duration) {
        while let Some(other) = self.other {
            let at = other.at(self.others);
            if at > now {
                return;
            }
            self.others += 1;
            match self.judge(at) {
                Ok(()) => self.second_client.let_through += 1,
                Err(_) => self.second_client.refused += 1,
            }
        }
    }

    fn judge(&mut self, now: Duration) -> Result<(), u64> {
        let free_at = match self.limit {
            Limit::Window { most, phase } => {
                let minute = Duration::from_secs(60);
                let into = (now + minute - phase).as_nanos() % minute.as_nanos();
                let into = Duration::from_nanos(u64::try_from(into).unwrap());
                let began = now.saturating_sub(into);
                let inside = self.passed.iter().filter(|at| **at >= began).count();
                (inside >= most as usize).then_some(now + minute - into)
            }
            Limit::Spacing => {
                let last = self.passed.back();
                last.map(|last| *last + SECOND / 3)
                    .filter(|free_at| *free_at > now)
            }
            Limit::AnySecond => {
                let third = self.passed.iter().rev().nth(2);
                third
                    .map(|at| *at + SECOND)
                    .filter(|free_at| *free_at > now)
            }
        };
        match free_at {
            Some(free_at) => {
                let seconds = (free_at - now).as_secs_f64().ceil();
                Err(format!("{seconds}").parse().unwrap())
            }
            None => {
                self.passed.push_back(now);
                if self.passed.len() > 400 {
                    self.passed.pop_front();
                }
                Ok(())
            }
        }
    }
}

/// How many of so many requests, `apart` from each other, are refused.
fn refused_of(limit: Limit, count: u32, apart: Duration) -> u32 {
    let mut judge = Judge::new(limit, None);
    for n in 0..count {
        let _ = judge.ask(apart * n);
    }
    assert_eq!(judge.harness.let_through + judge.harness.refused, count);
    judge.harness.refused
}

#[test]
fn a_burst_of_ten_draws_complaints_from_every_judge_that_allows_none() {
    assert_eq!(refused_of(Limit::Spacing, 10, Duration::ZERO), 9);
    assert_eq!(refused_of(Limit::AnySecond, 10, Duration::ZERO), 7);
}

#[test]
fn the_window_lets_its_budget_through_at_once_and_nothing_more_until_its_end() {
    let phase = Duration::from_secs(11);
    let mut judge = Judge::new(Limit::Window { most: 180, phase }, None);
    let answers: Vec<_> = (0..182).map(|_| judge.ask(SECOND * 22)).collect();
    assert!(answers[..180].iter().all(Result::is_ok));
    assert_eq!(answers[180..], [Err(49), Err(49)]);
    assert_eq!(judge.ask(SECOND * 70), Err(1));
    assert_eq!(judge.ask(SECOND * 71), Ok(()));
}

#[test]
fn three_a_second_pass_and_a_little_more_does_not() {
    let third = SECOND / 3 + Duration::from_nanos(1);
    for limit in [Limit::Spacing, Limit::AnySecond] {
        assert_eq!(refused_of(limit.clone(), 100, third), 0);
        assert!(refused_of(limit, 100, Duration::from_millis(330)) > 20);
    }
}

#[test]
fn the_second_client_spends_of_the_same_budget() {
    let from = Duration::from_millis(100);
    let period = SECOND * 2 / 3;
    let mut judge = Judge::new(Limit::Spacing, Some(Other::Even { from, period }));
    assert_eq!(judge.ask(Duration::from_millis(300)), Err(1));
    assert_eq!(judge.ask(Duration::from_millis(434)), Ok(()));
    assert_eq!(judge.ask(Duration::from_millis(9500)), Err(1));
    assert_eq!(
        judge.second_client.refused, 1,
        "ours was in the way of its second"
    );
    assert_eq!(judge.second_client.let_through, 14);
}
