//! A build in this process, which does as it is told and remembers what it was asked.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// How a build answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As the scenario expects, after so many milliseconds.
    After(u64),
    /// As if there were no such route.
    Lacks,
    /// Always with an error.
    Breaks,
    /// With an error while it is warmed up.
    Starts,
    /// Every third time with an error.
    FailsAtTimes,
    /// Nobody is let in.
    Refuses,
    /// It takes what is created, finds it again, and does not remove it.
    Keeps,
}

/// What all builds of a test were asked, in the order in which it came: `old GET /tasks?n=3`.
pub(crate) type Asked = Arc<Mutex<Vec<String>>>;

/// Servers, until they are dropped.
pub(crate) struct Builds {
    pub(crate) asked: Asked,
    runtime: Runtime,
}

#[derive(Clone)]
struct Build {
    name: &'static str,
    manner: Manner,
    asked: Asked,
    count: Arc<AtomicU32>,
}

impl Builds {
    pub(crate) fn new() -> Self {
        Self {
            asked: Asked::default(),
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    /// Serves one more, and returns its URL.
    pub(crate) fn serve(&self, name: &'static str, manner: Manner) -> String {
        let build = Build {
            name,
            manner,
            asked: Arc::clone(&self.asked),
            count: Arc::default(),
        };
        let app = Router::new().fallback(answer).with_state(build);
        let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        self.runtime
            .spawn(async move { axum::serve(listener, app).await });
        url
    }

    pub(crate) fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn answer(State(build): State<Build>, request: Request) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let count = build.count.fetch_add(1, Ordering::SeqCst);
    let asked = format!("{} {method} {uri}", build.name);
    build.asked.lock().unwrap().push(asked);
    let good = || Json(json!({"ok": true, "id": "7", "tasks": []})).into_response();
    let kept = || {
        let title = uri.query().unwrap_or_default();
        Json(json!({"ok": true, "id": "7", "tasks": [{"id": "7", "title": title}]})).into_response()
    };
    match build.manner {
        Manner::After(milliseconds) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            good()
        }
        Manner::Lacks => StatusCode::NOT_FOUND.into_response(),
        Manner::Breaks => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::FailsAtTimes if count % 3 == 2 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Refuses => StatusCode::UNAUTHORIZED.into_response(),
        Manner::Keeps if method == "DELETE" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Keeps => kept(),
        Manner::Starts if matches!(uri.query(), Some("n=0" | "n=1" | "n=2")) => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Manner::FailsAtTimes | Manner::Starts => good(),
    }
}
