//! Computed values and items, by example.

use super::super::super::body::Field;
use super::super::super::ids::of_data_source;
use super::super::super::sample::{self, PROJECTS, TASKS};
use super::super::configure::Ground;
use super::super::rollup::RollupFunction;
use super::*;

const VERSION: Version = Version::V2025_09_03;

/// A property as a page shows it.
fn shown(
    index: usize,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    version: Version,
) -> Value {
    json!(super::shown(index, page, schema, workspace, version))
}

fn reshape(workspace: &mut Workspace, id: Uuid, properties: &Value) {
    let ground = Ground {
        workspace,
        version: VERSION,
        title: "Projects",
    };
    let schema = workspace.schema(id).unwrap();
    let change = schema.change(&Field::root("body", properties), ground);
    let change = change.unwrap();
    workspace.reshape(id, change);
}

/// One project with four tasks.
fn workspace() -> Workspace {
    let mut workspace = sample::workspace(1, 0);
    let tasks = [
        json!({ "Points": { "number": 1 }, "Done": { "checkbox": true }, "Due": { "date": { "start": "2026-02-01", "end": "2026-02-09" } } }),
        json!({ "Points": { "number": 4 }, "Tags": { "multi_select": [{ "name": "a" }, { "name": "b" }] } }),
        json!({ "Points": { "number": 4 }, "Due": { "date": { "start": "2026-01-01" } } }),
        json!({ "Tags": { "multi_select": [{ "name": "a" }] } }),
    ];
    for (number, mut properties) in (0..).zip(tasks) {
        let project = json!([{ "id": sample::project_id(0).to_string() }]);
        properties["Project"] = json!({ "relation": project });
        properties["Task"] = json!({ "title": [{ "text": { "content": "T" } }] });
        sample::add_task(&mut workspace, number, properties);
    }
    workspace
}

/// What a rollup of the tasks' property comes to.
fn rolled(function: &str, property: &str) -> Value {
    let mut workspace = workspace();
    let rollup = json!({ "Figure": { "rollup": {
        "relation_property_name": "Tasks", "rollup_property_name": property, "function": function,
    } } });
    let source = of_data_source(PROJECTS);
    reshape(&mut workspace, source, &rollup);
    let schema = workspace.schema(source).unwrap();
    let page = workspace.page(workspace.find_page(sample::project_id(0)).unwrap());
    let index = schema.find("Figure").unwrap();
    shown(index, page, schema, &workspace, VERSION)["rollup"].clone()
}

#[test]
fn every_function_of_a_rollup_comes_to_what_its_name_says() {
    let date =
        |start: &str, end: Option<&str>| json!({ "start": start, "end": end, "time_zone": null });
    for (function, property, kind, expected) in [
        ("count", "Points", "number", json!(4)),
        ("count_values", "Tags", "number", json!(3)),
        ("empty", "Points", "number", json!(1)),
        ("not_empty", "Points", "number", json!(3)),
        ("unique", "Points", "number", json!(2)),
        ("percent_empty", "Points", "number", json!(0.25)),
        ("percent_not_empty", "Points", "number", json!(0.75)),
        ("sum", "Points", "number", json!(9)),
        ("average", "Points", "number", json!(3)),
        ("median", "Points", "number", json!(4)),
        ("min", "Points", "number", json!(1)),
        ("max", "Points", "number", json!(4)),
        ("range", "Points", "number", json!(3)),
        ("earliest_date", "Due", "date", date("2026-01-01", None)),
        ("latest_date", "Due", "date", date("2026-02-09", None)),
        (
            "date_range",
            "Due",
            "date",
            date("2026-01-01", Some("2026-02-09")),
        ),
        ("checked", "Done", "number", json!(1)),
        ("unchecked", "Done", "number", json!(3)),
        ("percent_checked", "Done", "number", json!(0.25)),
        ("percent_unchecked", "Done", "number", json!(0.75)),
        ("count_per_group", "Tags", "unsupported", json!({})),
        ("percent_per_group", "Tags", "unsupported", json!({})),
    ] {
        let answer = json!({ "type": kind, kind: expected, "function": function });
        assert_eq!(rolled(function, property), answer, "{function}");
    }
    let numbers = |values: &[Value]| -> Value {
        let element = |value: &Value| json!({ "type": "number", "number": value });
        values.iter().map(element).collect()
    };
    let all = numbers(&[json!(1), json!(4), json!(4), Value::Null]);
    assert_eq!(rolled("show_original", "Points")["array"], all);
    let unique = numbers(&[json!(1), json!(4), Value::Null]);
    assert_eq!(rolled("show_unique", "Points")["array"], unique);
    assert_eq!(
        RollupFunction::ALL.len(),
        24,
        "a function without an example"
    );
}

