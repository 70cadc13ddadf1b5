//! A plain dump, run into a database without `psql`.
//!
//! Why not `psql`: it is not where the server's binaries come from npm, and it goes on after an error, so
//! that a dump that lost half its tables ends well. Here the first statement that the server refuses ends it,
//! with the line.
//!
//! ```text
//! bytes -> Script: lines -> statements ─> the server
//!                           COPY ... FROM stdin; its rows, up to `\.` ─> the server
//!                           \restrict, \unrestrict ─> skipped; any other word of psql's ─> refused
//! ```
//!
//! Who owns what, and who may do what, is not restored: the roles are the real server's, and the question is
//! whether the data comes back.

mod script;
#[cfg(test)]
mod tests;

use std::time::Duration;

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use thiserror::Error;
use tokio::io::AsyncBufRead;
use tokio::time::timeout;

use super::{DatabaseError, Given};
use script::{Part, Script};

/// Rows of a table are sent in pieces of about this size.
const PIECE: usize = 256 * 1024;

/// What became of a dump that was restored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// Statements that were run.
    pub statements: u64,
    /// Rows that `COPY` took.
    pub rows: u64,
    /// What was left out, each once: settings that this server does not know, and extensions that it lacks
    /// comments for.
    pub left_out: Vec<String>,
    /// Whether the dump says that it is whole.
    pub is_whole: bool,
}

/// Why a dump cannot be restored.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// It cannot be read on.
    #[error("the dump cannot be read at line {line}")]
    Read {
        /// The line, from 1.
        line: u64,
        /// The reason.
        source: std::io::Error,
    },
    /// It ends in the middle of something.
    #[error("the dump ends at line {line} in the middle of {what}")]
    Cut {
        /// The last line.
        line: u64,
        /// What was not finished.
        what: &'static str,
    },
    /// It asks for more than SQL.
    #[error(
        "line {line} of the dump is `{word}`, a word of psql's; make the dump of one database with pg_dump, \
         not with pg_dumpall"
    )]
    Psql {
        /// The line, from 1.
        line: u64,
        /// The word, without what follows.
        word: String,
    },
    /// The server refused a statement, or was lost.
    #[error("the statement that begins at line {line} of the dump failed (`{statement}`): {why}")]
    Refused {
        /// The line, from 1.
        line: u64,
        /// Its first words.
        statement: String,
        /// What the server said.
        why: DatabaseError,
    },
    /// The database cannot be reached.
    #[error(transparent)]
    Connect(DatabaseError),
}

/// Runs a dump into a database that is empty, in the order of the dump; each statement and each table may take as
/// long as `limit`.
///
/// # Errors
/// When the dump cannot be read to its end, or the server refuses a part of it. What came before is
/// in the database then.
pub async fn restore(
    given: &Given,
    dump: impl AsyncBufRead + Unpin,
    limit: Duration,
) -> Result<Restored, RestoreError> {
    let mut connection = match timeout(limit, given.options().connect()).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => {
            return Err(RestoreError::Connect(DatabaseError::of_connection(
                &error, given,
            )));
        }
        Err(_) => {
            return Err(RestoreError::Connect(DatabaseError::TooSlow {
                server: given.to_string(),
                what: "to connect",
                limit,
            }));
        }
    };
    let mut restoring = Restoring {
        given,
        limit,
        connection: &mut connection,
        restored: Restored::default(),
    };
    restoring.all_of(&mut Script::new(dump)).await?;
    let restored = restoring.restored;
    // Nothing depends on how it ends.
    let _ = timeout(limit, connection.close()).await;
    Ok(restored)
}

struct Restoring<'r> {
    given: &'r Given,
    limit: Duration,
    connection: &'r mut PgConnection,
    restored: Restored,
}

