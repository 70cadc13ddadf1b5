//! What a `check` or `run` shall do, resolved from flags, configuration and scenario files before
//! anything is sent or started.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::gates;
use super::looking::Looking;
use super::stores::{Stores, StoresError};
use crate::cli::CheckArgs;
use crate::config::{
    self, BudgetConfig, Config, GatesConfig, RateLimitConfig, RunConfig, TargetConfig, WaiverConfig,
};
use crate::diagnostic::{Colour, Diagnostics, suggest};
use crate::driver::Driver;
use crate::plan::Bounds;
use crate::sandbox::Plant;
use crate::sandbox::profile::{Profile, ProfileError};
use crate::scenario::{self, Measured, Scenario};

/// The configuration that is used when it is there and nothing else is said.
const DEFAULT_CONFIG: &str = "cutover.toml";
/// The folder of scenarios that is named when nothing else is said.
const DEFAULT_SCENARIOS: &str = "scenarios";

/// Why it is not clear what to do; every one is wrong usage or an invalid file.
#[derive(Debug, Error)]
pub(super) enum IntentError {
    /// A file is not valid.
    #[error("{}", .0.render(Colour::for_stderr()).trim_end())]
    Files(Diagnostics),
    /// The latency profile is not valid.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// `--only` names a scenario that does not exist.
    #[error("--only {name}: there is no such scenario; there are {known}")]
    NoSuchScenario { name: String, known: String },
    /// A waiver names a scenario that does not exist.
    #[error("[[gates.waivers]]: there is no scenario `{name}`; {help}")]
    NoSuchWaivedScenario { name: String, help: String },
    /// A chosen scenario cannot be run on a side as it is configured.
    #[error(
        "the scenarios cannot be run against these targets:\n  {}\nAdd the forms to the scenario files, \
         and the variables to `[baseline.variables]` or `[candidate.variables]`; or choose other \
         scenarios with --only",
        .0.join("\n  ")
    )]
    Obstacles(Vec<String>),
    /// Nothing that was chosen only reads.
    #[error(
        "every chosen scenario writes, and only reads are put under load; choose others with --only or --scenarios"
    )]
    NothingReads,
    /// What stands behind the targets is not named as it must be.
    #[error(transparent)]
    Stores(#[from] StoresError),
    /// `--gates` names what is none.
    #[error("--gates {name}: there is no such gate; {help}")]
    NoSuchGate { name: String, help: String },
    /// A planted defect is asked for without a sandbox.
    #[error("--plant works on the sandbox only; leave it out, or add --sandbox")]
    PlantWithoutSandbox,
    /// A scenario writes to live targets without leave.
    #[error(
        "{writes}. Live applications push, mail and sync when something is created. \
         Pass --allow-writes to let it, or choose the other scenarios with --only {others}"
    )]
    WritesNotAllowed { writes: String, others: String },
}

impl IntentError {
    fn no_such_gate((name, help): (String, String)) -> Self {
        Self::NoSuchGate { name, help }
    }
}

/// What is measured.
#[derive(Debug)]
pub(super) enum Ground {
    /// The embedded world.
    Sandbox {
        profile: Profile,
        plant: Option<Plant>,
    },
    /// Two targets that somebody runs.
    Live {
        baseline: TargetConfig,
        candidate: TargetConfig,
    },
}

/// Everything that a run needs to know.
pub(super) struct Intent {
    pub(super) ground: Ground,
    /// Those that promise something.
    pub(super) scenarios: Vec<Measured>,
    /// Every one: the answers of all are compared.
    pub(super) compared: Vec<Scenario>,
    pub(super) budget: BudgetConfig,
    pub(super) gates: GatesConfig,
    /// What stands behind live targets, where something asks for it.
    pub(super) stores: Option<Box<Stores>>,
    /// Whether what was looked at before may end the run.
    pub(super) fail_fast: bool,
    pub(super) rate_limit: RateLimitConfig,
    pub(super) bounds: Bounds,
    pub(super) seed: u64,
    pub(super) output: PathBuf,
    pub(super) writes_allowed: bool,
    /// Said before a live run that writes.
    pub(super) announcement: Option<String>,
}

impl Intent {
    /// Resolves flags and files.
    pub(super) fn resolve(args: &CheckArgs) -> Result<Self, IntentError> {
        Self::of(args, |_| true)
    }

