//! One database cluster of our own: `initdb`, a server on it, and its end.
//!
//! A benchmark must not measure a database whose durability is switched off. So the server keeps its
//! defaults: `--no-sync` spares `initdb` alone, and data checksums, which are on or off by version, are
//! set explicitly. A watchdog is set before anything is started; whatever happens from then on,
//! including an error here, ends in its clearing away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions as _, PgConnection};
use tokio::process::Child;
use tokio::time::{Instant, sleep, timeout};

use super::account::Account;
use super::binaries::Binaries;
use super::home::Home;
use super::watchdog::Watchdog;
use super::{PostgresError, random_hex, tail};

const SUPERUSER: &str = "cutover";
const DATABASE: &str = "postgres";

const INITDB_LIMIT: Duration = Duration::from_secs(60);
const READY_POLL: Duration = Duration::from_millis(5);
/// How often another process may snatch the port between its choice and its use.
const PORT_ATTEMPTS: u32 = 5;
const LOG_LINES: usize = 20;

/// A running server. Dropped, its watchdog clears it away.
#[derive(Debug)]
pub(super) struct Cluster {
    home: Home,
    watchdog: Watchdog,
    process: Child,
    password: String,
    port: u16,
}

impl Cluster {
    /// Starts a server in a new folder of `scratch`, and returns it with a first connection.
    pub(super) async fn start(
        binaries: &Binaries,
        account: &Account,
        scratch: &Path,
        start_limit: Duration,
    ) -> Result<(Self, PgConnection), PostgresError> {
        let mut home = Home::create(scratch, account)?;
        let watchdog = Watchdog::set(home.path())
            .map_err(|source| PostgresError::io("start the watchdog for", home.path(), source))?;
        home.note("harness", Some(std::process::id()))?;
        home.note("watchdog", watchdog.pid())?;
        let started = boot(binaries, account, &home, start_limit).await;
        match started {
            Ok(Booted {
                process,
                password,
                port,
                connection,
            }) => {
                let cluster = Self {
                    home,
                    watchdog,
                    process,
                    password,
                    port,
                };
                Ok((cluster, connection))
            }
            Err(error) => {
                // The first error is the one to tell; a failed clean-up is left to the next sweep.
                if let Err(leftover) = watchdog.release(home.path()).await {
                    tracing::warn!("{leftover}");
                }
                Err(error)
            }
        }
    }

    /// For clients; it holds the password.
    pub(super) fn url(&self) -> String {
        let (password, port) = (&self.password, self.port);
        // The server has no TLS, so a client need not ask for it on each new connection.
        format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/{DATABASE}?sslmode=disable")
    }

    /// The server's folder.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The data directory.
    pub(super) fn data(&self) -> PathBuf {
        self.home.data()
    }

    /// Stops the server and removes its folder.
    pub(super) async fn stop(mut self) -> Result<(), PostgresError> {
        self.watchdog.release(self.home.path()).await?;
        // The server has ended; this takes its entry out of the process table.
        self.process
            .wait()
            .await
            .map_err(|source| PostgresError::io("await the server in", self.home.path(), source))?;
        Ok(())
    }
}

struct Booted {
    process: Child,
    password: String,
    port: u16,
    connection: PgConnection,
}

async fn boot(
    binaries: &Binaries,
    account: &Account,
    home: &Home,
    limit: Duration,
) -> Result<Booted, PostgresError> {
    let password = random_hex()?;
    initdb(binaries, account, home, &password).await?;
    let mut attempt = 1;
    loop {
        let port = free_port().map_err(|it| PostgresError::io("bind to", "127.0.0.1", it))?;
        let mut process = spawn(binaries, account, home, port)?;
        match ready(&mut process, &password, port, limit).await {
            Ok(connection) => {
                return Ok(Booted {
                    process,
                    password,
                    port,
                    connection,
                });
            }
            Err(NotReady::Ended) if attempt < PORT_ATTEMPTS && is_taken(port) => attempt += 1,
            Err(not_ready) => {
                return Err(PostgresError::Start {
                    reason: not_ready.describe(limit),
                    log: log_tail(home),
                });
            }
        }
    }
}

