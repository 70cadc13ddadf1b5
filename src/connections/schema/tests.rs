//! The law: what is not there is named, once, and nothing else is.

use proptest::prelude::*;

use super::*;
use crate::database::catalogue::{Column, Reference};

/// A database that has exactly what is required.
fn complete(table: &RequiredTable) -> Table {
    let index = |columns: &Vec<String>, is_unique| Index {
        name: format!("{}_{}_idx", table.name, columns.join("_")),
        columns: columns.iter().cloned().map(Some).collect(),
        method: "btree".to_owned(),
        is_unique,
        is_partial: false,
        is_valid: true,
    };
    let constraint = |kind, columns: &[String], references| Constraint {
        name: format!("{}_{}_key", table.name, columns.join("_")),
        kind,
        columns: columns.to_vec(),
        references,
        is_validated: true,
        is_enforced: true,
        definition: String::new(),
    };
    let columns = table.columns.iter();
    let links = table.foreign_keys.iter().map(|key| {
        let there = Reference {
            schema: "public".to_owned(),
            table: key.references.clone(),
            columns: vec!["id".to_owned()],
        };
        constraint(ConstraintKind::ForeignKey, &key.columns, Some(there))
    });
    let keys = table.unique.iter().chain([&table.primary_key]);
    Table {
        schema: "public".to_owned(),
        name: table.name.clone(),
        kind: TableKind::Table,
        is_visible: true,
        columns: columns
            .map(|(name, kind)| Column {
                name: name.clone(),
                data_type: kind.replace("timestamp", "timestamp(3) without time zone"),
                is_nullable: true,
                has_default: false,
            })
            .collect(),
        indexes: keys
            .map(|columns| index(columns, true))
            .chain(table.indexes.iter().map(|columns| index(columns, false)))
            .collect(),
        constraints: links
            .chain([constraint(
                ConstraintKind::PrimaryKey,
                &table.primary_key,
                None,
            )])
            .collect(),
    }
}

fn told(required: &Requirements, found: &[Option<Table>]) -> Vec<(FindingKind, String)> {
    let found = found.iter().map(Option::as_ref);
    let tables: Vec<_> = required.tables.iter().zip(found).collect();
    let findings = findings(&tables).into_iter();
    findings
        .map(|finding| (finding.kind, finding.subject))
        .collect()
}

fn tomos() -> (Requirements, Vec<Option<Table>>) {
    let required = Requirements::tomos().unwrap();
    let found = required.tables.iter().map(|table| Some(complete(table)));
    let found = found.collect();
    (required, found)
}

/// Every object that can be removed: the table, and of a table its columns, indexes and links.
fn objects(found: &[Option<Table>]) -> Vec<(usize, usize, usize)> {
    let mut all = Vec::new();
    for (at, table) in found.iter().enumerate() {
        let table = table.as_ref().unwrap();
        all.push((at, 0, 0));
        all.extend((0..table.columns.len()).map(|n| (at, 1, n)));
        all.extend((0..table.indexes.len()).map(|n| (at, 2, n)));
        all.extend((0..table.constraints.len()).map(|n| (at, 3, n)));
    }
    all
}

proptest! {
    #[test]
    fn removing_any_one_object_gives_exactly_one_finding_that_names_it(which in any::<prop::sample::Index>()) {
        let (required, mut found) = tomos();
        let all = objects(&found);
        let (at, what, n) = all[which.index(all.len())];
        let table = required.tables[at].name.clone();
        let (kind, named) = match what {
            0 => {
                found[at] = None;
                (FindingKind::TableMissing, String::new())
            }
            1 => {
                let gone = found[at].as_mut().unwrap().columns.remove(n);
                (FindingKind::ColumnMissing, gone.name)
            }
            2 => {
                let gone = found[at].as_mut().unwrap().indexes.remove(n);
                let kind = if gone.is_unique { FindingKind::ConstraintMissing } else { FindingKind::IndexMissing };
                (kind, gone.columns.into_iter().flatten().collect::<Vec<_>>().join(", "))
            }
            _ => {
                let gone = found[at].as_mut().unwrap().constraints.remove(n);
                let kind = match gone.kind {
                    ConstraintKind::ForeignKey => FindingKind::ForeignKeyMissing,
                    _ => FindingKind::ConstraintMissing,
                };
                (kind, gone.columns.join(", "))
            }
        };
        let told = told(&required, &found);
        prop_assert_eq!(told.len(), 1, "{:?}", told);
        prop_assert_eq!(told[0].0, kind);
        prop_assert!(told[0].1.contains(&table) && told[0].1.contains(&named), "{:?}", told);
    }

    #[test]
    fn what_is_there_besides_is_nobodys_business(extra in "[a-z]{1,12}") {
        let (required, mut found) = tomos();
        for table in found.iter_mut().flatten() {
            let column = table.columns[0].clone();
            table.columns.push(Column { name: format!("x_{extra}"), data_type: "bytea".to_owned(), ..column });
            let first = table.indexes[0].clone();
            table.indexes.push(Index { columns: vec![None], is_partial: true, is_unique: false, ..first });
        }
        prop_assert_eq!(told(&required, &found), []);
    }
}

#[test]
fn a_complete_schema_has_no_finding() {
    let (required, found) = tomos();
    assert_eq!(told(&required, &found), []);
}

#[test]
fn what_only_looks_like_it_is_told() {
    let change = |change: fn(&mut Table)| {
        let (required, mut found) = tomos();
        change(found[1].as_mut().unwrap());
        let told = told(&required, &found);
        assert_eq!(told.len(), 1, "{told:?}");
        told[0].clone()
    };
    use FindingKind as K;
    for (told, kind, subject) in [
        (
            change(|table| table.columns[5].data_type = "text".to_owned()),
            K::ColumnType,
            "column tasks.dueDate",
        ),
        (
            change(|table| table.indexes[1].is_valid = false),
            K::IndexInvalid,
            "index tasks_status_idx on tasks(status)",
        ),
        (
            change(|table| table.indexes[1].is_partial = true),
            K::IndexMissing,
            "index tasks(status)",
        ),
        (
            change(|table| table.indexes[0].is_unique = false),
            K::ConstraintMissing,
            "primary key tasks(id)",
        ),
        (
            change(|table| {
                table.constraints[0].references.as_mut().unwrap().table = "tags".to_owned();
            }),
            K::ForeignKeyMissing,
            "foreign key tasks(projectId) to projects",
        ),
        (
            change(|table| table.constraints[0].is_validated = false),
            K::ConstraintNotValidated,
            "constraint tasks_projectId_key on tasks(projectId)",
        ),
        (
            change(|table| table.constraints[0].is_enforced = false),
            K::ConstraintNotValidated,
            "constraint tasks_projectId_key on tasks(projectId)",
        ),
    ] {
        assert_eq!(told, (kind, subject.to_owned()));
    }
}

#[test]
fn a_type_is_the_same_in_its_long_and_its_short_word() {
    for (long, short) in [
        ("timestamp(3) without time zone", "timestamp"),
        ("timestamp with time zone", "timestamptz"),
        ("character varying(255)", "varchar"),
        ("numeric(10,2)", "numeric"),
        ("INT", "integer"),
    ] {
        assert_eq!(plain_type(long), plain_type(short), "{long}");
    }
    assert_ne!(plain_type("text"), plain_type("text[]"));
}
