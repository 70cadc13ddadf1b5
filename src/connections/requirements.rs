//! What an application needs of its database: tables, columns, keys and indexes, from a file.
//!
//! Why a file of its own: an application's schema is what its code was written for, not what happens to
//! be there. The one for TomOS is built in. It is read strictly, so that a word with a slip of the pen is
//! no requirement that nobody checks.

use std::path::Path;

use crate::diagnostic::{
    At, Complaints, Diagnostics, Entries, FromToml, Node, Section, Source, read,
};

const TOMOS: &str = include_str!("../../schema/tomos.toml");

/// What must be in a database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requirements {
    /// In the order of the file; names are as they are in the database, capitals and all.
    pub tables: Vec<RequiredTable>,
}

/// A table that must be there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequiredTable {
    /// Its name, with or without a schema.
    pub name: String,
    /// Each column with its type, without a precision; `any` takes every type.
    pub columns: Vec<(String, String)>,
    /// The columns of the primary key; none is needed when it is empty.
    pub primary_key: Vec<String>,
    /// Columns that no two rows have alike.
    pub unique: Vec<Vec<String>>,
    /// Columns that some index begins with, in this order.
    pub indexes: Vec<Vec<String>>,
    /// Columns whose values are rows of another table.
    pub foreign_keys: Vec<RequiredForeignKey>,
}

/// A foreign key that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredForeignKey {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table that they refer to.
    pub references: String,
}

impl Requirements {
    /// Those of TomOS: the migration guide's tables.
    ///
    /// # Errors
    /// Never, unless the binary was built with a broken file.
    pub fn tomos() -> Result<Self, Diagnostics> {
        Self::read(Path::new("schema/tomos.toml"), TOMOS)
    }

    /// Reads the text of a file; `path` is what mistakes are told with.
    ///
    /// # Errors
    /// Every mistake in it, with its place.
    pub fn read(path: &Path, text: &str) -> Result<Self, Diagnostics> {
        let complaints = Complaints::new(Source::new(path, text));
        let tables = read(text, &complaints, |table| {
            let mut section = Section::new("the schema", table, 0..0, &complaints);
            let tables =
                section.required::<Entries<RequiredTable>>("tables", "`[tables.tasks]`, a table");
            section.finish();
            tables
        });
        let tables = tables.flatten().map(|tables| tables.value.0);
        let tables: Vec<_> = tables
            .into_iter()
            .flatten()
            .map(|(name, table)| RequiredTable {
                name: name.value,
                ..table.value
            })
            .collect();
        let mistakes = complaints.into_sorted();
        match mistakes.is_empty() {
            true => Ok(Self { tables }),
            false => Err(Diagnostics::of(mistakes)),
        }
    }
}

fn names(list: Vec<At<String>>) -> Vec<String> {
    list.into_iter().map(|name| name.value).collect()
}

/// Lists of columns, as they stand in the file.
type Lists = Vec<At<Vec<At<String>>>>;

fn lists(list: Option<At<Lists>>) -> Vec<Vec<String>> {
    let lists = list.map(|list| list.value).unwrap_or_default();
    lists.into_iter().map(|list| names(list.value)).collect()
}

impl FromToml for RequiredTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a table")?;
        let columns = section
            .required::<Entries<String>>("columns", "`columns = { id = \"text\" }`, its columns");
        let primary_key = section.optional::<Vec<At<String>>>("primary_key");
        let unique = section.optional("unique");
        let indexes = section.optional("indexes");
        let foreign_keys = section.optional::<Vec<At<RequiredForeignKey>>>("foreign_keys");
        section.finish();
        let column = |(name, kind): (At<String>, At<String>)| (name.value, kind.value);
        let foreign_keys = foreign_keys.map(|list| list.value).unwrap_or_default();
        Some(Self {
            name: String::new(),
            columns: columns?.value.0.into_iter().map(column).collect(),
            primary_key: names(primary_key.map(|list| list.value).unwrap_or_default()),
            unique: lists(unique),
            indexes: lists(indexes),
            foreign_keys: foreign_keys.into_iter().map(|key| key.value).collect(),
        })
    }
}

impl FromToml for RequiredForeignKey {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a foreign key")?;
        let columns = section.required::<Vec<At<String>>>("columns", "`columns = [\"projectId\"]`");
        let references =
            section.required::<String>("references", "`references = \"projects\"`, a table");
        section.finish();
        Some(Self {
            columns: names(columns?.value),
            references: references?.value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Colour;

    #[test]
    fn the_schema_that_is_built_in_is_the_guides() {
        let tables = Requirements::tomos().unwrap().tables;
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["projects", "tasks", "tags", "task_tags"]);
        assert_eq!(tables[1].indexes.len(), 4);
        assert_eq!(tables[3].primary_key, ["taskId", "tagId"]);
        assert_eq!(tables[3].foreign_keys[1].references, "tags");
        assert_eq!(
            tables[1].columns[5],
            ("dueDate".to_owned(), "timestamp".to_owned())
        );
    }

    #[test]
    fn a_slip_of_the_pen_is_a_mistake_with_its_place() {
        let text = "[tables.tasks]\ncolumns = { id = \"text\" }\nindex = [[\"id\"]]\n";
        let errors = Requirements::read(Path::new("own.toml"), text).unwrap_err();
        let told = errors.render(Colour::Never);
        assert!(
            told.contains("own.toml:3") && told.contains("indexes"),
            "{told}"
        );
        let empty = Requirements::read(Path::new("own.toml"), "").unwrap_err();
        assert!(empty.render(Colour::Never).contains("tables"));
    }
}
