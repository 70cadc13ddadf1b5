//! A planted defect: the same tasks in another shape.
//!
//! The deployed application's answers changed with its store: fields were gone, renamed, or of another
//! type, and clients that were built for the old shape showed nothing. Here, too, all that is wrong is
//! the answer; what is stored, and what requests mean, stays.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

/// Answers tasks in the other shape.
pub(super) async fn reshape(request: Request, next: Next) -> Response {
    let of_tasks = request.uri().path().starts_with("/api/tasks");
    let response = next.run(request).await;
    if !of_tasks || !response.status().is_success() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // The body is in memory already, so it cannot fail half-way.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Ok(Value::Object(mut answer)) = serde_json::from_slice(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    match answer.get_mut("tasks").and_then(Value::as_array_mut) {
        Some(tasks) => tasks
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(change),
        None => change(&mut answer),
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(Value::Object(answer).to_string()))
}

/// A task: one field gone, one renamed, one of another type. What is no task has none of them.
fn change(task: &mut Map<String, Value>) {
    task.remove("description");
    if let Some(due) = task.remove("dueDate") {
        task.insert("due".to_owned(), due);
    }
    if let Some(tags) = task.get_mut("tags").and_then(Value::as_array_mut) {
        for tag in tags {
            *tag = tag["name"].take();
        }
    }
}
