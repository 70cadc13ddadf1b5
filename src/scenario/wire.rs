//! The form of a scenario file, key by key: what may stand there, not yet what it means.
//!
//! These types are read from the file with the place of every value, and the JSON Schema is made
//! from them, so an editor and the reader know the same keys.

use schemars::JsonSchema;
use serde_json::Value;

use super::compare::wire::CompareTable;
use crate::diagnostic::{At, Entries, FromToml, Node, OneOrMany, Section, Tree};
use crate::units::{Ratio, Span};

/// A named workload of cutover, with what the migration guide promises of it.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, title = "Scenario")]
pub(super) struct ScenarioFile {
    /// Its name, unique among the scenarios of a run: lower case, with hyphens.
    #[schemars(required, regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub(super) name: Option<At<String>>,
    /// What it stands for, in a sentence.
    #[schemars(required)]
    pub(super) summary: Option<At<String>>,
    /// Whether its steps create or change objects; false when absent.
    pub(super) writes: Option<At<bool>>,
    /// What stays behind after clean-up because the API cannot delete; only when it writes.
    pub(super) leaves: Option<At<String>>,
    /// The version of Notion's API that its `notion` forms are written for, like `2022-06-28`; a run with
    /// another one is refused. Without it, any version is sent to them.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub(super) notion_version: Option<At<String>>,
    /// What the migration guide claims of it. Without it the answers of the two sides are compared and
    /// nothing is measured; `[compare]` must be there then.
    pub(super) promise: Option<At<PromiseTable>>,
    /// By which rules the answers of the two sides are compared.
    pub(super) compare: Option<At<CompareTable>>,
    /// Lists to draw inputs from; an iteration draws one item of each, as `data.<list>`.
    pub(super) data: Option<At<Entries<Vec<At<Tree>>>>>,
    /// The timed steps.
    #[schemars(required, length(min = 1))]
    pub(super) steps: Option<At<Vec<At<StepTable>>>>,
    /// Steps that read after `steps` what these left, where answers are compared and not measured; each
    /// may use what was captured before it.
    pub(super) readback: Option<At<Vec<At<StepTable>>>>,
    /// Steps that run after each iteration, also after a failed one.
    pub(super) cleanup: Option<At<Vec<At<StepTable>>>>,
    /// Steps that write and read back once, before measuring, to show that answers are fresh.
    pub(super) freshness: Option<At<Vec<At<StepTable>>>>,
    /// Steps that look up by `{{ marker }}` what a killed run left, and capture what `cleanup` needs.
    pub(super) recover: Option<At<Vec<At<StepTable>>>>,
}

impl ScenarioFile {
    pub(super) fn from_section(mut section: Section<'_>) -> Self {
        let file = Self {
            name: section.required("name", "a name like `name = \"dashboard-load\"`"),
            summary: section.required(
                "summary",
                "a sentence like `summary = \"What a user does\"`",
            ),
            writes: section.optional("writes"),
            leaves: section.optional("leaves"),
            notion_version: section.optional("notion_version"),
            promise: section.optional("promise"),
            compare: section.optional("compare"),
            data: section.optional("data"),
            steps: section.required("steps", "at least one `[[steps]]`"),
            readback: section.optional("readback"),
            cleanup: section.optional("cleanup"),
            freshness: section.optional("freshness"),
            recover: section.optional("recover"),
        };
        section.finish();
        file
    }
}

/// A claim about the scenario, as its source makes it.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct PromiseTable {
    /// Where the claim stands, so that a reader can look it up.
    #[schemars(required)]
    pub(super) source: Option<At<String>>,
    /// The time it is said to take on the baseline, like `2s..3s`.
    #[schemars(required)]
    pub(super) before: Option<At<Span>>,
    /// The time it is said to take on the candidate, like `50ms..100ms`.
    #[schemars(required)]
    pub(super) after: Option<At<Span>>,
    /// How many times faster it is said to be, like `20x..60x`; the lower end is what is asked for.
    #[schemars(required)]
    pub(super) speedup: Option<At<Ratio>>,
}

impl FromToml for PromiseTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the promise")?;
        let promise = Self {
            source: section.required(
                "source",
                "where the claim stands, like `source = \"guide, page 2\"`",
            ),
            before: section.required("before", "a time or a range like `before = \"2s..3s\"`"),
            after: section.required("after", "a time or a range like `after = \"50ms..100ms\"`"),
            speedup: section.required(
                "speedup",
                "a ratio or a range like `speedup = \"20x..60x\"`",
            ),
        };
        section.finish();
        Some(promise)
    }
}

