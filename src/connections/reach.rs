//! Can the database be reached, and do both URLs lead to the same one?

use super::looking::{Looking, not_looked};
use crate::database::{DatabaseError, Given, Session};
use crate::record::{Finding, FindingKind, Inspection, Looked, Weight};

/// Which of the two URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Pooled,
    Direct,
}

impl Way {
    /// As people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pooled => "pooled URL",
            Self::Direct => "direct URL",
        }
    }

    fn missing(self) -> &'static str {
        match self {
            Self::Pooled => {
                "Name the URL that the application uses: `[candidate.database] pooled = \"env:DATABASE_URL\"`."
            }
            Self::Direct => {
                "Name the URL that migrations use: `[candidate.database] direct = \"env:DIRECT_URL\"`."
            }
        }
    }
}

/// Connects; a URL that is not given is told as not looked at.
pub(super) async fn connect(
    given: Option<&Given>,
    way: Way,
    looking: &Looking<'_>,
    seen: &mut Inspection,
) -> Option<Session> {
    let Some(given) = given else {
        seen.not_looked_at.push(not_looked(
            way.name(),
            "no such URL is named",
            way.missing(),
        ));
        return None;
    };
    match Session::connect(given, looking.limit).await {
        Ok(session) => {
            seen.looked_at.push(Looked {
                what: way.name().to_owned(),
                count: 1,
                detail: format!("connects to {given}"),
            });
            Some(session)
        }
        Err(error) => {
            seen.findings.push(failed(given, way, &error));
            None
        }
    }
}

fn failed(given: &Given, way: Way, error: &DatabaseError) -> Finding {
    let subject = format!("{} ({given})", way.name());
    match error {
        DatabaseError::Connect {
            why,
            code: Some(code),
            ..
        } => Finding::of_one(
            FindingKind::Refused,
            Weight::Refutes,
            subject,
            format!("the server refuses the connection: {why} (SQLSTATE {code})"),
            refused(code),
        ),
        DatabaseError::Connect { why, .. } => Finding::of_one(
            FindingKind::Unreachable,
            Weight::Refutes,
            subject,
            format!("no connection can be made: {why}"),
            "See that host and port of the URL are right, that the server runs, and that its firewall \
             lets this machine in.",
        ),
        other => Finding::of_one(
            FindingKind::Unreachable,
            Weight::Refutes,
            subject,
            format!("no connection can be made: {other}"),
            "See that the server runs and is not overloaded, and look again.",
        ),
    }
}

/// What to do about a refusal, by its SQLSTATE.
fn refused(code: &str) -> &'static str {
    match code {
        "28P01" | "28000" => {
            "Put user and password of the URL right; the provider shows the ones that are valid."
        }
        "3D000" => "Put the database's name at the end of the URL right, or create the database.",
        "53300" => {
            "Use the pooled URL in the application, or raise the server's `max_connections`."
        }
        _ => "Put right what the server says, and look again.",
    }
}

/// What tells a database from every other one: the cluster, where it may be asked, and the database in it.
const IDENTITY: &str = "
SELECT current_database() || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database())
    || CASE WHEN has_function_privilege('pg_control_system()', 'execute')
            THEN ' ' || (SELECT system_identifier FROM pg_control_system()) ELSE '' END";

/// Whether both lead to the same database.
pub(super) async fn same_database(
    pooled: &mut Session,
    direct: &mut Session,
    looking: &Looking<'_>,
    seen: &mut Inspection,
) {
    let (first, second) = (
        identity(pooled, looking).await,
        identity(direct, looking).await,
    );
    match (first, second) {
        (Ok(first), Ok(second)) if first == second => seen.looked_at.push(Looked {
            what: "both URLs".to_owned(),
            count: 2,
            detail: "lead to the same database".to_owned(),
        }),
        (Ok(_), Ok(_)) => seen.findings.push(Finding::of_one(
            FindingKind::TwoDatabases,
            Weight::Refutes,
            "both URLs",
            format!(
                "the pooled URL leads to the database {}, and the direct URL to another one, {}: migrations \
                 would change tables that the application does not use",
                pooled.given(),
                direct.given()
            ),
            "Copy both URLs from the same database and branch of your provider.",
        )),
        (Err(error), _) | (_, Err(error)) => seen.not_looked_at.push(not_looked(
            "whether both URLs lead to the same database",
            &error.to_string(),
            "Look again; if it stays so, ask the server's owner for its log.",
        )),
    }
}

async fn identity(session: &mut Session, looking: &Looking<'_>) -> Result<String, DatabaseError> {
    session
        .read(looking.limit, async |connection| {
            let asked = sqlx::query_scalar(IDENTITY).persistent(false);
            asked.fetch_one(connection).await
        })
        .await
}
