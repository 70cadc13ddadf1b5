//! The verdict and the reports of a comparison once more, from its evidence on disk: what `judge` and `report`
//! do with a folder of `regress`. The same evidence gives the same bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::writing;
use crate::cli::{Format, OutputStyle};
use crate::cmd::artefacts::ArtefactError;
use crate::exit::Exit;
use crate::record::{BlockRecord, RecordError, read_blocks};
use crate::verdict::{Regression, judge_blocks};

/// The file of the evidence in a run's folder.
pub(in crate::cmd) const BLOCKS_FILE: &str = "blocks.json";

/// How much of a file is looked at to tell what it is, in bytes; the kind stands first in it.
const BEGINNING: u64 = 256;

/// The evidence of a comparison that a path stands for: a run's folder that has it and no `record.json`, or a
/// file that says so itself.
pub(in crate::cmd) fn evidence(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        let file = path.join(BLOCKS_FILE);
        return (file.is_file() && !path.join("record.json").exists()).then_some(file);
    }
    let mut beginning = Vec::new();
    let file = File::open(path).ok()?;
    file.take(BEGINNING).read_to_end(&mut beginning).ok()?;
    let text = String::from_utf8_lossy(&beginning);
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (is_named_so(path) || dense.contains(r#""kind":"blocks""#)).then(|| path.to_owned())
}

fn is_named_so(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == BLOCKS_FILE)
}

/// A comparison that is on disk.
pub(in crate::cmd) struct Again {
    record: BlockRecord,
    found: Regression,
}

impl Again {
    /// Reads the evidence and judges it.
    pub(in crate::cmd) fn read(file: &Path) -> Result<Self, RecordError> {
        let record = read_blocks(file)?;
        let found = judge_blocks(&record);
        Ok(Self { record, found })
    }

    /// What `judge` prints; nothing where nothing is wanted.
    pub(in crate::cmd) fn verdict(&self, style: OutputStyle) -> Option<String> {
        match style {
            OutputStyle { json: true, .. } => Some(writing::json(&self.found)),
            OutputStyle { quiet: true, .. } => None,
            OutputStyle { .. } => Some(self.for_stdout()),
        }
    }

    /// The verdict for a person who reads standard output.
    pub(in crate::cmd) fn for_stdout(&self) -> String {
        writing::for_stdout(&self.record, &self.found)
    }

    /// The exit code of the verdict.
    pub(in crate::cmd) fn exit(&self) -> Exit {
        writing::exit(self.found.verdict)
    }

    /// One format as it stands in a file; none, when it does not show a comparison of builds.
    pub(in crate::cmd) fn text(&self, format: Format) -> Option<String> {
        writing::text(format, &self.record, &self.found)
    }

    /// Writes every file of a run's folder.
    pub(in crate::cmd) fn write_all(&self, folder: &Path) -> Result<(), ArtefactError> {
        writing::write_all(&self.record, &self.found, folder)
    }

    /// Every file that [`Self::write_all`] replaces.
    pub(in crate::cmd) fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
        writing::files(folder)
    }
}
