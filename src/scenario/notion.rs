//! The form of a step for Notion's own API, and the mistakes that only it can have.

use std::ops::Range;

use http::Method;

use super::compile::{List, Wire, form};
use super::form::{Body, Form, HttpAsk};
use super::template::Scope;
use super::wire::NotionTable;
use crate::diagnostic::{At, Complaints, Entries};
use crate::driver::Driver;

/// What the paths of Notion's API begin with.
const API: &str = "/v1/";
/// Headers that the driver sends by itself.
const OF_THE_DRIVER: [&str; 2] = ["authorization", "notion-version"];

/// The form of a table; `None` after a complaint.
pub(super) fn notion_form(
    table: At<NotionTable>,
    name: Option<&str>,
    list: List,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<Form> {
    let At { value: table, span } = table;
    let path_is_right = table
        .path
        .as_ref()
        .is_none_or(|path| leads_to_the_api(path, complaints));
    let headers_are_right = headers_are_free(table.headers.as_ref(), complaints);
    let (cursors, idempotent) = (table.cursors, table.idempotent);
    let wire = Wire {
        driver: Driver::Notion,
        cost: 1,
        method: table.method,
        path: table.path,
        headers: table.headers,
        body: table.body,
        safe: table.safe,
        expect: table.expect,
        capture: table.capture,
    };
    let mut form = form(wire, name, list, scope, complaints)?;
    form.cursors = cursors.as_ref().is_some_and(|cursors| cursors.value);
    let ask = form.http()?;
    let text_is_right = is_json(ask, &span, complaints);
    let cursors_are_right = can_follow((ask, form.safe), cursors.as_ref(), complaints);
    let idempotent = repeatable((ask, &form), idempotent, complaints)?;
    form.idempotent = idempotent;
    (path_is_right && headers_are_right && text_is_right && cursors_are_right).then_some(form)
}

fn leads_to_the_api(path: &At<String>, complaints: &Complaints) -> bool {
    let right = path.value.starts_with(API);
    if !right {
        complaints.add(
            &path.span,
            "this is not a path of Notion's API",
            "begin it with `/v1/`, like `/v1/pages`; `base_url` has no `/v1`",
        );
    }
    right
}

fn headers_are_free(headers: Option<&At<Entries<String>>>, complaints: &Complaints) -> bool {
    let mut right = true;
    for (name, _) in headers.iter().flat_map(|headers| &headers.value.0) {
        if OF_THE_DRIVER.contains(&name.value.to_ascii_lowercase().as_str()) {
            complaints.add(
                &name.span,
                format!("the driver sends `{}` by itself", name.value),
                "remove it; `token` and `version` stand in the configuration",
            );
            right = false;
        }
    }
    right
}

fn is_json(ask: &HttpAsk, span: &Range<usize>, complaints: &Complaints) -> bool {
    let text = matches!(ask.body, Some(Body::Text(_)));
    if text {
        complaints.add(
            span,
            "Notion reads JSON, and this body is a text",
            "write the body as a table: `body = { page_size = 100 }`",
        );
    }
    !text
}

/// A cursor goes into the body of a POST or the query of a GET, and belongs to a list that is only read.
fn can_follow(
    (ask, safe): (&HttpAsk, bool),
    cursors: Option<&At<bool>>,
    complaints: &Complaints,
) -> bool {
    let Some(said) = cursors.filter(|cursors| cursors.value) else {
        return true;
    };
    if !safe {
        complaints.add(
            &said.span,
            "only the answer of a read has cursors, and this step may change something",
            "remove `cursors`, or add `safe = true` to a query by POST",
        );
        return false;
    }
    let known = ask.method == Method::GET || ask.method == Method::POST;
    if !known {
        complaints.add(
            &said.span,
            format!("the answer of a {} has no cursors", ask.method),
            "remove `cursors`; it is for lists that are read by GET or POST",
        );
    }
    known
}

/// Whether the form may be sent twice. A POST that changes something makes another object each time.
fn repeatable(
    (ask, form): (&HttpAsk, &Form),
    said: Option<At<bool>>,
    complaints: &Complaints,
) -> Option<bool> {
    match said {
        Some(said) if said.value && ask.method == Method::POST && !form.safe => {
            complaints.add(
                &said.span,
                "a POST that changes something makes another object each time",
                "remove `idempotent`, or write `safe = true` if it only reads",
            );
            None
        }
        Some(said) => Some(said.value),
        None => Some(form.idempotent),
    }
}
