//! The endpoints that a profile need not state: search, users, blocks and comments.
//!
//! Each is asked a few times only, enough for a sigma. A connection need not be able to read users or comments:
//! what Notion refuses with 403 (`restricted_resource`) is not asked again and is no error.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::Estimate;
use super::asking::{Asking, Call, GivenUp, ProbeError};
use super::estimate::{Sample, median_and_sigma, with_rows, with_slope};
use super::probing::{SEARCH_SIZE, call};
use crate::target::Target;

/// How often each is asked at most: fewer give no sigma.
pub(super) const MOST_EXTRA: u32 = 3;
/// How many are asked without leave to write, and how many more with it.
pub(super) const READS: u32 = 5;
pub(super) const WRITES: u32 = 3;

/// What is known of an endpoint that was asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extra {
    /// Its figures.
    Measured(Estimate),
    /// Notion refuses it to this connection, with 403.
    Refused,
}

/// What was seen of each endpoint, by its name in a profile file.
#[derive(Debug, Default)]
pub(super) struct Extras(BTreeMap<&'static str, Seen>);

#[derive(Debug, Default)]
struct Seen {
    samples: Vec<Sample>,
    refused: bool,
}

/// The endpoints whose answers are lists, so that an object may have a cost in them.
pub(super) fn lists(name: &str) -> bool {
    matches!(name, "search" | "list_blocks" | "list_comments")
}

impl Extras {
    /// Asks each endpoint that reads, once; those of a page where there is one.
    pub(super) async fn read<T: Target>(
        &mut self,
        asking: &mut Asking<'_, T>,
        page: Option<&str>,
        word: &str,
    ) -> Result<(), ProbeError> {
        let get = |path| (Method::GET, path, None);
        let query = json!({"query": word, "page_size": SEARCH_SIZE});
        let search = (Method::POST, "/v1/search".to_owned(), Some(query));
        self.ask(asking, "search", search).await?;
        self.ask(asking, "users", get("/v1/users".to_owned()))
            .await?;
        let Some(page) = page else { return Ok(()) };
        for (name, path) in [
            ("retrieve_block", format!("/v1/blocks/{page}")),
            ("list_blocks", format!("/v1/blocks/{page}/children")),
            ("list_comments", format!("/v1/comments?block_id={page}")),
        ] {
            self.ask(asking, name, get(path)).await?;
        }
        Ok(())
    }

    /// Appends a block to the probe's own page, changes it, and comments on the page.
    pub(super) async fn write<T: Target>(
        &mut self,
        asking: &mut Asking<'_, T>,
        page: &str,
    ) -> Result<(), ProbeError> {
        let text = json!([{"text": {"content": "cutover probe"}}]);
        let paragraph = json!({"rich_text": text});
        let block = json!({"object": "block", "type": "paragraph", "paragraph": paragraph});
        let path = format!("/v1/blocks/{page}/children");
        let append = (Method::PATCH, path, Some(json!({"children": [block]})));
        let appended = self.ask(asking, "append_blocks", append).await?;
        let block = appended
            .as_ref()
            .and_then(|list| list["results"][0]["id"].as_str());
        if let Some(block) = block {
            let change = Some(json!({"paragraph": paragraph}));
            let update = (Method::PATCH, format!("/v1/blocks/{block}"), change);
            self.ask(asking, "update_block", update).await?;
        }
        let comment = json!({"parent": {"page_id": page}, "rich_text": text});
        let create = (Method::POST, "/v1/comments".to_owned(), Some(comment));
        self.ask(asking, "create_comment", create).await?;
        Ok(())
    }

    /// The answer; `None` where the endpoint is refused. A write may be sent again: a second block or comment on
    /// a page that is archived in a moment does no harm.
    async fn ask<T: Target>(
        &mut self,
        asking: &mut Asking<'_, T>,
        name: &'static str,
        (method, path, body): (Method, String, Option<Value>),
    ) -> Result<Option<Value>, ProbeError> {
        let seen = self.0.entry(name).or_default();
        if seen.refused {
            return Ok(None);
        }
        let call: Call = call(name, method, path, body);
        match asking.ask(&call).await {
            Ok((answer, sample)) => {
                seen.samples.push(sample);
                Ok(Some(answer))
            }
            Err(GivenUp {
                error: ProbeError::Credentials { status: 403, .. },
                ..
            }) => {
                seen.refused = true;
                Ok(None)
            }
            Err(given_up) => Err(given_up.error),
        }
    }

    /// The figures; found pages are taken to cost what a row of a query does.
    pub(super) fn measured(&self, query: Option<Estimate>) -> BTreeMap<&'static str, Extra> {
        let row = query.and_then(|query| query.per_row).unwrap_or_default();
        let figures = |(name, seen): (&&'static str, &Seen)| {
            let estimate = match *name {
                "search" => with_slope(&seen.samples, row),
                name if lists(name) => with_rows(&seen.samples),
                _ => median_and_sigma(&seen.samples),
            };
            let extra = match estimate {
                _ if seen.refused => Extra::Refused,
                estimate => Extra::Measured(estimate?),
            };
            Some((*name, extra))
        };
        self.0.iter().filter_map(figures).collect()
    }
}
