//! The order of a query's results: several keys, the earlier first, and the order of creation
//! where they are equal, so that the order is total and a cursor has one place in it.
//!
//! Empty values come last in both directions, options sort in the order of the schema, and texts
//! without regard to case. These three are guesses; Notion documents none of them.

use std::cmp::Ordering;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::properties::schema::Schema;
use super::super::properties::value::Stored;
use super::super::store::{Page, PageKey, Workspace};

/// What a key is read from.
#[derive(Debug, Clone, Copy)]
enum By {
    Created,
    Edited,
    /// A property, by its place.
    Property(usize),
    /// The count of the pages of this relation.
    Count(usize),
}

/// One element of `sorts`.
#[derive(Debug, Clone, Copy)]
struct Sort {
    by: By,
    descending: bool,
}

/// The sorts of a query.
#[derive(Debug, Default)]
pub(crate) struct Order {
    sorts: Vec<Sort>,
}

/// A page with its keys, which are read once.
#[derive(Debug)]
pub(crate) struct Row {
    keys: Vec<Option<Key>>,
    pub(crate) page: PageKey,
}

/// A value to sort by; one sort has keys of one kind.
#[derive(Debug)]
enum Key {
    Number(f64),
    Time(i128),
    Text(String),
    Places(Vec<usize>),
}

impl Key {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Time(one), Self::Time(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Places(one), Self::Places(other)) => one.cmp(other),
            // Never: a property has one type.
            _ => Ordering::Equal,
        }
    }
}

impl Order {
    /// Reads the `sorts` of a query.
    ///
    /// # Errors
    /// When one is malformed or names a property that does not exist.
    pub(crate) fn parse(field: &Field<'_>, schema: &Schema) -> Result<Self, NotionError> {
        let sorts = field.elements()?;
        let sorts = sorts.iter().map(|sort| Sort::parse(sort, schema));
        Ok(Self {
            sorts: sorts.collect::<Result<_, _>>()?,
        })
    }

    /// The page with its keys in this order.
    pub(crate) fn row(&self, key: PageKey, workspace: &Workspace) -> Row {
        let page = workspace.page(key);
        let read = |sort: &Sort| sort.by.read(page, workspace);
        Row {
            keys: self.sorts.iter().map(read).collect(),
            page: key,
        }
    }

    /// Which of two rows comes first; equal only for the same page.
    pub(crate) fn compare(&self, one: &Row, other: &Row) -> Ordering {
        let keys = one.keys.iter().zip(&other.keys);
        for (sort, keys) in self.sorts.iter().zip(keys) {
            let ordering = match keys {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(one), Some(other)) if sort.descending => other.compare(one),
                (Some(one), Some(other)) => one.compare(other),
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        one.page.cmp(&other.page)
    }
}

impl Sort {
    fn parse(field: &Field<'_>, schema: &Schema) -> Result<Self, NotionError> {
        field.object_of(&["property", "timestamp", "direction"])?;
        let direction = field.get("direction");
        let descending = match direction.text()? {
            "ascending" => false,
            "descending" => true,
            _ => return Err(direction.should("be `\"ascending\"` or `\"descending\"`")),
        };
        let by = match field.get("timestamp").optional() {
            Some(_) if field.get("property").value().is_some() => {
                return Err(field.get("property").should("be not present"));
            }
            Some(stamp) => match stamp.text()? {
                "created_time" => By::Created,
                "last_edited_time" => By::Edited,
                _ => return Err(stamp.should("be `\"created_time\"` or `\"last_edited_time\"`")),
            },
            None => By::property(field.get("property").text()?, schema)?,
        };
        Ok(Self { by, descending })
    }
}

impl By {
    fn property(name: &str, schema: &Schema) -> Result<Self, NotionError> {
        use super::super::properties::property::PropertySchema as P;
        let index = schema.find(name).ok_or_else(|| {
            NotionError::Validation(format!(
                "Could not find sort property with name or id: {name}"
            ))
        })?;
        Ok(match &schema.property(index).schema {
            P::CreatedTime => Self::Created,
            P::LastEditedTime => Self::Edited,
            P::Rollup { relation, .. } => schema
                .relation(relation)
                .map_or(Self::Property(index), Self::Count),
            _ => Self::Property(index),
        })
    }

    fn read(self, page: &Page, workspace: &Workspace) -> Option<Key> {
        let index = match self {
            Self::Created => return Some(Key::Time(page.created.as_nanosecond())),
            Self::Edited => return Some(Key::Time(page.edited.as_nanosecond())),
            Self::Count(index) => {
                let count = workspace.linked(page.value(index)).count();
                return Some(Key::Places(vec![count]));
            }
            Self::Property(index) => index,
        };
        let folded = |text: &str| (!text.is_empty()).then(|| Key::Text(text.to_lowercase()));
        match page.value(index) {
            value @ (Stored::Text(_) | Stored::Url(_)) => folded(value.text()),
            Stored::Number(number) => number.as_ref()?.as_f64().map(Key::Number),
            Stored::Choices(chosen) => (!chosen.is_empty()).then(|| Key::Places(chosen.clone())),
            Stored::Date(range) => range.map(|range| Key::Time(range.start.instant_ns())),
            Stored::Checkbox(checked) => Some(Key::Places(vec![usize::from(*checked)])),
            // By the first linked page's title.
            value @ Stored::Relation(_) => {
                let first = workspace.linked(value).next()?;
                folded(workspace.title(first))
            }
            Stored::People(users) => users.first().map(|user| Key::Text(user.to_string())),
            Stored::Computed => None,
        }
    }
}
