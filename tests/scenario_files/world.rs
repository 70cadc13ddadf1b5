//! A good file, and folders of files that are not.

use std::fs;
use std::path::{Path, PathBuf};

use cutover::diagnostic::Colour;
use cutover::scenario;
use tempfile::TempDir;

pub(crate) const GOOD: &str = r#"name = "read-tasks"
summary = "Reads the tasks"

[promise]
source = "guide"
before = "2s..3s"
after = "50ms..100ms"
speedup = "20x..60x"

[[steps]]
name = "tasks"
method = "GET"
path = "/api/tasks"
cost = 1
expect = { status = 200 }
"#;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files in a folder of their own.
pub(crate) struct Files(pub(crate) TempDir);

impl Files {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    /// The report about the folder, with a fixed name in the place of the temporary one.
    pub(crate) fn errors(&self) -> String {
        self.errors_of(&[self.0.path().to_owned()])
    }

    pub(crate) fn errors_of(&self, paths: &[PathBuf]) -> String {
        let errors = scenario::load(paths).expect_err("there are mistakes");
        let folder = self.0.path().display().to_string();
        errors.render(Colour::Never).replace(&folder, "scenarios")
    }
}

/// The good file with one piece replaced.
pub(crate) fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    GOOD.replacen(old, new, 1)
}

pub(crate) fn errors_with(old: &str, new: &str) -> String {
    Files::new(&[("read.toml", &with(old, new))]).errors()
}

/// The good file without its promise, and these lines at its end.
pub(crate) fn without_promise(lines: &str) -> String {
    let promise = GOOD.find("[promise]").unwrap()..GOOD.find("[[steps]]").unwrap();
    let mut text = GOOD.to_owned();
    text.replace_range(promise, "");
    text + lines
}
