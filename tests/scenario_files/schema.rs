//! The JSON Schema says what the reader reads. `CUTOVER_BLESS=1` writes it again.

use std::fs;

use cutover::scenario;
use serde_json::Value;

use crate::world::{errors_with, root};

#[test]
fn the_committed_schema_is_fresh() {
    let path = root().join("scenarios/scenario.schema.json");
    let fresh = format!("{:#}\n", scenario::schema());
    if std::env::var_os("CUTOVER_BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == fresh,
        "scenarios/scenario.schema.json is not what the code says; run the tests with CUTOVER_BLESS=1"
    );
}

/// The keys that the schema knows at a place, following references.
fn known_keys<'s>(schema: &'s Value, at: &'s Value) -> Option<&'s serde_json::Map<String, Value>> {
    let at = match at["$ref"].as_str() {
        Some(reference) => schema.pointer(reference.trim_start_matches('#'))?,
        None => at,
    };
    at["properties"].as_object()
}

/// Every key of `value` that the schema does not know.
fn unknown_keys(schema: &Value, at: &Value, value: &toml::Value, unknown: &mut Vec<String>) {
    match value {
        toml::Value::Array(items) => {
            for item in items {
                unknown_keys(schema, &at["items"], item, unknown);
            }
        }
        toml::Value::Table(table) => {
            let Some(known) = known_keys(schema, at) else {
                return; // Its keys are free, as those of a body are.
            };
            for (key, value) in table {
                match known.get(key) {
                    Some(at) => unknown_keys(schema, at, value, unknown),
                    None => unknown.push(key.clone()),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_schema_knows_every_key_of_the_shipped_files() {
    let schema = scenario::schema();
    let mut files = 0;
    for folder in ["scenarios", "scenarios/deployed"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            files += 1;
            let text = fs::read_to_string(&path).unwrap();
            let mut unknown = Vec::new();
            unknown_keys(
                &schema,
                &schema,
                &toml::from_str(&text).unwrap(),
                &mut unknown,
            );
            assert_eq!(unknown, Vec::<String>::new(), "{}", path.display());
            // The check itself can fail.
            let spoiled = text.replacen("method =", "methd =", 1);
            let spoiled = toml::from_str(&spoiled).unwrap();
            unknown_keys(&schema, &schema, &spoiled, &mut unknown);
            assert_eq!(unknown, ["methd"], "{}", path.display());
        }
    }
    assert_eq!(files, 7);
}

#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let schema = scenario::schema();
    let step = known_keys(&schema, &schema["properties"]["steps"]["items"]).unwrap();
    let places = [
        (
            known_keys(&schema, &schema).unwrap(),
            "name = ",
            "nonsense = 1\nname = ",
        ),
        (
            known_keys(&schema, &schema["properties"]["promise"]).unwrap(),
            "source",
            "nonsense = 1\nsource",
        ),
        (step, "method", "nonsense = 1\nmethod"),
        (
            known_keys(&schema, &step["expect"]).unwrap(),
            "status = 200",
            "nonsense = 1, status = 200",
        ),
    ];
    for (known, old, new) in places {
        let report = errors_with(old, new);
        let listed = report.split_once("nown: ").unwrap().1;
        let listed = listed.split('\n').next().unwrap();
        let mut listed: Vec<_> = listed
            .split(',')
            .map(|k| k.trim().trim_matches('`'))
            .collect();
        let mut known: Vec<_> = known.keys().map(String::as_str).collect();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known, "{report}");
    }
}
