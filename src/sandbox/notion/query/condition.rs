//! The leaves of a filter: a test with where the value comes from that it is put to.
//!
//! A formula is tested as its result is, a rollup as its figure, or, when it shows values, by
//! testing the related pages: `any`, `every` or `none` of them must pass.

use std::hint::black_box;

use jiff::civil::Date;
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::properties::formula::{Formula, ResultType};
use super::super::properties::kind::{Kind, Rollup};
use super::super::properties::options::Options;
use super::super::properties::property::Property;
use super::super::properties::rollup::Plan;
use super::super::properties::schema::Schema;
use super::super::properties::source::Source;
use super::super::properties::value::Stored;
use super::super::store::{Page, PageKey, Workspace};
use super::test::{DateTest, NumberTest, SetTest, TextTest, checkbox, presence};

const EQUALS: [&str; 2] = ["equals", "does_not_equal"];
const CONTAINS: [&str; 2] = ["contains", "does_not_contain"];
/// What a verification can be asked for; no page has one.
const VERIFICATIONS: [&str; 3] = ["verified", "expired", "none"];

/// What a filter is put to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'s> {
    pub(crate) schema: &'s Schema,
    pub(crate) workspace: &'s Workspace,
    /// The day in UTC, from which relative dates count.
    pub(crate) today: Date,
}

/// A test with the source of what it is put to.
#[derive(Debug)]
pub(crate) enum Condition {
    Text(Source, TextTest),
    Number(Source, NumberTest),
    Checkbox(Source, bool),
    Date(Source, DateTest),
    Users(Source, SetTest<Uuid>),
    /// The option's place; none when there is no such option, which no page has.
    Choice(usize, SetTest<Option<usize>>),
    Relation(usize, SetTest<Uuid>),
    /// Whether there are files.
    Presence(usize, bool),
    /// How the related pages must pass.
    Related(Box<Plan>, Quantifier, Box<Condition>),
    /// Known beforehand.
    Constant(bool),
    /// A title, which Notion looks up as it searches.
    Title(usize, TextTest),
}

/// How many of the related pages must pass; of no pages, all do and none does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Quantifier {
    Any,
    Every,
    None,
}

