//! The ephemeral PostgreSQL, for real: servers are started, killed and looked for.
//!
//! Some tests need a harness that they can kill, or one that runs as another user. They run this very
//! executable again with the one test that plays that part; those parts are `#[ignore]`d by themselves.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cutover::sandbox::postgres::{
    Fetch, Options, PackageFolders, PostgresError, Search, Server, start,
};
use secrecy::SecretString;
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

#[tokio::test]
#[ignore = "a part that other tests start and kill"]
async fn part_holds_a_server() {
    let server = start_in(&given_scratch()).await;
    println!("\nholding {}", server.folder().unwrap().display());
    std::future::pending::<()>().await;
}

#[tokio::test]
#[ignore = "a part that other tests start and kill"]
async fn part_holds_a_shared_database() {
    let server = start_shared(&std::env::var(URL_VARIABLE).unwrap()).await;
    let url = url::Url::parse(server.url()).unwrap();
    println!("\nholding {}", &url.path()[1..]);
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
    let mut user = part(&executable, "part_uses_a_server");
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
    let mut command = part(&this_executable(), "part_holds_a_server");
    command.env(SCRATCH_VARIABLE, scratch.path());
    let mut holder = Holder::start(command);
    let pid = server_pid(Path::new(&holder.told[0]));
    assert!(runs(pid));
    holder.kill();
    eventually("folder gone", || is_empty(scratch.path()));
    assert!(!runs(pid));
}

