use proptest::prelude::*;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::super::blocks::compare_blocks;
use super::*;

const LOOKS: [u32; 4] = [5, 10, 15, 20];

fn differences() -> impl Strategy<Value = Vec<f64>> {
    (-0.4f64..0.4, prop::collection::vec(-0.2f64..0.2, 20))
        .prop_map(|(level, noise)| noise.into_iter().map(|one| level + one).collect())
}

proptest! {
    #[test]
    fn swapping_the_builds_inverts_the_change(kind in differences(), harm in 0.0f64..0.1) {
        let harsh: Vec<f64> = kind.iter().map(|d| d + harm).collect();
        let negated = |all: &[f64]| -> Vec<f64> { all.iter().map(|d| -d).collect() };
        let there = compare_sequentially(&kind, &harsh, &LOOKS, 0.05);
        // What was in favour of the one is in favour of the other.
        let back = compare_sequentially(&negated(&harsh), &negated(&kind), &LOOKS, 0.05);
        prop_assert!(((1.0 + there.change) * (1.0 + back.change) - 1.0).abs() < 1e-9);
        prop_assert!(((1.0 + there.low) * (1.0 + back.high) - 1.0).abs() < 1e-9);
        match there.verdict {
            Change::Improvement => prop_assert_eq!(back.verdict, Change::Regression),
            Change::Regression => prop_assert_eq!(back.verdict, Change::Improvement),
            _ => {}
        }
    }

    #[test]
    fn a_single_look_is_the_comparison_by_blocks(
        old in prop::collection::vec(prop::collection::vec(1.0f64..9.0, 1..9), 2..30),
        factor in 0.5f64..2.0,
    ) {
        let new: Vec<Vec<f64>> = old.iter().rev().map(|block| block.iter().map(|x| x * factor).collect()).collect();
        let expected = compare_blocks(&old, &new, 0.5).unwrap();
        let all: Vec<f64> =
            old.iter().zip(&new).map(|(old, new)| block_difference(old, new, 0.5).unwrap()).collect();
        let found = compare_sequentially(&all, &all, &[u32::try_from(all.len()).unwrap()], 0.05);
        prop_assert_eq!(found.verdict, expected.verdict);
        for (found, expected) in [(found.change, expected.change), (found.low, expected.low), (found.high, expected.high)] {
            prop_assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} {expected}");
        }
    }

    #[test]
    fn more_looks_only_narrow_the_bounds_and_take_no_decision_back_but_by_contradiction(all in differences()) {
        let mut before = compare_sequentially(&[], &[], &LOOKS, 0.05);
        for blocks in 0..=all.len() {
            let now = compare_sequentially(&all[..blocks], &all[..blocks], &LOOKS, 0.05);
            prop_assert!(now.low >= before.low && now.high <= before.high);
            prop_assert!(now.blocks <= blocks);
            let contradicts = now.low > now.high;
            let stays = now.verdict == before.verdict
                || before.verdict == Change::Inconclusive
                || (before.verdict, now.verdict) == (Change::Unchanged, Change::Improvement);
            prop_assert!(stays || contradicts, "{before:?} {now:?}");
            prop_assert_eq!(now.decided_at.is_some(), now.verdict != Change::Inconclusive);
            before = now;
        }
    }

    #[test]
    fn the_looks_share_one_percent(blocks in 5u32..500, looks in 1u32..20) {
        let looks = crate::record::looks_of(blocks, looks);
        let spent = spent(&looks);
        prop_assert!((spent.iter().sum::<f64>() - 0.01).abs() < 1e-12);
        prop_assert!(spent.iter().all(|alpha| *alpha > 0.0));
    }

    #[test]
    fn failures_are_never_likelier_when_the_new_build_has_more_of_them(
        old in 0u64..30, new in 0u64..29, all in 30u64..2000,
    ) {
        let fewer = more_failures((old, all), (new, all));
        let more = more_failures((old, all), (new + 1, all));
        prop_assert!((0.0..=1.0).contains(&more) && more <= fewer + 1e-12, "{fewer} {more}");
    }
}

/// The bounds rest on a library's inverse, and a wrong one would be a wrong verdict.
#[test]
fn the_quantiles_of_t_are_those_of_its_distribution() {
    let mut counts: Vec<usize> = (5..60).collect();
    counts.extend([100, 500, 2_000, 10_000]);
    for n in counts {
        let t = StudentsT::new(0.0, 1.0, n as f64 - 1.0).unwrap();
        for alpha in [0.2, 0.01, 5.8e-3, 1.6e-4, 1.25e-6] {
            let found = 1.0 - t.cdf(t_quantile(1.0 - alpha, n).unwrap());
            assert!((found / alpha - 1.0).abs() < 1e-6, "{n} {alpha} {found}");
        }
    }
}

