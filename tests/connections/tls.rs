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
