//! The reference API: the application's routes, once, over either of two stores.
//!
//! The application itself cannot be shipped, and what it measures must not depend on this machine's
//! Node.js; so both sides are this API, equal down to the trait [`store::Store`].
//!
//! ```text
//! request ─ [slowed] ─ delay (client to API) ─ [frozen] ─ server_timing ─ [shape] ─ [delay (API to database)] ┐
//!         ┌────────────────────────────────────────────────────────────────────────────────────────────────────┘
//!         └ routes ─ [planted] ─ Store ┬ PostgresStore ─ PostgreSQL
//!                                      └ NotionStore ── Notion
//! ```
//!
//! `body` turns requests into valid questions, `answer` turns results into JSON. `postgres_store` speaks
//! in the statements of `postgres_sql`; `notion_store` maps pages in `notion_page` and calls through
//! `notion_client`. Every answer tells how long its store took. What stands in brackets is there when it
//! is asked for: `planted`, `shape` and `frozen` are the planted defects of an API, and `slowed` its planted
//! slowness.

mod answer;
mod body;
mod delay;
mod frozen;
pub mod moment;
mod notion_client;
pub(in crate::sandbox) mod notion_page;
pub mod notion_store;
pub mod planted;
mod postgres_sql;
pub mod postgres_store;
mod routes;
mod server_timing;
mod shape;
mod slowed;
pub mod store;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::notion::Delay;
use super::profile::PostgresDelays;
use super::slow::Slow;
use delay::Noise;
use frozen::Frozen;
pub use notion_client::ClientError;
use store::Store;

/// How long requests that are under way may take to end when the API is stopped.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// What stands around the routes.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings {
    /// From the client to the API and back.
    pub client_to_api: Delay,
    /// From the API to its database and back, if it is assumed here.
    pub database: Option<PostgresDelays>,
    /// Whether the planted freeze is there, and whether it is silent.
    pub frozen: Option<Silent>,
    /// Whether tasks are answered in the planted shape.
    pub reshaped: bool,
    /// How much later every answer comes, if it does.
    pub slow: Option<Slow>,
    /// What the delays follow from.
    pub seed: u64,
}

/// Whether a frozen answer hides that it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silent(pub bool);

/// An API that serves.
#[derive(Debug)]
pub struct Running {
    url: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Where it serves, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it; requests under way get a moment to end.
    pub async fn stop(self) {
        // The receiver is gone only when the API has ended by itself.
        let _ = self.stop.send(());
        let abort = self.serving.abort_handle();
        if tokio::time::timeout(STOP_LIMIT, self.serving)
            .await
            .is_err()
        {
            abort.abort();
        }
    }
}

/// Serves the API over a store, on a free port of the loopback.
///
/// # Errors
/// When no port can be had.
pub async fn serve<S: Store>(store: Arc<S>, around: Surroundings) -> io::Result<Running> {
    let noise = Arc::new(Noise::new(around.seed));
    let mut router = routes::router(store);
    if let Some(delays) = around.database {
        router = router.layer(from_fn_with_state(
            (delays, Arc::clone(&noise)),
            delay::api_to_database,
        ));
    }
    if around.reshaped {
        router = router.layer(from_fn(shape::reshape));
    }
    router = router.layer(from_fn(server_timing::report));
    if let Some(Silent(silent)) = around.frozen {
        router = router.layer(from_fn_with_state(
            Arc::new(Frozen::new(silent)),
            frozen::freeze,
        ));
    }
    router = router.layer(from_fn_with_state(
        (around.client_to_api, noise),
        delay::client_to_api,
    ));
    if let Some(slow) = around.slow {
        router = router.layer(from_fn_with_state(slow, slowed::slow_down));
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    // Without this an answer in two packets waits for the client's delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::warn!(%error, "TCP_NODELAY cannot be set");
        }
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(async {
                // An error means that the handle was dropped, which ends the API as well.
                let _ = stopped.await;
            })
            .await
    });
    Ok(Running { url, stop, serving })
}
