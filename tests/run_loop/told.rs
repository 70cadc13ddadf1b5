//! What the record tells of the loop itself and of failures.

use std::time::Duration;

use cutover::record::ScenarioRecord;
use cutover::run::{Look, Rule};
use http::Method;

use crate::rig::{After, READ, Run, after_preflight, sides};
use crate::world::{Api, Mishap};

#[tokio::test(start_paused = true)]
async fn a_closed_connection_is_no_failure_of_a_read() {
    let (baseline, candidate) = sides();
    let candidate = after_preflight(candidate).mishap(Method::GET, Mishap::Closed);
    let record = Run::of(READ).measure(&baseline, &candidate, 1).await;
    let first = record.candidate.get(0).unwrap();
    let steps: Vec<_> = first.steps().collect();
    assert_eq!(steps.len(), 2);
    assert!(steps[0].superseded() && first.failure().is_none());
    assert!((first.latency_s() - 0.04).abs() < 0.002);
}

#[tokio::test(start_paused = true)]
async fn the_lag_of_the_harness_is_measured() {
    let (baseline, candidate) = sides();
    // The probe lives in real time; a lane that blocks for a real moment gives it one to ping in.
    struct Blocking<'w>(After<'w>);
    impl Rule for Blocking<'_> {
        fn look(&mut self, scenario: &ScenarioRecord) -> Look {
            std::thread::sleep(Duration::from_millis(40));
            self.0.look(scenario)
        }
    }
    let mut rule = Blocking(After {
        // A pause of the machine's makes the probe miss some of them.
        baseline: 25,
        looks: Vec::new(),
        candidate: &candidate,
    });
    let record = Run::of(READ).under(&mut rule, &baseline, &candidate).await;
    assert!(record.lag.count > 0);
    assert!(
        record.lag.max_s >= 0.005,
        "a loop that was blocked for 40 ms: {:?}",
        record.lag
    );
    assert!(record.lag.p50_s <= record.lag.p95_s && record.lag.p95_s <= record.lag.max_s);
}

#[tokio::test(start_paused = true)]
async fn no_piece_of_a_secret_survives_in_a_failure() {
    let secret: String = (0..400)
        .map(|n| char::from(b'a' + u8::try_from(n % 23).unwrap()))
        .collect();
    let (baseline, candidate) = sides();
    let candidate = Api {
        secret: Some(secret.clone()),
        ..candidate
    };
    let candidate = after_preflight(candidate).mishap(Method::GET, Mishap::Echo(500));
    let record = Run::of(READ).measure(&baseline, &candidate, 1).await;
    let detail = &record.candidate.get(0).unwrap().failure().unwrap().detail;
    assert!(detail.contains("[secret]"), "{detail}");
    for start in 0..secret.len() - 8 {
        assert!(!detail.contains(&secret[start..start + 8]), "{detail}");
    }
}
