//! Comments over real sockets, in every version.

use serde_json::{Value, json};

use crate::client::{NOWHERE, PROJECT, PROJECTS};
use crate::speaker::{Speaker, VERSIONS, ids};
use crate::tables::assert_keys;

const COMMENT: &[&str] = &[
    "object",
    "id",
    "parent",
    "discussion_id",
    "created_time",
    "last_edited_time",
    "created_by",
    "rich_text",
    "display_name",
];

fn say(words: &str, about: (&str, Value)) -> Value {
    json!({ "rich_text": [{ "text": { "content": words } }], about.0: about.1 })
}

#[tokio::test]
async fn a_discussion_is_begun_gone_on_with_and_listed() {
    for version in VERSIONS {
        let speaker = Speaker::of(version).await;
        let page = json!({ "page_id": PROJECT.to_string() });
        let body = say("one", ("parent", page));
        let first = speaker.ok("POST", "comments", Some(body)).await;
        let mut keys = COMMENT.to_vec();
        keys.push("request_id");
        assert_keys(&first, &keys);
        let discussion = first["discussion_id"].clone();
        let body = say("two", ("discussion_id", discussion.clone()));
        let second = speaker.ok("POST", "comments", Some(body)).await;
        assert_eq!(second["discussion_id"], discussion);
        assert_eq!(
            second["parent"],
            json!({ "type": "page_id", "page_id": PROJECT.to_string() })
        );
        let path = format!("comments?block_id={PROJECT}&page_size=1");
        let list = speaker.ok("GET", &path, None).await;
        assert_keys(
            &list,
            &[
                "object",
                "results",
                "next_cursor",
                "has_more",
                "type",
                "comment",
                "request_id",
            ],
        );
        assert_keys(&list["results"][0], COMMENT);
        assert_eq!(ids(&list), [first["id"].as_str().unwrap()]);
        assert_eq!(list["next_cursor"], second["id"]);
        let path = format!("{path}&start_cursor={}", second["id"].as_str().unwrap());
        let rest = speaker.ok("GET", &path, None).await;
        assert_eq!(ids(&rest), [second["id"].as_str().unwrap()]);
        assert_eq!(rest["next_cursor"], Value::Null);
        let path = format!("comments/{}", first["id"].as_str().unwrap());
        let read = speaker.ok("GET", &path, None).await;
        assert_eq!(read["rich_text"][0]["plain_text"], "one");
    }
}

#[tokio::test]
async fn a_comment_on_a_block_is_not_one_on_its_page() {
    let speaker = Speaker::of("2026-03-11").await;
    let paragraph = json!({ "paragraph": { "rich_text": [] } });
    let block = speaker
        .append(&PROJECT.to_string(), json!([paragraph]))
        .await
        .remove(0);
    let body = say("here", ("parent", json!({ "block_id": block })));
    let made = speaker.ok("POST", "comments", Some(body)).await;
    assert_eq!(
        made["parent"],
        json!({ "type": "block_id", "block_id": block })
    );
    let on = |id: String| format!("comments?block_id={id}");
    let listed = speaker.ok("GET", &on(block), None).await;
    assert_eq!(ids(&listed), [made["id"].as_str().unwrap()]);
    let listed = speaker.ok("GET", &on(PROJECT.to_string()), None).await;
    assert!(ids(&listed).is_empty());
}

#[tokio::test]
async fn a_comment_on_nothing_is_refused() {
    let speaker = Speaker::of("2025-09-03").await;
    let nowhere = NOWHERE.to_string();
    for about in [
        ("parent", json!({ "page_id": nowhere })),
        ("parent", json!({ "block_id": nowhere })),
        ("parent", json!({ "block_id": PROJECTS.to_string() })),
        ("discussion_id", json!(nowhere)),
    ] {
        let message = speaker
            .refused(404, "POST", "comments", Some(say("x", about)))
            .await;
        assert!(message.starts_with("Could not find"), "{message}");
    }
    speaker
        .refused(404, "GET", &format!("comments?block_id={nowhere}"), None)
        .await;
    speaker
        .refused(404, "GET", &format!("comments/{nowhere}"), None)
        .await;
    let message = speaker.refused(400, "GET", "comments", None).await;
    assert!(
        message.contains("query.block_id should be defined"),
        "{message}"
    );
    let body = json!({ "rich_text": [] });
    let message = speaker.refused(400, "POST", "comments", Some(body)).await;
    assert!(
        message.contains("body.parent should be defined"),
        "{message}"
    );
}
