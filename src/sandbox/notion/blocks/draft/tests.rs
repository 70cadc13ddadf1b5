use serde_json::{Value, json};

use super::super::super::body::Field as BodyField;
use super::super::kind::{Given, Writable};
use super::*;

fn read_one(block: &Value) -> Result<Draft, NotionError> {
    let body = json!({ "children": [block] });
    let drafts = read(&BodyField::root("body", &body).get("children"))?;
    Ok(drafts.into_iter().next().unwrap())
}

fn refusal(block: &Value) -> String {
    read_one(block).unwrap_err().to_string()
}

fn text(content: &str) -> Value {
    json!([{ "text": { "content": content } }])
}

/// What Notion answers for `text`.
fn shown(content: &str) -> Value {
    json!(super::super::super::properties::text::RichText::of(content).answer())
}

fn paragraph(children: &[Value]) -> Value {
    json!({ "paragraph": { "rich_text": [], "children": children } })
}

const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

/// A content of every type that can be made, with all that may be given and is answered.
fn contents() -> Vec<(&'static str, Value)> {
    let written = json!({ "rich_text": shown("a"), "color": "blue_background" });
    let heading = json!({ "rich_text": shown("a"), "is_toggleable": true, "color": "default" });
    let url = json!({ "caption": shown("b"), "url": "https://example.org" });
    let external = json!({ "url": "https://example.org/a/b.png?size=1#top" });
    let file = json!({ "caption": shown("b"), "type": "external", "external": external });
    let mut named = file.clone();
    named["name"] = json!("picture");
    let mut with_icon = written.clone();
    with_icon["icon"] = json!({ "type": "emoji", "emoji": "💡" });
    let mut to_do = written.clone();
    to_do["checked"] = json!(true);
    let table = json!({ "table_width": 2, "has_column_header": true, "has_row_header": false });
    let code = json!({ "caption": shown("b"), "rich_text": shown("a"), "language": "rust" });
    vec![
        ("embed", url.clone()),
        ("bookmark", url),
        ("image", file.clone()),
        ("video", file.clone()),
        ("pdf", file.clone()),
        ("file", named),
        ("audio", file),
        ("code", code),
        ("equation", json!({ "expression": "e = m c^2" })),
        ("divider", json!({})),
        ("breadcrumb", json!({})),
        ("tab", json!({})),
        ("table_of_contents", json!({ "color": "gray" })),
        ("link_to_page", json!({ "type": "page_id", "page_id": ID })),
        ("table_row", json!({ "cells": [shown("a"), []] })),
        ("table", table),
        ("column_list", json!({})),
        ("column", json!({ "width_ratio": 0.25 })),
        ("heading_1", heading.clone()),
        ("heading_2", heading.clone()),
        ("heading_3", heading.clone()),
        ("heading_4", heading),
        ("paragraph", with_icon.clone()),
        ("bulleted_list_item", written.clone()),
        ("numbered_list_item", written.clone()),
        ("quote", written.clone()),
        ("to_do", to_do),
        ("toggle", written),
        ("template", json!({ "rich_text": shown("a") })),
        ("callout", with_icon),
        (
            "synced_block",
            json!({ "synced_from": { "type": "block_id", "block_id": ID } }),
        ),
    ]
}

/// The least that a type demands to stand in it.
fn needed(kind: &Kind) -> Vec<Value> {
    let Children::Required { only, least } = kind.children else {
        return Vec::new();
    };
    let one = match only {
        Some("table_row") => json!({ "table_row": { "cells": [[], []] } }),
        Some("column") => json!({ "column": { "children": [{ "divider": {} }] } }),
        _ => paragraph(&[]),
    };
    vec![one; least]
}

fn block(kind: &Kind, content: &Value) -> Value {
    let mut content = content.clone();
    if !needed(kind).is_empty() {
        content["children"] = json!(needed(kind));
    }
    json!({ "object": "block", "type": kind.name, kind.name: content })
}

#[test]
fn every_type_is_read_and_answered_with_all_its_fields() {
    let contents = contents();
    let creatable: Vec<&str> = Kind::creatable().map(|kind| kind.name).collect();
    let tried: Vec<&str> = contents.iter().map(|(name, _)| *name).collect();
    assert_eq!(tried, creatable);
    for (name, content) in contents {
        let kind = Kind::of(name).unwrap();
        let mut request = block(kind, &content);
        let draft = read_one(&request).unwrap();
        assert_eq!(draft.content.answer(), content, "{name}");
        assert_eq!(draft.content.kind(), kind);
        request.as_object_mut().unwrap().remove("type");
        assert_eq!(
            read_one(&request).unwrap(),
            draft,
            "{name} without its type"
        );
        request[name]["stranger"] = json!(1);
        let refusal = refusal(&request);
        assert!(
            refusal.contains("stranger should be not present"),
            "{refusal}"
        );
    }
}

