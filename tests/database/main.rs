//! The room `database` against a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what the tests share is test code too, though clippy sees it outside of a test"
)]

mod catalogue;
mod statements;

use std::time::Duration;

use cutover::database::{ColumnName, DatabaseError, Given, Session, TableName};
use cutover::sandbox::postgres::{Options, Server, start};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

const LIMIT: Duration = Duration::from_secs(20);

struct World {
    server: Server,
    url: String,
}

impl World {
    async fn start(schema: &str) -> Self {
        let server = start(Options::default()).await.unwrap();
        let url = server.url().to_owned();
        let world = Self { server, url };
        world.run(schema).await;
        world
    }

    async fn run(&self, statement: &str) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let running = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection);
        running.await.unwrap();
    }

    async fn session(&self) -> Session {
        session(&self.url).await
    }

    async fn end(self) {
        self.server.stop().await.unwrap();
    }
}

async fn session(url: &str) -> Session {
    let given = Given::parse(&SecretString::from(url)).unwrap();
    Session::connect(&given, LIMIT).await.unwrap()
}

fn columns<const N: usize>(names: [&str; N]) -> Vec<ColumnName> {
    names.map(|name| name.parse().unwrap()).to_vec()
}

async fn all_rows(
    session: &mut Session,
    table: &str,
    columns: &[ColumnName],
) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
    let table: TableName = table.parse().unwrap();
    let mut rows = Vec::new();
    session
        .snapshot(LIMIT, async |snapshot| {
            let keep = |cells: &[Option<&str>]| {
                rows.push(cells.iter().map(|cell| cell.map(str::to_owned)).collect());
            };
            snapshot.rows(&table, columns, keep).await
        })
        .await?;
    Ok(rows)
}

