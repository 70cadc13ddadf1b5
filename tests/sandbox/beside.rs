//! What is had of the candidate's PostgreSQL beside its rows: the guide's schema, dumps, and empty
//! databases on the same server.

use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::postgres::DumpFormat;
use cutover::sandbox::profile::Profile;
use cutover::sandbox::{Options, Sandbox};
use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, PgConnection};

use crate::{SEED, world};

/// What the guide's tables have, as PostgreSQL tells it.
const KEYS_AND_INDEXES: &[&str] = &[
    "projects (id) unique",
    "tags (id) unique",
    "tags (name) unique",
    "task_tags (tagId) references tags(id)",
    "task_tags (taskId) references tasks(id)",
    "task_tags (taskId, tagId) unique",
    "tasks (dueDate)",
    "tasks (id) unique",
    "tasks (priority)",
    "tasks (projectId) references projects(id)",
    "tasks (projectId)",
    "tasks (status)",
];

/// Valid indexes and validated foreign keys, in those words.
const FOUND: &str = r#"
    SELECT format('%s (%s)%s', indrelid::regclass,
        (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(indkey) WITH ORDINALITY
            AS k (number, place) JOIN pg_attribute ON attrelid = indrelid AND attnum = number),
        CASE WHEN indisunique THEN ' unique' ELSE '' END)
        FROM pg_index JOIN pg_class c ON c.oid = indrelid
        WHERE indisvalid AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s (%s) references %s(%s)', conrelid::regclass, a.attname,
        confrelid::regclass, f.attname)
        FROM pg_constraint
        JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
        JOIN pg_attribute f ON f.attrelid = confrelid AND f.attnum = confkey[1]
        WHERE contype = 'f' AND convalidated"#;

async fn texts(url: &str, query: &'static str) -> Vec<String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let rows: Vec<(String,)> = sqlx::query_as(query)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let mut texts: Vec<String> = rows.into_iter().map(|(text,)| text).collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn the_sound_database_has_every_key_and_index_of_the_guide_and_no_other() {
    let sandbox = world().await;
    let found = texts(sandbox.database_url(), FOUND).await;
    let mut expected = KEYS_AND_INDEXES.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_dump_is_what_pg_dump_writes_of_every_row() {
    let sandbox = world().await;
    let folder = tempfile::tempdir().unwrap();
    let (plain, custom) = (folder.path().join("plain"), folder.path().join("custom"));
    sandbox.dump(&plain, DumpFormat::Plain).await.unwrap();
    let plain = std::fs::read_to_string(plain).unwrap();
    assert!(plain.contains("-- PostgreSQL database dump complete"));
    let (_, tasks) = plain.split_once("COPY public.tasks (").unwrap();
    let rows = tasks.lines().skip(1).take_while(|line| *line != "\\.");
    assert_eq!(rows.count(), 150);
    sandbox.dump(&custom, DumpFormat::Custom).await.unwrap();
    assert!(std::fs::read(custom).unwrap().starts_with(b"PGDMP"));
    let nowhere = folder.path().join("no folder").join("dump");
    let error = sandbox.dump(&nowhere, DumpFormat::Plain).await.unwrap_err();
    let password = sandbox.database_url().split([':', '@']).nth(2).unwrap();
    assert!(error.to_string().contains("no folder"), "{error}");
    assert!(!format!("{error:?}").contains(password), "{error:?}");
    sandbox.stop().await.unwrap();
}

const TABLES: &str = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
const SERVER: &str = "SELECT system_identifier::text FROM pg_control_system()";
const OURS: &str = "SELECT datname::text FROM pg_database WHERE datname ~ '^cutover_'";

#[tokio::test]
async fn a_scratch_database_is_empty_another_one_each_time_and_on_the_same_server() {
    let sandbox = world().await;
    let one = sandbox.scratch_url().await.unwrap();
    let two = sandbox.scratch_url().await.unwrap();
    assert_ne!(one.expose_secret(), two.expose_secret());
    assert_ne!(one.expose_secret(), sandbox.database_url());
    let server = texts(sandbox.database_url(), SERVER).await;
    for url in [&one, &two] {
        assert_eq!(texts(url.expose_secret(), SERVER).await, server);
        let no_tables: [&str; 0] = [];
        assert_eq!(texts(url.expose_secret(), TABLES).await, no_tables);
    }
    assert_eq!(texts(sandbox.database_url(), TABLES).await.len(), 4);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn on_a_server_of_somebody_else_nothing_is_left_and_a_dump_has_the_sandbox_alone() {
    let host = world().await;
    let guest = Sandbox::start(Options {
        profile: Profile::none(),
        seed: SEED,
        limit: LimitSettings::default(),
        database_url: Some(host.database_url().into()),
        postgres_bin: None,
        plant: None,
    });
    let guest = guest.await.unwrap();
    let scratch = guest.scratch_url().await.unwrap();
    assert_eq!(texts(host.database_url(), OURS).await.len(), 2);
    let no_tables: [&str; 0] = [];
    assert_eq!(texts(scratch.expose_secret(), TABLES).await, no_tables);
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("dump");
    guest.dump(&dump, DumpFormat::Plain).await.unwrap();
    let dump = std::fs::read_to_string(dump).unwrap();
    assert_eq!(dump.matches("COPY public.tasks (").count(), 1);
    let admin = guest.admin().clone();
    guest.stop().await.unwrap();
    let nothing: [&str; 0] = [];
    assert_eq!(texts(host.database_url(), OURS).await, nothing);
    // What is made afterwards goes with whoever asked for it.
    let late = admin.scratch_url().await.unwrap();
    assert_eq!(texts(host.database_url(), OURS).await.len(), 1);
    drop((admin, late));
    assert_eq!(texts(host.database_url(), OURS).await, nothing);
    host.stop().await.unwrap();
}