    /// The same for what only reads: scenarios that write are left out.
    pub(super) fn of_reads(args: &CheckArgs) -> Result<Self, IntentError> {
        let intent = Self::of(args, |scenario| !scenario.writes)?;
        if intent.scenarios.is_empty() {
            return Err(IntentError::NothingReads);
        }
        Ok(Self {
            writes_allowed: false,
            ..intent
        })
    }

    fn of(args: &CheckArgs, wanted: impl Fn(&Scenario) -> bool) -> Result<Self, IntentError> {
        let Settings {
            ground,
            budget,
            mut run,
            gates,
            stores,
            rate_limit,
        } = Settings::of(args)?;
        if !args.scenarios.is_empty() {
            run.scenarios.clone_from(&args.scenarios);
        }
        let live = matches!(ground, Ground::Live { .. });
        let all = scenarios(&run.scenarios)?;
        waived_scenarios(&gates.waivers, &all, &args.scenarios)?;
        let mut compared = only(all, &args.only)?;
        compared.retain(wanted);
        let scenarios: Vec<Measured> = compared.iter().cloned().filter_map(Measured::of).collect();
        obstacles(&ground, &scenarios)?;
        let bounds = bounds(args, &run);
        let announcement = live
            .then(|| {
                let is_compared = gates.required.iter().any(|id| id == gates::PARITY);
                let all = if is_compared { &*compared } else { &[] };
                announcement(&scenarios, all, &bounds, args.allow_writes)
            })
            .flatten();
        if let (Some(writes), false) = (&announcement, args.allow_writes) {
            return Err(writes_not_allowed(writes.clone(), &scenarios));
        }
        Ok(Self {
            ground,
            scenarios,
            compared,
            budget,
            gates,
            stores,
            fail_fast: args.fail_fast,
            rate_limit,
            bounds,
            seed: args.seed.unwrap_or(run.seed),
            output: args.output.clone().unwrap_or(run.output),
            writes_allowed: !live || args.allow_writes,
            announcement,
        })
    }
}

/// What a configuration says, or the defaults of the sandbox.
struct Settings {
    ground: Ground,
    budget: BudgetConfig,
    run: RunConfig,
    gates: GatesConfig,
    stores: Option<Box<Stores>>,
    rate_limit: RateLimitConfig,
}

impl Settings {
    fn of(args: &CheckArgs) -> Result<Self, IntentError> {
        let config = configuration(args.config.as_deref(), args.sandbox.is_some())?;
        let required = (!args.gates.is_empty()).then(|| gates::NAMES.all_called(&args.gates));
        let required = required.transpose().map_err(IntentError::no_such_gate)?;
        match config {
            Some(_) if args.plant.is_some() => Err(IntentError::PlantWithoutSandbox),
            Some(config) => Self::live(config, required),
            None => Self::sandbox(args, required),
        }
    }

    fn live(mut config: Config, required: Option<Vec<String>>) -> Result<Self, IntentError> {
        if let Some(required) = required {
            config.gates.require_only(required);
        }
        let stores = Looking::needs_stores(&config.gates.required)
            .then(|| Stores::configured(&config).map(Box::new))
            .transpose()?;
        Ok(Self {
            ground: Ground::Live {
                baseline: config.baseline,
                candidate: config.candidate,
            },
            budget: config.budget,
            run: config.run,
            gates: config.gates,
            stores,
            rate_limit: config.rate_limit,
        })
    }

    fn sandbox(args: &CheckArgs, required: Option<Vec<String>>) -> Result<Self, IntentError> {
        let by_default = || {
            let ids = gates::NAMES.by_default.iter();
            ids.map(|id| (*id).to_owned()).collect()
        };
        Ok(Self {
            ground: Ground::Sandbox {
                profile: Profile::load(args.sandbox.as_deref().unwrap_or("guide"))?,
                plant: args.plant,
            },
            budget: BudgetConfig::default(),
            run: RunConfig::default(),
            gates: GatesConfig {
                required: required.unwrap_or_else(by_default),
                waivers: Vec::new(),
            },
            // They are known when the world runs.
            stores: None,
            rate_limit: RateLimitConfig::default(),
        })
    }
}

