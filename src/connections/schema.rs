//! Is everything there that the application needs? What is required, held against the catalogue.
//!
//! One defect is told once: of a table that is missing nothing else is said, nor of an index over a column that
//! is missing, nor of a link to a table that is missing.

use super::looking::{Looking, not_looked};
use super::requirements::{RequiredForeignKey, RequiredTable, Requirements};
use crate::database::catalogue::{Constraint, ConstraintKind, Index, Table, TableKind};
use crate::database::{Session, TableName};
use crate::record::{Finding, FindingKind, Inspection, Looked, Weight};

/// Holds every required table against what is there.
pub(super) async fn look(
    session: &mut Session,
    required: &Requirements,
    looking: &Looking<'_>,
    seen: &mut Inspection,
) {
    let catalogue = match session.catalogue(looking.limit).await {
        Ok(catalogue) => catalogue,
        Err(error) => {
            seen.not_looked_at.push(not_looked(
                "the tables that are needed",
                &error.to_string(),
                "See that the user of the URL may read the catalogue, and look again.",
            ));
            return;
        }
    };
    let has_rows = |table: &&Table| matches!(table.kind, TableKind::Table | TableKind::Partitioned);
    let mut tables = Vec::new();
    for table in &required.tables {
        match table.name.parse::<TableName>() {
            Ok(name) => tables.push((table, catalogue.table(&name).filter(has_rows))),
            Err(error) => seen.not_looked_at.push(not_looked(
                format!("table {}", table.name),
                &error.to_string(),
                "Put the name right in the file of what is required.",
            )),
        }
    }
    seen.looked_at.push(looked(required));
    seen.findings.extend(findings(&tables));
}

fn looked(required: &Requirements) -> Looked {
    let sum = |count: fn(&RequiredTable) -> usize| required.tables.iter().map(count).sum::<usize>();
    let tables = required.tables.len();
    let columns = sum(|table| table.columns.len());
    let keys = sum(|table| table.unique.len() + usize::from(!table.primary_key.is_empty()));
    let indexes = sum(|table| table.indexes.len());
    let links = sum(|table| table.foreign_keys.len());
    Looked {
        what: "schema".to_owned(),
        count: (tables + columns + keys + indexes + links) as u64,
        detail: format!(
            "{tables} tables, {columns} columns, {keys} keys, {indexes} indexes, {links} foreign keys"
        ),
    }
}

/// What is wrong with the tables; `None` is one that is not there.
pub(super) fn findings(tables: &[(&RequiredTable, Option<&Table>)]) -> Vec<Finding> {
    let missing: Vec<&str> = tables
        .iter()
        .filter(|(_, found)| found.is_none())
        .map(|(table, _)| table.name.as_str())
        .collect();
    let mut findings = Vec::new();
    for (table, found) in tables {
        match found {
            None => findings.push(table_missing(table)),
            Some(found) => Held { table, found }.against(&missing, &mut findings),
        }
    }
    findings
}

fn table_missing(table: &RequiredTable) -> Finding {
    let name = &table.name;
    Finding::of_one(
        FindingKind::TableMissing,
        Weight::Refutes,
        format!("table {name}"),
        format!("the database has no table `{name}`, so every request that reads it will fail"),
        "Run the migrations against this database (`prisma migrate deploy`), and see that the URL \
         leads to the right one.",
    )
}

/// A table that is there, with what is required of it.
struct Held<'t> {
    table: &'t RequiredTable,
    found: &'t Table,
}

