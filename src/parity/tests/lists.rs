//! Lists: which records are there, in which order, and where a list was cut.

use super::*;

#[test]
fn records_that_are_missing_extra_and_twice_are_three_things() {
    let list = |titles: &[&str]| json!({ "tasks": titles.iter().map(|title| json!({ "title": title })).collect::<Vec<_>>() });
    let found = found(
        &keyed(),
        &list(&["a", "b", "c"]),
        &list(&["a", "c", "c", "d"]),
    );
    let kinds: Vec<_> = found
        .iter()
        .map(|finding| (finding.kind, finding.count, finding.of))
        .collect();
    use FindingKind as K;
    assert_eq!(
        kinds,
        [
            (K::RecordDuplicated, 1, 4),
            (K::RecordMissing, 1, 3),
            (K::RecordExtra, 1, 4)
        ]
    );
    assert_eq!(
        found[1].words,
        "1 of the baseline's 3 records in `tasks` is missing on the candidate"
    );
    assert_eq!(shown(&found[1]), (Some("{\"title\":\"b\"}"), None));
}

#[test]
fn an_order_by_the_text_of_a_word_is_named() {
    let task = |(n, priority): (usize, &&str)| json!({ "title": format!("{priority}{n}"), "priority": priority });
    let list =
        |order: &[&str]| json!({ "tasks": order.iter().enumerate().map(task).collect::<Vec<_>>() });
    let twice = |order: [&'static str; 4]| order.iter().flat_map(|p| [*p, *p]).collect::<Vec<_>>();
    let left = list(&twice(["urgent", "high", "medium", "low"]));
    let mut right = list(&twice(["urgent", "medium", "low", "high"]));
    // The same titles on both sides.
    let mut by_title: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for task in left["tasks"].as_array().unwrap() {
        by_title
            .entry(task["priority"].to_string())
            .or_default()
            .push(task.clone());
    }
    for task in right["tasks"].as_array_mut().unwrap() {
        *task = by_title
            .get_mut(&task["priority"].to_string())
            .unwrap()
            .remove(0);
    }
    let finding = only(
        found(&keyed(), &left, &right),
        FindingKind::Order,
        "2 of 8 records stand elsewhere",
    );
    let sorted = "sorts by `priority` as a text, descending (urgent, medium, low, high), the baseline by its meaning (urgent, high, medium, low)";
    assert!(finding.words.contains(sorted), "{}", finding.words);
    assert_eq!(shown(&finding), (Some("place 3"), Some("place 7")));
    assert_eq!(found(&ruled(&["title"], Order::Free), &left, &right), []);
}

#[test]
fn a_list_that_is_not_sorted_as_it_should_be_is_found_without_asking_the_ties() {
    let by = |name: &str, descending| {
        Order::By(vec![SortField {
            name: name.to_owned(),
            descending,
        }])
    };
    let list = |at: &[(&str, i64)]| json!({ "tasks": at.iter().map(|(title, at)| json!({ "title": title, "at": at })).collect::<Vec<_>>() });
    let left = list(&[("a", 3), ("b", 3), ("c", 1)]);
    let ties = list(&[("b", 3), ("a", 3), ("c", 1)]);
    let wrong = list(&[("a", 3), ("c", 1), ("b", 3)]);
    let rules = ruled(&["title"], by("at", true));
    assert_eq!(found(&rules, &left, &ties), []);
    let finding = only(
        found(&rules, &left, &wrong),
        FindingKind::Order,
        "not sorted by at",
    );
    assert_eq!(finding.example.unwrap().key, "b");
    assert_eq!(
        found(&ruled(&["title"], by("at", false)), &left, &ties),
        [],
        "nor does the baseline keep it"
    );
}

fn numbered(range: std::ops::Range<u32>) -> Value {
    json!({ "tasks": range.map(|n| json!({ "title": format!("t{n:03}") })).collect::<Vec<_>>() })
}

#[test]
fn a_list_that_ends_at_a_cap_is_named_beside_what_it_lost() {
    let found = found(&keyed(), &numbered(0..150), &numbered(0..100));
    use FindingKind as K;
    let kinds: Vec<_> = found
        .iter()
        .map(|finding| (finding.kind, finding.count))
        .collect();
    assert_eq!(kinds, [(K::CappedOneSide, 1), (K::RecordMissing, 50)]);
    let words = "`tasks` is cut on one side: the candidate's list ends at 100 while the baseline's goes on to 150";
    assert_eq!(found[0].words, words);
}

#[test]
fn two_lists_that_end_alike_are_a_defect_with_other_records_and_else_a_doubt() {
    let found = found(&keyed(), &numbered(0..100), &numbered(50..150));
    assert_eq!(found[0].kind, FindingKind::CappedBothSides);
    assert_eq!(found[0].weight, Weight::Refutes);
    let same = super::found(&keyed(), &numbered(0..100), &numbered(0..100));
    let finding = only(
        same,
        FindingKind::CappedBothSides,
        "both lists end at 100, and hold the same records",
    );
    assert_eq!(finding.weight, Weight::Doubts);
    let whole = Compare {
        caps: vec![50],
        ..keyed()
    };
    let same = super::found(&whole, &numbered(0..100), &numbered(0..100));
    assert_eq!(same, [], "the scenario says that 100 is no cap");
}

/// A list of tasks without a key, of one side; those with the same title cannot be told apart.
fn with_ids(side: &str, tasks: &[(&str, usize)]) -> Value {
    let task = |(n, (title, project)): (usize, &(&str, usize))| json!({ "title": title, "id": format!("{side}{n}"), "projectId": format!("{side}p{project}") });
    json!({ "tasks": tasks.iter().enumerate().map(task).collect::<Vec<_>>() })
}

fn own_ids() -> Compare {
    Compare {
        own_ids: vec!["id".to_owned(), "projectId".to_owned()],
        ..Compare::default()
    }
}

#[test]
fn without_a_key_a_content_that_stands_once_on_each_side_says_which_record_is_which() {
    let left = with_ids("b", &[("a", 0), ("b", 1), ("c", 2)]);
    let right = with_ids("c", &[("a", 0), ("b", 1), ("c", 2)]);
    assert_eq!(found(&own_ids(), &left, &right), []);
    let elsewhere = with_ids("c", &[("a", 0), ("b", 1), ("c", 0)]);
    let found = found(&own_ids(), &left, &elsewhere);
    only(
        found,
        FindingKind::LinkElsewhere,
        "`projectId` leads to another record in 1 of 3",
    );
    let one_store = super::found(&own_ids(), &left, &left);
    let words = "6 ids that each store makes for itself are the same";
    only(one_store, FindingKind::ComparedWithItself, words);
}

#[test]
fn ids_of_records_that_cannot_be_told_apart_are_counted_as_not_compared() {
    let left = with_ids("b", &[("a", 0), ("a", 1), ("c", 2)]);
    let right = with_ids("c", &[("a", 1), ("a", 0), ("c", 2)]);
    let passes = Passes {
        baseline: vec![answer(&left, "")],
        candidate: vec![answer(&right, "")],
        again: Vec::new(),
    };
    let inspection = compare(&own_ids(), &[passes], &Seen::default());
    assert_eq!(inspection.findings, []);
    let detail = &inspection.looked_at[0].detail;
    assert!(
        detail.contains("; 4 ids not compared, for no `key`"),
        "{detail}"
    );
}
