use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const SAMPLE: &[u8] = include_bytes!("../../../tests/fixtures/notion-export/notion-export.json");

fn pages(bytes: &[u8]) -> (Vec<Page>, Result<ExportFacts, ExportError>) {
    let mut pages = Vec::new();
    let facts = read_export(bytes, &mut |page| pages.push(page));
    (pages, facts)
}

fn page(id: u128, title: &str) -> Value {
    json!({
        "object": "page",
        "id": uuid::Uuid::from_u128(id),
        "created_time": "2026-01-09T07:15:00.000Z",
        "properties": { "Task": { "id": "title", "type": "title", "title": [{ "plain_text": title }] } },
    })
}

/// A file of one of the shapes that scripts write.
fn file() -> impl Strategy<Value = (Value, usize)> {
    let titles = proptest::collection::vec("\\PC{0,12}", 0..5);
    (titles, 0usize..5).prop_map(|(titles, shape)| {
        let numbered = titles.iter().enumerate();
        let pages: Vec<Value> = numbered
            .map(|(n, title)| page(n as u128 + 1, title))
            .collect();
        let count = pages.len();
        let answer = json!({ "object": "list", "results": pages, "has_more": false });
        let file = match shape {
            0 => json!(pages),
            1 => answer,
            2 => json!([answer]),
            3 => json!({ "exported_at": "2026-01-15T00:00:00Z", "count": count, "tasks": pages }),
            _ => json!({ "data": { "tasks": { "results": pages } } }),
        };
        (file, count)
    })
}

