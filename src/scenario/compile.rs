//! From the tables of a list to steps that can be sent, each with its forms.

use std::ops::Range;

use http::Method;

use super::answer::Answer;
use super::form::{Ask, Form, HttpAsk};
use super::inputs::{FUNCTIONS, VARIABLES};
use super::notion::notion_form;
use super::parts;
use super::sql::sql_form;
use super::step::Step;
use super::template::Scope;
use super::wire::{ExpectTable, StepTable};
use crate::diagnostic::{At, Complaints, Entries, OneOrMany, Tree};
use crate::driver::Driver;

/// Names that a capture cannot have, because templates know them already.
const TAKEN: [&str; 10] = [
    "data", "target", "loop", "self", "true", "false", "none", "not", "and", "or",
];

/// What the steps of one list have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    /// Its key in the file.
    pub(super) key: &'static str,
    /// Whether finding nothing to capture is right.
    pub(super) may_find_nothing: bool,
}

/// What the templates of each driver's forms may use: captures come from answers, and two drivers never
/// see each other's.
#[derive(Debug, Clone)]
pub(super) struct Scopes {
    pub(super) http: Scope,
    pub(super) notion: Scope,
    pub(super) sql: Scope,
}

impl Scopes {
    /// What the forms for a driver may use.
    pub(super) fn of(&mut self, driver: Driver) -> &mut Scope {
        match driver {
            Driver::Http => &mut self.http,
            Driver::Notion => &mut self.notion,
            Driver::Postgres => &mut self.sql,
        }
    }
}

/// A step with the places of its forms.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) step: Step,
    pub(super) http: Range<usize>,
    pub(super) notion: Range<usize>,
    pub(super) sql: Range<usize>,
}

impl Placed {
    /// The form for a driver, with its place.
    pub(super) fn form(&self, driver: Driver) -> Option<At<&Form>> {
        let span = match driver {
            Driver::Http => self.http.clone(),
            Driver::Notion => self.notion.clone(),
            Driver::Postgres => self.sql.clone(),
        };
        let value = self.step.form(driver)?;
        Some(At { value, span })
    }
}

/// Compiles the steps of a list; each may use what those before it capture.
pub(super) fn steps(
    tables: Vec<At<StepTable>>,
    list: List,
    scopes: &mut Scopes,
    complaints: &Complaints,
) -> Vec<Placed> {
    let mut names: Vec<String> = Vec::new();
    let mut captures: [Vec<String>; 3] = Default::default();
    let mut steps = Vec::new();
    for At { mut value, span } in tables {
        if let Some(name) = &value.name {
            if names.contains(&name.value) {
                complaints.add(
                    &name.span,
                    format!(
                        "`{}` has two steps that are called `{}`",
                        list.key, name.value
                    ),
                    "give each step of a list its own name",
                );
            }
            names.push(name.value.clone());
        }
        let name = value
            .name
            .take()
            .and_then(|name| not_empty(name, complaints));
        let (notion, sql) = (value.notion.take(), value.sql.take());
        let own_place = |place: Option<&Range<usize>>| place.unwrap_or(&span).clone();
        let notion_place = own_place(notion.as_ref().map(|form| &form.span));
        let sql_place = own_place(sql.as_ref().map(|form| &form.span));
        let captured = [
            value.capture.as_ref(),
            notion.as_ref().and_then(|form| form.value.capture.as_ref()),
            sql.as_ref().and_then(|form| form.value.capture.as_ref()),
        ];
        let mut before = captures.iter_mut();
        let captured = captured.map(|own| match before.next() {
            Some(before) => capture_names(own, before, complaints),
            None => Vec::new(),
        });
        let http = http_form(value, name.as_deref(), list, &scopes.http, complaints);
        let notion = notion
            .and_then(|form| notion_form(form, name.as_deref(), list, &scopes.notion, complaints));
        let sql =
            sql.and_then(|form| sql_form(form, name.as_deref(), list, &scopes.sql, complaints));
        // Also those of a step that is wrong, so that no later step is called wrong for it.
        for (driver, names) in Driver::ALL.into_iter().zip(captured) {
            for name in names {
                scopes.of(driver).sample.capture(name, "x".into());
            }
        }
        // A form that is there and wrong has been complained about.
        if let (Some(name), Some(http)) = (name, http) {
            steps.push(Placed {
                step: Step {
                    name,
                    http,
                    notion,
                    sql,
                },
                http: span,
                notion: notion_place,
                sql: sql_place,
            });
        }
    }
    steps
}

