//! Runs of two builds become blocks; what cannot is said.

use cutover::benchmarks::{Benchmark, PairError, pair, series};
use cutover::record::{BlockSamples, Build, Missing};

fn run(names: &[&str], seconds: f64) -> Vec<Benchmark> {
    let benchmark = |name: &&str| Benchmark {
        name: (*name).to_owned(),
        samples: BlockSamples {
            seconds: vec![seconds],
            failures: vec![],
        },
        has_tail: *name != "mean",
    };
    names.iter().map(benchmark).collect()
}

fn runs(names: &[&str], count: u32) -> Vec<Vec<Benchmark>> {
    (1..=count).map(|n| run(names, f64::from(n))).collect()
}

#[test]
fn the_ith_of_each_is_block_i() {
    let found = pair(runs(&["a", "mean"], 5), runs(&["mean", "a"], 5), None).unwrap();
    let names: Vec<&str> = found.iter().map(|series| series.name.as_str()).collect();
    assert_eq!(names, ["a", "mean"]);
    assert_eq!(found[0].quantiles, [0.5, 0.95]);
    assert_eq!(found[1].quantiles, [0.5]);
    for series in &found {
        assert!(series.missing.is_empty());
        for (block, n) in series.blocks.iter().zip(1..) {
            assert_eq!(block.old.seconds, [f64::from(n)]);
            assert_eq!(block.of(Build::New).seconds, [f64::from(n)]);
        }
        assert_eq!(series.blocks.len(), 5);
    }
}

#[test]
fn what_a_build_lacks_is_missing_and_never_left_out() {
    let mut new = runs(&["a", "new"], 5);
    new[1] = run(&["new"], 2.0);
    let found = pair(runs(&["a", "old"], 5), new, None).unwrap();
    let missing: Vec<(&str, &[Missing], usize)> = found
        .iter()
        .map(|series| {
            (
                series.name.as_str(),
                series.missing.as_slice(),
                series.blocks.len(),
            )
        })
        .collect();
    let lacks = |build, seen: &str| Missing {
        build,
        seen: seen.to_owned(),
    };
    assert_eq!(
        missing,
        [
            (
                "a",
                [lacks(Build::New, "it is not in its runs 2 of 5")].as_slice(),
                0
            ),
            ("new", &[lacks(Build::Old, "it is in none of its runs")], 0),
            ("old", &[lacks(Build::New, "it is in none of its runs")], 0),
        ]
    );
}

#[test]
fn too_few_or_unequal_runs_are_errors() {
    let error = pair(runs(&["a"], 4), runs(&["a"], 4), None).unwrap_err();
    assert!(matches!(error, PairError::TooFew { blocks: 4 }), "{error}");
    let error = pair(runs(&["a"], 6), runs(&["a"], 5), None).unwrap_err();
    assert!(
        matches!(error, PairError::Unequal { old: 6, new: 5 }),
        "{error}"
    );
    // What an interrupted run has is kept, though it decides nothing.
    let kept = series(runs(&["a"], 4), runs(&["a"], 4), None).unwrap();
    assert_eq!(kept[0].blocks.len(), 4);
}

#[test]
fn averages_have_no_tail_to_compare() {
    let both = || (runs(&["mean"], 5), runs(&["mean"], 5));
    let (old, new) = both();
    let error = pair(old, new, Some(&[0.5, 0.95])).unwrap_err();
    assert!(error.to_string().contains("0.95"), "{error}");
    let (old, new) = both();
    assert_eq!(pair(old, new, Some(&[0.5])).unwrap()[0].quantiles, [0.5]);
    let found = pair(runs(&["a"], 5), runs(&["a"], 5), Some(&[0.9])).unwrap();
    assert_eq!(found[0].quantiles, [0.9]);
}

/// A run of so many samples with these times in turns.
fn samples(count: usize, times: &[f64]) -> Vec<Benchmark> {
    let mut run = run(&["a"], 1.0);
    run[0].samples.seconds = times.iter().copied().cycle().take(count).collect();
    run
}

#[test]
fn a_run_that_is_given_twice_is_an_error_and_equal_times_by_chance_are_none() {
    let times = [0.011, 0.012, 0.0125, 0.013, 0.014];
    let others = |n: u32| samples(10, &times.map(|time| time * (1.0 + f64::from(n) / 100.0)));
    let old: Vec<_> = (0..5).map(others).collect();
    let mut new: Vec<_> = (5..10).map(others).collect();
    pair(old.clone(), new.clone(), None).unwrap();
    new[3] = new[1].clone();
    let error = pair(old.clone(), new.clone(), None).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("runs 2 and 4 of the new build hold the same samples"),
        "{error}"
    );
    // Whoever runs commands sees each result once, and the verdict tells what is without variation.
    series(old, new, None).unwrap();
    // Few times, or rounded ones, come again.
    for rare in [samples(9, &times), samples(40, &times[..4])] {
        let both = || vec![rare.clone(); 5];
        pair(both(), both(), None).unwrap();
    }
}
