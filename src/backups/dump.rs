//! The dump of the candidate: what it is, when it was made, and whether it comes back.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tokio::io::{AsyncReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::age::{Ages, Written};
use super::{counts, not_looked, programs};
use crate::database::{Given, RestoreError, Restored, Session, restore};
use crate::record::{Finding, FindingKind, Inspection, Looked, Weight};

pub(super) const WHAT: &str = "the dump of the candidate";
const AGAIN: &str = "Dump again (`pg_dump -Fc -f backups/tomos.dump \"$DIRECT_URL\"`), and see that the disk is not \
                     full.";
/// The beginning of a plain dump in which its date may stand.
const HEADER: u64 = 4096;
/// What a program says is kept up to here.
const MOST_SAID: usize = 64 * 1024;

/// What a dump is restored with.
pub(super) struct Restoring<'a> {
    pub(super) path: &'a Path,
    pub(super) scratch: Option<&'a Given>,
    pub(super) candidate: Option<&'a mut Session>,
    pub(super) limit: Duration,
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A script of SQL.
    Plain,
    /// An archive for `pg_restore`: custom, tar, or a folder.
    Archive,
}

/// A dump that can be begun with.
struct Opened {
    form: Form,
    /// The `pg_restore` that reads it.
    program: Option<PathBuf>,
    written: Option<Written>,
}

/// Why a look ended.
enum Ended {
    Found(Box<Finding>),
    NotLooked { why: String, next: String },
}

impl Ended {
    fn found(kind: FindingKind, path: &Path, words: impl Into<String>, next: &str) -> Self {
        let subject = format!("{WHAT} ({})", path.display());
        let finding = Finding::of_one(kind, Weight::Refutes, subject, words, next);
        Self::Found(Box::new(finding))
    }

    fn unreadable(path: &Path, words: impl Into<String>) -> Self {
        Self::found(FindingKind::BackupUnreadable, path, words, AGAIN)
    }
}

pub(super) async fn look(restoring: Restoring<'_>, ages: &Ages, seen: &mut Inspection) {
    let opened = match open(restoring.path, restoring.limit).await {
        Ok(opened) => opened,
        Err(ended) => return tell(ended, WHAT, seen),
    };
    match opened.written {
        Some(written) => ages.look(WHAT, written, AGAIN, seen),
        None => seen.not_looked_at.push(not_looked(
            "the age of the dump",
            "neither it nor its file says when it was made",
            AGAIN,
        )),
    }
    if let Err(ended) = restored(restoring, &opened, seen).await {
        tell(ended, "whether the dump can be restored", seen);
    }
}

fn tell(ended: Ended, what: &str, seen: &mut Inspection) {
    match ended {
        Ended::Found(finding) => seen.findings.push(*finding),
        Ended::NotLooked { why, next } => seen.not_looked_at.push(not_looked(what, &why, &next)),
    }
}

async fn open(path: &Path, limit: Duration) -> Result<Opened, Ended> {
    let header = match path.is_dir() {
        true => None,
        false => Some(header(path)?),
    };
    let form = match &header {
        None => Form::Archive,
        Some(header) => form(path, header)?,
    };
    if form == Form::Plain {
        let text = String::from_utf8_lossy(header.as_deref().unwrap_or_default()).into_owned();
        return Ok(Opened {
            form,
            program: None,
            written: Written::of(started(&text), path),
        });
    }
    let (program, contents) = contents(path, limit).await?;
    Ok(Opened {
        form,
        program: Some(program),
        written: Written::of(created(&contents), path),
    })
}

fn header(path: &Path) -> Result<Vec<u8>, Ended> {
    let failed = |error: std::io::Error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => FindingKind::BackupMissing,
            _ => FindingKind::BackupUnreadable,
        };
        let words = format!("the file cannot be read: {error}");
        let next = "Dump the candidate (`pg_dump -Fc -f backups/tomos.dump \"$DIRECT_URL\"`), or put the path under \
                    `[backups]` right.";
        Ended::found(kind, path, words, next)
    };
    let mut header = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(HEADER).read_to_end(&mut header);
    read.map_err(failed)?;
    Ok(header)
}