#[test]
fn a_build_without_a_finite_time_has_no_bound_on_that_side() {
    let mut kind = vec![0.0; 20];
    kind[3] = f64::NEG_INFINITY;
    let harsh = vec![0.001; 20];
    let found = compare_sequentially(&kind, &harsh, &LOOKS, 0.05);
    assert!(found.low <= -1.0 && found.high < 0.01, "{found:?}");
    assert_eq!(found.verdict, Change::Unchanged);
    assert!(found.change.is_nan() && found.smallest_seen.is_infinite());
    let swapped = compare_sequentially(&harsh, &[f64::INFINITY; 20], &LOOKS, 0.05);
    assert_eq!(swapped.verdict, Change::Inconclusive);
    assert!(swapped.high.is_infinite());
}

#[test]
fn failures_make_differences_infinite_and_nothing_makes_none() {
    let infinite = f64::INFINITY;
    assert_eq!(block_difference(&[1.0], &[0.0], 0.5), Some(-infinite));
    assert_eq!(block_difference(&[infinite], &[1.0], 0.5), Some(-infinite));
    assert_eq!(block_difference(&[0.0], &[1.0], 0.5), Some(infinite));
    assert_eq!(block_difference(&[infinite], &[0.0], 0.5), Some(-infinite));
    assert_eq!(block_difference(&[0.0], &[0.0], 0.5), None);
    assert_eq!(block_difference(&[], &[1.0], 0.5), None);
    let doubled = block_difference(&[1.0, 2.0, 9.0], &[2.0, 4.0, 4.0], 0.5).unwrap();
    assert!((doubled - 2f64.ln()).abs() < 1e-12);
}

#[test]
fn nothing_is_decided_before_the_first_look() {
    let found = compare_sequentially(&[3.0; 4], &[3.0; 4], &LOOKS, 0.05);
    assert_eq!((found.verdict, found.blocks), (Change::Inconclusive, 0));
    assert!(found.change.is_nan() && found.low <= -1.0 && found.high.is_infinite());
}

#[test]
fn equal_differences_do_not_contradict_each_other_by_rounding() {
    let all = [0.1; 20];
    let found = compare_sequentially(&all, &all, &LOOKS, 0.05);
    assert_eq!(found.verdict, Change::Regression);
    assert_eq!(found.decided_at, Some(5));
}

#[test]
fn a_level_that_moves_contradicts_itself_and_decides_nothing() {
    let all: Vec<f64> = (0..20)
        .map(|i| {
            if i < 5 {
                0.5 + f64::from(i) / 1e3
            } else {
                -0.5
            }
        })
        .collect();
    let early = compare_sequentially(&all[..5], &all[..5], &LOOKS, 0.05);
    assert_eq!(early.verdict, Change::Regression);
    let late: Vec<f64> = (0..200)
        .map(|i| if i < 5 { all[i] } else { -0.5 })
        .collect();
    let found = compare_sequentially(&late, &late, &[5, 200], 0.05);
    assert_eq!(found.verdict, Change::Inconclusive);
    assert!(found.low > found.high && found.decided_at.is_none());
}

/// The usual formula of power, against what the bounds do: a change of the named size is found by its
/// mean with room for the chance of 80 %.
#[test]
fn the_smallest_change_that_could_be_seen_lies_beyond_the_margin_and_shrinks_with_blocks() {
    let noisy = |count: usize| -> Vec<f64> {
        (0..count)
            .map(|i| if i % 2 == 0 { 0.05 } else { -0.05 })
            .collect()
    };
    let few = compare_sequentially(&noisy(20), &noisy(20), &[20], 0.05);
    let many = compare_sequentially(&noisy(80), &noisy(80), &[80], 0.05);
    assert!(0.05 < many.smallest_seen && many.smallest_seen < few.smallest_seen);
    // t(0.99, 19) = 2.5395, t(0.8, 19) = 0.8610, sd = 0.0513, 20 blocks.
    let expected = (1.05f64.ln() + (2.539_5 + 0.861_0) * 0.051_299 / 20f64.sqrt()).exp_m1();
    assert!(
        (few.smallest_seen - expected).abs() < 1e-4,
        "{}",
        few.smallest_seen
    );
}
