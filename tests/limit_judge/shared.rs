//! With a second client on the same budget the harness backs off, finishes, and records every refusal.

use std::time::Duration;

use cutover::pace::Pace;
use cutover::record::{IterationRef, Stopped};

use crate::judge::{Count, Judge, Limit, Other};
use crate::world::{Between, Judged, run_for};

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

/// Half an hour beside a second client, checked for what holds in any case.
async fn half_an_hour(limit: Limit, other: Other, takes: Between) -> Shared {
    let target = Judged::by(Judge::new(limit, Some(other))).takes(takes);
    let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 1).unwrap();
    let record = run_for(HALF_AN_HOUR, &target, pace).await;
    let Count {
        let_through,
        refused,
    } = target.judge.unwrap().into_inner().harness;
    assert_eq!(record.stopped, Stopped::TimeLimit, "it goes on to the end");
    let recorded: usize = record.baseline.iter().map(|row| row.rate_limited()).sum();
    assert_eq!(recorded, refused as usize, "each 429 is recorded, and once");
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
