//! Faults on request, as a real client sees them.

use std::time::{Duration, Instant};

use cutover::sandbox::notion::{Counters, Fault, FaultKind, FaultPlan, Settings};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Notion, PROJECT, TASKS, TOKEN, answer, title};
use crate::tables::{ERROR, assert_keys};

/// A simulator that was asked for these faults while it runs.
async fn with(faults: Value) -> Notion {
    let notion = Notion::unlimited().await;
    ask_for(&notion, &faults).await;
    notion
}

async fn ask_for(notion: &Notion, faults: &Value) {
    let request = notion.client.put(notion.running.faults_url()).json(faults);
    let (status, told) = answer(request).await;
    assert_eq!(status, 200, "{told}");
}

fn read(notion: &Notion) -> RequestBuilder {
    notion.request(Method::GET, &format!("/v1/pages/{PROJECT}"))
}

fn create(notion: &Notion) -> RequestBuilder {
    let properties = json!({ "Task": title("Buy milk") });
    let body = json!({ "parent": { "database_id": TASKS.to_string() }, "properties": properties });
    notion.request(Method::POST, "/v1/pages").json(&body)
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

async fn tasks(notion: &Notion) -> usize {
    let list = notion.query(json!({})).await;
    list["results"].as_array().unwrap().len()
}

fn injected(notion: &Notion, kind: FaultKind) -> u64 {
    let counters = notion.running.counters();
    counters.injected.get(&kind).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_count_of_two_fails_the_next_two_and_no_more_and_nothing_is_written() {
    for (kind, expected, code) in [
        (FaultKind::Conflict, 409, "conflict_error"),
        (FaultKind::Unavailable, 503, "service_unavailable"),
        (FaultKind::Overload, 529, "service_overload"),
        (FaultKind::InternalError, 500, "internal_server_error"),
        (FaultKind::GatewayTimeout, 504, "gateway_timeout"),
    ] {
        let fault = json!({ "rate": 1, "count": 2, "endpoints": ["create_page"] });
        let notion = with(json!({ kind.to_string(): fault })).await;
        let before = tasks(&notion).await;
        for _ in 0..2 {
            let failed = create(&notion).send().await.unwrap();
            assert_eq!(failed.status().as_u16(), expected);
            assert_eq!(
                failed.headers().contains_key("retry-after"),
                expected == 529
            );
            let body: Value = failed.json().await.unwrap();
            assert_keys(&body, ERROR);
            assert_eq!(
                (&body["status"], &body["code"]),
                (&json!(expected), &json!(code))
            );
        }
        assert_eq!(tasks(&notion).await, before, "{kind} writes nothing");
        assert_eq!(status(create(&notion)).await, 200);
        assert_eq!(tasks(&notion).await, before + 1);
        assert_eq!(injected(&notion, kind), 2);
    }
}

#[tokio::test]
async fn a_bad_gateway_has_no_json() {
    let notion = with(json!({ "bad_gateway": { "rate": 1, "methods": ["GET"] } })).await;
    let failed = read(&notion).send().await.unwrap();
    assert_eq!(failed.status(), 502);
    assert_eq!(failed.headers()["content-type"], "text/html");
    let body = failed.text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&body).is_err(), "{body}");
    assert_eq!(status(create(&notion)).await, 200);
}

#[tokio::test]
async fn a_503_after_saving_has_saved_and_neither_reads_nor_refusals_get_one() {
    let notion = with(json!({ "unavailable_after_saving": { "rate": 1 } })).await;
    let before = tasks(&notion).await;
    let (seen, body) = answer(create(&notion)).await;
    assert_eq!((seen, &body["code"]), (503, &json!("service_unavailable")));
    assert_eq!(tasks(&notion).await, before + 1);
    let wrong = notion.request(Method::POST, "/v1/pages").json(&json!({}));
    assert_eq!(status(wrong).await, 400);
    assert_eq!(injected(&notion, FaultKind::UnavailableAfterSaving), 1);
}

