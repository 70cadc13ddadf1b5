//! One page, as far as a comparison can ask for it: what says nothing of content is skipped, not built.

use std::rc::Rc;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

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
    pub body: Option<String>,
}

/// What a property says.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// The plain text of all its runs; a URL, an e-mail address, a telephone number.
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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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

/// A property as Notion's API answers it: its value stands under the name of its type.
#[derive(Deserialize)]
struct Told {
    title: Option<Vec<Run>>,
    rich_text: Option<Vec<Run>>,
    select: Option<Named>,
    status: Option<Named>,
    multi_select: Option<Vec<Named>>,
    date: Option<DateValue>,
    number: Option<f64>,
    checkbox: Option<bool>,
    url: Option<String>,
    email: Option<String>,
    phone_number: Option<String>,
    relation: Option<Vec<Linked>>,
    #[serde(default)]
    has_more: bool,
    people: Option<Vec<IgnoredAny>>,
    files: Option<Vec<IgnoredAny>>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Run {
    plain_text: Option<String>,
    text: Option<Content>,
}

#[derive(Deserialize)]
struct Content {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Linked {
    id: uuid::Uuid,
}

fn plain(runs: Vec<Run>) -> String {
    let text = |run: Run| run.plain_text.or(run.text.and_then(|text| text.content));
    runs.into_iter().filter_map(text).collect()
}

impl From<Told> for Property {
    fn from(told: Told) -> Self {
        if let Some(runs) = told.title.or(told.rich_text) {
            return Self::Text(plain(runs));
        }
        if let Some(names) = told.multi_select {
            return Self::Options(names.into_iter().filter_map(|named| named.name).collect());
        }
        if let Some(links) = told.relation {
            return Self::Relation {
                ids: links.iter().map(|link| link.id.as_u128()).collect(),
                has_more: told.has_more,
            };
        }
        if let Some(listed) = told.people.or(told.files) {
            return Self::Other(!listed.is_empty());
        }
        if let Some(text) = told.url.or(told.email).or(told.phone_number) {
            return Self::Text(text);
        }
        // An empty value is null, so that only the type tells what is empty.
        match told.kind.as_deref() {
            Some("select" | "status") => {}
            Some("date") => return Self::Date(told.date),
            Some("number") => return Self::Number(told.number),
            Some("checkbox") => return Self::Checkbox(told.checkbox.unwrap_or_default()),
            Some("url" | "email" | "phone_number" | "title" | "rich_text") => {
                return Self::Text(String::new());
            }
            Some(_) => return Self::Computed,
            None if told.date.is_some() => return Self::Date(told.date),
            None if told.number.is_some() => return Self::Number(told.number),
            None => {}
        }
        let option = told.select.or(told.status);
        Self::Option(option.and_then(|named| named.name))
    }
}

/// The text of blocks, a line each, those inside others after them.
pub(super) fn text_of(blocks: &Value) -> String {
    let mut lines = Vec::new();
    collect(blocks, &mut lines);
    lines.join("\n")
}

fn collect(blocks: &Value, lines: &mut Vec<String>) {
    for block in blocks.as_array().into_iter().flatten() {
        let inside = block.as_object().into_iter().flatten();
        for (key, content) in inside {
            if key == "children" {
                collect(content, lines);
                continue;
            }
            let runs = content["rich_text"].as_array().into_iter().flatten();
            let text = |run: &Value| {
                let plain = run["plain_text"].as_str();
                plain.or(run["text"]["content"].as_str()).map(str::to_owned)
            };
            let line: String = runs.filter_map(text).collect();
            if !line.is_empty() {
                lines.push(line);
            }
            collect(&content["children"], lines);
        }
    }
}
