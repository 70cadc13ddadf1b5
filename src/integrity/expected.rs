//! What a page asks of its row, by the rules of the mapping.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::asked::tells_links;
use super::export::{DateValue, Page, PageText, Property};
use super::mapping::{From, RecordMap};
use super::moments::When;
use super::value::{Value, hash_of};
use crate::record::Example;

/// One page in the form of a row.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) id: u128,
    /// Its title, as it stands in Notion.
    pub(super) title: Box<str>,
    /// For each field of the mapping.
    pub(super) cells: Vec<Value>,
    /// Its dates, with the place of their field.
    pub(super) dates: Vec<(usize, DateFacts)>,
    pub(super) created: Option<Timestamp>,
    pub(super) edited: Option<Timestamp>,
    /// For each link of the mapping.
    pub(super) links: Vec<Links>,
    pub(super) body: Option<PageText>,
}

/// What of a date no single column holds.
#[derive(Debug, Clone, Hash)]
pub(super) struct DateFacts {
    /// Whether it is a day without a time.
    pub(super) is_day: bool,
    pub(super) value: DateValue,
}

/// Where a page's links lead.
#[derive(Debug, Clone, Default, Hash)]
pub(super) struct Links {
    pub(super) ends: Vec<End>,
    /// Whether Notion has more of them than it told.
    pub(super) has_more: bool,
    /// Whether a property that says them is not there, or says something else.
    pub(super) is_unsaid: bool,
}

/// One end of a link.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum End {
    /// A page.
    Page(u128),
    /// The name of a row.
    Name(Box<str>),
}

impl Expected {
    pub(super) fn of(
        page: &Page,
        record: &RecordMap,
        title: Option<usize>,
        zone: &TimeZone,
    ) -> Self {
        let property = |name: &str| {
            let found = page.properties.iter().find(|(known, _)| known == name);
            found.map(|(_, property)| property)
        };
        let mut dates = Vec::new();
        let mut cells = Vec::with_capacity(record.fields.len());
        for (place, field) in record.fields.iter().enumerate() {
            let time = |at: Option<Timestamp>| {
                at.map_or(Value::Empty, |at| Value::of_moment(at, field.form, zone))
            };
            cells.push(match &field.from {
                From::Property(name) => {
                    let property = property(name);
                    if let Some(Property::Date(Some(date))) = property {
                        dates.push((place, DateFacts::of(date, zone)));
                    }
                    // What is not there asks for nothing, and is told as such.
                    property.map_or(Value::Anything, |property| {
                        Value::of_property(property, field, zone)
                    })
                }
                From::CreatedTime => time(page.created),
                From::LastEditedTime => time(page.edited),
                From::Nothing => Value::Anything,
            });
        }
        // What follows from another column can be told once all are there.
        for (place, field) in record.fields.iter().enumerate() {
            let Some((column, value)) = &field.set_when else {
                continue;
            };
            let other = record
                .fields
                .iter()
                .position(|other| other.column == *column);
            let Some((at, other)) = other.and_then(|at| Some((at, record.fields.get(at)?))) else {
                continue;
            };
            let wanted = Value::of_cell(Some(value), other.form, zone);
            cells[place] = match &cells[at] {
                Value::Anything => Value::Anything,
                value if *value == wanted => Value::Set,
                _ => Value::Empty,
            };
        }
        let title = title.and_then(|place| match &record.fields.get(place)?.from {
            From::Property(name) => property(name),
            From::CreatedTime | From::LastEditedTime | From::Nothing => None,
        });
        let title = match title {
            Some(Property::Text(text)) => text.as_str(),
            _ => "",
        };
        let links = record.links.iter().map(|link| {
            let mut links = Links::default();
            for from in &link.from {
                links.take(property(&from.property), &from.prefix);
            }
            links
        });
        Self {
            id: page.id,
            title: title.into(),
            cells,
            dates,
            created: page.created,
            edited: page.edited,
            links: links.collect(),
            body: page.body.clone(),
        }
    }

    /// A number for all that the page says, as far as it is compared.
    pub(super) fn content(&self) -> u64 {
        let text = self.body.as_ref().map(|body| &body.text);
        hash_of((&self.cells, &self.dates, &self.links, text))
    }

    /// An example with both values.
    pub(super) fn example(&self, old: Option<&str>, new: Option<&str>) -> Example {
        Example::new(&page_key(&self.title, self.id), old, new)
    }
}

/// A page as a person finds it: `"Renew the passport" (page 1f0c9e55-…)`.
pub(super) fn page_key(title: &str, id: u128) -> String {
    let id = uuid::Uuid::from_u128(id);
    match title {
        "" => format!("page {id}, without a title"),
        title => {
            const MOST: usize = 60;
            let end = title.char_indices().nth(MOST).map(|(end, _)| end);
            let (shown, dots) = end.map_or((title, ""), |end| (&title[..end], "…"));
            format!("\"{shown}{dots}\" (page {id})")
        }
    }
}

impl DateFacts {
    fn of(date: &DateValue, zone: &TimeZone) -> Self {
        let when = When::read(&date.start, date, zone);
        Self {
            is_day: matches!(when, Some(When::Day(_))),
            value: date.clone(),
        }
    }
}

impl Links {
    fn take(&mut self, property: Option<&Property>, prefix: &str) {
        let name = |name: &String| End::Name(format!("{prefix}{name}").into());
        match property {
            Some(Property::Relation { ids, has_more }) => {
                self.ends.extend(ids.iter().map(|id| End::Page(*id)));
                self.has_more |= has_more;
            }
            Some(Property::Options(names)) => self.ends.extend(names.iter().map(name)),
            Some(Property::Option(Some(option))) => self.ends.push(name(option)),
            Some(Property::Option(None)) => {}
            other => self.is_unsaid |= !other.is_some_and(tells_links),
        }
    }
}