impl Restoring<'_> {
    async fn all_of<R: AsyncBufRead + Unpin>(
        &mut self,
        script: &mut Script<R>,
    ) -> Result<(), RestoreError> {
        while let Some(part) = script.next().await? {
            match part {
                Part::Statement { text, line } if is_copy(&text) => {
                    self.copy(&text, line, script).await?;
                }
                Part::Statement { text, line } => self.statement(&text, line).await?,
                Part::Row(_) | Part::EndOfRows => {}
            }
        }
        self.restored.is_whole = script.says_that_it_is_whole();
        Ok(())
    }

    async fn statement(&mut self, text: &str, line: u64) -> Result<(), RestoreError> {
        if is_about_roles(text) {
            return Ok(());
        }
        let running = sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *self.connection);
        let error = match timeout(self.limit, running).await {
            Ok(Ok(_)) => {
                self.restored.statements += 1;
                return Ok(());
            }
            Ok(Err(error)) => DatabaseError::of_statement(&error, self.given, self.limit),
            Err(_) => self.too_slow(),
        };
        if may_fail(text, &error) {
            self.restored.left_out.push(beginning(text));
            return Ok(());
        }
        Err(refused(text, line, error))
    }

    /// The rows that follow, until their end.
    async fn copy<R: AsyncBufRead + Unpin>(
        &mut self,
        text: &str,
        line: u64,
        script: &mut Script<R>,
    ) -> Result<(), RestoreError> {
        let (given, limit) = (self.given, self.limit);
        let of_sqlx = |error: sqlx::Error| {
            refused(
                text,
                line,
                DatabaseError::of_statement(&error, given, limit),
            )
        };
        let too_slow = self.too_slow();
        let beginning = timeout(limit, self.connection.copy_in_raw(text)).await;
        let Ok(begun) = beginning else {
            return Err(refused(text, line, too_slow));
        };
        let mut copy = begun.map_err(of_sqlx)?;
        script.begin_rows();
        let mut piece = Vec::new();
        loop {
            let next = script.next().await;
            let ended = match next {
                Ok(Some(Part::Row(row))) => {
                    piece.extend_from_slice(&row);
                    false
                }
                Ok(Some(Part::Statement { .. } | Part::EndOfRows) | None) => true,
                Err(error) => {
                    // What the server says to that is no news.
                    let _ = timeout(limit, copy.abort("the dump cannot be read on")).await;
                    return Err(error);
                }
            };
            if piece.len() >= PIECE || (ended && !piece.is_empty()) {
                match timeout(limit, copy.send(std::mem::take(&mut piece))).await {
                    Ok(sent) => sent.map(|_| ()).map_err(of_sqlx)?,
                    Err(_) => return Err(refused(text, line, too_slow)),
                }
            }
            if ended {
                break;
            }
        }
        match timeout(limit, copy.finish()).await {
            Ok(done) => self.restored.rows += done.map_err(of_sqlx)?,
            Err(_) => return Err(refused(text, line, too_slow)),
        }
        self.restored.statements += 1;
        Ok(())
    }

    fn too_slow(&self) -> DatabaseError {
        DatabaseError::TooSlow {
            server: self.given.to_string(),
            what: "to answer",
            limit: self.limit,
        }
    }
}

fn refused(text: &str, line: u64, why: DatabaseError) -> RestoreError {
    RestoreError::Refused {
        line,
        statement: beginning(text),
        why,
    }
}

/// The first words of a statement.
fn beginning(text: &str) -> String {
    const MOST: usize = 60;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MOST) {
        None => words,
        Some((end, _)) => format!("{}…", &words[..end]),
    }
}

/// The words of a statement's beginning, in capitals.
fn first_words(text: &str, count: usize) -> Vec<String> {
    let words = text.split_whitespace().take(count);
    words.map(str::to_ascii_uppercase).collect()
}

fn is_copy(text: &str) -> bool {
    let end = text.trim_end().trim_end_matches(';').trim_end();
    let end = end.get(end.len().saturating_sub(10)..).unwrap_or_default();
    first_words(text, 1) == ["COPY"] && end.eq_ignore_ascii_case("from stdin")
}

/// Owners and rights belong to roles that are not here.
fn is_about_roles(text: &str) -> bool {
    let words = first_words(text, usize::MAX);
    let first = words.first().map_or("", String::as_str);
    let owner = first == "ALTER" && words.windows(2).any(|pair| pair == ["OWNER", "TO"]);
    let rights = matches!(first, "GRANT" | "REVOKE");
    let defaults = words.starts_with(&["ALTER".into(), "DEFAULT".into(), "PRIVILEGES".into()]);
    owner || rights || defaults
}

/// What a fresh database has already, and settings of a newer server, change no row.
fn may_fail(text: &str, error: &DatabaseError) -> bool {
    let DatabaseError::Refused { code, .. } = error else {
        return false;
    };
    let words = first_words(text, 3);
    let begins = |with: &[&str]| {
        words
            .iter()
            .map(String::as_str)
            .take(with.len())
            .eq(with.iter().copied())
    };
    match code.as_str() {
        // No such setting.
        "42704" => begins(&["SET"]),
        // There is one already.
        "42P06" => begins(&["CREATE", "SCHEMA", "PUBLIC;"]),
        // Somebody else's extension.
        "42501" => begins(&["COMMENT", "ON", "EXTENSION"]),
        _ => false,
    }
}
