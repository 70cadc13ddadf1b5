//! An answer that is not the one that was asked for shows nothing, however alike both sides are; nor does
//! one of which nothing is compared, nor a rule that never takes hold.

use super::*;
use crate::record::NotLooked;

const WRONG: &str = "`$.tasks[*].id` yields 0 values, expected 1..";

fn unexpected<'a>(status: u16, body: &'a Value, unexpected: Option<&'a str>) -> Answered<'a> {
    Answered {
        status,
        unexpected,
        ..answer(body, "")
    }
}

fn passes<'a>(baseline: Answered<'a>, candidate: Answered<'a>) -> Passes<'a> {
    Passes {
        baseline: vec![baseline],
        candidate: vec![candidate],
        again: Vec::new(),
    }
}

fn compared(rules: &Compare, draws: &[Passes<'_>]) -> Inspection {
    compare(rules, draws, &Seen::default())
}

/// Why nothing could be said, when nothing was looked at.
fn only_missed(inspection: &Inspection) -> &NotLooked {
    let [missed] = inspection.not_looked_at.as_slice() else {
        panic!("{inspection:#?}");
    };
    assert_eq!(missed.what, "read");
    assert!(missed.next.ends_with('.') && !missed.why.ends_with('.'));
    assert_eq!(
        (inspection.looked_at.len(), inspection.findings.len()),
        (0, 0)
    );
    missed
}

#[test]
fn a_baseline_that_does_not_answer_as_expected_is_nothing_to_compare_with() {
    let (empty, full) = (tasks(&[]), tasks(&["todo"]));
    let (rules, wrong) = (keyed(), Some(WRONG));
    let one = || passes(unexpected(200, &empty, wrong), unexpected(200, &full, None));
    let alone = compared(&rules, &[one()]);
    let why = format!("the baseline's answer is not the expected one ({WRONG})");
    assert_eq!(only_missed(&alone).why, why);
    let both = passes(
        unexpected(200, &empty, wrong),
        unexpected(200, &empty, wrong),
    );
    let found = compared(&rules, &[both, one()]);
    let missed = only_missed(&found);
    assert!(
        missed
            .why
            .starts_with("neither side's answer is the expected one")
    );
}

#[test]
fn two_answers_that_are_both_not_expected_may_differ_and_do_not_agree() {
    let numbered = |numbers: std::ops::Range<u8>| {
        let task = |n| json!({ "title": format!("t{n}"), "status": "todo" });
        json!({ "tasks": numbers.map(task).collect::<Vec<_>>() })
    };
    let (all, fewer) = (numbered(0..67), numbered(0..64));
    let (cut, longer) = (numbered(0..100), numbered(0..150));
    let page = |nonce: &str| json!(format!("<form>{nonce}</form>"));
    let (first, second, third) = (page("a"), page("b"), page("c"));
    let wrong = Some(WRONG);
    let one = |left, right| passes(unexpected(200, left, wrong), unexpected(200, right, wrong));
    let inspection = compared(&keyed(), &[one(&all, &fewer)]);
    assert_eq!(inspection.not_looked_at.len(), 1);
    let words = "3 of the baseline's 67 records in `tasks` are missing";
    let finding = only(inspection.findings, FindingKind::RecordMissing, words);
    assert_eq!(finding.weight, Weight::Refutes);
    // One that is cut, and goes on elsewhere.
    let inspection = compared(&keyed(), &[one(&cut, &longer)]);
    let kinds: Vec<_> = inspection.findings.iter().map(|one| one.kind).collect();
    assert_eq!(kinds[0], FindingKind::CappedOneSide);
    // Agreement shows nothing, nor do an error and a redirect.
    only_missed(&compared(&keyed(), &[one(&all, &all)]));
    for status in [302, 401, 500] {
        let both = passes(
            unexpected(status, &all, wrong),
            unexpected(status, &fewer, wrong),
        );
        only_missed(&compared(&keyed(), &[both]));
    }
    // The baseline's noise is seen in the same draws, and only there.
    let login = Passes {
        again: vec![unexpected(200, &third, wrong)],
        ..one(&first, &second)
    };
    let inspection = compared(&keyed(), &[login]);
    assert_eq!(inspection.heaviest(), Some(Weight::Doubts));
    let recovered = Passes {
        again: vec![unexpected(200, &third, None)],
        ..one(&first, &second)
    };
    only_missed(&compared(&keyed(), &[recovered]));
}

#[test]
fn an_unexpected_second_answer_of_the_baseline_excuses_no_record() {
    let named = |tags: &[u8]| json!({ "tags": tags });
    let all: Vec<u8> = (0..30).collect();
    let (whole, fewer, none) = (named(&all), named(&all[3..]), named(&[]));
    let compared_with = |again| {
        let one = Passes {
            again: vec![again],
            ..passes(answer(&whole, ""), answer(&fewer, ""))
        };
        compared(&Compare::default(), &[one])
    };
    let inspection = compared_with(unexpected(200, &none, Some(WRONG)));
    assert_eq!(inspection.not_looked_at.len(), 1);
    let words = "3 of the baseline's 30 records in `tags` are missing";
    let finding = only(inspection.findings, FindingKind::RecordMissing, words);
    assert_eq!(finding.weight, Weight::Refutes);
    // Where the second answer is as expected, it is noise; to leave the list out is no way out of it.
    let inspection = compared_with(answer(&none, ""));
    let words = "nothing can be said of `tags`";
    let finding = only(inspection.findings, FindingKind::RecordMissing, words);
    assert!(!finding.next.contains("ignore"), "{}", finding.next);
}

#[test]
fn what_a_cache_kept_from_the_sides_is_no_noise_either() {
    let (first, other) = (tasks(&["a"]), tasks(&["b"]));
    let headers = ["x-nextjs-cache: HIT".to_owned()];
    let cached = |body| Answered {
        cache_headers: &headers,
        ..answer(body, "")
    };
    let of_cache = Passes {
        again: vec![answer(&other, "")],
        ..passes(answer(&first, ""), cached(&first))
    };
    let differs = passes(answer(&first, ""), answer(&other, ""));
    let found = compared(&keyed(), &[of_cache, differs]).findings;
    let value = found.iter().find(|one| one.kind == FindingKind::Value);
    assert_eq!(value.unwrap().weight, Weight::Refutes, "{found:#?}");
}

#[test]
fn a_candidate_that_alone_does_not_answer_as_expected_is_refuted() {
    let full = tasks(&["todo"]);
    let wrong = Some("`$.total` is missing");
    // What is wrong may be where nothing is compared.
    let one = passes(unexpected(200, &full, None), unexpected(200, &full, wrong));
    let found = compared(&keyed(), std::slice::from_ref(&one)).findings;
    let words = "the candidate's answer is not the expected one, and the baseline's is, in 1 of 1";
    let finding = only(found, FindingKind::Unexpected, words);
    assert_eq!(
        (finding.weight, finding.subject.as_str()),
        (Weight::Refutes, "read")
    );
    assert_eq!(shown(&finding), (Some("as expected"), wrong));
    // Nothing is known where the baseline itself does so the second time.
    let again = Passes {
        again: vec![unexpected(200, &full, wrong)],
        ..one
    };
    let inspection = compared(&keyed(), &[again]);
    assert_ne!(inspection.heaviest(), Some(Weight::Refutes));
    let [missed] = inspection.not_looked_at.as_slice() else {
        panic!("{inspection:#?}");
    };
    assert!(
        missed.why.contains("not when it was asked again"),
        "{}",
        missed.why
    );
}

#[test]
fn an_error_that_is_expected_is_compared_with_its_body() {
    let (gone, other) = (
        json!({ "error": "gone" }),
        json!({ "error": "no such task" }),
    );
    let same = passes(unexpected(404, &gone, None), unexpected(404, &gone, None));
    let inspection = compared(&Compare::default(), &[same]);
    assert_eq!(
        (inspection.not_looked_at.len(), inspection.findings.len()),
        (0, 0)
    );
    assert_eq!(
        inspection.looked_at[0].detail,
        "1 answer, 0 records, 1 value"
    );
    let differ = passes(unexpected(404, &gone, None), unexpected(404, &other, None));
    let found = compared(&Compare::default(), &[differ]).findings;
    only(
        found,
        FindingKind::Value,
        "`error` has another value in 1 of 1",
    );
}

#[test]
fn a_step_of_which_nothing_is_compared_in_any_draw_was_not_looked_at() {
    let (empty, full) = (tasks(&[]), tasks(&["todo"]));
    let draw = |body| passes(answer(body, ""), answer(body, ""));
    let inspection = compared(&keyed(), &[draw(&empty), draw(&empty)]);
    let why = "nothing in its answers is compared (2 answers, 0 records, 0 values)";
    assert_eq!(only_missed(&inspection).why, why);
    // A search may rightly find nothing once.
    let inspection = compared(&keyed(), &[draw(&empty), draw(&full)]);
    assert_eq!(
        (inspection.not_looked_at.len(), inspection.looked_at.len()),
        (0, 1)
    );
    let ignoring = Compare {
        fields: vec![field("$.tasks", Treatment::Ignore("of no use".to_owned()))],
        ..Compare::default()
    };
    let other = tasks(&["done", "todo"]);
    let inspection = compared(&ignoring, &[passes(answer(&full, ""), answer(&other, ""))]);
    let missed = only_missed(&inspection);
    assert!(
        missed.why.contains("`$.tasks` left out: of no use"),
        "{}",
        missed.why
    );
    // A difference is something, and so is an id.
    let inspection = compared(&keyed(), &[passes(answer(&full, ""), answer(&empty, ""))]);
    assert_eq!(
        (inspection.not_looked_at.len(), inspection.findings.len()),
        (0, 1)
    );
    let by_id = Compare {
        own_ids: vec!["id".to_owned()],
        ..Compare::default()
    };
    let (left, right) = (json!({ "id": "b" }), json!({ "id": "c" }));
    let inspection = compared(&by_id, &[passes(answer(&left, ""), answer(&right, ""))]);
    assert_eq!(
        (inspection.not_looked_at.len(), inspection.findings.len()),
        (0, 0)
    );
}

#[test]
fn a_rule_that_nothing_follows_is_not_believed() {
    let list = |ranks: &[u8]| json!({ "tasks": ranks.iter().map(|n| json!({ "title": n, "rank": n })).collect::<Vec<_>>() });
    let (left, right, empty) = (list(&[1, 2, 3]), list(&[3, 2, 1]), list(&[]));
    let by = |name: &str| {
        Order::By(vec![SortField {
            name: name.to_owned(),
            descending: false,
        }])
    };
    let missed = |rules: &Compare, left, right| -> Vec<String> {
        let inspection = compared(rules, &[passes(answer(left, ""), answer(right, ""))]);
        let missed = inspection.not_looked_at.into_iter();
        missed.map(|missed| missed.why).collect()
    };
    let misspelt = ruled(&["titel", "title"], by("rnak"));
    let told = [
        "the rule for `$.tasks` finds partners by `titel`, which no record has",
        "the rule for `$.tasks` sorts by `rnak`, which no record has",
    ];
    assert_eq!(missed(&misspelt, &left, &right), told);
    assert_eq!(
        missed(&ruled(&["title"], by("rank")), &left, &right),
        [""; 0]
    );
    // One side's records are enough, and without any nobody can tell.
    let unranked = json!({ "tasks": [{ "title": 1 }], "count": 1 });
    assert_eq!(
        missed(&ruled(&["title"], by("rank")), &left, &unranked),
        [""; 0]
    );
    let counted = json!({ "tasks": [], "count": 0 });
    assert_eq!(missed(&misspelt, &counted, &counted), [""; 0]);
    assert_eq!(
        missed(&misspelt, &empty, &empty).len(),
        1,
        "nothing was compared"
    );
    // Nor is a rule that neither side follows.
    let falling = Order::By(vec![SortField {
        name: "rank".to_owned(),
        descending: true,
    }]);
    let falling = ruled(&["title"], falling);
    let told = "neither side sorts `$.tasks` as its rule says, so its order was not compared";
    let mixed = list(&[2, 3, 1]);
    assert_eq!(missed(&falling, &left, &mixed), [told]);
    assert_eq!(
        missed(&falling, &left, &right),
        [""; 0],
        "the candidate follows it"
    );
    // A text is its own key.
    let words = json!({ "tasks": ["a", "b"] });
    assert_eq!(missed(&keyed(), &words, &words), [""; 0]);
}

#[test]
fn of_two_fields_with_one_new_name_none_is_lost() {
    let rename = |from: &str| field(from, Treatment::Rename("c".to_owned()));
    let rules = Compare {
        fields: vec![rename("$.a"), rename("$.b")],
        ..Compare::default()
    };
    let found = found(&rules, &json!({ "a": 1, "b": 2 }), &json!({ "c": 1 }));
    let finding = only(found, FindingKind::FieldMissing, "lacks `b`");
    assert_eq!(shown(&finding), (Some("2"), None));
}
