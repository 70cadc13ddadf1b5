//! Values: what is answered can be sent back, and every refusal says what was wrong.

use super::super::super::ids;
use super::super::super::sample;
use super::super::super::store::Workspace;
use super::super::super::version::Version;
use super::super::property::PropertySchema;
use super::super::shown::shown;
use super::*;
use jiff::Timestamp;
use proptest::prelude::*;

const HOME: Uuid = Uuid::from_u128(0xcccc);
const USER: Uuid = Uuid::from_u128(0xdddd);

/// A data source with every type that can be written, and a few that cannot.
fn workspace() -> Workspace {
    let options = || vec!["a".to_owned(), "b".to_owned()];
    let declared = [
        ("Title", PropertySchema::Title),
        ("Text", PropertySchema::RichText),
        ("Number", PropertySchema::Number),
        ("Select", PropertySchema::Select(options())),
        ("Tags", PropertySchema::MultiSelect(options())),
        ("Status", PropertySchema::Status(options())),
        ("Date", PropertySchema::Date),
        ("Done", PropertySchema::Checkbox),
        ("Users", PropertySchema::People),
        ("Files", PropertySchema::Files),
        ("Url", PropertySchema::Url),
        ("Mail", PropertySchema::Email),
        ("Phone", PropertySchema::PhoneNumber),
        ("Place", PropertySchema::Place),
        (
            "Links",
            PropertySchema::Relation {
                data_source: ids::of_data_source(sample::TASKS),
                synced: None,
            },
        ),
        ("Made", PropertySchema::CreatedTime),
        ("Id", PropertySchema::UniqueId { prefix: None }),
        ("Press", PropertySchema::Button),
    ];
    let declared = declared.map(|(name, schema)| (name.to_owned(), schema));
    let mut workspace = sample::workspace(0, 30);
    workspace
        .add_database(HOME, "Home", declared.into())
        .unwrap();
    workspace
}

fn read(name: &str, value: &Value) -> Result<Change, NotionError> {
    let workspace = workspace();
    let schema = workspace.schema(ids::of_data_source(HOME)).unwrap();
    let property = schema.property(schema.find(name).unwrap());
    parse(&Field::root("body", value), property, &|_, id| {
        workspace.find_page(id)
    })
}

fn texts() -> impl Strategy<Value = Value> {
    let item = ("[a-zA-Zé ]{0,6}", any::<bool>()).prop_map(|(text, bold)| {
        json!({ "text": { "content": text }, "annotations": { "bold": bold, "color": "red" } })
    });
    prop::collection::vec(item, 0..4).prop_map(Value::from)
}

fn dates() -> impl Strategy<Value = Value> {
    let day = (1u8..28, 0u8..3).prop_map(|(day, more)| {
        let start = format!("2026-03-{day:02}");
        let end = (more > 0).then(|| format!("2026-03-{:02}T10:30:00+02:00", day + more));
        json!({ "start": start, "end": end })
    });
    let zoned = Just(json!({ "start": "2026-07-01T10:00:00", "time_zone": "Europe/Berlin" }));
    prop_oneof![Just(Value::Null), day, zoned]
}

fn lists() -> impl Strategy<Value = (&'static str, &'static str, Value)> {
    let tags = prop::collection::vec("[a-d]", 0..4).prop_map(|names| {
        let named = names.iter().map(|name| json!({ "name": name }));
        ("Tags", "multi_select", named.collect())
    });
    let links = prop::collection::vec(0u128..30, 0..25).prop_map(|pages| {
        let id = |page: &u128| json!({ "id": sample::task_id(*page).to_string() });
        ("Links", "relation", pages.iter().map(id).collect())
    });
    let files = prop::collection::vec(("[a-z]{1,5}", any::<bool>()), 0..4).prop_map(|files| {
        let file = |(name, kept): &(String, bool)| {
            let url = "https://example.org/a.png";
            if *kept {
                json!({ "name": name, "file": { "url": url, "expiry_time": "2026-01-01T00:00:00.000Z" } })
            } else {
                json!({ "name": name, "external": { "url": url } })
            }
        };
        ("Files", "files", files.iter().map(file).collect())
    });
    let users = prop::collection::vec(1u128..5, 0..4).prop_map(|users| {
        let id =
            |user: &u128| json!({ "object": "user", "id": Uuid::from_u128(*user).to_string() });
        ("Users", "people", users.iter().map(id).collect())
    });
    prop_oneof![tags, links, files, users]
}

