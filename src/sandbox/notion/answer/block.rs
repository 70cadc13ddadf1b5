//! Blocks, and pages and databases as the blocks that they are where they stand.

use serde_json::Value;
use uuid::Uuid;

use super::super::blocks::answer::{Shown, parent};
use super::super::blocks::content::{ChildKind, Content};
use super::super::blocks::tree::{Block, Parent, Stamp};
use super::super::errors::NotionError;
use super::super::store::{BOT, Database, Found, PageKey, Workspace};
use super::View;

/// What a block says; of a page or database its title.
pub(crate) fn content_of(workspace: &Workspace, found: Found<'_>) -> Content {
    match found {
        Found::Block(block) => block.content.clone(),
        Found::Page(key) => {
            let title = workspace.title_of(workspace.page(key)).text();
            Content::child(ChildKind::Page, title)
        }
        Found::Database(database) => Content::child(ChildKind::Database, database.title.plain()),
    }
}

impl View<'_> {
    /// A block.
    ///
    /// # Errors
    /// When there is none with this id.
    pub(crate) fn block(self, id: Uuid) -> Result<Value, NotionError> {
        let found = self.workspace.find_block(id)?;
        let content = content_of(self.workspace, found);
        let shown = match found {
            Found::Block(block) => self.block_shown(block, &content),
            Found::Page(key) => self.page_shown(key, &content),
            Found::Database(database) => self.database_shown(database, &content),
        };
        Ok(shown.answer(self.version))
    }

    fn has_children(self, parent: Parent) -> bool {
        let blocks = self.workspace.blocks();
        blocks.has_children(parent, |id| self.workspace.is_shown(id))
    }

    fn block_shown<'c>(self, block: &Block, content: &'c Content) -> Shown<'c> {
        Shown {
            id: block.id,
            parent: parent(block.parent),
            content,
            created: block.created,
            edited: block.edited,
            has_children: self.has_children(Parent::Block(block.id)),
            in_trash: self.workspace.is_trashed(block),
        }
    }

    fn page_shown<'c>(self, key: PageKey, content: &'c Content) -> Shown<'c> {
        let page = self.workspace.page(key);
        Shown {
            id: page.id,
            parent: self.parent(page.parent),
            content,
            created: Stamp {
                user: page.created_by,
                at: page.created,
            },
            edited: Stamp {
                user: page.edited_by,
                at: page.edited,
            },
            has_children: self.has_children(Parent::Page(page.id)),
            in_trash: page.archived,
        }
    }

    fn database_shown<'c>(self, database: &Database, content: &'c Content) -> Shown<'c> {
        let source = database.data_sources.first();
        let source = source.and_then(|id| self.workspace.data_source(*id).ok());
        let stamp = |user: Option<Uuid>, at| Stamp {
            user: user.unwrap_or(BOT),
            at,
        };
        Shown {
            id: database.id,
            parent: self.parent(database.parent),
            content,
            created: stamp(source.map(|source| source.created_by), database.created),
            edited: stamp(source.map(|source| source.edited_by), database.edited),
            has_children: false,
            in_trash: database.in_trash,
        }
    }
}
