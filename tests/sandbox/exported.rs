//! What the sandbox tells of itself without a request: its export, and what stands in the rows that no
//! route serves.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use clap::Parser as _;
use cutover::cli::{self, Cli};
use cutover::sandbox::Plant;
use cutover::sandbox::notion::{Export, Running, Settings, start};
use cutover::sandbox::world::{World, workspace};
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::{Api, SEED, world};

const TOKEN: &str = "secret_of_the_export";

/// Everything that the simulator lists of these databases, page by page.
async fn pages(http: &Client, notion: &Running, databases: &[&str]) -> Vec<Value> {
    let mut all = Vec::new();
    for database in databases {
        let mut body = json!({});
        loop {
            let url = format!("{}/v1/databases/{database}/query", notion.url());
            let mut answer = ask(http.post(url).json(&body)).await;
            all.append(answer["results"].as_array_mut().unwrap());
            body["start_cursor"] = answer["next_cursor"].take();
            if body["start_cursor"].is_null() {
                break;
            }
        }
    }
    all.sort_by_key(|page| page["id"].to_string());
    all
}

async fn ask(request: reqwest::RequestBuilder) -> Value {
    let request = request
        .header("Notion-Version", "2022-06-28")
        .bearer_auth(TOKEN);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_ne!(answer["object"], "error", "{answer}");
    answer
}

/// The pages of an export without their bodies, and those bodies.
fn parts(export: &[u8]) -> (Vec<Value>, Vec<(String, Value)>) {
    let file: Value = serde_json::from_slice(export).unwrap();
    let lists = ["tasks", "projects", "tags"].map(|name| file[name].as_array().unwrap());
    let mut pages: Vec<Value> = lists.into_iter().flatten().cloned().collect();
    pages.sort_by_key(|page| page["id"].to_string());
    let bodies = pages.iter_mut().map(|page| {
        let body = page.as_object_mut().unwrap().remove("children").unwrap();
        (page["id"].as_str().unwrap().to_owned(), body)
    });
    let bodies = bodies.collect();
    (pages, bodies)
}

/// What an export cannot give back: a computed count, which the reader lists as lost.
fn without_counts(mut pages: Vec<Value>) -> Vec<Value> {
    for page in &mut pages {
        page["properties"]
            .as_object_mut()
            .unwrap()
            .remove("Task Count");
    }
    pages
}

#[tokio::test]
async fn an_export_holds_what_is_listed_costs_nothing_and_gives_the_same_pages_back() {
    let http = Api::new("").http;
    for seed in [SEED, SEED + 1, SEED + 2] {
        let world = World::new(seed);
        let ids = &world.databases;
        let ids = [ids.tasks.as_str(), ids.projects.as_str(), ids.tags.as_str()];
        let settings = || Settings::new(TOKEN, seed);
        let first = start(settings(), workspace(&world).unwrap()).await.unwrap();
        let file = first.exporter().export().unwrap();
        assert_eq!(first.counters().requests, 0);
        let (exported, bodies) = parts(&file);
        let listed = pages(&http, &first, &ids).await;
        assert_eq!(exported, listed);
        let read = Export::read(file.as_slice()).unwrap();
        let lost: Vec<&String> = read.not_kept.iter().collect();
        assert!(
            lost.iter()
                .any(|line| line.contains("tasks, children: blocks")),
            "{lost:?}"
        );
        let second = start(settings(), read.workspace).await.unwrap();
        let again = pages(&http, &second, &ids).await;
        assert_eq!(without_counts(again), without_counts(listed));
        // And of that one the same file, but for the bodies.
        let (exported_again, _) = parts(&second.exporter().export().unwrap());
        assert_eq!(without_counts(exported_again), without_counts(exported));
        let with_body = bodies.iter().filter(|(_, body)| *body != json!([]));
        assert_eq!(with_body.count(), 12);
        for (page, body) in bodies.iter().take(60) {
            assert_eq!(*body, standing_in(&http, &first, page).await, "{page}");
        }
        first.stop().await;
        second.stop().await;
    }
}

/// The blocks in a page or block as the simulator lists them, each with those in it.
async fn standing_in(http: &Client, notion: &Running, id: &str) -> Value {
    let url = format!("{}/v1/blocks/{id}/children", notion.url());
    let mut blocks = ask(http.get(url)).await["results"].take();
    for block in blocks.as_array_mut().unwrap() {
        if block["has_children"] == true {
            let id = block["id"].as_str().unwrap();
            block["children"] = Box::pin(standing_in(http, notion, id)).await;
        }
    }
    blocks
}

