//! How tasks, projects and tags stand in Notion: the way of a page into the domain and back.
//!
//! The names are the application's where it has them. Each status and priority has exactly one option,
//! so that nothing is lost on the way; an option without a meaning is an error, never a default. No two
//! databases share a name and type, so that Notion itself refuses to write a task into a project.

use serde_json::{Map, Value, json};
use thiserror::Error;

use super::moment::{Due, Moment};
use super::store::{
    NewProject, NewTag, NewTask, Priority, Project, ProjectPatch, ProjectStatus, Status, Tag, Task,
    TaskPatch,
};

/// Notion's limit on one text item, in UTF-16 units.
const TEXT_ITEM_LIMIT: usize = 2_000;

/// A page that is not as the store's databases make them.
#[derive(Debug, Error)]
#[error("page {page}: {problem}")]
pub(super) struct UnreadablePage {
    page: String,
    problem: String,
}

/// An option of a select property for each value.
pub(in crate::sandbox) trait SelectOption: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// The option's name in Notion.
    fn option(self) -> &'static str;
}

impl SelectOption for Status {
    const ALL: &'static [Self] = Self::ALL;

    fn option(self) -> &'static str {
        match self {
            Self::Todo => "To Do",
            Self::InProgress => "In Progress",
            Self::Done => "Done",
        }
    }
}

impl SelectOption for Priority {
    const ALL: &'static [Self] = Self::ALL;

    fn option(self) -> &'static str {
        match self {
            Self::Urgent => "Urgent",
            Self::High => "Important",
            Self::Medium => "Medium",
            Self::Low => "Someday",
        }
    }
}

impl SelectOption for ProjectStatus {
    const ALL: &'static [Self] = Self::ALL;

    fn option(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Completed => "Completed",
            Self::Archived => "Archived",
        }
    }
}

fn text_items(text: &str) -> Value {
    let mut items: Vec<Value> = Vec::new();
    let (mut start, mut units) = (0, 0);
    for (at, character) in text.char_indices() {
        if units + character.len_utf16() > TEXT_ITEM_LIMIT {
            items.push(json!({ "type": "text", "text": { "content": &text[start..at] } }));
            (start, units) = (at, 0);
        }
        units += character.len_utf16();
    }
    if start < text.len() {
        items.push(json!({ "type": "text", "text": { "content": &text[start..] } }));
    }
    Value::Array(items)
}

fn title(text: &str) -> Value {
    json!({ "title": text_items(text) })
}

fn rich_text(text: Option<&str>) -> Value {
    json!({ "rich_text": text_items(text.unwrap_or_default()) })
}

fn select<T: SelectOption>(value: T) -> Value {
    json!({ "select": { "name": value.option() } })
}

fn date(start: Option<String>) -> Value {
    json!({ "date": start.map(|start| json!({ "start": start })) })
}

fn relation<'i>(ids: impl IntoIterator<Item = &'i str>) -> Value {
    let ids: Vec<Value> = ids.into_iter().map(|id| json!({ "id": id })).collect();
    json!({ "relation": ids })
}

/// The properties of a new task that was captured at a moment.
pub(in crate::sandbox) fn new_task(task: &NewTask, captured: Moment) -> Value {
    json!({
        "Task": title(&task.title),
        "Status": select(task.status),
        "Priority": select(task.priority),
        "Due Date": date(task.due.map(|due| due.to_string())),
        "Captured": date(Some(captured.to_string())),
        "Description": rich_text(task.description.as_deref()),
        "Completed": date(task.completed_at.map(|moment| moment.to_string())),
        "Project": relation(task.project_id.iter().map(|id| id.as_str())),
        "Tags": relation(task.tag_ids.iter().map(|id| id.as_str())),
    })
}

