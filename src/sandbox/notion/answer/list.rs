//! Lists: what queries, searches and the other listing endpoints answer.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::super::version::Version;

/// What a list is a list of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Listed {
    /// What a query or a search finds.
    Found,
    Users,
    Blocks,
    Comments,
}

impl Listed {
    fn name(self, version: Version) -> &'static str {
        match self {
            Self::Found if version.has_data_sources() => "page_or_data_source",
            Self::Found => "page_or_database",
            Self::Users => "user",
            Self::Blocks => "block",
            Self::Comments => "comment",
        }
    }
}

/// A list in an answer.
pub(super) struct List<T> {
    kind: &'static str,
    results: Vec<T>,
    next: Option<Uuid>,
    /// Whether the list ends at a limit and not at its last entry.
    pub(super) cut_off: bool,
}

impl<T> List<T> {
    /// A list that ends where it ends.
    pub(super) fn new(
        version: Version,
        listed: Listed,
        results: Vec<T>,
        next: Option<Uuid>,
    ) -> Self {
        Self {
            kind: listed.name(version),
            results,
            next,
            cut_off: false,
        }
    }
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct RequestStatus {
    r#type: &'static str,
    incomplete_reason: &'static str,
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_map(None)?;
        list.serialize_entry("object", "list")?;
        list.serialize_entry("results", &self.results)?;
        list.serialize_entry("next_cursor", &self.next)?;
        list.serialize_entry("has_more", &self.next.is_some())?;
        list.serialize_entry("type", self.kind)?;
        list.serialize_entry(self.kind, &Empty {})?;
        if self.cut_off {
            let status = RequestStatus {
                r#type: "incomplete",
                incomplete_reason: "query_result_limit_reached",
            };
            list.serialize_entry("request_status", &status)?;
        }
        list.end()
    }
}
