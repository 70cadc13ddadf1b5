//! `cutover judge`: a verdict from what is already on disk, a run's record or anybody's samples.
//!
//! Nothing is measured, so the same file gives the same answer everywhere. What is given decides
//! what is read: a folder holds a `record.json`, or the `blocks.json` of a comparison of builds; a file that
//! begins with `{` is one of these; anything else is a CSV file of samples.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use thiserror::Error;

use super::complaint::{complain, deliver};
use super::conclusion;
use super::regress::again::{self, Again};
use crate::cli::{JudgeArgs, OutputStyle};
use crate::exit::Exit;
use crate::record::{self, RecordError, SampleSet, SamplesError};
use crate::report::Summary;
use crate::stats::{Speedup, SpeedupTest};
use crate::verdict::{self, Outcome};

const DEFAULT_QUANTILE: f64 = 0.5;

/// Why nothing could be judged.
#[derive(Debug, Error)]
pub(super) enum JudgeError {
    /// The input cannot be opened.
    #[error(
        "{path} cannot be read: {source}; give a record.json, a run's folder, or a CSV file of \
         samples"
    )]
    Input {
        /// What was given.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The samples are not valid.
    #[error(transparent)]
    Samples(#[from] SamplesError),
    /// The record is not valid.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Samples carry no promise, and none was given.
    #[error("{path} holds samples without a promise; say what to hold them to: `--speedup 20x`")]
    NoSpeedup {
        /// The file of samples.
        path: PathBuf,
    },
    /// The quantile is none.
    #[error("--quantile {quantile} must lie between 0 and 1, both excluded, like 0.5 or 0.95")]
    Quantile {
        /// What was given.
        quantile: f64,
    },
    /// A record brings its own promises.
    #[error(
        "{path} is a record, which is judged by what stands in it; leave out {flag}, which is for CSV files"
    )]
    NotForRecords {
        /// The record.
        path: PathBuf,
        /// The flag that has no meaning for it.
        flag: &'static str,
    },
    /// The verdict could not be written.
    #[error("the verdict cannot be written to standard output: {0}")]
    Output(#[from] io::Error),
}

impl JudgeError {
    /// The exit code: wrong usage, unless the output broke.
    #[must_use]
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Output(_) => Exit::World,
            _ => Exit::Usage,
        }
    }
}

/// Runs the verb.
pub(super) fn run(args: &JudgeArgs) -> Exit {
    let mut printed = Vec::new();
    // Written at once and at the end, so that a reader who went away changes no exit code.
    let ended = judge(args, &mut printed).and_then(|exit| {
        deliver(&printed)?;
        Ok(exit)
    });
    ended.unwrap_or_else(|error| {
        complain(&error);
        error.exit()
    })
}

/// Judges what is on disk and writes the verdict to `out`.
///
/// # Errors
/// When the input cannot be read, is not valid, or the flags do not fit it.
pub(super) fn judge(args: &JudgeArgs, out: &mut dyn Write) -> Result<Exit, JudgeError> {
    match input(&args.input)? {
        Input::Record(path) => judge_record(args, &path, out),
        Input::Blocks(path) => judge_blocks(args, &path, out),
        Input::Samples(path) => judge_samples(args, &path, out),
    }
}

enum Input {
    Record(PathBuf),
    Blocks(PathBuf),
    Samples(PathBuf),
}

