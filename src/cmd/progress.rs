//! What somebody who waits sees on standard error: a bar for each scenario, or plain lines where
//! there is no terminal.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::complaint::say;
use super::verdict_rule::LatestGates;
use crate::figure::{self, Rounding};
use crate::record::{ScenarioRecord, Side};
use crate::run::Observer;
use crate::scenario::{Measured, Scenario};
use crate::units::show_duration;
use crate::verdict::{FactValue, Gate, LIKELY_MORE, Unit};

/// Plain lines come at most this often.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

/// Where progress goes.
enum Display {
    Bars {
        bars: BTreeMap<String, ProgressBar>,
        _all: MultiProgress,
    },
    Lines {
        last: RefCell<Instant>,
    },
    Nothing,
}

/// Shows how a run gets on.
pub(super) struct Progress {
    display: Display,
    gates: LatestGates,
    /// When the scenario under way began to be timed, for the time that is left.
    began: RefCell<Instant>,
}

impl Progress {
    /// Bars on a terminal, lines elsewhere, nothing when quiet.
    pub(super) fn new(quiet: bool, scenarios: &[Measured], cap: u32, gates: LatestGates) -> Self {
        let target = ProgressDrawTarget::stderr();
        let display = if quiet {
            Display::Nothing
        } else if target.is_hidden() {
            Display::Lines {
                last: RefCell::new(Instant::now()),
            }
        } else {
            bars(target, scenarios, cap)
        };
        Self {
            display,
            gates,
            began: RefCell::new(Instant::now()),
        }
    }

    fn show(&self, record: &ScenarioRecord, spent: u64, is_last: bool) {
        match &self.display {
            Display::Nothing => {}
            Display::Bars { bars, .. } => {
                if let Some(bar) = bars.get(&record.name) {
                    bar.set_position(record.baseline.len() as u64);
                    let (spent, bounds) = (self.spent(record, spent, is_last), self.bounds(record));
                    bar.set_message(format!("{spent}\n  {bounds}"));
                    if is_last {
                        bar.abandon();
                    }
                }
            }
            Display::Lines { last } => {
                if is_last || last.borrow().elapsed() >= PLAIN_INTERVAL {
                    last.replace(Instant::now());
                    let (spent, bounds) = (self.spent(record, spent, is_last), self.bounds(record));
                    let (name, baseline) = (&record.name, record.baseline.len());
                    say(format_args!(
                        "{name}: {baseline} baseline, {bounds}; {spent}"
                    ));
                }
            }
        }
    }

    /// `14 Notion requests, about 13s left`
    fn spent(&self, record: &ScenarioRecord, spent: u64, is_last: bool) -> String {
        let left = (!is_last)
            .then(|| self.time_left(record, &self.gates.borrow()))
            .flatten();
        let left = left.map_or_else(String::new, |left| format!(", about {left} left"));
        format!("{spent} Notion requests{left}")
    }

    /// `125 candidate; p50 12.4x..20.8x of 10.0x; p95 13.7x..? of 10.0x`: fits 80 columns.
    fn bounds(&self, record: &ScenarioRecord) -> String {
        let gates = self.gates.borrow();
        let of_scenario = gates.iter().filter(|gate| gate.scenario == record.name);
        let bounds: String = of_scenario
            .filter_map(bounds)
            .map(|bounds| format!("; {bounds}"))
            .collect();
        format!("{} candidate{bounds}", record.candidate.len())
    }

    /// The likely number of further baseline iterations, at the pace so far.
    fn time_left(&self, record: &ScenarioRecord, gates: &[Gate]) -> Option<String> {
        let likely = gates
            .iter()
            .flat_map(|gate| &gate.facts)
            .filter_map(|fact| match fact.value {
                FactValue::Number { number, .. } if fact.name == LIKELY_MORE => number,
                _ => None,
            });
        let more = likely.reduce(f64::max)?;
        let done = u32::try_from(record.baseline.len())
            .ok()
            .filter(|done| *done > 0)?;
        let each = self.began.borrow().elapsed().as_secs_f64() / f64::from(done);
        let left = Duration::try_from_secs_f64((each * more).ceil()).ok()?;
        Some(show_duration(left))
    }
}

impl Observer for Progress {
    fn began(&self, scenario: &Scenario) {
        self.began.replace(Instant::now());
        match &self.display {
            Display::Nothing => {}
            Display::Bars { bars, .. } => {
                if let Some(bar) = bars.get(&scenario.name) {
                    bar.reset_elapsed();
                    bar.set_message("looking at both sides");
                }
            }
            Display::Lines { .. } => say(format_args!("{}: looking at both sides", scenario.name)),
        }
    }

    fn progressed(&self, record: &ScenarioRecord, side: Side, spent: u64) {
        if side == Side::Baseline {
            self.show(record, spent, false);
        }
    }

    fn ended(&self, record: &ScenarioRecord, spent: u64) {
        self.show(record, spent, true);
    }
}

fn bars(target: ProgressDrawTarget, scenarios: &[Measured], cap: u32) -> Display {
    let all = MultiProgress::with_draw_target(target);
    let widest = scenarios
        .iter()
        .map(|scenario| scenario.name.len())
        .max()
        .unwrap_or(0);
    let style = ProgressStyle::with_template("{prefix} {bar:12} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    let bar = |scenario: &Measured| {
        let bar = all.add(ProgressBar::new(u64::from(cap)).with_style(style.clone()));
        bar.set_prefix(format!("{:widest$}", scenario.name));
        bar.set_message("waits for its turn");
        (scenario.name.clone(), bar)
    };
    Display::Bars {
        bars: scenarios.iter().map(bar).collect(),
        _all: all,
    }
}

/// The running bounds of a speedup against its promise: `p50 24.1x..41.0x of 20x`.
fn bounds(gate: &Gate) -> Option<String> {
    let interval = gate
        .interval
        .filter(|interval| interval.unit == Unit::Ratio)?;
    // A lower bound of nothing is no bound yet.
    let end = |value: Option<f64>, rounding| {
        value
            .filter(|value| *value > 0.0)
            .map_or_else(|| "?".to_owned(), |value| figure::ratio(value, rounding))
    };
    let low = end(interval.low, Rounding::Down);
    let high = end(interval.high, Rounding::Up);
    let quantile = gate.id.trim_start_matches("speedup-");
    Some(format!(
        "{quantile} {low}..{high} of {}",
        figure::stated_ratio(interval.threshold)
    ))
}
