//! The server itself: its version, whether what it commits stays, and its clock.

use std::time::Duration;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;

use super::looking::{Looking, not_looked};
use crate::database::{DatabaseError, Session};
use crate::record::{Finding, FindingKind, Inspection, Looked, Weight};

/// The last day on which a major version gets corrections (postgresql.org/support/versioning).
const SUPPORTED_UNTIL: [(u32, Date); 6] = [
    (13, date(2025, 11, 13)),
    (14, date(2026, 11, 12)),
    (15, date(2027, 11, 11)),
    (16, date(2028, 11, 9)),
    (17, date(2029, 11, 8)),
    (18, date(2030, 11, 14)),
];

/// The statement for all of it; an unknown setting is NULL. Only Neon's servers have one of Neon's.
const ASKED: &str = "
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
       current_setting('fsync'), current_setting('full_page_writes'),
       current_setting('synchronous_commit'),
       current_setting('neon.timeline_id', true) IS NOT NULL,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Server {
    pub(super) version: String,
    pub(super) major: i32,
    pub(super) fsync: String,
    pub(super) full_page_writes: String,
    pub(super) synchronous_commit: String,
    /// Whether it is one of Neon's, whose storage keeps what the server itself does not sync: they have `fsync`
    /// turned off, and say so in their documentation.
    pub(super) stored_by_neon: bool,
    /// How far its clock is from ours, at least and at most, in seconds; ahead is more than zero.
    pub(super) ahead_s: (f64, f64),
}

/// Asks the server, and judges what it says.
pub(super) async fn look(session: &mut Session, looking: &Looking<'_>, seen: &mut Inspection) {
    let server = match asked(session, looking).await {
        Ok(server) => server,
        Err(error) => {
            seen.not_looked_at.push(not_looked(
                "the server's version, durability and clock",
                &error.to_string(),
                "Look again; if it stays so, ask the server's owner for its log.",
            ));
            return;
        }
    };
    let subject = format!("server {}", session.given().server());
    let today = (looking.clock)().to_zoned(jiff::tz::TimeZone::UTC).date();
    let found = [
        version(&server, today, &subject),
        clock(&server, looking.clock_tolerance, &subject),
    ];
    seen.findings.extend(found.into_iter().flatten());
    seen.findings.extend(durability(&server, &subject));
    let (low, high) = server.ahead_s;
    seen.looked_at.push(Looked {
        what: "server".to_owned(),
        count: 1,
        detail: format!(
            "PostgreSQL {}, fsync={}, full_page_writes={}, synchronous_commit={}, its clock {:+.3} s from \
             ours (within {:.3} s)",
            server.version,
            server.fsync,
            server.full_page_writes,
            server.synchronous_commit,
            f64::midpoint(low, high),
            (high - low) / 2.0,
        ),
    });
}

async fn asked(session: &mut Session, looking: &Looking<'_>) -> Result<Server, DatabaseError> {
    session
        .read(looking.limit, async |connection| {
            let query = sqlx::query(ASKED).persistent(false);
            let before = (looking.clock)();
            let row = query.fetch_one(connection).await?;
            let after = (looking.clock)();
            let theirs = Timestamp::from_microsecond(row.try_get(6)?)
                .map_err(|error| sqlx::Error::Decode(error.into()))?;
            Ok(Server {
                version: row.try_get(0)?,
                major: row.try_get(1)?,
                fsync: row.try_get(2)?,
                full_page_writes: row.try_get(3)?,
                synchronous_commit: row.try_get(4)?,
                stored_by_neon: row.try_get(5)?,
                // It read its clock after we asked, and before we had the answer.
                ahead_s: (seconds(theirs, after), seconds(theirs, before)),
            })
        })
        .await
}

fn seconds(theirs: Timestamp, ours: Timestamp) -> f64 {
    let apart: SignedDuration = theirs.duration_since(ours);
    apart.as_secs_f64()
}

/// A version that nobody corrects any more.
pub(super) fn version(server: &Server, today: Date, subject: &str) -> Option<Finding> {
    let major = u32::try_from(server.major).unwrap_or_default();
    let until = SUPPORTED_UNTIL.iter().find(|(known, _)| *known == major);
    let over = match until {
        Some((_, last)) if today <= *last => return None,
        Some((_, last)) => format!("since {last}"),
        None if major > SUPPORTED_UNTIL[SUPPORTED_UNTIL.len() - 1].0 => return None,
        None => "for years".to_owned(),
    };
    Some(Finding::of_one(
        FindingKind::VersionOld,
        Weight::Tells,
        subject,
        format!("PostgreSQL {major} has had no corrections {over}, not even of security holes"),
        "Move to a newer major version; before the cutover it is easier than after it.",
    ))
}

