//! The verdict and the reports of a comparison once more, from its evidence on disk.

/// The file of the evidence in a run's folder.
pub(in crate::cmd) const BLOCKS_FILE: &str = "blocks.json";
