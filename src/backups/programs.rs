//! Where `pg_restore` is. Every one that there is may be tried, the newest first: an old one does not read
//! the archive of a newer `pg_dump`.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

/// Folders of packages, and what the names of their versions begin with.
const PACKAGES: [(&str, &str); 4] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
];

/// Every `pg_restore` of this machine: those of packages, then that on the search path.
pub(super) fn restorers() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = PACKAGES
        .iter()
        .flat_map(|(parent, prefix)| versions(Path::new(parent), prefix))
        .collect();
    found.sort_by_key(|(version, _)| Reverse(*version));
    let packaged = found.into_iter().map(|(_, folder)| folder.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let programs = packaged
        .chain(on_path)
        .map(|folder| folder.join("pg_restore"));
    programs.filter(|program| program.is_file()).collect()
}

fn versions(parent: &Path, prefix: &str) -> Vec<(u32, PathBuf)> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let version = |entry: std::fs::DirEntry| {
        let name = entry.file_name();
        let version = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
        Some((version, entry.path()))
    };
    entries.filter_map(version).collect()
}
