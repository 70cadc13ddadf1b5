use proptest::prelude::*;

use super::*;
use crate::record::{
    BLOCKS_SCHEMA_VERSION, Block, BlockSamples, BlockSettings, BlocksKind, BuildFacts,
    FailedSample, Machine, Missing, SampleStatus, Tool, looks_of,
};

fn failure(status: SampleStatus, elapsed_s: f64) -> FailedSample {
    FailedSample {
        elapsed_s,
        status,
        detail: "500 instead of 200".to_owned(),
    }
}

/// Samples around a time, a little different in each block.
fn around(seconds: f64, k: u32) -> BlockSamples {
    let wobble = 1.0 + f64::from(k * 7 % 5) / 500.0;
    BlockSamples {
        seconds: (0..20)
            .map(|i| seconds * wobble * (1.0 + f64::from(i * 3 % 20) / 100.0))
            .collect(),
        failures: vec![],
    }
}

/// A series whose builds take so long, with as many blocks.
fn series(name: &str, old: f64, new: f64, blocks: u32) -> Series {
    Series {
        name: name.to_owned(),
        quantiles: vec![0.5, 0.95],
        missing: vec![],
        blocks: (0..blocks)
            .map(|k| Block {
                at_s: f64::from(k),
                old: around(old, k),
                new: around(new, k + 2),
            })
            .collect(),
    }
}

fn record(series: Vec<Series>) -> BlockRecord {
    let build = |source: &str| BuildFacts {
        source: source.to_owned(),
        commit: None,
    };
    BlockRecord {
        kind: BlocksKind::Blocks,
        schema_version: BLOCKS_SCHEMA_VERSION,
        run: "a-run".to_owned(),
        command: "cutover regress".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: None,
            build: "debug".to_owned(),
        },
        started: "2026-11-23T02:00:00Z".to_owned(),
        elapsed_s: 6.5,
        seed: 1,
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            cpu: None,
            memory_bytes: None,
        },
        world: None,
        old: build("old"),
        new: build("new"),
        settings: BlockSettings {
            origin: Origin::Requests,
            blocks: 20,
            samples: 20,
            warm_up: 3,
            margin: 0.05,
            looks: looks_of(20, 4),
        },
        series,
        interrupted: false,
        leftovers: vec![],
    }
}

/// Every block of the new build fails this many of its samples, at once.
fn failing(mut series: Series, failures: usize) -> Series {
    for block in &mut series.blocks {
        block.new.seconds.truncate(20 - failures);
        block.new.failures = vec![failure(SampleStatus::Error, 0.001); failures];
    }
    series
}

#[test]
fn a_slower_build_is_a_regression_that_says_by_how_much() {
    let found = judge_blocks(&record(vec![series("list", 0.05, 0.06, 5)]));
    assert_eq!(found.verdict, Judged::Regression);
    assert!(found.is_decided());
    let row = &found.rows[0];
    assert_eq!(
        (row.measure.as_str(), row.decided_at, row.blocks),
        ("p50", Some(5), 5)
    );
    let (low, high) = (row.low.unwrap(), row.high.unwrap());
    assert!(low < 0.2 && 0.2 < high && low > 0.05, "{low} {high}");
    assert!(
        row.reason.contains("p50 is slower by at least") && row.reason.contains("more than 5 %"),
        "{row:?}"
    );
    assert!(row.next.is_some());
    assert!(
        found.sentence.contains("`list`: p50") && found.sentence.contains("(and 1 other row)"),
        "{}",
        found.sentence
    );
    assert_eq!((found.blocks, found.blocks_planned), (5, 20));
    assert_eq!(row.samples, [100, 100]);
}

#[test]
fn an_equal_build_is_ok_and_a_faster_one_an_improvement() {
    let equal = judge_blocks(&record(vec![series("list", 0.05, 0.05, 20)]));
    assert_eq!(equal.verdict, Judged::Ok, "{equal:?}");
    assert!(equal.rows.iter().all(|row| row.next.is_none()));
    assert_eq!(
        equal.sentence,
        "The new build is nowhere slower by 5 %: 2 rows in 20 blocks."
    );
    let mixed = vec![
        series("list", 0.05, 0.05, 20),
        series("get", 0.05, 0.04, 20),
    ];
    let faster = judge_blocks(&record(mixed));
    assert_eq!(faster.verdict, Judged::Improvement);
    assert!(
        faster.sentence.contains("`get`: p50 is faster by at least"),
        "{}",
        faster.sentence
    );
}

