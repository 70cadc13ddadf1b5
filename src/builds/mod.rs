//! Starting the builds that are compared, and ending them: a command that serves, or a commit that is checked
//! out, built and started.
//!
//! What runs here is somebody else's, and may start children of its own, hang, or ignore a signal. So each
//! command has a process group of its own, and a group is ended as a whole, on every path: when it is asked
//! for, when an error or a panic drops it, and when this process is killed (`process`). A commit is checked out
//! beside the repository, never in it (`worktree`).
//!
//! ```text
//! revision -> check_out -> build ┐
//!                       command -> start -> Serving { url } -> stop
//! ```

mod process;
mod worktree;

pub use process::{Serving, build, run, start};
pub use worktree::{Checkout, check_out};

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a build could not be had, or not be ended.
#[derive(Debug, Error)]
pub enum BuildError {
    /// A program cannot be started.
    #[error("`{command}` cannot be started: {source}")]
    Start {
        /// The command.
        command: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A server ended before it was ready, or a command that builds failed.
    #[error("`{command}` ended with {how}; its last words, of {}:{tail}", log.display())]
    Ended {
        /// The command.
        command: String,
        /// Its exit code or signal.
        how: String,
        /// Where all its output is.
        log: PathBuf,
        /// The last lines of that, each on a line of its own.
        tail: String,
    },
    /// A server does not answer.
    #[error(
        "`{command}` answers nothing at {url} after {waited_s:.0} s; it must serve http://127.0.0.1:$PORT, and \
         --ready-path and --start-timeout say where and how long it is waited for. Its last words, of {}:{tail}",
        log.display()
    )]
    NotReady {
        /// The command.
        command: String,
        /// What was asked.
        url: String,
        /// How long.
        waited_s: f64,
        /// Where all its output is.
        log: PathBuf,
        /// The last lines of that, each on a line of its own.
        tail: String,
    },
    /// Git refused.
    #[error("`git {command}` failed: {said}")]
    Git {
        /// What was asked of it.
        command: String,
        /// What it said.
        said: String,
    },
    /// The clone may not have the commit.
    #[error(
        "there is no commit `{revision}` here, and this is a shallow clone, which leaves commits out: fetch more of \
         them (`git fetch --unshallow`, or in a GitHub job `fetch-depth: 2` of actions/checkout, in a GitLab job \
         `GIT_DEPTH: 2`; 0 for all). Git says: {said}"
    )]
    Shallow {
        /// What was asked for.
        revision: String,
        /// What git said.
        said: String,
    },
    /// It is still running.
    #[error("`{command}` could not be ended; its process group is {group}")]
    StillThere {
        /// The command.
        command: String,
        /// The group's id.
        group: u32,
    },
    /// The system refused something else.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// The reason.
        source: io::Error,
    },
}

impl BuildError {
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |source| Self::Io { what, source }
    }
}
