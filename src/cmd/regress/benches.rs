//! What another program measured of the two builds: in files that are there, or by commands run in turns.
//!
//! Files are whole when they come: the i-th of each is block i, and the run looks once, at the end. Commands
//! are run by us, so that they are in turns indeed and may end early: in each block both, in an order that
//! chance draws for every second block and the next one reverses, so that each build is first equally often.
//!
//! ```text
//! block k: CUTOVER_OUT=<fresh folder> sh -c COMMAND -> benchmarks::read ┐
//!          the same of the other build                                  ┴ series -> look -> block k + 1
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io, path};

use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use thiserror::Error;

use super::frame::Frame;
use super::intent::distinct;
use super::running::{of, unless_stopped};
use super::{Measured, RegressError};
use crate::benchmarks::{Benchmark, BenchmarkError, Format, PairError, pair, read, series};
use crate::builds;
use crate::cli::{BenchmarkFormat, RegressArgs};
use crate::cmd::complaint::say;
use crate::cmd::intent::chosen;
use crate::exit::Exit;
use crate::record::{BlockRecord, Build, BuildFacts, Missing, Origin, Series};

/// Where a command is told to leave its results, a folder.
const OUT: &str = "CUTOVER_OUT";
/// Where criterion leaves them, by itself.
const CRITERION_HOME: &str = "CRITERION_HOME";

/// Why another program's results could not be had, or not be used.
#[derive(Debug, Error)]
pub(super) enum BenchesError {
    /// A file is none of that format.
    #[error(transparent)]
    Results(#[from] BenchmarkError),
    /// They are no blocks.
    #[error(transparent)]
    Pair(#[from] PairError),
    /// `--only` names a benchmark that neither build has.
    #[error("--only {name}: there is no such benchmark; there are {known}")]
    NoSuchBenchmark {
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// One path was given twice.
    #[error("{path} is given twice for the {build} build, and is one run; give each run once")]
    GivenTwice {
        /// `old` or `new`.
        build: &'static str,
        /// The file or folder.
        path: String,
    },
    /// Of a format that has none.
    #[error("--metric chooses one of k6's metrics; leave it out, or give --from k6-json or k6-csv")]
    Metric,
    /// A folder for results cannot be had.
    #[error("{path} cannot be made or removed: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A command ended well, and yet its results cannot be read.
    #[error(
        "the {build} build's benchmarks ended well, but left no results that can be read ({place}): {source}"
    )]
    Left {
        /// `old` or `new`.
        build: &'static str,
        /// Where they should be, as the command knows it.
        place: &'static str,
        /// What is wrong.
        source: BenchmarkError,
    },
}

impl BenchesError {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Results(_)
            | Self::Pair(_)
            | Self::NoSuchBenchmark { .. }
            | Self::GivenTwice { .. }
            | Self::Metric => Exit::Usage,
            Self::Folder { .. } | Self::Left { .. } => Exit::World,
        }
    }
}

/// The i-th file of each build is block i.
pub(super) fn of_files(
    frame: &Frame<'_>,
    format: BenchmarkFormat,
) -> Result<Measured, RegressError> {
    let args = frame.args;
    let metric = metric(args, format)?;
    let runs = |paths: &[String]| -> Result<Vec<Vec<Benchmark>>, BenchesError> {
        let one = |path: &String| Ok(read(Path::new(path), form(format), metric)?);
        paths.iter().map(one).collect()
    };
    for (paths, build) in [(&args.old, Build::Old), (&args.new, Build::New)] {
        each_once(paths, build)?;
    }
    let (old, new) = (runs(&args.old)?, runs(&args.new)?);
    let series = pair(old, new, quantiles(args).as_deref()).map_err(BenchesError::from)?;
    let blocks = u32::try_from(args.old.len()).unwrap_or(u32::MAX);
    let mut settings = frame.settings(origin(format));
    settings.blocks = blocks;
    // All are there: ending early would save nothing, and every look costs.
    settings.looks = vec![blocks];
    let facts = [&args.old, &args.new].map(|paths| facts(paths.join(", ")));
    let mut record = frame.record(settings, None, facts);
    record.series = only(series, args)?;
    tell_missing(&record);
    Ok(frame.measured(record, None))
}

