//! How much a database was asked between two moments, by the server's own counters.
//!
//! Two sides that are compared with each other may turn out to be one: an API that was to answer from
//! PostgreSQL, and still asks Notion. Its answers look right, so it is the database that has to say
//! whether anybody asked it. No counter of the server is enough alone, so three are read, and the
//! largest is believed:
//!
//! - `pg_stat_statements` counts every statement at once, but is an extension, which few have.
//! - `pg_stat_activity` says of each connection when it was last used, at once, but not how often, and
//!   only to its own role and to members of `pg_read_all_stats`.
//! - `pg_stat_user_tables` counts uses of the application's tables, also by connections that are closed
//!   now; a connection that stays open tells of its uses up to ten seconds late, so that what it tells
//!   may have been before the first moment. Where every connection could be looked at, and none came or
//!   went, it has nothing to add and is not asked.
//!
//! So a number is a lower bound. Zero is believed only where every connection could be looked at, and
//! none behind a pooler, where the connection that somebody used may be the one that is now ours.
//! Statements of the harness itself are not counted where they can be told: by the comment that stands
//! in each of its transactions.
//!
//! ```text
//! statement_mark ─> StatementMark ─┐
//!       (what is to be found out)  ├─> StatementsSeen ─> at_least
//! statements_since ────────────────┘
//! ```

use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::identifier::quoted;
use super::{DatabaseError, Session};

/// The server's counters at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementMark {
    /// By the server's clock.
    at: String,
    statements: Option<i64>,
    table_uses: i64,
    /// Connections since the server counts; before version 14 it does not.
    sessions: Option<i64>,
    /// The processes of the connections that are open, in order.
    open: Vec<i32>,
}

/// What the counters say of the time since a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementsSeen {
    /// Statements by `pg_stat_statements`, without those that only begin, end or set up a transaction; `None`
    /// where it is not there, may not be read, or was reset.
    pub statements: Option<u64>,
    /// Connections that have been used since, and are open now.
    pub connections_used: u64,
    /// Connections of other roles, of which the server does not tell us when they were used.
    pub connections_hidden: u64,
    /// Reads and changes of the application's tables; `None` where the counters were reset.
    pub table_uses: Option<u64>,
    /// Whether a connection may have been used that is closed now: one that was open is not, or one was made.
    pub connections_changed: bool,
    /// Whether a pooler stands between, by the word of the URL.
    pub is_pooled: bool,
}

impl StatementsSeen {
    /// The least number of statements that were not ours; `None` where none was seen, and one may have been.
    #[must_use]
    pub fn at_least(&self) -> Option<u64> {
        let counted = self.statements.unwrap_or(0);
        let is_all_told = self.connections_hidden == 0 && !self.is_pooled;
        // What stayed open and idle can only tell late of a use before.
        let uses = if is_all_told && !self.connections_changed {
            Some(0)
        } else {
            self.table_uses
        };
        let most = counted.max(self.connections_used).max(uses.unwrap_or(0));
        let all_was_seen = self.statements.is_some() || (is_all_told && uses.is_some());
        (most > 0 || all_was_seen).then_some(most)
    }
}

/// What stands in the statements of this room that are not to be counted, and behind its transactions. It
/// stands after the first word, since what is before it is not kept by every version.
const OWN: &str = "%/* cutover */%";

/// The clock, the uses of tables, and who is connected. A column that a version lacks is NULL.
const MARK: &str = "\
SELECT /* cutover */ clock_timestamp()::text AS at, (
    SELECT coalesce(sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
    FROM pg_catalog.pg_stat_user_tables
) AS table_uses, (
    SELECT (to_jsonb(d) ->> 'sessions')::bigint FROM pg_catalog.pg_stat_database d WHERE d.datname = current_database()
) AS sessions, (
    SELECT coalesce(array_agg(a.pid ORDER BY a.pid), '{}') FROM pg_catalog.pg_stat_activity a
    WHERE a.datname = current_database() AND coalesce(a.backend_type, '') IN ('client backend', '')
) AS open";

