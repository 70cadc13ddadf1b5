//! The rate limit, its counters, and delays.

use std::time::{Duration, Instant};

use cutover::sandbox::notion::{
    Counters, Delay, Endpoint, LatencyProfile, LimitSettings, Settings,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Notion, PROJECT, TOKEN, answer};
use crate::tables::assert_keys;

#[tokio::test]
async fn a_spent_window_answers_429_and_the_counters_tell() {
    let window = Some("5/60s".parse().unwrap());
    let notion = Notion::with(
        LimitSettings {
            window,
            ..LimitSettings::default()
        },
        None,
    )
    .await;
    let (status, _) = answer(
        notion
            .client
            .get(format!("{}/v1/pages/{PROJECT}", notion.running.url())),
    )
    .await;
    assert_eq!(status, 401, "a wrong token spends nothing of the window");
    for _ in 0..5 {
        notion.query(json!({})).await;
    }
    let path = format!("/v1/pages/{PROJECT}");
    let refused = notion.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    let told = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .to_owned();
    let body: Value = refused.json().await.unwrap();
    assert_keys(
        &body,
        &["object", "status", "code", "message", "additional_data"],
    );
    assert_eq!(
        (&body["code"], &body["additional_data"]["retry_after"]),
        (&json!("rate_limited"), &json!(told))
    );
    assert!((1..=60).contains(&told.parse::<u32>().unwrap()), "{told}");

    let counters = notion.running.counters();
    assert_eq!((counters.requests, counters.rate_limited), (7, 1));
    assert_eq!(counters.by_endpoint[&Endpoint::QueryDatabase], 5);
    assert_eq!(counters.by_endpoint[&Endpoint::RetrievePage], 2);
    assert!(counters.busiest_minute <= 7 && counters.busiest_second <= counters.busiest_minute);
    let url = format!("{}/_simulator/counters", notion.running.url());
    let over_http: Counters = notion
        .client
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(over_http, counters);
}

#[tokio::test]
async fn an_answer_is_held_back_as_the_profile_says() {
    let delay = |millis| Delay {
        median: Duration::from_millis(millis),
        per_row: Duration::ZERO,
        sigma: 0.0,
    };
    let profile = LatencyProfile {
        query: delay(0),
        query_by_text: delay(40),
        retrieve_page: delay(30),
        create_page: delay(0),
        update_page: delay(0),
        retrieve_database: delay(0),
        ..LatencyProfile::default()
    };
    let notion = Notion::with(LimitSettings::default(), Some(profile)).await;
    let begin = Instant::now();
    notion.project().await;
    assert!(begin.elapsed() >= Duration::from_millis(30));
    let begin = Instant::now();
    let filter = json!({ "property": "Task", "title": { "contains": "milk" } });
    notion.query(json!({ "filter": filter })).await;
    assert!(begin.elapsed() >= Duration::from_millis(40));
}

/// Status, `Retry-After` and body of a look at who asks.
async fn who_am_i(notion: &Notion, token: &str) -> (u16, Option<u64>, Value) {
    let answer = notion
        .client
        .get(format!("{}/v1/users/me", notion.running.url()))
        .header("Notion-Version", "2022-06-28")
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let after = answer.headers().get("retry-after");
    let after = after.map(|seconds| seconds.to_str().unwrap().parse().unwrap());
    (
        answer.status().as_u16(),
        after,
        answer.json().await.unwrap(),
    )
}

#[tokio::test]
async fn each_token_has_its_bot_and_its_limit_and_all_share_the_workspaces() {
    let limit = LimitSettings {
        window: Some("2/60s".parse().unwrap()),
        average: None,
        workspace: Some("3/600s".parse().unwrap()),
    };
    let notion = Notion::of(Settings {
        limit,
        ..Settings::new(TOKEN, 7).with_token("another")
    })
    .await;
    let (status, _, first) = who_am_i(&notion, TOKEN).await;
    assert_eq!((status, &first["name"]), (200, &json!("Integration")));
    assert_eq!(who_am_i(&notion, TOKEN).await.0, 200);
    assert_eq!(who_am_i(&notion, "a stranger").await.0, 401);

    let reason = |refusal: &Value| refusal["additional_data"]["rate_limit_reason"].clone();
    let (status, after, refusal) = who_am_i(&notion, TOKEN).await;
    assert!(status == 429 && after.is_some_and(|after| after <= 60));
    assert_eq!(reason(&refusal), "public_api_request_rate_limit");

    let (status, _, second) = who_am_i(&notion, "another").await;
    assert_eq!(status, 200, "the other token's window is its own");
    assert_ne!(first["id"], second["id"]);
    assert_eq!(second["name"], "Integration 2");
    let (status, after, refusal) = who_am_i(&notion, "another").await;
    let longer_than_a_minute = after.is_some_and(|after| (61..=600).contains(&after));
    assert!(status == 429 && longer_than_a_minute, "{after:?}");
    assert_eq!(reason(&refusal), "public_api_workspace_rate_limit");
    assert_eq!(notion.running.counters().rate_limited, 2);
}