/// A file that stands for two runs would make the blocks look more alike than they are.
fn each_once(paths: &[String], build: Build) -> Result<(), BenchesError> {
    let mut seen = BTreeSet::new();
    for path in paths {
        // What cannot be found is told by whoever reads it.
        let place = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
        if !seen.insert(place) {
            return Err(BenchesError::GivenTwice {
                build: build.name(),
                path: path.clone(),
            });
        }
    }
    Ok(())
}

/// Two commands in turns, in an order of each block's own.
pub(super) async fn of_commands(
    frame: &Frame<'_>,
    format: BenchmarkFormat,
) -> Result<Measured, RegressError> {
    let mut turns = Turns::new(frame, format)?;
    let stopped_by = turns.all().await.err();
    // What could not be read is left in it, for whoever looks for the reason.
    let _ = fs::remove_dir(&turns.place);
    let record = turns.record;
    match stopped_by {
        Some(error) if turns.at_s.is_empty() => Err(error),
        Some(RegressError::Interrupted) => Ok(frame.measured(record, None)),
        stopped_by => {
            tell_missing(&record);
            let record = BlockRecord {
                interrupted: stopped_by.is_some(),
                ..record
            };
            Ok(frame.measured(record, stopped_by))
        }
    }
}

/// Two commands under way.
struct Turns<'f> {
    frame: &'f Frame<'f>,
    format: BenchmarkFormat,
    commands: [String; 2],
    /// The folder for what they leave, removed when it was read.
    place: PathBuf,
    old: Vec<Vec<Benchmark>>,
    new: Vec<Vec<Benchmark>>,
    /// When each whole block began.
    at_s: Vec<f64>,
    record: BlockRecord,
}

impl<'f> Turns<'f> {
    fn new(frame: &'f Frame<'f>, format: BenchmarkFormat) -> Result<Self, BenchesError> {
        let args = frame.args;
        metric(args, format)?;
        let command = |given: &Option<String>| given.clone().unwrap_or_default();
        let commands = [command(&args.old_bench), command(&args.new_bench)];
        let settings = frame.settings(origin(format));
        let record = frame.record(settings, None, commands.clone().map(facts));
        let place = frame.folder.path.join("benches");
        // A command may work in another folder.
        let place = path::absolute(&place).map_err(|source| folder(&place, source))?;
        Ok(Self {
            frame,
            format,
            commands,
            place,
            old: Vec::new(),
            new: Vec::new(),
            at_s: Vec::new(),
            record,
        })
    }

    async fn all(&mut self) -> Result<(), RegressError> {
        for k in 0..self.record.settings.blocks {
            self.block(k).await?;
            let made = k + 1;
            if self.frame.is_enough(&self.record, made) {
                break;
            }
        }
        Ok(())
    }

    /// Both once; the block counts when both ended well.
    async fn block(&mut self, k: u32) -> Result<(), RegressError> {
        let at_s = self.frame.clock.elapsed().as_secs_f64();
        let mut runs = [None, None];
        for build in order(self.frame.seed, k) {
            runs[build as usize] = Some(self.run(build, k).await?);
        }
        let [Some(old), Some(new)] = runs else {
            return Ok(());
        };
        self.old.push(old);
        self.new.push(new);
        let quantiles = quantiles(self.frame.args);
        let paired = series(self.old.clone(), self.new.clone(), quantiles.as_deref());
        self.record.series = only(paired.map_err(BenchesError::from)?, self.frame.args)?;
        self.at_s.push(at_s);
        for series in &mut self.record.series {
            for (block, at_s) in series.blocks.iter_mut().zip(&self.at_s) {
                block.at_s = *at_s;
            }
        }
        Ok(())
    }

    /// Runs one command and reads what it left.
    async fn run(&self, build: Build, k: u32) -> Result<Vec<Benchmark>, RegressError> {
        let name = build.name();
        let out = self.place.join(format!("{}-{name}", k + 1));
        fs::create_dir_all(&out).map_err(|source| folder(&out, source))?;
        let log = self.frame.folder.path.join(format!("{name}-bench.log"));
        let variables = [(OUT, out.as_os_str()), (CRITERION_HOME, out.as_os_str())];
        let command = &self.commands[build as usize];
        let running = builds::run(command, Path::new("."), &log, &variables);
        unless_stopped(self.frame, running)
            .await?
            .map_err(of(build))?;
        let (place, path) = left(self.format, &out);
        let metric = self.frame.args.metric.as_deref();
        let found = read(&path, form(self.format), metric);
        let found = found.map_err(|source| BenchesError::Left {
            build: name,
            place,
            source,
        })?;
        fs::remove_dir_all(&out).map_err(|source| folder(&out, source))?;
        Ok(found)
    }
}

