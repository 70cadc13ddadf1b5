//! The README shows the truth: its verdict is that of the committed sample, as the program prints it.

use std::fs;
use std::path::Path;

use clap::Parser as _;
use cutover::cli::Cli;

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

/// What "How to read it" quotes stands in the verdict above it, and the first explanation has the quoted figures.
#[test]
fn the_readme_explains_the_figures_that_it_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (verdict, rest) = readme.split_once(END).unwrap();
    let (_, verdict) = verdict.split_once(BEGIN).unwrap();
    let one_line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let printed: Vec<String> = verdict.lines().map(one_line).collect();

    let (_, table) = rest.split_once("## How to read it").unwrap();
    let rows = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let quotes = |(quote, _): &(&str, &str)| quote.contains('[');
    let rows: Vec<(&str, &str)> = rows.take(5).filter(quotes).collect();
    assert_eq!(rows.len(), 4, "{rows:?}");
    for (quote, _) in &rows {
        let parts: Vec<&str> = quote
            .split(" \\| ")
            .map(|part| part.trim_start_matches("p95 "))
            .collect();
        let is_printed = |line: &String| parts.iter().all(|part| line.contains(part));
        assert!(
            printed.iter().any(is_printed),
            "the verdict has no line with `{quote}`"
        );
    }
    let (quote, explained) = rows[0];
    let figures = quote
        .split(|c: char| !c.is_ascii_digit())
        .filter(|figure| !figure.is_empty());
    for figure in figures {
        assert!(
            explained.contains(figure),
            "{figure} is missing in: {explained}"
        );
    }
}

/// The words of a line as a shell splits it; what stands behind a `#` is a remark.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in line.chars() {
        match c {
            '\'' => is_quoted = !is_quoted,
            '#' if !is_quoted && words.last().is_some_and(String::is_empty) => break,
            c if c.is_whitespace() && !is_quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_of_the_readme_is_one_that_the_program_takes() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap().replace("\\\n", " "));
    let lines: Vec<String> = blocks
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let commands = lines.iter().filter(|line| line.starts_with("cutover "));
    let mut count = 0;
    for command in commands {
        let parsed = Cli::try_parse_from(words(command));
        assert!(parsed.is_ok(), "{command}: {}", parsed.unwrap_err());
        count += 1;
    }
    assert!(count > 30, "{count} commands");
}
