//! A property as Notion's API answers it: its value stands under the name of its type.
//!
//! Notion adds types faster than anybody follows, and a value of a type that is not known here is a value
//! all the same. So only what Notion works out by itself counts as nothing; of the rest it is known at
//! least whether there is something.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::page::{DateValue, Property};

#[derive(Default)]
pub(super) struct Told {
    kind: Option<String>,
    runs: Option<Vec<Run>>,
    option: Option<Named>,
    options: Option<Vec<Named>>,
    date: Option<DateValue>,
    number: Option<f64>,
    checkbox: Option<bool>,
    text: Option<String>,
    links: Option<Vec<Linked>>,
    has_more: Option<bool>,
    unique_id: Option<UniqueId>,
    verification: Option<Verification>,
    /// Values of other types, and whether there is something.
    others: Vec<(String, bool)>,
}

/// The keys of a property, most of them types.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Id,
    Type,
    Title,
    RichText,
    Select,
    Status,
    MultiSelect,
    Date,
    Number,
    Checkbox,
    Url,
    Email,
    PhoneNumber,
    Relation,
    HasMore,
    UniqueId,
    Verification,
    // What Notion works out by itself.
    Formula,
    Rollup,
    CreatedTime,
    LastEditedTime,
    CreatedBy,
    LastEditedBy,
    Button,
    Other(String),
}

/// The types of what Notion works out by itself, as [`Key`] names them.
const COMPUTED: [&str; 7] = [
    "formula",
    "rollup",
    "created_time",
    "last_edited_time",
    "created_by",
    "last_edited_by",
    "button",
];

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

/// A number that Notion counts up. Nothing else says it, and people speak of `T-12`: so it is data.
#[derive(Deserialize)]
struct UniqueId {
    prefix: Option<String>,
    number: Option<u64>,
}

#[derive(Deserialize)]
struct Verification {
    state: Option<String>,
}

/// Whether there is something: neither null nor `false`, nor empty throughout.
struct Filled(bool);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Told;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a property, which is an object with a value under the name of its `type`",
                )
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Told, A::Error> {
                let mut told = Told::default();
                while let Some(key) = map.next_key()? {
                    told.take(key, &mut map)?;
                }
                Ok(told)
            }
        }
        from.deserialize_map(Each)
    }
}

