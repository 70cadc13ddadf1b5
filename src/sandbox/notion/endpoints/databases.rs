//! The endpoints of databases and of their data sources.

use serde_json::Value;

use super::super::answer::View;
use super::super::errors::NotionError;
use super::super::simulator::Simulator;
use super::Call;

/// `GET /v1/databases/{database_id}`
pub(super) fn retrieve(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("database_id")?;
    let workspace = simulator.read();
    let view = View {
        version: call.version,
        workspace: &workspace,
    };
    view.database(workspace.database(id)?)
}

/// `GET /v1/data_sources/{data_source_id}`
pub(super) fn retrieve_source(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    call.since_data_sources(true)?;
    let id = call.id("data_source_id")?;
    let workspace = simulator.read();
    let view = View {
        version: call.version,
        workspace: &workspace,
    };
    Ok(view.data_source(workspace.data_source(id)?))
}
