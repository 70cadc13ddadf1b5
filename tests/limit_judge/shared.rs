//! With a second client on the same budget the harness backs off, finishes, and records every refusal.

use std::time::Duration;

use cutover::pace::Pace;
use cutover::record::{IterationRef, Requests, ScenarioRecord, Stopped};

use crate::judge::{Count, Judge, Limit, Other};
use crate::world::{Between, CREATES, Judged, LONGEST_PAUSE, WRITES, run_for, run_of};

const HALF_AN_HOUR: Duration = Duration::from_secs(1800);
const QUICK: Between = Between(Duration::from_millis(100), Duration::from_millis(300));
const SLOW: Between = Between(Duration::from_millis(400), Duration::from_millis(2500));

fn even() -> Other {
    Other::Even {
        from: Duration::from_millis(123),
        period: Duration::from_secs(2) / 3,
    }
}

fn burst(from_s: u64) -> Other {
    Other::Burst {
        from: Duration::from_secs(from_s),
        count: 90,
    }
}

fn window(phase_s: u64) -> Limit {
    Limit::Window {
        most: 180,
        phase: Duration::from_secs(phase_s),
    }
}

/// What a run beside a second client came to.
#[derive(Debug)]
struct Shared {
    let_through: u32,
    /// Of all requests that were sent.
    refused_share: f64,
    failed: usize,
}

/// Each request and each 429 that the judge counted is in the record, and once. Returns what was sent in timed
/// iterations.
fn assert_all_recorded(record: &ScenarioRecord, target: &Judged) -> Requests {
    let count = target.judge.as_ref().unwrap().borrow().harness;
    let timed = Requests::of(&record.baseline);
    let told = timed + record.outside.baseline.total();
    assert_eq!(told.rate_limited, u64::from(count.refused), "{record:#?}");
    assert_eq!(told.sent, u64::from(count.let_through + count.refused));
    assert_eq!(told.notion_requests, told.sent, "each costs one");
    timed
}

/// Half an hour beside a second client, checked for what holds in any case.
async fn half_an_hour(limit: Limit, other: Other, takes: Between) -> Shared {
    let target = Judged::by(Judge::new(limit, Some(other))).takes(takes);
    let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 1).unwrap();
    let record = run_for(HALF_AN_HOUR, &target, pace).await;
    let Count {
        let_through,
        refused,
    } = target.judge.as_ref().unwrap().borrow().harness;
    assert_eq!(record.stopped, Stopped::TimeLimit, "it goes on to the end");
    assert_all_recorded(&record, &target);
    let good = |row: &IterationRef<'_>| row.failure().is_none();
    for row in record.baseline.iter().filter(good) {
        let answer = row.steps().last().unwrap().duration_s();
        assert!(
            (row.latency_s() - answer).abs() < 1e-6,
            "a wait in a latency"
        );
    }
    Shared {
        let_through,
        refused_share: f64::from(refused) / f64::from(refused + let_through),
        failed: record.baseline.iter().filter(|row| !good(row)).count(),
    }
}

/// A window's end is known, so a minute draws one refusal at most, and our half of it is used.
#[tokio::test(start_paused = true)]
async fn a_shared_window_refuses_one_request_in_ninety() {
    for (limit, other) in [
        (window(0), even()),
        (window(17), even()),
        (window(0), burst(1)),
        (window(17), burst(17)),
        (window(17), burst(1)),
    ] {
        let shared = half_an_hour(limit.clone(), other, QUICK).await;
        assert!(
            shared.refused_share <= 0.015,
            "{shared:?} {limit:?} {other:?}"
        );
        assert_eq!(shared.failed, 0);
        assert!(
            shared.let_through >= 2430,
            "90 % of 90 a minute: {shared:?}"
        );
    }
}

/// Beside 1.5 a second there is room for one request in each second.
#[tokio::test(start_paused = true)]
async fn a_shared_second_refuses_one_request_in_sixteen_at_most() {
    for takes in [Between::NOTHING, QUICK, SLOW] {
        let shared = half_an_hour(Limit::AnySecond, even(), takes).await;
        assert!(shared.refused_share <= 0.06, "{shared:?} {takes:?}");
        assert_eq!(shared.failed, 0);
        assert!(shared.let_through >= 1000, "{shared:?} {takes:?}");
    }
}

