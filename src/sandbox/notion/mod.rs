//! A Notion of one's own: the part of Notion's REST API, version 2022-06-28, that an application
//! over Notion databases needs.
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
//!        -> endpoints   the JSON of the request against the store
//!             body        reading JSON, naming the place of what is wrong
//!             value       property values (text, moment) against the schema (property, ids)
//!             query       filter (condition), sort, cursor
//!             store       the one place of databases and pages
//!             answer      the shapes of this version
//!        -> latency     the delay, then the answer
//! ```
//!
//! What is left out says so to the caller and is never half done: other versions, blocks and
//! children, pages outside databases, mentions and equations in texts, other property types.
//! Where Notion documents nothing, the module that had to choose says "a guess".

mod answer;
mod body;
mod door;
mod endpoints;
mod errors;
mod ids;
mod paging;
mod properties;
mod query;
mod routes;
#[cfg(test)]
mod sample;
mod serve;
mod simulator;
mod store;
mod version;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use door::counters::{Counters, Endpoint};
pub use door::latency::{Delay, LatencyError, LatencyProfile};
pub use door::limit::{DEFAULT_BURST, LimitSettings};

pub use errors::{Missing, NotionError};
pub use ids::of_data_source as data_source_of;
pub use properties::property::PropertySchema;
pub use properties::rollup::RollupFunction;
pub use store::Workspace;

use simulator::Simulator;

/// How long [`Running::stop`] waits for open connections.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a simulator behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The token that requests must bear. It opens nothing but this simulator.
    pub token: String,
    /// What new ids and the noise of delays come from.
    pub seed: u64,
    /// The limits of the token.
    pub limit: LimitSettings,
    /// How long answers take; at once when none is given.
    pub latency: Option<LatencyProfile>,
}

/// A simulator that answers on a port of its own. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Running {
    url: String,
    simulator: Arc<Simulator>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// Starts a simulator of this workspace on 127.0.0.1, on a free port, on the current tokio runtime.
///
/// # Errors
/// When no port can be bound, or the latency profile makes no sense (`InvalidInput`).
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
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        // `axum::serve` never returns an error: a failed accept is tried again.
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
        drop(served.await);
    });
    Ok(Running {
        url,
        simulator,
        stop,
        server,
    })
}

impl Running {
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

    /// Takes no more connections, lets the requests under way finish for at most two seconds, and
    /// ends.
    pub async fn stop(mut self) {
        // Fails only when the server has ended already.
        let _ = self.stop.send(());
        if tokio::time::timeout(PATIENCE, &mut self.server)
            .await
            .is_err()
        {
            self.server.abort();
        }
    }
}
