//! Whether blocks that were read from a file are such a forest as requests make: everything stands
//! exactly once, in the list of its parent, and above every block there is a page.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Block, Forest, Parent};

impl Forest {
    /// The ids of all blocks, in no order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.blocks.keys().copied()
    }

    /// Checks a forest against the pages and databases that have their place in it: `others` are
    /// these, each with the page that it stands in.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn check(
        &self,
        others: impl Iterator<Item = (Uuid, Uuid)>,
        is_page: impl Fn(Uuid) -> bool,
    ) -> Result<(), String> {
        let mut missing: HashMap<Uuid, Parent> =
            others.map(|(id, page)| (id, Parent::Page(page))).collect();
        for (id, block) in &self.blocks {
            if block.id != *id {
                return Err(format!("the block {} is filed under the id {id}", block.id));
            }
            self.check_above(block, &is_page)?;
            missing.insert(*id, block.parent);
        }
        let in_pages = self
            .pages
            .iter()
            .map(|(page, listed)| (Parent::Page(*page), listed));
        let in_blocks = self.blocks.values();
        let in_blocks = in_blocks.map(|block| (Parent::Block(block.id), &block.children));
        for (parent, listed) in in_pages.chain(in_blocks) {
            for id in listed {
                if missing.remove(id) != Some(parent) {
                    return Err(format!(
                        "the list of {} names {id}, which does not stand there",
                        told(parent)
                    ));
                }
            }
        }
        match missing.into_iter().min_by_key(|(id, _)| *id) {
            None => Ok(()),
            Some((id, parent)) => Err(format!("{id} is not in the list of {}", told(parent))),
        }
    }

    /// Above a block there are blocks that are there, none twice, and then a page.
    fn check_above(&self, block: &Block, is_page: &impl Fn(Uuid) -> bool) -> Result<(), String> {
        let mut outer = block;
        for _ in 0..self.blocks.len() {
            outer = match outer.parent {
                Parent::Page(id) if is_page(id) => return Ok(()),
                Parent::Page(id) => {
                    return Err(format!("the block {} is in no page {id}", outer.id));
                }
                Parent::Block(id) => match self.blocks.get(&id) {
                    Some(block) => block,
                    None => return Err(format!("the block {} is in no block {id}", outer.id)),
                },
            };
        }
        Err(format!("the block {} stands in itself", block.id))
    }
}

fn told(parent: Parent) -> String {
    match parent {
        Parent::Page(id) => format!("the page {id}"),
        Parent::Block(id) => format!("the block {id}"),
    }
}
