//! The report on the page of a CI job: GitHub shows whatever a step appends to the file that
//! `GITHUB_STEP_SUMMARY` names.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use super::complaint::say;
use crate::report::{Summary, markdown};

const VARIABLE: &str = "GITHUB_STEP_SUMMARY";

/// Appends the report where CI asks for it. The verdict stands in the run's folder all the same, so a
/// file that cannot be written is told and changes nothing.
pub(super) fn append(summary: &Summary<'_>) {
    append_text(&markdown(summary));
}

/// The same of a report that is made already.
pub(super) fn append_text(report: &str) {
    let Some(path) = env::var_os(VARIABLE).filter(|path| !path.is_empty()) else {
        return;
    };
    if let Err(error) = append_to(Path::new(&path), report) {
        say(format_args!(
            "warning: {VARIABLE} names {}, which cannot be appended to: {error}",
            Path::new(&path).display()
        ));
    }
}

fn append_to(path: &Path, report: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{report}")
}
