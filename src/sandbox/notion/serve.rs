//! One request from its headers to its answer: let in or refused, worked on, held back for its delay,
//! and put into HTTP. Whatever comes in, what goes out is either an endpoint's answer or one of Notion's
//! errors.

use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{Query, RawPathParams, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::door::counters::Endpoint;
use super::door::latency::Work;
use super::endpoints::{self, Call, Outcome};
use super::errors::NotionError;
use super::simulator::{Credentials, Simulator};
use super::store::BOT;
use super::version::Version;

/// The most bytes of a request's body.
pub(super) const MOST_BYTES: usize = 500 * 1024;
const NOTION_VERSION: HeaderName = HeaderName::from_static("notion-version");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-notion-request-id");

type Shared = State<Arc<Simulator>>;
type PathParams = Result<RawPathParams, RawPathParamsRejection>;
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// The answer to a path or method that leads nowhere.
pub(super) async fn unknown(State(simulator): Shared) -> Response {
    simulator.turn_away();
    refusal(&simulator, &NotionError::InvalidUrl)
}

/// The handler of an endpoint. What is not let in is refused at once; what was worked on, well or
/// badly, is answered after the endpoint's delay.
pub(super) fn serve(
    endpoint: Endpoint,
) -> impl Fn(Shared, PathParams, Uri, HeaderMap, Body) -> Answering + Clone + Send + Sync + 'static
{
    move |State(simulator), path, uri, headers, body| {
        Box::pin(async move {
            let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
            let credentials = Credentials {
                authorization: text(&header::AUTHORIZATION),
                version: text(&NOTION_VERSION),
            };
            let version = match simulator.admit(endpoint, credentials) {
                Ok(version) => version,
                Err(error) => return refusal(&simulator, &error),
            };
            let begin = Instant::now();
            let outcome = match to_bytes(body, MOST_BYTES).await {
                Ok(body) => work(
                    endpoint,
                    &simulator,
                    version,
                    path.ok().as_ref(),
                    &uri,
                    &body,
                ),
                Err(_) => Outcome::of(Err(NotionError::Validation(format!(
                    "body failed validation: body should be readable and have at most {MOST_BYTES} bytes."
                )))),
            };
            // The simulator's own work is part of the delay, not added to it.
            if let Some(delay) = simulator.delay(kind_of_work(endpoint, &outcome), outcome.rows) {
                tokio::time::sleep_until(begin + delay).await;
            }
            match outcome.result {
                Ok(answer) => success(&simulator, answer),
                Err(error) => refusal(&simulator, &error),
            }
        })
    }
}

/// Which delay an endpoint has; those without one of their own have that of their nearest kin.
fn kind_of_work(endpoint: Endpoint, outcome: &Outcome) -> Work {
    use Endpoint as E;
    match endpoint {
        _ if outcome.searches_text => Work::QueryByText,
        E::QueryDatabase
        | E::QueryDataSource
        | E::ListBlockChildren
        | E::ListUsers
        | E::ListComments => Work::Query,
        E::Search => Work::QueryByText,
        E::RetrieveDatabase | E::RetrieveDataSource => Work::RetrieveDatabase,
        E::CreatePage
        | E::CreateDatabase
        | E::CreateDataSource
        | E::AppendBlockChildren
        | E::CreateComment => Work::CreatePage,
        E::UpdatePage
        | E::UpdateDatabase
        | E::UpdateDataSource
        | E::UpdateBlock
        | E::DeleteBlock => Work::UpdatePage,
        E::RetrievePage
        | E::RetrievePageProperty
        | E::RetrieveBlock
        | E::RetrieveUser
        | E::RetrieveMe
        | E::Unknown => Work::RetrievePage,
    }
}

fn work(
    endpoint: Endpoint,
    simulator: &Simulator,
    version: Version,
    path: Option<&RawPathParams>,
    uri: &Uri,
    body: &[u8],
) -> Outcome {
    let path: Map<String, Value> = path
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let outcome = query_parameters(uri)
        .and_then(|query| Ok((query, read_json(body)?)))
        .map(|(query, body)| {
            let call = Call {
                version,
                author: BOT,
                path: Value::Object(path),
                query,
                body,
            };
            endpoints::answer(endpoint, simulator, &call)
        });
    outcome.unwrap_or_else(|error| Outcome::of(Err(error)))
}

/// The query string as an object; a key that stands several times has an array of its values.
fn query_parameters(uri: &Uri) -> Result<Value, NotionError> {
    let Query(pairs) =
        Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| NotionError::InvalidUrl)?;
    let mut object = Map::new();
    for (key, value) in pairs {
        let value = json!(value);
        match object.get_mut(&key) {
            None => {
                object.insert(key, value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    Ok(Value::Object(object))
}

/// No body at all is an empty object.
fn read_json(body: &[u8]) -> Result<Value, NotionError> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|_| NotionError::InvalidJson)
}

fn success(simulator: &Simulator, mut answer: Value) -> Response {
    let id = simulator.request_id().to_string();
    answer["request_id"] = json!(id);
    response(StatusCode::OK, &id, &answer)
}

fn refusal(simulator: &Simulator, error: &NotionError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let id = simulator.request_id();
    let mut response = response(status, &id.to_string(), &error.body(id));
    if let NotionError::RateLimited { retry_after_s } = error {
        let seconds = HeaderValue::from(*retry_after_s);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

fn response(status: StatusCode, id: &str, body: &Value) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        ),
        (
            REQUEST_ID,
            HeaderValue::from_str(id).unwrap_or(HeaderValue::from_static("")),
        ),
    ];
    (status, headers, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::super::routes::router;
    use super::super::sample::{self, PROJECTS, TASKS};
    use super::super::{Delay, LatencyProfile, LimitSettings, Settings};
    use super::*;
    use http::{Method, Request};
    use proptest::prelude::*;
    use std::time::Duration;
    use tower::ServiceExt;

    fn simulator_with(limit: LimitSettings, latency: Option<LatencyProfile>) -> Arc<Simulator> {
        let settings = Settings {
            token: "secret".to_owned(),
            seed: 1,
            limit,
            latency,
        };
        Arc::new(Simulator::new(&settings, sample::workspace(2, 3)).unwrap())
    }

    fn simulator() -> Arc<Simulator> {
        simulator_with(LimitSettings::default(), None)
    }

    async fn send(
        simulator: Arc<Simulator>,
        method: Method,
        uri: &str,
        body: Vec<u8>,
    ) -> Option<(u16, Value)> {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", "Bearer secret")
            .header("notion-version", "2022-06-28")
            .body(Body::from(body))
            .ok()?;
        let answer = router(simulator).oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        Some((status, serde_json::from_slice(&body).unwrap()))
    }

    /// An answer is an object of Notion's, or one of its errors with the status it names.
    fn is_notions((status, body): &(u16, Value)) -> bool {
        let object = body["object"].as_str();
        let complete = body["code"].is_string()
            && body["message"].is_string()
            && body["request_id"].is_string();
        match object {
            Some("error") => body["status"] == *status && complete,
            Some("list" | "page" | "database") => *status == 200 && body["request_id"].is_string(),
            _ => false,
        }
    }

    fn paths() -> impl Strategy<Value = String> {
        let id = prop_oneof![
            Just(TASKS.to_string()),
            Just(PROJECTS.simple().to_string()),
            Just(sample::task_id(1).to_string()),
            "[a-z0-9-]{0,40}",
            "%[0-9A-F]{2}(%[0-9A-F]{2})?",
        ];
        prop_oneof![
            id.clone()
                .prop_map(|id| format!("/v1/databases/{id}/query")),
            id.clone().prop_map(|id| format!("/v1/databases/{id}")),
            id.prop_map(|id| format!("/v1/pages/{id}")),
            Just("/v1/pages".to_owned()),
            "/[a-z0-9/%?=&._-]{0,30}",
        ]
    }

    /// JSON made of the words that requests are made of.
    fn bodies() -> impl Strategy<Value = Value> {
        let words = [
            "filter",
            "and",
            "or",
            "property",
            "Task",
            "title",
            "number",
            "Points",
            "equals",
            "contains",
            "sorts",
            "direction",
            "ascending",
            "page_size",
            "start_cursor",
            "parent",
            "database_id",
            "properties",
            "relation",
            "Project",
            "Tags",
            "multi_select",
            "name",
            "Due",
            "date",
            "start",
            "2026-01-01",
            "archived",
            "text",
            "content",
            "Task count",
            "rollup",
            "timestamp",
            "created_time",
            "past_week",
            "is_empty",
            "Status",
            "status",
        ];
        let word = prop::sample::select(words.to_vec()).prop_map(str::to_owned);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
            word.clone().prop_map(Value::from),
            Just(json!(TASKS.to_string())),
        ];
        leaf.prop_recursive(6, 64, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((word.clone(), inner), 0..5)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    fn methods() -> impl Strategy<Value = Method> {
        prop::sample::select(vec![
            Method::GET,
            Method::POST,
            Method::PATCH,
            Method::DELETE,
            Method::PUT,
        ])
    }

    proptest! {
        #[test]
        fn whatever_is_sent_the_answer_is_notions(
            sent in prop::collection::vec((methods(), paths(), bodies(), prop::option::weighted(0.2, prop::collection::vec(any::<u8>(), 0..20))), 1..6),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let simulator = simulator();
            for (method, path, json, bytes) in sent {
                let body = bytes.unwrap_or_else(|| json.to_string().into_bytes());
                let answer = runtime.block_on(send(Arc::clone(&simulator), method.clone(), &path, body.clone()));
                if let Some(answer) = answer {
                    prop_assert!(is_notions(&answer), "{} {} {:?}: {:?}", method, path, body, answer);
                }
            }
        }

        #[test]
        fn whatever_an_endpoint_is_sent_the_answer_is_notions(body in bodies(), part in 0usize..5) {
            let (method, path, body) = match part {
                0 => (Method::POST, format!("/v1/databases/{TASKS}/query"), json!({ "filter": body })),
                1 => (Method::POST, format!("/v1/databases/{TASKS}/query"), json!({ "sorts": body })),
                2 => (Method::POST, "/v1/pages".to_owned(), json!({ "parent": { "database_id": TASKS.to_string() }, "properties": body })),
                3 => (Method::PATCH, format!("/v1/pages/{}", sample::task_id(0)), json!({ "properties": body })),
                _ => (Method::PATCH, format!("/v1/pages/{}", sample::task_id(0)), body),
            };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let answer = runtime.block_on(send(simulator(), method, &path, body.to_string().into_bytes()));
            prop_assert!(answer.as_ref().is_some_and(is_notions), "{} {}: {:?}", path, body, answer);
        }
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused() {
        let body = vec![b' '; MOST_BYTES + 1];
        let (status, body) = send(simulator(), Method::POST, "/v1/pages", body)
            .await
            .unwrap();
        assert_eq!(
            (status, body["code"].as_str()),
            (400, Some("validation_error"))
        );
    }

    /// The clock of these tests stands still but for the sleeps, so the times are exact.
    #[tokio::test(start_paused = true)]
    async fn an_answer_takes_its_delay_and_a_429_none() {
        let delay = |millis| Delay {
            median: Duration::from_millis(millis),
            per_row: Duration::from_millis(1),
            sigma: 0.0,
        };
        let profile = LatencyProfile {
            query: delay(100),
            query_by_text: delay(200),
            retrieve_page: delay(300),
            create_page: delay(400),
            update_page: delay(500),
            retrieve_database: delay(600),
        };
        let limit = LimitSettings {
            window: Some("5/60s".parse().unwrap()),
            average: None,
        };
        let simulator = simulator_with(limit, Some(profile));
        let query = format!("/v1/databases/{TASKS}/query");
        let by_text = json!({ "filter": { "property": "Task", "title": { "contains": "er 1" } } });
        for (method, path, body, status, millis) in [
            (Method::POST, query.clone(), json!({}), 200, 103),
            (Method::POST, query.clone(), by_text, 200, 201),
            (
                Method::GET,
                format!("/v1/pages/{}", sample::task_id(9)),
                json!({}),
                404,
                300,
            ),
            (Method::POST, "/v1/pages".to_owned(), json!({}), 400, 400),
            (
                Method::GET,
                format!("/v1/databases/{TASKS}"),
                json!({}),
                200,
                600,
            ),
            (Method::POST, query, json!({}), 429, 0),
        ] {
            let begin = Instant::now();
            let body = body.to_string().into_bytes();
            let answer = send(Arc::clone(&simulator), method, &path, body).await;
            assert_eq!(answer.unwrap().0, status, "{path}");
            assert_eq!(begin.elapsed().as_millis(), millis, "{path}");
        }
    }
}
