//! The README shows the truth: its verdict is that of the committed sample, as the program prints it.

use std::fs;
use std::path::Path;

use crate::world::Place;

const BEGIN: &str = "<!-- verdict:begin";
const END: &str = "<!-- verdict:end -->";

/// `CUTOVER_BLESS=1` writes the verdict into the README again.
#[test]
fn the_readme_shows_the_verdict_of_the_sample() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = root.join("reports/sample/record.json");
    let printed = Place::new().run(&["report", sample.to_str().unwrap()]);
    let printed = printed.assert_code(0).out.clone();
    let (verdict, _) = printed.split_once("\nWas `before` true?").unwrap();

    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (mark, rest) = rest.split_once("-->\n").unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    let fresh = format!("\n```text\n{}\n```\n\n", verdict.trim_end());
    if std::env::var_os("CUTOVER_BLESS").is_some() {
        let text = format!("{before}{BEGIN}{mark}-->\n{fresh}{END}{after}");
        fs::write(root.join("README.md"), text).unwrap();
        return;
    }
    assert_eq!(
        shown, fresh,
        "the README is stale; write it again with CUTOVER_BLESS=1 cargo test --test cli readme"
    );
}
