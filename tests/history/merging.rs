//! Two people add a run each, and git merges their branches.

use std::path::Path;
use std::process::Command;

use cutover::history::{add, read};

use super::entries::runs;
use super::verbs::cutover;

fn git(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@b.example",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(words)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {words:?}: {said}{errors}");
    said
}

#[test]
fn two_branches_that_add_a_run_merge_without_a_conflict_and_the_cache_stays_out_of_git() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    let folder = root.join("history");
    let entries = runs(12, |_| 0.05);
    let keep = |message: &str, run: usize| {
        add(&folder, &entries[run]).unwrap();
        git(root, &["add", "-A"]);
        git(root, &["commit", "-q", "-m", message]);
    };
    git(root, &["init", "-q"]);
    for run in 0..10 {
        keep("before", run);
    }
    git(root, &["checkout", "-q", "-b", "other"]);
    keep("theirs", 11);
    assert_eq!(cutover(root, &["history", "show"]).code, 0);
    assert!(folder.join(".cache/change-points.json").is_file());
    assert_eq!(
        git(root, &["status", "--porcelain"]),
        "",
        "git sees the cache"
    );
    git(root, &["checkout", "-q", "main"]);
    keep("ours", 10);
    assert_eq!(cutover(root, &["history", "show"]).code, 0);
    git(root, &["merge", "-q", "--no-edit", "other"]);
    assert_eq!(read(&folder).unwrap(), entries);
    assert_eq!(cutover(root, &["history", "check"]).code, 0);
}