/// One request with its expected answer.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct StepTable {
    /// Its name, unique within its list.
    #[schemars(required)]
    pub(super) name: Option<At<String>>,
    /// The request method, in capitals.
    #[schemars(required, extend("enum" = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]))]
    pub(super) method: Option<At<String>>,
    /// The path with its query, a template; what is interpolated is percent-encoded.
    #[schemars(required, regex(pattern = "^/"))]
    pub(super) path: Option<At<String>>,
    /// Request headers; the values are templates.
    pub(super) headers: Option<At<Entries<String>>>,
    /// The request body: a table or list becomes JSON with templates in its strings; a text is a
    /// template that is sent without a content type of its own.
    pub(super) body: Option<At<Tree>>,
    /// What it costs on the baseline, in Notion requests.
    #[schemars(required)]
    pub(super) cost: Option<At<u32>>,
    /// Whether it changes nothing (RFC 9110, 9.2.1); by default true for GET, HEAD and OPTIONS.
    pub(super) safe: Option<At<bool>>,
    /// The expected answer.
    #[schemars(required)]
    pub(super) expect: Option<At<ExpectTable>>,
    /// Values to take from the answer for later steps: a JSONPath each, or a list of which the
    /// first that yields a value is used.
    pub(super) capture: Option<At<Entries<OneOrMany<String>>>>,
    /// What is sent instead to a side with `driver = "notion"`.
    pub(super) notion: Option<At<NotionTable>>,
    /// What is sent instead to a side with `driver = "postgres"`.
    pub(super) sql: Option<At<SqlTable>>,
}

impl FromToml for StepTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a step")?;
        let step = Self {
            name: section.required("name", "a name like `name = \"create\"`"),
            method: section.required("method", "a method like `method = \"GET\"`"),
            path: section.required("path", "a path like `path = \"/api/tasks\"`"),
            headers: section.optional("headers"),
            body: section.optional("body"),
            cost: section.required(
                "cost",
                "what it costs on the baseline in Notion requests, like `cost = 1`",
            ),
            safe: section.optional("safe"),
            expect: section.required(
                "expect",
                "an expected answer like `expect = { status = 200 }`",
            ),
            capture: section.optional("capture"),
            notion: section.optional("notion"),
            sql: section.optional("sql"),
        };
        section.finish();
        Some(step)
    }
}

/// The form of a step for Notion's own API. It costs one Notion request for each that is sent.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct NotionTable {
    /// The request method, in capitals.
    #[schemars(required, extend("enum" = ["GET", "POST", "PUT", "PATCH", "DELETE"]))]
    pub(super) method: Option<At<String>>,
    /// The path with its query, a template; what is interpolated is percent-encoded.
    #[schemars(required, regex(pattern = "^/v1/"))]
    pub(super) path: Option<At<String>>,
    /// Request headers beside those of the driver; the values are templates.
    pub(super) headers: Option<At<Entries<String>>>,
    /// The request body: a table that becomes JSON, with templates in its strings.
    pub(super) body: Option<At<Tree>>,
    /// Whether `next_cursor` is followed until the list is complete; what is expected and captured
    /// sees the whole list. False when absent.
    pub(super) cursors: Option<At<bool>>,
    /// Whether it changes nothing; by default true for GET. A query by POST says `safe = true`.
    pub(super) safe: Option<At<bool>>,
    /// Whether it may be sent twice, like a PATCH that sets fixed values; by default true for GET, PUT,
    /// DELETE and whatever is safe.
    pub(super) idempotent: Option<At<bool>>,
    /// The expected answer.
    #[schemars(required)]
    pub(super) expect: Option<At<ExpectTable>>,
    /// Values to take from the answer for later steps, as in the step itself.
    pub(super) capture: Option<At<Entries<OneOrMany<String>>>>,
}

impl FromToml for NotionTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the form for Notion")?;
        let form = Self {
            method: section.required("method", "a method like `method = \"POST\"`"),
            path: section.required("path", "a path like `path = \"/v1/pages\"`"),
            headers: section.optional("headers"),
            body: section.optional("body"),
            cursors: section.optional("cursors"),
            safe: section.optional("safe"),
            idempotent: section.optional("idempotent"),
            expect: section.required(
                "expect",
                "an expected answer like `expect = { status = 200 }`",
            ),
            capture: section.optional("capture"),
        };
        section.finish();
        Some(form)
    }
}

/// The form of a step for a PostgreSQL itself: one statement. It costs no Notion request.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct SqlTable {
    /// One statement, sent as it stands here. What is filled in goes into `params`, as `$1`, `$2` and so on.
    #[schemars(required)]
    pub(super) statement: Option<At<String>>,
    /// The values of `$1`, `$2` and so on: texts are templates and are sent as `text`, whole numbers as
    /// `bigint`, others as `double precision`, `true` and `false` as `boolean`. The statement casts them to
    /// other types: `$1::uuid`.
    pub(super) params: Option<At<Vec<At<Tree>>>>,
    /// Whether it changes nothing; true when absent, and the transaction is then read-only. A statement
    /// that writes says `safe = false`.
    pub(super) safe: Option<At<bool>>,
    /// Whether it may be sent twice, like an UPDATE that sets fixed values; by default true for DELETE and
    /// whatever is safe.
    pub(super) idempotent: Option<At<bool>>,
    /// The expected answer.
    #[schemars(required)]
    pub(super) expect: Option<At<SqlExpectTable>>,
    /// Values to take from the answer for later steps, as in the step itself.
    pub(super) capture: Option<At<Entries<OneOrMany<String>>>>,
}

