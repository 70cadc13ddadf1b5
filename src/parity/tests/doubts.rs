//! Whether anything was compared at all, and what a refusal left behind.

use super::*;

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
    compare(
        &store_rules(),
        &[passes],
        &Seen {
            statements,
            ..Seen::default()
        },
    )
    .findings
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
    let words = "the same, though they name two, `notion` and `postgres`, yet 3 statements reached";
    only(kept, Itself, words);
    let silent = found_with_statements(&stored("b", Some("notion")), &two, Some(0));
    only(silent, Itself, "no statement reached its database");
}

#[test]
fn a_single_id_that_is_the_same_is_chance_where_two_stores_are_named() {
    let one = |source: &str| json!({ "source": source, "tasks": [{ "title": "a", "id": 1 }] });
    let found = found_with_statements(&one("notion"), &one("postgres"), None);
    assert_eq!(found, []);
}

#[test]
fn one_step_that_asks_the_database_does_not_hide_another_that_does_not() {
    let body = json!({ "a": 1 });
    let pass = || vec![with("one", 200, &body), with("two", 200, &body)];
    let passes = Passes {
        baseline: pass(),
        candidate: pass(),
        again: Vec::new(),
    };
    let seen = Seen {
        statements: Some(5),
        silent: BTreeSet::from(["two".to_owned(), "not-compared".to_owned()]),
        untold: None,
    };
    let found = compare(&Compare::default(), &[passes], &seen).findings;
    let words = "the candidate answered this step, and no statement reached its database";
    let finding = only(found, FindingKind::ComparedWithItself, words);
    assert_eq!(
        (finding.subject.as_str(), finding.weight),
        ("two", Weight::Doubts)
    );
}

#[test]
fn a_step_that_is_named_storeless_may_be_answered_without_a_statement() {
    let body = json!({ "version": "1.2" });
    let inspected = |storeless: &[&str], statements| {
        let rules = Compare {
            storeless: storeless.iter().map(|step| (*step).to_owned()).collect(),
            ..Compare::default()
        };
        let passes = Passes {
            baseline: vec![with("about", 200, &body)],
            candidate: vec![with("about", 200, &body)],
            again: Vec::new(),
        };
        let seen = Seen {
            statements: Some(statements),
            silent: BTreeSet::from(["about".to_owned()]),
            untold: None,
        };
        compare(&rules, &[passes], &seen)
    };
    for statements in [0, 5] {
        let found = inspected(&[], statements).findings;
        let finding = only(found, FindingKind::ComparedWithItself, "no statement");
        assert!(finding.next.contains("`storeless`"), "{}", finding.next);
        let named = inspected(&["about"], statements);
        assert_eq!((named.findings, named.not_looked_at), (vec![], vec![]));
        let left_out = "1 value; whether its database was asked left out: named in `storeless`";
        let detail = &named.looked_at[0].detail;
        assert!(detail.ends_with(left_out), "{detail}");
    }
}

#[test]
fn that_nobody_could_tell_whether_the_database_was_asked_is_told_and_decides_nothing() {
    let body = json!({ "a": 1 });
    let passes = Passes {
        baseline: vec![answer(&body, "")],
        candidate: vec![answer(&body, "")],
        again: Vec::new(),
    };
    let seen = Seen {
        untold: Some("its counters cannot be read".to_owned()),
        ..Seen::default()
    };
    let inspection = compare(&Compare::default(), &[passes], &seen);
    assert_eq!(inspection.findings, []);
    let detail = &inspection.looked_at.last().unwrap().detail;
    assert_eq!(
        detail,
        "nobody could tell whether it was asked (its counters cannot be read)"
    );
    let nothing = compare(&Compare::default(), &[], &seen);
    assert_eq!(nothing, Inspection::default(), "it is no evidence");
}

#[test]
fn a_cached_answer_is_named_with_its_side_and_not_compared() {
    let (body, old) = (json!({ "a": 1 }), json!({ "a": 2 }));
    let headers = ["x-nextjs-cache: HIT".to_owned()];
    let mut frozen = answer(&old, "");
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
            None,
            Some("{\"tasks\":[{\"title\":\"mark-1\",\"tags\":[]}]}")
        )
    );
}

#[test]
fn what_nobody_answered_was_not_looked_at() {
    let body = json!({ "a": 1 });
    let all = || {
        let names = ["one", "two", "three"];
        names.map(|name| with(name, 200, &body)).to_vec()
    };
    let passes = Passes {
        baseline: all(),
        candidate: vec![with("one", 200, &body), with("three", 200, &body)],
        again: all(),
    };
    let inspection = compare(&Compare::default(), &[passes], &Seen::default());
    let not: Vec<_> = inspection
        .not_looked_at
        .iter()
        .map(|not| (not.what.as_str(), not.why.as_str()))
        .collect();
    assert_eq!(not, [("two", "the candidate gave no answer to this step")]);
    let looked: Vec<_> = inspection
        .looked_at
        .iter()
        .map(|looked| looked.what.as_str())
        .collect();
    assert_eq!(
        (looked, inspection.findings.len()),
        (vec!["one", "three"], 0)
    );
    assert!(
        compare(&Compare::default(), &[], &Seen::default())
            .looked_at
            .is_empty()
    );
}
