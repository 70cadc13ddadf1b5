//! The type of a property with all that Notion keeps for it. Properties refer to each other by key,
//! never by name, so that renaming one breaks nothing.

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::formula::Formula;
use super::options::Options;
use super::rollup::RollupFunction;
use super::words::{Word, one_of};

/// How numbers can be shown; the simulator keeps the word and shows none.
pub(crate) const NUMBER_FORMATS: [&str; 39] = [
    "number",
    "number_with_commas",
    "percent",
    "dollar",
    "australian_dollar",
    "canadian_dollar",
    "singapore_dollar",
    "euro",
    "pound",
    "yen",
    "ruble",
    "rupee",
    "won",
    "yuan",
    "real",
    "lira",
    "rupiah",
    "franc",
    "hong_kong_dollar",
    "new_zealand_dollar",
    "krona",
    "norwegian_krone",
    "mexican_peso",
    "rand",
    "new_taiwan_dollar",
    "danish_krone",
    "zloty",
    "baht",
    "forint",
    "koruna",
    "shekel",
    "chilean_peso",
    "philippine_peso",
    "dirham",
    "colombian_peso",
    "riyal",
    "ringgit",
    "leu",
    "argentine_peso",
];

/// The type of a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Title,
    RichText,
    /// With its format, one of [`NUMBER_FORMATS`].
    Number(#[serde(deserialize_with = "format")] Word),
    Select(Options),
    MultiSelect(Options),
    Status(Options),
    Date,
    People,
    Files,
    Checkbox,
    Url,
    Email,
    PhoneNumber,
    Relation(Relation),
    Rollup(Rollup),
    Formula(Formula),
    CreatedTime,
    LastEditedTime,
    CreatedBy,
    LastEditedBy,
    UniqueId(UniqueId),
    Button,
    Verification,
    Place,
}

/// Links to the pages of a data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Relation {
    pub(crate) data_source: Uuid,
    /// For a two-way relation, the key of its other half in that data source.
    pub(crate) synced: Option<String>,
}

/// A figure over the pages of a relation of the same data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rollup {
    /// The relation's key.
    pub(crate) relation: String,
    /// The key of the related pages' property.
    pub(crate) property: String,
    pub(crate) function: RollupFunction,
}

/// Numbers that the data source gives to its pages in turn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct UniqueId {
    pub(crate) prefix: Option<String>,
    /// The number given last.
    pub(crate) last: u64,
}

impl Kind {
    /// Notion's words for the types.
    pub(crate) const NAMES: [&str; 24] = [
        "title",
        "rich_text",
        "number",
        "select",
        "multi_select",
        "status",
        "date",
        "people",
        "files",
        "checkbox",
        "url",
        "email",
        "phone_number",
        "relation",
        "rollup",
        "formula",
        "created_time",
        "last_edited_time",
        "created_by",
        "last_edited_by",
        "unique_id",
        "button",
        "verification",
        "place",
    ];

    /// The type of this name, when nothing more need be said of it.
    pub(crate) fn simple(name: &str) -> Option<Self> {
        Some(match name {
            "title" => Self::Title,
            "rich_text" => Self::RichText,
            "date" => Self::Date,
            "people" => Self::People,
            "files" => Self::Files,
            "checkbox" => Self::Checkbox,
            "url" => Self::Url,
            "email" => Self::Email,
            "phone_number" => Self::PhoneNumber,
            "created_time" => Self::CreatedTime,
            "last_edited_time" => Self::LastEditedTime,
            "created_by" => Self::CreatedBy,
            "last_edited_by" => Self::LastEditedBy,
            "button" => Self::Button,
            "verification" => Self::Verification,
            "place" => Self::Place,
            _ => return None,
        })
    }

    /// Notion's word for the type.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::RichText => "rich_text",
            Self::Number(_) => "number",
            Self::Select(_) => "select",
            Self::MultiSelect(_) => "multi_select",
            Self::Status(_) => "status",
            Self::Date => "date",
            Self::People => "people",
            Self::Files => "files",
            Self::Checkbox => "checkbox",
            Self::Url => "url",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::Relation(_) => "relation",
            Self::Rollup(_) => "rollup",
            Self::Formula(_) => "formula",
            Self::CreatedTime => "created_time",
            Self::LastEditedTime => "last_edited_time",
            Self::CreatedBy => "created_by",
            Self::LastEditedBy => "last_edited_by",
            Self::UniqueId(_) => "unique_id",
            Self::Button => "button",
            Self::Verification => "verification",
            Self::Place => "place",
        }
    }

    /// The options of a select, multi-select or status.
    pub(crate) fn options(&self) -> Option<&Options> {
        match self {
            Self::Select(options) | Self::MultiSelect(options) | Self::Status(options) => {
                Some(options)
            }
            _ => None,
        }
    }

    /// The same, to add to.
    pub(crate) fn options_mut(&mut self) -> Option<&mut Options> {
        match self {
            Self::Select(options) | Self::MultiSelect(options) | Self::Status(options) => {
                Some(options)
            }
            _ => None,
        }
    }

    /// The relation, when it is one.
    pub(crate) fn relation(&self) -> Option<&Relation> {
        match self {
            Self::Relation(relation) => Some(relation),
            _ => None,
        }
    }
}

fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    one_of(deserializer, &NUMBER_FORMATS)
}
