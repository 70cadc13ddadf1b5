//! The simulated Notion with somebody's own pages: what a file says is what is answered, and what
//! cannot be answered is an error or stands in a list.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use cutover::sandbox::alone::NotionAlone;
use cutover::sandbox::notion::{Export, LimitSettings, Running, Settings, Workspace, start};
use cutover::sandbox::profile::Profile;
use cutover::sandbox::world::{World, workspace};
use cutover::sandbox::{Options, SandboxError};
use reqwest::Client;
use serde_json::{Value, json};

use crate::{Api, SEED};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/notion-export/notion-export.json"
);
const TASKS: &str = "2f26ee68-df30-4251-aad4-8ddc420cba3d";
const PROJECTS: &str = "5a1d7e0c-90b2-4c36-8f11-0c6fd3a1be77";
const TOKEN: &str = "secret_of_the_export";

fn file() -> Value {
    serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap()
}

fn read(file: &Value) -> Export {
    Export::read(file.to_string().as_bytes()).unwrap()
}

fn refusal(file: &Value) -> String {
    Export::read(file.to_string().as_bytes())
        .map(drop)
        .unwrap_err()
        .to_string()
}

struct Notion {
    running: Running,
    http: Client,
}

impl Notion {
    async fn of(workspace: Workspace) -> Self {
        let running = start(Settings::new(TOKEN, SEED), workspace).await.unwrap();
        let http = Api::new("").http;
        Self { running, http }
    }

    async fn ask(&self, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}/v1/{path}", self.running.url());
        let request = match body {
            None => self.http.get(url),
            Some(body) => self.http.post(url).json(body),
        };
        let request = request
            .header("Notion-Version", "2022-06-28")
            .bearer_auth(TOKEN);
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_ne!(answer["object"], "error", "{path}: {answer}");
        answer.as_object_mut().unwrap().remove("request_id");
        answer
    }

    /// The answers to a query, one for each hundred pages.
    async fn query(&self, database: &str) -> Vec<Value> {
        let mut answers = Vec::new();
        let mut body = json!({});
        loop {
            let answer = self
                .ask(&format!("databases/{database}/query"), Some(&body))
                .await;
            body["start_cursor"] = answer["next_cursor"].clone();
            let more = answer["has_more"] == true;
            answers.push(answer);
            if !more {
                return answers;
            }
        }
    }
}

fn pages(answers: &[Value]) -> Vec<Value> {
    let results = answers
        .iter()
        .flat_map(|answer| answer["results"].as_array().unwrap());
    let mut pages: Vec<Value> = results.cloned().collect();
    pages.sort_by_key(|page| page["id"].to_string());
    pages
}

#[tokio::test]
async fn what_a_script_exports_of_a_notion_is_answered_by_the_next_one_alike() {
    for seed in [SEED, SEED + 1, SEED + 2] {
        let world = World::new(seed);
        let first = Notion::of(workspace(&world).unwrap()).await;
        let ids = [
            ("tasks", world.databases.tasks.as_str()),
            ("projects", world.databases.projects.as_str()),
            ("tags", world.databases.tags.as_str()),
        ];
        let mut file = json!({});
        for (name, id) in ids {
            file[name] = json!(first.query(id).await);
        }
        let export = read(&file);
        let lost: Vec<&String> = export.not_kept.iter().collect();
        assert!(
            lost.iter()
                .any(|line| line.contains("projects, Task Count: a rollup")),
            "{lost:?}"
        );
        let second = Notion::of(export.workspace).await;
        for (name, id) in ids {
            let mut before = pages(&first.query(id).await);
            for page in &mut before {
                page["properties"]
                    .as_object_mut()
                    .unwrap()
                    .remove("Task Count");
            }
            let after = pages(&second.query(id).await);
            assert_eq!(before.len(), after.len(), "{name}");
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(before, after, "{name}");
            }
        }
        // The two halves of the relation were found: Notion says so of a database.
        let relation = |database: &Value| database["properties"]["Project"]["relation"].clone();
        let database = format!("databases/{}", world.databases.tasks.as_str());
        let (before, after) = (
            first.ask(&database, None).await,
            second.ask(&database, None).await,
        );
        assert_eq!(relation(&before), relation(&after));
        assert_eq!(relation(&after)["type"], "dual_property");
    }
}

