//! What a comparison of two builds shall do, resolved from flags, configuration and scenario files before
//! anything is sent or started.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::HeaderName;
use secrecy::SecretString;
use url::Url;

use super::intent_error::RegressIntentError;
use crate::cli::{BenchmarkFormat, RegressArgs};
use crate::cmd::intent::{IntentError, configuration, only, scenarios};
use crate::config::{
    Access, Credentials, DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, RunConfig, TargetConfig, api_url,
};
use crate::driver::Driver;
use crate::plan::{Bounds, MOST_ITERATIONS};
use crate::sandbox::Slow;
use crate::sandbox::profile::Profile;
use crate::scenario::Scenario;

/// The quantiles that are compared where none is named.
const QUANTILES: [f64; 2] = [0.5, 0.95];

/// Everything that a comparison needs to know.
pub(super) struct Intent {
    pub(super) source: Source,
    pub(super) seed: u64,
    pub(super) output: PathBuf,
}

/// Where samples come from.
pub(super) enum Source {
    /// Requests of our own.
    Requests(Box<Requests>),
    /// Another program's results.
    Files(BenchmarkFormat),
    /// Another program, run in turns.
    Commands(BenchmarkFormat),
}

/// What is asked of which builds.
pub(super) struct Requests {
    pub(super) ground: Ground,
    pub(super) scenarios: Vec<Scenario>,
    pub(super) quantiles: Vec<f64>,
    pub(super) bounds: Bounds,
    pub(super) writes_allowed: bool,
    /// Said before anything is sent.
    pub(super) announcements: Vec<String>,
}

/// Two of everything, the old build's first.
pub(super) enum Ground {
    /// Two embedded worlds.
    Sandbox {
        profile: Box<Profile>,
        /// What is planted in the new one.
        slow: Option<Slow>,
    },
    /// Two deployments.
    Live(Box<[TargetConfig; 2]>),
    /// Two commands that serve.
    Started { commands: [String; 2], reach: Reach },
    /// Two commits, built and started by one command each.
    Commits {
        revisions: [String; 2],
        build: Option<String>,
        start: String,
        reach: Reach,
    },
}

/// How both builds are reached: as a configuration says it of its candidate.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    credentials: Option<Credentials>,
    headers: Vec<(HeaderName, SecretString)>,
    timeout: Duration,
    connect_timeout: Duration,
    /// What templates know as `target.<name>`.
    pub(super) variables: BTreeMap<String, String>,
    /// Whether the configuration lets secrets go over plain HTTP.
    is_plain: bool,
}

impl Reach {
    /// Without a secret.
    fn bare() -> Self {
        Self {
            credentials: None,
            headers: Vec::new(),
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            variables: BTreeMap::new(),
            is_plain: false,
        }
    }

    fn of(path: &Path, candidate: TargetConfig) -> Result<Self, RegressIntentError> {
        let driver = candidate.driver().name();
        // What is refused without leave stands there with it.
        let is_plain = api_url("[candidate]", candidate.base_url.as_str(), true).is_err();
        let Access::Http {
            credentials,
            headers,
        } = candidate.access
        else {
            let path = path.to_owned();
            return Err(RegressIntentError::Driver { path, driver });
        };
        Ok(Self {
            credentials,
            headers,
            timeout: candidate.timeout,
            connect_timeout: candidate.connect_timeout,
            variables: candidate.variables,
            is_plain,
        })
    }

    /// A build at this place.
    pub(super) fn at(&self, base_url: Url) -> TargetConfig {
        TargetConfig {
            access: Access::Http {
                credentials: self.credentials.clone(),
                headers: self.headers.clone(),
            },
            base_url,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            variables: self.variables.clone(),
        }
    }

    /// A build at the URL that an option gives, with the user and password in it.
    fn at_given(&self, option: &str, value: &str) -> Result<TargetConfig, RegressIntentError> {
        let has_secret =
            self.credentials.is_some() || !self.headers.is_empty() || value.contains('@');
        let (url, credentials) = api_url(option, value, has_secret && !self.is_plain)
            .map_err(RegressIntentError::Files)?;
        let reach = Self {
            credentials: credentials.or_else(|| self.credentials.clone()),
            ..self.clone()
        };
        Ok(reach.at(url))
    }
}