impl Quantifier {
    fn named(name: &str) -> Option<Self> {
        match name {
            "any" => Some(Self::Any),
            "every" => Some(Self::Every),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

impl Condition {
    pub(crate) fn parse(field: &Field<'_>, subject: &Subject<'_>) -> Result<Self, NotionError> {
        if let Some(stamp) = field.get("timestamp").optional() {
            let name = stamp.one_of(&["created_time", "last_edited_time"])?;
            field.object_of(&["timestamp", "type", name])?;
            let source = match name {
                "created_time" => Source::Created,
                _ => Source::Edited,
            };
            let test = DateTest::parse(&field.get(name), subject.today)?;
            return Ok(Self::Date(source, test));
        }
        let name = field.get("property").text()?;
        let index = subject.schema.find(name).ok_or_else(|| {
            NotionError::Validation(format!("Could not find property with name or id: {name}"))
        })?;
        let kind = only_kind(field, &["property", "type"])?;
        Self::of_property(&field.get(kind), kind, index, subject)
    }

    fn of_property(
        field: &Field<'_>,
        kind: &str,
        index: usize,
        subject: &Subject<'_>,
    ) -> Result<Self, NotionError> {
        use Kind as K;
        let property = subject.schema.property(index);
        let source = || Source::of(index, subject.schema, subject.workspace);
        let date = || Ok(Self::Date(source(), DateTest::parse(field, subject.today)?));
        let member = || SetTest::parse(field, CONTAINS, |id| id.uuid());
        match (&property.kind, kind) {
            (K::Title, "title" | "rich_text") => Ok(Self::Title(index, TextTest::parse(field)?)),
            (K::RichText, "rich_text")
            | (K::Url, "url" | "rich_text")
            | (K::Email, "email" | "rich_text")
            | (K::PhoneNumber, "phone_number" | "rich_text") => {
                Ok(Self::Text(source(), TextTest::parse(field)?))
            }
            (K::Number(_), "number") => Ok(Self::Number(source(), NumberTest::parse(field)?)),
            (K::UniqueId(_), "unique_id") => Ok(Self::Number(source(), NumberTest::parse(field)?)),
            (K::Checkbox, "checkbox") => Ok(Self::Checkbox(source(), checkbox(field)?)),
            (K::Select(options), "select") | (K::Status(options), "status") => {
                choice(field, EQUALS, index, options)
            }
            (K::MultiSelect(options), "multi_select") => choice(field, CONTAINS, index, options),
            (K::Date, "date")
            | (K::CreatedTime, "created_time" | "date")
            | (K::LastEditedTime, "last_edited_time" | "date") => date(),
            (K::Relation(_), "relation") => Ok(Self::Relation(index, member()?)),
            (K::People, "people")
            | (K::CreatedBy, "created_by" | "people")
            | (K::LastEditedBy, "last_edited_by" | "people") => {
                Ok(Self::Users(source(), member()?))
            }
            (K::Files, "files") => Ok(Self::Presence(index, presence(field)?)),
            (K::Verification, "verification") => {
                field.object_of(&["status"])?;
                let status = field.get("status").one_of(&VERIFICATIONS)?;
                Ok(Self::Constant(status == "none"))
            }
            (K::Formula(formula), "formula") => Self::of_formula(field, formula, property, subject),
            (K::Rollup(rollup), "rollup") => Self::of_rollup(field, rollup, index, subject),
            _ => Err(mismatch(property, kind)),
        }
    }

    fn of_formula(
        field: &Field<'_>,
        formula: &Formula,
        property: &Property,
        subject: &Subject<'_>,
    ) -> Result<Self, NotionError> {
        let kind = only_kind(field, &[])?;
        let (source, result) = Source::formula(formula, subject.schema);
        let field = field.get(kind);
        match (kind, result) {
            ("string", ResultType::String) => Ok(Self::Text(source, TextTest::parse(&field)?)),
            ("number", ResultType::Number) => Ok(Self::Number(source, NumberTest::parse(&field)?)),
            ("checkbox", ResultType::Boolean) => Ok(Self::Checkbox(source, checkbox(&field)?)),
            ("date", ResultType::Date) => {
                let test = DateTest::parse(&field, subject.today)?;
                Ok(Self::Date(source, test))
            }
            _ => Err(mismatch(property, kind)),
        }
    }

    fn of_rollup(
        field: &Field<'_>,
        rollup: &Rollup,
        index: usize,
        subject: &Subject<'_>,
    ) -> Result<Self, NotionError> {
        let kind = only_kind(field, &[])?;
        let inner = field.get(kind);
        let source = || Source::of(index, subject.schema, subject.workspace);
        match (kind, rollup.function.result()) {
            ("number", "number") => Ok(Self::Number(source(), NumberTest::parse(&inner)?)),
            ("date", "date") => {
                let test = DateTest::parse(&inner, subject.today)?;
                Ok(Self::Date(source(), test))
            }
            ("any" | "every" | "none", "array") => Self::of_related(&inner, kind, rollup, subject),
            _ => Err(mismatch(subject.schema.property(index), kind)),
        }
    }

    /// `{<type>: {<operator>: …}}`, put to the related pages' property.
    fn of_related(
        field: &Field<'_>,
        quantifier: &str,
        rollup: &Rollup,
        subject: &Subject<'_>,
    ) -> Result<Self, NotionError> {
        let kind = only_kind(field, &[])?;
        let plan = Plan::of(rollup, subject.schema, subject.workspace);
        let related = plan
            .as_ref()
            .and_then(|plan| plan.related(subject.workspace));
        let (Some(plan), Some(schema), Some(quantifier)) =
            (plan, related, Quantifier::named(quantifier))
        else {
            // What the rollup names is gone: it has no pages.
            return Ok(Self::Constant(quantifier != "any"));
        };
        let subject = Subject { schema, ..*subject };
        let inner = Self::of_property(&field.get(kind), kind, plan.property, &subject)?;
        Ok(Self::Related(Box::new(plan), quantifier, Box::new(inner)))
    }

    /// Whether it looks inside texts or at titles, which is slower.
    pub(crate) fn searches_text(&self) -> bool {
        match self {
            Self::Title(..) => true,
            Self::Text(_, test) => test.searches(),
            Self::Related(_, _, inner) => inner.searches_text(),
            _ => false,
        }
    }

    /// Reads a little of what [`Self::holds`] will read in each of these pages, to no end but that it is near
    /// by then. The values lie all over the memory; as nothing hangs on a glimpse, the processor fetches those
    /// of several pages at a time, which it cannot when each decides what is read next.
    pub(crate) fn glimpse(&self, keys: &[PageKey], workspace: &Workspace) {
        let index = match self {
            Self::Text(Source::Stored(index), _)
            | Self::Number(Source::Stored(index), _)
            | Self::Checkbox(Source::Stored(index), _)
            | Self::Date(Source::Stored(index), _)
            | Self::Users(Source::Stored(index), _)
            | Self::Choice(index, _)
            | Self::Relation(index, _)
            | Self::Presence(index, _)
            | Self::Title(index, _) => *index,
            _ => return,
        };
        let first = |key: &PageKey| match workspace.page(*key).value(index) {
            value @ (Stored::Text(_) | Stored::Line(_)) => {
                let text = value.plain().folded().as_bytes();
                text.first().copied().unwrap_or_default()
            }
            Stored::Computed => 1,
            _ => 0,
        };
        black_box(keys.iter().map(first).fold(0, u8::wrapping_add));
    }

    /// Whether the page passes.
    pub(crate) fn holds(&self, page: &Page, workspace: &Workspace) -> bool {
        match self {
            Self::Text(source, test) => test.holds(source.text(page)),
            Self::Title(index, test) => test.holds(page.value(*index).plain()),
            Self::Number(source, test) => test.holds(source.number(page, workspace)),
            Self::Checkbox(source, wanted) => source.checkbox(page) == Some(*wanted),
            Self::Date(source, test) => {
                test.holds(source.any_date(page, workspace).map(|date| date.start))
            }
            Self::Users(source, test) => test.holds(source.users(page)),
            Self::Choice(index, test) => match page.value(*index) {
                Stored::Choices(chosen) => test.holds(chosen.iter().copied().map(Some)),
                _ => false,
            },
            Self::Relation(index, test) => {
                test.holds(workspace.linked(page.value(*index)).map(|page| page.id))
            }
            Self::Presence(index, wanted) => match page.value(*index) {
                Stored::Files(files) => files.is_empty() != *wanted,
                _ => false,
            },
            Self::Related(plan, quantifier, inner) => {
                let mut pages = plan.pages(page, workspace);
                let mut passes = |page| inner.holds(page, workspace);
                match quantifier {
                    Quantifier::Any => pages.any(passes),
                    Quantifier::Every => pages.all(passes),
                    Quantifier::None => !pages.any(&mut passes),
                }
            }
            Self::Constant(holds) => *holds,
        }
    }
}

/// The one key of a condition that names its type, besides these.
fn only_kind<'f>(field: &Field<'f>, besides: &[&str]) -> Result<&'f str, NotionError> {
    /// What is no property's type but a condition's.
    const OTHERS: [&str; 4] = ["string", "any", "every", "none"];
    let known = |kind: &str| Kind::NAMES.contains(&kind) || OTHERS.contains(&kind);
    let object = field.object()?;
    let mut kinds = object
        .keys()
        .map(String::as_str)
        .filter(|key| !besides.contains(key));
    match (kinds.next(), kinds.next()) {
        (Some(kind), None) if known(kind) => Ok(kind),
        (Some(stranger), None) | (_, Some(stranger)) => {
            Err(field.get(stranger).should("be not present"))
        }
        (None, None) => Err(field.should("have a condition such as `number`")),
    }
}

fn choice(
    field: &Field<'_>,
    names: [&str; 2],
    index: usize,
    options: &Options,
) -> Result<Condition, NotionError> {
    let place = |name: &Field<'_>| Ok(options.place(name.text()?));
    SetTest::parse(field, names, place).map(|test| Condition::Choice(index, test))
}

fn mismatch(property: &Property, kind: &str) -> NotionError {
    NotionError::Validation(format!(
        "The property type in the database does not match the property type of the filter \
         provided: database property {} does not match filter {kind}",
        property.kind.name()
    ))
}
