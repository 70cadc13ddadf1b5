//! What can go wrong between the harness and a database, in words that hold nothing of a URL but host,
//! port and database.

use std::time::Duration;

use thiserror::Error;

use super::given::Given;

/// Why a database did not give what was asked of it.
///
/// The words are the server's or the client library's, without what the URL keeps secret; the library's
/// own errors are not kept, since they may hold it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DatabaseError {
    /// The given URL is none. It is not shown, since it may hold a password.
    #[error(
        "the URL of the database cannot be used: {why}; write it like \
         postgres://user:password@host:5432/name"
    )]
    Url {
        /// What is wrong with it, without any part of it.
        why: String,
    },
    /// No connection could be made.
    #[error(
        "cannot connect to the PostgreSQL at {server}: {why}; is it running, and do user, password and \
         sslmode fit?"
    )]
    Connect {
        /// Host, port and database.
        server: String,
        /// What the server or the network said.
        why: String,
        /// The SQLSTATE, where it was the server that refused. It speaks only within the protection that is asked
        /// for.
        code: Option<String>,
        /// Whether that protection is what there was none of: the server does not encrypt, or its certificate is
        /// not valid.
        unprotected: bool,
    },
    /// The connection ended while a statement was under way: nobody knows how far it came.
    #[error("the connection to {server} broke: {why}")]
    Lost {
        /// Host, port and database.
        server: String,
        /// What broke it.
        why: String,
    },
    /// It took longer than it was given.
    #[error(
        "{server} took longer than {} s {what}; is it overloaded, or waiting for a lock?",
        limit.as_secs_f64()
    )]
    TooSlow {
        /// Host, port and database.
        server: String,
        /// What was waited for: `to connect`, `to answer`.
        what: &'static str,
        /// How long it was given.
        limit: Duration,
    },
    /// The server refused a statement.
    #[error("{server} refused the statement: {why} (SQLSTATE {code})")]
    Refused {
        /// Host, port and database.
        server: String,
        /// The SQLSTATE, five characters.
        code: String,
        /// The server's message, with its detail and hint.
        why: String,
    },
    /// The server's answer has another form than it was taken for.
    #[error("the answer of {server} cannot be read: {why}")]
    Unreadable {
        /// Host, port and database.
        server: String,
        /// What is wrong with it.
        why: String,
    },
}

/// The server cancelled a statement: its own time-out, or somebody's request.
const QUERY_CANCELED: &str = "57014";

impl DatabaseError {
    /// What the client library says of a statement that was given `limit`, in our words.
    pub(super) fn of_statement(error: &sqlx::Error, given: &Given, limit: Duration) -> Self {
        let server = given.to_string();
        let why = || given.redact(&error.to_string());
        match error {
            sqlx::Error::Database(refusal) => {
                let code = refusal.code().unwrap_or_default().into_owned();
                match code.as_str() {
                    QUERY_CANCELED => Self::TooSlow {
                        server,
                        what: "to answer",
                        limit,
                    },
                    // The server is going away, and takes the connection with it.
                    "57P01" | "57P02" | "57P03" | "08P01" => Self::Lost { server, why: why() },
                    _ => Self::Refused {
                        server,
                        code,
                        why: given.redact(&words(refusal.as_ref())),
                    },
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => Self::Lost { server, why: why() },
            _ => Self::Unreadable { server, why: why() },
        }
    }

    /// The same of an attempt to connect.
    pub(super) fn of_connection(error: &sqlx::Error, given: &Given) -> Self {
        let (why, code) = match error {
            sqlx::Error::Database(refusal) => (
                words(refusal.as_ref()),
                refusal.code().map(std::borrow::Cow::into_owned),
            ),
            other => (other.to_string(), None),
        };
        let unprotected = match error {
            sqlx::Error::Tls(_) => true,
            // So the TLS library tells of a certificate that is not valid.
            sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::InvalidData,
            _ => false,
        };
        Self::Connect {
            server: given.to_string(),
            why: given.redact(&why),
            code,
            unprotected,
        }
    }

    /// Whether the connection can be used no more.
    pub(super) fn ends_the_connection(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Connect { .. })
    }
}

/// The server's message, with the detail and the hint that it gives beside it.
fn words(refusal: &dyn sqlx::error::DatabaseError) -> String {
    let own = refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
    let beside = own.into_iter().flat_map(|own| [own.detail(), own.hint()]);
    let mut words = refusal.message().to_owned();
    for more in beside.flatten() {
        words.push_str("; ");
        words.push_str(more);
    }
    words
}
