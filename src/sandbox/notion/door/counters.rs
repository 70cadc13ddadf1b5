//! What the simulator was sent, counted by itself: the harness claims to keep to Notion's limit,
//! and these figures are the proof that does not come from the harness.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fault_plan::FaultKind;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `POST /v1/databases/{id}/query`
    QueryDatabase,
    /// `POST /v1/databases`
    CreateDatabase,
    /// `GET /v1/databases/{id}`
    RetrieveDatabase,
    /// `PATCH /v1/databases/{id}`
    UpdateDatabase,
    /// `POST /v1/data_sources/{id}/query`
    QueryDataSource,
    /// `POST /v1/data_sources`
    CreateDataSource,
    /// `GET /v1/data_sources/{id}`
    RetrieveDataSource,
    /// `PATCH /v1/data_sources/{id}`
    UpdateDataSource,
    /// `POST /v1/pages`
    CreatePage,
    /// `GET /v1/pages/{id}`
    RetrievePage,
    /// `PATCH /v1/pages/{id}`
    UpdatePage,
    /// `GET /v1/pages/{id}/properties/{property}`
    RetrievePageProperty,
    /// `GET /v1/blocks/{id}`
    RetrieveBlock,
    /// `PATCH /v1/blocks/{id}`
    UpdateBlock,
    /// `DELETE /v1/blocks/{id}`
    DeleteBlock,
    /// `GET /v1/blocks/{id}/children`
    ListBlockChildren,
    /// `PATCH /v1/blocks/{id}/children`
    AppendBlockChildren,
    /// `POST /v1/search`
    Search,
    /// `GET /v1/users`
    ListUsers,
    /// `GET /v1/users/{id}`
    RetrieveUser,
    /// `GET /v1/users/me`
    RetrieveMe,
    /// `POST /v1/comments`
    CreateComment,
    /// `GET /v1/comments`
    ListComments,
    /// `GET /v1/comments/{id}`
    RetrieveComment,
    /// Any other path or method.
    Unknown,
}

impl Endpoint {
    /// Whether a request to it that succeeds changes the workspace.
    #[must_use]
    pub fn writes(self) -> bool {
        match self {
            Self::CreateDatabase
            | Self::UpdateDatabase
            | Self::CreateDataSource
            | Self::UpdateDataSource
            | Self::CreatePage
            | Self::UpdatePage
            | Self::UpdateBlock
            | Self::DeleteBlock
            | Self::AppendBlockChildren
            | Self::CreateComment => true,
            Self::QueryDatabase
            | Self::RetrieveDatabase
            | Self::QueryDataSource
            | Self::RetrieveDataSource
            | Self::RetrievePage
            | Self::RetrievePageProperty
            | Self::RetrieveBlock
            | Self::ListBlockChildren
            | Self::Search
            | Self::ListUsers
            | Self::RetrieveUser
            | Self::RetrieveMe
            | Self::ListComments
            | Self::RetrieveComment
            | Self::Unknown => false,
        }
    }
}

/// As it is written in counters and fault plans: `create_page`.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Requests since the start. Every arrival counts, refused or not; reading the counters does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Requests by what they asked for; endpoints that were never asked are left out.
    pub by_endpoint: BTreeMap<Endpoint, u64>,
    /// Requests that were answered with 429.
    pub rate_limited: u64,
    /// Faults that were injected on request, by kind; those that never happened are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub injected: BTreeMap<FaultKind, u64>,
    /// The most arrivals in any 60 s; the window slides and is open at its end.
    pub busiest_minute: usize,
    /// The most arrivals in any 1 s, likewise.
    pub busiest_second: usize,
}

/// Counts arrivals; pure over the times it is handed, which must not go back.
#[derive(Debug)]
pub(crate) struct Meter {
    counters: Counters,
    minute: Sliding,
    second: Sliding,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self {
            counters: Counters::default(),
            minute: Sliding::new(Duration::from_secs(60)),
            second: Sliding::new(Duration::from_secs(1)),
        }
    }

    pub(crate) fn arrived(&mut self, endpoint: Endpoint, now: Duration) {
        self.counters.requests += 1;
        *self.counters.by_endpoint.entry(endpoint).or_default() += 1;
        self.minute.push(now);
        self.second.push(now);
    }

    pub(crate) fn refused(&mut self) {
        self.counters.rate_limited += 1;
    }

    pub(crate) fn injected(&mut self, kind: FaultKind) {
        *self.counters.injected.entry(kind).or_default() += 1;
    }

    pub(crate) fn counters(&self) -> Counters {
        Counters {
            busiest_minute: self.minute.most,
            busiest_second: self.second.most,
            ..self.counters.clone()
        }
    }
}

/// The arrivals of the last `length`, and the most there ever were.
#[derive(Debug)]
struct Sliding {
    length: Duration,
    arrivals: VecDeque<Duration>,
    most: usize,
}

impl Sliding {
    fn new(length: Duration) -> Self {
        Self {
            length,
            arrivals: VecDeque::new(),
            most: 0,
        }
    }

    fn push(&mut self, now: Duration) {
        self.arrivals.push_back(now);
        while self
            .arrivals
            .front()
            .is_some_and(|first| *first + self.length <= now)
        {
            self.arrivals.pop_front();
        }
        self.most = self.most.max(self.arrivals.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Also those that put an arrival right on the end of a window.
    fn gap() -> impl Strategy<Value = u64> {
        prop_oneof![
            0u64..200,
            0u64..20_000,
            Just(500),
            Just(1_000),
            Just(15_000)
        ]
    }

    proptest! {
        #[test]
        fn the_busiest_window_is_the_one_found_by_trying_every_start(
            gaps in prop::collection::vec(gap(), 0..200),
        ) {
            let mut meter = Meter::new();
            let mut arrivals = Vec::new();
            let mut now = Duration::ZERO;
            for gap in gaps {
                now += Duration::from_millis(gap);
                arrivals.push(now);
                meter.arrived(Endpoint::CreatePage, now);
            }
            let most = |length: Duration| {
                let from = |start: &Duration| {
                    let inside = |other: &&Duration| (*start..*start + length).contains(*other);
                    arrivals.iter().filter(inside).count()
                };
                arrivals.iter().map(from).max().unwrap_or(0)
            };
            let counters = meter.counters();
            prop_assert_eq!(counters.busiest_minute, most(Duration::from_secs(60)));
            prop_assert_eq!(counters.busiest_second, most(Duration::from_secs(1)));
            prop_assert_eq!(counters.requests, arrivals.len() as u64);
        }
    }

    #[test]
    fn counters_survive_json_with_readable_names() {
        let mut meter = Meter::new();
        meter.arrived(Endpoint::QueryDatabase, Duration::ZERO);
        meter.refused();
        let text = serde_json::to_string(&meter.counters()).unwrap();
        assert_eq!(
            text,
            r#"{"requests":1,"by_endpoint":{"query_database":1},"rate_limited":1,"busiest_minute":1,"busiest_second":1}"#
        );
        let back: Counters = serde_json::from_str(&text).unwrap();
        assert_eq!(back, meter.counters());
        meter.injected(FaultKind::BadGateway);
        let text = serde_json::to_string(&meter.counters()).unwrap();
        assert!(text.contains(r#""injected":{"bad_gateway":1}"#), "{text}");
        let back: Counters = serde_json::from_str(&text).unwrap();
        assert_eq!(back, meter.counters());
    }
}
