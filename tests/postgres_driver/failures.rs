//! What goes wrong is told for what it is, in PostgreSQL's words and without the URL's secrets.

use std::time::Duration;

use cutover::record::FailureKind;
use cutover::target::{Fate, HttpRequest, Request, Target as _};

use crate::{World, answered, request, rows, target};

#[tokio::test]
async fn what_the_server_refuses_is_an_answer_in_its_own_words() {
    let world = World::start("CREATE TABLE tasks (id int)").await;
    for (statement, status, words) in [
        (
            "SELECT * FROM gone",
            400,
            "relation \"gone\" does not exist (SQLSTATE 42P01)",
        ),
        ("SELECT 1 / 0", 400, "division by zero"),
        (
            "DELETE FROM tasks",
            400,
            "a step that writes says `safe = false`",
        ),
        ("SELECT * FROM pg_sleep('x')", 400, "invalid input syntax"),
    ] {
        let exchange = world.read(statement, vec![]).await;
        assert_eq!(world.target.fate(&exchange), Fate::Final, "{statement}");
        let (found, body) = answered(exchange);
        assert_eq!(found, status, "{statement}: {body}");
        let told = world.target.explain(found, &body.to_string()).unwrap();
        assert!(told.contains(words), "{statement}: {told}");
    }
    assert_eq!(rows(world.read("SELECT 1 AS n", vec![]).await)[0]["n"], 1);
    world.end().await;
}

#[tokio::test]
async fn a_time_out_and_a_cut_leave_open_what_became_of_it_and_the_next_is_answered() {
    let world = World::start("CREATE TABLE tasks (id int)").await;
    let hasty = target(world.server.url(), Duration::from_millis(50));
    let slow = hasty
        .send(request("SELECT pg_sleep(60)", vec![], false))
        .await;
    assert_eq!(hasty.fate(&slow), Fate::Unknown);
    assert_eq!(slow.result.unwrap_err().failure.kind, FailureKind::Timeout);
    let cut = "WITH own AS (SELECT pg_terminate_backend(pg_backend_pid())) INSERT INTO tasks SELECT 1 FROM own";
    let cut = world.target.send(request(cut, vec![], true)).await;
    assert_eq!(world.target.fate(&cut), Fate::Unknown);
    assert_eq!(cut.result.unwrap_err().failure.kind, FailureKind::Transport);
    let next = world.read("SELECT count(*) AS n FROM tasks", vec![]).await;
    assert!(next.connect.is_some(), "on a new connection");
    assert_eq!(rows(next)[0]["n"], 0);
    world.end().await;
}

#[tokio::test]
async fn a_connection_is_made_once_and_its_time_is_told_apart() {
    let world = World::start("").await;
    let first = world.read("SELECT 1 AS n", vec![]).await;
    let connect = first.connect.unwrap();
    assert!(
        first.duration() + connect
            <= first.finished.duration_since(first.sent) + Duration::from_millis(1)
    );
    assert!(world.read("SELECT 1 AS n", vec![]).await.connect.is_none());
    world.end().await;
}

#[tokio::test]
async fn who_may_not_come_in_is_told_without_name_and_password() {
    let world = World::start("CREATE ROLE teresa LOGIN PASSWORD 'hunter2'; REVOKE CONNECT ON DATABASE postgres FROM public").await;
    let mut url = url::Url::parse(world.server.url()).unwrap();
    url.set_username("nobody_x").unwrap();
    url.set_password(Some("hunter3")).unwrap();
    let target = target(url.as_str(), Duration::from_secs(5));
    let refused = target.send(request("SELECT 1", vec![], false)).await;
    assert_eq!(target.fate(&refused), Fate::Final);
    let failure = refused.result.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Connect);
    let shown = format!("{failure:?} {target:?} {:?}", target.facts());
    assert!(
        !shown.contains("hunter") && !shown.contains("nobody_x"),
        "{shown}"
    );
    assert!(
        target.facts().base_url.starts_with("postgres://"),
        "{shown}"
    );
    world.end().await;
}

#[tokio::test]
async fn a_request_for_an_api_is_not_sent_to_a_database() {
    let target = target("postgres://a@127.0.0.1:1/b", Duration::from_secs(1));
    let request = Request::Http(HttpRequest {
        method: http::Method::GET,
        path: "/".to_owned(),
        headers: vec![],
        body: None,
    });
    let failure = target.send(request).await.result.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Template);
}
