//! Property values: what a page holds ([`Stored`]) and what a write asks for ([`Change`]).
//!
//! A write is read as a whole before anything is stored, so that a refused one leaves nothing
//! behind: [`parse`] is pure, and what it returns can only succeed.

use serde_json::{Number, Value, json};
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::store::PageKey;
use super::moment::DateRange;
use super::property::{Property, PropertySchema};
use super::text::RichText;

/// What a page holds in one property.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stored {
    /// A title or a text.
    Text(RichText),
    /// A number.
    Number(Option<Number>),
    /// The places of the chosen options: at most one for a select or status.
    Choices(Vec<usize>),
    /// A date.
    Date(Option<DateRange>),
    /// A checkbox.
    Checkbox(bool),
    /// The linked pages, archived ones too.
    Relation(Vec<PageKey>),
    /// Users.
    People(Vec<Uuid>),
    /// An address.
    Url(Option<String>),
    /// Nothing: the value follows from the page's times or from other pages.
    Computed,
}

impl Stored {
    /// What a page holds before anything is written.
    pub(crate) fn empty(schema: &PropertySchema) -> Self {
        match schema {
            PropertySchema::Title | PropertySchema::RichText => Self::Text(RichText::default()),
            PropertySchema::Number => Self::Number(None),
            PropertySchema::Select(_)
            | PropertySchema::MultiSelect(_)
            | PropertySchema::Status(_) => Self::Choices(Vec::new()),
            PropertySchema::Date => Self::Date(None),
            PropertySchema::Checkbox => Self::Checkbox(false),
            PropertySchema::Relation { .. } => Self::Relation(Vec::new()),
            PropertySchema::People => Self::People(Vec::new()),
            PropertySchema::Url => Self::Url(None),
            PropertySchema::CreatedTime
            | PropertySchema::LastEditedTime
            | PropertySchema::Rollup { .. } => Self::Computed,
        }
    }

    /// The plain text of a title, text or URL.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text.plain(),
            Self::Url(Some(url)) => url,
            _ => "",
        }
    }
}

/// What a write does to one property.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// Stores this.
    Set(Stored),
    /// Chooses the options of these names and adds those that are new.
    Choose(Vec<String>),
}

/// Reads the value that a request gives `property`; `page` finds the page with an id among those of
/// a database.
///
/// # Errors
/// When the value is not of the property's type, too long, or names what does not exist.
pub(crate) fn parse(
    field: &Field<'_>,
    property: &Property,
    page: &dyn Fn(Uuid, Uuid) -> Result<PageKey, NotionError>,
) -> Result<Change, NotionError> {
    let kind = property.schema.kind();
    let field = of_kind(field, property, kind)?;
    let stored = match &property.schema {
        PropertySchema::Title | PropertySchema::RichText => Stored::Text(RichText::parse(&field)?),
        PropertySchema::Number => Stored::Number(number(field)?),
        PropertySchema::Select(_) => return Ok(Change::Choose(one_option(field, property)?)),
        PropertySchema::Status(_) => {
            let chosen = one_option(field, property)?;
            return match chosen.iter().find(|name| property.choice(name).is_none()) {
                Some(unknown) => Err(NotionError::Validation(format!(
                    "Invalid status option. Status option \"{unknown}\" does not exist."
                ))),
                None => Ok(Change::Choose(chosen)),
            };
        }
        PropertySchema::MultiSelect(_) => {
            let names = field.elements()?;
            let names = names.iter().map(|field| option(field, property));
            return Ok(Change::Choose(names.collect::<Result<_, _>>()?));
        }
        PropertySchema::Date => Stored::Date(match field.present() {
            Some(date) => Some(DateRange::parse(&date)?),
            None => None,
        }),
        PropertySchema::Checkbox => Stored::Checkbox(field.boolean()?),
        PropertySchema::Relation { data_source, .. } => Stored::Relation(distinct(
            ids(&field)?.into_iter().map(|id| page(*data_source, id)),
        )?),
        PropertySchema::People => Stored::People(distinct(ids(&field)?.into_iter().map(Ok))?),
        PropertySchema::Url => Stored::Url(match field.present() {
            Some(url) => Some(url.short_text()?.to_owned()).filter(|url| !url.is_empty()),
            None => None,
        }),
        PropertySchema::CreatedTime
        | PropertySchema::LastEditedTime
        | PropertySchema::Rollup { .. } => return Err(field.should("be not present")),
    };
    Ok(Change::Set(stored))
}

/// The value under the property's type, which must be the type that is given.
fn of_kind<'v>(
    field: &Field<'v>,
    property: &Property,
    kind: &str,
) -> Result<Field<'v>, NotionError> {
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

/// A number is answered as JavaScript would: 5.0 as 5.
fn number(field: Field<'_>) -> Result<Option<Number>, NotionError> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Some(field) = field.present() else {
        return Ok(None);
    };
    let number = field.number()?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    let whole = (number.trunc().total_cmp(&number).is_eq() && number.abs() < EXACT)
        .then(|| Number::from(number as i64));
    Ok(whole.or_else(|| Number::from_f64(number)))
}

