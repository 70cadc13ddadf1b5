//! The parts of a form: method, path, headers, body, captures and the expected answer, each from what
//! stands in the file to what is sent or examined, and each with its own mistakes.

use http::{HeaderName, HeaderValue, Method};

use super::answer::{BodyCheck, Capture, Condition};
use super::form::Body;
use super::json::{JsonTemplate, PathTemplate};
use super::route;
use super::template::{Place, Scope, Template};
use super::wire::{CheckTable, ExpectTable};
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

pub(super) fn method(text: &At<String>, complaints: &Complaints) -> Option<Method> {
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

pub(super) fn path(text: &At<String>, scope: &Scope, complaints: &Complaints) -> Option<Template> {
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

pub(super) fn headers(
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

pub(super) fn body(body: At<Tree>, scope: &Scope, complaints: &Complaints) -> Option<Body> {
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

pub(super) fn captures(
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

pub(super) fn expected(
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
    let checks = checks(table.json, scope, complaints);
    Some((statuses?, checks?))
}

/// What must hold of the body.
pub(super) fn checks(
    json: Option<At<Vec<At<CheckTable>>>>,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<Vec<BodyCheck>> {
    let checks = json.map(|json| json.value).unwrap_or_default();
    let checks: Vec<_> = checks
        .into_iter()
        .map(|check| body_check(check, scope, complaints))
        .collect();
    checks.into_iter().collect()
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
