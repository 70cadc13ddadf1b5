//! The planted slowness around the whole API: an answer is held for a share of the time that it took.

use std::thread;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::super::slow::Slow;

/// Answers later by this share of all that stands within, assumed delays as well as real work.
///
/// A thread waits, for the runtime's timer counts in whole milliseconds: 15 % of 5 ms would become 30 %.
pub(super) async fn slow_down(State(slow): State<Slow>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let response = next.run(request).await;
    let held = slow.of(begun.elapsed());
    if let Err(error) = tokio::task::spawn_blocking(move || thread::sleep(held)).await {
        tracing::warn!(%error, "an answer of the slowed candidate was not held");
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::Service;

    use super::*;

    /// However fast or slow this machine is, the whole takes at least 11 times what the work in it took.
    #[tokio::test]
    async fn a_slowed_answer_takes_its_own_time_and_the_share_of_it() {
        let worked = Arc::new(Mutex::new(Duration::ZERO));
        let seen = Arc::clone(&worked);
        let work = move || {
            let seen = Arc::clone(&seen);
            async move {
                let begun = Instant::now();
                thread::sleep(Duration::from_millis(1));
                *seen.lock().unwrap() = begun.elapsed();
                "as it was"
            }
        };
        let slow: Slow = "slow=1000%".parse().unwrap();
        let mut router: Router = Router::new()
            .route("/", get(work))
            .layer(from_fn_with_state(slow, slow_down));
        let begun = Instant::now();
        let response = router.call(Request::new(Body::empty())).await.unwrap();
        let took = begun.elapsed();
        let worked = *worked.lock().unwrap();
        assert!(
            worked >= Duration::from_millis(1) && took >= worked * 11,
            "{worked:?} {took:?}"
        );
        let body = axum::body::to_bytes(response.into_body(), 99)
            .await
            .unwrap();
        assert_eq!(&body[..], b"as it was");
    }
}
