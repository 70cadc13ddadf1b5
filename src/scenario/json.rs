//! Templates inside JSON bodies and JSONPaths.

use minijinja::Value;
use serde_json_path::JsonPath;

use super::template::{Place, Scope, Template};
use crate::diagnostic::{At, Complaints, Entries, Tree};

/// The most brackets and negations that a JSONPath may have.
const DEEPEST: usize = 64;

/// A JSONPath, parsed when it is loaded, or for each answer when there is something to fill in.
#[derive(Debug, Clone)]
pub(super) enum PathTemplate {
    Fixed(String, JsonPath),
    Filled(Template),
}

impl PathTemplate {
    pub(super) fn compile(
        text: &At<String>,
        scope: &Scope,
        complaints: &Complaints,
    ) -> Option<Self> {
        let template = Template::compile(text, Place::JsonPath, scope, complaints)?;
        // When stand-ins do not fit, the values may; then the answer's examination tells.
        let rendered = template.render(&scope.context()).ok();
        let parsed = match rendered.as_deref().map(parse) {
            Some(Err((at, reason))) => {
                let part = match template.is_fixed() {
                    true => at..at + 1,
                    false => 0..text.value.len(),
                };
                let span = complaints.inside(text, part);
                let help = "write a JSONPath (RFC 9535) like `$.tasks[*].id`";
                complaints.add(&span, reason, help);
                return None;
            }
            Some(Ok(path)) => Some(path),
            None => None,
        };
        Some(match (template.is_fixed(), parsed) {
            (true, Some(path)) => Self::Fixed(text.value.clone(), path),
            (_, _) => Self::Filled(template),
        })
    }

    /// The values that the path yields in `body`; the error says why it yields nothing.
    pub(super) fn query<'b>(
        &self,
        body: &'b serde_json::Value,
        context: &Value,
    ) -> Result<Vec<&'b serde_json::Value>, String> {
        match self {
            Self::Fixed(_, path) => Ok(path.query(body).all()),
            Self::Filled(template) => {
                let rendered = template.render(context)?;
                let path = parse(&rendered).map_err(|(_, reason)| reason)?;
                Ok(path.query(body).all())
            }
        }
    }

    pub(super) fn source(&self) -> &str {
        match self {
            Self::Fixed(source, _) => source,
            Self::Filled(template) => template.source(),
        }
    }

    pub(super) fn uses(&self) -> impl Iterator<Item = &str> {
        let template = match self {
            Self::Fixed(..) => None,
            Self::Filled(template) => Some(template),
        };
        template.into_iter().flat_map(Template::uses)
    }
}

/// Parses a JSONPath; the error is the place and the reason.
fn parse(path: &str) -> Result<JsonPath, (usize, String)> {
    // The parser recurses into each of these, and would run out of stack.
    let deep = path.match_indices(['(', '[', '!']).nth(DEEPEST);
    if let Some((at, _)) = deep {
        let reason = "this JSONPath nests too deeply".to_owned();
        return Err((at, reason));
    }
    JsonPath::parse(path).map_err(|error| {
        let wrong = "this is not a valid JSONPath";
        let reason = match error.message() {
            "parser error" => wrong.to_owned(),
            reason => format!("{wrong}: {reason}"),
        };
        (error.position().min(path.len().saturating_sub(1)), reason)
    })
}

/// A JSON value with templates in its strings; keys stay as they are written.
#[derive(Debug, Clone)]
pub(super) enum JsonTemplate {
    Plain(serde_json::Value),
    Text(Template),
    List(Vec<JsonTemplate>),
    Table(Vec<(String, JsonTemplate)>),
}

impl JsonTemplate {
    pub(super) fn compile(tree: At<Tree>, scope: &Scope, complaints: &Complaints) -> Option<Self> {
        let At { value, span } = tree;
        // Compiled one by one before they are collected, so that every mistake is found.
        Some(match value {
            Tree::Plain(value) => Self::Plain(value),
            Tree::Text(value) => {
                let text = At { value, span };
                Self::Text(Template::compile(&text, Place::Text, scope, complaints)?)
            }
            Tree::List(items) => {
                let items: Vec<_> = items
                    .into_iter()
                    .map(|item| Self::compile(item, scope, complaints))
                    .collect();
                Self::List(items.into_iter().collect::<Option<_>>()?)
            }
            Tree::Table(Entries(entries)) => {
                let entries: Vec<_> = entries
                    .into_iter()
                    .map(|(key, item)| Some((key.value, Self::compile(item, scope, complaints)?)))
                    .collect();
                Self::Table(entries.into_iter().collect::<Option<_>>()?)
            }
        })
    }

    pub(super) fn render(&self, context: &Value) -> Result<serde_json::Value, String> {
        Ok(match self {
            Self::Plain(value) => value.clone(),
            Self::Text(template) => serde_json::Value::String(template.render(context)?),
            Self::List(items) => items
                .iter()
                .map(|item| item.render(context))
                .collect::<Result<_, _>>()?,
            Self::Table(entries) => entries
                .iter()
                .map(|(key, item)| Ok((key.clone(), item.render(context)?)))
                .collect::<Result<_, String>>()?,
        })
    }

    pub(super) fn uses(&self) -> Vec<&str> {
        match self {
            Self::Plain(_) => Vec::new(),
            Self::Text(template) => template.uses().collect(),
            Self::List(items) => items.iter().flat_map(Self::uses).collect(),
            Self::Table(entries) => entries.iter().flat_map(|(_, item)| item.uses()).collect(),
        }
    }
}
