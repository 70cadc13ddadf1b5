//! From the form of a step to a step that can be sent.

use http::{HeaderName, HeaderValue, Method};

use super::answer::{Answer, BodyCheck, Capture, Condition};
use super::inputs::{FUNCTIONS, VARIABLES};
use super::json::{JsonTemplate, PathTemplate};
use super::route;
use super::step::{Body, Step};
use super::template::{Place, Scope, Template};
use super::wire::{CheckTable, ExpectTable, StepTable};
use crate::diagnostic::{At, Complaints, Entries, OneOrMany, Tree, suggest};

/// The methods that a step may use.
const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Names that a capture cannot have, because templates know them already.
const TAKEN: [&str; 9] = [
    "data", "loop", "self", "true", "false", "none", "not", "and", "or",
];

/// What the steps of one list have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    /// Its key in the file.
    pub(super) key: &'static str,
    /// Whether finding nothing to capture is right.
    pub(super) may_find_nothing: bool,
}

/// Compiles the steps of a list; each may use what those before it capture.
pub(super) fn steps(
    tables: Vec<At<StepTable>>,
    list: List,
    scope: &mut Scope,
    complaints: &Complaints,
) -> Vec<At<Step>> {
    let mut names: Vec<String> = Vec::new();
    let mut captures: Vec<String> = Vec::new();
    let mut steps = Vec::new();
    for At { value, span } in tables {
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
        let captured = capture_names(value.capture.as_ref(), &mut captures, complaints);
        if let Some(step) = step(value, list, scope, complaints) {
            steps.push(At { value: step, span });
        }
        // Also those of a step that is wrong, so that no later step is called wrong for it.
        for name in captured {
            scope.sample.capture(name, "x".into());
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

fn step(table: StepTable, list: List, scope: &Scope, complaints: &Complaints) -> Option<Step> {
    // Every part is compiled before the first `?`, so that each tells its own mistakes.
    let name = table.name.and_then(|name| not_empty(name, complaints));
    let method = table.method.and_then(|text| method(&text, complaints));
    let path = table.path.and_then(|text| path(&text, scope, complaints));
    let headers = headers(table.headers, scope, complaints);
    let body = match table.body {
        None => Some(None),
        Some(body) => compile_body(body, scope, complaints).map(Some),
    };
    let scope = scope.for_answers();
    let captures = captures(table.capture, &scope, complaints);
    let expect = table
        .expect
        .and_then(|expect| expected(expect.value, &scope, complaints));
    let (method, (statuses, checks)) = (method?, expect?);
    let safe = safe(table.safe, &method, complaints)?;
    Some(Step {
        name: name?,
        safe,
        method,
        cost: table.cost?.value,
        list: list.key,
        path: path?,
        headers: headers?,
        body: body?,
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

fn method(text: &At<String>, complaints: &Complaints) -> Option<Method> {
    let found = METHODS
        .into_iter()
        .find(|method| method.as_str() == text.value);
    if found.is_none() {
        let known = METHODS.iter().map(Method::as_str);
        complaints.add(
            &text.span,
            format!("`{}` is not a request method", text.value),
            suggest(&text.value.to_ascii_uppercase(), known),
        );
    }
    found
}

fn path(text: &At<String>, scope: &Scope, complaints: &Complaints) -> Option<Template> {
    let template = Template::compile(text, Place::Path, scope, complaints)?;
    // When a stand-in does not fit, the real value may: rendering checks the path again.
    let problem = match template.render(&scope.context()) {
        Ok(path) => route::problem(&path),
        Err(_) => None,
    };
    if let Some(problem) = problem {
        complaints.add(
            &text.span,
            format!("this is not a path: {problem}"),
            "write the path on the target with its query, like `/api/tasks?status=todo`",
        );
        return None;
    }
    Some(template)
}

fn headers(
    entries: Option<At<Entries<String>>>,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<Vec<(HeaderName, Template)>> {
    let entries = entries.map(|entries| entries.value.0).unwrap_or_default();
    let compile = |(name, value): (At<String>, At<String>)| {
        let header = HeaderName::from_bytes(name.value.as_bytes()).ok();
        if header.is_none() {
            complaints.add(
                &name.span,
                format!("`{}` cannot be the name of a header", name.value),
                "use letters, digits and `-`",
            );
        }
        let template = Template::compile(&value, Place::Text, scope, complaints)?;
        if HeaderValue::from_str(template.source()).is_err() {
            complaints.add(
                &value.span,
                "a header's value cannot have this character",
                "write it on one line, without control characters",
            );
            return None;
        }
        Some((header?, template))
    };
    let compiled: Vec<_> = entries.into_iter().map(compile).collect();
    compiled.into_iter().collect()
}

fn compile_body(body: At<Tree>, scope: &Scope, complaints: &Complaints) -> Option<Body> {
    match body.value {
        Tree::Text(value) => {
            let text = At {
                value,
                span: body.span,
            };
            Template::compile(&text, Place::Text, scope, complaints).map(Body::Text)
        }
        _ => JsonTemplate::compile(body, scope, complaints).map(Body::Json),
    }
}

fn captures(
    entries: Option<At<Entries<OneOrMany<String>>>>,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<Vec<Capture>> {
    let entries = entries.map(|entries| entries.value.0).unwrap_or_default();
    let compile = |(name, paths): (At<String>, At<OneOrMany<String>>)| {
        let span = paths.span.clone();
        let paths = paths.into_list();
        if paths.is_empty() {
            let message = format!("`{}` has no path to take it from", name.value);
            complaints.add(&span, message, "write a JSONPath like `\"$.id\"`");
        }
        let paths: Vec<_> = paths
            .iter()
            .map(|path| PathTemplate::compile(path, scope, complaints))
            .collect();
        Some(Capture {
            name: name.value,
            paths: paths.into_iter().collect::<Option<_>>()?,
        })
    };
    let compiled: Vec<_> = entries.into_iter().map(compile).collect();
    compiled.into_iter().collect()
}

fn expected(
    table: ExpectTable,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<(Vec<u16>, Vec<BodyCheck>)> {
    let statuses = table.status.and_then(|status| {
        let span = status.span.clone();
        let list = status.into_list();
        if list.is_empty() {
            complaints.add(&span, "no status would be right", "write `status = 200`");
            return None;
        }
        let statuses: Vec<_> = list
            .iter()
            .map(|code| status_code(code, complaints))
            .collect();
        statuses.into_iter().collect()
    });
    let checks = table.json.map(|json| json.value).unwrap_or_default();
    let checks: Vec<_> = checks
        .into_iter()
        .map(|check| body_check(check, scope, complaints))
        .collect();
    Some((statuses?, checks.into_iter().collect::<Option<_>>()?))
}

fn status_code(code: &At<u32>, complaints: &Complaints) -> Option<u16> {
    let status = u16::try_from(code.value)
        .ok()
        .filter(|status| (100..=599).contains(status));
    if status.is_none() {
        complaints.add(
            &code.span,
            format!("{} is not a status", code.value),
            "write one from 100 to 599",
        );
    }
    status
}

fn body_check(check: At<CheckTable>, scope: &Scope, complaints: &Complaints) -> Option<BodyCheck> {
    let At { value: check, span } = check;
    let path = check
        .path
        .and_then(|path| PathTemplate::compile(&path, scope, complaints));
    let equals = check
        .equals
        .map(|tree| JsonTemplate::compile(tree, scope, complaints).map(Condition::Equals));
    let conditions = [
        check
            .exists
            .map(|exists| Some(Condition::Exists(exists.value))),
        check.count.map(|count| Some(Condition::Count(count.value))),
        equals,
    ];
    let mut given = conditions.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(condition), None) => Some(BodyCheck {
            path: path?,
            condition: condition?,
        }),
        (None, _) => {
            complaints.add(
                &span,
                "this expects nothing of the path",
                "add `exists = true`, `count = \"1..\"` or `equals = ...`",
            );
            None
        }
        (Some(_), Some(_)) => {
            complaints.add(
                &span,
                "one expectation states one thing, this has several",
                "write an expectation of its own for each of `exists`, `count` and `equals`",
            );
            None
        }
    }
}
