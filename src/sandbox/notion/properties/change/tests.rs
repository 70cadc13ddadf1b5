//! Changes of schemas: what is answered can be sent back, and no change loses what it does not name.

use super::super::super::sample::{self, PROJECTS, TASKS, at};
use super::super::super::store::{DataSource, Page, Workspace};
use super::super::super::version::Version;
use super::super::shown;
use super::super::text::RichText;
use super::*;
use proptest::prelude::*;
use serde_json::{Map, json};

/// A property as a page shows it.
fn shown(
    index: usize,
    page: &Page,
    schema: &Schema,
    workspace: &Workspace,
    version: Version,
) -> Value {
    json!(shown::shown(index, page, schema, workspace, version))
}

const NEW: Uuid = Uuid::from_u128(0xeeee);
const VERSIONS: [Version; 3] = [
    Version::V2022_06_28,
    Version::V2025_09_03,
    Version::V2026_03_11,
];

fn tasks() -> Uuid {
    ids::of_data_source(TASKS)
}

fn projects() -> Uuid {
    ids::of_data_source(PROJECTS)
}

fn change(
    workspace: &Workspace,
    id: Uuid,
    version: Version,
    properties: &Value,
) -> Result<SchemaChange, NotionError> {
    let ground = Ground {
        workspace,
        version,
        title: "Tasks",
    };
    let empty = Schema::empty(id);
    let schema = workspace.schema(id).unwrap_or(&empty);
    schema.change(&Field::root("body", properties), ground)
}

fn apply(workspace: &mut Workspace, id: Uuid, properties: &Value) -> Result<(), NotionError> {
    let change = change(workspace, id, Version::V2025_09_03, properties)?;
    workspace.reshape(id, change);
    Ok(())
}

/// Tasks with every type of property that a request can make.
fn workspace() -> Workspace {
    let mut workspace = sample::workspace(2, 3);
    let made = json!({
        "Money": { "number": { "format": "euro" } },
        "Files": { "files": {} },
        "Mail": { "email": {} },
        "Phone": { "phone_number": {} },
        "Author": { "created_by": {} },
        "Editor": { "last_edited_by": {} },
        "Id": { "unique_id": { "prefix": "T" } },
        "Press": { "button": {} },
        "Place": { "place": {}, "description": "Where it is" },
        "Verified": { "verification": {} },
        "Same": { "formula": { "expression": "prop(\"Points\")" } },
        "Stage": { "status": {} },
        "Parent": { "relation": { "data_source_id": tasks().to_string(), "single_property": {} } },
        "Names": { "rollup": {
            "relation_property_name": "Project", "rollup_property_name": "Name", "function": "show_original",
        } },
    });
    apply(&mut workspace, tasks(), &made).unwrap();
    for task in 0..3 {
        let project = json!([{ "id": sample::project_id(task % 2).to_string() }]);
        let body = json!({
            "Points": { "number": task + 1 },
            "Tags": { "multi_select": [{ "name": "a" }, { "name": "b" }] },
            "Priority": { "select": { "name": "High" } },
            "Stage": { "status": { "name": "Done" } },
            "Project": { "relation": project },
            "Mail": { "email": "a@example.org" },
        });
        write(&mut workspace, sample::task_id(task), &body);
    }
    workspace
}

fn write(workspace: &mut Workspace, id: Uuid, properties: &Value) {
    let key = workspace.find_page(id).unwrap();
    let home = workspace.page(key).parent;
    let edit = workspace.edit(home, Some(&Field::root("body", properties)));
    workspace.apply(key, edit.unwrap(), Uuid::nil(), at(1));
}

fn answer(workspace: &Workspace, id: Uuid, version: Version) -> Value {
    Value::Object(workspace.schema(id).unwrap().answer(workspace, version))
}

/// What every page shows, by the page's id and the property's key.
fn values(workspace: &Workspace, id: Uuid) -> Map<String, Value> {
    let source = workspace.data_source(id).unwrap();
    let schema = &source.schema;
    let mut values = Map::new();
    for key in &source.pages {
        let page = workspace.page(*key);
        for (index, property) in schema.properties().iter().enumerate() {
            let shown = shown(index, page, schema, workspace, Version::V2025_09_03);
            values.insert(format!("{} {}", page.id, property.key), shown);
        }
    }
    values
}

