//! Each mistake is shown as a snapshot has it.

use crate::world::{Files, GOOD, errors_with, with};

#[test]
fn an_unknown_key_names_the_nearest_and_all_known_ones() {
    insta::assert_snapshot!(errors_with("summary", "sumary"));
}

#[test]
fn a_wrong_unit_names_the_right_ones() {
    insta::assert_snapshot!(errors_with("2s..3s", "2sec..3sec"));
}

#[test]
fn an_unknown_capture_is_found_before_anything_runs() {
    insta::assert_snapshot!(errors_with("/api/tasks\"", "/api/tasks/{{ task_id }}\""));
}

#[test]
fn an_upside_down_promise_is_turned() {
    insta::assert_snapshot!(errors_with("20x..60x", "60x..20x"));
}

#[test]
fn a_syntax_error_shows_its_place() {
    insta::assert_snapshot!(errors_with("method = \"GET\"", "method = GET"));
}

#[test]
fn a_second_scenario_of_one_name_names_the_first() {
    let files = Files::new(&[("a.toml", GOOD), ("b.toml", GOOD)]);
    insta::assert_snapshot!(files.errors());
}

#[test]
fn an_empty_folder_says_what_was_looked_for() {
    insta::assert_snapshot!(Files::new(&[("notes.txt", "")]).errors());
}

#[test]
fn a_path_that_does_not_exist_is_named() {
    let files = Files::new(&[]);
    let errors = files.errors_of(&[files.0.path().join("nowhere.toml")]);
    insta::assert_snapshot!(errors);
}

#[test]
fn every_mistake_of_every_file_is_shown_at_once() {
    let two = with("cost = 1\n", "").replace("\"GET\"", "\"get\"");
    let files = Files::new(&[
        ("a.toml", &two),
        ("b.toml", &with("read-tasks", "Read Tasks")),
    ]);
    insta::assert_snapshot!(files.errors());
}

#[test]
fn mistakes_in_templates_paths_and_expectations_are_shown_at_their_place() {
    let text = GOOD.replace(
        "expect = { status = 200 }\n",
        r#"headers = { "x y" = "{{ marker", x-word = "{{ word() | shout }}" }
body = { a = { b = ["{{ data.topic }}"] } }
[steps.expect]
status = [200, 999]
json = [
    { path = "$.tasks[", exists = true },
    { path = "$.id" },
    { path = "$.id", exists = true, count = 1 },
    { path = "$.tasks", count = "9..1" },
    { path = "$.title", equals = "{{ word() }}" },
]
[steps.capture]
id = "tasks"
marker = "$.id"
[[steps]]
name = "tasks"
method = "GET"
path = "api/../x y"
cost = -1
expect = {}
[data]
topics = []
"#,
    );
    insta::assert_snapshot!(Files::new(&[("read.toml", &text)]).errors());
}

#[test]
fn a_scenario_that_writes_must_be_able_to_clean_up() {
    let silent = with("\"GET\"", "\"POST\"");
    let declared = silent.replace("read-tasks\"", "write-tasks\"\nwrites = true");
    let careless = with("read-tasks\"", "find-tasks\"\nwrites = true").replace(
        "path = \"/api/tasks\"",
        "path = \"/api/tasks?q={{ marker }}\"\nsafe = false",
    ) + r#"
[[cleanup]]
name = "delete"
method = "DELETE"
path = "/api/tasks/{{ task_id }}"
cost = 1
expect = { status = 200 }
[[recover]]
name = "find"
method = "GET"
path = "/api/tasks?q={{ marker }}"
cost = 1
expect = { status = 200 }
capture = { task_id = "$.tasks[*].id", other = "$.tasks[?search(@.title, '{{ marker }}')].id" }
"#;
    let idle = with("read-tasks\"", "idle\"\nwrites = true");
    let leaves = with("read-tasks\"", "leaves\"\nleaves = \"dust\"");
    insta::assert_snapshot!(
        Files::new(&[
            ("a.toml", &silent),
            ("b.toml", &declared),
            ("c.toml", &careless),
            ("d.toml", &idle),
            ("e.toml", &leaves),
        ])
        .errors()
    );
}
