//! The shapes that an export may have, taken apart into pages and databases, each page under its
//! database.

use std::collections::HashMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::ids;
use super::ExportError;

/// Deeper than `{"data": {"tasks": [{"results": [page]}]}}` no script nests.
const DEEPEST: usize = 8;
/// The names under which schemas stand, not pages.
const SCHEMAS: [&str; 4] = ["databases", "data_sources", "schema", "schemas"];

/// A page of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet<'f> {
    pub(super) id: Uuid,
    pub(super) database: Uuid,
    pub(super) data_source: Uuid,
    pub(super) page: &'f Value,
}

/// All that the file holds.
#[derive(Debug, Default)]
pub(super) struct Sheets<'f> {
    pub(super) pages: Vec<Sheet<'f>>,
    /// Database or data source objects, by their own ids.
    pub(super) schemas: HashMap<Uuid, &'f Value>,
    /// The name under which a database's pages stand.
    pub(super) names: HashMap<Uuid, String>,
    /// Names of lists that end before their end.
    pub(super) cut: Vec<String>,
    places: HashMap<Uuid, usize>,
}

/// Where something stands in the file.
#[derive(Debug, Clone)]
struct Place<'f> {
    path: String,
    name: Option<&'f str>,
    depth: usize,
}

impl<'f> Place<'f> {
    fn below(&self, key: &str, name: Option<&'f str>) -> Self {
        Self {
            path: format!("{}/{key}", self.path),
            name: name.or(self.name),
            depth: self.depth + 1,
        }
    }

    fn wrong(&self, found: &'static str) -> ExportError {
        let place = match self.path.as_str() {
            "" => "its top".to_owned(),
            path => path.to_owned(),
        };
        ExportError::Shape { place, found }
    }
}

/// Takes a file apart.
///
/// # Errors
/// When something in it is no page, or it holds nothing.
pub(super) fn read(file: &Value) -> Result<Sheets<'_>, ExportError> {
    let mut sheets = Sheets::default();
    let top = Place {
        path: String::new(),
        name: None,
        depth: 0,
    };
    match file {
        Value::Array(_) | Value::Object(_) => sheets.take(file, &top)?,
        _ => return Err(top.wrong("neither an array nor an object")),
    }
    if sheets.pages.is_empty() && sheets.schemas.is_empty() {
        return Err(ExportError::Empty);
    }
    Ok(sheets)
}

impl<'f> Sheets<'f> {
    fn take(&mut self, value: &'f Value, place: &Place<'f>) -> Result<(), ExportError> {
        if place.depth > DEEPEST {
            return Err(place.wrong("nested deeper than any export"));
        }
        match value {
            Value::Array(elements) => {
                for (number, element) in elements.iter().enumerate() {
                    self.take(element, &place.below(&number.to_string(), None))?;
                }
                if elements.last().is_some_and(|last| last["has_more"] == true) {
                    self.cut.push(place.name.unwrap_or("the export").to_owned());
                }
                Ok(())
            }
            Value::Object(object) => self.take_object(value, object, place),
            _ => Err(place.wrong("no page")),
        }
    }

    fn take_object(
        &mut self,
        value: &'f Value,
        object: &'f Map<String, Value>,
        place: &Place<'f>,
    ) -> Result<(), ExportError> {
        let in_schemas = place.name.is_some_and(|name| SCHEMAS.contains(&name));
        match object.get("object").and_then(Value::as_str) {
            Some("page") => return self.add_page(value, place),
            Some("database" | "data_source") => return self.add_schema(value, place),
            Some("list") | None => {}
            Some(_) => return Err(place.wrong("an object that is neither a page nor a list")),
        }
        if object.contains_key("properties") {
            return match in_schemas {
                true => self.add_schema(value, place),
                false => self.add_page(value, place),
            };
        }
        if let Some(results) = object.get("results") {
            let alone = place.path.rsplit('/').next();
            let alone = alone.is_none_or(|key| key.parse::<usize>().is_err());
            if alone && object.get("has_more") == Some(&Value::Bool(true)) {
                self.cut.push(place.name.unwrap_or("the export").to_owned());
            }
            return self.take(results, &place.below("results", None));
        }
        for (key, inner) in object {
            // What is neither an array nor an object is the script's own: a time, a count.
            if inner.is_array() || inner.is_object() {
                // A schema's own name is not that of a list of pages.
                let name = if in_schemas {
                    place.name
                } else {
                    Some(key.as_str())
                };
                self.take(inner, &place.below(key, name))?;
            }
        }
        Ok(())
    }

    fn add_schema(&mut self, schema: &'f Value, place: &Place<'f>) -> Result<(), ExportError> {
        let id = id_of(&schema["id"]).ok_or_else(|| place.wrong("a database without an id"))?;
        self.schemas.insert(id, schema);
        Ok(())
    }

    fn add_page(&mut self, page: &'f Value, place: &Place<'f>) -> Result<(), ExportError> {
        let id = id_of(&page["id"]).ok_or_else(|| place.wrong("a page without an id"))?;
        if let Some(before) = self.places.insert(id, self.pages.len()) {
            self.places.insert(id, before);
            // Queries that overlap list a page twice.
            return match self.pages[before].page == page {
                true => Ok(()),
                false => Err(ExportError::Page {
                    page: id.to_string(),
                    problem: "it stands in the file twice, and not the same".to_owned(),
                }),
            };
        }
        let parent = &page["parent"];
        let database = id_of(&parent["database_id"]);
        let (database, data_source) = match (database, id_of(&parent["data_source_id"])) {
            (Some(database), Some(source)) => (database, source),
            (Some(database), None) => (database, ids::of_data_source(database)),
            // Notion tells both; a file that tells one gets the other made up.
            (None, Some(source)) => (ids::of_data_source(source), source),
            (None, None) if parent.is_null() => {
                let database = ids::of_option("export", place.name.unwrap_or_default());
                (database, ids::of_data_source(database))
            }
            (None, None) => {
                return Err(ExportError::Page {
                    page: id.to_string(),
                    problem: "it stands in no database; export the pages of databases".to_owned(),
                });
            }
        };
        if let Some(name) = place.name {
            let name = || name.to_owned();
            self.names.entry(database).or_insert_with(name);
        }
        self.pages.push(Sheet {
            id,
            database,
            data_source,
            page,
        });
        Ok(())
    }
}

/// An id, with hyphens or without.
pub(super) fn id_of(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}
