//! What the simulator tells and takes about itself, under `/_simulator/`: not of Notion, needs no
//! token, is not counted and meets no fault.
//!
//! | request | what it does |
//! |---|---|
//! | `GET /_simulator/counters` | answers the [`Counters`](super::counters::Counters) |
//! | `GET /_simulator/faults` | answers the plan of faults, in the form that PUT takes |
//! | `PUT /_simulator/faults` | puts a [plan](super::fault_plan) in the place of the one before and answers it |
//! | `DELETE /_simulator/faults` | ends all faults; those under way go on |
//! | `GET /_simulator/snapshot` | answers the whole workspace, as `cutover sandbox --notion-export` takes it |
//!
//! What is not understood is answered with an error in Notion's form that says what to write.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::CONTENT_TYPE;

use super::fault_plan::FaultPlan;
use crate::sandbox::notion::errors::NotionError;
use crate::sandbox::notion::serve::refusal;
use crate::sandbox::notion::simulator::Simulator;

/// Where the admin calls are.
pub(crate) const PREFIX: &str = "/_simulator/";

type Shared = State<Arc<Simulator>>;

/// The admin calls of one simulator.
pub(crate) fn routes() -> Router<Arc<Simulator>> {
    Router::new()
        .route(
            "/_simulator/counters",
            get(async |State(simulator): Shared| Json(simulator.counters())),
        )
        .route(
            "/_simulator/faults",
            get(async |State(simulator): Shared| Json(simulator.faults()))
                .put(put_faults)
                .delete(async |State(simulator): Shared| {
                    simulator.replace_faults(FaultPlan::default());
                    Json(simulator.faults())
                }),
        )
        .route("/_simulator/snapshot", get(snapshot))
}

async fn put_faults(State(simulator): Shared, body: Result<Bytes, BytesRejection>) -> Response {
    // A body that cannot be read is refused as an empty one.
    match serde_json::from_slice(&body.unwrap_or_default()) {
        Ok(plan) => {
            simulator.replace_faults(plan);
            Json(simulator.faults()).into_response()
        }
        Err(error) => {
            let says = format!(
                "This is no plan of faults: {error}. Write it like \
                 {{\"conflict\": {{\"rate\": 0.015}}, \"unavailable\": {{\"rate\": 1, \"count\": 2}}}}."
            );
            refusal(&simulator, &NotionError::Validation(says))
        }
    }
}

async fn snapshot(State(simulator): Shared) -> Response {
    let written = simulator.read().snapshot();
    match written {
        Ok(snapshot) => ([(CONTENT_TYPE, "application/json")], snapshot).into_response(),
        Err(error) => refusal(&simulator, &NotionError::Validation(error.to_string())),
    }
}

/// The answer to an admin call that there is not.
pub(crate) fn unknown(simulator: &Simulator) -> Response {
    let says = "There are GET /_simulator/counters, GET /_simulator/snapshot, and GET, PUT and \
                DELETE /_simulator/faults.";
    refusal(simulator, &NotionError::Validation(says.to_owned()))
}
