//! Whole databases of Notion, with what stands on their pages, through a lane.
//!
//! A check of the data needs every page, and Notion gives a hundred of them with one answer and the blocks
//! of one page with another. So reading takes long and much of the budget: it goes at the lane's pace, honours
//! pauses, is sent again as a run's requests are, and hands each page on as it comes.
//!
//! ```text
//! databases/{id}/query, or its data sources'  ─ page by page ─> sink
//! pages/{page}/properties/{relation} ─> all its links, where a page tells 25 of more
//! blocks/{page}/children ─ those of blocks in them ─> a tree under `children`
//! ```

use http::Method;
use serde_json::{Value, json};
use thiserror::Error;

use super::Session;
use super::lane::{Halt, Lane, Log, Patience, Purpose};
use super::retry::{self, Next, Tries};
use crate::integrity::OTHER_PAGES;
use crate::target::{Exchange, HttpRequest, Request, Target, cut_off, following};

/// What a request for a page of a list costs.
const COST: u32 = 1;
/// As many results as Notion gives at most with one answer.
const PAGE_SIZE: u32 = 100;
/// Deeper nobody nests blocks; a circle would have no end.
const DEEPEST: u32 = 30;
/// From this version on a database is queried by its data sources.
const WITH_DATA_SOURCES: &str = "2025-09-03";

/// Why Notion could not be read to the end.
#[derive(Debug, Error)]
pub enum ListingError {
    /// The run was asked to stop.
    #[error("it was interrupted before all of Notion was read")]
    Interrupted,
    /// Notion asks for a longer pause than the run allows.
    #[error(
        "Notion asks for a longer pause than is allowed; try again later, or raise `max_pause`"
    )]
    PauseTooLong,
    /// There is no good answer.
    #[error(
        "{what} cannot be read: {detail}; is the id right, and is it shared with the integration?"
    )]
    Refused {
        /// What was asked for.
        what: String,
        /// What came instead, without secrets.
        detail: String,
    },
    /// An answer is not what Notion documents.
    #[error("{what} cannot be read: the answer has no {lacks}; is this Notion's API?")]
    Shape {
        /// What was asked for.
        what: String,
        /// What is missing.
        lacks: &'static str,
    },
    /// Notion ended a list before its end: a query ends at 10,000 results.
    #[error(
        "{what} cannot be read to its end: Notion cuts the list off ({reason}); export it in parts that are \
         smaller, for instance by `created_time`"
    )]
    CutOff {
        /// What was asked for.
        what: String,
        /// Why, in Notion's word.
        reason: String,
    },
}

impl From<Halt> for ListingError {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Interrupted => Self::Interrupted,
            Halt::PauseTooLong => Self::PauseTooLong,
        }
    }
}

impl<T: Target> Lane<T> {
    /// Gives every page of a database to `sink`, as Notion answers it.
    ///
    /// # Errors
    /// When an answer cannot be had, or Notion ends the list before its end; what came before it has been given.
    pub async fn list(
        &self,
        session: &Session<'_>,
        database: &str,
        sink: &mut dyn FnMut(Value),
    ) -> Result<(), ListingError> {
        let what = format!("the database {database}");
        for path in self.queries(session, database, &what).await? {
            let body = json!({ "page_size": PAGE_SIZE });
            let first = request(Method::POST, path, Some(&body));
            self.follow(session, first, &what, sink).await?;
        }
        Ok(())
    }

    /// All links of a relation, of which a page tells 25, as a page would tell them. The property is named by
    /// its id as Notion tells it.
    ///
    /// # Errors
    /// When an answer cannot be had.
    pub async fn relation(
        &self,
        session: &Session<'_>,
        page: &str,
        property: &str,
    ) -> Result<Vec<Value>, ListingError> {
        let what = format!("the relation {property} of the page {page}");
        let path = format!("/v1/pages/{page}/properties/{property}?page_size={PAGE_SIZE}");
        let mut links = Vec::new();
        let mut keep = |item: Value| links.push(item["relation"]["id"].as_str().map(str::to_owned));
        let first = request(Method::GET, path, None);
        self.follow(session, first, &what, &mut keep).await?;
        let links: Option<Vec<String>> = links.into_iter().collect();
        let links = links.ok_or_else(|| lacks(&what, "`relation`"))?;
        Ok(links.into_iter().map(|id| json!({ "id": id })).collect())
    }

    /// The blocks of a page, or in a block, each with the answer of those in it as `children`: that says also
    /// of an empty one that it was asked for.
    ///
    /// # Errors
    /// When an answer cannot be had.
    pub async fn blocks(
        &self,
        session: &Session<'_>,
        parent: &str,
    ) -> Result<Vec<Value>, ListingError> {
        self.blocks_at(session, parent, 0).await
    }

