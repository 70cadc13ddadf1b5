//! How often a check of the newest run raises an alarm that is none, by simulation: of folders with 30
//! independent series and the noise that machines have, at most 1 of 100. Everything follows from a seed.

use std::thread;

use cutover::history::{Cache, Checked, Entry, EntrySeries, check_newest};
use cutover::stats::{Change, compare_stored};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::entries::{asked, entry, series};

const SERIES: u32 = 30;
/// Runs before the newest one.
const EARLIER: u32 = 12;
/// The standard deviation of a run's logarithm, from run to run.
const NOISE: f64 = 0.06;

/// A folder whose newest run takes so many times as long in one of its series.
fn folder(seed: u64, slower: f64) -> Vec<Entry> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut one = |run: u32, of: u32| -> EntrySeries {
        let drawn: f64 = StandardNormal.sample(&mut random);
        let factor = if (run, of) == (EARLIER, 0) {
            slower
        } else {
            1.0
        };
        let mut one = series(
            &format!("series-{of:02}"),
            0.05 * factor * (NOISE * drawn).exp(),
        );
        one.quantiles.remove("p95");
        one
    };
    let runs = 0..=EARLIER;
    runs.map(|run| entry(run, (0..SERIES).map(|of| one(run, of)).collect()))
        .collect()
}

fn checked(seed: u64, slower: f64) -> Checked {
    check_newest(folder(seed, slower), &asked(), &mut Cache::default()).unwrap()
}

/// How many folders are a regression, on two threads.
fn alarms(folders: u64, is_alarm: impl Fn(u64) -> bool + Sync) -> usize {
    let count = |seeds: std::ops::Range<u64>| seeds.filter(|seed| is_alarm(*seed)).count();
    thread::scope(|scope| {
        let first = scope.spawn(|| count(0..folders / 2));
        count(folders / 2..folders) + first.join().unwrap()
    })
}

/// Of 200 folders 1 % are 2; four standard errors more are 8. Row by row, about every fourth would be one.
#[test]
fn a_folder_of_thirty_series_raises_no_more_false_alarms_than_one_of_one() {
    let together = alarms(200, |seed| checked(seed, 1.0).verdict == Change::Regression);
    assert!(together <= 8, "{together}");
    let row_by_row = alarms(200, |seed| {
        let runs = folder(seed, 1.0);
        (0..SERIES as usize).any(|of| {
            let values: Vec<f64> = runs
                .iter()
                .map(|run| run.series[of].quantiles["p50"])
                .collect();
            let (newest, stored) = values.split_last().unwrap();
            compare_stored(stored, *newest).unwrap().verdict == Change::Regression
        })
    });
    assert!(
        row_by_row > 20,
        "the simulation sees no alarm: {row_by_row}"
    );
}

#[test]
fn a_series_that_takes_twice_as_long_is_found_among_thirty() {
    let found = alarms(50, |seed| {
        let found = checked(seed, 2.0);
        let slow = &found.rows[0];
        let is_said = slow.reason.contains("rows together");
        assert!(is_said || slow.stored < 8, "{}", slow.reason);
        slow.verdict == Change::Regression
    });
    assert!(found >= 48, "{found}");
}
