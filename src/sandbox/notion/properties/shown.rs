//! How a page's property looks in an answer.
//!
//! Every version shows values alike so far; what differs is told by [`Version`], so that callers
//! need not know.

use serde_json::{Value, json};

use super::super::store::{Page, Workspace};
use super::super::version::Version;
use super::moment::stamp;
use super::property::PropertySchema;
use super::schema::Schema;
use super::value::{Stored, user};

/// How many links a relation shows before it says that there are more.
const MOST_LINKS: usize = 25;

/// The property at `index` of the schema, as `page` shows it: `{id, type, <type>: …}`.
pub(crate) fn shown(
    index: usize,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    _version: Version,
) -> Value {
    let property = schema.property(index);
    let kind = property.schema.kind();
    let mut more = None;
    let shown = match (page.value(index), &property.schema) {
        (Stored::Text(text), _) => text.answer(),
        (Stored::Number(number), _) => json!(number),
        (Stored::Choices(chosen), schema) => {
            let mut choices = chosen.iter().map(|place| property.choices[*place].answer());
            match schema {
                PropertySchema::MultiSelect(_) => choices.collect(),
                _ => choices.next().unwrap_or(Value::Null),
            }
        }
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
        (Stored::People(users), _) => users.iter().copied().map(user).collect(),
        (Stored::Url(url), _) => json!(url),
        (Stored::Computed, PropertySchema::CreatedTime) => stamp(page.created),
        (Stored::Computed, PropertySchema::LastEditedTime) => stamp(page.edited),
        (
            Stored::Computed,
            PropertySchema::Rollup {
                relation, function, ..
            },
        ) => {
            let links = schema.relation(relation);
            let number = links.map(|index| workspace.linked(page.value(index)).count());
            json!({ "type": "number", "number": number, "function": function.name() })
        }
        (Stored::Computed, _) => Value::Null,
    };
    let mut answer = json!({ "id": property.id, "type": kind, kind: shown });
    if let Some(more) = more {
        answer["has_more"] = json!(more);
    }
    answer
}
