//! Property values: what a page holds ([`Stored`]) and what a write asks for ([`Change`]).
//!
//! A write is read as a whole before anything is stored, so that a refused one leaves nothing
//! behind: [`parse`] is pure, and what it returns can only succeed.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};
use smallvec::SmallVec;
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::store::PageKey;
use super::file::File;
use super::kind::Kind;
use super::moment::DateRange;
use super::options::{Named, Options};
use super::property::Property;
use super::text::{Plain, RichText};

/// The most characters of an address of mail and of a number to call.
pub(super) const MOST_OF_CONTACT: usize = 200;

/// What few pages have and few requests read: elsewhere, so that a page is small, and a query that looks
/// at all of them fast.
pub(crate) type Seldom = Option<Box<Value>>;

/// A `null` is nothing.
pub(crate) fn seldom(value: Value) -> Seldom {
    (!value.is_null()).then(|| Box::new(value))
}

/// The places of chosen options. Few, so that they lie in the value itself: filters and sorts read them
/// for every page.
pub(crate) type Places = SmallVec<[usize; 2]>;

/// What a page holds in one property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Stored {
    /// A title or a text.
    Text(RichText),
    /// A number.
    Number(Option<Number>),
    /// The places of the chosen options: at most one for a select or status.
    Choices(Places),
    /// A date.
    Date(Option<DateRange>),
    /// A checkbox.
    Checkbox(bool),
    /// The linked pages, archived ones too.
    Relation(Vec<PageKey>),
    /// Users.
    People(Vec<Uuid>),
    /// Files.
    Files(Vec<File>),
    /// A URL, an address of mail or a number to call; empty when there is none.
    Line(Plain),
    /// The number of a page among those of its data source.
    Unique(u64),
    /// A place on Earth.
    Place(Seldom),
    /// Nothing: the value follows from the page's times or from other pages.
    Computed,
}

impl Stored {
    /// What a page holds before anything is written. A page with a unique id gets the next number.
    pub(crate) fn blank(kind: &mut Kind) -> Self {
        match kind {
            Kind::Title | Kind::RichText => Self::Text(RichText::default()),
            Kind::Number(_) => Self::Number(None),
            Kind::Select(_) | Kind::MultiSelect(_) | Kind::Status(_) => {
                Self::Choices(Places::new())
            }
            Kind::Date => Self::Date(None),
            Kind::Checkbox => Self::Checkbox(false),
            Kind::Relation(_) => Self::Relation(Vec::new()),
            Kind::People => Self::People(Vec::new()),
            Kind::Files => Self::Files(Vec::new()),
            Kind::Url | Kind::Email | Kind::PhoneNumber => Self::Line(Plain::default()),
            Kind::Place => Self::Place(None),
            Kind::UniqueId(unique) => {
                unique.last += 1;
                Self::Unique(unique.last)
            }
            Kind::Rollup(_)
            | Kind::Formula(_)
            | Kind::CreatedTime
            | Kind::LastEditedTime
            | Kind::CreatedBy
            | Kind::LastEditedBy
            | Kind::Button
            | Kind::Verification => Self::Computed,
        }
    }

    /// Whether this is what properties of this kind hold.
    pub(crate) fn is_of(&self, kind: &Kind) -> bool {
        let blank = Self::blank(&mut kind.clone());
        std::mem::discriminant(self) == std::mem::discriminant(&blank)
    }

    /// The plain text of a title, text or line.
    pub(crate) fn plain(&self) -> &Plain {
        match self {
            Self::Text(text) => text.searched(),
            Self::Line(line) => line,
            _ => Plain::empty(),
        }
    }

    /// The same without its lower case.
    pub(crate) fn text(&self) -> &str {
        self.plain().text()
    }
}

/// What a write does to one property.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// Stores this.
    Set(Stored),
    /// Chooses these options and adds those that are new.
    Choose(Vec<Named>),
}

