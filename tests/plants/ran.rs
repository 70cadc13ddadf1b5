//! A run of the real binary, in an empty folder: the built-in scenarios, the embedded world.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cutover::sandbox::Plant;
use serde_json::Value;

use crate::table::{At, Verb};

/// What hangs is ended after this time; nothing that passes waits for it.
const DEADLINE: Duration = Duration::from_secs(600);

/// What one run left.
pub(crate) struct Ran {
    /// `None` when it was ended by force.
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) record: Value,
}

impl Ran {
    pub(crate) fn new(verb: Verb, plant: Option<Plant>) -> Self {
        let place = tempfile::tempdir().unwrap();
        // The sandbox's database may run as another user, who must be able to get there.
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let file = |name: &str| File::create(place.path().join(name)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
        command.args(verb.arguments());
        if let Some(plant) = plant {
            command.args(["--plant", plant.name()]);
        }
        let mut child = command
            .current_dir(place.path())
            .env_remove("DATABASE_URL")
            .env_remove("GITHUB_STEP_SUMMARY")
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        let began = Instant::now();
        let status: ExitStatus = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > DEADLINE {
                child.kill().unwrap();
            }
            thread::sleep(Duration::from_millis(20));
        };
        let read = |name: &str| fs::read_to_string(place.path().join(name)).unwrap();
        Self {
            exit: status.code(),
            stdout: read("stdout"),
            stderr: read("stderr"),
            record: record(place.path()),
        }
    }

    /// All that was found, by whatever looked.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Value> {
        let checks = &self.record["checks"];
        let compared = checks["parity"].as_array().into_iter().flatten();
        compared
            .map(|compared| &compared["inspection"])
            .chain([&checks["integrity"], &checks["connections"]])
            .flat_map(|inspection| inspection["findings"].as_array().into_iter().flatten())
    }

    /// What was found in one place.
    pub(crate) fn findings_at(&self, at: At) -> Vec<&Value> {
        let checks = &self.record["checks"];
        let inspection = match at {
            At::Parity(scenario) => {
                let mut compared = checks["parity"].as_array().into_iter().flatten();
                compared
                    .find(|compared| compared["scenario"] == scenario)
                    .map(|compared| &compared["inspection"])
            }
            At::Integrity => Some(&checks["integrity"]),
            At::Connections => Some(&checks["connections"]),
        };
        let findings = inspection.and_then(|inspection| inspection["findings"].as_array());
        findings.into_iter().flatten().collect()
    }
}

/// The record of the only run, or nothing.
fn record(place: &Path) -> Value {
    let runs = fs::read_dir(place.join("reports"));
    let run = runs
        .into_iter()
        .flatten()
        .next()
        .map(|run| run.unwrap().path());
    let text = run.and_then(|run| fs::read_to_string(run.join("record.json")).ok());
    text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
}
