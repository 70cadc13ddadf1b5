//! What no run shows: that nobody's text becomes a command, and that the parts fit each other.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The names under a top-level key of a YAML file, at two blanks.
fn names_under(yaml: &str, key: &str) -> BTreeSet<String> {
    let (_, rest) = yaml.split_once(&format!("\n{key}:\n")).unwrap();
    let section = rest
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with(' '));
    let names = section.filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    names
        .filter(|name| !name.starts_with([' ', '#']))
        .map(str::to_owned)
        .collect()
}

/// What stands behind each place of a text where `before` does, as far as it is a name.
fn named_after(text: &str, before: &str) -> BTreeSet<String> {
    let name = |rest: &str| -> String {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
            .collect()
    };
    text.split(before).skip(1).map(name).collect()
}

#[test]
fn every_script_is_bash_that_stops_at_the_first_failure_and_evaluates_no_text() {
    let mut scripts = 0;
    for entry in fs::read_dir(root().join(".github/action")).unwrap() {
        let path = entry.unwrap().path();
        let checked = Command::new("bash").arg("-n").arg(&path).output().unwrap();
        assert!(
            checked.status.success(),
            "{}",
            String::from_utf8_lossy(&checked.stderr)
        );
        let text = fs::read_to_string(&path).unwrap();
        let sourced = ["api.sh", "github.sh", "gitlab.sh"];
        let is_sourced = sourced.iter().any(|name| path.ends_with(name));
        assert!(
            is_sourced || text.contains("\nset -euo pipefail\n"),
            "{}",
            path.display()
        );
        assert!(
            !text.contains("eval ") && !text.contains("set -x"),
            "{}",
            path.display()
        );
        scripts += 1;
    }
    assert_eq!(scripts, 9);
}

#[test]
fn no_text_of_somebody_else_is_written_into_a_command() {
    for path in ["action.yml", ".github/examples/regress.yml"] {
        for line in read(path).lines() {
            let line = line.trim_start().trim_start_matches("- ");
            assert!(!line.starts_with("run:") || !line.contains("${{"), "{line}");
            // A block of commands could hide one.
            assert!(
                !line.starts_with("run: |") && !line.starts_with("run: >"),
                "{line}"
            );
        }
    }
}

#[test]
fn every_input_and_output_is_declared_and_used() {
    let action = read("action.yml");
    assert_eq!(
        names_under(&action, "inputs"),
        named_after(&action, "inputs.")
    );
    let outputs = names_under(&action, "outputs");
    let regress = read(".github/action/regress.sh");
    for output in &outputs {
        assert!(
            regress.contains(&format!("printf '{output}=%s\\n'")),
            "{output}"
        );
        assert!(
            action.contains(&format!("value: ${{{{ steps.regress.outputs.{output} }}}}")),
            "{output}"
        );
    }
    for script in named_after(&action, "$GITHUB_ACTION_PATH/.github/action/") {
        assert!(
            root().join(".github/action").join(&script).is_file(),
            "{script}"
        );
    }
}

/// A script reads no variable that its step does not give; GitHub gives its own.
#[test]
fn every_step_gives_its_script_what_it_reads() {
    let action = read("action.yml");
    let steps = action
        .split("\n    - ")
        .skip(1)
        .filter(|step| step.contains(".github/action/"));
    let mut seen = 0;
    for step in steps {
        let name = named_after(step, ".github/action/").pop_first().unwrap();
        let text = read(&format!(".github/action/{name}"));
        let (_, told) = text.split_once("# From: ").unwrap();
        let told = told
            .split("To: ")
            .next()
            .unwrap()
            .split("\n\n")
            .next()
            .unwrap();
        let told = told.split("\nset ").next().unwrap();
        let words =
            told.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
        let given = |word: &&str| {
            word.len() > 3 && !word.starts_with("GITHUB") && !word.starts_with("RUNNER")
        };
        for variable in words.filter(given).filter(|word| *word != "RETRY_SECONDS") {
            assert!(
                step.contains(&format!("{variable}: ")),
                "{name}: {variable}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 25);
}

/// What the README's job for GitLab names is there.
#[test]
fn the_job_for_gitlab_sets_what_its_scripts_read_and_keeps_what_they_leave() {
    let readme = read("README.md");
    let (_, job) = readme.split_once("### On GitLab\n").unwrap();
    let (_, job) = job.split_once("```yaml\n").unwrap();
    let (job, _) = job.split_once("```").unwrap();
    assert!(job.contains("bash /tmp/cutover/.github/action/gitlab-job.sh\n"));
    // What it waits for is deployed by a job of the same pipeline: an earlier stage would keep that from beginning.
    assert!(job.contains("  stage: deploy "));
    let scripts = ["gitlab-job", "deployment", "regress", "comment", "gitlab"];
    let scripts = scripts.map(|name| read(&format!(".github/action/{name}.sh")));
    let (_, variables) = job.split_once("  variables:\n").unwrap();
    let variables = variables
        .lines()
        .map_while(|line| line.strip_prefix("    "));
    let mut names = 0;
    for line in variables {
        let name = line.split(':').next().unwrap();
        let is_read = scripts.iter().any(|text| text.contains(name));
        assert!(is_read || name == "GIT_DEPTH", "{name}");
        names += 1;
    }
    assert!(names >= 4);
    // The run's folder, as the job of tests/action/gitlab.rs leaves it.
    assert!(job.contains("paths: [cutover-regress/]"));
    assert!(job.contains("junit: cutover-regress/*/reports/*/junit.xml"));
    // Only what is not certain may be allowed to fail.
    assert!(job.contains("allow_failure:\n    exit_codes: 3"));
}

#[test]
fn the_example_gives_inputs_that_there_are() {
    let (action, example) = (read("action.yml"), read(".github/examples/regress.yml"));
    let inputs = names_under(&action, "inputs");
    let (_, with) = example
        .split_once("cutover@COMMIT\n        with:\n")
        .unwrap();
    let given = with
        .lines()
        .take_while(|line| line.starts_with("          "));
    let given = given.filter(|line| !line.trim_start().starts_with('#'));
    let given: Vec<&str> = given
        .map(|line| line.trim_start().split(':').next().unwrap())
        .collect();
    assert!(given.len() >= 3);
    for name in given {
        assert!(inputs.contains(name), "{name}");
    }
    assert!(example.contains("pull-requests: write") && example.contains("contents: read"));
    assert!(!example.contains("on:\n  pull_request_target"));
}
