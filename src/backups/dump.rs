//! The dump of the candidate: what it is, and when it was made. Whether it comes back is asked by `restoring`.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tokio::process::Command;
use tokio::time::timeout;

use super::age::{Ages, Written};
use super::restoring::{self, Restoring};
use super::{not_looked, programs};
use crate::record::{Finding, FindingKind, Inspection, Weight};

const WHAT: &str = "the dump of the candidate";
const AGAIN: &str = "Dump again (`pg_dump -Fc -f backups/tomos.dump \"$DIRECT_URL\"`), and see that the disk is not \
                     full.";
/// The beginning of a plain dump in which its date may stand.
const HEADER: u64 = 4096;

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A script of SQL.
    Plain,
    /// An archive for `pg_restore`: custom, tar, or a folder.
    Archive,
}

/// A dump that can be begun with.
pub(super) struct Opened {
    pub(super) form: Form,
    /// The `pg_restore` that reads it.
    pub(super) program: Option<PathBuf>,
    pub(super) written: Option<Written>,
    /// The major version of the server that it was made from.
    pub(super) major: Option<u32>,
}

/// Why a look ended.
pub(super) enum Ended {
    Found(Box<Finding>),
    NotLooked { why: String, next: String },
}

impl Ended {
    pub(super) fn found(
        kind: FindingKind,
        path: &Path,
        words: impl Into<String>,
        next: &str,
    ) -> Self {
        let subject = format!("{WHAT} ({})", path.display());
        let finding = Finding::of_one(kind, Weight::Refutes, subject, words, next);
        Self::Found(Box::new(finding))
    }

    pub(super) fn unreadable(path: &Path, words: impl Into<String>) -> Self {
        Self::found(FindingKind::BackupUnreadable, path, words, AGAIN)
    }
}

pub(super) async fn look(with: Restoring<'_>, ages: &Ages, seen: &mut Inspection) {
    let opened = match open(with.path, with.limit).await {
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
    if let Err(ended) = restoring::look(with, &opened, seen).await {
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
            major: major(&text),
        });
    }
    let (program, contents) = contents(path, limit).await?;
    Ok(Opened {
        form,
        program: Some(program),
        written: Written::of(created(&contents), path),
        major: major(&contents),
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

/// The major version of the server, in the words of a plain dump or of a table of contents.
fn major(header: &str) -> Option<u32> {
    let mut lines = header.lines();
    let version = lines
        .find_map(|line| line.split_once("Dumped from database version"))?
        .1;
    let digits = version
        .trim_start_matches([':', ' '])
        .split(|c: char| !c.is_ascii_digit());
    digits.into_iter().next()?.parse().ok()
}

fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = text.strip_suffix("UTC").or(text.strip_suffix("GMT"))?;
    let moment: DateTime = text.trim().parse().ok()?;
    let zoned = moment.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

pub(super) fn command(program: &Path) -> Command {
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
pub(super) fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.trim().lines().next_back().unwrap_or_default();
    let line = line.strip_prefix("pg_restore: ").unwrap_or(line);
    let line = line.strip_prefix("error: ").unwrap_or(line);
    match line {
        "" => "pg_restore fails and does not say why".to_owned(),
        line => format!("pg_restore says: {line}"),
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
        assert_eq!(
            major("-- Dumped from database version 17.2 (Debian)\n"),
            Some(17)
        );
        assert_eq!(
            major(";     Dumped from database version: 9.6.1\n"),
            Some(9)
        );
        assert_eq!(major("nothing of it\n"), None);
    }
}
