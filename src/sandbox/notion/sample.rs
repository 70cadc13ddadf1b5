//! A small workspace of projects and tasks for the tests of these modules.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::ids::of_data_source;
use super::properties::property::PropertySchema;
use super::properties::rollup::RollupFunction;
use super::store::Workspace;

pub(super) const PROJECTS: Uuid = Uuid::from_u128(0xaaaa);
pub(super) const TASKS: Uuid = Uuid::from_u128(0xbbbb);

/// So many seconds after the sample's beginning.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

pub(super) fn project_id(number: u128) -> Uuid {
    Uuid::from_u128(0xa_0000 + number)
}

pub(super) fn task_id(number: u128) -> Uuid {
    Uuid::from_u128(0xb_0000 + number)
}

fn options(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Empty databases of projects and tasks.
pub(super) fn databases() -> Workspace {
    let relation = |data_source, name: &str| PropertySchema::Relation {
        data_source,
        synced: Some(name.to_owned()),
    };
    let count = PropertySchema::Rollup {
        relation: "Tasks".to_owned(),
        property: "Task".to_owned(),
        function: RollupFunction::Count,
    };
    let projects = [
        ("Name", PropertySchema::Title),
        ("Tasks", relation(of_data_source(TASKS), "Project")),
        ("Task count", count),
    ];
    let tasks = [
        ("Task", PropertySchema::Title),
        ("Notes", PropertySchema::RichText),
        ("Points", PropertySchema::Number),
        (
            "Priority",
            PropertySchema::Select(options(&["High", "Low"])),
        ),
        (
            "Tags",
            PropertySchema::MultiSelect(options(&["a", "b", "c"])),
        ),
        (
            "Status",
            PropertySchema::Status(options(&["To Do", "Doing", "Done"])),
        ),
        ("Due", PropertySchema::Date),
        ("Done", PropertySchema::Checkbox),
        ("Project", relation(of_data_source(PROJECTS), "Tasks")),
        ("People", PropertySchema::People),
        ("Link", PropertySchema::Url),
        ("Created", PropertySchema::CreatedTime),
        ("Edited", PropertySchema::LastEditedTime),
    ];
    let named = |list: Vec<(&str, PropertySchema)>| {
        let own = |(name, schema): (&str, _)| (name.to_owned(), schema);
        list.into_iter().map(own).collect()
    };
    let mut workspace = Workspace::new();
    workspace
        .add_database(PROJECTS, "Projects", named(projects.into()))
        .unwrap();
    workspace
        .add_database(TASKS, "Tasks", named(tasks.into()))
        .unwrap();
    workspace
}

pub(super) fn add_task(workspace: &mut Workspace, number: u128, properties: Value) {
    let created = at(i64::try_from(number).unwrap() * 45);
    workspace
        .add_page(TASKS, task_id(number), properties, created, created)
        .unwrap();
}

/// Projects and tasks of which only the titles are written.
pub(super) fn workspace(projects: u128, tasks: u128) -> Workspace {
    let title = |number: u128| json!([{ "text": { "content": format!("Number {number}") } }]);
    let mut workspace = databases();
    for number in 0..projects {
        let properties = json!({ "Name": { "title": title(number) } });
        workspace
            .add_page(PROJECTS, project_id(number), properties, at(0), at(0))
            .unwrap();
    }
    for number in 0..tasks {
        add_task(
            &mut workspace,
            number,
            json!({ "Task": { "title": title(number) } }),
        );
    }
    workspace
}
