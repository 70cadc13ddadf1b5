//! When the next request may be sent.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use cutover::pace::{Constant, Pace};

/// One decision of the budget.
pub(crate) fn budget(c: &mut Criterion) {
    let mut pace = Pace::limited("3/s".parse().unwrap(), 0.02, 4).unwrap();
    let mut now = Duration::ZERO;
    c.bench_function("budget: reserve a step of cost 4", |b| {
        b.iter(|| now = black_box(pace.reserve(now, 4)).send_at);
    });
}

/// One arrival of a load.
pub(crate) fn arrivals(c: &mut Criterion) {
    let arrivals = Constant::new("30/s".parse().unwrap());
    let mut n = 0;
    c.bench_function("arrivals: when a request is due", |b| {
        b.iter(|| {
            n += 1;
            black_box(arrivals.due(n))
        });
    });
}
