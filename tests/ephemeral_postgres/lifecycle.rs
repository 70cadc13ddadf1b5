//! From start to end, in every way in which a harness can end.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::{Connection as _, PgConnection};

use crate::{
    Holder, SCRATCH_VARIABLE, eventually, given_scratch, is_empty, kill_hard, part, run, runs,
    scalar, scratch, server_pid, start_in, this_executable,
};

#[tokio::test]
#[ignore = "a part that other tests start and kill"]
async fn part_holds_a_server() {
    let server = start_in(&given_scratch()).await;
    println!("\nholding {}", server.folder().unwrap().display());
    std::future::pending::<()>().await;
}

#[tokio::test]
#[ignore = "a part that another test runs as an ordinary user"]
async fn part_uses_a_server() {
    use_a_server(&given_scratch()).await;
}

async fn use_a_server(scratch: &Path) {
    let server = start_in(scratch).await;
    let folder = server.folder().unwrap().to_owned();
    let pid = server_pid(&folder);
    assert!(runs(pid));
    run(
        server.url(),
        "CREATE TABLE t (n bigint); INSERT INTO t VALUES (41), (1)",
    )
    .await;
    assert_eq!(
        scalar(server.url(), "SELECT sum(n)::bigint FROM t").await,
        42
    );

    server.stop().await.unwrap();

    assert!(!runs(pid));
    assert!(is_empty(scratch));
}

#[tokio::test]
async fn a_server_stores_rows_and_leaves_neither_process_nor_folder() {
    use_a_server(scratch().path()).await;
}

