//! `integrity.toml`: which page became which row, and which property which column.
//!
//! Why a file of its own: an importer decides that `Inbox` means `todo` and that a page without a title
//! is called `Untitled`; whoever checks its work must know what was decided, or would have to guess, and
//! a guess hides the very losses that are looked for. The file is read strictly: an unknown key or a
//! column that no rule names is a mistake with its line.
//!
//! Two mappings are built in: `tomos` (the migration guide's importer) and `sandbox` (the embedded world).

mod check;
#[cfg(test)]
mod tests;
mod wire;

use std::path::Path;

use jiff::tz::TimeZone;

use crate::diagnostic::{Complaints, Diagnostics, Section, Source, read, schema_of};

/// The mappings that a binary has with it, by name.
pub const BUILT_IN: [(&str, &str); 2] = [
    ("sandbox", include_str!("../../../integrity/sandbox.toml")),
    ("tomos", include_str!("../../../integrity/tomos.toml")),
];

/// The JSON Schema of a mapping, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schema_of::<wire::MappingFile>()
}

/// How pages became rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Where a date without a time is a day, from midnight to midnight.
    pub zone: TimeZone,
    /// Each kind of record; at least one.
    pub records: Vec<RecordMap>,
}

/// One database of Notion and the table that received it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordMap {
    /// The name of the list in the export: `tasks`.
    pub name: String,
    /// The table.
    pub table: String,
    /// The column of the row's own id.
    pub id: String,
    /// How a page finds its row, the best way first; at least one.
    pub ways: Vec<Way>,
    /// Why pages in Notion's trash have no rows; `None`: they must have.
    pub skip_archived: Option<String>,
    /// Where the text of a page's blocks went.
    pub body: Body,
    /// The column with the time of a row's last change.
    pub edited: Option<String>,
    /// What each column received.
    pub fields: Vec<FieldMap>,
    /// What each link became.
    pub links: Vec<LinkMap>,
    /// Properties that were left behind, each with its reason.
    pub ignored: Vec<(String, String)>,
}

/// How a page finds its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By the part of the id map with this name.
    IdMap(String),
    /// By a column that holds the page's id.
    Column(String),
    /// By what the columns say.
    Content(Vec<String>),
}

/// Where the text of a page's blocks went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// No column received it.
    Nowhere,
    /// This column contains it.
    Column(String),
    /// It was left behind, for this reason.
    Ignored(String),
}

/// What a column received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMap {
    /// The column.
    pub column: String,
    /// Where its value comes from.
    pub from: From,
    /// As what both values are compared.
    pub form: Form,
    /// The column's word for each option of Notion.
    pub words: Vec<(String, String)>,
    /// The column's value where Notion has none.
    pub empty: Option<String>,
    /// The column that received the end of a date.
    pub end_column: Option<String>,
    /// The column that received the zone of a date.
    pub zone_column: Option<String>,
    /// The column is set where another one has this value, and empty elsewhere.
    pub set_when: Option<(String, String)>,
    /// Whether the time of the last edit in this column is a guess.
    pub never_last_edit: bool,
}

/// Where a column's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A property.
    Property(String),
    /// When the page was made.
    CreatedTime,
    /// When the page was last edited.
    LastEditedTime,
    /// Nothing in Notion says it.
    Nothing,
}

/// As what two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Letter by letter; empty and absent are the same.
    Text,
    /// As numbers.
    Number,
    /// As true or false.
    Flag,
    /// As points in time, to the millisecond.
    Instant,
    /// As points in time, to the minute, which is as precise as Notion keeps its own times.
    Minute,
    /// As days in the mapping's zone.
    Day,
    /// As lists of texts, in any order.
    List,
}

/// What a link became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMap {
    /// Its name.
    pub name: String,
    /// Where it is kept.
    pub kept: Kept,
    /// The table that it leads to.
    pub table: String,
    /// The column of that table by which the linked row is known: its id, or its name.
    pub by: String,
    /// The properties that say it; at least one.
    pub from: Vec<LinkFrom>,
}

/// Where a link is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// A column with the other row's id.
    Column(String),
    /// A table of pairs.
    Through {
        /// The table.
        table: String,
        /// Its column with the row's own id.
        own: String,
        /// Its column with the other row's id.
        other: String,
    },
}

/// A property that says links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFrom {
    /// The property: a relation, or options whose names are the names of the linked rows.
    pub property: String,
    /// What stands before an option's name in the linked row's.
    pub prefix: String,
}

