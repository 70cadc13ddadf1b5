//! The schema of a mapping, which editors read, against what the reader of mappings knows.

use std::fs;
use std::path::{Path, PathBuf};

use cutover::integrity::mapping::{BUILT_IN, Mapping, schema};
use serde_json::Value;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("integrity/integrity.schema.json")
}

/// The keys of an object of the schema that is known by this name; the file itself without one.
fn keys(name: &str) -> Vec<String> {
    let schema = schema();
    let object = match name {
        "" => &schema["properties"],
        name => &schema["$defs"][name]["properties"],
    };
    object.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_committed_schema_is_fresh() {
    let fresh = format!("{:#}\n", schema());
    if std::env::var_os("CUTOVER_BLESS").is_some() {
        fs::write(file(), &fresh).unwrap();
    }
    let committed = fs::read_to_string(file()).unwrap_or_default();
    assert!(
        committed == fresh,
        "integrity/integrity.schema.json is not what the code says; run the tests with CUTOVER_BLESS=1"
    );
}

/// The reader names the keys that it knows when it meets one that it does not.
#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let text = BUILT_IN[1].1;
    let places = [
        ("", "zone = "),
        ("RecordTable", "table = \"tasks\""),
        ("BodyTable", "column = \"description\""),
        ("SkipTable", "when = "),
        ("FieldTable", "from = \"Task\""),
        ("LinkTable", "through = "),
        ("WayTable", "id_map = "),
    ];
    for (name, at) in places {
        let separator = if name.is_empty() || name == "RecordTable" {
            "\n"
        } else {
            ", "
        };
        for key in keys(name) {
            // A key that stands there twice is a mistake of another kind, which says that it is known.
            let with = text.replacen(at, &format!("{key} = 1{separator}{at}"), 1);
            let told = Mapping::read(Path::new("a.toml"), &with);
            let told = told.err().map(|told| told.to_string()).unwrap_or_default();
            assert!(!told.contains("unknown key"), "{name} {key}: {told}");
        }
        let with = text.replacen(at, &format!("nonsense = 1{separator}{at}"), 1);
        let told = Mapping::read(Path::new("a.toml"), &with).unwrap_err();
        assert!(
            told.to_string().contains("unknown key `nonsense`"),
            "{name}"
        );
    }
}

#[test]
fn every_mapping_that_ships_names_the_schema() {
    for (name, text) in BUILT_IN {
        assert!(
            text.starts_with("#:schema ./integrity.schema.json\n"),
            "{name}"
        );
    }
    let schema: Value = schema();
    assert_eq!(schema["title"], "Mapping");
    assert_eq!(schema["required"], serde_json::json!(["zone", "records"]));
}
