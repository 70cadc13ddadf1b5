//! `cutover scenario check|schema`: look after scenario files.

use std::path::PathBuf;

use super::complaint::{give, say};
use crate::diagnostic::Colour;
use crate::exit::Exit;
use crate::promise::Promise;
use crate::scenario::{self, Scenario};

/// Checks scenario files: prints every mistake in them, or one line for each scenario.
#[must_use]
pub(super) fn check(paths: &[PathBuf]) -> Exit {
    match scenario::load(paths) {
        Ok(scenarios) => {
            let lines: Vec<String> = scenarios.iter().map(line).collect();
            give(lines.join("\n"));
            Exit::Success
        }
        Err(errors) => {
            say(errors.render(Colour::for_stderr()).trim_end());
            Exit::Usage
        }
    }
}

/// `create-task: 1 step, 1 Notion request, promises 500ms -> 50ms (10x), writes`; one without a promise
/// is `compared only`.
fn line(scenario: &Scenario) -> String {
    let cost: u32 = scenario.steps.iter().map(|step| step.http.cost).sum();
    let steps = counted(scenario.steps.len(), "step");
    let requests = counted(cost, "Notion request");
    let writes = if scenario.writes { ", writes" } else { "" };
    let purpose = match &scenario.promise {
        Some(Promise {
            before,
            after,
            speedup,
            ..
        }) => format!("promises {before} -> {after} ({speedup})"),
        None => "compared only".to_owned(),
    };
    format!("{}: {steps}, {requests}, {purpose}{writes}", scenario.name)
}

fn counted(count: impl std::fmt::Display, thing: &str) -> String {
    let count = count.to_string();
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// Prints the JSON Schema of a scenario file.
#[must_use]
pub(super) fn schema() -> Exit {
    give(format_args!("{:#}", scenario::schema()));
    Exit::Success
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_files_end_with_success_and_a_broken_one_with_wrong_usage() {
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        assert_eq!(check(&[shipped.into()]), Exit::Success);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(check(&[folder.path().into()]), Exit::Usage);
    }

    #[test]
    fn a_line_says_what_a_scenario_does_costs_and_promises() {
        let scenarios = scenario::built_in().unwrap();
        let lines: Vec<_> = scenarios.iter().map(line).collect();
        assert_eq!(
            lines,
            [
                "create-task: 1 step, 1 Notion request, promises 500ms -> 50ms (10x), writes",
                "dashboard-load: 3 steps, 6 Notion requests, promises 2s..3s -> 50ms..100ms (20x..60x)",
                "edit-task: 9 steps, 11 Notion requests, compared only, writes",
                "task-search: 1 step, 1 Notion request, promises 1s..2s -> 20ms..50ms (20x..100x)",
            ]
        );
    }
}
