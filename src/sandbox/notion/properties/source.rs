//! Where filters, sorts and rollups read a value from. A [`Source`] is found once, by the schema;
//! then pages are read without names, and without allocating.

use jiff::Timestamp;
use jiff::tz::Offset;
use uuid::Uuid;

use super::super::store::{Page, Workspace};
use super::formula::{Formula, ResultType};
use super::kind::Kind;
use super::moment::{DateRange, Moment, minute};
use super::rollup::{Plan, size};
use super::schema::Schema;
use super::text::Plain;
use super::value::Stored;

/// Where a value is read from.
#[derive(Debug)]
pub(crate) enum Source {
    /// What the page holds at this place.
    Stored(usize),
    Created,
    Edited,
    CreatedBy,
    EditedBy,
    Text(Plain),
    Number(Option<f64>),
    Boolean(bool),
    Rollup(Box<Plan>),
    /// Nowhere: what it would be read from is gone.
    Nothing,
}

impl Source {
    /// Of the property at `index`.
    pub(crate) fn of(index: usize, schema: &Schema, workspace: &Workspace) -> Self {
        match &schema.property(index).kind {
            Kind::Rollup(rollup) => Plan::of(rollup, schema, workspace)
                .map_or(Self::Nothing, |plan| Self::Rollup(Box::new(plan))),
            _ => Self::simple(index, schema).unwrap_or(Self::Nothing),
        }
    }

    /// Of any property but a rollup.
    pub(crate) fn simple(index: usize, schema: &Schema) -> Option<Self> {
        Some(match &schema.property(index).kind {
            Kind::Rollup(_) => return None,
            Kind::CreatedTime => Self::Created,
            Kind::LastEditedTime => Self::Edited,
            Kind::CreatedBy => Self::CreatedBy,
            Kind::LastEditedBy => Self::EditedBy,
            Kind::Formula(formula) => Self::formula(formula, schema).0,
            _ => Self::Stored(index),
        })
    }

    /// Of a formula, with the type of its result; a formula of what is gone is an empty text.
    pub(crate) fn formula(formula: &Formula, schema: &Schema) -> (Self, ResultType) {
        match formula {
            Formula::Property(key) => schema
                .find_key(key)
                .and_then(|index| {
                    let result = ResultType::of(&schema.property(index).kind)?;
                    Some((Self::simple(index, schema)?, result))
                })
                .unwrap_or((Self::Nothing, ResultType::String)),
            Formula::Text(text) => (Self::Text(Plain::new(text.clone())), ResultType::String),
            Formula::Number(number) => (Self::Number(number.as_f64()), ResultType::Number),
            Formula::Boolean(truth) => (Self::Boolean(*truth), ResultType::Boolean),
        }
    }

    /// A text; empty when there is none.
    pub(crate) fn text<'p>(&'p self, page: &'p Page) -> &'p Plain {
        match self {
            Self::Stored(index) => page.value(*index).plain(),
            Self::Text(text) => text,
            _ => Plain::empty(),
        }
    }

    /// A number.
    pub(crate) fn number(&self, page: &Page, workspace: &Workspace) -> Option<f64> {
        match self {
            Self::Stored(index) => match page.value(*index) {
                Stored::Number(number) => number.as_ref()?.as_f64(),
                Stored::Unique(number) => u32::try_from(*number).ok().map(f64::from),
                _ => None,
            },
            Self::Number(number) => *number,
            Self::Rollup(plan) if plan.function.result() == "number" => {
                plan.number(page, workspace)
            }
            _ => None,
        }
    }

    /// A checkbox or a formula's truth.
    pub(crate) fn checkbox(&self, page: &Page) -> Option<bool> {
        match self {
            Self::Stored(index) => match page.value(*index) {
                Stored::Checkbox(checked) => Some(*checked),
                _ => None,
            },
            Self::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }

    /// A date, as answers show it.
    pub(crate) fn date(&self, page: &Page) -> Option<DateRange> {
        match self {
            Self::Stored(index) => match page.value(*index) {
                Stored::Date(range) => *range,
                _ => None,
            },
            Self::Created => Some(shown(page.created)),
            Self::Edited => Some(shown(page.edited)),
            _ => None,
        }
    }

    /// A date, also a rollup's.
    pub(crate) fn any_date(&self, page: &Page, workspace: &Workspace) -> Option<DateRange> {
        match self {
            Self::Rollup(plan) if plan.function.result() == "date" => plan.date(page, workspace),
            _ => self.date(page),
        }
    }

    /// Users.
    pub(crate) fn users<'p>(&self, page: &'p Page) -> impl Iterator<Item = Uuid> + use<'p> {
        let (stored, author) = match self {
            Self::Stored(index) => match page.value(*index) {
                Stored::People(users) => (users.as_slice(), None),
                _ => (&[][..], None),
            },
            Self::CreatedBy => (&[][..], Some(page.created_by)),
            Self::EditedBy => (&[][..], Some(page.edited_by)),
            _ => (&[][..], None),
        };
        stored.iter().copied().chain(author)
    }

    /// How many values there are: none when it is empty.
    pub(crate) fn size(&self, page: &Page, workspace: &Workspace) -> usize {
        match self {
            Self::Stored(index) => size(page.value(*index), workspace),
            Self::Nothing => 0,
            _ => 1,
        }
    }
}

/// A time stamp as answers show it: without seconds.
fn shown(at: Timestamp) -> DateRange {
    let start = Moment::Instant {
        at: minute(at),
        offset: Offset::UTC,
    };
    DateRange { start, end: None }
}
