//! The few Notion calls that the baseline makes, one HTTP request each and without retries: what the
//! application's own client does (`@notionhq/client` 2.2 throws at once on 429, 409, 502 and 503).

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use super::server_timing::in_store;

/// The version whose shapes the store reads.
const VERSION: &str = "2022-06-28";
/// The official client's time-out.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The largest page of a query.
const PAGE_SIZE: usize = 100;

/// Why a call to Notion has no answer.
#[derive(Debug, Error)]
pub(super) enum CallError {
    /// 429.
    #[error("the rate limit is used up")]
    RateLimited { retry_after: Option<String> },
    /// Any other answer that is not a success.
    #[error("it answered {status} {code}: {message}")]
    Refused {
        status: StatusCode,
        code: String,
        message: String,
    },
    /// No answer, or none that can be read.
    #[error("no answer that can be read: {reason}")]
    Unreadable { reason: String },
}

impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        let reason = if error.is_timeout() {
            format!("none within {} s", TIMEOUT.as_secs())
        } else {
            error.without_url().to_string()
        };
        Self::Unreadable { reason }
    }
}

/// Notion's error body; a gateway's 502 has none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: String,
    message: String,
}

/// One page of a query's results.
#[derive(Debug, Deserialize)]
struct Results {
    results: Vec<Value>,
    next_cursor: Option<String>,
    has_more: bool,
}

/// Calls Notion at one address with one token.
#[derive(Debug, Clone)]
pub(super) struct NotionClient {
    http: Client,
    url: String,
    token: SecretString,
}

impl NotionClient {
    /// Connections are kept alive, and no proxy stands between.
    pub(super) fn new(url: &str, token: SecretString) -> Result<Self, ClientError> {
        let http = Client::builder()
            .no_proxy()
            .timeout(TIMEOUT)
            .tls_backend_preconfigured(no_tls()?)
            .build()?;
        Ok(Self {
            http,
            url: url.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// Every page of a database that passes the filter: one request for each hundred.
    pub(super) async fn query(
        &self,
        database: &str,
        filter: Option<Value>,
        sorts: Value,
    ) -> Result<Vec<Value>, CallError> {
        let path = format!("/v1/databases/{database}/query");
        let mut body = json!({ "page_size": PAGE_SIZE, "sorts": sorts });
        if let Some(filter) = filter {
            body["filter"] = filter;
        }
        let mut pages = Vec::new();
        loop {
            let answer = self.call(Method::POST, &path, Some(&body)).await?;
            let results: Results = serde_json::from_value(answer).map_err(|error| {
                let reason = format!("a query's results: {error}");
                CallError::Unreadable { reason }
            })?;
            pages.extend(results.results);
            match results.next_cursor {
                Some(cursor) if results.has_more => body["start_cursor"] = cursor.into(),
                _ => return Ok(pages),
            }
        }
    }

    /// One page.
    pub(super) async fn retrieve_page(&self, id: &str) -> Result<Value, CallError> {
        self.call(Method::GET, &format!("/v1/pages/{id}"), None)
            .await
    }

    /// Makes a page in a database.
    pub(super) async fn create_page(
        &self,
        database: &str,
        properties: Value,
    ) -> Result<Value, CallError> {
        let body = json!({ "parent": { "database_id": database }, "properties": properties });
        self.call(Method::POST, "/v1/pages", Some(&body)).await
    }

    /// Changes a page: `{"properties": ...}` or `{"archived": ...}`.
    pub(super) async fn update_page(&self, id: &str, change: Value) -> Result<Value, CallError> {
        self.call(Method::PATCH, &format!("/v1/pages/{id}"), Some(&change))
            .await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, CallError> {
        in_store(self.answer(method, path, body)).await
    }

    async fn answer(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, CallError> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(self.token.expose_secret())
            .header("Notion-Version", VERSION);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response.json().await?);
        }
        let retry_after = response
            .headers()
            .get(reqwest::header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(CallError::RateLimited { retry_after });
        }
        let text = response.bytes().await?;
        let ErrorBody { code, message } = serde_json::from_slice(&text).unwrap_or_default();
        Err(CallError::Refused {
            status,
            code,
            message,
        })
    }
}

/// Why no client could be made.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The HTTP library refuses the settings.
    #[error("the HTTP client cannot be set up")]
    Http(#[from] reqwest::Error),
}

/// The simulator speaks plain HTTP, yet reqwest asks for a TLS set-up: one that trusts nobody.
fn no_tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}
