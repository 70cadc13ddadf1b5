//! An export in a file against a database that somebody else runs, as before a real cutover.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::profile::Profile;
use cutover::sandbox::{Options, Sandbox};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// A world, its export and its id map in a folder.
pub(crate) struct Stores {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: tempfile::TempDir,
}

impl Stores {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options {
            profile: Profile::none(),
            seed: 7,
            limit: LimitSettings::default(),
            database_url: None,
            postgres_bin: None,
            plant: None,
        });
        let sandbox = sandbox.await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |name, content| fs::write(folder.path().join(name), content).unwrap();
        write("export.json", sandbox.notion_export().unwrap());
        write("ids.json", serde_json::to_vec(&sandbox.id_map()).unwrap());
        Self { sandbox, folder }
    }

    pub(crate) async fn run(&self, statement: &str) {
        let mut connection = PgConnection::connect(self.sandbox.database_url())
            .await
            .unwrap();
        let running = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection);
        running.await.unwrap();
    }

    /// The verb on the export and the database, with more arguments.
    pub(crate) async fn integrity(&self, more: &[&str]) -> (Option<i32>, String) {
        let mut command = verb(self.folder.path());
        command.args([
            "--export",
            "export.json",
            "--database",
            "env:ROWS",
            "--mapping",
            "sandbox",
        ]);
        command.args(more).env("ROWS", self.sandbox.database_url());
        // The world lives on this thread: it must go on while the verb runs.
        let running = tokio::task::spawn_blocking(move || command.output().unwrap());
        ended(&running.await.unwrap())
    }
}

pub(crate) fn verb(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .arg("integrity");
    command.env_remove("GITHUB_STEP_SUMMARY");
    command
}

pub(crate) fn ended(output: &Output) -> (Option<i32>, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout) + &text(&output.stderr),
    )
}

#[track_caller]
pub(crate) fn assert_ended((code, said): &(Option<i32>, String), expected: i32, words: &[&str]) {
    assert_eq!(*code, Some(expected), "{said}");
    // Lines are wrapped where a person reads them.
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(said.contains(word), "no `{word}` in:\n{said}");
    }
}

