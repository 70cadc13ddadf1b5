//! What a write changes elsewhere.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Notion, TASKS, full_task, title};
use crate::tables::{PAGE, assert_keys};

#[tokio::test]
async fn an_archived_page_leaves_queries_and_counts_and_can_come_back() {
    let notion = Notion::unlimited().await;
    let page = notion.create(full_task()).await;
    let count = |number: u32| json!({ "type": "number", "number": number, "function": "count" });
    let shown = |answer: &Value| answer["results"].as_array().unwrap().len();
    assert_eq!(notion.project().await.0["rollup"], count(1));
    let archived = notion.patch(&page["id"], json!({ "archived": true })).await;
    assert_keys(&archived, PAGE);
    assert_eq!(archived["archived"], true);
    assert_eq!(shown(&notion.query(json!({})).await), 0);
    assert_eq!(notion.project().await.0["rollup"], count(0));
    let path = format!("/v1/pages/{}", page["id"].as_str().unwrap());
    assert_eq!(notion.ok(Method::GET, &path, None).await["archived"], true);
    let edit = json!({ "properties": { "Points": { "number": 1 } } });
    let (status, refusal) = notion.send(Method::PATCH, &path, Some(&edit)).await;
    assert_eq!(
        (status, &refusal["code"]),
        (400, &json!("validation_error"))
    );
    notion
        .patch(&page["id"], json!({ "in_trash": false }))
        .await;
    assert_eq!(shown(&notion.query(json!({})).await), 1);
    assert_eq!(notion.project().await.0["rollup"], count(1));
}

#[tokio::test]
async fn a_relation_lists_25_links_and_says_that_there_are_more() {
    let notion = Notion::unlimited().await;
    for _ in 0..26 {
        notion.create(full_task()).await;
    }
    let (count, tasks) = notion.project().await;
    assert_eq!(
        (
            tasks["relation"].as_array().unwrap().len(),
            &tasks["has_more"]
        ),
        (25, &json!(true))
    );
    assert_eq!(count["rollup"]["number"], 26);
}

#[tokio::test]
async fn a_written_option_is_added_to_the_schema_and_an_unknown_status_is_not() {
    let notion = Notion::unlimited().await;
    let page = notion.create(full_task()).await;
    let database = notion
        .ok(Method::GET, &format!("/v1/databases/{TASKS}"), None)
        .await;
    let options = &database["properties"]["Priority"]["select"]["options"];
    assert_eq!(options[2], page["properties"]["Priority"]["select"]);
    let body = json!({ "properties": { "Status": { "status": { "name": "Later" } } } });
    let path = format!("/v1/pages/{}", page["id"].as_str().unwrap());
    let (status, refusal) = notion.send(Method::PATCH, &path, Some(&body)).await;
    assert_eq!(
        (status, &refusal["code"]),
        (400, &json!("validation_error"))
    );
}

#[tokio::test]
async fn a_seed_gives_the_same_ids_and_stopping_closes_the_port() {
    let (one, two) = (Notion::unlimited().await, Notion::unlimited().await);
    let task = || json!({ "Task": title("Same") });
    assert_eq!(
        one.create(task()).await["id"],
        two.create(task()).await["id"]
    );
    let url = one.running.url().to_owned();
    one.running.stop().await;
    assert!(one.client.get(url).send().await.is_err());
}