/// All bytes that came before the connection ended.
async fn raw(notion: &Notion, path: &str) -> String {
    let address = notion.running.url().trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {TOKEN}\r\n\
         Notion-Version: 2022-06-28\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut came = Vec::new();
    // A reset is an end too.
    drop(connection.read_to_end(&mut came).await);
    String::from_utf8(came).unwrap()
}

#[tokio::test]
async fn a_cut_connection_brings_nothing_or_half_of_the_body() {
    let notion = with(json!({ "cut": { "rate": 1, "count": 1 } })).await;
    let path = format!("/v1/pages/{PROJECT}");
    assert_eq!(raw(&notion, &path).await, "");
    let whole = read(&notion).send().await.unwrap().text().await.unwrap();
    // On a connection that was used before, a client may try again by itself: so always, not once.
    ask_for(&notion, &json!({ "cut": { "rate": 1 } })).await;
    let error = read(&notion).send().await.unwrap_err();
    assert!(error.is_request() && error.status().is_none(), "{error:?}");

    ask_for(
        &notion,
        &json!({ "cut_in_body": { "rate": 1, "count": 2 } }),
    )
    .await;
    let came = raw(&notion, &path).await;
    let (head, body) = came.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let length = format!("content-length: {}", whole.len());
    assert!(head.contains(&length), "{head}");
    assert_eq!(body.len(), whole.len() / 2);
    let broken = read(&notion).send().await.unwrap();
    assert_eq!(broken.status(), 200);
    assert!(broken.bytes().await.is_err());
    assert_eq!(status(read(&notion)).await, 200);
}

#[tokio::test]
async fn a_slow_body_is_the_same_body_in_at_least_its_time() {
    let notion = Notion::unlimited().await;
    let (_, whole) = answer(read(&notion)).await;
    ask_for(
        &notion,
        &json!({ "slow_body": { "rate": 1, "lasts": "200ms" } }),
    )
    .await;
    let begin = Instant::now();
    let (seen, mut slow) = answer(read(&notion)).await;
    assert!(begin.elapsed() >= Duration::from_millis(200));
    assert_eq!(seen, 200);
    slow["request_id"] = whole["request_id"].clone();
    assert_eq!(slow, whole);
}

#[tokio::test]
async fn a_stall_answers_late_and_what_a_client_gave_up_on_is_never_done() {
    let notion = with(json!({ "stall": { "rate": 1, "lasts": "150ms", "count": 1 } })).await;
    let begin = Instant::now();
    assert_eq!(status(read(&notion)).await, 200);
    assert!(begin.elapsed() >= Duration::from_millis(150));

    ask_for(
        &notion,
        &json!({ "stall": { "rate": 1, "endpoints": ["create_page"] } }),
    )
    .await;
    let before = tasks(&notion).await;
    let given_up = create(&notion).timeout(Duration::from_millis(50)).send();
    assert!(given_up.await.unwrap_err().is_timeout());
    assert_eq!(tasks(&notion).await, before);
}

#[tokio::test]
async fn a_simulator_that_stops_ends_its_stalls_and_slow_bodies() {
    for kind in [FaultKind::Stall, FaultKind::SlowBody] {
        let fault = Fault {
            lasts: Duration::from_secs(100),
            ..Fault::at(kind, 1.0)
        };
        let settings = Settings {
            faults: FaultPlan::new([(kind, fault)]).unwrap(),
            ..Settings::new(TOKEN, 7)
        };
        let notion = Notion::of(settings).await;
        let request = read(&notion);
        let held = tokio::spawn(async { request.send().await?.bytes().await });
        while injected(&notion, kind) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Far below the hundred seconds that were asked for.
        let patience = Duration::from_secs(30);
        let stop = tokio::time::timeout(patience, notion.running.stop());
        stop.await.unwrap();
        let seen = tokio::time::timeout(patience, held).await.unwrap();
        assert!(seen.unwrap().is_err(), "{kind} ends without an answer");
    }
}

