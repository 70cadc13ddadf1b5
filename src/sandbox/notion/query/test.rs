//! One test of one value, by the type of the value.
//!
//! Searching a text (`contains`, `starts_with`, `ends_with`) ignores case; `equals` does not. That
//! is a guess: Notion documents neither. An empty value is unequal to everything, and never lies
//! before or after anything.

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::properties::moment::Moment;
use super::super::properties::text::Plain;

/// The operator and operand of a condition: it has exactly one.
fn operator<'f>(field: &Field<'f>) -> Result<(&'f str, Field<'f>), NotionError> {
    let object = field.object()?;
    match object.keys().next() {
        Some(name) if object.len() == 1 => Ok((name.as_str(), field.get(name))),
        _ => Err(field.should("have exactly one condition")),
    }
}

fn unknown<T>(operand: &Field<'_>) -> Result<T, NotionError> {
    Err(operand.should("be not present"))
}

/// `is_empty` and `is_not_empty` take `true` only.
fn truth(operand: &Field<'_>) -> Result<(), NotionError> {
    if operand.boolean()? {
        Ok(())
    } else {
        Err(operand.should("be `true`"))
    }
}

/// A test of a title, text or URL.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TextTest {
    Equals(String),
    DoesNotEqual(String),
    Contains(String),
    DoesNotContain(String),
    StartsWith(String),
    EndsWith(String),
    IsEmpty,
    IsNotEmpty,
}

impl TextTest {
    pub(crate) fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        let (name, operand) = operator(field)?;
        let folded = || Ok(operand.short_text()?.to_lowercase());
        match name {
            "equals" => Ok(Self::Equals(operand.short_text()?.to_owned())),
            "does_not_equal" => Ok(Self::DoesNotEqual(operand.short_text()?.to_owned())),
            "contains" => folded().map(Self::Contains),
            "does_not_contain" => folded().map(Self::DoesNotContain),
            "starts_with" => folded().map(Self::StartsWith),
            "ends_with" => folded().map(Self::EndsWith),
            "is_empty" => truth(&operand).map(|()| Self::IsEmpty),
            "is_not_empty" => truth(&operand).map(|()| Self::IsNotEmpty),
            _ => unknown(&operand),
        }
    }

    /// Whether it looks inside the text.
    pub(crate) fn searches(&self) -> bool {
        matches!(
            self,
            Self::Contains(_) | Self::DoesNotContain(_) | Self::StartsWith(_) | Self::EndsWith(_)
        )
    }

    pub(crate) fn holds(&self, plain: &Plain) -> bool {
        let (text, folded) = (plain.text(), plain.folded());
        match self {
            Self::Equals(other) => text == other,
            Self::DoesNotEqual(other) => text != other,
            Self::Contains(part) => folded.contains(part),
            Self::DoesNotContain(part) => !folded.contains(part),
            Self::StartsWith(part) => folded.starts_with(part),
            Self::EndsWith(part) => folded.ends_with(part),
            Self::IsEmpty => text.is_empty(),
            Self::IsNotEmpty => !text.is_empty(),
        }
    }
}

/// A test of a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NumberTest {
    Compares(Comparison, f64),
    DoesNotEqual(f64),
    IsEmpty,
    IsNotEmpty,
}

/// How a value must lie against the operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn allows(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl NumberTest {
    pub(crate) fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        let (name, operand) = operator(field)?;
        let comparison = match name {
            "equals" => Comparison::Equal,
            "less_than" => Comparison::Less,
            "less_than_or_equal_to" => Comparison::LessOrEqual,
            "greater_than" => Comparison::Greater,
            "greater_than_or_equal_to" => Comparison::GreaterOrEqual,
            "does_not_equal" => return operand.number().map(Self::DoesNotEqual),
            "is_empty" => return truth(&operand).map(|()| Self::IsEmpty),
            "is_not_empty" => return truth(&operand).map(|()| Self::IsNotEmpty),
            _ => return unknown(&operand),
        };
        Ok(Self::Compares(comparison, operand.number()?))
    }

    pub(crate) fn holds(&self, number: Option<f64>) -> bool {
        // Finite numbers always compare; `partial_cmp` also knows that -0 is 0.
        let against = |other: f64| number.and_then(|number| number.partial_cmp(&other));
        match self {
            Self::Compares(comparison, other) => {
                against(*other).is_some_and(|ordering| comparison.allows(ordering))
            }
            Self::DoesNotEqual(other) => against(*other) != Some(Ordering::Equal),
            Self::IsEmpty => number.is_none(),
            Self::IsNotEmpty => number.is_some(),
        }
    }
}

