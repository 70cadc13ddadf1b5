//! The world in Notion: three databases, with the application's property names where it has them.

use super::super::api::notion_page::{self as page, SelectOption};
use super::super::api::store::{Priority, ProjectStatus, Source, Status};
use super::super::notion::{
    NotionError, PropertySchema, RollupFunction, Workspace, data_source_of,
};
use super::World;
use super::beside::{BodyBlock, due_property};

/// A workspace that holds the world.
///
/// # Errors
/// When the simulator refuses what a create request would say, which is a defect of this module.
pub fn workspace(world: &World) -> Result<Workspace, NotionError> {
    let mut workspace = Workspace::new();
    let databases = &world.databases;
    workspace.add_database(databases.tags.uuid(), "Tags", tag_schema())?;
    workspace.add_database(databases.projects.uuid(), "Projects", project_schema(world))?;
    workspace.add_database(databases.tasks.uuid(), "Tasks", task_schema(world))?;
    for tag in &world.tags {
        workspace.add_page(
            databases.tags.uuid(),
            tag.ids.notion.uuid(),
            page::new_tag(&tag.content),
            tag.created_at.timestamp(),
            tag.updated_at.timestamp(),
        )?;
    }
    for project in &world.projects {
        workspace.add_page(
            databases.projects.uuid(),
            project.ids.notion.uuid(),
            page::new_project(&project.content),
            project.created_at.timestamp(),
            project.updated_at.timestamp(),
        )?;
    }
    for task in &world.tasks {
        let new = world.new_task(&task.content, Source::Notion);
        let mut properties = page::new_task(&new, task.created_at);
        properties["Due Date"] = due_property(&task.content);
        let id = task.ids.notion.uuid();
        workspace.add_page(
            databases.tasks.uuid(),
            id,
            properties,
            task.created_at.timestamp(),
            task.updated_at.timestamp(),
        )?;
        let body = task.content.body.iter().map(BodyBlock::request);
        workspace.add_blocks(id, &body.collect())?;
    }
    Ok(workspace)
}

fn task_schema(world: &World) -> Vec<(String, PropertySchema)> {
    named([
        ("Task", PropertySchema::Title),
        ("Status", select::<Status>()),
        ("Priority", select::<Priority>()),
        ("Due Date", PropertySchema::Date),
        ("Captured", PropertySchema::Date),
        ("Description", PropertySchema::RichText),
        ("Completed", PropertySchema::Date),
        (
            "Project",
            PropertySchema::Relation {
                data_source: data_source_of(world.databases.projects.uuid()),
                synced: Some("Tasks".to_owned()),
            },
        ),
        (
            "Tags",
            PropertySchema::Relation {
                data_source: data_source_of(world.databases.tags.uuid()),
                synced: None,
            },
        ),
    ])
}

fn project_schema(world: &World) -> Vec<(String, PropertySchema)> {
    named([
        ("Project", PropertySchema::Title),
        ("About", PropertySchema::RichText),
        ("Color", PropertySchema::RichText),
        ("Icon", PropertySchema::RichText),
        ("Stage", select::<ProjectStatus>()),
        (
            "Tasks",
            PropertySchema::Relation {
                data_source: data_source_of(world.databases.tasks.uuid()),
                synced: Some("Project".to_owned()),
            },
        ),
        (
            "Task Count",
            PropertySchema::Rollup {
                relation: "Tasks".to_owned(),
                property: "Task".to_owned(),
                function: RollupFunction::Count,
            },
        ),
    ])
}

fn tag_schema() -> Vec<(String, PropertySchema)> {
    named([
        ("Tag", PropertySchema::Title),
        ("Tag Color", PropertySchema::RichText),
    ])
}

fn select<T: SelectOption>() -> PropertySchema {
    PropertySchema::Select(
        T::ALL
            .iter()
            .map(|value| value.option().to_owned())
            .collect(),
    )
}

fn named<const N: usize>(properties: [(&str, PropertySchema); N]) -> Vec<(String, PropertySchema)> {
    properties
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}
