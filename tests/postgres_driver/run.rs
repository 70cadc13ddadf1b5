//! The shipped scenarios with the sandbox's own database as the candidate.

use std::fs;

use assert_cmd::cargo::cargo_bin;
use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::profile::Profile;
use cutover::sandbox::{Options, Sandbox};
use serde_json::{Value, json};
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
    for secret in [Some(url.as_str()), password.password()]
        .into_iter()
        .flatten()
    {
        assert!(
            !text.contains(secret) && !err.contains(secret),
            "a secret is shown"
        );
    }
    sandbox.stop().await.unwrap();
}
