//! The planted defects of an import: what Notion holds that the import never saw, and what it made of
//! what it saw.
//!
//! Each is one that the real cutover had, or that its importer could have had. A plant that is made
//! elsewhere changes nothing here.

use std::borrow::Cow;

use uuid::Builder;

use super::super::api::moment::{Due, Moment};
use super::super::api::store::{Id, Priority, Status};
use super::super::plant::Plant;
use super::beside::midnight_at_home;
use super::imported::{Imported, Link};
use super::{Ids, MINUTE, Seeded, TaskContent, World};

/// How many pages without a title Notion has then.
pub const UNTITLED: usize = 2;
/// How many links lead to no tag.
pub const ORPHAN_LINKS: usize = 3;
/// How many tasks lead to no project.
pub const ORPHAN_TASKS: usize = 2;
/// How many pages of a relation Notion lists with a page.
const LISTED_OF_A_RELATION: usize = 25;
/// From the last edit before the import to the next one.
const AFTER_THE_IMPORT: i64 = 24 * 60 * MINUTE;

/// What Notion holds: the world, and what it had beside it or came later.
#[must_use]
pub fn in_notion(plant: Option<Plant>, world: &World) -> Cow<'_, World> {
    match plant {
        Some(Plant::UntitledDropped) => Cow::Owned(with_untitled(world.clone())),
        Some(Plant::StoresDrifted) => Cow::Owned(with_later_edits(world.clone())),
        _ => Cow::Borrowed(world),
    }
}

/// Among the others, so that nothing but the missing title tells them from what was imported.
fn with_untitled(mut world: World) -> World {
    let step = world.tasks.len() / (UNTITLED + 1);
    for place in (1..=UNTITLED).rev().map(|part| part * step) {
        if let Some(like) = world.tasks.get(place) {
            let untitled = made_like(like, String::new(), like.created_at);
            world.tasks.insert(place, untitled);
        }
    }
    world
}

fn with_later_edits(mut world: World) -> World {
    let edits = [
        |task: &mut TaskContent, now| {
            task.status = Status::Done;
            task.completed_at = Some(now);
        },
        |task: &mut TaskContent, _| task.status = Status::InProgress,
        |task: &mut TaskContent, _| {
            task.priority = match task.priority {
                Priority::Urgent => Priority::High,
                _ => Priority::Urgent,
            };
        },
        |task: &mut TaskContent, _| task.title += " (now with Kim)",
    ];
    let mut now = next_edit(&world);
    let open = world.tasks.iter_mut();
    let open = open.filter(|task| task.content.status == Status::Todo);
    for (task, edit) in open.zip(edits) {
        now = later(now, 7 * MINUTE);
        edit(&mut task.content, now);
        task.updated_at = now;
    }
    let titles = [
        "Order the new keyboard",
        "Confirm the venue",
        "Renew the passport",
    ];
    let new = world.tasks.iter().zip(titles).map(|(like, title)| {
        now = later(now, 7 * MINUTE);
        made_like(like, title.to_owned(), now)
    });
    let new: Vec<_> = new.collect();
    world.tasks.extend(new);
    world
}

/// A task of Notion alone: with the properties of another one, but nothing that a moment is part of.
fn made_like(like: &Seeded<TaskContent>, title: String, at: Moment) -> Seeded<TaskContent> {
    Seeded {
        ids: Ids {
            notion: another(&like.ids.notion),
            // Of a row that there is not.
            postgres: another(&like.ids.postgres),
        },
        created_at: at,
        updated_at: at,
        content: TaskContent {
            title,
            completed_at: (like.content.status == Status::Done).then_some(at),
            due: None,
            due_end: None,
            due_offset: None,
            body: &[],
            ..like.content.clone()
        },
    }
}

/// A day after the last edit of all.
fn next_edit(world: &World) -> Moment {
    let edits = world.tasks.iter().map(|task| task.updated_at);
    let last = edits.max().unwrap_or(Moment::from_millisecond(0));
    later(last, AFTER_THE_IMPORT)
}

