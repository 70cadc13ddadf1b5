//! The endpoints of databases and of their data sources. In the old version a database is both at once:
//! what it is asked goes to its only data source, too.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::properties::change::SchemaChange;
use super::super::properties::configure::Ground;
use super::super::properties::schema::Schema;
use super::super::properties::text::RichText;
use super::super::simulator::Simulator;
use super::super::store::{DataSource, Database, Parent, Workspace};
use super::super::version::Version;
use super::Call;
use super::pages::archived_block;
use super::parts::{picture, trash_mark};

/// `GET /v1/databases/{database_id}`
pub(super) fn retrieve(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("database_id")?;
    let workspace = simulator.read();
    show(call, &workspace, id)
}

/// `POST /v1/databases`
pub(super) fn create(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let body = call.body();
    let schema_key = if call.version.has_data_sources() {
        "initial_data_source"
    } else {
        "properties"
    };
    let keys = [
        "parent",
        "title",
        "description",
        "icon",
        "cover",
        "is_inline",
        schema_key,
    ];
    body.object_of(&keys)?;
    let facts = Facts::parse(&body, call.version)?;
    let initial;
    let properties = if call.version.has_data_sources() {
        initial = body.get(schema_key);
        match initial.clone().optional() {
            Some(given) => {
                given.object_of(&["properties"])?;
                given.get("properties")
            }
            None => body.get("properties"),
        }
    } else {
        body.get("properties")
    };
    let mut workspace = simulator.write();
    let parent = parent(&body.get("parent"), &workspace)?;
    let title = facts.title.clone().unwrap_or_default();
    let source_id = simulator.new_id(&workspace);
    let change = first_schema(source_id, properties.optional(), call, &title, &workspace)?;
    let id = simulator.new_id(&workspace);
    let now = Timestamp::now();
    let mut database = Database::new(id, parent, title.clone());
    (database.created, database.edited) = (now, now);
    facts.apply(&mut database);
    workspace.insert_database(database);
    insert_source(call, &mut workspace, (source_id, id), title, change, now);
    show(call, &workspace, id)
}

/// `PATCH /v1/databases/{database_id}`
pub(super) fn update(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("database_id")?;
    let body = call.body();
    let own: &[&str] = if call.version.has_data_sources() {
        &["parent", "is_locked"]
    } else {
        &["properties"]
    };
    let shared = [
        "title",
        "description",
        "icon",
        "cover",
        "is_inline",
        "archived",
        "in_trash",
    ];
    body.object_of(&[&shared, own].concat())?;
    let facts = Facts::parse(&body, call.version)?;
    let mut workspace = simulator.write();
    let database = workspace.database(id)?;
    if database.in_trash && facts.in_trash.is_none() {
        return Err(archived_block());
    }
    let moved = match body.get("parent").optional() {
        Some(field) => Some(parent(&field, &workspace)?),
        None => None,
    };
    let now = Timestamp::now();
    if !call.version.has_data_sources() {
        let source = workspace.only_data_source(id)?;
        let source_id = source.id;
        let change = changed_schema(source, &body, call, &workspace)?;
        let title = facts.title.clone();
        if let Some(change) = change {
            workspace.reshape(source_id, change);
        }
        workspace.change_data_source(source_id, now, call.author, |source| {
            source.title = title.unwrap_or_else(|| source.title.clone());
        })?;
    }
    if let Some(moved) = moved {
        workspace.move_database(id, moved)?;
    }
    let mark = facts.in_trash;
    let database = workspace.database_mut(id)?;
    facts.apply(database);
    database.edited = now;
    if let Some(in_trash) = mark {
        workspace.trash_database(id, in_trash, call.author, now)?;
    }
    show(call, &workspace, id)
}

/// `GET /v1/data_sources/{data_source_id}`
pub(super) fn retrieve_source(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    call.since_data_sources(true)?;
    let id = call.id("data_source_id")?;
    let workspace = simulator.read();
    show_source(call, &workspace, id)
}

/// `POST /v1/data_sources`
pub(super) fn create_source(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    call.since_data_sources(true)?;
    let body = call.body();
    body.object_of(&["parent", "properties", "title", "icon"])?;
    let title = rich_text(&body, "title")?.unwrap_or_default();
    let icon = picture(body.get("icon"))?;
    let parent = body.get("parent");
    parent.object_of(&["type", "database_id"])?;
    let database = parent.get("database_id").uuid()?;
    let mut workspace = simulator.write();
    if workspace.database(database)?.in_trash {
        return Err(archived_block());
    }
    let id = simulator.new_id(&workspace);
    let properties = Some(body.get("properties"));
    let change = first_schema(id, properties, call, &title, &workspace)?;
    let now = Timestamp::now();
    insert_source(call, &mut workspace, (id, database), title, change, now);
    workspace.data_source_mut(id)?.icon = icon.unwrap_or_default();
    show_source(call, &workspace, id)
}

