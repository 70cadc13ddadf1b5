//! Answers against the table of shapes.
//!
//! Why: a client passes over a field that it does not know and over one that it does not use, so a suite
//! of calls that work proves little about what an answer looks like. Here every answer that was received
//! is walked from its root: a field that the table does not have, a field that is missing, and a value of
//! another type are each told with the path to it.
//!
//! `shapes.toml` is read into [`Table`]s of [`Shape`]s (grammar), and [`Walk`] goes through an answer (judge).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::grammar::{Expression, Field, Shape, Table, Term};
use crate::plain;

/// What was found in answers so far.
#[derive(Debug, Default, Clone)]
pub struct Found {
    /// What is wrong, with the path to it.
    pub problems: Vec<String>,
    /// The shapes that were met, those with kinds as `block.paragraph`.
    pub shapes: BTreeSet<String>,
    /// How many fields were looked at.
    pub fields: usize,
}

/// One answer of the simulator, as a suite has written it down.
#[derive(Debug, serde::Deserialize)]
pub struct Answer {
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub version: String,
    pub status: u16,
    pub body: String,
}

impl Table {
    /// Looks at an answer, from the root on.
    pub fn judge(&self, answer: &Answer, found: &mut Found) {
        let mut one = Found::default();
        match serde_json::from_str::<Value>(&answer.body) {
            Ok(body) if answer.status < 300 => self.success(answer, body, &mut one),
            Ok(body) => self.refusal(answer, &body, &mut one),
            // Proxies before Notion answer without JSON; Notion itself never does.
            Err(_) if answer.status == 502 => {}
            Err(error) => one.problems.push(format!("no JSON: {error}")),
        }
        let Answer {
            method,
            path,
            status,
            ..
        } = answer;
        found.problems.extend(
            one.problems
                .into_iter()
                .map(|problem| format!("{method} {path} ({status}): {problem}")),
        );
        found.shapes.extend(one.shapes);
        found.fields += one.fields;
    }

    fn success(&self, answer: &Answer, mut body: Value, found: &mut Found) {
        let id = body
            .as_object_mut()
            .and_then(|object| object.shift_remove("request_id"));
        if !id.as_ref().is_some_and(plain::is_uuid) {
            found
                .problems
                .push(format!("`request_id` should be a UUID, instead was {id:?}"));
        }
        let Some(expected) = self.answer(&answer.method, &answer.path) else {
            found
                .problems
                .push("the table has no answer for this".to_owned());
            return;
        };
        Walk {
            table: self,
            version: &answer.version,
        }
        .value(&body, expected, "answer", found);
        let more = (body.get("has_more"), body.get("next_cursor"));
        if let (Some(has_more), Some(cursor)) = more
            && *has_more == Value::Bool(cursor.is_null())
        {
            found.problems.push(format!(
                "`has_more` is {has_more}, and `next_cursor` is {cursor}"
            ));
        }
    }

    fn refusal(&self, answer: &Answer, body: &Value, found: &mut Found) {
        let walk = Walk {
            table: self,
            version: &answer.version,
        };
        walk.shape(body, "error", "error", found);
        if body["status"] != answer.status {
            found.problems.push(format!(
                "error.status should be the answer's, instead was {}",
                body["status"]
            ));
        }
        let code = body["code"].as_str().unwrap_or_default();
        let statuses = self.errors.get(code);
        if !statuses.is_some_and(|statuses| statuses.contains(&answer.status)) {
            found
                .problems
                .push(format!("error.code `{code}` does not go with this status"));
        }
    }
}

/// One way through an answer.
struct Walk<'t> {
    table: &'t Table,
    version: &'t str,
}

