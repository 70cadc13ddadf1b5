//! Finding scenario files and reading them, with every mistake of all of them at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::wire::ScenarioFile;
use super::{Scenario, check};
use crate::diagnostic::{At, Complaints, Diagnostic, Diagnostics, Section, Source, read};

/// Every mistake in the scenario files that were read.
pub type ScenarioErrors = Diagnostics;

/// The scenarios that a binary has with it, by file name.
const BUILT_IN: [(&str, &str); 4] = [
    (
        "create-task.toml",
        include_str!("../../scenarios/create-task.toml"),
    ),
    (
        "dashboard-load.toml",
        include_str!("../../scenarios/dashboard-load.toml"),
    ),
    (
        "edit-task.toml",
        include_str!("../../scenarios/edit-task.toml"),
    ),
    (
        "task-search.toml",
        include_str!("../../scenarios/task-search.toml"),
    ),
];

/// Reads scenario files: those named, and the `*.toml` files of the folders named (not of the
/// folders inside them), sorted by file name within a folder.
///
/// # Errors
/// Every mistake of every file: what is wrong, where, and how to put it right. Also when a path does
/// not exist, a folder has no scenario file, or two scenarios have one name.
pub fn load(paths: &[PathBuf]) -> Result<Vec<Scenario>, ScenarioErrors> {
    let mut mistakes = Vec::new();
    let mut files: Vec<PathBuf> = Vec::new();
    if paths.is_empty() {
        let help = "name a scenario file or a folder of them";
        mistakes.push(Diagnostic::without_place("there is nothing to read", help));
    }
    for path in paths {
        match files_of(path) {
            Ok(found) => files.extend(found),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    let mut seen = Vec::new();
    let mut parsed = Vec::new();
    for file in files {
        // A file that is named twice, or named beside its folder, is one file.
        let identity = fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
        if seen.contains(&identity) {
            continue;
        }
        seen.push(identity);
        match fs::read(&file) {
            Ok(bytes) => parsed.push(parse(&file, &bytes)),
            Err(error) => mistakes.push(unreadable(&file, &error)),
        }
    }
    join(parsed, mistakes)
}

/// The scenarios that are built in, for a binary far from its repository.
///
/// # Errors
/// When one of them is not valid, which a test excludes.
pub fn built_in() -> Result<Vec<Scenario>, ScenarioErrors> {
    let parse =
        |(name, text): (&str, &str)| parse(&Path::new("built-in").join(name), text.as_bytes());
    join(BUILT_IN.into_iter().map(parse).collect(), Vec::new())
}

fn files_of(path: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| unreadable(path, &error))?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "toml")
            && file.is_file()
        {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(Diagnostic::without_place(
            format!("no scenario file in the folder {}", path.display()),
            "scenario files end in `.toml`; folders inside a folder are not searched, name them",
        ));
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let help = match error.kind() {
        std::io::ErrorKind::NotFound => "name a scenario file or a folder that exists",
        _ => "make it readable",
    };
    Diagnostic::without_place(format!("{}: {error}", path.display()), help)
}

/// What reading one file came to.
pub(super) struct Parsed {
    source: Source,
    /// The name, also of a scenario that is not valid, to compare with the others.
    name: Option<At<String>>,
    pub(super) scenario: Option<Scenario>,
    pub(super) mistakes: Vec<Diagnostic>,
}

/// Reads the bytes of one file.
pub(super) fn parse(file: &Path, bytes: &[u8]) -> Parsed {
    let text = String::from_utf8_lossy(bytes);
    let source = Source::new(file, text.as_ref());
    let complaints = Complaints::new(source.clone());
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        complaints.add(&(at..at + 1), "this is not UTF-8", "save the file as UTF-8");
        return Parsed {
            source,
            name: None,
            scenario: None,
            mistakes: complaints.into_sorted(),
        };
    }
    let parsed = read(&text, &complaints, |table| {
        let section = Section::new("the scenario", table, 0..0, &complaints);
        let form = ScenarioFile::from_section(section);
        let name = form.name.clone();
        (name, check::scenario(file, form, &complaints))
    });
    let (name, scenario) = parsed.unwrap_or_default();
    Parsed {
        source,
        name,
        scenario,
        mistakes: complaints.into_sorted(),
    }
}

/// Joins what all files came to.
fn join(all: Vec<Parsed>, mut mistakes: Vec<Diagnostic>) -> Result<Vec<Scenario>, ScenarioErrors> {
    let mut first_of: BTreeMap<String, String> = BTreeMap::new();
    let mut scenarios = Vec::new();
    for Parsed {
        source,
        name,
        scenario,
        mistakes: own,
    } in all
    {
        mistakes.extend(own);
        if let Some(At { value, span }) = name {
            let place = format!("{}, line {}", source.name(), source.line(span.start));
            if let Some(first) = first_of.get(&value) {
                let message = format!("a second scenario is called `{value}`");
                let help = format!("give it another name; the first one is in {first}");
                mistakes.push(Diagnostic::at(&source, span, message).with_help(help));
            } else {
                first_of.insert(value, place);
            }
        }
        scenarios.extend(scenario);
    }
    Diagnostics::none_of(mistakes).map(|()| scenarios)
}
