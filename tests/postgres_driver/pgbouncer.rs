//! A real PgBouncer before a server. Tests beside these use it, too.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cutover::database::{Given, Session};
use secrecy::SecretString;
use tempfile::TempDir;
use url::Url;

/// Long enough for the slowest machine; nothing that passes waits for it.
const LIMIT: Duration = Duration::from_secs(30);
/// How many ports are tried when others take them first.
const PORT_ATTEMPTS: u32 = 5;

/// It ends with this.
pub(crate) struct PgBouncer {
    child: Child,
    /// Its URL of the server's database, which does not say that it is one of a pooler.
    pub(crate) url: Url,
    _folder: TempDir,
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl PgBouncer {
    /// Before the server at this URL, in this mode, with so many connections to it. `None` where it is not installed:
    /// which is told, and in CI is a failure.
    #[expect(
        clippy::print_stderr,
        reason = "whoever runs the tests must see what was not run"
    )]
    pub(crate) async fn start(server: &str, mode: &str, connections: usize) -> Option<Self> {
        let Some(program) = program() else {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "pgbouncer is not installed: .ci/install installs it"
            );
            eprintln!("NOT RUN: pgbouncer is not installed (apt-get install pgbouncer)");
            return None;
        };
        let server = Url::parse(server).unwrap();
        for _ in 0..PORT_ATTEMPTS {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let folder = settings(&server, port, mode, connections);
            let mut url = server.clone();
            url.set_host(Some("127.0.0.1")).unwrap();
            url.set_port(Some(port)).unwrap();
            url.set_query(Some("sslmode=disable"));
            let pooler = Self {
                child: spawn(program, folder.path()),
                url,
                _folder: folder,
            };
            if let Some(ready) = pooler.ready().await {
                return Some(ready);
            }
        }
        panic!("each of {PORT_ATTEMPTS} ports was taken");
    }

    /// `None` when it has ended: somebody else was faster to listen on its port.
    async fn ready(mut self) -> Option<Self> {
        let given = Given::parse(&SecretString::from(self.url.as_str())).unwrap();
        let begun = Instant::now();
        loop {
            let connected = Session::connect(&given, LIMIT).await;
            if self.child.try_wait().unwrap().is_some() {
                return None;
            }
            match connected {
                Ok(_) => return Some(self),
                Err(error) => assert!(begun.elapsed() < LIMIT, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn program() -> Option<&'static Path> {
    let places = [
        "/usr/sbin/pgbouncer",
        "/usr/bin/pgbouncer",
        "/usr/local/bin/pgbouncer",
        "/opt/homebrew/bin/pgbouncer",
    ];
    places.map(Path::new).into_iter().find(|it| it.exists())
}

fn spawn(program: &Path, folder: &Path) -> Child {
    let mut command = Command::new(program);
    // It refuses to run as root, and `-u` is for root alone.
    if folder.metadata().unwrap().uid() == 0 {
        command.args(["-u", "nobody"]);
    }
    command
        .arg("-q")
        .arg(folder.join("pgbouncer.ini"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A folder that the pooler may read, whoever it runs as: the password in it opens nothing but the test's server.
fn settings(server: &Url, port: u16, mode: &str, connections: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let users = folder.path().join("users.txt");
    let password = server.password().unwrap_or_default();
    let user = format!("\"{}\" \"{password}\"\n", server.username());
    fs::write(&users, user).unwrap();
    let text = format!(
        "[databases]\n* = host={} port={}\n\
         [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = scram-sha-256\nauth_file = {}\n\
         pool_mode = {mode}\ndefault_pool_size = {connections}\nmax_client_conn = 100\n",
        server.host_str().unwrap(),
        server.port().unwrap(),
        users.display()
    );
    fs::write(folder.path().join("pgbouncer.ini"), text).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}
