//! What was computed is not computed again, and is never taken for what it is not.

use cutover::history::{Asked, Cache, Entry, Trend, check_newest, trends};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::entries::{asked, entry, noise, runs, series};

/// Two series; the second is missing from the runs of which `lacks` holds.
fn two_series(count: u32, lacks: impl Fn(u32) -> bool) -> Vec<Entry> {
    let run = |place| {
        let step = if place < count / 2 { 0.05 } else { 0.07 };
        let mut all = vec![series("a", step * noise(place))];
        if !lacks(place) {
            all.push(series("b", 0.1 * noise(place + 1_000)));
        }
        entry(place, all)
    };
    (0..count).map(run).collect()
}

/// The trends, the cache as its file has it afterwards, and how many rows were searched.
fn searched(entries: &[Entry], file: &str) -> (Vec<Trend>, String, usize) {
    let mut cache = Cache::parse(file.as_bytes());
    let found = trends(entries, &asked(), &mut cache).unwrap();
    (found, cache.text(), cache.computed())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_and_without_a_cache_the_trends_are_equal(
        bits in prop::collection::vec(0.01f64..10.0, 12..30),
        seed: u64,
    ) {
        let run = |(place, seconds): (u32, &f64)| entry(place, vec![series("a", *seconds)]);
        let entries: Vec<Entry> = (0..).zip(&bits).map(run).collect();
        let asked = Asked { seed, ..asked() };
        let mut cache = Cache::default();
        let cold = trends(&entries, &asked, &mut cache).unwrap();
        let mut again = Cache::parse(cache.text().as_bytes());
        let warm = trends(&entries, &asked, &mut again).unwrap();
        prop_assert_eq!(cold, warm);
        prop_assert_eq!((cache.computed(), again.computed()), (2, 0));
    }
}

#[test]
fn a_new_run_searches_only_the_series_that_it_has() {
    let before = two_series(20, |_| false);
    let (_, file, computed) = searched(&before, "");
    assert_eq!(computed, 4);
    let after = two_series(21, |place| place == 20);
    // The step of `a` is one run later, so that both its rows are others.
    let (cold, _, computed) = searched(&after, "");
    assert_eq!(computed, 4);
    let (warm, file, computed) = searched(&after, &file);
    assert_eq!((computed, cold), (2, warm));
    assert_eq!(searched(&after, &file).2, 0);
}

#[test]
fn showing_and_checking_in_turns_computes_nothing_again() {
    let entries = two_series(24, |_| false);
    let (_, file, _) = searched(&entries[..23], "");
    let mut cache = Cache::parse(file.as_bytes());
    let checked = check_newest(entries.clone(), &asked(), &mut cache).unwrap();
    assert_eq!((checked.rows.len(), cache.computed()), (4, 0));
    let (_, file, computed) = searched(&entries, &cache.text());
    assert_eq!(computed, 4);
    let mut cache = Cache::parse(file.as_bytes());
    check_newest(entries, &asked(), &mut cache).unwrap();
    assert_eq!(cache.computed(), 0);
}

#[test]
fn a_question_about_one_series_does_not_forget_the_others() {
    let entries = two_series(20, |_| false);
    let (_, file, _) = searched(&entries, "");
    let only = Asked {
        only: vec!["a".to_owned()],
        ..asked()
    };
    let mut cache = Cache::parse(file.as_bytes());
    trends(&entries, &only, &mut cache).unwrap();
    assert_eq!(cache.computed(), 0);
    assert_eq!(searched(&entries, &cache.text()).2, 0);
}

#[test]
fn another_seed_or_another_last_bit_is_another_row() {
    let mut entries = runs(20, |_| 0.05);
    let (_, file, _) = searched(&entries, "");
    let mut cache = Cache::parse(file.as_bytes());
    let other = Asked { seed: 8, ..asked() };
    trends(&entries, &other, &mut cache).unwrap();
    assert_eq!(cache.computed(), 2);
    let p50 = entries[3].series[0].quantiles.get_mut("p50").unwrap();
    *p50 = p50.next_up();
    assert_eq!(searched(&entries, &file).2, 1);
}

#[test]
fn a_file_that_was_tampered_with_is_not_used() {
    let entries = runs(20, |place| if place < 10 { 0.05 } else { 0.07 });
    let (cold, file, _) = searched(&entries, "");
    let tampered = |change: &dyn Fn(&mut Value)| {
        let mut form: Value = serde_json::from_str(&file).unwrap();
        change(&mut form);
        searched(&entries, &form.to_string())
    };
    let computed = |change: &dyn Fn(&mut Value), expected: usize| {
        let (found, _, computed) = tampered(change);
        assert_eq!(found, cold);
        assert_eq!(computed, expected);
    };
    computed(&|_| {}, 0);
    computed(&|form| form["rows"][0]["values"][0] = json!(0.123), 1);
    computed(&|form| form["rows"][0]["seed"] = json!(9), 1);
    computed(&|form| form["rows"][0]["changes"][0]["at"] = json!(99), 1);
    computed(&|form| form["rows"][0]["changes"][0]["at"] = json!(0), 1);
    computed(&|form| form["rows"][0]["changes"] = json!("none"), 2);
    computed(&|form| form["form"] = json!("0 of cutover 0.0.1"), 2);
    computed(&|form| *form = json!(null), 2);
    assert_eq!(searched(&entries, "no JSON").2, 2);
}
