//! Whether anybody asks the candidate's database while the candidate is asked: an API that was to answer from it
//! and still reads the old store is seen by its silence.

use std::time::Duration;

use tokio::sync::Mutex;

use crate::database::{DatabaseError, Given, Session, StatementMark};
use crate::parity::Seen;

/// How long a look at the counters may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The candidate's database, whose counters are read. What cannot be read is no sign of anything, and is told.
pub(super) struct Watching {
    database: Option<Mutex<Session>>,
}

/// The counters before the candidate is asked; `None` where no database is named.
pub(super) struct Watched(Option<Result<StatementMark, DatabaseError>>);

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
        Watched(Some(database.lock().await.statement_mark(LIMIT).await))
    }

    /// How many statements reached the database since.
    pub(super) async fn end(&self, watched: Watched) -> Seen {
        let (Some(database), Watched(Some(mark))) = (&self.database, watched) else {
            return Seen::default();
        };
        let seen = match mark {
            Ok(mark) => database.lock().await.statements_since(&mark, LIMIT).await,
            Err(error) => Err(error),
        };
        match seen.map(|seen| seen.at_least()) {
            Ok(Some(statements)) => Seen {
                statements: Some(statements),
                untold: None,
            },
            Ok(None) => untold("its counters show no statement, and not all of them may be read"),
            Err(error) => untold(&format!("its counters cannot be read: {error}")),
        }
    }
}

fn untold(why: &str) -> Seen {
    Seen {
        statements: None,
        untold: Some(why.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_that_cannot_be_asked_says_so_and_one_that_is_not_named_says_nothing() {
        // Nobody listens on the discard port of this machine.
        let url = "postgres://a:b@127.0.0.1:9/c?sslmode=disable"
            .to_owned()
            .into();
        let watching = Watching::at(Some(Given::parse(&url).unwrap()));
        let watched = watching.begin().await;
        let seen = watching.end(watched).await;
        assert_eq!(seen.statements, None);
        let why = seen.untold.unwrap();
        assert!(why.starts_with("its counters cannot be read: "), "{why}");
        let unnamed = Watching::at(None);
        let watched = unnamed.begin().await;
        assert_eq!(unnamed.end(watched).await, Seen::default());
    }
}
