//! A Notion of one's own: Notion's REST API in the versions 2022-06-28, 2025-09-03 and 2026-03-11, as far
//! as databases, pages, blocks, search, users and comments go.
//!
//! Why: the live service cannot be loaded, broken or repeated at will, and measuring against it
//! spends somebody's rate limit. The simulator gives the same shapes, errors and limits, answers
//! as slowly as a stated [`LatencyProfile`] says, and counts what it was sent, so that a harness's
//! claim to keep within the limit can be checked by somebody else than the harness.
//!
//! A request flows one way:
//!
//! ```text
//! routes -> simulator   counted; token, limit, version: refused at once
//!        -> faults      what goes wrong before any work, on request
//!        -> endpoints   the JSON of the request against the store
//!             body        reading JSON, naming the place of what is wrong
//!             properties  schemas and values of every type, and how they look
//!             query       filter (condition), sort, cursor
//!             store       the one place of everything, with snapshots; export reads pages into one
//!             blocks      what stands in pages; comments, what is said about it
//!             answer      the shapes of this version
//!        -> faults      what goes wrong after a write was saved
//!        -> latency     the delay, then the answer, whole or broken
//! ```
//!
//! What is left out says so to the caller and is never half done: older versions, uploaded files, views,
//! templates, and formulas beyond a property or a literal.
//! Where Notion documents nothing, the module that had to choose says "a guess".

mod answer;
mod blocks;
mod body;
mod comments;
mod door;
mod endpoints;
mod errors;
mod export;
mod ids;
mod paging;
mod properties;
mod query;
mod routes;
#[cfg(test)]
mod sample;
mod serve;
mod settings;
mod simulator;
mod store;
mod version;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use door::counters::{Counters, Endpoint};
pub use door::fault_plan::{Fault, FaultKind, FaultPlan, FaultPlanError};
pub use door::latency::{Delay, LatencyError, LatencyProfile};
pub use door::limit::{DEFAULT_BURST, LimitSettings, Spent};
pub use errors::{Missing, NotionError};
pub use export::{Export, ExportError, ExportedDatabase};
pub use ids::of_data_source as data_source_of;
pub use properties::property::PropertySchema;
pub use properties::rollup::RollupFunction;
pub use settings::{Settings, SettingsError, Token};
pub use store::{SnapshotError, Workspace};

use simulator::Simulator;

/// How long [`Running::stop`] waits for open connections.
const PATIENCE: Duration = Duration::from_secs(2);

/// A simulator that answers on a port of its own. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Running {
    url: String,
    simulator: Arc<Simulator>,
    server: JoinHandle<()>,
}

/// Starts a simulator of this workspace on 127.0.0.1, on a free port, on the current tokio runtime.
///
/// # Errors
/// When no port can be bound, or the settings make no sense (`InvalidInput`).
pub async fn start(settings: Settings, workspace: Workspace) -> io::Result<Running> {
    let simulator = Simulator::new(&settings, workspace)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let simulator = Arc::new(simulator);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    // Nagle's algorithm would add its own delays to those of the profile; without the option the
    // simulator still works.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let router = routes::router(Arc::clone(&simulator));
    let stopped = simulator.stopped();
    let server = tokio::spawn(async move {
        // `axum::serve` never returns an error: a failed accept is tried again.
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
        drop(served.await);
    });
    Ok(Running {
        url,
        simulator,
        server,
    })
}

impl Running {
    /// Where faults are asked for and ended while it runs, by GET, PUT and DELETE.
    #[must_use]
    pub fn faults_url(&self) -> String {
        format!("{}{}faults", self.url, door::admin::PREFIX)
    }

    /// Where the counters are, by GET.
    #[must_use]
    pub fn counters_url(&self) -> String {
        format!("{}{}counters", self.url, door::admin::PREFIX)
    }

    /// Where [`Running::snapshot`] is, by GET.
    #[must_use]
    pub fn snapshot_url(&self) -> String {
        format!("{}{}snapshot", self.url, door::admin::PREFIX)
    }

    /// The workspace as it is now, as [`Workspace::from_snapshot`] takes it.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which is a defect of the simulator.
    pub fn snapshot(&self) -> Result<String, SnapshotError> {
        self.simulator.read().snapshot()
    }

    /// Makes exports of this workspace, for as long as it is wanted.
    #[must_use]
    pub fn exporter(&self) -> Exporter {
        Exporter(Arc::clone(&self.simulator))
    }

    /// The base address without `/v1`, as Notion's clients take it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What was counted so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.simulator.counters()
    }

    /// Takes no more connections, ends what was stalled or slowed down on request, lets the other
    /// requests under way finish for at most two seconds, and ends.
    pub async fn stop(mut self) {
        self.simulator.stop();
        if tokio::time::timeout(PATIENCE, &mut self.server)
            .await
            .is_err()
        {
            self.server.abort();
        }
    }
}

/// Makes exports of a running simulator's workspace, from whatever thread, without a request.
#[derive(Debug, Clone)]
pub struct Exporter(Arc<Simulator>);

impl Exporter {
    /// The workspace as it is now, in the form of the migration guide's export file, with the blocks
    /// of each page. [`Export::read`] takes it.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which is a defect of the simulator.
    pub fn export(&self) -> io::Result<Vec<u8>> {
        let written = export::write(&self.0.read(), Timestamp::now());
        let mut json = serde_json::to_vec(&written.map_err(io::Error::other)?)?;
        json.push(b'\n');
        Ok(json)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.simulator.stop();
    }
}
