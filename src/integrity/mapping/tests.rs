use std::path::Path;

use super::*;
use proptest::prelude::*;

fn mistakes(text: &str) -> String {
    Mapping::read(Path::new("integrity.toml"), text)
        .unwrap_err()
        .to_string()
}

const SMALL: &str = r#"zone = "UTC"
[[records]]
name = "tasks"
table = "tasks"
match = { content = ["title"] }
[records.fields]
title = { from = "Task" }
"#;

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,200}", cut in 0usize..600) {
        let _ = Mapping::read(Path::new("a.toml"), &text);
        let whole = BUILT_IN[1].1;
        let cut = whole.floor_char_boundary(cut.min(whole.len()));
        let _ = Mapping::read(Path::new("a.toml"), &whole[..cut]);
    }
}

#[test]
fn the_mappings_that_are_built_in_are_valid() {
    for (name, _) in BUILT_IN {
        let mapping = Mapping::built_in(name).unwrap().unwrap();
        assert!(!mapping.records.is_empty(), "{name}");
    }
    assert!(Mapping::built_in("another").is_none());
}

#[test]
fn every_table_that_is_needed_is_asked_for_once_with_each_column_once() {
    let queries = Mapping::built_in("tomos").unwrap().unwrap().queries();
    let tables: Vec<&str> = queries.iter().map(|query| query.table.as_str()).collect();
    assert_eq!(tables, ["tasks", "task_tags", "tags"]);
    let tasks = "id title status priority dueDate completedAt createdAt updatedAt description";
    assert_eq!(queries[0].columns.join(" "), tasks);
    assert_eq!(queries[0].optional, ["notionId"]);
    assert_eq!(queries[1].columns, ["taskId", "tagId"]);
    assert_eq!(queries[2].columns, ["id", "name"]);
}

#[test]
fn each_mistake_has_its_line_and_a_way_out() {
    let with = |line: &str| mistakes(&format!("{SMALL}{line}\n"));
    let zone = SMALL.replace("UTC", "Mars");
    let content = SMALL.replace("\"title\"]", "\"tilte\"]");
    let cases = [
        (
            mistakes(&zone),
            "there is no time zone `Mars`",
            "Australia/Sydney",
        ),
        (
            mistakes(&content),
            "no field is named `tilte`",
            "did you mean `title`?",
        ),
        (
            with("due = { form = \"Due\" }"),
            "unknown key `form`",
            "did you mean `from`?",
        ),
        (
            with("due = { from = \"Due\", as = \"instnat\" }"),
            "compared as `instnat`",
            "`instant`",
        ),
        (
            with("due = { from = \"Due\", never = \"x\" }"),
            "`never` cannot be `x`",
            "last_edited_time",
        ),
        (
            with("due = { from = \"a\", set_when = { staus = \"done\" } }"),
            "no field is named `staus`",
            "title",
        ),
        (
            with("[[records]]"),
            "a record lacks `name`",
            "the list's name",
        ),
        (
            with("[records.links]\np = { to = \"projects\", from = \"P\", column = \"p\" }"),
            "names no column",
            "`projects.id`",
        ),
        (
            with("[records.links]\np = { to = \"a.id\", from = \"P\" }"),
            "a column or in a table of pairs",
            "through",
        ),
        (
            with(
                "[[records]]\nname = \"tasks\"\ntable = \"t\"\nmatch = { content = [\"a\"] }\nfields = { a = { from = \"A\" } }",
            ),
            "two records",
            "of its own",
        ),
        (
            mistakes("zone = \"UTC\"\nrecords = []"),
            "nothing would be compared",
            "[[records]]",
        ),
        (mistakes(""), "lacks `zone`", "zone = \"UTC\""),
    ];
    for (found, what, way_out) in cases {
        assert!(
            found.contains(what) && found.contains(way_out),
            "{what}:\n{found}"
        );
        assert!(found.contains("integrity.toml:"), "no place:\n{found}");
    }
}

#[test]
fn a_page_without_a_title_cannot_be_skipped() {
    let skip = "skip = { when = \"untitled\", reason = \"no title\" }\n[records.fields]";
    let found = mistakes(&SMALL.replace("[records.fields]", skip));
    assert!(found.contains("cannot be skipped"), "{found}");
}