#[tokio::test]
async fn an_export_and_a_database_are_compared_and_nothing_is_written_or_told_of_the_url() {
    let stores = Stores::start().await;
    let by_ids = stores.integrity(&["--id-map", "ids.json"]).await;
    assert_ended(
        &by_ids,
        0,
        &["GO", "Every required gate holds (1): integrity"],
    );
    let by_content = stores.integrity(&[]).await;
    assert_ended(&by_content, 0, &["GO"]);
    // What was judged is judged the same from its record, whose words hold no password.
    let run = fs::read_dir(stores.folder.path().join("reports")).unwrap();
    let run = run.map(|entry| entry.unwrap().path()).next().unwrap();
    let url = url::Url::parse(stores.sandbox.database_url()).unwrap();
    let password = url.password().unwrap_or("a password that is not there");
    for file in [
        "record.json",
        "verdict.json",
        "report.html",
        "report.md",
        "junit.xml",
    ] {
        let text = fs::read_to_string(run.join(file)).unwrap();
        assert!(!text.contains(password), "{file}");
    }
    let mut judge = Command::new(env!("CARGO_BIN_EXE_cutover"));
    let judged = judge.arg("judge").arg("--json").arg(&run).output().unwrap();
    assert_eq!(judged.status.code(), Some(0));
    let judged: Value = serde_json::from_slice(&judged.stdout).unwrap();
    let verdict = fs::read_to_string(run.join("verdict.json")).unwrap();
    assert_eq!(judged, serde_json::from_str::<Value>(&verdict).unwrap());
    stores.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_inconclusive_and_says_what_to_do() {
    let stores = Stores::start().await;
    let left_out = stores.integrity(&["--no-bodies"]).await;
    assert_ended(
        &left_out,
        3,
        &[
            "INCONCLUSIVE",
            "the text inside the pages of tasks",
            "--no-bodies",
        ],
    );
    stores
        .run(r#"ALTER TABLE tasks RENAME "dueEnd" TO "dueUntil""#)
        .await;
    let lacking = stores.integrity(&[]).await;
    assert_ended(
        &lacking,
        3,
        &[
            "the table tasks could not be looked at",
            "no column `dueEnd`",
            "--mapping",
        ],
    );
    stores.run("ALTER TABLE task_tags RENAME TO links").await;
    let lacking = stores.integrity(&["--json"]).await;
    assert_ended(&lacking, 3, &["nor could 1 more"]);
    stores.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn rows_that_differ_are_no_go() {
    let stores = Stores::start().await;
    stores
        .run("UPDATE projects SET title = title || '!' WHERE id = (SELECT min(id) FROM projects)")
        .await;
    let changed = stores.integrity(&["--id-map", "ids.json"]).await;
    assert_ended(
        &changed,
        1,
        &[
            "NO-GO",
            "projects.title: `title` differs from Notion in 1 of 10 projects",
        ],
    );
    stores.run("DELETE FROM task_tags; DELETE FROM tasks").await;
    let empty = stores.integrity(&["--id-map", "ids.json"]).await;
    assert_ended(&empty, 1, &["all 150 tasks of Notion have no row"]);
    stores.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn an_export_that_is_cut_off_is_told_with_its_place_and_leaves_no_folder() {
    let stores = Stores::start().await;
    let path = stores.folder.path().join("export.json");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let cut = stores.integrity(&[]).await;
    assert_ended(
        &cut,
        4,
        &[
            "the export is cut off: it ends at line 1, column",
            "export again",
        ],
    );
    let reports = fs::read_dir(stores.folder.path().join("reports")).unwrap();
    assert_eq!(reports.count(), 0);
    stores.sandbox.stop().await.unwrap();
}

#[test]
fn a_database_out_of_reach_is_the_world_s_fault_and_its_password_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("export.json"), "[]").unwrap();
    let mut command = verb(folder.path());
    command.args(["--export", "export.json", "--database"]);
    command.arg("postgres://app:hunter2222@127.0.0.1:1/rows");
    let ended = ended(&command.output().unwrap());
    assert_ended(
        &ended,
        4,
        &["cannot connect to the PostgreSQL at 127.0.0.1:1/rows"],
    );
    assert!(!ended.1.contains("hunter2222"), "{}", ended.1);
}

#[test]
fn wrong_usage_says_what_is_wrong_and_how_to_put_it_right() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("export.json", "[]");
    write("wrong.toml", "zone = \"Mars\"\nrecords = []\n");
    write("ids.json", "[]");
    write(
        "http.toml",
        "[baseline]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:1\"\n\
         [candidate]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:2\"\n",
    );
    let database = [
        "--export",
        "export.json",
        "--database",
        "postgres://app@127.0.0.1:1/rows",
    ];
    let with = |more: &[&'static str]| [&database, more].concat();
    let cases = [
        (vec![], "nothing says what to compare"),
        (
            vec!["--export", "export.json"],
            "nothing says where the rows are",
        ),
        (
            vec![
                "--export",
                "export.json",
                "--database",
                "env:NOWHERE_TO_BE_FOUND",
            ],
            "env:NOWHERE_TO_BE_FOUND",
        ),
        (
            vec!["--export", "export.json", "--database", "mysql://a@b/c"],
            "postgres://",
        ),
        (
            vec!["--export", "export.json", "--config", "http.toml"],
            "the driver `http`, which tells no rows",
        ),
        (
            vec!["--export", "none.json", "--database", "postgres://a@b/c"],
            "the export none.json cannot be read",
        ),
        (
            vec!["--plant", "bodies-lost"],
            "--plant works on the sandbox only",
        ),
        (
            vec!["--sandbox", "--export", "export.json"],
            "cannot be used with",
        ),
        (with(&["--mapping", "tomso"]), "there are sandbox and tomos"),
        (with(&["--mapping", "wrong.toml"]), "wrong.toml:1"),
        (with(&["--id-map", "ids.json"]), "the id map is wrong"),
    ];
    for (arguments, words) in cases {
        let mut command = verb(folder.path());
        let (code, said) = ended(&command.args(&arguments).output().unwrap());
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert!(!folder.path().join("reports").exists());
}
