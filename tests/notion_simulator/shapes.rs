//! Answers against the tables.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Notion, PROJECT, PROJECTS, TASKS, full_task, title};
use crate::tables::{ANNOTATIONS, DATABASE, LIST, PAGE, TEXT, assert_keys};

#[tokio::test]
async fn a_page_has_the_recorded_shape() {
    let notion = Notion::unlimited().await;
    let created = notion.create(full_task()).await;
    assert_keys(&created, PAGE);
    let properties = &created["properties"];
    for (name, kind, more) in [
        ("Task", "title", false),
        ("Notes", "rich_text", false),
        ("Points", "number", false),
        ("Priority", "select", false),
        ("Context", "multi_select", false),
        ("Status", "status", false),
        ("Due Date", "date", false),
        ("Pinned", "checkbox", false),
        ("Project", "relation", true),
        ("People", "people", false),
        ("Link", "url", false),
        ("Created", "created_time", false),
        ("Edited", "last_edited_time", false),
    ] {
        let expected = if more {
            vec!["id", "type", kind, "has_more"]
        } else {
            vec!["id", "type", kind]
        };
        assert_keys(&properties[name], &expected);
        assert_eq!(properties[name]["type"], kind);
    }
    assert_eq!(properties["Task"]["id"], "title");
    let run = &properties["Task"]["title"][0];
    assert_keys(run, TEXT);
    assert_keys(&run["annotations"], ANNOTATIONS);
    assert_eq!(
        (&run["plain_text"], &run["href"]),
        (&json!("Buy milk"), &Value::Null)
    );
    assert_eq!(properties["Points"]["number"], 3);
    assert_keys(&properties["Priority"]["select"], &["id", "name", "color"]);
    assert_keys(&properties["Status"]["status"], &["id", "name", "color"]);
    assert_eq!(properties["Context"]["multi_select"][1]["name"], "Errand");
    let date = json!({ "start": "2026-02-01", "end": null, "time_zone": null });
    assert_eq!(properties["Due Date"]["date"], date);
    assert_eq!(
        properties["Project"]["relation"],
        json!([{ "id": PROJECT.to_string() }])
    );
    assert_eq!(
        properties["Created"]["created_time"],
        created["created_time"]
    );
    let parent = json!({ "type": "database_id", "database_id": TASKS.to_string() });
    assert_eq!(
        (&created["object"], &created["parent"]),
        (&json!("page"), &parent)
    );
    assert_keys(&created["created_by"], &["object", "id"]);
    let dashless = created["id"].as_str().unwrap().replace('-', "");
    assert_eq!(
        created["url"],
        format!("https://www.notion.so/Buy-milk-{dashless}")
    );

    let mut again = notion
        .ok(Method::GET, &format!("/v1/pages/{dashless}"), None)
        .await;
    again["request_id"] = created["request_id"].clone();
    assert_eq!(again, created);
    let project = notion
        .ok(Method::GET, &format!("/v1/pages/{PROJECT}"), None)
        .await;
    assert_eq!(project["created_time"], "2026-01-02T03:04:00.000Z");
    assert_eq!(project["last_edited_time"], "2026-01-02T03:05:00.000Z");
}

#[tokio::test]
async fn a_database_has_the_recorded_shape() {
    let notion = Notion::unlimited().await;
    let database = notion
        .ok(
            Method::GET,
            &format!("/v1/databases/{}", TASKS.simple()),
            None,
        )
        .await;
    assert_keys(&database, DATABASE);
    assert_eq!(database["title"][0]["plain_text"], "Tasks");
    for (name, property) in database["properties"].as_object().unwrap() {
        let kind = property["type"].as_str().unwrap();
        assert_keys(property, &["id", "name", "type", kind]);
        assert_eq!(property["name"], *name);
    }
    assert_keys(
        &database["properties"]["Status"]["status"],
        &["options", "groups"],
    );
    let projects = notion
        .ok(Method::GET, &format!("/v1/databases/{PROJECTS}"), None)
        .await;
    let (here, there) = (&projects["properties"], &database["properties"]);
    let dual = &here["Tasks"]["relation"];
    assert_eq!(
        (&dual["database_id"], &dual["type"]),
        (&json!(TASKS.to_string()), &json!("dual_property"))
    );
    assert_eq!(dual["dual_property"]["synced_property_name"], "Project");
    assert_eq!(
        dual["dual_property"]["synced_property_id"],
        there["Project"]["id"]
    );
    let rollup = &here["Task count"]["rollup"];
    // Recorded as it is, while the id of the property is encoded.
    let raw = rollup["relation_property_id"].as_str().unwrap();
    let encoded = utf8_percent_encode(raw, NON_ALPHANUMERIC).to_string();
    assert_eq!(here["Tasks"]["id"], encoded);
    assert_eq!(rollup["rollup_property_id"], "title");
}

#[tokio::test]
async fn a_list_has_the_recorded_shape_and_its_cursor_is_an_id() {
    let notion = Notion::unlimited().await;
    for number in 0..3 {
        notion
            .create(
                json!({ "Task": title(&format!("Task {number}")), "Points": { "number": number } }),
            )
            .await;
    }
    let sorts = json!([{ "property": "Points", "direction": "descending" }]);
    let first = notion
        .query(json!({ "page_size": 2, "sorts": sorts }))
        .await;
    assert_keys(&first, LIST);
    assert_eq!(
        (&first["object"], &first["type"]),
        (&json!("list"), &json!("page_or_database"))
    );
    assert_eq!(first["page_or_database"], json!({}));
    let mut item: Vec<_> = PAGE.to_vec();
    item.retain(|key| *key != "request_id");
    assert_keys(&first["results"][0], &item);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert!(Uuid::parse_str(cursor).is_ok() && first["has_more"] == true);
    let last = notion
        .query(json!({ "sorts": sorts, "start_cursor": cursor }))
        .await;
    assert_eq!(last["results"][0]["properties"]["Points"]["number"], 0);
    assert_eq!(
        (&last["next_cursor"], &last["has_more"]),
        (&Value::Null, &json!(false))
    );
    let filter = json!({ "or": [
        { "property": "Task", "title": { "contains": "TASK 2" } },
        { "and": [{ "property": "Points", "number": { "less_than": 1 } }] },
    ] });
    let found = notion.query(json!({ "filter": filter })).await;
    assert_eq!(found["results"].as_array().unwrap().len(), 2);
}
