//! What is shown of a run, in every format that has figures of its own.

use std::hint::black_box;

use criterion::Criterion;
use cutover::report::{Summary, html, junit, latency_log, markdown};
use cutover::verdict;

use super::record::long_run;

pub(crate) fn formats(c: &mut Criterion) {
    let record = long_run();
    let found = verdict::judge(&record);
    c.bench_function("report: judge and sum up 20,000 iterations", |b| {
        b.iter(|| {
            let found = verdict::judge(black_box(&record));
            Summary::new(&record, &found).rows.len()
        });
    });
    let summary = Summary::new(&record, &found);
    c.bench_function("report: html", |b| {
        b.iter(|| html(black_box(&summary)).unwrap());
    });
    c.bench_function("report: markdown", |b| {
        b.iter(|| markdown(black_box(&summary)));
    });
    c.bench_function("report: junit", |b| b.iter(|| junit(black_box(&summary))));
    c.bench_function("report: latency log", |b| {
        b.iter(|| latency_log(black_box(&summary), &mut std::io::sink()).unwrap());
    });
}
