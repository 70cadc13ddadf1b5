//! The filter of a query: conditions joined by `and` and `or`, two levels deep.
//!
//! [`Filter::parse`] checks a filter against the schema once; [`Filter::matches`] then runs over
//! the pages without another look at names.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::properties::schema::Schema;
use super::super::store::{Page, PageKey, Workspace};
use super::condition::{Condition, Subject};

/// How deep compounds nest: an `and` or `or` within an `and` or `or`.
const MOST_LEVELS: usize = 2;

/// Which pages a query wants.
#[derive(Debug)]
pub(crate) enum Filter {
    /// Those that match all of these.
    And(Vec<Filter>),
    /// Those that match any of these.
    Or(Vec<Filter>),
    /// Those whose value passes.
    One(Condition),
}

impl Filter {
    /// Reads a filter; `now` is what relative dates count from.
    ///
    /// # Errors
    /// When it is malformed, too deep, or does not fit the schema.
    pub(crate) fn parse(
        field: &Field<'_>,
        schema: &Schema,
        workspace: &Workspace,
        now: Timestamp,
    ) -> Result<Self, NotionError> {
        let today = Offset::UTC.to_datetime(now).date();
        let subject = Subject {
            schema,
            workspace,
            today,
        };
        Self::level(field, &subject, 0)
    }

    fn level(field: &Field<'_>, subject: &Subject<'_>, depth: usize) -> Result<Self, NotionError> {
        let object = field.object()?;
        for (key, join) in [("and", Self::And as fn(_) -> _), ("or", Self::Or)] {
            if object.contains_key(key) {
                field.object_of(&[key])?;
                if depth == MOST_LEVELS {
                    return Err(field.get(key).should("be not present"));
                }
                let parts = field.get(key).elements()?;
                let parts = parts
                    .iter()
                    .map(|part| Self::level(part, subject, depth + 1));
                return Ok(join(parts.collect::<Result<_, _>>()?));
            }
        }
        Condition::parse(field, subject).map(Self::One)
    }