/// A table that must be read, with its columns in the order in which cells are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableQuery {
    /// The table.
    pub table: String,
    /// The columns that must be there.
    pub columns: Vec<String>,
    /// Columns that may be absent; their cells come after the others, null where the table has none.
    pub optional: Vec<String>,
}

impl Mapping {
    /// Reads a mapping; `path` is shown in mistakes only.
    ///
    /// # Errors
    /// Every mistake of the text: what is wrong, where, and how to put it right.
    pub fn read(path: &Path, text: &str) -> Result<Self, Diagnostics> {
        let complaints = Complaints::new(Source::new(path, text));
        let mapping = read(text, &complaints, |table| {
            let section = Section::new("the mapping", table, 0..0, &complaints);
            wire::MappingFile::from_section(section)
                .and_then(|file| check::mapping(file, &complaints))
        });
        match mapping.flatten() {
            Some(mapping) if complaints.is_empty() => Ok(mapping),
            _ => Err(Diagnostics::of(complaints.into_sorted())),
        }
    }

    /// A mapping that is built in; `None` for another name.
    ///
    /// # Errors
    /// When it is not valid, which a test excludes.
    pub fn built_in(name: &str) -> Option<Result<Self, Diagnostics>> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Some(Self::read(&Path::new("built-in").join(name), text))
    }

    /// The tables that a comparison needs: those of the records in their order, then the others.
    #[must_use]
    pub fn queries(&self) -> Vec<TableQuery> {
        let mut queries: Vec<TableQuery> = self.records.iter().map(RecordMap::query).collect();
        for link in self.records.iter().flat_map(|record| &record.links) {
            if let Kept::Through { table, own, other } = &link.kept {
                want(&mut queries, table, &[own, other]);
            }
            let id = self.id_of(&link.table).to_owned();
            want(&mut queries, &link.table, &[&id, &link.by]);
        }
        queries
    }

    /// The column of a table's own ids: the record's, and `id` where no record has the table.
    pub(super) fn id_of(&self, table: &str) -> &str {
        let record = self.records.iter().find(|record| record.table == table);
        record.map_or("id", |record| &record.id)
    }
}

/// Asks for columns of a table, of which some may have been asked for already.
fn want(queries: &mut Vec<TableQuery>, table: &str, columns: &[&String]) {
    let place = queries.iter().position(|query| query.table == table);
    let place = place.unwrap_or_else(|| {
        queries.push(TableQuery {
            table: table.to_owned(),
            columns: Vec::new(),
            optional: Vec::new(),
        });
        queries.len() - 1
    });
    for column in columns {
        add(&mut queries[place].columns, column);
    }
}

fn add(columns: &mut Vec<String>, column: &str) {
    if !columns.iter().any(|known| known == column) {
        columns.push(column.to_owned());
    }
}

impl RecordMap {
    fn query(&self) -> TableQuery {
        let mut columns = vec![self.id.clone()];
        for field in &self.fields {
            let others = [&field.end_column, &field.zone_column];
            let named = others.into_iter().flatten();
            for column in [&field.column].into_iter().chain(named) {
                add(&mut columns, column);
            }
        }
        let body = match &self.body {
            Body::Column(column) => Some(column),
            Body::Nowhere | Body::Ignored(_) => None,
        };
        let links = self.links.iter().filter_map(|link| match &link.kept {
            Kept::Column(column) => Some(column),
            Kept::Through { .. } => None,
        });
        for column in self.edited.iter().chain(body).chain(links) {
            add(&mut columns, column);
        }
        // A table that was made without a key has no such column, which is no mistake: the next way
        // is tried then.
        let keys = self.ways.iter().filter_map(|way| match way {
            Way::Column(column) if !columns.contains(column) => Some(column.clone()),
            Way::Column(_) | Way::IdMap(_) | Way::Content(_) => None,
        });
        TableQuery {
            table: self.table.clone(),
            optional: keys.collect(),
            columns,
        }
    }

    /// Whether a rule names the property.
    pub(super) fn names(&self, property: &str) -> bool {
        let fields = self.fields.iter();
        let mut fields = fields.filter_map(|field| match &field.from {
            From::Property(name) => Some(name),
            From::CreatedTime | From::LastEditedTime | From::Nothing => None,
        });
        let mut links = self.links.iter().flat_map(|link| &link.from);
        fields.any(|name| name == property)
            || links.any(|from| from.property == property)
            || self.ignored.iter().any(|(name, _)| name == property)
    }
}
