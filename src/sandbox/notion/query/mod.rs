//! A database query: filter, then sort, then cut one page out of the result.
//!
//! The cursor is the id of the first page of the next slice. Since pages are never removed, its
//! place in the order can be found again whatever was inserted, archived or filtered out since: no
//! row is answered twice and none that was there is skipped.

mod condition;
mod filter;
#[cfg(test)]
mod laws;
mod sort;
mod test;

use jiff::Timestamp;
use uuid::Uuid;

use super::body::Field;
use super::errors::NotionError;
use super::paging::page_size;
use super::store::{DataSource, PageKey, Workspace};
use super::version::Version;
use filter::Filter;
use sort::Order;

/// Where a query ends, whatever is left.
const MOST_RESULTS: usize = 10_000;

/// How many pages a filter is put to at once: what is read of them fits into a processor's nearest cache.
const AT_ONCE: usize = 64;

/// A query, checked against its database.
#[derive(Debug)]
pub(crate) struct Query {
    filter: Filter,
    order: Order,
    start: Option<PageKey>,
    size: usize,
    /// Whether it wants what is in the trash, and nothing else.
    in_trash: bool,
}

/// One page of results.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) pages: Vec<PageKey>,
    /// The first page of the next slice.
    pub(crate) next: Option<Uuid>,
    /// Whether the query ended at its limit and not at its last result.
    pub(crate) cut_off: bool,
}

impl Query {
    /// Reads the body of a query; `now` is what relative dates count from.
    ///
    /// # Errors
    /// When it is malformed or does not fit the database.
    pub(crate) fn parse(
        body: &Field<'_>,
        source: &DataSource,
        workspace: &Workspace,
        version: Version,
        now: Timestamp,
    ) -> Result<Self, NotionError> {
        let trash = trash_keys(version);
        body.object_of(&[&["filter", "sorts", "start_cursor", "page_size"], trash].concat())?;
        let schema = &source.schema;
        let filter = match body.get("filter").optional() {
            Some(filter) => Filter::parse(&filter, schema, workspace, now)?,
            None => Filter::And(Vec::new()),
        };
        let order = match body.get("sorts").optional() {
            Some(sorts) => Order::parse(&sorts, schema, workspace)?,
            None => Order::default(),
        };
        let start = match body.get("start_cursor").present() {
            Some(cursor) => Some(start(&cursor, source, workspace)?),
            None => None,
        };
        let size = page_size(body)?;
        let in_trash = match trash.iter().find_map(|key| body.get(key).optional()) {
            Some(mark) => mark.boolean()?,
            None => false,
        };
        Ok(Self {
            filter,
            order,
            start,
            size,
            in_trash,
        })
    }

    /// Whether it looks inside texts or at titles.
    pub(crate) fn searches_text(&self) -> bool {
        self.filter.searches_text()
    }

    /// The slice of the result that the query asks for.
    pub(crate) fn run(&self, source: &DataSource, workspace: &Workspace) -> Slice {
        let lies_there = |key: &PageKey| workspace.page(*key).archived == self.in_trash;
        let keys = source.pages.chunks(AT_ONCE);
        let keys = keys.flat_map(|keys| self.filter.wanted(keys, workspace).filter(lies_there));
        // One more than is answered, for the cursor.
        let mut found = self
            .order
            .stretch(keys, self.start, self.size + 1, workspace);
        let left = MOST_RESULTS.saturating_sub(found.before);
        found.pages.truncate(left);
        let next = found.pages.get(self.size);
        let next = next.map(|key| workspace.page(*key).id);
        found.pages.truncate(self.size);
        Slice {
            pages: found.pages,
            next,
            cut_off: next.is_none() && found.rows > MOST_RESULTS,
        }
    }
}

/// How a version asks for what is in the trash.
fn trash_keys(version: Version) -> &'static [&'static str] {
    match version {
        Version::V2022_06_28 => &["archived", "in_trash"],
        Version::V2025_09_03 => &["archived", "in_trash"],
        Version::V2026_03_11 => &["in_trash"],
    }
}