fn one_option(field: Field<'_>, property: &Property) -> Result<Vec<String>, NotionError> {
    match field.present() {
        Some(field) => Ok(vec![option(&field, property)?]),
        None => Ok(Vec::new()),
    }
}

/// The name of an option that is given by name or by id.
fn option(field: &Field<'_>, property: &Property) -> Result<String, NotionError> {
    field.object_of(&["id", "name", "color"])?;
    let Some(name) = field.get("name").optional() else {
        let id = field.get("id").uuid()?;
        let known = property.choices.iter().find(|choice| choice.id == id);
        return known.map(|choice| choice.name.clone()).ok_or_else(|| {
            NotionError::Validation(format!(
                "{} is an invalid select option \"{id}\".",
                property.id
            ))
        });
    };
    let text = name.short_text()?;
    if text.is_empty() {
        return Err(name.should("be a name of at least one character"));
    }
    if text.contains(',') {
        return Err(NotionError::Validation(format!(
            "Invalid select option, commas not allowed: {text}"
        )));
    }
    Ok(text.to_owned())
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

/// A user as pages and properties show one.
pub(crate) fn user(id: Uuid) -> Value {
    json!({ "object": "user", "id": id.to_string() })
}

#[cfg(test)]
mod tests {
    use super::super::schema::Schema;
    use super::*;
    use proptest::prelude::*;

    fn schema() -> Schema {
        let options = || vec!["a".to_owned(), "b".to_owned()];
        let declared = [
            ("Title", PropertySchema::Title),
            ("Number", PropertySchema::Number),
            ("Select", PropertySchema::Select(options())),
            ("Tags", PropertySchema::MultiSelect(options())),
            ("Status", PropertySchema::Status(options())),
            ("Date", PropertySchema::Date),
            ("Done", PropertySchema::Checkbox),
            ("Users", PropertySchema::People),
            ("Url", PropertySchema::Url),
            ("Made", PropertySchema::CreatedTime),
        ];
        let declared = declared.map(|(name, schema)| (name.to_owned(), schema));
        Schema::new(Uuid::nil(), declared.into()).unwrap()
    }

    fn read(name: &str, value: &Value) -> Result<Change, NotionError> {
        let schema = schema();
        let property = schema.property(schema.find(name).unwrap());
        parse(&Field::root("body", value), property, &|_, id| {
            Err(NotionError::Validation(id.to_string()))
        })
    }

    proptest! {
        #[test]
        fn a_number_is_answered_as_it_was_given(given in any::<f64>().prop_filter("finite", |f| f.is_finite())) {
            let Ok(Change::Set(Stored::Number(Some(stored)))) = read("Number", &json!({ "number": given })) else {
                return Err(TestCaseError::fail("refused"));
            };
            prop_assert!((stored.as_f64().unwrap() - given).abs() <= 0.0);
        }
    }

    #[test]
    fn a_whole_number_has_no_point() {
        let change = read("Number", &json!({ "number": 5.0 }));
        assert_eq!(
            change,
            Ok(Change::Set(Stored::Number(Some(Number::from(5)))))
        );
    }

    #[test]
    fn every_refusal_says_what_was_wrong() {
        for (name, value, why) in [
            (
                "Number",
                json!({ "rich_text": [] }),
                "Number is expected to be number.",
            ),
            (
                "Number",
                json!({ "number": "5" }),
                "body.number should be a number, instead was `\"5\"`.",
            ),
            (
                "Status",
                json!({ "status": { "name": "c" } }),
                "Status option \"c\" does not exist.",
            ),
            (
                "Select",
                json!({ "select": { "name": "a,b" } }),
                "commas not allowed: a,b",
            ),
            (
                "Tags",
                json!({ "multi_select": vec![json!({ "name": "a" }); 101] }),
                "length should be ≤ `100`",
            ),
            (
                "Date",
                json!({ "date": { "start": "soon" } }),
                "a valid ISO 8601 date string",
            ),
            (
                "Done",
                json!({ "checkbox": null }),
                "body.checkbox should be a boolean",
            ),
            (
                "Users",
                json!({ "people": [{ "id": 7 }] }),
                "body.people[0].id should be a string",
            ),
            (
                "Url",
                json!({ "url": "x".repeat(2_001) }),
                "length should be ≤ `2000`",
            ),
            (
                "Made",
                json!({ "created_time": "2026-01-01" }),
                "should be not present",
            ),
        ] {
            let refusal = read(name, &value).unwrap_err().to_string();
            assert!(refusal.contains(why), "{name}: {refusal}");
        }
    }

    #[test]
    fn null_empties_what_can_be_empty() {
        for (name, kind) in [("Number", "number"), ("Date", "date"), ("Url", "url")] {
            let schema = schema();
            let empty = Stored::empty(&schema.property(schema.find(name).unwrap()).schema);
            assert_eq!(read(name, &json!({ kind: null })), Ok(Change::Set(empty)));
        }
        for (name, kind) in [("Select", "select"), ("Status", "status")] {
            assert_eq!(
                read(name, &json!({ kind: null })),
                Ok(Change::Choose(Vec::new()))
            );
        }
    }
}
