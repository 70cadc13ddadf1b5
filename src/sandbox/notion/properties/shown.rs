//! How a page's property looks: in the page ([`shown`]), and as the endpoint of a single property
//! answers it ([`items`]), where what can be long comes in slices.
//!
//! Versions differ in what they tell of users.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::store::{Page, Workspace};
use super::super::version::Version;
use super::formula::{Formula, ResultType};
use super::kind::{Kind, Rollup};
use super::moment::stamp;
use super::rollup::{Figure, Plan};
use super::schema::Schema;
use super::source::Source;
use super::value::{Stored, number};

/// How many links a relation shows before it says that there are more.
const MOST_LINKS: usize = 25;

/// A value without its property.
pub(crate) struct Bare {
    /// Notion's word for its type.
    kind: &'static str,
    pub(crate) value: Value,
    /// Of a relation: whether it has more links than it shows.
    more: Option<bool>,
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
pub(crate) fn shown(
    index: usize,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    version: Version,
) -> Value {
    let Bare { kind, value, more } = bare(index, page, schema, workspace, version);
    let mut answer = json!({ "id": schema.property(index).id, "type": kind, kind: null });
    answer[kind] = value;
    if let Some(more) = more {
        answer["has_more"] = json!(more);
    }
    answer
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
        (Stored::Text(text), _) => (text.items().map(item).collect(), json!({})),
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
        _ => return Items::One(item(bare(index, page, schema, workspace, version).value)),
    };
    let list = json!({ "id": property.id, "next_url": null, "type": kind, kind: details });
    Items::Many { items, list }
}

/// The value of the property at `index` of the schema.
pub(crate) fn bare(
    index: usize,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    version: Version,
) -> Bare {
    let property = schema.property(index);
    let mut more = None;
    let value = match (page.value(index), &property.kind) {
        (Stored::Text(text), _) => text.answer(),
        (Stored::Number(number), _) => json!(number),
        (Stored::Choices(chosen), kind) => choices(chosen, kind),
        (Stored::Date(range), _) => range.map_or(Value::Null, |range| range.answer()),
        (Stored::Checkbox(checked), _) => json!(checked),
        (links @ Stored::Relation(_), _) => {
            let mut ids = workspace
                .linked(links)
                .map(|page| json!({ "id": page.id.to_string() }));
            let first: Value = ids.by_ref().take(MOST_LINKS).collect();
            more = Some(ids.next().is_some());
            first
        }
        (Stored::People(users), _) => {
            let users = users
                .iter()
                .map(|user| workspace.user_answer(*user, version));
            users.collect()
        }
        (Stored::Files(files), _) => files.iter().map(super::file::File::answer).collect(),
        (Stored::Line(line), _) => json!(Some(line.text()).filter(|text| !text.is_empty())),
        (Stored::Place(place), _) => json!(place),
        (Stored::Unique(number), Kind::UniqueId(unique)) => {
            json!({ "prefix": unique.prefix, "number": number })
        }
        (_, kind) => computed(kind, page, schema, workspace, version),
    };
    Bare {
        kind: property.kind.name(),
        value,
        more,
    }
}

fn choices(chosen: &[usize], kind: &Kind) -> Value {
    let options = kind.options();
    let mut choices = chosen
        .iter()
        .filter_map(|place| Some(options?.at(*place)?.answer()));
    match kind {
        Kind::MultiSelect(_) => choices.collect(),
        _ => choices.next().unwrap_or(Value::Null),
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
        Kind::CreatedTime => stamp(page.created),
        Kind::LastEditedTime => stamp(page.edited),
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
                let Bare { kind, value, .. } =
                    bare(plan.property, page, related, workspace, version);
                Some(json!({ "type": kind, kind: value }))
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