/// Without any burst two clients collide by chance, half of the time beside one that takes a half. No rate
/// cures that; what is left is to try seldom and not to give up.
#[tokio::test(start_paused = true)]
async fn without_any_burst_half_of_the_requests_collide_and_no_step_fails() {
    for takes in [Between::NOTHING, QUICK, SLOW] {
        let shared = half_an_hour(Limit::Spacing, even(), takes).await;
        assert!(shared.refused_share <= 0.6, "{shared:?} {takes:?}");
        assert_eq!(shared.failed, 0);
        assert!(shared.let_through >= 240, "{shared:?} {takes:?}");
    }
}

/// All at once is one request for a limit without burst; the rest of the minute is free.
#[tokio::test(start_paused = true)]
async fn a_burst_under_a_strict_limit_hardly_disturbs() {
    for limit in [Limit::Spacing, Limit::AnySecond] {
        let shared = half_an_hour(limit.clone(), burst(17), QUICK).await;
        assert!(shared.refused_share <= 0.015, "{shared:?} {limit:?}");
        assert_eq!(shared.failed, 0);
        assert!(shared.let_through >= 4800, "{shared:?} {limit:?}");
    }
}

/// The second client takes a whole window's budget at the start, and each minute what is left in the window
/// then, so that refusals meet whatever is being sent.
#[tokio::test(start_paused = true)]
async fn a_refusal_of_the_preflight_or_of_a_clean_up_is_in_the_record_too() {
    let mut clean_up = Requests::default();
    for phase in [7, 17, 31] {
        let other = Other::Burst {
            from: Duration::ZERO,
            count: 180,
        };
        let target = Judged::by(Judge::new(window(phase), Some(other))).takes(QUICK);
        let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 1).unwrap();
        let limits = (HALF_AN_HOUR, LONGEST_PAUSE);
        let record = run_of(WRITES, limits, &target, pace).await;
        assert_eq!(record.stopped, Stopped::TimeLimit);
        let timed = assert_all_recorded(&record, &target);
        let outside = record.outside.baseline;
        assert!(outside.preflight.rate_limited > 0, "{outside:?}");
        assert_eq!(
            outside.preflight.notion_requests,
            u64::from(record.preflight.baseline.notion_requests)
        );
        assert_eq!(outside.interrupted, Requests::default());
        let told = timed + outside.total();
        assert_eq!(told.retried, told.rate_limited, "none gave up");
        clean_up = clean_up + outside.clean_up;
    }
    assert!(clean_up.rate_limited > 0, "{clean_up:?}");
}

/// A pause that is too long ends the run in the middle of an iteration, which is not in the record: what
/// it had sent is.
#[tokio::test(start_paused = true)]
async fn what_an_iteration_sent_before_it_was_halted_is_in_the_record() {
    let mut halted = 0;
    for phase in 10..20 {
        let other = burst(phase + 3);
        let target = Judged::by(Judge::new(window(phase), Some(other))).takes(QUICK);
        let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 1).unwrap();
        let limits = (HALF_AN_HOUR, Duration::from_secs(3));
        let record = run_of(WRITES, limits, &target, pace).await;
        assert_eq!(record.stopped, Stopped::PauseTooLong);
        assert_all_recorded(&record, &target);
        let interrupted = record.outside.baseline.interrupted;
        halted += u32::from(interrupted.sent > 1);
    }
    assert!(halted > 0, "none was halted between its steps");
}

/// Whatever the limit and whoever else spends of it: a scenario that creates and cleans up is refused inside
/// and outside of its timed iterations, and the record tells of both.
#[tokio::test(start_paused = true)]
async fn every_refusal_of_a_scenario_that_writes_is_told_under_every_limit() {
    for (limit, other) in [
        (window(17), even()),
        (window(17), burst(1)),
        (Limit::AnySecond, even()),
        (Limit::Spacing, even()),
    ] {
        let target = Judged::by(Judge::new(limit.clone(), Some(other))).takes(QUICK);
        let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 1).unwrap();
        let limits = (HALF_AN_HOUR, LONGEST_PAUSE);
        let record = run_of(CREATES, limits, &target, pace).await;
        assert_eq!(record.stopped, Stopped::TimeLimit, "{limit:?} {other:?}");
        let timed = assert_all_recorded(&record, &target);
        let clean_up = record.outside.baseline.clean_up;
        assert!(timed.rate_limited > 0, "{timed:?} {limit:?} {other:?}");
        assert!(
            clean_up.rate_limited > 0,
            "{clean_up:?} {limit:?} {other:?}"
        );
    }
}
