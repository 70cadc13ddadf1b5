//! What each endpoint does with a checked-in request, without HTTP: JSON in, JSON out.

use std::sync::PoisonError;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::answer;
use super::body::Field;
use super::door::counters::Endpoint;
use super::errors::{Missing, NotionError};
use super::query::Query;
use super::simulator::Simulator;
use super::store::{Edit, PageKey, Workspace};
use super::version::Version;

/// An answer, and what it cost to make.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) result: Result<Value, NotionError>,
    /// Whether a query looked inside texts.
    pub(super) searches_text: bool,
    /// Pages in the answer of a query.
    pub(super) rows: usize,
}

/// A request that was let in.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) version: Version,
    /// The ids in the path, by their names.
    pub(super) path: Value,
    /// The query string as an object of texts.
    pub(super) query: Value,
    /// The body; an empty object when there is none.
    pub(super) body: Value,
}

impl Call {
    /// An id in the path.
    fn id(&self, name: &str) -> Result<Uuid, NotionError> {
        Field::root("path", &self.path).get(name).uuid()
    }
}

/// What an endpoint answers.
pub(super) fn answer(endpoint: Endpoint, simulator: &Simulator, call: &Call) -> Outcome {
    let result = match endpoint {
        Endpoint::QueryDatabase => return query_database(simulator, call),
        Endpoint::RetrieveDatabase => retrieve_database(simulator, call),
        Endpoint::RetrievePage => retrieve_page(simulator, call),
        Endpoint::UpdatePage => update_page(simulator, call),
        Endpoint::CreatePage => create_page(simulator, call),
        _ => Err(NotionError::InvalidUrl),
    };
    Outcome::of(result)
}

impl Outcome {
    pub(super) fn of(result: Result<Value, NotionError>) -> Self {
        Self {
            result,
            searches_text: false,
            rows: 0,
        }
    }
}

/// `POST /v1/databases/{id}/query`
fn query_database(simulator: &Simulator, call: &Call) -> Outcome {
    let workspace = simulator
        .workspace
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    let parsed = call.id("database_id").and_then(|id| {
        let database = workspace.database(id)?;
        let body = Field::root("body", &call.body);
        let query = Query::parse(&body, database, &workspace, Timestamp::now())?;
        Ok((database, query))
    });
    let (database, query) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return Outcome::of(Err(error)),
    };
    let slice = query.run(database, &workspace);
    Outcome {
        result: Ok(answer::list(&slice, database, &workspace)),
        searches_text: query.searches_text(),
        rows: slice.pages.len(),
    }
}

/// `GET /v1/databases/{id}`
fn retrieve_database(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("database_id")?;
    let workspace = simulator
        .workspace
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    Ok(answer::database(workspace.database(id)?, &workspace))
}

/// `GET /v1/pages/{id}`
fn retrieve_page(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("page_id")?;
    let workspace = simulator
        .workspace
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    show(&workspace, workspace.find_page(id)?)
}

/// `POST /v1/pages`
fn create_page(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let body = Field::root("body", &call.body);
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
fn update_page(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("page_id")?;
    let body = Field::root("body", &call.body);
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
