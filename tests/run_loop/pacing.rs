//! How fast each side is asked: within the budget, and after what a 429 asks for.

use std::time::Duration;

use cutover::record::{FailureKind, SampleStatus, Stopped};
use http::Method;
use tokio::time::Instant;

use crate::rig::{READ, Run, after_preflight, sides};
use crate::world::{Api, Mishap};

/// The most Notion requests of a side that begin in any stretch of `window`, by counting.
fn busiest(sent: &[(Instant, u32)], window: Duration) -> u32 {
    let starting_at = |(index, (from, _)): (usize, &(Instant, u32))| {
        let inside = sent[index..]
            .iter()
            .take_while(|(at, _)| *at - *from < window);
        inside.map(|(_, cost)| cost).sum()
    };
    sent.iter().enumerate().map(starting_at).max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn the_baseline_keeps_to_the_budget_and_the_candidate_runs_meanwhile() {
    let (baseline, candidate) = (Api::new("notion", 200), Api::new("postgres", 5));
    let record = Run::of(READ).measure(&baseline, &candidate, 25).await;
    assert_eq!(
        (record.baseline.len(), record.stopped),
        (25, Stopped::Decided)
    );
    assert!(
        record.candidate.len() >= 25 * 20,
        "{}",
        record.candidate.len()
    );
    let sent: Vec<(Instant, u32)> = baseline
        .seen
        .borrow()
        .iter()
        .map(|seen| (seen.at, 2))
        .collect();
    // 2.94 a second, and at most one step of cost 2 beyond.
    assert!(busiest(&sent, Duration::from_secs(10)) <= 29 + 2);
    let took = sent[sent.len() - 1].0 - sent[0].0;
    let share = f64::from(2 * 25) / took.as_secs_f64();
    assert!(
        (2.9..=2.95).contains(&share),
        "{share} Notion requests a second were used"
    );
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_budget_stands_beside_the_latency_and_not_inside_it() {
    let (baseline, candidate) = (Api::new("notion", 200), Api::new("postgres", 5));
    let record = Run::of(READ).measure(&baseline, &candidate, 5).await;
    for iteration in record.baseline.iter() {
        assert!(
            (iteration.latency_s() - 0.2).abs() < 0.002,
            "{}",
            iteration.latency_s()
        );
        let gap = iteration.sent_at_s() - iteration.intended_at_s();
        assert!((gap - iteration.budget_wait_s()).abs() < 0.002);
        assert!(iteration.finished_at_s() >= iteration.sent_at_s() + 0.199);
        assert_eq!(iteration.notion_requests(), 2);
    }
    assert!(
        record.baseline.get(1).unwrap().budget_wait_s() > 0.4,
        "two units take 0.68 s, the step 0.2 s"
    );
    assert!(
        record
            .candidate
            .iter()
            .all(|iteration| iteration.notion_requests() == 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_429_stops_the_whole_side_until_it_is_over_and_is_recorded() {
    let (baseline, candidate) = sides();
    let baseline = after_preflight(baseline).mishap(Method::GET, Mishap::RateLimited(Some(49)));
    let record = Run::of(READ).measure(&baseline, &candidate, 2).await;
    let seen = baseline.seen.borrow();
    assert_eq!(
        seen[2].at - seen[1].at,
        Duration::from_secs(50),
        "1 s of answer, 49 s of pause"
    );
    let first = record.baseline.get(0).unwrap();
    let steps: Vec<_> = first.steps().collect();
    assert_eq!(
        (steps[0].status(), steps[0].superseded()),
        (Some(429), true)
    );
    assert_eq!(steps[0].retry_after_s(), Some(49.0));
    assert_eq!((steps[1].attempt(), steps[1].failure()), (2, None));
    assert!(
        (first.pause_s() - 49.0).abs() < 0.002,
        "{}",
        first.pause_s()
    );
    assert!(
        (first.latency_s() - 1.0).abs() < 0.002,
        "neither pause nor refused attempt is latency"
    );
    assert_eq!((first.rate_limited(), first.notion_requests()), (1, 4));
    assert_eq!(record.baseline.get(1).unwrap().steps().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_429_that_does_not_end_is_a_failure_and_never_dropped() {
    let (baseline, candidate) = sides();
    let candidate = (0..3).fold(after_preflight(candidate), |api, _| {
        api.mishap(Method::GET, Mishap::RateLimited(None))
    });
    let record = Run::of(READ).measure(&baseline, &candidate, 1).await;
    let first = record.candidate.get(0).unwrap();
    assert_eq!(first.rate_limited(), 3);
    assert_eq!(first.failure().unwrap().kind, FailureKind::RateLimited);
    assert_eq!(first.sample().status, SampleStatus::Error);
    assert!(
        (first.pause_s() - 3.0).abs() < 0.002,
        "1 s and 2 s where none is named: {}",
        first.pause_s()
    );
}

#[tokio::test(start_paused = true)]
async fn a_longer_pause_than_is_allowed_ends_the_scenario() {
    let (baseline, candidate) = sides();
    let baseline = after_preflight(baseline).mishap(Method::GET, Mishap::RateLimited(Some(7200)));
    let record = Run::of(READ).measure(&baseline, &candidate, 5).await;
    assert_eq!(record.stopped, Stopped::PauseTooLong);
    assert!(record.baseline.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_all_measure_is_no_crash() {
    for seconds in [99_999_999_999, u64::MAX] {
        let (baseline, candidate) = sides();
        let limited = Mishap::RateLimited(Some(seconds));
        let baseline = after_preflight(baseline).mishap(Method::GET, limited);
        let record = Run::of(READ).measure(&baseline, &candidate, 5).await;
        assert_eq!(record.stopped, Stopped::PauseTooLong);
    }
}