fn start(
    cursor: &Field<'_>,
    source: &DataSource,
    workspace: &Workspace,
) -> Result<PageKey, NotionError> {
    let id = cursor.uuid()?;
    workspace
        .find_page(id)
        .ok()
        .filter(|key| workspace.page(*key).data_source() == Some(source.id))
        .ok_or_else(|| {
            NotionError::Validation(format!("The start_cursor provided is invalid: {id}"))
        })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, TASKS, at};
    use super::super::store::{BOT, Edit};
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn ask(workspace: &Workspace, body: &Value) -> Result<(Vec<Uuid>, Slice), NotionError> {
        let source = workspace.only_data_source(TASKS)?;
        let version = Version::V2022_06_28;
        let query = Query::parse(
            &Field::root("body", body),
            source,
            workspace,
            version,
            at(0),
        )?;
        let slice = query.run(source, workspace);
        let ids = slice.pages.iter().map(|key| workspace.page(*key).id);
        Ok((ids.collect(), slice))
    }

    fn add(workspace: &mut Workspace, number: u128, points: Option<u8>, priority: Option<bool>) {
        let priority = priority.map(|high| json!({ "name": if high { "High" } else { "Low" } }));
        let properties =
            json!({ "Points": { "number": points }, "Priority": { "select": priority } });
        sample::add_task(workspace, number, properties);
    }

    /// Walks the whole result; `between` happens after each slice.
    fn walk(
        workspace: &mut Workspace,
        body: &Value,
        mut between: impl FnMut(&mut Workspace),
    ) -> Vec<Uuid> {
        let mut seen = Vec::new();
        let mut body = body.clone();
        loop {
            let (ids, slice) = ask(workspace, &body).unwrap();
            seen.extend(ids);
            let Some(next) = slice.next else { return seen };
            body["start_cursor"] = json!(next.to_string());
            between(workspace);
        }
    }

    fn tasks() -> impl Strategy<Value = Vec<(Option<u8>, Option<bool>)>> {
        prop::collection::vec((prop::option::of(0u8..4), any::<Option<bool>>()), 0..60)
    }

    fn body(size: usize, descending: bool) -> Value {
        let direction = if descending {
            "descending"
        } else {
            "ascending"
        };
        json!({ "page_size": size, "sorts": [
            { "property": "Points", "direction": direction },
            { "property": "Priority", "direction": "ascending" },
        ] })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn slices_of_any_size_make_up_the_whole_result(tasks in tasks(), size in 1usize..30, descending: bool) {
            let mut workspace = sample::databases();
            for (number, (points, priority)) in (0..).zip(&tasks) {
                add(&mut workspace, number, *points, *priority);
            }
            let (whole, _) = ask(&workspace, &body(100, descending)).unwrap();
            prop_assert_eq!(whole.len(), tasks.len());
            prop_assert_eq!(walk(&mut workspace, &body(size, descending), |_| ()), whole);
        }

        #[test]
        fn a_walk_survives_inserts_and_archiving(
            old in tasks(), new in tasks(), size in 1usize..9, descending: bool, archive in any::<u128>(),
        ) {
            let mut workspace = sample::databases();
            for (number, (points, priority)) in (0..).zip(&old) {
                add(&mut workspace, number, *points, *priority);
            }
            let (before, _) = ask(&workspace, &body(100, descending)).unwrap();
            let mut waiting = (1_000..).zip(new);
            let mut archived = Vec::new();
            let seen = walk(&mut workspace, &body(size, descending), |workspace| {
                if let Some((number, (points, priority))) = waiting.next() {
                    add(workspace, number, points, priority);
                }
                let id = before[usize::try_from(archive % before.len() as u128).unwrap()];
                let key = workspace.find_page(id).unwrap();
                workspace.apply(key, Edit { archived: Some(true), ..Edit::default() }, BOT, at(0));
                archived.push(id);
            });
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), seen.len(), "a row came twice");
            let skipped = before.iter().find(|id| !seen.contains(id) && !archived.contains(id));
            prop_assert_eq!(skipped, None, "a row was skipped");
        }

        #[test]
        fn the_order_is_by_each_key_in_turn_with_empty_values_last(tasks in tasks(), descending: bool) {
            let mut workspace = sample::databases();
            for (number, (points, priority)) in (0..).zip(&tasks) {
                add(&mut workspace, number, *points, *priority);
            }
            let mut expected: Vec<usize> = (0..tasks.len()).collect();
            expected.sort_by_key(|place| {
                let (points, priority) = tasks[*place];
                let points = points.map_or(99, |points| if descending { 9 - points } else { points });
                (points, priority.map_or(2, |high| u8::from(!high)), *place)
            });
            let expected: Vec<_> = expected.iter().map(|place| sample::task_id(*place as u128)).collect();
            prop_assert_eq!(ask(&workspace, &body(100, descending)).unwrap().0, expected);
        }
    }

    #[test]
    fn a_query_ends_at_ten_thousand_results_and_says_so() {
        let mut workspace = sample::workspace(0, 10_001);
        let body = json!({ "start_cursor": sample::task_id(9_950).to_string() });
        let (ids, slice) = ask(&workspace, &body).unwrap();
        assert_eq!((ids.len(), slice.next, slice.cut_off), (50, None, true));
        let key = workspace.find_page(sample::task_id(0)).unwrap();
        workspace.apply(
            key,
            Edit {
                archived: Some(true),
                ..Edit::default()
            },
            BOT,
            at(0),
        );
        let (_, slice) = ask(&workspace, &body).unwrap();
        assert!(!slice.cut_off, "exactly ten thousand are left");
    }

    #[test]
    fn a_query_without_sense_says_why() {
        let workspace = sample::workspace(1, 1);
        let sort = |sort: Value| json!({ "sorts": [sort] });
        for (body, why) in [
            (
                json!({ "page_size": 101 }),
                "body.page_size should be a whole number ≥ `1` and ≤ `100`, instead was `101`.",
            ),
            (json!({ "page_size": 0 }), "body.page_size"),
            (json!({ "page_size": 2.5 }), "body.page_size"),
            (
                json!({ "start_cursor": "AAA" }),
                "body.start_cursor should be a valid uuid",
            ),
            (
                json!({ "start_cursor": sample::project_id(0).to_string() }),
                "The start_cursor provided is invalid",
            ),
            (
                json!({ "filters": {} }),
                "body.filters should be not present",
            ),
            (json!([]), "body should be an object"),
            (
                sort(json!({ "property": "Colour", "direction": "ascending" })),
                "Could not find sort property with name or id: Colour",
            ),
            (
                sort(json!({ "property": "Due", "direction": "up" })),
                "body.sorts[0].direction should be",
            ),
            (
                sort(json!({ "timestamp": "now", "direction": "ascending" })),
                "body.sorts[0].timestamp should be",
            ),
            (
                sort(json!({ "direction": "ascending" })),
                "body.sorts[0].property should be defined",
            ),
        ] {
            let refusal = ask(&workspace, &body).unwrap_err().to_string();
            assert!(refusal.contains(why), "{body}: {refusal}");
        }
    }
}
