//! The shipped scenarios with the sandbox's own database as the candidate.

use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin;
use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::profile::Profile;
use cutover::sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, Row as _};
use tokio::process::Command;

async fn sandbox() -> Sandbox {
    let options = Options {
        profile: Profile::none(),
        seed: 7,
        limit: LimitSettings::default(),
        database_url: None,
        postgres_bin: None,
        plant: None,
    };
    Sandbox::start(options).await.unwrap()
}

/// Every file below a folder, with its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            found.push((path.display().to_string(), text));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_shipped_scenario_runs_against_the_database_itself_and_leaves_nothing() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let text = format!(
        "[baseline]\ndriver = \"http\"\nbase_url = \"{}\"\n\
         [candidate]\ndriver = \"postgres\"\nurl = \"env:CANDIDATE_DATABASE\"\n\
         [run]\nscenarios = [\"{scenarios}\"]\ncandidate_per_baseline = 2\n",
        sandbox.baseline_url()
    );
    fs::write(folder.path().join("cutover.toml"), text).unwrap();
    let url = sandbox.database_url().to_owned();
    let output = Command::new(cargo_bin!("cutover"))
        .args(["run", "--allow-writes", "--max-baseline-iterations", "2"])
        .current_dir(folder.path())
        .env("CANDIDATE_DATABASE", &url)
        .output()
        .await
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    let reports = fs::read_dir(folder.path().join("reports")).unwrap();
    let run = reports.map(|run| run.unwrap().path()).next().unwrap();
    let text = fs::read_to_string(run.join("record.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(record["candidate"]["driver"], "postgres");
    assert_eq!(record["leftovers"], json!([]));
    let scenarios = record["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 3);
    for scenario in scenarios {
        let name = &scenario["name"];
        let found = &scenario["preflight"];
        assert_eq!(
            found["candidate"]["freshness"]["finding"], "fresh",
            "{name}: {found}"
        );
        assert_eq!(found["distinct"]["finding"], "proven", "{name}: {found}");
        let form = &scenario["steps"][0]["candidate"];
        assert_eq!(
            (&form["driver"], &form["method"]),
            (&json!("postgres"), &json!("SQL"))
        );
        let samples = &scenario["candidate"];
        assert!(samples["intended_at_s"].as_array().unwrap().len() >= 2);
        // One value for all of them: every statement was carried out, and nothing of it was wrong.
        assert_eq!(samples["steps"]["status"], 200, "{name}: {samples}");
        assert!(
            samples["steps"].get("failure").is_none(),
            "{name}: {samples}"
        );
    }
    let password = url::Url::parse(&url).unwrap();
    let secrets: Vec<&str> = [Some(url.as_str()), password.password()]
        .into_iter()
        .flatten()
        .collect();
    assert!(!secrets.is_empty());
    let told = String::from_utf8(output.stdout).unwrap() + &err;
    for (place, text) in [("the terminal".to_owned(), told)]
        .into_iter()
        .chain(files(folder.path()))
    {
        let shown = secrets.iter().any(|secret| text.contains(secret));
        assert!(!shown, "a secret is in {place}");
    }
    sandbox.stop().await.unwrap();
}

/// Reads by its own word, and by the rules for its text: only the server can know better.
const SNEAKY: &str = r#"
name = "sneaky"
summary = "Says that it reads"
[promise]
source = "nobody"
before = "2s"
after = "50ms"
speedup = "20x"
[[steps]]
name = "read"
method = "GET"
path = "/api/tags"
cost = 1
expect = { status = 200 }
[steps.sql]
statement = """
WITH free AS MATERIALIZED (SELECT set_config('transaction_read_only', 'off', true)),
made AS (INSERT INTO tags (id, name, color) SELECT 'sneaky', 'sneaky', 'red' FROM free RETURNING id)
SELECT id FROM made"""
expect.json = [{ path = "$.rows[*].id", count = "1.." }]
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scenario_that_does_not_say_that_it_writes_cannot_write() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sneaky.toml"), SNEAKY).unwrap();
    let text = format!(
        "[baseline]\ndriver = \"http\"\nbase_url = \"{}\"\n[candidate]\ndriver = \"postgres\"\nurl = \"env:CANDIDATE_DATABASE\"\n\
         [run]\nscenarios = [\"sneaky.toml\"]\n",
        sandbox.baseline_url()
    );
    fs::write(folder.path().join("cutover.toml"), text).unwrap();
    // Allowed to write, it still does not.
    let output = Command::new(cargo_bin!("cutover"))
        .args(["run", "--allow-writes", "--max-baseline-iterations", "2"])
        .current_dir(folder.path())
        .env("CANDIDATE_DATABASE", sandbox.database_url())
        .output()
        .await
        .unwrap();
    let told =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_ne!(
        output.status.code(),
        Some(2),
        "the scenario is refused: {told}"
    );
    let kept = files(&folder.path().join("reports"));
    let refused = kept
        .iter()
        .any(|(_, text)| text.contains("read-only transaction"));
    assert!(refused, "{told}");
    let mut connection = PgConnection::connect(sandbox.database_url()).await.unwrap();
    let count = "SELECT count(*) FROM tags WHERE id = 'sneaky'";
    let made: i64 = sqlx::query(count)
        .fetch_one(&mut connection)
        .await
        .unwrap()
        .get(0);
    assert_eq!(made, 0);
    sandbox.stop().await.unwrap();
}