impl FromToml for SqlTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the form for PostgreSQL")?;
        let form = Self {
            statement: section.required("statement", "a statement like `statement = \"SELECT 1\"`"),
            params: section.optional("params"),
            safe: section.optional("safe"),
            idempotent: section.optional("idempotent"),
            expect: section.required(
                "expect",
                "an expected answer like `expect.json = [{ path = \"$.rows[*]\", count = \"1..\" }]`",
            ),
            capture: section.optional("capture"),
        };
        section.finish();
        Some(form)
    }
}

/// The expected answer of a statement, which is `{"rows": [...], "count": n}`: each row an object by the
/// names of its columns, and the number of rows that were read or changed.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct SqlExpectTable {
    /// What must hold of it.
    #[schemars(required)]
    pub(super) json: Option<At<Vec<At<CheckTable>>>>,
}

impl FromToml for SqlExpectTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the expected answer")?;
        let json = section.required(
            "json",
            "a list like `json = [{ path = \"$.count\", equals = 1 }]`",
        );
        section.finish();
        Some(Self { json })
    }
}

/// The expected answer of a step.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ExpectTable {
    /// The status, or a list of those that are right.
    #[schemars(required)]
    pub(super) status: Option<At<OneOrMany<u32>>>,
    /// What must hold of the JSON body.
    pub(super) json: Option<At<Vec<At<CheckTable>>>>,
}

impl FromToml for ExpectTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the expected answer")?;
        let expect = Self {
            status: section.required("status", "a status like `status = 200`"),
            json: section.optional("json"),
        };
        section.finish();
        Some(expect)
    }
}

/// One thing that must hold of the JSON body: a path with `exists`, `count` or `equals`.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct CheckTable {
    /// A JSONPath (RFC 9535), with templates inside its quoted texts.
    #[schemars(required)]
    pub(super) path: Option<At<String>>,
    /// Whether the path must yield something.
    pub(super) exists: Option<At<bool>>,
    /// How many values the path must yield: `3`, `"1..200"`, `"100.."`.
    pub(super) count: Option<At<CountRange>>,
    /// What every value that the path yields must be; there must be at least one.
    pub(super) equals: Option<At<Tree>>,
}

impl FromToml for CheckTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("an expectation")?;
        let check = Self {
            path: section.required("path", "a JSONPath like `path = \"$.id\"`"),
            exists: section.optional("exists"),
            count: section.optional("count"),
            equals: section.optional("equals"),
        };
        // An expectation without its condition would only draw a second complaint.
        section.finish().then_some(check)
    }
}

/// How many there may be, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CountRange {
    pub(super) low: usize,
    pub(super) high: Option<usize>,
}

impl CountRange {
    /// Reads `5`, `1..200`, `100..` and `..200`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let text = text.trim();
            text.parse::<usize>()
                .map_err(|_| format!("`{text}` is not a count"))
        };
        let Some((low, high)) = text.split_once("..") else {
            let exact = number(text)?;
            return Ok(Self {
                low: exact,
                high: Some(exact),
            });
        };
        let (low, high) = (low.trim(), high.trim());
        if low.is_empty() && high.is_empty() {
            return Err("`..` leaves both ends open and says nothing".to_owned());
        }
        let range = Self {
            low: if low.is_empty() { 0 } else { number(low)? },
            high: if high.is_empty() {
                None
            } else {
                Some(number(high)?)
            },
        };
        if range.high.is_some_and(|high| high < range.low) {
            return Err(format!(
                "`{text}` is upside down: {low} is more than {high}; write `{high}..{low}`"
            ));
        }
        Ok(range)
    }
}

impl CountRange {
    pub(super) fn contains(self, count: usize) -> bool {
        self.low <= count && self.high.is_none_or(|high| count <= high)
    }
}

impl std::fmt::Display for CountRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.high {
            Some(high) if high == self.low => write!(f, "{high}"),
            Some(high) => write!(f, "{}..{high}", self.low),
            None => write!(f, "{}..", self.low),
        }
    }
}

impl FromToml for CountRange {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let text = match (node.value().as_str(), node.value().as_integer()) {
            (Some(text), _) => text.to_owned(),
            (None, Some(number)) => number.to_string(),
            (None, None) => {
                node.expected("a count like `3` or a range like `\"1..200\"`");
                return None;
            }
        };
        match Self::parse(&text) {
            Ok(range) => Some(range),
            Err(message) => {
                node.wrong(
                    message,
                    "write a count like `3` or a range like `\"1..200\"`",
                );
                None
            }
        }
    }
}

impl JsonSchema for CountRange {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CountRange".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": r"^([0-9]+|[0-9]+\.\.[0-9]*|\.\.[0-9]+)$" },
            ]
        })
    }
}

/// The JSON Schema of a scenario file, for editors.
#[must_use]
pub fn schema() -> Value {
    crate::diagnostic::schema_of::<ScenarioFile>()
}