impl Intent {
    /// Resolves flags and files.
    pub(super) fn resolve(args: &RegressArgs) -> Result<Self, RegressIntentError> {
        no_strays(args)?;
        nothing_ignored(args)?;
        let (mut run, reach) = match &args.config {
            Some(path) => configured(path)?,
            None => (RunConfig::default(), Reach::bare()),
        };
        if !args.scenarios.is_empty() {
            run.scenarios.clone_from(&args.scenarios);
        }
        let source = match args.from {
            Some(format) if args.old_bench.is_some() => Source::Commands(format),
            Some(format) if !args.old.is_empty() => Source::Files(format),
            Some(_) => return Err(RegressIntentError::FromAlone),
            None => Source::Requests(Box::new(Requests::resolve(args, &run, &reach)?)),
        };
        Ok(Self {
            source,
            seed: args.seed.unwrap_or(run.seed),
            output: args.output.clone().unwrap_or(run.output),
        })
    }
}

/// Refuses the half of a pair. (The parser asks for nothing that what is given excludes.)
fn no_strays(args: &RegressArgs) -> Result<(), RegressIntentError> {
    let commits = args.old_commit.is_some();
    let strays = [
        (
            "--new",
            "--old",
            !args.new.is_empty() && args.old.is_empty(),
        ),
        (
            "--new-start",
            "--old-start",
            args.new_start.is_some() && args.old_start.is_none(),
        ),
        (
            "--new-bench",
            "--old-bench",
            args.new_bench.is_some() && args.old_bench.is_none(),
        ),
        (
            "--new-commit",
            "--old-commit",
            args.new_commit.is_some() && !commits,
        ),
        ("--build", "--old-commit", args.build.is_some() && !commits),
        ("--start", "--old-commit", args.start.is_some() && !commits),
        (
            "--plant",
            "--sandbox",
            args.plant.is_some() && args.sandbox.is_none(),
        ),
    ];
    let stray = strays.into_iter().find(|(_, _, is_stray)| *is_stray);
    stray.map_or(Ok(()), |(option, owner, _)| {
        Err(RegressIntentError::Stray { option, owner })
    })
}

/// Refuses what would be ignored with another program's results, which settle it themselves.
fn nothing_ignored(args: &RegressArgs) -> Result<(), RegressIntentError> {
    if args.from.is_none() {
        return Ok(());
    }
    let is_files = args.old_bench.is_none();
    let (no_requests, no_start) = ("no request is made", "no build is started");
    let ignored = [
        ("--scenarios", !args.scenarios.is_empty(), no_requests),
        ("--allow-writes", args.allow_writes, no_requests),
        (
            "--samples",
            args.samples.is_some(),
            "the other program settles how many there are",
        ),
        (
            "--warm-up",
            args.warm_up.is_some(),
            "the other program settles what it discards",
        ),
        ("--ready-path", args.ready_path.is_some(), no_start),
        ("--start-timeout", args.start_timeout.is_some(), no_start),
        ("--postgres-bin", args.postgres_bin.is_some(), no_start),
        (
            "--blocks",
            is_files && args.blocks.is_some(),
            "the i-th file of each build is block i",
        ),
        (
            "--looks",
            is_files && args.looks.is_some(),
            "all files are there, so that it looks once, at the end",
        ),
    ];
    let ignored = ignored.into_iter().find(|(_, is_given, _)| *is_given);
    ignored.map_or(Ok(()), |(option, _, reason)| {
        Err(RegressIntentError::Ignored { option, reason })
    })
}

/// What a configuration says of running and of its candidate. One that only lies there is not read: its secrets
/// are for the URL in it.
fn configured(path: &Path) -> Result<(RunConfig, Reach), RegressIntentError> {
    match configuration(Some(path), false)? {
        Some(config) => Ok((config.run, Reach::of(path, config.candidate)?)),
        None => Ok((RunConfig::default(), Reach::bare())),
    }
}

