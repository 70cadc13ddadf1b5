//! What an exchange says of the fate of a request: all that a rule for sending it again needs to know.
//!
//! Only the driver can tell. One API's 503 is an answer like any other; Notion's may come after the
//! page was saved.

use super::Exchange;

/// The fate of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// What came of it is its result, good or bad.
    Final,
    /// It was turned away before anything was done: later it may be let in, whatever it does.
    TurnedAway,
    /// It was tried, and the target says that nothing was saved.
    NotSaved,
    /// Nobody knows whether it was carried out.
    Unknown,
    /// A connection that had been kept open turned out to be closed: most likely it was not carried out.
    ConnectionClosed,
}

impl Fate {
    /// What an exchange with any HTTP API says.
    #[must_use]
    pub fn over_http(exchange: &Exchange) -> Self {
        match &exchange.result {
            Ok(answer) if answer.status == 429 => Self::TurnedAway,
            Err(failed) if failed.connection_was_closed => Self::ConnectionClosed,
            Ok(_) | Err(_) => Self::Final,
        }
    }
}
