//! One form of a step: what is sent to a side that is reached by its driver, and what is expected back.

use std::collections::BTreeSet;

use http::{HeaderName, HeaderValue, Method};
use minijinja::Value;
use thiserror::Error;

use super::answer::{Answer, Examination};
use super::inputs::{FUNCTIONS, Inputs, TARGET_PREFIX, VARIABLES};
use super::json::{JsonTemplate, PathTemplate};
use super::route;
use super::sql::{SqlAsk, SqlValue};
use super::template::Template;
use crate::driver::Driver;

/// What a step is to the sides of one driver: a request with its expected answer.
#[derive(Debug, Clone)]
pub struct Form {
    /// The driver that it is for.
    pub driver: Driver,
    /// What one request costs on the baseline, in Notion requests: declared for an application that
    /// stands before Notion, 1 for Notion itself, and 0 for a PostgreSQL.
    pub cost: u32,
    /// Whether it changes nothing on the target (RFC 9110, 9.2.1), so that it may be sent again.
    pub safe: bool,
    /// Whether to send it twice has the effect of sending it once (RFC 9110, 9.2.2).
    pub idempotent: bool,
    /// Whether the list in its answer is followed by cursors to its end.
    pub cursors: bool,
    /// The step's name, and the list that it stands in, for the random functions to draw apart.
    pub(super) step: String,
    pub(super) list: &'static str,
    pub(super) ask: Ask,
    pub(super) answer: Answer,
}

/// What is sent, with the places that are filled in.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    /// A request to an HTTP API.
    Http(HttpAsk),
    /// A statement to a PostgreSQL.
    Sql(SqlAsk),
}

/// A request to an HTTP API.
#[derive(Debug, Clone)]
pub(super) struct HttpAsk {
    pub(super) method: Method,
    pub(super) path: Template,
    pub(super) headers: Vec<(HeaderName, Template)>,
    pub(super) body: Option<Body>,
}

/// The request body.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// Sent as JSON.
    Json(JsonTemplate),
    /// Sent as it is rendered.
    Text(Template),
}

impl HttpAsk {
    /// The variables, functions and captures that it uses.
    fn uses(&self) -> Vec<&str> {
        let headers = self.headers.iter().flat_map(|(_, value)| value.uses());
        let body: Vec<&str> = match &self.body {
            None => Vec::new(),
            Some(Body::Json(json)) => json.uses(),
            Some(Body::Text(text)) => text.uses().collect(),
        };
        self.path.uses().chain(headers).chain(body).collect()
    }
}

/// What a form comes to with everything filled in, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// A request to an HTTP API.
    Http(HttpCall),
    /// A statement to a PostgreSQL.
    Sql(SqlCall),
}

impl Call {
    /// The request, when it is one to an HTTP API.
    #[must_use]
    pub fn into_http(self) -> Option<HttpCall> {
        match self {
            Self::Http(call) => Some(call),
            Self::Sql(_) => None,
        }
    }
}

/// A statement with the values of its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlCall {
    /// The statement as it stands in the file: no value is ever spliced into it.
    pub statement: String,
    /// The values of `$1`, `$2` and so on.
    pub params: Vec<SqlValue>,
    /// Whether it may change something; what may not is run in a read-only transaction.
    pub writes: bool,
}

/// A request to an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// The path with its query, percent-encoded.
    pub path: String,
    /// The headers in the order of the file, then `content-type` for JSON unless the file gives one.
    pub headers: Vec<(String, String)>,
    /// The body, when there is one.
    pub body: Option<Vec<u8>>,
}

/// Why a request could not be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StepError {
    /// A value that an earlier step should have captured is missing.
    #[error("step `{step}` needs `{name}`, which no earlier step captured")]
    Missing {
        /// The step.
        step: String,
        /// The capture.
        name: String,
    },
    /// A template could not be filled in.
    #[error("step `{step}`: the template of its {part} cannot be filled in: {reason}")]
    Template {
        /// The step.
        step: String,
        /// Which part of the request.
        part: String,
        /// The reason.
        reason: String,
    },
    /// The values that were filled in would send the request somewhere else.
    #[error("step `{step}`: its path cannot be sent as it was filled in: {reason}")]
    Route {
        /// The step.
        step: String,
        /// The reason.
        reason: String,
    },
    /// The values that were filled in cannot stand in a header.
    #[error("step `{step}`: the header `{name}` has a character that no header may have")]
    Header {
        /// The step.
        step: String,
        /// The header.
        name: String,
    },
}

