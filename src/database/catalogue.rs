//! The tables of a database as they are: their columns, indexes and constraints.
//!
//! A migration leaves behind what nothing complains of later: an index whose building failed, a foreign
//! key that was never validated, triggers that an import switched off and forgot. The server knows all
//! of it, and its catalogue may be read by everybody. It is asked in one statement, so that what comes
//! is of one moment, and as JSON, so that no type of the catalogue's own has to be known here.
//!
//! ```text
//! Session::catalogue ─> pg_class, pg_attribute, pg_index, pg_constraint, pg_trigger ─> Catalogue
//! ```

use std::time::Duration;

use serde::Deserialize;
use sqlx::Row as _;

use super::{DatabaseError, Session, TableName};

/// One row for each table, as JSON in the form of [`Table`].
const TABLES: &str = include_str!("catalogue/tables.sql");

/// What a database holds, without the server's own tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// The tables of all schemas, by schema and name.
    pub tables: Vec<Table>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The schema that it is in.
    pub schema: String,
    /// Its name, as it is written without quotes.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// Whether its name alone means it: its schema is on the search path, and none before it has the name.
    pub is_visible: bool,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// Its indexes, by name.
    pub indexes: Vec<Index>,
    /// Its constraints, by name.
    pub constraints: Vec<Constraint>,
}

/// What rows are read from by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// A table with rows of its own.
    Table,
    /// A table whose rows are in its partitions.
    Partitioned,
    /// A view.
    View,
    /// A view that keeps what it found.
    MaterializedView,
    /// A table of another server.
    Foreign,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name, as it is written without quotes.
    pub name: String,
    /// Its type in PostgreSQL's words, with its measure: `character varying(200)`, `text[]`, `"Status"`.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether it may be NULL.
    pub is_nullable: bool,
    /// Whether it has a value where none is given: a default, an identity, or one worked out.
    pub has_default: bool,
}

/// One index.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// What it is ordered by; `None` is an expression.
    pub columns: Vec<Option<String>>,
    /// How it is kept: `btree`, `gin` and so on.
    pub method: String,
    /// Whether no two rows may have the same.
    pub is_unique: bool,
    /// Whether it holds only the rows of a condition.
    pub is_partial: bool,
    /// Whether queries use it. One whose building failed is kept up to date, and helps nobody.
    pub is_valid: bool,
}

/// One constraint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// What it asks for.
    pub kind: ConstraintKind,
    /// The columns that it is about; none where it is an expression over the row.
    pub columns: Vec<String>,
    /// Where a foreign key leads.
    pub references: Option<Reference>,
    /// Whether the rows that were there when it was made are known to keep it.
    pub is_validated: bool,
    /// Whether the server holds new rows to it: it was not declared `NOT ENFORCED`, and none of the
    /// triggers that do its work is switched off (`DISABLE TRIGGER ALL`).
    pub is_enforced: bool,
    /// It in PostgreSQL's words: `FOREIGN KEY (...) REFERENCES ... ON DELETE CASCADE`.
    pub definition: String,
}

/// What a constraint asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `UNIQUE`
    Unique,
    /// `FOREIGN KEY`
    ForeignKey,
    /// `CHECK`
    Check,
    /// `NOT NULL`, which is a constraint of its own since PostgreSQL 18.
    NotNull,
    /// `EXCLUDE`
    Exclusion,
    /// A trigger that was made as a constraint.
    Trigger,
}

/// Where a foreign key leads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The schema of the other table.
    pub schema: String,
    /// The name of the other table.
    pub table: String,
    /// The columns there, in the order of the key's own.
    pub columns: Vec<String>,
}

impl Catalogue {
    /// The table that a statement means by this name.
    #[must_use]
    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| {
            table.name == name.name()
                && match name.schema() {
                    Some(schema) => table.schema == schema,
                    None => table.is_visible,
                }
        })
    }
}

impl Table {
    /// The column of this name, capitals and all.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The indexes that find rows by these columns: they stand first in it, in this order. Those that are
    /// not valid or hold only some rows are among them.
    pub fn indexes_on<'t>(&'t self, columns: &'t [&str]) -> impl Iterator<Item = &'t Index> {
        self.indexes
            .iter()
            .filter(|index| index.begins_with(columns))
    }

    /// The foreign keys from these columns, in this order.
    pub fn foreign_keys_on<'t>(
        &'t self,
        columns: &'t [&str],
    ) -> impl Iterator<Item = (&'t Constraint, &'t Reference)> {
        self.foreign_keys()
            .filter(move |(key, _)| key.columns == columns)
    }

    /// All foreign keys, with where they lead.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &Reference)> {
        let keys = self.constraints.iter();
        keys.filter_map(|key| Some((key, key.references.as_ref()?)))
    }
}

impl Index {
    /// Whether these columns stand first in it, in this order.
    #[must_use]
    pub fn begins_with(&self, columns: &[&str]) -> bool {
        self.columns.len() >= columns.len()
            && self
                .columns
                .iter()
                .zip(columns)
                .all(|(own, asked)| own.as_deref() == Some(*asked))
    }
}

impl Session {
    /// The tables of the database as they are now.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or takes longer than `limit`.
    pub async fn catalogue(&mut self, limit: Duration) -> Result<Catalogue, DatabaseError> {
        let texts = self
            .read(limit, async |connection| {
                let tables = sqlx::query(TABLES).persistent(false);
                let rows = tables.fetch_all(connection).await?;
                let texts = rows.iter().map(|row| row.try_get::<String, _>(0));
                texts.collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let tables: Result<Vec<Table>, _> = texts
            .iter()
            .map(|text| serde_json::from_str(text))
            .collect();
        let tables = tables.map_err(|error| DatabaseError::Unreadable {
            server: self.given().to_string(),
            why: format!("its catalogue has another form than this version knows: {error}"),
        })?;
        Ok(Catalogue { tables })
    }
}
