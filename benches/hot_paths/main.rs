//! What the harness does beside waiting: between two requests it must cost next to nothing beside them, and
//! afterwards no reader shall wait for it. A file for each room. `.ci/self-use` compares every one with the
//! commit before.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark: what cannot be had must end it"
)]
#![allow(missing_docs, reason = "criterion's macros make the items")]

mod pace;
mod parity;
mod record;
mod report;
mod scenario;
mod stats;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use rand::SeedableRng as _;
use rand_distr::{Distribution as _, LogNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

#[path = "../../tests/reports/records.rs"]
#[allow(dead_code, reason = "the reports' tests use the rest")]
mod records;

/// Latencies in seconds, log-normal, the same ones in every run.
fn latencies(n: usize, median_s: f64, seed: u64) -> Vec<f64> {
    let latency = LogNormal::new(median_s.ln(), 0.3).unwrap();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..n).map(|_| latency.sample(&mut random)).collect()
}

criterion_group! {
    name = hot_paths;
    // A second and a half each: all benches together shall take minutes.
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = pace::budget, pace::arrivals, scenario::step, parity::compare, stats::histogram, stats::look,
        stats::dependence, stats::target, stats::blocks, stats::history, record::file, report::formats
}
criterion_main!(hot_paths);
