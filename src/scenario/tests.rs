//! The laws of rendering and examining, which hold for any input.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::*;

/// A scenario with one step; `step` stands after its name, method and cost.
fn scenario_with(step: &str) -> Scenario {
    let text = format!(
        r#"
name = "one"
summary = "One step"
[promise]
source = "guide"
before = "2s..3s"
after = "50ms..100ms"
speedup = "20x"
[data]
terms = ["a", "b c", "d/e", 7]
[[steps]]
name = "first"
method = "GET"
path = "/first"
cost = 0
expect = {{ status = 200 }}
capture = {{ id = "$.id" }}
[[steps]]
name = "second"
method = "POST"
safe = true
cost = 3
{step}
"#
    );
    let parsed = load::parse(Path::new("one.toml"), text.as_bytes());
    match parsed.scenario {
        Some(scenario) => scenario,
        None => panic!("{:#?}", parsed.mistakes),
    }
}

fn inputs(scenario: &Scenario, iteration: u32) -> Inputs {
    Inputs::draw(scenario, "run-1", 42, iteration, "marker-1".to_owned())
}

/// Renders the second step with `id` captured.
fn rendered(step: &str, id: &Value) -> Result<HttpCall, StepError> {
    let scenario = scenario_with(step);
    let mut inputs = inputs(&scenario, 0);
    inputs.capture("id", id.clone());
    let call = scenario.steps[1].http.render(&inputs);
    call.map(|call| call.into_http().unwrap())
}

fn examined(expect: &str, status: u16, body: &[u8]) -> Examination {
    let scenario = scenario_with(&format!("path = \"/\"\n{expect}"));
    let mut inputs = inputs(&scenario, 0);
    inputs.capture("id", json!("x"));
    scenario.steps[1].http.examine(status, body, &inputs)
}

const ANYTHING: &str = r#"
[steps.expect]
status = [200, 201]
json = [
    { path = "$.id", exists = true },
    { path = "$.tasks[*]", count = "1..3" },
    { path = "$..title", equals = { a = ["{{ id }}", 1.5] } },
    { path = "$.tasks[?search(@.title, '{{ id }}')]", count = 1 },
]
[steps.capture]
task_id = ["$.id", "$.tasks[*].id"]
"#;

