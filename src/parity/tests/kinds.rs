//! An example of each kind of finding and of each rule, in the words that people read.

use super::*;

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

#[test]
fn a_collapsed_field_is_told_as_one() {
    let left = tasks(&["todo", "done", "in_progress", "done"]);
    let found = found(&keyed(), &left, &tasks(&["todo", "todo", "todo", "todo"]));
    let finding = only(
        found,
        FindingKind::Value,
        "`$.tasks[*].status` has another value in 3 of 4",
    );
    assert!(
        finding
            .words
            .contains("the candidate always says \"todo\", the baseline has 2 values")
    );
    assert_eq!(finding.subject, "read $.tasks[*].status");
    assert_eq!(shown(&finding), (Some("\"done\""), Some("\"todo\"")));
    assert_eq!(finding.example.unwrap().key, "t1");
    assert!(
        !finding.next.contains("map ="),
        "a loss is no translation: {}",
        finding.next
    );
}

#[test]
fn words_that_are_translated_throughout_may_be_mapped() {
    let left = tasks(&["To Do", "Done", "To Do"]);
    let right = tasks(&["todo", "done", "todo"]);
    let finding = only(found(&keyed(), &left, &right), FindingKind::Value, "3 of 3");
    assert!(
        finding
            .next
            .contains(r#"map = { "Done" = "done", "To Do" = "todo" }"#),
        "{}",
        finding.next
    );
    let map = [("To Do", "todo"), ("Done", "done")].map(|(a, b)| (a.to_owned(), Value::from(b)));
    let mut rules = keyed();
    rules.fields = vec![field(
        "$.tasks[*].status",
        Treatment::Map(BTreeMap::from(map)),
    )];
    assert_eq!(super::found(&rules, &left, &right), []);
    let finding = only(
        super::found(&rules, &left, &tasks(&["todo", "Done", "todo"])),
        FindingKind::Value,
        "1 of 3",
    );
    assert_eq!(shown(&finding).0, Some("\"Done\", mapped to \"done\""));
}

#[test]
fn another_type_is_not_another_value() {
    let left = json!({ "tags": "home", "size": 1, "due": null });
    let right = json!({ "tags": ["home"], "size": 1.0, "due": "2026-11-12" });
    let found = found(&Compare::default(), &left, &right);
    let kinds: Vec<_> = found
        .iter()
        .map(|finding| (finding.kind, finding.subject.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (FindingKind::Value, "read $.due"),
            (FindingKind::TypeChanged, "read $.tags")
        ]
    );
    assert!(
        found[1].words.contains("a text became a list"),
        "{}",
        found[1].words
    );
}

#[test]
fn a_field_under_a_new_name_is_told_with_both_names() {
    let left = json!({ "notionPageId": "a" });
    let right = json!({ "taskId": "b" });
    let found = found(&Compare::default(), &left, &right);
    let kinds: Vec<_> = found.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::FieldMissing, FindingKind::FieldExtra]);
    let rule = "{ path = \"$.notionPageId\", rename = \"taskId\" }";
    assert!(found[0].next.contains(rule), "{}", found[0].next);
    let rules = Compare {
        fields: vec![field(
            "$.notionPageId",
            Treatment::Rename("taskId".to_owned()),
        )],
        own_ids: vec!["taskId".to_owned()],
        ..Compare::default()
    };
    assert_eq!(super::found(&rules, &left, &right), []);
}

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
        "1 of the baseline's 3 records in `$.tasks` are missing from the candidate's"
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
    let words = "`$.tasks` is cut on one side: the candidate's list ends at 100 while the baseline's goes on to 150";
    assert_eq!(found[0].words, words);
}

#[test]
fn two_lists_that_end_alike_are_a_defect_only_with_other_records() {
    let found = found(&keyed(), &numbered(0..100), &numbered(50..150));
    assert_eq!(found[0].kind, FindingKind::CappedBothSides);
    assert_eq!(found[0].weight, Weight::Refutes);
    let same = super::found(&keyed(), &numbered(0..100), &numbered(0..100));
    let finding = only(
        same,
        FindingKind::CappedBothSides,
        "both lists end at 100, and hold the same records",
    );
    assert_eq!(finding.weight, Weight::Tells);
}

