//! Is there a way back? The backups, looked at before the cutover as they would be used after it.
//!
//! Why: a file called `tomos.dump` proves nothing. The export is read to its end and held against the pages
//! that Notion lists; the dump is restored, and the rows of each table are counted there and in the
//! candidate. How long both are kept nobody can look at: that is stated in the configuration, and told as such.
//!
//! ```text
//! export ─ read_export ─> ids, edits ── against Notion's listing ─┐
//! dump ─ (pg_restore) ─ restore ─> scratch ── counts ── candidate ├─> Inspection
//! ages, by what stands in the files where it does ────────────────┘
//! ```

mod age;
mod counts;
mod dump;
mod export;
mod programs;
mod restoring;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::database::{Given, Session};
use crate::record::{Finding, FindingKind, Inspection, Looked, NotLooked, Weight};

/// What the migration guide asks for: both backups stay for 30 days.
pub const LEAST_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What is looked at, and with what.
pub struct Asked<'a> {
    /// The export of Notion. `None` is told as not looked at, which makes the gate INCONCLUSIVE.
    pub export: Option<&'a Path>,
    /// What `pg_dump` wrote of the candidate's database: a plain script, an archive, or a folder.
    pub dump: Option<&'a Path>,
    /// How old either may be.
    pub max_age: Duration,
    /// Our clock, read once by the caller.
    pub now: Timestamp,
    /// For how long and where both are kept, as somebody states it.
    pub kept: Option<Kept<'a>>,
    /// Every page that Notion lists, or why it did not. `None` is that nobody names a Notion; both are told as not
    /// looked at.
    pub pages: Option<Result<&'a PageIndex, &'a str>>,
    /// The candidate's database, over its direct URL; nothing is written there.
    pub candidate: Option<&'a mut Session>,
    /// A database to restore into: empty, and thrown away by the caller. It needs the candidate's major version or a
    /// newer one. `None` is told as not looked at.
    pub scratch: Option<&'a Given>,
    /// The longest time that a connection, a statement or the rows of one table may take.
    pub limit: Duration,
}

/// What somebody states of keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept<'a> {
    /// For how long.
    pub duration: Duration,
    /// Where, in words.
    pub place: &'a str,
}

/// The pages that Notion lists, from all databases that are to be left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageIndex {
    /// Each page's id with the time of its last edit, of which Notion keeps the minute.
    pub pages: Vec<(u128, Timestamp)>,
    /// When listing began.
    pub listed_at: Timestamp,
}

/// Looks at both backups and never fails: what cannot be looked at is told as such. Reading takes about as long as
/// the files are large (100 MB/s), restoring as `pg_restore` would.
pub async fn look(asked: Asked<'_>) -> Inspection {
    let began = Instant::now();
    let mut seen = Inspection::default();
    let ages = age::Ages {
        now: asked.now,
        max_age: asked.max_age,
    };
    match asked.export {
        Some(path) => export::look(path, asked.pages, &ages, &mut seen).await,
        None => seen.not_looked_at.push(not_looked(
            "the export of Notion",
            "no file is named",
            "Export the databases, and name the file: `[backups] export = \"backups/notion-export.json\"`.",
        )),
    }
    match asked.dump {
        Some(path) => {
            let with = restoring::Restoring {
                path,
                scratch: asked.scratch,
                candidate: asked.candidate,
                limit: asked.limit,
            };
            dump::look(with, &ages, &mut seen).await;
        }
        None => seen.not_looked_at.push(not_looked(
            "the dump of the candidate",
            "no file is named",
            "Run `pg_dump -Fc -f backups/tomos.dump \"$DIRECT_URL\"`, and name the file: `[backups] dump = \
             \"backups/tomos.dump\"`.",
        )),
    }
    keeping(asked.kept, &mut seen);
    seen.sort();
    seen.elapsed_s = began.elapsed().as_secs_f64();
    seen
}

fn keeping(kept: Option<Kept<'_>>, seen: &mut Inspection) {
    const DAY_S: u64 = 24 * 60 * 60;
    let not_enough = |words: String, next: &str| {
        Finding::of_one(
            FindingKind::KeepingNotStated,
            Weight::Doubts,
            "keeping of both backups",
            words,
            next,
        )
    };
    match kept {
        Some(Kept { duration, place }) if duration >= LEAST_KEPT => {
            let days = duration.as_secs() / DAY_S;
            seen.looked_at.push(Looked {
                what: "keeping of both backups".to_owned(),
                count: 1,
                detail: format!(
                    "kept for {days} days in {place}: stated in the configuration, not verified"
                ),
            });
        }
        Some(Kept { duration, .. }) => seen.findings.push(not_enough(
            format!(
                "they are kept for {} days by what the configuration states: what is found missing after \
                 that is lost",
                duration.as_secs() / DAY_S
            ),
            "Keep both for 30 days at least, and state it.",
        )),
        None => seen.findings.push(not_enough(
            "nobody states for how long they are kept, and nobody can look".to_owned(),
            "Keep both for 30 days, and state it: `[backups] kept = { for = \"30d\", where = \"...\" }`.",
        )),
    }
}

fn not_looked(what: &str, why: &str, next: &str) -> NotLooked {
    NotLooked {
        what: what.to_owned(),
        why: why.to_owned(),
        next: next.to_owned(),
    }
}