/// Any JSON of a few levels, with the keys that the expectations look for.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,400}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let key = prop_oneof![Just("id"), Just("tasks"), Just("title"), Just("é")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.prop_map(str::to_owned), inner), 0..4)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_loader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let parsed = load::parse(Path::new("any.toml"), &bytes);
        prop_assert_eq!(parsed.scenario.is_none(), !parsed.mistakes.is_empty());
    }

    #[test]
    fn no_spoiled_file_makes_the_loader_panic(
        at in 0usize..2000, cut in 0usize..40, put in "\\PC{0,5}|\\{\\{ \\PC{0,9}|\\{% \\PC{0,9} %\\}",
    ) {
        let good = include_str!("../../scenarios/create-task.toml");
        let at = good.floor_char_boundary(at.min(good.len()));
        let end = good.floor_char_boundary((at + cut).min(good.len()));
        let spoiled = format!("{}{put}{}", &good[..at], &good[end..]);
        let parsed = load::parse(Path::new("any.toml"), spoiled.as_bytes());
        prop_assert_eq!(parsed.scenario.is_none(), !parsed.mistakes.is_empty());
        for mistake in parsed.mistakes {
            crate::diagnostic::Diagnostics::of(vec![mistake]).to_string();
        }
    }

    #[test]
    fn a_captured_text_cannot_change_the_route(id in any::<String>()) {
        let step = "path = \"/api/tasks/{{ id }}/done?q={{ id }}&x=1\"\nexpect = { status = 200 }";
        match rendered(step, &json!(id)) {
            Ok(call) => {
                let base = Url::parse("http://target.example").unwrap();
                let url = base.join(&call.path).unwrap();
                prop_assert_eq!(url.host_str(), Some("target.example"));
                let segments: Vec<_> = url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 4);
                prop_assert_eq!((segments[0], segments[1], segments[3]), ("api", "tasks", "done"));
                let segment = percent_encoding::percent_decode_str(segments[2]).decode_utf8();
                prop_assert_eq!(segment.unwrap(), id.as_str());
                let query: Vec<_> = url.query_pairs().collect();
                prop_assert_eq!(query, [("q".into(), id.as_str().into()), ("x".into(), "1".into())]);
                prop_assert_eq!(url.fragment(), None);
            }
            // What cannot be a segment at all is refused instead.
            Err(_) => prop_assert!(["", ".", ".."].contains(&id.as_str()), "{id:?} was refused"),
        }
    }

    #[test]
    fn a_captured_text_cannot_change_the_shape_of_a_body(id in any::<String>()) {
        let step = "path = \"/\"\nbody = { a = [\"{{ id }}\", 1], b = \"<{{ id }}>\" }\nexpect = { status = 200 }";
        let call = rendered(step, &json!(id)).unwrap();
        let body: Value = serde_json::from_slice(&call.body.unwrap()).unwrap();
        prop_assert_eq!(body, json!({ "a": [id, 1], "b": format!("<{id}>") }));
    }

    #[test]
    fn a_captured_text_cannot_change_a_json_path(id in "\\PC{1,20}|['\"\\\\\\]\\[$.\n]{1,6}") {
        let scenario = scenario_with(
            "path = \"/\"\nexpect = { status = 200, json = [
                { path = \"$.tasks[?@.id == '{{ id }}']\", count = 1 },
                { path = '$.tasks[?@.id == \"{{ id }}\"].id', equals = \"{{ id }}\" },
            ] }",
        );
        let mut inputs = inputs(&scenario, 0);
        inputs.capture("id", json!(id));
        let body = json!({ "tasks": [{ "id": "other" }, { "id": id }, { "id": format!("{id} ") }] });
        let result = scenario.steps[1].http.examine(200, body.to_string().as_bytes(), &inputs);
        prop_assert_eq!(result.problems, []);
    }

    #[test]
    fn no_body_makes_the_examination_panic(
        status in any::<u16>(), body in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let result = examined(ANYTHING, status, &body);
        prop_assert!(result.problems.iter().all(|problem| problem.detail.len() <= 300));
    }

    #[test]
    fn no_json_makes_the_examination_panic(body in any_json()) {
        let result = examined(ANYTHING, 200, body.to_string().as_bytes());
        prop_assert!(result.problems.iter().all(|problem| problem.detail.len() <= 300));
    }

    #[test]
    fn equal_iterations_draw_equal_inputs_on_both_sides(seed in any::<u64>(), n in any::<u32>()) {
        let scenario = scenario_with(
            "path = \"/{{ data.terms }}\"\nbody = \"{{ words(3) }} {{ integer(1, 1000000) }} {{ word() }}\"\nexpect = { status = 200 }",
        );
        let call = |iteration: u32, marker: &str| {
            let inputs = Inputs::draw(&scenario, "run", seed, iteration, marker.to_owned());
            let inputs = { let mut inputs = inputs; inputs.capture("id", json!(1)); inputs };
            let first = scenario.steps[1].http.render(&inputs).unwrap().into_http().unwrap();
            let again = scenario.steps[1].http.render(&inputs).unwrap().into_http().unwrap();
            assert_eq!(first, again, "another attempt sends the same");
            first
        };
        prop_assert_eq!(call(n, "baseline"), call(n, "candidate"));
        prop_assert_ne!(call(n, "a").body, call(n.wrapping_add(1), "a").body);
    }
}

#[test]
fn every_item_of_a_list_is_drawn_in_time() {
    let scenario = scenario_with("path = \"/{{ data.terms }}\"\nexpect = { status = 200 }");
    let path = |n| {
        scenario.steps[1]
            .http
            .render(&inputs(&scenario, n))
            .unwrap()
            .into_http()
            .unwrap()
            .path
    };
    let drawn: std::collections::BTreeSet<_> = (0..100).map(path).collect();
    let all = ["/7", "/a", "/b%20c", "/d%2Fe"];
    assert_eq!(drawn.iter().map(String::as_str).collect::<Vec<_>>(), all);
}

