//! Runs of both builds as blocks: the i-th of the one with the i-th of the other.
//!
//! The runs must have been made in turns for that: five runs of the old build and then five of the new one
//! measure what else happened to the machine meanwhile. One run that is cut into pieces is one block.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::Benchmark;
use crate::record::{Block, BlockSamples, Build, LEAST_BLOCKS, Missing, Series};

/// What is compared when nobody says: the middle and, where there is one, the tail.
const QUANTILES: [f64; 2] = [0.5, 0.95];
const MEDIAN: f64 = 0.5;
/// What two runs must have in common to be one: so many samples, of so many different times. Few and rounded
/// times may come again in the same order.
const LEAST_ALIKE: [usize; 2] = [10, 5];

/// Why runs cannot be held against each other.
#[derive(Debug, Error)]
pub enum PairError {
    /// Not as many of the one as of the other.
    #[error(
        "{old} runs of the old build and {new} of the new one: the i-th of each is block i; give as many of each"
    )]
    Unequal {
        /// Of the old build.
        old: usize,
        /// Of the new build.
        new: usize,
    },
    /// Too few for any verdict.
    #[error(
        "{blocks} runs of each build: {LEAST_BLOCKS} blocks are the least that a verdict may rest on; run both \
         in turns more often"
    )]
    TooFew {
        /// Of each build.
        blocks: usize,
    },
    /// One run was given as two, which would make the blocks more alike than they are.
    #[error(
        "runs {first} and {second} of the {build} build hold the same samples: they are one run; give each run \
         a file of its own"
    )]
    Copied {
        /// `old` or `new`.
        build: &'static str,
        /// The one, counted from 1.
        first: usize,
        /// The other.
        second: usize,
    },
    /// A quantile that the samples do not have.
    #[error(
        "`{name}` has no quantile {quantile}: each of its samples is the mean of many iterations; compare \
         its median, `--quantile 0.5`"
    )]
    NoTail {
        /// The benchmark.
        name: String,
        /// What was asked for.
        quantile: f64,
    },
}

/// Pairs the runs of two builds. A name that a build lacks, be it in one run, becomes a series with
/// `missing`. Without `quantiles` 0.5 and 0.95 are compared, of averages 0.5 alone. `at_s` is 0 in all
/// blocks: who measured does not tell.
///
/// # Errors
/// When there are fewer than [`LEAST_BLOCKS`] runs of each, not as many of the one as of the other, one of
/// them was given twice, or a quantile is asked for that the samples do not have.
pub fn pair(
    old: Vec<Vec<Benchmark>>,
    new: Vec<Vec<Benchmark>>,
    quantiles: Option<&[f64]>,
) -> Result<Vec<Series>, PairError> {
    let (olds, news) = (old.len(), new.len());
    if olds != news {
        return Err(PairError::Unequal {
            old: olds,
            new: news,
        });
    }
    if olds < LEAST_BLOCKS as usize {
        return Err(PairError::TooFew { blocks: olds });
    }
    for (runs, build) in [(&old, Build::Old), (&new, Build::New)] {
        if let Some((first, second)) = copied(runs) {
            return Err(PairError::Copied {
                build: build.name(),
                first,
                second,
            });
        }
    }
    series(old, new, quantiles)
}

/// Two runs that are one, counted from 1: the same times in the same order, more of them than chance repeats.
fn copied(runs: &[Vec<Benchmark>]) -> Option<(usize, usize)> {
    let mut numbered = (1..).zip(runs).filter(|(_, run)| can_be_told(run));
    while let Some((first, run)) = numbered.next() {
        if let Some((second, _)) = numbered.clone().find(|(_, other)| *other == run) {
            return Some((first, second));
        }
    }
    None
}

fn can_be_told(run: &[Benchmark]) -> bool {
    let times: Vec<u64> = run
        .iter()
        .flat_map(|one| &one.samples.seconds)
        .map(|seconds| seconds.to_bits())
        .collect();
    let different: BTreeSet<&u64> = times.iter().collect();
    times.len() >= LEAST_ALIKE[0] && different.len() >= LEAST_ALIKE[1]
}

