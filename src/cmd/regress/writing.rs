//! From evidence to a verdict: the files of a run's folder, what is printed, and the exit code.

use std::path::{Path, PathBuf};

use console::style;

use super::RegressError;
use crate::cli::{Format, OutputStyle};
use crate::cmd::artefacts::{self, ArtefactError};
use crate::cmd::complaint::{command, give};
use crate::cmd::run_folder::RunFolder;
use crate::cmd::{conclusion, job_log, step_summary};
use crate::exit::Exit;
use crate::record::BlockRecord;
use crate::report::{
    regression_annotations, regression_html, regression_junit, regression_markdown,
    regression_terminal,
};
use crate::verdict::{Judged, Regression, judge_blocks};

/// The files of a run's folder beside its evidence, and the formats that they hold.
const FILES: [(&str, Format); 4] = [
    ("verdict.json", Format::Verdict),
    ("report.html", Format::Html),
    ("report.md", Format::Markdown),
    ("junit.xml", Format::Junit),
];

/// Judges the evidence, writes the reports, and prints the verdict.
pub(super) fn conclude(
    record: &BlockRecord,
    folder: &RunFolder,
    style: OutputStyle,
) -> Result<Exit, RegressError> {
    let found = judge_blocks(record);
    write_all(record, &found, &folder.path)?;
    step_summary::append_text(&regression_markdown(record, &found));
    if style.json {
        give(json(&found));
    } else if !style.quiet {
        give(for_stdout(record, &found));
        let annotations = regression_annotations(&found);
        if job_log::is_github() && !annotations.is_empty() {
            command(annotations.trim_end());
        }
        folder.tell("report.html", style);
    }
    Ok(if record.interrupted {
        Exit::Interrupted
    } else {
        exit(found.verdict)
    })
}

/// Every file that [`write_all`] replaces.
pub(super) fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    FILES.into_iter().map(move |(name, _)| folder.join(name))
}

/// Writes every file of a run's folder.
pub(super) fn write_all(
    record: &BlockRecord,
    found: &Regression,
    folder: &Path,
) -> Result<(), ArtefactError> {
    for (name, format) in FILES {
        let text = text(format, record, found).unwrap_or_default();
        artefacts::put(text.as_bytes(), &folder.join(name))?;
    }
    Ok(())
}

/// One format as it stands in a file; none, when it does not show a comparison of builds.
pub(super) fn text(format: Format, record: &BlockRecord, found: &Regression) -> Option<String> {
    Some(match format {
        Format::Terminal => {
            regression_terminal(record, found, conclusion::width(true))
                .trim_end()
                .to_owned()
                + "\n"
        }
        Format::Html => regression_html(record, found),
        Format::Markdown => regression_markdown(record, found),
        Format::Junit => regression_junit(record, found),
        Format::Verdict => json(found),
        Format::Annotations => regression_annotations(found),
        Format::Csv
        | Format::Hlog
        | Format::Bencher
        | Format::BenchmarkAction
        | Format::Prometheus => return None,
    })
}

/// A verdict as JSON.
pub(super) fn json(found: &Regression) -> String {
    // Its keys are texts and its numbers finite, so that this cannot fail.
    serde_json::to_string_pretty(found).unwrap_or_default()
}

/// The verdict for a person who reads standard output: as wide as that is, its word in colour where that is
/// wanted.
pub(super) fn for_stdout(record: &BlockRecord, found: &Regression) -> String {
    let text = regression_terminal(record, found, conclusion::width(false));
    let word = found.verdict.word();
    let styled = match found.verdict {
        Judged::Ok | Judged::Improvement => style(word).green(),
        Judged::Regression => style(word).red(),
        Judged::Inconclusive => style(word).yellow(),
    };
    let rest = text.strip_prefix(word).unwrap_or(&text).trim_end();
    format!("{}{rest}", styled.bold())
}

/// The exit code of a verdict.
pub(super) fn exit(verdict: Judged) -> Exit {
    match verdict {
        Judged::Ok | Judged::Improvement => Exit::Success,
        Judged::Regression => Exit::NoGo,
        Judged::Inconclusive => Exit::Inconclusive,
    }
}
