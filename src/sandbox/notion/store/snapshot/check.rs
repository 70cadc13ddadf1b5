//! Whether a workspace that was read from a file is one that requests could have made.

use std::collections::HashSet;

use uuid::Uuid;

use super::super::super::properties::kind::Kind;
use super::super::super::properties::schema::Schema;
use super::super::super::properties::value::Stored;
use super::super::{DataSource, Database, Page, Parent, Workspace};
use crate::sandbox::notion::blocks::tree;

/// The greatest number of a unique id that is believed: the next ones must still be numbers.
const MOST_UNIQUE: u64 = u32::MAX as u64;

impl Workspace {
    /// # Errors
    /// What is wrong, and where.
    pub(super) fn check(&self) -> Result<(), String> {
        self.check_ids()?;
        for database in self.databases.values() {
            self.check_database(database)?;
        }
        for source in self.data_sources.values() {
            self.check_data_source(source)?;
        }
        for page in &self.pages {
            self.check_page(page)?;
        }
        let pages = self.pages.iter().map(|page| (page.id, page.parent));
        let databases = self.databases.values();
        let databases = databases.map(|database| (database.id, database.parent));
        let in_pages = pages
            .chain(databases)
            .filter_map(|(id, parent)| match parent {
                Parent::Page(page) => Some((id, page)),
                _ => None,
            });
        self.blocks
            .check(in_pages, |id| self.keys.contains_key(&id))?;
        for (id, parent) in self.comments.all() {
            let (is_there, kind, parent) = match parent {
                tree::Parent::Page(page) => (self.keys.contains_key(&page), "page", page),
                tree::Parent::Block(block) => (self.blocks.contains(block), "block", block),
            };
            if !is_there {
                return Err(format!("the comment {id} is on no {kind} {parent}"));
            }
        }
        Ok(())
    }

    fn check_ids(&self) -> Result<(), String> {
        let databases = self
            .databases
            .keys()
            .chain(self.data_sources.keys())
            .copied();
        let pages = self.pages.iter().map(|page| page.id);
        let users = self.users.iter().map(|user| user.id);
        let comments = self.comments.all().map(|(id, _)| id);
        let all = databases.chain(pages).chain(users).chain(comments);
        let mut seen = HashSet::new();
        match all.chain(self.blocks.ids()).find(|id| !seen.insert(*id)) {
            None => Ok(()),
            Some(id) => Err(format!("the id {id} is given twice")),
        }
    }

    fn check_parent(&self, parent: Parent) -> Result<(), String> {
        let (is_there, kind, id) = match parent {
            Parent::Workspace => return Ok(()),
            Parent::Page(id) => (self.keys.contains_key(&id), "page", id),
            Parent::Database(id) => (self.databases.contains_key(&id), "database", id),
            Parent::DataSource(id) => (self.data_sources.contains_key(&id), "data source", id),
        };
        match is_there {
            true => Ok(()),
            false => Err(format!("there is no {kind} {id}")),
        }
    }

    fn check_database(&self, database: &Database) -> Result<(), String> {
        let wrong = |why: String| format!("database {}: {why}", database.id);
        self.check_parent(database.parent).map_err(wrong)?;
        let mut seen = HashSet::new();
        for id in &database.data_sources {
            let source = self.data_sources.get(id);
            if !seen.insert(id) || source.is_none_or(|source| source.database != database.id) {
                return Err(wrong(format!(
                    "it names the data source {id}, which is not its"
                )));
            }
        }
        match seen.is_empty() {
            true => Err(wrong("it has no data source".to_owned())),
            false => Ok(()),
        }
    }

    fn check_data_source(&self, source: &DataSource) -> Result<(), String> {
        let wrong = |why: String| format!("data source {}: {why}", source.id);
        let database = self.databases.get(&source.database);
        let database =
            database.ok_or_else(|| wrong(format!("there is no database {}", source.database)))?;
        if !database.data_sources.contains(&source.id) {
            return Err(wrong(format!(
                "the database {} does not name it",
                database.id
            )));
        }
        if source.schema.data_source() != source.id {
            return Err(wrong("its schema is that of another one".to_owned()));
        }
        for property in source.schema.properties() {
            if let Kind::UniqueId(unique) = &property.kind
                && unique.last > MOST_UNIQUE
            {
                return Err(wrong(format!(
                    "the numbers of {} are used up",
                    property.name
                )));
            }
        }
        Ok(())
    }

    fn check_page(&self, page: &Page) -> Result<(), String> {
        let wrong = |why: String| format!("page {}: {why}", page.id);
        if let Parent::Database(id) = page.parent {
            return Err(wrong(format!(
                "it stands in the database {id} and in no data source"
            )));
        }
        self.check_parent(page.parent).map_err(wrong)?;
        let schema: &Schema = self.schema_of(page);
        let properties = schema.properties();
        let (values, count) = (page.values(), properties.len());
        if values.len() != count {
            let values = values.len();
            return Err(wrong(format!(
                "it has {values} values for {count} properties"
            )));
        }
        for (value, property) in values.iter().zip(properties) {
            self.check_value(value, &property.kind)
                .map_err(|why| wrong(format!("property {}: {why}", property.name)))?;
        }
        Ok(())
    }

    fn check_value(&self, value: &Stored, kind: &Kind) -> Result<(), String> {
        if !value.is_of(kind) {
            return Err(format!("its value is not that of a {}", kind.name()));
        }
        match (value, kind) {
            (Stored::Choices(chosen), kind) => {
                let options = kind.options().map_or(0, |options| options.all().len());
                let many = matches!(kind, Kind::MultiSelect(_));
                match chosen.iter().find(|place| **place >= options) {
                    Some(place) => Err(format!("there is no option {place}")),
                    None if !many && chosen.len() > 1 => Err("it has several options".to_owned()),
                    None => Ok(()),
                }
            }
            (Stored::Relation(links), Kind::Relation(relation)) => {
                let related = |id: Uuid| id == relation.data_source;
                let is_good = |place: usize| {
                    let page = self.pages.get(place);
                    page.is_some_and(|page| page.data_source().is_some_and(related))
                };
                match links.iter().map(|key| key.place()).find(|it| !is_good(*it)) {
                    Some(place) => Err(format!(
                        "it links to page number {place}, which is not in the related data source"
                    )),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}
