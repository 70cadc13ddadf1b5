//! The parts of requests that several endpoints have: the mark of the trash, pictures.

use serde_json::Value;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::version::Version;

/// The trash: `archived`, `in_trash`, or both where they agree. The newest version knows `in_trash` only.
pub(super) fn trash_mark(body: &Field<'_>, version: Version) -> Result<Option<bool>, NotionError> {
    let archived = body.get("archived").optional();
    if let Some(archived) = &archived
        && version >= Version::V2026_03_11
    {
        return Err(archived.should("be not present"));
    }
    let marks = [archived, body.get("in_trash").optional()];
    let mut found = None;
    for mark in marks.into_iter().flatten() {
        let given = mark.boolean()?;
        if found.is_some_and(|other| other != given) {
            return Err(mark.should("be the same as `archived`"));
        }
        found = Some(given);
    }
    Ok(found)
}

/// An icon or cover: an object or `null`, kept as it is.
pub(super) fn picture(field: Field<'_>) -> Result<Option<Value>, NotionError> {
    let Some(field) = field.optional() else {
        return Ok(None);
    };
    match field.value() {
        Some(Value::Null) => Ok(Some(Value::Null)),
        _ => {
            let object = field.object()?;
            if ![
                "type",
                "emoji",
                "external",
                "file",
                "custom_emoji",
                "file_upload",
                "icon",
            ]
            .iter()
            .any(|key| object.contains_key(*key))
            {
                return Err(field.should("have an `emoji` or `external`"));
            }
            let mut picture = object.clone();
            if !picture.contains_key("type")
                && let Some(kind) = object.keys().next()
            {
                picture.insert("type".to_owned(), Value::from(kind.as_str()));
            }
            Ok(Some(Value::Object(picture)))
        }
    }
}
