//! How answers look: pages, databases, data sources, users and lists, in the shapes of each version.
//! Nothing else knows them.
//!
//! A view is a workspace as one version sees it. What came or went with a version is decided here, by
//! comparing versions, so that a shape stands in one place.
//!
//! What a query answers is large, and is therefore written without a tree between; what is small is a
//! tree of JSON, into which an endpoint may still put something.
//!
//! ```text
//! mod      the view: databases, data sources, parents
//! page     a page
//! block    a block, or a page or database as one
//! list     a list, with the cursor of what follows
//! written  an answer as it is sent
//! ```

mod block;
mod list;
mod page;
mod written;

use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::errors::NotionError;
use super::properties::around::user;
use super::properties::moment::stamp;
use super::query::Slice;
use super::store::{DataSource, Database, Page, Parent, Workspace};
use super::version::Version;
use list::List;
use page::PageAnswer;

pub(crate) use block::content_of;
pub(crate) use list::Listed;
pub(crate) use written::Written;

/// A workspace as a version sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'w> {
    pub(crate) version: Version,
    pub(crate) workspace: &'w Workspace,
}

impl<'w> View<'w> {
    /// A page; with `only` some properties, by their ids, and all without.
    pub(crate) fn page(self, page: &Page, only: Option<&[usize]>) -> Value {
        json!(PageAnswer {
            view: self,
            page,
            only,
        })
    }

    /// Whether it is in the trash, in the words of the version.
    pub(crate) fn mark(self, answer: &mut Value, in_trash: bool) {
        if self.version < Version::V2026_03_11 {
            answer["archived"] = json!(in_trash);
        }
        answer["in_trash"] = json!(in_trash);
    }

    /// What something stands in.
    pub(crate) fn parent(self, parent: Parent) -> Value {
        match parent {
            Parent::Workspace => json!({ "type": "workspace", "workspace": true }),
            Parent::Page(id) => json!({ "type": "page_id", "page_id": id.to_string() }),
            Parent::Database(id) => json!({ "type": "database_id", "database_id": id.to_string() }),
            Parent::DataSource(id) => {
                let database = self.workspace.data_source(id).map_or(id, |it| it.database);
                let database = database.to_string();
                if self.version.has_data_sources() {
                    return json!({
                        "type": "data_source_id",
                        "data_source_id": id.to_string(),
                        "database_id": database,
                    });
                }
                json!({ "type": "database_id", "database_id": database })
            }
        }
    }

    /// A database, as this version knows it.
    ///
    /// # Errors
    /// When the version knows no data sources and the database has several.
    pub(crate) fn database(self, database: &Database) -> Result<Value, NotionError> {
        let mut answer = json!({
            "object": "database",
            "id": database.id.to_string(),
            "title": database.title.answer(),
            "description": database.description.answer(),
            "icon": database.icon,
            "cover": database.cover,
            "parent": self.parent(database.parent),
            "is_inline": database.is_inline,
            "created_time": stamp(database.created),
            "last_edited_time": stamp(database.edited),
            "url": url("", database.id),
            "public_url": null,
        });
        self.mark(&mut answer, database.in_trash);
        if self.version.has_data_sources() {
            answer["is_locked"] = json!(database.is_locked);
            let sources = database.data_sources.iter();
            let sources = sources.filter_map(|id| self.workspace.data_source(*id).ok());
            answer["data_sources"] = sources
                .map(|source| json!({ "id": source.id.to_string(), "name": source.title.plain() }))
                .collect();
        } else {
            let source = self.workspace.only_data_source(database.id)?;
            answer["created_by"] = json!(user(source.created_by));
            answer["last_edited_by"] = json!(user(source.edited_by));
            answer["properties"] = Value::Object(self.schema(source));
        }
        Ok(answer)
    }

    /// A data source.
    pub(crate) fn data_source(self, source: &DataSource) -> Value {
        let database = self.workspace.database(source.database).ok();
        let of_database = |read: fn(&Database) -> Value| database.map_or(Value::Null, read);
        let mut answer = json!({
            "object": "data_source",
            "id": source.id.to_string(),
            "created_time": stamp(source.created),
            "created_by": user(source.created_by),
            "last_edited_by": user(source.edited_by),
            "last_edited_time": stamp(source.edited),
            "title": source.title.answer(),
            "description": of_database(|database| json!(database.description.answer())),
            "icon": source.icon,
            "cover": of_database(|database| database.cover.clone()),
            "is_inline": database.is_some_and(|database| database.is_inline),
            "properties": self.schema(source),
            "parent": self.parent(Parent::Database(source.database)),
            "database_parent": database.map(|database| self.parent(database.parent)),
            "url": url("", source.database),
            "public_url": null,
        });
        self.mark(&mut answer, source.in_trash);
        answer
    }

    fn schema(self, source: &DataSource) -> Map<String, Value> {
        source.schema.answer(self.workspace, self.version)
    }

    /// One page of a query's results.
    pub(crate) fn slice<'a>(
        self,
        slice: &Slice,
        only: Option<&'a [usize]>,
    ) -> impl Serialize + use<'a, 'w>
    where
        'w: 'a,
    {
        let pages = slice.pages.iter().map(|key| PageAnswer {
            view: self,
            page: self.workspace.page(*key),
            only,
        });
        let mut list = List::new(self.version, Listed::Found, pages.collect(), slice.next);
        list.cut_off = slice.cut_off;
        list
    }

    /// A list with the cursor of what follows.
    pub(crate) fn list(self, listed: Listed, results: Vec<Value>, next: Option<Uuid>) -> Value {
        json!(List::new(self.version, listed, results, next))
    }
}

/// The address of a page in Notion's own application: its title's words and its id.
fn url(title: &str, id: Uuid) -> String {
    let words: Vec<&str> = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let slug = words.join("-");
    let dash = if slug.is_empty() { "" } else { "-" };
    format!("https://www.notion.so/{slug}{dash}{}", id.simple())
}
