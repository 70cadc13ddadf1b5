//! With a second client on the same budget the harness backs off, finishes, and records every refusal.

use std::time::Duration;

use cutover::pace::Pace;
use cutover::record::{ScenarioRecord, Stopped};

use crate::judge::{Judge, Limit, Other};
use crate::world::{Between, Judged, run_for};

const HALF_AN_HOUR: Duration = Duration::from_secs(1800);

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
    let_through: f64,
    refused: f64,
    failed: usize,
    record: ScenarioRecord,
}

impl Shared {
    fn refused_share(&self) -> f64 {
        self.refused / (self.refused + self.let_through)
    }
}

/// Half an hour beside a second client, checked for what holds in any case.
async fn half_an_hour(limit: Limit, other: Other, takes: Between) -> Shared {
    let target = Judged::by(Judge::new(limit, Some(other))).takes(takes);
    let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 1).unwrap();
    let record = run_for(HALF_AN_HOUR, &target, pace).await;
    let judge = target.judge.unwrap().into_inner();
    assert_eq!(record.stopped, Stopped::TimeLimit, "it goes on to the end");
    let recorded: usize = record.baseline.iter().map(|row| row.rate_limited()).sum();
    assert_eq!(recorded, judge.harness.refused as usize, "each 429 is recorded");
    for row in record.baseline.iter().filter(|row| row.failure().is_none()) {
        let last = row.steps().last().unwrap();
        let own = last.duration_s();
        assert!((row.latency_s() - own).abs() < 1e-6, "a wait stands in a latency");
    }
    let failed = record.baseline.iter().filter(|row| row.failure().is_some());
    let shared = Shared {
        let_through: f64::from(judge.harness.let_through),
        refused: f64::from(judge.harness.refused),
        failed: failed.count(),
        record,
    };
    println!(
        "{:?} refused {} of {} ({:.3}), {} failed; other {:?}",
        judge.harness,
        shared.refused,
        shared.refused + shared.let_through,
        shared.refused_share(),
        shared.failed,
        judge.second_client
    );
    shared
}

#[tokio::test(start_paused = true)]
async fn explore() {
    for takes in [Between::NOTHING, Between::ms(100, 300), Between::ms(400, 2500)] {
        for limit in [window(0), window(17), Limit::AnySecond, Limit::Spacing] {
            for other in [even(), burst(1), burst(17)] {
                print!("{limit:?} {other:?} {takes:?}: ");
                half_an_hour(limit.clone(), other, takes).await;
            }
        }
    }
}