/// `PATCH /v1/data_sources/{data_source_id}`
pub(super) fn update_source(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    call.since_data_sources(true)?;
    let id = call.id("data_source_id")?;
    let body = call.body();
    body.object_of(&["title", "icon", "properties", "archived", "in_trash"])?;
    let title = rich_text(&body, "title")?;
    let icon = picture(body.get("icon"))?;
    let mark = trash_mark(&body, call.version)?;
    let mut workspace = simulator.write();
    let source = workspace.data_source(id)?;
    if source.in_trash && mark.is_none() {
        return Err(archived_block());
    }
    if let Some(change) = changed_schema(source, &body, call, &workspace)? {
        workspace.reshape(id, change);
    }
    workspace.change_data_source(id, Timestamp::now(), call.author, |source| {
        source.title = title.unwrap_or_else(|| source.title.clone());
        source.icon = icon.unwrap_or_else(|| source.icon.take());
        source.in_trash = mark.unwrap_or(source.in_trash);
    })?;
    show_source(call, &workspace, id)
}

/// What a request says of a database beside its schema.
#[derive(Debug, Default)]
struct Facts {
    title: Option<RichText>,
    description: Option<RichText>,
    icon: Option<Value>,
    cover: Option<Value>,
    is_inline: Option<bool>,
    is_locked: Option<bool>,
    in_trash: Option<bool>,
}

impl Facts {
    fn parse(body: &Field<'_>, version: Version) -> Result<Self, NotionError> {
        let mark = |name| match body.get(name).optional() {
            Some(mark) => mark.boolean().map(Some),
            None => Ok(None),
        };
        Ok(Self {
            title: rich_text(body, "title")?,
            description: rich_text(body, "description")?,
            icon: picture(body.get("icon"))?,
            cover: picture(body.get("cover"))?,
            is_inline: mark("is_inline")?,
            is_locked: mark("is_locked")?,
            in_trash: trash_mark(body, version)?,
        })
    }

    fn apply(self, database: &mut Database) {
        let Self {
            title,
            description,
            icon,
            cover,
            is_inline,
            is_locked,
            in_trash,
        } = self;
        if let Some(title) = title {
            database.title = title;
        }
        if let Some(description) = description {
            database.description = description;
        }
        database.icon = icon.unwrap_or_else(|| database.icon.take());
        database.cover = cover.unwrap_or_else(|| database.cover.take());
        database.is_inline = is_inline.unwrap_or(database.is_inline);
        database.is_locked = is_locked.unwrap_or(database.is_locked);
        database.in_trash = in_trash.unwrap_or(database.in_trash);
    }
}

fn rich_text(body: &Field<'_>, name: &str) -> Result<Option<RichText>, NotionError> {
    match body.get(name).optional() {
        Some(text) => RichText::parse(&text).map(Some),
        None => Ok(None),
    }
}

/// Where a database stands: in a page, or at the top of the workspace.
fn parent(field: &Field<'_>, workspace: &Workspace) -> Result<Parent, NotionError> {
    field.object_of(&["type", "page_id", "workspace"])?;
    if let Some(top) = field.get("workspace").optional() {
        if top.boolean()? && field.get("page_id").value().is_none() {
            return Ok(Parent::Workspace);
        }
        return Err(top.should("be `true`, and stand alone"));
    }
    let id = field.get("page_id").uuid()?;
    let page = workspace.page(workspace.find_page(id)?);
    if page.archived {
        return Err(archived_block());
    }
    Ok(Parent::Page(id))
}

/// The schema of a new data source. In the newer versions nothing need be said: it then has a title alone.
fn first_schema(
    id: Uuid,
    properties: Option<Field<'_>>,
    call: &Call,
    title: &RichText,
    workspace: &Workspace,
) -> Result<SchemaChange, NotionError> {
    let alone = serde_json::json!({ "Name": { "title": {} } });
    let alone = Field::root("body", &alone);
    let properties = match properties {
        Some(properties) => properties,
        None if call.version.has_data_sources() => alone,
        None => call.body().get("properties"),
    };
    let ground = Ground {
        workspace,
        version: call.version,
        title: title.plain(),
    };
    Schema::empty(id).change(&properties, ground)
}

fn changed_schema(
    source: &DataSource,
    body: &Field<'_>,
    call: &Call,
    workspace: &Workspace,
) -> Result<Option<SchemaChange>, NotionError> {
    let Some(properties) = body.get("properties").optional() else {
        return Ok(None);
    };
    let ground = Ground {
        workspace,
        version: call.version,
        title: source.title.plain(),
    };
    source.schema.change(&properties, ground).map(Some)
}

fn insert_source(
    call: &Call,
    workspace: &mut Workspace,
    (id, database): (Uuid, Uuid),
    title: RichText,
    change: SchemaChange,
    now: Timestamp,
) {
    let mut source = DataSource::new(id, database, title, Schema::empty(id));
    (source.created, source.edited) = (now, now);
    (source.created_by, source.edited_by) = (call.author, call.author);
    workspace.insert_data_source(source);
    workspace.reshape(id, change);
}

fn show(call: &Call, workspace: &Workspace, id: Uuid) -> Result<Value, NotionError> {
    let view = call.view(workspace);
    view.database(workspace.database(id)?)
}

fn show_source(call: &Call, workspace: &Workspace, id: Uuid) -> Result<Value, NotionError> {
    let view = call.view(workspace);
    Ok(view.data_source(workspace.data_source(id)?))
}
