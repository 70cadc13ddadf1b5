//! The catalogue says of a database what was made in it, and what went wrong in the making.

use cutover::database::Catalogue;
use cutover::database::catalogue::{Constraint, ConstraintKind, Table, TableKind};
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::{Config, TestRunner};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::{LIMIT, World};

async fn catalogue(world: &World) -> Catalogue {
    world.session().await.catalogue(LIMIT).await.unwrap()
}

fn table<'c>(catalogue: &'c Catalogue, name: &str) -> &'c Table {
    catalogue.table(&name.parse().unwrap()).unwrap()
}

fn constraint<'t>(table: &'t Table, name: &str) -> &'t Constraint {
    let mut all = table.constraints.iter();
    all.find(|it| it.name == name).unwrap()
}

const SCHEMA: &str = r#"
CREATE TYPE "Status" AS ENUM ('todo', 'done');
CREATE TABLE projects (id uuid PRIMARY KEY, name varchar(200) NOT NULL UNIQUE);
CREATE TABLE tasks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gone int, title text NOT NULL CHECK (title <> ''),
    status "Status" NOT NULL DEFAULT 'todo', "projectId" uuid, marks text[], score numeric(5, 2),
    CONSTRAINT to_project FOREIGN KEY ("projectId") REFERENCES projects ON DELETE CASCADE
);
ALTER TABLE tasks DROP COLUMN gone;
CREATE INDEX by_status ON tasks (status, "projectId") INCLUDE (title);
CREATE UNIQUE INDEX by_words ON tasks (lower(title), id) WHERE status = 'todo';
CREATE INDEX by_marks ON tasks USING gin (marks);
CREATE VIEW open_tasks AS SELECT id FROM tasks WHERE status = 'todo';
CREATE SCHEMA old;
CREATE TABLE old.tasks (id int);
CREATE TABLE old.places (a int, b int, PRIMARY KEY (b, a));
CREATE TABLE old.visits (a int, b int, FOREIGN KEY (b, a) REFERENCES old.places (b, a));
"#;

#[tokio::test]
async fn a_table_is_told_with_its_columns_and_keys() {
    let world = World::start(SCHEMA).await;
    let catalogue = catalogue(&world).await;
    let tasks = table(&catalogue, "tasks");
    assert_eq!(
        (tasks.schema.as_str(), tasks.kind),
        ("public", TableKind::Table)
    );
    let columns: Vec<_> = tasks
        .columns
        .iter()
        .map(|it| {
            (
                it.name.as_str(),
                it.data_type.as_str(),
                it.is_nullable,
                it.has_default,
            )
        })
        .collect();
    assert_eq!(
        columns,
        [
            ("id", "bigint", false, true),
            ("title", "text", false, false),
            ("status", "\"Status\"", false, true),
            ("projectId", "uuid", true, false),
            ("marks", "text[]", true, false),
            ("score", "numeric(5,2)", true, false),
        ]
    );
    let (key, to) = tasks.foreign_keys_on(&["projectId"]).next().unwrap();
    assert_eq!(
        (to.schema.as_str(), to.table.as_str()),
        ("public", "projects")
    );
    assert_eq!(to.columns, ["id"]);
    assert!(key.is_validated && key.is_enforced);
    assert!(key.definition.contains("ON DELETE CASCADE"), "{key:?}");
    assert_eq!(
        constraint(tasks, "tasks_title_check").kind,
        ConstraintKind::Check
    );
    world.end().await;
}

#[tokio::test]
async fn indexes_are_told_with_what_they_are_ordered_by() {
    let world = World::start(SCHEMA).await;
    let catalogue = catalogue(&world).await;
    let tasks = table(&catalogue, "tasks");
    let indexes: Vec<_> = tasks
        .indexes
        .iter()
        .map(|it| {
            let columns: Vec<_> = it
                .columns
                .iter()
                .map(|it| it.as_deref().unwrap_or("?"))
                .collect();
            (
                it.name.as_str(),
                columns.join(" "),
                it.method.as_str(),
                it.is_unique,
                it.is_partial,
            )
        })
        .collect();
    let of = |text: &str| text.to_owned();
    assert_eq!(
        indexes,
        [
            ("by_marks", of("marks"), "gin", false, false),
            ("by_status", of("status projectId"), "btree", false, false),
            ("by_words", of("? id"), "btree", true, true),
            ("tasks_pkey", of("id"), "btree", true, false),
        ]
    );
    assert!(tasks.indexes.iter().all(|it| it.is_valid));
    assert_eq!(tasks.indexes_on(&["status"]).count(), 1);
    assert_eq!(tasks.indexes_on(&["projectId"]).count(), 0);
    world.end().await;
}

