//! Comments: what is said about a page or a block. The first one begins a discussion, which later
//! ones go on; a list shows those of one page or block itself, the oldest first.
//!
//! Notion lists only comments that are not resolved, and offers no way to resolve one; so all are
//! listed. Files are not simulated, and neither is Markdown.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::blocks::answer;
use super::blocks::tree::{Parent, Stamp};
use super::body::Field;
use super::errors::{Missing, NotionError};
use super::paging::{Paging, Slice};
use super::properties::around::user;
use super::properties::moment::stamp;
use super::properties::text::RichText;

/// Where a new comment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Begins a discussion there.
    Parent(Parent),
    /// Goes on with this discussion.
    Discussion(Uuid),
}

/// A comment that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) target: Target,
    text: RichText,
    name: Name,
}

/// Under whose name a comment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Name {
    Integration,
    /// The user who owns the integration; an integration without one has none.
    User,
    Custom(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Comment {
    id: Uuid,
    parent: Parent,
    discussion: Uuid,
    text: RichText,
    name: Name,
    created: Stamp,
}

/// All comments, in the order of their creation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Comment>", into = "Vec<Comment>")]
pub(crate) struct Comments {
    comments: Vec<Comment>,
    /// Where each stands, by its id.
    places: HashMap<Uuid, usize>,
}

impl Draft {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// When it does not say where, or not what.
    pub(crate) fn read(body: &Field<'_>) -> Result<Self, NotionError> {
        const FIELDS: [&str; 5] = [
            "parent",
            "discussion_id",
            "rich_text",
            "display_name",
            "attachments",
        ];
        body.object_of(&FIELDS)?;
        let (parent, discussion) = (body.get("parent"), body.get("discussion_id"));
        let target = match (parent.optional(), discussion.optional()) {
            (Some(parent), None) => Target::Parent(read_parent(&parent)?),
            (None, Some(discussion)) => Target::Discussion(discussion.uuid()?),
            (Some(_), Some(discussion)) => return Err(discussion.should("be not present")),
            (None, None) => return Err(body.get("parent").should("be defined")),
        };
        if let Some(files) = body.get("attachments").optional()
            && !files.elements()?.is_empty()
        {
            return Err(files.should("be empty: this simulator keeps no uploads"));
        }
        Ok(Self {
            target,
            text: RichText::parse(&body.get("rich_text"))?,
            name: Name::read(body.get("display_name"))?,
        })
    }
}

fn read_parent(field: &Field<'_>) -> Result<Parent, NotionError> {
    field.object_of(&["type", "page_id", "block_id"])?;
    let (page, block) = (field.get("page_id"), field.get("block_id"));
    let (kind, parent) = match block.optional() {
        None => ("page_id", Parent::Page(page.uuid()?)),
        Some(_) if page.value().is_some() => return Err(page.should("be not present")),
        Some(block) => ("block_id", Parent::Block(block.uuid()?)),
    };
    match field.get("type").optional() {
        Some(given) if given.text()? != kind => Err(given.should(&format!("be `\"{kind}\"`"))),
        _ => Ok(parent),
    }
}

impl Name {
    fn read(field: Field<'_>) -> Result<Self, NotionError> {
        let Some(field) = field.optional() else {
            return Ok(Self::Integration);
        };
        field.object_of(&["type", "custom"])?;
        let kind = field.get("type");
        match kind.text()? {
            "integration" => Ok(Self::Integration),
            "user" => Ok(Self::User),
            "custom" => {
                let custom = field.get("custom");
                custom.object_of(&["name"])?;
                Ok(Self::Custom(custom.get("name").short_text()?.to_owned()))
            }
            _ => Err(kind.should("be `\"integration\"`, `\"user\"`, or `\"custom\"`")),
        }
    }

    fn answer(&self, author: impl Fn() -> String) -> Value {
        let (kind, name) = match self {
            Self::Integration => ("integration", Some(author())),
            Self::User => ("user", None),
            Self::Custom(name) => ("custom", Some(name.clone())),
        };
        json!({ "type": kind, "resolved_name": name })
    }
}

impl From<Vec<Comment>> for Comments {
    fn from(comments: Vec<Comment>) -> Self {
        let places = comments.iter().enumerate();
        let places = places.map(|(place, comment)| (comment.id, place)).collect();
        Self { comments, places }
    }
}

impl From<Comments> for Vec<Comment> {
    fn from(comments: Comments) -> Self {
        comments.comments
    }
}

impl Comments {
    /// The id of each comment and discussion's beginning, and what each is about.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Uuid, Parent)> {
        self.comments
            .iter()
            .map(|comment| (comment.id, comment.parent))
    }

    /// Adds a comment; `draw` makes up ids that nothing has. The parent of a discussion that is
    /// begun is there: the caller has looked.
    ///
    /// # Errors
    /// When there is no such discussion.
    pub(crate) fn add(
        &mut self,
        draft: Draft,
        mut draw: impl FnMut() -> Uuid,
        created: Stamp,
    ) -> Result<Uuid, NotionError> {
        let (parent, discussion) = match draft.target {
            Target::Parent(parent) => (parent, draw()),
            Target::Discussion(id) => {
                let mut all = self.comments.iter();
                let found = all.find(|comment| comment.discussion == id);
                let kind = Missing::Discussion;
                let found = found.ok_or(NotionError::NotFound { kind, id })?;
                (found.parent, id)
            }
        };
        let id = draw();
        self.places.insert(id, self.comments.len());
        self.comments.push(Comment {
            id,
            parent,
            discussion,
            text: draft.text,
            name: draft.name,
            created,
        });
        Ok(id)
    }

    /// Whether a comment has this id.
    pub(crate) fn contains(&self, id: Uuid) -> bool {
        self.places.contains_key(&id)
    }

    /// One page of the comments on a page or block.
    ///
    /// # Errors
    /// When the cursor is not in the list.
    pub(crate) fn on(&self, parent: Parent, paging: Paging) -> Result<Slice, NotionError> {
        let own = self.comments.iter().filter(|one| one.parent == parent);
        let ids: Vec<Uuid> = own.map(|comment| comment.id).collect();
        paging.of(&ids, |_| true)
    }

    /// The comment object; `name_of` knows the users.
    ///
    /// # Errors
    /// When there is no such comment.
    pub(crate) fn answer(
        &self,
        id: Uuid,
        name_of: impl Fn(Uuid) -> String,
    ) -> Result<Value, NotionError> {
        let kind = Missing::Comment;
        let place = self.places.get(&id);
        let found = place.and_then(|place| self.comments.get(*place));
        let comment = found.ok_or(NotionError::NotFound { kind, id })?;
        Ok(json!({
            "object": "comment",
            "id": id.to_string(),
            "parent": answer::parent(comment.parent),
            "discussion_id": comment.discussion.to_string(),
            "created_time": stamp(comment.created.at),
            "last_edited_time": stamp(comment.created.at),
            "created_by": user(comment.created.user),
            "rich_text": comment.text.answer(),
            "display_name": comment.name.answer(|| name_of(comment.created.user)),
        }))
    }
}

#[cfg(test)]
mod tests;