/// Changes that name one property each.
fn changes() -> impl Strategy<Value = (&'static str, Value)> {
    let names = prop::sample::select(vec![
        "Points", "Priority", "Tags", "Notes", "Mail", "Money", "Due", "Stage", "New", "Newer",
    ]);
    let change = prop::sample::select(vec![
        Value::Null,
        json!({ "rich_text": {} }),
        json!({ "number": { "format": "percent" } }),
        json!({ "select": { "options": [{ "name": "x" }, { "name": "a" }] } }),
        json!({ "multi_select": {} }),
        json!({ "url": {} }),
        json!({ "people": {} }),
        json!({ "unique_id": { "prefix": "N" } }),
        json!({ "name": "Renamed" }),
        json!({ "relation": { "data_source_id": projects().to_string(), "single_property": {} } }),
        json!({ "relation": { "data_source_id": projects().to_string(), "dual_property": {} } }),
    ]);
    (names, change)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_change_never_loses_another_propertys_values(changes in prop::collection::vec(changes(), 1..8)) {
        let mut workspace = workspace();
        for (name, change) in changes {
            let schema = workspace.schema(tasks()).unwrap();
            let changed = schema.find(name).map(|index| schema.property(index).key.clone());
            let before = [values(&workspace, tasks()), values(&workspace, projects())];
            if apply(&mut workspace, tasks(), &json!({ name: change })).is_err() {
                continue;
            }
            let after = [values(&workspace, tasks()), values(&workspace, projects())];
            for (before, after) in before.iter().zip(&after) {
                for (key, value) in before {
                    // A formula shows another property's value.
                    let own = changed.as_ref().is_some_and(|changed| key.ends_with(changed.as_str()));
                    if !own && value["type"] != "formula" {
                        prop_assert_eq!(after.get(key), Some(value), "{} {}", name, change);
                    }
                }
            }
            let schema = workspace.schema(tasks()).unwrap();
            let keys: HashSet<_> = schema.properties().iter().map(|property| &property.id).collect();
            prop_assert_eq!(keys.len(), schema.properties().len(), "two properties have one id");
        }
    }
}

#[test]
fn a_schema_answered_can_be_sent_back_and_changes_nothing() {
    let workspace = workspace();
    for id in [tasks(), projects()] {
        for version in VERSIONS {
            let properties = answer(&workspace, id, version);
            let change = change(&workspace, id, version, &properties).unwrap();
            let (schema, ripples) = change.finish();
            assert_eq!(&schema, workspace.schema(id).unwrap());
            assert_eq!(ripples, []);
        }
    }
}

