//! A world from a file: the pages that somebody exported from Notion, or a snapshot of this simulator.
//!
//! Why: a migration is tried best on one's own tasks, and an export is all that can be had of them
//! without spending the rate limit. The migration guide's script writes `notion-export.json`; what it
//! looks like nobody says, so every shape that such a script writes is taken (a guess):
//!
//! ```text
//! [page, …]                              pages
//! {"results": [page, …], …}              the answer to a query, or an array of such answers
//! {"tasks": …, "projects": …}            any of these by name; numbers and texts beside them are
//!                                        passed over; "databases" and "schema" hold database objects
//! ```
//!
//! A page is as Notion's API answers it. The way is
//!
//! ```text
//! shapes   the file         -> pages by their database
//! columns  those pages      -> the schema: types, ids, options, where relations lead
//! build    pages and schema -> the workspace
//! losses   what could not be kept, as a list for the reader
//! ```
//!
//! The other way, `write` makes such a file of a workspace.
//!
//! What the simulator cannot hold is an error that names page and property. What it could only compute
//! if it knew more than pages tell (formulas, rollups) is left out and listed.

mod build;
mod columns;
mod links;
mod losses;
mod shapes;
mod write;

use std::io;

use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use super::store::{SnapshotError, Workspace};

pub(super) use write::write;

/// Why a file is no world.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The file cannot be read.
    #[error("the export cannot be read")]
    Read(#[from] io::Error),
    /// It is not JSON, or cut off.
    #[error("the export is no JSON; it must be pages as Notion's API answers them, or a snapshot")]
    Json(#[from] serde_json::Error),
    /// It is a damaged snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// Something in it is no page.
    #[error(
        "the export has at {place} what is {found}; write pages as Notion's API answers them, in an \
         array, as {{\"results\": […]}}, or by name"
    )]
    Shape {
        /// Where, as a JSON pointer.
        place: String,
        /// What stands there.
        found: &'static str,
    },
    /// It holds nothing.
    #[error("the export has no page and no database")]
    Empty,
    /// A page cannot be held.
    #[error("page {page} of the export: {problem}")]
    Page {
        /// Its id, or where it stands.
        page: String,
        /// What is wrong.
        problem: String,
    },
    /// A property of a page cannot be held.
    #[error("page {page} of the export, property `{property}`: {problem}")]
    Property {
        /// The page's id.
        page: Uuid,
        /// The property's name.
        property: String,
        /// What is wrong.
        problem: String,
    },
    /// A database cannot be held.
    #[error("database {database} of the export: {problem}")]
    Database {
        /// Its id.
        database: Uuid,
        /// What is wrong.
        problem: String,
    },
}

/// A database of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedDatabase {
    /// Its id.
    pub id: Uuid,
    /// Its title, or the name under which its pages stand in the file.
    pub title: String,
    /// How many pages it has, archived ones too.
    pub pages: usize,
}

/// The world of a file.
#[derive(Debug)]
pub struct Export {
    /// All of it.
    pub workspace: Workspace,
    /// Its databases, in the order of their ids.
    pub databases: Vec<ExportedDatabase>,
    /// What was not kept, a line each: for people to read.
    pub not_kept: Vec<String>,
}

impl Export {
    /// Reads an export or a snapshot.
    ///
    /// # Errors
    /// When it is neither, or holds what the simulator cannot.
    pub fn read(mut reader: impl io::Read) -> Result<Self, ExportError> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        // Some editors begin a file with a byte order mark.
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        let file: Value = serde_json::from_slice(bytes)?;
        if file.get("cutover_notion_snapshot").is_some() {
            let workspace = Workspace::from_snapshot(bytes)?;
            return Ok(Self::of(workspace, Vec::new()));
        }
        let sheets = shapes::read(&file)?;
        let mut losses = losses::Losses::default();
        let tables = columns::tables(&sheets, &mut losses)?;
        let workspace = build::workspace(tables, &mut losses)?;
        Ok(Self::of(workspace, losses.lines()))
    }

    fn of(workspace: Workspace, not_kept: Vec<String>) -> Self {
        let told = |id: Uuid| {
            let database = workspace.database(id).ok()?;
            let sources = database.data_sources.iter();
            let sources = sources.filter_map(|source| workspace.data_source(*source).ok());
            Some(ExportedDatabase {
                id,
                title: database.title.plain().to_owned(),
                pages: sources.map(|source| source.pages.len()).sum(),
            })
        };
        let databases = workspace.data_sources().map(|source| source.database);
        let mut ids: Vec<Uuid> = databases.collect();
        ids.sort_unstable();
        ids.dedup();
        let databases = ids.into_iter().filter_map(told).collect();
        Self {
            databases,
            not_kept,
            workspace,
        }
    }
}