/// A test of a date or a time stamp. Of a range, the start counts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DateTest {
    Compares(Comparison, Moment),
    /// Between two days in UTC, both included.
    Within(Date, Date),
    IsEmpty,
    IsNotEmpty,
}

impl DateTest {
    /// `today` is the day in UTC, from which relative conditions count.
    pub(crate) fn parse(field: &Field<'_>, today: Date) -> Result<Self, NotionError> {
        let (name, operand) = operator(field)?;
        let comparison = match name {
            "equals" => Comparison::Equal,
            "before" => Comparison::Less,
            "on_or_before" => Comparison::LessOrEqual,
            "after" => Comparison::Greater,
            "on_or_after" => Comparison::GreaterOrEqual,
            "is_empty" => return truth(&operand).map(|()| Self::IsEmpty),
            "is_not_empty" => return truth(&operand).map(|()| Self::IsNotEmpty),
            _ => return Self::relative(name, &operand, today),
        };
        let moment = Moment::parse(operand.text()?, &TimeZone::UTC)
            .ok_or_else(|| operand.should("be a valid ISO 8601 date string"))?;
        Ok(Self::Compares(comparison, moment))
    }

    /// A week begins on Sunday (a guess: Notion lets each user choose).
    fn relative(name: &str, operand: &Field<'_>, today: Date) -> Result<Self, NotionError> {
        let shifted = |span: Span| today.saturating_add(span);
        let since_sunday = i64::from(today.weekday().to_sunday_zero_offset());
        let (first, last) = match name {
            "this_week" => (
                shifted((-since_sunday).days()),
                shifted((6 - since_sunday).days()),
            ),
            "past_week" => (shifted(-7.days()), today),
            "past_month" => (shifted(-1.month()), today),
            "past_year" => (shifted(-1.year()), today),
            "next_week" => (today, shifted(7.days())),
            "next_month" => (today, shifted(1.month())),
            "next_year" => (today, shifted(1.year())),
            _ => return unknown(operand),
        };
        operand.object_of(&[])?;
        Ok(Self::Within(first, last))
    }

    pub(crate) fn holds(&self, moment: Option<Moment>) -> bool {
        match self {
            Self::Compares(comparison, other) => {
                moment.is_some_and(|moment| comparison.allows(moment.against(*other)))
            }
            Self::Within(first, last) => {
                moment.is_some_and(|moment| (*first..=*last).contains(&moment.day()))
            }
            Self::IsEmpty => moment.is_none(),
            Self::IsNotEmpty => moment.is_some(),
        }
    }
}

/// A test of a set: the chosen options, the linked pages, the users.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SetTest<T> {
    Contains(T),
    DoesNotContain(T),
    IsEmpty,
    IsNotEmpty,
}

