//! The real program against the simulator over real sockets: a known profile comes back.

use std::time::Duration;

use cutover::pace::Pace;
use cutover::probe::{Asking, NOTION_VERSION, Origin, Probe, profile_text};
use cutover::run::interrupt;
use cutover::sandbox::notion::{Delay, LatencyProfile, Running, Settings, start};
use cutover::sandbox::profile::Profile;
use cutover::sandbox::world::{self, World};
use cutover::target::{HttpOptions, HttpRequest, HttpTarget, Request, Target};
use http::header::AUTHORIZATION;
use http::{HeaderName, Method};
use secrecy::SecretString;

const TOKEN: &str = "secret_of_the_probe";

fn delay(ms: u64) -> Delay {
    Delay {
        median: Duration::from_millis(ms),
        per_row: Duration::ZERO,
        sigma: 0.0,
    }
}

/// So far apart that what a busy machine adds to all of them changes no order. What takes the simulator the most
/// work of its own has the most room above it, and what is asked but once is the slowest anyway.
fn known() -> LatencyProfile {
    LatencyProfile {
        retrieve_database: delay(30),
        query: delay(60),
        query_by_text: delay(90),
        retrieve_page: delay(150),
        update_page: delay(180),
        users: Some(delay(210)),
        retrieve_block: Some(delay(240)),
        list_blocks: Some(delay(270)),
        list_comments: Some(delay(300)),
        update_block: Some(delay(330)),
        append_blocks: Some(delay(360)),
        create_comment: Some(delay(390)),
        search: Some(delay(420)),
        create_page: delay(520),
        ..LatencyProfile::default()
    }
}

async fn simulator(latency: LatencyProfile) -> (Running, String) {
    let world = World::new(7);
    let workspace = world::workspace(&world).unwrap();
    let settings = Settings {
        latency: Some(latency),
        ..Settings::new(TOKEN, 7)
    };
    let running = start(settings, workspace).await.unwrap();
    (running, world.databases.tasks.as_str().to_owned())
}

fn target(running: &Running) -> HttpTarget {
    let bearer = SecretString::from(format!("Bearer {TOKEN}"));
    let version = SecretString::from(NOTION_VERSION);
    HttpTarget::new(HttpOptions {
        base_url: running.url().parse().unwrap(),
        credentials: None,
        headers: vec![
            (AUTHORIZATION, bearer),
            (HeaderName::from_static("notion-version"), version),
        ],
        timeout: Duration::from_secs(60),
        connect_timeout: Duration::from_secs(10),
        secrets: Vec::new(),
    })
    .unwrap()
}