proptest! {
    #[test]
    fn every_shape_gives_all_its_pages_in_their_order((file, count) in file()) {
        let (pages, facts) = pages(file.to_string().as_bytes());
        prop_assert_eq!(pages.len(), count);
        prop_assert_eq!(facts.is_ok(), count > 0);
        prop_assert!(pages.iter().enumerate().all(|(n, page)| page.id == n as u128 + 1));
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_an_error_with_a_place_before_the_cut(
        (file, _) in file(), share in 0.0..1.0f64,
    ) {
        let text = format!("{file:#}");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a short text")]
        let cut = (text.len() as f64 * share) as usize;
        let (_, facts) = pages(&text.as_bytes()[..cut]);
        let lines = text.as_bytes()[..cut].iter().filter(|byte| **byte == b'\n').count() + 1;
        match facts {
            Err(ExportError::Cut { line, byte, .. }) => {
                prop_assert!(line <= lines && byte <= cut as u64);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..19_000) {
        let _ = pages(&bytes);
        let mut damaged = SAMPLE.to_vec();
        damaged.splice(at..at, bytes);
        let _ = pages(&damaged);
    }
}

#[test]
fn the_sample_is_read_with_every_kind_of_property() {
    let (pages, facts) = pages(SAMPLE);
    let whole: Value = serde_json::from_slice(SAMPLE).unwrap();
    let lists = whole
        .as_object()
        .unwrap()
        .values()
        .filter_map(Value::as_array);
    let objects = lists.flatten().filter(|object| object["object"] == "page");
    let ids: Vec<&str> = objects.map(|page| page["id"].as_str().unwrap()).collect();
    let read: Vec<String> = pages
        .iter()
        .map(|page| uuid::Uuid::from_u128(page.id).to_string())
        .collect();
    assert_eq!(read, ids);
    assert_eq!(facts.unwrap().pages, ids.len() as u64);
    let passport = &pages[0];
    assert_eq!(passport.list.as_deref(), Some("tasks"));
    let property = |name: &str| {
        let found = passport.properties.iter().find(|(known, _)| known == name);
        &found.unwrap().1
    };
    assert_eq!(
        property("Task"),
        &Property::Text("Renew the passport".to_owned())
    );
    assert_eq!(
        property("Status"),
        &Property::Option(Some("To Do".to_owned()))
    );
    assert_eq!(
        property("Context"),
        &Property::Options(vec!["Errand".to_owned()])
    );
    let date = property("Due Date");
    assert!(matches!(date, Property::Date(Some(date)) if date.start == "2026-02-01"));
    let relation = property("Project");
    assert!(matches!(relation, Property::Relation { ids, has_more: false } if ids.len() == 1));
    assert_eq!(passport.created, "2026-01-09T07:15:00Z".parse().ok());
}

#[test]
fn the_text_of_blocks_is_read_with_those_inside_others() {
    let mut with_blocks = page(1, "a");
    let text = |text: &str| json!([{ "plain_text": text }]);
    with_blocks["children"] = json!([
        { "type": "to_do", "to_do": { "rich_text": text("one"), "children": [
            { "type": "paragraph", "paragraph": { "rich_text": text("two") } },
        ] } },
        { "type": "toggle", "toggle": { "rich_text": [] }, "children": [
            { "type": "quote", "quote": { "rich_text": [{ "text": { "content": "three" } }] } },
        ] },
    ]);
    let (pages, facts) = pages(json!([with_blocks, page(2, "b")]).to_string().as_bytes());
    let body = pages[0].body.as_ref().unwrap();
    assert_eq!(
        (body.text.as_str(), body.is_whole),
        ("one\ntwo\nthree", true)
    );
    assert_eq!(pages[1].body, None);
    assert_eq!(facts.unwrap().without_body, 1);
}

#[test]
fn blocks_are_those_of_their_page_wherever_among_its_keys_they_stand() {
    let block = |kind: &str| json!({ "object": "block", "type": kind, kind: { "rich_text": [{ "plain_text": "one" }] } });
    let column = json!([{ "object": "block", "type": "column", "column": {}, "children": [block("quote")] }]);
    for blocks in [json!([block("paragraph")]), column] {
        for name in ["blocks", "children"] {
            // The keys in the order in which they stand there.
            let last = page(1, "a").to_string();
            let first = format!("{{\"{name}\":{blocks},{}", &last[1..]);
            let last = format!("{},\"{name}\":{blocks}}}", &last[..last.len() - 1]);
            for page in [first, last] {
                let (pages, facts) = pages(format!("{{\"tasks\":[{page}]}}").as_bytes());
                facts.unwrap();
                let body = pages[0].body.as_ref().expect(&page);
                assert_eq!((body.text.as_str(), body.is_whole), ("one", true), "{page}");
            }
        }
    }
}

#[test]
fn pages_without_their_text_or_with_a_part_of_it_are_counted() {
    let with = |id, blocks: Option<Value>| {
        let mut page = page(id, "a");
        if let Some(blocks) = blocks {
            page["blocks"] = blocks;
        }
        page
    };
    let in_part = json!({ "results": [], "has_more": true });
    let export = json!([
        with(1, Some(json!([]))),
        with(2, None),
        with(3, Some(in_part)),
        with(4, None)
    ]);
    let facts = pages(export.to_string().as_bytes()).1.unwrap();
    assert_eq!((facts.without_body, facts.half_body), (2, 1));
    assert_eq!((facts.without_text(), facts.pages), (3, 4));
}

#[test]
fn what_is_no_export_is_told_with_its_place() {
    let told = |bytes: &[u8]| pages(bytes).1.unwrap_err().to_string();
    let cases: [(&[u8], &str); 9] = [
        (b"[1]", "this is no page of Notion"),
        (b"\"text\"", "this is no page of Notion"),
        (
            b"[{\"id\": \"a\", \"title\": \"b\"}]",
            "no page of Notion: it has no `properties`",
        ),
        (b"[{\"properties\": {}}]", "this page has no `id`"),
        (b"[\n{\"object\": \"page\", }]", "line 2"),
        (
            b"[{\"properties\": {\"Task\": null}}]",
            "null, expected a property, which is an object",
        ),
        (b"[] 1", "trailing characters"),
        (b"[]", "has no page"),
        (b"", "is cut off"),
    ];
    for (bytes, what) in cases {
        assert!(told(bytes).contains(what), "{}", told(bytes));
    }
    assert!(told(&b"[".repeat(40)).contains("nested deeper"));
}

#[test]
fn a_value_without_an_end_is_refused_before_it_fills_the_memory() {
    let begin = io::Cursor::new(b"[{\"object\": \"page\", \"cover\": \"".to_vec());
    let endless = io::Read::chain(begin, io::repeat(b'a'));
    let error = read_export(endless, &mut |_| {}).unwrap_err();
    assert!(
        matches!(error, ExportError::TooLarge { byte } if byte < 2 * MOST_BYTES),
        "{error}"
    );
}

fn ends(export: &Value) -> Vec<(String, ListEnd)> {
    let facts = pages(export.to_string().as_bytes()).1.unwrap();
    facts.lists.into_iter().collect()
}

fn answer(page: &Value, has_more: bool) -> Value {
    json!({ "results": [page], "has_more": has_more })
}

#[test]
fn a_list_whose_last_answer_has_more_is_cut() {
    let list = |first, second| json!({ "tasks": [answer(&page(1, "a"), first), answer(&page(2, "b"), second)] });
    let told = |end| [("tasks".to_owned(), end)];
    assert_eq!(ends(&list(true, false)), told(ListEnd::Whole));
    assert_eq!(ends(&list(false, true)), told(ListEnd::More));
    let plain = json!({ "tasks": [page(1, "a")] });
    assert_eq!(ends(&plain), told(ListEnd::NotTold));
    // At 10,000 results Notion says so beside `has_more: false`.
    let mut capped = list(true, false);
    let status = json!({ "type": "incomplete", "incomplete_reason": "query_result_limit_reached" });
    capped["tasks"][1]["request_status"] = status;
    assert_eq!(ends(&capped), told(ListEnd::More));
    capped["tasks"][1]["request_status"] = json!({ "type": "complete" });
    assert_eq!(ends(&capped), told(ListEnd::Whole));
    // An answer of which only the results were kept says no more than an array does.
    let results = json!({ "tasks": { "results": [page(1, "a")] } });
    assert_eq!(ends(&results), told(ListEnd::NotTold));
    let null = json!({ "tasks": { "results": [page(1, "a")], "has_more": null } });
    assert_eq!(ends(&null), told(ListEnd::NotTold));
}

#[test]
fn an_answer_without_a_name_ends_its_own_list_and_no_other() {
    let of = |id, database: Option<&str>, property: &str| {
        let mut page = page(id, "a");
        let title = page["properties"]["Task"].take();
        page["properties"] = json!({ property: title });
        if let Some(database) = database {
            page["parent"] = json!({ "type": "database_id", "database_id": database });
        }
        page
    };
    let told = |end| [(String::new(), end)];
    for (first, second) in [
        // Databases are told apart by their ids, and where a script left these out, by their properties.
        (of(1, Some("one"), "Name"), of(2, Some("two"), "Name")),
        (of(1, None, "Task"), of(2, None, "Name")),
    ] {
        let cut = json!([answer(&first, true), answer(&second, false)]);
        assert_eq!(ends(&cut), told(ListEnd::More), "{cut}");
        let whole = json!([
            answer(&first, true),
            answer(&first, false),
            answer(&second, false)
        ]);
        assert_eq!(ends(&whole), told(ListEnd::Whole), "{whole}");
        let cut = json!([answer(&first, true), { "results": [], "has_more": false }]);
        assert_eq!(ends(&cut), told(ListEnd::More), "{cut}");
    }
}

#[test]
fn a_list_that_is_empty_was_seen_all_the_same() {
    let export = json!({
        "tasks": [page(1, "a")], "projects": [], "tags": { "results": [], "has_more": false },
    });
    let seen = [
        ("projects", ListEnd::NotTold),
        ("tags", ListEnd::Whole),
        ("tasks", ListEnd::NotTold),
    ];
    assert_eq!(
        ends(&export),
        seen.map(|(name, end)| (name.to_owned(), end))
    );
}
