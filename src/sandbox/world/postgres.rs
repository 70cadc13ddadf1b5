//! The world in PostgreSQL: four statements in one transaction, with each column as an array.

use sqlx::PgPool;

use super::super::api::moment::Moment;
use super::super::api::store::Source;
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
        "projectId", "createdAt", "updatedAt")
    SELECT id, title, description, status, priority,
        due::timestamptz AT TIME ZONE 'UTC', completed::timestamptz AT TIME ZONE 'UTC', project,
        created::timestamptz AT TIME ZONE 'UTC', updated::timestamptz AT TIME ZONE 'UTC'
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[])
        AS t (id, created, updated, title, description, status, priority, due, completed, project)"#;

const TASK_TAGS: &str = r#"
    INSERT INTO task_tags ("taskId", "tagId")
    SELECT task, tag FROM unnest($1::text[], $2::text[]) AS l (task, tag)"#;

/// Puts the world into tables that exist and are empty, and lets the planner know of it.
///
/// # Errors
/// When the database refuses.
pub async fn fill(pool: &PgPool, world: &World) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let (projects, tags, tasks) = (&world.projects, &world.tags, &world.tasks);
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
    let project_id = |place: usize| {
        world
            .projects
            .get(place)
            .map(|project| project.ids.postgres.as_str())
    };
    sqlx::query(TASKS)
        .bind(ids(tasks))
        .bind(created(tasks))
        .bind(updated(tasks))
        .bind(column(tasks, |task| task.title.as_str()))
        .bind(column(tasks, |task| task.description.as_deref()))
        .bind(column(tasks, |task| task.status.name()))
        .bind(column(tasks, |task| task.priority.name()))
        .bind(column(tasks, |task| {
            task.due.map(|due| due.moment().to_string())
        }))
        .bind(column(tasks, |task| {
            task.completed_at.map(|moment| moment.to_string())
        }))
        .bind(column(tasks, |task| task.project.and_then(project_id)))
        .execute(&mut *transaction)
        .await?;
    let (linked, links): (Vec<&str>, Vec<String>) = tasks
        .iter()
        .flat_map(|task| {
            let tags = world.new_task(&task.content, Source::Postgres).tag_ids;
            tags.into_iter()
                .map(|tag| (task.ids.postgres.as_str(), tag.as_str().to_owned()))
        })
        .unzip();
    sqlx::query(TASK_TAGS)
        .bind(linked)
        .bind(links)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    sqlx::query("ANALYZE").execute(pool).await?;
    Ok(())
}

fn column<'w, T, V>(objects: &'w [Seeded<T>], value: impl Fn(&'w T) -> V) -> Vec<V> {
    objects
        .iter()
        .map(|object| value(&object.content))
        .collect()
}

fn ids<T>(objects: &[Seeded<T>]) -> Vec<&str> {
    objects
        .iter()
        .map(|object| object.ids.postgres.as_str())
        .collect()
}

fn created<T>(objects: &[Seeded<T>]) -> Vec<String> {
    objects
        .iter()
        .map(|object| text(object.created_at))
        .collect()
}

fn updated<T>(objects: &[Seeded<T>]) -> Vec<String> {
    objects
        .iter()
        .map(|object| text(object.updated_at))
        .collect()
}

fn text(moment: Moment) -> String {
    moment.to_string()
}
