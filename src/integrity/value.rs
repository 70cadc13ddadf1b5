//! What a property says and what a cell says, both in one form, so that comparing is `==`.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::asked::fills_a_column;
use super::export::Property;
use super::lists;
use super::mapping::{FieldMap, Form};
use super::moments::{self, When};

/// A value without what its store adds to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Value {
    /// Nothing: null, and a text without a letter.
    Empty,
    /// A text; also what should be of another form and cannot be read as such.
    Text(Box<str>),
    /// A number, as the bits of a float.
    Number(u64),
    /// True or false.
    Flag(bool),
    /// Milliseconds since 1970.
    Millis(i64),
    /// Minutes since 1970.
    Minute(i64),
    /// A day.
    Day(Date),
    /// Texts, in the order of their letters.
    List(Box<[Box<str>]>),
    /// Of the old side only: anything but nothing.
    Set,
    /// Of the old side only: anything at all.
    Anything,
}

impl Value {
    /// A cell of a column.
    pub(super) fn of_cell(cell: Option<&str>, form: Form, zone: &TimeZone) -> Self {
        let Some(text) = cell.filter(|text| !text.is_empty()) else {
            return Self::Empty;
        };
        let read = match form {
            Form::Text => None,
            Form::Number => text.parse().ok().map(Self::number),
            Form::Flag => flag(text).map(Self::Flag),
            Form::List => lists::of_cell(text).map(Self::list),
            Form::Day if text.len() == "2026-02-01".len() => text.parse().ok().map(Self::Day),
            Form::Day | Form::Instant | Form::Minute => {
                moments::of_cell(text).map(|at| Self::of_moment(at, form, zone))
            }
        };
        read.unwrap_or_else(|| Self::Text(text.into()))
    }

    /// What the column must say for a property.
    pub(super) fn of_property(property: &Property, field: &FieldMap, zone: &TimeZone) -> Self {
        let cell = |text: &str| Self::of_cell(Some(text), field.form, zone);
        let word = |name: &String| {
            let word = field.words.iter().find(|(option, _)| option == name);
            word.map_or(name.as_str(), |(_, word)| word).into()
        };
        let listed = |names: &[String]| {
            let words: Vec<Box<str>> = names.iter().map(word).collect();
            match field.form {
                Form::List => Self::list(lists::sorted(words)),
                _ => cell(&words.join(", ")),
            }
        };
        let value = match property {
            property if !fills_a_column(property) => return Self::Anything,
            Property::Other(_) | Property::Computed | Property::Relation { .. } => Self::Empty,
            Property::Text(text) => cell(text),
            Property::Option(None) | Property::Date(None) | Property::Number(None) => Self::Empty,
            Property::Option(Some(name)) => listed(std::slice::from_ref(name)),
            Property::Options(names) => listed(names),
            Property::Checkbox(ticked) => cell(if *ticked { "true" } else { "false" }),
            Property::Number(Some(number)) => cell(&number.to_string()),
            Property::Date(Some(date)) => {
                let when = When::read(&date.start, date, zone);
                let value = when.and_then(|when| Self::of_when(when, field.form, zone));
                value.unwrap_or_else(|| cell(&date.start))
            }
        };
        match (&value, &field.empty) {
            (Self::Empty, Some(empty)) => cell(empty),
            _ => value,
        }
    }

    /// A day or a moment of Notion.
    pub(super) fn of_when(when: When, form: Form, zone: &TimeZone) -> Option<Self> {
        match form {
            Form::Day => Some(Self::Day(when.day(zone))),
            Form::Instant | Form::Minute => Some(Self::of_moment(when.moment(zone)?, form, zone)),
            Form::Text | Form::Number | Form::Flag | Form::List => None,
        }
    }

    /// A moment.
    pub(super) fn of_moment(at: Timestamp, form: Form, zone: &TimeZone) -> Self {
        match form {
            Form::Day => Self::Day(moments::day_of(at, zone)),
            Form::Minute => Self::Minute(moments::minute(at)),
            Form::Instant => Self::Millis(at.as_millisecond()),
            Form::Text | Form::Number | Form::Flag | Form::List => {
                Self::Text(at.to_string().into())
            }
        }
    }

    fn list(items: Box<[Box<str>]>) -> Self {
        match items.is_empty() {
            true => Self::Empty,
            false => Self::List(items),
        }
    }

    fn number(number: f64) -> Self {
        // The two zeros are one number.
        Self::Number((number + 0.0).to_bits())
    }

    /// Whether a cell is what this value of the old side asks for.
    pub(super) fn allows(&self, cell: &Self) -> bool {
        match self {
            Self::Anything => true,
            Self::Set => *cell != Self::Empty,
            _ => self == cell,
        }
    }

    /// As people read it; `None` is nothing.
    pub(super) fn shown(&self) -> Option<String> {
        let moment =
            |at: Result<Timestamp, jiff::Error>| at.map_or(String::new(), |at| at.to_string());
        match self {
            Self::Empty => None,
            Self::Text(text) => Some(text.to_string()),
            Self::Number(bits) => Some(f64::from_bits(*bits).to_string()),
            Self::Flag(flag) => Some(flag.to_string()),
            Self::Millis(millis) => Some(moment(Timestamp::from_millisecond(*millis))),
            Self::Minute(minute) => Some(moment(Timestamp::from_second(minute.saturating_mul(60)))),
            Self::Day(day) => Some(day.to_string()),
            Self::List(items) => Some(items.join(", ")),
            Self::Set | Self::Anything => Some("a value".to_owned()),
        }
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ => None,
    }
}

/// A number for something: the same in every run, and for two different things almost never the same.
pub(super) fn hash_of(content: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    hasher.finish()
}
