//! Scenario files as people write them: the shipped ones are right, and every mistake is shown with
//! its file, its line, a caret and the way to put it right.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking; the lint knows only functions that are marked as tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use cutover::diagnostic::Colour;
use cutover::driver::Driver;
use cutover::scenario::{self, Inputs, Measured, Scenario};
use serde_json::{Value, json};
use tempfile::TempDir;

const GOOD: &str = r#"name = "read-tasks"
summary = "Reads the tasks"

[promise]
source = "guide"
before = "2s..3s"
after = "50ms..100ms"
speedup = "20x..60x"

[[steps]]
name = "tasks"
method = "GET"
path = "/api/tasks"
cost = 1
expect = { status = 200 }
"#;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files in a folder of their own.
struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    /// The report about the folder, with a fixed name in the place of the temporary one.
    fn errors(&self) -> String {
        self.errors_of(&[self.0.path().to_owned()])
    }

    fn errors_of(&self, paths: &[PathBuf]) -> String {
        let errors = scenario::load(paths).expect_err("there are mistakes");
        let folder = self.0.path().display().to_string();
        errors.render(Colour::Never).replace(&folder, "scenarios")
    }
}

/// The good file with one piece replaced.
fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    GOOD.replacen(old, new, 1)
}

fn errors_with(old: &str, new: &str) -> String {
    Files::new(&[("read.toml", &with(old, new))]).errors()
}

#[test]
fn the_good_file_is_good() {
    let files = Files::new(&[("read.toml", GOOD)]);
    let scenarios = scenario::load(&[files.0.path().to_owned()]).unwrap();
    assert_eq!(scenarios[0].name, "read-tasks");
    assert!(scenarios[0].steps[0].http.safe);
}

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

/// The report about a scenario that reads, with these lines in the form for Notion.
fn notion_errors(lines: &str) -> String {
    let step = r#"
[[steps]]
name = "read"
method = "GET"
path = "/api/tasks"
cost = 1
expect = { status = 200 }
[steps.notion]
"#;
    let text = format!(
        "name = \"a\"\nsummary = \"b\"\n[promise]\nsource = \"c\"\nbefore = \"1s\"\nafter = \"1s\"\nspeedup = \"1x\"\n{step}{lines}"
    );
    Files::new(&[("notion.toml", &text)]).errors()
}

#[test]
fn mistakes_in_the_form_for_notion_are_told_with_the_way_out() {
    let read = "method = \"GET\"\npath = \"/v1/users\"\nexpect = { status = 200 }\n";
    let post = "method = \"POST\"\npath = \"/v1/pages\"\nexpect = { status = 200 }\n";
    let wrong = [
        (String::new(), "lacks `method`"),
        (
            format!("{read}cost = 1"),
            "unknown key `cost` in the form for Notion",
        ),
        (read.replace("/v1/", "/api/"), "begin it with `/v1/`"),
        (
            read.replace("users", "{{ target }}"),
            "write `target.tasks_database`",
        ),
        (
            read.replace("users", "{{ task_id }}"),
            "nothing is called `task_id` here",
        ),
        (
            format!("{read}headers = {{ Authorization = \"x\" }}"),
            "the driver sends `Authorization` by itself",
        ),
        (format!("{read}body = \"text\""), "Notion reads JSON"),
        (
            format!("{post}cursors = true"),
            "only the answer of a read has cursors",
        ),
        (
            format!("{post}idempotent = true"),
            "makes another object each time",
        ),
        (
            post.replace("POST", "PATCH") + "safe = true",
            "a PATCH is never safe",
        ),
    ];
    for (lines, expected) in wrong {
        let shown = notion_errors(&lines);
        assert!(shown.contains(expected), "{lines}:\n{shown}");
    }
}

