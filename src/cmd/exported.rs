//! `cutover sandbox --notion-export`: the simulated Notion alone, with the pages of a file.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::sandbox::alone::NotionAlone;
use crate::sandbox::notion::{Export, ExportError};

/// Reads an export or a snapshot.
///
/// # Errors
/// When it cannot be read, or is neither.
pub(super) fn read(path: &Path) -> Result<Export, ExportError> {
    Export::read(BufReader::new(File::open(path)?))
}

/// Says that all is ready, and what is not there.
///
/// # Errors
/// When it cannot be written.
pub(super) fn tell(json: bool, alone: &NotionAlone) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        let line = serde_json::to_string(&Ready::of(alone))?;
        writeln!(out, "{line}")?;
    } else {
        out.write_all(text(alone).as_bytes())?;
    }
    out.flush()
}

/// The line that says that all is ready.
#[derive(Serialize)]
struct Ready<'a> {
    notion_url: &'a str,
    notion_token: &'a str,
    notion_counters_url: String,
    notion_faults_url: String,
    notion_snapshot_url: String,
    /// Titles by id: titles need not be distinct.
    databases: Map<String, Value>,
    not_kept: &'a [String],
    profile: &'a str,
    seed: u64,
}

impl<'a> Ready<'a> {
    fn of(alone: &'a NotionAlone) -> Self {
        let notion = alone.notion();
        let databases = alone.databases().iter();
        Self {
            notion_url: notion.url(),
            notion_token: alone.token(),
            notion_counters_url: notion.counters_url(),
            notion_faults_url: notion.faults_url(),
            notion_snapshot_url: notion.snapshot_url(),
            databases: databases
                .map(|database| (database.id.to_string(), json!(database.title)))
                .collect(),
            not_kept: alone.not_kept(),
            profile: &alone.profile().name,
            seed: alone.seed(),
        }
    }
}

fn text(alone: &NotionAlone) -> String {
    let notion = alone.notion();
    let mut text = format!(
        "The simulated Notion is ready with the pages of the file; Ctrl-C stops it. It stands alone: \
         with an\nexport there is no baseline and no candidate API, and no PostgreSQL.\n\n  \
         Notion, simulated            {}\n    \
         token                      {}\n    \
         counters (GET)             {}\n    \
         faults (GET, PUT, DELETE)  {}\n    \
         snapshot (GET)             {}\n  \
         seed                         {}\n\nDatabases:\n",
        notion.url(),
        alone.token(),
        notion.counters_url(),
        notion.faults_url(),
        notion.snapshot_url(),
        alone.seed(),
    );
    for database in alone.databases() {
        let (id, title, pages) = (database.id, &database.title, database.pages);
        text += &format!("  {id}  {title} ({pages} pages)\n");
    }
    if !alone.not_kept().is_empty() {
        text += "\nNot kept of the file:\n";
        for line in alone.not_kept() {
            text += &format!("  {line}\n");
        }
    }
    text += "\nAssumed, not measured:\n";
    for line in alone.profile().assumptions() {
        text += &format!("  {line}\n");
    }
    text
}
