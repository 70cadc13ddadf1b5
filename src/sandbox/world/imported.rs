//! The rows that a sound import makes of the world, before anything is planted among them.
//!
//! They are values of their own, and not statements over the world, so that [`defects`](super::defects)
//! can do to them what a real import did: lose, shift, guess and repeat. Nothing is planted among
//! projects and tags, which go into the tables as the world has them.

use super::super::api::moment::{Due, Moment};
use super::super::api::store::{Id, Priority, Source, Status};
use super::beside::{offset_text, text_of};
use super::{Seeded, TaskContent, World};

/// The tasks and their links to tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The rows of `tasks`.
    pub tasks: Vec<TaskRow>,
    /// The rows of `task_tags`.
    pub links: Vec<Link>,
}

/// A row of `tasks`; the fields are the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the columns are documented with the API and in schema.sql"
)]
pub struct TaskRow {
    pub id: Id,
    pub title: String,
    pub description: Option<String>,
    pub status: Status,
    pub priority: Priority,
    pub due_date: Option<Moment>,
    pub completed_at: Option<Moment>,
    pub project_id: Option<Id>,
    pub created_at: Moment,
    pub updated_at: Moment,
    pub due_end: Option<Moment>,
    pub due_zone: Option<String>,
    pub body: Option<String>,
}

/// A row of `task_tags`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// `"taskId"`.
    pub task: Id,
    /// `"tagId"`.
    pub tag: Id,
}

impl Imported {
    /// What a sound import makes of the world.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let links = world.tasks.iter().flat_map(|task| {
            let tags = world.new_task(&task.content, Source::Postgres).tag_ids;
            let task = task.ids.postgres.clone();
            tags.into_iter().map(move |tag| Link {
                task: task.clone(),
                tag,
            })
        });
        Self {
            tasks: world.tasks.iter().map(|task| row(world, task)).collect(),
            links: links.collect(),
        }
    }
}

fn row(world: &World, task: &Seeded<TaskContent>) -> TaskRow {
    let content = &task.content;
    let new = world.new_task(content, Source::Postgres);
    TaskRow {
        id: task.ids.postgres.clone(),
        title: new.title,
        description: new.description,
        status: new.status,
        priority: new.priority,
        due_date: new.due.map(Due::moment),
        completed_at: new.completed_at,
        project_id: new.project_id,
        created_at: task.created_at,
        updated_at: task.updated_at,
        due_end: content.due_end.map(Due::moment),
        due_zone: content.due_offset.map(offset_text),
        body: text_of(content.body),
    }
}
