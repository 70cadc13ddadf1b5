//! Does a pooler in transaction mode stand before the database, and does the URL say so?
//!
//! Why it matters: serverless functions open a connection each and soon have taken all that a server
//! has, so a pooler must stand between. Behind it the next transaction may run on another connection, where
//! a statement that was prepared by name is not known; Prisma does without when the URL has
//! `pgbouncer=true`. And migrations hold locks for longer than a transaction, so they need the other URL.
//!
//! A pooler gives itself away: two clients hold a transaction each at once, and when they ask again, one
//! of them is served by the process that served the other. A server without one keeps a process for each.

use super::looking::{Looking, not_looked};
use super::reach::Way;
use crate::database::{DatabaseError, Given, Session};
use crate::record::{Finding, FindingKind, Inspection, Looked, Weight};

/// Enough for a pooler that takes the connection given back last, the one given back first, or any.
const ROUNDS: usize = 3;

/// How a URL behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// Transactions of one client run on several connections of the server.
    TransactionPooler,
    /// A client keeps its connection: a server, or a pooler in session mode.
    OwnConnection,
}

/// Looks at the URL; `other` is the other one, where it is named.
pub(super) async fn look(
    session: &mut Session,
    way: Way,
    other: Option<&Given>,
    looking: &Looking<'_>,
    seen: &mut Inspection,
) {
    let behaviour = match behaviour(session, looking).await {
        Ok(behaviour) => behaviour,
        Err(error) => {
            seen.not_looked_at.push(not_looked(
                format!("whether a pooler stands behind the {}", way.name()),
                &error.to_string(),
                "See that the pooler may open at least two connections to the server \
                 (`default_pool_size`), and look again.",
            ));
            return;
        }
    };
    let same_place = other.is_some_and(|other| other.server() == session.given().server());
    match finding(session.given(), way, behaviour, same_place) {
        Some(finding) => seen.findings.push(finding),
        None => seen.looked_at.push(Looked {
            what: format!("pooling of the {}", way.name()),
            count: 1,
            detail: match behaviour {
                Behaviour::TransactionPooler => "a transaction pooler, and the URL says so",
                Behaviour::OwnConnection => "no pooler between",
            }
            .to_owned(),
        }),
    }
}

/// What is wrong with the URL that behaves so.
pub(super) fn finding(
    given: &Given,
    way: Way,
    behaviour: Behaviour,
    same_place: bool,
) -> Option<Finding> {
    let subject = format!("{} ({given})", way.name());
    match (way, behaviour) {
        (Way::Pooled, Behaviour::TransactionPooler) if given.is_pooled() => None,
        (Way::Pooled, Behaviour::TransactionPooler) => Some(Finding::of_one(
            FindingKind::PoolerNotDeclared,
            Weight::Refutes,
            subject,
            "a transaction pooler stands behind it and the URL does not say so: Prisma would prepare \
             statements by name, and the next transaction may run where nobody knows them",
            "Add `pgbouncer=true` to the URL.",
        )),
        (Way::Pooled, Behaviour::OwnConnection) => Some(Finding::of_one(
            FindingKind::NotAPooler,
            if same_place {
                Weight::Tells
            } else {
                Weight::Doubts
            },
            subject,
            match given.is_pooled() {
                true => {
                    "the URL says `pgbouncer=true`, and each client keeps a connection of the server's own: \
                     there is no transaction pooler"
                }
                false => {
                    "each client keeps a connection of the server's own: there is no transaction pooler, and \
                     as many functions as the server has connections will take them all"
                }
            },
            "Copy the pooled URL from your provider (Neon's has `-pooler` in its host), or put the \
             pooler into transaction mode.",
        )),
        (Way::Direct, Behaviour::TransactionPooler) => Some(Finding::of_one(
            FindingKind::NotDirect,
            Weight::Doubts,
            subject,
            "a transaction pooler stands behind it: migrations hold a lock for longer than a transaction, \
             and it would stay behind on a connection that others use",
            "Copy the direct URL from your provider (Neon's has no `-pooler` in its host).",
        )),
        (Way::Direct, Behaviour::OwnConnection) => None,
    }
}

/// How it behaves, with a second connection beside this one.
pub(super) async fn behaviour(
    session: &mut Session,
    looking: &Looking<'_>,
) -> Result<Behaviour, DatabaseError> {
    let mut beside = Session::connect(session.given(), looking.limit).await?;
    let mut found = Behaviour::OwnConnection;
    for _ in 0..ROUNDS {
        let (own, other) = at_once(session, &mut beside, looking).await?;
        let again = process(session, looking).await?;
        let other_again = process(&mut beside, looking).await?;
        if own != again || other != other_again {
            found = Behaviour::TransactionPooler;
            break;
        }
    }
    beside.close().await;
    Ok(found)
}

/// The server processes of two transactions that are open at once.
async fn at_once(
    outer: &mut Session,
    inner: &mut Session,
    looking: &Looking<'_>,
) -> Result<(i32, i32), DatabaseError> {
    let (own, other) = outer
        .read(looking.limit, async |connection| {
            let own = pid(connection).await?;
            Ok((own, process(inner, looking).await))
        })
        .await?;
    Ok((own, other?))
}

async fn process(session: &mut Session, looking: &Looking<'_>) -> Result<i32, DatabaseError> {
    session.read(looking.limit, pid).await
}

async fn pid(connection: &mut sqlx::PgConnection) -> Result<i32, sqlx::Error> {
    let asked = sqlx::query_scalar("SELECT pg_backend_pid()").persistent(false);
    asked.fetch_one(connection).await
}
