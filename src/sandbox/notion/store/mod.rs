//! The one place where everything is held, in memory: databases with their data sources, pages, users.
//!
//! Pages are never removed (the trash is a mark), so a [`PageKey`] stays good for ever, and so does a
//! cursor. What a request changes is read and checked as a whole before anything is stored.
//!
//! ```text
//! mod        the workspace: who is where, by id
//! database   databases, which hold data sources, which have a schema
//! page       pages, their values, and two-way relations
//! blocks     what stands in pages, and what is said about it
//! user       people and bots
//! snapshot   all of it as a file, and back
//! index      what a search sees, and since when
//! ```

mod blocks;
mod database;
mod index;
mod page;
mod snapshot;
mod user;

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::blocks::tree::Forest;
use super::body::Field;
use super::comments::Comments;
use super::errors::{Missing, NotionError};
use super::ids;
use super::properties::property::PropertySchema;
use super::properties::schema::Schema;
use super::properties::text::RichText;

pub(crate) use blocks::Found;
pub(crate) use database::{DataSource, Database};
pub(crate) use index::Index;
pub(crate) use page::{Edit, Page, PageKey};
pub(crate) use user::{BOT, User};

pub use snapshot::SnapshotError;
pub(crate) use snapshot::in_order;

/// What something stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Parent {
    /// The top of the workspace.
    Workspace,
    /// A page.
    Page(Uuid),
    /// A database, which data sources stand in.
    Database(Uuid),
    /// A data source, which rows stand in.
    DataSource(Uuid),
}

/// All that the simulated integration can see.
#[derive(Debug)]
pub struct Workspace {
    databases: HashMap<Uuid, Database>,
    data_sources: HashMap<Uuid, DataSource>,
    pages: Vec<Page>,
    keys: HashMap<Uuid, PageKey>,
    users: Vec<User>,
    index: Index,
    blocks: Forest,
    comments: Comments,
    /// The schema of a page outside of data sources: a title.
    plain: Schema,
}

impl Default for Workspace {
    fn default() -> Self {
        Self {
            databases: HashMap::new(),
            data_sources: HashMap::new(),
            pages: Vec::new(),
            keys: HashMap::new(),
            users: vec![User::bot(BOT, "Integration")],
            index: Index::default(),
            blocks: Forest::default(),
            comments: Comments::default(),
            plain: Schema::plain(),
        }
    }
}

impl Workspace {
    /// An empty workspace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A search sees what was written this long ago. At once, when never said.
    pub(crate) fn set_search_lag(&mut self, lag: Duration) {
        self.index.set_lag(lag);
    }

    /// Adds a person.
    ///
    /// # Errors
    /// When the id is taken.
    pub fn add_person(&mut self, id: Uuid, name: &str, email: &str) -> Result<(), NotionError> {
        self.check_free(id)?;
        self.users.push(User::person(id, name, email));
        Ok(())
    }

    /// Adds an integration's bot; one that is there already gets this name.
    pub(crate) fn add_bot(&mut self, id: Uuid, name: &str) {
        let bot = User::bot(id, name);
        match self.users.iter_mut().find(|user| user.id == id) {
            Some(user) => *user = bot,
            None => self.users.push(bot),
        }
    }

    /// Adds a page at the top of the workspace, which others can be created in.
    ///
    /// # Errors
    /// When the id is taken.
    pub fn add_root(&mut self, id: Uuid, title: &str, at: Timestamp) -> Result<(), NotionError> {
        self.check_free(id)?;
        let edit = Edit::of_title(RichText::of(title));
        self.create(Parent::Workspace, id, edit, BOT, (at, at))?;
        Ok(())
    }

    /// Adds an empty database with one data source, whose id is [`data_source_of`](super::data_source_of) its own, at the
    /// top of the workspace. Both data sources of a two-way relation declare their half of it.
    ///
    /// # Errors
    /// When the id is taken, a name stands twice, there is not exactly one title, a rollup names no
    /// relation, or the other half of a two-way relation is there and says otherwise.
    pub fn add_database(
        &mut self,
        id: Uuid,
        title: &str,
        schema: Vec<(String, PropertySchema)>,
    ) -> Result<(), NotionError> {
        self.check_free(id)?;
        let source = ids::of_data_source(id);
        let schema = Schema::new(source, schema)?;
        self.check_halves(source, &schema)?;
        let title = RichText::of(title);
        self.insert_database(Database::new(id, Parent::Workspace, title.clone()));
        self.insert_data_source(DataSource::new(source, id, title, schema));
        Ok(())
    }

    /// Adds a page to the first data source of a database; `properties` is what a create request
    /// would say. The pages that it links to must be there before it.
    ///
    /// # Errors
    /// When the id is taken, the database is not there, or a create request would be refused.
    pub fn add_page(
        &mut self,
        database: Uuid,
        id: Uuid,
        properties: Value,
        created: Timestamp,
        edited: Timestamp,
    ) -> Result<(), NotionError> {
        self.check_free(id)?;
        let source = self.only_data_source(database)?.id;
        let body = serde_json::json!({ "properties": properties });
        let properties = Field::root("body", &body).get("properties");
        let edit = self.edit(Parent::DataSource(source), Some(&properties))?;
        self.create(Parent::DataSource(source), id, edit, BOT, (created, edited))?;
        Ok(())
    }

    pub(crate) fn check_free(&self, id: Uuid) -> Result<(), NotionError> {
        if self.is_taken(id) {
            return Err(NotionError::Validation(format!("The id {id} is taken.")));
        }
        Ok(())
    }

    /// Whether anything has this id.
    pub(crate) fn is_taken(&self, id: Uuid) -> bool {
        self.databases.contains_key(&id)
            || self.data_sources.contains_key(&id)
            || self.keys.contains_key(&id)
            || self.users.iter().any(|user| user.id == id)
            || self.blocks.contains(id)
            || self.comments.contains(id)
    }

    /// All users, in the order in which they came.
    pub(crate) fn users(&self) -> &[User] {
        &self.users
    }

    /// # Errors
    /// When there is no such user.
    pub(crate) fn user(&self, id: Uuid) -> Result<&User, NotionError> {
        let known = self.users.iter().find(|user| user.id == id);
        known.ok_or(NotionError::NotFound {
            kind: Missing::User,
            id,
        })
    }

    /// What a search sees.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }
}

#[cfg(test)]
mod tests;