fn input(path: &Path) -> Result<Input, JudgeError> {
    let unreadable = |source| JudgeError::Input {
        path: path.to_owned(),
        source,
    };
    if let Some(path) = again::evidence(path) {
        return Ok(Input::Blocks(path));
    }
    if path.is_dir() {
        return Ok(Input::Record(path.join("record.json")));
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(1024)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    Ok(if is_json || start.trim_ascii_start().starts_with(b"{") {
        Input::Record(path.to_owned())
    } else {
        Input::Samples(path.to_owned())
    })
}

/// Refuses what belongs to samples, which promise nothing themselves.
fn without_flags_of_samples(args: &JudgeArgs, path: &Path) -> Result<(), JudgeError> {
    let flags = [
        ("--speedup", args.speedup.is_some()),
        ("--quantile", args.quantile.is_some()),
        ("--scenario", args.scenario.is_some()),
    ];
    if let Some((flag, _)) = flags.into_iter().find(|(_, given)| *given) {
        return Err(JudgeError::NotForRecords {
            path: path.to_owned(),
            flag,
        });
    }
    Ok(())
}

fn judge_blocks(args: &JudgeArgs, path: &Path, out: &mut dyn Write) -> Result<Exit, JudgeError> {
    without_flags_of_samples(args, path)?;
    let again = Again::read(path)?;
    if let Some(verdict) = again.verdict(args.output_style) {
        writeln!(out, "{verdict}")?;
    }
    Ok(again.exit())
}

fn judge_record(args: &JudgeArgs, path: &Path, out: &mut dyn Write) -> Result<Exit, JudgeError> {
    without_flags_of_samples(args, path)?;
    let record = record::read(path)?;
    let verdict = verdict::judge(&record);
    print(args.output_style, out, &verdict, |verdict, out| {
        writeln!(
            out,
            "{}",
            conclusion::for_stdout(&Summary::new(&record, verdict))
        )
    })?;
    Ok(conclusion::outcome_exit(verdict.verdict))
}

fn judge_samples(args: &JudgeArgs, path: &Path, out: &mut dyn Write) -> Result<Exit, JudgeError> {
    let quantile = args.quantile.unwrap_or(DEFAULT_QUANTILE);
    if !(quantile > 0.0 && quantile < 1.0) {
        return Err(JudgeError::Quantile { quantile });
    }
    let speedup = args.speedup.ok_or_else(|| JudgeError::NoSpeedup {
        path: path.to_owned(),
    })?;
    let samples = record::read_samples(path, args.scenario.as_deref())?;
    let judged = JudgedSamples::new(&samples, quantile, speedup.low());
    print(args.output_style, out, &judged, write_samples)?;
    Ok(conclusion::outcome_exit(judged.verdict))
}

/// What samples from a file come to; an infinite bound is `null`.
#[derive(Debug, Clone, Serialize)]
struct JudgedSamples {
    verdict: Outcome,
    ratio_lo: Option<f64>,
    ratio_hi: Option<f64>,
    ratio_point: Option<f64>,
    vif: f64,
    n_baseline: usize,
    n_candidate: usize,
    #[serde(skip)]
    found: Speedup,
}

impl JudgedSamples {
    fn new(samples: &SampleSet, quantile: f64, speedup: f64) -> Self {
        let found = SpeedupTest::new(&samples.baseline, &samples.candidate).at(quantile, speedup);
        let finite = |bound: f64| bound.is_finite().then_some(bound);
        Self {
            verdict: Outcome::from(found.decision),
            ratio_lo: finite(found.ratio_lo),
            ratio_hi: finite(found.ratio_hi),
            ratio_point: found.ratio_point.and_then(finite),
            vif: found.vif,
            n_baseline: found.n_baseline,
            n_candidate: found.n_candidate,
            found,
        }
    }
}

fn print<T: Serialize>(
    style: OutputStyle,
    out: &mut dyn Write,
    judged: &T,
    for_people: impl Fn(&T, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    if style.json {
        serde_json::to_writer_pretty(&mut *out, judged)?;
        writeln!(out)?;
    } else if !style.quiet {
        for_people(judged, out)?;
    }
    out.flush()
}

fn write_samples(judged: &JudgedSamples, out: &mut dyn Write) -> io::Result<()> {
    let found = &judged.found;
    let ratio =
        |ratio: Option<f64>| ratio.map_or("none".to_owned(), |ratio| format!("{ratio:.2}x"));
    writeln!(
        out,
        "{}: is the candidate at least {}x faster at quantile {}?",
        judged.verdict.word(),
        found.promised,
        found.quantile
    )?;
    writeln!(out, "  speedup      {}", ratio(judged.ratio_point))?;
    writeln!(out, "  lower bound  {}", ratio(judged.ratio_lo))?;
    writeln!(out, "  upper bound  {}", ratio(judged.ratio_hi))?;
    writeln!(
        out,
        "  samples      {} baseline, {} candidate",
        judged.n_baseline, judged.n_candidate
    )?;
    writeln!(out, "  dependence   V = {:.2}", judged.vif)?;
    if let Some(missing) = found.shortfall {
        writeln!(
            out,
            "  evidence     ln E = {:.2} of the {:.2} needed",
            missing.ln_e, missing.ln_e_needed
        )?;
    }
    if let Some(more) = found.likely_more() {
        writeln!(out, "  likely needs {more} more baseline samples")?;
    }
    Ok(())
}
