//! What one run of the verb left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A scenario that reads; its inputs are numbered.
const READS: &str = r#"
name = "list"
summary = "A user looks at the list"
[promise]
source = "a test"
before = "500ms"
after = "50ms"
speedup = "10x"
[[steps]]
name = "list"
method = "GET"
path = "/tasks?n={{ iteration }}"
cost = 1
[steps.expect]
status = 200
json = [{ path = "$.ok", equals = true }]
"#;

/// A scenario that writes.
const WRITES: &str = r#"
name = "create"
summary = "A user writes something down"
writes = true
[promise]
source = "a test"
before = "500ms"
after = "50ms"
speedup = "10x"
[[steps]]
name = "create"
method = "POST"
path = "/tasks"
body = { title = "{{ marker }}" }
cost = 1
[steps.expect]
status = 200
[steps.capture]
id = "$.id"
[[cleanup]]
name = "remove"
method = "DELETE"
path = "/tasks/{{ id }}"
cost = 1
[cleanup.expect]
status = 200
[[recover]]
name = "find"
method = "GET"
path = "/tasks?q={{ marker }}"
cost = 1
[recover.expect]
status = 200
[recover.capture]
id = "$.tasks[?search(@.title, '{{ marker }}')].id"
"#;

/// A folder to run in, with both scenarios.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        // The sandbox's database may run as another user, who must be able to get there.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        fs::set_permissions(place.path(), mode).unwrap();
        let scenarios = place.path().join("scenarios");
        fs::create_dir(&scenarios).unwrap();
        fs::write(scenarios.join("list.toml"), READS).unwrap();
        fs::write(scenarios.join("create.toml"), WRITES).unwrap();
        Self(place)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_remove("DATABASE_URL")
            .env_remove("GITHUB_STEP_SUMMARY")
            .env_remove("GITHUB_ACTIONS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command line to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let child = self.command(arguments).spawn().unwrap();
        self.ran(child)
    }

    /// Compares two builds in the least number of blocks: enough to see a difference of many times, not to say
    /// that there is none where an answer takes no longer than the machine's own pauses.
    pub(crate) fn regress(&self, arguments: &[&str]) -> Ran {
        let few = ["regress", "--blocks", "5", "--samples", "4"];
        self.run(&[&few, arguments].concat())
    }

    /// Waits for a run's end.
    pub(crate) fn ran(&self, child: Child) -> Ran {
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().unwrap();
        let runs = fs::read_dir(self.path().join("reports"));
        let runs = runs.into_iter().flatten().map(|run| run.unwrap().path());
        Ran {
            exit: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
            folder: runs.max_by_key(|run| fs::metadata(run).unwrap().modified().unwrap()),
        }
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The run's folder, the newest there is.
    pub(crate) folder: Option<PathBuf>,
}

impl Ran {
    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.folder().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// Both builds were asked all that was planned and answered well. What the times of a few quick answers
    /// decide is the machine's business.
    pub(crate) fn assert_measured(&self) {
        assert!(matches!(self.exit, 0 | 1 | 3), "{self:?}");
        let record = self.json("blocks.json");
        let series = record["series"].as_array().unwrap();
        assert_eq!(series.len(), 1, "{self:?}");
        let blocks = series[0]["blocks"].as_array().unwrap();
        assert_eq!(blocks.len(), 5, "{self:?}");
        for build in ["old", "new"] {
            let times = blocks.iter().map(|block| &block[build]["seconds"]);
            let good: usize = times.map(|times| times.as_array().unwrap().len()).sum();
            assert_eq!(good, 5 * 4, "{self:?}");
        }
    }
}
