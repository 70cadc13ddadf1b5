//! Runs as tests need them: one a day, each of a commit of its own, with a little noise.

use std::collections::BTreeMap;

use cutover::history::{Asked, ENTRY_SCHEMA_VERSION, Entry, EntrySeries};
use cutover::record::{Machine, Tool};
use jiff::{SignedDuration, Timestamp};

/// The commit of the run at this place.
pub(crate) fn commit(place: u32) -> String {
    format!("{place:08x}{:032x}", 0x00c0_ffee)
}

/// The run's name.
pub(crate) fn name(place: u32) -> String {
    format!("{}-{place:08x}", time(place).strftime("%Y%m%dt%H%M%Sz"))
}

fn time(place: u32) -> Timestamp {
    let first: Timestamp = "2024-01-01T01:30:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * i64::from(place))
}

/// At most 1 % more or less, the same for the same place.
pub(crate) fn noise(place: u32) -> f64 {
    let drawn = u64::from(place).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    0.99 + 0.02 * (drawn % 1_000) as f64 / 1_000.0
}

pub(crate) fn series(name: &str, seconds: f64) -> EntrySeries {
    EntrySeries {
        name: name.to_owned(),
        samples: 200,
        failed: 0,
        quantiles: BTreeMap::from([
            ("p50".to_owned(), seconds),
            ("p95".to_owned(), 1.7 * seconds),
        ]),
    }
}

/// The run at this place, with these series.
pub(crate) fn entry(place: u32, series: Vec<EntrySeries>) -> Entry {
    Entry {
        schema_version: ENTRY_SCHEMA_VERSION,
        run: name(place),
        started: time(place).to_string(),
        commit: Some(commit(place)),
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            cpu: Some("Common KVM".to_owned()),
            memory_bytes: Some(8 << 30),
        },
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: None,
            build: "release".to_owned(),
        },
        source: "regress, live".to_owned(),
        versions: BTreeMap::from([("PostgreSQL".to_owned(), "16.1".to_owned())]),
        series,
    }
}

/// So many runs of one series, whose time depends on the place, with noise.
pub(crate) fn runs(count: u32, seconds: impl Fn(u32) -> f64) -> Vec<Entry> {
    let run = |place| {
        let measured = seconds(place) * noise(place);
        entry(place, vec![series("task-search", measured)])
    };
    (0..count).map(run).collect()
}

pub(crate) fn asked() -> Asked {
    Asked {
        seed: 7,
        ..Asked::default()
    }
}
