//! What the failures of a build count as, where times are compared.

use crate::record::{Block, BlockSamples, Build, SampleStatus};

/// In whose favour failures are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Favour {
    /// In that of this build: a failure took no time. A time-out took at least what had elapsed.
    Build(Build),
    /// In nobody's: a failure took for ever, on both builds.
    Nobody,
}

/// One build's times in a block, in seconds: 0 for a failure that counts as fast, `+inf` for one that
/// counts as slow.
pub(super) fn times(block: &Block, build: Build, favour: Favour) -> Vec<f64> {
    let BlockSamples { seconds, failures } = block.of(build);
    let failed = failures.iter().map(|failure| match failure.status {
        _ if favour != Favour::Build(build) => f64::INFINITY,
        SampleStatus::Timeout => failure.elapsed_s,
        SampleStatus::Ok | SampleStatus::Error => 0.0,
    });
    seconds.iter().copied().chain(failed).collect()
}

/// How many samples of these blocks there are, and how many failed: `(failed, all)`.
pub(super) fn counts(blocks: &[Block], build: Build) -> (u64, u64) {
    blocks.iter().fold((0, 0), |(failed, all), block| {
        let samples = block.of(build);
        (
            failed + samples.failures.len() as u64,
            all + samples.count() as u64,
        )
    })
}
