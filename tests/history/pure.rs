//! Where the pure part of the room ends: the folder touches the disk, and nothing else does.

use std::fs;
use std::path::Path;

#[test]
fn the_folder_alone_touches_the_disk_and_nothing_reads_a_clock() {
    const IMPURE: [&str; 7] = [
        "std::fs",
        "std::io",
        "std::env",
        "std::net",
        "std::process",
        "std::time",
        "Timestamp::now",
    ];
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/history");
    let mut impure = Vec::new();
    for file in fs::read_dir(room).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let found = IMPURE.iter().filter(|name| text.contains(**name));
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        impure.extend(found.map(|name| format!("{file}: {name}")));
    }
    impure.sort();
    assert_eq!(impure, ["folder.rs: std::fs", "folder.rs: std::io"]);
}
