//! The world in PostgreSQL: four statements in one transaction, with each column as an array.

use sqlx::{PgConnection, PgPool};

use super::super::api::moment::Moment;
use super::super::api::store::Id;
use super::imported::{Imported, TaskRow};
use super::{Seeded, World};

const PROJECTS: &str = r#"
    INSERT INTO projects (id, title, description, color, icon, status, "createdAt", "updatedAt")
    SELECT id, title, description, color, icon, status,
        created::timestamptz AT TIME ZONE 'UTC', updated::timestamptz AT TIME ZONE 'UTC'
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[]) AS p (id, created, updated, title, description, color, icon, status)"#;

const TAGS: &str = r#"
    INSERT INTO tags (id, name, color, "createdAt", "updatedAt")
    SELECT id, name, color,
        created::timestamptz AT TIME ZONE 'UTC', updated::timestamptz AT TIME ZONE 'UTC'
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
        AS g (id, created, updated, name, color)"#;

const TASKS: &str = r#"
    INSERT INTO tasks (id, title, description, status, priority, "dueDate", "completedAt",
        "projectId", "createdAt", "updatedAt", "dueEnd", "dueZone", body)
    SELECT id, title, description, status, priority,
        due::timestamptz AT TIME ZONE 'UTC', completed::timestamptz AT TIME ZONE 'UTC', project,
        created::timestamptz AT TIME ZONE 'UTC', updated::timestamptz AT TIME ZONE 'UTC',
        due_end::timestamptz AT TIME ZONE 'UTC', due_zone, body
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
        AS t (id, created, updated, title, description, status, priority, due, completed, project,
            due_end, due_zone, body)"#;

const TASK_TAGS: &str = r#"
    INSERT INTO task_tags ("taskId", "tagId")
    SELECT task, tag FROM unnest($1::text[], $2::text[]) AS l (task, tag)"#;

/// Puts the world into tables that exist and are empty, with its tasks and links as they were
/// imported, and lets the planner know of it.
///
/// # Errors
/// When the database refuses.
pub async fn fill(pool: &PgPool, world: &World, imported: &Imported) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let (projects, tags) = (&world.projects, &world.tags);
    sqlx::query(PROJECTS)
        .bind(ids(projects))
        .bind(created(projects))
        .bind(updated(projects))
        .bind(column(projects, |project| project.title.as_str()))
        .bind(column(projects, |project| project.description.as_deref()))
        .bind(column(projects, |project| project.color.as_deref()))
        .bind(column(projects, |project| project.icon.as_deref()))
        .bind(column(projects, |project| project.status.name()))
        .execute(&mut *transaction)
        .await?;
    sqlx::query(TAGS)
        .bind(ids(tags))
        .bind(created(tags))
        .bind(updated(tags))
        .bind(column(tags, |tag| tag.name.as_str()))
        .bind(column(tags, |tag| tag.color.as_deref()))
        .execute(&mut *transaction)
        .await?;
    fill_tasks(&mut transaction, &imported.tasks).await?;
    let links = &imported.links;
    sqlx::query(TASK_TAGS)
        .bind(of_each(links, |link| link.task.as_str()))
        .bind(of_each(links, |link| link.tag.as_str()))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    sqlx::query("ANALYZE").execute(pool).await?;
    Ok(())
}

async fn fill_tasks(connection: &mut PgConnection, tasks: &[TaskRow]) -> Result<(), sqlx::Error> {
    let moments =
        |value: fn(&TaskRow) -> Option<Moment>| of_each(tasks, |task| value(task).map(text));
    sqlx::query(TASKS)
        .bind(of_each(tasks, |task| task.id.as_str()))
        .bind(of_each(tasks, |task| text(task.created_at)))
        .bind(of_each(tasks, |task| text(task.updated_at)))
        .bind(of_each(tasks, |task| task.title.as_str()))
        .bind(of_each(tasks, |task| task.description.as_deref()))
        .bind(of_each(tasks, |task| task.status.name()))
        .bind(of_each(tasks, |task| task.priority.name()))
        .bind(moments(|task| task.due_date))
        .bind(moments(|task| task.completed_at))
        .bind(of_each(tasks, |task| {
            task.project_id.as_ref().map(Id::as_str)
        }))
        .bind(moments(|task| task.due_end))
        .bind(of_each(tasks, |task| task.due_zone.as_deref()))
        .bind(of_each(tasks, |task| task.body.as_deref()))
        .execute(connection)
        .await?;
    Ok(())
}

fn of_each<'w, T, V>(rows: &'w [T], value: impl Fn(&'w T) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}

fn column<'w, T, V>(objects: &'w [Seeded<T>], value: impl Fn(&'w T) -> V) -> Vec<V> {
    of_each(objects, |object| value(&object.content))
}

fn ids<T>(objects: &[Seeded<T>]) -> Vec<&str> {
    of_each(objects, |object| object.ids.postgres.as_str())
}

fn created<T>(objects: &[Seeded<T>]) -> Vec<String> {
    of_each(objects, |object| text(object.created_at))
}

fn updated<T>(objects: &[Seeded<T>]) -> Vec<String> {
    of_each(objects, |object| text(object.updated_at))
}

fn text(moment: Moment) -> String {
    moment.to_string()
}
