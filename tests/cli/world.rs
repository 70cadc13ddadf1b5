//! Folders, commands and a sandbox of the test's own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Long enough for the slowest machine; nothing that passes waits for it.
const DEADLINE: Duration = Duration::from_secs(60);

/// Held alone by a test that comes to a verdict about times, for which others would be noise. The others, whose
/// sandboxes mostly wait, go side by side.
static MACHINE: RwLock<()> = RwLock::new(());

enum Share {
    Some {
        _guard: RwLockReadGuard<'static, ()>,
    },
    All {
        _guard: RwLockWriteGuard<'static, ()>,
    },
}

/// A folder to work in, with a temporary folder of its own to look for leftovers in.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    _machine: Share,
}

impl Place {
    pub(crate) fn new() -> Self {
        // Another test's failure is no reason to fail.
        let guard = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
        Self::with(Share::Some { _guard: guard })
    }

    /// With the machine to itself.
    pub(crate) fn alone() -> Self {
        let guard = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
        Self::with(Share::All { _guard: guard })
    }

    fn with(machine: Share) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
            _machine: machine,
        };
        fs::create_dir(place.scratch()).unwrap();
        // The sandbox's database may run as another user, who must be able to get there.
        for path in [place.path(), &place.scratch()] {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
            fs::set_permissions(path, mode).unwrap();
        }
        place.scenarios();
        fs::write(place.path().join("quick.toml"), QUICK).unwrap();
        fs::write(place.path().join("equal.toml"), EQUAL).unwrap();
        place
    }

    /// The shipped scenarios, less an expectation that compiles a regular expression for each task: a
    /// debug build takes so long over it that it rightly finds itself to be the bottleneck.
    fn scenarios(&self) {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        fs::create_dir(self.path().join("scenarios")).unwrap();
        for name in ["create-task", "dashboard-load", "task-search"] {
            let file = format!("{name}.toml");
            let text = fs::read_to_string(shipped.join(&file)).unwrap();
            let lines: Vec<&str> = text
                .lines()
                .filter(|line| !line.contains("?!search("))
                .collect();
            self.write(&format!("scenarios/{file}"), &lines.join("\n"));
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn scratch(&self) -> PathBuf {
        self.path().join("tmp")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The binary, working in this folder.
    pub(crate) fn cutover(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env("TMPDIR", self.scratch())
            .env_remove("DATABASE_URL")
            .env_remove("NO_COLOR")
            .env_remove("GITHUB_STEP_SUMMARY")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::new(self.cutover(arguments).output().unwrap())
    }

    /// The only run's folder.
    pub(crate) fn run_folder(&self) -> PathBuf {
        let mut runs: Vec<PathBuf> = fs::read_dir(self.path().join("reports"))
            .unwrap()
            .map(|run| run.unwrap().path())
            .collect();
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.remove(0)
    }

    /// A file of the only run as JSON.
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.run_folder().join(name)).unwrap()).unwrap()
    }

    /// Fails unless every process and folder of a sandbox is gone, or goes within the deadline.
    pub(crate) fn assert_nothing_left(&self) {
        let began = Instant::now();
        loop {
            let left: Vec<_> = fs::read_dir(self.scratch())
                .unwrap()
                .map(Result::unwrap)
                .collect();
            if left.is_empty() {
                return;
            }
            assert!(began.elapsed() < DEADLINE, "left behind: {left:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// What a command came to.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn assert_code(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "\n{}\n{}", self.out, self.err);
        self
    }
}

/// `cutover sandbox --json`, running; killed when it is dropped.
pub(crate) struct Sandbox {
    child: Child,
    pub(crate) ready: Value,
}

impl Sandbox {
    pub(crate) fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut command = place.cutover(&["sandbox", "--json"]);
        let mut child = command
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { child, ready }
    }

    pub(crate) fn url(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    /// A configuration that names its two sides as live targets.
    pub(crate) fn configuration(&self) -> String {
        format!(
            "[baseline]\ndriver = \"http\"\nbase_url = \"{}\"\n\
             [candidate]\ndriver = \"http\"\nbase_url = \"{}\"\n",
            self.url("baseline_url"),
            self.url("candidate_url")
        )
    }

    /// Ends it as Ctrl-C would, and returns its exit code.
    pub(crate) fn interrupt(mut self) -> Option<i32> {
        signal(&self.child, "-INT");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process that this test started.
pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Waits until a condition holds; fails with `what` after the deadline.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < DEADLINE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Much slower on the baseline than on the candidate, and quick on both.
const QUICK: &str = r#"
name = "quick"
source = "made up for a test"
client_to_api = { median = "1ms", per_row = "0ms", sigma = 0.1 }
[notion]
query = { median = "150ms", per_row = "0ms", sigma = 0.1 }
query_by_text = { median = "1200ms", per_row = "0ms", sigma = 0.1 }
retrieve_database = { median = "150ms", per_row = "0ms", sigma = 0.1 }
create_page = { median = "250ms", per_row = "0ms", sigma = 0.1 }
retrieve_page = { median = "150ms", per_row = "0ms", sigma = 0.1 }
update_page = { median = "150ms", per_row = "0ms", sigma = 0.1 }
[postgres]
read = { median = "5ms", per_row = "0ms", sigma = 0.1 }
search = { median = "30ms", per_row = "0ms", sigma = 0.1 }
write = { median = "30ms", per_row = "0ms", sigma = 0.1 }
"#;

/// As slow on the candidate as on the baseline, and so slow that a machine's own lateness is little beside it.
const EQUAL: &str = r#"
name = "equal"
source = "made up for a test"
client_to_api = { median = "1ms", per_row = "0ms", sigma = 0.1 }
[notion]
query = { median = "400ms", per_row = "0ms", sigma = 0.1 }
query_by_text = { median = "400ms", per_row = "0ms", sigma = 0.1 }
retrieve_database = { median = "400ms", per_row = "0ms", sigma = 0.1 }
create_page = { median = "400ms", per_row = "0ms", sigma = 0.1 }
retrieve_page = { median = "400ms", per_row = "0ms", sigma = 0.1 }
update_page = { median = "400ms", per_row = "0ms", sigma = 0.1 }
[postgres]
read = { median = "400ms", per_row = "0ms", sigma = 0.1 }
search = { median = "400ms", per_row = "0ms", sigma = 0.1 }
write = { median = "400ms", per_row = "0ms", sigma = 0.1 }
"#;
