//! Notion itself instead of an export: the same is said of both.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

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
    fs::write(stores.folder.path().join("cutover.toml"), text).unwrap();
    let live = stores.live(&["--no-bodies"]).await;
    assert_ended(
        &live,
        3,
        &["the text inside the pages of tasks could not be looked at"],
    );
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
