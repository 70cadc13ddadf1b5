//! Several records side by side: what each says of the same promises, and what sets them apart.
//!
//! It puts figures beside each other and claims nothing of their difference: two stored runs differ
//! for many reasons, and the ones that a record knows are listed.

mod markdown;
mod terminal;

pub use markdown::comparison_markdown;
pub use terminal::comparison_terminal;

use super::figure::{bounded_ratio, bounded_seconds};
use super::summary::{Row, Side, Summary};
use crate::verdict::Outcome;

/// Several runs as they are shown side by side.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The runs, in the order in which they were given.
    pub runs: Vec<ComparedRun>,
    /// What the runs do not have in common, and what their figures may differ for.
    pub unlike: Vec<Unlike>,
    /// Every scenario that any of them has.
    pub scenarios: Vec<ComparedScenario>,
}

/// One of the runs.
#[derive(Debug, Clone)]
pub struct ComparedRun {
    /// `A`, `B`, ...: stands for the run in tables.
    pub letter: String,
    /// The run's name.
    pub run: String,
    /// When it began.
    pub started: String,
    /// The command that made it.
    pub command: String,
    /// Its verdict.
    pub outcome: Outcome,
    /// The verdict in a few words.
    pub headline: String,
}

/// Something that is not alike in all runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlike {
    /// What it is: `machine`, `profile`, ...
    pub what: &'static str,
    /// What it is in each run.
    pub values: Vec<String>,
}

/// One scenario in all runs.
#[derive(Debug, Clone)]
pub struct ComparedScenario {
    /// Its name.
    pub name: String,
    /// Its outcome in each run; `None` where a run does not have it.
    pub outcomes: Vec<Option<Outcome>>,
    /// Its figures.
    pub lines: Vec<ComparedLine>,
}

/// One figure in all runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedLine {
    /// What it is: `before p50`, `speedup p95`, ...
    pub what: &'static str,
    /// The figure in each run; `-` where a run does not have it.
    pub values: Vec<String>,
}

impl Comparison {
    /// Sets summaries side by side.
    #[must_use]
    pub fn new(summaries: &[Summary<'_>]) -> Self {
        let mut names: Vec<&String> = Vec::new();
        for row in summaries.iter().flat_map(|summary| &summary.rows) {
            if !names.contains(&&row.scenario) {
                names.push(&row.scenario);
            }
        }
        Self {
            runs: summaries.iter().enumerate().map(run).collect(),
            unlike: unlike(summaries),
            scenarios: names
                .into_iter()
                .map(|name| scenario(name, summaries))
                .collect(),
        }
    }
}

fn run((at, summary): (usize, &Summary<'_>)) -> ComparedRun {
    ComparedRun {
        letter: letter(at),
        run: summary.run.clone(),
        started: summary.record.started.clone(),
        command: summary.command.clone(),
        outcome: summary.outcome,
        headline: summary.headline.clone(),
    }
}

/// `A` to `Z`, then `A2` to `Z2`, and so on.
fn letter(at: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
    match at / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}

/// Circumstances that every run has of its own.
const ALWAYS_UNLIKE: [&str; 2] = ["started", "took"];

/// The circumstances, and the promises, that are not alike in all runs.
fn unlike(summaries: &[Summary<'_>]) -> Vec<Unlike> {
    let mut unlike = Vec::new();
    let Some(first) = summaries.first() else {
        return unlike;
    };
    let mut add = |what: &'static str, values: Vec<String>| {
        if values.windows(2).any(|two| two[0] != two[1]) {
            unlike.push(Unlike { what, values });
        }
    };
    let world = |summary: &Summary<'_>| {
        summary
            .simulated
            .clone()
            .unwrap_or_else(|| "live".to_owned())
    };
    add("world", summaries.iter().map(world).collect());
    for (what, _) in &first.circumstances {
        if ALWAYS_UNLIKE.contains(what) {
            continue;
        }
        let value = |summary: &Summary<'_>| {
            let found = summary.circumstances.iter().find(|(name, _)| name == what);
            found.map_or_else(String::new, |(_, value)| value.clone())
        };
        add(what, summaries.iter().map(value).collect());
    }
    unlike
}

fn scenario(name: &str, summaries: &[Summary<'_>]) -> ComparedScenario {
    let rows: Vec<Option<&Row>> = summaries
        .iter()
        .map(|summary| summary.rows.iter().find(|row| row.scenario == name))
        .collect();
    let line = |what, figure: &dyn Fn(&Row) -> String| ComparedLine {
        what,
        values: rows
            .iter()
            .map(|row| row.map_or_else(|| "-".to_owned(), figure))
            .collect(),
    };
    let count = |side: &Side| match side.failed {
        failed if failed > 0.0 => format!("{} ({failed:.0} failed)", side.iterations),
        _ => side.iterations.to_string(),
    };
    let lines = vec![
        line("promised before", &|row| row.promise.before.to_string()),
        line("before p50", &|row| bounded_seconds(&row.baseline.p50)),
        line("before p95", &|row| bounded_seconds(&row.baseline.p95)),
        line("before n", &|row| count(&row.baseline)),
        line("promised after", &|row| row.promise.after.to_string()),
        line("after p50", &|row| bounded_seconds(&row.candidate.p50)),
        line("after p95", &|row| bounded_seconds(&row.candidate.p95)),
        line("after n", &|row| count(&row.candidate)),
        line("promised speedup", &|row| row.promise.speedup.to_string()),
        line("speedup p50", &|row| bounded_ratio(&row.speedup_p50)),
        line("speedup p95", &|row| bounded_ratio(&row.speedup_p95)),
    ];
    ComparedScenario {
        name: name.to_owned(),
        outcomes: rows.iter().map(|row| row.map(|row| row.outcome)).collect(),
        lines,
    }
}

/// The outcome's word, or `-` where there is none.
fn word(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("-", Outcome::word)
}
