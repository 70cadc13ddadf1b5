//! The store over PostgreSQL: what the application's candidate deployment does, in few statements.
//!
//! Values are bound, never spliced. A write is one statement, hence atomic: a crash cannot leave a task
//! without its tags. A list costs one statement, and one more for each kind of object that goes with it.

use std::collections::{BTreeSet, HashMap};

use sqlx::Row;
use sqlx::postgres::{PgPool, PgPoolOptions, PgRow};

use super::moment::Moment;
use super::postgres_sql as sql;
use super::server_timing::in_store;
use super::store::{
    Id, Include, NewProject, NewTag, NewTask, Project, ProjectPatch, Source, Store, StoreError,
    Tag, Task, TaskFilter, TaskPatch, UnknownName,
};

/// Tasks, projects and tags in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects to the database at `url`.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn connect(url: &str) -> Result<Self, sqlx::Error> {
        let pool = PgPoolOptions::new()
            .min_connections(1)
            .max_connections(10)
            .connect(url)
            .await?;
        Ok(Self { pool })
    }

    /// Makes the tables, which must not exist yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn create_tables(&self) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(sql::SCHEMA).execute(&self.pool).await?;
        Ok(())
    }

    /// The connections, to fill the tables with.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Answers each task's project and tags with it, as asked for.
    async fn complete(&self, tasks: &mut [Task], include: Include) -> Result<(), StoreError> {
        if include.project {
            let mut ids: Vec<&str> = tasks
                .iter()
                .filter_map(|task| task.project_id.as_deref())
                .collect();
            ids.sort_unstable();
            ids.dedup();
            let rows = in_store(
                sqlx::query(sql::PROJECTS_BY_ID)
                    .bind(&ids)
                    .fetch_all(&self.pool),
            )
            .await?;
            let projects: HashMap<String, Project> = rows
                .iter()
                .map(|row| project(row).map(|project| (project.id.clone(), project)))
                .collect::<Result<_, _>>()?;
            for task in &mut *tasks {
                let id = task.project_id.as_ref();
                task.project = Some(id.and_then(|id| projects.get(id)).cloned());
            }
        }
        if include.tags {
            let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
            let rows = in_store(
                sqlx::query(sql::TAGS_BY_TASK)
                    .bind(&ids)
                    .fetch_all(&self.pool),
            )
            .await?;
            let mut tags: HashMap<String, Vec<Tag>> = HashMap::new();
            for row in &rows {
                tags.entry(row.try_get("task_id")?)
                    .or_default()
                    .push(tag(row)?);
            }
            for task in tasks {
                task.tags = Some(tags.remove(&task.id).unwrap_or_default());
            }
        }
        Ok(())
    }
}

impl Store for PostgresStore {
    fn source(&self) -> Source {
        Source::Postgres
    }

    async fn health(&self) -> Result<(), StoreError> {
        in_store(sqlx::query("SELECT 1").execute(&self.pool)).await?;
        Ok(())
    }

    async fn tasks(&self, filter: &TaskFilter, include: Include) -> Result<Vec<Task>, StoreError> {
        let rows = in_store(
            sqlx::query(sql::TASKS)
                .bind(filter.status.map(|status| status.name()))
                .bind(filter.priority.map(|priority| priority.name()))
                .bind(filter.project_id.as_ref().map(Id::as_str))
                .bind(filter.text.as_deref().map(containing))
                .fetch_all(&self.pool),
        )
        .await?;
        let mut tasks = rows.iter().map(task).collect::<Result<Vec<_>, _>>()?;
        self.complete(&mut tasks, include).await?;
        Ok(tasks)
    }

    async fn task(&self, id: &Id, include: Include) -> Result<Task, StoreError> {
        let row = in_store(
            sqlx::query(sql::TASK)
                .bind(id.as_str())
                .fetch_optional(&self.pool),
        )
        .await?;
        let mut task = found("task", row.as_ref(), task)?;
        self.complete(std::slice::from_mut(&mut task), include)
            .await?;
        Ok(task)
    }

