//! The command line: clap structs only; `cmd` turns them into intent.

mod history;
mod regress;

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::DEFAULT_SEED;
use crate::sandbox::Plant;
use crate::units::{Rate, Ratio, parse_duration};

pub use history::{HistoryArgs, HistoryCommand, HistoryFormat};
pub use regress::{BenchmarkFormat, RegressArgs};

/// Measures two backends with the same scenarios, within the slow one's rate limit, and decides
/// whether the promised speedup holds before the cutover.
#[derive(Debug, Parser)]
#[command(name = "cutover", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 GO or OK, 1 NO-GO or REGRESSION, 2 wrong usage or an invalid file, \
    3 INCONCLUSIVE, 4 the world is not as needed, 130 interrupted."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measure both sides and come to a verdict (the embedded sandbox without a cutover.toml)
    Check(CheckArgs),
    /// Measure both sides and keep the record, without a verdict
    Run(CheckArgs),
    /// Hold every page of Notion against its row in PostgreSQL, and come to a verdict
    Integrity(IntegrityArgs),
    /// Ask both sides for the same and compare what they answer, without measuring
    Parity(ParityArgs),
    /// Let the candidate bear a constant rate of reads, and see whether it has a limit
    Capacity(CapacityArgs),
    /// Judge a record, or any samples in a CSV file, again
    Judge(JudgeArgs),
    /// Make the reports of a record again, or set several records side by side
    Report(ReportArgs),
    /// Is the new build slower than the old one? Both are measured in turns
    Regress(Box<RegressArgs>),
    /// Keep runs, and see when they changed
    History {
        /// What to do with them.
        #[command(subcommand)]
        command: HistoryCommand,
    },
    /// Look after scenario files
    Scenario {
        /// What to do with them.
        #[command(subcommand)]
        command: ScenarioCommand,
    },
    /// Run the embedded world until Ctrl-C
    Sandbox(SandboxArgs),
    /// Measure Notion itself a few times and write a latency profile for the sandbox
    Probe(ProbeArgs),
    /// Remove what killed runs left on the targets, and nothing else
    Clean(CleanArgs),
    /// Write a commented cutover.toml
    Init(InitArgs),
    /// Print the completions for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// The verbs about scenario files.
#[derive(Debug, Subcommand)]
pub enum ScenarioCommand {
    /// Check every scenario file and print every error in them
    Check {
        /// Files, or folders of `*.toml` files.
        #[arg(default_value = "scenarios")]
        paths: Vec<PathBuf>,
    },
    /// Print the JSON Schema of a scenario file
    Schema,
}

/// What `check` and `run` take.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The configuration with the two targets [default: cutover.toml, when it is there]
    #[arg(long, value_name = "FILE", conflicts_with = "sandbox")]
    pub config: Option<PathBuf>,
    /// Measure the embedded sandbox, with this latency profile: guide, brisk, rough, none, or a file
    #[arg(long, value_name = "PROFILE", num_args = 0..=1, default_missing_value = "guide")]
    pub sandbox: Option<String>,
    /// Scenario files, or folders of them [default: scenarios, or those that are built in]
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub scenarios: Vec<PathBuf>,
    /// Only the scenarios with these names
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub only: Vec<String>,
    /// What every random choice follows from
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Stop a scenario after this many baseline iterations
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_baseline_iterations: Option<u32>,
    /// Where the run's folder is made [default: reports]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Let scenarios that write create objects on live targets
    #[arg(long)]
    pub allow_writes: bool,
    /// Only these gates must hold, whatever the configuration requires; what no gate asks for is not looked at
    #[arg(long, value_name = "GATE", num_args = 1..)]
    pub gates: Vec<String>,
    /// Measure nothing when what was looked at before refutes a gate already
    #[arg(long)]
    pub fail_fast: bool,
    /// The limit of the sandbox's Notion
    #[arg(long, value_enum, default_value_t = NotionLimit::Both)]
    pub notion_limit: NotionLimit,
    /// The folder with PostgreSQL's initdb and postgres, for the sandbox [default: search for it]
    #[arg(long, value_name = "DIR")]
    pub postgres_bin: Option<PathBuf>,
    /// Write the report's charts as PNG too
    #[arg(long)]
    pub png: bool,
    /// Plant a defect in the sandbox, to see that it is found
    #[arg(long, value_enum, value_name = "NAME")]
    pub plant: Option<Plant>,
    /// How much to print.
    #[command(flatten)]
    pub output_style: OutputStyle,
}

