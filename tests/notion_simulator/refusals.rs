//! Every way to be refused, with Notion's words.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{NOWHERE, Notion, TASKS, TOKEN, answer, title};
use crate::tables::{ERROR, assert_keys};

#[tokio::test]
async fn every_refusal_is_notions() {
    let notion = Notion::unlimited().await;
    let query = format!("/v1/databases/{TASKS}/query");
    let create = |properties: Value| json!({ "parent": { "database_id": TASKS.to_string() }, "properties": properties });
    let no_parent = json!({ "parent": { "database_id": NOWHERE.to_string() }, "properties": {} });
    let many = json!({ "Context": { "multi_select": vec![json!({ "name": "a" }); 101] } });
    let filter = |filter: Value| json!({ "filter": filter });
    let sort = json!({ "sorts": [{ "property": "Colour", "direction": "ascending" }] });
    let shared = "Make sure the relevant pages and databases are shared with your integration.";
    for (method, path, body, status, code, message) in [
        ("GET", "/v1/pages/AAA", None, 400, "validation_error", "path failed validation: path.page_id should be a valid uuid, instead was `\"AAA\"`.".to_owned()),
        ("GET", &format!("/v1/pages/{NOWHERE}"), None, 404, "object_not_found", format!("Could not find page with ID: {NOWHERE}. {shared}")),
        ("POST", "/v1/pages", Some(no_parent), 404, "object_not_found", format!("Could not find database with ID: {NOWHERE}. {shared}")),
        ("POST", "/v1/pages", Some(create(json!({ "Colour": { "number": 1 } }))), 400, "validation_error", "Colour is not a property that exists.".to_owned()),
        ("POST", "/v1/pages", Some(create(json!({ "Task": title(&"x".repeat(2_001)) }))), 400, "validation_error", "body failed validation: body.properties.Task.title[0].text.content.length should be ≤ `2000`, instead was `2001`.".to_owned()),
        ("POST", "/v1/pages", Some(create(many)), 400, "validation_error", "body failed validation: body.properties.Context.multi_select.length should be ≤ `100`, instead was `101`.".to_owned()),
        ("POST", &query, Some(filter(json!({ "property": "Colour", "number": { "equals": 1 } }))), 400, "validation_error", "Could not find property with name or id: Colour".to_owned()),
        ("POST", &query, Some(filter(json!({ "property": "Points", "rich_text": { "equals": "1" } }))), 400, "validation_error", "The property type in the database does not match the property type of the filter provided: database property number does not match filter rich_text".to_owned()),
        ("POST", &query, Some(sort), 400, "validation_error", "Could not find sort property with name or id: Colour".to_owned()),
        ("DELETE", &query, None, 400, "invalid_request_url", "Invalid request URL.".to_owned()),
        ("GET", "/v1/nowhere", None, 400, "invalid_request_url", "Invalid request URL.".to_owned()),
    ] {
        let (seen, refusal) = notion.send(method.parse().unwrap(), path, body.as_ref()).await;
        assert_keys(&refusal, ERROR);
        assert_eq!((seen, &refusal["status"]), (status, &json!(status)), "{refusal}");
        assert_eq!((&refusal["code"], &refusal["message"]), (&json!(code), &json!(message)));
    }
    let broken = notion.request(Method::POST, &query).body("{\"filter\":");
    let (status, refusal) = answer(broken).await;
    assert_eq!((status, &refusal["code"]), (400, &json!("invalid_json")));
}

#[tokio::test]
async fn the_door_checks_token_and_version() {
    let notion = Notion::unlimited().await;
    let url = format!("{}/v1/databases/{TASKS}", notion.running.url());
    let bare = || notion.client.get(&url);
    let version = |version: &str| bare().bearer_auth(TOKEN).header("Notion-Version", version);
    for (request, status, code, message) in [
        (
            bare().header("Notion-Version", "2022-06-28"),
            401,
            "unauthorized",
            "API token is invalid.",
        ),
        (
            bare().bearer_auth("wrong"),
            401,
            "unauthorized",
            "API token is invalid.",
        ),
        (
            bare().bearer_auth(TOKEN),
            400,
            "missing_version",
            "instead was `undefined`.",
        ),
        (
            version("2020-01-01"),
            400,
            "missing_version",
            "instead was `\"2020-01-01\"`.",
        ),
        (
            version("2022-02-22"),
            400,
            "validation_error",
            "does not speak it",
        ),
    ] {
        let (seen, refusal) = answer(request).await;
        assert_keys(&refusal, ERROR);
        assert_eq!((seen, &refusal["code"]), (status, &json!(code)));
        assert!(
            refusal["message"].as_str().unwrap().contains(message),
            "{refusal}"
        );
    }
}
