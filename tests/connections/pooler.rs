//! A real pgbouncer, in transaction and in session mode, with and without a URL that says so.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use super::*;

/// A pooler before a server; it ends with this.
struct Pooler {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<&'static str> {
    let places = [
        "/usr/sbin/pgbouncer",
        "/usr/bin/pgbouncer",
        "/opt/homebrew/bin/pgbouncer",
    ];
    places
        .into_iter()
        .find(|place| fs::exists(place).unwrap_or(false))
}

impl Pooler {
    /// Before `server`, in this mode; its database has the server's name for it.
    async fn start(server: &str, mode: &str) -> Option<Self> {
        let Some(program) = program() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "pgbouncer is not installed; run .ci/install"
            );
            return None;
        };
        let server = url::Url::parse(server).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let settings = format!(
            "[databases]\n* = host={} port={} user={} password={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\ndefault_pool_size = 4\n",
            server.host_str().unwrap(),
            server.port().unwrap(),
            server.username(),
            server.password().unwrap_or_default(),
        );
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, settings).unwrap();
        // It does not run as root, and `-u` is for root alone.
        let mut command = Command::new(program);
        if fs::metadata("/proc/self")
            .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
        {
            command.args(["-u", "nobody"]);
        }
        let child = command
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = server.clone();
        url.set_port(Some(port)).unwrap();
        let pooler = Self {
            child,
            url: url.to_string(),
            _folder: folder,
        };
        for _ in 0..500 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(pooler);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("pgbouncer does not listen");
    }

    fn given(&self, declared: bool) -> Given {
        match declared {
            true => given(&with_the_word(&self.url)),
            false => given(&self.url),
        }
    }
}

fn with_the_word(url: &str) -> String {
    let mut url = url::Url::parse(url).unwrap();
    url.query_pairs_mut().append_pair("pgbouncer", "true");
    url.to_string()
}

fn told(seen: &Inspection) -> Vec<(FindingKind, Weight)> {
    let findings = seen.findings.iter();
    findings
        .map(|finding| (finding.kind, finding.weight))
        .collect()
}

#[tokio::test]
async fn a_transaction_pooler_is_seen_by_what_it_does_and_must_be_declared() {
    let server = server(SCHEMA).await;
    let direct = given(server.url());
    let Some(pooler) = Pooler::start(server.url(), "transaction").await else {
        return;
    };
    for round in 0..5 {
        let seen = look(Some(&pooler.given(true)), Some(&direct), None).await;
        assert_eq!(told(&seen), [], "round {round}: {:#?}", seen.findings);
        assert_eq!(other_gaps(&seen), Vec::<&str>::new());
        let pooling = seen
            .looked_at
            .iter()
            .find(|looked| looked.what == "pooling of the pooled URL");
        assert_eq!(
            pooling.unwrap().detail,
            "a transaction pooler, and the URL says so"
        );
    }
    // Without the word, our own client library sends what pgbouncer takes in any case.
    let seen = look(Some(&pooler.given(false)), Some(&direct), None).await;
    assert_eq!(
        told(&seen),
        [(FindingKind::PoolerNotDeclared, Weight::Refutes)],
        "{:#?}",
        seen
    );
    let seen = look(Some(&pooler.given(true)), Some(&pooler.given(true)), None).await;
    assert_eq!(told(&seen), [(FindingKind::NotDirect, Weight::Doubts)]);
    drop(pooler);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_keeps_a_connection_for_each_client_is_no_transaction_pooler_whatever_the_url_says() {
    let server = server(SCHEMA).await;
    let direct = given(server.url());
    let Some(pooler) = Pooler::start(server.url(), "session").await else {
        return;
    };
    for declared in [true, false] {
        let seen = look(Some(&pooler.given(declared)), Some(&direct), None).await;
        assert_eq!(
            told(&seen),
            [(FindingKind::NotAPooler, Weight::Doubts)],
            "{declared}"
        );
    }
    // One URL for both ways is plainly no pooler, and meant so.
    let declared = given(&with_the_word(server.url()));
    let seen = look(Some(&declared), Some(&direct), None).await;
    assert_eq!(told(&seen), [(FindingKind::NotAPooler, Weight::Tells)]);
    assert!(seen.findings[0].words.contains("pgbouncer=true"));
    drop(pooler);
    server.stop().await.unwrap();
}