#[tokio::test]
async fn a_table_comes_as_text_whatever_its_types_are_and_whatever_its_texts_hold() {
    let world = World::start(
        r#"CREATE TABLE "Odd ""table" (id int, "a ""column" text, moment timestamptz, day date, tags text[]);
           INSERT INTO "Odd ""table" VALUES
             (1, E'tab\there, \\N and \n', '2026-11-12 11:00+11', '2026-11-12', '{a,"b c"}'), (2, NULL, NULL, NULL, NULL)"#,
    )
    .await;
    let mut session = world.session().await;
    let names = columns(["id", "a \"column", "moment", "day", "tags"]);
    let mut rows = all_rows(&mut session, "Odd \"table", &names).await.unwrap();
    rows.sort();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        rows,
        [
            vec![
                text("1"),
                text("tab\there, \\N and \n"),
                text("2026-11-12 00:00:00+00"),
                text("2026-11-12"),
                text("{a,\"b c\"}"),
            ],
            vec![text("2"), None, None, None, None],
        ]
    );
    let refused = all_rows(&mut session, "gone", &columns(["id"])).await;
    let Err(DatabaseError::Refused { code, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(code, "42P01");
    // The session is as good as before.
    assert_eq!(
        all_rows(&mut session, "Odd \"table", &names).await,
        Ok(rows)
    );
    world.end().await;
}

#[tokio::test]
async fn two_tables_of_a_snapshot_are_of_one_moment() {
    let world = World::start("CREATE TABLE a (n int); CREATE TABLE b (n int)").await;
    let mut session = world.session().await;
    let names = columns(["n"]);
    let (a, b) = ("a".parse().unwrap(), "b".parse().unwrap());
    let counts = session
        .snapshot(LIMIT, async |snapshot| {
            let before = snapshot.rows(&a, &names, |_| {}).await?;
            world
                .run("INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)")
                .await;
            Ok((before, snapshot.rows(&b, &names, |_| {}).await?))
        })
        .await
        .unwrap();
    assert_eq!(counts, (0, 0));
    assert_eq!(all_rows(&mut session, "b", &names).await.unwrap().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_read_cannot_write_and_keeps_no_setting() {
    let world = World::start("CREATE TABLE a (n int)").await;
    let mut session = world.session().await;
    let refused = session
        .read(LIMIT, async |connection| {
            let insert = sqlx::query("INSERT INTO a VALUES (1)").persistent(false);
            insert.execute(connection).await
        })
        .await;
    let Err(DatabaseError::Refused { code, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(code, "25006");
    let settings = session
        .read(LIMIT, async |connection| {
            sqlx::raw_sql(
                "SET statement_timeout = 1; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            )
            .execute(&mut *connection)
            .await?;
            Ok(())
        })
        .await;
    assert_eq!(settings, Ok(()));
    let timeout: String = session
        .read(LIMIT, async |connection| {
            let show = sqlx::query("SHOW statement_timeout").persistent(false);
            show.fetch_one(connection).await?.try_get(0)
        })
        .await
        .unwrap();
    assert_eq!(timeout, "20s");
    world.end().await;
}

#[tokio::test]
async fn what_takes_too_long_is_ended_and_what_is_cut_is_told_and_the_session_goes_on() {
    let world = World::start("CREATE TABLE a (n int)").await;
    let mut session = world.session().await;
    let sleep = async |connection: &mut PgConnection| {
        let sleep = sqlx::query("SELECT pg_sleep(60)").persistent(false);
        sleep.execute(connection).await
    };
    let slow = session.read(Duration::from_millis(50), sleep).await;
    assert!(
        matches!(slow, Err(DatabaseError::TooSlow { .. })),
        "{slow:?}"
    );
    let cut = session
        .read(LIMIT, async |connection| {
            let own =
                sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())").persistent(false);
            own.execute(connection).await
        })
        .await;
    assert!(matches!(cut, Err(DatabaseError::Lost { .. })), "{cut:?}");
    assert_eq!(
        all_rows(&mut session, "a", &columns(["n"])).await,
        Ok(vec![])
    );
    // Cut while nothing was under way: the next transaction has a new connection, and nobody notices.
    world
        .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")
        .await;
    assert_eq!(
        all_rows(&mut session, "a", &columns(["n"])).await,
        Ok(vec![])
    );
    world.end().await;
}

#[tokio::test]
async fn a_server_that_refuses_is_told_without_user_and_password() {
    let world = World::start("CREATE ROLE teresa LOGIN PASSWORD 'hunter2'; CREATE SCHEMA own; CREATE TABLE own.b (n int)").await;
    let mut url = url::Url::parse(&world.url).unwrap();
    url.query_pairs_mut().append_pair("schema", "own");
    let given = Given::parse(&SecretString::from(url.to_string())).unwrap();
    let mut session = Session::connect(&given, LIMIT).await.unwrap();
    assert_eq!(
        all_rows(&mut session, "b", &columns(["n"])).await,
        Ok(vec![])
    );
    for (user, password, database) in [
        ("nobody_x", "hunter2", "postgres"),
        ("teresa", "hunter3", "none"),
    ] {
        url.set_username(user).unwrap();
        url.set_password(Some(password)).unwrap();
        url.set_path(database);
        let given = Given::parse(&SecretString::from(url.to_string())).unwrap();
        let error = Session::connect(&given, LIMIT).await.unwrap_err();
        assert!(matches!(error, DatabaseError::Connect { .. }), "{error:?}");
        let told = format!("{error} {error:?}");
        assert!(told.contains(database), "{told}");
        assert!(!told.contains("hunter") && !told.contains(user), "{told}");
    }
    world.end().await;
}

/// The law of the room: what is in the table is what the callback sees, for any text.
#[test]
fn any_text_of_a_table_comes_as_it_is() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (world, session) = runtime.block_on(async {
        let world = World::start("CREATE TABLE a (n text)").await;
        let session = tokio::sync::Mutex::new(world.session().await);
        (world, session)
    });
    let texts = proptest::collection::vec(proptest::option::of("[^\0]{0,40}"), 0..20);
    let mut runner = TestRunner::new(Config::with_cases(32));
    runner
        .run(&texts, |texts| {
            let mut rows: Vec<Vec<Option<String>>> = runtime.block_on(async {
                let mut connection = PgConnection::connect(&world.url).await.unwrap();
                sqlx::raw_sql("TRUNCATE a")
                    .execute(&mut connection)
                    .await
                    .unwrap();
                sqlx::query("INSERT INTO a SELECT unnest($1::text[])")
                    .bind(&texts)
                    .execute(&mut connection)
                    .await
                    .unwrap();
                let mut session = session.lock().await;
                all_rows(&mut session, "a", &columns(["n"])).await.unwrap()
            });
            let mut texts: Vec<_> = texts.into_iter().map(|text| vec![text]).collect();
            rows.sort();
            texts.sort();
            prop_assert_eq!(rows, texts);
            Ok(())
        })
        .unwrap();
    runtime.block_on(world.end());
}
