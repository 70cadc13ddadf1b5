//! The blocks' endpoints. A page is a block, too, of type `child_page`, and a database is a
//! `child_database`: their ids are good wherever a block's is, and deleting one puts it in the trash.
//!
//! What stands in a page or block of the trash is not listed, and reads as being in the trash (a
//! guess). What an append answers are the new blocks of the first level.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::super::answer::{Listed, View, content_of};
use super::super::blocks::content::Content;
use super::super::blocks::draft::{self, Draft};
use super::super::blocks::tree::{Parent, Position, Stamp};
use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::paging::{Paging, Slice};
use super::super::simulator::Simulator;
use super::super::store::{Edit, Found, Workspace};
use super::super::version::Version;
use super::pages::archived_block;
use super::parts::trash_mark;
use super::{Call, Outcome};

/// `GET /v1/blocks/{block_id}`
pub(super) fn retrieve(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("block_id")?;
    call.view(&simulator.read()).block(id)
}

/// `PATCH /v1/blocks/{block_id}`: what the block says, and the trash.
pub(super) fn update(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("block_id")?;
    let body = call.body();
    let mut workspace = simulator.write();
    let content = content_of(&workspace, workspace.find_block(id)?);
    body.object_of(&["type", content.kind().name, "archived", "in_trash"])?;
    let deleted = trash_mark(&body, call.version)?;
    let content = content.changed(&body)?;
    change(call, &mut workspace, id, content, deleted)
}

/// `DELETE /v1/blocks/{block_id}`
pub(super) fn delete(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("block_id")?;
    change(call, &mut simulator.write(), id, None, Some(true))
}

/// `GET /v1/blocks/{block_id}/children`
pub(super) fn list(simulator: &Simulator, call: &Call) -> Outcome {
    let workspace = simulator.read();
    let page = || {
        let id = call.id("block_id")?;
        let query = call.query();
        query.object_of(&["start_cursor", "page_size"])?;
        let paging = Paging::read(&query)?;
        let slice = match workspace.find_block(id)? {
            Found::Database(_) => paging.of(&[], |_| true)?,
            Found::Page(key) if workspace.page(key).archived => paging.of(&[], |_| true)?,
            Found::Page(_) => children_of(&workspace, Parent::Page(id), paging)?,
            Found::Block(block) if workspace.is_trashed(block) => paging.of(&[], |_| true)?,
            Found::Block(_) => children_of(&workspace, Parent::Block(id), paging)?,
        };
        list_of(call.view(&workspace), &slice.ids, slice.next)
    };
    match page() {
        Ok((answer, rows)) => Outcome {
            rows,
            ..Outcome::of(Ok(answer))
        },
        Err(error) => Outcome::of(Err(error)),
    }
}

/// `PATCH /v1/blocks/{block_id}/children`
pub(super) fn append(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("block_id")?;
    let body = call.body();
    let place = match call.version {
        Version::V2026_03_11 => "position",
        _ => "after",
    };
    body.object_of(&["children", place])?;
    let drafts = draft::read(&body.get("children"))?;
    let position = position(body.get(place), call.version)?;
    let mut workspace = simulator.write();
    let parent = workspace.block_parent(id)?;
    let page = workspace.page_above(parent)?;
    if workspace.page(page).archived {
        return Err(archived_block());
    }
    let stamp = stamp(call);
    let mut draw = || simulator.random_id();
    let blocks = workspace.blocks_mut();
    let ids = blocks.append(parent, position, drafts, &mut draw, stamp)?;
    workspace.touch(page, call.author, stamp.at);
    list_of(call.view(&workspace), &ids, None).map(|(answer, _)| answer)
}

/// The blocks that a new page is to begin with.
pub(super) fn children(body: &Field<'_>, workspace: &Workspace) -> Result<Vec<Draft>, NotionError> {
    let Some(children) = body.get("children").optional() else {
        return Ok(Vec::new());
    };
    let drafts = draft::read(&children)?;
    workspace.blocks().check_new_page(&drafts)?;
    Ok(drafts)
}

/// Puts them into the new page.
pub(super) fn fill(
    simulator: &Simulator,
    call: &Call,
    workspace: &mut Workspace,
    page: Uuid,
    drafts: Vec<Draft>,
    now: Timestamp,
) -> Result<(), NotionError> {
    let stamp = Stamp {
        user: call.author,
        at: now,
    };
    let mut draw = || simulator.random_id();
    let blocks = workspace.blocks_mut();
    blocks.append(Parent::Page(page), Position::End, drafts, &mut draw, stamp)?;
    Ok(())
}

/// Where new blocks go, as the version says it.
fn position(field: Field<'_>, version: Version) -> Result<Position, NotionError> {
    let Some(field) = field.present() else {
        return Ok(Position::End);
    };
    if version < Version::V2026_03_11 {
        return field.uuid().map(Position::After);
    }
    field.object_of(&["type", "after_block"])?;
    let kind = field.get("type");
    let block = field.get("after_block");
    match kind.text()? {
        "after_block" => {
            block.object_of(&["id"])?;
            block.get("id").uuid().map(Position::After)
        }
        _ if block.value().is_some() => Err(block.should("be not present")),
        "start" => Ok(Position::Start),
        "end" => Ok(Position::End),
        _ => Err(kind.should("be `\"after_block\"`, `\"start\"`, or `\"end\"`")),
    }
}

fn stamp(call: &Call) -> Stamp {
    Stamp {
        user: call.author,
        at: Timestamp::now(),
    }
}

fn children_of(
    workspace: &Workspace,
    parent: Parent,
    paging: Paging,
) -> Result<Slice, NotionError> {
    let blocks = workspace.blocks();
    blocks.children(parent, paging, |id| workspace.is_shown(id))
}

/// Changes a block, or puts a page or database into the trash and out of it.
fn change(
    call: &Call,
    workspace: &mut Workspace,
    id: Uuid,
    content: Option<Content>,
    deleted: Option<bool>,
) -> Result<Value, NotionError> {
    let stamp = stamp(call);
    match workspace.find_block(id)? {
        Found::Block(block) => {
            let page = workspace.page_above(block.parent)?;
            if workspace.page(page).archived {
                return Err(archived_block());
            }
            let changes = content.is_some() || deleted.is_some();
            workspace.blocks_mut().update(id, content, deleted, stamp)?;
            if changes {
                workspace.touch(page, call.author, stamp.at);
            }
        }
        Found::Page(key) => {
            let archived = workspace.page(key).archived;
            if deleted.is_some_and(|deleted| deleted != archived) {
                let edit = Edit {
                    archived: deleted,
                    ..Edit::default()
                };
                workspace.apply(key, edit, call.author, stamp.at);
            }
        }
        Found::Database(database) => {
            let other = deleted.filter(|deleted| *deleted != database.in_trash);
            if let Some(in_trash) = other {
                workspace.trash_database(id, in_trash, call.author, stamp.at)?;
            }
        }
    }
    call.view(workspace).block(id)
}

/// Blocks as a list, and how many they are.
fn list_of(
    view: View<'_>,
    ids: &[Uuid],
    next: Option<Uuid>,
) -> Result<(Value, usize), NotionError> {
    let blocks = ids.iter().map(|id| view.block(*id));
    let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
    let rows = blocks.len();
    Ok((view.list(Listed::Blocks, blocks, next), rows))
}