#[test]
fn a_field_may_be_missing_just_where_the_table_says_so() {
    for (name, content) in contents() {
        let kind = Kind::of(name).unwrap();
        for field in kind
            .fields
            .iter()
            .filter(|field| field.given != Given::Never)
        {
            let mut without = block(kind, &content);
            without[name].as_object_mut().unwrap().remove(field.key);
            let place = format!("body.children[0].{name}.{} should be ", field.key);
            match (field.given, read_one(&without)) {
                (Given::Optionally, Ok(draft)) => {
                    let answer = draft.content.answer();
                    let missing = answer.get(field.key).is_none();
                    assert_eq!(missing, field.key == "width_ratio", "{answer}");
                }
                (Given::Always | Given::AtFirst | Given::Once, Err(refusal)) => {
                    assert!(refusal.to_string().contains(&place), "{refusal}");
                }
                (given, read) => panic!("{name}.{}: {given:?}, {read:?}", field.key),
            }
            let mut wrong = block(kind, &content);
            wrong[name][field.key] = json!({ "no": "such" });
            assert!(read_one(&wrong).is_err(), "{wrong}");
        }
    }
}

#[test]
fn a_change_replaces_what_it_gives_and_leaves_the_rest() {
    for (name, content) in contents() {
        let kind = Kind::of(name).unwrap();
        let draft = read_one(&block(kind, &content)).unwrap();
        let change = |given: &Value| {
            let body = json!({ name: given });
            draft.content.changed(&BodyField::root("body", &body))
        };
        let needed: Vec<_> = kind
            .fields
            .iter()
            .filter(|field| field.given == Given::Always)
            .map(|field| (field.key.to_owned(), content[field.key].clone()))
            .collect();
        let mut given: serde_json::Map<String, Value> = needed.into_iter().collect();
        if name == "link_to_page" {
            given.insert("page_id".to_owned(), json!(ID));
        }
        let changed = change(&Value::Object(given.clone()));
        if kind.writable == Writable::Once {
            assert!(changed.is_err(), "{name}");
            continue;
        }
        assert_eq!(changed.unwrap().as_ref(), Some(&draft.content), "{name}");
        if content.get("color").is_some() {
            given.insert("color".to_owned(), json!("red"));
            let mut expected = content.clone();
            expected["color"] = json!("red");
            let changed = change(&Value::Object(given)).unwrap().unwrap();
            assert_eq!(changed.answer(), expected);
        }
    }
}

#[test]
fn a_change_of_another_type_or_of_a_fixed_field_is_refused() {
    let table = block(
        Kind::of("table").unwrap(),
        &json!({ "table_width": 2, "has_row_header": true }),
    );
    let table = read_one(&table).unwrap().content;
    let change = |body: Value| table.changed(&BodyField::root("body", &body));
    assert!(change(json!({ "table": { "table_width": 3 } })).is_err());
    assert!(change(json!({ "type": "paragraph" })).is_err());
    assert_eq!(change(json!({})), Ok(None));
    let changed = change(json!({ "type": "table", "table": { "has_row_header": false } }));
    assert_eq!(changed.unwrap().unwrap().answer()["has_row_header"], false);
    let page = Content::child(super::super::content::ChildKind::Page, "Title");
    let body = json!({ "child_page": { "title": "Other" } });
    assert!(page.changed(&BodyField::root("body", &body)).is_err());
}

#[test]
fn a_file_has_its_name_from_its_address_and_one_source() {
    let file = |content: Value| read_one(&json!({ "file": content }));
    let external = json!({ "url": "https://example.org/a/b.png?size=1#top" });
    let draft = file(json!({ "external": external })).unwrap();
    assert_eq!(draft.content.answer()["name"], "b.png");
    for wrong in [
        json!({ "type": "external" }),
        json!({ "type": "file", "external": external }),
        json!({ "file": { "url": "https://example.org" } }),
        json!({ "external": external, "file_upload": { "id": ID } }),
        json!({ "external": { "url": "x".repeat(2_001) } }),
    ] {
        assert!(file(wrong.clone()).is_err(), "{wrong}");
    }
    let link = json!({ "link_to_page": { "page_id": ID, "database_id": ID } });
    assert!(refusal(&link).contains("should be not present"));
}

