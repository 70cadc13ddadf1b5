//! Does the dump come back? It is restored into a scratch database, and the rows of each table are counted there and in
//! the candidate.
//!
//! An archive is turned into a script by `pg_restore`, so that one way of restoring is enough, and the server
//! that it goes to needs no client of its own.

use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, BufReader};

use super::counts;
use super::dump::{Ended, Form, Opened, command, said};
use crate::database::{DatabaseError, Given, RestoreError, Restored, Session, restore};
use crate::record::{Finding, FindingKind, Inspection, Looked};

/// What a program says is kept up to here.
const MOST_SAID: usize = 64 * 1024;

/// What a dump is restored with.
pub(super) struct Restoring<'a> {
    pub(super) path: &'a Path,
    pub(super) scratch: Option<&'a Given>,
    pub(super) candidate: Option<&'a mut Session>,
    pub(super) limit: Duration,
}

/// Restores it, and holds its rows against the candidate's.
pub(super) async fn look(
    restoring: Restoring<'_>,
    opened: &Opened,
    seen: &mut Inspection,
) -> Result<(), Ended> {
    let Restoring {
        path,
        scratch,
        candidate,
        limit,
    } = restoring;
    let Some(scratch) = scratch else {
        return Err(Ended::NotLooked {
            why: "there is no database to restore it into".to_owned(),
            next: "Install PostgreSQL on this machine, or name a server: `[backups] scratch = \"env:SCRATCH_URL\"`."
                .to_owned(),
        });
    };
    let mut session = Session::unconnected(scratch.clone(), limit);
    must_be_empty(&mut session, limit).await?;
    let done = match (opened.form, &opened.program) {
        (Form::Archive, Some(program)) => of_archive(program, path, scratch, limit).await,
        _ => of_script(path, scratch, limit).await,
    };
    let done = match done {
        Err(Ended::Found(finding)) if finding.kind == FindingKind::DumpDoesNotRestore => {
            return Err(whose_fault(finding, opened.major, &mut session, limit).await);
        }
        done => done?,
    };
    if !done.is_whole {
        return Err(Ended::unreadable(
            path,
            "it lacks its last line (`PostgreSQL database dump complete`), so that whatever followed is lost",
        ));
    }
    seen.looked_at.push(Looked {
        what: "restoring the dump".to_owned(),
        count: done.statements,
        detail: format!(
            "{} statements and {} rows into a scratch database{}",
            done.statements,
            done.rows,
            left_out(&done)
        ),
    });
    let again = counts::of(&mut session, limit).await;
    session.close().await;
    let again = again.map_err(not_counted)?;
    if again.is_empty() {
        return Err(Ended::unreadable(path, "there is no table in it"));
    }
    let Some(candidate) = candidate else {
        return Err(Ended::NotLooked {
            why: "there is no candidate to count the rows of".to_owned(),
            next: "Name its direct URL: `[candidate.database] direct = \"env:DIRECT_URL\"`."
                .to_owned(),
        });
    };
    let now = counts::of(candidate, limit).await.map_err(not_counted)?;
    counts::compare(&again, &now, seen);
    Ok(())
}

/// A server may refuse what is right for a newer one: then the dump is not to blame.
async fn whose_fault(
    finding: Box<Finding>,
    dumped: Option<u32>,
    session: &mut Session,
    limit: Duration,
) -> Ended {
    let asked = session.read(limit, async |connection| {
        let version =
            sqlx::query_scalar("SELECT current_setting('server_version_num')::int / 10000");
        version.persistent(false).fetch_one(connection).await
    });
    let here: i32 = asked.await.unwrap_or(i32::MAX);
    match dumped.and_then(|major| i32::try_from(major).ok()) {
        Some(major) if major > here => Ended::NotLooked {
            why: format!(
                "it was dumped from PostgreSQL {major}, and the scratch database is of version {here}, which refuses it: \
                 {}",
                finding.words
            ),
            next: format!(
                "Install PostgreSQL {major} on this machine, or name a server of it: `[backups] scratch = \
                 \"env:SCRATCH_URL\"`."
            ),
        },
        _ => Ended::Found(finding),
    }
}

