//! What is done to a running server from beside: a dump of its database, and empty databases on it.
//!
//! Why: a check of backups needs a dump that a real `pg_dump` made, and somewhere to restore one into.
//! Both are made only when somebody asks, from whatever thread and runtime, since most runs need
//! neither. An empty database goes when its server goes, or with our own on a shared one.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::process::Command;
use tokio::time::timeout;
use url::Url;

use super::account::isolate;
use super::cluster::Cluster;
use super::error::Searched;
use super::shared::{Given, Shared};
use super::{PostgresError, random_hex, tail};

const PG_DUMP: &str = "pg_dump";
const DUMP_LIMIT: Duration = Duration::from_secs(60);
const OUTPUT_LINES: usize = 20;

/// How a dump is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DumpFormat {
    /// Statements, as `psql` reads them.
    Plain,
    /// The archive that `pg_restore` reads.
    Custom,
}

impl DumpFormat {
    fn option(self) -> &'static str {
        match self {
            Self::Plain => "--format=plain",
            Self::Custom => "--format=custom",
        }
    }
}

/// Dumps a server's database, and makes empty ones beside it. It does not keep the server alive.
#[derive(Debug, Clone)]
pub struct Admin {
    url: SecretString,
    /// Where the server's programs lie, if it is ours.
    programs: Option<PathBuf>,
    /// Of a shared server, where nothing else would remove them.
    beside: Option<Beside>,
}

/// The databases that were made on a shared server beside the first; each goes when it is dropped.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    given: Given,
    made: Arc<Mutex<Vec<Shared>>>,
}

impl Beside {
    pub(super) fn of(shared: &Shared) -> Self {
        Self {
            given: shared.given().clone(),
            made: Arc::default(),
        }
    }

    async fn make(&self) -> Result<SecretString, PostgresError> {
        let (shared, _) = Shared::create_at(self.given.clone()).await?;
        let url = SecretString::from(shared.url());
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.push(shared);
        Ok(url)
    }

    /// Drops every one, and tells the first failure.
    pub(super) async fn drop_databases(&self) -> Result<(), PostgresError> {
        let made = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *made)
        };
        let mut all = Ok(());
        for shared in made {
            all = all.and(shared.drop_database().await);
        }
        all
    }
}

impl Admin {
    pub(super) fn of_cluster(cluster: &Cluster, programs: &Path) -> Self {
        Self {
            url: cluster.url().into(),
            programs: Some(programs.to_owned()),
            beside: None,
        }
    }

    pub(super) fn of_shared(shared: &Shared) -> Self {
        Self {
            url: shared.url().into(),
            programs: None,
            beside: Some(Beside::of(shared)),
        }
    }

    /// What has to be dropped before the server's own database.
    pub(super) fn beside(&self) -> Option<&Beside> {
        self.beside.as_ref()
    }

    /// Writes a dump of the server's database, as it is now, to this file: what a real `pg_dump`
    /// writes, the one beside the server's programs or else the first on `PATH`.
    ///
    /// # Errors
    /// When there is no `pg_dump`, or it fails; no file is left then.
    pub async fn dump(&self, path: &Path, format: DumpFormat) -> Result<(), PostgresError> {
        let program = pg_dump(
            self.programs.as_deref(),
            std::env::var_os("PATH").as_deref(),
        )?;
        let (url, password) = without_password(&self.url)?;
        let mut command = Command::new(&program);
        isolate(&mut command);
        command
            // A command line can be read by everybody, an environment by its owner alone.
            .env("PGPASSWORD", password.expose_secret())
            .arg(format.option())
            .arg("--file")
            .arg(path)
            .arg("--dbname")
            .arg(url)
            .kill_on_drop(true);
        let output = timeout(DUMP_LIMIT, command.output())
            .await
            .map_err(|_| PostgresError::TooSlow {
                what: PG_DUMP.to_owned(),
                limit: DUMP_LIMIT,
            })?
            .map_err(|source| PostgresError::io("run", &program, source))?;
        if output.status.success() {
            return Ok(());
        }
        // Half a dump looks like one; where none was begun there is nothing to remove.
        let _ = std::fs::remove_file(path);
        Err(PostgresError::Dump {
            program,
            output: tail(&String::from_utf8_lossy(&output.stderr), OUTPUT_LINES),
        })
    }