/// Root runs the other tests as root and this one as `nobody`; anybody else runs all as himself.
#[test]
fn an_ordinary_user_gets_a_server_too() {
    let scratch = scratch();
    let room = tempfile::tempdir().unwrap();
    fs::set_permissions(room.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // The build folder may be closed to `nobody`.
    let executable = room.path().join("tests");
    fs::copy(this_executable(), &executable).unwrap();
    let mut user = part(&executable, "lifecycle::part_uses_a_server");
    user.env(SCRATCH_VARIABLE, scratch.path()).current_dir("/");
    if id("-u", None) == 0 {
        user.uid(id("-u", Some("nobody")))
            .gid(id("-g", Some("nobody")));
    }
    let output = user.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    assert!(is_empty(scratch.path()));
}

fn id(which: &str, name: Option<&str>) -> u32 {
    let output = Command::new("id").arg(which).args(name).output().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn durability_is_at_its_defaults_and_the_facts_say_so() {
    let scratch = scratch();
    let server = start_in(scratch.path()).await;
    let facts = server.facts();
    assert_eq!(
        facts.durability,
        [
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "data_checksums=on"
        ]
    );
    assert!(facts.version.starts_with(|c: char| c.is_ascii_digit()));
    assert!(!facts.origin.is_empty());
    assert_eq!(
        facts.filesystem.is_some(),
        Path::new("/proc/mounts").exists()
    );
    let changed = "SELECT count(*) FROM pg_settings WHERE source = 'configuration file' \
                   AND name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum')";
    assert_eq!(scalar(server.url(), changed).await, 0);
    assert!(
        !format!("{server:?}").contains("postgres://"),
        "a URL holds a password"
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn only_the_password_opens_the_server_and_only_its_account_reads_the_data() {
    let scratch = scratch();
    let server = start_in(scratch.path()).await;
    let mut url = url::Url::parse(server.url()).unwrap();
    assert_eq!(url.host_str(), Some("127.0.0.1"));
    url.set_password(Some("guess")).unwrap();
    let refused = PgConnection::connect(url.as_str()).await.unwrap_err();
    let code = refused
        .as_database_error()
        .and_then(|it| it.code())
        .unwrap();
    assert_eq!(code, "28P01");
    let folder = server.folder().unwrap().join("server");
    for private in [folder.clone(), folder.join("data")] {
        let mode = fs::metadata(&private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", private.display());
    }
    assert!(!folder.join("password").exists());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn stop_does_not_wait_for_clients_to_leave() {
    let scratch = scratch();
    let server = start_in(scratch.path()).await;
    let mut client = PgConnection::connect(server.url()).await.unwrap();
    server.stop().await.unwrap();
    assert!(client.ping().await.is_err());
    assert!(is_empty(scratch.path()));
}

#[tokio::test]
async fn two_servers_live_side_by_side() {
    let scratch = scratch();
    let (one, other) = tokio::join!(start_in(scratch.path()), start_in(scratch.path()));
    assert_ne!(one.url(), other.url());
    one.stop().await.unwrap();
    assert_eq!(scalar(other.url(), "SELECT 1::bigint").await, 1);
    other.stop().await.unwrap();
    assert!(is_empty(scratch.path()));
}

#[tokio::test]
async fn a_dropped_server_leaves_nothing() {
    let scratch = scratch();
    let server = start_in(scratch.path()).await;
    let pid = server_pid(server.folder().unwrap());
    drop(server);
    eventually("folder gone", || is_empty(scratch.path()));
    assert!(!runs(pid));
}

#[test]
fn a_killed_harness_leaves_nothing() {
    let scratch = scratch();
    let mut command = part(&this_executable(), "lifecycle::part_holds_a_server");
    command.env(SCRATCH_VARIABLE, scratch.path());
    let mut holder = Holder::start(command);
    let pid = server_pid(Path::new(&holder.told[0]));
    assert!(runs(pid));
    holder.kill();
    eventually("folder gone", || is_empty(scratch.path()));
    assert!(!runs(pid));
}

#[test]
fn a_harness_killed_in_the_middle_of_its_start_leaves_nothing() {
    let scratch = scratch();
    let mut command = part(&this_executable(), "lifecycle::part_holds_a_server");
    command.env(SCRATCH_VARIABLE, scratch.path());
    let mut harness = command.stdout(Stdio::null()).spawn().unwrap();
    let initdb_is_at_work = || {
        let mut entries = fs::read_dir(scratch.path()).unwrap().flatten();
        entries.any(|home| home.path().join("server/data").exists())
    };
    eventually("initdb at work", initdb_is_at_work);
    harness.kill().unwrap();
    harness.wait().unwrap();
    let processes = || {
        let all = Command::new("ps").args(["-ww", "-eo", "args="]).output();
        String::from_utf8_lossy(&all.unwrap().stdout).into_owned()
    };
    let place = scratch.path().to_str().unwrap();
    eventually("processes gone", || !processes().contains(place));
    assert!(is_empty(scratch.path()));
}

#[tokio::test]
async fn the_next_start_sweeps_what_a_power_cut_left_and_spares_the_living() {
    let scratch = scratch();
    let living = start_in(scratch.path()).await;
    let mut command = part(&this_executable(), "lifecycle::part_holds_a_server");
    command.env(SCRATCH_VARIABLE, scratch.path());
    let mut holder = Holder::start(command);
    let orphan = PathBuf::from(&holder.told[0]);
    let pid = server_pid(&orphan);

    // The watchdog first, since it would clear away at the harness's death.
    let notes = fs::read_to_string(orphan.join("owner.lock")).unwrap();
    let watchdog = notes
        .lines()
        .find_map(|line| line.strip_prefix("watchdog "));
    kill_hard(watchdog.unwrap().parse().unwrap());
    holder.kill();
    assert!(
        runs(pid),
        "the orphan must outlive both, or this shows nothing"
    );

    let next = start_in(scratch.path()).await;
    assert!(!runs(pid));
    assert!(!orphan.exists());
    assert_eq!(scalar(living.url(), "SELECT 1::bigint").await, 1);
    next.stop().await.unwrap();
    living.stop().await.unwrap();
    assert!(is_empty(scratch.path()));
}
