//! Tables as streams of text cells.
//!
//! What is compared with an export is text there too, so the server is asked to cast every column: it
//! knows each type, also those that nobody thought of here. Moments are in UTC, days and intervals in
//! the forms of ISO 8601, floats with as many digits as tell them apart. A row is handed on and forgotten,
//! so that a table of any length takes the memory of one row.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::{ColumnName, DatabaseError, Given, TableName};

const COLUMNS: &str = "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1) \
                       AND attnum > 0 AND NOT attisdropped ORDER BY attnum";

/// Tables as they all were at one moment.
#[derive(Debug)]
pub struct Snapshot<'c> {
    connection: &'c mut PgConnection,
    given: &'c Given,
    limit: Duration,
}

impl<'c> Snapshot<'c> {
    pub(super) fn new(connection: &'c mut PgConnection, given: &'c Given, limit: Duration) -> Self {
        Self {
            connection,
            given,
            limit,
        }
    }

    /// The names of a table's columns in their order; none when there is no such table, or none that may be
    /// seen.
    ///
    /// # Errors
    /// When the server refuses or takes too long.
    pub async fn columns(&mut self, table: &TableName) -> Result<Vec<String>, DatabaseError> {
        let rows = sqlx::query(COLUMNS)
            .persistent(false)
            .bind(table.to_string())
            .fetch_all(&mut *self.connection);
        let rows = rows.await.and_then(|rows| {
            let names = rows.iter().map(|row| row.try_get(0));
            names.collect::<Result<Vec<String>, _>>()
        });
        rows.map_err(|error| DatabaseError::of_statement(&error, self.given, self.limit))
    }

    /// Hands every row of a table to `row`, as the cells of these columns in this order; `None` is a
    /// NULL. Rows come in no order. Returns how many there were.
    ///
    /// # Errors
    /// When the table or a column is not there, may not be read, or the server takes too long.
    pub async fn rows(
        &mut self,
        table: &TableName,
        columns: &[ColumnName],
        mut row: impl FnMut(&[Option<&str>]),
    ) -> Result<u64, DatabaseError> {
        let failed =
            |error: sqlx::Error| DatabaseError::of_statement(&error, self.given, self.limit);
        let statement = selection(table, columns);
        let mut stream = sqlx::query(AssertSqlSafe(statement))
            .persistent(false)
            .fetch(&mut *self.connection);
        let mut count = 0;
        while let Some(found) = stream.try_next().await.map_err(failed)? {
            let cells: Result<Vec<Option<&str>>, _> =
                (0..columns.len()).map(|at| found.try_get(at)).collect();
            row(&cells.map_err(failed)?);
            count += 1;
        }
        Ok(count)
    }
}

fn selection(table: &TableName, columns: &[ColumnName]) -> String {
    let cells: Vec<String> = columns
        .iter()
        .map(|column| format!("{column}::text"))
        .collect();
    format!("SELECT {} FROM {table}", cells.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_quoted_and_every_column_cast() {
        let table = "public.tasks".parse().unwrap();
        let columns = ["id", "createdAt"].map(|name| name.parse().unwrap());
        assert_eq!(
            selection(&table, &columns),
            r#"SELECT "id"::text, "createdAt"::text FROM "public"."tasks""#
        );
    }
}
