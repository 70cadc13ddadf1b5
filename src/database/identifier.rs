//! Names of tables and columns, which are the one thing in a statement that cannot be a parameter.
//!
//! They come from a file that somebody wrote, so they are quoted and never stand in a statement as they
//! were written: whatever is in a name, it stays a name.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The longest name that PostgreSQL keeps, in bytes (`NAMEDATALEN` less one). It cuts a longer one, which
/// may then be another table's.
const LONGEST: usize = 63;

/// Why a text cannot be a name in PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentifierError {
    /// There is nothing, or nothing on one side of the dot.
    #[error("the name is empty; write it like `tasks` or `public.tasks`")]
    Empty,
    /// It has a character that no name can have.
    #[error("the name has a zero character in it, which PostgreSQL does not take")]
    Zero,
    /// It would be cut.
    #[error("the name is longer than 63 bytes, which is where PostgreSQL cuts it")]
    TooLong,
}

/// A table, with or without its schema. It shows itself as it stands in a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    schema: Option<String>,
    name: String,
}

/// A column. It shows itself as it stands in a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName(String);

impl TableName {
    /// The schema, where the name says it.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The name as it was written, without the schema.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for TableName {
    type Err = IdentifierError;

    /// Reads `tasks` or `public.tasks`, each part as it is in the database, capitals and all.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (schema, name) = match text.split_once('.') {
            Some((schema, name)) => (Some(checked(schema)?), name),
            None => (None, text),
        };
        Ok(Self {
            schema,
            name: checked(name)?,
        })
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", quoted(schema))?;
        }
        f.write_str(&quoted(&self.name))
    }
}

impl ColumnName {
    /// The name as it was written.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl FromStr for ColumnName {
    type Err = IdentifierError;

    /// Reads a name as it is in the database, capitals and all.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        checked(text).map(Self)
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.0))
    }
}

fn checked(name: &str) -> Result<String, IdentifierError> {
    match name {
        "" => Err(IdentifierError::Empty),
        _ if name.contains('\0') => Err(IdentifierError::Zero),
        _ if name.len() > LONGEST => Err(IdentifierError::TooLong),
        _ => Ok(name.to_owned()),
    }
}

/// A name as it stands in a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Between its quotes, a name has no quote that stands alone: nothing in it can end it.
        #[test]
        fn nothing_in_a_name_ends_it(name in "[^\0]{1,15}") {
            let shown = name.parse::<ColumnName>().unwrap().to_string();
            let inner = shown.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
            prop_assert!(!inner.replace("\"\"", "").contains('"'));
            prop_assert_eq!(inner.replace("\"\"", "\""), name);
        }
    }

    #[test]
    fn a_table_is_named_with_or_without_its_schema() {
        let table: TableName = "public.task_tags".parse().unwrap();
        assert_eq!(table.to_string(), r#""public"."task_tags""#);
        assert_eq!(
            (table.schema(), table.name()),
            (Some("public"), "task_tags")
        );
        let table: TableName = "Tasks".parse().unwrap();
        assert_eq!(table.to_string(), r#""Tasks""#);
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        let long = "x".repeat(64);
        for (text, error) in [
            ("", IdentifierError::Empty),
            ("public.", IdentifierError::Empty),
            (".tasks", IdentifierError::Empty),
            ("a\0b", IdentifierError::Zero),
            (&long, IdentifierError::TooLong),
        ] {
            assert_eq!(text.parse::<TableName>(), Err(error), "{text:?}");
        }
    }
}
