//! The tables that a comparison was given, by their names.

use super::mapping::TableQuery;
use super::table::Rows;

/// The tables of a database that a mapping asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables(Vec<(String, Rows)>);

impl Tables {
    /// Adds the rows of a table.
    pub fn insert(&mut self, query: &TableQuery, rows: Rows) {
        self.0.push((query.table.clone(), rows));
    }

    /// The rows of a table.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Rows> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, rows)| rows)
    }
}

impl TableQuery {
    /// Rows to fill: all columns, those that may be absent at the end.
    #[must_use]
    pub fn rows(&self) -> Rows {
        Rows::new(self.columns.iter().chain(&self.optional).cloned().collect())
    }
}
