//! A file read page by page says what the same file says when it is read as a whole, and a file that is not
//! whole says so.

use std::io::{self, Read};

use cutover::integrity::export::Property;
use cutover::integrity::{ExportError, ExportFacts, Page, read_export};
use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::world::{export, tasks};

fn pages(reader: impl Read) -> (Vec<Page>, Result<ExportFacts, ExportError>) {
    let mut pages = Vec::new();
    let facts = read_export(reader, &mut |page| pages.push(page));
    (pages, facts)
}

/// Gives its bytes in pieces, as a slow disk or a pipe does.
struct Dripping<'b> {
    bytes: &'b [u8],
    pieces: std::iter::Cycle<std::vec::IntoIter<usize>>,
}

impl Read for Dripping<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let piece = self.pieces.next().unwrap_or(1).min(into.len());
        self.bytes.read(&mut into[..piece])
    }
}

/// What a page says, read from the whole as a tree: id, title, contexts, and the first block's text.
fn of_tree(page: &Value) -> (u128, String, Vec<String>, String) {
    let texts = |runs: &Value| -> String {
        let runs = runs.as_array().into_iter().flatten();
        runs.map(|run| run["plain_text"].as_str().unwrap())
            .collect()
    };
    let properties = &page["properties"];
    let contexts = properties["Context"]["multi_select"].as_array();
    (
        page["id"]
            .as_str()
            .unwrap()
            .parse::<Uuid>()
            .unwrap()
            .as_u128(),
        texts(&properties["Task"]["title"]),
        contexts
            .into_iter()
            .flatten()
            .map(|option| option["name"].as_str().unwrap().to_owned())
            .collect(),
        texts(&page["blocks"][0]["paragraph"]["rich_text"]),
    )
}

fn of_page(page: &Page) -> (u128, String, Vec<String>, String) {
    let property = |name: &str| {
        let found = page.properties.iter().find(|(known, _)| known == name);
        found.map(|(_, property)| property.clone())
    };
    let title = match property("Task") {
        Some(Property::Text(title)) => title,
        other => panic!("{other:?}"),
    };
    let contexts = match property("Context") {
        Some(Property::Options(contexts)) => contexts,
        other => panic!("{other:?}"),
    };
    (page.id, title, contexts, page.body.clone().unwrap().text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_pages_of_a_stream_are_those_of_the_whole_however_it_drips(
        tasks in tasks(1..12), pieces in proptest::collection::vec(1usize..500, 1..6), pretty: bool,
    ) {
        let export = export(&tasks);
        let text = if pretty { format!("{export:#}") } else { export.to_string() };
        let whole: Value = serde_json::from_reader(text.as_bytes()).unwrap();
        let (streamed, facts) = pages(Dripping { bytes: text.as_bytes(), pieces: pieces.into_iter().cycle() });
        let facts = facts.unwrap();
        prop_assert_eq!(facts.pages, streamed.len() as u64);
        let streamed = streamed.iter().filter(|page| page.list.as_deref() == Some("tasks"));
        let streamed: Vec<_> = streamed.map(of_page).collect();
        let whole: Vec<_> = whole["tasks"].as_array().unwrap().iter().map(of_tree).collect();
        prop_assert_eq!(streamed, whole);
    }

    #[test]
    fn a_file_that_is_cut_at_any_byte_is_an_error_at_or_before_the_cut(tasks in tasks(1..2)) {
        let text = export(&tasks).to_string();
        let whole = pages(text.as_bytes()).0;
        for cut in 0..text.len() {
            let (read, facts) = pages(&text.as_bytes()[..cut]);
            // What was read until then was right.
            prop_assert!(whole.starts_with(&read), "{cut}");
            match facts {
                Err(ExportError::Cut { line, column, byte }) => {
                    prop_assert!(line <= 1 && column <= cut && byte <= cut as u64, "{cut}: {line}:{column}");
                }
                other => prop_assert!(false, "cut at {cut} of {}: {other:?}", text.len()),
            }
        }
    }
}
