//! The process that clears a server away, whatever becomes of the harness.
//!
//! A harness that is killed with SIGKILL runs no code of its own any more, and `PR_SET_PDEATHSIG`
//! fires when the spawning *thread* ends, which in an async runtime is the wrong moment. So a small
//! shell waits on a pipe: the kernel closes the harness's end however the harness dies. There is only
//! one way of clearing away: an orderly stop closes the pipe too, and so does a dropped server; the
//! sweep runs the same script without waiting. What has to work after a crash is thus run every day.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

use super::PostgresError;

const SCRIPT: &str = include_str!("watchdog.sh");

/// The script gives the server 3 s for each of three signals; this leaves room for a slow disk.
const PATIENCE: Duration = Duration::from_secs(30);

/// A shell that waits for this process to end or to let go.
#[derive(Debug)]
pub(super) struct Watchdog {
    shell: Child,
    pipe: ChildStdin,
}

impl Watchdog {
    /// Sets a watchdog on the folder `home`, before anything is started in it.
    pub(super) fn set(home: &Path) -> io::Result<Self> {
        let mut shell = command(home).stdin(Stdio::piped()).spawn()?;
        let pipe = shell.stdin.take();
        let pipe = pipe.ok_or_else(|| io::Error::other("the watchdog has no standard input"))?;
        Ok(Self { shell, pipe })
    }

    /// Its process id; `None` once it has ended.
    pub(super) fn pid(&self) -> Option<u32> {
        self.shell.id()
    }

    /// Lets it stop the server and remove `home`, and waits until it has. Should somebody have
    /// killed the watchdog, another does its work.
    pub(super) async fn release(self, home: &Path) -> Result<(), PostgresError> {
        let Self { mut shell, pipe } = self;
        drop(pipe);
        let ended = timeout(PATIENCE, shell.wait()).await;
        if ended.is_ok_and(|status| status.is_ok_and(|it| it.success())) && !home.exists() {
            return Ok(());
        }
        clear(home).await
    }
}

/// Stops the server in `home`, if one runs, and removes the folder.
pub(super) async fn clear(home: &Path) -> Result<(), PostgresError> {
    let mut shell = command(home)
        .stdin(Stdio::null())
        .spawn()
        .map_err(|source| PostgresError::io("run", "sh", source))?;
    let ended = timeout(PATIENCE, shell.wait()).await;
    if ended.is_err() || home.exists() {
        return Err(PostgresError::Leftover {
            home: home.to_owned(),
        });
    }
    Ok(())
}

fn command(home: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", SCRIPT, "cutover-watchdog"])
        .arg(home)
        .current_dir("/")
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::{Watchdog, clear};

    #[tokio::test]
    async fn a_process_that_only_has_the_number_in_the_pid_file_is_left_alone() {
        let scratch = tempfile::tempdir().unwrap();
        let home = scratch.path().join("home");
        fs::create_dir_all(home.join("server/data")).unwrap();
        let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
        let pid_file = home.join("server/data/postmaster.pid");
        fs::write(pid_file, format!("{}\n", stranger.id())).unwrap();

        clear(&home).await.unwrap();

        assert!(!home.exists());
        assert!(
            stranger.try_wait().unwrap().is_none(),
            "the stranger was hit"
        );
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }

    #[tokio::test]
    async fn a_pid_file_of_nonsense_does_not_keep_the_folder() {
        let scratch = tempfile::tempdir().unwrap();
        let home = scratch.path().join("home");
        fs::create_dir_all(home.join("server/data")).unwrap();
        fs::write(home.join("server/data/postmaster.pid"), "-1\n").unwrap();
        clear(&home).await.unwrap();
        assert!(!home.exists());
    }

    #[tokio::test]
    async fn a_watchdog_that_was_killed_is_replaced_when_it_is_needed() {
        let scratch = tempfile::tempdir().unwrap();
        let home = scratch.path().join("home");
        fs::create_dir(&home).unwrap();
        let mut watchdog = Watchdog::set(&home).unwrap();
        watchdog.shell.kill().await.unwrap();
        watchdog.release(&home).await.unwrap();
        assert!(!home.exists());
    }
}
