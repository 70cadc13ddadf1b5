//! Lists that come in pages: Notion answers with at most 100 results and a cursor to the next.
//!
//! A scenario expects something of the whole list, so the pages are put together before anything is
//! examined. A cursor that comes twice would be followed for ever, so it is an error, and so is an answer
//! that has more but does not say where. A query ends at 10,000 results with a word that there are more:
//! such a list is not whole either.

use std::collections::BTreeSet;

use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use thiserror::Error;

use super::{HttpRequest, Request};

/// The most pages of one list; a query of Notion ends at 10,000 results, which are 100 pages.
const MOST_PAGES: usize = 1_000;
/// Where the next page begins, in a body and in a query.
const START_CURSOR: &str = "start_cursor";

/// Why a list cannot be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CursorError {
    /// The answer is no list.
    #[error("page {page} of the list is not an object with `results`")]
    NoList {
        /// Which page, from 1.
        page: usize,
    },
    /// It goes on, but not where.
    #[error("page {page} of the list says `has_more`, but has no `next_cursor`")]
    NoCursor {
        /// Which page, from 1.
        page: usize,
    },
    /// It goes in a circle.
    #[error("page {page} of the list names a cursor that an earlier page named: it has no end")]
    Repeated {
        /// Which page, from 1.
        page: usize,
    },
    /// Notion ended it before its end.
    #[error(
        "Notion cut the list off after {results} results ({reason}): what follows cannot be read; \
         narrow the filter of the query"
    )]
    CutOff {
        /// The results until there.
        results: usize,
        /// Why, in Notion's word.
        reason: String,
    },
    /// It has no end within reason.
    #[error("the list has more than {MOST_PAGES} pages")]
    TooLong,
}

/// A list as far as it was read.
#[derive(Debug, Default)]
pub struct Listing {
    results: Vec<Value>,
    seen: BTreeSet<String>,
    pages: usize,
}

/// What a page leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// There is another page, which begins at this cursor.
    Next(String),
    /// That was the last: the whole list as one answer, which is the last page with the results of all.
    Whole(Vec<u8>),
}

impl Listing {
    /// Takes the next page.
    ///
    /// # Errors
    /// When it is no part of a list, or the list does not end.
    pub fn take(&mut self, body: &[u8]) -> Result<Turn, CursorError> {
        self.pages += 1;
        let page = self.pages;
        let Ok(Value::Object(mut list)) = serde_json::from_slice(body) else {
            return Err(CursorError::NoList { page });
        };
        let Some(Value::Array(results)) = list.get_mut("results").map(Value::take) else {
            return Err(CursorError::NoList { page });
        };
        self.results.extend(results);
        if list.get("has_more") != Some(&Value::Bool(true)) {
            if let Some(reason) = cut_off(&list) {
                let results = self.results.len();
                return Err(CursorError::CutOff { results, reason });
            }
            list.insert(
                "results".to_owned(),
                std::mem::take(&mut self.results).into(),
            );
            return Ok(Turn::Whole(Value::Object(list).to_string().into_bytes()));
        }
        let Some(cursor) = list.get("next_cursor").and_then(Value::as_str) else {
            return Err(CursorError::NoCursor { page });
        };
        if !self.seen.insert(cursor.to_owned()) {
            return Err(CursorError::Repeated { page });
        }
        if page >= MOST_PAGES {
            return Err(CursorError::TooLong);
        }
        Ok(Turn::Next(cursor.to_owned()))
    }
}

/// Why Notion ended a list before its end, when its last page says that it did.
#[must_use]
pub fn cut_off(last: &Map<String, Value>) -> Option<String> {
    let status = last.get("request_status")?;
    let is_incomplete = status.get("type")?.as_str()? == "incomplete";
    let reason = status.get("incomplete_reason").and_then(Value::as_str);
    is_incomplete.then(|| reason.unwrap_or("no reason given").to_owned())
}

/// The request for the page that begins at a cursor: in the query of a GET, else in the body.
#[must_use]
pub fn following(first: &Request, cursor: &str) -> Request {
    match first {
        Request::Http(first) => Request::Http(following_page(first.clone(), cursor)),
        // Rows have no cursors; only a list of an API does.
        Request::Sql(_) => first.clone(),
    }
}

