//! `cutover scenario check|schema`: look after scenario files.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::diagnostic::Colour;
use crate::exit::Exit;
use crate::scenario::{self, Scenario};

/// Checks scenario files: prints every mistake in them, or one line for each scenario.
#[must_use]
pub fn check(paths: &[PathBuf]) -> Exit {
    match scenario::load(paths) {
        Ok(scenarios) => {
            let lines: Vec<String> = scenarios.iter().map(line).collect();
            // A reader that went away, as `head` does, is not a mistake in the files.
            let _ = writeln!(io::stdout(), "{}", lines.join("\n"));
            Exit::Success
        }
        Err(errors) => {
            let _ = write!(io::stderr(), "{}", errors.render(Colour::for_stderr()));
            Exit::Usage
        }
    }
}

/// `create-task: 1 step, 1 Notion request, promises 500ms -> 50ms (10x), writes`
fn line(scenario: &Scenario) -> String {
    let cost: u32 = scenario.steps.iter().map(|step| step.cost).sum();
    let promise = &scenario.promise;
    let steps = counted(scenario.steps.len(), "step");
    let requests = counted(cost, "Notion request");
    let writes = if scenario.writes { ", writes" } else { "" };
    format!(
        "{}: {steps}, {requests}, promises {} -> {} ({}){writes}",
        scenario.name, promise.before, promise.after, promise.speedup
    )
}

fn counted(count: impl std::fmt::Display, thing: &str) -> String {
    let count = count.to_string();
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// Prints the JSON Schema of a scenario file.
#[must_use]
pub fn schema() -> Exit {
    let _ = writeln!(io::stdout(), "{:#}", scenario::schema());
    Exit::Success
}
