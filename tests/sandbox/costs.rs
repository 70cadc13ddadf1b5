//! What a call costs in Notion requests: a budget is planned on it.

use reqwest::Method;
use serde_json::json;

use crate::{Api, id, world};

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
