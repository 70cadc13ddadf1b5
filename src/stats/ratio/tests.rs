//! The laws of the speedup gate.

use proptest::prelude::*;

use super::*;
use crate::record::SampleStatus;

fn status() -> impl Strategy<Value = SampleStatus> {
    prop_oneof![
        12 => Just(SampleStatus::Ok),
        1 => Just(SampleStatus::Error),
        1 => Just(SampleStatus::Timeout),
    ]
}

fn samples(most: usize) -> impl Strategy<Value = Vec<Sample>> {
    let sample = (0.01f64..10.0, status()).prop_map(|(seconds, status)| Sample { seconds, status });
    prop::collection::vec(sample, 0..most)
}

/// Samples of which some are sure to decide: the sides lie apart by a factor.
fn sides() -> impl Strategy<Value = (Vec<Sample>, Vec<Sample>)> {
    (samples(120), samples(400), 0.001f64..1.0).prop_map(|(baseline, mut candidate, factor)| {
        for sample in &mut candidate {
            sample.seconds = (1.0 + sample.seconds / 10.0) * factor;
        }
        (baseline, candidate)
    })
}

const QUANTILES: [f64; 3] = [0.5, 0.9, 0.95];

fn near(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_eq() || (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

proptest! {
    #[test]
    fn looking_in_between_changes_nothing((baseline, candidate) in sides(), at in 0usize..120) {
        let (early, late) = baseline.split_at(at.min(baseline.len()));
        let mut test = SpeedupTest::new(early, &[]);
        for few in candidate.chunks(7) {
            test.extend(&[], few);
        }
        test.extend(late, &[]);
        prop_assert_eq!(test, SpeedupTest::new(&baseline, &candidate));
    }

    #[test]
    fn swapping_the_sides_inverts_the_ratio((baseline, candidate) in sides()) {
        for q in QUANTILES {
            let there = SpeedupTest::new(&baseline, &candidate).at(q, 20.0);
            let back = SpeedupTest::new(&candidate, &baseline).at(q, 20.0);
            match (there.ratio_point, back.ratio_point) {
                (Some(there), Some(back)) => prop_assert!(near(there * back, 1.0)),
                (there, back) => prop_assert_eq!((there, back), (None, None)),
            }
        }
    }

    #[test]
    fn bounds_are_ordered((baseline, candidate) in sides()) {
        for q in QUANTILES {
            let found = SpeedupTest::new(&baseline, &candidate).at(q, 20.0);
            prop_assert!(found.baseline_lo <= found.baseline_hi);
            prop_assert!(found.candidate_lo <= found.candidate_hi);
            prop_assert!(found.ratio_lo <= found.ratio_hi);
            prop_assert!(found.vif >= 1.0);
        }
    }

    #[test]
    fn without_failures_the_point_lies_between_the_bounds((baseline, candidate) in sides()) {
        let ok = |samples: Vec<Sample>| -> Vec<Sample> {
            samples.into_iter().map(|s| Sample { status: SampleStatus::Ok, ..s }).collect()
        };
        let found = SpeedupTest::new(&ok(baseline), &ok(candidate)).at(0.5, 20.0);
        if let Some(point) = found.ratio_point {
            prop_assert!(found.ratio_lo <= point && point <= found.ratio_hi);
        }
    }

    #[test]
    fn confirmed_and_refuted_never_hold_both((baseline, candidate) in sides(), r in 0.5f64..500.0) {
        let found = SpeedupTest::new(&baseline, &candidate).at(0.5, r);
        prop_assert!(!(found.ratio_lo >= r && found.ratio_hi < r));
        match found.decision {
            Decision::Confirmed => prop_assert!(found.ratio_lo >= r),
            Decision::Refuted => prop_assert!(found.ratio_hi < r),
            Decision::Undecided => prop_assert!(found.shortfall.is_some()),
        }
    }

    #[test]
    fn the_unit_of_time_does_not_matter((baseline, candidate) in sides(), c in 0.001f64..1000.0) {
        let scaled = |samples: &[Sample]| -> Vec<Sample> {
            samples.iter().map(|s| Sample { seconds: s.seconds * c, ..*s }).collect()
        };
        let once = SpeedupTest::new(&baseline, &candidate).at(0.5, 20.0);
        let again = SpeedupTest::new(&scaled(&baseline), &scaled(&candidate)).at(0.5, 20.0);
        prop_assert!(near(once.ratio_lo, again.ratio_lo) && near(once.ratio_hi, again.ratio_hi));
        prop_assert_eq!(once.ratio_point.is_some(), again.ratio_point.is_some());
    }

    /// On independent samples: a failure cannot make the baseline look slower.
    #[test]
    fn one_more_failed_baseline_iteration_never_confirms((baseline, candidate) in sides(), q in 0.5f64..0.95) {
        let before = SpeedupTest::new(&baseline, &candidate);
        let mut more = baseline.clone();
        more.push(Sample { seconds: 0.1, status: SampleStatus::Error });
        let after = SpeedupTest::new(&more, &candidate);
        let r = 20.0;
        if baseline.len() >= least_baseline_samples(q) && before.vif() <= after.vif() {
            let (before, after) = (before.at(q, r), after.at(q, r));
            prop_assert!(
                before.decision == Decision::Confirmed || after.decision != Decision::Confirmed
            );
            prop_assert!(after.baseline_lo <= before.baseline_lo);
        }
    }

    #[test]
    fn one_more_failed_candidate_iteration_never_tightens_a_bound((baseline, candidate) in sides()) {
        let before = SpeedupTest::new(&baseline, &candidate).at(0.5, 20.0);
        let mut more = candidate.clone();
        if let Some(last) = more.last_mut() {
            last.status = SampleStatus::Error;
        }
        let after = SpeedupTest::new(&baseline, &more).at(0.5, 20.0);
        prop_assert!(after.ratio_lo <= before.ratio_lo);
        prop_assert!(after.ratio_hi >= before.ratio_hi);
    }
}

fn ok(seconds: f64) -> Sample {
    Sample {
        seconds,
        status: SampleStatus::Ok,
    }
}

#[test]
fn too_few_baseline_samples_never_decide() {
    let candidate = vec![ok(0.001); 1000];
    let noisy =
        |n: u32| -> Vec<Sample> { (0..n).map(|i| ok(2.0 + f64::from((i * 37) % 11))).collect() };
    for (n, q, decision) in [
        (9, 0.5, Decision::Undecided),
        (10, 0.5, Decision::Confirmed),
        (19, 0.95, Decision::Undecided),
        (20, 0.95, Decision::Confirmed),
    ] {
        let found = SpeedupTest::new(&noisy(n), &candidate).at(q, 2.0);
        assert_eq!(found.decision, decision, "{n} samples at {q}");
    }
}

#[test]
fn no_samples_at_all_are_undecided_with_open_bounds() {
    let found = SpeedupTest::new(&[], &[]).at(0.5, 20.0);
    assert_eq!(found.decision, Decision::Undecided);
    assert!(found.ratio_lo <= 0.0 && found.ratio_hi.is_infinite());
    assert_eq!(found.ratio_point, None);
}

#[test]
fn a_baseline_that_only_fails_is_never_slow() {
    let failed = vec![
        Sample {
            seconds: 30.0,
            status: SampleStatus::Error
        };
        100
    ];
    let found = SpeedupTest::new(&failed, &vec![ok(0.01); 1000]).at(0.5, 20.0);
    assert_eq!(found.decision, Decision::Undecided);
}
