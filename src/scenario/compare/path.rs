//! Places in an answer without the numbers: `$.tasks[*].dueDate` is that field of every task.
//!
//! A rule is about a field of all records, and a difference is told for all of them at once, so both
//! use these general paths, a small part of JSONPath (RFC 9535): names and `[*]`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A place in an answer, the same for every item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FieldPath {
    parts: Vec<Part>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The field of this name.
    Field(String),
    /// Every item of a list.
    Items,
}

/// Why a text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not a path: {reason}")]
pub struct PathError {
    text: String,
    reason: &'static str,
}

impl FieldPath {
    /// The whole answer, `$`.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Its parts, from the outermost.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The name of the field that it ends in, if it does.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self.parts.last() {
            Some(Part::Field(name)) => Some(name),
            _ => None,
        }
    }

    /// The path of this field in it.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        self.with(Part::Field(name.to_owned()))
    }

    /// The path of its items.
    #[must_use]
    pub fn items(&self) -> Self {
        self.with(Part::Items)
    }

    /// The path without its last part.
    #[must_use]
    pub fn parent(&self) -> Self {
        let outer = self.parts.split_last().map_or(&[][..], |(_, outer)| outer);
        Self {
            parts: outer.to_vec(),
        }
    }

    /// Whether it lies inside the other one, or is it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.parts.starts_with(&other.parts)
    }

    fn with(&self, part: Part) -> Self {
        let mut parts = self.parts.clone();
        parts.push(part);
        Self { parts }
    }
}

/// Whether a name may stand after a dot.
fn is_plain(name: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(inner)
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for part in &self.parts {
            match part {
                Part::Items => f.write_str("[*]")?,
                Part::Field(name) if is_plain(name) => write!(f, ".{name}")?,
                Part::Field(name) => {
                    let escaped = name.replace('\\', "\\\\").replace('\'', "\\'");
                    write!(f, "['{escaped}']")?;
                }
            }
        }
        Ok(())
    }
}

impl FromStr for FieldPath {
    type Err = PathError;

    /// Reads `$.tasks[*].dueDate` and `$['a name']`.
    fn from_str(text: &str) -> Result<Self, PathError> {
        let wrong = |reason| PathError {
            text: text.to_owned(),
            reason,
        };
        let mut rest = text
            .strip_prefix('$')
            .ok_or_else(|| wrong("it must begin with `$`"))?;
        let mut parts = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("[*]") {
                parts.push(Part::Items);
                rest = after;
            } else if let Some(after) = rest.strip_prefix("['") {
                let (name, after) =
                    quoted(after).ok_or_else(|| wrong("a quoted name must end in `']`"))?;
                parts.push(Part::Field(name));
                rest = after;
            } else if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, after) = after.split_at(end);
                if !is_plain(name) {
                    return Err(wrong(
                        "after a dot stands a name of letters, digits, `_` and `-`",
                    ));
                }
                parts.push(Part::Field(name.to_owned()));
                rest = after;
            } else if rest.starts_with('[') {
                return Err(wrong("a rule is about every item of a list: write `[*]`"));
            } else {
                return Err(wrong("after `$` come `.name`, `['name']` and `[*]`"));
            }
        }
        Ok(Self { parts })
    }
}

/// The name before `']` and what comes after.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => name.push(chars.next()?.1),
            '\'' => return Some((name, text[at..].strip_prefix("']")?)),
            c => name.push(c),
        }
    }
    None
}
