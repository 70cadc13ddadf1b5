//! The routes, once for both stores.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::answer::{ApiError, list, object};
use super::body::{BadRequest, ProjectBody, ProjectQuery, TagBody, TaskBody, TaskQuery};
use super::moment::Moment;
use super::store::{Id, Store};

type Answer = Result<Response, ApiError>;
type Parsed<T> = Result<Query<T>, QueryRejection>;
type Raw = Result<Bytes, BytesRejection>;

/// The API over one store.
pub(super) fn router<S: Store>(store: Arc<S>) -> Router {
    Router::new()
        .route("/api/health", get(health::<S>))
        .route("/api/tasks", get(tasks::<S>).post(create_task::<S>))
        .route(
            "/api/tasks/{id}",
            get(task::<S>)
                .patch(update_task::<S>)
                .delete(delete_task::<S>),
        )
        .route(
            "/api/projects",
            get(projects::<S>).post(create_project::<S>),
        )
        .route(
            "/api/projects/{id}",
            get(project::<S>)
                .patch(update_project::<S>)
                .delete(delete_project::<S>),
        )
        .route("/api/tags", get(tags::<S>).post(create_tag::<S>))
        .fallback(async || ApiError::NoSuch("such path"))
        .method_not_allowed_fallback(async || ApiError::Method)
        .with_state(store)
}

fn json<T: DeserializeOwned>(body: Raw) -> Result<T, ApiError> {
    Ok(serde_json::from_slice(&body?).map_err(BadRequest::Json)?)
}

async fn health<S: Store>(State(store): State<Arc<S>>) -> Answer {
    store.health().await?;
    Ok(object(
        StatusCode::OK,
        json!({ "status": "ok" }),
        store.source(),
    ))
}

async fn tasks<S: Store>(State(store): State<Arc<S>>, query: Parsed<TaskQuery>) -> Answer {
    let Query(query) = query?;
    let tasks = store.tasks(&query.filter()?, query.include()?).await?;
    Ok(list("tasks", &tasks, store.source()))
}

async fn task<S: Store>(
    State(store): State<Arc<S>>,
    Path(id): Path<String>,
    query: Parsed<TaskQuery>,
) -> Answer {
    let task = store.task(&Id::try_from(id)?, query?.include()?).await?;
    Ok(object(StatusCode::OK, task, store.source()))
}

async fn create_task<S: Store>(State(store): State<Arc<S>>, body: Raw) -> Answer {
    let new = json::<TaskBody>(body)?.into_new(Moment::now())?;
    let task = store.create_task(&new).await?;
    Ok(object(StatusCode::CREATED, task, store.source()))
}

async fn update_task<S: Store>(
    State(store): State<Arc<S>>,
    Path(id): Path<String>,
    body: Raw,
) -> Answer {
    let id = Id::try_from(id)?;
    let patch = json::<TaskBody>(body)?.into_patch(Moment::now())?;
    let task = store.update_task(&id, &patch).await?;
    Ok(object(StatusCode::OK, task, store.source()))
}

async fn delete_task<S: Store>(State(store): State<Arc<S>>, Path(id): Path<String>) -> Answer {
    let id = Id::try_from(id)?;
    store.delete_task(&id).await?;
    Ok(object(StatusCode::OK, deleted(&id), store.source()))
}

async fn projects<S: Store>(State(store): State<Arc<S>>, query: Parsed<ProjectQuery>) -> Answer {
    let projects = store.projects(query?.count()?).await?;
    Ok(list("projects", &projects, store.source()))
}

async fn project<S: Store>(
    State(store): State<Arc<S>>,
    Path(id): Path<String>,
    query: Parsed<ProjectQuery>,
) -> Answer {
    let project = store.project(&Id::try_from(id)?, query?.count()?).await?;
    Ok(object(StatusCode::OK, project, store.source()))
}

async fn create_project<S: Store>(State(store): State<Arc<S>>, body: Raw) -> Answer {
    let new = json::<ProjectBody>(body)?.into_new()?;
    let project = store.create_project(&new).await?;
    Ok(object(StatusCode::CREATED, project, store.source()))
}

async fn update_project<S: Store>(
    State(store): State<Arc<S>>,
    Path(id): Path<String>,
    body: Raw,
) -> Answer {
    let id = Id::try_from(id)?;
    let patch = json::<ProjectBody>(body)?.into_patch()?;
    let project = store.update_project(&id, &patch).await?;
    Ok(object(StatusCode::OK, project, store.source()))
}

async fn delete_project<S: Store>(State(store): State<Arc<S>>, Path(id): Path<String>) -> Answer {
    let id = Id::try_from(id)?;
    store.delete_project(&id).await?;
    Ok(object(StatusCode::OK, deleted(&id), store.source()))
}

async fn tags<S: Store>(State(store): State<Arc<S>>) -> Answer {
    let tags = store.tags().await?;
    Ok(list("tags", &tags, store.source()))
}

async fn create_tag<S: Store>(State(store): State<Arc<S>>, body: Raw) -> Answer {
    let new = json::<TagBody>(body)?.into_new()?;
    let tag = store.create_tag(&new).await?;
    Ok(object(StatusCode::CREATED, tag, store.source()))
}

fn deleted(id: &Id) -> serde_json::Value {
    json!({ "success": true, "id": id.as_str() })
}
