//! One connection to a database, and the transactions that everything on it runs in.
//!
//! Between the transactions nothing is kept on the server: no prepared statement, no setting. So each
//! of them may run on another connection of a pooler, and after one that went wrong the session goes on
//! with a new connection.

use std::time::Duration;

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use tokio::time::timeout;

use super::{DatabaseError, Given, Snapshot};

/// How much longer than its time-out a statement is waited for: the server ends it itself, and says so,
/// unless the network is what is slow.
const GRACE: Duration = Duration::from_secs(2);

/// The ends of a transaction. The server keeps the last words of a connection, and these say that they are
/// ours.
const ROLLBACK: &str = "ROLLBACK /* cutover */";
pub(super) const COMMIT: &str = "COMMIT /* cutover */";

/// A connection to a database.
#[derive(Debug)]
pub struct Session {
    given: Given,
    connect_limit: Duration,
    /// Taken out for as long as a transaction is open: whatever interrupts one, also its caller's end,
    /// the connection does not come back, and the server rolls back.
    connection: Option<PgConnection>,
}

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// What the statements of a transaction see.
#[derive(Debug, Clone, Copy)]
pub(super) enum Isolation {
    /// Each statement sees what is committed.
    ReadCommitted,
    /// All statements see one moment.
    Snapshot,
}

impl Session {
    /// Connects, within `limit`, which also holds for every later connection of this session.
    ///
    /// # Errors
    /// When no connection can be made in time.
    pub async fn connect(given: &Given, limit: Duration) -> Result<Self, DatabaseError> {
        let connection = connection(given, limit).await?;
        Ok(Self {
            given: given.clone(),
            connect_limit: limit,
            connection: Some(connection),
        })
    }

    /// A session that connects, within `limit`, when it is first used.
    #[must_use]
    pub fn unconnected(given: Given, limit: Duration) -> Self {
        Self {
            given,
            connect_limit: limit,
            connection: None,
        }
    }

    /// The database.
    #[must_use]
    pub fn given(&self) -> &Given {
        &self.given
    }

    /// Runs statements in a transaction that is read-only and rolled back. Each of them may take as long
    /// as `statement_limit`, and all of them `statement_limit` and two seconds more.
    ///
    /// A statement that is no `raw_sql` must be `persistent(false)`, for it to work behind a pooler, and cast
    /// columns of the database's own types (enums, composites) to text: the client library would look such
    /// a type up between parsing and running, and the server forgets the statement for it.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or takes too long.
    pub async fn read<T>(
        &mut self,
        statement_limit: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, DatabaseError> {
        let given = self.given.clone();
        let work = async |connection: &mut PgConnection| {
            let done = work(connection).await;
            done.map_err(|error| DatabaseError::of_statement(&error, &given, statement_limit))
        };
        self.transaction(Isolation::ReadCommitted, statement_limit, work)
            .await
    }

    /// Reads tables as they are at one moment, in a transaction that is read-only and rolled back.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or all of it takes longer than `limit`.
    pub async fn snapshot<T>(
        &mut self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut Snapshot<'_>) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let given = self.given.clone();
        let work = async |connection: &mut PgConnection| {
            work(&mut Snapshot::new(connection, &given, limit)).await
        };
        self.transaction(Isolation::Snapshot, limit, work).await
    }

    async fn transaction<T>(
        &mut self,
        isolation: Isolation,
        limit: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let (mut connection, _) = self.begin(isolation, Access::Read, limit).await?;
        let done = match timeout(self.patience(limit), work(&mut connection)).await {
            Ok(done) => done,
            Err(_) => return Err(self.too_slow("to answer", limit)),
        };
        if !matches!(&done, Err(error) if error.ends_the_connection()) {
            self.end(connection).await;
        }
        done
    }

    /// Begins a transaction, on a new connection when the old one turns out to be closed: nothing was
    /// sent on it yet, so nothing can happen twice. Says whether the connection is new.
    pub(super) async fn begin(
        &mut self,
        isolation: Isolation,
        access: Access,
        limit: Duration,
    ) -> Result<(PgConnection, bool), DatabaseError> {
        let begin = self.beginning(isolation, access, limit);
        if let Some(mut kept) = self.connection.take() {
            match self.simple(&mut kept, &begin).await {
                Ok(()) => return Ok((kept, false)),
                Err(error) if error.ends_the_connection() => {}
                Err(error) => return Err(error),
            }
        }
        let mut new = connection(&self.given, self.connect_limit).await?;
        self.simple(&mut new, &begin).await?;
        Ok((new, true))
    }

    /// One message of the simple protocol, which a pooler takes for what it is: the beginning of a
    /// transaction.
    fn beginning(&self, isolation: Isolation, access: Access, limit: Duration) -> String {
        let level = match isolation {
            Isolation::ReadCommitted => "READ COMMITTED",
            Isolation::Snapshot => "REPEATABLE READ",
        };
        let access = match access {
            Access::Read => "READ ONLY",
            Access::Write => "READ WRITE",
        };
        // 0 would mean no limit at all.
        let limit_ms = limit.as_millis().clamp(1, i32::MAX as u128);
        format!(
            "BEGIN /* cutover */ ISOLATION LEVEL {level} {access}; \
             SET LOCAL statement_timeout = {limit_ms}; \
             SET LOCAL idle_in_transaction_session_timeout = 0; \
             SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; \
             SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; {}",
            self.given.search_path()
        )
    }

    /// Rolls back, and keeps the connection if that works. The work is done: how it ends changes nothing.
    pub(super) async fn end(&mut self, mut connection: PgConnection) {
        match self.simple(&mut connection, ROLLBACK).await {
            Ok(()) => self.connection = Some(connection),
            Err(error) => tracing::debug!("a connection is given up: {error}"),
        }
    }

    /// Keeps a connection whose transaction has ended.
    pub(super) fn keep(&mut self, connection: PgConnection) {
        self.connection = Some(connection);
    }

    /// How long statements that may take `limit` are waited for.
    pub(super) fn patience(&self, limit: Duration) -> Duration {
        limit.saturating_add(GRACE)
    }

    pub(super) async fn simple(
        &self,
        connection: &mut PgConnection,
        statement: &str,
    ) -> Result<(), DatabaseError> {
        let running = sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection);
        match timeout(self.connect_limit, running).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(DatabaseError::of_statement(
                &error,
                &self.given,
                self.connect_limit,
            )),
            Err(_) => Err(self.too_slow("to begin or end a transaction", self.connect_limit)),
        }
    }

    pub(super) fn too_slow(&self, what: &'static str, limit: Duration) -> DatabaseError {
        DatabaseError::TooSlow {
            server: self.given.to_string(),
            what,
            limit,
        }
    }

    /// Takes leave of the server.
    pub async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            // Nothing depends on how it ends; the server notices in any case.
            let _ = timeout(self.connect_limit, connection.close()).await;
        }
    }
}

async fn connection(given: &Given, limit: Duration) -> Result<PgConnection, DatabaseError> {
    match timeout(limit, given.options().connect()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(DatabaseError::of_connection(&error, given)),
        Err(_) => Err(DatabaseError::TooSlow {
            server: given.to_string(),
            what: "to connect",
            limit,
        }),
    }
}
