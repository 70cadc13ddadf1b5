//! An example of each kind of finding and of each rule, in the words that people read.

use super::*;

#[test]
fn a_collapsed_field_is_told_as_one() {
    let left = tasks(&["todo", "done", "in_progress", "done"]);
    let found = found(&keyed(), &left, &tasks(&["todo", "todo", "todo", "todo"]));
    let finding = only(
        found,
        FindingKind::Value,
        "`status` has another value in 3 of 4",
    );
    assert!(
        finding
            .words
            .contains("the candidate always says \"todo\", and the baseline 2 different values")
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
        "`due` is 11 h later on the candidate, in 1 of 1",
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
    let excused = found_with_noise(&keyed(), &left, &statuses(2, "third"), &noisy);
    let words = "excused as noise (another value): the sides differ in 2 of 10, and the baseline from itself in 2 of 10";
    let excused = only(excused, FindingKind::Value, words);
    assert_eq!(excused.weight, Weight::Tells);
    assert_eq!(excused.subject, "read $.tasks[*].status");
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

#[test]
fn behind_a_field_that_is_nothing_but_noise_a_collapse_cannot_be_seen_and_that_is_said() {
    let all = |status: &str| tasks(&[status; 10]);
    let (first, collapsed, again) = (all("a"), all("todo"), all("b"));
    let found = found_with_noise(&keyed(), &first, &collapsed, &again);
    let words = "nothing can be said of `status`: the baseline differs from itself in 10 of 10 (another value)";
    let finding = only(found, FindingKind::Value, words);
    assert_eq!((finding.weight, finding.count), (Weight::Doubts, 10));
    let rule = "{ path = \"$.tasks[*].status\", ignore = \"why\" }";
    assert!(finding.next.contains(rule), "{}", finding.next);
    // A field that stands once and differs once is enough.
    let at = |second: u8| json!({ "generatedAt": format!("2026-11-23T06:00:{second:02}Z") });
    let once = found_with_noise(&keyed(), &at(1), &at(3), &at(5));
    let words = "nothing can be said of `generatedAt`: the baseline differs from itself in 1 of 1";
    assert_eq!(only(once, FindingKind::Value, words).weight, Weight::Doubts);
    let order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map(|n| json!({ "title": format!("t{n}") }));
    let mut turned = order.clone();
    turned.reverse();
    let [order, turned] = [order, turned].map(|tasks| json!({ "tasks": tasks }));
    let found = found_with_noise(&keyed(), &order, &turned, &turned);
    let finding = only(found, FindingKind::Order, "nothing can be said of `tasks`");
    assert!(
        finding.next.contains("order = \"free\""),
        "{}",
        finding.next
    );
}

#[test]
fn of_a_moment_of_each_sides_own_only_is_compared_that_there_is_one() {
    let mut rules = Compare::default();
    rules.fields.push(FieldRule {
        path: "$.at".parse().unwrap(),
        treatment: Treatment::OwnMoment,
    });
    let at = |value: Value| json!({ "at": value });
    let (left, right) = (
        json!("2026-11-22T22:34:00Z"),
        json!("2030-01-01T00:00:00.123Z"),
    );
    assert_eq!(found(&rules, &at(left.clone()), &at(right.clone())), []);
    for other in [json!(null), json!("soon")] {
        let found = found(&rules, &at(other.clone()), &at(right.clone()));
        let finding = only(
            found,
            FindingKind::Value,
            "`at` has another value in 1 of 1",
        );
        let example = finding.example.unwrap();
        assert_eq!(example.baseline, Some(other.to_string()));
        assert_eq!(example.candidate, Some(right.to_string()), "as it was said");
    }
}
