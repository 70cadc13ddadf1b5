//! The evidence, on its way to the disk and back.

use std::hint::black_box;

use criterion::Criterion;
use cutover::record::{self, Record};

use super::records;

/// A sandbox run whose candidate was asked 20,000 times.
pub(crate) fn long_run() -> Record {
    let mut record = records::go();
    record.scenarios[0].candidate = records::iterations(20_000, 0.068, 0.2, 0);
    record
}

pub(crate) fn file(c: &mut Criterion) {
    let record = long_run();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    record::write(&record, &path).unwrap();
    assert_eq!(record::read(&path).unwrap(), record);
    c.bench_function("record: write 20,000 iterations", |b| {
        b.iter(|| record::write(black_box(&record), &path).unwrap());
    });
    c.bench_function("record: read 20,000 iterations", |b| {
        b.iter(|| record::read(black_box(&path)).unwrap());
    });
}
