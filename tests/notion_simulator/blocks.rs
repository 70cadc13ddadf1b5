//! Blocks over real sockets, in every version.

use serde_json::{Value, json};

use crate::client::{NOWHERE, PROJECT, PROJECTS, TASKS, title};
use crate::speaker::{Speaker, VERSIONS, children_of, ids};
use crate::tables::assert_keys;

/// Of a block but for the content under its type's name and the marks of the trash.
const BLOCK: &[&str] = &[
    "object",
    "id",
    "parent",
    "created_time",
    "last_edited_time",
    "created_by",
    "last_edited_by",
    "has_children",
    "type",
    "in_trash",
];

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

fn text(content: &str) -> Value {
    json!([{ "text": { "content": content } }])
}

fn paragraph(content: &str) -> Value {
    json!({ "object": "block", "type": "paragraph", "paragraph": { "rich_text": text(content) } })
}

fn page() -> String {
    PROJECT.to_string()
}

#[tokio::test]
async fn a_block_has_the_shape_of_each_version() {
    for version in VERSIONS {
        let speaker = Speaker::of(version).await;
        let body = json!({ "children": [paragraph("One")] });
        let list = speaker.ok("PATCH", &children_of(&page()), Some(body)).await;
        let keys = [
            "object",
            "results",
            "next_cursor",
            "has_more",
            "type",
            "block",
            "request_id",
        ];
        assert_keys(&list, &keys);
        assert_eq!(
            (&list["type"], &list["block"]),
            (&json!("block"), &json!({}))
        );
        let block = &list["results"][0];
        let mut keys = BLOCK.to_vec();
        keys.push("paragraph");
        if version != "2026-03-11" {
            keys.push("archived");
        }
        assert_keys(block, &keys);
        assert_eq!(
            block["parent"],
            json!({ "type": "page_id", "page_id": page() })
        );
        assert_eq!(block["paragraph"]["rich_text"][0]["plain_text"], "One");
        assert_eq!(
            (&block["has_children"], &block["in_trash"]),
            (&json!(false), &json!(false))
        );
        let mut read = speaker
            .ok("GET", &format!("blocks/{}", id(block)), None)
            .await;
        read.as_object_mut().unwrap().remove("request_id");
        assert_eq!(read, *block);
        let listed = speaker.ok("GET", &children_of(&page()), None).await;
        assert_eq!(listed["results"][0], *block);
    }
}

#[tokio::test]
async fn blocks_stand_where_each_version_was_asked_to_put_them() {
    for version in VERSIONS {
        let speaker = Speaker::of(version).await;
        let made = speaker
            .append(&page(), json!([paragraph("a"), paragraph("b")]))
            .await;
        let (a, b) = (&made[0], &made[1]);
        let newest = version == "2026-03-11";
        let place = match newest {
            true => (
                "position",
                json!({ "type": "after_block", "after_block": { "id": a } }),
            ),
            false => ("after", json!(a)),
        };
        let body = json!({ "children": [paragraph("c")], place.0: place.1 });
        let c = ids(&speaker.ok("PATCH", &children_of(&page()), Some(body)).await);
        assert_eq!(
            speaker.list(&page(), 100).await,
            [a, &c[0], b].map(String::clone)
        );
        let (wrong, value) = match newest {
            true => ("after", json!(a)),
            false => ("position", json!({ "type": "end" })),
        };
        let body = json!({ "children": [paragraph("d")], wrong: value });
        let message = speaker
            .refused(400, "PATCH", &children_of(&page()), Some(body))
            .await;
        assert!(
            message.contains(&format!("body.{wrong} should be not present")),
            "{message}"
        );
        if newest {
            let body = json!({ "children": [paragraph("e")], "position": { "type": "start" } });
            let e = ids(&speaker.ok("PATCH", &children_of(&page()), Some(body)).await);
            let body = json!({ "children": [paragraph("f")], "position": { "type": "end" } });
            let f = ids(&speaker.ok("PATCH", &children_of(&page()), Some(body)).await);
            assert_eq!(
                speaker.list(&page(), 2).await,
                [&e[0], a, &c[0], b, &f[0]].map(String::clone)
            );
        }
    }
}

#[tokio::test]
async fn a_listing_goes_on_though_its_cursor_is_deleted_and_others_write() {
    let speaker = Speaker::of("2025-09-03").await;
    let five: Vec<Value> = (0..5).map(|n| paragraph(&n.to_string())).collect();
    let made = speaker.append(&page(), json!(five)).await;
    let path = format!("{}?page_size=2", children_of(&page()));
    let first = speaker.ok("GET", &path, None).await;
    assert_eq!(ids(&first), made[..2]);
    assert_eq!(first["next_cursor"], json!(made[2]));
    let body = json!({ "children": [paragraph("new")], "after": made[0] });
    speaker.ok("PATCH", &children_of(&page()), Some(body)).await;
    speaker
        .ok("DELETE", &format!("blocks/{}", made[2]), None)
        .await;
    let path = format!("{path}&start_cursor={}", made[2]);
    assert_eq!(ids(&speaker.ok("GET", &path, None).await), made[3..]);
    let path = format!("{}?start_cursor={NOWHERE}", children_of(&page()));
    let message = speaker.refused(400, "GET", &path, None).await;
    assert!(message.contains("start_cursor"), "{message}");
}

