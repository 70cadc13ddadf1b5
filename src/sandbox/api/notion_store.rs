//! The store over Notion: what the application's baseline deployment does.
//!
//! Notion requests behind one call, which a benchmark's budget counts: a list of n tasks takes one for
//! each hundred begun, one more with projects, one more with tags; a list of projects (the counts stand
//! in a rollup) or of tags one; to make, read, change or archive an object takes one each. They are
//! awaited one after the other.
//!
//! Where Notion cannot be like a database, the answers differ: nothing is unique, so a tag's name may be
//! given twice; and to archive what is archived succeeds, so a second DELETE answers 200.

use std::cmp::Ordering;
use std::collections::HashMap;

use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::moment::Moment;
use super::notion_client::{CallError, ClientError, NotionClient};
use super::notion_page::{self as page, SelectOption, UnreadablePage};
use super::store::{
    Id, Include, NewProject, NewTag, NewTask, Project, ProjectPatch, Source, Store, StoreError,
    Tag, Task, TaskFilter, TaskPatch,
};

/// The ids of the three databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Databases {
    /// The database of tasks.
    pub tasks: Id,
    /// The database of projects.
    pub projects: Id,
    /// The database of tags.
    pub tags: Id,
}

/// Tasks, projects and tags in Notion.
#[derive(Debug, Clone)]
pub struct NotionStore {
    client: NotionClient,
    databases: Databases,
}

impl NotionStore {
    /// Over the Notion at `url` (without `/v1`).
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: &str, token: SecretString, databases: Databases) -> Result<Self, ClientError> {
        let client = NotionClient::new(url, token)?;
        Ok(Self { client, databases })
    }

    async fn all_projects(&self, count: bool) -> Result<Vec<Project>, StoreError> {
        let sorts = json!([{ "property": "Project", "direction": "ascending" }]);
        let pages = self
            .client
            .query(self.databases.projects.as_str(), None, sorts)
            .await?;
        let projects = pages.iter().map(|found| page::project(found, count));
        let mut projects = projects.collect::<Result<Vec<_>, _>>()?;
        projects.sort_by(|a, b| a.title.cmp(&b.title));
        Ok(projects)
    }

    async fn all_tags(&self) -> Result<Vec<Tag>, StoreError> {
        let sorts = json!([{ "property": "Tag", "direction": "ascending" }]);
        let pages = self
            .client
            .query(self.databases.tags.as_str(), None, sorts)
            .await?;
        let mut tags = pages.iter().map(page::tag).collect::<Result<Vec<_>, _>>()?;
        tags.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tags)
    }

    /// Reads tasks and answers each one's project and tags with it, as asked for.
    async fn complete(&self, pages: &[Value], include: Include) -> Result<Vec<Task>, StoreError> {
        let tasks = pages
            .iter()
            .map(page::task)
            .collect::<Result<Vec<_>, _>>()?;
        let projects = match include.project {
            true => Some(self.all_projects(false).await?),
            false => None,
        };
        let tags = match include.tags {
            true => Some(self.all_tags().await?),
            false => None,
        };
        let projects: Option<HashMap<&str, &Project>> = projects.as_ref().map(|projects| {
            projects
                .iter()
                .map(|project| (project.id.as_str(), project))
                .collect()
        });
        let completed = tasks.into_iter().map(|(mut task, tag_ids)| {
            task.project = projects.as_ref().map(|projects| {
                let id = task.project_id.as_deref();
                id.and_then(|id| projects.get(id))
                    .map(|project| (*project).clone())
            });
            task.tags = tags.as_ref().map(|tags| {
                tags.iter()
                    .filter(|tag| tag_ids.contains(&tag.id))
                    .cloned()
                    .collect()
            });
            task
        });
        Ok(completed.collect())
    }

    /// One page of this database that is not archived.
    async fn page(&self, what: &'static str, database: &str, id: &Id) -> Result<Value, StoreError> {
        let found = self.client.retrieve_page(id.as_str()).await;
        let found = found.map_err(|error| not_had(what, id, error))?;
        if belongs(&found, database) && found["archived"] == false {
            Ok(found)
        } else {
            Err(StoreError::NotFound { what })
        }
    }

    async fn change(
        &self,
        what: &'static str,
        database: &str,
        id: &Id,
        properties: Value,
    ) -> Result<Value, StoreError> {
        let changed = self
            .client
            .update_page(id.as_str(), json!({ "properties": properties }))
            .await;
        let changed = changed.map_err(|error| not_had(what, id, error))?;
        if belongs(&changed, database) {
            Ok(changed)
        } else {
            Err(StoreError::NotFound { what })
        }
    }

    /// Archives a page. Notion asks for no database here, so a page of another one is put back (also
    /// one that was archived before: the answer does not tell).
    async fn archive(&self, what: &'static str, database: &str, id: &Id) -> Result<(), StoreError> {
        let archived = self
            .client
            .update_page(id.as_str(), json!({ "archived": true }))
            .await;
        let archived = archived.map_err(|error| not_had(what, id, error))?;
        if belongs(&archived, database) {
            return Ok(());
        }
        self.client
            .update_page(id.as_str(), json!({ "archived": false }))
            .await?;
        Err(StoreError::NotFound { what })
    }
}

impl Store for NotionStore {
    fn source(&self) -> Source {
        Source::Notion
    }

    async fn health(&self) -> Result<(), StoreError> {
        // To ask Notion would spend the budget.
        Ok(())
    }

