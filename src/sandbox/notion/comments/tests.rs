use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

const PAGE: &str = "00000000-0000-0000-0000-00000000000a";
const BLOCK: &str = "00000000-0000-0000-0000-00000000000b";
const ALL: Paging = Paging {
    start: None,
    size: 100,
};

fn draft(body: &Value) -> Result<Draft, NotionError> {
    Draft::read(&Field::root("body", body))
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

fn text(content: &str) -> Value {
    json!([{ "text": { "content": content } }])
}

fn now() -> Stamp {
    Stamp {
        user: Uuid::nil(),
        at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn a_discussion_begins_on_a_page_or_block_and_goes_on_there() {
    let mut comments = Comments::default();
    let mut ids = (1..).map(Uuid::from_u128);
    let mut say = |body: &Value| {
        let draw = || ids.next().unwrap();
        comments.add(draft(body).unwrap(), draw, now()).unwrap()
    };
    let first = say(&json!({ "parent": { "page_id": PAGE }, "rich_text": text("one") }));
    let other = say(&json!({ "parent": { "block_id": BLOCK }, "rich_text": text("two") }));
    let discussion = Uuid::from_u128(1);
    let reply =
        say(&json!({ "discussion_id": discussion.to_string(), "rich_text": text("three") }));
    assert_eq!(
        comments.on(Parent::Page(id(PAGE)), ALL).unwrap().ids,
        [first, reply]
    );
    assert_eq!(
        comments.on(Parent::Block(id(BLOCK)), ALL).unwrap().ids,
        [other]
    );
    let page = Paging { size: 1, ..ALL };
    let slice = comments.on(Parent::Page(id(PAGE)), page).unwrap();
    assert_eq!((slice.ids, slice.next), (vec![first], Some(reply)));
    let answer = comments.answer(reply, author).unwrap();
    assert_eq!(
        answer["parent"],
        json!({ "type": "page_id", "page_id": PAGE })
    );
    assert_eq!(answer["discussion_id"], discussion.to_string());
    assert_eq!(answer["rich_text"][0]["plain_text"], "three");
    assert_eq!(answer["display_name"]["type"], "integration");
    let stranger = json!({ "discussion_id": PAGE, "rich_text": [] });
    let refused = comments.add(draft(&stranger).unwrap(), Uuid::max, now());
    assert_eq!(refused.unwrap_err().code(), "object_not_found");
    assert_eq!(
        comments.answer(id(PAGE), author).unwrap_err().code(),
        "object_not_found"
    );
}

#[test]
fn a_comment_says_what_it_is_about_just_once() {
    let parent = json!({ "page_id": PAGE });
    for (wrong, place) in [
        (json!({ "rich_text": [] }), "body.parent should be defined"),
        (
            json!({ "parent": parent }),
            "body.rich_text should be defined",
        ),
        (
            json!({ "parent": parent, "discussion_id": PAGE, "rich_text": [] }),
            "body.discussion_id should be not present",
        ),
        (
            json!({ "parent": {}, "rich_text": [] }),
            "body.parent.page_id should be",
        ),
        (
            json!({ "parent": { "page_id": PAGE, "block_id": PAGE }, "rich_text": [] }),
            "body.parent.page_id should be not present",
        ),
        (
            json!({ "parent": { "type": "block_id", "page_id": PAGE }, "rich_text": [] }),
            "body.parent.type should be `\"page_id\"`",
        ),
        (
            json!({ "parent": parent, "markdown": "*x*" }),
            "body.markdown should be not present",
        ),
        (
            json!({ "parent": parent, "rich_text": [], "display_name": { "type": "x" } }),
            "body.display_name.type should be",
        ),
        (
            json!({ "parent": parent, "rich_text": [], "attachments": [{ "file_upload_id": "x" }] }),
            "body.attachments should be empty",
        ),
    ] {
        let refusal = draft(&wrong).unwrap_err().to_string();
        assert!(refusal.contains(place), "{refusal}");
    }
}

#[test]
fn a_comment_can_stand_under_a_name_of_its_own() {
    for (name, resolved) in [
        (
            json!({ "type": "custom", "custom": { "name": "Ada" } }),
            json!("Ada"),
        ),
        (json!({ "type": "user" }), Value::Null),
    ] {
        let body = json!({ "parent": { "page_id": PAGE }, "rich_text": [], "display_name": name });
        let mut comments = Comments::default();
        let id = comments
            .add(draft(&body).unwrap(), Uuid::max, now())
            .unwrap();
        let shown = comments.answer(id, author).unwrap()["display_name"].clone();
        assert_eq!(
            shown,
            json!({ "type": name["type"], "resolved_name": resolved })
        );
    }
}

fn author(_: Uuid) -> String {
    "Integration".to_owned()
}
