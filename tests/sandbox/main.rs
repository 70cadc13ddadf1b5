//! The embedded world, with real servers: PostgreSQL, the simulator, and the API over each. Here stand
//! the clients; the modules hold the tests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test they are how it fails"
)]

mod agreement;
mod beside;
mod costs;
mod export;
mod exported;
mod lives;
mod plants;
mod refusals;

use std::collections::BTreeMap;

use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::profile::Profile;
use cutover::sandbox::world::IdMap;
use cutover::sandbox::{Options, Plant, Sandbox};
use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

const SEED: u64 = 7;

async fn start(seed: u64, limit: LimitSettings, plant: Option<Plant>) -> Sandbox {
    let options = Options {
        profile: Profile::none(),
        seed,
        limit,
        database_url: None,
        postgres_bin: None,
        plant,
    };
    Sandbox::start(options).await.expect("the sandbox starts")
}

async fn world() -> Sandbox {
    start(SEED, LimitSettings::default(), None).await
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

/// A client of one API.
struct Api {
    http: Client,
    url: String,
}

impl Api {
    fn new(url: &str) -> Self {
        // Fails only when another test was first, with the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            http: Client::builder().no_proxy().build().unwrap(),
            url: url.to_owned(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.json().await.expect("every answer is JSON"),
        }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body
    }

    /// GET with a query whose values are encoded.
    async fn find(&self, query: &[(&str, &str)]) -> Value {
        let url = url::Url::parse_with_params(&format!("{}/api/tasks", self.url), query).unwrap();
        self.get(url.as_str().strip_prefix(&self.url).unwrap())
            .await
    }

    async fn write(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, Some(body.to_string())).await
    }

    async fn create(&self, kind: &str, body: &Value) -> Value {
        let answer = self
            .write(Method::POST, &format!("/api/{kind}"), body)
            .await;
        assert_eq!(
            answer.status,
            StatusCode::CREATED,
            "{body}: {}",
            answer.body
        );
        answer.body
    }

    async fn patch(&self, path: &str, body: &Value) -> Value {
        let answer = self.write(Method::PATCH, path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}: {}", answer.body);
        answer.body
    }
}

/// Both APIs, and the map between their ids.
struct Both {
    baseline: Api,
    candidate: Api,
    ids: BTreeMap<String, String>,
}

impl Both {
    fn of(sandbox: &Sandbox) -> Self {
        let IdMap {
            tasks,
            projects,
            tags,
        } = sandbox.id_map();
        Self {
            baseline: Api::new(sandbox.baseline_url()),
            candidate: Api::new(sandbox.candidate_url()),
            ids: tasks.into_iter().chain(projects).chain(tags).collect(),
        }
    }

    /// The baseline's answer in the candidate's words.
    fn translate(&self, value: Value) -> Value {
        match value {
            Value::String(text) if text == "notion" => json!("postgres"),
            Value::String(text) => json!(self.ids.get(&text).unwrap_or(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.translate(item)).collect(),
            Value::Object(members) => {
                let members = members
                    .into_iter()
                    .map(|(key, value)| (key, self.translate(value)));
                Value::Object(members.collect())
            }
            other => other,
        }
    }

    /// Asks both sides, in their own ids, and returns what both answer.
    async fn agree_on(&self, query: &[(&str, &str)]) -> Value {
        let baseline = self.translate(self.baseline.find(query).await);
        let translated: Vec<(&str, &str)> = query
            .iter()
            .map(|(key, value)| (*key, self.ids.get(*value).map_or(*value, String::as_str)))
            .collect();
        let candidate = self.candidate.find(&translated).await;
        assert_eq!(baseline, candidate, "{query:?}");
        candidate
    }
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}
