//! The forms of a step for a side that is no HTTP API.

use cutover::driver::Driver;
use cutover::scenario;

use crate::world::{Files, root};

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