#[test]
fn what_can_be_long_is_answered_as_a_list_of_items() {
    let mut workspace = workspace();
    let source = of_data_source(TASKS);
    let rollup = json!({ "Names": { "rollup": {
        "relation_property_name": "Project", "rollup_property_name": "Tasks", "function": "count",
    } } });
    reshape(&mut workspace, source, &rollup);
    let schema = workspace.schema(source).unwrap();
    let page = workspace.page(workspace.find_page(sample::task_id(1)).unwrap());
    let of = |name: &str| {
        let index = schema.find(name).unwrap();
        (
            &schema.property(index).id,
            items(index, page, schema, &workspace, VERSION),
        )
    };
    let (id, found) = of("Points");
    let point = json!({ "object": "property_item", "id": id, "type": "number", "number": 4 });
    assert_eq!(found, Items::One(point));
    let (id, found) = of("Project");
    let Items::Many { items, list } = found else {
        panic!("a relation is a list");
    };
    let project = json!({ "id": sample::project_id(0).to_string() });
    let item =
        json!({ "object": "property_item", "id": id, "type": "relation", "relation": project });
    assert_eq!(items, [item]);
    let expected = json!({ "id": id, "next_url": null, "type": "relation", "relation": {} });
    assert_eq!(list, expected);
    let (_, Items::Many { items, list }) = of("Task") else {
        panic!("a title is a list");
    };
    assert_eq!((items.len(), &list["id"]), (1, &json!("title")));
    assert_eq!(items[0]["title"]["plain_text"], "T");
    let (_, Items::Many { items, list }) = of("Names") else {
        panic!("a rollup is a list");
    };
    // The items of the project's relation, which leads back to the four tasks.
    assert_eq!(items.len(), 4);
    assert!(items.iter().all(|item| item["type"] == "relation"));
    assert_eq!(
        list["rollup"],
        json!({ "type": "number", "number": 1, "function": "count" })
    );
}

#[test]
fn a_user_is_shown_with_all_that_is_known() {
    let mut workspace = workspace();
    let ann = Uuid::from_u128(0xa11);
    workspace.add_person(ann, "Ann", "ann@example.org").unwrap();
    let people = json!([{ "id": ann.to_string() }, { "id": Uuid::from_u128(1).to_string() }]);
    sample::add_task(&mut workspace, 9, json!({ "People": { "people": people } }));
    let schema = workspace.schema(of_data_source(TASKS)).unwrap();
    let page = workspace.page(workspace.find_page(sample::task_id(9)).unwrap());
    let people = shown(
        schema.find("People").unwrap(),
        page,
        schema,
        &workspace,
        VERSION,
    );
    assert_eq!(people["people"][0]["person"]["email"], "ann@example.org");
    assert_eq!(
        people["people"][1],
        json!(super::super::around::user(Uuid::from_u128(1)))
    );
}

#[test]
fn a_rollup_of_what_is_gone_is_unsupported_and_a_formula_of_it_empty() {
    let mut workspace = workspace();
    let source = of_data_source(TASKS);
    reshape(
        &mut workspace,
        source,
        &json!({ "Same": { "formula": { "expression": "prop(\"Points\")" } } }),
    );
    reshape(
        &mut workspace,
        source,
        &json!({ "Points": null, "Project": null }),
    );
    let schema = workspace.schema(source).unwrap();
    let page = workspace.page(workspace.find_page(sample::task_id(1)).unwrap());
    let same = shown(
        schema.find("Same").unwrap(),
        page,
        schema,
        &workspace,
        VERSION,
    );
    assert_eq!(same["formula"], json!({ "type": "string", "string": null }));
    let projects = of_data_source(PROJECTS);
    reshape(&mut workspace, projects, &json!({ "Tasks": null }));
    let schema = workspace.schema(projects).unwrap();
    let page = workspace.page(workspace.find_page(sample::project_id(0)).unwrap());
    let count = shown(
        schema.find("Task count").unwrap(),
        page,
        schema,
        &workspace,
        VERSION,
    );
    assert_eq!(
        count["rollup"],
        json!({ "type": "unsupported", "unsupported": {}, "function": "count" })
    );
}