#[test]
fn a_date_without_a_time_is_held_against_midnight_of_the_zone() {
    let rules = |zone: &str, treatment| Compare {
        zone: jiff::tz::TimeZone::get(zone).unwrap(),
        fields: vec![field("$.due", treatment)],
        ..Compare::default()
    };
    let (left, right) = (
        json!({ "due": "2026-11-12" }),
        json!({ "due": "2026-11-12T00:00:00.000Z" }),
    );
    let sydney = found(
        &rules("Australia/Sydney", Treatment::Instant),
        &left,
        &right,
    );
    let finding = only(
        sydney,
        FindingKind::MomentShifted,
        "`$.due` is 11 h later on the candidate, in 1 of 1",
    );
    assert!(
        finding
            .words
            .contains("a day without a time, the candidate 11:00 in Australia/Sydney"),
        "{}",
        finding.words
    );
    assert_eq!(
        shown(&finding),
        (Some("\"2026-11-12\""), Some("\"2026-11-12T00:00:00.000Z\""))
    );
    assert_eq!(found(&rules("UTC", Treatment::Instant), &left, &right), []);
    assert_eq!(
        found(&rules("Australia/Sydney", Treatment::Day), &left, &right),
        []
    );
    let earlier = json!({ "due": "2026-11-11T12:59:59Z" });
    let day = found(&rules("Australia/Sydney", Treatment::Day), &left, &earlier);
    only(day, FindingKind::MomentShifted, "earlier");
}

#[test]
fn a_tolerance_holds_for_numbers_alone() {
    let rules = Compare {
        fields: vec![field("$.score", Treatment::Tolerance(0.5))],
        ..Compare::default()
    };
    let score = |score: Value| json!({ "score": score });
    assert_eq!(found(&rules, &score(json!(1)), &score(json!(1.5))), []);
    only(
        found(&rules, &score(json!(1)), &score(json!(1.6))),
        FindingKind::Value,
        "1 of 1",
    );
    only(
        found(&rules, &score(json!(1)), &score(json!("1"))),
        FindingKind::TypeChanged,
        "a number became a text",
    );
}

#[test]
fn what_is_ignored_stands_with_its_reason_in_what_was_looked_at() {
    let rules = Compare {
        fields: vec![field(
            "$.at",
            Treatment::Ignore("the server's clock".to_owned()),
        )],
        ..Compare::default()
    };
    let (left, right) = (json!({ "at": 1, "b": 2 }), json!({ "b": 2 }));
    let passes = Passes {
        baseline: vec![answer(&left, "")],
        candidate: vec![answer(&right, "")],
        again: vec![answer(&left, "")],
    };
    let inspection = compare(&rules, &[passes], &Seen::default());
    assert_eq!(
        (
            inspection.findings.as_slice(),
            inspection.not_looked_at.as_slice()
        ),
        (&[][..], &[][..])
    );
    assert_eq!(
        inspection.looked_at[0].detail,
        "1 answer, 0 records, 1 value; `$.at` left out: the server's clock"
    );
}

#[test]
fn noise_excuses_its_own_kind_and_rate_and_no_more() {
    let statuses = |changed: usize, to: &str| {
        let status = |n| {
            if n < changed {
                to.to_owned()
            } else {
                "same".to_owned()
            }
        };
        json!({ "tasks": (0..10).map(|n| json!({ "title": format!("t{n}"), "status": status(n) })).collect::<Vec<_>>() })
    };
    let (left, noisy) = (statuses(0, ""), statuses(2, "other"));
    assert_eq!(
        found_with_noise(&keyed(), &left, &statuses(2, "third"), &noisy),
        []
    );
    let more = found_with_noise(&keyed(), &left, &statuses(3, "third"), &noisy);
    let words = "in 3 of 10; the baseline differs from itself so in 2 of 10";
    only(more, FindingKind::Value, words);
    let mut typed = left.clone();
    typed["tasks"][0]["status"] = json!(7);
    only(
        found_with_noise(&keyed(), &left, &typed, &noisy),
        FindingKind::TypeChanged,
        "1 of 10",
    );
}

fn stored(side: &str, source: Option<&str>) -> Value {
    json!({ "source": source, "tasks": [{ "title": "a", "id": format!("{side}-1") }, { "title": "b", "id": format!("{side}-2") }] })
}

fn store_rules() -> Compare {
    Compare {
        own_ids: vec!["id".to_owned()],
        fields: vec![field("$.source", Treatment::Store)],
        ..keyed()
    }
}

fn found_with_statements(left: &Value, right: &Value, statements: Option<u64>) -> Vec<Finding> {
    let passes = Passes {
        baseline: vec![answer(left, "")],
        candidate: vec![answer(right, "")],
        again: vec![answer(left, "")],
    };
    compare(&store_rules(), &[passes], &Seen { statements }).findings
}

