//! The published numbers of the method, reproduced to 1e-9 by an independent implementation's
//! vectors in `tests/vectors/statistics.json`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: a vector that cannot be read must fail it"
)]

use cutover::record::{Sample, SampleStatus};
use cutover::stats::{
    BASELINE, CANDIDATE, Change, Comparison, Decision, Level, SortedSamples, SpeedupTest,
    best_split, block_difference, change_points, compare_blocks, compare_sequentially,
    compare_stored, log_e_value, rank_bounds, shuffle, target_test, variance_inflation,
};
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/statistics.json")).unwrap()
}

fn section(name: &str) -> Vec<Value> {
    let all = vectors()[name].as_array().unwrap().clone();
    assert!(!all.is_empty(), "{name} has no vectors");
    all
}

/// A number, also when it is written as `"inf"` or `"-inf"`.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| match value.as_str() {
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        _ => panic!("{value} is not a number"),
    })
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn count(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

#[track_caller]
fn assert_near(found: f64, expected: &Value, what: &str) {
    let expected = number(expected);
    let near = found.total_cmp(&expected).is_eq() || (found - expected).abs() <= TOLERANCE;
    assert!(near, "{what}: {found} instead of {expected}");
}

fn level(grid: &Value) -> Level {
    match grid.as_str() {
        Some("baseline_theta") => BASELINE,
        Some("candidate_theta") => CANDIDATE,
        _ => panic!("{grid} is no grid"),
    }
}

fn ok(seconds: f64) -> Sample {
    Sample {
        seconds,
        status: SampleStatus::Ok,
    }
}

/// The named samples; two of them are given as formulas.
fn samples(name: &Value) -> Vec<Sample> {
    match name.as_str().unwrap() {
        "cand" => (0..400)
            .map(|i| ok(0.060 + 0.0001 * f64::from(i)))
            .collect(),
        "b80" => (0..80)
            .map(|i| ok(1.0 + 0.5 * f64::from((37 * i) % 80) / 80.0))
            .collect(),
        "b14_err" => vectors()["samples"]["b14_err"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| Sample {
                seconds: number(&pair[0]),
                status: serde_json::from_value(pair[1].clone()).unwrap(),
            })
            .collect(),
        plain => numbers(&vectors()["samples"][plain])
            .into_iter()
            .map(ok)
            .collect(),
    }
}

#[test]
fn the_bets_are_the_published_ones() {
    let grids = &vectors()["grids"];
    assert_eq!(BASELINE.thetas, numbers(&grids["baseline_theta"]));
    assert_eq!(CANDIDATE.thetas, numbers(&grids["candidate_theta"]));
}

#[test]
fn evidence_is_reproduced() {
    for vector in section("log_e_value") {
        let found = log_e_value(
            count(&vector["s"]),
            count(&vector["n"]),
            number(&vector["p0"]),
            level(&vector["grid"]).thetas,
        );
        assert_near(found, &vector["ln_e"], &vector.to_string());
    }
}

#[test]
fn ranks_are_reproduced() {
    for vector in section("ranks") {
        let n = count(&vector["n"]);
        let level = Level {
            alpha: number(&vector["alpha"]),
            ..level(&vector["grid"])
        };
        let found = rank_bounds(n, number(&vector["q"]), &level, 1.0);
        assert_eq!(
            found.lower.unwrap_or(0),
            count(&vector["lower"]),
            "{vector}"
        );
        assert_eq!(
            found.upper.unwrap_or(n + 1),
            count(&vector["upper"]),
            "{vector}"
        );
    }
}

#[test]
fn variance_inflation_is_reproduced() {
    for vector in section("vif") {
        let seconds: Vec<f64> = samples(&vector["x"]).iter().map(|s| s.seconds).collect();
        assert_near(
            variance_inflation(&seconds),
            &vector["vif"],
            &vector.to_string(),
        );
    }
}

#[test]
fn the_speedup_gate_is_reproduced() {
    for vector in section("gate_ratio") {
        let expect = &vector["expect"];
        let test = SpeedupTest::new(
            &samples(&vector["baseline"]),
            &samples(&vector["candidate"]),
        );
        let found = test.at(number(&vector["q"]), number(&vector["r"]));
        let verdict = match found.decision {
            Decision::Confirmed => "GO",
            Decision::Refuted => "NO_GO",
            Decision::Undecided => "INCONCLUSIVE",
        };
        assert_eq!(verdict, expect["verdict"], "{vector}");
        for (name, value) in [
            ("ratio_lo", found.ratio_lo),
            ("ratio_hi", found.ratio_hi),
            ("ratio_point", found.ratio_point.unwrap()),
            ("baseline_lo", found.baseline_lo),
            ("baseline_hi", found.baseline_hi),
            ("candidate_lo", found.candidate_lo),
            ("candidate_hi", found.candidate_hi),
            ("vif", found.vif),
        ] {
            assert_near(value, &expect[name], name);
        }
        assert_eq!(found.n_baseline, count(&expect["n_b"]));
        assert_eq!(found.n_candidate, count(&expect["n_c"]));
    }
}

#[test]
fn the_target_gate_is_reproduced() {
    for vector in section("gate_target") {
        let expect = &vector["expect"];
        let (s, n) = (count(&vector["s"]), count(&vector["n"]));
        let mut all = vec![ok(0.05); s];
        all.resize(n, ok(0.2));
        let found = target_test(
            &SortedSamples::new(&all),
            number(&vector["q"]),
            number(&vector["target"]),
        );
        let verdict = match found.decision {
            Decision::Confirmed => "PASS",
            Decision::Refuted => "FAIL",
            Decision::Undecided => "INCONCLUSIVE",
        };
        assert_eq!(verdict, expect["verdict"], "{vector}");
        assert_eq!(found.within, count(&expect["within"]));
        assert_eq!(found.n, count(&expect["n"]));
        assert_near(found.ln_e_pass, &expect["ln_e_pass"], "ln_e_pass");
        assert_near(found.ln_e_fail, &expect["ln_e_fail"], "ln_e_fail");
        assert_near(found.low, &expect["q_lo"], "q_lo");
        assert_near(found.high, &expect["q_hi"], "q_hi");
    }
}

#[track_caller]
fn assert_comparison(found: &Comparison, expect: &Value) {
    let verdict = match found.verdict {
        Change::Regression => "REGRESSION",
        Change::Improvement => "IMPROVEMENT",
        Change::Unchanged => "OK",
        Change::Inconclusive => "INCONCLUSIVE",
    };
    assert_eq!(verdict, expect["verdict"]);
    assert_near(found.change, &expect["change"], "change");
    assert_near(found.low, &expect["lo"], "lo");
    assert_near(found.high, &expect["hi"], "hi");
}

#[test]
fn interleaved_blocks_are_reproduced() {
    for vector in section("compare_blocks") {
        let blocks = |side: &str| -> Vec<Vec<f64>> {
            vector[side]
                .as_array()
                .unwrap()
                .iter()
                .map(numbers)
                .collect()
        };
        let found = compare_blocks(&blocks("old"), &blocks("new"), number(&vector["q"])).unwrap();
        assert_comparison(&found, &vector["expect"]);
        assert_eq!(found.count, count(&vector["expect"]["K"]));
        assert_single_look(&found, &blocks("old"), &blocks("new"), number(&vector["q"]));
    }
}

/// Who looks once, after the last block, has the published comparison.
fn assert_single_look(expected: &Comparison, old: &[Vec<f64>], new: &[Vec<f64>], q: f64) {
    let pairs = old.iter().zip(new);
    let differences: Vec<f64> = pairs
        .map(|(old, new)| block_difference(old, new, q).unwrap())
        .collect();
    let looks = [u32::try_from(differences.len()).unwrap()];
    let found = compare_sequentially(&differences, &differences, &looks, 0.05);
    assert_eq!(found.verdict, expected.verdict);
    assert_eq!(found.blocks, expected.count);
    for (found, expected) in [
        (found.change, expected.change),
        (found.low, expected.low),
        (found.high, expected.high),
    ] {
        assert!((found - expected).abs() <= TOLERANCE, "{found} {expected}");
    }
}

#[test]
fn stored_runs_are_reproduced() {
    for vector in section("compare_stored") {
        let history = vector["history"].as_str().unwrap();
        let stored: Vec<f64> = history
            .strip_prefix("ln of ")
            .unwrap()
            .split(',')
            .map(|run| run.parse().unwrap())
            .collect();
        let found = compare_stored(&stored, number(&vector["new"])).unwrap();
        assert_comparison(&found, &vector["expect"]);
    }
}

fn seeded() -> SplitMix64 {
    SplitMix64::seed_from_u64(vectors()["splitmix64"]["seed"].as_u64().unwrap())
}

#[test]
fn the_generator_and_its_shuffle_are_reproduced() {
    let expect = &vectors()["splitmix64"];
    let mut generator = seeded();
    for draw in expect["first3"].as_array().unwrap() {
        assert_eq!(generator.next_u64().to_string(), draw.as_str().unwrap());
    }
    let mut digits: Vec<u64> = (0..10).collect();
    shuffle(&mut digits, &mut seeded());
    assert_eq!(serde_json::json!(digits), expect["shuffle_0_9"]);
}

#[test]
fn change_points_are_reproduced() {
    let seed = vectors()["splitmix64"]["seed"].as_u64().unwrap();
    for vector in section("change_points") {
        let runs = numbers(&vector["x"]);
        let logarithms: Vec<f64> = runs.iter().map(|x| x.ln()).collect();
        let first = best_split(&logarithms).unwrap();
        assert_eq!(first.at, count(&vector["first_split"]));
        assert_near(first.q, &vector["first_Q"], "first_Q");
        let found = change_points(&runs, seed).unwrap();
        let expect = vector["expect"].as_array().unwrap();
        assert_eq!(found.len(), expect.len(), "{found:?}");
        for (found, expect) in found.iter().zip(expect) {
            assert_eq!(found.at, count(&expect[0]));
            assert_near(found.p, &expect[1], "p");
            assert_near(found.change, &expect[2], "change");
        }
    }
}
