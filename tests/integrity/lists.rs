//! Lists of an export that end before their end, that may, that are empty, and whose pages are all alike.

use cutover::integrity::{Comparison, ExportFacts, Mapping, Tables};
use cutover::record::{FindingKind, Inspection, Weight};
use serde_json::{Value, json};

use crate::importer::{Database, Row, found, inspect_with};
use crate::world::project;

const PROJECTS: &str = r#"
zone = "UTC"
[[records]]
name = "projects"
table = "projects"
match = { content = ["title"] }
body = { ignored = "projects have no text" }
[records.fields]
title = { from = "Name" }
"#;

fn row(id: usize, title: &str) -> Row {
    [("id", format!("row-{id}")), ("title", title.to_owned())].into()
}

/// What is told of projects that are listed so, against as many rows.
fn told(list: &Value, rows: usize) -> Inspection {
    let mut database = Database::default();
    let all = (0..rows).map(|id| row(id, &format!("project {id}")));
    *database.table("projects") = all.collect();
    // Another list, since a file without any page is none.
    let export =
        json!({ "projects": list, "others": [{ "id": uuid::Uuid::nil(), "properties": {} }] });
    let mut seen = inspect_with(PROJECTS, &export, &database, None);
    seen.not_looked_at
        .retain(|gap| !gap.what.contains("others"));
    seen
}

fn pages(count: usize) -> Vec<Value> {
    (0..count).map(project).collect()
}

#[test]
fn a_list_that_ends_where_an_answer_of_notion_does_says_whether_that_is_its_end() {
    let doubts = |seen: &Inspection| {
        let kinds = seen.findings.iter().map(|found| (found.kind, found.weight));
        kinds.collect::<Vec<_>>() == [(FindingKind::ListCapped, Weight::Doubts)]
    };
    let plain = told(&json!(pages(100)), 100);
    assert!(doubts(&plain), "{plain:#?}");
    assert!(plain.findings[0].words.contains("has exactly 100 pages"));
    assert!(plain.findings[0].next.contains("--live"));
    // Nobody knows which rows are too many.
    assert!(doubts(&told(&json!(pages(100)), 130)));
    let results = told(&json!({ "results": pages(100) }), 100);
    assert!(doubts(&results), "{results:#?}");
    for count in [50, 99, 101] {
        assert_eq!(told(&json!(pages(count)), count).findings, []);
        assert_eq!(
            told(&json!({ "results": pages(count) }), count).findings,
            []
        );
    }
    let answer =
        |more: &Value| json!({ "results": pages(100), "has_more": false, "request_status": more });
    assert_eq!(told(&answer(&Value::Null), 100).findings, []);
    let cut = told(&answer(&json!({ "type": "incomplete" })), 130);
    assert!(doubts(&cut), "{cut:#?}");
}

#[test]
fn a_list_that_is_empty_in_notion_is_held_against_its_rows_as_any_other() {
    let empty = told(&json!([]), 0);
    assert_eq!((empty.findings, empty.not_looked_at), (vec![], vec![]));
    let rows = told(&json!({ "results": [], "has_more": false }), 60);
    assert_eq!(found(&rows), [(FindingKind::RecordExtra, "projects", 60)]);
    assert_eq!(rows.not_looked_at, []);
    // A list that is not there was not looked at.
    let export = json!({ "others": pages(1) });
    let absent = inspect_with(
        &PROJECTS.replace("Name", "Title"),
        &export,
        &Database::default(),
        None,
    );
    let gaps = absent.not_looked_at.iter().map(|gap| gap.what.as_str());
    assert!(
        gaps.collect::<Vec<_>>().contains(&"projects"),
        "{absent:#?}"
    );
}

/// Each page against each row would take minutes.
#[test]
fn thousands_of_pages_that_say_the_same_are_matched_one_by_one() {
    let alike = |at: usize| {
        let mut page = project(at);
        page["properties"]["Name"]["title"][0]["plain_text"] = json!("buy milk");
        page
    };
    let count = 6_000;
    let export = json!({ "projects": (0..count).map(alike).collect::<Vec<_>>() });
    let mut database = Database::default();
    *database.table("projects") = (1..count).map(|id| row(id, "buy milk")).collect();
    let seen = inspect_with(PROJECTS, &export, &database, None);
    assert_eq!(found(&seen), [(FindingKind::RecordMissing, "projects", 1)]);
    assert!(
        seen.looked_at[0].detail.contains("5999 matched"),
        "{seen:#?}"
    );
}

#[test]
fn a_comparison_that_is_asked_to_stop_does() {
    let mapping = Mapping::read(std::path::Path::new("test.toml"), PROJECTS).unwrap();
    let mut tables = Tables::default();
    for query in mapping.queries() {
        tables.insert(&query, query.rows());
    }
    let begun = || Comparison::new(&mapping, &tables, None, true);
    let facts = ExportFacts::default();
    assert_eq!(begun().finish_unless(&facts, &|| true), None);
    assert_eq!(
        begun().finish_unless(&facts, &|| false),
        Some(begun().finish(&facts))
    );
}
