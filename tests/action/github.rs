//! As much of GitHub's API as the action asks, in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::gitlab;

/// What every request has to carry.
pub(crate) const TOKEN: &str = "ghs_0123456789abcdefXYZ";
/// Whose comments the token writes.
pub(crate) const AUTHOR: &str = "github-actions[bot]";

/// What becomes of a request instead of what it asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mishap {
    /// It is refused.
    Refused(u16),
    /// It is done, and the answer is an error.
    Done(u16),
}

/// What was brought somewhere.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    /// What it was made of: a branch, or a commit.
    pub(crate) of: &'static str,
    pub(crate) sha: &'static str,
    pub(crate) environment: &'static str,
    /// The newest first, as states and URLs.
    pub(crate) statuses: Vec<(&'static str, &'static str)>,
}

impl Deployment {
    /// One that is there, at a URL.
    pub(crate) fn at(
        of: &'static str,
        sha: &'static str,
        environment: &'static str,
        url: &'static str,
    ) -> Self {
        Self {
            of,
            sha,
            environment,
            statuses: vec![("success", url)],
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Pull request, author and body of each comment; the place is the id.
    pub(crate) comments: Vec<(u64, String, String)>,
    /// The newest first; the place is the id.
    pub(crate) deployments: Vec<Deployment>,
    /// What happens to the next requests that write.
    pub(crate) mishaps: VecDeque<Mishap>,
    /// How many requests there were.
    pub(crate) requests: usize,
}

/// A GitHub that is gone with the value.
pub(crate) struct GitHub {
    pub(crate) url: String,
    held: Arc<Mutex<Held>>,
    _runtime: Runtime,
}

impl GitHub {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let held = Arc::new(Mutex::new(Held::default()));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route(
                "/repos/o/r/issues/{number}/comments",
                get(list).post(create),
            )
            .route("/repos/o/r/issues/comments/{id}", patch(change))
            .route("/repos/o/r/deployments", get(deployments))
            .route("/repos/o/r/deployments/{id}/statuses", get(statuses))
            .merge(gitlab::routes())
            .layer(middleware::from_fn_with_state(Arc::clone(&held), guard))
            .with_state(Arc::clone(&held));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            held,
            _runtime: runtime,
        }
    }

    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }

    /// The bodies of a pull request's comments that begin with the action's mark.
    pub(crate) fn marked(&self, pull_request: u64) -> Vec<String> {
        let held = self.held();
        let of_it = held.comments.iter().filter(|(number, author, body)| {
            *number == pull_request && author == AUTHOR && body.starts_with("<!-- cutover regress")
        });
        of_it.map(|(_, _, body)| body.clone()).collect()
    }
}

pub(crate) type Shared = State<Arc<Mutex<Held>>>;

/// Without the token nothing is answered; with a mishap, not what was asked.
async fn guard(State(held): Shared, request: Request, next: Next) -> Response {
    held.lock().unwrap().requests += 1;
    let is_known = request
        .headers()
        .get("authorization")
        .is_some_and(|sent| sent == &format!("Bearer {TOKEN}"));
    if !is_known {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let is_write = request.method() != "GET";
    let mishap = if is_write {
        held.lock().unwrap().mishaps.pop_front()
    } else {
        None
    };
    match mishap {
        Some(Mishap::Refused(code)) => StatusCode::from_u16(code).unwrap().into_response(),
        Some(Mishap::Done(code)) => {
            next.run(request).await;
            StatusCode::from_u16(code).unwrap().into_response()
        }
        None => next.run(request).await,
    }
}

pub(crate) fn number(query: &BTreeMap<String, String>, name: &str, otherwise: usize) -> usize {
    query
        .get(name)
        .map_or(otherwise, |value| value.parse().unwrap())
}

async fn list(
    State(held): Shared,
    Path(pull_request): Path<u64>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    let (size, page) = (
        number(&query, "per_page", 30).min(100),
        number(&query, "page", 1),
    );
    let held = held.lock().unwrap();
    let of_it = held
        .comments
        .iter()
        .enumerate()
        .filter(|(_, one)| one.0 == pull_request);
    let page = of_it.skip((page - 1) * size).take(size);
    Json(
        page.map(
            |(id, (_, author, body))| json!({"id": id, "user": {"login": author}, "body": body}),
        )
        .collect(),
    )
}

async fn create(
    State(held): Shared,
    Path(pull_request): Path<u64>,
    Json(sent): Json<Value>,
) -> Response {
    let body = sent["body"].as_str().unwrap().to_owned();
    if body.chars().count() > 65_536 {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    held.lock()
        .unwrap()
        .comments
        .push((pull_request, AUTHOR.to_owned(), body));
    (StatusCode::CREATED, Json(json!({}))).into_response()
}

async fn change(State(held): Shared, Path(id): Path<usize>, Json(sent): Json<Value>) -> Response {
    let mut held = held.lock().unwrap();
    let Some(comment) = held.comments.get_mut(id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = sent["body"].as_str().unwrap();
    if body.chars().count() > 65_536 {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    body.clone_into(&mut comment.2);
    Json(json!({})).into_response()
}

async fn deployments(
    State(held): Shared,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    let held = held.lock().unwrap();
    let is_asked = |name: &str, value| query.get(name).is_none_or(|asked| asked == value);
    let numbered = held.deployments.iter().enumerate().filter(|(_, one)| {
        is_asked("ref", one.of)
            && is_asked("sha", one.sha)
            && is_asked("environment", one.environment)
    });
    let page = numbered.take(number(&query, "per_page", 30).min(100));
    Json(
        page.map(|(id, one)| json!({"id": id, "sha": one.sha, "environment": one.environment}))
            .collect(),
    )
}

async fn statuses(State(held): Shared, Path(id): Path<usize>) -> Json<Value> {
    let held = held.lock().unwrap();
    let one = |(state, url): &(&str, &str)| json!({"state": state, "environment_url": url});
    Json(held.deployments[id].statuses.iter().map(one).collect())
}
