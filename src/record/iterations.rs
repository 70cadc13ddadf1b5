//! All iterations of one side. A run may make a million of them, and every one is evidence; kept as
//! rows they would take a quarter of a gigabyte, as columns they take what their times take.
//!
//! ```text
//! Iteration -> push -> columns (one row an iteration)    n, times, waits, cost, number of attempts
//!                   -> step columns (one row an attempt) step, times, status, bytes, failure, ...
//! iter(), get(i), first(), last() -> IterationRef -> steps() -> StepRef
//! ```
//!
//! On disk they are the columns; the rows of version 1 are still read.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::column::{Cell, Column};
use super::{Failure, Iteration, IterationRef, StepRecord};

/// The iterations of one side in time order.
#[derive(Debug, Clone, Default)]
pub struct Iterations {
    pub(super) columns: Columns,
    /// Where the attempts of each iteration end in the step columns.
    pub(super) ends: Vec<u32>,
}

/// The iterations of one side, one row each. A column that is left out is 0 or empty in every row.
/// Times are seconds to the microsecond; `*_at_s` counts from the start of the run.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Iterations")]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    /// Counts on each side; equal numbers drew equal inputs. Left out when it counts 0, 1, 2 and so on.
    #[serde(default)]
    #[schemars(with = "Column<u32>")]
    pub(super) n: Option<Column<u32>>,
    /// When it was due: the moment the lane became free. Always a value a row: it says how many rows
    /// there are.
    pub(super) intended_at_s: Vec<f64>,
    /// When its first request was sent. Left out when that is what its first attempt says, in every row.
    #[serde(default)]
    #[schemars(with = "Column<f64>")]
    pub(super) sent_at_s: Option<Column<f64>>,
    /// When its last answer was complete.
    pub(super) finished_at_s: Column<f64>,
    /// Time spent waiting for the budget; never part of the latency.
    #[serde(default)]
    pub(super) budget_wait_s: Column<f64>,
    /// Time spent in pauses that the target asked for (`Retry-After`), or that were made before another
    /// attempt or a look-up; never part of the latency.
    #[serde(default)]
    pub(super) pause_s: Column<f64>,
    /// What it cost in Notion requests, clean-up left out.
    #[serde(default)]
    pub(super) notion_requests: Column<u32>,
    /// How many attempts of steps it made: so many rows of `steps` are its own.
    pub(super) attempts: Column<u32>,
    /// What went wrong while cleaning up; nothing of it is gated as latency.
    #[serde(default)]
    pub(super) cleanup_failures: Column<Vec<Failure>>,
    /// Every attempt of every step of all iterations, in order.
    pub(super) steps: StepColumns,
}

/// Every attempt of every step, one row each. A column that is left out is 0, false, null or empty in
/// every row.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepColumns {
    /// Which of the scenario's steps, from 0.
    #[serde(default)]
    pub(super) step: Column<u32>,
    /// 1 for the first attempt; more after an answer or a broken connection that let it be sent again.
    pub(super) attempt: Column<u32>,
    /// Which page of a list that comes in pages, from 0; more than 0 where a cursor was followed.
    #[serde(default)]
    pub(super) page: Column<u32>,
    /// Whether this is no attempt of the step, but a look-up of what it may have made.
    #[serde(default)]
    pub(super) look_up: Column<bool>,
    /// When the request was sent. Always a value a row: it says how many rows there are.
    pub(super) sent_at_s: Vec<f64>,
    /// From sending to the last byte of the answer, without `connect_s`.
    pub(super) duration_s: Column<f64>,
    /// A new connection's handshake (name, TCP, TLS), when one was opened for this request.
    #[serde(default)]
    pub(super) connect_s: Column<Option<f64>>,
    /// The answer's status; null when there was no answer.
    pub(super) status: Column<Option<u16>>,
    /// The size of the answer's body.
    pub(super) bytes: Column<u64>,
    /// What the step costs on this side, in Notion requests.
    #[serde(default)]
    pub(super) notion_requests: Column<u32>,
    /// The pause that the answer asked for.
    #[serde(default)]
    pub(super) retry_after_s: Column<Option<f64>>,
    /// Cache headers of the answer, as `name: value`, whatever they say.
    #[serde(default)]
    pub(super) cache_headers: Column<Vec<String>>,
    /// What of the duration the answer says it waited for its store (`Server-Timing`).
    #[serde(default)]
    pub(super) store_s: Column<Option<f64>>,
    /// What of the duration the answer says it waited for a language model (`Server-Timing`).
    #[serde(default)]
    pub(super) model_s: Column<Option<f64>>,
    /// Why the step failed.
    #[serde(default)]
    pub(super) failure: Column<Option<Failure>>,
    /// Whether another attempt of the same request followed, so that this one is not its result; also
    /// true for look-ups.
    #[serde(default)]
    pub(super) superseded: Column<bool>,
}