/// A property's name, its type and a value that can be written.
fn values() -> impl Strategy<Value = (&'static str, &'static str, Value)> {
    let line = || prop::option::of("[a-zA-Z0-9@.]{0,9}").prop_map(|text| json!(text));
    let option = || {
        prop::option::of("[ab]").prop_map(|name| json!(name.map(|name| json!({ "name": name }))))
    };
    let place = prop::option::of((-90i8..90, "[a-z]{1,5}")).prop_map(|place| {
        json!(place.map(|(lat, name)| json!({ "lat": lat, "lon": 0.5, "name": name })))
    });
    prop_oneof![
        texts().prop_map(|value| ("Title", "title", value)),
        texts().prop_map(|value| ("Text", "rich_text", value)),
        any::<Option<i32>>().prop_map(|value| ("Number", "number", json!(value))),
        option().prop_map(|value| ("Select", "select", value)),
        option().prop_map(|value| ("Status", "status", value)),
        dates().prop_map(|value| ("Date", "date", value)),
        any::<bool>().prop_map(|value| ("Done", "checkbox", json!(value))),
        line().prop_map(|value| ("Url", "url", value)),
        line().prop_map(|value| ("Mail", "email", value)),
        line().prop_map(|value| ("Phone", "phone_number", value)),
        place.prop_map(|value| ("Place", "place", value)),
        lists(),
    ]
}

fn answer(workspace: &Workspace, id: Uuid, name: &str) -> Value {
    let schema = workspace.schema(ids::of_data_source(HOME)).unwrap();
    let page = workspace.page(workspace.find_page(id).unwrap());
    let index = schema.find(name).unwrap();
    json!(shown(index, page, schema, workspace, Version::V2022_06_28))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_value_answered_can_be_sent_back_unchanged(written in prop::collection::vec(values(), 1..6)) {
        let mut workspace = workspace();
        let at = Timestamp::UNIX_EPOCH;
        for (number, (name, kind, value)) in (1u128..).zip(written) {
            let (first, second) = (Uuid::from_u128(number), Uuid::from_u128(number + 1_000));
            workspace.add_page(HOME, first, json!({ name: { kind: value } }), at, at).unwrap();
            let shown = answer(&workspace, first, name);
            workspace.add_page(HOME, second, json!({ name: shown }), at, at).unwrap();
            prop_assert_eq!(answer(&workspace, second, name), shown);
        }
    }

    #[test]
    fn a_number_is_answered_as_it_was_given(given in any::<f64>().prop_filter("finite", |f| f.is_finite())) {
        let Ok(Change::Set(Stored::Number(Some(stored)))) = read("Number", &json!({ "number": given })) else {
            return Err(TestCaseError::fail("refused"));
        };
        prop_assert!((stored.as_f64().unwrap() - given).abs() <= 0.0);
    }
}

#[test]
fn a_whole_number_has_no_point() {
    let change = read("Number", &json!({ "number": 5.0 }));
    assert_eq!(
        change,
        Ok(Change::Set(Stored::Number(Some(Number::from(5)))))
    );
}