impl<T: PartialEq> SetTest<T> {
    /// `contains` and `lacks` are the operators' names, `member` reads the operand.
    pub(crate) fn parse(
        field: &Field<'_>,
        [contains, lacks]: [&str; 2],
        member: impl Fn(&Field<'_>) -> Result<T, NotionError>,
    ) -> Result<Self, NotionError> {
        let (name, operand) = operator(field)?;
        match name {
            "is_empty" => truth(&operand).map(|()| Self::IsEmpty),
            "is_not_empty" => truth(&operand).map(|()| Self::IsNotEmpty),
            _ if name == contains => member(&operand).map(Self::Contains),
            _ if name == lacks => member(&operand).map(Self::DoesNotContain),
            _ => unknown(&operand),
        }
    }

    pub(crate) fn holds(&self, mut members: impl Iterator<Item = T>) -> bool {
        match self {
            Self::Contains(wanted) => members.any(|member| member == *wanted),
            Self::DoesNotContain(unwanted) => members.all(|member| member != *unwanted),
            Self::IsEmpty => members.next().is_none(),
            Self::IsNotEmpty => members.next().is_some(),
        }
    }
}

/// A test of what can only be there or not: files.
pub(crate) fn presence(field: &Field<'_>) -> Result<bool, NotionError> {
    let (name, operand) = operator(field)?;
    match name {
        "is_empty" => truth(&operand).map(|()| false),
        "is_not_empty" => truth(&operand).map(|()| true),
        _ => unknown(&operand),
    }
}

/// `equals` or `does_not_equal` of a checkbox: the state that is wanted.
pub(crate) fn checkbox(field: &Field<'_>) -> Result<bool, NotionError> {
    let (name, operand) = operator(field)?;
    match name {
        "equals" => operand.boolean(),
        "does_not_equal" => operand.boolean().map(|state| !state),
        _ => unknown(&operand),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use serde_json::json;

    const TODAY: Date = date(2026, 3, 4); // a Wednesday

    fn dated(name: &str, operand: &serde_json::Value) -> Result<DateTest, NotionError> {
        let condition = json!({ name: operand });
        DateTest::parse(&Field::root("body", &condition), TODAY)
    }

    proptest! {
        #[test]
        fn a_negated_test_is_the_complement(text in "[abAB]{0,4}", part in "[abAB]{0,2}", x in 0i8..4, y in 0i8..4, empty: bool) {
            let test = |name: &str, operand: serde_json::Value| json!({ name: operand });
            for (one, other) in [
                ("equals", "does_not_equal"), ("contains", "does_not_contain"),
            ] {
                let (one, other) = (test(one, json!(part)), test(other, json!(part)));
                let one = TextTest::parse(&Field::root("body", &one)).unwrap();
                let other = TextTest::parse(&Field::root("body", &other)).unwrap();
                let plain = Plain::new(text.clone());
                prop_assert_ne!(one.holds(&plain), other.holds(&plain));
            }
            let number = (!empty).then_some(f64::from(x));
            for (one, other, partial) in [
                ("equals", "does_not_equal", false),
                ("less_than", "greater_than_or_equal_to", true),
                ("greater_than", "less_than_or_equal_to", true),
            ] {
                let (one, other) = (test(one, json!(y)), test(other, json!(y)));
                let one = NumberTest::parse(&Field::root("body", &one)).unwrap().holds(number);
                let other = NumberTest::parse(&Field::root("body", &other)).unwrap().holds(number);
                // An empty number is unequal to all, but neither less nor more.
                prop_assert_eq!(one != other, !(partial && empty));
            }
        }
    }

    #[test]
    fn a_relative_condition_covers_the_days_that_its_name_says() {
        for (name, first, last) in [
            ("this_week", date(2026, 3, 1), date(2026, 3, 7)),
            ("past_week", date(2026, 2, 25), TODAY),
            ("past_month", date(2026, 2, 4), TODAY),
            ("past_year", date(2025, 3, 4), TODAY),
            ("next_week", TODAY, date(2026, 3, 11)),
            ("next_month", TODAY, date(2026, 4, 4)),
            ("next_year", TODAY, date(2027, 3, 4)),
        ] {
            assert_eq!(
                dated(name, &json!({})),
                Ok(DateTest::Within(first, last)),
                "{name}"
            );
        }
    }

    #[test]
    fn a_day_is_on_itself_and_neither_before_nor_after() {
        let at = Some(Moment::parse("2026-03-04T23:59:00Z", &TimeZone::UTC).unwrap());
        for (name, expected) in [
            ("equals", true),
            ("before", false),
            ("after", false),
            ("on_or_before", true),
            ("on_or_after", true),
        ] {
            let test = dated(name, &json!("2026-03-04")).unwrap();
            assert_eq!(test.holds(at), expected, "{name}");
            assert!(!test.holds(None), "{name}");
        }
    }

    #[test]
    fn a_condition_without_sense_is_refused() {
        for condition in [
            json!({}),
            json!({ "contains": 5 }),
            json!({ "like": "a" }),
            json!({ "is_empty": false }),
            json!({ "equals": "a", "contains": "b" }),
        ] {
            let field = Field::root("body", &condition);
            assert!(TextTest::parse(&field).is_err(), "{condition}");
        }
        assert!(dated("equals", &json!("soon")).is_err());
        assert!(dated("past_week", &json!({ "days": 7 })).is_err());
    }

    #[test]
    fn a_search_ignores_case_and_equality_does_not() {
        let holds = |condition: serde_json::Value| {
            TextTest::parse(&Field::root("body", &condition))
                .unwrap()
                .holds(&Plain::new("Buy Milk".to_owned()))
        };
        assert!(holds(json!({ "contains": "milk" })) && holds(json!({ "starts_with": "buy" })));
        assert!(holds(json!({ "ends_with": "MILK" })) && !holds(json!({ "equals": "buy milk" })));
    }
}
