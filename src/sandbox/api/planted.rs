//! The planted defects of a store: it is asked for one thing and does another.
//!
//! They stand around the trait and not in a store, so that the sound store holds no defect and each
//! defect is read in one place. Every method that is not named by one goes to the store as it is.

use std::cmp::Reverse;
use std::io;

use super::super::plant::Plant;
use super::store::{
    Id, Include, NewProject, NewTag, NewTask, Project, ProjectPatch, Source, Store, StoreError,
    Tag, Task, TaskFilter, TaskPatch,
};

/// Where lists of the deployed application end.
const CAP: usize = 100;

/// A store with a defect.
#[derive(Debug)]
pub struct Planted<S> {
    store: S,
    plant: Plant,
}

impl<S: Store> Planted<S> {
    /// A store that has this defect, if it is one of a store.
    pub fn new(store: S, plant: Plant) -> Self {
        Self { store, plant }
    }

    /// As when the process dies between two statements that no transaction holds together.
    async fn create_half(&self, task: &NewTask) -> Result<Task, StoreError> {
        let half = NewTask {
            tag_ids: task.tag_ids.iter().take(1).cloned().collect(),
            ..task.clone()
        };
        self.store.create_task(&half).await?;
        let lost = io::Error::other("planted: the connection was lost after the first tag");
        Err(StoreError::Database(sqlx::Error::Io(lost)))
    }
}

impl<S: Store> Store for Planted<S> {
    fn source(&self) -> Source {
        self.store.source()
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.store.health().await
    }

    async fn tasks(&self, filter: &TaskFilter, include: Include) -> Result<Vec<Task>, StoreError> {
        let mut tasks = self.store.tasks(filter, include).await?;
        match self.plant {
            // A stable sort: within a priority the order is the sound one.
            Plant::PriorityOrder => tasks.sort_by_key(|task| Reverse(task.priority.name())),
            Plant::Cap100 => tasks.truncate(CAP),
            _ => {}
        }
        Ok(tasks)
    }

    async fn task(&self, id: &Id, include: Include) -> Result<Task, StoreError> {
        self.store.task(id, include).await
    }

    async fn create_task(&self, task: &NewTask) -> Result<Task, StoreError> {
        match self.plant {
            Plant::HalfWrittenTask if task.tag_ids.len() > 1 => self.create_half(task).await,
            _ => self.store.create_task(task).await,
        }
    }

    async fn update_task(&self, id: &Id, patch: &TaskPatch) -> Result<Task, StoreError> {
        let mut patch = patch.clone();
        match self.plant {
            Plant::TagsWiped => drop(patch.tag_ids.get_or_insert_default()),
            // What is completed stays so, whatever its status becomes.
            Plant::CompletedAtGuessed if patch.completed_at == Some(None) => {
                patch.completed_at = None;
            }
            _ => {}
        }
        self.store.update_task(id, &patch).await
    }

    async fn delete_task(&self, id: &Id) -> Result<(), StoreError> {
        self.store.delete_task(id).await
    }

    async fn projects(&self, count: bool) -> Result<Vec<Project>, StoreError> {
        self.store.projects(count).await
    }

    async fn project(&self, id: &Id, count: bool) -> Result<Project, StoreError> {
        self.store.project(id, count).await
    }

    async fn create_project(&self, project: &NewProject) -> Result<Project, StoreError> {
        self.store.create_project(project).await
    }

    async fn update_project(&self, id: &Id, patch: &ProjectPatch) -> Result<Project, StoreError> {
        self.store.update_project(id, patch).await
    }

    async fn delete_project(&self, id: &Id) -> Result<(), StoreError> {
        self.store.delete_project(id).await
    }

    async fn tags(&self) -> Result<Vec<Tag>, StoreError> {
        self.store.tags().await
    }

    async fn create_tag(&self, tag: &NewTag) -> Result<Tag, StoreError> {
        self.store.create_tag(tag).await
    }
}
