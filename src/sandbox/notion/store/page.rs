//! Pages: their values, their place, and two-way relations, which are kept on both sides: a write to
//! one side mends the other, so that reading needs no search.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::{Missing, NotionError};
use super::super::properties::change::SchemaChange;
use super::super::properties::options::Named;
use super::super::properties::text::RichText;
use super::super::properties::value::{self, Change, Seldom, Stored, seldom};
use super::{Parent, Workspace};

/// The place of a page in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct PageKey(usize);

impl PageKey {
    /// Of the page at a place of [`Workspace::pages`].
    pub(super) fn of_place(place: usize) -> Self {
        Self(place)
    }

    /// The place.
    pub(super) fn place(self) -> usize {
        self.0
    }
}

/// A page.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    pub(crate) id: Uuid,
    pub(crate) parent: Parent,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Uuid,
    pub(crate) edited: Timestamp,
    pub(crate) edited_by: Uuid,
    pub(crate) archived: bool,
    pub(crate) is_locked: bool,
    pub(crate) icon: Seldom,
    pub(crate) cover: Seldom,
    values: Vec<Stored>,
}

impl Page {
    /// The value of the property at this place of the schema.
    pub(crate) fn value(&self, property: usize) -> &Stored {
        &self.values[property]
    }

    /// All values, in the order of the schema.
    pub(super) fn values(&self) -> &[Stored] {
        &self.values
    }

    /// The data source that it is a row of.
    pub(crate) fn data_source(&self) -> Option<Uuid> {
        match self.parent {
            Parent::DataSource(id) => Some(id),
            _ => None,
        }
    }
}

/// What a request changes in a page, read and checked.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    /// Properties by their place, with what is done to them.
    pub(crate) changes: Vec<(usize, Change)>,
    /// The new mark, when it is given.
    pub(crate) archived: Option<bool>,
    /// The new lock, when it is given.
    pub(crate) is_locked: Option<bool>,
    /// The new icon, when it is given.
    pub(crate) icon: Option<Value>,
    /// The new cover, when it is given.
    pub(crate) cover: Option<Value>,
}

impl Edit {
    /// Gives a page outside of data sources its title.
    pub(crate) fn of_title(title: RichText) -> Self {
        Self {
            changes: vec![(0, Change::Set(Stored::Text(title)))],
            ..Self::default()
        }
    }
}

impl Workspace {
    /// # Errors
    /// When there is no such page.
    pub(crate) fn find_page(&self, id: Uuid) -> Result<PageKey, NotionError> {
        self.keys.get(&id).copied().ok_or(NotionError::NotFound {
            kind: Missing::Page,
            id,
        })
    }

    pub(crate) fn page(&self, key: PageKey) -> &Page {
        &self.pages[key.0]
    }

    /// All pages in the order of their creation.
    pub(crate) fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The pages that a relation shows: those that are not archived.
    pub(crate) fn linked<'a>(&'a self, value: &'a Stored) -> impl Iterator<Item = &'a Page> {
        let keys = match value {
            Stored::Relation(keys) => keys.as_slice(),
            _ => &[],
        };
        keys.iter()
            .map(|key| self.page(*key))
            .filter(|page| !page.archived)
    }

    /// The edit of a page in `parent` that a write's `properties` ask for.
    ///
    /// # Errors
    /// When a property does not exist or its value is refused.
    pub(crate) fn edit(
        &self,
        parent: Parent,
        properties: Option<&Field<'_>>,
    ) -> Result<Edit, NotionError> {
        let schema = self.schema_in(parent)?;
        let Some(properties) = properties else {
            return Ok(Edit::default());
        };
        let change = |name: &String| {
            let index = schema.find(name).ok_or_else(|| {
                NotionError::Validation(format!("{name} is not a property that exists."))
            })?;
            let field = properties.get(name);
            let page = |source, id| self.page_of(source, id);
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

    fn page_of(&self, source: Uuid, id: Uuid) -> Result<PageKey, NotionError> {
        let key = self.find_page(id)?;
        if self.page(key).data_source() == Some(source) {
            return Ok(key);
        }
        Err(NotionError::Validation(format!(
            "The page {id} is not in the related database {source}."
        )))
    }

    /// Adds a page whose id is free, created and edited at these times.
    ///
    /// # Errors
    /// When there is no such data source.
    pub(crate) fn create(
        &mut self,
        parent: Parent,
        id: Uuid,
        edit: Edit,
        author: Uuid,
        (created, edited): (Timestamp, Timestamp),
    ) -> Result<PageKey, NotionError> {
        let key = PageKey(self.pages.len());
        let values = match parent {
            Parent::DataSource(source) => {
                let home = self.data_source_mut(source)?;
                home.pages.push(key);
                home.schema.blank()
            }
            _ => self.plain.blank(),
        };
        self.pages.push(Page {
            id,
            parent,
            created,
            created_by: author,
            edited,
            edited_by: author,
            archived: false,
            is_locked: false,
            icon: None,
            cover: None,
            values,
        });
        self.keys.insert(id, key);
        self.attach(parent, id);
        self.apply(key, edit, author, edited);
        Ok(key)
    }

    /// Changes a page at `now`.
    pub(crate) fn apply(&mut self, key: PageKey, edit: Edit, author: Uuid, now: Timestamp) {
        for (index, change) in edit.changes {
            match change {
                Change::Choose(options) => self.choose(key, index, &options),
                Change::Set(Stored::Relation(links)) => self.link(key, index, links),
                Change::Set(value) => self.pages[key.0].values[index] = value,
            }
        }
        let page = &mut self.pages[key.0];
        page.archived = edit.archived.unwrap_or(page.archived);
        page.is_locked = edit.is_locked.unwrap_or(page.is_locked);
        if let Some(icon) = edit.icon {
            page.icon = seldom(icon);
        }
        if let Some(cover) = edit.cover {
            page.cover = seldom(cover);
        }
        page.edited = now;
        page.edited_by = author;
        let page = &self.pages[key.0];
        let (id, archived) = (page.id, page.archived);
        let title = self.title_of(page).folded().to_owned();
        self.index.note(id, title, archived, now);
    }

    /// Gives a data source its changed schema, its pages what they hold from now on, and related data
    /// sources their halves of two-way relations.
    pub(crate) fn reshape(&mut self, id: Uuid, mut change: SchemaChange) {
        let Some(source) = self.data_sources.get_mut(&id) else {
            return;
        };
        for key in &source.pages {
            let page = &mut self.pages[key.0];
            page.values = change.carry(std::mem::take(&mut page.values));
        }
        let (schema, ripples) = change.finish();
        source.schema = schema;
        for ripple in ripples {
            for source in self.data_sources.values_mut() {
                let Some(value) = source.schema.follow(&ripple) else {
                    continue;
                };
                for key in &source.pages {
                    self.pages[key.0].values.push(value.clone());
                }
            }
        }
    }

    fn choose(&mut self, key: PageKey, index: usize, options: &[Named]) {
        let page = &mut self.pages[key.0];
        let source = match page.parent {
            Parent::DataSource(id) => self.data_sources.get_mut(&id),
            _ => None,
        };
        let Some(source) = source else { return };
        let property = source.schema.property_mut(index);
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

    /// The place, in the related data source, of the property that shows the same links.
    fn other_side(&self, key: PageKey, index: usize) -> Option<usize> {
        let schema = self.schema_of(self.page(key));
        let relation = schema.property(index).kind.relation()?;
        let related = &self.data_sources.get(&relation.data_source)?.schema;
        related.find_key(relation.synced.as_ref()?)
    }
}
