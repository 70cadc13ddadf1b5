//! The export of Notion: read to its end, and held against the pages that Notion lists.

use std::collections::HashMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use uuid::Uuid;

use super::age::{Ages, Written};
use super::{PageIndex, not_looked};
use crate::integrity::{ExportError, ExportFacts, ListEnd, read_export, text_not_exported};
use crate::record::{Example, Finding, FindingKind, Inspection, Looked, Weight};

const WHAT: &str = "the export of Notion";
const AGAIN: &str = "Export all databases again, after the last edit and before the cutover.";

/// What an export holds.
struct Held {
    /// Each page with the time of its last edit, where it says so.
    pages: HashMap<u128, Option<Timestamp>>,
    facts: ExportFacts,
    written: Option<Written>,
}

pub(super) async fn look(
    path: &Path,
    pages: Option<Result<&PageIndex, &str>>,
    ages: &Ages,
    seen: &mut Inspection,
) {
    let owned = path.to_owned();
    let held = match tokio::task::spawn_blocking(move || read(&owned)).await {
        Ok(Ok(held)) => held,
        Ok(Err(finding)) => return seen.findings.push(*finding),
        Err(error) => {
            let next = "Look again, and report it if it stays so.";
            let why = format!("reading it ended early: {error}");
            return seen.not_looked_at.push(not_looked(WHAT, &why, next));
        }
    };
    seen.looked_at.push(Looked {
        what: WHAT.to_owned(),
        count: held.facts.pages,
        detail: format!("{} pages, read to its end", held.facts.pages),
    });
    for (list, end) in &held.facts.lists {
        if *end == ListEnd::More {
            seen.findings.push(cut(list));
        }
    }
    let without_text = held.facts.without_text();
    if without_text > 0 {
        let what = "whether the export holds the text inside the pages";
        let (why, next) = text_not_exported(without_text, held.facts.pages);
        seen.not_looked_at.push(not_looked(what, &why, next));
    }
    match held.written {
        Some(written) => ages.look(WHAT, written, AGAIN, seen),
        None => seen.not_looked_at.push(not_looked(
            "the age of the export",
            "neither it nor its file says when it was made",
            AGAIN,
        )),
    }
    match pages {
        Some(Ok(pages)) => against(&held, pages, seen),
        Some(Err(why)) => seen.not_looked_at.push(not_looked(
            "whether the export holds every page",
            why,
            "Put that right, and look again.",
        )),
        None => seen.not_looked_at.push(not_looked(
            "whether the export holds every page",
            "Notion was not asked for its pages",
            "Name the Notion behind the baseline: a table `[baseline.notion]` with `token` and `databases`.",
        )),
    }
}

fn read(path: &PathBuf) -> Result<Held, Box<Finding>> {
    let subject = || format!("{WHAT} ({})", path.display());
    let file = File::open(path).map_err(|error| {
        let kind = match error.kind() {
            ErrorKind::NotFound => FindingKind::BackupMissing,
            _ => FindingKind::BackupUnreadable,
        };
        let words = format!("the file cannot be opened: {error}");
        let next = "Export all databases, or put the path under `[backups]` right.";
        Box::new(Finding::of_one(
            kind,
            Weight::Refutes,
            subject(),
            words,
            next,
        ))
    })?;
    let mut pages = HashMap::new();
    let facts = read_export(file, &mut |page| {
        // A page that stands there twice is as new as its newer copy.
        let edited: &mut Option<Timestamp> = pages.entry(page.id).or_default();
        *edited = page.edited.max(*edited);
    });
    let facts = facts.map_err(|error| Box::new(unreadable(subject(), &error)))?;
    Ok(Held {
        written: Written::of(facts.exported_at, path),
        pages,
        facts,
    })
}

fn unreadable(subject: String, error: &ExportError) -> Finding {
    let mut words = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        words = format!("{words}: {cause}");
    }
    let kind = FindingKind::BackupUnreadable;
    Finding::of_one(kind, Weight::Refutes, subject, words, AGAIN)
}

fn cut(list: &str) -> Finding {
    let list = match list {
        "" => "a list without a name",
        list => list,
    };
    Finding::of_one(
        FindingKind::ExportLacksPages,
        Weight::Refutes,
        format!("{list} in {WHAT}"),
        "its last answer says that there are more pages, and nobody asked for them",
        "Follow `next_cursor` until `has_more` is false, ask in parts where Notion ends a query at 10,000 results, and \
         export again.",
    )
}

/// Whether it has every page that Notion lists, each as it was last edited.
fn against(held: &Held, index: &PageIndex, seen: &mut Inspection) {
    let all = index.pages.len() as u64;
    let name = |id: u128| format!("page {}", Uuid::from_u128(id));
    let missing: Vec<&(u128, Timestamp)> = index
        .pages
        .iter()
        .filter(|(id, _)| !held.pages.contains_key(id))
        .collect();
    if let Some((id, edited)) = missing.first() {
        seen.findings.push(Finding {
            count: missing.len() as u64,
            of: all,
            example: Some(Example::new(
                &name(*id),
                Some(&format!("last edited {edited}")),
                None,
            )),
            ..Finding::of_one(
                FindingKind::ExportLacksPages,
                Weight::Refutes,
                WHAT,
                format!(
                    "{} of the {all} pages that Notion lists are not in it, and would be lost with Notion",
                    missing.len()
                ),
                AGAIN,
            )
        });
    }
    let written = held.written.map(|written| written.at);
    let newer = index.pages.iter().filter_map(|(id, edited)| {
        let known = held.pages.get(id)?;
        // A page that does not say when it was edited is as new as the export.
        let known = (*known).or(written)?;
        (*edited > known).then_some((*id, *edited, known))
    });
    let newer: Vec<_> = newer.collect();
    if let Some((id, edited, known)) = newer.iter().max_by_key(|(_, edited, _)| *edited) {
        let known = format!("exported as of {known}");
        seen.findings.push(Finding {
            count: newer.len() as u64,
            of: all,
            example: Some(Example::new(
                &name(*id),
                Some(&format!("last edited {edited}")),
                Some(&known),
            )),
            ..Finding::of_one(
                FindingKind::ExportOlderThanEdit,
                Weight::Refutes,
                WHAT,
                format!(
                    "{} pages were edited after they were exported, the last at {edited}: these edits are in no \
                     backup",
                    newer.len()
                ),
                AGAIN,
            )
        });
    }
    if missing.is_empty() && newer.is_empty() {
        seen.looked_at.push(Looked {
            what: "pages of the export against Notion's".to_owned(),
            count: all,
            detail: format!("all {all} are in it as they were last edited"),
        });
    }
}
