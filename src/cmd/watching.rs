//! Whether anybody asks the candidate's database while the candidate is asked: an API that was to answer from it
//! and still reads the old store is seen by its silence.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::database::{DatabaseError, Given, Session, StatementMark};
use crate::parity::Seen;
use crate::run::StepWatch;

/// How long a look at the counters may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The candidate's database, whose counters are read. What cannot be read is no sign of anything, and is told.
pub(super) enum Watching {
    /// No database is named.
    Nothing,
    /// Only a pooler in front of it: the connection that it gives us may be the one that the candidate used
    /// last, whose use then looks like ours.
    Pooled,
    /// The database itself.
    Database(Rc<Counters>),
}

/// The counters of one database.
#[derive(Debug)]
pub(super) struct Counters {
    session: Mutex<Session>,
    steps: Mutex<Steps>,
}

/// The steps of one pass.
#[derive(Debug, Default)]
struct Steps {
    /// The counters after the last step; `None` where they could not be read.
    mark: Option<StatementMark>,
    /// The steps during which nobody asked the database.
    silent: BTreeSet<String>,
}

/// The counters before the candidate is asked; `None` where no database is named.
pub(super) struct Watched(Option<Result<StatementMark, DatabaseError>>);

impl Watching {
    /// Watches the database that the URLs lead to, where any is named.
    pub(super) fn at(pooled: Option<Given>, direct: Option<Given>) -> Self {
        match (pooled, direct) {
            (_, Some(given)) if !given.is_pooled() => Self::Database(Rc::new(Counters {
                session: Mutex::new(Session::unconnected(given, LIMIT)),
                steps: Mutex::default(),
            })),
            (None, None) => Self::Nothing,
            _ => Self::Pooled,
        }
    }

    fn counters(&self) -> Option<&Rc<Counters>> {
        match self {
            Self::Database(counters) => Some(counters),
            Self::Nothing | Self::Pooled => None,
        }
    }

    /// Begins with a scenario.
    pub(super) async fn begin(&self) -> Watched {
        let Some(database) = self.counters() else {
            return Watched(None);
        };
        *database.steps.lock().await = Steps::default();
        let mark = database.session.lock().await.statement_mark(LIMIT).await;
        Watched(Some(mark))
    }

    /// What looks at the counters around each step, where they could be read before.
    pub(super) fn steps(&self, watched: &Watched) -> Option<Rc<dyn StepWatch>> {
        let Watched(Some(Ok(_))) = watched else {
            return None;
        };
        let database = self.counters()?;
        Some(Rc::<Counters>::clone(database))
    }

    /// How many statements reached the database since.
    pub(super) async fn end(&self, watched: Watched) -> Seen {
        let (database, mark) = match (self, watched) {
            (Self::Database(database), Watched(Some(mark))) => (database, mark),
            (Self::Pooled, _) => {
                return untold("only a URL through a pooler is named; name `direct`, too");
            }
            _ => return Seen::default(),
        };
        let mut session = database.session.lock().await;
        let seen = match mark {
            Ok(mark) => session.statements_since(&mark, LIMIT).await,
            Err(error) => Err(error),
        };
        match seen.map(|seen| seen.at_least()) {
            Ok(Some(statements)) => Seen {
                statements: Some(statements),
                silent: std::mem::take(&mut database.steps.lock().await.silent),
                untold: None,
            },
            Ok(None) => untold("its counters show no statement, and not all of them may be read"),
            Err(error) => untold(&format!("its counters cannot be read: {error}")),
        }
    }
}

impl StepWatch for Counters {
    fn begin(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async {
            let mark = self.session.lock().await.statement_mark(LIMIT).await;
            self.steps.lock().await.mark = mark.ok();
        })
    }

    fn after<'w>(&'w self, step: &'w str) -> Pin<Box<dyn Future<Output = ()> + 'w>> {
        Box::pin(async move {
            let mut steps = self.steps.lock().await;
            let Some(mark) = steps.mark.take() else {
                return;
            };
            let mut session = self.session.lock().await;
            let seen = session.statements_since(&mark, LIMIT).await;
            if seen.is_ok_and(|seen| seen.at_least() == Some(0)) {
                steps.silent.insert(step.to_owned());
            }
            steps.mark = session.statement_mark(LIMIT).await.ok();
        })
    }
}

fn untold(why: &str) -> Seen {
    Seen {
        untold: Some(why.to_owned()),
        ..Seen::default()
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
        let given = Given::parse(&url).unwrap();
        let watching = Watching::at(None, Some(given.clone()));
        let watched = watching.begin().await;
        let seen = watching.end(watched).await;
        assert_eq!(seen.statements, None);
        let why = seen.untold.unwrap();
        assert!(why.starts_with("its counters cannot be read: "), "{why}");
        let unnamed = Watching::at(None, None);
        let watched = unnamed.begin().await;
        assert_eq!(unnamed.end(watched).await, Seen::default());
        // A pooler need not say that it is one.
        let pooled = Watching::at(Some(given), None);
        let watched = pooled.begin().await;
        assert!(pooled.steps(&watched).is_none());
        let seen = pooled.end(watched).await;
        assert_eq!(seen.statements, None);
        assert!(seen.untold.unwrap().contains("name `direct`"));
    }

    #[test]
    fn a_url_that_says_it_is_a_poolers_is_one_wherever_it_stands() {
        let url = "postgres://a:b@127.0.0.1:9/c?pgbouncer=true"
            .to_owned()
            .into();
        let given = Given::parse(&url).unwrap();
        assert!(matches!(Watching::at(None, Some(given)), Watching::Pooled));
    }
}
