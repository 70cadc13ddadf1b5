//! A side as the harness reaches it: one trait, one file per driver.
//!
//! A driver sends one request and tells what happened with the times at which it happened. It
//! neither waits for the budget nor retries nor judges an answer: the loop in `run` does, alike for
//! every driver. What a driver does know is its API: what an exchange says of a request's fate
//! ([`Fate`]), and what an error says in words. A failed request is a value, not an error.

mod any;
mod cache;
mod cursor;
mod fate;
mod handshake;
mod http;
mod notion;
mod postgres;
mod retry_after;
mod server_timing;

pub use any::AnyTarget;
pub use cache::CACHE_HEADERS;
pub use cursor::{CursorError, Listing, Turn, cut_off, following};
pub use fate::Fate;
pub use http::{HttpOptions, HttpTarget, TargetError};
pub use notion::{NotionOptions, NotionTarget};
pub use postgres::{PostgresOptions, PostgresTarget};
pub use retry_after::retry_after;
pub use server_timing::ServerTiming;

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::driver::Driver;
use crate::record::{Failure, FailureKind, TargetFacts};

pub use crate::database::Parameter as SqlParameter;

/// One request, with everything in it rendered.
#[derive(Debug, Clone)]
pub enum Request {
    /// To an HTTP API.
    Http(HttpRequest),
    /// To a PostgreSQL.
    Sql(SqlRequest),
}

impl Request {
    /// The request to an HTTP API.
    ///
    /// # Errors
    /// When it is a statement: somebody chose a form that is not for this side's driver.
    pub fn into_http(self) -> Result<HttpRequest, SendFailure> {
        match self {
            Self::Http(request) => Ok(request),
            Self::Sql(_) => Err(SendFailure::not_for_this_driver(
                "a statement",
                "an HTTP API",
            )),
        }
    }
}

/// One statement with the values of its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlRequest {
    /// The statement.
    pub statement: String,
    /// The values of `$1`, `$2` and so on.
    pub params: Vec<SqlParameter>,
    /// Whether its transaction may write, and is committed.
    pub writes: bool,
}

/// One request to an HTTP API, with everything in it rendered.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// The method, in capitals.
    pub method: ::http::Method,
    /// The path and query, beginning with `/`.
    pub path: String,
    /// Headers beside those of the target.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// What became of one request.
#[derive(Debug)]
pub struct Exchange {
    /// When it was handed to the connection.
    pub sent: Instant,
    /// When the last byte was there, or when it failed.
    pub finished: Instant,
    /// A new connection's handshake, when one was made for this request; part of the time above.
    pub connect: Option<Duration>,
    /// The answer, or why there is none.
    pub result: Result<Answer, SendFailure>,
}

impl Exchange {
    /// The time from sending to the last byte, without the handshake.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.finished
            .duration_since(self.sent)
            .saturating_sub(self.connect.unwrap_or_default())
    }
}

/// A complete answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body as it came.
    pub body: Vec<u8>,
    /// The pause that it asks for.
    pub retry_after: Option<Duration>,
    /// Its cache headers as `name: value`, whatever they say.
    pub cache_headers: Vec<String>,
    /// What it says of where its time went.
    pub timing: ServerTiming,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
pub struct SendFailure {
    /// What is recorded.
    pub failure: Failure,
    /// Whether a connection that had been kept open turned out to be closed by the server: no fault
    /// of an idempotent request, which may be sent again.
    pub connection_was_closed: bool,
}

impl SendFailure {
    fn of(kind: FailureKind, detail: String) -> Self {
        Self {
            failure: Failure { kind, detail },
            connection_was_closed: false,
        }
    }

    fn not_for_this_driver(what: &str, side: &str) -> Self {
        Self::of(
            FailureKind::Template,
            format!("{what} cannot be sent to {side}"),
        )
    }
}

/// A side that can be sent requests, one at a time.
pub trait Target {
    /// Sends one request and waits for the whole answer, within the target's time-out.
    fn send(&self, request: Request) -> impl Future<Output = Exchange>;

    /// The text without this target's secrets, fit for a record.
    fn redact(&self, text: &str) -> String;

    /// What a record says of the target.
    fn facts(&self) -> TargetFacts;

    /// The driver, and so the form of a step that it is sent.
    fn driver(&self) -> Driver {
        Driver::Http
    }

    /// What became of the request, as far as the exchange tells.
    fn fate(&self, exchange: &Exchange) -> Fate {
        Fate::over_http(exchange)
    }

    /// What an answer with an unexpected status says in words; `body` has no secrets any more.
    fn explain(&self, status: u16, body: &str) -> Option<String> {
        let _ = (status, body);
        None
    }
}

impl<T: Target> Target for &T {
    fn send(&self, request: Request) -> impl Future<Output = Exchange> {
        (**self).send(request)
    }

    fn redact(&self, text: &str) -> String {
        (**self).redact(text)
    }

    fn facts(&self) -> TargetFacts {
        (**self).facts()
    }

    fn driver(&self) -> Driver {
        (**self).driver()
    }

    fn fate(&self, exchange: &Exchange) -> Fate {
        (**self).fate(exchange)
    }

    fn explain(&self, status: u16, body: &str) -> Option<String> {
        (**self).explain(status, body)
    }
}
