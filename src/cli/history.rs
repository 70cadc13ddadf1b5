//! What `history` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::{BenchmarkFormat, OutputStyle};

/// The verbs about the runs that are kept.
#[derive(Debug, Subcommand)]
pub enum HistoryCommand {
    /// Keep a run: one small file in a folder that suits git
    Add {
        /// A record.json or blocks.json, a run's folder, or another program's results with `--from`
        input: PathBuf,
        /// Whose results these are, when they are not cutover's
        #[arg(long, value_enum, value_name = "FORMAT")]
        from: Option<BenchmarkFormat>,
        /// Of k6: which metric
        #[arg(long, value_name = "NAME", requires = "from")]
        metric: Option<String>,
        /// When another program's run began, like `2026-11-23T01:30:00Z`; as its file tells else
        #[arg(long, value_name = "TIME", requires = "from", value_parser = parse_time)]
        started: Option<Timestamp>,
        /// The commit that was measured, where the record does not know it
        #[arg(long, value_name = "REV", value_parser = parse_commit)]
        commit: Option<String>,
        /// The folder of the runs
        #[arg(long, value_name = "DIR", default_value = "history")]
        folder: PathBuf,
    },
    /// Draw the trend, and name the commits between which it changed
    Show {
        /// Which runs.
        #[command(flatten)]
        which: HistoryArgs,
        /// Only the scenarios with these names
        #[arg(long, value_name = "NAME", num_args = 1..)]
        only: Vec<String>,
        /// How to draw it
        #[arg(long, value_enum, default_value_t = HistoryFormat::Terminal)]
        format: HistoryFormat,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Hold the newest run against those before it: a weak test, which says so
    Check {
        /// Which runs.
        #[command(flatten)]
        which: HistoryArgs,
        /// How much to print.
        #[command(flatten)]
        output_style: OutputStyle,
    },
}

/// Which runs of which folder.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The folder of the runs
    #[arg(long, value_name = "DIR", default_value = "history")]
    pub folder: PathBuf,
    /// Compare runs of unlike machines and versions too
    #[arg(long)]
    pub any_machine: bool,
    /// What the permutations follow from
    #[arg(long, value_name = "N", default_value_t = crate::config::DEFAULT_SEED)]
    pub seed: u64,
}

/// How a trend is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    /// For the terminal.
    Terminal,
    /// For a comment or a wiki.
    Markdown,
    /// A picture.
    Svg,
    /// For machines.
    Json,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "write a time with its zone, like 2026-11-23T01:30:00Z".to_owned())
}

/// A commit's name is one word; a mistake in it would be kept for ever.
fn parse_commit(text: &str) -> Result<String, String> {
    let is_one = |c: char| c.is_ascii_graphic() && c != '`';
    let is_word = !text.is_empty() && text.len() <= 100 && text.chars().all(is_one);
    is_word
        .then(|| text.to_owned())
        .ok_or_else(|| "write a commit's name, like 1a2b3c4d".to_owned())
}