/// All texts in a tree of blocks, in order.
fn texts(blocks: &Value) -> Vec<&str> {
    let blocks = blocks.as_array().into_iter().flatten();
    let texts = blocks.flat_map(|block| {
        let kind = block["type"].as_str().unwrap();
        let own = block[kind]["rich_text"].as_array().into_iter().flatten();
        let own = own.map(|item| item["plain_text"].as_str().unwrap());
        own.chain(texts(&block["children"])).collect::<Vec<_>>()
    });
    texts.collect()
}

#[tokio::test]
async fn the_rows_hold_the_bodies_ends_and_offsets_that_no_route_serves() {
    const ROWS: &str = r#"
        SELECT id, body, "dueZone",
            to_char("dueDate", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            to_char("dueEnd", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        FROM tasks"#;
    type Row = (
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let sandbox = world().await;
    let file: Value = serde_json::from_slice(&sandbox.notion_export().unwrap()).unwrap();
    let mut connection = PgConnection::connect(sandbox.database_url()).await.unwrap();
    let rows: Vec<Row> = sqlx::query_as(ROWS)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let ids = sandbox.id_map().tasks;
    let pages = file["tasks"].as_array().unwrap();
    assert_eq!(pages.len(), rows.len());
    let (mut bodies, mut ends, mut offsets) = (0, 0, 0);
    for page in pages {
        let row = &ids[page["id"].as_str().unwrap()];
        let (_, body, zone, due, end) = rows.iter().find(|found| found.0 == *row).unwrap();
        let lines = texts(&page["children"]);
        assert_eq!(body.clone().unwrap_or_default(), lines.join("\n"));
        bodies += usize::from(body.is_some());
        let date = &page["properties"]["Due Date"]["date"];
        assert_eq!(*due, in_utc(&date["start"]));
        assert_eq!(*end, in_utc(&date["end"]));
        ends += usize::from(end.is_some());
        let told = date["start"].as_str().and_then(|start| start.get(23..));
        let told = told.filter(|offset| *offset != "+00:00");
        assert_eq!(zone.as_deref(), told);
        offsets += usize::from(zone.is_some());
    }
    assert_eq!((bodies, ends, offsets), (12, 8, 6));
    let answers = Api::new(sandbox.candidate_url())
        .get("/api/tasks?includeTags=true")
        .await;
    for key in ["body", "dueEnd", "dueZone"] {
        assert_eq!(answers["tasks"][0].get(key), None, "{key}");
    }
    sandbox.stop().await.unwrap();
}

/// A date of Notion as the sandbox keeps it: midnight UTC for a day.
fn in_utc(date: &Value) -> Option<String> {
    let text = date.as_str()?;
    let text = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let at: jiff::Timestamp = text.parse().unwrap();
    Some(at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

#[test]
fn the_command_writes_the_export_and_says_where_and_what_is_planted() {
    let folder = std::env::temp_dir().join(format!("cutover-export-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("notion-export.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args([
            "sandbox",
            "--json",
            "--plant",
            "one-store",
            "--write-export",
        ])
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let export = std::fs::read(&path).unwrap();
    let asked_to_end = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(asked_to_end.success() && child.wait().unwrap().success());
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(ready["notion_export"], path.to_str().unwrap());
    assert_eq!(ready["plant"], "one-store");
    assert_eq!(Export::read(export.as_slice()).unwrap().databases.len(), 3);
    let wrong = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["sandbox", "--write-export", "a", "--notion-export", "b"])
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn a_plant_is_found_by_the_name_that_it_had_before() {
    for (before, name) in [
        ("frozen-candidate", "frozen-get"),
        ("same-store", "one-store"),
    ] {
        let asked = Cli::try_parse_from(["cutover", "sandbox", "--plant", before]).unwrap();
        let cli::Command::Sandbox(asked) = asked.command else {
            panic!("{asked:?}")
        };
        assert_eq!(asked.plant.map(Plant::name), Some(name));
    }
}

#[test]
fn help_shows_every_plant_with_what_it_does() {
    for command in ["sandbox", "check"] {
        let help = Command::new(env!("CARGO_BIN_EXE_cutover"))
            .args([command, "--help"])
            .output()
            .unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let words: Vec<&str> = help.split_whitespace().collect();
        let words = words.join(" ");
        for plant in Plant::ALL {
            let line = format!("- {}: {}", plant.name(), plant.says());
            assert!(words.contains(&line), "{line} is missing in {words}");
        }
    }
}