/// Who is first in a block, from the seed: chance says it for every second block, the next one reverses it.
fn order(seed: u64, k: u32) -> [Build; 2] {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ (u64::from(k / 2) << 32));
    let mut order = Build::BOTH;
    if random.random::<bool>() ^ (k % 2 == 1) {
        order.reverse();
    }
    order
}

/// Where a command leaves its results: in words, and as a path.
fn left(format: BenchmarkFormat, out: &Path) -> (&'static str, PathBuf) {
    match format {
        BenchmarkFormat::Criterion => ("$CRITERION_HOME", out.to_owned()),
        BenchmarkFormat::Hyperfine | BenchmarkFormat::K6Json => {
            ("$CUTOVER_OUT/result.json", out.join("result.json"))
        }
        BenchmarkFormat::K6Csv | BenchmarkFormat::Csv => {
            ("$CUTOVER_OUT/result.csv", out.join("result.csv"))
        }
    }
}

fn form(format: BenchmarkFormat) -> Format {
    match format {
        BenchmarkFormat::Criterion => Format::Criterion,
        BenchmarkFormat::Hyperfine => Format::Hyperfine,
        BenchmarkFormat::K6Json => Format::K6Json,
        BenchmarkFormat::K6Csv => Format::K6Csv,
        BenchmarkFormat::Csv => Format::Csv,
    }
}

fn origin(format: BenchmarkFormat) -> Origin {
    match format {
        BenchmarkFormat::Criterion => Origin::Criterion,
        BenchmarkFormat::Hyperfine => Origin::Hyperfine,
        BenchmarkFormat::K6Json | BenchmarkFormat::K6Csv => Origin::K6,
        BenchmarkFormat::Csv => Origin::Csv,
    }
}

fn metric(args: &RegressArgs, format: BenchmarkFormat) -> Result<Option<&str>, BenchesError> {
    let is_k6 = origin(format) == Origin::K6;
    if args.metric.is_some() && !is_k6 {
        return Err(BenchesError::Metric);
    }
    Ok(args.metric.as_deref())
}

fn quantiles(args: &RegressArgs) -> Option<Vec<f64>> {
    (!args.quantile.is_empty()).then(|| distinct(&args.quantile))
}

fn facts(source: String) -> BuildFacts {
    BuildFacts {
        source,
        commit: None,
    }
}

fn folder(path: &Path, source: io::Error) -> BenchesError {
    BenchesError::Folder {
        path: path.to_owned(),
        source,
    }
}

/// The benchmarks that were chosen; all that there are when none was.
fn only(series: Vec<Series>, args: &RegressArgs) -> Result<Vec<Series>, BenchesError> {
    chosen(series, &args.only, |series| &series.name)
        .map_err(|(name, known)| BenchesError::NoSuchBenchmark { name, known })
}

/// A line for each benchmark that one build lacks.
fn tell_missing(record: &BlockRecord) {
    for series in &record.series {
        for Missing { build, seen } in &series.missing {
            say(format_args!(
                "error: {} is missing on the {} build: {seen}. It is not compared",
                series.name,
                build.name()
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_build_is_first_equally_often_after_every_second_block(seed: u64, pairs in 1u32..50) {
            let is_old_first = |k: &u32| order(seed, *k)[0] == Build::Old;
            prop_assert_eq!((0..2 * pairs).filter(is_old_first).count(), pairs as usize);
        }
    }

    #[test]
    fn the_seed_decides_who_is_first() {
        let orders = |seed| (0..64).map(|k| order(seed, k)).collect::<Vec<_>>();
        assert_eq!(orders(1), orders(1));
        assert_ne!(orders(1), orders(2));
        // Not always the same one in the first block of two.
        let firsts: Vec<[Build; 2]> = orders(1).into_iter().step_by(2).collect();
        assert!(firsts.contains(&[Build::Old, Build::New]));
        assert!(firsts.contains(&[Build::New, Build::Old]));
    }
}