impl Form {
    /// Whether a second request can do no harm when nobody knows what became of the first.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        self.safe || self.idempotent
    }

    /// What it asks for, as it stands in the file: method and path of a request, `SQL` and the first line
    /// of a statement.
    #[must_use]
    pub fn what(&self) -> (&str, &str) {
        match &self.ask {
            Ask::Http(ask) => (ask.method.as_str(), ask.path.source()),
            Ask::Sql(ask) => ("SQL", ask.first_line()),
        }
    }

    /// The request, when it is one to an HTTP API.
    pub(super) fn http(&self) -> Option<&HttpAsk> {
        match &self.ask {
            Ask::Http(ask) => Some(ask),
            Ask::Sql(_) => None,
        }
    }

    /// The captured values that the step uses, in its request or in what it expects.
    ///
    /// A clean-up step is to be skipped when one of them is missing.
    pub fn needs(&self) -> impl Iterator<Item = &str> {
        let own = |name: &&str| {
            let given = VARIABLES.contains(name) || FUNCTIONS.contains(name) || *name == "data";
            !given && !name.starts_with(TARGET_PREFIX)
        };
        let all: BTreeSet<&str> = self.request_uses().chain(self.answer.uses()).collect();
        all.into_iter().filter(own)
    }

    /// The variables of the target that it uses, as `{{ target.<name> }}`.
    pub fn target_variables(&self) -> impl Iterator<Item = &str> {
        let all: BTreeSet<&str> = self.request_uses().chain(self.answer.uses()).collect();
        all.into_iter()
            .filter_map(|name| name.strip_prefix(TARGET_PREFIX))
    }

    /// The names that the step captures.
    pub fn captures(&self) -> impl Iterator<Item = &str> {
        self.answer
            .captures
            .iter()
            .map(|capture| capture.name.as_str())
    }

    /// The captures that select nothing by the marker.
    pub(super) fn captures_without_marker(&self) -> impl Iterator<Item = &str> {
        let marked = |path: &PathTemplate| path.uses().any(|name| name == "marker");
        let unmarked = self
            .answer
            .captures
            .iter()
            .filter(move |capture| !capture.paths.iter().all(marked));
        unmarked.map(|capture| capture.name.as_str())
    }

    /// Whether its request carries the marker.
    pub(super) fn sends_marker(&self) -> bool {
        self.request_uses().any(|name| name == "marker")
    }

    fn request_uses(&self) -> impl Iterator<Item = &str> {
        let uses: Vec<&str> = match &self.ask {
            Ask::Http(ask) => ask.uses(),
            Ask::Sql(ask) => ask.uses().collect(),
        };
        uses.into_iter()
    }

    /// Builds the request. Equal inputs give an equal request.
    ///
    /// # Errors
    /// When a captured value is missing, a template cannot be filled in, or what was filled in would
    /// change the route or break a header.
    pub fn render(&self, inputs: &Inputs) -> Result<Call, StepError> {
        if let Some(name) = self.needs().find(|name| inputs.captured(name).is_none()) {
            return Err(StepError::Missing {
                step: self.step.clone(),
                name: name.to_owned(),
            });
        }
        let context = inputs.random_context(&format!("{}/{}", self.list, self.step));
        match &self.ask {
            Ask::Http(ask) => self.render_http(ask, &context).map(Call::Http),
            Ask::Sql(ask) => Ok(Call::Sql(SqlCall {
                statement: ask.statement().to_owned(),
                params: self.filled("params", ask.render(&context))?,
                writes: !self.safe,
            })),
        }
    }

    fn render_http(&self, ask: &HttpAsk, context: &Value) -> Result<HttpCall, StepError> {
        let path = self.filled("path", ask.path.render(context))?;
        if let Some(reason) = route::problem(&path) {
            let step = self.step.clone();
            return Err(StepError::Route { step, reason });
        }
        let mut headers = self.render_headers(&ask.headers, context)?;
        let body = self.render_body(ask.body.as_ref(), context)?;
        let names_type = |(name, _): &(String, String)| name == "content-type";
        if matches!(ask.body, Some(Body::Json(_))) && !headers.iter().any(names_type) {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        Ok(HttpCall {
            method: ask.method.clone(),
            path,
            headers,
            body,
        })
    }

    fn render_headers(
        &self,
        headers: &[(HeaderName, Template)],
        context: &Value,
    ) -> Result<Vec<(String, String)>, StepError> {
        let render = |(name, value): &(HeaderName, Template)| {
            let value = self.filled("headers", value.render(context))?;
            if HeaderValue::from_str(&value).is_err() {
                return Err(StepError::Header {
                    step: self.step.clone(),
                    name: name.to_string(),
                });
            }
            Ok((name.to_string(), value))
        };
        headers.iter().map(render).collect()
    }

    fn render_body(
        &self,
        body: Option<&Body>,
        context: &Value,
    ) -> Result<Option<Vec<u8>>, StepError> {
        let body = match body {
            None => return Ok(None),
            Some(Body::Json(json)) => json.render(context).map(|json| json.to_string()),
            Some(Body::Text(text)) => text.render(context),
        };
        self.filled("body", body)
            .map(|body| Some(body.into_bytes()))
    }

    fn filled<T>(&self, part: &str, rendered: Result<T, String>) -> Result<T, StepError> {
        rendered.map_err(|reason| StepError::Template {
            step: self.step.clone(),
            part: part.to_owned(),
            reason,
        })
    }

    /// Holds an answer against what is expected, and takes the captures from it.
    ///
    /// Captures are taken from an answer with a wrong status too, where they are to be had: what
    /// was created must be removed, however it was answered.
    #[must_use]
    pub fn examine(&self, status: u16, body: &[u8], inputs: &Inputs) -> Examination {
        self.answer.examine(status, body, inputs)
    }
}
