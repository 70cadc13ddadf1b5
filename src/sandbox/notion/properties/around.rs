//! What properties must know of the rest of the workspace: related data sources, users and authors.
//! The store is asked here and nowhere else.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::errors::NotionError;
use super::super::store::{Page, Workspace};
use super::schema::Schema;
use super::text::Plain;

/// The integration, which is the author of everything.
pub(crate) const BOT: Uuid = Uuid::from_u128(0x0b07_0b07_0b07_4b07_8b07_0b07_0b07_0b07);

impl Workspace {
    /// The schema of a data source, when it is there.
    pub(in super::super) fn schema(&self, data_source: Uuid) -> Option<&Schema> {
        self.database(data_source)
            .ok()
            .map(|database| &database.schema)
    }

    /// The database that a data source stands in.
    #[expect(clippy::unused_self, reason = "the two are still one")]
    pub(in super::super) fn database_of(&self, data_source: Uuid) -> Uuid {
        data_source
    }

    /// The data source that a relation to this database leads to.
    ///
    /// # Errors
    /// When there is no such database, or it has several data sources.
    pub(in super::super) fn data_source_of(&self, database: Uuid) -> Result<Uuid, NotionError> {
        self.database(database).map(|database| database.id)
    }

    /// A page's title.
    pub(in super::super) fn title_of<'p>(&self, page: &'p Page) -> &'p Plain {
        const EMPTY: &Plain = &Plain::EMPTY;
        let title = self.schema(page.database).and_then(Schema::title);
        title.map_or(EMPTY, |index| page.value(index).plain())
    }

    /// A user as properties show one: with all that is known.
    #[expect(clippy::unused_self, reason = "no users are known yet")]
    pub(in super::super) fn user_answer(&self, id: Uuid) -> Value {
        user(id)
    }
}

/// A user of whom no more than the id is known.
pub(crate) fn user(id: Uuid) -> Value {
    json!({ "object": "user", "id": id.to_string() })
}

/// Who created a page.
pub(crate) fn created_by(_page: &Page) -> Uuid {
    BOT
}

/// Who edited a page last.
pub(crate) fn edited_by(_page: &Page) -> Uuid {
    BOT
}