#[test]
fn every_shape_of_a_file_is_the_same_world() {
    let file = file();
    let told = read(&file).workspace.snapshot().unwrap();
    let list =
        |pages: &[Value], more| json!({ "object": "list", "results": pages, "has_more": more });
    let tasks = file["tasks"].as_array().unwrap();
    let mut answer = file.clone();
    answer["tasks"] = list(tasks, false);
    let mut answers = file.clone();
    answers["tasks"] = json!([list(&tasks[..3], true), list(&tasks[3..], false)]);
    let mut twice = file.clone();
    twice["tasks"] = json!([list(tasks, true), list(&tasks[2..], false)]);
    for shape in [answer, answers, twice, json!({ "data": file })] {
        let export = read(&shape);
        assert_eq!(export.workspace.snapshot().unwrap(), told);
        assert!(!export.not_kept.iter().any(|line| line.contains("has_more")));
    }
    let all: Vec<&Value> = ["tasks", "projects", "tags"]
        .iter()
        .flat_map(|name| file[name].as_array().unwrap())
        .collect();
    let plain = read(&json!(all)).workspace.snapshot().unwrap();
    let answer = read(&json!({ "results": all }))
        .workspace
        .snapshot()
        .unwrap();
    assert_eq!(plain, answer);
    // Without names the databases have no titles; all else is there.
    let counts = |export: &Export| -> Vec<_> {
        let databases = export.databases.iter();
        databases
            .map(|database| (database.id, database.pages))
            .collect()
    };
    assert_eq!(counts(&read(&json!(all))), counts(&read(&file)));
}

#[test]
fn a_snapshot_is_an_export_too_and_nothing_of_it_is_lost() {
    let first = read(&file());
    let snapshot = first.workspace.snapshot().unwrap();
    let second = Export::read(snapshot.as_bytes()).unwrap();
    assert_eq!(second.workspace.snapshot().unwrap(), snapshot);
    assert_eq!(second.databases, first.databases);
    assert!(second.not_kept.is_empty());
    let cut = Export::read(&snapshot.as_bytes()[..snapshot.len() / 2]);
    assert!(cut.is_err());
}

