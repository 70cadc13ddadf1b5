//! What is looked at before anything is timed.

use cutover::record::{Distinctness, Freshness, Side, Stopped};
use cutover::run::{CutShort, RunError};
use http::Method;

use crate::rig::{CREATE, Nobody, READ, Run, sides};
use crate::world::{Api, Mishap};

#[tokio::test(start_paused = true)]
async fn a_frozen_side_is_found_before_anything_is_timed() {
    let (baseline, candidate) = sides();
    candidate.frozen.set(true);
    let run = Run::of(CREATE);
    let record = run.measure(&baseline, &candidate, 5).await;
    assert!(matches!(
        record.preflight.baseline.freshness,
        Freshness::Fresh(_)
    ));
    assert!(matches!(
        record.preflight.candidate.freshness,
        Freshness::Stale(_)
    ));
    assert_eq!(record.stopped, Stopped::Preflight);
    assert!(record.baseline.is_empty() && record.candidate.is_empty());
    assert_eq!((candidate.made(), run.open()), (Vec::new(), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn two_stores_are_proven_by_a_write_that_only_one_of_them_shows() {
    let (baseline, candidate) = sides();
    let record = Run::of(CREATE).measure(&baseline, &candidate, 1).await;
    let Distinctness::Proven(why) = &record.preflight.distinct else {
        panic!("{record:?}")
    };
    assert!(why.contains("not found on the candidate"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn one_store_under_two_names_is_found_and_not_measured() {
    let baseline = Api::new("notion", 1000);
    let candidate = baseline.alias("postgres", 40);
    let run = Run::of(CREATE);
    let record = run.measure(&baseline, &candidate, 5).await;
    assert!(
        matches!(record.preflight.distinct, Distinctness::Same(_)),
        "{:?}",
        record.preflight
    );
    assert_eq!(
        (record.stopped, record.baseline.len()),
        (Stopped::Preflight, 0)
    );
    assert_eq!((baseline.made(), run.open()), (Vec::new(), Vec::new()));

    // Without leave to write, the ids give it away.
    let candidate = baseline.alias("postgres", 40);
    let mut run = Run::of(READ);
    run.plan.writes_allowed = false;
    let record = run.measure(&baseline, &candidate, 5).await;
    let Distinctness::Same(why) = &record.preflight.distinct else {
        panic!("{record:?}")
    };
    assert!(why.contains("3 ids"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn the_same_source_on_both_sides_is_not_two_sides() {
    let (mut baseline, candidate) = sides();
    baseline.source = "postgres";
    let record = Run::of(READ).measure(&baseline, &candidate, 5).await;
    let Distinctness::Same(why) = &record.preflight.distinct else {
        panic!("{record:?}")
    };
    assert!(why.contains("`postgres`"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_end_the_run_before_anything_is_timed() {
    let (baseline, candidate) = sides();
    let candidate = candidate.mishap(Method::GET, Mishap::Status(401));
    let refused = Run::of(READ)
        .watched(&baseline, &candidate, 5, &Nobody)
        .await;
    assert!(matches!(
        refused,
        Err(CutShort {
            error: RunError::Refused {
                side: Side::Candidate,
                status: 401,
                ..
            },
            ..
        })
    ));
}
