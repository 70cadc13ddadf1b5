//! Planted defects are there, and only where they were planted.

use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::{Plant, Side};
use reqwest::Method;
use serde_json::json;

use crate::{Api, Both, SEED, id, start};

/// Whether a read shows what was just written, and the cache header of that read.
async fn freshness(api: &Api, path: &str) -> (bool, Option<String>) {
    let before = api.send(Method::GET, path, None).await;
    api.create("tasks", &json!({ "title": "fresh" })).await;
    let after = api
        .send(Method::GET, &format!("{path}?status=todo&nonce=1"), None)
        .await;
    let header = after.headers.get("x-nextjs-cache");
    let header = header.map(|value| value.to_str().unwrap().to_owned());
    (before.body != after.body, header)
}

#[tokio::test]
async fn a_planted_freeze_freezes_its_side_alone() {
    for (plant, frozen, header) in [
        (
            Plant::FrozenBaseline,
            Side::Baseline,
            Some("HIT".to_owned()),
        ),
        (Plant::FrozenSilently, Side::Candidate, None),
    ] {
        let sandbox = start(SEED, LimitSettings::default(), Some(plant)).await;
        let both = Both::of(&sandbox);
        for (side, api) in [
            (Side::Baseline, &both.baseline),
            (Side::Candidate, &both.candidate),
        ] {
            let seen = freshness(api, "/api/tasks").await;
            if side == frozen {
                assert_eq!(seen, (false, header.clone()), "{plant:?} {side:?}");
            } else {
                assert_eq!(seen, (true, None), "{plant:?} {side:?}");
            }
        }
        sandbox.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_planted_same_store_answers_from_notion_on_both_urls() {
    let sandbox = start(SEED, LimitSettings::default(), Some(Plant::OneStore)).await;
    let both = Both::of(&sandbox);
    assert_ne!(sandbox.baseline_url(), sandbox.candidate_url());
    let made = both
        .baseline
        .create("tasks", &json!({ "title": "one of both" }))
        .await;
    let seen = both
        .candidate
        .get(&format!("/api/tasks/{}", id(&made)))
        .await;
    assert_eq!(seen, made);
    assert_eq!(seen["source"], "notion");
    sandbox.stop().await.unwrap();
}