#[test]
fn an_unknown_type_is_told_what_would_have_been_one() {
    let message = refusal(&json!({ "poem": {} }));
    assert!(
        message.starts_with("body failed validation. Fix one:\n"),
        "{message}"
    );
    let line = "body.children[0].paragraph should be defined, instead was `undefined`.";
    assert!(message.lines().any(|given| given == line), "{message}");
    for never in [
        "child_page",
        "child_database",
        "link_preview",
        "unsupported",
    ] {
        let block = json!({ "type": never, never: { "title": "x" } });
        assert!(
            refusal(&block).contains("body.children[0].type should be"),
            "{never}"
        );
    }
    let message = refusal(&json!({ "type": "quote", "paragraph": { "rich_text": [] } }));
    assert!(
        message.contains("body.children[0].paragraph should be not present"),
        "{message}"
    );
    let message = refusal(&json!({ "object": "page", "divider": {} }));
    assert!(message.contains("body.children[0].object"), "{message}");
}

#[test]
fn blocks_nest_two_levels_deep_and_columns_are_no_level() {
    let two = paragraph(&[paragraph(&[paragraph(&[])])]);
    let mut two = two;
    // An empty list is a list, too: the innermost must not give one.
    let innermost = "/paragraph/children/0/paragraph/children/0/paragraph";
    let inner = two.pointer_mut(innermost).unwrap();
    inner.as_object_mut().unwrap().remove("children");
    assert!(read_one(&two).is_ok());
    let message = refusal(&paragraph(std::slice::from_ref(&two)));
    let place = "body.children[0].paragraph.children[0].paragraph.children[0].paragraph.children \
                 should be not present";
    assert!(message.contains(place), "{message}");
    let column = json!({ "column": { "children": [two["paragraph"]["children"][0]] } });
    let columns = json!({ "column_list": { "children": [column, column] } });
    assert!(read_one(&columns).is_ok());
    assert!(refusal(&paragraph(&[columns])).contains("column_list should be not present"));
}

#[test]
fn a_block_holds_only_what_its_type_may_hold() {
    let row = json!({ "table_row": { "cells": [[], []] } });
    let column = json!({ "column": { "children": [{ "divider": {} }] } });
    for wrong in [
        paragraph(std::slice::from_ref(&row)),
        paragraph(std::slice::from_ref(&column)),
        json!({ "divider": { "children": [{ "divider": {} }] } }),
        json!({ "heading_1": { "rich_text": [], "children": [{ "divider": {} }] } }),
        json!({ "column_list": { "children": [column] } }),
        json!({ "column_list": { "children": [column, { "divider": {} }] } }),
        json!({ "column": { "children": [] } }),
        json!({ "table": { "table_width": 2, "children": [] } }),
        json!({ "table": { "table_width": 2 } }),
        json!({ "table": { "table_width": 3, "children": [row] } }),
        json!({ "table": { "table_width": 0, "children": [row] } }),
        json!({ "table": { "table_width": 2, "children": [{ "divider": {} }] } }),
        json!({ "tab": { "children": [{ "divider": {} }] } }),
    ] {
        assert!(read_one(&wrong).is_err(), "{wrong}");
    }
    let toggle = json!({
        "heading_1": { "rich_text": [], "is_toggleable": true, "children": [{ "divider": {} }] },
    });
    assert_eq!(read_one(&toggle).unwrap().children.len(), 1);
    let original =
        json!({ "synced_block": { "synced_from": null, "children": [{ "divider": {} }] } });
    assert_eq!(read_one(&original).unwrap().children.len(), 1);
}

#[test]
fn the_sizes_are_notions() {
    let of = |count: usize, block: &Value| {
        let body = json!({ "children": vec![block.clone(); count] });
        read(&BodyField::root("body", &body).get("children"))
    };
    let divider = json!({ "divider": {} });
    assert_eq!(of(100, &divider).unwrap().len(), 100);
    assert_eq!(
        of(101, &divider).unwrap_err().to_string(),
        "body failed validation: body.children.length should be ≤ `100`, instead was `101`."
    );
    let nine = paragraph(&vec![divider.clone(); 9]);
    assert!(of(100, &nine).is_ok());
    let ten = paragraph(&vec![divider; 10]);
    assert!(of(90, &ten).is_ok());
    assert!(of(91, &ten).unwrap_err().to_string().contains("`1000`"));
    let long = json!({ "paragraph": { "rich_text": text(&"x".repeat(2_001)) } });
    let message = refusal(&long);
    let place = "body.children[0].paragraph.rich_text[0].text.content.length should be ≤ `2000`";
    assert!(message.contains(place), "{message}");
}