    async fn create_task(&self, new: &NewTask) -> Result<Task, StoreError> {
        let row = in_store(
            sqlx::query(sql::CREATE_TASK)
                .bind(&new.title)
                .bind(new.description.as_deref())
                .bind(new.status.name())
                .bind(new.priority.name())
                .bind(new.due.map(|due| due.moment().to_string()))
                .bind(new.completed_at.map(|moment| moment.to_string()))
                .bind(new.project_id.as_ref().map(Id::as_str))
                .bind(texts(&new.tag_ids))
                .fetch_one(&self.pool),
        )
        .await?;
        task(&row)
    }

    async fn update_task(&self, id: &Id, patch: &TaskPatch) -> Result<Task, StoreError> {
        let row = in_store(
            sqlx::query(sql::UPDATE_TASK)
                .bind(id.as_str())
                .bind(patch.title.as_deref())
                .bind(patch.description.is_some())
                .bind(patch.description.clone().flatten())
                .bind(patch.status.map(|status| status.name()))
                .bind(patch.priority.map(|priority| priority.name()))
                .bind(patch.due.is_some())
                .bind(patch.due.flatten().map(|due| due.moment().to_string()))
                .bind(patch.completed_at.is_some())
                .bind(
                    patch
                        .completed_at
                        .flatten()
                        .map(|moment| moment.to_string()),
                )
                .bind(patch.project_id.is_some())
                .bind(
                    patch
                        .project_id
                        .as_ref()
                        .and_then(|id| id.as_ref().map(Id::as_str)),
                )
                .bind(patch.tag_ids.as_deref().map(texts))
                .fetch_optional(&self.pool),
        )
        .await?;
        found("task", row.as_ref(), task)
    }

    async fn delete_task(&self, id: &Id) -> Result<(), StoreError> {
        let done = in_store(
            sqlx::query(sql::DELETE_TASK)
                .bind(id.as_str())
                .execute(&self.pool),
        )
        .await?;
        removed("task", done.rows_affected())
    }

    async fn projects(&self, count: bool) -> Result<Vec<Project>, StoreError> {
        let rows = in_store(sqlx::query(sql::PROJECTS).bind(count).fetch_all(&self.pool)).await?;
        rows.iter().map(project).collect()
    }

    async fn project(&self, id: &Id, count: bool) -> Result<Project, StoreError> {
        let row = in_store(
            sqlx::query(sql::PROJECT)
                .bind(id.as_str())
                .bind(count)
                .fetch_optional(&self.pool),
        )
        .await?;
        found("project", row.as_ref(), project)
    }

    async fn create_project(&self, new: &NewProject) -> Result<Project, StoreError> {
        let row = in_store(
            sqlx::query(sql::CREATE_PROJECT)
                .bind(&new.title)
                .bind(new.description.as_deref())
                .bind(new.color.as_deref())
                .bind(new.icon.as_deref())
                .bind(new.status.name())
                .fetch_one(&self.pool),
        )
        .await?;
        project(&row)
    }

    async fn update_project(&self, id: &Id, patch: &ProjectPatch) -> Result<Project, StoreError> {
        let row = in_store(
            sqlx::query(sql::UPDATE_PROJECT)
                .bind(id.as_str())
                .bind(patch.title.as_deref())
                .bind(patch.description.is_some())
                .bind(patch.description.clone().flatten())
                .bind(patch.color.is_some())
                .bind(patch.color.clone().flatten())
                .bind(patch.icon.is_some())
                .bind(patch.icon.clone().flatten())
                .bind(patch.status.map(|status| status.name()))
                .fetch_optional(&self.pool),
        )
        .await?;
        found("project", row.as_ref(), project)
    }

    async fn delete_project(&self, id: &Id) -> Result<(), StoreError> {
        let done = in_store(
            sqlx::query(sql::DELETE_PROJECT)
                .bind(id.as_str())
                .execute(&self.pool),
        )
        .await?;
        removed("project", done.rows_affected())
    }

