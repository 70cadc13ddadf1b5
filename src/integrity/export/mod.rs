//! An export of Notion as a stream of pages, for files that no memory should have to hold.
//!
//! The migration guide's script writes `notion-export.json`; what it looks like nobody says, so every
//! shape that such a script writes is taken (a guess, and the same one as the simulated Notion's):
//!
//! ```text
//! [page, …]                              pages
//! {"results": [page, …], …}              the answer to a query, or an array of such answers
//! {"tasks": …, "projects": …}            any of these by name
//! ```
//!
//! A page is as Notion's API answers it; the blocks of a page, where somebody asked for them, stand in
//! it as `blocks` or `children` (a guess), in an array or as Notion answered them. Whatever is wrong is told with its line, column and byte.

mod blocks;
mod limit;
mod page;
#[cfg(test)]
mod tests;
mod told;
mod walk;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde::de::DeserializeSeed as _;
use thiserror::Error;

pub use blocks::{OTHER_PAGES, PageText};
pub use page::{DateValue, Page, Property};

use limit::{Counted, MOST_BYTES, Progress};
use walk::{Walk, Way};

/// What an export says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportFacts {
    /// How many pages it has.
    pub pages: u64,
    /// When it was written, where it says so.
    pub exported_at: Option<Timestamp>,
    /// The last edit of any page.
    pub newest_edit: Option<Timestamp>,
    /// How many pages stand there without their blocks.
    pub without_body: u64,
    /// How many have some of their blocks and not all.
    pub half_body: u64,
    /// The lists that were seen, also empty ones, and how each ends; `""` is the list without a name.
    pub lists: BTreeMap<String, ListEnd>,
}

impl ExportFacts {
    /// Of how many pages the text was not exported, or not all of it.
    #[must_use]
    pub fn without_text(&self) -> u64 {
        self.without_body + self.half_body
    }
}

/// What is known of a list's end; of two lists the greater one is the more doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListEnd {
    /// Notion's last answer says that nothing follows.
    Whole,
    /// It is a plain array, or an answer without its `has_more`, which says nothing of it.
    NotTold,
    /// Notion has more: its last answer says so, or that it was cut off.
    More,
}

/// Why a file is no export.
#[derive(Debug, Error)]
pub enum ExportError {
    /// It cannot be read.
    #[error("the export cannot be read at byte {byte}")]
    Read {
        /// How many bytes could be read.
        byte: u64,
        /// The reason.
        source: io::Error,
    },
    /// It ends before its end.
    #[error(
        "the export is cut off: it ends at line {line}, column {column} (byte {byte}) in the middle \
         of a value; export again, and see that the disk is not full"
    )]
    Cut {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// The byte, from 0.
        byte: u64,
    },
    /// Something in it is wrong.
    #[error(
        "the export is wrong at line {line}, column {column} (byte {byte}): {problem}; it must be \
         pages as Notion's API answers them, in an array, as {{\"results\": […]}}, or by name"
    )]
    Wrong {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// About which byte, from 0.
        byte: u64,
        /// What is wrong.
        problem: String,
    },
    /// A value goes on for ever.
    #[error(
        "the export has at byte {byte} a value of more than {} MB; no page of Notion is that large",
        MOST_BYTES / 1024 / 1024
    )]
    TooLarge {
        /// Where reading stopped.
        byte: u64,
    },
    /// It holds nothing.
    #[error("the export has no page; export the databases that the mapping names")]
    Empty,
}

/// Gives every page of an export to `sink`, in the order of the file.
///
/// # Errors
/// When the export cannot be read to its end, or something in it is no page. Pages before that place
/// have been given.
pub fn read_export(
    reader: impl io::Read,
    sink: &mut dyn FnMut(Page),
) -> Result<ExportFacts, ExportError> {
    let progress = Progress::default();
    let reader = Counted::new(reader, &progress);
    let reader = reader.map_err(|source| ExportError::Read { byte: 0, source })?;
    let way = Way {
        sink: RefCell::new(sink),
        facts: RefCell::default(),
        source: RefCell::default(),
        unnamed: RefCell::default(),
        progress: &progress,
    };
    let walk = Walk {
        way: &way,
        list: None,
        depth: 0,
        listed: false,
    };
    let mut parser = serde_json::Deserializer::from_reader(reader);
    let ended = walk.deserialize(&mut parser).and_then(|_| {
        progress.step();
        parser.end()
    });
    ended.map_err(|error| explained(error, &progress))?;
    let mut facts = way.facts.take();
    // Nobody knows which list without a name is that of which record, so one that goes on doubts all.
    if let Some(end) = way.unnamed.take().into_values().max() {
        facts.lists.insert(String::new(), end);
    }
    match facts.pages {
        0 => Err(ExportError::Empty),
        _ => Ok(facts),
    }
}

fn explained(error: serde_json::Error, progress: &Progress) -> ExportError {
    let byte = progress.consumed();
    if progress.is_too_large() {
        return ExportError::TooLarge { byte };
    }
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Io => ExportError::Read {
            byte,
            source: error.into(),
        },
        serde_json::error::Category::Eof => ExportError::Cut { line, column, byte },
        serde_json::error::Category::Syntax | serde_json::error::Category::Data => {
            let problem = error.to_string();
            // The parser says the place itself, in other words.
            let place = format!(" at line {line} column {column}");
            let problem = problem.strip_suffix(&place).unwrap_or(&problem).to_owned();
            ExportError::Wrong {
                line,
                column,
                byte,
                problem,
            }
        }
    }
}
