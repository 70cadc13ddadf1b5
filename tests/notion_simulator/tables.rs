//! Which fields Notion's answers have, written from recordings of the live service.

use serde_json::Value;

pub const PAGE: &[&str] = &[
    "object",
    "id",
    "created_time",
    "last_edited_time",
    "created_by",
    "last_edited_by",
    "cover",
    "icon",
    "parent",
    "archived",
    "in_trash",
    "properties",
    "url",
    "public_url",
    "request_id",
];
pub const LIST: &[&str] = &[
    "object",
    "results",
    "next_cursor",
    "has_more",
    "type",
    "page_or_database",
    "request_id",
];
pub const DATABASE: &[&str] = &[
    "object",
    "id",
    "cover",
    "icon",
    "created_time",
    "created_by",
    "last_edited_by",
    "last_edited_time",
    "title",
    "description",
    "is_inline",
    "properties",
    "parent",
    "url",
    "public_url",
    "archived",
    "in_trash",
    "request_id",
];
pub const ERROR: &[&str] = &["object", "status", "code", "message", "request_id"];
pub const TEXT: &[&str] = &["type", "text", "annotations", "plain_text", "href"];
pub const ANNOTATIONS: &[&str] = &[
    "bold",
    "italic",
    "strikethrough",
    "underline",
    "code",
    "color",
];

pub fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

pub fn assert_keys(value: &Value, expected: &[&str]) {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(keys(value), expected);
}