#[test]
fn what_a_side_cannot_be_asked_is_told_all_at_once() {
    let create = &scenario::built_in().unwrap()[0];
    let variables = std::collections::BTreeMap::new();
    assert_eq!(create.obstacles(Driver::Http, &variables), [""; 0]);
    assert_eq!(
        create.obstacles(Driver::Notion, &variables),
        [
            "create-task: `create` of `steps` uses `target.tasks_database`",
            "create-task: `create` of `freshness` uses `target.tasks_database`",
            "create-task: `find` of `recover` uses `target.tasks_database`",
        ]
    );
    let deployed = scenario::load(&[root().join("scenarios/deployed/dashboard-load.toml")]);
    let without = deployed.unwrap().remove(0);
    let obstacles = without.obstacles(Driver::Notion, &variables);
    assert!(
        obstacles.iter().all(|one| one.contains("has no form")),
        "{obstacles:?}"
    );
    assert_eq!(obstacles.len(), without.all_steps().count());
}

/// The good file without its promise, and these lines at its end.
fn without_promise(lines: &str) -> String {
    let promise = GOOD.find("[promise]").unwrap()..GOOD.find("[[steps]]").unwrap();
    let mut text = GOOD.to_owned();
    text.replace_range(promise, "");
    text + lines
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

#[test]
fn the_shipped_scenarios_are_valid_and_the_built_in_ones_are_the_same() {
    let shipped = scenario::load(&[root().join("scenarios")]).unwrap_or_else(|e| panic!("{e}"));
    let built_in = scenario::built_in().unwrap_or_else(|e| panic!("{e}"));
    let names = ["create-task", "dashboard-load", "edit-task", "task-search"];
    for (n, name) in names.into_iter().enumerate() {
        assert_eq!(shipped[n].name, name);
        assert_eq!(built_in[n].name, name);
        assert_eq!(shipped[n].promise, built_in[n].promise);
    }
    assert_eq!((shipped.len(), built_in.len()), (4, 4));
}

/// The problems of the answers to the timed steps of a shipped scenario.
fn problems(scenario: &Scenario, answers: &[Value]) -> usize {
    let inputs = Inputs::draw(scenario, "run", 1, 0, "marker-1".to_owned());
    let examine = |(step, answer): (&scenario::Step, &Value)| {
        let call = step.http.render(&inputs).unwrap().into_http().unwrap();
        let status = if call.method == "POST" { 201 } else { 200 };
        let body = answer.to_string();
        step.http
            .examine(status, body.as_bytes(), &inputs)
            .problems
            .len()
    };
    assert_eq!(scenario.steps.len(), answers.len());
    scenario.steps.iter().zip(answers).map(examine).sum()
}

#[test]
fn the_dashboard_notices_a_capped_list_and_what_was_left_out() {
    let task = |n: usize| {
        let project = n
            .is_multiple_of(3)
            .then(|| json!({ "id": "p1", "title": "Home" }));
        let tags = json!([{ "id": "t1", "name": "errand" }]);
        json!({ "id": n, "title": "Call", "status": "todo", "project": project, "tags": tags })
    };
    let answers = |count: usize| {
        let tasks: Vec<_> = (0..count).map(task).collect();
        [
            json!({ "tasks": tasks, "count": count, "source": "notion" }),
            json!({ "projects": [{ "id": "p1", "title": "Home", "taskCount": 0 }] }),
            json!({ "tags": [{ "id": "t1", "name": "errand" }] }),
        ]
    };
    let dashboard = &scenario::built_in().unwrap()[1];
    assert_eq!(problems(dashboard, &answers(150)), 0);
    assert_eq!(problems(dashboard, &answers(100)), 1, "a capped list");
    let mut without = answers(150);
    without[0]["tasks"][7]
        .as_object_mut()
        .unwrap()
        .remove("tags");
    without[1]["projects"][0]
        .as_object_mut()
        .unwrap()
        .remove("taskCount");
    without[2]["tags"] = json!([]);
    assert_eq!(problems(dashboard, &without), 3);
}

#[test]
fn the_search_notices_a_task_that_was_not_looked_for() {
    let search = &scenario::built_in().unwrap()[3];
    let inputs = Inputs::draw(search, "run", 1, 0, "marker-1".to_owned());
    let call = search.steps[0].http.render(&inputs).unwrap();
    let path = call.into_http().unwrap().path;
    let term = path.strip_prefix("/api/tasks?q=").unwrap().to_uppercase();
    let found = json!({ "id": "1", "title": format!("{term} the deck") });
    let other = json!({ "id": "2", "title": "Water the plants" });
    assert_eq!(problems(search, &[json!({ "tasks": [found] })]), 0);
    assert_eq!(problems(search, &[json!({ "tasks": [found, other] })]), 1);
    assert_eq!(problems(search, &[json!({ "tasks": [] })]), 1);
}

#[test]
fn a_created_task_is_what_was_sent() {
    let create = &scenario::built_in().unwrap()[0];
    let inputs = Inputs::draw(create, "run", 1, 0, "marker-1".to_owned());
    let call = create.steps[0].http.render(&inputs).unwrap();
    let sent = call.into_http().unwrap().body.unwrap();
    let mut task: Value = serde_json::from_slice(&sent).unwrap();
    assert!(task["title"].as_str().unwrap().ends_with(" marker-1"));
    assert_eq!(
        problems(create, &[task.clone()]),
        2,
        "no id: missing, and not to be captured"
    );
    task["id"] = json!("t1");
    assert_eq!(problems(create, &[task.clone()]), 0);
    task["priority"] = json!("none");
    assert_eq!(problems(create, &[task]), 1);
}

#[test]
fn the_committed_schema_is_fresh() {
    let path = root().join("scenarios/scenario.schema.json");
    let fresh = format!("{:#}\n", scenario::schema());
    if std::env::var_os("CUTOVER_BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == fresh,
        "scenarios/scenario.schema.json is not what the code says; run the tests with CUTOVER_BLESS=1"
    );
}

/// The keys that the schema knows at a place, following references.
fn known_keys<'s>(schema: &'s Value, at: &'s Value) -> Option<&'s serde_json::Map<String, Value>> {
    let at = match at["$ref"].as_str() {
        Some(reference) => schema.pointer(reference.trim_start_matches('#'))?,
        None => at,
    };
    at["properties"].as_object()
}

/// Every key of `value` that the schema does not know.
fn unknown_keys(schema: &Value, at: &Value, value: &toml::Value, unknown: &mut Vec<String>) {
    match value {
        toml::Value::Array(items) => {
            for item in items {
                unknown_keys(schema, &at["items"], item, unknown);
            }
        }
        toml::Value::Table(table) => {
            let Some(known) = known_keys(schema, at) else {
                return; // Its keys are free, as those of a body are.
            };
            for (key, value) in table {
                match known.get(key) {
                    Some(at) => unknown_keys(schema, at, value, unknown),
                    None => unknown.push(key.clone()),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_schema_knows_every_key_of_the_shipped_files() {
    let schema = scenario::schema();
    let mut files = 0;
    for folder in ["scenarios", "scenarios/deployed"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            files += 1;
            let text = fs::read_to_string(&path).unwrap();
            let mut unknown = Vec::new();
            unknown_keys(
                &schema,
                &schema,
                &toml::from_str(&text).unwrap(),
                &mut unknown,
            );
            assert_eq!(unknown, Vec::<String>::new(), "{}", path.display());
            // The check itself can fail.
            let spoiled = text.replacen("method =", "methd =", 1);
            let spoiled = toml::from_str(&spoiled).unwrap();
            unknown_keys(&schema, &schema, &spoiled, &mut unknown);
            assert_eq!(unknown, ["methd"], "{}", path.display());
        }
    }
    assert_eq!(files, 7);
}

#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let schema = scenario::schema();
    let step = known_keys(&schema, &schema["properties"]["steps"]["items"]).unwrap();
    let places = [
        (
            known_keys(&schema, &schema).unwrap(),
            "name = ",
            "nonsense = 1\nname = ",
        ),
        (
            known_keys(&schema, &schema["properties"]["promise"]).unwrap(),
            "source",
            "nonsense = 1\nsource",
        ),
        (step, "method", "nonsense = 1\nmethod"),
        (
            known_keys(&schema, &step["expect"]).unwrap(),
            "status = 200",
            "nonsense = 1, status = 200",
        ),
    ];
    for (known, old, new) in places {
        let report = errors_with(old, new);
        let listed = report.split_once("nown: ").unwrap().1;
        let listed = listed.split('\n').next().unwrap();
        let mut listed: Vec<_> = listed
            .split(',')
            .map(|k| k.trim().trim_matches('`'))
            .collect();
        let mut known: Vec<_> = known.keys().map(String::as_str).collect();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known, "{report}");
    }
}