fn form(path: &Path, header: &[u8]) -> Result<Form, Ended> {
    let tar = header.get(257..262) == Some(b"ustar");
    if header.starts_with(b"PGDMP") || tar {
        return Ok(Form::Archive);
    }
    if header.starts_with(&[0x1f, 0x8b]) || header.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Err(Ended::NotLooked {
            why: "the file is compressed as a whole".to_owned(),
            next: "Unpack it, or dump with `pg_dump -Fc`, which compresses by itself.".to_owned(),
        });
    }
    if contains(header, b"PostgreSQL database cluster dump") {
        return Err(Ended::unreadable(
            path,
            "it is of pg_dumpall, with roles and all databases of a server, and cannot be restored beside them",
        ));
    }
    if contains(header, b"PostgreSQL database dump") {
        return Ok(Form::Plain);
    }
    let words = match header.is_empty() {
        true => "the file is empty",
        false => "it is no dump of pg_dump: neither an archive nor a script that begins as one",
    };
    Err(Ended::unreadable(path, words))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The time in a plain dump that was made with `--verbose`, if it is in UTC: a name of another zone may be
/// anybody's.
fn started(header: &str) -> Option<Timestamp> {
    let mut lines = header.lines();
    moment(lines.find_map(|line| line.strip_prefix("-- Started on "))?)
}

/// The time in the table of contents of an archive, which `pg_restore` was told to give in UTC.
fn created(contents: &str) -> Option<Timestamp> {
    let mut lines = contents.lines();
    moment(lines.find_map(|line| line.strip_prefix("; Archive created at "))?)
}

fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = text.strip_suffix("UTC").or(text.strip_suffix("GMT"))?;
    let moment: DateTime = text.trim().parse().ok()?;
    let zoned = moment.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// The table of contents of an archive, by the first `pg_restore` that reads it.
async fn contents(path: &Path, limit: Duration) -> Result<(PathBuf, String), Ended> {
    let mut last = None;
    for program in programs::restorers() {
        let listing = command(&program).arg("-l").arg(path).output();
        match timeout(limit, listing).await {
            Ok(Ok(output)) if output.status.success() => {
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                return Ok((program, text));
            }
            Ok(Ok(output)) => {
                let said = said(&output.stderr);
                // Another one may be newer.
                if !said.contains("unsupported version") {
                    return Err(Ended::unreadable(path, said));
                }
                last = Some(said);
            }
            Ok(Err(error)) => last = Some(error.to_string()),
            Err(_) => last = Some("it took too long to list what is in it".to_owned()),
        }
    }
    Err(Ended::NotLooked {
        why: match last {
            Some(said) => format!("no `pg_restore` of this machine reads it ({said})"),
            None => "it is an archive, and there is no `pg_restore` on this machine".to_owned(),
        },
        next: "Install PostgreSQL's client programs, as new as the server, or dump a plain script (`pg_dump -Fp`)."
            .to_owned(),
    })
}

/// The last line that a program said, without its own name.
fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.trim().lines().next_back().unwrap_or_default();
    let line = line.strip_prefix("pg_restore: ").unwrap_or(line);
    let line = line.strip_prefix("error: ").unwrap_or(line);
    match line {
        "" => "pg_restore fails and does not say why".to_owned(),
        line => format!("pg_restore says: {line}"),
    }
}

/// Restores it, and holds its rows against the candidate's.
async fn restored(
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
        (Form::Archive, Some(program)) => of_archive(program, path, scratch, limit).await?,
        _ => of_script(path, scratch, limit).await?,
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

fn left_out(done: &Restored) -> String {
    match done.left_out.as_slice() {
        [] => String::new(),
        list => format!(", without {}", list.join(", ")),
    }
}

fn not_counted(error: crate::database::DatabaseError) -> Ended {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_says_when_it_was_made_if_it_says_it_in_utc() {
        let at = |text: &str| text.parse::<Timestamp>().ok();
        let contents = ";\n; Archive created at 2026-11-22 21:10:09 UTC\n;     dbname: postgres\n";
        assert_eq!(created(contents), at("2026-11-22T21:10:09Z"));
        assert_eq!(created("; Archive created at some time\n"), None);
        let header =
            "--\n-- PostgreSQL database dump\n--\n\n-- Started on 2026-11-22 21:10:09 GMT\n";
        assert_eq!(started(header), at("2026-11-22T21:10:09Z"));
        assert_eq!(started("-- Started on 2026-11-22 21:10:09 AEST\n"), None);
    }
}
