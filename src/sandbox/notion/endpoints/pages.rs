//! The pages' endpoints.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::simulator::Simulator;
use super::super::store::{Edit, PageKey, Parent, Workspace};
use super::super::version::Version;
use super::Call;
use super::blocks;
use super::parts::{picture, trash_mark};
use super::query::{FILTER_PROPERTIES, FILTER_PROPERTIES_ARRAY, filter_properties};

/// `GET /v1/pages/{page_id}`
pub(super) fn retrieve(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("page_id")?;
    let query = call.query();
    query.object_of(&[FILTER_PROPERTIES, FILTER_PROPERTIES_ARRAY])?;
    let workspace = simulator.read();
    let page = workspace.page(workspace.find_page(id)?);
    let schema = workspace.schema_of(page);
    let only = filter_properties(&query, &|name| schema.find(name))?;
    let view = call.view(&workspace);
    Ok(view.page(page, only.as_deref()))
}

/// `POST /v1/pages`
pub(super) fn create(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let body = call.body();
    body.object_of(&["parent", "properties", "children", "icon", "cover"])?;
    let mut workspace = simulator.write();
    let children = blocks::children(&body, &workspace)?;
    let parent = parent(&body.get("parent"), call.version, &workspace)?;
    let edit = Edit {
        icon: picture(body.get("icon"))?,
        cover: picture(body.get("cover"))?,
        ..properties(&body, parent, &workspace)?
    };
    let id = simulator.new_id(&workspace);
    let now = Timestamp::now();
    let key = workspace.create(parent, id, edit, call.author, (now, now))?;
    blocks::fill(simulator, call, &mut workspace, id, children, now)?;
    Ok(show(call, &workspace, key))
}

/// `PATCH /v1/pages/{page_id}`: properties, pictures, the lock, and the trash.
pub(super) fn update(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("page_id")?;
    let body = call.body();
    let mut keys = vec!["properties", "archived", "in_trash", "icon", "cover"];
    if call.version.has_data_sources() {
        keys.push("is_locked");
    }
    body.object_of(&keys)?;
    let archived = trash_mark(&body, call.version)?;
    let is_locked = match body.get("is_locked").optional() {
        Some(mark) => Some(mark.boolean()?),
        None => None,
    };
    let mut workspace = simulator.write();
    let key = workspace.find_page(id)?;
    let page = workspace.page(key);
    if page.archived && archived != Some(false) {
        return match archived {
            Some(true) => Ok(show(call, &workspace, key)),
            _ => Err(archived_block()),
        };
    }
    let edit = Edit {
        archived,
        is_locked,
        icon: picture(body.get("icon"))?,
        cover: picture(body.get("cover"))?,
        ..properties(&body, page.parent, &workspace)?
    };
    workspace.apply(key, edit, call.author, Timestamp::now());
    Ok(show(call, &workspace, key))
}

/// The refusal of a change to what is in the trash.
pub(super) fn archived_block() -> NotionError {
    NotionError::Validation(
        "Can't edit block that is archived. You must unarchive the block before editing."
            .to_owned(),
    )
}

/// The properties of a write. Outside of data sources a title may be given without saying its type.
fn properties(
    body: &Field<'_>,
    parent: Parent,
    workspace: &Workspace,
) -> Result<Edit, NotionError> {
    let Some(properties) = body.get("properties").optional() else {
        return Ok(Edit::default());
    };
    let bare = match parent {
        Parent::DataSource(_) => None,
        _ => properties.get("title").optional(),
    };
    if let Some(title) = bare
        && let Some(Value::Array(_)) = title.value()
    {
        properties.object_of(&["title"])?;
        let wrapped = json!({ "properties": { "title": { "title": title.value() } } });
        let wrapped = Field::root("body", &wrapped).get("properties");
        return workspace.edit(parent, Some(&wrapped));
    }
    workspace.edit(parent, Some(&properties))
}

/// What a new page stands in.
fn parent(
    field: &Field<'_>,
    version: Version,
    workspace: &Workspace,
) -> Result<Parent, NotionError> {
    let keys: &[&str] = if version.has_data_sources() {
        &[
            "type",
            "database_id",
            "data_source_id",
            "page_id",
            "workspace",
        ]
    } else {
        &["type", "database_id", "page_id", "workspace"]
    };
    field.object_of(keys)?;
    let places: Vec<_> = keys[1..]
        .iter()
        .filter_map(|key| Some((*key, field.get(key).optional()?)))
        .collect();
    let (key, place) = match places.as_slice() {
        [one] => one,
        [] => return Err(field.should(&format!("have one of {}", keys[1..].join(", ")))),
        // A row's parent is answered with both of its ids, and may be sent back so.
        [("database_id", _), source @ ("data_source_id", _)] => source,
        [_, (_, second), ..] => return Err(second.should("be not present")),
    };
    match *key {
        "page_id" => {
            let id: Uuid = place.uuid()?;
            let page = workspace.page(workspace.find_page(id)?);
            if page.archived {
                return Err(archived_block());
            }
            Ok(Parent::Page(id))
        }
        "data_source_id" => {
            let id = place.uuid()?;
            workspace.data_source(id)?;
            Ok(Parent::DataSource(id))
        }
        "database_id" => {
            let source = workspace.only_data_source(place.uuid()?)?;
            Ok(Parent::DataSource(source.id))
        }
        _ => Err(NotionError::Validation(
            "Provided \"parent\" is a workspace: an internal integration cannot create pages at the \
             top of the workspace; give a page_id, database_id or data_source_id."
                .to_owned(),
        )),
    }
}

fn show(call: &Call, workspace: &Workspace, key: PageKey) -> Value {
    let view = call.view(workspace);
    view.page(workspace.page(key), None)
}