/// Checks the names of a step's captures and gives them back.
fn capture_names(
    captures: Option<&At<Entries<OneOrMany<String>>>>,
    before: &mut Vec<String>,
    complaints: &Complaints,
) -> Vec<String> {
    let mut names = Vec::new();
    for (name, _) in captures.iter().flat_map(|entries| &entries.value.0) {
        let text = name.value.as_str();
        let taken = TAKEN.contains(&text) || VARIABLES.contains(&text) || FUNCTIONS.contains(&text);
        if !is_identifier(text) {
            complaints.add(
                &name.span,
                format!("`{text}` cannot be the name of a capture"),
                "use small letters, digits and `_`, and begin with a letter: `task_id`",
            );
        } else if taken {
            complaints.add(
                &name.span,
                format!("`{text}` means something else in templates already"),
                "give the capture another name",
            );
        } else if before.contains(&name.value) {
            complaints.add(
                &name.span,
                format!("`{text}` is captured twice, and the first value would be forgotten"),
                "give the second capture another name",
            );
        }
        before.push(name.value.clone());
        names.push(name.value.clone());
    }
    names
}

/// Whether a template can use the name.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A form as it stands in a file, whichever driver it is for.
pub(super) struct Wire {
    pub(super) driver: Driver,
    pub(super) cost: u32,
    pub(super) method: Option<At<String>>,
    pub(super) path: Option<At<String>>,
    pub(super) headers: Option<At<Entries<String>>>,
    pub(super) body: Option<At<Tree>>,
    pub(super) safe: Option<At<bool>>,
    pub(super) expect: Option<At<ExpectTable>>,
    pub(super) capture: Option<At<Entries<OneOrMany<String>>>>,
}

fn http_form(
    table: StepTable,
    name: Option<&str>,
    list: List,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<Form> {
    let cost = table.cost.map(|cost| cost.value);
    let wire = Wire {
        driver: Driver::Http,
        cost: cost.unwrap_or_default(),
        method: table.method,
        path: table.path,
        headers: table.headers,
        body: table.body,
        safe: table.safe,
        expect: table.expect,
        capture: table.capture,
    };
    form(wire, name, list, scope, complaints).filter(|_| cost.is_some())
}

pub(super) fn form(
    wire: Wire,
    name: Option<&str>,
    list: List,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<Form> {
    // Every part is compiled before the first `?`, so that each tells its own mistakes.
    let method = wire
        .method
        .and_then(|text| parts::method(&text, complaints));
    let path = wire
        .path
        .and_then(|text| parts::path(&text, scope, complaints));
    let headers = parts::headers(wire.headers, scope, complaints);
    let body = match wire.body {
        None => Some(None),
        Some(body) => parts::body(body, scope, complaints).map(Some),
    };
    let scope = scope.for_answers();
    let captures = parts::captures(wire.capture, &scope, complaints);
    let expect = wire
        .expect
        .and_then(|expect| parts::expected(expect.value, &scope, complaints));
    let (method, (statuses, checks)) = (method?, expect?);
    let safe = safe(wire.safe, &method, complaints)?;
    Some(Form {
        driver: wire.driver,
        safe,
        idempotent: safe || method.is_idempotent(),
        cursors: false,
        cost: wire.cost,
        step: name?.to_owned(),
        list: list.key,
        ask: Ask::Http(HttpAsk {
            path: path?,
            headers: headers?,
            body: body?,
            method,
        }),
        answer: Answer {
            statuses,
            checks,
            captures: captures?,
            may_find_nothing: list.may_find_nothing,
        },
    })
}

/// Whether a step changes nothing. A read may come by POST; PUT, PATCH and DELETE have no such use, and
/// calling one safe would take it past the journal and the leave to write.
fn safe(said: Option<At<bool>>, method: &Method, complaints: &Complaints) -> Option<bool> {
    match said {
        Some(said) if said.value && !method.is_safe() && *method != Method::POST => {
            complaints.add(
                &said.span,
                format!("a {method} is never safe"),
                "leave `safe` out; only a read by POST may say `safe = true`",
            );
            None
        }
        Some(said) => Some(said.value),
        None => Some(method.is_safe()),
    }
}

fn not_empty(text: At<String>, complaints: &Complaints) -> Option<String> {
    if text.value.trim().is_empty() {
        complaints.add(&text.span, "this is empty", "write at least a word");
        return None;
    }
    Some(text.value)
}
