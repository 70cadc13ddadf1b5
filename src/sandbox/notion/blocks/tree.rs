//! All blocks by id, in their order. A block stands in a page or in another block; its parent has
//! the list of those that stand in it, and that list is the only place where order is kept.
//!
//! Deleting is a mark on one block: it vanishes from its parent's list and takes with it all that
//! stands in it, and taking the mark away brings everything back to its place. So no list ever
//! shrinks, and every cursor stays good.
//!
//! A page or database that stands in a page has its place in the page's list, too, but is not kept
//! here: whether it is still shown is asked of whoever keeps it.
//!
//! A synced block that is a copy lists what stands in its original, which stays the parent of it; Notion
//! answers copies of the children (a simplification).
//!
//! Notion does not document what a list of the children of a deleted block answers: here it is
//! empty (a guess).

mod check;

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::errors::{Missing, NotionError};
use super::super::paging::{Paging, Slice};
use super::super::store::in_order;
use super::content::Content;
use super::draft::Draft;

/// What a block stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Parent {
    Page(Uuid),
    Block(Uuid),
}

/// Where among a parent's children new ones are put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    Start,
    After(Uuid),
    End,
}

/// Who wrote, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) user: Uuid,
    pub(crate) at: Timestamp,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Block {
    pub(crate) id: Uuid,
    pub(crate) parent: Parent,
    pub(crate) content: Content,
    pub(crate) created: Stamp,
    pub(crate) edited: Stamp,
    deleted: bool,
    children: Vec<Uuid>,
}

/// The blocks of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Forest {
    #[serde(serialize_with = "in_order")]
    blocks: HashMap<Uuid, Block>,
    /// What stands in each page itself.
    #[serde(serialize_with = "in_order")]
    pages: HashMap<Uuid, Vec<Uuid>>,
}

/// Whether a block is there for its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Shown,
    /// Deleted itself.
    Deleted,
    /// Not deleted itself, but something that it stands in is.
    BelowDeleted,
}

impl Forest {
    /// Whether a block has this id.
    pub(crate) fn contains(&self, id: Uuid) -> bool {
        self.blocks.contains_key(&id)
    }

    /// # Errors
    /// When there is no such block.
    pub(crate) fn block(&self, id: Uuid) -> Result<&Block, NotionError> {
        self.blocks.get(&id).ok_or(missing(id))
    }

    /// Whether a block is deleted or stands in a deleted one. Pages are not asked.
    pub(crate) fn presence(&self, block: &Block) -> Presence {
        if block.deleted {
            return Presence::Deleted;
        }
        let mut above = self.above(block);
        match above.any(|outer| outer.deleted) {
            true => Presence::BelowDeleted,
            false => Presence::Shown,
        }
    }

    /// The page in which a block stands, however deep.
    pub(crate) fn page_of(&self, block: &Block) -> Option<Uuid> {
        let outermost = self.above(block).last().unwrap_or(block);
        match outermost.parent {
            Parent::Page(page) => Some(page),
            // Every block's parent was there before it and is never removed.
            Parent::Block(_) => None,
        }
    }

    /// The blocks in which a block stands, from the innermost.
    fn above<'f>(&'f self, block: &'f Block) -> impl Iterator<Item = &'f Block> {
        let outer = |block: &&Block| match block.parent {
            Parent::Block(id) => self.blocks.get(&id),
            Parent::Page(_) => None,
        };
        std::iter::successors(outer(&block), move |block| outer(block))
    }

    fn listed(&self, parent: Parent) -> &[Uuid] {
        let list = match parent {
            Parent::Page(id) => self.pages.get(&id),
            Parent::Block(id) => self
                .present(id)
                .and_then(|block| match block.content.synced_from() {
                    Some(original) => self.present(original),
                    None => Some(block),
                })
                .map(|block| &block.children),
        };
        list.map_or(&[], Vec::as_slice)
    }

    /// A block that is neither deleted nor below a deleted one.
    fn present(&self, id: Uuid) -> Option<&Block> {
        let block = self.blocks.get(&id);
        block.filter(|block| self.presence(block) == Presence::Shown)
    }

