//! From the text of `cutover.toml` to a configuration.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::gates::GatesTable;
use super::integrity::IntegrityTable;
use super::rate_limit::RateLimitTable;
use super::stores::{BackupsTable, DatabaseTable, NotionTable};
use super::target::{TargetTable, must_be_two};
use super::{BudgetConfig, Config, ConfigErrors, GateNames, RunConfig, mask};
use crate::diagnostic::{
    At, Complaints, Diagnostic, Diagnostics, FromToml, Node, Section, Source, read,
};
use crate::units::Rate;

/// The environment, as the caller lets it be seen.
pub(super) struct Variables<'e> {
    env: &'e dyn Fn(&str) -> Option<String>,
}

/// The name in `env:NAME`: `None` for another text, an error for what cannot be a name.
pub(super) fn variable(text: &str) -> Option<Result<&str, ()>> {
    let name = text.strip_prefix("env:")?;
    let right = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    Some(if right { Ok(name) } else { Err(()) })
}

impl Variables<'_> {
    /// The text itself, or the value of the variable that it names.
    pub(super) fn resolve(&self, text: &At<String>, complaints: &Complaints) -> Option<String> {
        let name = match variable(&text.value) {
            None => return Some(text.value.clone()),
            Some(Ok(name)) => name,
            Some(Err(())) => {
                let message = "after `env:` stands the name of an environment variable";
                let help = "write letters, digits and `_` only: `env:BASELINE_URL`";
                complaints.add(&text.span, message, help);
                return None;
            }
        };
        let value = (self.env)(name).filter(|value| !value.is_empty());
        if value.is_none() {
            complaints.add(
                &text.span,
                format!("the environment variable `{name}` is not set, or is empty"),
                format!("set `{name}` before cutover runs"),
            );
        }
        value
    }
}

/// Reads and checks a file.
pub(super) fn file(
    path: &Path,
    gates: GateNames<'_>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigErrors> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("{}: {error}", path.display());
            let help = "`cutover init` writes a configuration to begin with";
            let mistakes = vec![Diagnostic::without_place(message, help)];
            return Err(Diagnostics::of(mistakes));
        }
    };
    text_of(path, &text, gates, env)
}

/// Checks the text of a file.
pub(super) fn text_of(
    path: &Path,
    text: &str,
    gates: GateNames<'_>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigErrors> {
    let complaints = Complaints::new(Source::new(path, &mask::secrets(text)));
    let config = read(text, &complaints, |table| {
        let section = Section::new("the configuration", table, 0..0, &complaints);
        config(section, gates, &Variables { env }, &complaints)
    });
    match config.flatten() {
        Some(config) if complaints.is_empty() => Ok(config),
        _ => Err(Diagnostics::of(complaints.into_sorted())),
    }
}

fn config(
    mut section: Section<'_>,
    names: GateNames<'_>,
    variables: &Variables<'_>,
    complaints: &Complaints,
) -> Option<Config> {
    let baseline = section.required::<BaselineTable>("baseline", "`[baseline]`, the slow side");
    let candidate = section.required::<CandidateTable>("candidate", "`[candidate]`, the new side");
    let run = section.optional::<RunTable>("run").map(|run| run.value);
    let gates = section.optional::<GatesTable>("gates");
    let backups = section.optional::<BackupsTable>("backups");
    let integrity = section.optional::<IntegrityTable>("integrity");
    let rate_limit = section.optional::<RateLimitTable>("rate_limit");
    section.finish();
    let (target, budget, notion) = baseline.map_or((None, None, None), |baseline| {
        let BaselineTable {
            target,
            budget,
            notion,
        } = baseline.value;
        (Some(target), budget, notion)
    });
    let (candidate, database) = candidate.map_or((None, None), |candidate| {
        let CandidateTable { target, database } = candidate.value;
        (Some(target), database)
    });
    let place = candidate.as_ref().and_then(TargetTable::place);
    // Every part is resolved before the first `?`, so that each tells its own mistakes.
    let baseline = target.and_then(|table| table.resolve(variables, complaints));
    let candidate = candidate.and_then(|table| {
        table.must_not_be_limited(complaints);
        table.resolve(variables, complaints)
    });
    must_be_two(baseline.as_ref(), candidate.as_ref(), place, complaints);
    let database = database.and_then(|table| table.value.resolve(variables, complaints));
    let notion = notion.and_then(|table| {
        let table = table.value;
        table.resolve(baseline.as_ref(), variables, complaints)
    });
    let backups = backups.and_then(|table| table.value.resolve(variables, complaints));
    let budget = budget.map_or(Some(BudgetConfig::default()), |budget| {
        budget.value.resolve(complaints)
    });
    let run = run.map_or(Some(RunConfig::default()), |run| run.resolve(complaints));
    let gates = gates.map(|gates| gates.value).unwrap_or_default();
    let gates = gates.resolve(names, complaints);
    let integrity = integrity.map(|table| table.value).unwrap_or_default();
    let rate_limit = rate_limit.map(|table| table.value).unwrap_or_default();
    let rate_limit = rate_limit.resolve(complaints);
    Some(Config {
        baseline: baseline?,
        candidate: candidate?,
        budget: budget?,
        run: run?,
        gates,
        // One that could not be read has been complained about.
        database,
        notion,
        backups,
        integrity: integrity.resolve(),
        rate_limit: rate_limit?,
    })
}

