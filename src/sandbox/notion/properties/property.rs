//! A property of a data source: its declaration by names ([`PropertySchema`]), for worlds that are
//! made by code, and the same with the ids and options that Notion makes up for it ([`Property`]).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::ids;
use super::super::version::Version;
use super::kind::Kind;
use super::options::{Named, Options};
use super::rollup::RollupFunction;
use super::value::Places;

/// The declaration of one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertySchema {
    /// The page's name; a database has exactly one.
    Title,
    /// Text.
    RichText,
    /// A number.
    Number,
    /// One of these options; writing an unknown name adds it.
    Select(Vec<String>),
    /// Any of these options; writing an unknown name adds it.
    MultiSelect(Vec<String>),
    /// One of these options; writing an unknown name is refused. The first is in the group
    /// "To-do", the last in "Complete", those between in "In progress".
    Status(Vec<String>),
    /// A day, an instant, or a range of them.
    Date,
    /// Yes or no.
    Checkbox,
    /// Links to the pages of a data source.
    Relation {
        /// The data source that is linked to, possibly one added later.
        data_source: Uuid,
        /// For a two-way relation, the name of the property in that data source which shows the same
        /// links from the other side. Both declare their half.
        synced: Option<String>,
    },
    /// Users.
    People,
    /// Names and addresses of files.
    Files,
    /// An address.
    Url,
    /// An address of mail.
    Email,
    /// A number to call.
    PhoneNumber,
    /// When the page was created.
    CreatedTime,
    /// When the page was last edited.
    LastEditedTime,
    /// Who created the page.
    CreatedBy,
    /// Who edited the page last.
    LastEditedBy,
    /// A number that no other page of the data source has.
    UniqueId {
        /// What stands before the number.
        prefix: Option<String>,
    },
    /// A figure over the pages of a relation of the same database.
    Rollup {
        /// The relation's name.
        relation: String,
        /// The name of the related pages' property.
        property: String,
        /// The figure.
        function: RollupFunction,
    },
    /// An expression: `prop("Name")` or a literal.
    Formula(String),
    /// Something to press, which no request can.
    Button,
    /// Whether somebody vouches for the page: nobody does.
    Verification,
    /// A place on Earth.
    Place,
}

/// One property of a data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Property {
    /// The id as answers show it, URL-encoded.
    pub(crate) id: String,
    /// What other properties refer to it by: the id, but for a title, whose id is `title`.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: Kind,
}

impl Property {
    pub(crate) fn new(key: String, name: String, kind: Kind) -> Self {
        Self {
            id: match kind {
                Kind::Title => "title".to_owned(),
                _ => key.clone(),
            },
            key,
            name,
            description: None,
            kind,
        }
    }

    /// The same without what it refers to; `None` for what must name other properties.
    pub(super) fn declared(data_source: Uuid, name: &str, schema: &PropertySchema) -> Option<Self> {
        use PropertySchema as P;
        let key = ids::of_property(data_source, name);
        let options = |names: &Vec<String>| Options::declared(&key, names.clone());
        let kind = match schema {
            P::Title => Kind::Title,
            P::RichText => Kind::RichText,
            P::Number => Kind::Number("number"),
            P::Select(names) => Kind::Select(options(names)),
            P::MultiSelect(names) => Kind::MultiSelect(options(names)),
            P::Status(names) => Kind::Status(options(names)),
            P::Date => Kind::Date,
            P::Checkbox => Kind::Checkbox,
            P::Relation {
                data_source,
                synced,
            } => Kind::Relation(super::kind::Relation {
                data_source: *data_source,
                synced: synced
                    .as_ref()
                    .map(|name| ids::of_property(*data_source, name)),
            }),
            P::People => Kind::People,
            P::Files => Kind::Files,
            P::Url => Kind::Url,
            P::Email => Kind::Email,
            P::PhoneNumber => Kind::PhoneNumber,
            P::CreatedTime => Kind::CreatedTime,
            P::LastEditedTime => Kind::LastEditedTime,
            P::CreatedBy => Kind::CreatedBy,
            P::LastEditedBy => Kind::LastEditedBy,
            P::UniqueId { prefix } => Kind::UniqueId(super::kind::UniqueId {
                prefix: prefix.clone(),
                last: 0,
            }),
            P::Button => Kind::Button,
            P::Verification => Kind::Verification,
            P::Place => Kind::Place,
            P::Rollup { .. } | P::Formula(_) => return None,
        };
        Some(Self::new(key, name.to_owned(), kind))
    }

    /// The places of these options, each once; those that are new are added.
    pub(crate) fn choose(&mut self, wanted: &[Named]) -> Places {
        let mut chosen = Places::with_capacity(wanted.len());
        if let Some(options) = self.kind.options_mut() {
            for named in wanted {
                let place = options.choose(&self.key, named);
                if !chosen.contains(&place) {
                    chosen.push(place);
                }
            }
        }
        chosen
    }

    /// What the property's own declaration answers; empty for what names other properties.
    pub(crate) fn details(&self, version: Version) -> Value {
        match &self.kind {
            Kind::Number(format) => json!({ "format": format }),
            Kind::Select(options) | Kind::MultiSelect(options) => {
                json!({ "options": options.answer(version) })
            }
            Kind::Status(options) => {
                json!({ "options": options.answer(version), "groups": options.groups(&self.key) })
            }
            Kind::UniqueId(unique) => json!({ "prefix": unique.prefix }),
            _ => json!({}),
        }
    }
}
