//! A workspace as the file that the migration guide's script makes of it.
//!
//! Why: what is checked against an export needs one of a world whose truth is known, and to ask a
//! simulator for it page by page would spend its rate limit and take a minute. So the file is written
//! from what is held, in the shapes in which it would have been answered:
//!
//! ```text
//! {"exported_at": "…", "tasks": [page, …], "projects": [page, …], …}    a list for each database
//! page:  as a query answers it, and "children": [block, …], empty where nothing stands on it
//! block: as a listing answers it, and "children" where it has some
//! ```
//!
//! The guide's script exports no bodies; `children` is the simplest place for them (a guess). Pages in
//! the trash are left out, as a query leaves them out, and so is what stands in no database.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::answer::View;
use super::super::blocks::tree::Parent;
use super::super::errors::NotionError;
use super::super::properties::moment::stamp;
use super::super::store::{DataSource, Page, Workspace};
use super::super::version::Version;

/// The key of what stands on a page or in a block.
const CHILDREN: &str = "children";

/// The file, as of this moment.
///
/// # Errors
/// When a block that is listed is not there, which is a defect of the simulator.
pub(in super::super) fn write(
    workspace: &Workspace,
    exported_at: Timestamp,
) -> Result<Value, NotionError> {
    let view = View {
        version: Version::V2022_06_28,
        workspace,
    };
    let mut file = Map::new();
    file.insert("exported_at".to_owned(), json!(stamp(exported_at)));
    let mut sources: Vec<&DataSource> = workspace.data_sources().collect();
    sources.sort_by_key(|source| source.id);
    let mut names = BTreeSet::new();
    for source in sources {
        let pages = source.pages.iter().map(|key| workspace.page(*key));
        let pages = pages.filter(|page| !page.archived);
        let pages = pages.map(|page| with_body(view, page));
        let pages = pages.collect::<Result<Vec<_>, _>>()?;
        let title = source.title.plain().to_lowercase();
        let name = match names.insert(title.clone()) {
            true => title,
            // Titles need not be distinct, keys must be.
            false => source.id.to_string(),
        };
        file.insert(name, Value::Array(pages));
    }
    Ok(Value::Object(file))
}

fn with_body(view: View<'_>, page: &Page) -> Result<Value, NotionError> {
    let mut answer = view.page(page, None);
    answer[CHILDREN] = Value::Array(standing_in(view, Parent::Page(page.id))?);
    Ok(answer)
}

fn standing_in(view: View<'_>, parent: Parent) -> Result<Vec<Value>, NotionError> {
    let workspace = view.workspace;
    let blocks = workspace.blocks();
    let shown = blocks.shown_in(parent, |id| workspace.is_shown(id));
    let with_inner = |id| {
        let mut answer = view.block(id)?;
        // What stands in a page that stands here is that page's own.
        if blocks.contains(id) {
            let inner = standing_in(view, Parent::Block(id))?;
            if !inner.is_empty() {
                answer[CHILDREN] = Value::Array(inner);
            }
        }
        Ok(answer)
    };
    shown.map(with_inner).collect()
}
