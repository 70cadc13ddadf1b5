//! The form of a step for a PostgreSQL, and the mistakes that only it can have.
//!
//! A statement is sent as it stands in the file, and what is filled in goes along as parameters: so no
//! value can change what a statement does. Whether it reads is said in the file and held to here by its
//! first word, as a help to who writes it; what makes sure of it is the server, which is told that the
//! transaction is read-only.

mod statement;

use std::ops::Range;

use minijinja::Value;

use super::answer::Answer;
use super::compile::List;
use super::form::{Ask, Form};
use super::json::JsonTemplate;
use super::parts;
use super::template::Scope;
use super::wire::SqlTable;
use crate::diagnostic::{At, Complaints, Tree};
use crate::driver::Driver;
use statement::Outline;

/// The status of every answer of a statement that was carried out.
const DONE: u16 = 200;
/// What a statement that reads begins with.
const READS: [&str; 4] = ["SELECT", "WITH", "VALUES", "TABLE"];
/// What a statement that writes begins with.
const WRITES: [&str; 5] = ["INSERT", "UPDATE", "DELETE", "MERGE", "WITH"];

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum SqlValue {
    /// Sent as `boolean`.
    Bool(bool),
    /// Sent as `bigint`.
    Integer(i64),
    /// Sent as `double precision`.
    Float(f64),
    /// Sent as `text`.
    Text(String),
}

/// A statement with the templates of its parameters, as many as it has `$n`.
#[derive(Debug, Clone)]
pub(super) struct SqlAsk {
    statement: String,
    params: Vec<JsonTemplate>,
}

impl SqlAsk {
    pub(super) fn statement(&self) -> &str {
        &self.statement
    }

    /// The first line that says something.
    pub(super) fn first_line(&self) -> &str {
        let mut lines = self.statement.lines().map(str::trim);
        lines.find(|line| !line.is_empty()).unwrap_or_default()
    }

    /// The variables, functions and captures that it uses.
    pub(super) fn uses(&self) -> impl Iterator<Item = &str> {
        self.params.iter().flat_map(JsonTemplate::uses)
    }

    /// The values of the parameters; the error says why one of them is none.
    pub(super) fn render(&self, context: &Value) -> Result<Vec<SqlValue>, String> {
        self.params
            .iter()
            .map(|param| value(param.render(context)?))
            .collect()
    }
}

fn value(json: serde_json::Value) -> Result<SqlValue, String> {
    use serde_json::Value as Json;
    match json {
        Json::Bool(value) => Ok(SqlValue::Bool(value)),
        Json::String(text) if text.contains('\0') => {
            Err("PostgreSQL takes no text with a zero character".to_owned())
        }
        Json::String(text) => Ok(SqlValue::Text(text)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Ok(SqlValue::Integer(whole)),
            (None, Some(float)) => Ok(SqlValue::Float(float)),
            (None, None) => Err(format!("{number} is no number of PostgreSQL's")),
        },
        Json::Null | Json::Array(_) | Json::Object(_) => {
            Err("a parameter is one text, number, `true` or `false`".to_owned())
        }
    }
}

/// The form of a table; `None` after a complaint.
pub(super) fn sql_form(
    table: At<SqlTable>,
    name: Option<&str>,
    list: List,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<Form> {
    let At { value: table, span } = table;
    let params_place = table.params.as_ref().map_or(span, |list| list.span.clone());
    let params = params(table.params, scope, complaints);
    let given = params.as_ref().map(|params| (params.len(), params_place));
    let safe = table.safe.as_ref().is_none_or(|safe| safe.value);
    let statement = table
        .statement
        .and_then(|text| checked(text, given, safe, complaints));
    let answers = scope.for_answers();
    let captures = parts::captures(table.capture, &answers, complaints);
    let checks = table
        .expect
        .and_then(|expect| parts::checks(expect.value.json, &answers, complaints));
    let statement = statement?;
    let deletes = Outline::of(&statement).first_word() == "DELETE";
    Some(Form {
        driver: Driver::Postgres,
        cost: 0,
        safe,
        idempotent: safe || table.idempotent.map_or(deletes, |said| said.value),
        cursors: false,
        step: name?.to_owned(),
        list: list.key,
        ask: Ask::Sql(SqlAsk {
            statement,
            params: params?,
        }),
        answer: Answer {
            statuses: vec![DONE],
            checks: checks?,
            captures: captures?,
            may_find_nothing: list.may_find_nothing,
        },
    })
}

fn params(
    list: Option<At<Vec<At<Tree>>>>,
    scope: &Scope,
    complaints: &Complaints,
) -> Option<Vec<JsonTemplate>> {
    let list = list.map(|list| list.value).unwrap_or_default();
    let compile = |param: At<Tree>| {
        if matches!(param.value, Tree::List(_) | Tree::Table(_)) {
            complaints.add(
                &param.span,
                "a parameter is one text, number, `true` or `false`",
                "write a list as PostgreSQL's text for one, and cast it: `\"{a,b}\"` and `$1::text[]`",
            );
            return None;
        }
        JsonTemplate::compile(param, scope, complaints)
    };
    // Each before the first `?`, so that every mistake is found.
    let compiled: Vec<_> = list.into_iter().map(compile).collect();
    compiled.into_iter().collect()
}

/// The statement, when it is one, does what the form says, and has the parameters that are given.
fn checked(
    text: At<String>,
    given: Option<(usize, Range<usize>)>,
    safe: bool,
    complaints: &Complaints,
) -> Option<String> {
    let outline = Outline::of(&text.value);
    let mut right = true;
    let mut wrong = |place: &Range<usize>, message: String, help: String| {
        complaints.add(place, message, help);
        right = false;
    };
    if let Some(at) = text.value.find("{{").or_else(|| text.value.find("{%")) {
        wrong(
            &complaints.inside(&text, at..at + 2),
            "nothing is filled into a statement: a value could change what it does".to_owned(),
            "write `$1`, and put the template into `params`".to_owned(),
        );
    }
    if let Some(at) = outline.second_statement() {
        wrong(
            &complaints.inside(&text, at..at + 1),
            "a step is one statement, and here another begins".to_owned(),
            "give it a step of its own, or join the two by `WITH`".to_owned(),
        );
    }
    if let Some(what) = outline.unfinished() {
        wrong(
            &text.span,
            format!("{what} begins in this statement and does not end"),
            "end it".to_owned(),
        );
    }
    let word = outline.first_word();
    let (allowed, help): (&[&str], &str) = match safe {
        true => (
            &READS,
            "write `safe = false` if this step changes something",
        ),
        false => (&WRITES, "leave `safe` out if this step only reads"),
    };
    if !allowed.contains(&word) {
        let does = if safe { "reads" } else { "writes" };
        wrong(
            &text.span,
            format!("a statement that {does} begins with {}", one_of(allowed)),
            help.to_owned(),
        );
    }
    if let Some((count, place)) = given {
        for (message, help) in outline.misfits(count) {
            wrong(&place, message, help);
        }
    }
    right.then_some(text.value)
}

fn one_of(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