impl Iterations {
    /// No iterations yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.intended_at_s.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.intended_at_s.is_empty()
    }

    /// Adds the one that came after all others.
    pub fn push(&mut self, iteration: Iteration) {
        let row = self.len();
        let columns = &mut self.columns;
        let counted = u32::try_from(row).is_ok_and(|row| row == iteration.n);
        if !counted && columns.n.is_none() {
            columns.n = Some(Column::Each((0..).take(row).collect()));
        }
        if let Some(n) = &mut columns.n {
            n.push(row, iteration.n);
        }
        let first = iteration.steps.first().map_or(0.0, |step| step.sent_at_s);
        if !first.is_same(&iteration.sent_at_s) && columns.sent_at_s.is_none() {
            let so_far = (0..row).map(|row| first_sent_at_s(&columns.steps, &self.ends, row));
            columns.sent_at_s = Some(Column::Each(so_far.collect()));
        }
        if let Some(sent_at_s) = &mut columns.sent_at_s {
            sent_at_s.push(row, iteration.sent_at_s);
        }
        columns.intended_at_s.push(iteration.intended_at_s);
        columns.finished_at_s.push(row, iteration.finished_at_s);
        columns.budget_wait_s.push(row, iteration.budget_wait_s);
        columns.pause_s.push(row, iteration.pause_s);
        columns.notion_requests.push(row, iteration.notion_requests);
        let attempts = u32::try_from(iteration.steps.len()).unwrap_or(u32::MAX);
        columns.attempts.push(row, attempts);
        columns
            .cleanup_failures
            .push(row, iteration.cleanup_failures);
        for step in iteration.steps {
            columns.steps.push(step);
        }
        let end = u32::try_from(columns.steps.len()).unwrap_or(u32::MAX);
        self.ends.push(end);
    }

    /// The one with this place, from 0.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<IterationRef<'_>> {
        (place < self.len()).then(|| IterationRef::new(self, place))
    }

    /// The one that came first.
    #[must_use]
    pub fn first(&self) -> Option<IterationRef<'_>> {
        self.get(0)
    }

    /// The one that came last.
    #[must_use]
    pub fn last(&self) -> Option<IterationRef<'_>> {
        self.get(self.len().checked_sub(1)?)
    }

    /// All of them, in time order.
    pub fn iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = IterationRef<'_>> + ExactSizeIterator + Clone {
        (0..self.len()).map(|place| IterationRef::new(self, place))
    }

    /// The highest step that any attempt names.
    pub(super) fn highest_step(&self) -> Option<u32> {
        let steps = &self.columns.steps;
        let highest = steps.step.values().copied().max();
        highest.filter(|_| steps.len() > 0)
    }
}

/// When the first request of an iteration was sent, as its steps say; 0 without any.
pub(super) fn first_sent_at_s(steps: &StepColumns, ends: &[u32], row: usize) -> f64 {
    let start = row.checked_sub(1).map_or(0, |before| ends[before]);
    if start < ends[row] {
        steps.sent_at_s[start as usize]
    } else {
        0.0
    }
}

impl StepColumns {
    fn len(&self) -> usize {
        self.sent_at_s.len()
    }

    fn push(&mut self, step: StepRecord) {
        let row = self.len();
        self.step.push(row, step.step);
        self.attempt.push(row, step.attempt);
        self.page.push(row, step.page);
        self.look_up.push(row, step.look_up);
        self.sent_at_s.push(step.sent_at_s);
        self.duration_s.push(row, step.duration_s);
        self.connect_s.push(row, step.connect_s);
        self.status.push(row, step.status);
        self.bytes.push(row, step.bytes);
        self.notion_requests.push(row, step.notion_requests);
        self.retry_after_s.push(row, step.retry_after_s);
        self.cache_headers.push(row, step.cache_headers);
        self.store_s.push(row, step.store_s);
        self.model_s.push(row, step.model_s);
        self.failure.push(row, step.failure);
        self.superseded.push(row, step.superseded);
    }

    fn seal(&mut self) -> Result<(), String> {
        let rows = self.len();
        self.step.seal("step", rows)?;
        self.attempt.seal("attempt", rows)?;
        self.page.seal("page", rows)?;
        self.look_up.seal("look_up", rows)?;
        self.duration_s.seal("duration_s", rows)?;
        self.connect_s.seal("connect_s", rows)?;
        self.status.seal("status", rows)?;
        self.bytes.seal("bytes", rows)?;
        self.notion_requests.seal("notion_requests", rows)?;
        self.retry_after_s.seal("retry_after_s", rows)?;
        self.cache_headers.seal("cache_headers", rows)?;
        self.store_s.seal("store_s", rows)?;
        self.model_s.seal("model_s", rows)?;
        self.failure.seal("failure", rows)?;
        self.superseded.seal("superseded", rows)
    }
}

impl Columns {
    fn seal(&mut self) -> Result<(), String> {
        let rows = self.intended_at_s.len();
        if let Some(n) = &mut self.n {
            n.seal("n", rows)?;
        }
        if let Some(sent_at_s) = &mut self.sent_at_s {
            sent_at_s.seal("sent_at_s", rows)?;
        }
        self.finished_at_s.seal("finished_at_s", rows)?;
        self.budget_wait_s.seal("budget_wait_s", rows)?;
        self.pause_s.seal("pause_s", rows)?;
        self.notion_requests.seal("notion_requests", rows)?;
        self.attempts.seal("attempts", rows)?;
        self.cleanup_failures.seal("cleanup_failures", rows)?;
        let of_steps = |what| format!("of the steps, {what}");
        self.steps.seal().map_err(of_steps)
    }
}

