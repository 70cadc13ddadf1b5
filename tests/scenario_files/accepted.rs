//! What may be written, and what it is taken for.

use cutover::scenario::{self, Measured};

use crate::world::{Files, GOOD, without_promise};

#[test]
fn the_good_file_is_good() {
    let files = Files::new(&[("read.toml", GOOD)]);
    let scenarios = scenario::load(&[files.0.path().to_owned()]).unwrap();
    assert_eq!(scenarios[0].name, "read-tasks");
    assert!(scenarios[0].steps[0].http.safe);
}

#[test]
fn a_scenario_without_a_promise_is_compared_and_not_measured() {
    let files = Files::new(&[("read.toml", &without_promise("[compare]\n"))]);
    let scenario = scenario::load(&[files.0.path().to_owned()])
        .unwrap()
        .remove(0);
    assert!(scenario.promise.is_none() && scenario.compare.is_some());
    assert!(Measured::of(scenario).is_none());
    let neither = Files::new(&[("read.toml", &without_promise(""))]).errors();
    assert!(
        neither.contains("nothing says what this scenario is for"),
        "{neither}"
    );
    assert!(
        neither.contains("`[promise]`") && neither.contains("`[compare]`"),
        "{neither}"
    );
}

#[test]
fn what_is_read_back_changes_nothing_and_has_a_name_of_its_own() {
    let readback = |name: &str, method: &str| {
        format!(
            "[[readback]]\nname = \"{name}\"\nmethod = \"{method}\"\npath = \"/api/tasks\"\ncost = 1\nexpect = {{ status = 200 }}\n"
        )
    };
    let right = Files::new(&[("read.toml", &format!("{GOOD}{}", readback("again", "GET")))]);
    let scenario = scenario::load(&[right.0.path().to_owned()])
        .unwrap()
        .remove(0);
    assert_eq!(scenario.readback.len(), 1);
    for (name, method, said) in [
        ("again", "PATCH", "a step of `readback` only looks"),
        (
            "tasks",
            "GET",
            "`steps` and `readback` both have a step that is called `tasks`",
        ),
    ] {
        let text = format!("{GOOD}{}", readback(name, method));
        let told = Files::new(&[("read.toml", &text)]).errors();
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn a_file_that_is_named_beside_its_folder_is_read_once() {
    let files = Files::new(&[("read.toml", GOOD)]);
    let folder = files.0.path().to_owned();
    let scenarios = scenario::load(&[folder.join("read.toml"), folder]).unwrap();
    assert_eq!(scenarios.len(), 1);
}
