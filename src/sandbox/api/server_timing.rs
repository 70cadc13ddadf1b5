//! The header in which an answer tells how long its store took, as the W3C's Server Timing has it.
//!
//! Why: what a cutover can win is the store's share of an answer's time, and from outside that share
//! cannot be seen. The store's time is that of the statements, or of the calls to Notion, with what is
//! assumed for the way to the database; turning rows or pages into answers is the application's own.
//!
//! ```text
//! report ─ scope of one request ─ … ─ delay to the database ┬ in_store ─ adds up ─ Server-Timing: store;dur=…
//!                                     statement, call ──────┘
//! ```
//!
//! It is summed up in a value of the task, since one request is one task from the outermost layer to
//! the store, and no trait between them need know of it.

use std::cell::Cell;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

tokio::task_local! {
    /// What the store of this request has taken so far.
    static TAKEN: Cell<Duration>;
}

/// Counts the time of this work as the store's.
pub(super) async fn in_store<F: Future>(work: F) -> F::Output {
    let begun = Instant::now();
    let done = work.await;
    // Outside of a request, as when the tables are made, nobody is told.
    let _ = TAKEN.try_with(|taken| taken.set(taken.get() + begun.elapsed()));
    done
}

/// Tells the store's time with the answer, in milliseconds. It stands within the planted freeze, which
/// replays it with the rest.
pub(super) async fn report(request: Request, next: Next) -> Response {
    let answering = async {
        let response = next.run(request).await;
        (response, TAKEN.with(Cell::get))
    };
    let (mut response, taken) = TAKEN.scope(Cell::default(), answering).await;
    let value = format!("store;dur={:.3}", taken.as_secs_f64() * 1_000.0);
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(SERVER_TIMING, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use proptest::prelude::*;
    use tokio::time::sleep;
    use tower::ServiceExt as _;

    use super::*;

    /// The header of a request that does this, each a number of milliseconds, in the store or not.
    async fn told(work: Vec<(bool, u64)>) -> String {
        let handler = async move || {
            for (stored, milliseconds) in work {
                let waiting = sleep(Duration::from_millis(milliseconds));
                match stored {
                    true => in_store(waiting).await,
                    false => waiting.await,
                }
            }
        };
        let router = Router::new()
            .route("/", get(handler))
            .layer(from_fn(report));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        response.headers()[SERVER_TIMING]
            .to_str()
            .unwrap()
            .to_owned()
    }

    proptest! {
        #[test]
        fn what_is_told_is_the_sum_of_the_stores_work_and_of_nothing_else(
            work in prop::collection::vec((any::<bool>(), 0..5_000_u64), 0..6),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            let stored: u64 = work.iter().filter(|(stored, _)| *stored).map(|(_, took)| took).sum();
            prop_assert_eq!(runtime.block_on(told(work)), format!("store;dur={stored}.000"));
        }
    }
}