#[tokio::test]
async fn a_page_is_created_with_its_blocks_or_not_at_all() {
    let speaker = Speaker::of("2022-06-28").await;
    let toggle = json!({ "toggle": { "rich_text": text("t"), "children": [paragraph("in")] } });
    let body = |children: Value| {
        json!({
            "parent": { "database_id": TASKS.to_string() },
            "properties": { "Task": title("With blocks") },
            "children": children,
        })
    };
    let made = speaker
        .ok("POST", "pages", Some(body(json!([toggle, paragraph("x")]))))
        .await;
    let listed = speaker.ok("GET", &children_of(&id(&made)), None).await;
    assert_eq!(listed["results"][0]["has_children"], true);
    assert_eq!(listed["results"][1]["has_children"], false);
    let inner = speaker.list(&ids(&listed)[0], 100).await;
    assert_eq!(inner.len(), 1);
    let parent = speaker
        .ok("GET", &format!("blocks/{}", inner[0]), None)
        .await["parent"]
        .clone();
    assert_eq!(
        parent,
        json!({ "type": "block_id", "block_id": ids(&listed)[0] })
    );
    let row = json!({ "table_row": { "cells": [] } });
    for wrong in [
        json!([row]),
        json!([{ "poem": {} }]),
        json!(vec![paragraph("x"); 101]),
    ] {
        speaker
            .refused(400, "POST", "pages", Some(body(wrong)))
            .await;
    }
    let query = format!("databases/{TASKS}/query");
    let found = speaker.ok("POST", &query, Some(json!({}))).await;
    assert_eq!(ids(&found), [id(&made)]);
}

#[tokio::test]
async fn a_block_is_changed_by_its_own_type_only() {
    let speaker = Speaker::of("2026-03-11").await;
    let to_do = json!({ "to_do": { "rich_text": text("milk"), "color": "red" } });
    let path = format!(
        "blocks/{}",
        speaker.append(&page(), json!([to_do])).await[0]
    );
    let body = json!({ "to_do": { "checked": true } });
    let changed = speaker.ok("PATCH", &path, Some(body)).await;
    assert_eq!(changed["to_do"]["checked"], true);
    assert_eq!(changed["to_do"]["color"], "red");
    assert_eq!(changed["to_do"]["rich_text"][0]["plain_text"], "milk");
    for wrong in [
        json!({ "paragraph": { "rich_text": [] } }),
        json!({ "type": "paragraph" }),
        json!({ "to_do": { "children": [] } }),
        json!({ "archived": true }),
    ] {
        speaker.refused(400, "PATCH", &path, Some(wrong)).await;
    }
    let row = |cells: usize| json!({ "table_row": { "cells": vec![text("x"); cells] } });
    let table = json!({ "table": { "table_width": 2, "children": [row(2)] } });
    let table = speaker.append(&page(), json!([table])).await.remove(0);
    let message = "Number of cells in table row must match the table width of the parent table";
    let body = json!({ "children": [row(3)] });
    assert_eq!(
        speaker
            .refused(400, "PATCH", &children_of(&table), Some(body))
            .await,
        message
    );
    let first = format!("blocks/{}", speaker.list(&table, 100).await[0]);
    assert_eq!(
        speaker.refused(400, "PATCH", &first, Some(row(1))).await,
        message
    );
    assert_eq!(speaker.append(&table, json!([row(2)])).await.len(), 1);
}

#[tokio::test]
async fn a_deleted_block_takes_along_what_stands_in_it_and_can_come_back() {
    for version in VERSIONS {
        let speaker = Speaker::of(version).await;
        let toggle = json!({ "toggle": { "rich_text": [], "children": [paragraph("in")] } });
        let outer = speaker.append(&page(), json!([toggle])).await.remove(0);
        let inner = speaker.list(&outer, 100).await.remove(0);
        let path = format!("blocks/{outer}");
        let deleted = speaker.ok("DELETE", &path, None).await;
        assert_eq!(deleted["in_trash"], true);
        assert_eq!(deleted.get("archived").is_some(), version != "2026-03-11");
        assert!(speaker.list(&page(), 100).await.is_empty());
        assert!(speaker.list(&outer, 100).await.is_empty());
        let below = speaker.ok("GET", &format!("blocks/{inner}"), None).await;
        assert_eq!(below["in_trash"], true);
        let body = json!({ "toggle": { "rich_text": text("new") } });
        let message = speaker.refused(400, "PATCH", &path, Some(body)).await;
        assert!(
            message.starts_with("Can't edit block that is archived."),
            "{message}"
        );
        let body = json!({ "children": [paragraph("x")] });
        speaker
            .refused(400, "PATCH", &children_of(&inner), Some(body))
            .await;
        let back = speaker
            .ok("PATCH", &path, Some(json!({ "in_trash": false })))
            .await;
        assert_eq!(back["in_trash"], false);
        assert_eq!(speaker.list(&outer, 100).await, [inner]);
    }
}