    /// # Errors
    /// When a copy is to be made of what is no original of a synced block.
    fn check_original(&self, id: Uuid) -> Result<(), NotionError> {
        if self.block(id)?.content.is_original() {
            return Ok(());
        }
        Err(NotionError::Validation(format!(
            "The block {id} to sync from is not an original synced block."
        )))
    }

    fn list_mut(&mut self, parent: Parent) -> Result<&mut Vec<Uuid>, NotionError> {
        match parent {
            Parent::Page(id) => Ok(self.pages.entry(id).or_default()),
            Parent::Block(id) => match self.blocks.get_mut(&id) {
                Some(block) => Ok(&mut block.children),
                None => Err(missing(id)),
            },
        }
    }

    fn is_shown(&self, id: Uuid, elsewhere: &impl Fn(Uuid) -> bool) -> bool {
        match self.blocks.get(&id) {
            Some(block) => !block.deleted,
            None => elsewhere(id),
        }
    }

    /// One page of what stands in `parent`; `elsewhere` says of a page or database whether it is
    /// shown.
    ///
    /// # Errors
    /// When the cursor is not in the list.
    pub(crate) fn children(
        &self,
        parent: Parent,
        paging: Paging,
        elsewhere: impl Fn(Uuid) -> bool,
    ) -> Result<Slice, NotionError> {
        paging.of(self.listed(parent), |id| self.is_shown(id, &elsewhere))
    }

