//! Where a history changed, and what is compared at all.

use cutover::history::{Asked, Cache, Entry, History, history};
use proptest::prelude::*;

use super::entries::{asked, commit, entry, noise, runs, series};

fn shown(entries: Vec<Entry>) -> History {
    history(entries, &asked(), &mut Cache::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_planted_change_is_found_between_its_commits(
        place in 8u32..33,
        size in prop_oneof![-0.5f64..-0.1, 0.1f64..2.0],
    ) {
        let entries = runs(40, |run| if run < place { 0.050 } else { 0.050 * (1.0 + size) });
        let found = shown(entries);
        prop_assert_eq!(found.trends.len(), 2);
        for trend in &found.trends {
            let [change] = trend.changes.as_slice() else {
                return Err(TestCaseError::fail(format!("{:?}", trend.changes)));
            };
            prop_assert_eq!(change.last_before.commit.clone(), Some(commit(place - 1)));
            prop_assert_eq!(change.first_after.commit.clone(), Some(commit(place)));
            prop_assert!((change.change - size).abs() < 0.05 * (1.0 + size));
            prop_assert!(change.p <= 0.01);
            prop_assert!(!change.is_within_a_commit() && change.also.is_empty());
        }
    }

    #[test]
    fn what_is_left_out_and_what_is_shown_are_all_runs(foreign in prop::collection::vec(any::<bool>(), 1..20)) {
        let mut entries = runs(u32::try_from(foreign.len()).unwrap(), |_| 0.05);
        for (entry, is_foreign) in entries.iter_mut().zip(&foreign) {
            entry.machine.cores += u32::from(*is_foreign);
        }
        let newest = foreign.last().copied().unwrap();
        let found = shown(entries.clone());
        let like = foreign.iter().filter(|one| **one == newest).count();
        prop_assert_eq!(found.shown.len(), like);
        prop_assert_eq!(found.left_out.len(), foreign.len() - like);
        prop_assert!(found.left_out.iter().all(|one| one.differences.len() == 1));
        let any = Asked { any_machine: true, ..asked() };
        let found = history(entries, &any, &mut Cache::default()).unwrap();
        prop_assert_eq!((found.shown.len(), found.left_out.len()), (foreign.len(), 0));
    }
}

#[test]
fn a_steady_history_has_no_change() {
    let found = shown(runs(40, |_| 0.050));
    assert!(found.trends.iter().all(|trend| trend.changes.is_empty()));
    assert_eq!(found.trends[0].values.len(), 40);
}

#[test]
fn runs_without_a_series_widen_the_place_of_its_change() {
    // Runs 18 to 21 failed, and run 20 is the first slow one.
    let mut entries = runs(40, |run| if run < 20 { 0.050 } else { 0.080 });
    for entry in &mut entries[18..22] {
        entry.series[0].quantiles.remove("p50");
    }
    let found = shown(entries);
    let p50 = &found.trends[0];
    assert_eq!((p50.quantile.as_str(), p50.values.len()), ("p50", 36));
    let change = &p50.changes[0];
    assert_eq!(change.last_before.commit, Some(commit(17)));
    assert_eq!(change.first_after.commit, Some(commit(22)));
    let p95 = &found.trends[1].changes[0];
    assert_eq!(p95.first_after.commit, Some(commit(20)));
}

#[test]
fn a_change_within_one_commit_says_so_and_other_causes_are_named() {
    let mut entries = runs(40, |run| if run < 20 { 0.050 } else { 0.080 });
    for entry in &mut entries {
        entry.commit = Some(commit(1));
    }
    for entry in &mut entries[20..] {
        entry
            .versions
            .insert("PostgreSQL".to_owned(), "17.0".to_owned());
        entry.tool.version = "0.2.0".to_owned();
    }
    let found = shown(entries.clone());
    let change = &found.trends[0].changes[0];
    assert!(change.is_within_a_commit());
    assert_eq!(
        change.also,
        [
            "cutover `0.2.0` instead of `0.1.0`",
            "PostgreSQL `17.0` instead of `16.1`"
        ]
    );
    // Two unknown commits may be one, or not.
    entries.iter_mut().for_each(|entry| entry.commit = None);
    assert!(!shown(entries).trends[0].changes[0].is_within_a_commit());
}

#[test]
fn only_the_series_that_are_asked_for_are_searched() {
    let run = |place| {
        let names = ["a", "b", "c"];
        let all = names.map(|name| series(name, 0.05 * noise(place)));
        entry(place, all.to_vec())
    };
    let only = Asked {
        only: vec!["b".to_owned()],
        ..asked()
    };
    let mut cache = Cache::default();
    let found = history((0..10).map(run).collect(), &only, &mut cache).unwrap();
    assert!(found.trends.iter().all(|trend| trend.name == "b"));
    assert_eq!(cache.computed(), 2);
}

#[test]
fn each_difference_of_a_machine_is_told_and_small_ones_of_memory_are_none() {
    let entries = |change: fn(&mut Entry)| {
        let mut entries = runs(2, |_| 0.05);
        change(&mut entries[0]);
        shown(entries).left_out
    };
    let one = |change: fn(&mut Entry), text: &str| {
        let left_out = entries(change);
        assert_eq!(left_out[0].differences, [text.to_owned()]);
    };
    assert!(entries(|run| run.machine.memory_bytes = Some((8 << 30) - (700 << 20))).is_empty());
    assert!(entries(|run| run.versions.clear()).is_empty());
    one(
        |run| run.machine.memory_bytes = Some(16 << 30),
        "memory `16.0 GiB` instead of `8.0 GiB`",
    );
    one(
        |run| run.machine.memory_bytes = None,
        "memory `unknown` instead of `8.0 GiB`",
    );
    one(
        |run| run.machine.os = "macos".to_owned(),
        "system `macos` instead of `linux`",
    );
    one(
        |run| run.machine.arch = "arm".to_owned(),
        "architecture `arm` instead of `x86_64`",
    );
    one(|run| run.machine.cores = 4, "cores `4` instead of `2`");
    one(
        |run| run.machine.cpu = None,
        "processor `unknown` instead of `Common KVM`",
    );
    one(
        |run| run.tool.build = "debug".to_owned(),
        "build `debug` instead of `release`",
    );
    one(
        |run| run.source = "criterion".to_owned(),
        "source `criterion` instead of `regress, live`",
    );
}

#[test]
fn the_size_of_a_change_is_that_of_the_step_whatever_comes_later() {
    // The search first sees 20 % more against all that follows, of which most is less.
    let level = |run| [0.05, 0.06, 0.055][(run / 20) as usize];
    let found = shown(runs(60, level));
    for trend in &found.trends {
        let steps: Vec<(usize, f64)> = trend
            .changes
            .iter()
            .map(|one| (one.at, one.change))
            .collect();
        assert_eq!(steps.len(), 2, "{steps:?}");
        for ((at, change), (place, size)) in steps.iter().zip([(20, 0.2), (40, -0.083)]) {
            assert_eq!(*at, place);
            assert!((change - size).abs() < 0.01, "{change} is not {size}");
        }
        let ends: Vec<_> = trend
            .stretches()
            .into_iter()
            .map(|(places, _)| places)
            .collect();
        assert_eq!(ends, [0..20, 20..40, 40..60]);
    }
}