fn following_page(mut request: HttpRequest, cursor: &str) -> HttpRequest {
    if request.method == Method::GET {
        let sign = if request.path.contains('?') { '&' } else { '?' };
        let cursor = utf8_percent_encode(cursor, NON_ALPHANUMERIC);
        request.path = format!("{}{sign}{START_CURSOR}={cursor}", request.path);
        return request;
    }
    let body = request.body.as_deref().map(serde_json::from_slice);
    let mut fields = match body {
        Some(Ok(Value::Object(fields))) => fields,
        _ => Map::new(),
    };
    fields.insert(START_CURSOR.to_owned(), cursor.into());
    request.body = Some(Value::Object(fields).to_string().into_bytes());
    let typed = |(name, _): &(String, String)| name == "content-type";
    if !request.headers.iter().any(typed) {
        let json = ("content-type".to_owned(), "application/json".to_owned());
        request.headers.push(json);
    }
    request
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn request(method: Method, path: &str, body: Option<&str>) -> HttpRequest {
        HttpRequest {
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: body.map(|body| body.as_bytes().to_vec()),
        }
    }

    fn page(results: &[u32], next: Option<&str>) -> Vec<u8> {
        let list = json!({ "results": results, "has_more": next.is_some(), "next_cursor": next });
        list.to_string().into_bytes()
    }

    proptest! {
        #[test]
        fn however_a_list_is_cut_it_comes_out_whole(
            pages in prop::collection::vec(prop::collection::vec(any::<u32>(), 0..5), 1..8),
        ) {
            let mut listing = Listing::default();
            let mut whole = None;
            for (n, results) in pages.iter().enumerate() {
                prop_assert!(whole.is_none(), "it ended before its last page");
                let next = (n + 1 < pages.len()).then(|| format!("cursor {n}"));
                match listing.take(&page(results, next.as_deref())).unwrap() {
                    Turn::Whole(body) => whole = Some(body),
                    Turn::Next(cursor) => prop_assert_eq!(Some(cursor), next),
                }
            }
            let whole: Value = serde_json::from_slice(&whole.unwrap()).unwrap();
            prop_assert_eq!(&whole["results"], &json!(pages.concat()));
            prop_assert_eq!(&whole["has_more"], &json!(false));
        }

        #[test]
        fn no_answer_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Listing::default().take(&body);
        }

        #[test]
        fn a_cursor_of_any_text_is_one_value_of_the_query(cursor in "\\PC{1,30}") {
            let sent = following_page(request(Method::GET, "/v1/users?page_size=2", None), &cursor);
            let url = url::Url::parse(&format!("http://h{}", sent.path)).unwrap();
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs.len(), 2);
            prop_assert_eq!(&pairs[1], &("start_cursor".to_owned(), cursor));
        }
    }

    #[test]
    fn a_list_that_never_ends_is_an_error() {
        let mut listing = Listing::default();
        for (cursor, ends) in [("a", false), ("b", false), ("a", true)] {
            let taken = listing.take(&page(&[1], Some(cursor)));
            assert_eq!(taken.is_err(), ends, "{cursor}");
        }
        let mut listing = Listing::default();
        let ended = (0..2 * MOST_PAGES)
            .map(|n| listing.take(&page(&[1], Some(&n.to_string()))))
            .find_map(Result::err);
        assert_eq!(ended, Some(CursorError::TooLong));
        let lost = br#"{"results": [], "has_more": true, "next_cursor": null}"#;
        let lost = Listing::default().take(lost);
        assert_eq!(lost, Err(CursorError::NoCursor { page: 1 }));
    }

    #[test]
    fn a_list_that_notion_cut_off_is_not_whole() {
        let last = |status: Value| {
            let list = json!({ "results": [3], "has_more": false, "request_status": status });
            let mut listing = Listing::default();
            listing.take(&page(&[1, 2], Some("c"))).unwrap();
            listing.take(list.to_string().as_bytes())
        };
        let reason = "query_result_limit_reached";
        let cut_off = last(json!({ "type": "incomplete", "incomplete_reason": reason }));
        let expected = CursorError::CutOff {
            results: 3,
            reason: reason.to_owned(),
        };
        assert_eq!(cut_off, Err(expected));
        assert!(last(json!({ "type": "incomplete" })).is_err());
        for status in [json!({ "type": "complete" }), Value::Null] {
            assert!(matches!(last(status), Ok(Turn::Whole(_))));
        }
    }

    #[test]
    fn a_query_by_post_gets_the_cursor_into_its_body() {
        let first = request(Method::POST, "/v1/q", Some(r#"{"page_size":2}"#));
        let next = following_page(first, "c");
        let body: Value = serde_json::from_slice(next.body.as_deref().unwrap()).unwrap();
        assert_eq!(body, json!({ "page_size": 2, "start_cursor": "c" }));
        let bare = following_page(request(Method::POST, "/v1/q", None), "c");
        assert_eq!(
            bare.body.as_deref(),
            Some(br#"{"start_cursor":"c"}"#.as_slice())
        );
        assert_eq!(bare.headers.len(), 1);
    }
}
