//! A client that speaks one version of the API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Notion, TOKEN, answer};

pub const VERSIONS: [&str; 3] = ["2022-06-28", "2025-09-03", "2026-03-11"];

/// A client of one version.
pub struct Speaker {
    pub notion: Notion,
    pub version: &'static str,
}

impl Speaker {
    pub async fn of(version: &'static str) -> Self {
        let notion = Notion::unlimited().await;
        Self { notion, version }
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}/v1/{path}", self.notion.running.url());
        let method: Method = method.parse().unwrap();
        let request = self.notion.client.request(method, url);
        let request = request.header("Notion-Version", self.version);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        answer(request.bearer_auth(TOKEN)).await
    }

    pub async fn ok(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.send(method, path, body).await;
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer
    }

    /// The message of a refusal with this status.
    pub async fn refused(
        &self,
        status: u16,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> String {
        let (seen, answer) = self.send(method, path, body).await;
        assert_eq!(seen, status, "{method} {path}: {answer}");
        assert_eq!(answer["object"], "error");
        answer["message"].as_str().unwrap().to_owned()
    }

    /// Appends to a page or block and answers the new blocks' ids.
    pub async fn append(&self, to: &str, children: Value) -> Vec<String> {
        let body = json!({ "children": children });
        let answer = self.ok("PATCH", &children_of(to), Some(body)).await;
        ids(&answer)
    }

    /// The ids of all children, by pages of so many.
    pub async fn list(&self, of: &str, size: usize) -> Vec<String> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("{}?page_size={size}{cursor}", children_of(of));
            let answer = self.ok("GET", &path, None).await;
            all.extend(ids(&answer));
            let Some(next) = answer["next_cursor"].as_str() else {
                assert_eq!(answer["has_more"], false);
                return all;
            };
            assert_eq!(answer["has_more"], true);
            cursor = format!("&start_cursor={next}");
        }
    }
}

pub fn children_of(id: &str) -> String {
    format!("blocks/{id}/children")
}

pub fn ids(list: &Value) -> Vec<String> {
    let results = list["results"].as_array().unwrap().iter();
    results
        .map(|object| object["id"].as_str().unwrap().to_owned())
        .collect()
}
