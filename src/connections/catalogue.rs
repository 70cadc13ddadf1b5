//! What a database has of what is needed, read from its catalogue in one statement a table.

use serde::Deserialize;
use sqlx::{PgConnection, Row as _};

use crate::database::TableName;

/// A table as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) indexes: Vec<Index>,
    pub(super) constraints: Vec<Constraint>,
}

/// A column as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    /// In PostgreSQL's long words: `timestamp(3) without time zone`.
    pub(super) kind: String,
}

/// An index as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Index {
    pub(super) name: String,
    /// In order; an expression is an empty name.
    pub(super) columns: Vec<String>,
    pub(super) unique: bool,
    pub(super) primary: bool,
    /// Whether the planner uses it and every row is in it.
    pub(super) valid: bool,
    /// Whether it has only some of the rows.
    pub(super) partial: bool,
}

/// A foreign key or a check as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Constraint {
    pub(super) name: String,
    pub(super) validated: bool,
    pub(super) columns: Vec<String>,
    /// The table that a foreign key refers to.
    pub(super) references: Option<String>,
}

/// One row with all of a table as JSON; none where there is no such table. `to_regclass` looks for the name as
/// a statement of the application would, by the search path.
const TABLE: &str = r"
SELECT json_build_object(
  'columns', (
    SELECT coalesce(json_agg(json_build_object(
        'name', a.attname, 'kind', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum), '[]')
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'indexes', (
    SELECT coalesce(json_agg(json_build_object(
        'name', i.relname, 'unique', x.indisunique, 'primary', x.indisprimary,
        'valid', x.indisvalid AND x.indisready, 'partial', x.indpred IS NOT NULL,
        'columns', (
          SELECT json_agg(coalesce(a.attname, '') ORDER BY k)
          FROM generate_series(0, x.indnkeyatts - 1) k
          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[k] AND a.attnum <> 0
        )) ORDER BY i.relname), '[]')
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid),
  'constraints', (
    SELECT coalesce(json_agg(json_build_object(
        'name', k.conname, 'validated', k.convalidated,
        'references', (SELECT r.relname FROM pg_class r WHERE r.oid = k.confrelid),
        'columns', (
          SELECT coalesce(json_agg(a.attname ORDER BY place), '[]')
          FROM unnest(k.conkey) WITH ORDINALITY u(attnum, place)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum
        )) ORDER BY k.conname), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('f', 'c'))
)::text
FROM pg_class c WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p')";

/// The table, or `None` where there is none of this name.
pub(super) async fn table(
    connection: &mut PgConnection,
    name: &TableName,
) -> Result<Option<Table>, sqlx::Error> {
    let found = sqlx::query(TABLE)
        .bind(name.to_string())
        .persistent(false)
        .fetch_optional(connection)
        .await?;
    let Some(row) = found else { return Ok(None) };
    let text: String = row.try_get(0)?;
    let table = serde_json::from_str(&text);
    table
        .map(Some)
        .map_err(|error| sqlx::Error::Decode(error.into()))
}
