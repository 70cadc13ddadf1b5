//! Notion itself instead of an export: the same is said of both.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::stores::{Stores, assert_ended, ended, verb};

impl Stores {
    /// A configuration with Notion as the baseline and the database as the candidate.
    fn configure(&self, version: &str, databases: &str) {
        let text = format!(
            "[baseline]\ndriver = \"notion\"\nbase_url = \"{}\"\ntoken = \"env:TOKEN\"\nversion = \"{version}\"\n\
             [baseline.variables]\n{databases}\n\
             [candidate]\ndriver = \"postgres\"\nurl = \"env:ROWS\"\n\
             [baseline.budget]\nrate = \"1000/s\"\n",
            self.sandbox.notion_url()
        );
        fs::write(self.folder.path().join("cutover.toml"), text).unwrap();
    }

    fn databases(&self) -> String {
        let (tasks, projects) = (
            self.sandbox.tasks_database_id(),
            self.sandbox.projects_database_id(),
        );
        let tags = self.sandbox.tags_database_id();
        format!(
            "tasks_database = \"{tasks}\"\nprojects_database = \"{projects}\"\ntags_database = \"{tags}\""
        )
    }

    async fn live(&self, more: &[&str]) -> (Option<i32>, String) {
        let live = ["--live", "--config", "cutover.toml", "--mapping", "sandbox"];
        self.configured(&[&live, more].concat()).await
    }

    async fn configured(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = verb(self.folder.path());
        command.args(arguments);
        command.env("ROWS", self.sandbox.database_url());
        command.env("TOKEN", self.sandbox.notion_token());
        // The world lives on this thread: it must go on while the verb runs.
        let running = tokio::task::spawn_blocking(move || command.output().unwrap());
        ended(&running.await.unwrap())
    }
}

#[tokio::test]
async fn every_page_of_notion_with_its_text_is_held_against_its_row_in_either_version() {
    let stores = Stores::start().await;
    for version in ["2022-06-28", "2025-09-03"] {
        stores.configure(version, &stores.databases());
        let whole = stores.live(&["--id-map", "ids.json"]).await;
        let words = [
            "Reading the text inside 150 pages: at least 150 requests to Notion",
            "Every required gate holds (1): integrity",
        ];
        assert_ended(&whole, 0, &words);
    }
    stores
        .run("UPDATE tasks SET body = NULL, \"dueEnd\" = NULL")
        .await;
    let lost = stores.live(&["--id-map", "ids.json", "--json"]).await;
    assert_ended(
        &lost,
        1,
        &[
            "the text inside all 12 tasks with a body did not arrive",
            "is lost in 8 of",
        ],
    );
    stores.sandbox.stop().await.unwrap();
}

/// A client of the simulated Notion.
struct Notion<'s> {
    stores: &'s Stores,
    client: reqwest::Client,
}

impl<'s> Notion<'s> {
    fn of(stores: &'s Stores) -> Self {
        // Needed to build a client, also for plain HTTP; fails when another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { stores, client }
    }

