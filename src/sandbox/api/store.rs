//! What the API knows of a store: the domain types, the questions it asks, and the one trait that both
//! stores keep. The routes see nothing else, so both sides run the same code down to here.
//!
//! Order, the same on both sides: tasks by the minute of `createdAt`, newest first, then by title;
//! projects by title; tags by name; texts by code point. The minute, because Notion keeps no more.

use std::future::Future;

use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use super::moment::{Due, Moment};

/// Which store answered; stands in every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The Notion-backed store.
    Notion,
    /// The Postgres-backed store.
    Postgres,
}

/// An enum whose values have one name in the API; parses what it displays.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the API and in the tables.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                Self::ALL.iter().copied().find(|value| value.name() == text).ok_or_else(|| UnknownName {
                    what: $what,
                    text: text.to_owned(),
                    known: Self::ALL.iter().map(|value| value.name()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

/// A status or priority that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown {what} `{text}`; use one of {known}")]
pub struct UnknownName {
    what: &'static str,
    text: String,
    known: String,
}

named! {
    /// How far a task is.
    #[derive(Default)]
    Status, "status" {
        /// Not begun.
        #[default]
        Todo = "todo",
        /// Begun.
        InProgress = "in_progress",
        /// Completed.
        Done = "done",
    }
}

named! {
    /// How much a task matters.
    #[derive(Default)]
    Priority, "priority" {
        /// Now.
        Urgent = "urgent",
        /// Soon.
        High = "high",
        /// As usual.
        #[default]
        Medium = "medium",
        /// Some day.
        Low = "low",
    }
}

named! {
    /// Whether a project goes on.
    #[derive(Default)]
    ProjectStatus, "project status" {
        /// It goes on.
        #[default]
        Active = "active",
        /// It has reached its end.
        Completed = "completed",
        /// It is out of sight.
        Archived = "archived",
    }
}

/// A task as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// A UUID, each store's own.
    pub id: String,
    /// Never empty.
    pub title: String,
    /// Nothing rather than empty.
    pub description: Option<String>,
    /// How far it is.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// When it is due; midnight UTC for a date without a time.
    pub due_date: Option<Moment>,
    /// When it was done; nothing while it is not.
    pub completed_at: Option<Moment>,
    /// The project it belongs to.
    pub project_id: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// The project itself; the outer level is absent unless it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<Option<Project>>,
    /// Its tags by name; absent unless they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
}

/// A project as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// A UUID, each store's own.
    pub id: String,
    /// Never empty.
    pub title: String,
    /// Nothing rather than empty.
    pub description: Option<String>,
    /// Any text.
    pub color: Option<String>,
    /// Any text.
    pub icon: Option<String>,
    /// Whether it goes on.
    pub status: ProjectStatus,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// How many tasks it has; absent unless it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_count: Option<i64>,
}

/// A tag as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// A UUID, each store's own.
    pub id: String,
    /// Unique where the store can keep it so (Notion has no unique keys).
    pub name: String,
    /// Any text.
    pub color: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// The id of an object: a UUID, hyphenated and in lower case whatever way it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id {
    uuid: Uuid,
    text: String,
}

impl Id {
    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The number.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl From<Uuid> for Id {
    fn from(uuid: Uuid) -> Self {
        let text = uuid.hyphenated().to_string();
        Self { uuid, text }
    }
}

impl TryFrom<String> for Id {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        Uuid::parse_str(&text)
            .map(Self::from)
            .map_err(|_| NotAnId { text })
    }
}

/// A text that can be no object's id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is no id; ids are UUIDs")]
pub struct NotAnId {
    text: String,
}

/// Which tasks are asked for; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Only with this status.
    pub status: Option<Status>,
    /// Only with this priority.
    pub priority: Option<Priority>,
    /// Only of this project; none for one that does not exist.
    pub project_id: Option<Id>,
    /// Only with this text in the title, in whatever case; never empty.
    pub text: Option<String>,
}

/// What is to be answered with each task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Include {
    /// Its project.
    pub project: bool,
    /// Its tags.
    pub tags: bool,
}

/// A task to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// Never empty.
    pub title: String,
    /// Never empty.
    pub description: Option<String>,
    /// How far it is.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// When it is due.
    pub due: Option<Due>,
    /// When it was done.
    pub completed_at: Option<Moment>,
    /// The project it belongs to.
    pub project_id: Option<Id>,
    /// Its tags, each once.
    pub tag_ids: Vec<Id>,
}

