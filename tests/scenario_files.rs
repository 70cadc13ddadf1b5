//! Scenario files as people write them: the shipped ones are right, and every mistake is shown.

use std::path::{Path, PathBuf};

use cutover::scenario::{self, Scenario};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_shipped_scenarios_are_valid_and_the_built_in_ones_are_the_same() {
    let shipped = scenario::load(&[root().join("scenarios")]).unwrap_or_else(|e| panic!("{e}"));
    let names: Vec<_> = shipped
        .iter()
        .map(|scenario| scenario.name.as_str())
        .collect();
    assert_eq!(names, ["create-task", "dashboard-load", "task-search"]);
}
