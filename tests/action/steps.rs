//! The steps of `action.yml` in their order, with the conditions and variables that stand there: what one step leaves
//! for the next, and what is still done after one that failed.

use std::collections::BTreeMap;
use std::fs;

use crate::github::{Deployment, GitHub, TOKEN};
use crate::runs::STUB;
use crate::{Runner, root};

/// What a GitHub runner makes of the action's steps; it knows no more of expressions than stands in them.
#[derive(Default)]
struct Job {
    /// What `inputs.x`, `steps.x.outputs.y` and `steps.x.outcome` stand for.
    values: BTreeMap<String, String>,
    failed: bool,
    log: String,
    /// The steps that ran, by their script or action.
    ran: Vec<String>,
}

impl Job {
    /// Runs every step; the inputs are those of `action.yml` with these in their place.
    fn run(runner: &Runner, github: &GitHub, inputs: &[(&str, &str)]) -> Self {
        let yaml = fs::read_to_string(root().join("action.yml")).unwrap();
        let (head, steps) = yaml.split_once("\n  steps:\n").unwrap();
        let mut job = Self::default();
        let mut input = "";
        for line in head.lines() {
            if let Some(name) = line.strip_prefix("  ").filter(|name| name.ends_with(':')) {
                input = name.trim_end_matches(':');
            } else if let Some(default) = line.strip_prefix("    default: ") {
                let default = default
                    .trim_matches('"')
                    .replace("${{ github.token }}", TOKEN);
                job.values.insert(format!("inputs.{input}"), default);
            }
        }
        for (name, value) in inputs {
            let known = job
                .values
                .insert(format!("inputs.{name}"), (*value).to_owned());
            assert!(known.is_some(), "there is no input {name}");
        }
        let event = runner.file("event.json", r#"{"pull_request": {"number": 7}}"#);
        for step in format!("\n{steps}").split("\n    - ").skip(1) {
            job.step(runner, &github.url, &event, step);
        }
        job
    }

    fn step(&mut self, runner: &Runner, api: &str, event: &str, step: &str) {
        let field = |name: &str| {
            let mut lines = step.lines().map(str::trim_start);
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        let condition = field("if").unwrap_or("");
        let is_due = if condition.contains("always()") {
            condition
                .trim_start_matches("${{")
                .trim_end_matches("}}")
                .split("&&")
                .all(|part| self.holds(part.trim()))
        } else {
            assert_eq!(condition, "");
            !self.failed
        };
        let id = field("id").map(str::to_owned);
        let outcome = |job: &mut Self, outcome: &str| {
            if let Some(id) = &id {
                job.values
                    .insert(format!("steps.{id}.outcome"), outcome.to_owned());
            }
        };
        if !is_due {
            return outcome(self, "skipped");
        }
        if let Some(action) = field("uses") {
            self.ran.push(action.to_owned());
            return;
        }
        let command = field("run").unwrap();
        let script = command
            .strip_prefix("bash \"$GITHUB_ACTION_PATH/.github/action/")
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap();
        let (_, given) = step.split_once("      env:\n").unwrap();
        let given = given.lines().filter_map(|line| {
            let (name, value) = line.strip_prefix("        ")?.split_once(": ")?;
            Some((name, self.filled(value)))
        });
        let given: Vec<(&str, String)> = given.collect();
        let mut variables: Vec<(&str, &str)> = given
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        variables.extend([
            ("GITHUB_API_URL", api),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_EVENT_PATH", event),
            ("STUB_CODE", "0"),
            ("STUB_VERDICT", "OK"),
        ]);
        let ended = runner.run(script, &variables);
        self.ran.push(script.to_owned());
        self.log += &ended.log;
        self.failed |= ended.code != 0;
        if let Some(id) = &id {
            for (name, value) in ended.output {
                self.values
                    .insert(format!("steps.{id}.outputs.{name}"), value);
            }
        }
        outcome(
            self,
            if ended.code == 0 {
                "success"
            } else {
                "failure"
            },
        );
    }

    /// `always()`, `a == 'b'` or `a != 'b'`.
    fn holds(&self, part: &str) -> bool {
        let value = |name: &str| self.values.get(name).cloned().unwrap_or_default();
        if let Some((name, text)) = part.split_once(" == ") {
            value(name) == text.trim_matches('\'')
        } else if let Some((name, text)) = part.split_once(" != ") {
            value(name) != text.trim_matches('\'')
        } else {
            assert_eq!(part, "always()");
            true
        }
    }

    fn filled(&self, text: &str) -> String {
        let mut parts = text.split("${{ ");
        let mut out = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once(" }}").unwrap();
            out += self.values.get(name).map_or("", String::as_str);
            out += rest;
        }
        out
    }
}

#[test]
fn a_step_that_fails_takes_the_comment_of_the_run_before_away_and_fails_the_job() {
    let (runner, github) = (Runner::new(), GitHub::start());
    let stub = runner.program("cutover-stub", STUB);
    let preview = |of, url| Deployment::at(of, "", "Preview", url);
    github.held().deployments = vec![
        preview("main", "http://main.example"),
        preview("next", "http://next.example"),
    ];
    let run = |new_ref: &str, binary: &str| {
        let inputs = [
            ("binary", binary),
            ("old-ref", "main"),
            ("new-ref", new_ref),
            ("deployment-timeout", "0"),
        ];
        let job = Job::run(&runner, &github, &inputs);
        let mut bodies = github.marked(7);
        assert_eq!(bodies.len(), 1, "{}", job.log);
        (job, bodies.remove(0))
    };
    let all = [
        "binary.sh",
        "deployment.sh",
        "regress.sh",
        "comment.sh",
        "actions/upload-artifact@v4",
        "verdict.sh",
    ];
    for (new_ref, binary, failing) in [
        ("gone", stub.as_str(), "deployment"),
        ("next", "/nowhere/cutover", "binary"),
    ] {
        let (job, body) = run("next", &stub);
        assert!(!job.failed, "{}", job.log);
        assert_eq!(job.ran, all);
        assert!(body.contains("# a report"), "{body}");
        let (job, body) = run(new_ref, binary);
        assert!(job.failed, "{}", job.log);
        assert_eq!(job.ran.last().unwrap(), "comment.sh");
        let says = format!("# No verdict\n\nThe step `{failing}` ended with `failure`;");
        assert!(body.contains(&says), "{body}");
    }
    let inputs = [("binary", stub.as_str()), ("comment", "false")];
    let job = Job::run(&runner, &github, &inputs);
    assert!(!job.ran.contains(&"comment.sh".to_owned()), "{}", job.log);
}
