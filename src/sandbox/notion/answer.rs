//! The shapes of answers at version 2022-06-28: page, database and list. Another version gets a
//! module like this one; nothing else knows how an answer looks.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::properties::around::{BOT, user};
use super::properties::moment::stamp;
use super::properties::shown::shown;
use super::query::Slice;
use super::store::{Database, Page, Workspace};
use super::version::Version;

/// A page, as retrieving, creating and updating it answer.
pub(super) fn page(page: &Page, database: &Database, workspace: &Workspace) -> Value {
    let properties: Map<String, Value> = database
        .schema
        .properties()
        .iter()
        .enumerate()
        .map(|(index, property)| {
            let schema = &database.schema;
            let value = shown(index, page, schema, workspace, Version::V2022_06_28);
            (property.name.clone(), value)
        })
        .collect();
    json!({
        "object": "page",
        "id": page.id.to_string(),
        "created_time": stamp(page.created),
        "last_edited_time": stamp(page.edited),
        "created_by": user(BOT),
        "last_edited_by": user(BOT),
        "cover": page.cover,
        "icon": page.icon,
        "parent": { "type": "database_id", "database_id": page.database.to_string() },
        "archived": page.archived,
        "properties": properties,
        "url": url(workspace.title(page), page.id),
        "public_url": null,
    })
}

/// A database, as retrieving it answers.
pub(super) fn database(database: &Database, workspace: &Workspace) -> Value {
    json!({
        "object": "database",
        "id": database.id.to_string(),
        "cover": null,
        "icon": null,
        "created_time": stamp(database.created),
        "created_by": user(BOT),
        "last_edited_by": user(BOT),
        "last_edited_time": stamp(database.edited),
        "title": super::properties::text::RichText::of(&database.title).answer(),
        "description": [],
        "is_inline": false,
        "properties": database.schema.answer(workspace, Version::V2022_06_28),
        "parent": { "type": "workspace", "workspace": true },
        "url": url("", database.id),
        "public_url": null,
        "archived": false,
    })
}

/// One page of a query's results.
pub(super) fn list(slice: &Slice, database: &Database, workspace: &Workspace) -> Value {
    let results: Vec<Value> = slice
        .pages
        .iter()
        .map(|key| page(workspace.page(*key), database, workspace))
        .collect();
    let mut answer = json!({
        "object": "list",
        "results": results,
        "next_cursor": slice.next.map(|id| id.to_string()),
        "has_more": slice.next.is_some(),
        "type": "page_or_database",
        "page_or_database": {},
    });
    if slice.cut_off {
        answer["request_status"] = json!({
            "type": "incomplete",
            "incomplete_reason": "query_result_limit_reached",
        });
    }
    answer
}

/// The address of a page in Notion's own application: its title's words and its id.
fn url(title: &str, id: Uuid) -> Value {
    let words: Vec<&str> = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let slug = words.join("-");
    let dash = if slug.is_empty() { "" } else { "-" };
    json!(format!("https://www.notion.so/{slug}{dash}{}", id.simple()))
}
