//! One property of a page, in slices where it can be long. A page shows 25 links of a relation; here are
//! all of them.
//!
//! The cursor is the place of the next item, written as a UUID: a guess, for Notion's is opaque.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::errors::NotionError;
use super::super::paging::page_size;
use super::super::properties::shown::{Items, items};
use super::super::simulator::Simulator;
use super::Call;

/// `GET /v1/pages/{page_id}/properties/{property_id}`
pub(super) fn retrieve(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("page_id")?;
    let query = call.query();
    query.object_of(&["start_cursor", "page_size"])?;
    let size = page_size(&query)?;
    let start = match query.get("start_cursor").present() {
        Some(cursor) => place(cursor.uuid()?)?,
        None => 0,
    };
    let property = call.text("property_id")?;
    let workspace = simulator.read();
    let page = workspace.page(workspace.find_page(id)?);
    let schema = workspace.schema_of(page);
    let index = schema.find(property).ok_or_else(|| {
        NotionError::Validation(format!(
            "Could not find property with name or id: {property}"
        ))
    })?;
    match items(index, page, schema, &workspace, call.version) {
        Items::One(item) => Ok(item),
        Items::Many { items, mut list } => {
            let end = (start + size).min(items.len());
            let next = (end < items.len()).then(|| cursor(end));
            if let Some(next) = &next {
                list["next_url"] = json!(format!(
                    "{}/v1/pages/{id}/properties/{}?page_size={size}&start_cursor={next}",
                    call.origin,
                    schema.property(index).id,
                ));
            }
            let results = items.get(start..end).unwrap_or_default();
            Ok(json!({
                "object": "list",
                "results": results,
                "next_cursor": next,
                "has_more": next.is_some(),
                "type": "property_item",
                "property_item": list,
            }))
        }
    }
}

/// Marks the cursors of this endpoint, so that an id from elsewhere is none.
const MARK: u128 = 0x9e0b_0000_0000_4000_8000_0000_0000_0000;

fn cursor(place: usize) -> String {
    Uuid::from_u128(MARK + u128::try_from(place).unwrap_or_default()).to_string()
}

fn place(cursor: Uuid) -> Result<usize, NotionError> {
    let place = cursor.as_u128().checked_sub(MARK);
    place
        .and_then(|place| u32::try_from(place).ok())
        .and_then(|place| usize::try_from(place).ok())
        .ok_or_else(|| {
            NotionError::Validation(format!("The start_cursor provided is invalid: {cursor}"))
        })
}
