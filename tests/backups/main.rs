//! Backups as they are looked at: exports (`export`) and what the real pg_dump writes (`dump`), restored into
//! databases of a real PostgreSQL, whole, damaged, old and of another day; and those of the sandbox, which are sound
//! (`sandbox`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test they are how it fails"
)]

mod dump;
mod export;
mod sandbox;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cutover::backups::{self, Asked, Kept, PageIndex};
use cutover::database::{Given, Session};
use cutover::record::{FindingKind, Inspection, Weight};
use cutover::sandbox::postgres::{Options, Server, start};
use jiff::Timestamp;
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

const LIMIT: Duration = Duration::from_secs(30);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const KEPT: Kept<'static> = Kept {
    duration: Duration::from_secs(30 * 24 * 60 * 60),
    place: "a shelf",
};

/// A server with the candidate's database and a scratch database.
struct World {
    server: Server,
    folder: tempfile::TempDir,
    has_scratch: Cell<bool>,
}

impl World {
    async fn start(statements: &str) -> Self {
        let world = Self {
            server: start(Options::default()).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
            has_scratch: Cell::new(false),
        };
        world.run(statements).await;
        world
    }

    async fn run(&self, statements: &str) {
        run(self.server.url(), statements).await;
    }

    fn url_of(&self, database: &str) -> String {
        let mut url = url::Url::parse(self.server.url()).unwrap();
        url.set_path(database);
        url.to_string()
    }

    /// An empty database, the same each time.
    async fn scratch(&self) -> String {
        let url = self.url_of("scratch");
        if self.has_scratch.replace(true) {
            run(&url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
        } else {
            self.run("CREATE DATABASE scratch TEMPLATE template0").await;
        }
        url
    }

    async fn candidate(&self) -> Session {
        Session::connect(&given(self.server.url()), LIMIT)
            .await
            .unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the real pg_dump.
    fn dump(&self, name: &str, options: &[&str]) -> PathBuf {
        let path = self.path(name);
        dump_of(self.server.url(), &path, options);
        path
    }

    /// Looks at a dump, with an empty scratch database.
    async fn look_at(&self, dump: &Path) -> Inspection {
        let scratch = given(&self.scratch().await);
        let mut candidate = self.candidate().await;
        let mut asked = nothing();
        asked.dump = Some(dump);
        asked.scratch = Some(&scratch);
        asked.candidate = Some(&mut candidate);
        let seen = backups::look(asked).await;
        candidate.close().await;
        without_export(seen)
    }

    async fn end(self) {
        self.server.stop().await.unwrap();
    }
}

/// Runs the real pg_dump; what stands in the query of the URL is for other clients.
fn dump_of(url: &str, path: &Path, options: &[&str]) {
    let mut url = url::Url::parse(url).unwrap();
    url.set_query(None);
    let mut command = Command::new(pg_dump());
    command.args(options).arg("-f").arg(path).arg(url.as_str());
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
}

async fn run(url: &str, statements: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let running = sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection);
    running.await.unwrap();
    connection.close().await.unwrap();
}

fn given(url: &str) -> Given {
    Given::parse(&SecretString::from(url)).unwrap()
}

fn nothing<'a>() -> Asked<'a> {
    Asked {
        export: None,
        dump: None,
        max_age: DAY,
        now: Timestamp::now(),
        kept: Some(KEPT),
        pages: None,
        candidate: None,
        scratch: None,
        limit: LIMIT,
    }
}

/// Without what is said of an export that nobody asked for.
fn without_export(mut seen: Inspection) -> Inspection {
    seen.not_looked_at
        .retain(|gap| gap.what != "the export of Notion");
    seen
}

fn told(seen: &Inspection) -> Vec<(FindingKind, Weight)> {
    let findings = seen.findings.iter();
    findings
        .map(|finding| (finding.kind, finding.weight))
        .collect()
}

/// The newest one of this machine: an old one does not read a newer server.
fn pg_dump() -> PathBuf {
    let packages = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<PathBuf> = packages.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    let mut programs = folders.into_iter().map(|folder| folder.join("pg_dump"));
    programs
        .find(|program| program.is_file())
        .expect("pg_dump is not installed; run .ci/install")
}
