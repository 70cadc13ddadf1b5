//! The laws of comparing, which hold for any answers and any rules; the kinds one by one are in
//! `kinds`, `lists`, `doubts` and `expected`.

mod doubts;
mod expected;
mod kinds;
mod lists;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::canonical::{Canonical, Speaks, canonical};
use super::pairing::pair;
use super::*;
use crate::record::{Finding, FindingKind, Weight};
use crate::scenario::{FieldRule, ListRule, Order, SortField};

fn answer<'a>(body: &'a Value, marker: &'a str) -> Answered<'a> {
    Answered {
        step: "read",
        status: 200,
        unexpected: None,
        body: Cow::Borrowed(body),
        marker,
        cache_headers: &[],
    }
}

/// What is found between two answers, with the baseline's second answer.
fn found_with_noise(rules: &Compare, left: &Value, right: &Value, again: &Value) -> Vec<Finding> {
    let passes = Passes {
        baseline: vec![answer(left, "")],
        candidate: vec![answer(right, "")],
        again: vec![answer(again, "")],
    };
    compare(rules, &[passes], &Seen::default()).findings
}

fn found(rules: &Compare, left: &Value, right: &Value) -> Vec<Finding> {
    found_with_noise(rules, left, right, left)
}

/// The differences, without the doubts whether anything was compared.
fn differences(rules: &Compare, left: &Value, right: &Value) -> Vec<Finding> {
    let mut found = found(rules, left, right);
    found.retain(|finding| finding.weight == Weight::Refutes);
    found
}

fn path(text: &str) -> FieldPath {
    text.parse().unwrap()
}

/// The only finding, with its kind and a part of its words.
fn only(found: Vec<Finding>, kind: FindingKind, words: &str) -> Finding {
    let [finding] = found.as_slice() else {
        panic!("not one finding: {found:#?}");
    };
    assert_eq!(finding.kind, kind);
    assert!(finding.words.contains(words), "{}", finding.words);
    assert!(finding.next.ends_with('.') && !finding.words.ends_with('.'));
    finding.clone()
}

fn shown(finding: &Finding) -> (Option<&str>, Option<&str>) {
    let example = finding.example.as_ref().unwrap();
    (example.baseline.as_deref(), example.candidate.as_deref())
}

fn field(at: &str, treatment: Treatment) -> FieldRule {
    FieldRule {
        path: path(at),
        treatment,
    }
}

fn tasks(statuses: &[&str]) -> Value {
    let task = |(n, status): (usize, &&str)| json!({ "title": format!("t{n}"), "status": status });
    json!({ "tasks": statuses.iter().enumerate().map(task).collect::<Vec<_>>() })
}

fn keyed() -> Compare {
    ruled(&["title"], Order::Kept)
}