/// What `capacity` takes.
#[derive(Debug, Args)]
pub struct CapacityArgs {
    /// The configuration with the two targets [default: cutover.toml, when it is there]
    #[arg(long, value_name = "FILE", conflicts_with = "sandbox")]
    pub config: Option<PathBuf>,
    /// Load the embedded sandbox, with this latency profile: guide, brisk, rough, none, or a file
    #[arg(long, value_name = "PROFILE", num_args = 0..=1, default_missing_value = "guide")]
    pub sandbox: Option<String>,
    /// How many requests are due in which time [default: 30/s, ten times Notion's limit]
    #[arg(long, value_name = "RATE")]
    pub rate: Option<Rate>,
    /// How long [default: 20s]
    #[arg(long = "for", value_name = "TIME", value_parser = parse_duration)]
    pub lasts: Option<Duration>,
    /// Scenario files, or folders of them; those that write are left out [default: scenarios, or those
    /// that are built in]
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub scenarios: Vec<PathBuf>,
    /// Only the scenarios with these names
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub only: Vec<String>,
    /// What every random choice follows from
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Where the run's folder is made [default: reports]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The folder with PostgreSQL's initdb and postgres, for the sandbox [default: search for it]
    #[arg(long, value_name = "DIR")]
    pub postgres_bin: Option<PathBuf>,
    /// Plant a defect in the sandbox, to see that it is found
    #[arg(long, value_enum, value_name = "NAME")]
    pub plant: Option<Plant>,
    /// How much to print.
    #[command(flatten)]
    pub output_style: OutputStyle,
}

impl ValueEnum for Plant {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let value = PossibleValue::new(self.name()).help(self.says());
        Some(value.aliases(self.aliases()))
    }
}

/// How much to print, and in which form.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputStyle {
    /// Print nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
    /// Print the result as JSON on standard output
    #[arg(long)]
    pub json: bool,
}

/// What `parity` takes.
#[derive(Debug, Args)]
pub struct ParityArgs {
    /// The configuration with the two targets [default: cutover.toml, when it is there]
    #[arg(long, value_name = "FILE", conflicts_with = "sandbox")]
    pub config: Option<PathBuf>,
    /// Compare the two sides of the embedded sandbox, with this latency profile: none, guide, brisk, rough,
    /// or a file
    #[arg(long, value_name = "PROFILE", num_args = 0..=1, default_missing_value = "none")]
    pub sandbox: Option<String>,
    /// Plant a defect in the sandbox, to see that it is found
    #[arg(long, value_enum, value_name = "NAME")]
    pub plant: Option<Plant>,
    /// Scenario files, or folders of them [default: scenarios, or those that are built in]
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub scenarios: Vec<PathBuf>,
    /// Only the scenarios with these names
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub only: Vec<String>,
    /// How many different inputs are compared of each scenario that only reads [default: as its file says]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub draws: Option<u32>,
    /// Let scenarios that write create objects on live targets
    #[arg(long)]
    pub allow_writes: bool,
    /// What every random choice follows from
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
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

/// The limits that the simulator can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NotionLimit {
    /// 180 requests in each window of 60 seconds
    Window,
    /// 3 requests a second on average, with some burst
    Average,
    /// Both at once
    Both,
}

/// What `integrity` takes.
#[derive(Debug, Args)]
pub struct IntegrityArgs {
    /// The export of Notion: pages as its API answers them, as the migration guide's script writes them
    #[arg(long, value_name = "FILE", conflicts_with = "sandbox")]
    pub export: Option<PathBuf>,
    /// Read Notion itself instead, that of --config or the sandbox's: a request for a hundred pages, and one for
    /// the text inside each
    #[arg(long, conflicts_with = "export")]
    pub live: bool,
    /// The database that received them; env:NAME takes the URL from the environment
    #[arg(long, value_name = "URL|env:NAME", conflicts_with = "sandbox")]
    pub database: Option<String>,
    /// Take from this configuration what is not given: the database of `[candidate.database]`, what stands
    /// in `[integrity]`, else the export of `[backups]`, for --live the Notion of `[baseline.notion]`
    #[arg(long, value_name = "FILE", conflicts_with = "sandbox")]
    pub config: Option<PathBuf>,
    /// Which property became which column: tomos, sandbox, or a file [default: tomos; of --sandbox its own]
    #[arg(long, value_name = "FILE|NAME")]
    pub mapping: Option<String>,
    /// Which page became which row, where the importer kept books: {"tasks": {"page id": "row id"}}
    #[arg(long, value_name = "FILE")]
    pub id_map: Option<PathBuf>,
    /// Leave out the text inside pages; then the verdict is INCONCLUSIVE at best
    #[arg(long)]
    pub no_bodies: bool,
    /// Compare the embedded sandbox's Notion with its PostgreSQL
    #[arg(long)]
    pub sandbox: bool,
    /// Plant a defect in the sandbox, to see that it is found
    #[arg(long, value_enum, value_name = "NAME")]
    pub plant: Option<Plant>,
    /// What the sandbox's world follows from
    #[arg(long, value_name = "N", requires = "sandbox")]
    pub seed: Option<u64>,
    /// The folder with PostgreSQL's initdb and postgres, for the sandbox [default: search for it]
    #[arg(long, value_name = "DIR", requires = "sandbox")]
    pub postgres_bin: Option<PathBuf>,
    /// Where the run's folder is made [default: reports]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// How much to print.
    #[command(flatten)]
    pub output_style: OutputStyle,
}

