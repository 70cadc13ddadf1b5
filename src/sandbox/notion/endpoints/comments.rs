//! The comments' endpoints.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::super::answer::Listed;
use super::super::blocks::tree::{Parent, Stamp};
use super::super::comments::{Draft, Target};
use super::super::errors::NotionError;
use super::super::paging::Paging;
use super::super::simulator::Simulator;
use super::super::store::{Found, User, Workspace};
use super::{Call, Outcome};

/// `POST /v1/comments`
pub(super) fn create(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let mut draft = Draft::read(&call.body())?;
    let mut workspace = simulator.write();
    draft.target = match draft.target {
        Target::Parent(Parent::Page(id)) => {
            workspace.find_page(id)?;
            draft.target
        }
        Target::Parent(Parent::Block(id)) => Target::Parent(commented(&workspace, id)?),
        Target::Discussion(_) => draft.target,
    };
    let created = Stamp {
        user: call.author,
        at: Timestamp::now(),
    };
    let comments = workspace.comments_mut();
    let id = comments.add(draft, || simulator.random_id(), created)?;
    show(&workspace, id)
}

/// `GET /v1/comments`
pub(super) fn list(simulator: &Simulator, call: &Call) -> Outcome {
    let workspace = simulator.read();
    let page = || {
        let query = call.query();
        query.object_of(&["block_id", "start_cursor", "page_size"])?;
        let paging = Paging::read(&query)?;
        let parent = commented(&workspace, query.get("block_id").uuid()?)?;
        let comments = workspace.comments();
        let slice = comments.on(parent, paging)?;
        let answers = slice.ids.iter().map(|id| show(&workspace, *id));
        let answers = answers.collect::<Result<Vec<_>, _>>()?;
        Ok((answers, slice.next))
    };
    let view = call.view(&workspace);
    match page() {
        Ok((comments, next)) => Outcome {
            rows: comments.len(),
            ..Outcome::of(Ok(view.list(Listed::Comments, comments, next)))
        },
        Err(error) => Outcome::of(Err(error)),
    }
}

/// `GET /v1/comments/{comment_id}`
pub(super) fn retrieve(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("comment_id")?;
    show(&simulator.read(), id)
}

fn show(workspace: &Workspace, id: Uuid) -> Result<Value, NotionError> {
    let name_of = |id| workspace.user(id).map_or("", User::name).to_owned();
    workspace.comments().answer(id, name_of)
}

/// What a comment on this id is about. Databases have none.
fn commented(workspace: &Workspace, id: Uuid) -> Result<Parent, NotionError> {
    match workspace.find_block(id)? {
        Found::Database(_) => workspace.blocks().block(id).map(|_| Parent::Block(id)),
        Found::Page(_) => Ok(Parent::Page(id)),
        Found::Block(_) => Ok(Parent::Block(id)),
    }
}
