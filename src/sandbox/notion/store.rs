//! The one place where databases and pages are held, in memory.
//!
//! Pages stand in the order of their creation and are never removed (archiving is a mark), so a
//! [`PageKey`] stays good for ever, and so does a cursor. Two-way relations are kept on both sides:
//! a write to one side mends the other, so that reading needs no search.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::body::Field;
use super::errors::{Missing, NotionError};
use super::properties::options::Named;
use super::properties::property::PropertySchema;
use super::properties::schema::Schema;
use super::properties::value::{self, Change, Stored};

/// When databases were made, as far as answers tell.
const FOUNDED: Timestamp = Timestamp::constant(1_704_067_200, 0);

/// The place of a page in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PageKey(usize);

/// A database: its schema and its pages in the order of their creation.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) schema: Schema,
    pub(super) created: Timestamp,
    pub(super) edited: Timestamp,
    pub(super) pages: Vec<PageKey>,
}

/// A page of a database.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) id: Uuid,
    pub(super) database: Uuid,
    pub(super) created: Timestamp,
    pub(super) edited: Timestamp,
    pub(super) archived: bool,
    pub(super) icon: Value,
    pub(super) cover: Value,
    values: Vec<Stored>,
}

impl Page {
    /// The value of the property at this place of the schema.
    pub(super) fn value(&self, property: usize) -> &Stored {
        &self.values[property]
    }
}

/// What a request changes in a page, read and checked.
#[derive(Debug, Default)]
pub(super) struct Edit {
    /// Properties by their place, with what is done to them.
    pub(super) changes: Vec<(usize, Change)>,
    /// The new mark, when it is given.
    pub(super) archived: Option<bool>,
    /// The new icon, when it is given.
    pub(super) icon: Option<Value>,
    /// The new cover, when it is given.
    pub(super) cover: Option<Value>,
}

/// All that the simulated integration can see.
#[derive(Debug, Default)]
pub struct Workspace {
    databases: HashMap<Uuid, Database>,
    pages: Vec<Page>,
    keys: HashMap<Uuid, PageKey>,
}

