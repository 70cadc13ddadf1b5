//! What each endpoint does with a checked-in request, without HTTP: JSON in, JSON out.

use std::sync::PoisonError;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer;
use super::body::Field;
use super::errors::{Missing, NotionError};
use super::latency::Work;
use super::query::Query;
use super::simulator::Simulator;
use super::store::{Edit, PageKey, Workspace};

/// An answer, and what it cost to make.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) result: Result<Value, NotionError>,
    pub(super) work: Work,
    /// Pages in the answer of a query.
    pub(super) rows: usize,
}

impl Outcome {
    pub(super) fn of(work: Work, result: Result<Value, NotionError>) -> Self {
        Self {
            result,
            work,
            rows: 0,
        }
    }
}

/// `POST /v1/databases/{id}/query`
pub(super) fn query_database(simulator: &Simulator, id: &str, body: &Value) -> Outcome {
    let workspace = simulator
        .workspace
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    let parsed = path_id("database_id", id).and_then(|id| {
        let database = workspace.database(id)?;
        let body = Field::root("body", body);
        let query = Query::parse(&body, database, &workspace, Timestamp::now())?;
        Ok((database, query))
    });
    let (database, query) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return Outcome::of(Work::Query, Err(error)),
    };
    let slice = query.run(database, &workspace);
    Outcome {
        result: Ok(answer::list(&slice, database, &workspace)),
        work: if query.searches_text() {
            Work::QueryByText
        } else {
            Work::Query
        },
        rows: slice.pages.len(),
    }
}

/// `GET /v1/databases/{id}`
pub(super) fn retrieve_database(simulator: &Simulator, id: &str) -> Result<Value, NotionError> {
    let id = path_id("database_id", id)?;
    let workspace = simulator
        .workspace
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    Ok(answer::database(workspace.database(id)?, &workspace))
}

/// `GET /v1/pages/{id}`
pub(super) fn retrieve_page(simulator: &Simulator, id: &str) -> Result<Value, NotionError> {
    let id = path_id("page_id", id)?;
    let workspace = simulator
        .workspace
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    show(&workspace, workspace.find_page(id)?)
}

/// `POST /v1/pages`
pub(super) fn create_page(simulator: &Simulator, body: &Value) -> Result<Value, NotionError> {
    let body = Field::root("body", body);
    body.object_of(&["parent", "properties", "children", "icon", "cover"])?;
    let children = body.get("children").optional();
    if let Some(children) = children
        && !children.elements()?.is_empty()
    {
        return Err(children.should("be empty: this simulator keeps no blocks yet"));
    }
    let mut workspace = simulator
        .workspace
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    let database = parent(&body.get("parent"), &workspace)?;
    let edit = Edit {
        icon: picture(body.get("icon"))?,
        cover: picture(body.get("cover"))?,
        ..workspace.edit(database, Some(&body.get("properties")))?
    };
    let id = simulator.page_id(&workspace);
    let now = Timestamp::now();
    let key = workspace.create(database, id, edit, now, now)?;
    show(&workspace, key)
}

/// `PATCH /v1/pages/{id}`: properties, and archiving by `archived` or `in_trash`.
pub(super) fn update_page(
    simulator: &Simulator,
    id: &str,
    body: &Value,
) -> Result<Value, NotionError> {
    let id = path_id("page_id", id)?;
    let body = Field::root("body", body);
    body.object_of(&["properties", "archived", "in_trash", "icon", "cover"])?;
    let mut workspace = simulator
        .workspace
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    let key = workspace.find_page(id)?;
    let archived = match (
        body.get("archived").optional(),
        body.get("in_trash").optional(),
    ) {
        (Some(mark), _) | (None, Some(mark)) => Some(mark.boolean()?),
        (None, None) => None,
    };
    let page = workspace.page(key);
    if page.archived && archived != Some(false) {
        return match archived {
            Some(true) => show(&workspace, key),
            _ => Err(NotionError::Validation(
                "Can't edit block that is archived. You must unarchive the block before editing."
                    .to_owned(),
            )),
        };
    }
    let properties = body.get("properties").optional();
    let edit = Edit {
        archived,
        icon: picture(body.get("icon"))?,
        cover: picture(body.get("cover"))?,
        ..workspace.edit(page.database, properties.as_ref())?
    };
    workspace.apply(key, edit, Timestamp::now());
    show(&workspace, key)
}

/// An id in the path.
fn path_id(name: &str, id: &str) -> Result<Uuid, NotionError> {
    let path = json!({ name: id });
    Field::root("path", &path).get(name).uuid()
}

/// The database that a new page goes to; other parents are not simulated.
fn parent(field: &Field<'_>, workspace: &Workspace) -> Result<Uuid, NotionError> {
    field.object_of(&["type", "database_id", "page_id"])?;
    if let Some(page) = field.get("page_id").optional() {
        let id = page.uuid()?;
        workspace.find_page(id)?;
        return Err(page.should("be not present: this simulator keeps pages in databases only"));
    }
    let id = field.get("database_id").uuid()?;
    let known = workspace.database(id).map(|database| database.id);
    known.map_err(|_| NotionError::NotFound {
        kind: Missing::Database,
        id,
    })
}

/// An icon or cover: an object or `null`, kept as it is.
fn picture(field: Field<'_>) -> Result<Option<Value>, NotionError> {
    let Some(field) = field.optional() else {
        return Ok(None);
    };
    match field.value() {
        Some(Value::Null) => Ok(Some(Value::Null)),
        _ => Ok(Some(Value::Object(field.object()?.clone()))),
    }
}

fn show(workspace: &Workspace, key: PageKey) -> Result<Value, NotionError> {
    let page = workspace.page(key);
    Ok(answer::page(
        page,
        workspace.database(page.database)?,
        workspace,
    ))
}
