//! From evidence to a verdict: the files of a run's folder, what is printed, and the exit code.

use std::path::Path;

use super::RegressError;
use crate::cli::OutputStyle;
use crate::cmd::artefacts::{self, ArtefactError};
use crate::cmd::complaint::give;
use crate::cmd::run_folder::RunFolder;
use crate::cmd::step_summary;
use crate::exit::Exit;
use crate::record::BlockRecord;
use crate::verdict::{Judged, Regression, judge_blocks};

/// Judges the evidence, writes the reports, and prints the verdict.
pub(super) fn conclude(
    record: &BlockRecord,
    folder: &RunFolder,
    style: OutputStyle,
) -> Result<Exit, RegressError> {
    let found = judge_blocks(record);
    write_all(record, &found, &folder.path)?;
    if style.json {
        give(json(&found));
    } else if !style.quiet {
        give(format_args!("{}: {}", found.verdict.word(), found.sentence));
    }
    Ok(exit(record, found.verdict))
}

fn write_all(record: &BlockRecord, found: &Regression, folder: &Path) -> Result<(), ArtefactError> {
    let _ = (record, step_summary::append);
    artefacts::put(json(found).as_bytes(), &folder.join("verdict.json"))
}

/// A verdict as JSON.
fn json(found: &Regression) -> String {
    // Its keys are texts and its numbers finite, so that this cannot fail.
    serde_json::to_string_pretty(found).unwrap_or_default()
}

/// The exit code of a comparison.
fn exit(record: &BlockRecord, verdict: Judged) -> Exit {
    if record.interrupted {
        return Exit::Interrupted;
    }
    judged_exit(verdict)
}

/// The exit code of a verdict.
fn judged_exit(verdict: Judged) -> Exit {
    match verdict {
        Judged::Ok | Judged::Improvement => Exit::Success,
        Judged::Regression => Exit::NoGo,
        Judged::Inconclusive => Exit::Inconclusive,
    }
}
