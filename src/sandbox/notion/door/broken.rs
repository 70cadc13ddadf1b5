//! What a fault looks like to a client: a refusal of Notion's, a gateway's page without JSON, a
//! connection that ends too early, or a body that takes its time.
//!
//! A server cannot close a connection by an answer. It can hand out a body that fails: before the
//! first byte nothing at all is sent, not even the head; after some bytes, the client has those and
//! misses the rest that the head promised.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hyper::body::Frame;
use serde_json::json;
use tokio::time::{Sleep, sleep};
use uuid::Uuid;

use super::fault_plan::FaultKind;

/// Into how many pieces a slow body is cut.
const PIECES: usize = 10;
/// Time enough for the first half of a cut body to leave, before the connection does.
const HALFWAY: Duration = Duration::from_millis(20);
/// What an overloaded Notion asks to wait, in whole seconds. It is a guess.
const OVERLOAD_RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");
/// In the manner of a gateway before Notion; the words are ours.
const GATEWAYS_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

/// The end of a simulator, which ends whatever is held back.
pub(crate) type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Status, code and message of the faults that answer with one of Notion's errors. The codes are
/// Notion's; of the messages only that of 409 was recorded, the others are guesses.
pub(crate) fn refusal(kind: FaultKind) -> Option<(u16, &'static str, &'static str)> {
    match kind {
        FaultKind::Conflict => Some((
            409,
            "conflict_error",
            "Conflict occurred while saving. Please try again.",
        )),
        FaultKind::InternalError => Some((
            500,
            "internal_server_error",
            "An unexpected error occurred. Please try again.",
        )),
        FaultKind::Unavailable | FaultKind::UnavailableAfterSaving => Some((
            503,
            "service_unavailable",
            "Notion is unavailable. Please try again later.",
        )),
        FaultKind::GatewayTimeout => Some((
            504,
            "gateway_timeout",
            "Notion timed out while attempting to complete this request. Please try again later.",
        )),
        FaultKind::Overload => Some((
            529,
            "service_overload",
            "Notion is overloaded. Please try again later.",
        )),
        FaultKind::BadGateway
        | FaultKind::Cut
        | FaultKind::Stall
        | FaultKind::CutInBody
        | FaultKind::SlowBody => None,
    }
}

/// The answer of a request that this fault ends; `json` puts an error's status and body into HTTP.
pub(crate) fn answer(
    kind: FaultKind,
    request_id: Uuid,
    json: impl FnOnce(u16, &serde_json::Value) -> Response,
) -> Response {
    let Some((status, code, message)) = refusal(kind) else {
        return match kind {
            FaultKind::BadGateway => bad_gateway(),
            _ => cut(),
        };
    };
    let body = json!({
        "object": "error",
        "status": status,
        "code": code,
        "message": message,
        "request_id": request_id.to_string(),
    });
    let mut response = json(status, &body);
    if kind == FaultKind::Overload {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, OVERLOAD_RETRY_AFTER);
    }
    response
}

fn bad_gateway() -> Response {
    let html = (header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    (StatusCode::BAD_GATEWAY, [html], GATEWAYS_PAGE).into_response()
}

/// No answer: the connection is closed.
pub(crate) fn cut() -> Response {
    Response::new(Body::new(Pieces::new(
        VecDeque::new(),
        Duration::ZERO,
        End::Cut,
    )))
}

/// The same answer, of which only the first half arrives.
pub(crate) fn cut_in_body(response: Response, body: Bytes) -> Response {
    let half = body.slice(..body.len() / 2);
    let pieces = Pieces::new([half].into(), HALFWAY, End::Cut);
    in_pieces(response, body.len(), pieces)
}

/// The same answer, in pieces that take so long all in all. It is cut when the simulator stops.
pub(crate) fn slow_body(
    response: Response,
    body: Bytes,
    lasts: Duration,
    stopped: Stopped,
) -> Response {
    let size = body.len().div_ceil(PIECES).max(1);
    let pieces: VecDeque<_> = (0..body.len())
        .step_by(size)
        .map(|start| body.slice(start..body.len().min(start + size)))
        .collect();
    let pauses = u32::try_from(pieces.len().saturating_sub(1)).unwrap_or(1);
    let pause = lasts / pauses.max(1);
    let mut pieces = Pieces::new(pieces, pause, End::Whole);
    pieces.stopped = Some(stopped);
    in_pieces(response, body.len(), pieces)
}

/// The head promises the whole length, as Notion's does.
fn in_pieces(mut response: Response, length: usize, pieces: Pieces) -> Response {
    let length = HeaderValue::from(length);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    *response.body_mut() = Body::new(pieces);
    response
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    Cut,
}

/// A body in pieces with a pause after each; that after the last only before a cut.
struct Pieces {
    left: VecDeque<Bytes>,
    pause: Duration,
    end: End,
    pausing: Option<Pin<Box<Sleep>>>,
    stopped: Option<Stopped>,
}

impl Pieces {
    fn new(left: VecDeque<Bytes>, pause: Duration, end: End) -> Self {
        Self {
            left,
            pause,
            end,
            pausing: None,
            stopped: None,
        }
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces")
            .field("left", &self.left.len())
            .field("pause", &self.pause)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

fn closed() -> io::Error {
    io::Error::new(
        io::ErrorKind::ConnectionAborted,
        "the simulator closed the connection on request",
    )
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let stopped = self.stopped.as_mut();
        if stopped.is_some_and(|stopped| stopped.as_mut().poll(context).is_ready()) {
            self.stopped = None;
            self.left.clear();
            self.end = End::Cut;
            self.pausing = None;
        }
        if let Some(pausing) = &mut self.pausing {
            ready!(pausing.as_mut().poll(context));
            self.pausing = None;
        }
        match self.left.pop_front() {
            Some(piece) => {
                if !self.left.is_empty() || self.end == End::Cut {
                    self.pausing = Some(Box::pin(sleep(self.pause)));
                }
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None if self.end == End::Cut => Poll::Ready(Some(Err(closed()))),
            None => Poll::Ready(None),
        }
    }
}