fn later(moment: Moment, by: i64) -> Moment {
    Moment::from_millisecond(moment.timestamp().as_millisecond() + by)
}

/// Does to the rows what the import did.
pub fn in_rows(plant: Option<Plant>, world: &World, imported: &mut Imported) {
    let seeded = world.tasks.iter().map(|task| &task.content);
    let rows = imported.tasks.iter_mut();
    match plant {
        Some(Plant::StatusCollapse) => rows.for_each(|row| {
            row.status = Status::Todo;
            row.completed_at = None;
        }),
        Some(Plant::BodiesLost) => rows.for_each(|row| row.body = None),
        Some(Plant::DateShift) => rows.zip(seeded).for_each(|(row, task)| {
            let shifted = |due: Option<Due>| match due {
                Some(Due::Day(day)) => Some(midnight_at_home(day)),
                due => due.map(Due::moment),
            };
            row.due_date = shifted(task.due);
            row.due_end = shifted(task.due_end);
        }),
        Some(Plant::DateEndDropped) => rows.for_each(|row| {
            row.due_end = None;
            row.due_zone = None;
        }),
        Some(Plant::CompletedAtGuessed) => rows.for_each(|row| {
            row.completed_at = row.completed_at.map(|_| row.updated_at);
        }),
        Some(Plant::RelationCut) => {
            let of_first = rows.zip(seeded).filter(|(_, task)| task.project == Some(0));
            of_first
                .skip(LISTED_OF_A_RELATION)
                .for_each(|(row, _)| row.project_id = None);
        }
        Some(Plant::HalfWrittenTask) => leave_half(imported),
        Some(Plant::ImportedTwice) => repeat(imported),
        Some(Plant::OrphanLink) => orphan(imported),
        _ => {}
    }
}

/// Of one task with several tags the first link alone was written.
fn leave_half(imported: &mut Imported) {
    let of = |links: &[Link], task: &Id| links.iter().filter(|link| link.task == *task).count();
    let rows = imported.tasks.iter().rev();
    let most = rows.max_by_key(|row| of(&imported.links, &row.id));
    let Some(half) = most.map(|row| row.id.clone()) else {
        return;
    };
    let mut first = true;
    imported
        .links
        .retain(|link| link.task != half || std::mem::take(&mut first));
}

fn repeat(imported: &mut Imported) {
    let rows = imported.tasks.iter().map(|row| {
        let mut again = row.clone();
        again.id = another(&row.id);
        again
    });
    let rows: Vec<_> = rows.collect();
    let links = imported.links.iter().map(|link| Link {
        task: another(&link.task),
        tag: link.tag.clone(),
    });
    let links: Vec<_> = links.collect();
    imported.tasks.extend(rows);
    imported.links.extend(links);
}

fn orphan(imported: &mut Imported) {
    let step = (imported.links.len() / ORPHAN_LINKS).max(1);
    let links = imported.links.iter_mut().step_by(step);
    for link in links.take(ORPHAN_LINKS) {
        link.tag = another(&link.tag);
    }
    let projects = imported.tasks.iter_mut();
    let projects = projects.filter_map(|row| row.project_id.as_mut());
    for project in projects.take(ORPHAN_TASKS) {
        *project = another(project);
    }
}

/// What is done to the tables before they are filled.
#[must_use]
pub fn in_schema(plant: Option<Plant>) -> Option<&'static str> {
    let orphan = r#"
        ALTER TABLE tasks DROP CONSTRAINT "tasks_projectId_fkey";
        ALTER TABLE task_tags DROP CONSTRAINT "task_tags_tagId_fkey";"#;
    (plant == Some(Plant::OrphanLink)).then_some(orphan)
}

/// An id that follows from another one and is nobody's.
fn another(id: &Id) -> Id {
    let bytes = id.uuid().into_bytes().map(|byte| byte ^ 0x5a);
    Id::from(Builder::from_random_bytes(bytes).into_uuid())
}