#[tokio::test]
async fn a_name_means_the_table_that_a_statement_would_mean_by_it() {
    let world = World::start(SCHEMA).await;
    let catalogue = catalogue(&world).await;
    assert_eq!(table(&catalogue, "old.tasks").columns.len(), 1);
    assert_eq!(table(&catalogue, "tasks").schema, "public");
    assert_eq!(table(&catalogue, "open_tasks").kind, TableKind::View);
    for gone in ["places", "Tasks", "pg_class", "public.places"] {
        assert_eq!(catalogue.table(&gone.parse().unwrap()), None, "{gone}");
    }
    let visits = table(&catalogue, "old.visits");
    let (_, to) = visits.foreign_keys_on(&["b", "a"]).next().unwrap();
    assert_eq!(to.columns, ["b", "a"]);
    assert_eq!(visits.foreign_keys_on(&["a", "b"]).count(), 0);
    world.end().await;
}

#[tokio::test]
async fn what_an_import_leaves_half_done_is_told() {
    let world = World::start(
        "CREATE TABLE projects (id int PRIMARY KEY);
         CREATE TABLE tasks (id int PRIMARY KEY, project int, parent int REFERENCES tasks);
         INSERT INTO tasks VALUES (1, 7), (2, 7);
         ALTER TABLE tasks ADD CONSTRAINT late FOREIGN KEY (project) REFERENCES projects NOT VALID;
         ALTER TABLE tasks ADD CONSTRAINT above CHECK (project > 9) NOT VALID;",
    )
    .await;
    // Its building fails, since two tasks have the same project: it is left behind, and not valid.
    let mut connection = PgConnection::connect(&world.url).await.unwrap();
    let build = "CREATE UNIQUE INDEX CONCURRENTLY one_each ON tasks (project)";
    let built = sqlx::raw_sql(AssertSqlSafe(build))
        .execute(&mut connection)
        .await;
    built.unwrap_err();
    let found = catalogue(&world).await;
    let tasks = table(&found, "tasks");
    let index = tasks.indexes_on(&["project"]).next().unwrap();
    assert_eq!((index.name.as_str(), index.is_valid), ("one_each", false));
    assert!(!constraint(tasks, "late").is_validated);
    assert!(!constraint(tasks, "above").is_validated);
    assert!(constraint(tasks, "tasks_parent_fkey").is_enforced);
    world.run("ALTER TABLE tasks DISABLE TRIGGER ALL").await;
    let found = catalogue(&world).await;
    let parent = constraint(table(&found, "tasks"), "tasks_parent_fkey");
    assert!(parent.is_validated && !parent.is_enforced);
    world.end().await;
}

/// The law: whatever is taken out of a schema, the catalogue lacks that and nothing else.
#[test]
fn what_is_dropped_and_nothing_else_is_gone_from_the_catalogue() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = runtime.block_on(World::start(SCHEMA));
    let whole = runtime.block_on(catalogue(&world));
    let drops = vec![
        ("DROP INDEX by_status", "by_status"),
        ("DROP INDEX by_words", "by_words"),
        ("DROP INDEX by_marks", "by_marks"),
        ("ALTER TABLE tasks DROP CONSTRAINT to_project", "to_project"),
        (
            "ALTER TABLE tasks DROP CONSTRAINT tasks_title_check",
            "tasks_title_check",
        ),
        ("ALTER TABLE tasks DROP COLUMN score", "score"),
        ("DROP TABLE old.visits", "visits"),
        ("DROP VIEW open_tasks", "open_tasks"),
    ];
    let mut runner = TestRunner::new(Config::with_cases(24));
    let count = drops.len();
    let held = runner.run(&subsequence(drops, 0..=count), |drops| {
        let found = runtime.block_on(async {
            let mut statements =
                String::from("DROP SCHEMA public, old CASCADE; CREATE SCHEMA public;");
            statements.push_str(SCHEMA);
            for (drop, _) in &drops {
                statements.push_str(drop);
                statements.push(';');
            }
            world.run(&statements).await;
            catalogue(&world).await
        });
        let gone = |name: &str| drops.iter().any(|(_, dropped)| *dropped == name);
        let mut expected = whole.clone();
        expected.tables.retain(|it| !gone(&it.name));
        for table in &mut expected.tables {
            table.columns.retain(|it| !gone(&it.name));
            table.indexes.retain(|it| !gone(&it.name));
            table.constraints.retain(|it| !gone(&it.name));
        }
        prop_assert_eq!(found, expected);
        Ok(())
    });
    runtime.block_on(world.end());
    held.unwrap();
}
