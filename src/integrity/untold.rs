//! What an export does not tell, so that nobody can say whether it arrived.
//!
//! Why: exporters are scripts of an afternoon. A property, a page or the second half of a text that is not
//! in the file looks like one that is empty, and an empty one is never lost. So each is told as what
//! could not be looked at.

use super::findings::Telling;
use super::links::{LinkTally, RELATION_CAP};
use super::mapping::{Body, LinkMap};
use super::side::Side;
use crate::record::{FindingKind, NotLooked};

/// Why the text inside pages could not be looked at, and what to do: of how many of them it was not exported.
#[must_use]
pub fn text_not_exported(lacking: u64, pages: u64) -> (String, &'static str) {
    let why = format!("the text of {lacking} of {pages} pages was not exported, or not all of it");
    let next = "Export the blocks of every page as its `blocks`, `blocks: []` for each empty page: follow \
                `next_cursor`, and ask for those inside blocks with `has_children` too.";
    (why, next)
}

impl Telling<'_> {
    pub(super) fn not_looked(&mut self, what: &str, why: &str, next: &str) {
        self.inspection.not_looked_at.push(NotLooked {
            what: what.to_owned(),
            why: why.to_owned(),
            next: next.to_owned(),
        });
    }

    /// Tells what the export lacks of one kind of record, but for the text inside its pages.
    pub(super) fn untold(&mut self, side: &Side<'_>, tallies: &[LinkTally]) {
        let properties = side.asked.not_looked(&side.record.name);
        self.inspection.not_looked_at.extend(properties);
        self.told_twice(side);
        for (map, tally) in side.record.links.iter().zip(tallies) {
            self.unknown_links(side, map, tally);
        }
    }

    /// Links of which nobody can tell whether they arrived.
    fn unknown_links(&mut self, side: &Side<'_>, map: &LinkMap, tally: &LinkTally) {
        if tally.unknown == 0 {
            return;
        }
        let what = format!(
            "{} links of {}.{}",
            tally.unknown, side.record.name, map.name
        );
        let (why, next) = match tally.has_record {
            true => (
                "they lead to pages that are not in the export".to_owned(),
                "Export these pages too, and those in the trash to which links lead.",
            ),
            false => (
                format!(
                    "they lead to pages, and no record of the mapping has the table {}",
                    map.table
                ),
                "Add a record for this table to the mapping, so that it is known which page became which row.",
            ),
        };
        self.not_looked(&what, &why, next);
    }

    /// Of links that Notion knows more of than it told, nobody knows whether those arrived.
    pub(super) fn told_in_part(&mut self, side: &Side<'_>, place: usize, name: &str) {
        let pairs = side.pairs.iter();
        let in_part = pairs.filter(|pair| pair.links.get(place).is_some_and(|it| it.has_more));
        let pages = in_part.count();
        if pages > 0 {
            let record = &side.record.name;
            self.not_looked(
                &format!("all links of {record}.{name}"),
                &format!("Notion told {RELATION_CAP} of more in {pages} of its pages"),
                "Compare with --live, which asks for all of them; or have the export follow each such relation.",
            );
        }
    }

    fn told_twice(&mut self, side: &Side<'_>) {
        if let Some(example) = side.told_twice.example() {
            let what = format!("{} pages of {}", side.told_twice.count, side.record.name);
            let why = format!(
                "the export has them twice and says two different things of them, for instance of {}",
                example.key
            );
            let next = "Export again while nobody writes to Notion.";
            self.not_looked(&what, &why, next);
        }
    }

    pub(super) fn bodies(&mut self, side: &Side<'_>) {
        let what = format!("the text inside the pages of {}", side.record.name);
        if matches!(side.record.body, Body::Ignored(_)) || side.seen.is_empty() {
            return;
        }
        if !self.bodies {
            self.not_looked(
                &what,
                "it was left out (--no-bodies, or bodies = false in [integrity])",
                "Look at it, too.",
            );
        } else if side.has_bodies {
            self.tell(
                FindingKind::BodyLost,
                side,
                "",
                side.with_body,
                &side.body_lost,
            );
            if side.without_text > 0 {
                let (why, next) = text_not_exported(side.without_text, side.pairs.len() as u64);
                self.not_looked(&what, &why, next);
            }
        } else {
            let next = "Export the blocks of each page as its `blocks`, or give a reason in the mapping: \
                        `body = { ignored = \"…\" }`.";
            self.not_looked(&what, "the export has no blocks", next);
        }
    }
}
