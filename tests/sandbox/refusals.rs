//! Errors: of the request, of Notion's limit, of Notion itself.

use std::time::Duration;

use cutover::sandbox::api::notion_store::{Databases, NotionStore};
use cutover::sandbox::api::store::Id;
use cutover::sandbox::api::{Surroundings, serve};
use cutover::sandbox::notion::{Delay, LimitSettings};
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::json;

use crate::{Api, Both, SEED, start, world};

/// Status, method, path and body of requests that make no sense to either side.
const SENSELESS: &[(u16, &str, &str, &str)] = &[
    (400, "POST", "/api/tasks", "{"),
    (400, "POST", "/api/tasks", "[]"),
    (400, "POST", "/api/tasks", ""),
    (400, "POST", "/api/tasks", "{}"),
    (400, "POST", "/api/tasks", r#"{"title": " "}"#),
    (
        400,
        "POST",
        "/api/tasks",
        r#"{"title": "x", "status": "Done"}"#,
    ),
    (
        400,
        "POST",
        "/api/tasks",
        r#"{"title": "x", "priority": 1}"#,
    ),
    (
        400,
        "POST",
        "/api/tasks",
        r#"{"title": "x", "dueDate": "soon"}"#,
    ),
    (
        400,
        "POST",
        "/api/tasks",
        r#"{"title": "x", "projectId": "NOBODY"}"#,
    ),
    (
        400,
        "POST",
        "/api/tasks",
        r#"{"title": "x", "projectId": "A_TASK"}"#,
    ),
    (
        400,
        "POST",
        "/api/tasks",
        r#"{"title": "x", "tagIds": ["NOBODY"]}"#,
    ),
    (
        400,
        "PATCH",
        "/api/tasks/A_TASK",
        r#"{"projectId": "NOBODY"}"#,
    ),
    (
        400,
        "PATCH",
        "/api/tasks/A_TASK",
        r#"{"tagIds": ["A_TASK"]}"#,
    ),
    (400, "POST", "/api/projects", "{}"),
    (400, "POST", "/api/tags", r#"{"name": ""}"#),
    (400, "GET", "/api/tasks?status=blocked", ""),
    (400, "GET", "/api/tasks?priority=Important", ""),
    (400, "GET", "/api/tasks?projectId=7", ""),
    (400, "GET", "/api/tasks?includeTags=perhaps", ""),
    (400, "GET", "/api/tasks?status=todo&status=done", ""),
    (404, "GET", "/api/tasks/7", ""),
    (404, "GET", "/api/tasks/NOBODY", ""),
    (404, "PATCH", "/api/tasks/NOBODY", "{}"),
    (404, "DELETE", "/api/tasks/NOBODY", ""),
    (404, "DELETE", "/api/projects/NOBODY", ""),
    (404, "GET", "/api/all-tasks", ""),
    (405, "PUT", "/api/tasks", ""),
];

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_the_same_words_on_both_sides() {
    let sandbox = world().await;
    let both = Both::of(&sandbox);
    let (notion, postgres) = sandbox.id_map().tasks.into_iter().next().unwrap();
    let nobody = "00000000-0000-4000-8000-000000000000";
    for (status, method, path, body) in SENSELESS {
        let ask = async |api: &Api, task: &str| {
            let place = |text: &str| text.replace("NOBODY", nobody).replace("A_TASK", task);
            let verb = method.parse::<Method>().unwrap();
            let answer = api.send(verb, &place(path), Some(place(body))).await;
            assert_eq!(
                answer.status, *status,
                "{method} {path} {body}: {}",
                answer.body
            );
            assert!(answer.body["error"].is_string(), "{}", answer.body);
            answer.body
        };
        let baseline = ask(&both.baseline, &notion).await;
        let candidate = ask(&both.candidate, &postgres).await;
        assert_eq!(baseline, candidate, "{method} {path} {body}");
    }
    let known = both.candidate.get("/api/tags").await["tags"][0]["name"].clone();
    let twice = json!({ "name": known });
    let twice = both
        .candidate
        .write(Method::POST, "/api/tags", &twice)
        .await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert_eq!(both.agree_on(&[]).await["count"], 150);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn the_limit_of_notion_passes_through_with_its_retry_after() {
    let limit = LimitSettings {
        window: Some("3/60s".parse().unwrap()),
        ..LimitSettings::default()
    };
    let sandbox = start(SEED, limit, None).await;
    let both = Both::of(&sandbox);
    both.baseline.get("/api/tasks").await;
    // One request is left, so the list's second page is refused.
    for path in ["/api/tasks", "/api/tags"] {
        let answer = both.baseline.send(Method::GET, path, None).await;
        assert_eq!(
            answer.status,
            StatusCode::TOO_MANY_REQUESTS,
            "{}",
            answer.body
        );
        let after: u64 = answer.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((1..=60).contains(&after), "{after}");
        assert!(
            answer.body["error"]
                .as_str()
                .unwrap()
                .contains("rate limit")
        );
    }
    assert_eq!(sandbox.notion_counters().rate_limited, 2);
    assert_eq!(both.candidate.get("/api/tasks").await["count"], 150);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_notion_that_fails_is_a_bad_gateway_with_a_clear_body() {
    let sandbox = world().await;
    let id = |text: &str| Id::try_from(text.to_owned()).unwrap();
    let databases = Databases {
        tasks: id(sandbox.tasks_database_id()),
        projects: id(sandbox.projects_database_id()),
        tags: id(sandbox.tags_database_id()),
    };
    let missing = Databases {
        tasks: id("00000000-0000-4000-8000-000000000000"),
        ..databases.clone()
    };
    let token = sandbox.notion_token();
    for (url, token, databases, says) in [
        (sandbox.notion_url(), "wrong", databases.clone(), "401"),
        (sandbox.notion_url(), token, missing, "404"),
        // Nobody listens on port 1 of the loopback.
        ("http://127.0.0.1:1", token, databases, "no answer"),
    ] {
        let store = NotionStore::new(url, SecretString::from(token), databases).unwrap();
        let no_delay = Delay {
            median: Duration::ZERO,
            per_row: Duration::ZERO,
            sigma: 0.0,
        };
        let around = Surroundings {
            client_to_api: no_delay,
            database: None,
            frozen: None,
            reshaped: false,
            slow: None,
            seed: 0,
        };
        let running = serve(store.into(), around).await.unwrap();
        let answer = Api::new(running.url())
            .send(Method::GET, "/api/tasks", None)
            .await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{}", answer.body);
        let error = answer.body["error"].as_str().unwrap();
        assert!(error.contains(says), "{error}");
        assert!(!error.contains(sandbox.notion_token()), "{error}");
        running.stop().await;
    }
    sandbox.stop().await.unwrap();
}