impl Requests {
    fn resolve(
        args: &RegressArgs,
        run: &RunConfig,
        reach: &Reach,
    ) -> Result<Self, RegressIntentError> {
        let (blocks, samples, warm_up) = (args.blocks(), args.samples(), args.warm_up());
        if u64::from(blocks) * u64::from(samples) + u64::from(warm_up) > u64::from(MOST_ITERATIONS)
        {
            return Err(RegressIntentError::TooMany { blocks, samples });
        }
        if !args.ready_path().starts_with('/') {
            return Err(RegressIntentError::ReadyPath(args.ready_path().to_owned()));
        }
        let ground = Ground::of(args, reach)?;
        let is_live = !matches!(ground, Ground::Sandbox { .. });
        let writes_allowed = !is_live || args.allow_writes;
        let chosen = only(scenarios(&run.scenarios)?, &args.only)?;
        let (scenarios, left_out) = measured(chosen, writes_allowed);
        if scenarios.is_empty() {
            let reasons = left_out.join(" ");
            return Err(RegressIntentError::NothingLeft { reasons });
        }
        obstacles(&scenarios, &reach.variables)?;
        let mut announcements = left_out;
        if is_live {
            announcements.extend(written_in_words(args, &scenarios));
        }
        Ok(Self {
            ground,
            scenarios,
            quantiles: match args.quantile.as_slice() {
                [] => QUANTILES.to_vec(),
                given => distinct(given),
            },
            bounds: Bounds {
                max_baseline_iterations: run.max_baseline_iterations,
                candidate_per_baseline: run.candidate_per_baseline,
                max_writes: run.max_writes,
                max_pause: run.max_pause,
                time_limit: run.time_limit,
            },
            writes_allowed,
            announcements,
        })
    }
}

impl Ground {
    fn of(args: &RegressArgs, reach: &Reach) -> Result<Self, RegressIntentError> {
        if let Some(profile) = &args.sandbox {
            return Ok(Self::Sandbox {
                profile: Box::new(Profile::load(profile)?),
                slow: args.plant,
            });
        }
        let reach = reach.clone();
        if let (Some(old), Some(new)) = (&args.old_start, &args.new_start) {
            let commands = [old.clone(), new.clone()];
            return Ok(Self::Started { commands, reach });
        }
        if let (Some(old), Some(start)) = (&args.old_commit, &args.start) {
            let new = args.new_commit.clone().unwrap_or_else(|| "HEAD".to_owned());
            return Ok(Self::Commits {
                revisions: [old.clone(), new],
                build: args.build.clone(),
                start: start.clone(),
                reach,
            });
        }
        let one = |option: &'static str, given: &[String]| match given {
            [url] => reach.at_given(option, url),
            _ => Err(RegressIntentError::OneUrl {
                option,
                count: given.len(),
            }),
        };
        let builds = [one("--old", &args.old)?, one("--new", &args.new)?];
        Ok(Self::Live(Box::new(builds)))
    }
}

/// Ascending, each once.
pub(super) fn distinct(given: &[f64]) -> Vec<f64> {
    let mut quantiles = given.to_vec();
    quantiles.sort_by(f64::total_cmp);
    quantiles.dedup_by(|a, b| a.total_cmp(b).is_eq());
    quantiles
}

fn names(scenarios: &[Scenario]) -> String {
    let names: Vec<&str> = scenarios.iter().map(|one| one.name.as_str()).collect();
    names.join(", ")
}

/// Those that can be measured, and in words those that cannot.
fn measured(chosen: Vec<Scenario>, writes_allowed: bool) -> (Vec<Scenario>, Vec<String>) {
    // A file says by its promise that it is for measuring, as for every other verb.
    let (chosen, compared): (Vec<Scenario>, Vec<Scenario>) = chosen
        .into_iter()
        .partition(|scenario| scenario.promise.is_some());
    let (measured, writing): (Vec<Scenario>, Vec<Scenario>) = chosen
        .into_iter()
        .partition(|scenario| writes_allowed || !scenario.writes);
    let said = |left_out: &[Scenario], why: &str| {
        (!left_out.is_empty())
            .then(|| format!("Left out, because they {why}: {}.", names(left_out)))
    };
    let left_out = [
        said(
            &compared,
            "have no `[promise]` and are for comparing answers alone",
        ),
        said(&writing, "write, which --allow-writes lets them"),
    ];
    (measured, left_out.into_iter().flatten().collect())
}

/// What will be created on live builds, said before it is.
fn written_in_words(args: &RegressArgs, scenarios: &[Scenario]) -> Option<String> {
    let writing: Vec<Scenario> = scenarios.iter().filter(|one| one.writes).cloned().collect();
    let each = args.warm_up() + args.blocks() * args.samples();
    (!writing.is_empty()).then(|| {
        format!(
            "{} will each create up to {each} objects on each build, each with a marker, and remove them again.",
            names(&writing)
        )
    })
}

/// Every form that is missing and every variable that is not there; both builds are asked alike.
fn obstacles(
    scenarios: &[Scenario],
    variables: &BTreeMap<String, String>,
) -> Result<(), IntentError> {
    let found: Vec<String> = scenarios
        .iter()
        .flat_map(|scenario| scenario.obstacles(Driver::Http, variables))
        .collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(IntentError::Obstacles(found))
    }
}
