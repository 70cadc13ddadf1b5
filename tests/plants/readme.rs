//! The README shows the table as it is, so that nobody believes in a check more than it can do.

use std::fs;
use std::path::Path;

use cutover::sandbox::Plant;

use crate::table::{Row, TABLE, Verb};

const BEGIN: &str = "<!-- plants:begin";
const END: &str = "<!-- plants:end -->";

/// The table in Markdown, a row for each plant.
fn markdown() -> String {
    let head = "\n| `--plant` | what is wrong then | `parity` | `integrity` | `check` |\n|---|---|---|---|---|\n";
    let row = |row: &Row| {
        let [parity, integrity, check] =
            [Verb::Parity, Verb::Integrity, Verb::Check].map(|verb| match row.exit(verb) {
                0 => "",
                1 => "NO-GO",
                3 => "INCONCLUSIVE",
                other => panic!("{other}"),
            });
        let says = row.plant.map_or("", Plant::says);
        let name = row.name();
        format!("| `{name}` | {says} | {parity} | {integrity} | {check} |\n")
    };
    let planted = TABLE.iter().filter(|row| row.plant.is_some());
    format!("{head}{}\n", planted.map(row).collect::<String>())
}

/// `CUTOVER_BLESS=1` writes it into the README again.
#[test]
fn the_readme_shows_which_verb_sees_which_planted_defect() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (mark, rest) = rest.split_once("-->\n").unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    let fresh = markdown();
    if std::env::var_os("CUTOVER_BLESS").is_some() {
        let text = format!("{before}{BEGIN}{mark}-->\n{fresh}{END}{after}");
        fs::write(path, text).unwrap();
        return;
    }
    assert_eq!(
        shown, fresh,
        "the README is stale; write it again with CUTOVER_BLESS=1 cargo test --test plants readme"
    );
}