#[tokio::test]
async fn a_page_and_a_database_are_blocks_too() {
    let speaker = Speaker::of("2025-09-03").await;
    let before = speaker
        .append(&page(), json!([paragraph("before")]))
        .await
        .remove(0);
    let child = json!({
        "parent": { "page_id": page() },
        "properties": { "title": title("Child") },
        "children": [paragraph("in the child")],
    });
    let child = id(&speaker.ok("POST", "pages", Some(child)).await);
    let after = speaker
        .append(&page(), json!([paragraph("after")]))
        .await
        .remove(0);
    assert_eq!(
        speaker.list(&page(), 1).await,
        [&before, &child, &after].map(String::clone)
    );
    let path = format!("blocks/{child}");
    let block = speaker.ok("GET", &path, None).await;
    assert_eq!(block["type"], "child_page");
    assert_eq!(block["child_page"], json!({ "title": "Child" }));
    assert_eq!(
        block["parent"],
        json!({ "type": "page_id", "page_id": page() })
    );
    assert_eq!(block["has_children"], true);
    let body = json!({ "child_page": { "title": "Other" } });
    speaker.refused(400, "PATCH", &path, Some(body)).await;
    speaker.ok("DELETE", &path, None).await;
    assert_eq!(speaker.list(&page(), 100).await, [before, after]);
    assert!(speaker.list(&child, 100).await.is_empty());
    let read = speaker.ok("GET", &format!("pages/{child}"), None).await;
    assert_eq!(read["in_trash"], true);
    let body = json!({ "children": [paragraph("x")] });
    let message = speaker
        .refused(400, "PATCH", &children_of(&child), Some(body))
        .await;
    assert!(
        message.starts_with("Can't edit block that is archived."),
        "{message}"
    );
    let back = speaker
        .ok("PATCH", &path, Some(json!({ "archived": false })))
        .await;
    assert_eq!(back["has_children"], true);
    let database = speaker.ok("GET", &format!("blocks/{PROJECTS}"), None).await;
    assert_eq!(database["child_database"], json!({ "title": "Projects" }));
}

#[tokio::test]
async fn a_refused_request_says_what_is_wrong_and_changes_nothing() {
    let speaker = Speaker::of("2025-09-03").await;
    let divider = speaker
        .append(&page(), json!([{ "divider": {} }]))
        .await
        .remove(0);
    let missing = format!("Could not find block with ID: {NOWHERE}.");
    for (method, path, body) in [
        ("GET", format!("blocks/{NOWHERE}"), None),
        ("DELETE", format!("blocks/{NOWHERE}"), None),
        ("PATCH", format!("blocks/{NOWHERE}"), Some(json!({}))),
        ("GET", children_of(&NOWHERE.to_string()), None),
        (
            "PATCH",
            children_of(&NOWHERE.to_string()),
            Some(json!({ "children": [] })),
        ),
    ] {
        let message = speaker.refused(404, method, &path, body).await;
        assert!(message.starts_with(&missing), "{message}");
    }
    let body = json!({ "children": vec![paragraph("x"); 101] });
    let message = speaker
        .refused(400, "PATCH", &children_of(&page()), Some(body))
        .await;
    let long = "body failed validation: body.children.length should be ≤ `100`, instead was `101`.";
    assert_eq!(message, long);
    for (to, body) in [
        (&divider, json!({ "children": [paragraph("x")] })),
        (
            &page(),
            json!({ "children": [paragraph("x")], "after": NOWHERE.to_string() }),
        ),
        (
            &page(),
            json!({ "children": [paragraph("x"), { "poem": {} }] }),
        ),
        (&page(), json!({})),
        (&TASKS.to_string(), json!({ "children": [paragraph("x")] })),
    ] {
        speaker
            .refused(400, "PATCH", &children_of(to), Some(body))
            .await;
    }
    assert_eq!(speaker.list(&page(), 100).await, [divider]);
    for size in ["0", "101", "x"] {
        let path = format!("{}?page_size={size}", children_of(&page()));
        speaker.refused(400, "GET", &path, None).await;
    }
}
