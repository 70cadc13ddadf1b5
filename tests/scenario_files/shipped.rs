//! The shipped scenarios are right, and notice wrong answers.

use cutover::scenario::{self, Inputs, Scenario};
use serde_json::{Value, json};

use crate::world::root;

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