impl TryFrom<Columns> for Iterations {
    type Error = String;

    /// Says what no run can have written, so that a view never meets it.
    fn try_from(mut columns: Columns) -> Result<Self, String> {
        columns.seal()?;
        let rows = columns.intended_at_s.len();
        let mut ends = Vec::with_capacity(rows);
        let mut end = 0_u64;
        for row in 0..rows {
            end += u64::from(*columns.attempts.get(row));
            ends.push(u32::try_from(end).unwrap_or(u32::MAX));
        }
        let steps = columns.steps.len();
        if u32::try_from(steps).is_err() || end != steps as u64 {
            return Err(format!(
                "the iterations made {end} attempts, and the steps have {steps} rows"
            ));
        }
        Ok(Self { columns, ends })
    }
}

impl PartialEq for Iterations {
    /// The same rows, in whatever form they are kept.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .zip(other.iter())
                .all(|(one, other)| one.to_owned() == other.to_owned())
    }
}

impl Extend<Iteration> for Iterations {
    fn extend<I: IntoIterator<Item = Iteration>>(&mut self, iterations: I) {
        for iteration in iterations {
            self.push(iteration);
        }
    }
}

impl FromIterator<Iteration> for Iterations {
    fn from_iter<I: IntoIterator<Item = Iteration>>(iterations: I) -> Self {
        let mut all = Self::new();
        all.extend(iterations);
        all
    }
}

/// Writes a column, unless it says what a missing one says.
fn entry<M: SerializeMap, T: Cell + Serialize>(
    map: &mut M,
    name: &'static str,
    column: &Column<T>,
    rows: usize,
) -> Result<(), M::Error> {
    let written = column.written(rows);
    if written.is_nothing() {
        return Ok(());
    }
    map.serialize_entry(name, &written)
}

impl Serialize for Iterations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (columns, rows) = (&self.columns, self.len());
        let mut map = serializer.serialize_map(None)?;
        if let Some(n) = &columns.n {
            map.serialize_entry("n", &n.written(rows))?;
        }
        map.serialize_entry("intended_at_s", &columns.intended_at_s)?;
        if let Some(sent_at_s) = &columns.sent_at_s {
            map.serialize_entry("sent_at_s", &sent_at_s.written(rows))?;
        }
        map.serialize_entry("finished_at_s", &columns.finished_at_s.written(rows))?;
        entry(&mut map, "budget_wait_s", &columns.budget_wait_s, rows)?;
        entry(&mut map, "pause_s", &columns.pause_s, rows)?;
        entry(&mut map, "notion_requests", &columns.notion_requests, rows)?;
        map.serialize_entry("attempts", &columns.attempts.written(rows))?;
        entry(
            &mut map,
            "cleanup_failures",
            &columns.cleanup_failures,
            rows,
        )?;
        map.serialize_entry("steps", &columns.steps)?;
        map.end()
    }
}

impl Serialize for StepColumns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.len();
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "step", &self.step, rows)?;
        map.serialize_entry("attempt", &self.attempt.written(rows))?;
        entry(&mut map, "page", &self.page, rows)?;
        entry(&mut map, "look_up", &self.look_up, rows)?;
        map.serialize_entry("sent_at_s", &self.sent_at_s)?;
        map.serialize_entry("duration_s", &self.duration_s.written(rows))?;
        entry(&mut map, "connect_s", &self.connect_s, rows)?;
        map.serialize_entry("status", &self.status.written(rows))?;
        map.serialize_entry("bytes", &self.bytes.written(rows))?;
        entry(&mut map, "notion_requests", &self.notion_requests, rows)?;
        entry(&mut map, "retry_after_s", &self.retry_after_s, rows)?;
        entry(&mut map, "cache_headers", &self.cache_headers, rows)?;
        entry(&mut map, "store_s", &self.store_s, rows)?;
        entry(&mut map, "model_s", &self.model_s, rows)?;
        entry(&mut map, "failure", &self.failure, rows)?;
        entry(&mut map, "superseded", &self.superseded, rows)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Iterations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IterationsVisitor)
    }
}

struct IterationsVisitor;

impl<'de> Visitor<'de> for IterationsVisitor {
    type Value = Iterations;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the columns of a side's iterations, or the rows of version 1")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Iterations, A::Error> {
        let columns = Columns::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Iterations::try_from(columns).map_err(de::Error::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Iterations, A::Error> {
        let mut iterations = Iterations::new();
        while let Some(iteration) = rows.next_element()? {
            iterations.push(iteration);
        }
        Ok(iterations)
    }
}

impl JsonSchema for Iterations {
    fn schema_name() -> Cow<'static, str> {
        Columns::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Columns::json_schema(generator)
    }
}