    /// Makes an empty database on the same server, another one each time, and returns its URL, which
    /// holds a password.
    ///
    /// # Errors
    /// When the server is gone or refuses.
    pub async fn scratch_url(&self) -> Result<SecretString, PostgresError> {
        match &self.beside {
            Some(beside) => beside.make().await,
            None => self.make().await,
        }
    }

    async fn make(&self) -> Result<SecretString, PostgresError> {
        let name = format!("scratch_{}", &random_hex()?[..16]);
        let failed = |source| PostgresError::Scratch { source };
        let options: PgConnectOptions = self.url.expose_secret().parse().map_err(failed)?;
        let mut connection = options.connect().await.map_err(failed)?;
        let statement = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        let made = sqlx::raw_sql(AssertSqlSafe(statement));
        made.execute(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        let mut url = parsed(&self.url)?;
        url.set_path(&name);
        Ok(String::from(url).into())
    }
}

/// The program in the first of these folders that holds it.
fn pg_dump(beside: Option<&Path>, path: Option<&OsStr>) -> Result<PathBuf, PostgresError> {
    let mut searched = Searched::default();
    let on_path = path.map(std::env::split_paths).into_iter().flatten();
    // A relative entry would run whatever lies in the current folder.
    let on_path = on_path.filter(|folder| folder.is_absolute());
    for folder in beside.map(Path::to_owned).into_iter().chain(on_path) {
        let program = folder.join(PG_DUMP);
        if program.is_file() {
            return Ok(program);
        }
        searched.note(folder.display().to_string(), "no pg_dump");
    }
    Err(PostgresError::NoDump { searched })
}

/// A URL that may stand on a command line, and the password that was in it.
fn without_password(url: &SecretString) -> Result<(String, SecretString), PostgresError> {
    let mut shown = parsed(url)?;
    let password = percent_decode_str(shown.password().unwrap_or_default()).decode_utf8_lossy();
    let password = SecretString::from(password.into_owned());
    // Fails for a URL without a host only, which can hold no password either.
    let _ = shown.set_password(None);
    Ok((shown.into(), password))
}

fn parsed(url: &SecretString) -> Result<Url, PostgresError> {
    let unusable = |error: url::ParseError| PostgresError::Url {
        why: error.to_string(),
    };
    Url::parse(url.expose_secret()).map_err(unusable)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_dump_is_made_by_the_program_beside_the_server_and_else_by_the_first_on_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        for name in ["server", "empty", "first", "second"] {
            fs::create_dir(place(name)).unwrap();
        }
        for name in ["server", "first", "second"] {
            fs::write(place(name).join(PG_DUMP), "").unwrap();
        }
        let path = std::env::join_paths(["empty", "first", "second"].map(place)).unwrap();
        let found = |beside: &str| pg_dump(Some(&place(beside)), Some(&path)).unwrap();
        assert_eq!(found("server"), place("server").join(PG_DUMP));
        assert_eq!(found("empty"), place("first").join(PG_DUMP));
        let error = pg_dump(Some(&place("empty")), None)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("pg_dump") && error.contains("empty"),
            "{error}"
        );
    }

    #[test]
    fn a_password_leaves_the_url_and_is_decoded() {
        let url = SecretString::from("postgres://me:s%40cret@localhost:5432/main?sslmode=disable");
        let (shown, password) = without_password(&url).unwrap();
        assert_eq!(shown, "postgres://me@localhost:5432/main?sslmode=disable");
        assert_eq!(password.expose_secret(), "s@cret");
    }
}
