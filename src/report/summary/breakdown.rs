//! Where an iteration's time goes: its steps, which are its latency, and what it waited for, which is not.

use super::chart::{Chart, Drawing, Table};
use crate::record::{IterationRef, ScenarioRecord, Side};
use crate::report::figure::show_seconds;

/// The mean time of an iteration on each side, in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakdown {
    /// The baseline, then the candidate; a side without iterations has no parts.
    pub bars: [Bar; 2],
}

/// One side's mean iteration.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The side.
    pub side: Side,
    /// Its parts in their order; none takes 0 seconds.
    pub parts: Vec<Part>,
}

/// A part of an iteration.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// The step's name, or what was waited for.
    pub name: String,
    /// Its mean over all iterations, failures included, in seconds.
    pub seconds: f64,
}

/// The kinds of part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// A step, by its place in the scenario: latency.
    Step(usize),
    /// Attempts that another one followed.
    Superseded,
    /// Look-ups of what a create may have made.
    LookUp,
    /// Opening connections.
    Handshake,
    /// Waiting for the rate budget.
    BudgetWait,
    /// A pause that the target asked for.
    Pause,
}

impl PartKind {
    /// Whether it is part of the latency that is judged.
    #[must_use]
    pub fn is_latency(self) -> bool {
        matches!(self, Self::Step(_))
    }
}

impl Bar {
    /// The mean of the whole, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.parts.iter().map(|part| part.seconds).sum()
    }

    /// The mean of what is judged, in seconds.
    #[must_use]
    pub fn latency_s(&self) -> f64 {
        let judged = self.parts.iter().filter(|part| part.kind.is_latency());
        judged.map(|part| part.seconds).sum()
    }
}

/// The chart of one scenario; `None` when nothing was measured.
pub(super) fn chart(id: String, scenario: &ScenarioRecord) -> Option<Chart> {
    let bars = Side::BOTH.map(|side| bar(scenario, side));
    if bars.iter().all(|bar| bar.parts.is_empty()) {
        return None;
    }
    let alt: Vec<String> = bars.iter().filter_map(alt).collect();
    Some(Chart {
        id,
        title: "Where the time goes".to_owned(),
        subject: String::new(),
        alt: alt.join(" "),
        table: table(&bars),
        drawing: Drawing::Breakdown(Breakdown { bars }),
    })
}

/// Sums of one side.
struct Sums {
    steps: Vec<f64>,
    superseded: f64,
    look_up: f64,
    handshake: f64,
    budget_wait: f64,
    pause: f64,
}

fn bar(scenario: &ScenarioRecord, side: Side) -> Bar {
    let mut sums = Sums {
        steps: vec![0.0; scenario.steps.len()],
        superseded: 0.0,
        look_up: 0.0,
        handshake: 0.0,
        budget_wait: 0.0,
        pause: 0.0,
    };
    for iteration in scenario.side(side).iter() {
        sums.add(iteration);
    }
    let count = scenario.side(side).len().max(1) as f64;
    let part = |kind, name: &str, sum: f64| Part {
        kind,
        name: name.to_owned(),
        seconds: sum / count,
    };
    let steps = scenario.steps.iter().zip(&sums.steps).enumerate();
    let mut parts: Vec<Part> = steps
        .map(|(at, (step, sum))| part(PartKind::Step(at), &step.name, *sum))
        .collect();
    parts.extend([
        part(PartKind::Superseded, "repeated attempts", sums.superseded),
        part(PartKind::LookUp, "look-ups", sums.look_up),
        part(PartKind::Handshake, "opening connections", sums.handshake),
        part(
            PartKind::BudgetWait,
            "waiting for the budget",
            sums.budget_wait,
        ),
        part(PartKind::Pause, "pauses asked for", sums.pause),
    ]);
    parts.retain(|part| part.seconds.is_finite() && part.seconds > 0.0);
    Bar { side, parts }
}

impl Sums {
    fn add(&mut self, iteration: IterationRef<'_>) {
        for step in iteration.steps() {
            self.handshake += step.connect_s().unwrap_or(0.0);
            if step.look_up() {
                self.look_up += step.duration_s();
            } else if step.superseded() {
                self.superseded += step.duration_s();
            } else if let Some(sum) = self.steps.get_mut(step.step() as usize) {
                *sum += step.duration_s();
            }
        }
        self.budget_wait += iteration.budget_wait_s();
        self.pause += iteration.pause_s();
    }
}

fn alt(bar: &Bar) -> Option<String> {
    let largest = bar
        .parts
        .iter()
        .max_by(|one, other| one.seconds.total_cmp(&other.seconds))?;
    let whole = bar.seconds();
    Some(format!(
        "On the {} an iteration takes {} in the mean, {} of them latency; the largest part is {} with {:.0} %.",
        bar.side.name(),
        show_seconds(whole),
        show_seconds(bar.latency_s()),
        largest.name,
        largest.seconds / whole * 100.0
    ))
}

fn table(bars: &[Bar; 2]) -> Table {
    let row = |bar: &Bar, part: &Part| {
        vec![
            bar.side.name().to_owned(),
            part.name.clone(),
            if part.kind.is_latency() { "yes" } else { "no" }.to_owned(),
            show_seconds(part.seconds),
            format!("{:.1} %", part.seconds / bar.seconds() * 100.0),
        ]
    };
    let rows = bars
        .iter()
        .flat_map(|bar| bar.parts.iter().map(move |part| row(bar, part)));
    Table {
        header: ["side", "part", "counted as latency", "mean", "share"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    }
}
