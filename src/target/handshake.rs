//! Times new connections, so that a handshake is recorded beside the latency and not inside it.
//!
//! The client opens connections on its own; a layer around its connector sees each one. A lane sends
//! one request at a time, so a connection opened during a request was opened for it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use tower::{Layer, Service};

/// The handshake of the newest connection, until it is taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Handshakes(Arc<Mutex<Option<Duration>>>);

impl Handshakes {
    /// The handshake since the last call, if there was one.
    pub(super) fn take(&self) -> Option<Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, duration: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(duration);
    }
}

impl<S> Layer<S> for Handshakes {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed {
            inner,
            handshakes: self.clone(),
        }
    }
}

/// A connector that reports how long each connection took.
#[derive(Debug, Clone)]
pub(super) struct Timed<S> {
    inner: S,
    handshakes: Handshakes,
}

impl<S, R> Service<R> for Timed<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: Send,
    S::Error: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let started = Instant::now();
        let connecting = self.inner.call(request);
        let handshakes = self.handshakes.clone();
        Box::pin(async move {
            let connection = connecting.await?;
            handshakes.put(started.elapsed());
            Ok(connection)
        })
    }
}