    /// Whether it looks inside texts or at titles, which is slower.
    pub(crate) fn searches_text(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::searches_text),
            Self::One(condition) => condition.searches_text(),
        }
    }

    /// Those of some pages that are wanted.
    pub(crate) fn wanted<'k>(
        &self,
        keys: &'k [PageKey],
        workspace: &'k Workspace,
    ) -> impl Iterator<Item = PageKey> {
        self.glimpse(keys, workspace);
        let keys = keys.iter().copied();
        keys.filter(|key| self.matches(workspace.page(*key), workspace))
    }

    fn glimpse(&self, keys: &[PageKey], workspace: &Workspace) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.glimpse(keys, workspace);
                }
            }
            Self::One(condition) => condition.glimpse(keys, workspace),
        }
    }

    /// Whether the page is wanted.
    fn matches(&self, page: &Page, workspace: &Workspace) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(page, workspace)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(page, workspace)),
            Self::One(condition) => condition.holds(page, workspace),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{self, TASKS, at};
    use super::*;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use serde_json::{Value, json};
    use uuid::Uuid;

    /// Tasks in which every property takes a few values, the empty one too.
    fn world() -> Workspace {
        let mut workspace = sample::workspace(3, 0);
        for n in 0..48_u128 {
            let project = json!({ "id": sample::project_id(n % 3).to_string() });
            let project: Vec<_> = (n % 4 > 0).then_some(project).into_iter().collect();
            let tags = ["a", "b", "c"].iter().enumerate();
            let tags = tags.filter(|(bit, _)| n >> bit & 1 == 1);
            let tags: Vec<_> = tags.map(|(_, name)| json!({ "name": name })).collect();
            let number = (n % 4 > 0).then_some(n % 4);
            let name = if n % 2 == 0 { "High" } else { "Low" };
            let priority = (n % 3 > 0).then(|| json!({ "name": name }));
            let due = (n % 5 > 0).then(|| json!({ "start": format!("2026-01-0{}", n % 5) }));
            let properties = json!({
                "Task": { "title": [{ "text": { "content": format!("Task {}", n % 7) } }] },
                "Points": { "number": number },
                "Priority": { "select": priority },
                "Tags": { "multi_select": tags },
                "Due": { "date": due },
                "Done": { "checkbox": n % 2 == 0 },
                "Project": { "relation": project },
            });
            sample::add_task(&mut workspace, n, properties);
        }
        workspace
    }

    fn parse(workspace: &Workspace, filter: &Value) -> Result<Filter, NotionError> {
        let schema = &workspace.only_data_source(TASKS).unwrap().schema;
        let field = Field::root("body", filter).get("filter");
        Filter::parse(&field, schema, workspace, at(0))
    }

    fn matching(workspace: &Workspace, filter: &Value) -> Vec<Uuid> {
        let filter = parse(workspace, &json!({ "filter": filter })).unwrap();
        let pages = &workspace.only_data_source(TASKS).unwrap().pages;
        let wanted = filter.wanted(pages, workspace);
        wanted.map(|key| workspace.page(key).id).collect()
    }

    fn condition() -> impl Strategy<Value = Value> {
        let project = sample::project_id(1).to_string();
        prop::sample::select(vec![
            json!({ "property": "Task", "title": { "contains": "task 3" } }),
            json!({ "property": "title", "rich_text": { "ends_with": "5" } }),
            json!({ "property": "Points", "number": { "greater_than": 1 } }),
            json!({ "property": "Points", "number": { "is_empty": true } }),
            json!({ "property": "Priority", "select": { "equals": "High" } }),
            json!({ "property": "Priority", "select": { "does_not_equal": "Nowhere" } }),
            json!({ "property": "Tags", "multi_select": { "contains": "b" } }),
            json!({ "property": "Due", "date": { "on_or_before": "2026-01-02" } }),
            json!({ "property": "Due", "date": { "next_week": {} } }),
            json!({ "property": "Done", "checkbox": { "equals": true } }),
            json!({ "property": "Project", "relation": { "contains": project } }),
            json!({ "property": "Project", "relation": { "is_not_empty": true } }),
            json!({ "timestamp": "created_time", "created_time": { "after": "2026-01-01T00:10:00Z" } }),
        ])
    }

    proptest! {
        #[test]
        fn and_is_the_intersection_and_or_the_union(parts in prop::collection::vec(condition(), 0..4)) {
            let workspace = world();
            let each: Vec<_> = parts.iter().map(|part| matching(&workspace, part)).collect();
            let all = matching(&workspace, &json!({ "and": [] }));
            prop_assert_eq!(all.len(), 48);
            let in_all = |id: &Uuid| each.iter().all(|set| set.contains(id));
            let in_any = |id: &Uuid| each.iter().any(|set| set.contains(id));
            let both: Vec<_> = all.iter().copied().filter(in_all).collect();
            let either: Vec<_> = all.iter().copied().filter(in_any).collect();
            prop_assert_eq!(matching(&workspace, &json!({ "and": parts })), both.clone());
            prop_assert_eq!(matching(&workspace, &json!({ "or": parts })), either.clone());
            prop_assert_eq!(matching(&workspace, &json!({ "or": [{ "and": parts }] })), both);
            prop_assert_eq!(matching(&workspace, &json!({ "and": [{ "or": parts }] })), either);
        }
    }

    #[test]
    fn every_sample_condition_divides_the_sample() {
        let workspace = world();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for _ in 0..60 {
            let filter = condition().new_tree(&mut runner).unwrap().current();
            let found = matching(&workspace, &filter).len();
            let all = filter["select"]["does_not_equal"] == "Nowhere";
            assert!(found > 0 && (found < 48 || all), "{filter}: {found}");
        }
    }

    #[test]
    fn a_filter_that_does_not_fit_says_why() {
        let workspace = world();
        let three_levels = json!({ "and": [{ "or": [{ "and": [] }] }] });
        for (filter, why) in [
            (
                json!({ "property": "Colour", "number": { "equals": 1 } }),
                "Could not find property with name or id: Colour",
            ),
            (
                json!({ "property": "Points", "rich_text": { "equals": "1" } }),
                "The property type in the database does not match the property type of the filter provided: database property number does not match filter rich_text",
            ),
            (
                json!({ "property": "Status", "select": { "equals": "Done" } }),
                "database property status does not match filter select",
            ),
            (
                three_levels,
                "body.filter.and[0].or[0].and should be not present",
            ),
            (
                json!({ "and": [], "or": [] }),
                "body.filter.or should be not present",
            ),
            (json!({ "property": "Points" }), "should have a condition"),
            (
                json!({ "property": "Points", "numbr": {} }),
                "body.filter.numbr should be not present",
            ),
            (json!([]), "body.filter should be an object"),
            (json!({}), "body.filter.property should be defined"),
            (
                json!({ "and": vec![json!({}); 101] }),
                "body.filter.and.length should be ≤ `100`",
            ),
        ] {
            let refusal = parse(&workspace, &json!({ "filter": filter }))
                .unwrap_err()
                .to_string();
            assert!(refusal.contains(why), "{filter}: {refusal}");
        }
    }

    #[test]
    fn a_filter_that_looks_into_texts_is_known_as_such() {
        let workspace = world();
        for (filter, searches) in [
            (
                json!({ "or": [{ "and": [{ "property": "Notes", "rich_text": { "contains": "x" } }] }] }),
                true,
            ),
            (
                json!({ "property": "Task", "title": { "equals": "x" } }),
                true,
            ),
            (
                json!({ "property": "Notes", "rich_text": { "is_empty": true } }),
                false,
            ),
            (
                json!({ "property": "Tags", "multi_select": { "contains": "a" } }),
                false,
            ),
        ] {
            let parsed = parse(&workspace, &json!({ "filter": filter })).unwrap();
            assert_eq!(parsed.searches_text(), searches, "{filter}");
        }
    }
}
