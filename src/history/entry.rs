//! One run as it is kept: quantiles instead of samples, because it lies in git for years.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::figure;
use crate::record::{
    BlockRecord, BlockSamples, Build, Machine, Origin, Record, Sample, SampleStatus, Side, Tool,
    World,
};
use crate::stats::{SortedSamples, quantile_rank};

/// The version of the form on disk; a reader refuses a newer one.
pub const ENTRY_SCHEMA_VERSION: u32 = 1;

/// The quantiles that are kept of a run that did not decide before which it compares.
const QUANTILES: [f64; 2] = [0.5, 0.95];

/// One run, small enough for git: quantiles, not samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The version of this form.
    pub schema_version: u32,
    /// The run's name.
    pub run: String,
    /// When the run began (RFC 3339).
    pub started: String,
    /// The commit that was measured, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The machine that measured.
    pub machine: Machine,
    /// The harness that measured, or that took over what another program had measured.
    pub tool: Tool,
    /// What measured, and in which world: `check, sandbox guide`, `regress, live`, `criterion`.
    pub source: String,
    /// The versions of what took part, by name: `PostgreSQL` is `16.1`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<String, String>,
    /// The scenarios or benchmarks, each name once.
    pub series: Vec<EntrySeries>,
}

/// One scenario or benchmark of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntrySeries {
    /// Its name.
    pub name: String,
    /// How many samples were taken, failures included.
    pub samples: u64,
    /// How many of them failed.
    pub failed: u64,
    /// `p50` and others, in seconds, each above zero. A failure took forever; a quantile that would be
    /// a failure's is absent.
    pub quantiles: BTreeMap<String, f64>,
}

/// Whose results a run's are that another program measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The run's name.
    pub run: String,
    /// When it began (RFC 3339).
    pub started: String,
    /// The commit that was measured, where it is known.
    pub commit: Option<String>,
    /// The machine that measured.
    pub machine: Machine,
    /// The harness that takes the results over.
    pub tool: Tool,
    /// The other program.
    pub source: String,
}

/// One benchmark that another program measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Its name.
    pub name: String,
    /// Its samples.
    pub samples: BlockSamples,
    /// Whether quantiles other than the median mean anything.
    pub has_tail: bool,
}

impl Entry {
    /// What is kept of a run of `check`: the candidate, for no commit of the team changes Notion.
    ///
    /// The commit of the folder in which the run was made is that of the sandbox alone: what answers at a URL
    /// may be another, and is unknown.
    #[must_use]
    pub fn of_record(record: &Record) -> Self {
        let scenario = |name: &str, samples: &[Sample]| EntrySeries::of(name, samples, &QUANTILES);
        let series = record.scenarios.iter();
        let driver = match record.candidate.driver.as_str() {
            "http" => String::new(),
            other => format!(", driver {other}"),
        };
        Self {
            schema_version: ENTRY_SCHEMA_VERSION,
            run: record.run.clone(),
            started: record.started.clone(),
            commit: commit_here(&record.tool, Some(&record.world)),
            machine: record.machine.clone(),
            tool: record.tool.clone(),
            source: format!("check, {}{driver}", world_name(&record.world)),
            versions: versions(Some(&record.world)),
            series: series
                .map(|one| scenario(&one.name, &one.samples(Side::Candidate)))
                .filter(EntrySeries::is_measured)
                .collect(),
        }
    }

    /// What is kept of a comparison of two builds: the new one, and of its blocks all together. One that
    /// `check` measured is not like it, for there the requests of several lanes meet.
    ///
    /// The commit is the new build's. Where that is not known it is that of the folder of the run for a sandbox,
    /// and unknown for URLs, commands and files.
    #[must_use]
    pub fn of_blocks(record: &BlockRecord) -> Self {
        let origin = match record.settings.origin {
            Origin::Requests => "regress",
            Origin::Criterion => "criterion",
            Origin::Hyperfine => "hyperfine",
            Origin::K6 => "k6",
            Origin::Csv => "csv",
        };
        let source = match &record.world {
            Some(world) => format!("{origin}, {}", world_name(world)),
            None => origin.to_owned(),
        };
        let series = record.series.iter().map(|series| {
            let blocks = series.blocks.iter().map(|block| block.of(Build::New));
            let samples: Vec<Sample> = blocks.flat_map(samples).collect();
            EntrySeries::of(&series.name, &samples, &series.quantiles)
        });
        Self {
            schema_version: ENTRY_SCHEMA_VERSION,
            run: record.run.clone(),
            started: record.started.clone(),
            commit: record
                .new
                .commit
                .clone()
                .or_else(|| commit_here(&record.tool, record.world.as_ref())),
            machine: record.machine.clone(),
            tool: record.tool.clone(),
            source,
            versions: versions(record.world.as_ref()),
            series: series.filter(EntrySeries::is_measured).collect(),
        }
    }