/// Connections that were used since a moment and whose last words are not ours, and those that hide it: of
/// these not even the kind is told.
const CONNECTIONS: &str = "\
SELECT /* cutover */ count(*) FILTER (WHERE state_change > $1::text::timestamptz AND query NOT LIKE $2) AS used,
    count(*) FILTER (WHERE state_change IS NULL) AS hidden
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database() AND coalesce(backend_type, '') IN ('client backend', '')
    AND pid <> pg_backend_pid()";

/// The schema of the extension, where it is installed.
const EXTENSION: &str = "\
SELECT /* cutover */ n.nspname::text FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'";

/// What begins, ends or sets up a transaction and asks for nothing.
const FRAME: &str = r"^\s*(begin|start|commit|end|rollback|set|show|reset|discard|deallocate)\y";

impl StatementMark {
    fn connections_changed_since(&self, before: &Self) -> bool {
        let are_same = self.open == before.open;
        let none_was_made = self.sessions.is_some() && self.sessions == before.sessions;
        !(are_same && none_was_made)
    }
}

impl Session {
    /// The counters as they are now, for [`Session::statements_since`].
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or takes longer than `limit`.
    pub async fn statement_mark(
        &mut self,
        limit: Duration,
    ) -> Result<StatementMark, DatabaseError> {
        let statements = self.counted_statements(limit).await?;
        self.read(limit, async |connection| {
            let mark = sqlx::query(MARK).persistent(false);
            let row = mark.fetch_one(connection).await?;
            Ok(StatementMark {
                at: row.try_get("at")?,
                statements,
                table_uses: row.try_get("table_uses")?,
                sessions: row.try_get("sessions")?,
                open: row.try_get("open")?,
            })
        })
        .await
    }

    /// What the database was asked since a mark of the same database.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or takes longer than `limit`.
    pub async fn statements_since(
        &mut self,
        mark: &StatementMark,
        limit: Duration,
    ) -> Result<StatementsSeen, DatabaseError> {
        let (used, hidden) = self
            .read(limit, async |connection| {
                let connections = sqlx::query(CONNECTIONS)
                    .bind(&mark.at)
                    .bind(OWN)
                    .persistent(false);
                let row = connections.fetch_one(connection).await?;
                Ok((count(&row, "used")?, count(&row, "hidden")?))
            })
            .await?;
        let now = self.statement_mark(limit).await?;
        let grown = |before: i64, now: i64| u64::try_from(now.checked_sub(before)?).ok();
        let both = mark.statements.zip(now.statements);
        Ok(StatementsSeen {
            statements: both.and_then(|(before, now)| grown(before, now)),
            connections_used: used,
            connections_hidden: hidden,
            table_uses: grown(mark.table_uses, now.table_uses),
            connections_changed: now.connections_changed_since(mark),
            is_pooled: self.given().is_pooled(),
        })
    }

    /// All statements that `pg_stat_statements` has counted, but ours; `None` where it does not count.
    async fn counted_statements(&mut self, limit: Duration) -> Result<Option<i64>, DatabaseError> {
        let schema: Option<String> = self
            .read(limit, async |connection| {
                let extension = sqlx::query(EXTENSION).persistent(false);
                let row = extension.fetch_optional(connection).await?;
                row.map(|row| row.try_get(0)).transpose()
            })
            .await?;
        let Some(schema) = schema else {
            return Ok(None);
        };
        let statement = format!(
            "SELECT /* cutover */ coalesce(sum(s.calls), 0)::bigint FROM {}.pg_stat_statements s \
             JOIN pg_catalog.pg_database d ON d.oid = s.dbid \
             WHERE d.datname = current_database() AND s.query !~* $1 AND s.query NOT LIKE $2",
            quoted(&schema)
        );
        let counted = self
            .read(limit, async |connection| {
                let calls = sqlx::query(AssertSqlSafe(statement))
                    .bind(FRAME)
                    .bind(OWN)
                    .persistent(false);
                calls.fetch_one(connection).await?.try_get(0)
            })
            .await;
        match counted {
            Ok(calls) => Ok(Some(calls)),
            // It is installed, and not loaded with the server or not for us to read.
            Err(DatabaseError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn count(row: &PgRow, column: &str) -> Result<u64, sqlx::Error> {
    let count: i64 = row.try_get(column)?;
    Ok(u64::try_from(count).unwrap_or(0))
}
