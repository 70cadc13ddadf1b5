//! Cutting a list into pages: how many a request asks for, and from where on.

use serde_json::Value;
use uuid::Uuid;

use super::body::{Field, MOST_ELEMENTS};
use super::errors::NotionError;

/// How many results a page has: up to 100, and 100 when it is not said. A query string says it in text.
pub(crate) fn page_size(parameters: &Field<'_>) -> Result<usize, NotionError> {
    let Some(field) = parameters.get("page_size").optional() else {
        return Ok(MOST_ELEMENTS);
    };
    let size = match field.value() {
        Some(Value::String(text)) if field.is_in("query") => text.parse().ok(),
        _ => field.number().map(Some)?,
    };
    let size = size.and_then(|size: f64| {
        (1..=MOST_ELEMENTS).find(|whole| {
            u32::try_from(*whole).is_ok_and(|whole| f64::from(whole).total_cmp(&size).is_eq())
        })
    });
    size.ok_or_else(|| field.should(&format!("be a whole number ≥ `1` and ≤ `{MOST_ELEMENTS}`")))
}

/// One page of a list whose cursors are ids: from the cursor on, and the id of what follows.
pub(crate) fn slice<T>(
    parameters: &Field<'_>,
    items: impl Iterator<Item = T>,
    id: impl Fn(&T) -> Uuid,
) -> Result<(Vec<T>, Option<Uuid>), NotionError> {
    let size = page_size(parameters)?;
    let cursor = match parameters.get("start_cursor").present() {
        Some(cursor) => Some(cursor.uuid()?),
        None => None,
    };
    let mut begun = cursor.is_none();
    let mut rest = items.skip_while(|item| {
        begun = begun || cursor == Some(id(item));
        !begun
    });
    let page: Vec<T> = rest.by_ref().take(size).collect();
    let next = rest.next().map(|item| id(&item));
    match cursor {
        Some(cursor) if page.is_empty() => Err(NotionError::Validation(format!(
            "The start_cursor provided is invalid: {cursor}"
        ))),
        _ => Ok((page, next)),
    }
}