    async fn tags(&self) -> Result<Vec<Tag>, StoreError> {
        let rows = in_store(sqlx::query(sql::TAGS).fetch_all(&self.pool)).await?;
        rows.iter().map(tag).collect()
    }

    async fn create_tag(&self, new: &NewTag) -> Result<Tag, StoreError> {
        let row = in_store(
            sqlx::query(sql::CREATE_TAG)
                .bind(&new.name)
                .bind(new.color.as_deref())
                .fetch_one(&self.pool),
        )
        .await?;
        tag(&row)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(refused) if refused.is_foreign_key_violation() => Self::UnknownReference,
            Some(refused) if refused.is_unique_violation() => Self::Duplicate,
            _ => Self::Database(error),
        }
    }
}

impl From<UnknownName> for StoreError {
    fn from(error: UnknownName) -> Self {
        Self::Database(sqlx::Error::Decode(Box::new(error)))
    }
}

fn texts(ids: &[Id]) -> Vec<&str> {
    ids.iter().map(Id::as_str).collect()
}

/// The regular expression of texts that contain this one, in whatever case. Both cases of each
/// character are spelled out, since ILIKE knows only those of the database's locale: in `C`, ASCII's.
fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(4 * text.len());
    for character in text.chars() {
        let cases: BTreeSet<char> = [character]
            .into_iter()
            .chain(only(character.to_lowercase()))
            .chain(only(character.to_uppercase()))
            .collect();
        if cases.len() > 1 {
            pattern.push('[');
            pattern.extend(cases);
            pattern.push(']');
        } else {
            if character.is_ascii_punctuation() {
                pattern.push('\\');
            }
            pattern.push(character);
        }
    }
    pattern
}

/// The only one, if there is only one.
fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.next().is_none())
}

fn found<T>(
    what: &'static str,
    row: Option<&PgRow>,
    read: impl Fn(&PgRow) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    row.map_or(Err(StoreError::NotFound { what }), read)
}

fn removed(what: &'static str, rows: u64) -> Result<(), StoreError> {
    if rows == 0 {
        Err(StoreError::NotFound { what })
    } else {
        Ok(())
    }
}

fn moment(row: &PgRow, column: &str) -> Result<Moment, sqlx::Error> {
    row.try_get(column).map(Moment::from_millisecond)
}

fn optional_moment(row: &PgRow, column: &str) -> Result<Option<Moment>, sqlx::Error> {
    let millisecond: Option<i64> = row.try_get(column)?;
    Ok(millisecond.map(Moment::from_millisecond))
}

fn task(row: &PgRow) -> Result<Task, StoreError> {
    Ok(Task {
        id: row.try_get("id")?,
        title: row.try_get("title")?,
        description: row.try_get("description")?,
        status: row.try_get::<&str, _>("status")?.parse()?,
        priority: row.try_get::<&str, _>("priority")?.parse()?,
        due_date: optional_moment(row, "due_date")?,
        completed_at: optional_moment(row, "completed_at")?,
        project_id: row.try_get("project_id")?,
        created_at: moment(row, "created_at")?,
        updated_at: moment(row, "updated_at")?,
        project: None,
        tags: None,
    })
}

fn project(row: &PgRow) -> Result<Project, StoreError> {
    Ok(Project {
        id: row.try_get("id")?,
        title: row.try_get("title")?,
        description: row.try_get("description")?,
        color: row.try_get("color")?,
        icon: row.try_get("icon")?,
        status: row.try_get::<&str, _>("status")?.parse()?,
        created_at: moment(row, "created_at")?,
        updated_at: moment(row, "updated_at")?,
        task_count: row.try_get("task_count")?,
    })
}

fn tag(row: &PgRow) -> Result<Tag, StoreError> {
    Ok(Tag {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        color: row.try_get("color")?,
        created_at: moment(row, "created_at")?,
        updated_at: moment(row, "updated_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_every_character_as_it_stands() {
        assert_eq!(containing(r"5% É_.*\"), r"5\% [Éé]\_\.\*\\");
        assert_eq!(containing("ß"), "ß");
    }
}
