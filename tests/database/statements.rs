//! Whether a database was asked can be told, and that it was not is said only where it is certain.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use cutover::database::{Session, StatementMark, StatementsSeen};
use cutover::sandbox::postgres::{Options, start};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::{LIMIT, World, columns};

const SCHEMA: &str = "CREATE TABLE tasks (id int PRIMARY KEY, title text)";

async fn marked(session: &mut Session) -> StatementMark {
    session.statement_mark(LIMIT).await.unwrap()
}

async fn seen(session: &mut Session, mark: &StatementMark) -> StatementsSeen {
    session.statements_since(mark, LIMIT).await.unwrap()
}

async fn ask(connection: &mut PgConnection, statement: &str) {
    let asking = sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection);
    asking.await.unwrap();
}

/// Waits until no more connections are there than these.
async fn only_connected(connection: &mut PgConnection, count: i64) {
    let connected = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND backend_type = 'client backend'";
    loop {
        let asking = sqlx::query_scalar::<_, i64>(connected).fetch_one(&mut *connection);
        if asking.await.unwrap() == count {
            return;
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_used_shows_at_once_and_an_idle_one_does_not() {
    let world = World::start(SCHEMA).await;
    let mut application = PgConnection::connect(&world.url).await.unwrap();
    ask(&mut application, "SELECT * FROM tasks").await;
    let mut session = world.session().await;
    let mut own = world.session().await;
    let mark = marked(&mut session).await;
    // What the harness asks itself is not what the application asked.
    own.catalogue(LIMIT).await.unwrap();
    let none = seen(&mut session, &mark).await;
    assert_eq!(
        (none.at_least(), none.statements),
        (Some(0), None),
        "{none:?}"
    );
    ask(&mut application, "SELECT * FROM tasks").await;
    let one = seen(&mut session, &mark).await;
    assert_eq!(one.connections_used, 1, "{one:?}");
    assert!(one.at_least() >= Some(1), "{one:?}");
    let later = marked(&mut session).await;
    assert_eq!(seen(&mut session, &later).await.connections_used, 0);
    world.end().await;
}

#[tokio::test]
async fn a_connection_that_is_closed_again_shows_by_the_tables_that_it_used() {
    let world = World::start(SCHEMA).await;
    let mut session = world.session().await;
    for statement in [
        "SELECT title FROM tasks",
        "SELECT title FROM tasks WHERE id = 1",
        "INSERT INTO tasks VALUES (1, 'one')",
    ] {
        let mark = marked(&mut session).await;
        let mut application = PgConnection::connect(&world.url).await.unwrap();
        ask(&mut application, statement).await;
        application.close().await.unwrap();
        // The server ends a connection after the client has left: until then it is there, and used.
        let found = seen(&mut session, &mark).await;
        assert!(found.at_least() >= Some(1), "{statement}: {found:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_an_idle_connection_tells_late_is_no_use_since() {
    let world = World::start(SCHEMA).await;
    let mut application = PgConnection::connect(&world.url).await.unwrap();
    let mut session = world.session().await;
    // The server ends a connection after the client has left: here that of the schema.
    let only = only_connected(&mut application, 2);
    tokio::time::timeout(LIMIT, only).await.unwrap();
    let mark = marked(&mut session).await;
    // A server tells of a use when the connection has been idle for ten seconds. Here it is told at once, by a
    // statement that the harness marks as its own and so takes for none.
    let told = "SELECT /* cutover */ count(*), pg_stat_force_next_flush() FROM tasks";
    ask(&mut application, told).await;
    let found = seen(&mut session, &mark).await;
    assert!(found.table_uses >= Some(1), "{found:?}");
    assert!(!found.connections_changed, "{found:?}");
    assert_eq!(found.at_least(), Some(0), "{found:?}");
    // Once a connection has gone, the use may have been its.
    application.close().await.unwrap();
    world.run("SELECT 1").await;
    let found = seen(&mut session, &mark).await;
    assert!(found.connections_changed, "{found:?}");
    assert!(found.at_least() >= Some(1), "{found:?}");
    world.end().await;
}

#[test]
fn where_not_every_connection_tells_the_uses_of_tables_count() {
    let late = StatementsSeen {
        statements: None,
        connections_used: 0,
        connections_hidden: 0,
        table_uses: Some(7),
        connections_changed: false,
        is_pooled: false,
    };
    assert_eq!(late.at_least(), Some(0));
    for seen in [
        StatementsSeen {
            connections_hidden: 1,
            ..late
        },
        StatementsSeen {
            connections_changed: true,
            ..late
        },
        StatementsSeen {
            is_pooled: true,
            ..late
        },
    ] {
        assert_eq!(seen.at_least(), Some(7), "{seen:?}");
    }
    // Counters that were reset say nothing, and are not needed where every connection tells.
    let reset = StatementsSeen {
        table_uses: None,
        ..late
    };
    assert_eq!(reset.at_least(), Some(0));
    let reset = StatementsSeen {
        connections_changed: true,
        ..reset
    };
    assert_eq!(reset.at_least(), None);
}

#[tokio::test]
async fn where_others_hide_what_they_do_nothing_seen_is_not_called_nothing() {
    let world = World::start(
        "CREATE TABLE tasks (id int PRIMARY KEY); CREATE ROLE looker LOGIN PASSWORD 'looker'",
    )
    .await;
    let application = PgConnection::connect(&world.url).await.unwrap();
    let mut url = url::Url::parse(&world.url).unwrap();
    url.set_username("looker").unwrap();
    url.set_password(Some("looker")).unwrap();
    let mut looker = crate::session(url.as_str()).await;
    let mark = marked(&mut looker).await;
    let found = seen(&mut looker, &mark).await;
    assert!(found.connections_hidden >= 1, "{found:?}");
    assert_eq!(found.at_least(), None);
    drop(application);
    world.end().await;
}

#[tokio::test]
async fn behind_a_pooler_nothing_seen_is_not_called_nothing() {
    let world = World::start(SCHEMA).await;
    let mut url = url::Url::parse(&world.url).unwrap();
    url.query_pairs_mut().append_pair("pgbouncer", "true");
    let mut session = crate::session(url.as_str()).await;
    let mark = marked(&mut session).await;
    assert_eq!(seen(&mut session, &mark).await.at_least(), None);
    world.run("SELECT * FROM tasks").await;
    assert!(seen(&mut session, &mark).await.at_least() >= Some(1));
    world.end().await;
}

/// The folder with PostgreSQL's programs, where the extension is beside them.
fn programs_with_extension() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut versions: Vec<PathBuf> = versions.flatten().map(|it| it.path()).collect();
    versions.sort();
    let has = |it: &PathBuf| it.join("lib/pg_stat_statements.so").exists();
    versions
        .into_iter()
        .rev()
        .find(has)
        .map(|it| it.join("bin"))
}

/// Programs that start a server with the extension loaded, and are otherwise the real ones.
fn loading(programs: &Path, folder: &Path) {
    for (name, more) in [
        ("initdb", ""),
        ("postgres", "-c shared_preload_libraries=pg_stat_statements"),
    ] {
        let real = programs.join(name);
        let script = format!("#!/bin/sh\nexec {} \"$@\" {more}\n", real.display());
        let path = folder.join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn with_the_extension_every_statement_is_counted_and_ours_are_not() {
    let Some(programs) = programs_with_extension() else {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "no pg_stat_statements.so"
        );
        eprintln!("NOT RUN: pg_stat_statements.so is not in /usr/lib/postgresql/*/lib");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    loading(&programs, folder.path());
    let options = Options {
        bin_dir: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let server = start(options).await.unwrap();
    let url = server.url().to_owned();
    let world = World { server, url };
    world.run(SCHEMA).await;
    world
        .run("CREATE SCHEMA \"Odd\"; CREATE EXTENSION pg_stat_statements SCHEMA \"Odd\"")
        .await;
    let mut application = PgConnection::connect(&world.url).await.unwrap();
    let mut session = world.session().await;
    let mark = marked(&mut session).await;
    let none = seen(&mut session, &mark).await;
    assert_eq!(
        (none.statements, none.at_least()),
        (Some(0), Some(0)),
        "{none:?}"
    );
    for _ in 0..3 {
        ask(&mut application, "BEGIN; SELECT * FROM tasks; COMMIT").await;
        ask(&mut application, "SELECT 1").await;
    }
    let six = seen(&mut session, &mark).await;
    assert_eq!(six.statements, Some(6), "{six:?}");
    ask(
        &mut application,
        "SELECT \"Odd\".pg_stat_statements_reset()",
    )
    .await;
    let reset = seen(&mut session, &mark).await;
    assert!(reset.statements.is_none_or(|it| it < 6), "{reset:?}");
    assert!(reset.at_least() >= Some(1), "{reset:?}");
    world.end().await;
}

#[tokio::test]
async fn an_extension_that_is_not_loaded_is_as_good_as_none() {
    if programs_with_extension().is_none() {
        eprintln!("NOT RUN: pg_stat_statements.so is not in /usr/lib/postgresql/*/lib");
        return;
    }
    let world = World::start("CREATE EXTENSION pg_stat_statements").await;
    let mut session = world.session().await;
    let mark = marked(&mut session).await;
    world
        .run("CREATE TABLE a (n int); INSERT INTO a VALUES (1)")
        .await;
    let found = seen(&mut session, &mark).await;
    assert_eq!(found.statements, None);
    assert!(found.at_least() >= Some(1), "{found:?}");
    assert_eq!(
        crate::all_rows(&mut session, "a", &columns(["n"]))
            .await
            .unwrap()
            .len(),
        1
    );
    world.end().await;
}