fn any_json() -> impl Strategy<Value = Value> {
    let moments = [
        "2026-11-12",
        "2026-11-12T00:00:00Z",
        "2026-11-11T13:00:00.000Z",
        "2026-11-12T00:00+11:00",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-3i64..3).prop_map(Value::from),
        prop::sample::select(vec!["a", "b", "c", "To Do"]).prop_map(Value::from),
        prop::sample::select(moments.to_vec()).prop_map(Value::from),
        "\\PC{0,9}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let key = prop::sample::select(vec!["id", "title", "tasks", "tags", "status"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.prop_map(str::to_owned), inner), 0..5)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

/// An answer with a list of tasks, so that rules take hold.
fn any_answer() -> impl Strategy<Value = Value> {
    let task = || {
        let title = prop::sample::select(vec!["a", "b", "c", "d", "e"]);
        (title, any_json(), prop::option::of(0u8..3)).prop_map(|(title, status, id)| {
            json!({ "title": title, "status": status, "id": id.map(|id| format!("id-{id}")) })
        })
    };
    prop_oneof![
        1 => any_json(),
        3 => prop::collection::vec(task(), 0..8).prop_map(|tasks| json!({ "tasks": tasks })),
    ]
}

fn any_path() -> impl Strategy<Value = FieldPath> {
    let paths = [
        "$.tasks",
        "$.tasks[*].status",
        "$.tasks[*].title",
        "$.tasks[*].tags",
        "$.status",
        "$.title",
        "$[*].status",
        "$.tags",
        "$.id",
        "$.tasks[*].status.title",
    ];
    prop::sample::select(paths.to_vec()).prop_map(path)
}

/// Rules that say the same to both sides.
fn any_treatment() -> impl Strategy<Value = Treatment> {
    prop_oneof![
        Just(Treatment::Instant),
        Just(Treatment::Day),
        Just(Treatment::Store),
        (0.0..5.0f64).prop_map(Treatment::Tolerance),
        Just(Treatment::Ignore("a reason".to_owned())),
    ]
}

/// Rules that translate the baseline's language.
fn any_translation() -> impl Strategy<Value = Treatment> {
    let word = || prop::sample::select(vec!["a", "b", "To Do"]).prop_map(str::to_owned);
    let map = prop::collection::btree_map(word(), word().prop_map(Value::from), 1..3);
    let name = prop::sample::select(vec!["title", "tags", "new"]);
    prop_oneof![
        any_treatment(),
        map.prop_map(Treatment::Map),
        name.prop_map(|name| Treatment::Rename(name.to_owned())),
    ]
}

fn any_order() -> impl Strategy<Value = Order> {
    prop_oneof![
        Just(Order::Kept),
        Just(Order::Free),
        any::<bool>().prop_map(|descending| Order::By(vec![SortField {
            name: "title".to_owned(),
            descending,
        }])),
    ]
}

fn rules_of(treatment: impl Strategy<Value = Treatment>) -> impl Strategy<Value = Compare> {
    let key = prop::sample::subsequence(vec!["title".to_owned(), "status".to_owned()], 0..=2);
    let lists = prop::collection::btree_map(any_path(), (key, any_order()), 0..4);
    let fields = prop::collection::btree_map(any_path(), treatment, 0..4);
    let zone = prop::sample::select(vec!["UTC", "Australia/Sydney"]);
    (lists, fields, any::<bool>(), zone).prop_map(|(lists, fields, ids, zone)| Compare {
        zone: jiff::tz::TimeZone::get(zone).unwrap(),
        own_ids: if ids {
            vec!["id".to_owned()]
        } else {
            Vec::new()
        },
        lists: lists
            .into_iter()
            .map(|(path, (key, order))| ListRule { path, key, order })
            .collect(),
        fields: fields
            .into_iter()
            .map(|(path, treatment)| FieldRule { path, treatment })
            .collect(),
        ..Compare::default()
    })
}

/// How often each kind was found, all of them by path.
fn counts(found: &[Finding]) -> BTreeMap<(FindingKind, String), u64> {
    let one = |finding: &Finding| ((finding.kind, finding.subject.clone()), finding.count);
    found.iter().map(one).collect()
}

fn titled(titles: &[u8]) -> Vec<Value> {
    titles
        .iter()
        .map(|n| json!({ "title": format!("t{n}"), "status": n % 3 }))
        .collect()
}

fn ruled(key: &[&str], order: Order) -> Compare {
    Compare {
        lists: vec![ListRule {
            path: path("$.tasks"),
            key: key.iter().map(|&name| name.to_owned()).collect(),
            order,
        }],
        ..Compare::default()
    }
}

proptest! {
    #[test]
    fn an_answer_is_the_same_as_itself(body in any_answer(), rules in rules_of(any_treatment())) {
        prop_assert_eq!(differences(&rules, &body, &body), []);
    }

    #[test]
    fn an_answer_is_the_same_as_its_translation(body in any_answer(), rules in rules_of(any_translation())) {
        let translated = canonical(&body, "", Speaks::Baseline, &rules).tree.json();
        // What is ignored is gone from the translation, with the whole answer where that is ignored.
        prop_assert_eq!(differences(&rules, &body, &translated), []);
    }

    #[test]
    fn canonical_twice_is_canonical_once(body in any_answer(), rules in rules_of(any_translation())) {
        let once = canonical(&body, "", Speaks::Candidate, &rules).tree.json();
        let twice = canonical(&once, "", Speaks::Candidate, &rules).tree.json();
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn to_swap_the_sides_turns_missing_into_extra(
        a in any_answer(), b in any_answer(), mut rules in rules_of(any_treatment()),
    ) {
        rules.own_ids.clear();
        rules.lists.retain(|rule| !matches!(rule.order, Order::By(_)));
        use FindingKind as K;
        let there = counts(&differences(&rules, &a, &b));
        let mut mirrored = BTreeMap::new();
        for ((kind, subject), count) in counts(&differences(&rules, &b, &a)) {
            let kind = match kind {
                K::RecordMissing => K::RecordExtra,
                K::RecordExtra | K::RecordDuplicated => K::RecordMissing,
                K::FieldMissing => K::FieldExtra,
                K::FieldExtra => K::FieldMissing,
                kind => kind,
            };
            *mirrored.entry((kind, subject)).or_insert(0) += count;
        }
        let mut merged = BTreeMap::new();
        for ((kind, subject), count) in there {
            let kind = if kind == K::RecordDuplicated { K::RecordExtra } else { kind };
            *merged.entry((kind, subject)).or_insert(0) += count;
        }
        prop_assert_eq!(merged, mirrored);
    }

    #[test]
    fn another_order_of_a_free_list_is_no_difference(
        (tasks, shuffled) in prop::collection::vec(any_json(), 0..8).prop_flat_map(|tasks| (Just(tasks.clone()), Just(tasks).prop_shuffle())),
        key in prop::sample::select(vec![vec![], vec!["title"]]),
    ) {
        let rules = ruled(&key, Order::Free);
        let found = found(&rules, &json!({ "tasks": tasks }), &json!({ "tasks": shuffled }));
        prop_assert_eq!(found, []);
    }

    #[test]
    fn another_order_of_a_kept_list_is_a_difference_of_order_alone(
        shuffled in Just((0..9u8).collect::<Vec<_>>()).prop_shuffle(),
        key in prop::sample::select(vec![vec![], vec!["title"]]),
    ) {
        let (left, right) = (titled(&(0..9).collect::<Vec<_>>()), titled(&shuffled));
        let found = found(&ruled(&key, Order::Kept), &json!({ "tasks": left }), &json!({ "tasks": right }));
        let kinds: Vec<_> = found.iter().map(|finding| finding.kind).collect();
        let moved = !shuffled.is_sorted();
        prop_assert_eq!(kinds, if moved { vec![FindingKind::Order] } else { vec![] });
    }

    #[test]
    fn noise_never_adds_a_finding(
        a in any_answer(), b in any_answer(), again in any_answer(), rules in rules_of(any_translation()),
    ) {
        let places = |found: Vec<Finding>| -> BTreeSet<(FindingKind, String)> {
            found.into_iter().map(|finding| (finding.kind, finding.subject)).collect()
        };
        let with = places(found_with_noise(&rules, &a, &b, &again));
        let without = places(found_with_noise(&rules, &a, &b, &a));
        prop_assert!(with.is_subset(&without), "{with:?} and {without:?}");
    }

    #[test]
    fn what_the_baseline_says_the_second_time_is_no_difference(
        a in any_answer(), b in any_answer(), rules in rules_of(any_treatment()),
    ) {
        let mut found = found_with_noise(&rules, &a, &b, &b);
        found.retain(|finding| finding.weight == Weight::Refutes);
        prop_assert_eq!(found, []);
    }

    #[test]
    fn every_record_is_paired_or_alone(
        left in prop::collection::vec(any_json(), 0..8), right in prop::collection::vec(any_json(), 0..8),
        key in prop::sample::select(vec![vec![], vec!["title"]]), order in any_order(),
    ) {
        let rules = ruled(&key, order);
        let canonical = |list: &[Value]| -> Vec<Canonical> {
            list.iter().map(|item| canonical(item, "", Speaks::Candidate, &rules).tree).collect()
        };
        let pairing = pair(rules.lists.first(), &canonical(&left), &canonical(&right), &rules);
        let paired = pairing.pairs.len();
        prop_assert_eq!(paired + pairing.missing.len(), left.len());
        prop_assert_eq!(paired + pairing.extra.len() + pairing.duplicated.len(), right.len());
        let lefts: BTreeSet<_> = pairing.pairs.iter().map(|pair| pair.left).chain(pairing.missing).collect();
        prop_assert_eq!(lefts.len(), left.len(), "each once");
    }

    #[test]
    fn a_mapped_value_equals_its_image_and_only_that(said in "[a-d]", answers in "[a-d]", image in "[a-d]") {
        let map = BTreeMap::from([("a".to_owned(), Value::from(image.clone()))]);
        let rules = Compare {
            fields: vec![FieldRule { path: path("$.status"), treatment: Treatment::Map(map) }],
            ..Compare::default()
        };
        let expected = if said == "a" { &image } else { &said };
        let found = differences(&rules, &json!({ "status": said }), &json!({ "status": answers }));
        prop_assert_eq!(found.is_empty(), answers == *expected);
    }

    #[test]
    fn the_marker_is_no_difference(before in "[a-z ]{0,9}", after in "[a-z ]{0,9}") {
        let body = |marker: &str| json!({ "tasks": [{ "title": format!("{before}{marker}{after}") }] });
        let (left, right) = (body("cutover-b"), body("cutover-c"));
        let passes = Passes {
            baseline: vec![answer(&left, "cutover-b")],
            candidate: vec![answer(&right, "cutover-c")],
            again: vec![answer(&left, "cutover-b")],
        };
        let found = compare(&ruled(&["title"], Order::Kept), &[passes], &Seen::default()).findings;
        prop_assert_eq!(found, []);
    }

    #[test]
    fn ids_in_other_words_are_no_difference_and_a_link_elsewhere_is(
        projects in prop::collection::vec(0u8..4, 4..12), moved in any::<prop::sample::Index>(),
    ) {
        let rules = Compare { own_ids: vec!["id".to_owned(), "projectId".to_owned()], ..ruled(&["title"], Order::Kept) };
        let body = |side: &str, projects: &[u8]| {
            let task = |(n, project): (usize, &u8)| json!({
                "title": format!("t{n}"), "id": format!("{side}-{n}"), "projectId": format!("{side}-p{project}"),
            });
            // The projects' own records say which is which.
            let known = (0..5).map(|n| json!({ "title": format!("p{n}"), "id": format!("{side}-p{n}") }));
            let tasks = projects.iter().enumerate().map(task).chain(known);
            json!({ "tasks": tasks.collect::<Vec<_>>() })
        };
        let left = body("b", &projects);
        prop_assert_eq!(found(&rules, &left, &body("c", &projects)), []);
        let mut elsewhere = projects.clone();
        elsewhere[moved.index(projects.len())] = 4;
        let kinds: Vec<_> = found(&rules, &left, &body("c", &elsewhere)).into_iter().map(|one| (one.kind, one.subject)).collect();
        prop_assert_eq!(kinds.len(), 1, "{:?}", kinds);
        prop_assert_eq!(kinds[0].0, FindingKind::LinkElsewhere);
    }
}