/// Reads the value that a request gives `property`; `page` finds the page with an id among those of
/// a data source.
///
/// # Errors
/// When the value is not of the property's type, too long, or names what does not exist.
pub(crate) fn parse(
    field: &Field<'_>,
    property: &Property,
    page: &dyn Fn(Uuid, Uuid) -> Result<PageKey, NotionError>,
) -> Result<Change, NotionError> {
    let field = of_kind(field, property)?;
    let stored = match &property.kind {
        Kind::Title | Kind::RichText => Stored::Text(RichText::parse(&field)?),
        Kind::Number(_) => Stored::Number(match field.present() {
            Some(field) => number(field.number()?),
            None => None,
        }),
        Kind::Select(options) => return Ok(Change::Choose(one_option(field, property, options)?)),
        Kind::Status(options) => return status(field, property, options),
        Kind::MultiSelect(options) => {
            let named = |field: &Field<'_>| Named::parse(field, &property.id, options);
            let chosen = field
                .elements()?
                .iter()
                .map(named)
                .collect::<Result<_, _>>();
            return Ok(Change::Choose(chosen?));
        }
        Kind::Date => Stored::Date(match field.present() {
            Some(date) => Some(DateRange::parse(&date)?),
            None => None,
        }),
        Kind::Checkbox => Stored::Checkbox(field.boolean()?),
        Kind::Relation(relation) => Stored::Relation(distinct(
            ids(&field)?
                .into_iter()
                .map(|id| page(relation.data_source, id)),
        )?),
        Kind::People => Stored::People(distinct(ids(&field)?.into_iter().map(Ok))?),
        Kind::Files => {
            let files = field.elements()?;
            Stored::Files(files.iter().map(File::parse).collect::<Result<_, _>>()?)
        }
        Kind::Url => line(field, super::super::body::MOST_CHARACTERS)?,
        Kind::Email | Kind::PhoneNumber => line(field, MOST_OF_CONTACT)?,
        Kind::Place => Stored::Place(match field.present() {
            Some(place) => seldom(place_on_earth(&place)?),
            None => None,
        }),
        Kind::Rollup(_)
        | Kind::Formula(_)
        | Kind::CreatedTime
        | Kind::LastEditedTime
        | Kind::CreatedBy
        | Kind::LastEditedBy
        | Kind::UniqueId(_)
        | Kind::Button
        | Kind::Verification => return Err(field.should("be not present")),
    };
    Ok(Change::Set(stored))
}

/// The value under the property's type, which must be the type that is given.
fn of_kind<'v>(field: &Field<'v>, property: &Property) -> Result<Field<'v>, NotionError> {
    let kind = property.kind.name();
    let object = field.object()?;
    let other = object.get("type").is_some_and(|given| given != kind);
    if other || !object.contains_key(kind) {
        return Err(NotionError::Validation(format!(
            "{} is expected to be {kind}.",
            property.name
        )));
    }
    Ok(field.get(kind))
}

/// A number is answered as JavaScript would: 5.0 as 5. Nothing for what is not finite.
pub(crate) fn number(number: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    let whole = (number.trunc().total_cmp(&number).is_eq() && number.abs() < EXACT)
        .then(|| Number::from(number as i64));
    whole.or_else(|| Number::from_f64(number))
}

fn one_option(
    field: Field<'_>,
    property: &Property,
    options: &Options,
) -> Result<Vec<Named>, NotionError> {
    match field.present() {
        Some(field) => Ok(vec![Named::parse(&field, &property.id, options)?]),
        None => Ok(Vec::new()),
    }
}

fn status(field: Field<'_>, property: &Property, options: &Options) -> Result<Change, NotionError> {
    let chosen = one_option(field, property, options)?;
    match chosen
        .iter()
        .find(|named| options.place(&named.name).is_none())
    {
        Some(Named { name, .. }) => Err(NotionError::Validation(format!(
            "Invalid status option. Status option \"{name}\" does not exist."
        ))),
        None => Ok(Change::Choose(chosen)),
    }
}

fn line(field: Field<'_>, most: usize) -> Result<Stored, NotionError> {
    Ok(Stored::Line(match field.present() {
        Some(text) => Plain::new(text.text_of(most)?.to_owned()),
        None => Plain::default(),
    }))
}

/// Reads `{lat, lon, name, address, …}`.
fn place_on_earth(field: &Field<'_>) -> Result<Value, NotionError> {
    const TEXTS: [&str; 4] = ["name", "address", "aws_place_id", "google_place_id"];
    let mut keys = vec!["lat", "lon"];
    keys.extend(TEXTS);
    field.object_of(&keys)?;
    let mut place = json!({});
    for (key, most) in [("lat", 90.0), ("lon", 180.0)] {
        let degrees = field.get(key);
        let given = degrees.number()?;
        if given.abs() > most {
            return Err(degrees.should(&format!("be ≥ `-{most}` and ≤ `{most}`")));
        }
        place[key] = json!(number(given));
    }
    for key in TEXTS {
        place[key] = match field.get(key).present() {
            Some(text) => json!(text.short_text()?),
            None => Value::Null,
        };
    }
    Ok(place)
}

fn ids(field: &Field<'_>) -> Result<Vec<Uuid>, NotionError> {
    field
        .elements()?
        .iter()
        .map(|element| {
            element.object()?;
            element.get("id").uuid()
        })
        .collect()
}

/// The elements in their order, each once.
fn distinct<T: PartialEq>(
    elements: impl Iterator<Item = Result<T, NotionError>>,
) -> Result<Vec<T>, NotionError> {
    let mut seen = Vec::new();
    for element in elements {
        let element = element?;
        if !seen.contains(&element) {
            seen.push(element);
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests;
