//! Connections as they are looked at, with real servers: PostgreSQL with one thing missing each (`schema`),
//! a pooler in both modes (`pooler`), a certificate that nobody signed (`tls`), the simulated Notion
//! (`notion`), and addresses where nothing is (`reach`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test they are how it fails"
)]

mod notion;
#[path = "../postgres_driver/pgbouncer.rs"]
mod pgbouncer;
mod pooler;
mod reach;
mod schema;
mod tls;

use std::time::Duration;

use cutover::connections::{self, Asked, CLOCK_TOLERANCE, Notion, Requirements};
use cutover::database::Given;
use cutover::record::{Finding, FindingKind, Inspection, Weight};
use cutover::sandbox::postgres::{Options, Server, start};
use jiff::Timestamp;
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const LIMIT: Duration = Duration::from_secs(10);
const SCHEMA: &str = include_str!("../../src/sandbox/api/schema.sql");

async fn server(statements: &str) -> Server {
    let server = start(Options::default()).await.unwrap();
    run(server.url(), statements).await;
    server
}

async fn run(url: &str, statements: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let running = sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection);
    running.await.unwrap();
}

fn given(url: &str) -> Given {
    Given::parse(&SecretString::from(url)).unwrap()
}

/// Looks with our own clock and TomOS's requirements.
async fn look(
    pooled: Option<&Given>,
    direct: Option<&Given>,
    notion: Option<Notion<'_>>,
) -> Inspection {
    let required = Requirements::tomos().unwrap();
    connections::look(Asked {
        pooled,
        direct,
        required: &required,
        limit: LIMIT,
        clock: &Timestamp::now,
        clock_tolerance: CLOCK_TOLERANCE,
        notion,
    })
    .await
}

/// What was found beside that no pooler stands before the one server, which is told of every such server.
fn other_findings(seen: &Inspection) -> Vec<&Finding> {
    let findings = seen.findings.iter();
    findings
        .filter(|finding| {
            (finding.kind, finding.weight) != (FindingKind::NotAPooler, Weight::Tells)
        })
        .collect()
}

/// What was not looked at beside Notion.
fn other_gaps(seen: &Inspection) -> Vec<&str> {
    let gaps = seen.not_looked_at.iter().map(|gap| gap.what.as_str());
    gaps.filter(|what| *what != "Notion").collect()
}
