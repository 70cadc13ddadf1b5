//! Alone with its budget, the fastest allowed run uses nearly all of it and is never refused.

use std::time::Duration;

use cutover::pace::Pace;
use cutover::record::Stopped;

use crate::judge::{Judge, Limit};
use crate::world::{Between, Judged, run_for};

const FIVE_MINUTES: Duration = Duration::from_secs(300);
/// What both limits allow in that time.
const BUDGET: f64 = 900.0;

fn window(phase_s: f64) -> Limit {
    Limit::Window {
        most: 180,
        phase: Duration::from_secs_f64(phase_s),
    }
}

fn limits() -> Vec<Limit> {
    // The run begins at a window's start, somewhere in it, and just before its end.
    let phases = [0.0, 0.001, 7.3, 29.9, 30.0, 59.999];
    let mut limits: Vec<_> = phases.into_iter().map(window).collect();
    limits.extend([Limit::Spacing, Limit::AnySecond]);
    limits
}

fn pace(rate: &str, headroom: f64) -> Pace {
    Pace::limited(rate.parse().unwrap(), headroom, 1).unwrap()
}

/// The share of the budget that was used, and the refusals.
async fn five_minutes(limit: Limit, late: Between, headroom: f64) -> (f64, u32) {
    let target = Judged::by(Judge::new(limit, None)).late(late);
    let record = run_for(FIVE_MINUTES, &target, pace("3/s", headroom)).await;
    assert_eq!(record.stopped, Stopped::TimeLimit);
    let count = target.judge.unwrap().into_inner().harness;
    let recorded = record.baseline.iter().map(|row| row.rate_limited() as u64);
    assert_eq!(recorded.sum::<u64>(), u64::from(count.refused));
    (f64::from(count.let_through) / BUDGET, count.refused)
}

#[tokio::test(start_paused = true)]
async fn five_minutes_use_97_percent_of_the_budget_and_draw_no_429() {
    for limit in limits() {
        let (used, refused) = five_minutes(limit.clone(), Between::NOTHING, 0.02).await;
        assert_eq!(refused, 0, "{limit:?}");
        assert!((0.97..=1.0).contains(&used), "{used} under {limit:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_published_window_as_the_configured_rate_uses_as_much() {
    let target = Judged::by(Judge::new(window(13.0), None));
    run_for(FIVE_MINUTES, &target, pace("180/60s", 0.02)).await;
    let count = target.judge.unwrap().into_inner().harness;
    assert_eq!(count.refused, 0);
    assert!(f64::from(count.let_through) >= 0.97 * BUDGET);
}

#[tokio::test(start_paused = true)]
async fn requests_that_leave_a_few_milliseconds_late_are_covered_by_the_headroom() {
    for limit in limits() {
        let (used, refused) = five_minutes(limit.clone(), Between::ms(0, 6), 0.02).await;
        assert_eq!(refused, 0, "{limit:?}");
        assert!((0.97..=1.0).contains(&used), "{used} under {limit:?}");
    }
}

/// The failing side: what the judge would say of a harness without headroom, for a lateness on the way,
/// which the harness cannot see. (Its own lateness it makes up for.)
#[tokio::test(start_paused = true)]
async fn without_headroom_the_same_lateness_is_refused() {
    let (_, refused) = five_minutes(Limit::Spacing, Between::ms(0, 6), 0.0).await;
    assert!(refused > 0, "the judge does not see what it should");
}

/// The failing side of the window: a rate that is a little too fast.
#[tokio::test(start_paused = true)]
async fn a_rate_above_the_windows_is_refused() {
    let target = Judged::by(Judge::new(window(7.3), None));
    run_for(FIVE_MINUTES, &target, pace("186/60s", 0.0)).await;
    assert!(target.judge.unwrap().into_inner().harness.refused > 0);
}

/// One request at a time: a target that takes longer than the budget's interval is itself the limit, and
/// what is shown is that nothing else holds the lane up.
#[tokio::test(start_paused = true)]
async fn a_slow_target_is_never_kept_waiting_and_never_refuses() {
    for limit in limits() {
        let target = Judged::by(Judge::new(limit.clone(), None)).takes(Between::ms(400, 2500));
        let record = run_for(FIVE_MINUTES, &target, pace("3/s", 0.02)).await;
        let count = target.judge.unwrap().into_inner().harness;
        assert_eq!(count.refused, 0, "{limit:?}");
        let waited: f64 = record.baseline.iter().map(|row| row.budget_wait_s()).sum();
        assert!(waited.abs() < 1e-9, "{waited} s of waiting under {limit:?}");
        let busy: f64 = record.baseline.iter().map(|row| row.latency_s()).sum();
        // The rest are looks, which wait for the end of a candidate's answer.
        assert!(
            busy >= 0.95 * 300.0,
            "busy for {busy} s of 300 under {limit:?}"
        );
    }
}