impl Walk<'_> {
    /// Of several possibilities, the one that comes nearest is told about.
    fn value(&self, value: &Value, expected: &Expression, path: &str, found: &mut Found) {
        if let [only] = expected.terms() {
            self.term(value, only, path, found);
            return;
        }
        let tried = expected.terms().iter().map(|term| {
            let mut one = Found::default();
            self.term(value, term, path, &mut one);
            one
        });
        let Some(nearest) = tried.min_by_key(|one| {
            let (problems, fields) = (one.problems.len(), one.fields);
            (problems > 0, fields == 0, problems, usize::MAX - fields)
        }) else {
            return;
        };
        if !nearest.problems.is_empty() && nearest.fields == 0 {
            found.problems.push(format!(
                "{path} should be {expected}, instead was {}",
                shortened(value)
            ));
            return;
        }
        found.problems.extend(nearest.problems);
        found.shapes.extend(nearest.shapes);
        found.fields += nearest.fields;
    }

    fn term(&self, value: &Value, term: &Term, path: &str, found: &mut Found) {
        let wrong = || format!("{path} should be {term}, instead was {}", shortened(value));
        match term {
            Term::Literal(text) if value == text => {}
            Term::Array(of) if value.is_array() => {
                for (index, element) in value.as_array().into_iter().flatten().enumerate() {
                    self.value(element, of, &format!("{path}[{index}]"), found);
                }
            }
            Term::Map(of) if value.is_object() => {
                for (name, element) in value.as_object().into_iter().flatten() {
                    self.value(element, of, &format!("{path}.{name}"), found);
                }
            }
            Term::Named(name) => match plain::check(name) {
                Some(is) if is(value) => {}
                None => self.shape(value, name, path, found),
                Some(_) => found.problems.push(wrong()),
            },
            Term::Literal(_) | Term::Array(_) | Term::Map(_) => found.problems.push(wrong()),
        }
    }

    fn shape(&self, value: &Value, name: &str, path: &str, found: &mut Found) {
        let (Some(shape), Some(object)) = (self.table.shapes.get(name), value.as_object()) else {
            found
                .problems
                .push(format!("{path} should be a {name}, instead was {value}"));
            return;
        };
        let mut allowed: BTreeMap<&str, &Field> = shape
            .fields
            .iter()
            .map(|(name, field)| (name.as_str(), field))
            .collect();
        if shape.has_kinds {
            let Some(kind) = self.kind(object, shape, name, path, found) else {
                return;
            };
            allowed.extend(kind);
        } else {
            found.shapes.insert(name.to_owned());
        }
        allowed.retain(|_, field| field.exists_in(self.version));
        for (field, said) in &allowed {
            if !object.contains_key(*field) && said.is_required_in(self.version) {
                found
                    .problems
                    .push(format!("{path} ({name}) misses `{field}`"));
            }
        }
        for (field, value) in object {
            let known = allowed.get(field.as_str());
            if let Some(said) = known {
                found.fields += 1;
                self.value(value, &said.expected, &format!("{path}.{field}"), found);
            } else if !(shape.has_kinds && field == "type") {
                found.problems.push(format!(
                    "{path} ({name}) has `{field}`, which the table does not have in {}",
                    self.version
                ));
            }
        }
    }

    /// The fields of the kind that an object says to be of.
    fn kind<'s>(
        &'s self,
        object: &Map<String, Value>,
        shape: &'s Shape,
        name: &str,
        path: &str,
        found: &mut Found,
    ) -> Option<impl Iterator<Item = (&'s str, &'s Field)> + use<'s>> {
        let kind = object
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut looked_at = Some(shape);
        while let Some(shape) = looked_at {
            if let Some(fields) = shape.kinds.get(kind) {
                let exists = fields
                    .values()
                    .all(|field| field.exists_in(self.version) || field.is_optional());
                if exists {
                    found.shapes.insert(format!("{name}.{kind}"));
                    return Some(fields.iter().map(|(name, field)| (name.as_str(), field)));
                }
            }
            let otherwise = shape.otherwise.as_ref();
            looked_at = otherwise.and_then(|name| self.table.shapes.get(name));
        }
        found.problems.push(format!(
            "{path} ({name}) is of the type `{kind}`, which the table does not have in {}",
            self.version
        ));
        None
    }
}

fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
#[path = "shapes_tests.rs"]
mod tests;