/// The configuration that applies; `None` means the sandbox.
pub(super) fn configuration(
    named: Option<&Path>,
    sandbox: bool,
) -> Result<Option<Config>, IntentError> {
    let path = match named {
        _ if sandbox => return Ok(None),
        Some(path) => path,
        None if Path::new(DEFAULT_CONFIG).exists() => Path::new(DEFAULT_CONFIG),
        None => return Ok(None),
    };
    let environment = |name: &str| std::env::var(name).ok();
    config::load(path, gates::NAMES, &environment)
        .map(Some)
        .map_err(IntentError::Files)
}

/// The scenarios of a run: those named; where only the usual folder is named and is not there, those
/// that are built in.
pub(super) fn scenarios(paths: &[PathBuf]) -> Result<Vec<Scenario>, IntentError> {
    let usual = Path::new(DEFAULT_SCENARIOS);
    let found = if paths == [usual] && !usual.exists() {
        scenario::built_in()
    } else {
        scenario::load(paths)
    };
    found.map_err(IntentError::Files)
}

/// Whether each scenario that a waiver names is there: one that is misspelt would waive nothing.
pub(super) fn waived_scenarios(
    waivers: &[WaiverConfig],
    scenarios: &[Scenario],
    of_this_call: &[PathBuf],
) -> Result<(), IntentError> {
    // They may be others than the configuration means; then the reports say which waiver met nothing.
    if !of_this_call.is_empty() {
        return Ok(());
    }
    let is_there = |name: &String| scenarios.iter().any(|scenario| scenario.name == *name);
    let mut named = waivers.iter().filter_map(|waiver| waiver.scenario.as_ref());
    match named.find(|name| !is_there(name)) {
        None => Ok(()),
        Some(name) => Err(IntentError::NoSuchWaivedScenario {
            name: name.clone(),
            help: suggest(name, scenarios.iter().map(|one| one.name.as_str())),
        }),
    }
}

/// Those with these names; all of them when none is named.
pub(super) fn only(
    scenarios: Vec<Scenario>,
    names: &[String],
) -> Result<Vec<Scenario>, IntentError> {
    chosen(scenarios, names, |scenario| &scenario.name)
        .map_err(|(name, known)| IntentError::NoSuchScenario { name, known })
}

/// Those with these names, or all where none is given; else a name that none has, and those that there are.
pub(super) fn chosen<T>(
    all: Vec<T>,
    names: &[String],
    name_of: impl Fn(&T) -> &String,
) -> Result<Vec<T>, (String, String)> {
    let is_unknown = |name: &&String| all.iter().all(|one| name_of(one) != *name);
    if let Some(unknown) = names.iter().find(is_unknown) {
        let known: Vec<&str> = all.iter().map(|one| name_of(one).as_str()).collect();
        return Err((unknown.clone(), known.join(", ")));
    }
    let is_wanted = |one: &T| names.is_empty() || names.contains(name_of(one));
    Ok(all.into_iter().filter(is_wanted).collect())
}