impl Workspace {
    /// An empty workspace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an empty database. Both databases of a two-way relation declare their half of it.
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
        if self.is_taken(id) {
            return Err(NotionError::Validation(format!("The id {id} is taken.")));
        }
        let schema = Schema::new(id, schema)?;
        self.check_halves(id, &schema)?;
        let database = Database {
            id,
            title: title.to_owned(),
            schema,
            created: FOUNDED,
            edited: FOUNDED,
            pages: Vec::new(),
        };
        self.databases.insert(id, database);
        Ok(())
    }

    /// Each half of a two-way relation must name the other, as far as both are there.
    fn check_halves(&self, id: Uuid, schema: &Schema) -> Result<(), NotionError> {
        for (here, there, key) in schema.halves() {
            let other = if there == id {
                Some(schema)
            } else {
                self.databases.get(&there).map(|database| &database.schema)
            };
            let Some(other) = other else { continue };
            let back = (key, id, here.key.as_str());
            if !other
                .halves()
                .any(|(own, to, other)| (own.key.as_str(), to, other) == back)
            {
                return Err(NotionError::Validation(format!(
                    "The relation {} of database {id} is synced with a property of {there}, which \
                     is not synced with it: declare both halves.",
                    here.name
                )));
            }
        }
        Ok(())
    }

    /// Adds a page; `properties` is what a create request would say. The pages that it links to
    /// must be there before it.
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
        if self.is_taken(id) {
            return Err(NotionError::Validation(format!("The id {id} is taken.")));
        }
        let body = serde_json::json!({ "properties": properties });
        let edit = self.edit(
            database,
            Some(&Field::root("body", &body).get("properties")),
        )?;
        self.create(database, id, edit, created, edited)?;
        Ok(())
    }

    /// Whether a database or page has this id.
    pub(super) fn is_taken(&self, id: Uuid) -> bool {
        self.databases.contains_key(&id) || self.keys.contains_key(&id)
    }

    /// # Errors
    /// When there is no such database.
    pub(super) fn database(&self, id: Uuid) -> Result<&Database, NotionError> {
        self.databases.get(&id).ok_or(NotionError::NotFound {
            kind: Missing::Database,
            id,
        })
    }

    /// # Errors
    /// When there is no such page.
    pub(super) fn find_page(&self, id: Uuid) -> Result<PageKey, NotionError> {
        self.keys.get(&id).copied().ok_or(NotionError::NotFound {
            kind: Missing::Page,
            id,
        })
    }

    pub(super) fn page(&self, key: PageKey) -> &Page {
        &self.pages[key.0]
    }

    /// The pages that a relation shows: those that are not archived.
    pub(super) fn linked<'a>(&'a self, value: &'a Stored) -> impl Iterator<Item = &'a Page> {
        let keys = match value {
            Stored::Relation(keys) => keys.as_slice(),
            _ => &[],
        };
        keys.iter()
            .map(|key| self.page(*key))
            .filter(|page| !page.archived)
    }

    /// A page's title.
    pub(super) fn title<'p>(&self, page: &'p Page) -> &'p str {
        self.databases
            .get(&page.database)
            .and_then(|database| database.schema.title())
            .map_or("", |index| page.value(index).text())
    }

    /// The edit of a page of `database` that a write's `properties` ask for.
    ///
    /// # Errors
    /// When a property does not exist or its value is refused.
    pub(super) fn edit(
        &self,
        database: Uuid,
        properties: Option<&Field<'_>>,
    ) -> Result<Edit, NotionError> {
        let schema = &self.database(database)?.schema;
        let Some(properties) = properties else {
            return Ok(Edit::default());
        };
        let change = |name: &String| {
            let index = schema.find(name).ok_or_else(|| {
                NotionError::Validation(format!("{name} is not a property that exists."))
            })?;
            let field = properties.get(name);
            let page = |database, id| self.page_of(database, id);
            let change = value::parse(&field, schema.property(index), &page)?;
            Ok((index, change))
        };
        Ok(Edit {
            changes: properties
                .object()?
                .keys()
                .map(change)
                .collect::<Result<_, _>>()?,
            ..Edit::default()
        })
    }

    fn page_of(&self, database: Uuid, id: Uuid) -> Result<PageKey, NotionError> {
        let key = self.find_page(id)?;
        if self.page(key).database == database {
            return Ok(key);
        }
        Err(NotionError::Validation(format!(
            "The page {id} is not in the related database {database}."
        )))
    }

    /// Adds a page whose id is free.
    ///
    /// # Errors
    /// When there is no such database.
    pub(super) fn create(
        &mut self,
        database: Uuid,
        id: Uuid,
        edit: Edit,
        created: Timestamp,
        edited: Timestamp,
    ) -> Result<PageKey, NotionError> {
        let key = PageKey(self.pages.len());
        let missing = NotionError::NotFound {
            kind: Missing::Database,
            id: database,
        };
        let home = self.databases.get_mut(&database).ok_or(missing)?;
        home.pages.push(key);
        let values = home.schema.blank();
        self.pages.push(Page {
            id,
            database,
            created,
            edited,
            archived: false,
            icon: Value::Null,
            cover: Value::Null,
            values,
        });
        self.keys.insert(id, key);
        self.apply(key, edit, edited);
        Ok(key)
    }

    /// Changes a page at `now`.
    pub(super) fn apply(&mut self, key: PageKey, edit: Edit, now: Timestamp) {
        for (index, change) in edit.changes {
            match change {
                Change::Choose(options) => self.choose(key, index, &options),
                Change::Set(Stored::Relation(links)) => self.link(key, index, links),
                Change::Set(value) => self.pages[key.0].values[index] = value,
            }
        }
        let page = &mut self.pages[key.0];
        page.archived = edit.archived.unwrap_or(page.archived);
        page.icon = edit.icon.unwrap_or_else(|| page.icon.take());
        page.cover = edit.cover.unwrap_or_else(|| page.cover.take());
        page.edited = now;
    }

    fn choose(&mut self, key: PageKey, index: usize, options: &[Named]) {
        let page = &mut self.pages[key.0];
        let Some(database) = self.databases.get_mut(&page.database) else {
            return;
        };
        let property = database.schema.property_mut(index);
        page.values[index] = Stored::Choices(property.choose(options));
    }

    /// Replaces a page's links and mends the other side of a two-way relation.
    fn link(&mut self, key: PageKey, index: usize, links: Vec<PageKey>) {
        let back = self.other_side(key, index);
        let old = match &self.pages[key.0].values[index] {
            Stored::Relation(old) => old.clone(),
            _ => Vec::new(),
        };
        self.pages[key.0].values[index] = Stored::Relation(links.clone());
        let Some(back) = back else { return };
        for page in old.iter().filter(|page| !links.contains(page)) {
            if let Stored::Relation(backlinks) = &mut self.pages[page.0].values[back] {
                backlinks.retain(|link| *link != key);
            }
        }
        for page in links.iter().filter(|page| !old.contains(page)) {
            if let Stored::Relation(backlinks) = &mut self.pages[page.0].values[back]
                && !backlinks.contains(&key)
            {
                backlinks.push(key);
            }
        }
    }

    /// The place, in the related database, of the property that shows the same links.
    fn other_side(&self, key: PageKey, index: usize) -> Option<usize> {
        let schema = &self.databases.get(&self.page(key).database)?.schema;
        let relation = schema.property(index).kind.relation()?;
        let related = &self.databases.get(&relation.data_source)?.schema;
        related.find_key(relation.synced.as_ref()?)
    }
}

#[cfg(test)]
mod tests;
