//! The schema of each database, told by its pages: every page names each property with id and type,
//! and the options that it has chosen. A database object beside the pages adds what no page shows.

use std::collections::HashMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::body::Field;
use super::super::ids;
use super::super::properties::kind::{Kind, NUMBER_FORMATS, Relation, UniqueId};
use super::super::properties::options::Options;
use super::losses::Losses;
use super::shapes::{Sheet, Sheets, id_of};
use super::{ExportError, links};

/// A data source with its pages.
#[derive(Debug)]
pub(super) struct Table<'f> {
    pub(super) database: Uuid,
    pub(super) data_source: Uuid,
    pub(super) title: String,
    /// The database object, when the file has one.
    pub(super) object: Option<&'f Value>,
    pub(super) columns: Vec<Column>,
    pub(super) sheets: Vec<Sheet<'f>>,
}

/// A property.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) id: String,
    /// Notion's word for the type.
    pub(super) kind_name: String,
    /// Nothing for what cannot be computed again.
    pub(super) kind: Option<Kind>,
}

impl Column {
    /// Reads `{id, type}` of a property of a page or schema.
    fn of(name: &str, told: &Value, data_source: Uuid) -> Result<Self, String> {
        let kind_name = told["type"].as_str().ok_or("it has no `type`")?;
        let id = match told.get("id") {
            Some(id) => id.as_str().ok_or("its `id` is no text")?.to_owned(),
            None => ids::of_property(data_source, name),
        };
        let kind = match kind_name {
            "number" => Kind::Number("number"),
            "select" => Kind::Select(Options::default()),
            "multi_select" => Kind::MultiSelect(Options::default()),
            "status" => Kind::Status(Options::default()),
            // Leads to itself until a link tells where.
            "relation" => Kind::Relation(Relation {
                data_source,
                synced: None,
            }),
            "unique_id" => Kind::UniqueId(UniqueId::default()),
            "formula" | "rollup" => return Ok(Self::new(name, id, kind_name, None)),
            simple => Kind::simple(simple)
                .ok_or_else(|| format!("the simulator has no properties of type {simple}"))?,
        };
        Ok(Self::new(name, id, kind_name, Some(kind)))
    }

    fn new(name: &str, id: String, kind_name: &str, kind: Option<Kind>) -> Self {
        Self {
            name: name.to_owned(),
            id,
            kind_name: kind_name.to_owned(),
            kind,
        }
    }

    /// Learns from a page's value.
    fn learn(&mut self, told: &Value) -> Result<(), String> {
        if told["type"] != self.kind_name.as_str() {
            let (one, other) = (&told["type"], &self.kind_name);
            return Err(format!(
                "it is of type {one} here and of type {other} on other pages"
            ));
        }
        if told.get("id").is_some_and(|id| *id != self.id.as_str()) {
            let (one, other) = (&told["id"], &self.id);
            return Err(format!(
                "its id is {one} here and \"{other}\" on other pages"
            ));
        }
        let (key, value) = (self.id.clone(), &told[&self.kind_name]);
        let Some(kind) = &mut self.kind else {
            return Ok(());
        };
        if let Kind::UniqueId(unique) = kind {
            unique.prefix = value["prefix"].as_str().map(str::to_owned);
            unique.last = unique
                .last
                .max(value["number"].as_u64().unwrap_or_default());
        }
        if let Some(options) = kind.options_mut() {
            let chosen = match value {
                Value::Array(chosen) => chosen.as_slice(),
                Value::Null => &[],
                one => std::slice::from_ref(one),
            };
            for option in chosen {
                let option = Field::root(&self.kind_name, option);
                let imported = options.import(&key, &option);
                imported.map_err(|refusal| refusal.to_string())?;
            }
        }
        Ok(())
    }

    /// Learns from a database object's property.
    fn declared(&mut self, told: &Value) -> Result<(), String> {
        let (key, config) = (self.id.clone(), &told[&self.kind_name]);
        match &mut self.kind {
            Some(Kind::Number(format)) => {
                let known = NUMBER_FORMATS.iter().copied();
                let mut known = known.filter(|known| config["format"] == *known);
                *format = known.next().unwrap_or("number");
            }
            Some(Kind::UniqueId(unique)) => {
                unique.prefix = config["prefix"].as_str().map(str::to_owned);
            }
            Some(kind) => {
                let listed = config["options"].as_array();
                if let (Some(options), Some(listed)) = (kind.options_mut(), listed) {
                    for option in listed {
                        let option = Field::root(&self.kind_name, option);
                        let imported = options.import(&key, &option);
                        imported.map_err(|refusal| refusal.to_string())?;
                    }
                }
            }
            None => {}
        }
        Ok(())
    }
}