/// The properties that a change touches.
pub(super) fn task_patch(patch: &TaskPatch) -> Value {
    let changes = [
        ("Task", patch.title.as_deref().map(title)),
        (
            "Description",
            patch
                .description
                .as_ref()
                .map(|text| rich_text(text.as_deref())),
        ),
        ("Status", patch.status.map(select)),
        ("Priority", patch.priority.map(select)),
        (
            "Due Date",
            patch.due.map(|due| date(due.map(|due| due.to_string()))),
        ),
        (
            "Completed",
            patch
                .completed_at
                .map(|at| date(at.map(|at| at.to_string()))),
        ),
        (
            "Project",
            patch
                .project_id
                .as_ref()
                .map(|id| relation(id.iter().map(|id| id.as_str()))),
        ),
        (
            "Tags",
            patch
                .tag_ids
                .as_ref()
                .map(|ids| relation(ids.iter().map(|id| id.as_str()))),
        ),
    ];
    only_set(changes)
}

/// The properties of a new project.
pub(in crate::sandbox) fn new_project(project: &NewProject) -> Value {
    json!({
        "Project": title(&project.title),
        "About": rich_text(project.description.as_deref()),
        "Color": rich_text(project.color.as_deref()),
        "Icon": rich_text(project.icon.as_deref()),
        "Stage": select(project.status),
    })
}

/// The properties that a change touches.
pub(super) fn project_patch(patch: &ProjectPatch) -> Value {
    let optional =
        |text: &Option<Option<String>>| text.as_ref().map(|text| rich_text(text.as_deref()));
    only_set([
        ("Project", patch.title.as_deref().map(title)),
        ("About", optional(&patch.description)),
        ("Color", optional(&patch.color)),
        ("Icon", optional(&patch.icon)),
        ("Stage", patch.status.map(select)),
    ])
}

/// The properties of a new tag.
pub(in crate::sandbox) fn new_tag(tag: &NewTag) -> Value {
    json!({ "Tag": title(&tag.name), "Tag Color": rich_text(tag.color.as_deref()) })
}

fn only_set<const N: usize>(changes: [(&str, Option<Value>); N]) -> Value {
    let set = changes
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(set.collect::<Map<_, _>>())
}

/// Reads a page's properties, with the page's id in every error.
struct Page<'p>(&'p Value);

impl<'p> Page<'p> {
    fn id(&self) -> &'p str {
        self.0["id"].as_str().unwrap_or_default()
    }

    fn wrong(&self, problem: impl Into<String>) -> UnreadablePage {
        UnreadablePage {
            page: self.id().to_owned(),
            problem: problem.into(),
        }
    }

    fn property(&self, name: &str, kind: &str) -> Result<&'p Value, UnreadablePage> {
        let value = self.0.pointer(&format!("/properties/{name}/{kind}"));
        value.ok_or_else(|| self.wrong(format!("it has no {kind} property `{name}`")))
    }

    fn text(&self, name: &str, kind: &str) -> Result<String, UnreadablePage> {
        let items = self.property(name, kind)?.as_array();
        let items = items.ok_or_else(|| self.wrong(format!("`{name}` holds no text items")))?;
        Ok(items
            .iter()
            .filter_map(|item| item["plain_text"].as_str())
            .collect())
    }

    fn optional_text(&self, name: &str) -> Result<Option<String>, UnreadablePage> {
        Ok(Some(self.text(name, "rich_text")?).filter(|text| !text.is_empty()))
    }

    fn select<T: SelectOption>(&self, name: &str) -> Result<T, UnreadablePage> {
        let option = self.property(name, "select")?["name"].as_str();
        let value = T::ALL
            .iter()
            .copied()
            .find(|value| Some(value.option()) == option);
        value.ok_or_else(|| self.wrong(format!("`{name}` is {option:?}, which means nothing here")))
    }

    fn date(&self, name: &str) -> Result<Option<Moment>, UnreadablePage> {
        match self.property(name, "date")? {
            Value::Null => Ok(None),
            date => self.moment(&date["start"]).map(Some),
        }
    }

    fn time(&self, key: &str) -> Result<Moment, UnreadablePage> {
        self.moment(&self.0[key])
    }

    fn moment(&self, value: &Value) -> Result<Moment, UnreadablePage> {
        let due = value.as_str().unwrap_or_default().parse::<Due>();
        due.map(Due::moment)
            .map_err(|error| self.wrong(error.to_string()))
    }

    fn relation(&self, name: &str) -> Result<Vec<String>, UnreadablePage> {
        let ids = self.property(name, "relation")?.as_array();
        let ids = ids.ok_or_else(|| self.wrong(format!("`{name}` holds no ids")))?;
        Ok(ids
            .iter()
            .filter_map(|item| item["id"].as_str())
            .map(str::to_owned)
            .collect())
    }
}

