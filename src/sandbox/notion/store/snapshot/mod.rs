//! The workspace as a file, and back: a world that was made once, by requests or from an export, can
//! be served again, on another day and elsewhere, and answers the same.
//!
//! ```text
//! Workspace ── Written ── JSON ── Read ── check ── Workspace
//! ```
//!
//! The store's own types are written as they are; what follows from them (who is found under which
//! id, which pages a data source has) is left out and made again, so that it cannot be wrong. The rest
//! is checked as a whole, for the store relies on it: a page has a value of the right kind for every
//! property, what is referred to is there, blocks stand where they say.

mod check;

use std::collections::{BTreeMap, HashMap};
use std::io;

use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;
use uuid::Uuid;

use super::super::blocks::tree::Forest;
use super::super::comments::Comments;
use super::super::properties::schema::Schema;
use super::{DataSource, Database, Index, Page, PageKey, User, Workspace};

/// The form of the file; one that an older version could not read gets the next number.
const FORM: u64 = 1;

/// Why a file is no snapshot.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// The file cannot be read.
    #[error("the snapshot cannot be read")]
    Read(#[from] io::Error),
    /// It is not JSON, is cut off, or is not of the form.
    #[error(
        "this is no snapshot of the Notion simulator, or a damaged one: take it again with \
         GET /_simulator/snapshot"
    )]
    Form(#[from] serde_json::Error),
    /// It says that it is of another form.
    #[error(
        "the snapshot has the form {found}, and this version of cutover reads the form {FORM}: take \
         it again with this version"
    )]
    Version {
        /// The number that it gives.
        found: u64,
    },
    /// Its parts do not fit together.
    #[error("the snapshot contradicts itself: {0}; take it again with GET /_simulator/snapshot")]
    Inconsistent(String),
}

/// What a snapshot says first of all.
#[derive(Deserialize)]
struct Head {
    cutover_notion_snapshot: u64,
}

#[derive(Serialize)]
struct Written<'w> {
    cutover_notion_snapshot: u64,
    users: &'w [User],
    databases: Vec<&'w Database>,
    data_sources: Vec<&'w DataSource>,
    pages: &'w [Page],
    blocks: &'w Forest,
    comments: &'w Comments,
    index: &'w Index,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "cutover_notion_snapshot")]
    _form: u64,
    users: Vec<User>,
    databases: Vec<Database>,
    data_sources: Vec<DataSource>,
    pages: Vec<Page>,
    blocks: Forest,
    comments: Comments,
    index: Index,
}

impl Workspace {
    /// All that the workspace holds, as one line of JSON. The same workspace gives the same text.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which is a defect of the simulator.
    pub fn snapshot(&self) -> Result<String, SnapshotError> {
        let mut databases: Vec<&Database> = self.databases.values().collect();
        databases.sort_unstable_by_key(|database| database.id);
        let mut data_sources: Vec<&DataSource> = self.data_sources.values().collect();
        data_sources.sort_unstable_by_key(|source| source.id);
        let written = Written {
            cutover_notion_snapshot: FORM,
            users: &self.users,
            databases,
            data_sources,
            pages: &self.pages,
            blocks: &self.blocks,
            comments: &self.comments,
            index: &self.index,
        };
        Ok(serde_json::to_string(&written)?)
    }

    /// The workspace of a snapshot.
    ///
    /// # Errors
    /// When it is damaged, of another form, or contradicts itself.
    pub fn from_snapshot(mut reader: impl io::Read) -> Result<Self, SnapshotError> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        let head: Head = serde_json::from_slice(&bytes)?;
        if head.cutover_notion_snapshot != FORM {
            return Err(SnapshotError::Version {
                found: head.cutover_notion_snapshot,
            });
        }
        let read: Read = serde_json::from_slice(&bytes)?;
        let mut workspace = Self {
            databases: by_id(read.databases, |database| database.id)?,
            data_sources: by_id(read.data_sources, |source| source.id)?,
            keys: HashMap::with_capacity(read.pages.len()),
            pages: read.pages,
            users: read.users,
            index: read.index,
            blocks: read.blocks,
            comments: read.comments,
            plain: Schema::plain(),
        };
        workspace.find_again();
        workspace.check().map_err(SnapshotError::Inconsistent)?;
        Ok(workspace)
    }

    /// Makes what follows from the pages.
    fn find_again(&mut self) {
        for (place, page) in self.pages.iter().enumerate() {
            let key = PageKey::of_place(place);
            self.keys.insert(page.id, key);
            let source = page.data_source();
            if let Some(source) = source.and_then(|id| self.data_sources.get_mut(&id)) {
                source.pages.push(key);
            }
        }
    }
}

fn by_id<T>(list: Vec<T>, id: fn(&T) -> Uuid) -> Result<HashMap<Uuid, T>, SnapshotError> {
    let mut all = HashMap::with_capacity(list.len());
    for one in list {
        let id = id(&one);
        if all.insert(id, one).is_some() {
            return Err(SnapshotError::Inconsistent(format!(
                "the id {id} is given twice"
            )));
        }
    }
    Ok(all)
}

/// Writes a map in the order of its keys, so that the same map gives the same text.
pub(crate) fn in_order<K, V, S>(map: &HashMap<K, V>, serializer: S) -> Result<S::Ok, S::Error>
where
    K: Ord + Serialize,
    V: Serialize,
    S: Serializer,
{
    serializer.collect_map(map.iter().collect::<BTreeMap<_, _>>())
}
