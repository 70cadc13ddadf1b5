//! Behind a pooler: PgBouncer in transaction mode, with fewer connections to the server than it has clients,
//! so that every transaction may run on another one. Its version 1.18 knows nothing of prepared statements,
//! which makes it the strictest judge of who leaves some behind.

use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use cutover::database::{ColumnName, Given, Session};
use cutover::target::{SqlParameter, Target as _};
use secrecy::SecretString;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use url::Url;

use crate::{LIMIT, World, request, rows, target};

/// Connections from the pooler to the server.
const SERVERS: usize = 2;
const CLIENTS: usize = 8;
/// Each client's asks, of five kinds.
const ROUNDS: usize = 50;

/// A pooler before a world's server.
struct Pooler {
    process: Child,
    /// Its URL of the world's database.
    url: Url,
    _folder: TempDir,
}

impl Pooler {
    /// `None` where it is not installed: which is told, and in CI is a failure.
    #[expect(
        clippy::print_stderr,
        reason = "whoever runs the tests must see what was not run"
    )]
    async fn start(world: &World) -> Option<Self> {
        let Some(program) = program() else {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "pgbouncer is not installed: .ci/install installs it"
            );
            eprintln!("NOT RUN: pgbouncer is not installed (apt-get install pgbouncer)");
            return None;
        };
        let server = Url::parse(world.server.url()).unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let folder = settings(&server, port);
        let mut command = Command::new(program);
        // It refuses to run as root.
        if folder.path().metadata().unwrap().uid() == 0 {
            command.args(["-u", "nobody"]);
        }
        command.arg("-q").arg(folder.path().join("pgbouncer.ini"));
        let process = command.kill_on_drop(true).spawn().unwrap();
        let mut url = server;
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(port)).unwrap();
        url.set_query(Some("sslmode=disable&pgbouncer=true"));
        let begun = Instant::now();
        while let Err(error) = Session::connect(&given(&url), LIMIT).await {
            assert!(begun.elapsed() < LIMIT, "{error}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some(Self {
            process,
            url,
            _folder: folder,
        })
    }

    async fn end(mut self) {
        self.process.kill().await.unwrap();
    }
}

fn program() -> Option<&'static Path> {
    let places = [
        "/usr/sbin/pgbouncer",
        "/usr/bin/pgbouncer",
        "/usr/local/bin/pgbouncer",
    ];
    places.map(Path::new).into_iter().find(|it| it.exists())
}

fn given(url: &Url) -> Given {
    Given::parse(&SecretString::from(url.as_str())).unwrap()
}

/// A folder that the pooler may read, whoever it runs as: the password in it opens nothing but the test's server.
fn settings(server: &Url, port: u16) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let users = folder.path().join("users.txt");
    let password = server.password().unwrap_or_default();
    std::fs::write(
        &users,
        format!("\"{}\" \"{password}\"\n", server.username()),
    )
    .unwrap();
    let text = format!(
        "[databases]\n* = host=127.0.0.1 port={}\n\
         [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = scram-sha-256\nauth_file = {}\n\
         pool_mode = transaction\ndefault_pool_size = {SERVERS}\nmax_client_conn = 100\n",
        server.port().unwrap(),
        users.display()
    );
    std::fs::write(folder.path().join("pgbouncer.ini"), text).unwrap();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    folder
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
    if let Some(pooler) = Pooler::start(&world).await {
        let clients = (0..CLIENTS).map(|n| tokio::spawn(client(pooler.url.clone(), n)));
        let mut servers = BTreeSet::new();
        for client in clients.collect::<Vec<_>>() {
            servers.extend(client.await.unwrap());
        }
        assert_eq!(servers.len(), SERVERS, "the pooler shares its connections");
        let notes = world
            .text("SELECT count(DISTINCT client)::text FROM notes")
            .await;
        assert_eq!(notes, Some((CLIENTS * ROUNDS).to_string()));
        pooler.end().await;
    }
    world.end().await;
}

/// That the test above can fail: who names statements does not get through.
#[tokio::test]
async fn a_client_that_names_its_statements_fails_at_this_pooler() {
    let world = World::start(SCHEMA).await;
    if let Some(pooler) = Pooler::start(&world).await {
        let options: sqlx::postgres::PgConnectOptions = pooler.url.as_str().parse().unwrap();
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
        pooler.end().await;
    }
    world.end().await;
}

#[tokio::test]
async fn a_pooler_is_reached_also_by_a_url_that_does_not_say_so() {
    let world = World::start("").await;
    if let Some(pooler) = Pooler::start(&world).await {
        let mut url = pooler.url.clone();
        url.set_query(Some("sslmode=disable"));
        let target = target(url.as_str(), LIMIT);
        let asked = request("SELECT 0.1::float8 AS n", vec![], false);
        assert_eq!(rows(target.send(asked).await), json!([{ "n": 0.1 }]));
        pooler.end().await;
    }
    world.end().await;
}
