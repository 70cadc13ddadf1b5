use super::*;

const VERSION: &str = "2022-06-28";

fn table() -> Table {
    Table::read(
        r#"
        [answers]
        "GET /v1/things/ID" = "thing"
        "GET /v1/things/all" = "[thing]"
        [errors]
        gone = [404]
        [error]
        status = "integer"
        code = "text"
        [thing]
        name = "text | null"
        old = "boolean; until 2022-06-28"
        new = "[integer]; since 2025-09-03"
        note = "text; optional"
        [thing."<type>"]
        round = "empty"
        "<otherwise>" = "angular"
        [thing."<type>".flat]
        flat = "ring"
        width = "number"
        [angular."<type>"]
        square = "true"
        [ring]
        of = "{[text]}"
        "#,
    )
}

fn problems_in(version: &str, path: &str, status: u16, body: &str) -> Vec<String> {
    let answer = Answer {
        method: "GET".to_owned(),
        path: path.to_owned(),
        version: version.to_owned(),
        status,
        body: body.to_owned(),
    };
    let mut found = Found::default();
    table().judge(&answer, &mut found);
    found.problems
}

#[track_caller]
fn assert_told(fields: &str, told: &str) {
    let id = r#""request_id":"0a000000-0000-0000-0000-000000000000""#;
    let problems = problems_in(
        VERSION,
        "/v1/things/1?a=b",
        200,
        &format!("{{{fields},{id}}}"),
    );
    match problems.as_slice() {
        [] => assert_eq!(told, ""),
        [problem, ..] => assert!(problem.contains(told) && !told.is_empty(), "{problems:?}"),
    }
}

#[test]
fn an_answer_as_the_table_has_it_is_right() {
    assert_told(r#""name":null,"old":true,"type":"round","round":{}"#, "");
    assert_told(
        r#""name":"a","old":true,"type":"square","square":true,"note":"b""#,
        "",
    );
    assert_told(
        r#""name":"a","old":true,"type":"flat","flat":{"of":{"a":["b"]}},"width":1.5"#,
        "",
    );
}

#[test]
fn every_difference_is_told_with_its_place() {
    for (fields, told) in [
        (
            r#""name":1,"old":true,"type":"round","round":{}"#,
            "answer.name should be text | null",
        ),
        (r#""old":true,"type":"round","round":{}"#, "misses `name`"),
        (r#""name":null,"type":"round","round":{}"#, "misses `old`"),
        (r#""name":null,"old":true,"type":"round""#, "misses `round`"),
        (
            r#""name":null,"old":true,"type":"round","round":{"a":1}"#,
            "answer.round should be empty",
        ),
        (
            r#""name":null,"old":true,"type":"oval","oval":{}"#,
            "is of the type `oval`",
        ),
        (
            r#""name":null,"old":true,"type":"round","round":{},"more":1"#,
            "has `more`",
        ),
        (
            r#""name":null,"old":true,"new":[1],"type":"round","round":{}"#,
            "has `new`",
        ),
        (
            r#""name":null,"old":true,"type":"flat","flat":{"of":{"a":[1]}},"width":1"#,
            "answer.flat.of.a[0] should be text, instead was 1",
        ),
    ] {
        assert_told(fields, told);
    }
}

#[test]
fn a_field_of_another_version_is_not_known() {
    let id = r#""request_id":"0a000000-0000-0000-0000-000000000000""#;
    let body = format!(r#"{{"name":null,"new":[1],"type":"round","round":{{}},{id}}}"#);
    assert_eq!(
        problems_in("2025-09-03", "/v1/things/1", 200, &body),
        [""; 0]
    );
    assert_eq!(problems_in(VERSION, "/v1/things/1", 200, &body).len(), 2);
}

#[test]
fn an_error_has_a_code_that_goes_with_its_status() {
    let problems = |status, body| problems_in(VERSION, "/v1/nothing", status, body);
    assert_eq!(problems(404, r#"{"status":404,"code":"gone"}"#), [""; 0]);
    assert_eq!(problems(400, r#"{"status":400,"code":"gone"}"#).len(), 1);
    assert_eq!(problems(404, r#"{"status":400,"code":"gone"}"#).len(), 1);
    assert_eq!(problems(404, r#"{"status":404,"code":"other"}"#).len(), 1);
    assert_eq!(problems(404, "gone").len(), 1);
    assert_eq!(problems(502, "<html>").len(), 0);
}

#[test]
fn an_answer_without_an_id_or_to_nothing_known_is_told() {
    assert_eq!(problems_in(VERSION, "/v1/others", 200, "{}").len(), 2);
}

#[test]
fn the_table_of_the_suite_can_be_read() {
    let table = Table::new();
    assert!(table.answer("GET", "/v1/users/me").is_some());
    assert!(table.answer("GET", "/v1/views").is_none());
}