/// The medians of a profile by the names of their endpoints, the quickest first.
fn medians(profile: &LatencyProfile) -> Vec<(&'static str, Duration)> {
    // The probe changes no database.
    let asked = profile
        .delays()
        .filter(|(name, _)| *name != "write_database");
    let mut medians: Vec<_> = asked.map(|(name, delay)| (name, delay.median)).collect();
    medians.sort_by_key(|(_, median)| *median);
    medians
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_profile_is_measured_and_comes_back_through_its_file() {
    let stated = known();
    let (running, database) = simulator(stated).await;
    let (_interrupter, interrupt) = interrupt();
    let pace = Pace::limited("1000/s".parse().unwrap(), 0.02, 1).unwrap();
    let mut asking = Asking::new(target(&running), pace, &interrupt, Duration::from_secs(60));
    let probe = Probe {
        database,
        samples: 9,
        marker: Some("cutover-probe-of-a-test".to_owned()),
    };
    let probed = probe.run(&mut asking).await;
    assert!(probed.left.is_none(), "{:?}", probed.left);
    let measured = probed.measured.unwrap();
    let origin = Origin {
        date: "2026-11-22T15:00:00Z".to_owned(),
        host: "127.0.0.1".to_owned(),
        samples: 9,
        counts: asking.counts(),
    };
    let text = profile_text(&measured, &origin, &Profile::load("guide").unwrap());
    running.stop().await;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my-profile.toml");
    std::fs::write(&path, text).unwrap();
    let profile = Profile::load(path.to_str().unwrap()).unwrap();
    let (found, stated) = (medians(&profile.notion.unwrap()), medians(&stated));
    let names = |medians: &[(&'static str, Duration)]| {
        let names = medians.iter().map(|(name, _)| *name);
        names.collect::<Vec<_>>()
    };
    // Each endpoint by itself: a busy machine makes all of them slower, and does not change their order.
    assert_eq!(names(&found), names(&stated), "{found:?}");
    for ((name, found), (_, stated)) in found.iter().zip(&stated) {
        assert!(
            *found >= stated.mul_f64(0.8),
            "{name}: {found:?} for {stated:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_verb_writes_a_profile_and_leaves_no_page() {
    let (running, database) = simulator(known()).await;
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--database", &database, "--base-url", running.url()];
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_cutover"));
    let ended = command
        .arg("probe")
        .args(arguments)
        .args(["--samples", "2", "--allow-writes"])
        .current_dir(folder.path())
        .env("NOTION_TOKEN", TOKEN)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert!(!said.contains(TOKEN));
    let path = folder.path().join("notion-profile.toml");
    let profile = Profile::load(path.to_str().unwrap()).unwrap();
    assert!(profile.source.contains("127.0.0.1"), "{}", profile.source);
    assert!(
        !profile.source.contains("notion."),
        "all of Notion was measured: {}",
        profile.source
    );
    let counters = running.counters();
    assert_eq!(counters.rate_limited, 0, "{counters:?}");

    // What was created is not in the database any more.
    let body =
        serde_json::json!({"filter": {"property": "Task", "title": {"contains": "cutover-probe"}}});
    let request = Request::Http(HttpRequest {
        method: Method::POST,
        path: format!("/v1/databases/{database}/query"),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Some(body.to_string().into_bytes()),
    });
    let answer = target(&running).send(request).await.result.unwrap();
    let list: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (answer.status, &list["results"]),
        (200, &serde_json::json!([])),
        "{list}"
    );
    running.stop().await;
}

/// What a run of the verb with this token ends with, and what it says.
fn run_in(
    folder: &std::path::Path,
    token: Option<&str>,
    arguments: &[&str],
) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cutover"));
    command.arg("probe").args(arguments).current_dir(folder);
    match token {
        Some(token) => command.env("NOTION_TOKEN", token),
        None => command.env_remove("NOTION_TOKEN"),
    };
    let ended = command.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    (ended.status.code(), said)
}

#[test]
fn wrong_usage_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let id = "0123456789abcdef0123456789abcdef";
    for (token, arguments, says) in [
        (None, vec!["--database", id], "NOTION_TOKEN"),
        (
            Some("t0k3n"),
            vec!["--database", "Tasks"],
            "32 hexadecimal digits",
        ),
        (
            Some("t0k3n"),
            vec!["--database", id, "--base-url", "notion"],
            "is not a URL",
        ),
        (
            Some("t0k3n"),
            vec!["--database", id, "--config", "no.toml"],
            "no.toml",
        ),
        (
            Some("t0k3n"),
            vec!["--database", id, "--output", "nowhere/mine.toml"],
            "nowhere/mine.toml",
        ),
    ] {
        let (code, said) = run_in(folder.path(), token, &arguments);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(says) && !said.contains("t0k3n"), "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// `.invalid` is never resolved (RFC 2606), so that no token would leave even a program that tried.
#[test]
fn a_base_url_is_held_to_what_a_configuration_is() {
    let folder = tempfile::tempdir().unwrap();
    for (url, says) in [
        ("http://api.notion.invalid", "unprotected"),
        ("https://me:pa55@api.notion.invalid", "user and password"),
        ("https://api.notion.invalid/v1/", "leave `/v1` out"),
        ("https://api.notion.invalid/?key=pa55", "no query"),
        ("ftp://api.notion.invalid", "HTTP server"),
    ] {
        let arguments = [
            "--database",
            "0123456789abcdef0123456789abcdef",
            "--base-url",
            url,
        ];
        let (code, said) = run_in(folder.path(), Some("t0k3n"), &arguments);
        assert_eq!(code, Some(2), "{url}: {said}");
        assert!(said.contains(says) && said.contains("--base-url"), "{said}");
        assert!(!said.contains("pa55") && !said.contains("t0k3n"), "{said}");
    }
}