impl Held<'_> {
    fn against(&self, missing_tables: &[&str], findings: &mut Vec<Finding>) {
        let table = self.table;
        findings.extend(
            table
                .columns
                .iter()
                .filter_map(|(name, kind)| self.column(name, kind)),
        );
        if !table.primary_key.is_empty() && self.has_columns(&table.primary_key) {
            findings.extend(self.key(&table.primary_key, true));
        }
        let whole = table
            .unique
            .iter()
            .filter(|columns| self.has_columns(columns));
        findings.extend(whole.filter_map(|columns| self.key(columns, false)));
        let whole = table
            .indexes
            .iter()
            .filter(|columns| self.has_columns(columns));
        findings.extend(whole.filter_map(|columns| self.index(columns)));
        let whole = table.foreign_keys.iter().filter(|key| {
            self.has_columns(&key.columns) && !missing_tables.contains(&key.references.as_str())
        });
        findings.extend(whole.filter_map(|key| self.foreign_key(key)));
        let constraints = self.found.constraints.iter();
        findings.extend(constraints.filter_map(|constraint| self.constraint(constraint)));
    }

    fn has_columns(&self, names: &[String]) -> bool {
        names.iter().all(|name| self.found.column(name).is_some())
    }

    /// `tasks(status, priority)`
    fn place(&self, columns: &[String]) -> String {
        format!("{}({})", self.table.name, columns.join(", "))
    }

    fn column(&self, name: &str, kind: &str) -> Option<Finding> {
        let table = &self.table.name;
        let subject = format!("column {table}.{name}");
        let Some(column) = self.found.column(name) else {
            return Some(Finding::of_one(
                FindingKind::ColumnMissing,
                Weight::Refutes,
                subject,
                format!("the table `{table}` has no column `{name}`"),
                "Run the migrations against this database (`prisma migrate deploy`).",
            ));
        };
        let same = kind == "any" || plain_type(&column.data_type) == plain_type(kind);
        (!same).then(|| {
            Finding::of_one(
                FindingKind::ColumnType,
                Weight::Refutes,
                subject,
                format!("it is `{}` and should be `{kind}`", column.data_type),
                "Migrate the column to the type that the application was written for.",
            )
        })
    }

    fn key(&self, columns: &[String], is_primary: bool) -> Option<Finding> {
        let same = |names: &[Option<String>]| {
            let known =
                |name: &Option<String>| name.as_ref().is_some_and(|it| columns.contains(it));
            names.len() == columns.len() && names.iter().all(known)
        };
        let holds = |index: &&Index| index.is_unique && !index.is_partial && same(&index.columns);
        let is_key = self.found.constraints.iter().any(|constraint| {
            constraint.kind == ConstraintKind::PrimaryKey
                && constraint.columns.len() == columns.len()
                && constraint.columns.iter().all(|name| columns.contains(name))
        });
        let place = self.place(columns);
        let (what, sql) = match is_primary {
            true => ("primary key", "PRIMARY KEY"),
            false => ("unique constraint", "UNIQUE"),
        };
        match self.found.indexes.iter().find(holds) {
            Some(index) if is_key || !is_primary => (!index.is_valid).then(|| self.invalid(index)),
            _ => Some(Finding::of_one(
                FindingKind::ConstraintMissing,
                Weight::Refutes,
                format!("{what} {place}"),
                format!(
                    "nothing keeps two rows from having the same {}",
                    columns.join(" and ")
                ),
                format!(
                    "Remove the rows that stand there twice, then `ALTER TABLE \"{}\" ADD {sql} ({})`.",
                    self.table.name,
                    quoted(columns)
                ),
            )),
        }
    }

    fn index(&self, columns: &[String]) -> Option<Finding> {
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let found = self.found.indexes_on(&names);
        let mut found: Vec<&Index> = found.filter(|index| !index.is_partial).collect();
        found.sort_by_key(|index| !index.is_valid);
        match found.first() {
            Some(index) if index.is_valid => None,
            Some(index) => Some(self.invalid(index)),
            None => Some(Finding::of_one(
                FindingKind::IndexMissing,
                Weight::Refutes,
                format!("index {}", self.place(columns)),
                format!(
                    "no index begins with {}, so each look-up by it reads the whole table, and \
                     takes longer with every row",
                    columns.join(" and ")
                ),
                format!(
                    "`CREATE INDEX CONCURRENTLY ON \"{}\" ({})`, over the direct URL.",
                    self.table.name,
                    quoted(columns)
                ),
            )),
        }
    }

    fn invalid(&self, index: &Index) -> Finding {
        let name = &index.name;
        let columns = index.columns.iter().cloned();
        let columns: Vec<String> = columns
            .map(|column| column.unwrap_or("an expression".into()))
            .collect();
        Finding::of_one(
            FindingKind::IndexInvalid,
            Weight::Refutes,
            format!("index {name} on {}", self.place(&columns)),
            "it was never finished: it costs every write and no query uses it",
            format!("`REINDEX INDEX CONCURRENTLY \"{name}\"`, over the direct URL."),
        )
    }

    fn foreign_key(&self, key: &RequiredForeignKey) -> Option<Finding> {
        let (schema, table) = match key.references.split_once('.') {
            Some((schema, table)) => (Some(schema), table),
            None => (None, key.references.as_str()),
        };
        let names: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        let mut from_here = self.found.foreign_keys_on(&names);
        let leads_there = from_here.any(|(_, there)| {
            there.table == table && schema.is_none_or(|schema| there.schema == schema)
        });
        if leads_there {
            return None;
        }
        Some(Finding::of_one(
            FindingKind::ForeignKeyMissing,
            Weight::Refutes,
            format!(
                "foreign key {} to {}",
                self.place(&key.columns),
                key.references
            ),
            format!(
                "nothing keeps {} from naming a row of `{}` that is not there",
                key.columns.join(" and "),
                key.references
            ),
            format!(
                "See that every link leads to a row, then `ALTER TABLE \"{}\" ADD FOREIGN KEY ({}) \
                 REFERENCES \"{}\"`, with what shall happen on delete.",
                self.table.name,
                quoted(&key.columns),
                key.references
            ),
        ))
    }

    /// A constraint that is there and does not hold.
    fn constraint(&self, constraint: &Constraint) -> Option<Finding> {
        let (table, name) = (&self.table.name, &constraint.name);
        let (weight, words, next) = match constraint {
            Constraint {
                is_enforced: false, ..
            } => (
                Weight::Refutes,
                "it is switched off: no new row is held against it",
                format!(
                    "`ALTER TABLE \"{table}\" ENABLE TRIGGER ALL`, which an import may have switched off, then see \
                     that the rows that are there keep it."
                ),
            ),
            Constraint {
                is_validated: false,
                ..
            } => (
                Weight::Doubts,
                "rows that were there before it were never held against it, so some may break it",
                format!(
                    "`ALTER TABLE \"{table}\" VALIDATE CONSTRAINT \"{name}\"`; it tells the rows that do."
                ),
            ),
            _ => return None,
        };
        Some(Finding::of_one(
            FindingKind::ConstraintNotValidated,
            weight,
            format!("constraint {name} on {}", self.place(&constraint.columns)),
            words,
            next,
        ))
    }
}

fn quoted(columns: &[String]) -> String {
    let names: Vec<_> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// A type without its precision, in the word that is used most: `timestamp(3) without time zone` is
/// `timestamp`.
fn plain_type(kind: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for c in kind.trim().to_lowercase().chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    match plain.as_str() {
        "timestamp without time zone" => "timestamp".to_owned(),
        "timestamp with time zone" => "timestamptz".to_owned(),
        "character varying" => "varchar".to_owned(),
        "int" | "int4" => "integer".to_owned(),
        "int8" => "bigint".to_owned(),
        "bool" => "boolean".to_owned(),
        "float8" => "double precision".to_owned(),
        _ => plain,
    }
}

#[cfg(test)]
mod tests;
