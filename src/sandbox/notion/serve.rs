//! One request from its headers to its answer: let in or refused, worked on, held back for its delay,
//! and put into HTTP. Whatever comes in, what goes out is either an endpoint's answer or one of Notion's
//! errors.

use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{Query, RawPathParams, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::answer::Written;
use super::door::counters::Endpoint;
use super::door::fault_plan::FaultKind;
use super::door::faults::{Drawn, Moment};
use super::door::latency::Work;
use super::door::{admin, broken};
use super::endpoints::{self, Call, Outcome};
use super::errors::NotionError;
use super::simulator::{Admitted, Credentials, Simulator};

/// The most bytes of a request's body.
pub(super) const MOST_BYTES: usize = 500 * 1024;
const NOTION_VERSION: HeaderName = HeaderName::from_static("notion-version");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-notion-request-id");

type Shared = State<Arc<Simulator>>;
type PathParams = Result<RawPathParams, RawPathParamsRejection>;
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// What came in, but for the body, which is read only when the rest is good.
#[derive(Debug)]
struct Request {
    method: Method,
    path: PathParams,
    uri: Uri,
    headers: HeaderMap,
}

impl Request {
    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The address at which it came, without a path.
    fn origin(&self) -> String {
        let host = self.header(&header::HOST).unwrap_or("localhost");
        format!("http://{host}")
    }

    fn credentials(&self) -> Credentials<'_> {
        Credentials {
            method: self.method.as_str(),
            authorization: self.header(&header::AUTHORIZATION),
            version: self.header(&NOTION_VERSION),
        }
    }
}

/// The answer to a path or method that leads nowhere.
pub(super) async fn unknown(State(simulator): Shared, uri: Uri) -> Response {
    if uri.path().starts_with(admin::PREFIX) {
        return admin::unknown(&simulator);
    }
    simulator.turn_away();
    refusal(&simulator, &NotionError::InvalidUrl)
}

/// The handler of an endpoint. What is not let in is refused at once, and so is what a fault meets
/// before any work; what was worked on, well or badly, is answered after the endpoint's delay.
pub(super) fn serve(
    endpoint: Endpoint,
) -> impl Fn(Shared, Method, PathParams, Uri, HeaderMap, Body) -> Answering + Clone + Send + Sync + 'static
{
    move |State(simulator), method, path, uri, headers, body| {
        let request = Request {
            method,
            path,
            uri,
            headers,
        };
        Box::pin(async move { answer(endpoint, &simulator, &request, body).await })
    }
}

async fn answer(
    endpoint: Endpoint,
    simulator: &Arc<Simulator>,
    request: &Request,
    body: Body,
) -> Response {
    // The router takes a HEAD for a GET; Notion has none.
    if request.method == Method::HEAD {
        simulator.turn_away();
        return refusal(simulator, &NotionError::InvalidUrl);
    }
    let admitted = match simulator.admit(endpoint, request.credentials()) {
        Ok(admitted) => admitted,
        Err(error) => return refusal(simulator, &error),
    };
    if let Some(broken) = fault_before_work(simulator, &admitted.faults).await {
        return broken;
    }
    let begin = Instant::now();
    let outcome = match read_body(request, body).await {
        Ok(body) => work(endpoint, simulator, &admitted, request, body),
        Err(error) => Outcome::of(Err(error)),
    };
    let saved = endpoint.writes() && outcome.result.is_ok();
    let after_saving = saved
        .then(|| simulator.fault(&admitted.faults, Moment::AfterSaving))
        .flatten();
    // The simulator's own work is part of the delay, not added to it.
    if let Some(delay) = simulator.delay(kind_of_work(endpoint, &outcome), outcome.rows) {
        tokio::time::sleep_until(begin + delay).await;
    }
    if let Some((kind, _)) = after_saving {
        return fault_answer(simulator, kind);
    }
    let response = match outcome.result {
        Ok(answer) => success(simulator, answer),
        Err(error) => refusal(simulator, &error),
    };
    fault_in_answer(simulator, &admitted.faults, response).await
}

/// The answer of a fault before any work. After a stall the work is done as usual, unless the client
/// has gone by then.
async fn fault_before_work(simulator: &Simulator, drawn: &Drawn) -> Option<Response> {
    let (kind, fault) = simulator.fault(drawn, Moment::BeforeWork)?;
    if kind != FaultKind::Stall {
        return Some(fault_answer(simulator, kind));
    }
    tokio::select! {
        () = tokio::time::sleep(fault.lasts) => None,
        () = simulator.stopped() => Some(broken::cut()),
    }
}

