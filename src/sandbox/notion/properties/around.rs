//! What properties must know of the rest of the workspace: related data sources and users. The
//! store is asked here and nowhere else.

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::errors::NotionError;
use super::super::store::{Page, Workspace};
use super::super::version::Version;
use super::schema::Schema;
use super::text::Plain;

impl Workspace {
    /// The schema of a data source, when it is there.
    pub(crate) fn schema(&self, data_source: Uuid) -> Option<&Schema> {
        self.data_source(data_source)
            .ok()
            .map(|source| &source.schema)
    }

    /// The database that a data source stands in.
    pub(crate) fn database_of(&self, data_source: Uuid) -> Uuid {
        self.data_source(data_source)
            .map_or(data_source, |source| source.database)
    }

    /// The data source that a relation to this database leads to.
    ///
    /// # Errors
    /// When there is no such database, or it has several data sources.
    pub(crate) fn data_source_of(&self, database: Uuid) -> Result<Uuid, NotionError> {
        self.only_data_source(database).map(|source| source.id)
    }

    /// A page's title, with its lower case.
    pub(crate) fn title_of<'p>(&self, page: &'p Page) -> &'p Plain {
        let title = self.schema_of(page).title();
        title.map_or(Plain::empty(), |index| page.value(index).plain())
    }

    /// A user as properties show one: with all that is known.
    pub(crate) fn user_answer(&self, id: Uuid, version: Version) -> Value {
        self.user(id)
            .map_or_else(|_| json!(user(id)), |known| known.answer(version))
    }
}

/// A user of whom no more than the id is told.
pub(crate) fn user(id: Uuid) -> impl Serialize + use<> {
    UserAnswer { object: "user", id }
}

#[derive(Serialize)]
struct UserAnswer {
    object: &'static str,
    id: Uuid,
}
