//! Every iteration as a line of CSV, for whoever wants to look at the times themselves.
//!
//! A spreadsheet, a data frame and `cutover judge --scenario NAME` read the same file, so the columns
//! `scenario`, `side`, `seconds` and `status` say what the gates counted, and judging the file gives the
//! gates' bounds again. All times are in seconds, those that end in `_at_s` from the start of the run.
//! The form is RFC 4180's, with line feeds.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula. Such text of somebody
//! else gets an apostrophe in front (OWASP, "CSV Injection"). A long text is cut, with a note; the record
//! has the whole of it.

use std::fmt::{Display, Write as _};
use std::io;

use csv::{ByteRecord, Writer, WriterBuilder};

use super::foreign::brief;
use super::names::distinct;
use super::summary::Summary;
use crate::record::{IterationRef, ScenarioRecord, Side, StepRef};

const COLUMNS: [&str; 17] = [
    "scenario",
    "side",
    "n",
    "status",
    "seconds",
    "intended_at_s",
    "sent_at_s",
    "finished_at_s",
    "budget_wait_s",
    "pause_s",
    "handshake_s",
    "notion_requests",
    "attempts",
    "rate_limited",
    "failure_kind",
    "failure_detail",
    "cleanup_failures",
];

/// Writes every iteration of the record: scenario by scenario, the baseline first, in time order.
///
/// # Errors
/// When `out` fails.
pub fn samples(summary: &Summary<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut lines = Lines {
        writer: WriterBuilder::new()
            .buffer_capacity(1 << 16)
            .from_writer(out),
        line: ByteRecord::new(),
        number: String::new(),
        float: ryu::Buffer::new(),
    };
    lines.writer.write_record(COLUMNS)?;
    let scenarios = &summary.record.scenarios;
    let names = distinct(scenarios.iter().map(|scenario| cell(&scenario.name)), '~');
    for (scenario, name) in scenarios.iter().zip(&names) {
        for side in Side::BOTH {
            for iteration in scenario.side(side).iter() {
                lines.write(scenario, name, side, iteration)?;
            }
        }
    }
    lines.writer.flush()
}

/// The file, and the line that is being put together.
struct Lines<'w> {
    writer: Writer<&'w mut dyn io::Write>,
    line: ByteRecord,
    number: String,
    float: ryu::Buffer,
}

impl Lines<'_> {
    fn write(
        &mut self,
        scenario: &ScenarioRecord,
        name: &str,
        side: Side,
        iteration: IterationRef<'_>,
    ) -> io::Result<()> {
        let sample = scenario.sample(iteration);
        let handshakes = iteration.steps().filter_map(StepRef::connect_s);
        let (kind, detail) = match iteration.failure() {
            Some(failure) => (failure.kind.name(), cell(&failure.detail)),
            None if scenario.is_incomplete(iteration) => (
                "incomplete",
                "a step has no result in the record".to_owned(),
            ),
            None => ("", String::new()),
        };
        self.line.clear();
        self.text(name);
        self.text(side.name());
        self.count(iteration.n());
        self.text(sample.status.name());
        self.seconds(sample.seconds);
        self.seconds(iteration.intended_at_s());
        self.seconds(iteration.sent_at_s());
        self.seconds(iteration.finished_at_s());
        self.seconds(iteration.budget_wait_s());
        self.seconds(iteration.pause_s());
        self.seconds(handshakes.sum());
        self.count(iteration.notion_requests());
        self.count(iteration.steps().len());
        self.count(iteration.rate_limited());
        self.text(kind);
        self.text(&detail);
        self.count(iteration.cleanup_failures().len());
        Ok(self.writer.write_byte_record(&self.line)?)
    }

    fn text(&mut self, text: &str) {
        self.line.push_field(text.as_bytes());
    }

    fn count(&mut self, count: impl Display) {
        self.number.clear();
        let _ = write!(self.number, "{count}");
        self.line.push_field(self.number.as_bytes());
    }

    /// With every digit, so that the file can be judged; nothing where there is no number. An empty sum
    /// is `-0.0`, which adding 0 makes plain.
    fn seconds(&mut self, seconds: f64) {
        if seconds.is_finite() {
            let digits = self.float.format_finite(seconds + 0.0);
            let digits = digits.strip_suffix(".0").unwrap_or(digits);
            self.line.push_field(digits.as_bytes());
        } else {
            self.text("");
        }
    }
}

/// Foreign text on one line, and never a formula.
fn cell(foreign: &str) -> String {
    let text = brief(foreign);
    let acts = |c: char| "=+-@＝＋－＠".contains(c);
    if text.trim_start().starts_with(acts) {
        return format!("'{text}");
    }
    text
}