/// What `judge` takes.
#[derive(Debug, Args)]
pub struct JudgeArgs {
    /// A record.json or blocks.json, a run's folder, or a CSV file with the columns side, seconds, status
    pub input: PathBuf,
    /// For a CSV file: the speedup to hold the candidate to, like 20x
    #[arg(long, value_name = "RATIO")]
    pub speedup: Option<Ratio>,
    /// For a CSV file: the quantile at which it must hold, between 0 and 1 [default: 0.5]
    #[arg(long, value_name = "Q")]
    pub quantile: Option<f64>,
    /// For a CSV file with a column scenario: the one to judge
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// How much to print.
    #[command(flatten)]
    pub output_style: OutputStyle,
}

/// What `report` takes.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// A record.json or blocks.json, or a run's folder; several records are set side by side [default: the newest
    /// in reports]
    #[arg(value_name = "RECORD")]
    pub records: Vec<PathBuf>,
    /// What to make of it [default: terminal]
    #[arg(long, value_enum, conflicts_with = "all")]
    pub format: Option<Format>,
    /// Write all files of a run's folder, beside the record or into the folder of --output
    #[arg(long)]
    pub all: bool,
    /// With --all: the charts as PNG too
    #[arg(long, requires = "all")]
    pub png: bool,
    /// Where to write [default: standard output]
    #[arg(long, short, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Show the page in the browser; several records without --output: from a temporary folder
    #[arg(long)]
    pub open: bool,
}

/// What can be made of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The verdict as text
    Terminal,
    /// The page: one file, without scripts
    Html,
    /// For a pull request or a step summary
    Markdown,
    /// JUnit's XML: one suite a scenario, one case a gate
    Junit,
    /// Every iteration
    Csv,
    /// An HdrHistogram interval log
    Hlog,
    /// The verdict as JSON
    Verdict,
    /// Bencher Metric Format
    Bencher,
    /// The smaller-is-better list of github-action-benchmark
    BenchmarkAction,
    /// The text format of Prometheus, for a push gateway
    Prometheus,
    /// Of a comparison of builds: the lines that GitHub's log shows beside the change
    Annotations,
}

impl Format {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// What `sandbox` takes.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// The profile of delays and faults: guide, brisk, rough, none, or a file
    #[arg(long, value_name = "PROFILE", default_value = "guide")]
    pub profile: String,
    /// What the world and its noise follow from
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED)]
    pub seed: u64,
    /// The limit of the simulated Notion
    #[arg(long, value_enum, default_value_t = NotionLimit::Both)]
    pub notion_limit: NotionLimit,
    /// A limit of the whole simulated workspace, in windows: 1500/300s [default: none]
    #[arg(long, value_name = "RATE")]
    pub notion_workspace_limit: Option<Rate>,
    /// Serve these pages of Notion (an export or a snapshot) from the simulated Notion, which then stands
    /// alone: without the two APIs and PostgreSQL
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id_map", "postgres_bin", "plant"])]
    pub notion_export: Option<PathBuf>,
    /// Write the simulated Notion's pages with their blocks to this file, as the migration guide's export
    #[arg(long, value_name = "FILE", conflicts_with = "notion_export")]
    pub write_export: Option<PathBuf>,
    /// Write the map from Notion ids to PostgreSQL ids to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub id_map: Option<PathBuf>,
    /// The folder with PostgreSQL's initdb and postgres [default: search for it]
    #[arg(long, value_name = "DIR")]
    pub postgres_bin: Option<PathBuf>,
    /// Plant a defect, to see that it is found
    #[arg(long, value_enum, value_name = "NAME")]
    pub plant: Option<Plant>,
    /// Print one line of JSON when all is ready
    #[arg(long)]
    pub json: bool,
}

/// What `probe` takes. The token comes from the environment: `NOTION_TOKEN`.
#[derive(Debug, Args)]
pub struct ProbeArgs {
    /// The id of a database that is shared with the integration
    #[arg(long, value_name = "ID")]
    pub database: String,
    /// The configuration whose baseline is Notion: its URL, time-outs and budget
    #[arg(long, value_name = "FILE", conflicts_with = "base_url")]
    pub config: Option<PathBuf>,
    /// Where Notion's API is, without /v1; https unless on this machine [default: Notion's own]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// How often each endpoint is asked (queries twice as often; search, users, blocks and comments at most
    /// three times): 57 requests for 8, and 19 more with --allow-writes
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub samples: u32,
    /// Create one page, change it, append blocks, comment on it and archive it, to measure writes too
    #[arg(long)]
    pub allow_writes: bool,
    /// Where to write the profile
    #[arg(
        long,
        short,
        value_name = "FILE",
        default_value = "notion-profile.toml"
    )]
    pub output: PathBuf,
}

/// What `clean` takes.
#[derive(Debug, Args)]
pub struct CleanArgs {
    /// The folder with the runs' folders, or one run's folder
    #[arg(default_value = "reports")]
    pub reports: PathBuf,
    /// The configuration with the two targets
    #[arg(long, value_name = "FILE", default_value = "cutover.toml")]
    pub config: PathBuf,
    /// How much to print.
    #[command(flatten)]
    pub output_style: OutputStyle,
}

/// What `init` takes.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where to write it
    #[arg(default_value = "cutover.toml")]
    pub path: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}
