//! One scenario as it is shown: the figures that its gates rest on, and the charts behind them.

use super::chart::{Chart, Detail, LogAxis};
use super::strip::Strips;
use super::{breakdown, closing, distribution, timeline};
use crate::promise::Promise;
use crate::record::{self, Record, Sample, ScenarioRecord, World};
use crate::report::foreign::visible;
use crate::report::names::distinct;
use crate::stats::SortedSamples;
use crate::units::Span;
use crate::verdict::{Gate, Outcome, Unit, is_in_doubt, scenario_outcome};

/// One scenario as it is shown.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name.
    pub scenario: String,
    /// Its name as far as a file's name can hold it: lower-case letters, digits and hyphens, and no
    /// two alike in a run.
    pub slug: String,
    /// What it stands for.
    pub summary: String,
    /// The outcome of its required gates.
    pub outcome: Outcome,
    /// What was promised.
    pub promise: Promise,
    /// The baseline's latency.
    pub baseline: Side,
    /// The candidate's latency.
    pub candidate: Side,
    /// The speedup at p50.
    pub speedup_p50: Bounded,
    /// The speedup at p95.
    pub speedup_p95: Bounded,
    /// The promise's three lines as charts.
    pub strips: Option<PromiseStrips>,
    /// The evidence as charts: the distributions, the bounds, the latencies over time, the parts.
    pub charts: Vec<Chart>,
}

/// A chart for each line of a promise.
#[derive(Debug, Clone)]
pub struct PromiseStrips {
    /// The baseline against `before`.
    pub before: Chart,
    /// The candidate against `after`.
    pub after: Chart,
    /// The speedup.
    pub speedup: Chart,
}

/// Steps of [`Side::spread`].
pub const SPREAD_BINS: usize = 24;

/// Characters of a name in a chart's subject.
const MOST_SHOWN: usize = 48;

impl Row {
    /// Every chart, in reading order.
    fn charts_mut(&mut self) -> impl Iterator<Item = &mut Chart> {
        let strips = self.strips.iter_mut();
        strips
            .flat_map(|strips| [&mut strips.before, &mut strips.after, &mut strips.speedup])
            .chain(&mut self.charts)
    }
}

/// One side's latency, in seconds.
#[derive(Debug, Clone)]
pub struct Side {
    /// Iterations, failures included.
    pub iterations: usize,
    /// Failed iterations, as the gate of the expectations counts them.
    pub failed: f64,
    /// The median.
    pub p50: Bounded,
    /// The 95th percentile.
    pub p95: Bounded,
    /// How many successes fall into each of [`SPREAD_BINS`] steps from the scenario's fastest to its
    /// slowest on a logarithmic axis that both sides share.
    pub spread: [usize; SPREAD_BINS],
}

/// A figure with its bounds; `None` where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bounded {
    /// The point estimate.
    pub point: Option<f64>,
    /// The lower bound.
    pub low: Option<f64>,
    /// The upper bound.
    pub high: Option<f64>,
}

impl Bounded {
    /// The trivial lower bound of 0 becomes none.
    pub(super) fn new(point: Option<f64>, low: Option<f64>, high: Option<f64>) -> Self {
        Self {
            point,
            low: low.filter(|low| *low > 0.0),
            high,
        }
    }
}

/// All rows of a run. What is compared with the eye shares an axis.
pub(super) fn rows(record: &Record, gates: &[Gate]) -> Vec<Row> {
    let scenarios = &record.scenarios;
    let detail = Detail::for_scenarios(scenarios.len());
    let slugs = slugs(scenarios);
    let one = |(scenario, slug)| row(scenario, slug, gates, detail);
    let mut rows: Vec<Row> = scenarios.iter().zip(slugs).map(one).collect();
    draw_strips(&mut rows);
    for row in &mut rows {
        let subject = subject(&row.scenario, record);
        for chart in row.charts_mut() {
            chart.subject.clone_from(&subject);
        }
    }
    rows
}

/// What a chart is about, where nothing stands around it that says so.
fn subject(scenario: &str, record: &Record) -> String {
    let short = |text: &str| {
        let shown = visible(text);
        match shown.char_indices().nth(MOST_SHOWN) {
            Some((at, _)) => format!("{}\u{2026}", &shown[..at]),
            None => shown,
        }
    };
    let simulated = match record.world {
        World::Sandbox(_) => " \u{b7} Notion is simulated",
        World::Live => "",
    };
    format!(
        "{} \u{b7} {}{simulated}",
        short(scenario),
        short(&record.run)
    )
}

/// The figures are those that the gates rest on, and are not worked out again.
fn row(scenario: &ScenarioRecord, slug: String, gates: &[Gate], detail: Detail) -> Row {
    let gates: Vec<Gate> = gates
        .iter()
        .filter(|gate| gate.scenario == scenario.name)
        .cloned()
        .collect();
    let gate = |id: &str| gates.iter().find(|gate| gate.id == id);
    let (p50, p95) = (gate("speedup-p50"), gate("speedup-p95"));
    let samples = record::Side::BOTH.map(|side| scenario.samples(side));
    let sorted = [
        SortedSamples::new(&samples[0]),
        SortedSamples::new(&samples[1]),
    ];
    let spreads = spreads(&sorted);
    let side = |side: record::Side, spread| Side {
        iterations: scenario.side(side).len(),
        failed: gate("expectations")
            .and_then(|gate| gate.number(&format!("failed_{}", side.name())))
            .unwrap_or_default(),
        p50: p50.map_or_else(Bounded::default, |gate| latency(gate, side)),
        p95: p95.map_or_else(Bounded::default, |gate| latency(gate, side)),
        spread,
    };
    Row {
        scenario: scenario.name.clone(),
        summary: scenario.summary.clone(),
        outcome: scenario_outcome(&gates),
        promise: scenario.promise.clone(),
        baseline: side(record::Side::Baseline, spreads[0]),
        candidate: side(record::Side::Candidate, spreads[1]),
        speedup_p50: p50.map_or_else(Bounded::default, speedup),
        speedup_p95: p95.map_or_else(Bounded::default, speedup),
        strips: None,
        charts: charts(scenario, &slug, (&samples, &sorted), &gates, detail),
        slug,
    }
}

