//! What a call costs in Notion requests: a budget is planned on it.

use std::time::{Duration, Instant};

use cutover::sandbox::notion::{Delay, LimitSettings};
use cutover::sandbox::profile::Profile;
use cutover::sandbox::{Options, Sandbox};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{Answer, Api, SEED, id, world};

#[tokio::test]
async fn each_call_costs_exactly_the_stated_notion_requests() {
    let sandbox = world().await;
    let api = Api::new(sandbox.baseline_url());
    let candidate = Api::new(sandbox.candidate_url());
    let task = api.create("tasks", &json!({ "title": "counted" })).await;
    let path = format!("/api/tasks/{}", id(&task));
    let both = "includeProject=true&includeTags=true";
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);
    for (cost, method, path) in [
        (0, &get, "/api/health".to_owned()),
        (2, &get, "/api/tasks".to_owned()),
        (3, &get, "/api/tasks?includeProject=true".to_owned()),
        (3, &get, "/api/tasks?includeTags=1".to_owned()),
        (4, &get, format!("/api/tasks?{both}")),
        (1, &get, "/api/tasks?q=review".to_owned()),
        (1, &get, "/api/tasks?q=no+such+text".to_owned()),
        (
            1,
            &get,
            "/api/tasks?status=in_progress&priority=low".to_owned(),
        ),
        (1, &get, "/api/projects".to_owned()),
        (1, &get, "/api/projects?includeTaskCount=true".to_owned()),
        (1, &get, "/api/tags".to_owned()),
        (1, &post, "/api/tasks".to_owned()),
        (1, &get, path.clone()),
        (3, &get, format!("{path}?{both}")),
        (1, &patch, path.clone()),
        (1, &delete, path.clone()),
        (0, &get, "/api/tasks/not-an-id".to_owned()),
        (0, &post, "/api/nothing".to_owned()),
    ] {
        let before = sandbox.notion_counters().requests;
        let body = json!({ "title": "counted" });
        api.write(method.clone(), &path, &body).await;
        let spent = sandbox.notion_counters().requests - before;
        assert_eq!(spent, cost, "{method} {path}");
        candidate.write(method.clone(), &path, &body).await;
        assert_eq!(
            sandbox.notion_counters().requests,
            before + cost,
            "the candidate asked Notion"
        );
    }
    assert_eq!(sandbox.notion_counters().rate_limited, 0);
    sandbox.stop().await.unwrap();
}

/// The milliseconds that the store took, as the answer tells.
fn store_ms(answer: &Answer) -> f64 {
    let header = answer.headers["server-timing"].to_str().unwrap();
    let milliseconds = header.strip_prefix("store;dur=").unwrap();
    milliseconds.parse().unwrap()
}

/// Delays without noise: none is shorter than stated.
fn exact_delays() -> Profile {
    let delay = |milliseconds| Delay {
        median: Duration::from_millis(milliseconds),
        per_row: Duration::ZERO,
        sigma: 0.0,
    };
    let mut profile = Profile::load("brisk").unwrap();
    profile.client_to_api = delay(30);
    profile.postgres.read = delay(40);
    if let Some(notion) = &mut profile.notion {
        notion.query = delay(50);
    }
    profile
}

#[tokio::test]
async fn every_answer_tells_the_time_of_its_store_and_of_nothing_else() {
    let sandbox = Sandbox::start(Options {
        profile: exact_delays(),
        seed: SEED,
        limit: LimitSettings::default(),
        database_url: None,
        postgres_bin: None,
        plant: None,
    });
    let sandbox = sandbox.await.unwrap();
    let baseline = Api::new(sandbox.baseline_url());
    let candidate = Api::new(sandbox.candidate_url());
    // Two calls of Notion; one answer of the database.
    for (api, least) in [(&baseline, 2.0 * 50.0), (&candidate, 40.0)] {
        let begun = Instant::now();
        let answer = api.send(Method::GET, "/api/tasks", None).await;
        let waited = begun.elapsed().as_secs_f64() * 1_000.0;
        let store = store_ms(&answer);
        // The way from the client, at least, is not the store's.
        let expected = least..waited - 30.0;
        assert!(expected.contains(&store), "{store} not in {expected:?}");
    }
    let refused = baseline.send(Method::GET, "/api/tasks/none", None).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    // No call was made.
    assert_eq!(refused.headers["server-timing"], "store;dur=0.000");
    sandbox.stop().await.unwrap();
}