/// A scenario that these builds lack.
fn lacking(builds: &[Build]) -> Series {
    let missing = |build: &Build| Missing {
        build: *build,
        seen: "404 instead of 200".to_owned(),
    };
    Series {
        missing: builds.iter().map(missing).collect(),
        ..series("gone", 1.0, 1.0, 0)
    }
}

#[test]
fn one_regression_outweighs_everything_else() {
    let all = vec![
        series("fast", 0.05, 0.03, 20),
        lacking(&[Build::Old]),
        series("slow", 0.05, 0.07, 20),
    ];
    let mut record = record(all);
    record.interrupted = true;
    assert_eq!(judge_blocks(&record).verdict, Judged::Regression);
}

#[test]
fn what_the_new_build_lost_is_a_regression_and_what_the_old_one_lacks_is_never_a_pass() {
    let [lost, added, both] =
        [vec![Build::New], vec![Build::Old], Build::BOTH.to_vec()].map(|builds| lacking(&builds));
    let faster = || series("list", 0.05, 0.04, 20);
    for (missing, is, reason) in [
        (
            lost.clone(),
            Judged::Regression,
            "it is missing on the new build: 404 instead of 200; the old build answers it",
        ),
        (
            added,
            Judged::Inconclusive,
            "it is missing on the old build: 404 instead of 200",
        ),
        (
            both,
            Judged::Inconclusive,
            "it is missing on the old build: 404 instead of 200 and on the new build: 404 instead of 200",
        ),
    ] {
        let found = judge_blocks(&record(vec![missing, faster()]));
        assert_eq!(found.verdict, is);
        assert!(found.is_decided());
        assert_eq!(found.rows[0].measure, "missing");
        assert_eq!(found.rows[0].reason, reason);
        assert!(found.sentence.contains("`gone`"), "{}", found.sentence);
    }
    // A benchmark is no answer to anybody: one may go.
    let mut benchmarks = record(vec![lost, faster()]);
    benchmarks.settings.origin = Origin::Csv;
    assert_eq!(judge_blocks(&benchmarks).verdict, Judged::Inconclusive);
}

#[test]
fn no_evidence_and_half_a_run_are_inconclusive() {
    let nothing = judge_blocks(&record(vec![]));
    assert_eq!(nothing.verdict, Judged::Inconclusive);
    assert_eq!(
        nothing.sentence,
        "This run does not decide: nothing was compared."
    );
    let few = judge_blocks(&record(vec![series("list", 0.05, 0.08, 4)]));
    assert_eq!(few.verdict, Judged::Inconclusive);
    assert!(!few.is_decided());
    assert_eq!(
        few.rows[0].reason,
        "only 4 blocks were measured, and the first look is after 5"
    );
    let mut ended = record(vec![series("list", 0.05, 0.05, 15)]);
    assert_eq!(judge_blocks(&ended).verdict, Judged::Ok);
    ended.interrupted = true;
    let ended = judge_blocks(&ended);
    assert_eq!(ended.verdict, Judged::Inconclusive);
    assert_eq!(
        ended.sentence,
        "This run does not decide: it was interrupted after 15 of 20 blocks."
    );
}

#[test]
fn a_build_that_fails_fast_is_a_regression_and_its_times_are_no_improvement() {
    let found = judge_blocks(&record(vec![failing(series("list", 0.05, 0.05, 20), 12)]));
    assert_eq!(found.verdict, Judged::Regression);
    let [p50, p95, failures] = &found.rows[..] else {
        panic!("{found:?}");
    };
    for row in [p50, p95] {
        assert_eq!(row.verdict, Judged::Inconclusive, "{row:?}");
        assert_eq!((row.high, row.new_s), (None, None));
    }
    assert_eq!(p50.low, None, "12 of 20 may have taken no time");
    assert_eq!(failures.measure, "failures");
    assert_eq!(
        (failures.verdict, failures.decided_at),
        (Judged::Regression, Some(5))
    );
    assert_eq!(failures.failed, [0, 240]);
    assert!(found.is_decided(), "it is not waited for");
    assert!(
        failures.reason.contains("the first: 500 instead of 200"),
        "{failures:?}"
    );
}

