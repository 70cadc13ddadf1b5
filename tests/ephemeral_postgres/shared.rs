//! A database of our own on a server that is given.

use std::time::Instant;

use cutover::sandbox::postgres::{Options, PostgresError, Server, start};
use secrecy::SecretString;
use sqlx::{Connection as _, PgConnection};

use crate::{
    Holder, PATIENCE, URL_VARIABLE, part, run, scalar, scratch, start_in, this_executable,
};

async fn start_shared(url: &str) -> Server {
    start(shared_options(url)).await.unwrap()
}

fn shared_options(url: &str) -> Options {
    Options {
        admin_url: Some(SecretString::from(url)),
        ..Options::default()
    }
}

#[tokio::test]
#[ignore = "a part that other tests start and kill"]
async fn part_holds_a_shared_database() {
    let server = start_shared(&std::env::var(URL_VARIABLE).unwrap()).await;
    let url = url::Url::parse(server.url()).unwrap();
    println!("\nholding {}", &url.path()[1..]);
    std::future::pending::<()>().await;
}

const OURS: &str = "SELECT count(*) FROM pg_database WHERE datname LIKE 'cutover%'";

#[tokio::test]
async fn a_given_server_lends_a_database_of_its_own_that_is_dropped_in_the_end() {
    let scratch = scratch();
    let lender = start_in(scratch.path()).await;
    let given = format!("{}&pgbouncer=true&connection_limit=1", lender.url());
    let server = start_shared(&given).await;
    assert!(server.is_pooled());
    assert!(server.folder().is_none());
    assert!(
        server
            .facts()
            .origin
            .starts_with("DATABASE_URL (127.0.0.1:")
    );
    assert_eq!(server.facts().durability[0], "fsync=on");
    run(server.url(), "CREATE TABLE t (n bigint)").await;
    let elsewhere = "SELECT count(*) FROM pg_tables WHERE tablename = 't'";
    assert_eq!(scalar(lender.url(), elsewhere).await, 0);
    assert_eq!(scalar(lender.url(), OURS).await, 1);

    let _client = PgConnection::connect(server.url()).await.unwrap();
    server.stop().await.unwrap();
    assert_eq!(scalar(lender.url(), OURS).await, 0);

    drop(start_shared(&given).await);
    assert_eq!(
        scalar(lender.url(), OURS).await,
        0,
        "dropped without a stop"
    );
    lender.stop().await.unwrap();
}

#[tokio::test]
async fn the_next_start_drops_a_killed_harness_s_database_and_nobody_else_s() {
    let scratch = scratch();
    let lender = start_in(scratch.path()).await;
    // Ours by name alone, and that of a living harness that came through another database.
    run(lender.url(), "CREATE DATABASE cutover_0123456789abcdef").await;
    run(lender.url(), "CREATE DATABASE other").await;
    let mut other = url::Url::parse(lender.url()).unwrap();
    other.set_path("other");
    let living = start_shared(other.as_str()).await;
    let mut command = part(&this_executable(), "shared::part_holds_a_shared_database");
    command.env(URL_VARIABLE, lender.url());
    let mut holder = Holder::start(command);
    let orphan = format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{}'",
        holder.told[0]
    );
    holder.kill();
    assert_eq!(scalar(lender.url(), &orphan).await, 1);

    // The server notices the death of its client on its own time.
    let deadline = Instant::now() + PATIENCE;
    loop {
        start_shared(lender.url()).await.stop().await.unwrap();
        if scalar(lender.url(), &orphan).await == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "the orphan stays");
    }
    assert_eq!(scalar(living.url(), "SELECT 1::bigint").await, 1);
    assert_eq!(scalar(lender.url(), OURS).await, 2);
    living.stop().await.unwrap();
    lender.stop().await.unwrap();
}

#[tokio::test]
async fn a_role_that_may_not_create_databases_is_told_so_and_its_password_is_not_shown() {
    let scratch = scratch();
    let lender = start_in(scratch.path()).await;
    run(lender.url(), "CREATE ROLE poor LOGIN PASSWORD 'hunter2'").await;
    let mut url = url::Url::parse(lender.url()).unwrap();
    url.set_username("poor").unwrap();
    url.set_password(Some("hunter2")).unwrap();
    let refused = start(shared_options(url.as_str())).await.unwrap_err();
    assert!(
        matches!(refused, PostgresError::MayNotCreate { .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("ALTER ROLE \"poor\" CREATEDB"));

    url.set_password(Some("hunter3")).unwrap();
    let wrong = start(shared_options(url.as_str())).await.unwrap_err();
    assert!(matches!(wrong, PostgresError::Connect { .. }), "{wrong}");
    for error in [refused, wrong] {
        let everything = format!("{error} {error:?}");
        assert!(!everything.contains("hunter"), "{everything}");
    }
    lender.stop().await.unwrap();
}