#[test]
fn one_store_for_both_shows_in_ids_in_its_name_and_in_statements() {
    use FindingKind::ComparedWithItself as Itself;
    let two = stored("c", Some("postgres"));
    assert_eq!(
        found_with_statements(&stored("b", Some("notion")), &two, Some(3)),
        []
    );
    let ids = found_with_statements(&stored("b", None), &stored("b", None), Some(0));
    let finding = only(
        ids,
        Itself,
        "2 ids that each store makes for itself are the same, no statement reached",
    );
    assert_eq!(finding.weight, Weight::Doubts);
    let named = found_with_statements(
        &stored("b", Some("notion")),
        &stored("c", Some("notion")),
        None,
    );
    only(named, Itself, "both say that `notion` answered");
    let kept = found_with_statements(
        &stored("b", Some("notion")),
        &stored("b", Some("postgres")),
        Some(3),
    );
    assert_eq!(kept, [], "an import may keep the ids");
    let silent = found_with_statements(&stored("b", Some("notion")), &two, Some(0));
    only(silent, Itself, "no statement reached its database");
}

#[test]
fn a_cached_answer_is_named_with_its_side() {
    let body = json!({ "a": 1 });
    let headers = ["x-nextjs-cache: HIT".to_owned()];
    let mut frozen = answer(&body, "");
    frozen.cache_headers = &headers;
    let passes = Passes {
        baseline: vec![answer(&body, "")],
        candidate: vec![frozen],
        again: vec![answer(&body, "")],
    };
    let found = compare(&Compare::default(), &[passes], &Seen::default()).findings;
    let finding = only(
        found,
        FindingKind::Frozen,
        "the candidate's answer came from a cache (x-nextjs-cache: HIT)",
    );
    assert_eq!(finding.weight, Weight::Doubts);
}

fn with<'a>(step: &'a str, status: u16, body: &'a Value) -> Answered<'a> {
    Answered {
        step,
        status,
        marker: "mark-1",
        ..answer(body, "")
    }
}

#[test]
fn a_refusal_that_left_something_behind_is_worse_than_a_refusal() {
    let (made, error) = (json!({ "title": "mark-1" }), json!({ "error": "tags" }));
    let (half, nothing) = (
        json!({ "tasks": [{ "title": "mark-1", "tags": [] }] }),
        json!({ "tasks": [] }),
    );
    let compared = |left_behind| {
        let passes = Passes {
            baseline: vec![with("create", 201, &made)],
            candidate: vec![with("create", 500, &error), with("find", 200, left_behind)],
            again: vec![with("create", 201, &made)],
        };
        compare(&Compare::default(), &[passes], &Seen::default())
    };
    only(
        compared(&nothing).findings,
        FindingKind::StatusDiffers,
        "another status in 1 of 1",
    );
    let found = compared(&half).findings;
    let kinds: Vec<_> = found.iter().map(|finding| finding.kind).collect();
    assert_eq!(
        kinds,
        [FindingKind::RefusedHalfWay, FindingKind::StatusDiffers]
    );
    assert_eq!(
        shown(&found[0]),
        (
            Some("201 {\"title\":\"mark-1\"}"),
            Some("500 {\"error\":\"tags\"}")
        )
    );
}

#[test]
fn what_nobody_answered_was_not_looked_at() {
    let (body, error) = (json!({ "a": 1 }), json!({ "error": "no" }));
    let passes = Passes {
        baseline: vec![
            with("one", 200, &body),
            with("two", 200, &body),
            with("three", 500, &error),
        ],
        candidate: vec![with("one", 200, &body), with("three", 500, &error)],
        again: vec![
            with("one", 200, &body),
            with("two", 200, &body),
            with("three", 500, &error),
        ],
    };
    let inspection = compare(&Compare::default(), &[passes], &Seen::default());
    let not: Vec<_> = inspection
        .not_looked_at
        .iter()
        .map(|not| (not.what.as_str(), not.why.as_str()))
        .collect();
    let refused = "both sides answered 500, which says nothing";
    assert_eq!(
        not,
        [
            ("two", "the candidate gave no answer to this step"),
            ("three", refused)
        ]
    );
    let looked: Vec<_> = inspection
        .looked_at
        .iter()
        .map(|looked| looked.what.as_str())
        .collect();
    assert_eq!((looked, inspection.findings.len()), (vec!["one"], 0));
    assert!(
        compare(&Compare::default(), &[], &Seen::default())
            .looked_at
            .is_empty()
    );
}