/// Every form that is missing or for another version, and every variable that is not there, on both
/// sides at once.
fn obstacles(ground: &Ground, scenarios: &[Measured]) -> Result<(), IntentError> {
    let none = BTreeMap::new();
    let sides = match ground {
        Ground::Sandbox { .. } => [
            ("baseline", Driver::Http, None, &none),
            ("candidate", Driver::Http, None, &none),
        ],
        Ground::Live {
            baseline,
            candidate,
        } => [("baseline", baseline), ("candidate", candidate)].map(|(side, config)| {
            let version = config.notion_version();
            (side, config.driver(), version, &config.variables)
        }),
    };
    let mut found = Vec::new();
    for (side, driver, version, variables) in sides {
        for scenario in scenarios {
            let version = version.and_then(|version| scenario.version_obstacle(version));
            let obstacles = scenario.obstacles(driver, variables).into_iter();
            let obstacles = version.into_iter().chain(obstacles);
            let name = driver.name();
            found.extend(obstacles.map(|what| format!("{side} (driver `{name}`): {what}")));
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(IntentError::Obstacles(found))
    }
}

fn bounds(args: &CheckArgs, run: &RunConfig) -> Bounds {
    Bounds {
        max_baseline_iterations: args
            .max_baseline_iterations
            .unwrap_or(run.max_baseline_iterations),
        candidate_per_baseline: run.candidate_per_baseline,
        max_writes: run.max_writes,
        max_pause: run.max_pause,
        time_limit: run.time_limit,
    }
}

/// How many objects a run may create on which side; `None` when it creates none. Without leave to
/// write no probe is made and nothing is compared that writes, so that only measured scenarios that write count
/// then.
fn announcement(
    scenarios: &[Measured],
    compared: &[Scenario],
    bounds: &Bounds,
    leave: bool,
) -> Option<String> {
    let writes = |scenario: &&Measured| scenario.writes || (leave && scenario.probe_writes());
    let writing: Vec<&Measured> = scenarios.iter().filter(writes).collect();
    let compared = compared.iter().filter(|scenario| leave && scenario.writes);
    let compared: Vec<&Scenario> = compared.collect();
    if writing.is_empty() && compared.is_empty() {
        return None;
    }
    // The baseline is asked once more where the answers differ.
    let of_comparing = u32::try_from(compared.len()).unwrap_or(u32::MAX);
    let sum = |each: u32| {
        let of =
            |one: &&Measured| u32::from(one.probe_writes()) + if one.writes { each } else { 0 };
        writing.iter().map(of).fold(0, u32::saturating_add)
    };
    let baseline =
        sum(bounds.max_baseline_iterations).saturating_add(of_comparing.saturating_mul(2));
    let candidate = sum(bounds.max_writes).saturating_add(of_comparing);
    let only_compared = compared
        .into_iter()
        .filter(|one| !writing.iter().any(|writing| writing.name == one.name));
    let all: Vec<&Scenario> = writing
        .iter()
        .map(|scenario| &***scenario)
        .chain(only_compared)
        .collect();
    let names: Vec<&str> = all.iter().map(|scenario| scenario.name.as_str()).collect();
    let leaves: String = all
        .iter()
        .filter_map(|one| Some(format!("; {} leaves {}", one.name, one.leaves.as_ref()?)))
        .collect();
    Some(format!(
        "{} will create up to {baseline} objects on the baseline and up to {candidate} on the \
         candidate, each with a marker, and remove them again{leaves}",
        names.join(" and ")
    ))
}

fn writes_not_allowed(writes: String, scenarios: &[Measured]) -> IntentError {
    let others: Vec<&str> = scenarios
        .iter()
        .filter(|s| !s.writes)
        .map(|s| s.name.as_str())
        .collect();
    let others = if others.is_empty() {
        "(there are none)".to_owned()
    } else {
        others.join(" ")
    };
    IntentError::WritesNotAllowed { writes, others }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: &str = "[baseline]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:9\"\n\
         [candidate]\ndriver = \"http\"\nbase_url = \"http://127.0.0.1:10\"\n\
         [candidate.database]\ndirect = \"env:DIRECT_URL\"\n";

    fn config() -> Config {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cutover.toml");
        std::fs::write(&path, SIDES).unwrap();
        let url = |_: &str| Some("postgres://a:b@127.0.0.1:9/c?sslmode=disable".to_owned());
        config::load(&path, gates::NAMES, &url).unwrap()
    }

    #[test]
    fn a_named_database_is_known_where_answers_or_times_are_asked_for() {
        let stores = |required: &str| {
            let settings = Settings::live(config(), Some(vec![required.to_owned()])).unwrap();
            settings.stores.and_then(|stores| stores.rows)
        };
        for required in ["parity", "speedup-p50", "integrity"] {
            assert!(stores(required).is_some(), "{required}");
        }
        assert!(stores("rate-limit").is_none());
    }

    #[test]
    fn a_waiver_of_a_scenario_that_does_not_exist_is_refused_with_the_nearest_name() {
        let scenarios = scenario::built_in().unwrap();
        let of = |scenario: Option<&str>| WaiverConfig {
            gate: "parity".to_owned(),
            scenario: scenario.map(str::to_owned),
            reason: "Ann answers for it".to_owned(),
            expires: jiff::civil::date(2027, 1, 31),
        };
        waived_scenarios(&[of(None), of(Some("task-search"))], &scenarios, &[]).unwrap();
        let misspelt = [of(Some("task-serch"))];
        let refused = waived_scenarios(&misspelt, &scenarios, &[]).unwrap_err();
        let refused = refused.to_string();
        assert!(
            refused.contains("no scenario `task-serch`; did you mean `task-search`?"),
            "{refused}"
        );
        // Of two folders of scenarios each may be run by the one configuration.
        waived_scenarios(&misspelt, &scenarios, &["others".into()]).unwrap();
    }
}
