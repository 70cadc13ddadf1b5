//! Laws of filters and sorts over every type of property.

use super::super::body::Field;
use super::super::ids::of_data_source;
use super::super::properties::configure::Ground;
use super::super::sample::{self, TASKS, at};
use super::super::store::{PageKey, Workspace};
use super::super::version::Version;
use super::filter::Filter;
use super::sort::Order;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

const USER: Uuid = Uuid::from_u128(0xdd);

/// Tasks in which every property takes a few values, the empty one too.
fn world(seeds: &[u8]) -> Workspace {
    let mut workspace = sample::workspace(3, 0);
    let rollup = |function: &str, target: &str| json!({ "rollup": { "relation_property_name": "Project", "rollup_property_name": target, "function": function } });
    let more = json!({
        "Mail": { "email": {} },
        "Phone": { "phone_number": {} },
        "Files": { "files": {} },
        "Id": { "unique_id": {} },
        "Author": { "created_by": {} },
        "Same": { "formula": { "expression": "prop(\"Points\")" } },
        "Truth": { "formula": { "expression": "true" } },
        "Day": { "formula": { "expression": "prop(\"Due\")" } },
        "Word": { "formula": { "expression": "prop(\"Task\")" } },
        "Names": rollup("show_original", "Name"),
        "Many": rollup("not_empty", "Name"),
    });
    let source = workspace.only_data_source(TASKS).unwrap();
    let ground = Ground {
        workspace: &workspace,
        version: Version::V2025_09_03,
        title: "Tasks",
    };
    let change = source.schema.change(&Field::root("body", &more), ground);
    workspace.reshape(of_data_source(TASKS), change.unwrap());
    for (number, seed) in (0u128..).zip(seeds) {
        add(&mut workspace, number, *seed);
    }
    workspace
}

fn add(workspace: &mut Workspace, number: u128, seed: u8) {
    let n = u128::from(seed);
    let some = |value: Value, on: bool| if on { value } else { Value::Null };
    let list = |value: Value, on: bool| if on { json!([value]) } else { json!([]) };
    let project = json!({ "id": sample::project_id(n % 3).to_string() });
    let text = ["", "alpha", "Beta", "beta!"][usize::from(seed) % 4];
    let file = json!({ "name": "a", "external": { "url": "https://example.org" } });
    let properties = json!({
        "Task": { "title": [{ "text": { "content": text } }] },
        "Notes": { "rich_text": [{ "text": { "content": text } }] },
        "Points": { "number": some(json!(n % 5), n % 3 > 0) },
        "Priority": { "select": some(json!({ "name": if n % 2 == 0 { "High" } else { "Low" } }), n % 5 > 0) },
        "Status": { "status": some(json!({ "name": "Doing" }), n % 4 > 1) },
        "Tags": { "multi_select": list(json!({ "name": "b" }), n % 7 > 3) },
        "Due": { "date": some(json!({ "start": format!("2026-01-0{}", n % 6 + 1) }), n % 5 > 1) },
        "Done": { "checkbox": n % 2 == 0 },
        "Project": { "relation": list(project, n % 4 > 0) },
        "People": { "people": list(json!({ "id": USER.to_string() }), n % 3 == 0) },
        "Link": { "url": some(json!(text), n % 2 == 0) },
        "Mail": { "email": some(json!(text), n % 2 == 1) },
        "Phone": { "phone_number": some(json!(text), n % 3 == 1) },
        "Files": { "files": list(file, n % 3 == 2) },
    });
    sample::add_task(workspace, number, properties);
}

/// Properties that can be empty, with the types of their filters.
const CAN_BE_EMPTY: [(&str, &str); 15] = [
    ("Task", "title"),
    ("Notes", "rich_text"),
    ("Link", "url"),
    ("Mail", "email"),
    ("Phone", "phone_number"),
    ("Points", "number"),
    ("Priority", "select"),
    ("Status", "status"),
    ("Tags", "multi_select"),
    ("Due", "date"),
    ("Project", "relation"),
    ("People", "people"),
    ("Author", "created_by"),
    ("Files", "files"),
    ("Created", "created_time"),
];

