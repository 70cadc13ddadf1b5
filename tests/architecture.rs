//! Imports point one way: this table is the architecture, and a line that points elsewhere fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may see of the others. `cmd` joins them and may see all.
const MAY_SEE: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("exit", &[]),
    ("whole_file", &[]),
    ("diagnostic", &["units"]),
    ("driver", &[]),
    ("promise", &["units"]),
    // Of the sandbox the names of its planted defects alone.
    ("cli", &["config", "sandbox", "units"]),
    ("config", &["diagnostic", "driver", "units"]),
    ("scenario", &["diagnostic", "driver", "promise", "units"]),
    ("pace", &["units"]),
    ("plan", &["record", "scenario"]),
    ("record", &["promise", "units", "whole_file"]),
    ("integrity", &["diagnostic", "record"]),
    // Whoever speaks to a database that is not ours does it here; `sandbox` keeps its own.
    ("database", &["units"]),
    // They ask the world beside speed, and end in the record's one form of evidence.
    (
        "connections",
        &["database", "diagnostic", "pace", "record", "run", "target"],
    ),
    ("backups", &["database", "integrity", "record"]),
    // Another program's results, as samples in the record's words.
    ("benchmarks", &["record"]),
    // Starts and ends the builds that are compared; knows nothing of what is asked of them.
    ("builds", &[]),
    ("history", &["figure", "record", "stats", "whole_file"]),
    ("target", &["database", "driver", "record"]),
    ("parity", &["record", "scenario"]),
    (
        "run",
        &[
            "driver",
            "integrity",
            "pace",
            "plan",
            "record",
            "scenario",
            "target",
        ],
    ),
    // Its loop is another one than that of a run, and asks in the same words.
    (
        "capacity",
        &[
            "driver", "pace", "record", "run", "scenario", "target", "units",
        ],
    ),
    ("stats", &["record"]),
    ("figure", &["units"]),
    (
        "verdict",
        &["figure", "promise", "record", "stats", "units"],
    ),
    (
        "report",
        &[
            "figure", "history", "promise", "record", "stats", "units", "verdict",
        ],
    ),
    // The sandbox could be a crate of its own: it must not be bent to fit the client.
    ("sandbox", &["units"]),
    // It asks as a run does, and writes what the sandbox reads.
    (
        "probe",
        &["pace", "record", "run", "sandbox", "target", "units"],
    ),
];

/// Rooms that read no clock, do no I/O and print nothing: the same record gives the same verdict. (What
/// is too large for a text is written to whatever the caller gives.)
const PURE: &[&str] = &[
    "stats",
    "verdict",
    "report",
    "figure",
    "units",
    "promise",
    "plan",
    "parity",
    "integrity",
];
const IMPURE: &[&str] = &[
    "std::fs",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "std::net",
    "std::env",
    "Instant::now",
    "SystemTime",
    "Timestamp::now",
];

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every file's room and text, comments and unit tests left out.
fn rooms() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&root, &mut files);
    let read = |path: PathBuf| {
        let inner = path.strip_prefix(&root).unwrap();
        let room = inner
            .iter()
            .next()
            .unwrap()
            .to_string_lossy()
            .replace(".rs", "");
        let text = fs::read_to_string(&path).unwrap();
        let text = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let text = lines.collect::<Vec<_>>().join("\n");
        (path, room, text)
    };
    files.into_iter().map(read).collect()
}

/// The rooms that a text names after `crate::`, also inside `crate::{a::b, c}`.
fn seen_by(text: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for rest in text.split("crate::").skip(1) {
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 1;
                let end = list.find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth == 0
                });
                let list = &list[..end.unwrap_or(list.len())];
                let mut inside = 0;
                list.split(|c| {
                    inside += i32::from(c == '{') - i32::from(c == '}');
                    c == ',' && inside == 0
                })
                .collect()
            }
            None => vec![rest],
        };
        for name in names {
            let name = name.trim_start();
            let end = name
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(name.len());
            if end > 0 {
                seen.push(name[..end].to_owned());
            }
        }
    }
    seen
}

#[test]
fn imports_point_one_way() {
    let table: BTreeMap<&str, &[&str]> = MAY_SEE.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, room, text) in rooms() {
        if ["main", "lib", "cmd"].contains(&room.as_str()) {
            continue;
        }
        let Some(may_see) = table.get(room.as_str()) else {
            wrong.push(format!(
                "{}: the room `{room}` is not in the table",
                path.display()
            ));
            continue;
        };
        for other in seen_by(&text) {
            if other != room && !may_see.contains(&other.as_str()) {
                wrong.push(format!(
                    "{}: `{room}` must not see `{other}`",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_no_circle_and_no_room_that_is_gone() {
    let rooms: Vec<String> = rooms().into_iter().map(|(_, room, _)| room).collect();
    let mut below: Vec<&str> = Vec::new();
    let mut left: Vec<_> = MAY_SEE.to_vec();
    while !left.is_empty() {
        let (lowest, rest): (Vec<_>, Vec<_>) = left
            .iter()
            .partition(|(_, sees)| sees.iter().all(|room| below.contains(room)));
        assert!(!lowest.is_empty(), "a circle among {rest:?}");
        below.extend(lowest.iter().map(|(room, _)| *room));
        left = rest;
    }
    for room in below {
        assert!(
            rooms.iter().any(|found| found == room),
            "there is no room `{room}` any more"
        );
    }
}

#[test]
fn what_comes_after_the_record_is_pure() {
    let mut wrong = Vec::new();
    for (path, room, text) in rooms() {
        let names = IMPURE
            .iter()
            .filter(|name| PURE.contains(&room.as_str()) && text.contains(**name));
        wrong.extend(names.map(|name| format!("{}: {name}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_forbidden_import_would_be_seen_in_every_form() {
    assert_eq!(seen_by("use crate::cmd::check;"), ["cmd"]);
    assert_eq!(
        seen_by("use crate::{units::{Rate, Span}, run};"),
        ["units", "run"]
    );
    assert_eq!(seen_by("let x = crate::target::CACHE_HEADERS;"), ["target"]);
}