    async fn ok(&self, method: reqwest::Method, path: &str, body: &Value) -> Value {
        let sandbox = &self.stores.sandbox;
        let url = format!("{}/v1/{path}", sandbox.notion_url());
        let request = self.client.request(method, url).json(body);
        let request = request.header("Notion-Version", "2022-06-28");
        let answer = request.bearer_auth(sandbox.notion_token()).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// How often it was asked for one property of a page.
    async fn properties_asked(&self) -> u64 {
        let url = self.stores.sandbox.notion_counters_url();
        let told = self.client.get(url).send().await.unwrap();
        let told: Value = told.json().await.unwrap();
        let asked = &told["by_endpoint"]["retrieve_page_property"];
        asked.as_u64().unwrap_or_default()
    }
}

/// Gives a task thirty tags, on both sides. Returns its row's id.
async fn with_thirty_tags(stores: &Stores, notion: &Notion<'_>) -> String {
    let ids = serde_json::to_value(stores.sandbox.id_map()).unwrap();
    let (page, task) = ids["tasks"].as_object().unwrap().iter().next().unwrap();
    let task = task.as_str().unwrap();
    let mut links = Vec::new();
    let mut rows = format!("DELETE FROM task_tags WHERE \"taskId\" = '{task}';");
    for number in 10..40 {
        let name = format!("extra {number}");
        let body = json!({
            "parent": { "database_id": stores.sandbox.tags_database_id() },
            "properties": { "Tag": { "title": [{ "text": { "content": name } }] } },
        });
        let tag = notion.ok(reqwest::Method::POST, "pages", &body).await;
        links.push(json!({ "id": tag["id"] }));
        let made = tag["created_time"].as_str().unwrap();
        rows += &format!(
            "INSERT INTO tags (id, name, \"createdAt\")
             VALUES ('extra-{number}', '{name}', timestamptz '{made}' AT TIME ZONE 'UTC');
             INSERT INTO task_tags VALUES ('{task}', 'extra-{number}');"
        );
    }
    let body = json!({ "properties": { "Tags": { "relation": links } } });
    let path = format!("pages/{page}");
    notion.ok(reqwest::Method::PATCH, &path, &body).await;
    stores.run(&rows).await;
    task.to_owned()
}

/// Notion tells 25 links of a relation with its page, and the rest where somebody asks for it.
#[tokio::test]
async fn links_beyond_the_25_that_a_page_tells_are_asked_for_and_compared() {
    let stores = Stores::start().await;
    let notion = Notion::of(&stores);
    let task = with_thirty_tags(&stores, &notion).await;
    for (asked, version) in [(1, "2022-06-28"), (2, "2025-09-03")] {
        stores.configure(version, &stores.databases());
        let whole = stores.live(&[]).await;
        let words = [
            "Reading the text inside 150 pages and all links of 1 long relation: at least 151 requests to Notion",
            "Every required gate holds (1): integrity",
        ];
        assert_ended(&whole, 0, &words);
        assert_eq!(notion.properties_asked().await, asked, "in {version}");
    }
    // A file keeps what a page tells: of the other five nobody knows.
    let export = stores.sandbox.notion_export().unwrap();
    fs::write(stores.folder.path().join("export.json"), export).unwrap();
    let in_part = stores.integrity(&[]).await;
    let words = [
        "all links of tasks.tags could not be looked at: Notion told 25 of more in 1 of its pages",
    ];
    assert_ended(&in_part, 3, &words);
    let gone =
        format!("DELETE FROM task_tags WHERE \"taskId\" = '{task}' AND \"tagId\" >= 'extra-35'");
    stores.run(&gone).await;
    let cut = stores.live(&["--no-bodies"]).await;
    let words = [
        "Reading all links of 1 long relation: at least 1 request to Notion",
        "NO-GO",
        "tasks.tags",
    ];
    assert_ended(&cut, 1, &words);
    stores.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_configuration_of_two_applications_names_the_stores_behind_them() {
    let stores = Stores::start().await;
    let databases = stores
        .databases()
        .replace("_database", "")
        .replace('\n', ", ");
    let text = format!(
        "[baseline]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:1\"\n\
         [candidate]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:2\"\n\
         [candidate.database]\ndirect = \"env:ROWS\"\n\
         [baseline.notion]\ntoken = \"env:TOKEN\"\nbase_url = \"{}\"\ndatabases = {{ {databases} }}\n\
         [backups]\nexport = \"export.json\"\n",
        stores.sandbox.notion_url()
    );
    let write = |more: &str| {
        let file = stores.folder.path().join("cutover.toml");
        fs::write(file, format!("{text}{more}")).unwrap();
    };
    write("[integrity]\nbodies = false\n");
    let live = stores.live(&[]).await;
    assert_ended(
        &live,
        3,
        &["the text inside the pages of tasks could not be looked at"],
    );
    write("");
    let exported = stores
        .configured(&["--config", "cutover.toml", "--mapping", "sandbox"])
        .await;
    assert_ended(&exported, 0, &["GO"]);
    stores.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_notion_that_refuses_is_told_in_its_words_and_databases_that_are_not_named_are_asked_for()
{
    let stores = Stores::start().await;
    stores.configure(
        "2022-06-28",
        "tasks_database = \"11111111-2222-4333-8444-555555555555\"",
    );
    let unnamed = stores.live(&[]).await;
    assert_ended(
        &unnamed,
        2,
        &["lacks that of projects and tags", "`[baseline.notion]`"],
    );
    let mut databases = stores.databases();
    databases = databases.replace(
        stores.sandbox.tags_database_id(),
        "11111111-2222-4333-8444-555555555555",
    );
    stores.configure("2022-06-28", &databases);
    let refused = stores.live(&["--no-bodies"]).await;
    assert_ended(
        &refused,
        4,
        &[
            "the database 11111111-2222-4333-8444-555555555555 cannot be read",
            "shared with",
        ],
    );
    stores.sandbox.stop().await.unwrap();
}

#[test]
fn the_sandbox_is_read_within_its_limit_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = verb(folder.path());
    let ended = ended(
        &command
            .args(["--sandbox", "--live", "--no-bodies"])
            .output()
            .unwrap(),
    );
    assert_ended(
        &ended,
        3,
        &["the text inside the pages of tasks could not be looked at: it was left out"],
    );
    let runs = fs::read_dir(folder.path().join("reports")).unwrap();
    let run = runs.map(|entry| entry.unwrap().path()).next().unwrap();
    let record = fs::read_to_string(run.join("record.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        record["world"]["notion"]["requests"], 4,
        "two answers of tasks, one of projects, one of tags"
    );
    assert_eq!(record["checks"]["integrity"]["looked_at"][0]["count"], 150);
    // The limit that was kept to, as in every record.
    assert_eq!(record["budget"], json!({ "rate": "3/s", "headroom": 0.02 }));
}

#[test]
fn an_interrupted_look_ends_soon_takes_the_world_down_and_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = verb(folder.path());
    let mut child = command
        .args(["--sandbox", "--live"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    // A minute of requests begins.
    let begun = said.find(|line| {
        line.as_ref()
            .unwrap()
            .contains("Reading the text inside 150 pages")
    });
    assert!(begun.is_some());
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let rest: Vec<String> = said.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    assert!(
        rest.iter()
            .any(|line| line.contains("it was interrupted before")),
        "{rest:?}"
    );
    assert_eq!(
        fs::read_dir(folder.path().join("reports")).unwrap().count(),
        0
    );
}
