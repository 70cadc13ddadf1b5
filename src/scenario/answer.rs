//! What is expected of an answer, and what is taken from it.

use serde_json::Value;

use super::inputs::Inputs;
use super::json::{JsonTemplate, PathTemplate};
use super::wire::CountRange;

/// The longest detail of a problem, in bytes.
const DETAIL: usize = 300;
/// The longest piece of a body inside a detail, in bytes.
const SNIPPET: usize = 120;

/// The expected answer of a step, and its captures.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) statuses: Vec<u16>,
    pub(super) checks: Vec<BodyCheck>,
    pub(super) captures: Vec<Capture>,
    /// Whether finding nothing to capture is right: a look-up after a killed run mostly does.
    pub(super) may_find_nothing: bool,
}

/// One thing that must hold of the JSON body.
#[derive(Debug, Clone)]
pub(super) struct BodyCheck {
    pub(super) path: PathTemplate,
    pub(super) condition: Condition,
}

/// What must hold of the values that a path yields.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Exists(bool),
    Count(CountRange),
    /// There is one, and all of them are this.
    Equals(JsonTemplate),
}

/// A value to take from the body.
#[derive(Debug, Clone)]
pub(super) struct Capture {
    pub(super) name: String,
    /// The first that yields a value is used.
    pub(super) paths: Vec<PathTemplate>,
}

/// The result of holding an answer against what is expected.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Examination {
    /// What is wrong; empty when the answer is as expected.
    pub problems: Vec<Problem>,
    /// The first value of each capture.
    pub captured: Vec<(String, Value)>,
    /// All values of each capture, in the order of the answer.
    pub found: Vec<(String, Vec<Value>)>,
}

impl Examination {
    /// Whether the answer is as expected.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.problems.is_empty()
    }

    /// The captures of each object that was found, for clean-up to run once per object.
    ///
    /// The n-th values of all captures belong to the n-th object. When the captures found different
    /// numbers of values, nobody can tell which belong together: the examination says so, and there
    /// is no object here.
    #[must_use]
    pub fn objects(&self) -> Vec<Vec<(String, Value)>> {
        let count = self.found.first().map_or(0, |(_, values)| values.len());
        if self.found.iter().any(|(_, values)| values.len() != count) {
            return Vec::new();
        }
        let object = |n: usize| {
            let value = |(name, values): &(String, Vec<Value>)| (name.clone(), values[n].clone());
            self.found.iter().map(value).collect()
        };
        (0..count).map(object).collect()
    }

    fn add(&mut self, kind: ProblemKind, detail: String) {
        let detail = cut(&detail, DETAIL);
        self.problems.push(Problem { kind, detail });
    }
}

/// One thing that is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it concerns.
    pub kind: ProblemKind,
    /// What was expected and what was seen, at most 300 bytes.
    pub detail: String,
}

/// What a problem concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The status.
    Status,
    /// The body.
    Body,
    /// A value that should be captured.
    Capture,
}

impl Answer {
    /// The variables and captures that the expectations and captures use.
    pub(super) fn uses(&self) -> impl Iterator<Item = &str> {
        let checks = self.checks.iter().flat_map(|check| {
            let expected = match &check.condition {
                Condition::Equals(expected) => expected.uses(),
                Condition::Exists(_) | Condition::Count(_) => Vec::new(),
            };
            check.path.uses().chain(expected)
        });
        let captures = self.captures.iter().flat_map(|capture| &capture.paths);
        checks.chain(captures.flat_map(PathTemplate::uses))
    }

    pub(super) fn examine(&self, status: u16, body: &[u8], inputs: &Inputs) -> Examination {
        let mut result = Examination::default();
        let right = self.statuses.contains(&status);
        if !right {
            let expected = self.statuses.iter().map(u16::to_string);
            let expected = expected.collect::<Vec<_>>().join(" or ");
            let seen = snippet(body);
            result.add(
                ProblemKind::Status,
                format!("expected status {expected}, got {status}; body: {seen}"),
            );
        }
        if self.checks.is_empty() && self.captures.is_empty() {
            return result;
        }
        let body: Value = match serde_json::from_slice(body) {
            Ok(body) => body,
            Err(error) => {
                if right {
                    let seen = snippet(body);
                    result.add(ProblemKind::Body, format!("not JSON ({error}): {seen}"));
                }
                return result;
            }
        };
        let context = inputs.context();
        if right {
            for check in &self.checks {
                if let Err(detail) = check.examine(&body, &context) {
                    result.add(ProblemKind::Body, detail);
                }
            }
        }
        self.take_captures(&body, &context, right, &mut result);
        result
    }