/// As [`pair`], of however few blocks: what an interrupted run has so far.
///
/// # Errors
/// When there are not as many of the one as of the other, or a quantile is asked for that the samples do
/// not have.
pub fn series(
    old: Vec<Vec<Benchmark>>,
    new: Vec<Vec<Benchmark>>,
    quantiles: Option<&[f64]>,
) -> Result<Vec<Series>, PairError> {
    let (old, new) = (Runs::of(old), Runs::of(new));
    if old.count != new.count {
        return Err(PairError::Unequal {
            old: old.count,
            new: new.count,
        });
    }
    let names: BTreeSet<String> = old
        .by_name
        .keys()
        .chain(new.by_name.keys())
        .cloned()
        .collect();
    let one = |name: String| one_series(name, &old, &new, quantiles);
    names.into_iter().map(one).collect()
}

/// All runs of a build, by benchmark.
struct Runs {
    count: usize,
    by_name: BTreeMap<String, Found>,
}

/// A benchmark's samples by run, and whether they have a tail.
struct Found {
    runs: Vec<Option<BlockSamples>>,
    has_tail: bool,
}

impl Runs {
    fn of(runs: Vec<Vec<Benchmark>>) -> Self {
        let count = runs.len();
        let mut by_name: BTreeMap<String, Found> = BTreeMap::new();
        for (run, benchmarks) in runs.into_iter().enumerate() {
            for benchmark in benchmarks {
                let found = by_name.entry(benchmark.name).or_insert_with(|| Found {
                    runs: vec![None; count],
                    has_tail: true,
                });
                found.runs[run] = Some(benchmark.samples);
                found.has_tail &= benchmark.has_tail;
            }
        }
        Self { count, by_name }
    }

    /// What is missing of a benchmark, if anything is.
    fn missing(&self, name: &str, build: Build) -> Option<Missing> {
        let seen = match self.by_name.get(name) {
            None => "it is in none of its runs".to_owned(),
            Some(found) => {
                let without = found
                    .runs
                    .iter()
                    .enumerate()
                    .filter(|(_, run)| run.is_none());
                let without: Vec<String> = without.map(|(run, _)| (run + 1).to_string()).collect();
                if without.is_empty() {
                    return None;
                }
                format!(
                    "it is not in its runs {} of {}",
                    without.join(", "),
                    self.count
                )
            }
        };
        Some(Missing { build, seen })
    }

    fn samples(&self, name: &str) -> impl Iterator<Item = BlockSamples> {
        let found = self.by_name.get(name).map(|found| found.runs.clone());
        found.unwrap_or_default().into_iter().flatten()
    }
}

fn one_series(
    name: String,
    old: &Runs,
    new: &Runs,
    quantiles: Option<&[f64]>,
) -> Result<Series, PairError> {
    let found = [old, new].map(|runs| runs.by_name.get(&name));
    let has_tail = found.into_iter().flatten().all(|found| found.has_tail);
    let quantiles = match quantiles {
        None if has_tail => QUANTILES.to_vec(),
        None => vec![MEDIAN],
        Some(chosen) => {
            let is_median = |quantile: &f64| (quantile - MEDIAN).abs() < f64::EPSILON;
            match chosen.iter().find(|one| !has_tail && !is_median(one)) {
                Some(quantile) => {
                    return Err(PairError::NoTail {
                        name,
                        quantile: *quantile,
                    });
                }
                None => chosen.to_vec(),
            }
        }
    };
    let missing = [(old, Build::Old), (new, Build::New)];
    let missing: Vec<Missing> = missing
        .into_iter()
        .filter_map(|(runs, build)| runs.missing(&name, build))
        .collect();
    let blocks = if missing.is_empty() {
        let pairs = old.samples(&name).zip(new.samples(&name));
        let block = |(old, new)| Block {
            at_s: 0.0,
            old,
            new,
        };
        pairs.map(block).collect()
    } else {
        vec![]
    };
    Ok(Series {
        name,
        quantiles,
        missing,
        blocks,
    })
}