fn fault_answer(simulator: &Simulator, kind: FaultKind) -> Response {
    let id = simulator.request_id();
    broken::answer(kind, id, |status, body| {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response(status, id, body.to_string())
    })
}

async fn fault_in_answer(simulator: &Simulator, drawn: &Drawn, response: Response) -> Response {
    let Some((kind, fault)) = simulator.fault(drawn, Moment::InAnswer) else {
        return response;
    };
    let (head, body) = response.into_parts();
    // An answer is in memory as a whole and cannot fail to be read.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let response = Response::from_parts(head, Body::empty());
    match kind {
        FaultKind::SlowBody => broken::slow_body(response, body, fault.lasts, simulator.stopped()),
        _ => broken::cut_in_body(response, body),
    }
}

/// Which delay an endpoint has.
fn kind_of_work(endpoint: Endpoint, outcome: &Outcome) -> Work {
    use Endpoint as E;
    match endpoint {
        _ if outcome.searches_text => Work::QueryByText,
        E::QueryDatabase | E::QueryDataSource => Work::Query,
        E::Search => Work::Search,
        E::RetrieveDatabase | E::RetrieveDataSource => Work::RetrieveDatabase,
        E::CreateDatabase | E::CreateDataSource | E::UpdateDatabase | E::UpdateDataSource => {
            Work::WriteDatabase
        }
        E::CreatePage => Work::CreatePage,
        E::UpdatePage => Work::UpdatePage,
        E::RetrievePage | E::RetrievePageProperty | E::Unknown => Work::RetrievePage,
        E::RetrieveBlock => Work::RetrieveBlock,
        E::ListBlockChildren => Work::ListBlocks,
        E::AppendBlockChildren => Work::AppendBlocks,
        E::UpdateBlock | E::DeleteBlock => Work::UpdateBlock,
        E::ListUsers | E::RetrieveUser | E::RetrieveMe => Work::Users,
        E::ListComments | E::RetrieveComment => Work::ListComments,
        E::CreateComment => Work::CreateComment,
    }
}

fn work(
    endpoint: Endpoint,
    simulator: &Simulator,
    admitted: &Admitted<'_>,
    request: &Request,
    body: Value,
) -> Outcome {
    let path: Map<String, Value> = request
        .path
        .iter()
        .flatten()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let query = match query_parameters(&request.uri) {
        Ok(query) => query,
        Err(error) => return Outcome::of(Err(error)),
    };
    let call = Call {
        version: admitted.version,
        author: admitted.token.bot_id,
        path: Value::Object(path),
        query,
        body,
        origin: request.origin(),
    };
    endpoints::answer(endpoint, simulator, call)
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

/// The body as JSON; no body at all is an empty object.
async fn read_body(request: &Request, body: Body) -> Result<Value, NotionError> {
    let bytes = to_bytes(body, MOST_BYTES).await.map_err(|_| {
        NotionError::Validation(format!(
            "body failed validation: body should be readable and have at most {MOST_BYTES} bytes."
        ))
    })?;
    if bytes.is_empty() {
        return Ok(json!({}));
    }
    if !is_json(request.header(&header::CONTENT_TYPE)) {
        return Err(NotionError::InvalidJson);
    }
    serde_json::from_slice(&bytes).map_err(|_| NotionError::InvalidJson)
}

/// Whether a body of this type is read as JSON. What Notion answers to another is not documented: that
/// it could not be read as JSON is a guess.
fn is_json(content_type: Option<&str>) -> bool {
    let media_type = content_type.and_then(|text| text.split(';').next());
    media_type.is_some_and(|text| text.trim().eq_ignore_ascii_case("application/json"))
}

fn success(simulator: &Simulator, answer: Written) -> Response {
    let id = simulator.request_id();
    response(StatusCode::OK, id, answer.with_request_id(id))
}

pub(super) fn refusal(simulator: &Simulator, error: &NotionError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let id = simulator.request_id();
    let mut response = response(status, id, error.body(id).to_string());
    if let NotionError::RateLimited { retry_after_s, .. } = error {
        let seconds = HeaderValue::from(*retry_after_s);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

fn response(status: StatusCode, id: Uuid, body: impl Into<Body>) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        ),
        (
            REQUEST_ID,
            HeaderValue::from_str(&id.to_string()).unwrap_or(HeaderValue::from_static("")),
        ),
    ];
    (status, headers, body.into()).into_response()
}

#[cfg(test)]
mod tests;