/// The data sources of a file with their schemas.
///
/// # Errors
/// When a property is of a type that the simulator has not, or pages disagree about it.
pub(super) fn tables<'f>(
    sheets: &Sheets<'f>,
    losses: &mut Losses,
) -> Result<Vec<Table<'f>>, ExportError> {
    let mut tables: Vec<Table<'f>> = Vec::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for sheet in &sheets.pages {
        let place = *places.entry(sheet.data_source).or_insert_with(|| {
            tables.push(Table::new(sheet.database, sheet.data_source, sheets));
            tables.len() - 1
        });
        tables[place].sheets.push(*sheet);
    }
    let mut lonely: Vec<(&Uuid, &&Value)> = sheets.schemas.iter().collect();
    lonely.sort_unstable_by_key(|(id, _)| **id);
    for (id, object) in lonely {
        let own = |table: &Table<'_>| table.database == *id || table.data_source == *id;
        if !tables.iter().any(own) {
            let (database, data_source) = match object["object"] == "data_source" {
                true => {
                    let above = id_of(&object["parent"]["database_id"]);
                    (above.unwrap_or_else(|| ids::of_data_source(*id)), *id)
                }
                false => (*id, ids::of_data_source(*id)),
            };
            tables.push(Table::new(database, data_source, sheets));
        }
    }
    for table in &mut tables {
        table.read_columns(losses)?;
    }
    links::lead(&mut tables, losses);
    for name in &sheets.cut {
        losses.note(
            name,
            "its pages",
            "the file ends before the list (`has_more` is true)",
        );
    }
    Ok(tables)
}

impl<'f> Table<'f> {
    fn new(database: Uuid, data_source: Uuid, sheets: &Sheets<'f>) -> Self {
        let object = [data_source, database]
            .iter()
            .find_map(|id| sheets.schemas.get(id).copied());
        let said = object.and_then(|object| object["title"].as_array());
        let said = said.map(|items| {
            let texts = items.iter().filter_map(|item| item["plain_text"].as_str());
            texts.collect::<String>()
        });
        let title = said.filter(|title| !title.is_empty());
        let title = title.or_else(|| sheets.names.get(&database).cloned());
        Self {
            database,
            data_source,
            title: title.unwrap_or_else(|| "Exported".to_owned()),
            object,
            columns: Vec::new(),
            sheets: Vec::new(),
        }
    }

    fn read_columns(&mut self, losses: &mut Losses) -> Result<(), ExportError> {
        let mut places: HashMap<&'f str, usize> = HashMap::new();
        let declared = self
            .object
            .and_then(|object| object["properties"].as_object());
        for (name, told) in declared.into_iter().flatten() {
            let column = Column::of(name, told, self.data_source).and_then(|mut column| {
                column.declared(told)?;
                Ok(column)
            });
            let column = column.map_err(|problem| ExportError::Database {
                database: self.database,
                problem: format!("property `{name}`: {problem}"),
            })?;
            places.insert(name, self.columns.len());
            self.columns.push(column);
        }
        for sheet in &self.sheets {
            for (name, told) in properties(sheet)? {
                let wrong = |problem| ExportError::Property {
                    page: sheet.id,
                    property: name.clone(),
                    problem,
                };
                let place = match places.get(name.as_str()) {
                    Some(place) => *place,
                    None => {
                        let column = Column::of(name, told, self.data_source).map_err(wrong)?;
                        places.insert(name, self.columns.len());
                        self.columns.push(column);
                        self.columns.len() - 1
                    }
                };
                let column = &mut self.columns[place];
                column.learn(told).map_err(wrong)?;
                if column.kind.is_none() {
                    let why = format!("a {} is not computed here", column.kind_name);
                    losses.note(&self.title, name, &why);
                }
            }
        }
        self.arrange_statuses(losses);
        Ok(())
    }

    /// Pages do not tell the groups of a status.
    fn arrange_statuses(&mut self, losses: &mut Losses) {
        for column in &mut self.columns {
            let Some(Kind::Status(options)) = &mut column.kind else {
                continue;
            };
            let declared = self
                .object
                .map(|object| &object["properties"][&column.name]);
            let groups = declared.and_then(|told| told["status"]["groups"].as_array());
            if !options.import_groups(groups.map_or(&[], Vec::as_slice)) {
                let why = "the groups of its options are guessed by their names";
                losses.note(&self.title, &column.name, why);
            }
        }
    }
}

/// The properties of a page.
pub(super) fn properties<'f>(sheet: &Sheet<'f>) -> Result<&'f Map<String, Value>, ExportError> {
    sheet.page["properties"]
        .as_object()
        .ok_or_else(|| ExportError::Page {
            page: sheet.id.to_string(),
            problem: "it has no `properties`".to_owned(),
        })
}