fn left_out(done: &Restored) -> String {
    match done.left_out.as_slice() {
        [] => String::new(),
        list => format!(", without {}", list.join(", ")),
    }
}

fn not_counted(error: DatabaseError) -> Ended {
    Ended::NotLooked {
        why: format!("the rows cannot be counted: {error}"),
        next: "Look again with a longer `statement_timeout`.".to_owned(),
    }
}

/// Nothing is restored over what somebody may need.
async fn must_be_empty(session: &mut Session, limit: Duration) -> Result<(), Ended> {
    let there = counts::of(session, limit).await;
    let there = there.map_err(|error| Ended::NotLooked {
        why: format!("the scratch database cannot be used: {error}"),
        next: "Name a server on which databases can be made: `[backups] scratch = \"env:SCRATCH_URL\"`.".to_owned(),
    })?;
    match there.is_empty() {
        true => Ok(()),
        false => Err(Ended::NotLooked {
            why: format!("the scratch database has {} tables already", there.len()),
            next: "Name an empty database; nothing is restored over what is there.".to_owned(),
        }),
    }
}

async fn of_script(path: &Path, scratch: &Given, limit: Duration) -> Result<Restored, Ended> {
    let file = tokio::fs::File::open(path).await;
    let file = file.map_err(|error| Ended::unreadable(path, error.to_string()))?;
    let done = restore(scratch, BufReader::new(file), limit).await;
    done.map_err(|error| failed(path, &error))
}

async fn of_archive(
    program: &Path,
    path: &Path,
    scratch: &Given,
    limit: Duration,
) -> Result<Restored, Ended> {
    let spawned = command(program)
        .args(["--no-owner", "--no-privileges", "-f", "-"])
        .arg(path)
        .spawn();
    let no_program = |error: std::io::Error| Ended::NotLooked {
        why: format!("{} cannot be run: {error}", program.display()),
        next: "Install PostgreSQL's client programs, and look again.".to_owned(),
    };
    let mut child = spawned.map_err(no_program)?;
    let (Some(script), Some(mut errors)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(no_program(std::io::Error::other("it has no output")));
    };
    let mut stderr = Vec::new();
    let listening = async {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = errors.read(&mut piece).await {
            if stderr.len() < MOST_SAID {
                stderr.extend_from_slice(&piece[..read]);
            }
        }
    };
    let restoring = async {
        // The script goes with the future, so that a program that still writes is told when nobody reads.
        restore(scratch, BufReader::new(script), limit).await
    };
    let (done, ()) = tokio::join!(restoring, listening);
    let status = child.wait().await.map_err(no_program)?;
    match done {
        // A program that fails has cut its script, whatever the server made of that.
        _ if !status.success() && !stderr.is_empty() && !is_refused(&done) => {
            Err(Ended::unreadable(path, said(&stderr)))
        }
        Ok(done) => Ok(done),
        Err(error) => Err(failed(path, &error)),
    }
}

/// Whether it was the server that ended the restoring, and not the dump.
fn is_refused(done: &Result<Restored, RestoreError>) -> bool {
    matches!(
        done,
        Err(RestoreError::Refused { .. } | RestoreError::Connect(_))
    )
}

fn failed(path: &Path, error: &RestoreError) -> Ended {
    let mut words = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        words = format!("{words}: {cause}");
    }
    match error {
        RestoreError::Read { .. } | RestoreError::Cut { .. } => Ended::unreadable(path, words),
        RestoreError::Psql { .. } | RestoreError::Refused { .. } => Ended::found(
            FindingKind::DumpDoesNotRestore,
            path,
            words,
            "Restore it by hand into an empty database to see the whole of it, put right what it lacks, and dump again.",
        ),
        RestoreError::Connect(error) => Ended::NotLooked {
            why: format!("the scratch database is gone: {error}"),
            next: "Look again.".to_owned(),
        },
    }
}
