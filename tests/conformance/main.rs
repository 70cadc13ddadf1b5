//! Notion's own clients, from their registries, against the simulator.
//!
//! Why: the sandbox stands for Notion only as far as a client cannot tell. So the clients that applications
//! use are the judges here, each in the versions that are in use, over every endpoint that they have.
//!
//! ```text
//! simulator <- client (javascript/ or python/, what it answers is checked there)
//!                └ transcript: every answer as it came, and how many checks were made
//!                    └ shapes: every field of every answer against shapes.toml (grammar, plain)
//! ```
//!
//! `.ci/conformance` installs the clients and runs the ignored tests; what is missing fails them.

#![allow(unreachable_pub, reason = "the modules of a test are its only readers")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: what cannot be had must fail it, and what was done is told"
)]

mod grammar;
mod plain;
mod shapes;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use cutover::sandbox::notion::{Counters, LimitSettings, Running, Settings, Workspace, start};
use grammar::Table;
use serde_json::Value;
use shapes::{Answer, Found};
use tokio::process::Command;
use uuid::Uuid;

const TOKEN: &str = "ntn_conformance";
/// The page that a suite makes everything under.
const ROOT: Uuid = Uuid::from_u128(0xc0f0_c0f0_0000_4000_8000_0000_0000_0001);
/// Whoever is mentioned.
const PERSON: Uuid = Uuid::from_u128(0xc0f0_c0f0_0000_4000_8000_0000_0000_0002);
const V2022: &str = "2022-06-28";
const V2025: &str = "2025-09-03";
const V2026: &str = "2026-03-11";

/// A client as a suite runs it.
struct Client {
    /// The interpreter, and what it is given.
    command: Vec<PathBuf>,
    name: &'static str,
    release: &'static str,
    notion_version: &'static str,
    /// Whether its suite sees to every kind of block, property and text.
    is_thorough: bool,
}

/// Where `.ci/conformance` has put the clients.
fn installed() -> PathBuf {
    let folder = std::env::var_os("CUTOVER_CONFORMANCE_CLIENTS");
    PathBuf::from(folder.expect("CUTOVER_CONFORMANCE_CLIENTS names no folder: run .ci/conformance"))
}

fn here(file: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.join("tests/conformance").join(file)
}

fn javascript(release: &'static str, notion_version: &'static str) -> Client {
    Client {
        command: vec![
            "node".into(),
            here("javascript/main.mjs"),
            installed().join("javascript"),
        ],
        name: "@notionhq/client",
        release,
        notion_version,
        is_thorough: true,
    }
}

fn python(release: &'static str, notion_version: &'static str) -> Client {
    let interpreter = format!("python-{release}/bin/python");
    Client {
        command: vec![installed().join(interpreter), here("python/main.py")],
        name: "notion-client",
        release,
        notion_version,
        is_thorough: false,
    }
}

async fn simulator(limit: LimitSettings) -> Running {
    let settings = Settings {
        limit,
        search_lag: Duration::from_millis(200),
        ..Settings::new(TOKEN, 4)
    };
    let mut workspace = Workspace::new();
    let made = "2026-01-01T00:00:00Z".parse().unwrap();
    workspace.add_root(ROOT, "Conformance", made).unwrap();
    workspace
        .add_person(PERSON, "Ada Lovelace", "ada@example.org")
        .unwrap();
    start(settings, workspace).await.unwrap()
}

/// One request in three seconds and no burst: the second one at once is refused, however slow the machine is.
fn strict() -> LimitSettings {
    LimitSettings {
        average: Some(("1/3s".parse().unwrap(), 1)),
        ..LimitSettings::default()
    }
}

/// What a suite leaves behind: its answers, and a last line that tells what it checked.
struct Transcript {
    answers: Vec<Answer>,
    checks: u64,
    requests: u64,
    failures: Vec<String>,
}

fn read(transcript: &Path) -> Option<Transcript> {
    let text = fs::read_to_string(transcript).ok()?;
    let mut lines: Vec<&str> = text.lines().collect();
    let end: Value = serde_json::from_str(lines.pop()?).ok()?;
    let failures = end["failures"].as_array()?.iter();
    Some(Transcript {
        checks: end["checks"].as_u64()?,
        requests: end["requests"].as_u64()?,
        failures: failures
            .map(|one| one.as_str().unwrap().to_owned())
            .collect(),
        answers: lines
            .into_iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    })
}

async fn run(client: &Client, url: &str, limited: &str, transcript: &Path) {
    let [interpreter, arguments @ ..] = client.command.as_slice() else {
        panic!("a client without an interpreter");
    };
    let ended = Command::new(interpreter)
        .args(arguments)
        .env("CLIENT_RELEASE", client.release)
        .env("NOTION_VERSION", client.notion_version)
        .env("NOTION_URL", url)
        .env("NOTION_LIMITED_URL", limited)
        .env("NOTION_TOKEN", TOKEN)
        .env("NOTION_ROOT", ROOT.to_string())
        .env("TRANSCRIPT", transcript)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await;
    let ended = ended.unwrap_or_else(|error| panic!("{}: {error}", interpreter.display()));
    assert!(
        ended.success(),
        "{} {}: {ended}",
        client.name,
        client.release
    );
}

