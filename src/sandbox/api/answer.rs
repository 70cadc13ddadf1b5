//! Answers: every one is JSON, every error is `{"error": "..."}` with a status that says whose fault it is.

use axum::Json;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use thiserror::Error;

use super::body::BadRequest;
use super::store::{NotAnId, Source, StoreError};

/// How many objects an answer carries; the delay of a store may depend on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows(pub(super) usize);

/// An object with the store that it came from.
#[derive(Debug, Serialize)]
pub(super) struct Sourced<T> {
    #[serde(flatten)]
    object: T,
    source: Source,
}

/// One object.
pub(super) fn object<T: Serialize>(status: StatusCode, object: T, source: Source) -> Response {
    let mut response = (status, Json(Sourced { object, source })).into_response();
    response.extensions_mut().insert(Rows(1));
    response
}

/// A list, under its name, with its length.
pub(super) fn list<T: Serialize>(name: &str, objects: &[T], source: Source) -> Response {
    let body = json!({ name: objects, "count": objects.len(), "source": source });
    let mut response = Json(body).into_response();
    response.extensions_mut().insert(Rows(objects.len()));
    response
}

/// Why a request has no answer.
#[derive(Debug, Error)]
pub(super) enum ApiError {
    #[error(transparent)]
    BadRequest(#[from] BadRequest),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Query(#[from] QueryRejection),
    #[error(transparent)]
    Body(#[from] BytesRejection),
    #[error("there is no {0}")]
    NoSuch(&'static str),
    #[error("this path does not take this method")]
    Method,
}

impl From<NotAnId> for ApiError {
    /// A path with what can be no id leads to no object.
    fn from(_: NotAnId) -> Self {
        Self::NoSuch("object with such an id; ids are UUIDs")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::BadRequest(_) | Self::Query(_) | Self::Store(StoreError::UnknownReference) => {
                StatusCode::BAD_REQUEST
            }
            Self::Body(rejection) => rejection.status(),
            Self::NoSuch(_) | Self::Store(StoreError::NotFound { .. }) => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Store(StoreError::Duplicate) => StatusCode::CONFLICT,
            Self::Store(StoreError::RateLimited { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(StoreError::Notion { .. }) => StatusCode::BAD_GATEWAY,
            Self::Store(StoreError::Database(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if let Self::Store(StoreError::Database(cause)) = &self {
            tracing::error!(%cause, "the database failed");
        }
        let mut response = (status, Json(json!({ "error": self.to_string() }))).into_response();
        if let Self::Store(StoreError::RateLimited {
            retry_after: Some(after),
        }) = &self
            && let Ok(after) = HeaderValue::from_str(after)
        {
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        response
    }
}
