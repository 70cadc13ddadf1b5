//! Databases, and the data sources that they hold. Before version 2025-09-03 the two were one; such a
//! request sees a database with the properties of its only data source.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::super::errors::{Missing, NotionError};
use super::super::properties::schema::Schema;
use super::super::properties::text::RichText;
use super::{BOT, Page, PageKey, Parent, Workspace};

/// When databases of a seeded world were made, as far as answers tell.
const FOUNDED: Timestamp = Timestamp::constant(1_704_067_200, 0);

/// A database: a place for data sources.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    pub(crate) id: Uuid,
    pub(crate) parent: Parent,
    pub(crate) title: RichText,
    pub(crate) description: RichText,
    pub(crate) icon: Value,
    pub(crate) cover: Value,
    pub(crate) is_inline: bool,
    pub(crate) is_locked: bool,
    pub(crate) in_trash: bool,
    pub(crate) created: Timestamp,
    pub(crate) edited: Timestamp,
    /// In the order in which they were added; never empty.
    pub(crate) data_sources: Vec<Uuid>,
}

impl Database {
    pub(crate) fn new(id: Uuid, parent: Parent, title: RichText) -> Self {
        Self {
            id,
            parent,
            title,
            description: RichText::default(),
            icon: Value::Null,
            cover: Value::Null,
            is_inline: false,
            is_locked: false,
            in_trash: false,
            created: FOUNDED,
            edited: FOUNDED,
            data_sources: Vec::new(),
        }
    }
}

/// A data source: a schema and its pages, in the order of their creation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DataSource {
    pub(crate) id: Uuid,
    pub(crate) database: Uuid,
    pub(crate) title: RichText,
    pub(crate) icon: Value,
    pub(crate) in_trash: bool,
    pub(crate) schema: Schema,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Uuid,
    pub(crate) edited: Timestamp,
    pub(crate) edited_by: Uuid,
    /// Which pages name it as their parent; so a snapshot does not say it again.
    #[serde(skip)]
    pub(crate) pages: Vec<PageKey>,
}

impl DataSource {
    pub(crate) fn new(id: Uuid, database: Uuid, title: RichText, schema: Schema) -> Self {
        Self {
            id,
            database,
            title,
            icon: Value::Null,
            in_trash: false,
            schema,
            created: FOUNDED,
            created_by: BOT,
            edited: FOUNDED,
            edited_by: BOT,
            pages: Vec::new(),
        }
    }
}

impl Workspace {
    /// Adds a database, whose id is free, without a data source as yet.
    pub(crate) fn insert_database(&mut self, database: Database) {
        self.attach(database.parent, database.id);
        self.databases.insert(database.id, database);
    }

    /// Adds a data source, whose id is free, to its database.
    pub(crate) fn insert_data_source(&mut self, source: DataSource) {
        if let Some(database) = self.databases.get_mut(&source.database) {
            database.data_sources.push(source.id);
        }
        let title = source.title.plain().to_lowercase();
        self.index
            .note(source.id, title, source.in_trash, source.edited);
        self.data_sources.insert(source.id, source);
    }

    /// # Errors
    /// When there is no such database.
    pub(crate) fn database(&self, id: Uuid) -> Result<&Database, NotionError> {
        self.databases.get(&id).ok_or(NotionError::NotFound {
            kind: Missing::Database,
            id,
        })
    }

    /// # Errors
    /// When there is no such database.
    pub(crate) fn database_mut(&mut self, id: Uuid) -> Result<&mut Database, NotionError> {
        self.databases.get_mut(&id).ok_or(NotionError::NotFound {
            kind: Missing::Database,
            id,
        })
    }

