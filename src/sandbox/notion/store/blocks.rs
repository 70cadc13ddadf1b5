//! What stands in pages, and what is said about it: the forest of blocks and the comments, joined
//! with the pages and databases that have their place among the blocks.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::super::blocks::draft;
use super::super::blocks::tree::{self, Block, Forest, Presence};
use super::super::body::Field;
use super::super::comments::Comments;
use super::super::errors::{Missing, NotionError};
use super::super::ids;
use super::{BOT, Database, Edit, PageKey, Parent, Workspace};

/// What an id is the id of, to an endpoint that takes blocks: pages and databases are some, too.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'w> {
    Block(&'w Block),
    Page(PageKey),
    Database(&'w Database),
}

impl Workspace {
    /// Adds blocks at the end of a page, made when the page was; `children` is what an append request
    /// would say. The page's last edit stays.
    ///
    /// # Errors
    /// When the page is not there, or an append request would be refused.
    pub fn add_blocks(&mut self, page: Uuid, children: &Value) -> Result<(), NotionError> {
        if children.as_array().is_some_and(Vec::is_empty) {
            return Ok(());
        }
        let body = serde_json::json!({ "children": children });
        let drafts = draft::read(&Field::root("body", &body).get("children"))?;
        let stamp = tree::Stamp {
            user: BOT,
            at: self.page(self.find_page(page)?).created,
        };
        let mut number = 0;
        let mut draw = || {
            number += 1;
            ids::of_block(page, number)
        };
        let (parent, end) = (tree::Parent::Page(page), tree::Position::End);
        self.blocks.append(parent, end, drafts, &mut draw, stamp)?;
        Ok(())
    }

    /// All blocks.
    pub(crate) fn blocks(&self) -> &Forest {
        &self.blocks
    }

    /// All blocks, to change.
    pub(crate) fn blocks_mut(&mut self) -> &mut Forest {
        &mut self.blocks
    }

    /// All comments.
    pub(crate) fn comments(&self) -> &Comments {
        &self.comments
    }

    /// All comments, to add to.
    pub(crate) fn comments_mut(&mut self) -> &mut Comments {
        &mut self.comments
    }

    /// # Errors
    /// When there is no block, page or database with this id.
    pub(crate) fn find_block(&self, id: Uuid) -> Result<Found<'_>, NotionError> {
        if let Some(key) = self.keys.get(&id) {
            return Ok(Found::Page(*key));
        }
        match self.databases.get(&id) {
            Some(database) => Ok(Found::Database(database)),
            None => self.blocks.block(id).map(Found::Block),
        }
    }

    /// What blocks can be put into.
    ///
    /// # Errors
    /// When there is nothing with this id, or when it is a database.
    pub(crate) fn block_parent(&self, id: Uuid) -> Result<tree::Parent, NotionError> {
        match self.find_block(id)? {
            Found::Block(block) => Ok(tree::Parent::Block(block.id)),
            Found::Page(_) => Ok(tree::Parent::Page(id)),
            Found::Database(_) => Err(NotionError::Validation(
                "Block does not support children.".to_owned(),
            )),
        }
    }

    /// The page that blocks in this parent belong to.
    ///
    /// # Errors
    /// When there is no such block.
    pub(crate) fn page_above(&self, parent: tree::Parent) -> Result<PageKey, NotionError> {
        let page = match parent {
            tree::Parent::Page(id) => Some(id),
            tree::Parent::Block(id) => self.blocks.page_of(self.blocks.block(id)?),
        };
        let id = page.ok_or(NotionError::NotFound {
            kind: Missing::Page,
            id: Uuid::nil(),
        })?;
        self.find_page(id)
    }

    /// Whether a block is in the trash: by its own mark, that of a block that it stands in, or its
    /// page's.
    pub(crate) fn is_trashed(&self, block: &Block) -> bool {
        let page = self.page_above(block.parent);
        self.blocks.presence(block) != Presence::Shown
            || page.is_ok_and(|key| self.page(key).archived)
    }

    /// Whether a page or database is shown where it stands.
    pub(crate) fn is_shown(&self, id: Uuid) -> bool {
        match (self.keys.get(&id), self.databases.get(&id)) {
            (Some(key), _) => !self.page(*key).archived,
            (None, database) => database.is_some_and(|database| !database.in_trash),
        }
    }

    /// Gives a new page or database its place among the blocks of its parent.
    pub(super) fn attach(&mut self, parent: Parent, id: Uuid) {
        if let Parent::Page(page) = parent {
            self.blocks.attach(page, id);
        }
    }

    /// Takes a page or database from its place among the blocks of its parent.
    pub(super) fn detach(&mut self, parent: Parent, id: Uuid) {
        if let Parent::Page(page) = parent {
            self.blocks.detach(page, id);
        }
    }

    /// A write to a block is an edit of its page.
    pub(crate) fn touch(&mut self, page: PageKey, author: Uuid, now: Timestamp) {
        self.apply(page, Edit::default(), author, now);
    }
}