/// A task with the ids of its tags.
pub(super) fn task(page: &Value) -> Result<(Task, Vec<String>), UnreadablePage> {
    let page = Page(page);
    let task = Task {
        id: page.id().to_owned(),
        title: page.text("Task", "title")?,
        description: page.optional_text("Description")?,
        status: page.select("Status")?,
        priority: page.select("Priority")?,
        due_date: page.date("Due Date")?,
        completed_at: page.date("Completed")?,
        project_id: page.relation("Project")?.into_iter().next(),
        created_at: page.time("created_time")?,
        updated_at: page.time("last_edited_time")?,
        project: None,
        tags: None,
    };
    Ok((task, page.relation("Tags")?))
}

/// A project, with the number of its tasks if asked for: the rollup's, since a relation lists only 25.
pub(super) fn project(page: &Value, count: bool) -> Result<Project, UnreadablePage> {
    let page = Page(page);
    let task_count = if count {
        let number = page.property("Task Count", "rollup")?["number"].as_f64();
        let number = number.ok_or_else(|| page.wrong("its rollup `Task Count` is no number"))?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a count of pages, far below 2^53"
        )]
        Some(number as i64)
    } else {
        None
    };
    Ok(Project {
        id: page.id().to_owned(),
        title: page.text("Project", "title")?,
        description: page.optional_text("About")?,
        color: page.optional_text("Color")?,
        icon: page.optional_text("Icon")?,
        status: page.select("Stage")?,
        created_at: page.time("created_time")?,
        updated_at: page.time("last_edited_time")?,
        task_count,
    })
}

/// A tag.
pub(super) fn tag(page: &Value) -> Result<Tag, UnreadablePage> {
    let page = Page(page);
    Ok(Tag {
        id: page.id().to_owned(),
        name: page.text("Tag", "title")?,
        color: page.optional_text("Tag Color")?,
        created_at: page.time("created_time")?,
        updated_at: page.time("last_edited_time")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_cut_within_the_limit_and_nothing_is_lost(text in "\\PC{0,3000}") {
            let items = text_items(&text);
            let contents: Vec<&str> =
                items.as_array().unwrap().iter().map(|item| item["text"]["content"].as_str().unwrap()).collect();
            prop_assert!(contents.iter().all(|content| content.encode_utf16().count() <= TEXT_ITEM_LIMIT));
            prop_assert_eq!(contents.concat(), text);
        }
    }

    #[test]
    fn every_value_has_an_option_of_its_own() {
        fn distinct<T: SelectOption>() -> bool {
            let mut names: Vec<&str> = T::ALL.iter().map(|value| value.option()).collect();
            names.sort_unstable();
            names.dedup();
            names.len() == T::ALL.len()
        }
        assert!(distinct::<Status>() && distinct::<Priority>() && distinct::<ProjectStatus>());
    }

    #[test]
    fn an_option_without_a_meaning_is_an_error_that_names_the_page() {
        let page =
            json!({ "id": "p1", "properties": { "Status": { "select": { "name": "Blocked" } } } });
        let error = Page(&page)
            .select::<Status>("Status")
            .unwrap_err()
            .to_string();
        assert!(error.contains("p1") && error.contains("Blocked"), "{error}");
    }
}
