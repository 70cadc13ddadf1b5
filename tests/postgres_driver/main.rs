//! The `postgres` driver against a real PostgreSQL: what goes in comes out (`laws`), what reads cannot
//! write (`sneaky`), what goes wrong is told for what it is (`failures`), and the shipped scenarios run
//! (`run`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test they are how it fails"
)]

mod failures;
mod laws;
mod pgbouncer;
mod pooler;
mod run;
mod sneaky;

use std::time::Duration;

use cutover::sandbox::postgres::{Options, Server, start};
use cutover::target::{
    Exchange, PostgresOptions, PostgresTarget, Request, SqlParameter, SqlRequest, Target,
};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

const LIMIT: Duration = Duration::from_secs(20);

/// A server with a schema, and the driver that reaches it.
struct World {
    server: Server,
    target: PostgresTarget,
}

impl World {
    async fn start(schema: &str) -> Self {
        let server = start(Options::default()).await.unwrap();
        let target = target(server.url(), LIMIT);
        let world = Self { server, target };
        world.run(schema).await;
        world
    }

    /// Runs statements on a connection of its own.
    async fn run(&self, statements: &str) {
        let mut connection = PgConnection::connect(self.server.url()).await.unwrap();
        let running = sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection);
        running.await.unwrap();
    }

    /// One text, asked for on a connection of its own.
    async fn text(&self, statement: &str) -> Option<String> {
        let mut connection = PgConnection::connect(self.server.url()).await.unwrap();
        let asking = sqlx::query(AssertSqlSafe(statement)).fetch_one(&mut connection);
        asking.await.unwrap().get(0)
    }

    async fn read(&self, statement: &str, params: Vec<SqlParameter>) -> Exchange {
        self.target.send(request(statement, params, false)).await
    }

    async fn end(self) {
        self.server.stop().await.unwrap();
    }
}

fn target(url: &str, timeout: Duration) -> PostgresTarget {
    PostgresTarget::new(&PostgresOptions {
        url: url.to_owned().into(),
        timeout,
        connect_timeout: LIMIT,
    })
    .unwrap()
}

fn request(statement: &str, params: Vec<SqlParameter>, writes: bool) -> Request {
    Request::Sql(SqlRequest {
        statement: statement.to_owned(),
        params,
        writes,
    })
}

/// The status and the body of an answer.
fn answered(exchange: Exchange) -> (u16, Value) {
    let answer = exchange.result.unwrap();
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

/// The rows of an answer that is a good one.
fn rows(exchange: Exchange) -> Value {
    let (status, mut body) = answered(exchange);
    assert_eq!(status, 200, "{body}");
    body["rows"].take()
}