    /// All that is shown in `parent`, in order.
    pub(crate) fn shown_in<'f>(
        &'f self,
        parent: Parent,
        elsewhere: impl Fn(Uuid) -> bool + 'f,
    ) -> impl Iterator<Item = Uuid> + 'f {
        let listed = self.listed(parent).iter().copied();
        listed.filter(move |id| self.is_shown(*id, &elsewhere))
    }

    /// Whether anything is shown in `parent`.
    pub(crate) fn has_children(&self, parent: Parent, elsewhere: impl Fn(Uuid) -> bool) -> bool {
        self.shown_in(parent, elsewhere).next().is_some()
    }

    /// Puts a page or database last in the page that it stands in.
    pub(crate) fn attach(&mut self, page: Uuid, id: Uuid) {
        self.pages.entry(page).or_default().push(id);
    }

    /// Takes a page or database out of the page that it stands in.
    pub(crate) fn detach(&mut self, page: Uuid, id: Uuid) {
        if let Some(children) = self.pages.get_mut(&page) {
            children.retain(|child| *child != id);
        }
    }

    /// Whether a page that is about to be made can begin with these.
    ///
    /// # Errors
    /// When one of them belongs in a block of a certain type, or is a copy of no original.
    pub(crate) fn check_new_page(&self, drafts: &[Draft]) -> Result<(), NotionError> {
        check_page(drafts)?;
        let mut originals = drafts.iter().flat_map(Draft::originals);
        originals.try_for_each(|id| self.check_original(id))
    }

    /// Makes blocks and answers the ids of the outermost, in order. `draw` makes ids up; those that
    /// a block has already are passed over.
    ///
    /// # Errors
    /// When the parent is missing, is deleted, or may not hold them, when an original to copy is
    /// missing, or when the block after which
    /// they are to stand is not in it. Then nothing has changed.
    pub(crate) fn append(
        &mut self,
        parent: Parent,
        position: Position,
        drafts: Vec<Draft>,
        draw: &mut impl FnMut() -> Uuid,
        stamp: Stamp,
    ) -> Result<Vec<Uuid>, NotionError> {
        self.check_parent(parent, &drafts)?;
        let mut originals = drafts.iter().flat_map(Draft::originals);
        originals.try_for_each(|id| self.check_original(id))?;
        let listed = self.listed(parent);
        let place = match position {
            Position::Start => 0,
            Position::End => listed.len(),
            Position::After(id) => match listed.iter().position(|listed| *listed == id) {
                Some(place) => place + 1,
                None => {
                    return Err(NotionError::Validation(format!(
                        "The block {id} after which to append is not a child of the parent block."
                    )));
                }
            },
        };
        let ids: Vec<Uuid> = drafts
            .into_iter()
            .map(|draft| self.make(parent, draft, draw, stamp))
            .collect();
        self.list_mut(parent)?
            .splice(place..place, ids.iter().copied());
        if let Parent::Block(id) = parent
            && let Some(block) = self.blocks.get_mut(&id)
        {
            block.edited = stamp;
        }
        Ok(ids)
    }

    fn check_parent(&self, parent: Parent, drafts: &[Draft]) -> Result<(), NotionError> {
        let Parent::Block(id) = parent else {
            return check_page(drafts);
        };
        let block = self.block(id)?;
        self.check_present(block)?;
        let mut contents = drafts.iter().map(|draft| &draft.content);
        contents.try_for_each(|content| block.content.check_child(content))
    }

    /// # Errors
    /// When a block is deleted or stands in a deleted one.
    fn check_present(&self, block: &Block) -> Result<(), NotionError> {
        let message = match self.presence(block) {
            Presence::Shown => return Ok(()),
            Presence::Deleted => {
                "Can't edit block that is archived. You must unarchive the block before editing."
            }
            Presence::BelowDeleted => {
                "Can't edit block with an archived ancestor. You must unarchive the ancestor \
                 before editing the block."
            }
        };
        Err(NotionError::Validation(message.to_owned()))
    }

    /// Makes a block and what stands in it, without its place in the parent's list.
    fn make(
        &mut self,
        parent: Parent,
        draft: Draft,
        draw: &mut impl FnMut() -> Uuid,
        stamp: Stamp,
    ) -> Uuid {
        let mut id = draw();
        while self.contains(id) {
            id = draw();
        }
        let block = Block {
            id,
            parent,
            content: draft.content,
            created: stamp,
            edited: stamp,
            deleted: false,
            children: Vec::new(),
        };
        self.blocks.insert(id, block);
        let inner: Vec<Draft> = draft.children;
        let children = inner
            .into_iter()
            .map(|draft| self.make(Parent::Block(id), draft, draw, stamp))
            .collect();
        if let Some(block) = self.blocks.get_mut(&id) {
            block.children = children;
        }
        id
    }

    /// Changes what a block says, deletes it, or brings it back.
    ///
    /// # Errors
    /// When there is no such block, or it is deleted and not brought back, or a row's width would
    /// change. Then nothing has changed.
    pub(crate) fn update(
        &mut self,
        id: Uuid,
        content: Option<Content>,
        deleted: Option<bool>,
        stamp: Stamp,
    ) -> Result<&Block, NotionError> {
        let block = self.block(id)?;
        let presence = self.presence(block);
        let allowed = match presence {
            Presence::Shown => true,
            // Deleting twice changes nothing and is no error.
            Presence::Deleted => deleted == Some(false) || (content.is_none() && deleted.is_some()),
            Presence::BelowDeleted => false,
        };
        if !allowed {
            self.check_present(block)?;
        }
        if let Some(content) = &content {
            block.content.check_width(content)?;
            content
                .synced_from()
                .map_or(Ok(()), |id| self.check_original(id))?;
        }
        let block = self.blocks.get_mut(&id).ok_or(missing(id))?;
        let marked = deleted.is_some_and(|deleted| deleted != block.deleted);
        if content.is_some() || marked {
            block.edited = stamp;
        }
        block.content = content.unwrap_or_else(|| block.content.clone());
        block.deleted = deleted.unwrap_or(block.deleted);
        Ok(block)
    }
}

/// Whether these can stand in a page itself.
///
/// # Errors
/// When one of them belongs in a block of a certain type.
fn check_page(drafts: &[Draft]) -> Result<(), NotionError> {
    match drafts.iter().find_map(|draft| draft.content.kind().home) {
        None => Ok(()),
        Some(home) => Err(NotionError::Validation(format!(
            "A page cannot hold a block that belongs in a {home} block."
        ))),
    }
}

fn missing(id: Uuid) -> NotionError {
    let kind = Missing::Block;
    NotionError::NotFound { kind, id }
}

#[cfg(test)]
mod tests;
