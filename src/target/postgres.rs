//! The `postgres` driver: a database itself, by the statements of a scenario's `sql` forms.
//!
//! An answer is `{"rows": [...], "count": n}` with the status 200, so that a scenario expects and captures
//! as it does of an API. What the server refuses has the status 400, or 403 where a right is missing, and
//! PostgreSQL's own words. A connection that breaks leaves open what became of a write: it may have been
//! committed, so it is looked up and not sent again.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use tokio::sync::Mutex;

use super::{
    Answer, Exchange, Fate, Request, SendFailure, ServerTiming, SqlRequest, Target, TargetError,
};
use crate::database::{Asked, DatabaseError, Given, Rows, Session, Statement};
use crate::driver::Driver;
use crate::record::{FailureKind, TargetFacts};

/// The largest answer, as the `http` driver has it.
const MAX_BODY_BYTES: usize = 64 << 20;
/// The most of an error that is shown, in characters.
const MOST_SHOWN: usize = 300;
/// SQLSTATE `insufficient_privilege`.
const NO_RIGHT: &str = "42501";
/// The SQLSTATE of a statement that would write in a read-only transaction.
const READ_ONLY: &str = "25006";

/// How a database is reached.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Its URL, with user and password.
    pub url: SecretString,
    /// The longest time that a statement may take.
    pub timeout: Duration,
    /// The longest time a connection may take to be made.
    pub connect_timeout: Duration,
}

/// A PostgreSQL. It shows itself as host, port and database.
#[derive(Debug)]
pub struct PostgresTarget {
    session: Mutex<Session>,
    given: Given,
    timeout: Duration,
}

impl PostgresTarget {
    /// Reads the URL; nothing is sent yet.
    ///
    /// # Errors
    /// When the URL is none of a PostgreSQL.
    pub fn new(options: &PostgresOptions) -> Result<Self, TargetError> {
        let given = Given::parse(&options.url).map_err(TargetError::Database)?;
        Ok(Self::of(given, options.timeout, options.connect_timeout))
    }

    /// The same of a URL that was read before; nothing is sent yet.
    #[must_use]
    pub fn of(given: Given, timeout: Duration, connect_timeout: Duration) -> Self {
        Self {
            session: Mutex::new(Session::unconnected(given.clone(), connect_timeout)),
            given,
            timeout,
        }
    }

    async fn ask(&self, request: &SqlRequest) -> Asked {
        let statement = Statement {
            text: &request.statement,
            parameters: &request.params,
            writes: request.writes,
        };
        self.session
            .lock()
            .await
            .ask(&statement, self.timeout)
            .await
    }
}

impl Target for PostgresTarget {
    async fn send(&self, request: Request) -> Exchange {
        let request = match request {
            Request::Sql(request) => request,
            Request::Http(_) => {
                let now = tokio::time::Instant::now();
                let failed = SendFailure::not_for_this_driver("a request", "a PostgreSQL");
                return Exchange {
                    sent: now,
                    finished: now,
                    connect: None,
                    result: Err(failed),
                };
            }
        };
        let asked = self.ask(&request).await;
        Exchange {
            sent: asked.sent,
            finished: asked.finished,
            connect: asked.connect,
            result: match asked.result {
                Ok(rows) => answer(rows),
                Err(error) => refused(&error),
            },
        }
    }

    fn redact(&self, text: &str) -> String {
        self.given.redact(text)
    }

    fn facts(&self) -> TargetFacts {
        TargetFacts {
            driver: Driver::Postgres.name().to_owned(),
            base_url: format!("postgres://{}", self.given),
            header_names: Vec::new(),
            notion_version: None,
            timeout_s: self.timeout.as_secs_f64(),
        }
    }

    fn driver(&self) -> Driver {
        Driver::Postgres
    }

    fn fate(&self, exchange: &Exchange) -> Fate {
        match &exchange.result {
            Ok(_) => Fate::Final,
            Err(failed) => match failed.failure.kind {
                FailureKind::Timeout | FailureKind::Transport => Fate::Unknown,
                _ => Fate::Final,
            },
        }
    }

    fn explain(&self, status: u16, body: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_str(body).ok()?;
        let said = body.get("error")?.as_str()?;
        let said: String = said.chars().take(MOST_SHOWN).collect();
        (status >= 400).then_some(said)
    }
}

fn answer(rows: Rows) -> Result<Answer, SendFailure> {
    let Rows { rows, count } = rows;
    let body = json!({ "rows": rows, "count": count }).to_string();
    if body.len() > MAX_BODY_BYTES {
        let detail = format!("the rows are larger than {MAX_BODY_BYTES} bytes");
        return Err(SendFailure::of(FailureKind::Transport, detail));
    }
    Ok(said(200, body))
}

fn said(status: u16, body: String) -> Answer {
    Answer {
        status,
        body: body.into_bytes(),
        retry_after: None,
        cache_headers: Vec::new(),
        timing: ServerTiming::default(),
    }
}

/// What the server refused is an answer; what never came to an answer is a failure.
fn refused(error: &DatabaseError) -> Result<Answer, SendFailure> {
    let failed = |kind| Err(SendFailure::of(kind, error.to_string()));
    match error {
        DatabaseError::Refused { code, .. } => {
            let (status, beside) = match code.as_str() {
                NO_RIGHT => (403, ""),
                READ_ONLY => (
                    400,
                    "; a step that writes says `safe = false` in its `sql` form",
                ),
                _ => (400, ""),
            };
            let body = json!({ "error": format!("{error}{beside}"), "sqlstate": code });
            Ok(said(status, body.to_string()))
        }
        DatabaseError::Unreadable { .. } => {
            Ok(said(400, json!({ "error": error.to_string() }).to_string()))
        }
        DatabaseError::Connect { .. } | DatabaseError::Url { .. } => failed(FailureKind::Connect),
        DatabaseError::Lost { .. } => failed(FailureKind::Transport),
        DatabaseError::TooSlow { .. } => failed(FailureKind::Timeout),
    }
}
