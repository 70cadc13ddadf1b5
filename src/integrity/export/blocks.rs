//! The text inside a page, and whether the export has all of it.
//!
//! Why both: a script that stops at the first hundred blocks, or at the outermost ones, leaves a page on
//! which little seems to stand. What is not there must be known before anything is said of the rest.
//! An address that a person put there as a bookmark or link preview is text. Pictures, embeds, files and
//! ticks are none but for their captions; nor is what Notion itself calls unsupported.

use serde_json::Value;

/// Blocks that are pages of their own: what is inside them is not inside this page.
pub const OTHER_PAGES: [&str; 2] = ["child_page", "child_database"];
/// Blocks whose address stands nowhere else on the page.
const ADDRESSES: [&str; 2] = ["bookmark", "link_preview"];

/// What stands inside a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageText {
    /// A line for each block, those inside others after them.
    pub text: String,
    /// Whether the export has every block.
    pub is_whole: bool,
}

/// The text of blocks as scripts keep them: an array, Notion's answer, or an array of such answers.
pub(super) fn text_of(blocks: &Value) -> PageText {
    let mut reading = Reading {
        lines: Vec::new(),
        is_whole: true,
    };
    reading.list(blocks);
    PageText {
        text: reading.lines.join("\n"),
        is_whole: reading.is_whole,
    }
}

struct Reading {
    lines: Vec<String>,
    is_whole: bool,
}

impl Reading {
    fn list(&mut self, list: &Value) {
        let pieces = match list {
            Value::Array(pieces) => pieces.as_slice(),
            one => std::slice::from_ref(one),
        };
        for piece in pieces {
            match piece.get("results") {
                Some(Value::Array(blocks)) => blocks.iter().for_each(|block| self.block(block)),
                Some(_) => self.is_whole = false,
                None => self.block(piece),
            }
        }
        // Of several answers to one request only the last one tells whether the list ends there.
        self.is_whole &= pieces.last().is_none_or(|last| last["has_more"] != true);
    }

    fn block(&mut self, block: &Value) {
        let kind = block["type"].as_str().unwrap_or_default();
        let Some(content) = block.get(kind).filter(|content| content.is_object()) else {
            // Not what Notion answers: an error that was kept, a null.
            self.is_whole = false;
            return;
        };
        self.lines.extend(lines_of(kind, content));
        let mut was_asked = kind == "unsupported" || OTHER_PAGES.contains(&kind);
        for list in [&block["children"], &content["children"]] {
            let blocks = list.as_array().or(list["results"].as_array());
            if let Some(blocks) = blocks {
                // An empty array may be one that nobody filled; an answer of Notion is one.
                was_asked |= !blocks.is_empty() || list["has_more"] == false;
                self.list(list);
            }
        }
        self.is_whole &= block["has_children"] != true || was_asked;
    }
}

/// The lines of one block, without those inside it.
fn lines_of(kind: &str, content: &Value) -> Vec<String> {
    let cells = content["cells"].as_array().into_iter().flatten();
    let runs = [&content["rich_text"]].into_iter().chain(cells);
    let runs = runs.chain([&content["caption"]]).map(plain);
    let address = ADDRESSES.contains(&kind).then(|| &content["url"]);
    let texts = [&content["expression"]].into_iter().chain(address);
    let texts = texts.filter_map(Value::as_str);
    let lines = runs.chain(texts.map(str::to_owned));
    lines.filter(|line| !line.is_empty()).collect()
}

fn plain(runs: &Value) -> String {
    let text = |run: &Value| {
        let plain = run["plain_text"].as_str();
        plain.or(run["text"]["content"].as_str()).map(str::to_owned)
    };
    let runs = runs.as_array().into_iter().flatten();
    runs.filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn paragraph(text: &str) -> Value {
        json!({ "object": "block", "type": "paragraph", "paragraph": { "rich_text": [{ "plain_text": text }] } })
    }

    fn whole(text: &str) -> PageText {
        PageText {
            text: text.to_owned(),
            is_whole: true,
        }
    }

    proptest! {
        #[test]
        fn blocks_say_the_same_in_every_shape_in_which_scripts_keep_them(
            lines in proptest::collection::vec("[a-z]{1,5}", 0..6), cut in any::<proptest::sample::Index>(),
        ) {
            let blocks: Vec<Value> = lines.iter().map(|line| paragraph(line)).collect();
            let (first, second) = blocks.split_at(cut.index(blocks.len() + 1));
            let text = whole(&lines.join("\n"));
            prop_assert_eq!(&text_of(&json!(blocks)), &text);
            prop_assert_eq!(&text_of(&json!({ "object": "list", "results": blocks, "has_more": false })), &text);
            let answers = json!([{ "results": first, "has_more": true }, { "results": second, "has_more": false }]);
            prop_assert_eq!(&text_of(&answers), &text);
            let cut_off = json!([{ "results": first, "has_more": false }, { "results": second, "has_more": true }]);
            prop_assert!(!text_of(&cut_off).is_whole);
        }
    }

    #[test]
    fn text_is_read_wherever_a_block_keeps_it() {
        let text = |text: &str| json!([{ "plain_text": text }]);
        let blocks = json!([
            { "type": "table", "has_children": true, "table": {}, "children": { "results": [
                { "type": "table_row", "table_row": { "cells": [text("one"), text("two"), []] } },
            ], "has_more": false } },
            { "type": "bookmark", "bookmark": { "caption": text("three"), "url": "https://four/" } },
            { "type": "equation", "equation": { "expression": "5 = 5" } },
            { "type": "link_preview", "link_preview": { "url": "https://six/" } },
            { "type": "image", "image": { "type": "external", "external": { "url": "https://a/" }, "caption": text("seven") } },
            { "type": "embed", "embed": { "url": "https://b/", "caption": [] } },
            { "type": "child_page", "has_children": true, "child_page": { "title": "of its own" } },
            { "type": "divider", "divider": {} },
        ]);
        let said = "one\ntwo\nthree\nhttps://four/\n5 = 5\nhttps://six/\nseven";
        assert_eq!(text_of(&blocks), whole(said));
    }

    #[test]
    fn blocks_that_were_not_all_exported_are_not_whole() {
        let toggle = |children: Value| json!([{ "type": "toggle", "has_children": true, "toggle": { "rich_text": [] }, "children": children }]);
        for blocks in [
            json!({ "results": [paragraph("a")], "has_more": true }),
            json!({ "object": "error", "status": 429 }),
            json!([paragraph("a"), null]),
            json!("a text"),
            Value::Null,
            toggle(Value::Null),
            toggle(json!([])),
            toggle(json!({ "results": [paragraph("a")], "has_more": true })),
        ] {
            assert!(!text_of(&blocks).is_whole, "{blocks}");
        }
        assert!(text_of(&toggle(json!([paragraph("a")]))).is_whole);
    }

    #[test]
    fn a_block_in_which_nothing_stands_is_whole_when_somebody_asked() {
        let block = |kind: &str, children: Value| json!([{ "type": kind, "has_children": true, kind: {}, "children": children }]);
        let nothing = json!({ "results": [], "has_more": false });
        for (kind, children) in [
            ("synced_block", nothing.clone()),
            ("synced_block", json!([nothing])),
            ("unsupported", Value::Null),
        ] {
            assert_eq!(text_of(&block(kind, children)), whole(""), "{kind}");
        }
        for unasked in [json!({ "results": [] }), json!([]), Value::Null] {
            assert!(
                !text_of(&block("synced_block", unasked.clone())).is_whole,
                "{unasked}"
            );
        }
    }
}
