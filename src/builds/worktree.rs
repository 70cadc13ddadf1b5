//! A commit in a folder of its own, by `git worktree`: the repository's own files stay as they are, also those
//! that are not committed. When this process is killed the folder stays among the temporary ones, and `git worktree
//! prune` forgets it when it is gone.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::BuildError;

/// A checkout of a commit, until it is removed or dropped.
#[derive(Debug)]
pub struct Checkout {
    /// The place in it that the repository's caller was in: its root, or the same subfolder.
    pub folder: PathBuf,
    /// The commit's whole id.
    pub commit: String,
    root: PathBuf,
    repository: PathBuf,
    is_removed: bool,
}

/// Checks a revision out, into a new folder inside `under`, which must lie outside of the repository.
///
/// # Errors
/// When there is no such commit, or git refuses.
pub fn check_out(repository: &Path, revision: &str, under: &Path) -> Result<Checkout, BuildError> {
    // What follows `--end-of-options` is no option, whatever it begins with.
    let wanted = format!("{revision}^{{commit}}");
    let commit = git(
        repository,
        &["rev-parse", "--verify", "--end-of-options", &wanted],
    );
    let commit = commit.map_err(|error| of_shallow(repository, revision, error))?;
    let inner = git(repository, &["rev-parse", "--show-prefix"])?;
    let folder = tempfile::Builder::new()
        .prefix("checkout-")
        .tempdir_in(under);
    let root = folder
        .map_err(BuildError::io(under.display().to_string()))?
        .keep();
    let checkout = Checkout {
        folder: root.join(inner),
        commit,
        root,
        repository: repository.to_owned(),
        is_removed: false,
    };
    let place = checkout.root.display().to_string();
    git(
        repository,
        &[
            "worktree",
            "add",
            "--detach",
            "--quiet",
            &place,
            &checkout.commit,
        ],
    )?;
    Ok(checkout)
}

impl Checkout {
    /// Removes it, with whatever was built in it.
    ///
    /// # Errors
    /// When git refuses.
    pub fn remove(mut self) -> Result<(), BuildError> {
        self.is_removed = true;
        self.forget()
    }

    fn forget(&self) -> Result<(), BuildError> {
        let place = self.root.display().to_string();
        // Twice `--force`: also when something locked it.
        git(
            &self.repository,
            &["worktree", "remove", "--force", "--force", &place],
        )
        .map(drop)
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        if !self.is_removed {
            // Nobody is left to tell; `git worktree prune` forgets what is gone.
            let _ = self.forget();
        }
    }
}

/// In a clone that was cut off, as those of CI are, git's own words say nothing of that.
fn of_shallow(repository: &Path, revision: &str, error: BuildError) -> BuildError {
    let is_shallow = git(repository, &["rev-parse", "--is-shallow-repository"]);
    match error {
        BuildError::Git { said, .. } if is_shallow.is_ok_and(|is| is == "true") => {
            let revision = revision.to_owned();
            BuildError::Shallow { revision, said }
        }
        error => error,
    }
}

/// What git answers, without the end of the line.
fn git(repository: &Path, arguments: &[&str]) -> Result<String, BuildError> {
    let output = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| BuildError::Start {
            command: "git".to_owned(),
            source,
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BuildError::Git {
        command: arguments.join(" "),
        said: said.replace(|c: char| c.is_control() && c != '\n', "?"),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A repository with a file `inner/it` that says `one` in the first commit and `two` in the second.
    fn repository() -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        git(place.path(), &["init", "--quiet"]).unwrap();
        fs::create_dir(place.path().join("inner")).unwrap();
        for text in ["one", "two"] {
            fs::write(place.path().join("inner/it"), text).unwrap();
            git(place.path(), &["add", "."]).unwrap();
            let by = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
            let commit = ["commit", "--quiet", "--message", text];
            git(place.path(), &[&by[..], &commit[..]].concat()).unwrap();
        }
        place
    }

    #[test]
    fn a_commit_is_checked_out_beside_the_repository_and_removed_again() {
        let (repository, under) = (repository(), tempfile::tempdir().unwrap());
        let here = repository.path().join("inner");
        fs::write(here.join("it"), "not committed").unwrap();
        let old = check_out(&here, "HEAD^", under.path()).unwrap();
        let new = check_out(&here, "HEAD", under.path()).unwrap();
        assert_eq!(fs::read_to_string(old.folder.join("it")).unwrap(), "one");
        assert_eq!(fs::read_to_string(new.folder.join("it")).unwrap(), "two");
        assert_ne!(old.commit, new.commit);
        fs::write(new.folder.join("built"), "").unwrap();
        old.remove().unwrap();
        drop(new);
        assert_eq!(fs::read_dir(under.path()).unwrap().count(), 0);
        let left = git(repository.path(), &["worktree", "list"]).unwrap();
        assert_eq!(left.lines().count(), 1, "{left}");
        assert_eq!(
            fs::read_to_string(here.join("it")).unwrap(),
            "not committed"
        );
    }

    #[test]
    fn in_a_shallow_clone_it_is_said_that_commits_are_left_out() {
        let (repository, under) = (repository(), tempfile::tempdir().unwrap());
        let clone = under.path().join("clone");
        let url = format!("file://{}", repository.path().display());
        let place = clone.to_str().unwrap();
        git(
            under.path(),
            &["clone", "--quiet", "--depth", "1", &url, place],
        )
        .unwrap();
        let error = check_out(&clone, "HEAD~1", under.path()).unwrap_err();
        assert!(error.to_string().contains("fetch-depth: 2"), "{error}");
        let whole = check_out(repository.path(), "HEAD~2", under.path()).unwrap_err();
        assert!(!whole.to_string().contains("fetch-depth"), "{whole}");
    }

    #[test]
    fn what_is_no_commit_is_refused_in_gits_words_and_is_never_an_option() {
        let (repository, under) = (repository(), tempfile::tempdir().unwrap());
        for revision in ["no-such-branch", "--help", "-q", ""] {
            let error = check_out(repository.path(), revision, under.path()).unwrap_err();
            assert!(
                matches!(error, BuildError::Git { .. }),
                "{revision}: {error}"
            );
        }
        assert_eq!(fs::read_dir(under.path()).unwrap().count(), 0);
    }
}