/// Every endpoint that a version has was asked, which the simulator counted itself.
fn unasked(counters: &Counters, notion_version: &str) -> Vec<String> {
    const COMMON: [&str; 18] = [
        "create_database",
        "retrieve_database",
        "update_database",
        "create_page",
        "retrieve_page",
        "update_page",
        "retrieve_page_property",
        "retrieve_block",
        "update_block",
        "delete_block",
        "list_block_children",
        "append_block_children",
        "search",
        "list_users",
        "retrieve_user",
        "retrieve_me",
        "create_comment",
        "list_comments",
    ];
    let own: &[&str] = if notion_version == V2022 {
        &["query_database"]
    } else {
        &[
            "query_data_source",
            "create_data_source",
            "retrieve_data_source",
            "update_data_source",
            "retrieve_comment",
        ]
    };
    let counted = serde_json::to_value(&counters.by_endpoint).unwrap();
    let all = COMMON.iter().chain(own);
    let unasked = all.filter(|endpoint| counted[**endpoint].is_null());
    unasked
        .map(|endpoint| format!("{endpoint} was never asked"))
        .collect()
}

/// The kinds of these shapes that a suite must have met; a table of what nobody sees proves nothing.
fn unmet(table: &Table, found: &Found, notion_version: &str) -> Vec<String> {
    /// What cannot be made through the API, or has no form that all these versions take; a rollup's items
    /// are of the kinds that it rolls up.
    const OUT_OF_REACH: [&str; 16] = [
        "block.link_preview",
        "block.meeting_notes",
        "block.tab",
        "block.template",
        "block.transcription",
        "block.unsupported",
        "property_item.button",
        "property_item.place",
        "property_item.rollup",
        "property_item.verification",
        "property_schema.button",
        "property_schema.place",
        "property_schema.verification",
        "property_value.button",
        "property_value.place",
        "property_value.verification",
    ];
    let shapes = [
        "block",
        "property_schema",
        "property_value",
        "property_item",
        "rich_text",
        "user",
    ];
    let kinds = shapes
        .iter()
        .flat_map(|name| table.kinds(name, notion_version));
    kinds
        .filter(|kind| !OUT_OF_REACH.contains(&kind.as_str()))
        .filter(|kind| !found.shapes.contains(kind))
        .map(|kind| format!("no answer had a {kind}"))
        .collect()
}

/// A field that is wrong in every answer is told once, with where it was first.
fn once_each(problems: &[String]) -> Vec<String> {
    let mut kinds: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for problem in problems {
        let kind = problem.find(" (").map_or("", |at| &problem[at..]);
        let kind = kind.rsplit_once(" (").map_or(kind, |(_, kind)| kind);
        kinds.entry(kind).or_insert((problem, 0)).1 += 1;
    }
    let told = kinds.into_values();
    told.map(|(first, count)| format!("{count} times, first: {first}"))
        .collect()
}

async fn assert_conformance(client: Client) {
    let (notion, limited) = (
        simulator(LimitSettings::default()).await,
        simulator(strict()).await,
    );
    let folder = tempfile::tempdir().unwrap();
    let transcript = folder.path().join("transcript.jsonl");
    run(&client, notion.url(), limited.url(), &transcript).await;
    let said = read(&transcript).expect("the suite has left no whole transcript");

    let mut found = Found::default();
    let table = Table::new();
    for answer in &said.answers {
        table.judge(answer, &mut found);
    }
    let counted = notion.counters().requests + limited.counters().requests;
    let mut problems = said.failures;
    problems.extend(once_each(&found.problems));
    problems.extend(unasked(&notion.counters(), client.notion_version));
    if client.is_thorough {
        problems.extend(unmet(&table, &found, client.notion_version));
    }
    if counted != said.requests {
        problems.push(format!(
            "the client sent {} requests; the simulator counted {counted}",
            said.requests
        ));
    }
    println!(
        "{} {}, Notion-Version {}: {} checks, {counted} requests, {} fields of {} shapes",
        client.name,
        client.release,
        client.notion_version,
        said.checks,
        found.fields,
        found.shapes.len(),
    );
    notion.stop().await;
    limited.stop().await;
    let count = problems.len();
    assert!(
        problems.is_empty(),
        "{count} differences:\n{}",
        problems.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs npm packages: .ci/conformance"]
async fn the_javascript_client_2_2_15_is_content() {
    assert_conformance(javascript("2.2.15", V2022)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs npm packages: .ci/conformance"]
async fn the_javascript_client_2_3_0_is_content() {
    assert_conformance(javascript("2.3.0", V2022)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs npm packages: .ci/conformance"]
async fn the_newest_javascript_client_is_content_with_data_sources() {
    assert_conformance(javascript("5.26.0", V2025)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs npm packages: .ci/conformance"]
async fn the_newest_javascript_client_is_content_with_the_newest_version() {
    assert_conformance(javascript("5.26.0", V2026)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python packages: .ci/conformance"]
async fn the_python_client_2_5_0_is_content() {
    assert_conformance(python("2.5.0", V2022)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python packages: .ci/conformance"]
async fn the_newest_python_client_is_content_with_data_sources() {
    assert_conformance(python("3.1.0", V2025)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python packages: .ci/conformance"]
async fn the_newest_python_client_is_content_with_the_newest_version() {
    assert_conformance(python("3.1.0", V2026)).await;
}

/// For whoever has recorded answers of the live service, in the transcript's form.
#[test]
#[ignore = "needs recorded answers: CUTOVER_RECORDED_ANSWERS names a file of them"]
fn recorded_answers_of_the_live_service_have_the_shapes_of_the_table() {
    let file = std::env::var_os("CUTOVER_RECORDED_ANSWERS").expect("CUTOVER_RECORDED_ANSWERS");
    let mut found = Found::default();
    for line in fs::read_to_string(file).unwrap().lines() {
        Table::new().judge(&serde_json::from_str(line).unwrap(), &mut found);
    }
    println!("{} fields of {:?}", found.fields, found.shapes);
    assert!(found.problems.is_empty(), "{}", found.problems.join("\n"));
}
