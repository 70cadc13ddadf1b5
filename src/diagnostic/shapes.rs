//! The composed values of a file: lists, tables with free keys, one-or-many, and any value at all.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;
use toml::de::DeValue;

use super::reading::{At, FromToml, Node, whole};

impl<T: FromToml> FromToml for Vec<At<T>> {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let Some(array) = node.value().as_array() else {
            node.expected("a list");
            return None;
        };
        // An item that cannot be read has been complained about; the others are still looked at.
        Some(
            array
                .iter()
                .filter_map(|item| node.inner(item).read())
                .collect(),
        )
    }
}

/// The entries of a table whose keys the writer of the file chooses, in the order of the file.
#[derive(Debug, Clone)]
pub struct Entries<T>(pub Vec<(At<String>, At<T>)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: FromToml> FromToml for Entries<T> {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let Some(table) = node.value().as_table() else {
            node.expected("a table");
            return None;
        };
        let mut entries: Vec<_> = table
            .iter()
            .filter_map(|(key, value)| {
                let name = At {
                    value: key.get_ref().to_string(),
                    span: key.span(),
                };
                Some((name, node.inner(value).read()?))
            })
            .collect();
        entries.sort_by_key(|(name, _)| name.span.start);
        Some(Self(entries))
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Entries_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        <std::collections::BTreeMap<String, T>>::json_schema(generator)
    }
}

/// One value or a list of them.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged, inline)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// A list.
    Many(Vec<At<T>>),
}

impl<T: FromToml> FromToml for OneOrMany<T> {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        if node.value().is_array() {
            Vec::from_toml(node).map(Self::Many)
        } else {
            T::from_toml(node).map(Self::One)
        }
    }
}

impl<T> At<OneOrMany<T>> {
    /// The values with their places.
    #[must_use]
    pub fn into_list(self) -> Vec<At<T>> {
        match self.value {
            OneOrMany::One(value) => vec![At {
                value,
                span: self.span,
            }],
            OneOrMany::Many(list) => list,
        }
    }
}

/// Any TOML value, every part with its place. JSON has the same kinds but for dates, which become
/// texts, and the numbers that are not finite, which are refused.
#[derive(Debug, Clone)]
pub enum Tree {
    /// A text.
    Text(String),
    /// A number or a truth value.
    Plain(Value),
    /// A list.
    List(Vec<At<Tree>>),
    /// A table, in the order of the file.
    Table(Entries<Tree>),
}

impl FromToml for Tree {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        match node.value() {
            DeValue::String(text) => Some(Self::Text(text.to_string())),
            DeValue::Datetime(date) => Some(Self::Text(date.to_string())),
            DeValue::Boolean(flag) => Some(Self::Plain(Value::Bool(*flag))),
            DeValue::Integer(_) => whole::<i64>(&node, "a whole number of 64 bits")
                .map(|number| Self::Plain(Value::from(number))),
            DeValue::Float(_) => {
                let number = serde_json::Number::from_f64(f64::from_toml(node.clone())?);
                if number.is_none() {
                    node.wrong(
                        "JSON has no infinite number and no NaN",
                        "write a finite number",
                    );
                }
                number.map(|number| Self::Plain(Value::Number(number)))
            }
            DeValue::Array(_) => Vec::from_toml(node).map(Self::List),
            DeValue::Table(_) => Entries::from_toml(node).map(Self::Table),
        }
    }
}

impl From<Tree> for Value {
    fn from(tree: Tree) -> Self {
        match tree {
            Tree::Text(text) => Self::String(text),
            Tree::Plain(value) => value,
            Tree::List(list) => list
                .into_iter()
                .map(|item| Self::from(item.value))
                .collect(),
            Tree::Table(Entries(entries)) => entries
                .into_iter()
                .map(|(key, value)| (key.value, Self::from(value.value)))
                .collect(),
        }
    }
}

impl JsonSchema for Tree {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Any".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}