#[test]
fn a_seed_means_the_same_inputs_for_ever() {
    let scenario = scenario_with(
        "path = \"/{{ data.terms }}\"\nbody = \"{{ words(3) }} {{ integer(1, 1000) }}\"\nexpect = { status = 200 }",
    );
    let calls = (0..4).map(|n| {
        scenario.steps[1]
            .http
            .render(&inputs(&scenario, n))
            .unwrap()
            .into_http()
            .unwrap()
    });
    let calls = calls.map(|call| (call.path, String::from_utf8(call.body.unwrap()).unwrap()));
    insta::assert_debug_snapshot!(calls.collect::<Vec<_>>());
}

#[test]
fn a_json_body_says_what_it_is_unless_the_file_does() {
    let types = |step: &str| {
        let call = rendered(
            &format!("path = \"/\"\nexpect = {{ status = 200 }}\n{step}"),
            &json!(1),
        );
        call.unwrap().headers
    };
    let json = ("content-type".to_owned(), "application/json".to_owned());
    let own = (
        "content-type".to_owned(),
        "application/merge-patch+json".to_owned(),
    );
    assert_eq!(types("body = { a = 1 }"), [json]);
    let given = "body = { a = 1 }\nheaders = { Content-Type = \"application/merge-patch+json\" }";
    assert_eq!(types(given), [own]);
    assert_eq!(types("body = \"a=1\""), []);
    assert_eq!(types(""), []);
}

#[test]
fn a_step_says_which_captures_it_needs_and_fails_without_them() {
    let scenario = scenario_with(
        "path = \"/{{ id }}/{{ marker }}\"\nbody = \"{{ word() }}{{ data.terms }}\"\nexpect = { status = 200 }",
    );
    let step = &scenario.steps[1].http;
    assert_eq!(step.needs().collect::<Vec<_>>(), ["id"]);
    let error = step.render(&inputs(&scenario, 0)).unwrap_err();
    assert!(
        matches!(error, StepError::Missing { ref name, .. } if name == "id"),
        "{error}"
    );
}

#[test]
fn what_cannot_stand_in_a_path_or_header_is_refused() {
    let path = "path = \"/{{ id }}\"\nexpect = { status = 200 }";
    for id in [json!(""), json!(null), json!([1]), json!({ "a": 1 })] {
        let error = rendered(path, &id).unwrap_err();
        assert!(matches!(error, StepError::Template { .. }), "{id}: {error}");
    }
    assert!(matches!(
        rendered(path, &json!("..")),
        Err(StepError::Route { .. })
    ));
    let header = "path = \"/\"\nheaders = { x = \"{{ id }}\" }\nexpect = { status = 200 }";
    assert!(matches!(
        rendered(header, &json!("a\r\nb: c")),
        Err(StepError::Header { .. })
    ));
    let endless = "path = \"/\"\nbody = \"{% for a in id %}{% for b in id %}{{ b }}{% endfor %}{% endfor %}\"\nexpect = { status = 200 }";
    let error = rendered(endless, &json!(vec![1; 2000])).unwrap_err();
    assert!(error.to_string().contains("fuel"), "{error}");
}

#[test]
fn a_json_path_that_nests_without_end_is_refused() {
    let load = |depth: usize| {
        let path = format!("$[?{}@.a{}]", "(".repeat(depth), ")".repeat(depth));
        let good = include_str!("../../scenarios/task-search.toml");
        let text = good.replacen("$.tasks[*].id", &path, 1);
        load::parse(Path::new("deep.toml"), text.as_bytes())
    };
    assert!(load(40).scenario.is_some());
    let mistakes = load(100_000).mistakes;
    assert_eq!(mistakes.len(), 1);
    assert!(mistakes[0].message().contains("nests"), "{}", mistakes[0]);
}

