//! How a page's property looks: in the page ([`shown`]), and as the endpoint of a single property
//! answers it ([`items`]), where what can be long comes in slices.
//!
//! Versions differ in what they tell of users.

use serde::Serialize;
use serde_json::{Number, Value, json};
use uuid::Uuid;

use super::super::store::{Page, Workspace};
use super::super::version::Version;
use super::formula::{Formula, ResultType};
use super::kind::{Kind, Rollup};
use super::moment::{DateAnswer, stamp};
use super::options::ChoiceAnswer;
use super::rollup::{Figure, Plan};
use super::schema::Schema;
use super::source::Source;
use super::text::TextAnswer;
use super::typed::Typed;
use super::value::{Stored, number};

/// How many links a relation shows before it says that there are more.
const MOST_LINKS: usize = 25;

/// A value without its property.
#[derive(Serialize)]
pub(crate) struct Bare<'w> {
    /// With Notion's word for its type.
    #[serde(flatten)]
    pub(crate) value: Typed<Look<'w>>,
    /// Of a relation: whether it has more links than it shows.
    #[serde(rename = "has_more", skip_serializing_if = "Option::is_none")]
    more: Option<bool>,
}

/// How a value looks. What most pages hold is written as it stands; the rest is made first.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Look<'w> {
    Text(TextAnswer<'w>),
    Choice(Option<ChoiceAnswer<'w>>),
    Choices(Vec<ChoiceAnswer<'w>>),
    Number(Option<&'w Number>),
    Date(Option<DateAnswer>),
    Checkbox(bool),
    Line(Option<&'w str>),
    Links(Vec<Link>),
    Made(Value),
}

/// A linked page.
#[derive(Serialize)]
pub(crate) struct Link {
    id: Uuid,
}

/// A property of a page.
#[derive(Serialize)]
struct Shown<'w> {
    id: &'w str,
    #[serde(flatten)]
    value: Bare<'w>,
}

/// What the endpoint of a single property answers.
#[derive(Debug, PartialEq)]
pub(crate) enum Items {
    /// One `property_item`.
    One(Value),
    /// A list of them, which is answered in slices.
    Many {
        items: Vec<Value>,
        /// The `property_item` of the list, its `next_url` being null as in the last slice.
        list: Value,
    },
}

/// The property at `index` of the schema, as `page` shows it: `{id, type, <type>: …}`.
pub(crate) fn shown<'w>(
    index: usize,
    page: &'w Page,
    schema: &'w Schema,
    workspace: &Workspace,
    version: Version,
) -> impl Serialize + use<'w> {
    Shown {
        id: &schema.property(index).id,
        value: bare(index, page, schema, workspace, version),
    }
}

/// The property at `index` of the schema, as its own endpoint answers it.
pub(crate) fn items(
    index: usize,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    version: Version,
) -> Items {
    let property = schema.property(index);
    let kind = property.kind.name();
    let item = |value: Value| json!({ "object": "property_item", "id": property.id, "type": kind, kind: value });
    let (items, details) = match (page.value(index), &property.kind) {
        (Stored::Text(text), _) => {
            let items = text.items().map(|text| item(json!(text)));
            (items.collect(), json!({}))
        }
        (links @ Stored::Relation(_), _) => {
            let pages = workspace.linked(links);
            let ids = pages.map(|page| json!({ "id": page.id.to_string() }));
            (ids.map(item).collect(), json!({}))
        }
        (Stored::People(users), _) => {
            let users = users
                .iter()
                .map(|user| workspace.user_answer(*user, version));
            (users.map(item).collect(), json!({}))
        }
        (_, Kind::Rollup(rollup)) => (
            rolled_items(rollup, page, schema, workspace, version),
            rolled(rollup, page, schema, workspace, version),
        ),
        _ => {
            let bare = bare(index, page, schema, workspace, version);
            return Items::One(item(json!(bare.value.value)));
        }
    };
    let list = json!({ "id": property.id, "next_url": null, "type": kind, kind: details });
    Items::Many { items, list }
}

/// The value of the property at `index` of the schema.
pub(crate) fn bare<'w>(
    index: usize,
    page: &'w Page,
    schema: &'w Schema,
    workspace: &Workspace,
    version: Version,
) -> Bare<'w> {
    let property = schema.property(index);
    let mut more = None;
    let value = match (page.value(index), &property.kind) {
        (Stored::Text(text), _) => Look::Text(text.answer()),
        (Stored::Number(number), _) => Look::Number(number.as_ref()),
        (Stored::Choices(chosen), kind) => choices(chosen, kind),
        (Stored::Date(range), _) => Look::Date(range.map(|range| range.answer())),
        (Stored::Checkbox(checked), _) => Look::Checkbox(*checked),
        (Stored::Line(line), _) => Look::Line(Some(line.text()).filter(|text| !text.is_empty())),
        (links @ Stored::Relation(_), _) => {
            let mut ids = workspace.linked(links).map(|page| Link { id: page.id });
            let first = ids.by_ref().take(MOST_LINKS).collect();
            more = Some(ids.next().is_some());
            Look::Links(first)
        }
        (Stored::People(users), _) => {
            let users = users
                .iter()
                .map(|user| workspace.user_answer(*user, version));
            Look::Made(users.collect())
        }
        (Stored::Files(files), _) => {
            Look::Made(files.iter().map(super::file::File::answer).collect())
        }
        (Stored::Place(place), _) => Look::Made(json!(place)),
        (Stored::Unique(number), Kind::UniqueId(unique)) => {
            Look::Made(json!({ "prefix": unique.prefix, "number": number }))
        }
        (_, kind) => Look::Made(computed(kind, page, schema, workspace, version)),
    };
    Bare {
        value: Typed::new(property.kind.name(), value),
        more,
    }
}

