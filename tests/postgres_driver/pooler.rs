//! Behind a pooler: PgBouncer in transaction mode, with fewer connections to the server than it has clients,
//! so that every transaction may run on another one. Its version 1.18 knows nothing of prepared statements,
//! which makes it the strictest judge of who leaves some behind.

use std::collections::BTreeSet;

use cutover::database::{ColumnName, Given, Session};
use cutover::target::{SqlParameter, Target as _};
use secrecy::SecretString;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use url::Url;

use crate::pgbouncer::PgBouncer;
use crate::{LIMIT, World, request, rows, target};

/// Connections from the pooler to the server.
const SERVERS: usize = 2;
const CLIENTS: usize = 8;
/// Each client's asks, of five kinds.
const ROUNDS: usize = 50;

/// A pooler before a world's server, by a URL that says so; `None` where it is not installed.
async fn pooler(world: &World) -> Option<(PgBouncer, Url)> {
    let pooler = PgBouncer::start(world.server.url(), "transaction", SERVERS).await?;
    let mut url = pooler.url.clone();
    url.query_pairs_mut().append_pair("pgbouncer", "true");
    Some((pooler, url))
}

fn given(url: &Url) -> Given {
    Given::parse(&SecretString::from(url.as_str())).unwrap()
}

const SCHEMA: &str = "
CREATE TYPE switch AS ENUM ('on', 'off');
CREATE TABLE tasks (id int PRIMARY KEY, title text, state switch DEFAULT 'on');
INSERT INTO tasks SELECT n, 'task ' || n FROM generate_series(1, 400) n;
CREATE TABLE notes (client int, round int);";

/// What one client does; returns the server connections that answered it.
async fn client(url: Url, client: usize) -> BTreeSet<i64> {
    let target = target(url.as_str(), LIMIT);
    let mut session = Session::connect(&given(&url), LIMIT).await.unwrap();
    let id: ColumnName = "id".parse().unwrap();
    let mut servers = BTreeSet::new();
    for round in 0..ROUNDS {
        let own = i64::try_from(client * ROUNDS + round + 1).unwrap();
        let integer = SqlParameter::Integer(own);
        let ask = async |statement: &str, writes: bool| {
            let asked = request(statement, vec![integer.clone()], writes);
            rows(target.send(asked).await)
        };
        // The same name of a column, another type: a foreign statement's row would show.
        let echo = ask(
            "SELECT $1::bigint AS own, pg_backend_pid()::bigint AS pid",
            false,
        )
        .await;
        assert_eq!(echo[0]["own"], own);
        servers.insert(echo[0]["pid"].as_i64().unwrap());
        let text = ask("SELECT 'own ' || $1::bigint AS own", false).await;
        assert_eq!(text, json!([{ "own": format!("own {own}") }]));
        // A type of the database's own is looked up between parsing and running.
        let task = ask("SELECT title, state FROM tasks WHERE id = $1", false).await;
        assert_eq!(
            task,
            json!([{ "title": format!("task {own}"), "state": "on" }])
        );
        let note = ask(
            "INSERT INTO notes VALUES ($1, 0) RETURNING client AS own",
            true,
        )
        .await;
        assert_eq!(note, json!([{ "own": own }]));
        let counted = session
            .snapshot(LIMIT, async |snapshot| {
                snapshot
                    .rows(&"tasks".parse().unwrap(), std::slice::from_ref(&id), |_| {})
                    .await
            })
            .await;
        assert_eq!(counted, Ok(400));
    }
    assert_eq!(session.catalogue(LIMIT).await.unwrap().tables.len(), 2);
    servers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_of_a_pooler_meet_no_error_and_no_foreign_row() {
    let world = World::start(SCHEMA).await;
    if let Some((_pooler, url)) = pooler(&world).await {
        let clients = (0..CLIENTS).map(|n| tokio::spawn(client(url.clone(), n)));
        let mut servers = BTreeSet::new();
        for client in clients.collect::<Vec<_>>() {
            servers.extend(client.await.unwrap());
        }
        assert_eq!(servers.len(), SERVERS, "the pooler shares its connections");
        let notes = world
            .text("SELECT count(DISTINCT client)::text FROM notes")
            .await;
        assert_eq!(notes, Some((CLIENTS * ROUNDS).to_string()));
    }
    world.end().await;
}

/// That the test above can fail: who names statements does not get through.
#[tokio::test]
async fn a_client_that_names_its_statements_fails_at_this_pooler() {
    let world = World::start(SCHEMA).await;
    if let Some((_pooler, url)) = pooler(&world).await {
        let options: sqlx::postgres::PgConnectOptions = url.as_str().parse().unwrap();
        let options = options.extra_float_digits(None);
        let mut errors = Vec::new();
        // One more than the pooler has connections: two of them share one, and the first name is taken.
        for _ in 0..=SERVERS {
            let mut connection = PgConnection::connect_with(&options).await.unwrap();
            let asked = sqlx::query("SELECT title FROM tasks")
                .execute(&mut connection)
                .await;
            errors.extend(asked.err().map(|error| error.to_string()));
        }
        let taken = errors.iter().any(|error| error.contains("already exists"));
        assert!(taken, "{errors:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_pooler_is_reached_also_by_a_url_that_does_not_say_so() {
    let world = World::start("").await;
    if let Some((pooler, _)) = pooler(&world).await {
        let url = &pooler.url;
        let target = target(url.as_str(), LIMIT);
        let asked = request("SELECT 0.1::float8 AS n", vec![], false);
        assert_eq!(rows(target.send(asked).await), json!([{ "n": 0.1 }]));
    }
    world.end().await;
}