#[test]
fn a_schema_answered_makes_another_data_source_like_it() {
    let mut workspace = workspace();
    let properties = answer(&workspace, tasks(), Version::V2025_09_03);
    let made = change(&workspace, NEW, Version::V2025_09_03, &properties).unwrap();
    let source = DataSource::new(NEW, TASKS, RichText::of("Copy"), Schema::empty(NEW));
    workspace.insert_data_source(source);
    workspace.reshape(NEW, made);
    let copied = answer(&workspace, NEW, Version::V2025_09_03);
    // Every id is new, and two-way relations have other halves.
    for (name, property) in properties.as_object().unwrap() {
        let (kind, copy) = (&property["type"], &copied[name]);
        assert_eq!(&copy["type"], kind, "{name}");
        assert_eq!(copy["description"], property["description"], "{name}");
        let kind = kind.as_str().unwrap();
        let names = |value: &Value| {
            let options = value[kind]["options"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let option = |option: &Value| (option["name"].clone(), option["color"].clone());
            options.iter().map(option).collect::<Vec<_>>()
        };
        assert_eq!(names(copy), names(property), "{name}");
        for key in [
            "format",
            "prefix",
            "expression",
            "function",
            "rollup_property_id",
        ] {
            assert_eq!(copy[kind][key], property[kind][key], "{name} {key}");
        }
    }
    let related = workspace.schema(projects()).unwrap();
    assert!(related.find("Related to Tasks (Project)").is_some());
}

#[test]
fn a_new_two_way_relation_shows_the_links_from_both_sides() {
    let mut workspace = sample::workspace(1, 1);
    let relation = json!({ "data_source_id": projects().to_string(), "dual_property": {} });
    apply(
        &mut workspace,
        tasks(),
        &json!({ "Also": { "relation": relation } }),
    )
    .unwrap();
    let link = json!([{ "id": sample::project_id(0).to_string() }]);
    write(
        &mut workspace,
        sample::task_id(0),
        &json!({ "Also": { "relation": link } }),
    );
    let schema = workspace.schema(projects()).unwrap();
    let index = schema.find("Related to Tasks (Also)").unwrap();
    let page = workspace.page(workspace.find_page(sample::project_id(0)).unwrap());
    let back = shown(index, page, schema, &workspace, Version::V2025_09_03);
    assert_eq!(
        back["relation"],
        json!([{ "id": sample::task_id(0).to_string() }])
    );
    // Without its other half it stays, and nobody writes to it any more.
    apply(&mut workspace, tasks(), &json!({ "Also": null })).unwrap();
    let properties = answer(&workspace, projects(), Version::V2025_09_03);
    let left = &properties["Related to Tasks (Also)"]["relation"];
    assert_eq!(left["type"], "single_property");
}

#[test]
fn rollups_and_formulas_follow_when_what_they_name_is_renamed() {
    let mut workspace = workspace();
    apply(
        &mut workspace,
        tasks(),
        &json!({ "Project": { "name": "Part of" }, "Points": { "name": "Effort" } }),
    )
    .unwrap();
    apply(
        &mut workspace,
        projects(),
        &json!({ "Name": { "name": "Called" } }),
    )
    .unwrap();
    let properties = answer(&workspace, tasks(), Version::V2022_06_28);
    assert_eq!(
        properties["Same"]["formula"]["expression"],
        "prop(\"Effort\")"
    );
    assert_eq!(
        properties["Names"]["rollup"]["relation_property_name"],
        "Part of"
    );
    assert_eq!(
        properties["Names"]["rollup"]["rollup_property_name"],
        "Called"
    );
    let schema = workspace.schema(tasks()).unwrap();
    let page = workspace.page(workspace.find_page(sample::task_id(1)).unwrap());
    let show = |name| {
        shown(
            schema.find(name).unwrap(),
            page,
            schema,
            &workspace,
            Version::V2022_06_28,
        )
    };
    assert_eq!(
        show("Same")["formula"],
        json!({ "type": "number", "number": 2 })
    );
    let names = &show("Names")["rollup"];
    assert_eq!(names["array"][0]["title"][0]["plain_text"], "Number 1");
    // A new property under the old name is another one.
    apply(
        &mut workspace,
        tasks(),
        &json!({ "Points": { "number": {} } }),
    )
    .unwrap();
    let properties = answer(&workspace, tasks(), Version::V2022_06_28);
    assert_ne!(properties["Points"]["id"], properties["Effort"]["id"]);
}

#[test]
fn a_relation_names_its_data_source_as_the_version_does() {
    let workspace = workspace();
    for version in VERSIONS {
        let relation = &answer(&workspace, tasks(), version)["Project"]["relation"];
        assert_eq!(relation["database_id"], PROJECTS.to_string());
        let source = version.has_data_sources().then(|| projects().to_string());
        assert_eq!(relation["data_source_id"], json!(source));
    }
}

#[test]
fn a_value_is_carried_over_to_a_type_that_can_hold_it() {
    let mut workspace = workspace();
    let retyped = json!({
        "Points": { "rich_text": {} },
        "Tags": { "select": {} },
        "Priority": { "rich_text": {} },
        "Mail": { "number": {} },
    });
    apply(&mut workspace, tasks(), &retyped).unwrap();
    apply(
        &mut workspace,
        tasks(),
        &json!({ "Points": { "number": {} } }),
    )
    .unwrap();
    let schema = workspace.schema(tasks()).unwrap();
    let page = workspace.page(workspace.find_page(sample::task_id(1)).unwrap());
    let show = |name| {
        shown(
            schema.find(name).unwrap(),
            page,
            schema,
            &workspace,
            Version::V2022_06_28,
        )
    };
    assert_eq!(show("Points")["number"], 2);
    assert_eq!(show("Tags")["select"]["name"], "a");
    assert_eq!(show("Priority")["rich_text"][0]["plain_text"], "High");
    assert_eq!(show("Mail")["number"], Value::Null);
}

fn assert_refused(cases: &[(Value, &str)]) {
    let workspace = workspace();
    for (properties, why) in cases {
        let refusal = change(&workspace, tasks(), Version::V2025_09_03, properties);
        let refusal = refusal.unwrap_err().to_string();
        assert!(refusal.contains(why), "{properties}: {refusal}");
    }
}

#[test]
fn a_change_without_sense_says_why() {
    assert_refused(&[
        (
            json!({ "Task": null }),
            "the title property cannot be removed",
        ),
        (
            json!({ "Task": { "rich_text": {} } }),
            "title property cannot be changed",
        ),
        (
            json!({ "More": { "title": {} } }),
            "declare one title property instead of 2",
        ),
        (
            json!({ "Colour": null }),
            "Colour is not a property that exists.",
        ),
        (
            json!({ "Colour": { "name": "Hue" } }),
            "Colour is not a property that exists.",
        ),
        (json!({ "Colour": {} }), "body.Colour should have a type"),
        (
            json!({ "Colour": { "colour": {} } }),
            "body.Colour.colour should be not present",
        ),
        (
            json!({ "Due": { "name": "Points" } }),
            "the property Points is declared twice",
        ),
        (
            json!({ "Due": { "date": {}, "url": {} } }),
            "should be not present",
        ),
        (
            json!({ "Due": { "type": "url", "date": {} } }),
            "body.Due.type should be the type",
        ),
        (
            json!({ "Status": { "status": { "options": [{ "name": "More" }] } } }),
            "Cannot update the options or groups of a status",
        ),
        (
            json!({ "Tags": { "multi_select": { "options": [{ "name": "a", "color": "red" }] } } }),
            "Cannot update color of select with name: a.",
        ),
        (
            json!({ "Points": { "number": { "format": "cents" } } }),
            "body.Points.number.format should be `\"number\"`",
        ),
    ]);
}

#[test]
fn a_relation_rollup_or_formula_that_leads_nowhere_says_why() {
    assert_refused(&[
        (
            json!({ "Link": { "relation": { "database_id": PROJECTS.to_string(), "single_property": {} } } }),
            "body.Link.relation.data_source_id should be defined",
        ),
        (
            json!({ "Link": { "relation": { "data_source_id": NEW.to_string(), "single_property": {} } } }),
            "Could not find data_source with ID",
        ),
        (
            json!({ "Link": { "relation": { "data_source_id": projects().to_string() } } }),
            "body.Link.relation.single_property should be defined",
        ),
        (
            json!({ "Sum": { "rollup": { "relation_property_name": "Points", "rollup_property_name": "Name", "function": "sum" } } }),
            "should be the name of a relation",
        ),
        (
            json!({ "Sum": { "rollup": { "relation_property_name": "Project", "rollup_property_name": "Nowhere", "function": "sum" } } }),
            "Could not find property with name or id: Nowhere",
        ),
        (
            json!({ "Sum": { "rollup": { "relation_property_name": "Project", "rollup_property_name": "Task count", "function": "sum" } } }),
            "should be no rollup",
        ),
        (
            json!({ "Sum": { "rollup": { "relation_property_name": "Project", "rollup_property_name": "Name", "function": "add" } } }),
            "body.Sum.rollup.function should be `\"count\"`",
        ),
        (
            json!({ "Sum": { "formula": { "expression": "1 + 1" } } }),
            "cannot be evaluated by this simulator",
        ),
        (json!([]), "body should be an object"),
    ]);
}