#[test]
fn each_kind_of_expectation_can_hold_and_fail() {
    let holds = |check: &str, body: Value| {
        let expect = format!("expect = {{ status = 200, json = [{check}] }}");
        let result = examined(&expect, 200, body.to_string().as_bytes());
        assert!(
            result
                .problems
                .iter()
                .all(|problem| problem.kind == ProblemKind::Body)
        );
        result.is_right()
    };
    let cases = [
        (
            "{ path = '$.a', exists = true }",
            json!({ "a": null }),
            json!({ "b": 1 }),
        ),
        (
            "{ path = '$.a', exists = false }",
            json!({ "b": 1 }),
            json!({ "a": 1 }),
        ),
        (
            "{ path = '$.a[*]', count = '2..3' }",
            json!({ "a": [1, 2] }),
            json!({ "a": [1, 2, 3, 4] }),
        ),
        (
            "{ path = '$.a[*]', count = '2..' }",
            json!({ "a": [1, 2] }),
            json!({ "a": [1] }),
        ),
        (
            "{ path = '$.a[*]', count = '..1' }",
            json!({ "a": [1] }),
            json!({ "a": [1, 2] }),
        ),
        (
            "{ path = '$.a[*]', count = 1 }",
            json!({ "a": [1] }),
            json!({ "a": [] }),
        ),
        (
            "{ path = '$.a', equals = 1 }",
            json!({ "a": 1.0 }),
            json!({ "a": "1" }),
        ),
        (
            "{ path = '$.a', equals = '<{{ id }}>' }",
            json!({ "a": "<x>" }),
            json!({ "a": "x" }),
        ),
        (
            "{ path = '$.a[*]', equals = true }",
            json!({ "a": [true, true] }),
            json!({ "a": [true, false] }),
        ),
        (
            "{ path = '$.a[*]', equals = true }",
            json!({ "a": [true] }),
            json!({ "a": [] }),
        ),
    ];
    for (check, right, wrong) in cases {
        assert!(holds(check, right.clone()), "{check} fails for {right}");
        assert!(!holds(check, wrong.clone()), "{check} holds for {wrong}");
    }
}

#[test]
fn what_was_created_is_captured_however_it_was_answered() {
    let expect = "expect = { status = 201 }\ncapture = { task_id = \"$.id\" }";
    let result = examined(expect, 500, br#"{"id": "t1"}"#);
    assert_eq!(result.captured, [("task_id".to_owned(), json!("t1"))]);
    let kinds: Vec<_> = result.problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(
        kinds,
        [ProblemKind::Status],
        "the rest would follow from the status"
    );
    let result = examined(expect, 201, br#"{"id": null}"#);
    assert_eq!(result.problems[0].kind, ProblemKind::Capture);
    let result = examined(expect, 201, b"<html>");
    assert_eq!(result.problems[0].kind, ProblemKind::Body);
}

#[test]
fn captures_that_cannot_be_paired_are_no_objects() {
    let values = |count: usize| vec![json!(1); count];
    let found = |a: usize, b: usize| Examination {
        found: vec![("a".to_owned(), values(a)), ("b".to_owned(), values(b))],
        ..Examination::default()
    };
    assert_eq!(found(2, 2).objects().len(), 2);
    assert_eq!(found(2, 1).objects().len(), 0);
    assert_eq!(Examination::default().objects().len(), 0);
}

#[test]
fn forms_for_one_version_of_notions_api_are_not_for_another() {
    let mut scenarios = built_in().unwrap();
    scenarios.retain(|scenario| scenario.promise.is_some());
    for scenario in &scenarios {
        assert_eq!(scenario.version_obstacle("2022-06-28"), None);
        let told = scenario.version_obstacle("2026-03-11").unwrap();
        assert!(told.contains(&scenario.name), "{told}");
    }
    let says_none = scenario_with("path = \"/\"\nexpect = { status = 200 }");
    assert_eq!(says_none.version_obstacle("2026-03-11"), None);
    let text = &scenarios[0].text;
    for wrong in ["2022-6-28", "latest", "2022-06-28-1"] {
        let spoiled = text.replace("2022-06-28", wrong);
        let parsed = load::parse(Path::new("one.toml"), spoiled.as_bytes());
        assert_eq!(parsed.mistakes.len(), 1, "{wrong}");
    }
}
