//! A server on the loopback that stands before the simulator and fails as a script says: the next request
//! with a method and path meets what was written for it. It counts all that it was sent.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mishap {
    /// This status without a JSON body; the request goes no further.
    Refused(u16),
    /// The request is carried out, and this status answers without a JSON body.
    SavedThen(u16),
}

/// The method and the end of the path of the request that meets it.
pub(crate) type Due = (Method, &'static str, Mishap);

pub(crate) struct Proxy {
    pub(crate) url: String,
    state: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    target: String,
    client: reqwest::Client,
    script: Mutex<VecDeque<Due>>,
    requests: AtomicU64,
}

impl Proxy {
    pub(crate) async fn before(target: &str, script: Vec<Due>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let state = Arc::new(Shared {
            target: target.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            script: Mutex::new(script.into()),
            requests: AtomicU64::new(0),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(Arc::clone(&state));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, state, server }
    }

    pub(crate) fn requests(&self) -> u64 {
        self.state.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(State(state): State<Arc<Shared>>, request: Request) -> Response {
    state.requests.fetch_add(1, Ordering::SeqCst);
    let mishap = {
        let mut script = state.script.lock().unwrap();
        let due = script.front().is_some_and(|(method, end, _)| {
            method == request.method() && request.uri().path().ends_with(end)
        });
        if due {
            script.pop_front().map(|(.., mishap)| mishap)
        } else {
            None
        }
    };
    // At once, so that a test does not wait for what it proves elsewhere on virtual time.
    let failed = |status: u16| {
        let answer = Response::builder()
            .status(status)
            .header("retry-after", "0");
        answer.body(Body::from("<html>a gateway</html>")).unwrap()
    };
    if let Some(Mishap::Refused(status)) = mishap {
        return failed(status);
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let url = format!("{}{}", state.target, parts.uri);
    let mut headers = parts.headers;
    headers.remove("host");
    let sent = state
        .client
        .request(parts.method, url)
        .headers(headers)
        .body(body);
    let answer = sent.send().await.unwrap();
    if let Some(Mishap::SavedThen(status)) = mishap {
        return failed(status);
    }
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap();
    Response::builder()
        .status(status)
        .body(Body::from(bytes))
        .unwrap()
}
