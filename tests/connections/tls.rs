//! A server whose certificate nobody signed: encryption is taken, and a certificate that is verified is not.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

use cutover::database::{Protection, Session};

use super::*;

/// Turns encryption on with this key pair of the fixtures, in files that are the server's own.
async fn with_certificate(server: &Server) {
    // The data folder, whose owner is the server's.
    let folder = server.folder().unwrap().join("server");
    let owner = fs::metadata(&folder).unwrap();
    for kind in ["crt", "key"] {
        let from = format!(
            "{}/tests/fixtures/tls/self-signed.{kind}",
            env!("CARGO_MANIFEST_DIR")
        );
        let to = folder.join(format!("server.{kind}"));
        fs::copy(from, &to).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).unwrap();
        chown(&to, Some(owner.uid()), Some(owner.gid())).unwrap();
        let setting = if kind == "crt" {
            "ssl_cert_file"
        } else {
            "ssl_key_file"
        };
        run(
            server.url(),
            &format!("ALTER SYSTEM SET {setting} = '{}'", to.display()),
        )
        .await;
    }
    run(server.url(), "ALTER SYSTEM SET ssl = on").await;
    run(server.url(), "SELECT pg_reload_conf()").await;
}

#[tokio::test]
async fn a_connection_has_the_protection_that_is_asked_for_or_is_none() {
    let server = server("SELECT 1").await;
    let given = given(server.url());
    let connects = async |protection| {
        let session = Session::connect(&given.protected_by(protection), LIMIT).await;
        session.is_ok()
    };
    assert!(connects(Protection::Nothing).await);
    assert!(
        !connects(Protection::Encryption).await,
        "the server does not encrypt yet"
    );
    with_certificate(&server).await;
    // The server reads its settings again in a moment of its own.
    let mut encrypted = false;
    for _ in 0..100 {
        encrypted = connects(Protection::Encryption).await;
        if encrypted {
            break;
        }
    }
    assert!(encrypted);
    assert!(connects(Protection::Nothing).await);
    assert!(!connects(Protection::Certificate).await, "nobody signed it");
    server.stop().await.unwrap();
}

/// What is told of the way of a URL with this host and `sslmode`, which is given as both.
async fn told(url: &str, host: &str, mode: &str) -> Inspection {
    let mut url = url::Url::parse(url).unwrap();
    url.set_host(Some(host)).unwrap();
    url.set_query(Some(&format!("sslmode={mode}")));
    url.set_username("few").unwrap();
    url.set_password(Some("few")).unwrap();
    let given = given(url.as_str());
    let mut seen = look(Some(&given), Some(&given), None).await;
    seen.findings
        .retain(|finding| finding.subject.starts_with("TLS"));
    seen.looked_at
        .retain(|looked| looked.what.starts_with("TLS"));
    seen
}

fn kinds(seen: &Inspection) -> Vec<(FindingKind, Weight)> {
    let findings = seen.findings.iter();
    findings
        .map(|finding| (finding.kind, finding.weight))
        .collect()
}

/// The role may have two connections, which the look at both URLs takes: what a third one is told is no word on
/// encryption, but it is told within it.
#[tokio::test]
async fn a_server_that_gives_no_third_connection_is_not_taken_for_one_that_does_not_encrypt() {
    use FindingKind::{CertificateNotVerified, NotEncrypted};
    // This machine by a name that nobody takes for it, as a server that is far away would be.
    const FAR: &str = "0x7f.0x1";
    let server = server("CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 2").await;
    let url = server.url();
    let near = told(url, "127.0.0.1", "disable").await;
    assert_eq!(
        near.looked_at[0].detail,
        "nothing is sent beyond this machine"
    );
    for mode in ["disable", "prefer"] {
        let plain = told(url, FAR, mode).await;
        assert_eq!(
            kinds(&plain),
            [(NotEncrypted, Weight::Refutes); 2],
            "{mode}: {plain:#?}"
        );
        assert!(
            plain.findings[0]
                .words
                .starts_with("the server does not encrypt")
        );
    }
    with_certificate(&server).await;
    // The server reads its settings again in a moment of its own.
    let mut encrypted = told(url, FAR, "require").await;
    for _ in 0..100 {
        if !kinds(&encrypted).is_empty() {
            break;
        }
        encrypted = told(url, FAR, "require").await;
    }
    assert_eq!(
        kinds(&encrypted),
        [(CertificateNotVerified, Weight::Doubts); 2],
        "{encrypted:#?}"
    );
    let perhaps = told(url, FAR, "prefer").await;
    assert_eq!(
        kinds(&perhaps),
        [(NotEncrypted, Weight::Doubts); 2],
        "{perhaps:#?}"
    );
    server.stop().await.unwrap();
}