#[tokio::test]
async fn pages_keep_their_values_times_marks_and_ids() {
    let file = file();
    let export = read(&file);
    let lost = [
        "projects, Task Count: a rollup is not computed here",
        "tasks, Score: a formula is not computed here (5 times)",
    ];
    assert_eq!(export.not_kept, lost);
    let notion = Notion::of(export.workspace).await;
    for told in file["tasks"].as_array().unwrap() {
        let id = told["id"].as_str().unwrap();
        let mut page = notion.ask(&format!("pages/{id}"), None).await;
        // What the simulator knows of the author stands with the users; a picture it has not.
        assert_eq!(
            page["properties"]["Created by"]["created_by"]["name"],
            "Ada Example"
        );
        let mut told = told.clone();
        for page in [&mut told, &mut page] {
            let page = page.as_object_mut().unwrap();
            for key in ["url", "in_trash"] {
                page.remove(key);
            }
            page["properties"].as_object_mut().unwrap().remove("Score");
        }
        assert_eq!(page, told);
    }
    let shown = pages(&notion.query(TASKS).await);
    assert_eq!(shown.len(), 4, "one of five is archived");
    assert!(
        shown
            .iter()
            .any(|page| page["properties"]["Task"]["title"] == json!([]))
    );
    let database = notion.ask(&format!("databases/{TASKS}"), None).await;
    assert_eq!(database["title"][0]["plain_text"], "tasks");
    let names = |property: &str, kind: &str| -> Vec<String> {
        let options = &database["properties"][property][kind]["options"];
        let options = options.as_array().unwrap().iter();
        options
            .map(|option| option["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("Status", "select"), ["To Do", "In Progress", "Done"]);
    assert_eq!(
        names("Context", "multi_select"),
        ["Errand", "Home", "Deep work"]
    );
    let project = pages(&notion.query(PROJECTS).await);
    let links = &project[0]["properties"]["Tasks"]["relation"];
    assert_eq!(
        links.as_array().unwrap().len(),
        2,
        "the archived task is hidden"
    );
}

#[test]
fn what_cannot_be_held_is_an_error_that_names_page_and_property() {
    let page = "1f0c9e55-77aa-4b3c-9d2e-3a6f5b8c7d05";
    let of_page = |pointer: &str| format!("/tasks/0{pointer}");
    let property = |rest: &str| of_page(&format!("/properties/{rest}"));
    for (pointer, wrong, says) in [
        (
            property("Status/type"),
            json!("number"),
            "`Status`: it is of type",
        ),
        (property("Status/id"), json!("else"), "`Status`: its id is"),
        (property("Status/select/color"), json!("mauve"), "`Status`"),
        (property("Due Date/date/start"), json!("soon"), "`Due Date`"),
        (
            property("Context/multi_select/0/id"),
            json!("x"),
            "elsewhere",
        ),
        (property("Task/title/0/type"), json!("poem"), "`Task`"),
        (
            property("Created by/created_by/id"),
            json!("6794760a-1f15-45cd-9c65-0dfe42f5135b"),
            "the page itself says",
        ),
        (of_page("/created_time"), json!("yesterday"), "created_time"),
        (of_page("/properties"), Value::Null, "no `properties`"),
        (
            of_page("/parent"),
            json!({ "type": "workspace", "workspace": true }),
            "in no database",
        ),
    ] {
        let mut file = file();
        *file.pointer_mut(&pointer).expect(&pointer) = wrong;
        let error = refusal(&file);
        // A page further down may be the first to disagree.
        let named = error.contains(page) || error.contains("1f0c9e5");
        assert!(named && error.contains(says), "{pointer}: {error}");
    }
    for (file, says) in [
        (json!([]), "no page"),
        (json!(7), "neither an array nor an object"),
        (json!({ "tasks": ["Buy milk"] }), "/tasks/0"),
        (
            json!([{ "object": "block", "id": TASKS }]),
            "neither a page nor a list",
        ),
        (json!({ "tasks": [{ "object": "page" }] }), "without an id"),
    ] {
        assert!(refusal(&file).contains(says), "{}", refusal(&file));
    }
    let mut unlike = file();
    let mut copy = unlike["tasks"][0].clone();
    copy["archived"] = json!(true);
    unlike["tasks"].as_array_mut().unwrap().push(copy);
    assert!(refusal(&unlike).contains("twice"));
}

#[test]
fn links_to_pages_that_are_not_in_the_file_are_listed() {
    let mut file = file();
    file.as_object_mut().unwrap().remove("tags");
    let lost = read(&file).not_kept;
    assert!(
        lost.iter()
            .any(|line| line
                .contains("tasks, Tags: a link to a page that is not in the file (2 times)")),
        "{lost:?}"
    );
    assert!(
        lost.iter()
            .any(|line| line.contains("tasks, Tags: no link tells where it leads")),
        "{lost:?}"
    );
    let mut cut = self::file();
    cut["tags"] = json!({ "object": "list", "results": cut["tags"], "has_more": true });
    let lost = read(&cut).not_kept;
    assert!(
        lost.iter().any(|line| line.contains("tags, its pages")),
        "{lost:?}"
    );
}

#[test]
fn a_database_object_beside_the_pages_tells_what_they_do_not() {
    let mut file = file();
    let status = json!({ "id": "sTat", "name": "State", "type": "status", "status": {
        "options": [
            { "id": "1", "name": "Weird", "color": "red" },
            { "id": "2", "name": "Finished", "color": "blue" },
        ],
        "groups": [
            { "id": "g1", "name": "In progress", "option_ids": ["1"] },
            { "id": "g2", "name": "Complete", "option_ids": ["2"] },
        ],
    } });
    let cost =
        json!({ "id": "cOst", "name": "Cost", "type": "number", "number": { "format": "euro" } });
    file["databases"] = json!({ "tasks": {
        "object": "database",
        "id": TASKS,
        "title": [{ "plain_text": "TomOS" }],
        "properties": { "State": status, "Cost": cost },
    } });
    let export = read(&file);
    let tasks = export
        .databases
        .iter()
        .find(|it| it.id.to_string() == TASKS)
        .unwrap();
    assert_eq!((tasks.title.as_str(), tasks.pages), ("TomOS", 5));
    assert!(
        !export.not_kept.iter().any(|line| line.contains("guessed")),
        "{:?}",
        export.not_kept
    );
    let snapshot = export.workspace.snapshot().unwrap();
    assert!(
        snapshot.contains("\"Number\":\"euro\"") && snapshot.contains("\"group\":\"InProgress\"")
    );
}

#[tokio::test]
async fn the_sandbox_serves_the_file_from_the_simulator_alone() -> Result<(), SandboxError> {
    let _ = Api::new("");
    let options = Options {
        profile: Profile::none(),
        seed: SEED,
        limit: LimitSettings::default(),
        database_url: None,
        postgres_bin: None,
        plant: None,
    };
    let alone = NotionAlone::start(options, read(&file())).await?;
    assert_eq!(alone.databases().len(), 3);
    assert_eq!(alone.not_kept().len(), 2);
    let answer = Api::new("")
        .http
        .get(alone.notion().snapshot_url())
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.text().await.unwrap(),
        alone.notion().snapshot().unwrap()
    );
    alone.stop().await;
    Ok(())
}

#[tokio::test]
async fn the_command_says_what_is_there_and_what_is_not() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["sandbox", "--json", "--notion-export", FILE])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let url = ready["notion_snapshot_url"].as_str().unwrap();
    let answer = Api::new("").http.get(url).send().await.unwrap();
    let snapshot: Value = answer.json().await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(snapshot["pages"].as_array().unwrap().len(), 7);
    assert_eq!(ready["databases"][TASKS], "tasks");
    assert_eq!(ready["not_kept"].as_array().unwrap().len(), 2);
    assert_eq!(ready.get("baseline_url"), None);
    let wrong = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args([
            "sandbox",
            "--notion-export",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("Cargo.toml"));
}