#[tokio::test]
async fn the_same_seed_brings_the_same_faults() {
    let pattern = async || {
        let notion = with(json!({ "internal_error": { "rate": 0.5 } })).await;
        let mut seen = Vec::new();
        for _ in 0..40 {
            seen.push(status(read(&notion)).await);
        }
        seen
    };
    let first = pattern().await;
    assert!(first.contains(&200) && first.contains(&500), "{first:?}");
    assert_eq!(first, pattern().await);
}

#[tokio::test]
async fn the_plan_is_shown_replaced_and_ended_without_a_token_and_uncounted() {
    let cut = json!({ "rate": 1.0, "count": 3, "methods": ["PATCH"] });
    let plan = json!({ "cut": cut, "stall": { "rate": 0.25, "lasts": "90s" } });
    let notion = with(plan.clone()).await;
    let url = notion.running.faults_url();
    let client = &notion.client;
    assert_eq!(answer(client.get(&url)).await, (200, plan.clone()));
    for (slip, says) in [
        (
            json!({ "conflict": { "rate": 1, "times": 2 } }),
            "unknown field `times`",
        ),
        (json!({ "conflict": { "rate": 7 } }), "between 0 and 1"),
        (json!([]), "no plan of faults"),
    ] {
        let (seen, refusal) = answer(client.put(&url).json(&slip)).await;
        assert_eq!((seen, &refusal["code"]), (400, &json!("validation_error")));
        let message = refusal["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
    assert_eq!(
        answer(client.get(&url)).await.1,
        plan,
        "slips change nothing"
    );
    assert_eq!(answer(client.delete(&url)).await, (200, json!({})));
    let (seen, refusal) = answer(client.get(url.replace("faults", "fault"))).await;
    assert_eq!(seen, 400);
    let message = refusal["message"].as_str().unwrap();
    assert!(message.contains("/_simulator/faults"), "{message}");
    assert_eq!(notion.running.counters(), Counters::default());
}

#[tokio::test]
async fn who_is_refused_at_the_door_meets_no_fault() {
    let notion = with(json!({ "internal_error": { "rate": 1, "count": 1 } })).await;
    let url = format!("{}/v1/pages/{PROJECT}", notion.running.url());
    let bare = || notion.client.get(&url);
    assert_eq!(status(bare().bearer_auth("wrong")).await, 401);
    assert_eq!(status(bare().bearer_auth(TOKEN)).await, 400);
    assert_eq!(injected(&notion, FaultKind::InternalError), 0);
    assert_eq!(status(read(&notion)).await, 500);
}

#[tokio::test]
async fn head_options_and_bodies_that_are_no_json_are_refused_as_notion_does() {
    let notion = Notion::unlimited().await;
    let page = format!("/v1/pages/{PROJECT}");
    let head = notion.request(Method::HEAD, &page).send().await.unwrap();
    assert_eq!(head.status(), 400);
    assert_eq!(head.text().await.unwrap(), "");
    for method in ["OPTIONS", "PUT", "TRACE", "BREW"] {
        let (seen, refusal) = answer(notion.request(method.parse().unwrap(), &page)).await;
        assert_eq!(
            (seen, &refusal["code"]),
            (400, &json!("invalid_request_url"))
        );
    }
    let query = format!("/v1/databases/{TASKS}/query");
    let post = || notion.request(Method::POST, &query);
    let typed = |text: &str| post().body("{}").header("content-type", text);
    for wrong in [
        post().body("{}"),
        typed("text/plain"),
        typed("application/x-www-form-urlencoded"),
    ] {
        let (seen, refusal) = answer(wrong).await;
        assert_eq!((seen, &refusal["code"]), (400, &json!("invalid_json")));
    }
    assert_eq!(status(typed("Application/JSON; charset=utf-8")).await, 200);
    assert_eq!(status(post()).await, 200, "no body needs no type");
}
