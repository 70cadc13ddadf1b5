//! Several records side by side: what each says of the same promises, and what sets them apart.
//!
//! It puts figures beside each other and claims nothing of their difference: two stored runs differ
//! for many reasons, and the ones that a record knows are listed.
//!
//! ```text
//! record -> Summary -> Excerpt (owned: the record may go)
//!                      Excerpt, Excerpt, ... -> Comparison -> terminal | markdown | html
//! ```

mod excerpt;
mod markdown;
mod terminal;

pub use excerpt::Excerpt;
pub use markdown::comparison_markdown;
pub use terminal::comparison_terminal;

use crate::report::names::each_once;
use crate::verdict::Outcome;
use excerpt::ScenarioExcerpt;

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
    /// The first of the reasons for which it is not GO.
    pub reason: Option<String>,
}

/// Something that is not alike in all runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlike {
    /// What it is: `machine`, `required gates`, ... It may hold the name of a scenario.
    pub what: String,
    /// What it is in each run; `-` where a run does not have it.
    pub values: Vec<String>,
}

/// One scenario in all runs.
#[derive(Debug, Clone)]
pub struct ComparedScenario {
    /// Its name.
    pub name: String,
    /// Its outcome in each run; `None` where a run does not have it.
    pub outcomes: Vec<Option<Outcome>>,
    /// Its figures, then the outcomes of its gates.
    pub lines: Vec<ComparedLine>,
}

/// One figure, or one gate, in all runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedLine {
    /// What it is: `before p50`, `speedup p95`, `gate fresh`, ... It may hold what somebody wrote.
    pub what: String,
    /// It in each run; `-` where a run does not have it.
    pub values: Vec<String>,
}

impl Comparison {
    /// Sets runs side by side, in the order in which they come.
    #[must_use]
    pub fn new(runs: impl IntoIterator<Item = Excerpt>) -> Self {
        let runs: Vec<Excerpt> = runs.into_iter().collect();
        let names = runs.iter().flat_map(|run| &run.scenarios);
        let names = each_once(names.map(|scenario| &scenario.name));
        Self {
            unlike: unlike(&runs),
            scenarios: names
                .into_iter()
                .map(|name| scenario(name, &runs))
                .collect(),
            runs: runs.into_iter().enumerate().map(run).collect(),
        }
    }
}

fn run((at, excerpt): (usize, Excerpt)) -> ComparedRun {
    ComparedRun {
        letter: letter(at),
        run: excerpt.run,
        started: excerpt.started,
        command: excerpt.command,
        outcome: excerpt.outcome,
        headline: excerpt.headline,
        reason: excerpt.reason,
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

/// Stands where a run does not have what the others have.
const LACKING: &str = "-";

/// The value of this name in each run.
fn values<'r>(
    name: &str,
    runs: impl Iterator<Item = Option<&'r Vec<(String, String)>>>,
) -> Vec<Option<&'r String>> {
    let find = |pairs: &'r Vec<(String, String)>| pairs.iter().find(|(what, _)| what == name);
    runs.map(|pairs| pairs.and_then(find).map(|(_, value)| value))
        .collect()
}

fn shown(values: &[Option<&String>]) -> Vec<String> {
    let shown = |value: &Option<&String>| value.map_or_else(|| LACKING.to_owned(), String::clone);
    values.iter().map(shown).collect()
}

/// The facts that are not alike in all runs that have them.
fn unlike(runs: &[Excerpt]) -> Vec<Unlike> {
    let facts = runs.iter().flat_map(|run| &run.facts);
    let names = each_once(facts.map(|(what, _)| what));
    let of_each = |what: &String| values(what, runs.iter().map(|run| Some(&run.facts)));
    names
        .into_iter()
        .map(|what| (what, of_each(what)))
        .filter(|(_, values)| {
            let mut there = values.iter().flatten();
            let first = there.next();
            there.any(|other| Some(other) != first)
        })
        .map(|(what, values)| Unlike {
            what: what.clone(),
            values: shown(&values),
        })
        .collect()
}

fn scenario(name: &str, runs: &[Excerpt]) -> ComparedScenario {
    let of_each: Vec<Option<&ScenarioExcerpt>> = runs
        .iter()
        .map(|run| run.scenarios.iter().find(|one| one.name == name))
        .collect();
    let lines = of_each.iter().flatten().flat_map(|one| &one.lines);
    let names = each_once(lines.map(|(what, _)| what));
    let pairs = || of_each.iter().map(|one| one.map(|one| &one.lines));
    let line = |what: &String| ComparedLine {
        what: what.clone(),
        values: shown(&values(what, pairs())),
    };
    ComparedScenario {
        name: name.to_owned(),
        outcomes: of_each
            .iter()
            .map(|one| one.map(|one| one.outcome))
            .collect(),
        lines: names.into_iter().map(line).collect(),
    }
}

/// The outcome's word, or `-` where there is none.
fn word(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or(LACKING, Outcome::word)
}
