//! The users' endpoints.

use serde_json::Value;

use super::super::answer::Listed;
use super::super::errors::NotionError;
use super::super::paging::Paging;
use super::super::simulator::Simulator;
use super::Call;

/// `GET /v1/users`
pub(super) fn list(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let query = call.query();
    query.object_of(&["start_cursor", "page_size"])?;
    let paging = Paging::read(&query)?;
    let workspace = simulator.read();
    let ids: Vec<_> = workspace.users().iter().map(|user| user.id).collect();
    let slice = paging.of(&ids, |_| true)?;
    let users = slice
        .ids
        .iter()
        .map(|id| Ok(workspace.user(*id)?.answer(call.version)));
    let users = users.collect::<Result<_, NotionError>>()?;
    let view = call.view(&workspace);
    Ok(view.list(Listed::Users, users, slice.next))
}

/// `GET /v1/users/{user_id}`
pub(super) fn retrieve(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    let id = call.id("user_id")?;
    Ok(simulator.read().user(id)?.answer(call.version))
}

/// `GET /v1/users/me`
pub(super) fn me(simulator: &Simulator, call: &Call) -> Result<Value, NotionError> {
    Ok(simulator.read().user(call.author)?.answer(call.version))
}
