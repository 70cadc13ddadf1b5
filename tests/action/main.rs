//! The GitHub Action and the job for GitLab, run here: the scripts as they are, against a forge on the loopback that
//! keeps comments and deployments in memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod comment;
mod deployment;
mod files;
mod github;
mod gitlab;
mod runs;
mod steps;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The root of the repository, which is the action's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A runner's temporary folder, with programs of its own in front of the machine's.
struct Runner {
    temporary: TempDir,
}

/// How a script ended, and what it left.
struct Ended {
    code: i32,
    /// Both streams: a runner shows them as one log.
    log: String,
    /// What it wrote to `GITHUB_OUTPUT`.
    output: BTreeMap<String, String>,
}

impl Runner {
    fn new() -> Self {
        let temporary = TempDir::new().unwrap();
        fs::create_dir(temporary.path().join("programs")).unwrap();
        Self { temporary }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    /// A file, and its path as text.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A program in bash that is found by its name.
    fn program(&self, name: &str, text: &str) -> String {
        let path = self.file(
            &format!("programs/{name}"),
            &format!("#!/usr/bin/env bash\n{text}\n"),
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Runs a script of the action with these variables and none of the test's own.
    fn run(&self, script: &str, variables: &[(&str, &str)]) -> Ended {
        let output = self.path("output");
        fs::write(&output, "").unwrap();
        let programs = self.path("programs");
        let search = std::env::var("PATH").unwrap();
        let ran = Command::new("bash")
            .arg(root().join(".github/action").join(script))
            .current_dir(self.temporary.path())
            .env_clear()
            .env("PATH", format!("{}:{search}", programs.display()))
            .env("LC_ALL", "C.UTF-8")
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_ACTION_PATH", root())
            .env("RUNNER_TEMP", self.temporary.path())
            .env("RETRY_SECONDS", "0")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = fs::read_to_string(output).unwrap();
        let pairs = text.lines().map(|line| line.split_once('=').unwrap());
        Ended {
            code: ran.status.code().unwrap(),
            log: String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap(),
            output: pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }
}
