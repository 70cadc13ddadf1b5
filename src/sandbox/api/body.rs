//! Bodies and queries of requests, checked once and turned into valid questions to a store.
//!
//! Unknown keys are ignored, as the application ignores them. In a change, an absent key leaves the
//! value and `null` clears it. `completedAt` follows the status on both sides: `done` sets it, anything
//! else clears it, unless the request gives it.

use serde::{Deserialize, Deserializer};
use thiserror::Error;

use super::moment::{Due, Moment, NotAMoment};
use super::store::{
    Id, Include, NewProject, NewTag, NewTask, NotAnId, ProjectPatch, Status, TaskFilter, TaskPatch,
    UnknownName,
};

/// The longest title or name, in characters: one text item in Notion.
const TITLE_LIMIT: usize = 1_000;
/// The longest description, in characters: well below Notion's 100 text items.
const DESCRIPTION_LIMIT: usize = 50_000;

/// Why a request makes no sense.
#[derive(Debug, Error)]
pub(super) enum BadRequest {
    /// No JSON, or JSON of another shape.
    #[error("the body is not the JSON that this needs: {0}")]
    Json(#[from] serde_json::Error),
    /// The title, or the name, is missing or has nothing in it.
    #[error("`{key}` is missing or empty")]
    Missing {
        /// Its key.
        key: &'static str,
    },
    /// A text that one of the stores could not keep.
    #[error("`{key}` has {problem}")]
    Text {
        /// Its key.
        key: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A flag that is neither on nor off.
    #[error("`{key}` must be true or false")]
    Flag {
        /// Its key.
        key: &'static str,
    },
    /// An unknown status or priority.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// Not an id.
    #[error(transparent)]
    Id(#[from] NotAnId),
    /// Not a date.
    #[error(transparent)]
    Moment(#[from] NotAMoment),
}

/// Tells an absent key from `null`.
fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// The body of a task that is made or changed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskBody {
    #[serde(default, deserialize_with = "present")]
    title: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    description: Option<Option<String>>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    priority: Option<String>,
    #[serde(default, deserialize_with = "present")]
    due_date: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    completed_at: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    project_id: Option<Option<String>>,
    #[serde(default)]
    tag_ids: Option<Vec<String>>,
}

impl TaskBody {
    /// A task to be made, at the moment `now`.
    pub(super) fn into_new(self, now: Moment) -> Result<NewTask, BadRequest> {
        let patch = self.into_patch(now)?;
        Ok(NewTask {
            title: patch.title.ok_or(BadRequest::Missing { key: "title" })?,
            description: patch.description.flatten(),
            status: patch.status.unwrap_or_default(),
            priority: patch.priority.unwrap_or_default(),
            due: patch.due.flatten(),
            completed_at: patch.completed_at.flatten(),
            project_id: patch.project_id.flatten(),
            tag_ids: patch.tag_ids.unwrap_or_default(),
        })
    }

    /// A change of a task, at the moment `now`.
    pub(super) fn into_patch(self, now: Moment) -> Result<TaskPatch, BadRequest> {
        let status = self
            .status
            .as_deref()
            .map(str::parse::<Status>)
            .transpose()?;
        let completed_at = match (
            inside(self.completed_at, |text| Ok(text.parse::<Due>()?.moment()))?,
            status,
        ) {
            (Some(given), _) => Some(given),
            (None, Some(Status::Done)) => Some(Some(now)),
            (None, Some(_)) => Some(None),
            (None, None) => None,
        };
        Ok(TaskPatch {
            title: title("title", self.title)?,
            description: text("description", self.description, DESCRIPTION_LIMIT)?,
            status,
            priority: self.priority.as_deref().map(str::parse).transpose()?,
            due: inside(self.due_date, |text| Ok(text.parse()?))?,
            completed_at,
            project_id: inside(self.project_id, |text| Ok(Id::try_from(text)?))?,
            tag_ids: self.tag_ids.map(ids).transpose()?,
        })
    }
}

/// The body of a project that is made or changed.
#[derive(Debug, Deserialize)]
pub(super) struct ProjectBody {
    #[serde(default, deserialize_with = "present")]
    title: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    color: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    icon: Option<Option<String>>,
    #[serde(default)]
    status: Option<String>,
}

impl ProjectBody {
    /// A project to be made.
    pub(super) fn into_new(self) -> Result<NewProject, BadRequest> {
        let patch = self.into_patch()?;
        Ok(NewProject {
            title: patch.title.ok_or(BadRequest::Missing { key: "title" })?,
            description: patch.description.flatten(),
            color: patch.color.flatten(),
            icon: patch.icon.flatten(),
            status: patch.status.unwrap_or_default(),
        })
    }

    /// A change of a project.
    pub(super) fn into_patch(self) -> Result<ProjectPatch, BadRequest> {
        Ok(ProjectPatch {
            title: title("title", self.title)?,
            description: text("description", self.description, DESCRIPTION_LIMIT)?,
            color: text("color", self.color, TITLE_LIMIT)?,
            icon: text("icon", self.icon, TITLE_LIMIT)?,
            status: self.status.as_deref().map(str::parse).transpose()?,
        })
    }
}

/// The body of a tag that is made.
#[derive(Debug, Deserialize)]
pub(super) struct TagBody {
    #[serde(default, deserialize_with = "present")]
    name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    color: Option<Option<String>>,
}

impl TagBody {
    /// A tag to be made.
    pub(super) fn into_new(self) -> Result<NewTag, BadRequest> {
        Ok(NewTag {
            name: title("name", self.name)?.ok_or(BadRequest::Missing { key: "name" })?,
            color: text("color", self.color, TITLE_LIMIT)?.flatten(),
        })
    }
}

/// The query of a request for tasks or for one task.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskQuery {
    status: Option<String>,
    priority: Option<String>,
    project_id: Option<String>,
    include_project: Option<String>,
    include_tags: Option<String>,
    q: Option<String>,
}

impl TaskQuery {
    /// Which tasks.
    pub(super) fn filter(&self) -> Result<TaskFilter, BadRequest> {
        let text = text("q", Some(self.q.clone()), TITLE_LIMIT)?.flatten();
        Ok(TaskFilter {
            status: self.status.as_deref().map(str::parse).transpose()?,
            priority: self.priority.as_deref().map(str::parse).transpose()?,
            project_id: self.project_id.clone().map(Id::try_from).transpose()?,
            text,
        })
    }

    /// With what.
    pub(super) fn include(&self) -> Result<Include, BadRequest> {
        Ok(Include {
            project: flag("includeProject", self.include_project.as_deref())?,
            tags: flag("includeTags", self.include_tags.as_deref())?,
        })
    }
}

/// The query of a request for projects or for one project.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProjectQuery {
    include_task_count: Option<String>,
}

impl ProjectQuery {
    /// Whether with the number of tasks.
    pub(super) fn count(&self) -> Result<bool, BadRequest> {
        flag("includeTaskCount", self.include_task_count.as_deref())
    }
}

fn flag(key: &'static str, text: Option<&str>) -> Result<bool, BadRequest> {
    match text {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(BadRequest::Flag { key }),
    }
}

fn inside<T>(
    value: Option<Option<String>>,
    read: impl Fn(String) -> Result<T, BadRequest>,
) -> Result<Option<Option<T>>, BadRequest> {
    value.map(|value| value.map(read).transpose()).transpose()
}

fn text(
    key: &'static str,
    value: Option<Option<String>>,
    limit: usize,
) -> Result<Option<Option<String>>, BadRequest> {
    let Some(Some(text)) = value else {
        return Ok(value);
    };
    if text.contains('\0') {
        let problem = "a NUL character, which PostgreSQL cannot keep".to_owned();
        return Err(BadRequest::Text { key, problem });
    }
    if text.chars().count() > limit {
        let problem = format!("more than {limit} characters");
        return Err(BadRequest::Text { key, problem });
    }
    Ok(Some(Some(text).filter(|text| !text.is_empty())))
}

fn title(key: &'static str, value: Option<Option<String>>) -> Result<Option<String>, BadRequest> {
    match text(key, value, TITLE_LIMIT)? {
        None => Ok(None),
        Some(Some(title)) if !title.trim().is_empty() => Ok(Some(title)),
        Some(_) => Err(BadRequest::Missing { key }),
    }
}

fn ids(texts: Vec<String>) -> Result<Vec<Id>, BadRequest> {
    let mut ids: Vec<Id> = Vec::with_capacity(texts.len());
    for text in texts {
        let id = Id::try_from(text)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2024-05-01T10:00:00.000Z";

    fn now() -> Moment {
        NOW.parse::<Due>().unwrap().moment()
    }

    fn patch(json: &str) -> Result<TaskPatch, BadRequest> {
        serde_json::from_str::<TaskBody>(json)?.into_patch(now())
    }

    #[test]
    fn an_absent_key_stays_and_null_clears() {
        let change = patch(r#"{"description": null, "dueDate": "2024-05-01"}"#).unwrap();
        assert_eq!(change.description, Some(None));
        assert_eq!(change.project_id, None);
        assert_eq!(change.due.flatten().unwrap().to_string(), "2024-05-01");
    }

    #[test]
    fn completion_follows_the_status_unless_it_is_given() {
        assert_eq!(
            patch(r#"{"status": "done"}"#).unwrap().completed_at,
            Some(Some(now()))
        );
        assert_eq!(
            patch(r#"{"status": "todo"}"#).unwrap().completed_at,
            Some(None)
        );
        assert_eq!(patch(r#"{"title": "x"}"#).unwrap().completed_at, None);
        let given = patch(r#"{"status": "done", "completedAt": "2020-01-01"}"#).unwrap();
        assert_eq!(
            given.completed_at.flatten().unwrap().to_string(),
            "2020-01-01T00:00:00.000Z"
        );
    }

    #[test]
    fn what_a_store_could_not_keep_is_refused_by_name() {
        let long = "x".repeat(TITLE_LIMIT + 1);
        for (json, says) in [
            (
                r#"{"title": "  "}"#.to_owned(),
                "`title` is missing or empty",
            ),
            (
                r#"{"title": null}"#.to_owned(),
                "`title` is missing or empty",
            ),
            (r#"{"title": "a\u0000b"}"#.to_owned(), "NUL"),
            (
                format!(r#"{{"title": "{long}"}}"#),
                "more than 1000 characters",
            ),
            (
                r#"{"status": "Todo"}"#.to_owned(),
                "use one of todo, in_progress, done",
            ),
            (
                r#"{"priority": "asap"}"#.to_owned(),
                "use one of urgent, high, medium, low",
            ),
            (r#"{"projectId": "7"}"#.to_owned(), "`7` is no id"),
            (r#"{"dueDate": "soon"}"#.to_owned(), "`soon` is no date"),
            (r#"{"title": 7}"#.to_owned(), "not the JSON"),
        ] {
            let error = patch(&json).unwrap_err().to_string();
            assert!(error.contains(says), "{json}: {error}");
        }
    }
}
