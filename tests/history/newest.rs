//! The newest run against those before it: weak, and it never passes what it could not see.

use cutover::history::{Cache, Checked, Entry, check_newest};
use cutover::stats::Change;
use proptest::prelude::*;

use super::entries::{asked, entry, name, runs, series};

fn checked(entries: Vec<Entry>) -> Checked {
    check_newest(entries, &asked(), &mut Cache::default()).unwrap()
}

/// So many steady runs, and a newest one that takes so much longer.
fn after_steady(count: u32, factor: f64) -> Checked {
    checked(runs(count + 1, |run| {
        if run < count { 0.05 } else { 0.05 * factor }
    }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_that_lacks_something_or_fails_more_never_passes(
        count in 0u32..14,
        failed in 1u64..200,
        loses in 0usize..4,
    ) {
        let mut entries = runs(count + 1, |_| 0.05);
        let newest = entries.last_mut().unwrap();
        match loses {
            0 => newest.series[0].failed = failed,
            1 => drop(newest.series[0].quantiles.remove("p95")),
            2 => newest.series.clear(),
            _ => newest.series[0].quantiles.clear(),
        }
        prop_assert_eq!(checked(entries).verdict, Change::Inconclusive);
    }

    #[test]
    fn every_row_says_that_its_power_is_low(count in 0u32..14, factor in 0.5f64..2.0) {
        let found = after_steady(count, factor);
        prop_assert!(!found.rows.is_empty());
        for row in found.rows {
            let end = "; low power: one run against stored ones; use `cutover regress` for an answer";
            prop_assert!(row.reason.ends_with(end), "{}", row.reason);
            prop_assert!(row.stored >= 8 || row.verdict == Change::Inconclusive);
        }
    }
}

#[test]
fn a_slow_run_a_steady_one_and_a_faster_one_after_many() {
    let slow = after_steady(12, 1.3);
    assert_eq!(slow.verdict, Change::Regression);
    let row = &slow.rows[0];
    assert_eq!((row.quantile.as_str(), row.stored), ("p50", 12));
    let figures = row.comparison.unwrap();
    assert!(figures.low > 0.25 && figures.low < figures.change && figures.change < figures.high);
    assert!(
        row.reason.contains("against the 12 runs before it"),
        "{}",
        row.reason
    );
    assert_eq!(after_steady(12, 1.0).verdict, Change::Unchanged);
    assert_eq!(after_steady(12, 0.7).verdict, Change::Unchanged);
}

#[test]
fn seven_runs_decide_nothing_and_neither_does_none() {
    let seven = after_steady(7, 3.0);
    assert_eq!(seven.verdict, Change::Inconclusive);
    let reason = &seven.rows[0].reason;
    assert!(
        reason.starts_with("7 like runs before it, 8 are needed"),
        "{reason}"
    );
    let first = after_steady(0, 1.0);
    assert_eq!((first.verdict, first.earlier), (Change::Inconclusive, 0));
    assert!(first.rows[0].reason.starts_with("0 like runs before it"));
    assert_eq!(checked(Vec::new()).verdict, Change::Inconclusive);
}

#[test]
fn only_the_runs_since_the_last_change_predict_the_newest() {
    let level = |run| if run < 12 { 0.05 } else { 0.1 };
    let found = checked(runs(22, level));
    assert_eq!((found.verdict, found.earlier), (Change::Unchanged, 21));
    assert!(found.rows.iter().all(|row| row.stored == 9));
    // Against all 21 it would look like a part of the spread.
    let found = checked(runs(22, |run| if run < 21 { level(run) } else { 0.13 }));
    assert_eq!(found.verdict, Change::Regression);
    // Not enough of them: the change and what is missing are named.
    let found = checked(runs(17, level));
    assert_eq!(found.verdict, Change::Inconclusive);
    let reason = &found.rows[0].reason;
    assert!(
        reason.starts_with("4 like runs before it since the change of run 20240113t"),
        "{reason}"
    );
}

#[test]
fn unlike_runs_predict_nothing_unless_asked() {
    let mut entries = runs(13, |_| 0.05);
    for run in &mut entries[..12] {
        run.machine.cpu = Some("another".to_owned());
    }
    let found = checked(entries.clone());
    assert_eq!(
        (found.verdict, found.left_out.len()),
        (Change::Inconclusive, 12)
    );
    let mut asked = asked();
    asked.any_machine = true;
    let found = check_newest(entries, &asked, &mut Cache::default()).unwrap();
    assert_eq!(
        (found.verdict, found.left_out.len()),
        (Change::Unchanged, 0)
    );
}

#[test]
fn failures_that_are_usual_pass_and_more_of_them_do_not() {
    let mut entries = runs(13, |_| 0.05);
    entries[4].series[0].failed = 3;
    entries[12].series[0].failed = 3;
    let usual = checked(entries.clone());
    assert_eq!(usual.verdict, Change::Unchanged);
    entries[12].series[0].failed = 4;
    let more = checked(entries);
    assert_eq!(more.verdict, Change::Inconclusive);
    let row = more
        .rows
        .iter()
        .find(|row| row.quantile == "failures")
        .unwrap();
    assert!(
        row.reason
            .starts_with("4 of 200 samples failed, and at most 1.5 %"),
        "{}",
        row.reason
    );
}

#[test]
fn a_series_that_is_gone_is_told_for_eight_runs_and_a_new_one_needs_runs() {
    let both = |place| entry(place, vec![series("a", 0.05), series("b", 0.05)]);
    let mut entries: Vec<Entry> = (0..10).map(both).collect();
    entries.push(entry(10, vec![series("a", 0.05), series("c", 0.05)]));
    let found = checked(entries.clone());
    let of = |name: &str| -> Vec<_> {
        let rows = found.rows.iter().filter(|row| row.series == name);
        rows.map(|row| (row.quantile.as_str(), row.verdict))
            .collect()
    };
    assert_eq!(
        of("a"),
        [("p50", Change::Unchanged), ("p95", Change::Unchanged)]
    );
    assert_eq!(of("b"), [("missing", Change::Inconclusive)]);
    assert_eq!(
        of("c"),
        [("p50", Change::Inconclusive), ("p95", Change::Inconclusive)]
    );
    // It stays so, whoever adds runs, until it is plain that the series was given up.
    let mut entries: Vec<Entry> = (0..10).map(both).collect();
    for lacking in 1..=9 {
        entries.push(entry(9 + lacking, vec![series("a", 0.05)]));
        let found = checked(entries.clone());
        let gone = found.rows.iter().find(|row| row.series == "b");
        if lacking == 9 {
            assert_eq!((found.verdict, gone), (Change::Unchanged, None));
            break;
        }
        assert_eq!(found.verdict, Change::Inconclusive, "{lacking}");
        let reason = &gone.unwrap().reason;
        assert!(
            reason.contains(&name(9)) && reason.contains("no longer asked for after 8 runs"),
            "{reason}"
        );
    }
}

#[test]
fn a_quantile_that_is_gone_is_told_for_as_long() {
    let mut entries = runs(16, |_| 0.05);
    for run in &mut entries[10..] {
        run.series[0].quantiles.remove("p95");
    }
    let found = checked(entries);
    assert_eq!(found.verdict, Change::Inconclusive);
    assert_eq!(found.rows[1].quantile, "p95");
}