async fn initdb(
    binaries: &Binaries,
    account: &Account,
    home: &Home,
    password: &str,
) -> Result<(), PostgresError> {
    let password_file = home.server().join("password");
    write_secret(&password_file, password, account)
        .map_err(|source| PostgresError::io("write", &password_file, source))?;
    let program = binaries.initdb();
    let mut command = account.command(&program);
    command
        .arg("-D")
        .arg(home.data())
        .args(["-U", SUPERUSER, "--encoding=UTF8", "--locale=C"])
        .args(["--auth=scram-sha-256", "--data-checksums", "--no-sync"])
        .arg("--pwfile")
        .arg(&password_file)
        .kill_on_drop(true);
    let output = timeout(INITDB_LIMIT, command.output())
        .await
        .map_err(|_| PostgresError::TooSlow {
            what: "initdb".to_owned(),
            limit: INITDB_LIMIT,
        })?
        .map_err(|source| PostgresError::io("run", &program, source))?;
    fs::remove_file(&password_file)
        .map_err(|source| PostgresError::io("remove", &password_file, source))?;
    if output.status.success() {
        return Ok(());
    }
    Err(PostgresError::Initdb {
        program,
        account: account.name().to_owned(),
        data: home.data(),
        output: tail(&String::from_utf8_lossy(&output.stderr), LOG_LINES),
    })
}

/// A command line can be read by everybody, so `initdb` gets the password in a file.
fn write_secret(path: &Path, secret: &str, account: &Account) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(secret.as_bytes())?;
    account.give(path, 0o600)
}

/// A port that is free at this moment; PostgreSQL cannot be told to choose one.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

fn is_taken(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

fn spawn(
    binaries: &Binaries,
    account: &Account,
    home: &Home,
    port: u16,
) -> Result<Child, PostgresError> {
    let failed = |source| PostgresError::io("open", home.log(), source);
    let log = File::options()
        .create(true)
        .append(true)
        .open(home.log())
        .map_err(failed)?;
    let errors = log.try_clone().map_err(failed)?;
    // A list of quoted names; an empty one means no socket.
    let socket = home.socket_folder().map_or_else(String::new, |folder| {
        format!("\"{}\"", folder.display().to_string().replace('"', "\"\""))
    });
    let program = binaries.postgres();
    account
        .command(&program)
        .arg("-D")
        .arg(home.data())
        .args(["-c", "listen_addresses=127.0.0.1"])
        .args(["-c", &format!("port={port}")])
        .args(["-c", &format!("unix_socket_directories={socket}")])
        .stdout(Stdio::from(log))
        .stderr(Stdio::from(errors))
        .spawn()
        .map_err(|source| PostgresError::io("run", &program, source))
}

/// Why a server that was spawned cannot be used.
enum NotReady {
    Ended,
    Late(Option<sqlx::Error>),
}

impl NotReady {
    fn describe(&self, limit: Duration) -> String {
        let late = format!("it took no connection within {} s", limit.as_secs());
        match self {
            Self::Ended => "it ended at once".to_owned(),
            Self::Late(None) => late,
            Self::Late(Some(error)) => format!("{late} ({error})"),
        }
    }
}

/// Connects until the server answers, ends, or has had its time.
async fn ready(
    process: &mut Child,
    password: &str,
    port: u16,
    limit: Duration,
) -> Result<PgConnection, NotReady> {
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .username(SUPERUSER)
        .password(password)
        .database(DATABASE)
        .ssl_mode(PgSslMode::Disable);
    let deadline = Instant::now() + limit;
    let mut last_error = None;
    loop {
        match tokio::time::timeout_at(deadline, options.connect()).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => last_error = Some(error),
            Err(_) => return Err(NotReady::Late(last_error)),
        }
        if !matches!(process.try_wait(), Ok(None)) {
            return Err(NotReady::Ended);
        }
        sleep(READY_POLL).await;
    }
}

fn log_tail(home: &Home) -> String {
    let log = fs::read(home.log()).unwrap_or_default();
    tail(&String::from_utf8_lossy(&log), LOG_LINES)
}