fn latency(gate: &Gate, side: record::Side) -> Bounded {
    let number = |what: &str| gate.number(&format!("{}_{what}", side.name()));
    Bounded::new(number("point"), number("lo"), number("hi"))
}

fn speedup(gate: &Gate) -> Bounded {
    gate.interval.map_or_else(Bounded::default, |interval| {
        Bounded::new(interval.point, interval.low, interval.high)
    })
}

fn charts(
    scenario: &ScenarioRecord,
    slug: &str,
    (samples, sorted): (&[Vec<Sample>; 2], &[SortedSamples; 2]),
    gates: &[Gate],
    detail: Detail,
) -> Vec<Chart> {
    let id = |kind: &str| format!("{slug}-{kind}");
    let promised = scenario.promise.speedup.low();
    let is_in_doubt = is_in_doubt(gates);
    let looks = closing::Looks::replayed(scenario, samples, &[0.5, 0.95], detail);
    let bounds = ["p50", "p95"]
        .into_iter()
        .enumerate()
        .filter_map(|(at, name)| {
            let gate = gates
                .iter()
                .find(|gate| gate.id == format!("speedup-{name}"));
            let id = id(&format!("bounds-{name}"));
            closing::chart(id, name, promised, (&looks, at), gate, is_in_doubt)
        });
    let sides = [&sorted[0], &sorted[1]];
    distribution::chart(id("distribution"), &scenario.promise, sides, detail)
        .into_iter()
        .chain(bounds)
        .chain(timeline::chart(id("timeline"), scenario, detail))
        .chain(breakdown::chart(id("breakdown"), scenario))
        .collect()
}

/// The steps of both sides' successes on their common axis.
fn spreads(sorted: &[SortedSamples; 2]) -> [[usize; SPREAD_BINS]; 2] {
    let ends = |samples: &SortedSamples| {
        let successful = samples.successful();
        [successful.first().copied(), successful.last().copied()]
    };
    let Some(axis) = LogAxis::around(sorted.iter().flat_map(ends).flatten()) else {
        return [[0; SPREAD_BINS]; 2];
    };
    let last = SPREAD_BINS - 1;
    let edge = |bin: usize| {
        let share = (bin + 1) as f64 / SPREAD_BINS as f64;
        axis.low * (axis.high / axis.low).powf(share)
    };
    [0, 1].map(|at: usize| {
        let successful = sorted[at].successful();
        let mut below = 0;
        std::array::from_fn(|bin| {
            let until = if bin == last {
                successful.len()
            } else {
                successful.partition_point(|seconds| *seconds < edge(bin))
            };
            let inside = until - below;
            below = until;
            inside
        })
    })
}

/// The charts of the promises: all times on one axis, and all speedups on another.
fn draw_strips(rows: &mut [Row]) {
    let values = |unit: Unit| {
        let of = |row: &Row| -> Vec<f64> {
            let strips = strips(row).into_iter().filter(|strips| strips.unit == unit);
            strips
                .flat_map(|strips| strips.values().collect::<Vec<_>>())
                .collect()
        };
        LogAxis::around(rows.iter().flat_map(of))
    };
    let (Some(times), Some(ratios)) = (values(Unit::Seconds), values(Unit::Ratio)) else {
        return;
    };
    for row in rows {
        let [before, after, speedup] = strips(row);
        let id = |line: &str| format!("{}-{line}", row.slug);
        row.strips = Some(PromiseStrips {
            before: before.chart(id("before"), "The time before", times),
            after: after.chart(id("after"), "The time after", times),
            speedup: speedup.chart(id("speedup"), "The speedup", ratios),
        });
    }
}

fn strips(row: &Row) -> [Strips; 3] {
    let promise = &row.promise;
    let times = |span: &Span, side: &Side| Strips {
        unit: Unit::Seconds,
        promised: (span.low().as_secs_f64(), span.high().as_secs_f64()),
        p50: side.p50,
        p95: side.p95,
    };
    [
        times(&promise.before, &row.baseline),
        times(&promise.after, &row.candidate),
        Strips {
            unit: Unit::Ratio,
            promised: (promise.speedup.low(), promise.speedup.high()),
            p50: row.speedup_p50,
            p95: row.speedup_p95,
        },
    ]
}

/// Names for files: what is no letter or digit becomes a hyphen, and a name that is taken gets a number.
fn slugs(scenarios: &[ScenarioRecord]) -> Vec<String> {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase(),
        _ => '-',
    };
    let slug = |scenario: &ScenarioRecord| {
        let name: String = scenario.name.chars().take(60).map(plain).collect();
        match name.trim_matches('-') {
            "" => "scenario".to_owned(),
            name => name.to_owned(),
        }
    };
    distinct(scenarios.iter().map(slug), '-')
}