/// A filter and its opposite, of each type.
fn opposites() -> Vec<(Value, Value)> {
    let of = |name: &str, kind: &str, one: Value, other: Value| {
        let filter = |condition: Value| json!({ "property": name, kind: condition });
        (filter(one), filter(other))
    };
    let empty = || (json!({ "is_empty": true }), json!({ "is_not_empty": true }));
    let equal = |value: Value| {
        (
            json!({ "equals": value }),
            json!({ "does_not_equal": value }),
        )
    };
    let contains = |value: Value| {
        (
            json!({ "contains": value }),
            json!({ "does_not_contain": value }),
        )
    };
    let inside =
        |(one, other): (Value, Value), kind: &str| (json!({ kind: one }), json!({ kind: other }));
    let project = json!(sample::project_id(1).to_string());
    let title = (
        json!({ "title": { "contains": "1" } }),
        json!({ "title": { "does_not_contain": "1" } }),
    );
    let related = [
        (json!({ "any": title.0 }), json!({ "none": title.0 })),
        (json!({ "every": title.0 }), json!({ "any": title.1 })),
    ];
    let mut pairs = vec![
        ("Task", "title", contains(json!("BETA"))),
        ("Notes", "rich_text", equal(json!("Beta"))),
        ("Link", "url", contains(json!("a"))),
        ("Mail", "email", equal(json!("alpha"))),
        ("Phone", "phone_number", contains(json!("!"))),
        ("Points", "number", equal(json!(2))),
        ("Priority", "select", equal(json!("High"))),
        ("Priority", "select", equal(json!("Nowhere"))),
        ("Status", "status", equal(json!("Doing"))),
        ("Tags", "multi_select", contains(json!("b"))),
        ("Done", "checkbox", equal(json!(true))),
        ("Project", "relation", contains(project)),
        ("People", "people", contains(json!(USER.to_string()))),
        ("Author", "created_by", contains(json!(USER.to_string()))),
        ("Id", "unique_id", equal(json!(3))),
        ("Same", "formula", inside(equal(json!(2)), "number")),
        ("Truth", "formula", inside(equal(json!(true)), "checkbox")),
        ("Day", "formula", inside(empty(), "date")),
        ("Word", "formula", inside(contains(json!("a")), "string")),
        ("Many", "rollup", inside(equal(json!(1)), "number")),
    ];
    pairs.extend(CAN_BE_EMPTY.map(|(name, kind)| (name, kind, empty())));
    pairs.extend(related.map(|pair| ("Names", "rollup", pair)));
    let pair = |(name, kind, (one, other)): (&str, &str, _)| of(name, kind, one, other);
    pairs.into_iter().map(pair).collect()
}

fn matching(workspace: &Workspace, filter: &Value) -> Vec<PageKey> {
    let source = workspace.only_data_source(TASKS).unwrap();
    let field = Field::root("body", filter);
    let filter = Filter::parse(&field, &source.schema, workspace, at(0)).unwrap();
    filter.wanted(&source.pages, workspace).collect()
}

fn ordered(
    workspace: &Workspace,
    sorts: &Value,
    start: Option<PageKey>,
    size: usize,
) -> Vec<PageKey> {
    let source = workspace.only_data_source(TASKS).unwrap();
    let order = Order::parse(&Field::root("body", sorts), &source.schema, workspace).unwrap();
    let keys = source.pages.iter().copied();
    order.stretch(keys, start, size, workspace).pages
}

/// One or two sorts by any property.
fn sorts() -> impl Strategy<Value = Value> {
    let names = world(&[]);
    let schema = &names.only_data_source(TASKS).unwrap().schema;
    let names: Vec<String> = schema
        .properties()
        .iter()
        .map(|property| property.name.clone())
        .collect();
    let direction = |down| if down { "descending" } else { "ascending" };
    let sort = (prop::sample::select(names), any::<bool>())
        .prop_map(move |(name, down)| json!({ "property": name, "direction": direction(down) }));
    prop::collection::vec(sort, 1..3).prop_map(Value::from)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_filter_and_its_opposite_divide_the_pages(seeds in prop::collection::vec(any::<u8>(), 0..24)) {
        let workspace = world(&seeds);
        for (filter, opposite) in opposites() {
            let (one, other) = (matching(&workspace, &filter), matching(&workspace, &opposite));
            prop_assert!(one.iter().all(|key| !other.contains(key)), "{} {}", filter, opposite);
            prop_assert_eq!(one.len() + other.len(), seeds.len(), "{} {}", filter, opposite);
        }
    }

    #[test]
    fn a_sort_is_total_and_stays_when_pages_are_added(
        seeds in prop::collection::vec(any::<u8>(), 0..24), new in prop::collection::vec(any::<u8>(), 0..9), sorts in sorts(),
    ) {
        let mut workspace = world(&seeds);
        let before = ordered(&workspace, &sorts, None, 100);
        prop_assert_eq!(before.len(), seeds.len());
        for (number, seed) in (1_000..).zip(new) {
            add(&mut workspace, number, seed);
        }
        let mut after = ordered(&workspace, &sorts, None, 100);
        after.retain(|key| before.contains(key));
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_stretch_is_cut_out_of_the_whole_order(
        seeds in prop::collection::vec(any::<u8>(), 1..24), sorts in sorts(), place in any::<prop::sample::Index>(), size in 1usize..9,
    ) {
        let workspace = world(&seeds);
        let whole = ordered(&workspace, &sorts, None, 100);
        let start = place.index(whole.len());
        let end = (start + size).min(whole.len());
        let cut = ordered(&workspace, &sorts, Some(whole[start]), size);
        prop_assert_eq!(&cut[..], &whole[start..end]);
    }
}
