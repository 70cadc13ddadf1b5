//! One statement with the times that matter of it: what a driver sends and a report shows.
//!
//! The transaction begins before the clock does, as an application's pool has a connection ready. What
//! is timed is the statement, from the first byte of it to its last row, and for one that writes the
//! COMMIT too, since that is where its price is paid. The rows are read into JSON after that.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use serde_json::{Map, Value};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{AssertSqlSafe, Either, Executor as _, PgConnection};
use tokio::time::{Instant, timeout};

use super::session::{Access, COMMIT, Isolation, Session};
use super::{DatabaseError, Parameter, cells};

/// The most rows that a statement may give, so that none can fill the memory.
const MOST_ROWS: usize = 100_000;

/// The SQLSTATE `invalid_sql_statement_name`.
const INVALID_STATEMENT_NAME: &str = "26000";

/// A statement with its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'s> {
    /// Its text: one statement.
    pub text: &'s str,
    /// The values of `$1`, `$2` and so on.
    pub parameters: &'s [Parameter],
    /// Whether it may write; what it wrote is then committed.
    pub writes: bool,
}

/// What became of a statement.
#[derive(Debug)]
pub struct Asked {
    /// When it was sent, or when a new connection was begun for it.
    pub sent: Instant,
    /// When the last row was there or the COMMIT done, or when it failed.
    pub finished: Instant,
    /// How long the new connection took, when one was made for it; part of the time above.
    pub connect: Option<Duration>,
    /// What it gave.
    pub result: Result<Rows, DatabaseError>,
}

/// The rows that a statement gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// Each by the names of its columns.
    pub rows: Vec<Map<String, Value>>,
    /// How many rows were read or changed, by the server's word.
    pub count: u64,
}

/// Rows as they came, not read yet.
#[derive(Debug, Default)]
struct Raw {
    rows: Vec<PgRow>,
    count: u64,
}

impl Session {
    /// Runs one statement in a transaction of its own: read-only and rolled back, or committed if it
    /// writes.
    pub async fn ask(&mut self, statement: &Statement<'_>, limit: Duration) -> Asked {
        let first = self.attempt(statement, limit).await;
        if !matches!(&first.result, Err(error) if was_forgotten(error)) {
            return first;
        }
        // It was not carried out, so that it can be sent again, and now its types are known.
        self.attempt(statement, limit).await
    }

    async fn attempt(&mut self, statement: &Statement<'_>, limit: Duration) -> Asked {
        let begun = Instant::now();
        let access = if statement.writes {
            Access::Write
        } else {
            Access::Read
        };
        let (connection, is_new) = match self.begin(Isolation::ReadCommitted, access, limit).await {
            Ok(begun) => begun,
            Err(error) => {
                return Asked {
                    sent: begun,
                    finished: Instant::now(),
                    connect: None,
                    result: Err(error),
                };
            }
        };
        let ready = Instant::now();
        let (result, finished) = self.timed(connection, statement, limit).await;
        let result = result.and_then(|raw| {
            let rows = cells::objects(&raw.rows);
            let rows = rows.map_err(|why| DatabaseError::Unreadable {
                server: self.given().to_string(),
                why,
            })?;
            let count = raw.count;
            Ok(Rows { rows, count })
        });
        Asked {
            sent: if is_new { begun } else { ready },
            finished,
            connect: is_new.then(|| ready.duration_since(begun)),
            result,
        }
    }

    /// The statement and the end of its transaction; the moment is the one at which it was done.
    async fn timed(
        &mut self,
        mut connection: PgConnection,
        statement: &Statement<'_>,
        limit: Duration,
    ) -> (Result<Raw, DatabaseError>, Instant) {
        let running = async {
            let raw = raw_rows(&mut connection, statement).await;
            let raw =
                raw.map_err(|error| DatabaseError::of_statement(&error, self.given(), limit))?;
            if statement.writes {
                self.simple(&mut connection, COMMIT).await?;
            }
            Ok::<_, DatabaseError>(raw)
        };
        let Ok(done) = timeout(self.patience(limit), running).await else {
            return (Err(self.too_slow("to answer", limit)), Instant::now());
        };
        let finished = Instant::now();
        match &done {
            Ok(_) if statement.writes => self.keep(connection),
            Err(error) if error.ends_the_connection() => {}
            Ok(_) | Err(_) => self.end(connection).await,
        }
        (done, finished)
    }
}

/// Whether the server had parsed the statement and lost it before it was carried out. It does when a column
/// has a type of the database's own, such as an enum: the client library looks the type up between the
/// two, once for a connection, and a statement without a name does not outlive another.
fn was_forgotten(error: &DatabaseError) -> bool {
    matches!(error, DatabaseError::Refused { code, .. } if code == INVALID_STATEMENT_NAME)
}

async fn raw_rows(
    connection: &mut PgConnection,
    statement: &Statement<'_>,
) -> Result<Raw, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for parameter in statement.parameters {
        parameter
            .bind(&mut arguments)
            .map_err(sqlx::Error::Encode)?;
    }
    let query = sqlx::query_with(AssertSqlSafe(statement.text), arguments).persistent(false);
    let mut stream = connection.fetch_many(query);
    let mut raw = Raw::default();
    while let Some(part) = stream.try_next().await? {
        match part {
            Either::Left(done) => raw.count += done.rows_affected(),
            Either::Right(_) if raw.rows.len() == MOST_ROWS => {
                let why = format!("it has more than {MOST_ROWS} rows; add a LIMIT");
                return Err(sqlx::Error::Decode(why.into()));
            }
            Either::Right(row) => raw.rows.push(row),
        }
    }
    Ok(raw)
}
