//! What no comparison can have written, and what would be judged wrongly.

use std::collections::BTreeSet;

use super::{Block, BlockRecord, BlockSettings, Build, LEAST_BLOCKS, SampleStatus, Series};

/// The first mistake, in words that say where it is.
pub(super) fn of(record: &BlockRecord) -> Option<String> {
    let settings = &record.settings;
    let mut names = BTreeSet::new();
    in_settings(settings).or_else(|| {
        record.series.iter().find_map(|series| {
            let name = &series.name;
            if !names.insert(name) {
                return Some(format!("`{name}` stands in it twice"));
            }
            let whole = record.blocks();
            in_series(series, settings, whole).map(|what| format!("`{name}` {what}"))
        })
    })
}

fn in_settings(settings: &BlockSettings) -> Option<String> {
    let blocks = settings.blocks;
    if blocks < LEAST_BLOCKS {
        return Some(format!(
            "it was planned with {blocks} blocks, and {LEAST_BLOCKS} are the fewest"
        ));
    }
    if !(settings.margin > 0.0 && settings.margin.is_finite()) {
        return Some(format!("its margin is {}", settings.margin));
    }
    let looks = &settings.looks;
    let ascend = looks.windows(2).all(|pair| pair[0] < pair[1]);
    let least = looks.first().is_some_and(|first| *first >= LEAST_BLOCKS);
    if !(ascend && least && looks.last() == Some(&blocks)) {
        return Some(format!(
            "its looks are {looks:?}; they ascend from at least {LEAST_BLOCKS} to {blocks}"
        ));
    }
    None
}

fn in_series(series: &Series, settings: &BlockSettings, whole: usize) -> Option<String> {
    let is_quantile = |q: &f64| *q > 0.0 && *q < 1.0;
    let distinct: BTreeSet<u64> = series.quantiles.iter().map(|q| q.to_bits()).collect();
    if !series.quantiles.iter().all(is_quantile) || distinct.len() != series.quantiles.len() {
        return Some(format!(
            "has the quantiles {:?}; each is between 0 and 1, and once",
            series.quantiles
        ));
    }
    if !series.missing.is_empty() {
        let is_measured = !series.blocks.is_empty();
        return is_measured.then(|| "is missing on a build, and yet was measured".to_owned());
    }
    if series.quantiles.is_empty() {
        return Some("has no quantile to compare".to_owned());
    }
    let blocks = series.blocks.len();
    if blocks != whole {
        return Some(format!("has {blocks} blocks, and another has {whole}"));
    }
    if blocks > settings.blocks as usize {
        return Some(format!(
            "has {blocks} blocks, and {} were planned",
            settings.blocks
        ));
    }
    let mut numbered = series.blocks.iter().enumerate();
    numbered.find_map(|(k, block)| {
        in_block(block).map(|what| format!("has in block {k} (from 0) {what}"))
    })
}

fn in_block(block: &Block) -> Option<String> {
    let is_time = |seconds: f64| seconds.is_finite() && seconds >= 0.0;
    if !is_time(block.at_s) {
        return Some(format!("the start {} s", block.at_s));
    }
    Build::BOTH.into_iter().find_map(|build| {
        let (name, samples) = (build.name(), block.of(build));
        if samples.count() == 0 {
            return Some(format!("no sample of the {name} build"));
        }
        let mut times = samples.seconds.iter();
        if let Some(time) = times.find(|time| !is_time(**time) || **time <= 0.0) {
            return Some(format!("a sample of the {name} build that took {time} s"));
        }
        samples.failures.iter().find_map(|failure| {
            let time = failure.elapsed_s;
            if !is_time(time) {
                return Some(format!("a failure of the {name} build after {time} s"));
            }
            let is_none = failure.status == SampleStatus::Ok;
            is_none.then(|| format!("a failure of the {name} build that is ok"))
        })
    })
}