impl Told {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: Key, map: &mut A) -> Result<(), A::Error> {
        match key {
            Key::Type => self.kind = map.next_value()?,
            Key::Title | Key::RichText => self.runs = map.next_value()?,
            Key::Select | Key::Status => self.option = map.next_value()?,
            Key::MultiSelect => self.options = map.next_value()?,
            Key::Date => self.date = map.next_value()?,
            Key::Number => self.number = map.next_value()?,
            Key::Checkbox => self.checkbox = map.next_value()?,
            Key::Url | Key::Email | Key::PhoneNumber => self.text = map.next_value()?,
            Key::Relation => self.links = map.next_value()?,
            Key::HasMore => self.has_more = map.next_value()?,
            Key::UniqueId => self.unique_id = map.next_value()?,
            Key::Verification => self.verification = map.next_value()?,
            Key::Other(name) => {
                let Filled(filled) = map.next_value()?;
                self.others.push((name, filled));
            }
            Key::Id
            | Key::Formula
            | Key::Rollup
            | Key::CreatedTime
            | Key::LastEditedTime
            | Key::CreatedBy
            | Key::LastEditedBy
            | Key::Button => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Filled {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Filled;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_unit<E>(self) -> Result<Filled, E> {
                Ok(Filled(false))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Filled, E> {
                Ok(Filled(value))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Filled, E> {
                Ok(Filled(true))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Filled, E> {
                Ok(Filled(true))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Filled, E> {
                Ok(Filled(true))
            }

            fn visit_str<E>(self, value: &str) -> Result<Filled, E> {
                Ok(Filled(!value.is_empty()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Filled, A::Error> {
                let mut filled = false;
                while let Some(Filled(inner)) = seq.next_element()? {
                    filled |= inner;
                }
                Ok(Filled(filled))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Filled, A::Error> {
                let mut filled = false;
                while let Some((_, Filled(inner))) = map.next_entry::<IgnoredAny, _>()? {
                    filled |= inner;
                }
                Ok(Filled(filled))
            }
        }
        from.deserialize_any(Any)
    }
}

fn plain(runs: Vec<Run>) -> String {
    let text = |run: Run| run.plain_text.or(run.text.and_then(|text| text.content));
    runs.into_iter().filter_map(text).collect()
}

impl From<Told> for Property {
    fn from(told: Told) -> Self {
        if let Some(runs) = told.runs {
            return Self::Text(plain(runs));
        }
        if let Some(names) = told.options {
            return Self::Options(names.into_iter().filter_map(|named| named.name).collect());
        }
        if let Some(links) = told.links {
            return Self::Relation {
                ids: links.iter().map(|link| link.id.as_u128()).collect(),
                has_more: told.has_more.unwrap_or_default(),
            };
        }
        if let Some(text) = told.text {
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
            Some("multi_select") => return Self::Options(Vec::new()),
            Some("unique_id") => {
                return Self::Text(told.unique_id.map_or(String::new(), UniqueId::shown));
            }
            Some("verification") => {
                let state = told.verification.and_then(|verified| verified.state);
                return Self::Other(state.is_some_and(|state| state != "unverified"));
            }
            Some(kind) if COMPUTED.contains(&kind) => return Self::Computed,
            Some(kind) => {
                let filled = |(name, filled): &(String, bool)| *filled && name == kind;
                return Self::Other(told.others.iter().any(filled));
            }
            None if told.date.is_some() => return Self::Date(told.date),
            None if told.number.is_some() => return Self::Number(told.number),
            None => {}
        }
        Self::Option(told.option.and_then(|named| named.name))
    }
}

impl UniqueId {
    fn shown(self) -> String {
        match (self.prefix, self.number) {
            (_, None) => String::new(),
            (Some(prefix), Some(number)) if !prefix.is_empty() => format!("{prefix}-{number}"),
            (_, Some(number)) => number.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(property: Value) -> Property {
        serde_json::from_value::<Told>(property).unwrap().into()
    }

    #[test]
    fn a_value_of_a_type_that_nobody_knows_is_a_value_and_an_empty_one_is_none() {
        for (value, filled) in [
            (json!({ "lat": 1.5, "lon": 2.5 }), true),
            (json!({ "lat": null, "lon": null }), false),
            (json!([{ "id": "x" }]), true),
            (json!(["", []]), false),
            (json!("text"), true),
            (json!(0), true),
            (Value::Null, false),
            (json!({}), false),
        ] {
            for kind in ["place", "files", "people", "future"] {
                // The value may stand before its type.
                let mut property = json!({ "id": "a", "type": kind });
                property[kind] = value.clone();
                assert_eq!(read(property), Property::Other(filled), "{kind}: {value}");
            }
        }
        let people = json!({ "type": "people", "formula": 1, "place": 1, "people": [] });
        assert_eq!(read(people), Property::Other(false));
    }

    #[test]
    fn what_notion_works_out_is_no_data_and_what_it_counts_up_is() {
        for kind in COMPUTED {
            let mut property = json!({ "type": kind });
            property[kind] = json!({ "type": "number", "number": 5 });
            assert_eq!(read(property), Property::Computed, "{kind}");
        }
        let unique = |id: Value| read(json!({ "type": "unique_id", "unique_id": id }));
        let text = |text: &str| Property::Text(text.to_owned());
        assert_eq!(unique(json!({ "prefix": "T", "number": 12 })), text("T-12"));
        assert_eq!(unique(json!({ "prefix": null, "number": 3 })), text("3"));
        assert_eq!(unique(Value::Null), text(""));
        let verified = |state: &str| {
            read(
                json!({ "type": "verification", "verification": { "state": state, "date": null } }),
            )
        };
        assert_eq!(verified("verified"), Property::Other(true));
        assert_eq!(verified("unverified"), Property::Other(false));
    }

    #[test]
    fn what_is_no_property_is_told_in_plain_words() {
        for property in ["null", "\"Inbox\"", "[]"] {
            let told = serde_json::from_str::<Told>(property).err().unwrap();
            let told = told.to_string();
            assert!(
                told.contains("expected a property, which is an object"),
                "{told}"
            );
        }
    }
}
