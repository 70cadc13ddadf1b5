//! Mentions are written by id and answered by name. The names are looked up once, when the mention is
//! written: Notion shows later names, which this simulator does not.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::store::Workspace;

/// Gives every mention of somebody or something known its `plain_text`.
pub(super) fn name(value: &mut Value, workspace: &Workspace) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| name(value, workspace)),
        Value::Object(object) => {
            let known = object
                .get("mention")
                .and_then(Value::as_object)
                .and_then(|mention| name_of(mention, workspace));
            if let Some(known) = known {
                object.insert("plain_text".to_owned(), Value::String(known));
            }
            object.values_mut().for_each(|value| name(value, workspace));
        }
        _ => {}
    }
}

fn name_of(mention: &Map<String, Value>, workspace: &Workspace) -> Option<String> {
    let id = |kind: &str| -> Option<Uuid> { mention.get(kind)?.get("id")?.as_str()?.parse().ok() };
    let title = if let Some(user) = id("user") {
        return Some(format!("@{}", workspace.user(user).ok()?.name()));
    } else if let Some(page) = id("page") {
        let page = workspace.page(workspace.find_page(page).ok()?);
        workspace.title_of(page).text().to_owned()
    } else {
        let database = workspace.database(id("database")?).ok()?;
        database.title.plain().to_owned()
    };
    Some(title).filter(|title| !title.is_empty())
}