/// What is to change in a task; the outer level is absent for what stays, the inner for what goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskPatch {
    /// Never empty.
    pub title: Option<String>,
    /// Never empty.
    pub description: Option<Option<String>>,
    /// How far it is.
    pub status: Option<Status>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// When it is due.
    pub due: Option<Option<Due>>,
    /// When it was done.
    pub completed_at: Option<Option<Moment>>,
    /// The project it belongs to.
    pub project_id: Option<Option<Id>>,
    /// All its tags from now on, each once.
    pub tag_ids: Option<Vec<Id>>,
}

/// A project to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// Never empty.
    pub title: String,
    /// Never empty.
    pub description: Option<String>,
    /// Never empty.
    pub color: Option<String>,
    /// Never empty.
    pub icon: Option<String>,
    /// Whether it goes on.
    pub status: ProjectStatus,
}

/// What is to change in a project; read as [`TaskPatch`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectPatch {
    /// Never empty.
    pub title: Option<String>,
    /// Never empty.
    pub description: Option<Option<String>>,
    /// Never empty.
    pub color: Option<Option<String>>,
    /// Never empty.
    pub icon: Option<Option<String>>,
    /// Whether it goes on.
    pub status: Option<ProjectStatus>,
}

/// A tag to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTag {
    /// Never empty.
    pub name: String,
    /// Never empty.
    pub color: Option<String>,
}

/// Why a store could not answer.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no such object.
    #[error("there is no such {what}")]
    NotFound {
        /// The kind of object.
        what: &'static str,
    },
    /// The project or a tag that was named does not exist.
    #[error("the project or a tag that the request names does not exist")]
    UnknownReference,
    /// The store keeps names unique, and this one is taken.
    #[error("there is a tag of this name already")]
    Duplicate,
    /// Notion's limit is used up.
    #[error("Notion's rate limit is used up")]
    RateLimited {
        /// Notion's `Retry-After`, as it came.
        retry_after: Option<String>,
    },
    /// Notion failed, or answered with what the API cannot read.
    #[error("Notion failed: {reason}")]
    Notion {
        /// What is known of it.
        reason: String,
    },
    /// PostgreSQL failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

/// A place where tasks, projects and tags are kept.
pub trait Store: Send + Sync + 'static {
    /// Which store this is.
    fn source(&self) -> Source;

    /// Whether the store itself can answer, as far as that can be told for free.
    fn health(&self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The tasks that pass the filter, all of them, in the order given above.
    fn tasks(
        &self,
        filter: &TaskFilter,
        include: Include,
    ) -> impl Future<Output = Result<Vec<Task>, StoreError>> + Send;

    /// One task.
    fn task(
        &self,
        id: &Id,
        include: Include,
    ) -> impl Future<Output = Result<Task, StoreError>> + Send;

    /// Makes a task.
    fn create_task(&self, task: &NewTask) -> impl Future<Output = Result<Task, StoreError>> + Send;

    /// Changes a task.
    fn update_task(
        &self,
        id: &Id,
        patch: &TaskPatch,
    ) -> impl Future<Output = Result<Task, StoreError>> + Send;

    /// Removes a task.
    fn delete_task(&self, id: &Id) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All projects, with the number of their tasks if asked for.
    fn projects(
        &self,
        count: bool,
    ) -> impl Future<Output = Result<Vec<Project>, StoreError>> + Send;

    /// One project.
    fn project(
        &self,
        id: &Id,
        count: bool,
    ) -> impl Future<Output = Result<Project, StoreError>> + Send;

    /// Makes a project.
    fn create_project(
        &self,
        project: &NewProject,
    ) -> impl Future<Output = Result<Project, StoreError>> + Send;

    /// Changes a project.
    fn update_project(
        &self,
        id: &Id,
        patch: &ProjectPatch,
    ) -> impl Future<Output = Result<Project, StoreError>> + Send;

    /// Removes a project; its tasks stay, without a project.
    fn delete_project(&self, id: &Id) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All tags.
    fn tags(&self) -> impl Future<Output = Result<Vec<Tag>, StoreError>> + Send;

    /// Makes a tag.
    fn create_tag(&self, tag: &NewTag) -> impl Future<Output = Result<Tag, StoreError>> + Send;
}