#[test]
fn a_single_new_failure_is_not_ok_and_an_old_one_is() {
    let mut once = series("list", 0.05, 0.05, 20);
    once.blocks[3]
        .new
        .failures
        .push(failure(SampleStatus::Error, 0.001));
    let found = judge_blocks(&record(vec![once.clone()]));
    assert_eq!(found.rows[2].verdict, Judged::Inconclusive);
    assert_eq!(found.verdict, Judged::Inconclusive);
    let block = &mut once.blocks[3];
    std::mem::swap(&mut block.old, &mut block.new);
    let found = judge_blocks(&record(vec![once]));
    assert_eq!(found.rows[2].verdict, Judged::Ok);
    assert_eq!(found.verdict, Judged::Ok, "{found:?}");
}

#[test]
fn a_time_out_took_at_least_what_had_elapsed() {
    let mut slow = series("list", 0.05, 0.05, 20);
    for block in &mut slow.blocks {
        block.new.seconds.truncate(5);
        block.new.failures = vec![failure(SampleStatus::Timeout, 30.0); 15];
    }
    let row = &judge_blocks(&record(vec![slow])).rows[0];
    assert_eq!(row.verdict, Judged::Regression, "{row:?}");
    assert!(row.low.unwrap() > 100.0 && row.high.is_none());
}

/// The times as a clock of such steps gives them.
fn rounded(mut series: Series, step: f64) -> Series {
    for block in &mut series.blocks {
        for seconds in block.old.seconds.iter_mut().chain(&mut block.new.seconds) {
            *seconds = (*seconds / step).round() * step;
        }
    }
    series
}

#[test]
fn whole_milliseconds_claim_nothing_that_they_cannot_show() {
    // Both medians read 12 ms in every block: a difference of 0, without any spread.
    let slower = rounded(series("list", 0.01065, 0.0113, 20), 0.001);
    let row = &judge_blocks(&record(vec![slower])).rows[0];
    assert_eq!((row.old_s, row.new_s), (Some(0.012), Some(0.012)));
    assert_eq!(row.verdict, Judged::Inconclusive, "{row:?}");
    assert_eq!((row.smallest_seen, row.decided_at), (None, None));
    assert!(
        row.reason.contains("steps of at least 1.00ms"),
        "{}",
        row.reason
    );
    assert!(row.next.as_ref().unwrap().contains("finer times"));
    // What is far beyond a step is told as ever, and what is fine enough decides.
    let told = |new, step| {
        let found = judge_blocks(&record(vec![rounded(
            series("list", 0.0111, new, 20),
            step,
        )]));
        found.rows[0].verdict
    };
    assert_eq!(told(0.0222, 0.001), Judged::Regression);
    assert_eq!(told(0.005_94, 0.001), Judged::Improvement);
    assert_eq!(told(0.0111, 0.000_01), Judged::Ok);
}

/// Builds that read one value each.
fn constant(old: f64, new: f64, blocks: u32) -> Series {
    let mut series = series("list", old, new, blocks);
    for block in &mut series.blocks {
        block.old.seconds.fill(old);
        block.new.seconds.fill(new);
    }
    series
}

#[test]
fn a_change_that_is_the_only_step_is_a_regression_where_the_decimals_are_finer() {
    for blocks in [5, 20] {
        for (old, new, least) in [
            (0.012, 0.024, 0.88),
            (0.012, 0.036, 1.8),
            (0.001, 0.003, 0.66),
        ] {
            let row = &judge_blocks(&record(vec![constant(old, new, blocks)])).rows[0];
            assert_eq!(
                (row.verdict, row.decided_at),
                (Judged::Regression, Some(5)),
                "{row:?}"
            );
            assert!(row.low.unwrap() > least, "{row:?}");
            let change = new / old - 1.0;
            assert!((row.change.unwrap() - change).abs() < 1e-9, "{row:?}");
            assert!(row.reason.contains("is slower by at least"), "{row:?}");
        }
    }
    // A step in the last digit, or between tens, is no change that anybody saw.
    for (old, new) in [(0.012, 0.013), (0.01, 0.02)] {
        let row = &judge_blocks(&record(vec![constant(old, new, 20)])).rows[0];
        assert_eq!(row.verdict, Judged::Inconclusive, "{row:?}");
    }
    // Nor is one tick of a clock that has no decimals: with some more ticks they show.
    let mut ticks = constant(0.015_625, 0.031_25, 20);
    ticks.blocks[0].old.seconds[0] = 0.046_875;
    let row = &judge_blocks(&record(vec![ticks])).rows[0];
    assert_eq!(row.verdict, Judged::Inconclusive, "{row:?}");
    assert!(row.reason.contains("at least 15.6ms"), "{}", row.reason);
}

