//! Which path and method leads to which endpoint.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::door::admin;
use super::door::counters::Endpoint as E;
use super::serve::{serve, unknown};
use super::simulator::Simulator;

/// All routes of one simulator.
pub(super) fn router(simulator: Arc<Simulator>) -> Router {
    Router::new()
        .route("/v1/databases", post(serve(E::CreateDatabase)))
        .route(
            "/v1/databases/{database_id}",
            get(serve(E::RetrieveDatabase)).patch(serve(E::UpdateDatabase)),
        )
        .route(
            "/v1/databases/{database_id}/query",
            post(serve(E::QueryDatabase)),
        )
        .route("/v1/data_sources", post(serve(E::CreateDataSource)))
        .route(
            "/v1/data_sources/{data_source_id}",
            get(serve(E::RetrieveDataSource)).patch(serve(E::UpdateDataSource)),
        )
        .route(
            "/v1/data_sources/{data_source_id}/query",
            post(serve(E::QueryDataSource)),
        )
        .route("/v1/pages", post(serve(E::CreatePage)))
        .route(
            "/v1/pages/{page_id}",
            get(serve(E::RetrievePage)).patch(serve(E::UpdatePage)),
        )
        .route(
            "/v1/pages/{page_id}/properties/{property_id}",
            get(serve(E::RetrievePageProperty)),
        )
        .route(
            "/v1/blocks/{block_id}",
            get(serve(E::RetrieveBlock))
                .patch(serve(E::UpdateBlock))
                .delete(serve(E::DeleteBlock)),
        )
        .route(
            "/v1/blocks/{block_id}/children",
            get(serve(E::ListBlockChildren)).patch(serve(E::AppendBlockChildren)),
        )
        .route("/v1/search", post(serve(E::Search)))
        .route("/v1/users", get(serve(E::ListUsers)))
        .route("/v1/users/me", get(serve(E::RetrieveMe)))
        .route("/v1/users/{user_id}", get(serve(E::RetrieveUser)))
        .route(
            "/v1/comments",
            get(serve(E::ListComments)).post(serve(E::CreateComment)),
        )
        .route("/v1/comments/{comment_id}", get(serve(E::RetrieveComment)))
        .merge(admin::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .with_state(simulator)
}