struct BaselineTable {
    target: TargetTable,
    budget: Option<At<BudgetTable>>,
    notion: Option<At<NotionTable>>,
}

impl FromToml for BaselineTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the baseline")?;
        let target = TargetTable::from_section(&mut section);
        let budget = section.optional("budget");
        let notion = section.optional("notion");
        section.finish();
        Some(Self {
            target,
            budget,
            notion,
        })
    }
}

struct CandidateTable {
    target: TargetTable,
    database: Option<At<DatabaseTable>>,
}

impl FromToml for CandidateTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the candidate")?;
        let target = TargetTable::from_section(&mut section);
        let database = section.optional("database");
        section.finish();
        Some(Self { target, database })
    }
}

struct BudgetTable {
    rate: Option<At<Rate>>,
    headroom: Option<At<f64>>,
}

impl FromToml for BudgetTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the budget")?;
        let budget = Self {
            rate: section.optional("rate"),
            headroom: section.optional("headroom"),
        };
        section.finish().then_some(budget)
    }
}

impl BudgetTable {
    fn resolve(self, complaints: &Complaints) -> Option<BudgetConfig> {
        let default = BudgetConfig::default();
        let headroom = self.headroom.map(|headroom| {
            let right = (0.0..1.0).contains(&headroom.value);
            if !right {
                let message = "the headroom is a share of the rate, from 0 to less than 1";
                complaints.add(&headroom.span, message, "write 0.02 to leave 2 % unused");
            }
            right.then_some(headroom.value)
        });
        Some(BudgetConfig {
            rate: self.rate.map_or(default.rate, |rate| rate.value),
            headroom: headroom.unwrap_or(Some(default.headroom))?,
        })
    }
}

struct RunTable {
    scenarios: Option<At<Vec<At<String>>>>,
    output: Option<At<String>>,
    seed: Option<At<u64>>,
    max_baseline_iterations: Option<At<u32>>,
    candidate_per_baseline: Option<At<u32>>,
    max_writes: Option<At<u32>>,
    max_pause: Option<At<Duration>>,
    time_limit: Option<At<Duration>>,
}

impl FromToml for RunTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the run")?;
        let run = Self {
            scenarios: section.optional("scenarios"),
            output: section.optional("output"),
            seed: section.optional("seed"),
            max_baseline_iterations: section.optional("max_baseline_iterations"),
            candidate_per_baseline: section.optional("candidate_per_baseline"),
            max_writes: section.optional("max_writes"),
            max_pause: section.optional("max_pause"),
            time_limit: section.optional("time_limit"),
        };
        section.finish();
        Some(run)
    }
}

impl RunTable {
    fn resolve(self, complaints: &Complaints) -> Option<RunConfig> {
        let default = RunConfig::default();
        if let Some(empty) = self.scenarios.as_ref().filter(|list| list.value.is_empty()) {
            let help = "name scenario files or folders of them, or leave the key out";
            complaints.add(&empty.span, "no scenario would run", help);
        }
        let at_least_one = |count: Option<At<u32>>, default: u32| match count {
            Some(At { value: 0, span }) => {
                complaints.add(&span, "this must be at least 1", "write 1 or more");
                None
            }
            count => Some(count.map_or(default, |count| count.value)),
        };
        let iterations = at_least_one(
            self.max_baseline_iterations,
            default.max_baseline_iterations,
        );
        let candidate = at_least_one(self.candidate_per_baseline, default.candidate_per_baseline);
        let writes = at_least_one(self.max_writes, default.max_writes);
        let pause = more_than_nothing(self.max_pause, default.max_pause, complaints);
        let limit = more_than_nothing(self.time_limit, default.time_limit, complaints);
        let paths = |list: At<Vec<At<String>>>| {
            let paths = list.value.into_iter();
            paths.map(|path| PathBuf::from(path.value)).collect()
        };
        Some(RunConfig {
            scenarios: self.scenarios.map_or(default.scenarios, paths),
            output: self.output.map_or(default.output, |path| path.value.into()),
            seed: self.seed.map_or(default.seed, |seed| seed.value),
            max_baseline_iterations: iterations?,
            candidate_per_baseline: candidate?,
            max_writes: writes?,
            max_pause: pause?,
            time_limit: limit?,
        })
    }
}

/// A duration that is not zero.
pub(super) fn more_than_nothing(
    duration: Option<At<Duration>>,
    default: Duration,
    complaints: &Complaints,
) -> Option<Duration> {
    match duration {
        Some(At { value, span }) if value.is_zero() => {
            complaints.add(
                &span,
                "this must be more than nothing",
                "write a time like `10s`",
            );
            None
        }
        duration => Some(duration.map_or(default, |duration| duration.value)),
    }
}
