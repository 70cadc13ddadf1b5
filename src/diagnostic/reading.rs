//! Reading a TOML tree with the place of every value, without stopping at a mistake.
//!
//! A type that can stand in a file implements [`FromToml`]; a table is read through a [`Section`],
//! which asks for its keys one by one and in the end complains about those that nobody asked for.
//! A mistake costs the value that it concerns and nothing else.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use toml::de::{DeTable, DeValue};

use super::{Complaints, nearest, suggest};
use crate::units::{Rate, Ratio, Span, parse_duration};

/// A value and its place in the file, in bytes.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Range<usize>,
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A TOML value as it is being read.
#[derive(Clone)]
pub struct Node<'a> {
    value: &'a DeValue<'a>,
    span: Range<usize>,
    complaints: &'a Complaints,
}

impl<'a> Node<'a> {
    /// The place of the value.
    #[must_use]
    pub fn span(&self) -> &Range<usize> {
        &self.span
    }

    /// The value itself.
    #[must_use]
    pub fn value(&self) -> &'a DeValue<'a> {
        self.value
    }

    /// Says that something else was expected here.
    pub fn expected(&self, what: &str) {
        let found = self.value.type_str();
        self.complaints.add(
            &self.span,
            format!("expected {what}, found {found}"),
            format!("write {what}"),
        );
    }

    /// Says what is wrong with the value.
    pub fn wrong(&self, message: impl Into<String>, help: impl Into<String>) {
        self.complaints.add(&self.span, message, help);
    }

    /// The value as a table; `name` is what people call it: "a step".
    #[must_use]
    pub fn section(&self, name: &'static str) -> Option<Section<'a>> {
        let Some(table) = self.value.as_table() else {
            self.expected(&format!("{name} (a table)"));
            return None;
        };
        Some(Section::new(
            name,
            table,
            self.span.clone(),
            self.complaints,
        ))
    }

    pub(super) fn read<T: FromToml>(self) -> Option<At<T>> {
        let span = self.span.clone();
        T::from_toml(self).map(|value| At { value, span })
    }

    pub(super) fn inner(&self, value: &'a toml::Spanned<DeValue<'a>>) -> Self {
        Self {
            value: value.get_ref(),
            span: value.span(),
            complaints: self.complaints,
        }
    }
}

/// What can be read from a TOML value.
pub trait FromToml: Sized {
    /// The value, or `None` after a complaint.
    fn from_toml(node: Node<'_>) -> Option<Self>;
}

/// A table that is being read key by key.
pub struct Section<'a> {
    name: &'static str,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    complaints: &'a Complaints,
    asked: Vec<&'static str>,
    missing: Vec<(&'static str, &'static str)>,
    complained: usize,
}

impl<'a> Section<'a> {
    /// Begins to read a table; `name` is what people call it: "a step".
    #[must_use]
    pub fn new(
        name: &'static str,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        complaints: &'a Complaints,
    ) -> Self {
        Self {
            name,
            table,
            span,
            complaints,
            asked: Vec::new(),
            missing: Vec::new(),
            complained: complaints.count(),
        }
    }

    /// The place of the table: its header, or the whole of an inline table.
    #[must_use]
    pub fn span(&self) -> &Range<usize> {
        &self.span
    }

    /// The value of a key that may be absent.
    pub fn optional<T: FromToml>(&mut self, key: &'static str) -> Option<At<T>> {
        self.asked.push(key);
        let value = self.table.get(key)?;
        Node {
            value: value.get_ref(),
            span: value.span(),
            complaints: self.complaints,
        }
        .read()
    }

    /// The value of a key that must be there; `example` is the line to add when it is not.
    pub fn required<T: FromToml>(
        &mut self,
        key: &'static str,
        example: &'static str,
    ) -> Option<At<T>> {
        if !self.table.contains_key(key) {
            self.missing.push((key, example));
        }
        self.optional(key)
    }

    /// Ends the section: every key that nobody asked for is a mistake, and every required one that
    /// is not there, unless it is plain which unknown key was meant. Tells whether all was right.
    pub fn finish(mut self) -> bool {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let nearest = nearest(name, &self.asked);
            self.missing
                .retain(|(missing, _)| nearest != Some(*missing));
            self.complaints.add(
                &key.span(),
                format!("unknown key `{name}` in {}", self.name),
                suggest(name, self.asked.iter().copied()),
            );
        }
        for (key, example) in self.missing {
            let message = format!("{} lacks `{key}`", self.name);
            let help = format!("add {example}");
            self.complaints.add(&self.span, message, help);
        }
        self.complaints.count() == self.complained
    }
}

impl FromToml for String {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let text = node.value.as_str().map(str::to_owned);
        if text.is_none() {
            node.expected("a text in quotes");
        }
        text
    }
}

impl FromToml for bool {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let flag = node.value.as_bool();
        if flag.is_none() {
            node.expected("`true` or `false`");
        }
        flag
    }
}

pub(super) fn whole<T: TryFrom<i64>>(node: &Node<'_>, what: &str) -> Option<T> {
    let integer = node.value.as_integer();
    let number = integer
        .and_then(|integer| i64::from_str_radix(integer.as_str(), integer.radix()).ok())
        .and_then(|number| T::try_from(number).ok());
    match (integer, &number) {
        (Some(found), None) => {
            node.wrong(format!("`{found}` is not {what}"), format!("write {what}"));
        }
        (None, _) => node.expected(what),
        (Some(_), Some(_)) => {}
    }
    number
}

impl FromToml for u32 {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        whole(&node, "a whole number from 0 to 4294967295")
    }
}

impl FromToml for u64 {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        whole(&node, "a whole number from 0 to 9223372036854775807")
    }
}

impl FromToml for f64 {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let text = match node.value {
            DeValue::Float(float) => Some(float.as_str()),
            DeValue::Integer(integer) if integer.radix() == 10 => Some(integer.as_str()),
            _ => None,
        };
        let number = text.and_then(|text| text.parse().ok());
        if number.is_none() {
            node.expected("a number");
        }
        number
    }
}

/// Quantities are texts with a unit; their own errors say how to write them.
fn quantity<T>(
    node: Node<'_>,
    parse: impl FnOnce(&str) -> Result<T, crate::units::UnitError>,
) -> Option<T> {
    let Some(text) = node.value.as_str() else {
        node.expected("a quantity with its unit, in quotes");
        return None;
    };
    match parse(text) {
        Ok(value) => Some(value),
        Err(error) => {
            // "what is wrong; what to write instead" is how these errors are worded.
            let message = error.to_string();
            let (message, help) = message
                .split_once("; ")
                .unwrap_or((&message, "write more than zero"));
            node.wrong(message, help);
            None
        }
    }
}

impl FromToml for Span {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        quantity(node, str::parse)
    }
}

impl FromToml for Ratio {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        quantity(node, str::parse)
    }
}

impl FromToml for Rate {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        quantity(node, str::parse)
    }
}

impl FromToml for Duration {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        quantity(node, parse_duration)
    }
}

/// Reads a file's text, or complains about every mistake in its syntax.
///
/// `read` gets the outermost table and is called only when the syntax is right: what a parser makes
/// of broken text would only draw complaints that are not to the point.
pub fn read<T>(
    text: &str,
    complaints: &Complaints,
    read: impl FnOnce(&DeTable<'_>) -> T,
) -> Option<T> {
    let (tree, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(read(tree.get_ref()));
    }
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        complaints.add(
            &span,
            format!("not valid TOML: {}", error.message()),
            "put the syntax right; what is inside is checked after that",
        );
    }
    None
}
