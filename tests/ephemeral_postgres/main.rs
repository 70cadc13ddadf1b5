//! The ephemeral PostgreSQL, for real: servers are started, killed and looked for.
//!
//! Some tests need a harness that they can kill, or one that runs as another user. They run this very
//! executable again with the one test that plays that part; those parts are `#[ignore]`d by themselves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "what the tests share is test code too, though clippy sees it outside of a test"
)]

mod binaries;
mod lifecycle;
mod shared;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cutover::sandbox::postgres::{Options, Server, start};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const SCRATCH_VARIABLE: &str = "CUTOVER_TEST_SCRATCH";
const URL_VARIABLE: &str = "CUTOVER_TEST_URL";

/// How long clearing away may take before a test gives up; it takes about 100 ms.
const PATIENCE: Duration = Duration::from_secs(20);

/// A scratch folder of its own for each test, so that no test sweeps another's servers.
fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    folder
}

async fn start_in(scratch: &Path) -> Server {
    start(Options {
        scratch: Some(scratch.to_owned()),
        ..Options::default()
    })
    .await
    .unwrap()
}

async fn scalar(url: &str, statement: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query_scalar(AssertSqlSafe(statement))
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

async fn run(url: &str, statement: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .unwrap();
}

fn server_pid(folder: &Path) -> u32 {
    let file = fs::read_to_string(folder.join("server/data/postmaster.pid")).unwrap();
    file.lines().next().unwrap().parse().unwrap()
}

/// Whether the process runs; one that has ended and was not awaited yet does not.
fn runs(pid: u32) -> bool {
    let state = Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8(state.stdout).unwrap();
    !state.trim().is_empty() && !state.starts_with('Z')
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn kill_hard(pid: u32) {
    let status = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(status.unwrap().success());
}

/// Another run of this executable that plays the part named `test`.
fn part(executable: &Path, test: &str) -> Command {
    let mut command = Command::new(executable);
    command
        .args([
            "--exact",
            test,
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .stdin(Stdio::null());
    command
}

fn this_executable() -> PathBuf {
    std::env::current_exe().unwrap()
}

fn given_scratch() -> PathBuf {
    std::env::var_os(SCRATCH_VARIABLE).unwrap().into()
}

/// A harness that holds a server until it is killed.
struct Holder {
    process: Child,
    told: Vec<String>,
}

impl Holder {
    fn start(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // The test runner may print the test's name on the same line, without ending it.
        let told = lines
            .map(Result::unwrap)
            .find_map(|line| line.split_once("holding ").map(|(_, told)| told.to_owned()))
            .expect("the harness ended before it held a server");
        let told = told.split(' ').map(str::to_owned).collect();
        Self { process, told }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
