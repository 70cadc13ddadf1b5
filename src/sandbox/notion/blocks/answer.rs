//! A block as each version shows it. Until 2026-03-11 a deleted one is `archived` and `in_trash`,
//! from then on only `in_trash`; all else is the same in every version.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::properties::around::user;
use super::super::properties::moment::stamp;
use super::super::version::Version;
use super::content::Content;
use super::tree::{Parent, Stamp};

/// A block, or a page or database as a block.
#[derive(Debug)]
pub(crate) struct Shown<'b> {
    pub(crate) id: Uuid,
    /// The answered form of the parent.
    pub(crate) parent: Value,
    pub(crate) content: &'b Content,
    pub(crate) created: Stamp,
    pub(crate) edited: Stamp,
    pub(crate) has_children: bool,
    pub(crate) in_trash: bool,
}

/// What a block or comment stands in.
pub(crate) fn parent(parent: Parent) -> Value {
    match parent {
        Parent::Page(id) => json!({ "type": "page_id", "page_id": id.to_string() }),
        Parent::Block(id) => json!({ "type": "block_id", "block_id": id.to_string() }),
    }
}

impl Shown<'_> {
    /// The block object.
    pub(crate) fn answer(self, version: Version) -> Value {
        let kind = self.content.kind().name;
        let mut block = json!({
            "object": "block",
            "id": self.id.to_string(),
            "parent": self.parent,
            "created_time": stamp(self.created.at),
            "last_edited_time": stamp(self.edited.at),
            "created_by": user(self.created.user),
            "last_edited_by": user(self.edited.user),
            "has_children": self.has_children,
        });
        if version < Version::V2026_03_11 {
            block["archived"] = json!(self.in_trash);
        }
        block["in_trash"] = json!(self.in_trash);
        block["type"] = json!(kind);
        block[kind] = self.content.answer();
        block
    }
}
