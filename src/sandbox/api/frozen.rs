//! A planted defect: answers that were made once and are replayed for ever.
//!
//! The deployed application had it: a route that was rendered when the application was built answers from
//! that moment's data, whatever the query string, whatever was written since. A careful harness notices.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The header in which the application's framework admits that an answer is a replay.
const CACHE_HEADER: HeaderName = HeaderName::from_static("x-nextjs-cache");

/// The remembered answers of one side, by path.
#[derive(Debug)]
pub(super) struct Frozen {
    silent: bool,
    answers: Mutex<HashMap<String, (HeaderMap, Bytes)>>,
}

impl Frozen {
    /// `silent`: without the header that tells.
    pub(super) fn new(silent: bool) -> Self {
        Self {
            silent,
            answers: Mutex::default(),
        }
    }

    fn replay(&self, path: &str) -> Option<Response> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut headers, body) = answers.get(path).cloned()?;
        if !self.silent {
            headers.insert(CACHE_HEADER, HeaderValue::from_static("HIT"));
        }
        Some((headers, body).into_response())
    }
}

/// Replays the first good answer to a GET of each path.
pub(super) async fn freeze(
    State(frozen): State<Arc<Frozen>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    if let Some(answer) = frozen.replay(&path) {
        return answer;
    }
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (parts, body) = response.into_parts();
    // The body is in memory already, so it cannot fail half-way.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut headers = parts.headers.clone();
    headers.remove(header::CONTENT_LENGTH);
    let mut answers = frozen
        .answers
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    answers.insert(path, (headers, body.clone()));
    Response::from_parts(parts, Body::from(body))
}