#[test]
fn what_may_hide_a_change_is_the_step_that_was_seen() {
    let row = &judge_blocks(&record(vec![constant(0.024, 0.012, 20)])).rows[0];
    assert_eq!(row.verdict, Judged::Inconclusive, "{row:?}");
    assert!(row.reason.contains("steps of at least 12.0ms"), "{row:?}");
}

#[test]
fn blocks_that_differ_by_one_number_claim_nothing_good_and_hide_no_regression() {
    let copies = |factor: f64| {
        let mut copies = series("list", 0.05, 0.05, 20);
        for block in &mut copies.blocks {
            block.new = block.old.clone();
            for seconds in &mut block.new.seconds {
                *seconds *= factor;
            }
        }
        judge_blocks(&record(vec![copies])).rows.remove(0)
    };
    for factor in [0.9, 1.0, 1.02] {
        let row = copies(factor);
        assert_eq!(row.verdict, Judged::Inconclusive, "{row:?}");
        assert_eq!((row.low, row.high), (None, None));
        assert_eq!((row.smallest_seen, row.decided_at), (None, None));
        assert!(
            row.reason.contains("the same in all 20 blocks"),
            "{}",
            row.reason
        );
    }
    let row = copies(2.0);
    assert_eq!(
        (row.verdict, row.decided_at),
        (Judged::Regression, Some(5)),
        "{row:?}"
    );
    assert_eq!(row.smallest_seen, None);
}

#[test]
fn a_verdict_survives_its_file_with_its_four_words() {
    let found = judge_blocks(&record(vec![failing(series("list", 0.05, 0.05, 20), 12)]));
    let text = serde_json::to_string_pretty(&found).unwrap();
    assert_eq!(serde_json::from_str::<Regression>(&text).unwrap(), found);
    for word in [
        Judged::Ok,
        Judged::Regression,
        Judged::Improvement,
        Judged::Inconclusive,
    ] {
        assert_eq!(serde_json::to_value(word).unwrap(), word.word());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_fails_on_the_new_build_alone_is_never_ok_nor_an_improvement(
        blocks in 5u32..20, speed in 0.2f64..1.0, failures in 1usize..20,
    ) {
        let found = judge_blocks(&record(vec![failing(series("list", 0.05, 0.05 * speed, blocks), failures)]));
        prop_assert!(matches!(found.verdict, Judged::Regression | Judged::Inconclusive), "{found:?}");
    }

    #[test]
    fn rounding_never_makes_a_slowdown_beyond_the_margin_ok(
        milliseconds in 3.0f64..15.0, slower in 1.07f64..1.15, blocks in 5u32..20,
    ) {
        let fine = series("list", milliseconds / 1e3, milliseconds / 1e3 * slower, blocks);
        for row in judge_blocks(&record(vec![rounded(fine, 0.001)])).rows {
            prop_assert!(matches!(row.verdict, Judged::Regression | Judged::Inconclusive), "{row:?}");
        }
    }

    #[test]
    fn failures_only_widen_what_is_claimed(failures in prop::collection::vec((0u32..20, any::<bool>()), 0..30), speed in 0.5f64..2.0) {
        let plain = series("list", 0.05, 0.05 * speed, 20);
        let mut failed = plain.clone();
        for (block, on_new) in failures {
            let block = &mut failed.blocks[block as usize];
            let samples = if on_new { &mut block.new } else { &mut block.old };
            if samples.seconds.pop().is_some() {
                samples.failures.push(failure(SampleStatus::Error, 0.001));
            }
        }
        let plain = compared(&plain);
        let failed = compared(&failed);
        prop_assert!(failed.0 <= plain.0 + 1e-9 && failed.1 >= plain.1 - 1e-9, "{plain:?} {failed:?}");
    }
}

/// The means that the bounds of the median lie around, the harshest one look.
fn compared(series: &Series) -> (f64, f64) {
    let mean = |all: Vec<f64>| all.iter().sum::<f64>() / all.len() as f64;
    (
        mean(quantiles::differences(series, 0.5, Build::New)),
        mean(quantiles::differences(series, 0.5, Build::Old)),
    )
}
