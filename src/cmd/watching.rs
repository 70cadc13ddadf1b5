//! Whether anybody asks the candidate's database while the candidate is asked: an API that was to answer from it
//! and still reads the old store is seen by its silence.

use std::time::Duration;

use tokio::sync::Mutex;

use crate::database::{Given, Session, StatementMark};
use crate::parity::Seen;

/// How long a look at the counters may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The candidate's database, whose counters are read. What cannot be read is no sign of anything.
pub(super) struct Watching {
    database: Option<Mutex<Session>>,
}

/// The counters before the candidate is asked.
pub(super) struct Watched(Option<StatementMark>);

impl Watching {
    /// Watches a database, where one is named.
    pub(super) fn at(database: Option<Given>) -> Self {
        let session = database.map(|given| Mutex::new(Session::unconnected(given, LIMIT)));
        Self { database: session }
    }

    pub(super) async fn begin(&self) -> Watched {
        let Some(database) = &self.database else {
            return Watched(None);
        };
        let mark = database.lock().await.statement_mark(LIMIT).await;
        Watched(mark.inspect_err(tell).ok())
    }

    /// How many statements reached the database since.
    pub(super) async fn end(&self, watched: Watched) -> Seen {
        let (Some(database), Watched(Some(mark))) = (&self.database, watched) else {
            return Seen::default();
        };
        let seen = database.lock().await.statements_since(&mark, LIMIT).await;
        Seen {
            statements: seen.inspect_err(tell).ok().and_then(|seen| seen.at_least()),
        }
    }
}

fn tell(error: &crate::database::DatabaseError) {
    tracing::warn!(%error, "the candidate's database does not tell what it was asked");
}