fn choices<'w>(chosen: &[usize], kind: &'w Kind) -> Look<'w> {
    let options = kind.options();
    let mut choices = chosen
        .iter()
        .filter_map(|place| Some(options?.at(*place)?.answer()));
    match kind {
        Kind::MultiSelect(_) => Look::Choices(choices.collect()),
        _ => Look::Choice(choices.next()),
    }
}

fn computed(
    kind: &Kind,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    version: Version,
) -> Value {
    let author = |id: Uuid| workspace.user_answer(id, version);
    match kind {
        Kind::CreatedTime => json!(stamp(page.created)),
        Kind::LastEditedTime => json!(stamp(page.edited)),
        Kind::CreatedBy => author(page.created_by),
        Kind::LastEditedBy => author(page.edited_by),
        Kind::Rollup(rollup) => rolled(rollup, page, schema, workspace, version),
        Kind::Formula(formula) => result(formula, page, schema, workspace),
        Kind::Button => json!({}),
        Kind::Verification => json!({ "state": "unverified", "verified_by": null, "date": null }),
        _ => Value::Null,
    }
}

fn result(formula: &Formula, page: &Page, schema: &Schema, workspace: &Workspace) -> Value {
    let (source, result) = Source::formula(formula, schema);
    let value = match result {
        ResultType::String if matches!(source, Source::Nothing) => Value::Null,
        ResultType::String => json!(source.text(page).text()),
        ResultType::Number => json!(source.number(page, workspace).and_then(number)),
        ResultType::Boolean => json!(source.checkbox(page)),
        ResultType::Date => json!(source.date(page).map(|date| date.answer())),
    };
    json!({ "type": result.name(), result.name(): value })
}

fn rolled(
    rollup: &Rollup,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    version: Version,
) -> Value {
    let plan = Plan::of(rollup, schema, workspace);
    let figure = plan.as_ref().map(|plan| plan.figure(page, workspace));
    let (kind, value) = match figure {
        None | Some(Figure::Unsupported) => ("unsupported", json!({})),
        Some(Figure::Number(figure)) => ("number", json!(figure.and_then(number))),
        Some(Figure::Date(date)) => ("date", json!(date.map(|date| date.answer()))),
        Some(Figure::Pages(pages)) => {
            let element = |page: &Page| {
                let plan = plan.as_ref()?;
                let related = plan.related(workspace)?;
                let bare = bare(plan.property, page, related, workspace, version);
                Some(json!(bare.value))
            };
            ("array", pages.into_iter().filter_map(element).collect())
        }
    };
    json!({ "type": kind, kind: value, "function": rollup.function.name() })
}

/// The items of the related pages, which the endpoint of a rollup lists.
fn rolled_items(
    rollup: &Rollup,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    version: Version,
) -> Vec<Value> {
    let Some(plan) = Plan::of(rollup, schema, workspace) else {
        return Vec::new();
    };
    let Some(related) = plan.related(workspace) else {
        return Vec::new();
    };
    let of_page = |page| {
        // A plan never leads to another rollup, so this ends.
        match items(plan.property, page, related, workspace, version) {
            Items::One(item) => vec![item],
            Items::Many { items, .. } => items,
        }
    };
    plan.pages(page, workspace).flat_map(of_page).collect()
}

#[cfg(test)]
mod tests;