/// Settings with which a commit does not stay.
pub(super) fn durability(server: &Server, subject: &str) -> Vec<Finding> {
    if server.stored_by_neon {
        return Vec::new();
    }
    let off = |setting: &str, value: &str, weight, words: &str| {
        (value == "off").then(|| {
            Finding::of_one(
                FindingKind::NotDurable,
                weight,
                format!("{setting} of {subject}"),
                words,
                format!("`ALTER SYSTEM SET {setting} = on`, then `SELECT pg_reload_conf()`."),
            )
        })
    };
    let found = [
        off(
            "fsync",
            &server.fsync,
            Weight::Refutes,
            "commits are not written to the disk: a power cut may destroy the whole database",
        ),
        off(
            "full_page_writes",
            &server.full_page_writes,
            Weight::Refutes,
            "a power cut in the middle of a write may leave half a page, which nothing can repair",
        ),
        off(
            "synchronous_commit",
            &server.synchronous_commit,
            Weight::Doubts,
            "a commit is answered before it is on the disk: a crash may lose the last second of tasks",
        ),
    ];
    found.into_iter().flatten().collect()
}

/// A clock that is further from ours than is tolerated, whatever the time of the answer was.
pub(super) fn clock(server: &Server, tolerance: Duration, subject: &str) -> Option<Finding> {
    let (low, high) = server.ahead_s;
    let tolerance_s = tolerance.as_secs_f64();
    let (least, word) = match () {
        () if low > tolerance_s => (low, "ahead of"),
        () if high < -tolerance_s => (-high, "behind"),
        () => return None,
    };
    Some(Finding::of_one(
        FindingKind::ClockOff,
        Weight::Doubts,
        format!("clock of {subject}"),
        format!(
            "it is at least {least:.1} s {word} ours, so that times of creation and the ages of backups \
             cannot be compared"
        ),
        "Let both machines set their clocks by the network (NTP), and look again.",
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sound() -> Server {
        Server {
            version: "15.4".to_owned(),
            major: 15,
            fsync: "on".to_owned(),
            full_page_writes: "on".to_owned(),
            synchronous_commit: "on".to_owned(),
            stored_by_neon: false,
            ahead_s: (-0.01, 0.01),
        }
    }

    #[test]
    fn what_would_lose_commits_is_named_unless_neon_keeps_them() {
        assert_eq!(durability(&sound(), "server a"), []);
        let off = || "off".to_owned();
        let table = [
            (
                Server {
                    fsync: off(),
                    ..sound()
                },
                "fsync of server a",
                Weight::Refutes,
            ),
            (
                Server {
                    full_page_writes: off(),
                    ..sound()
                },
                "full_page_writes of server a",
                Weight::Refutes,
            ),
            (
                Server {
                    synchronous_commit: off(),
                    ..sound()
                },
                "synchronous_commit of server a",
                Weight::Doubts,
            ),
        ];
        for (server, subject, weight) in table {
            let found = durability(&server, "server a");
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(
                (found[0].subject.as_str(), found[0].weight),
                (subject, weight)
            );
            let neon = Server {
                stored_by_neon: true,
                ..server
            };
            assert_eq!(durability(&neon, "server a"), []);
        }
    }

    #[test]
    fn a_version_is_old_from_the_day_after_its_last() {
        for (major, day, old) in [
            (15, date(2027, 11, 11), false),
            (15, date(2027, 11, 12), true),
            (9, date(2026, 1, 1), true),
            (19, date(2040, 1, 1), false),
        ] {
            let server = Server { major, ..sound() };
            assert_eq!(
                version(&server, day, "server a").is_some(),
                old,
                "{major} on {day}"
            );
        }
    }

    proptest! {
        /// The round trip never makes a clock look wrong that may be right.
        #[test]
        fn a_clock_is_off_only_if_no_moment_of_the_round_trip_fits(
            off_s in -10.0_f64..10.0, trip_s in 0.0_f64..5.0, share in 0.0_f64..1.0,
        ) {
            let ahead_s = (off_s - trip_s * share, off_s + trip_s * (1.0 - share));
            let told = clock(&Server { ahead_s, ..sound() }, Duration::from_secs(2), "server a");
            if off_s.abs() <= 2.0 {
                prop_assert!(told.is_none());
            }
            if off_s.abs() > 2.0 + trip_s {
                prop_assert!(told.is_some());
            }
        }
    }
}
