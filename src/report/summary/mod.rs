//! Everything that the renderers show, worked out once from a record and its verdict.
//!
//! ```text
//! record, gates -> row (figures, strip, distribution, closing, timeline, breakdown)
//!               -> why, circumstances
//! checks        -> looks
//! ```

mod breakdown;
mod chart;
mod circumstances;
mod closing;
mod distribution;
mod looks;
mod row;
mod strip;
mod timeline;
mod why;

pub use breakdown::{Bar, Breakdown, Part, PartKind};
pub use chart::{Chart, Drawing, LogAxis, Table};
pub use closing::{Closed, Closing, Decided};
pub use distribution::{Curve, Distribution};
pub use looks::{Found, Look};
pub use row::{Bounded, PromiseStrips, Row, SPREAD_BINS, Side};
pub use strip::Strip;
pub use timeline::{Moment, MomentKind, Timeline};
pub use why::Reason;

/// Stands for a scenario's name where gates belong to the run as a whole.
pub(super) const WHOLE_RUN: &str = "the whole run";

use crate::record::{Record, ScenarioRecord, Stopped};
use crate::verdict::{Gate, Outcome, Verdict, WaiverClaim};

/// A run as it is shown.
#[derive(Debug, Clone)]
pub struct Summary<'r> {
    /// The evidence itself, for the formats that carry every sample.
    pub record: &'r Record,
    /// The run's name.
    pub run: String,
    /// The command that made it.
    pub command: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The outcome in a few words.
    pub headline: String,
    /// The outcome in one sentence.
    pub sentence: String,
    /// What to do next.
    pub next: Vec<String>,
    /// Says that the Notion of a sandbox is simulated; `None` for live targets.
    pub simulated: Option<String>,
    /// One row a scenario.
    pub rows: Vec<Row>,
    /// Why it is not GO, the cause before what follows of it.
    pub why: Vec<Reason>,
    /// What was looked at beside speed, with what was found.
    pub looks: Vec<Look>,
    /// How many of the gates hold.
    pub held: usize,
    /// Every gate.
    pub gates: Vec<Gate>,
    /// Every waiver, needed or not, a line each.
    pub waivers: Vec<String>,
    /// Whether the promised `before` was true, a sentence a scenario.
    pub before: Vec<String>,
    /// How far the cutover can reach by the store's share of the time, a sentence a scenario.
    pub reach: Vec<String>,
    /// What the figures rest on, one line each.
    pub assumptions: Vec<String>,
    /// Who measured what, where: a name and a text.
    pub circumstances: Vec<(&'static str, String)>,
    /// Objects that may still be on a target.
    pub leftovers: Vec<String>,
    /// How the verdict is come to, in a paragraph.
    pub method: &'static str,
    /// The command that repeats the run.
    pub repeat: String,
}

impl<'r> Summary<'r> {
    /// Works out what is shown.
    #[must_use]
    pub fn new(record: &'r Record, verdict: &Verdict) -> Self {
        Self {
            record,
            run: record.run.clone(),
            command: record.command.clone(),
            outcome: verdict.verdict,
            headline: headline(record, verdict),
            sentence: verdict.sentence.clone(),
            next: verdict.next.clone(),
            simulated: circumstances::simulated(record),
            rows: row::rows(record, &verdict.gates),
            why: why::reasons(record, &verdict.gates),
            looks: looks::looks(&record.checks, &verdict.gates),
            held: verdict
                .gates
                .iter()
                .filter(|gate| gate.outcome == Outcome::Go)
                .count(),
            gates: verdict.gates.clone(),
            waivers: verdict.waivers.iter().map(waiver).collect(),
            before: verdict
                .before
                .iter()
                .map(|claim| format!("{}: {}", claim.scenario, claim.sentence))
                .collect(),
            reach: verdict
                .reach
                .iter()
                .map(|claim| format!("{}: {}", claim.scenario, claim.sentence))
                .collect(),
            assumptions: circumstances::assumptions(record),
            circumstances: circumstances::circumstances(record),
            leftovers: record.leftovers.clone(),
            method: circumstances::METHOD,
            repeat: circumstances::repeat(record),
        }
    }
}

impl Summary<'_> {
    /// The gates of a scenario, in reading order.
    pub fn gates_of(&self, scenario: &str) -> impl Iterator<Item = &Gate> {
        self.gates
            .iter()
            .filter(move |gate| gate.scenario == scenario)
    }

    /// The gates that belong to no scenario, but to the run as a whole.
    #[must_use]
    pub fn gates_of_the_run(&self) -> Vec<&Gate> {
        let of_a_row = |gate: &Gate| self.rows.iter().any(|row| row.scenario == gate.scenario);
        self.gates.iter().filter(|gate| !of_a_row(gate)).collect()
    }

    /// What the required ones of those come to; `None` without any gate of the run.
    #[must_use]
    pub fn outcome_of_the_run(&self) -> Option<Outcome> {
        let gates = self.gates_of_the_run();
        let required = gates.iter().filter(|gate| gate.required);
        let worst = required.map(|gate| gate.counts_as()).max();
        (!gates.is_empty()).then(|| worst.unwrap_or(Outcome::Go))
    }

    /// Every chart, in reading order.
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.rows.iter().flat_map(|row| {
            let strips = row.strips.iter();
            strips
                .flat_map(|strips| [&strips.before, &strips.after, &strips.speedup])
                .chain(&row.charts)
        })
    }
}

/// `integrity of task-search, until 2027-01-31: used; Ann answers for it`
fn waiver(claim: &WaiverClaim) -> String {
    let of = claim
        .scenario
        .iter()
        .map(|scenario| format!(" of {scenario}"));
    format!(
        "{}{}, until {}: {}; {}",
        claim.gate,
        of.collect::<String>(),
        claim.expires,
        claim.state.words(),
        claim.reason
    )
}

fn headline(record: &Record, verdict: &Verdict) -> String {
    let stopped_early = |one: &ScenarioRecord| one.stopped == Stopped::Interrupted;
    let words = match verdict.verdict {
        Outcome::Go => "every required gate holds",
        Outcome::GoWithWaivers => "required gates that do not hold were waived",
        Outcome::NoGo => "a required gate is refuted",
        Outcome::Inconclusive
            if record.interrupted || record.scenarios.iter().any(stopped_early) =>
        {
            "the run was interrupted"
        }
        Outcome::Inconclusive => "the evidence does not decide",
    };
    let simulated = if verdict.notion_is_simulated {
        " (Notion was simulated)"
    } else {
        ""
    };
    format!("{words}{simulated}")
}