    /// What is kept of another program's results.
    #[must_use]
    pub fn of_series(facts: Facts, series: &[Measured]) -> Self {
        let series = series.iter().map(|one| {
            let quantiles = if one.has_tail {
                &QUANTILES[..]
            } else {
                &QUANTILES[..1]
            };
            let samples: Vec<Sample> = samples(&one.samples).collect();
            EntrySeries::of(&one.name, &samples, quantiles)
        });
        Self {
            schema_version: ENTRY_SCHEMA_VERSION,
            run: facts.run,
            started: facts.started,
            commit: facts.commit,
            machine: facts.machine,
            tool: facts.tool,
            source: facts.source,
            versions: BTreeMap::new(),
            series: series.filter(EntrySeries::is_measured).collect(),
        }
    }

    /// When the run began; `None` when nobody can tell from what stands there.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.started.parse().ok()
    }

    /// What a run that was kept cannot be, and what would be compared wrongly.
    #[must_use]
    pub fn mistake(&self) -> Option<String> {
        if self.run.trim().is_empty() {
            return Some("the run has no name".to_owned());
        }
        if self.time().is_none() {
            return Some(format!("`started` is `{}`, which is no time", self.started));
        }
        let mut names = BTreeSet::new();
        for series in &self.series {
            if !names.insert(&series.name) {
                return Some(format!("the series `{}` stands in it twice", series.name));
            }
            if series.failed > series.samples {
                return Some(format!(
                    "of the {} samples of `{}` {} failed",
                    series.samples, series.name, series.failed
                ));
            }
            let has_time = |seconds: &f64| seconds.is_finite() && *seconds > 0.0;
            let wrong = series.quantiles.iter().find(|(_, value)| !has_time(value));
            if let Some((quantile, value)) = wrong {
                return Some(format!(
                    "the {quantile} of `{}` is {value}, and must be seconds above zero",
                    series.name
                ));
            }
        }
        None
    }

    /// The series with this name.
    #[must_use]
    pub fn series(&self, name: &str) -> Option<&EntrySeries> {
        self.series.iter().find(|series| series.name == name)
    }
}

impl EntrySeries {
    fn of(name: &str, samples: &[Sample], quantiles: &[f64]) -> Self {
        let sorted = SortedSamples::new(samples);
        let of = |q: &f64| {
            let value = sorted.kth_longest(quantile_rank(sorted.len(), *q))?;
            let is_time = value.is_finite() && value > 0.0;
            is_time.then(|| (figure::quantile(*q), value))
        };
        Self {
            name: name.to_owned(),
            samples: sorted.len() as u64,
            failed: (sorted.len() - sorted.successful().len()) as u64,
            quantiles: quantiles.iter().filter_map(of).collect(),
        }
    }

    /// Nothing is known of a scenario that was not reached.
    fn is_measured(&self) -> bool {
        self.samples > 0
    }
}

/// The successes and failures of a build, in the words of a record.
fn samples(samples: &BlockSamples) -> impl Iterator<Item = Sample> {
    let successes = samples.seconds.iter().map(|seconds| Sample {
        seconds: *seconds,
        status: SampleStatus::Ok,
    });
    let failures = samples.failures.iter().map(|failure| Sample {
        seconds: failure.elapsed_s,
        status: failure.status,
    });
    successes.chain(failures)
}

/// The commit of the folder of the run, where what was measured comes from there.
fn commit_here(tool: &Tool, world: Option<&World>) -> Option<String> {
    let commit = tool.commit.clone();
    commit.filter(|_| matches!(world, Some(World::Sandbox(_))))
}

fn world_name(world: &World) -> String {
    match world {
        World::Sandbox(facts) => format!("sandbox {}", facts.profile.name),
        World::Live => "live".to_owned(),
    }
}

fn versions(world: Option<&World>) -> BTreeMap<String, String> {
    let Some(World::Sandbox(facts)) = world else {
        return BTreeMap::new();
    };
    let mut versions = BTreeMap::from([
        ("PostgreSQL".to_owned(), facts.postgres.version.clone()),
        (
            "durability".to_owned(),
            facts.postgres.durability.join(", "),
        ),
        ("latencies".to_owned(), facts.profile.source.clone()),
    ]);
    if let Some(filesystem) = &facts.postgres.filesystem {
        versions.insert("file system".to_owned(), filesystem.clone());
    }
    versions
}
