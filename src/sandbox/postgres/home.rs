//! One folder for each server, and the lock that says whether its owner lives.
//!
//! ```text
//! <scratch>/cutover-pg-XXXXXXXX/   the harness's
//!     owner.lock                   the mark, locked for as long as the harness lives
//!     server.log
//!     server/                      the server account's, mode 0700: socket
//!         data/
//! ```
//!
//! The kernel drops a lock when its holder dies, so a lock that can be taken means an orphan; process
//! ids would be used anew. The lock is taken before the mark is written and a sweep takes it before it
//! reads the mark, so a folder in the making is never mistaken for an orphan.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::PostgresError;
use super::account::Account;

const PREFIX: &str = "cutover-pg-";
const LOCK: &str = "owner.lock";
const MARK: &str = "An ephemeral PostgreSQL of cutover. Its owner holds a lock on this file.\n";

/// A socket's address takes about 100 bytes: 104 on macOS, 108 on Linux, with the final zero.
const LONGEST_SOCKET_PATH: usize = 100;

/// A server's folder, held by this process.
#[derive(Debug)]
pub(super) struct Home {
    path: PathBuf,
    lock: File,
}

impl Home {
    /// Makes a folder in `scratch`, which must be a canonical path, and takes its lock.
    pub(super) fn create(scratch: &Path, account: &Account) -> Result<Self, PostgresError> {
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .rand_bytes(8)
            .tempdir_in(scratch)
            .map_err(|source| PostgresError::io("make a folder in", scratch, source))?;
        let path = made.path();
        let failed = |source| PostgresError::io("prepare", path, source);
        // The server's account has to pass through, but not to look around.
        fs::set_permissions(path, fs::Permissions::from_mode(0o711)).map_err(failed)?;
        let server = path.join("server");
        DirBuilder::new()
            .mode(0o700)
            .create(&server)
            .map_err(failed)?;
        account.give(&server, 0o700).map_err(failed)?;

        let mut lock = OpenOptions::new()
            .create_new(true)
            .read(true)
            .write(true)
            .open(path.join(LOCK))
            .map_err(failed)?;
        lock.lock().map_err(failed)?;
        lock.write_all(MARK.as_bytes()).map_err(failed)?;
        let path = made.keep();
        Ok(Self { path, lock })
    }

    /// The folders in `scratch` that are ours, whose owner is dead, and whose lock is now held here.
    /// Folders of other users are not ours, whatever they are called.
    pub(super) fn orphans(scratch: &Path, uid: u32) -> Vec<Self> {
        let Ok(entries) = fs::read_dir(scratch) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter(|entry| {
                entry
                    .file_name()
                    .as_encoded_bytes()
                    .starts_with(PREFIX.as_bytes())
            })
            .filter_map(|entry| Self::take_over(entry.path(), uid))
            .collect()
    }

    fn take_over(path: PathBuf, uid: u32) -> Option<Self> {
        let ours = fs::symlink_metadata(&path).ok()?;
        if !ours.is_dir() || ours.uid() != uid {
            return None;
        }
        let mut lock = File::open(path.join(LOCK)).ok()?;
        lock.try_lock().ok()?;
        let mut mark = String::new();
        lock.read_to_string(&mut mark).ok()?;
        mark.starts_with(MARK).then_some(Self { path, lock })
    }

    /// Notes who is concerned with this folder, for a person who finds it.
    pub(super) fn note(&mut self, who: &str, pid: Option<u32>) -> Result<(), PostgresError> {
        let pid = pid.map_or_else(|| "gone".to_owned(), |pid| pid.to_string());
        writeln!(self.lock, "{who} {pid}")
            .map_err(|source| PostgresError::io("write to", self.path.join(LOCK), source))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that belongs to the server's account.
    pub(super) fn server(&self) -> PathBuf {
        self.path.join("server")
    }

    pub(super) fn data(&self) -> PathBuf {
        self.server().join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("server.log")
    }

    /// Where the Unix socket goes; `None` when its address would be too long to be one.
    pub(super) fn socket_folder(&self) -> Option<PathBuf> {
        let socket = self.server().join(".s.PGSQL.65535");
        (socket.as_os_str().len() <= LONGEST_SOCKET_PATH).then(|| self.server())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, symlink};

    use super::{Home, LOCK, MARK, PREFIX};
    use crate::sandbox::postgres::account::{Account, effective_uid};

    #[tokio::test]
    async fn a_folder_is_an_orphan_only_when_its_owner_has_let_go() {
        let scratch = tempfile::tempdir().unwrap();
        let uid = effective_uid().await.unwrap();
        let account = Account::choose().await.unwrap();
        let home = Home::create(scratch.path(), &account).unwrap();
        assert!(Home::orphans(scratch.path(), uid).is_empty());

        let path = home.path().to_owned();
        drop(home);
        let orphans = Home::orphans(scratch.path(), uid);
        assert_eq!(orphans.len(), 1);
        assert_eq!(orphans[0].path(), path);
        assert!(
            Home::orphans(scratch.path(), uid).is_empty(),
            "two sweeps may not both have it"
        );
    }

    #[tokio::test]
    async fn what_is_not_ours_by_name_mark_kind_and_owner_is_no_orphan() {
        let scratch = tempfile::tempdir().unwrap();
        let uid = effective_uid().await.unwrap();
        let folder = |name: &str, mark: Option<&str>| {
            let path = scratch.path().join(name);
            fs::create_dir(&path).unwrap();
            if let Some(mark) = mark {
                fs::write(path.join(LOCK), mark).unwrap();
            }
            path
        };
        folder("another-pg-12345678", Some(MARK));
        folder(&format!("{PREFIX}unmarked"), None);
        folder(&format!("{PREFIX}inmaking"), Some(""));
        folder(&format!("{PREFIX}stranger"), Some("my own notes\n"));
        let linked = folder("linked", Some(MARK));
        symlink(&linked, scratch.path().join(format!("{PREFIX}linked"))).unwrap();
        assert!(Home::orphans(scratch.path(), uid).is_empty());

        let ours = folder(&format!("{PREFIX}12345678"), Some(MARK));
        assert_eq!(ours.metadata().unwrap().uid(), uid);
        assert_eq!(Home::orphans(scratch.path(), uid).len(), 1);
        assert!(Home::orphans(scratch.path(), uid + 1).is_empty());
    }

    #[tokio::test]
    async fn a_path_too_long_for_a_socket_gets_none() {
        let scratch = tempfile::tempdir().unwrap();
        let account = Account::choose().await.unwrap();
        let short = Home::create(scratch.path(), &account).unwrap();
        assert!(short.socket_folder().is_some());
        let deep = scratch.path().join("d".repeat(90));
        fs::create_dir(&deep).unwrap();
        let long = Home::create(&deep, &account).unwrap();
        assert!(long.socket_folder().is_none());
    }
}