    async fn tasks(&self, filter: &TaskFilter, include: Include) -> Result<Vec<Task>, StoreError> {
        let sorts = json!([
            { "timestamp": "created_time", "direction": "descending" },
            { "property": "Task", "direction": "ascending" },
        ]);
        let pages = self
            .client
            .query(self.databases.tasks.as_str(), notion_filter(filter), sorts)
            .await?;
        let mut tasks = self.complete(&pages, include).await?;
        tasks.sort_by(newest_first);
        Ok(tasks)
    }

    async fn task(&self, id: &Id, include: Include) -> Result<Task, StoreError> {
        let found = self.page("task", self.databases.tasks.as_str(), id).await?;
        let mut tasks = self.complete(std::slice::from_ref(&found), include).await?;
        tasks.pop().ok_or(StoreError::NotFound { what: "task" })
    }

    async fn create_task(&self, new: &NewTask) -> Result<Task, StoreError> {
        let properties = page::new_task(new, Moment::now());
        let made = self
            .client
            .create_page(self.databases.tasks.as_str(), properties)
            .await;
        let made = made.map_err(not_made)?;
        Ok(page::task(&made)?.0)
    }

    async fn update_task(&self, id: &Id, patch: &TaskPatch) -> Result<Task, StoreError> {
        let properties = page::task_patch(patch);
        let changed = self
            .change("task", self.databases.tasks.as_str(), id, properties)
            .await?;
        Ok(page::task(&changed)?.0)
    }

    async fn delete_task(&self, id: &Id) -> Result<(), StoreError> {
        self.archive("task", self.databases.tasks.as_str(), id)
            .await
    }

    async fn projects(&self, count: bool) -> Result<Vec<Project>, StoreError> {
        self.all_projects(count).await
    }

    async fn project(&self, id: &Id, count: bool) -> Result<Project, StoreError> {
        let found = self
            .page("project", self.databases.projects.as_str(), id)
            .await?;
        Ok(page::project(&found, count)?)
    }

    async fn create_project(&self, new: &NewProject) -> Result<Project, StoreError> {
        let properties = page::new_project(new);
        let made = self
            .client
            .create_page(self.databases.projects.as_str(), properties)
            .await?;
        Ok(page::project(&made, false)?)
    }

    async fn update_project(&self, id: &Id, patch: &ProjectPatch) -> Result<Project, StoreError> {
        let properties = page::project_patch(patch);
        let changed = self
            .change("project", self.databases.projects.as_str(), id, properties)
            .await?;
        Ok(page::project(&changed, false)?)
    }

    async fn delete_project(&self, id: &Id) -> Result<(), StoreError> {
        self.archive("project", self.databases.projects.as_str(), id)
            .await
    }

    async fn tags(&self) -> Result<Vec<Tag>, StoreError> {
        self.all_tags().await
    }

    async fn create_tag(&self, new: &NewTag) -> Result<Tag, StoreError> {
        let made = self
            .client
            .create_page(self.databases.tags.as_str(), page::new_tag(new))
            .await?;
        Ok(page::tag(&made)?)
    }
}

fn newest_first(a: &Task, b: &Task) -> Ordering {
    let minutes = b.created_at.minute().cmp(&a.created_at.minute());
    minutes.then_with(|| a.title.cmp(&b.title))
}

fn belongs(page: &Value, database: &str) -> bool {
    page["parent"]["database_id"] == database
}

/// The filter as Notion writes it; none when every task is asked for.
fn notion_filter(filter: &TaskFilter) -> Option<Value> {
    let equals =
        |name: &str, option: &str| json!({ "property": name, "select": { "equals": option } });
    let mut conditions: Vec<Value> = Vec::new();
    conditions.extend(
        filter
            .status
            .map(|status| equals("Status", status.option())),
    );
    conditions.extend(
        filter
            .priority
            .map(|priority| equals("Priority", priority.option())),
    );
    conditions.extend(
        filter
            .project_id
            .as_ref()
            .map(|id| json!({ "property": "Project", "relation": { "contains": id.as_str() } })),
    );
    conditions.extend(
        filter
            .text
            .as_ref()
            .map(|text| json!({ "property": "Task", "title": { "contains": text } })),
    );
    match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => Some(json!({ "and": conditions })),
    }
}

impl From<CallError> for StoreError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::Notion {
                reason: other.to_string(),
            },
        }
    }
}

impl From<UnreadablePage> for StoreError {
    fn from(error: UnreadablePage) -> Self {
        Self::Notion {
            reason: error.to_string(),
        }
    }
}

/// Why a page could not be made: one that it was to refer to is missing, or of another kind.
fn not_made(error: CallError) -> StoreError {
    match &error {
        CallError::Refused { status, .. } if *status == StatusCode::NOT_FOUND => {
            StoreError::UnknownReference
        }
        CallError::Refused { message, .. } if message.contains("not in the related database") => {
            StoreError::UnknownReference
        }
        _ => error.into(),
    }
}

/// Why a page could not be read or changed: it is missing, archived or of another kind, or else one
/// that it was to refer to is.
fn not_had(what: &'static str, id: &Id, error: CallError) -> StoreError {
    const OF_ANOTHER_KIND: [&str; 2] = ["is not a property that exists", "is expected to be"];
    if let CallError::Refused {
        status, message, ..
    } = &error
    {
        let about_the_page = match *status {
            StatusCode::NOT_FOUND => message.contains(id.as_str()),
            StatusCode::BAD_REQUEST => {
                message.contains("archived")
                    || OF_ANOTHER_KIND.iter().any(|sign| message.contains(sign))
            }
            _ => false,
        };
        if about_the_page {
            return StoreError::NotFound { what };
        }
    }
    not_made(error)
}
