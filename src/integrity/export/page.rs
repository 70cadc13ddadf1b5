//! One page, as far as a comparison can ask for it: what says nothing of content is skipped, not built.

use std::rc::Rc;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::blocks::PageText;
use super::told::Told;

/// A page of Notion.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its id.
    pub id: u128,
    /// The name of the list in which it stands.
    pub list: Option<Rc<str>>,
    /// When it was made; Notion keeps the minute.
    pub created: Option<Timestamp>,
    /// When it was last edited; Notion keeps the minute.
    pub edited: Option<Timestamp>,
    /// Whether it is in the trash.
    pub archived: bool,
    /// Its properties by their names.
    pub properties: Vec<(String, Property)>,
    /// The text of its blocks; `None` where nobody asked Notion for them.
    pub body: Option<PageText>,
}

/// What a property says.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// The plain text of all its runs; a URL, an e-mail address, a telephone number, a number like `T-12`.
    Text(String),
    /// The name of one option.
    Option(Option<String>),
    /// The names of some.
    Options(Vec<String>),
    /// A date, with or without a time.
    Date(Option<DateValue>),
    /// A number.
    Number(Option<f64>),
    /// A box that is ticked or not.
    Checkbox(bool),
    /// Links to pages.
    Relation {
        /// Their ids.
        ids: Vec<u128>,
        /// Whether Notion knows more than it told: it tells 25.
        has_more: bool,
    },
    /// A value of another kind, such as files or people; and whether there is one.
    Other(bool),
    /// What Notion works out from the rest, such as formulas: no data of its own.
    Computed,
}

impl Property {
    /// Whether somebody put something there.
    #[must_use]
    pub fn has_value(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Option(option) => option.is_some(),
            Self::Options(names) => !names.is_empty(),
            Self::Date(date) => date.is_some(),
            Self::Number(number) => number.is_some(),
            Self::Checkbox(ticked) => *ticked,
            Self::Relation { ids, .. } => !ids.is_empty(),
            Self::Other(has_value) => *has_value,
            Self::Computed => false,
        }
    }
}

impl Property {
    /// As people read it; `None` is nothing.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        match self {
            _ if !self.has_value() => None,
            Self::Text(text) => Some(text.clone()),
            Self::Option(option) => option.clone(),
            Self::Options(names) => Some(names.join(", ")),
            Self::Date(date) => date.as_ref().map(|date| date.start.clone()),
            Self::Number(number) => number.map(|number| number.to_string()),
            Self::Checkbox(_) => Some("ticked".to_owned()),
            Self::Relation { ids, .. } => Some(format!("{} links", ids.len())),
            Self::Other(_) | Self::Computed => Some("a value".to_owned()),
        }
    }
}

/// A date as Notion writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct DateValue {
    /// `2026-02-01`, or with a time.
    pub start: String,
    /// The same, for a span.
    #[serde(default)]
    pub end: Option<String>,
    /// The name of a zone.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// The properties of a page in the order of the file.
pub(super) struct Properties(pub(super) Vec<(String, Property)>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Properties;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the properties of a page, by their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Vec::new();
                while let Some((name, told)) = map.next_entry::<String, Told>()? {
                    properties.push((name, Property::from(told)));
                }
                Ok(Properties(properties))
            }
        }
        from.deserialize_map(Each)
    }
}
