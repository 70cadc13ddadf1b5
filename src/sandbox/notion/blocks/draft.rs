//! The `children` of a request: blocks that are to be made, with blocks in them.
//!
//! The whole request is read and checked before the first block is made, so that a refused one
//! leaves nothing behind. The limits are Notion's: 100 blocks an array, 1,000 a request, and two
//! levels of nesting below the outermost blocks. A list of columns stands outermost and is no level
//! of its own, as the declarations of Notion's client have it.

use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::content::Content;
use super::kind::{Children, Kind};

/// The most blocks of a request.
const MOST_BLOCKS: usize = 1_000;
/// The levels of blocks in a request: the outermost and two below them.
const LEVELS: usize = 3;

/// A block that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(super) content: Content,
    pub(super) children: Vec<Draft>,
}

/// Reads the blocks of a request.
///
/// # Errors
/// When one of them is not as its type demands, stands where it cannot stand, or they are too many.
pub(crate) fn read(children: &Field<'_>) -> Result<Vec<Draft>, NotionError> {
    let blocks = children.elements()?;
    let drafts: Vec<Draft> = blocks
        .iter()
        .map(|block| Draft::read(block, 1))
        .collect::<Result<_, _>>()?;
    let count: usize = drafts.iter().map(Draft::count).sum();
    if count > MOST_BLOCKS {
        return Err(NotionError::Validation(format!(
            "body failed validation: the blocks of a request should be ≤ `{MOST_BLOCKS}`, instead \
             were `{count}`."
        )));
    }
    Ok(drafts)
}

impl Draft {
    fn read(block: &Field<'_>, level: usize) -> Result<Self, NotionError> {
        let kind = kind_of(block)?;
        block.object_of(&["object", "type", kind.name])?;
        if let Some(object) = block.get("object").optional()
            && object.text()? != "block"
        {
            return Err(object.should("be `\"block\"`"));
        }
        let given = block.get(kind.name);
        let inside = if kind.name == "column_list" {
            level
        } else {
            level + 1
        };
        let nests = kind.children != Children::None && inside <= LEVELS;
        let least = match kind.children {
            Children::Required { least, .. } => Some(least),
            _ => None,
        };
        if (kind.is_outermost() && level > 1) || (least.is_some() && !nests) {
            return Err(given.should("be not present"));
        }
        let content = Content::read(kind, &given, nests)?;
        let children = given.get("children");
        let blocks = match (least, children.value()) {
            (Some(least), _) => children.at_least(least)?,
            (None, Some(_)) => children.elements()?,
            (None, None) => Vec::new(),
        };
        let read = |block: &Field<'_>| {
            let child = Self::read(block, inside)?;
            content.check_child(&child.content)?;
            Ok(child)
        };
        let children = blocks.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { content, children })
    }

    /// The blocks of which it, or what stands in it, is a copy.
    pub(super) fn originals(&self) -> Vec<Uuid> {
        let inner = self.children.iter().flat_map(Self::originals);
        self.content
            .synced_from()
            .into_iter()
            .chain(inner)
            .collect()
    }

    fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }
}

/// The type that a block has: said by `type`, or by the one key that names a type.
fn kind_of(block: &Field<'_>) -> Result<&'static Kind, NotionError> {
    let object = block.object()?;
    if let Some(given) = block.get("type").optional() {
        let name = given.text()?;
        let kind = Kind::creatable().find(|kind| kind.name == name);
        return kind.ok_or_else(|| given.should("be the type of a block that can be created"));
    }
    let given = Kind::creatable().find(|kind| object.contains_key(kind.name));
    given.ok_or_else(|| {
        let refusals = Kind::creatable().map(|kind| {
            let refusal = block.get(kind.name).should("be defined").to_string();
            let (_, place) = refusal.split_once(": ").unwrap_or(("", &refusal));
            place.to_owned()
        });
        let refusals: Vec<String> = refusals.collect();
        NotionError::Validation(format!(
            "body failed validation. Fix one:\n{}",
            refusals.join("\n")
        ))
    })
}

#[cfg(test)]
mod tests;