#[tokio::test]
async fn the_next_start_sweeps_what_a_power_cut_left_and_spares_the_living() {
    let scratch = scratch();
    let living = start_in(scratch.path()).await;
    let mut command = part(&this_executable(), "part_holds_a_server");
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

/// A place for binaries that holds nothing but what a test puts there.
fn nowhere() -> Search {
    Search {
        path: None,
        packages: Vec::new(),
        cache: None,
        fetch: None,
    }
}

async fn start_with(search: Search, scratch: &Path) -> Result<Server, PostgresError> {
    start(Options {
        scratch: Some(scratch.to_owned()),
        search: Some(search),
        ..Options::default()
    })
    .await
}

fn script(path: &Path, body: &str) {
    fs::File::create(path)
        .unwrap()
        .write_all(format!("#!/bin/sh\n{body}\n").as_bytes())
        .unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn without_binaries_the_error_names_every_place_and_the_way_out() {
    let (scratch, machine) = (scratch(), scratch());
    let here = machine.path();
    fs::create_dir_all(here.join("lib/9.6/bin")).unwrap();
    fs::create_dir_all(here.join("alone")).unwrap();
    script(&here.join("alone/initdb"), "exit 0");
    for program in ["initdb", "postgres"] {
        let old = here.join("lib/9.6/bin").join(program);
        script(&old, "echo 'postgres (PostgreSQL) 9.6.24'");
    }
    let search = Search {
        path: Some(here.join("alone").into_os_string()),
        packages: vec![
            PackageFolders {
                parent: here.join("lib"),
                prefix: "",
            },
            PackageFolders {
                parent: here.join("opt"),
                prefix: "postgresql@",
            },
        ],
        cache: Some(here.join("cache")),
        fetch: Some(Fetch {
            package: "@embedded-postgres/none".to_owned(),
            program: here.join("no-npm").into_os_string(),
            arguments: Vec::new(),
        }),
    };
    let error = start_with(search, scratch.path()).await.unwrap_err();
    let PostgresError::NoBinaries { searched } = &error else {
        panic!("{error}");
    };
    let places: Vec<_> = searched.places().collect();
    assert_eq!(places.len(), 4, "{places:?}");
    assert!(places[0].0.ends_with("/alone") && places[0].1.contains("no postgres beside it"));
    assert!(places[1].0.ends_with("lib/9.6/bin") && places[1].1.contains("at least 13"));
    assert!(places[2].0.ends_with("opt/postgresql@*/bin"));
    assert!(places[3].0.contains("npm") && places[3].1.contains("no-npm"));
    let text = error.to_string();
    for (place, found) in places {
        assert!(text.contains(place) && text.contains(found), "{text}");
    }
    assert!(text.contains("apt-get install postgresql"), "{text}");
    assert!(is_empty(scratch.path()));
}

#[tokio::test]
async fn a_folder_that_was_asked_for_and_does_not_serve_is_an_error_and_no_hint() {
    let (scratch, empty) = (scratch(), scratch());
    let asked = start(Options {
        bin_dir: Some(empty.path().to_owned()),
        scratch: Some(scratch.path().to_owned()),
        ..Options::default()
    });
    let error = asked.await.unwrap_err();
    assert!(
        matches!(error, PostgresError::BinaryFolder { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("holds no initdb"), "{error}");
}

/// The folder of this machine's binaries, as the search finds it.
async fn real_binaries() -> PathBuf {
    let scratch = scratch();
    let server = start_in(scratch.path()).await;
    let data_folder = "SELECT 1::bigint FROM pg_config WHERE name = 'BINDIR'";
    assert_eq!(scalar(server.url(), data_folder).await, 1);
    let mut connection = PgConnection::connect(server.url()).await.unwrap();
    let folder: String = sqlx::query_scalar("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    server.stop().await.unwrap();
    folder.into()
}

#[tokio::test]
async fn links_on_the_path_are_followed_and_wrapper_scripts_work() {
    let real = real_binaries().await;
    let (scratch, wrapped) = (scratch(), scratch());
    for (folder, program) in [("links", "initdb"), ("links", "postgres")] {
        fs::create_dir_all(wrapped.path().join(folder)).unwrap();
        symlink(
            real.join(program),
            wrapped.path().join(folder).join(program),
        )
        .unwrap();
    }
    fs::create_dir(wrapped.path().join("scripts")).unwrap();
    for program in ["initdb", "postgres"] {
        // Without `exec`: the server is then a grandchild of the harness.
        let body = format!("{} \"$@\"\nexit $?", real.join(program).display());
        script(&wrapped.path().join("scripts").join(program), &body);
    }
    for folder in ["links", "scripts"] {
        let search = Search {
            path: Some(wrapped.path().join(folder).into_os_string()),
            ..nowhere()
        };
        let server = start_with(search, scratch.path()).await.unwrap();
        let pid = server_pid(server.folder().unwrap());
        let expected = if folder == "links" {
            &real
        } else {
            &wrapped.path().join(folder)
        };
        let expected = expected.canonicalize().unwrap();
        assert!(server.facts().origin.contains(expected.to_str().unwrap()));
        server.stop().await.unwrap();
        assert!(!runs(pid), "{folder}");
        assert!(is_empty(scratch.path()), "{folder}");
    }
}

/// A package like the registry's: scripts that call the real binaries, reached through a link that
/// only its list of links makes.
fn pack(folder: &Path, real: &Path) {
    let native = folder.join("package/native");
    fs::create_dir_all(native.join("bin")).unwrap();
    fs::create_dir_all(native.join("lib")).unwrap();
    for program in ["initdb", "postgres"] {
        let wrapper = native.join("bin").join(program);
        script(
            &wrapper,
            &format!(
                "here=$(dirname \"$0\")\ntest -f \"$here/../lib/libpq.so\" || exit 9\n\
                 exec {}/{program} \"$@\"",
                real.display()
            ),
        );
        fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o644)).unwrap();
    }
    fs::write(native.join("lib/libpq.so.5.18"), "").unwrap();
    let links = r#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so"}]"#;
    fs::write(native.join("pg-symlinks.json"), links).unwrap();
    let manifest = r#"{"name": "@embedded-postgres/test", "version": "1.2.3"}"#;
    fs::write(folder.join("package/package.json"), manifest).unwrap();
    let packed = Command::new("tar")
        .args(["-czf", "package.tgz", "package"])
        .current_dir(folder)
        .status();
    assert!(packed.unwrap().success());
}

/// Fetches by copying `archive`, and leaves a line in `count` each time.
fn copying(archive: &Path, count: &Path) -> Fetch {
    let command = format!("echo >>{}; cp {} .", count.display(), archive.display());
    Fetch {
        package: "@embedded-postgres/test".to_owned(),
        program: "sh".into(),
        arguments: vec!["-c".into(), command.into()],
    }
}

#[tokio::test]
async fn a_package_is_fetched_once_by_two_at_a_time_and_then_used_without_a_fetch() {
    let real = real_binaries().await;
    let (scratch, registry, cache) = (scratch(), scratch(), scratch());
    pack(registry.path(), &real);
    let count = registry.path().join("count");
    let search = Search {
        cache: Some(cache.path().join("cutover")),
        fetch: Some(copying(&registry.path().join("package.tgz"), &count)),
        ..nowhere()
    };
    let (one, other) = tokio::join!(
        start_with(search.clone(), scratch.path()),
        start_with(search.clone(), scratch.path())
    );
    for server in [one.unwrap(), other.unwrap()] {
        assert!(
            server
                .facts()
                .origin
                .starts_with("@embedded-postgres/test@1.2.3")
        );
        server.stop().await.unwrap();
    }
    let link = cache
        .path()
        .join("cutover/postgres-test/native/lib/libpq.so");
    assert_eq!(fs::read_link(link).unwrap(), Path::new("libpq.so.5.18"));

    fs::remove_file(registry.path().join("package.tgz")).unwrap();
    let again = start_with(search, scratch.path()).await.unwrap();
    again.stop().await.unwrap();
    assert_eq!(
        fs::read_to_string(count).unwrap(),
        "\n",
        "it was fetched more than once"
    );
    let mut left: Vec<_> = fs::read_dir(cache.path().join("cutover"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["fetch.lock", "postgres-test"]);
}

#[tokio::test]
async fn a_broken_package_in_the_cache_is_replaced_and_a_dead_process_s_rest_removed() {
    let real = real_binaries().await;
    let (scratch, registry, cache) = (scratch(), scratch(), scratch());
    pack(registry.path(), &real);
    let broken = cache.path().join("postgres-test/native/bin");
    fs::create_dir_all(&broken).unwrap();
    script(&broken.join("initdb"), "exit 1");
    script(&broken.join("postgres"), "exit 1");
    fs::create_dir(cache.path().join(".unpacking-dead")).unwrap();
    let search = Search {
        cache: Some(cache.path().to_owned()),
        fetch: Some(copying(
            &registry.path().join("package.tgz"),
            &registry.path().join("count"),
        )),
        ..nowhere()
    };
    let server = start_with(search, scratch.path()).await.unwrap();
    server.stop().await.unwrap();
    assert!(!cache.path().join(".unpacking-dead").exists());
}

#[tokio::test]
async fn a_start_that_fails_shows_the_log_and_leaves_nothing() {
    let real = real_binaries().await;
    let (scratch, wrapped) = (scratch(), scratch());
    symlink(real.join("initdb"), wrapped.path().join("initdb-real")).unwrap();
    script(
        &wrapped.path().join("initdb"),
        &format!("exec {}/initdb \"$@\"", real.display()),
    );
    script(
        &wrapped.path().join("postgres"),
        &format!(
            "exec {}/postgres \"$@\" -c no_such_setting=1",
            real.display()
        ),
    );
    // `--version` comes first, and then the rest is not read.
    let search = Search {
        path: Some(wrapped.path().as_os_str().to_owned()),
        ..nowhere()
    };
    let error = start_with(search, scratch.path()).await.unwrap_err();
    assert!(matches!(error, PostgresError::Start { .. }), "{error}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    assert!(is_empty(scratch.path()));
}

async fn start_shared(url: &str) -> Server {
    start(shared_options(url)).await.unwrap()
}

fn shared_options(url: &str) -> Options {
    Options {
        admin_url: Some(SecretString::from(url)),
        ..Options::default()
    }
}

const OURS: &str = "SELECT count(*) FROM pg_database WHERE datname LIKE 'cutover%'";

#[tokio::test]
async fn a_given_server_lends_a_database_of_its_own_that_is_dropped_in_the_end() {
    let scratch = scratch();
    let lender = start_in(scratch.path()).await;
    let given = format!("{}&pgbouncer=true&connection_limit=1", lender.url());
    let server = start_shared(&given).await;
    assert!(server.is_pooled());
    assert!(server.folder().is_none());
    assert!(
        server
            .facts()
            .origin
            .starts_with("DATABASE_URL (127.0.0.1:")
    );
    assert_eq!(server.facts().durability[0], "fsync=on");
    run(server.url(), "CREATE TABLE t (n bigint)").await;
    let elsewhere = "SELECT count(*) FROM pg_tables WHERE tablename = 't'";
    assert_eq!(scalar(lender.url(), elsewhere).await, 0);
    assert_eq!(scalar(lender.url(), OURS).await, 1);

    let _client = PgConnection::connect(server.url()).await.unwrap();
    server.stop().await.unwrap();
    assert_eq!(scalar(lender.url(), OURS).await, 0);

    drop(start_shared(&given).await);
    assert_eq!(
        scalar(lender.url(), OURS).await,
        0,
        "dropped without a stop"
    );
    lender.stop().await.unwrap();
}

#[tokio::test]
async fn the_next_start_drops_a_killed_harness_s_database_and_nobody_else_s() {
    let scratch = scratch();
    let lender = start_in(scratch.path()).await;
    // Ours by name alone, and that of a living harness that came through another database.
    run(lender.url(), "CREATE DATABASE cutover_0123456789abcdef").await;
    run(lender.url(), "CREATE DATABASE other").await;
    let mut other = url::Url::parse(lender.url()).unwrap();
    other.set_path("other");
    let living = start_shared(other.as_str()).await;
    let mut command = part(&this_executable(), "part_holds_a_shared_database");
    command.env(URL_VARIABLE, lender.url());
    let mut holder = Holder::start(command);
    let orphan = format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{}'",
        holder.told[0]
    );
    holder.kill();
    assert_eq!(scalar(lender.url(), &orphan).await, 1);

    // The server notices the death of its client on its own time.
    let deadline = Instant::now() + PATIENCE;
    loop {
        start_shared(lender.url()).await.stop().await.unwrap();
        if scalar(lender.url(), &orphan).await == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "the orphan stays");
    }
    assert_eq!(scalar(living.url(), "SELECT 1::bigint").await, 1);
    assert_eq!(scalar(lender.url(), OURS).await, 2);
    living.stop().await.unwrap();
    lender.stop().await.unwrap();
}

#[tokio::test]
async fn a_role_that_may_not_create_databases_is_told_so_and_its_password_is_not_shown() {
    let scratch = scratch();
    let lender = start_in(scratch.path()).await;
    run(lender.url(), "CREATE ROLE poor LOGIN PASSWORD 'hunter2'").await;
    let mut url = url::Url::parse(lender.url()).unwrap();
    url.set_username("poor").unwrap();
    url.set_password(Some("hunter2")).unwrap();
    let refused = start(shared_options(url.as_str())).await.unwrap_err();
    assert!(
        matches!(refused, PostgresError::MayNotCreate { .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("ALTER ROLE \"poor\" CREATEDB"));

    url.set_password(Some("hunter3")).unwrap();
    let wrong = start(shared_options(url.as_str())).await.unwrap_err();
    assert!(matches!(wrong, PostgresError::Connect { .. }), "{wrong}");
    for error in [refused, wrong] {
        let everything = format!("{error} {error:?}");
        assert!(!everything.contains("hunter"), "{everything}");
    }
    lender.stop().await.unwrap();
}