    async fn blocks_at(
        &self,
        session: &Session<'_>,
        parent: &str,
        depth: u32,
    ) -> Result<Vec<Value>, ListingError> {
        let what = format!("what stands on {parent}");
        let mut blocks = Vec::new();
        let path = format!("/v1/blocks/{parent}/children?page_size={PAGE_SIZE}");
        let first = request(Method::GET, path, None);
        let mut keep = |block| blocks.push(block);
        self.follow(session, first, &what, &mut keep).await?;
        for block in &mut blocks {
            let kind = block["type"].as_str().unwrap_or_default();
            let has_more = block["has_children"] == true && !OTHER_PAGES.contains(&kind);
            let id = block["id"].as_str().filter(|_| has_more && depth < DEEPEST);
            if let Some(id) = id.map(str::to_owned) {
                let inside = Box::pin(self.blocks_at(session, &id, depth + 1)).await?;
                block["children"] = json!({ "results": inside, "has_more": false });
            }
        }
        Ok(blocks)
    }

    /// Where a database is queried.
    async fn queries(
        &self,
        session: &Session<'_>,
        database: &str,
        what: &str,
    ) -> Result<Vec<String>, ListingError> {
        let version = self.target.facts().notion_version;
        if version.as_deref() < Some(WITH_DATA_SOURCES) {
            return Ok(vec![format!("/v1/databases/{database}/query")]);
        }
        let request = request(Method::GET, format!("/v1/databases/{database}"), None);
        let told = self.fetch(session, &request, what).await?;
        let sources = told["data_sources"].as_array();
        let sources = sources.ok_or_else(|| lacks(what, "`data_sources`"))?;
        let ids = sources.iter().filter_map(|source| source["id"].as_str());
        Ok(ids
            .map(|id| format!("/v1/data_sources/{id}/query"))
            .collect())
    }

    /// Gives the results of a list to `sink`, answer by answer to its end.
    async fn follow(
        &self,
        session: &Session<'_>,
        first: Request,
        what: &str,
        sink: &mut dyn FnMut(Value),
    ) -> Result<(), ListingError> {
        let mut asked = first.clone();
        loop {
            let mut told = self.fetch(session, &asked, what).await?;
            let Some(Value::Array(results)) = told.get_mut("results").map(Value::take) else {
                return Err(lacks(what, "`results`"));
            };
            results.into_iter().for_each(&mut *sink);
            if told["has_more"] != true {
                let reason = told.as_object().and_then(cut_off);
                let what = what.to_owned();
                return reason.map_or(Ok(()), |reason| Err(ListingError::CutOff { what, reason }));
            }
            let cursor = told["next_cursor"].as_str();
            let cursor = cursor.ok_or_else(|| lacks(what, "`next_cursor`"))?;
            asked = following(&first, cursor);
        }
    }

    /// The answer to a request that changes nothing, sent as often as is right.
    async fn fetch(
        &self,
        session: &Session<'_>,
        request: &Request,
        what: &str,
    ) -> Result<Value, ListingError> {
        let mut log = Log::of(Purpose::Preflight);
        let mut tries = Tries::default();
        loop {
            self.wait(session, COST, Patience::UntilInterrupted, &mut log)
                .await?;
            let exchange = self.target.send(request.clone()).await;
            self.spend(COST);
            if let Ok(answer) = &exchange.result
                && (200..300).contains(&answer.status)
            {
                return serde_json::from_slice(&answer.body).map_err(|_| lacks(what, "JSON"));
            }
            let fate = self.target.fate(&exchange);
            tries = tries.and(fate);
            let most_refusals = self.most_refusals();
            let next = retry::next_of(fate, true, tries, most_refusals);
            self.honour_pause(session, &exchange, (fate, next, tries));
            if next != Next::SendAgain {
                return Err(ListingError::Refused {
                    what: what.to_owned(),
                    detail: self.told(&exchange),
                });
            }
        }
    }

    /// Why an answer is none, without secrets.
    fn told(&self, exchange: &Exchange) -> String {
        let told = match &exchange.result {
            Ok(answer) => {
                let body = self.target.redact(&String::from_utf8_lossy(&answer.body));
                let explained = self.target.explain(answer.status, &body);
                explained.unwrap_or_else(|| format!("status {}", answer.status))
            }
            Err(failed) => failed.failure.detail.clone(),
        };
        self.target.redact(&told)
    }
}

fn lacks(what: &str, lacks: &'static str) -> ListingError {
    ListingError::Shape {
        what: what.to_owned(),
        lacks,
    }
}

fn request(method: Method, path: String, body: Option<&Value>) -> Request {
    Request::Http(HttpRequest {
        method,
        path,
        headers: body
            .map(|_| ("content-type".to_owned(), "application/json".to_owned()))
            .into_iter()
            .collect(),
        body: body.map(|body| body.to_string().into_bytes()),
    })
}