fn assert_refused(cases: &[(&str, Value, &str)]) {
    for (name, value, why) in cases {
        let refusal = read(name, value).unwrap_err().to_string();
        assert!(refusal.contains(why), "{name}: {refusal}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_told_what_was_wrong() {
    assert_refused(&[
        (
            "Number",
            json!({ "rich_text": [] }),
            "Number is expected to be number.",
        ),
        (
            "Number",
            json!({ "type": "date", "number": 5 }),
            "Number is expected to be number.",
        ),
        (
            "Number",
            json!({ "number": "5" }),
            "body.number should be a number, instead was `\"5\"`.",
        ),
        (
            "Status",
            json!({ "status": { "name": "c" } }),
            "Status option \"c\" does not exist.",
        ),
        (
            "Select",
            json!({ "select": { "name": "a,b" } }),
            "commas not allowed: a,b",
        ),
        (
            "Select",
            json!({ "select": { "id": "zzz" } }),
            "invalid select option \"zzz\"",
        ),
        (
            "Select",
            json!({ "select": { "name": "x", "color": "mauve" } }),
            "body.select.color should be `\"default\"`",
        ),
        (
            "Links",
            json!({ "relation": [{ "id": USER.to_string() }] }),
            "Could not find page with ID",
        ),
    ]);
}

#[test]
fn a_value_that_cannot_be_written_is_told_why() {
    assert_refused(&[
        (
            "Date",
            json!({ "date": { "start": "soon" } }),
            "a valid ISO 8601 date string",
        ),
        (
            "Done",
            json!({ "checkbox": null }),
            "body.checkbox should be a boolean",
        ),
        (
            "Users",
            json!({ "people": [{ "id": 7 }] }),
            "body.people[0].id should be a string",
        ),
        (
            "Files",
            json!({ "files": [{ "name": "a", "type": "file_upload", "file_upload": { "id": "b" } }] }),
            "body.files[0].file_upload should be not present",
        ),
        (
            "Files",
            json!({ "files": [{ "external": { "url": "b" } }] }),
            "body.files[0].name should be defined",
        ),
        (
            "Place",
            json!({ "place": { "lat": 91, "lon": 0 } }),
            "body.place.lat should be ≥ `-90` and ≤ `90`",
        ),
        (
            "Made",
            json!({ "created_time": "2026-01-01" }),
            "should be not present",
        ),
        (
            "Id",
            json!({ "unique_id": { "number": 7 } }),
            "body.unique_id should be not present",
        ),
        ("Press", json!({ "button": {} }), "should be not present"),
    ]);
}

#[test]
fn a_value_that_is_too_long_is_told_the_limit() {
    let many = |element: Value| vec![element; 101];
    assert_refused(&[
        (
            "Select",
            json!({ "select": { "name": "x".repeat(101) } }),
            "length should be ≤ `100`",
        ),
        (
            "Tags",
            json!({ "multi_select": many(json!({ "name": "a" })) }),
            "body.multi_select.length should be ≤ `100`, instead was `101`.",
        ),
        (
            "Text",
            json!({ "rich_text": many(json!({ "text": { "content": "a" } })) }),
            "body.rich_text.length should be ≤ `100`",
        ),
        (
            "Links",
            json!({ "relation": many(json!({ "id": USER.to_string() })) }),
            "body.relation.length should be ≤ `100`",
        ),
        (
            "Url",
            json!({ "url": "x".repeat(2_001) }),
            "length should be ≤ `2000`",
        ),
        (
            "Mail",
            json!({ "email": "x".repeat(201) }),
            "body.email.length should be ≤ `200`, instead was `201`.",
        ),
        (
            "Phone",
            json!({ "phone_number": "0".repeat(201) }),
            "body.phone_number.length should be ≤ `200`",
        ),
    ]);
}

#[test]
fn null_empties_what_can_be_empty() {
    for (name, kind) in [
        ("Number", "number"),
        ("Date", "date"),
        ("Url", "url"),
        ("Mail", "email"),
        ("Phone", "phone_number"),
        ("Place", "place"),
    ] {
        let workspace = workspace();
        let schema = workspace.schema(ids::of_data_source(HOME)).unwrap();
        let mut kind_of = schema.property(schema.find(name).unwrap()).kind.clone();
        let empty = Stored::blank(&mut kind_of);
        assert_eq!(read(name, &json!({ kind: null })), Ok(Change::Set(empty)));
    }
    for (name, kind) in [("Select", "select"), ("Status", "status")] {
        assert_eq!(
            read(name, &json!({ kind: null })),
            Ok(Change::Choose(Vec::new()))
        );
    }
}

#[test]
fn pages_are_numbered_in_the_order_of_their_creation() {
    let mut workspace = workspace();
    for number in 1..4u128 {
        let at = Timestamp::UNIX_EPOCH;
        workspace
            .add_page(HOME, Uuid::from_u128(number), json!({}), at, at)
            .unwrap();
        let id = answer(&workspace, Uuid::from_u128(number), "Id");
        assert_eq!(id["unique_id"], json!({ "prefix": null, "number": number }));
    }
}

#[test]
fn a_new_option_is_added_with_its_colour_and_found_by_its_id() {
    let mut workspace = workspace();
    let at = Timestamp::UNIX_EPOCH;
    let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let new = json!({ "Select": { "select": { "name": "new", "color": "pink" } } });
    workspace.add_page(HOME, first, new, at, at).unwrap();
    let shown = answer(&workspace, first, "Select");
    assert_eq!(
        (&shown["select"]["name"], &shown["select"]["color"]),
        (&json!("new"), &json!("pink"))
    );
    let by_id = json!({ "Select": { "select": { "id": shown["select"]["id"] } } });
    workspace.add_page(HOME, second, by_id, at, at).unwrap();
    assert_eq!(answer(&workspace, second, "Select"), shown);
}

#[test]
fn a_relation_shows_25_links_and_says_that_there_are_more() {
    let mut workspace = workspace();
    let at = Timestamp::UNIX_EPOCH;
    for (id, count, more) in [(1, 25, false), (2, 26, true)] {
        let link = |page| json!({ "id": sample::task_id(page).to_string() });
        let links: Vec<_> = (0..count).map(link).collect();
        let page = Uuid::from_u128(id);
        workspace
            .add_page(
                HOME,
                page,
                json!({ "Links": { "relation": links } }),
                at,
                at,
            )
            .unwrap();
        let shown = answer(&workspace, page, "Links");
        assert_eq!(shown["relation"].as_array().unwrap().len(), 25);
        assert_eq!(shown["has_more"], more);
    }
}
