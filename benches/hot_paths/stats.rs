//! From samples to a decision: at every look of a run, and once for a history.

use std::hint::black_box;

use criterion::Criterion;
use cutover::record::{
    BLOCKS_SCHEMA_VERSION, Block, BlockRecord, BlockSamples, BlockSettings, BlocksKind, BuildFacts,
    Machine, Origin, Sample, SampleStatus, Series, Tool, looks_of,
};
use cutover::stats::{
    SortedSamples, SpeedupTest, best_split, block_difference, change_points, compare_sequentially,
    target_test, variance_inflation,
};
use cutover::verdict::judge_blocks;
use hdrhistogram::Histogram;

use super::latencies;

const BLOCKS: u32 = 20;
const SAMPLES: usize = 50;
const STORED_RUNS: u32 = 1_000;

fn samples(seconds: &[f64]) -> Vec<Sample> {
    let sample = |seconds: &f64| Sample {
        seconds: *seconds,
        status: SampleStatus::Ok,
    };
    seconds.iter().map(sample).collect()
}

/// The latencies of a log: a day at most, to 0.1 %, in nanoseconds.
pub(crate) fn histogram(c: &mut Criterion) {
    let empty = Histogram::<u64>::new_with_bounds(1, 24 * 3600 * 1_000_000_000, 3).unwrap();
    let nanoseconds: Vec<u64> = latencies(1_000, 0.07, 1)
        .iter()
        .map(|seconds| std::time::Duration::from_secs_f64(*seconds))
        .map(|time| u64::try_from(time.as_nanos()).unwrap())
        .collect();
    let mut recorded = empty.clone();
    c.bench_function("histogram: record 1,000 latencies", |b| {
        b.iter(|| {
            for value in &nanoseconds {
                recorded.saturating_record(black_box(*value));
            }
        });
    });
    let mut merged = empty.clone();
    c.bench_function("histogram: merge an interval", |b| {
        b.iter(|| merged.add(black_box(&recorded)).unwrap());
    });
}

/// One look of a long run, at both quantiles: 120 baseline and 20,000 candidate samples.
pub(crate) fn look(c: &mut Criterion) {
    let samples = |n: u32, scale: f64| -> Vec<Sample> {
        let seconds = |i: u32| scale * (1.0 + f64::from(i.wrapping_mul(7919) % 1000) / 1000.0);
        samples(&(0..n).map(seconds).collect::<Vec<_>>())
    };
    let (baseline, candidate) = (samples(120, 2.0), samples(20_000, 0.06));
    c.bench_function("look: bounds at p50 and p95 of 20,120 samples", |b| {
        b.iter(|| {
            let test = SpeedupTest::new(black_box(&baseline), black_box(&candidate));
            (test.at(0.5, 20.0), test.at(0.95, 20.0))
        });
    });
}

pub(crate) fn dependence(c: &mut Criterion) {
    let seconds = latencies(500, 0.07, 2);
    c.bench_function("look: variance inflation of 500 samples", |b| {
        b.iter(|| variance_inflation(black_box(&seconds)));
    });
}

pub(crate) fn target(c: &mut Criterion) {
    let sorted = SortedSamples::new(&samples(&latencies(20_000, 0.07, 3)));
    c.bench_function("look: is p95 of 20,000 samples at most 100 ms", |b| {
        b.iter(|| target_test(black_box(&sorted), 0.95, 0.1));
    });
}

/// One look at two builds.
pub(crate) fn blocks(c: &mut Criterion) {
    let record = compared();
    let differences: Vec<f64> = record.series[0]
        .blocks
        .iter()
        .map(|block| block_difference(&block.old.seconds, &block.new.seconds, 0.5).unwrap())
        .collect();
    let looks = looks_of(BLOCKS, 4);
    c.bench_function("regress: compare 20 blocks at 4 looks", |b| {
        b.iter(|| compare_sequentially(black_box(&differences), &differences, &looks, 0.05));
    });
    c.bench_function("regress: judge 3 scenarios of 20 blocks of 50", |b| {
        b.iter(|| judge_blocks(black_box(&record)));
    });
}

fn compared() -> BlockRecord {
    let side = |seed: u64| BlockSamples {
        seconds: latencies(SAMPLES, 0.05, seed),
        failures: vec![],
    };
    let series = |place: u64| Series {
        name: format!("scenario {place}"),
        quantiles: vec![0.5, 0.95],
        missing: vec![],
        blocks: (0..u64::from(BLOCKS))
            .map(|k| Block {
                at_s: 0.0,
                old: side(place * 1_000 + 2 * k),
                new: side(place * 1_000 + 2 * k + 1),
            })
            .collect(),
    };
    let build = || BuildFacts {
        source: "a bench".to_owned(),
        commit: None,
    };
    BlockRecord {
        kind: BlocksKind::Blocks,
        schema_version: BLOCKS_SCHEMA_VERSION,
        run: "20240501t093000z-00000000".to_owned(),
        command: "cutover regress".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: None,
            build: "release".to_owned(),
        },
        started: "2024-05-01T09:30:00Z".to_owned(),
        elapsed_s: 60.0,
        seed: 1,
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            cpu: None,
            memory_bytes: None,
        },
        world: None,
        old: build(),
        new: build(),
        settings: BlockSettings {
            origin: Origin::Requests,
            blocks: BLOCKS,
            samples: 50,
            warm_up: 3,
            margin: 0.05,
            looks: looks_of(BLOCKS, 4),
        },
        series: (0..3).map(series).collect(),
        interrupted: false,
        leftovers: vec![],
    }
}

/// A history of 1,000 runs that changed twice.
pub(crate) fn history(c: &mut Criterion) {
    let noise = latencies(STORED_RUNS as usize, 0.05, 4);
    let level = |run: u32| match run {
        0..350 => 1.0,
        350..700 => 1.5,
        _ => 0.8,
    };
    let runs: Vec<f64> = (0..STORED_RUNS)
        .zip(noise)
        .map(|(run, seconds)| level(run) * seconds)
        .collect();
    assert_eq!(change_points(&runs, 1).unwrap().len(), 2);
    c.bench_function("history: the best split of 1,000 runs", |b| {
        b.iter(|| best_split(black_box(&runs)));
    });
    c.bench_function("history: two changes in 1,000 runs", |b| {
        b.iter(|| change_points(black_box(&runs), 1));
    });
}
