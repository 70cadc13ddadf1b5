//! What `regress` takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};

use super::OutputStyle;
use crate::sandbox::Slow;
use crate::units::parse_duration;

/// What `regress` takes.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("builds").required(true).args(["old", "old_start", "old_commit", "old_bench", "sandbox"]))]
pub struct RegressArgs {
    /// The old build's URL; with `--from` its files or folders, the i-th of which is block i
    #[arg(long, value_name = "URL|PATH", num_args = 1.., requires = "new")]
    pub old: Vec<String>,
    /// The new build's URL; with `--from` its files or folders
    #[arg(long, value_name = "URL|PATH", num_args = 1.., requires = "old")]
    pub new: Vec<String>,
    /// The command that starts the old build, which serves http://127.0.0.1:$PORT
    #[arg(long, value_name = "COMMAND", requires = "new_start")]
    pub old_start: Option<String>,
    /// The command that starts the new build
    #[arg(long, value_name = "COMMAND", requires = "old_start")]
    pub new_start: Option<String>,
    /// The old build's commit, which `--build` builds and `--start` starts in a checkout of its own
    #[arg(long, value_name = "REV", requires = "start")]
    pub old_commit: Option<String>,
    /// The new build's commit
    #[arg(
        long,
        value_name = "REV",
        requires = "old_commit",
        default_value_if("old_commit", clap::builder::ArgPredicate::IsPresent, "HEAD")
    )]
    pub new_commit: Option<String>,
    /// The command that builds a checkout
    #[arg(long, value_name = "COMMAND", requires = "old_commit")]
    pub build: Option<String>,
    /// The command that starts what was built, which serves http://127.0.0.1:$PORT
    #[arg(long, value_name = "COMMAND", requires = "old_commit")]
    pub start: Option<String>,
    /// Compare two of the embedded sandbox, with this latency profile
    #[arg(long, value_name = "PROFILE", num_args = 0..=1, default_missing_value = "guide")]
    pub sandbox: Option<String>,
    /// Make the sandbox's new build slower, to see that it is found: slow=15%
    #[arg(long, value_name = "slow=PERCENT", requires = "sandbox")]
    pub plant: Option<Slow>,
    /// Whose results `--old` and `--new`, or the two benches, give
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub from: Option<BenchmarkFormat>,
    /// The command of the old build's benchmarks, run in turns with the new one's
    #[arg(long, value_name = "COMMAND", requires_all = ["new_bench", "from"])]
    pub old_bench: Option<String>,
    /// The command of the new build's benchmarks
    #[arg(long, value_name = "COMMAND", requires = "old_bench")]
    pub new_bench: Option<String>,
    /// Of k6: which metric
    #[arg(long, value_name = "NAME", requires = "from")]
    pub metric: Option<String>,
    /// A configuration whose `[candidate]` has the headers and credentials for both builds
    #[arg(long, value_name = "FILE", conflicts_with = "sandbox")]
    pub config: Option<PathBuf>,
    /// Scenario files, or folders of them [default: scenarios, or those that are built in]
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub scenarios: Vec<PathBuf>,
    /// Only the scenarios with these names; with `--from` only these benchmarks
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub only: Vec<String>,
    /// What every random choice follows from
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How many blocks at most; at least 5 [default: 20]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(5..=10_000))]
    pub blocks: Option<u32>,
    /// How many samples of each build and scenario in a block [default: 50]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub samples: Option<u32>,
    /// How many iterations of each build and scenario are made first and discarded; they tell whether a build
    /// has the scenario at all [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub warm_up: Option<u32>,
    /// The change that nobody minds
    #[arg(long, value_name = "PERCENT", default_value = "5%", value_parser = parse_percent)]
    pub margin: f64,
    /// The quantiles that are compared [default: 0.5 0.95; of criterion 0.5]
    #[arg(long, value_name = "Q", num_args = 1.., value_parser = parse_quantile)]
    pub quantile: Vec<f64>,
    /// How often the run may look whether all is decided; 1: at its end only [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub looks: Option<u32>,
    /// The path that a started build answers when it is ready [default: /]
    #[arg(long, value_name = "PATH")]
    pub ready_path: Option<String>,
    /// How long a build may take to start [default: 60s]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub start_timeout: Option<Duration>,
    /// Let scenarios that write create objects on both builds
    #[arg(long)]
    pub allow_writes: bool,
    /// Where the run's folder is made [default: reports]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The folder with PostgreSQL's initdb and postgres, for the sandbox [default: search for it]
    #[arg(long, value_name = "DIR")]
    pub postgres_bin: Option<PathBuf>,
    /// How much to print.
    #[command(flatten)]
    pub output_style: OutputStyle,
}

/// What holds where nothing is said. It is no default of the parser: an option that means nothing beside
/// others is refused, so that it must be known whether it was given.
impl RegressArgs {
    /// Blocks at most.
    #[must_use]
    pub fn blocks(&self) -> u32 {
        self.blocks.unwrap_or(20)
    }

    /// Samples of each build and scenario in a block.
    #[must_use]
    pub fn samples(&self) -> u32 {
        self.samples.unwrap_or(50)
    }

    /// Iterations of each build and scenario that are discarded.
    #[must_use]
    pub fn warm_up(&self) -> u32 {
        self.warm_up.unwrap_or(3)
    }

    /// How often the run may look whether all is decided.
    #[must_use]
    pub fn looks(&self) -> u32 {
        self.looks.unwrap_or(4)
    }

    /// The path that a started build answers when it is ready.
    #[must_use]
    pub fn ready_path(&self) -> &str {
        self.ready_path.as_deref().unwrap_or("/")
    }

    /// How long a build may take to start.
    #[must_use]
    pub fn start_timeout(&self) -> Duration {
        self.start_timeout.unwrap_or(Duration::from_secs(60))
    }
}

/// Whose results a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchmarkFormat {
    /// criterion's folder (target/criterion).
    Criterion,
    /// hyperfine's `--export-json`.
    Hyperfine,
    /// k6's `--out json=FILE`.
    K6Json,
    /// k6's `--out csv=FILE`.
    K6Csv,
    /// A CSV with the column `seconds`, and `name` and `status` where there are any.
    Csv,
}

/// `5%` as 0.05.
fn parse_percent(text: &str) -> Result<f64, String> {
    let help = "write a percentage above 0, at most 1000%, like 5%";
    let number = text.trim().strip_suffix('%').ok_or(help)?;
    let percent: f64 = number.trim().parse().map_err(|_| help)?;
    let is_one = percent > 0.0 && percent <= 1000.0;
    is_one
        .then_some(percent / 100.0)
        .ok_or_else(|| help.to_owned())
}

fn parse_quantile(text: &str) -> Result<f64, String> {
    let help = "write a number between 0 and 1, like 0.95";
    let quantile: f64 = text.parse().map_err(|_| help)?;
    (quantile > 0.0 && quantile < 1.0)
        .then_some(quantile)
        .ok_or_else(|| help.to_owned())
}