    fn take_captures(
        &self,
        body: &Value,
        context: &minijinja::Value,
        right: bool,
        result: &mut Examination,
    ) {
        for capture in &self.captures {
            let values = capture.values(body, context);
            if let Some(first) = values.first() {
                result.captured.push((capture.name.clone(), first.clone()));
            } else if right && !self.may_find_nothing {
                let paths = capture
                    .paths
                    .iter()
                    .map(|path| format!("`{}`", path.source()));
                let paths = paths.collect::<Vec<_>>().join(" nor ");
                let seen = snippet(body.to_string().as_bytes());
                let detail = format!("no `{}` at {paths} in {seen}", capture.name);
                result.add(ProblemKind::Capture, detail);
            }
            result.found.push((capture.name.clone(), values));
        }
        let counts = || result.found.iter().map(|(_, values)| values.len());
        if self.may_find_nothing && counts().min() != counts().max() {
            let detail = "the captures found different numbers of values, so it is not known which \
                          of them belong together";
            result.add(ProblemKind::Capture, detail.to_owned());
        }
    }
}

impl Capture {
    /// All values of the first path that yields one; `null` is no value.
    fn values(&self, body: &Value, context: &minijinja::Value) -> Vec<Value> {
        let values = |path: &PathTemplate| {
            let values = path.query(body, context).unwrap_or_default();
            let values = values.into_iter().filter(|value| !value.is_null()).cloned();
            Some(values.collect::<Vec<_>>()).filter(|values| !values.is_empty())
        };
        self.paths.iter().find_map(values).unwrap_or_default()
    }
}

impl BodyCheck {
    fn examine(&self, body: &Value, context: &minijinja::Value) -> Result<(), String> {
        let path = self.path.source();
        let values = self
            .path
            .query(body, context)
            .map_err(|reason| format!("`{path}` cannot be looked up: {reason}"))?;
        match &self.condition {
            Condition::Exists(true) if values.is_empty() => {
                let seen = snippet(body.to_string().as_bytes());
                Err(format!("`{path}` is missing in {seen}"))
            }
            Condition::Exists(false) if !values.is_empty() => {
                let seen = snippet(values[0].to_string().as_bytes());
                Err(format!("`{path}` should not be there, but is {seen}"))
            }
            Condition::Exists(_) => Ok(()),
            Condition::Count(range) if range.contains(values.len()) => Ok(()),
            Condition::Count(range) => {
                let count = values.len();
                Err(format!("`{path}` yields {count} values, expected {range}"))
            }
            Condition::Equals(expected) => {
                let expected = expected
                    .render(context)
                    .map_err(|reason| format!("what `{path}` should be is unknown: {reason}"))?;
                let other = match values.as_slice() {
                    [] => Some("nothing".to_owned()),
                    values => values
                        .iter()
                        .find(|value| !same(value, &expected))
                        .map(|value| snippet(value.to_string().as_bytes())),
                };
                let expected = snippet(expected.to_string().as_bytes());
                other.map_or(Ok(()), |seen| {
                    Err(format!("`{path}` should be {expected}, but is {seen}"))
                })
            }
        }
    }
}

/// Equality of JSON values, with 1 and 1.0 the same number.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) => a == b || (x.total_cmp(&y).is_eq() && (a.is_f64() || b.is_f64())),
        _ => a == b,
    }
}

/// The beginning of a body on one line.
fn snippet(body: &[u8]) -> String {
    // A cut inside a character shows as a replacement character and does no harm.
    let start = &body[..body.len().min(SNIPPET * 2)];
    let text = String::from_utf8_lossy(start).replace(char::is_control, " ");
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    cut(text.trim(), SNIPPET)
}

/// At most `most` bytes of a text, cut between characters, with `...` where it was cut.
fn cut(text: &str, most: usize) -> String {
    const ELLIPSIS: &str = "...";
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most - ELLIPSIS.len());
    format!("{}{ELLIPSIS}", &text[..end])
}
