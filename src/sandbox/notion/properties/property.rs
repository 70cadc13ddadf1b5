//! A property of a database: its declaration by names ([`PropertySchema`]), and the same with the
//! ids, colours and options that Notion makes up for it ([`Property`]).

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::ids;

/// The colours of options, given in turn.
const COLORS: [&str; 10] = [
    "default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red",
];

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
    /// An address.
    Url,
    /// When the page was created.
    CreatedTime,
    /// When the page was last edited.
    LastEditedTime,
    /// A figure over the pages of a relation of the same database.
    Rollup {
        /// The relation's name.
        relation: String,
        /// The name of the related pages' property.
        property: String,
        /// The figure.
        function: RollupFunction,
    },
}

/// What a rollup shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RollupFunction {
    /// How many related pages there are; archived ones do not count.
    Count,
}

impl RollupFunction {
    /// Notion's word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
        }
    }
}

impl PropertySchema {
    /// Notion's word for the type.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::RichText => "rich_text",
            Self::Number => "number",
            Self::Select(_) => "select",
            Self::MultiSelect(_) => "multi_select",
            Self::Status(_) => "status",
            Self::Date => "date",
            Self::Checkbox => "checkbox",
            Self::Relation { .. } => "relation",
            Self::People => "people",
            Self::Url => "url",
            Self::CreatedTime => "created_time",
            Self::LastEditedTime => "last_edited_time",
            Self::Rollup { .. } => "rollup",
        }
    }

    fn options(&self) -> &[String] {
        match self {
            Self::Select(names) | Self::MultiSelect(names) | Self::Status(names) => names,
            _ => &[],
        }
    }
}

/// An option of a select, multi-select or status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    color: &'static str,
}

impl Choice {
    /// The object that stands in a schema and in a page.
    pub(crate) fn answer(&self) -> Value {
        json!({ "id": self.id.to_string(), "name": self.name, "color": self.color })
    }
}

/// One property of a database.
#[derive(Debug)]
pub(crate) struct Property {
    /// The id as answers show it, URL-encoded.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) schema: PropertySchema,
    pub(crate) choices: Vec<Choice>,
}

impl Property {
    pub(crate) fn new(database: Uuid, name: String, schema: PropertySchema) -> Self {
        let mut property = Self {
            id: match schema {
                PropertySchema::Title => "title".to_owned(),
                _ => ids::of_property(database, &name),
            },
            name,
            choices: Vec::new(),
            schema,
        };
        for name in property.schema.options().to_vec() {
            property.choose(&name);
        }
        property
    }

    /// The place of an option among the options.
    pub(crate) fn choice(&self, name: &str) -> Option<usize> {
        self.choices.iter().position(|choice| choice.name == name)
    }

    /// The place of an option, which is added when it is new.
    pub(crate) fn choose(&mut self, name: &str) -> usize {
        self.choice(name).unwrap_or_else(|| {
            self.choices.push(Choice {
                id: ids::of_option(&self.id, name),
                name: name.to_owned(),
                color: COLORS[self.choices.len() % COLORS.len()],
            });
            self.choices.len() - 1
        })
    }

    /// What a database's answer says of it, but for what a rollup needs of other properties.
    pub(crate) fn answer(&self) -> Value {
        let kind = self.schema.kind();
        let options = || self.choices.iter().map(Choice::answer).collect::<Value>();
        let details = match &self.schema {
            PropertySchema::Number => json!({ "format": "number" }),
            PropertySchema::Select(_) | PropertySchema::MultiSelect(_) => {
                json!({ "options": options() })
            }
            PropertySchema::Status(_) => json!({ "options": options(), "groups": self.groups() }),
            PropertySchema::Relation {
                data_source,
                synced,
            } => relation(*data_source, synced.as_deref()),
            _ => json!({}),
        };
        json!({ "id": self.id, "name": self.name, "type": kind, kind: details })
    }

    fn groups(&self) -> Value {
        let last = self.choices.len().saturating_sub(1);
        let group = |name: &str, color: &str, holds: &dyn Fn(usize) -> bool| {
            let inside =
                |(place, choice): (usize, &Choice)| holds(place).then(|| choice.id.to_string());
            let ids: Vec<_> = self.choices.iter().enumerate().filter_map(inside).collect();
            let id = ids::of_option(&self.id, name);
            json!({ "id": id.to_string(), "name": name, "color": color, "option_ids": ids })
        };
        json!([
            group("To-do", "gray", &|place| place == 0),
            group("In progress", "blue", &|place| place > 0 && place < last),
            group("Complete", "green", &|place| place > 0 && place == last),
        ])
    }
}

fn relation(database: Uuid, synced: Option<&str>) -> Value {
    let kind = match synced {
        Some(_) => "dual_property",
        None => "single_property",
    };
    let details = match synced {
        Some(name) => json!({
            "synced_property_name": name,
            "synced_property_id": ids::of_property(database, name),
        }),
        None => json!({}),
    };
    json!({ "database_id": database.to_string(), "type": kind, kind: details })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_option_is_in_exactly_one_group() {
        for count in 1..6 {
            let options = (0..count).map(|number| format!("S{number}")).collect();
            let status = PropertySchema::Status(options);
            let answer = Property::new(Uuid::nil(), "Status".to_owned(), status).answer();
            let groups = answer["status"]["groups"].as_array().unwrap();
            let sizes = groups
                .iter()
                .map(|group| group["option_ids"].as_array().unwrap().len());
            assert_eq!(sizes.sum::<usize>(), count);
        }
    }
}