    /// Puts a database and its data sources into the trash, or out of it.
    ///
    /// # Errors
    /// When there is no such database.
    pub(crate) fn trash_database(
        &mut self,
        id: Uuid,
        in_trash: bool,
        author: Uuid,
        now: Timestamp,
    ) -> Result<(), NotionError> {
        let database = self.database_mut(id)?;
        database.in_trash = in_trash;
        database.edited = now;
        for source in database.data_sources.clone() {
            self.change_data_source(source, now, author, |source| source.in_trash = in_trash)?;
        }
        Ok(())
    }

    /// Puts a database somewhere else.
    ///
    /// # Errors
    /// When there is no such database.
    pub(crate) fn move_database(&mut self, id: Uuid, parent: Parent) -> Result<(), NotionError> {
        self.detach(self.database(id)?.parent, id);
        self.database_mut(id)?.parent = parent;
        self.attach(parent, id);
        Ok(())
    }

    /// # Errors
    /// When there is no such data source.
    pub(crate) fn data_source(&self, id: Uuid) -> Result<&DataSource, NotionError> {
        self.data_sources.get(&id).ok_or(NotionError::NotFound {
            kind: Missing::DataSource,
            id,
        })
    }

    /// # Errors
    /// When there is no such data source.
    pub(crate) fn data_source_mut(&mut self, id: Uuid) -> Result<&mut DataSource, NotionError> {
        self.data_sources.get_mut(&id).ok_or(NotionError::NotFound {
            kind: Missing::DataSource,
            id,
        })
    }

    /// All data sources, in no order.
    pub(crate) fn data_sources(&self) -> impl Iterator<Item = &DataSource> {
        self.data_sources.values()
    }

    /// Changes a data source, and lets the index know.
    ///
    /// # Errors
    /// When there is no such data source.
    pub(crate) fn change_data_source(
        &mut self,
        id: Uuid,
        now: Timestamp,
        author: Uuid,
        change: impl FnOnce(&mut DataSource),
    ) -> Result<(), NotionError> {
        let source = self.data_source_mut(id)?;
        change(source);
        source.edited = now;
        source.edited_by = author;
        let (title, in_trash) = (source.title.plain().to_lowercase(), source.in_trash);
        self.index.note(id, title, in_trash, now);
        Ok(())
    }

    /// What a database is to a request that knows no data sources.
    ///
    /// # Errors
    /// When there is no such database, or it has several data sources.
    pub(crate) fn only_data_source(&self, database: Uuid) -> Result<&DataSource, NotionError> {
        let found = self.database(database)?;
        match found.data_sources.as_slice() {
            [only] => self.data_source(*only),
            several => Err(NotionError::SeveralDataSources {
                database,
                data_sources: several.to_vec(),
            }),
        }
    }

    /// Each half of a two-way relation must name the other, as far as both are there.
    pub(crate) fn check_halves(&self, id: Uuid, schema: &Schema) -> Result<(), NotionError> {
        for (here, there, key) in schema.halves() {
            let other = if there == id {
                Some(schema)
            } else {
                self.data_sources.get(&there).map(|source| &source.schema)
            };
            let Some(other) = other else { continue };
            let back = (key, id, here.key.as_str());
            if !other
                .halves()
                .any(|(own, to, other)| (own.key.as_str(), to, other) == back)
            {
                return Err(NotionError::Validation(format!(
                    "The relation {} of data source {id} is synced with a property of {there}, \
                     which is not synced with it: declare both halves.",
                    here.name
                )));
            }
        }
        Ok(())
    }

    /// The schema of a page: that of its data source, or a title alone.
    pub(crate) fn schema_of(&self, page: &Page) -> &Schema {
        page.data_source()
            .and_then(|source| self.data_sources.get(&source))
            .map_or(&self.plain, |source| &source.schema)
    }

    /// The schema of the pages in a parent.
    ///
    /// # Errors
    /// When there is no such data source.
    pub(crate) fn schema_in(&self, parent: Parent) -> Result<&Schema, NotionError> {
        match parent {
            Parent::DataSource(id) => Ok(&self.data_source(id)?.schema),
            _ => Ok(&self.plain),
        }
    }
}
