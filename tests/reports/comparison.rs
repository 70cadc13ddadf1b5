//! Several records side by side: what all say, and what sets them apart.

use console::measure_text_width;
use cutover::record::Record;
use cutover::report::{
    Comparison, Summary, Width, comparison_html, comparison_markdown, comparison_terminal,
};
use cutover::verdict::judge;
use proptest::prelude::*;

use crate::hostile::{small, spoil};
use crate::laws::assert_nothing_acts;
use crate::records;

/// The page of records side by side.
pub(crate) fn comparison_page(records: &[Record]) -> String {
    comparison_html(&compared(records))
}

fn compared(records: &[Record]) -> Comparison {
    let verdicts: Vec<_> = records.iter().map(judge).collect();
    let both = records.iter().zip(&verdicts);
    let summaries: Vec<_> = both
        .map(|(record, verdict)| Summary::new(record, verdict))
        .collect();
    Comparison::new(&summaries)
}

/// The same deployments before and after something, and a run of another kind.
pub(crate) fn three() -> Vec<Record> {
    let mut later = records::no_go();
    "20240502t101500z-0ddba11".clone_into(&mut later.run);
    later.tool.version = "0.2.0".to_owned();
    let mut short = records::interrupted();
    "20240503t111111z-cafe".clone_into(&mut short.run);
    vec![records::go(), later, short]
}

#[test]
fn several_runs_read_as_their_golden_files() {
    let comparison = compared(&three());
    for width in [80, 120] {
        let text = comparison_terminal(&comparison, Width(width));
        for line in text.lines() {
            assert!(measure_text_width(line) <= usize::from(width), "{line}");
        }
        insta::assert_snapshot!(format!("comparison-{width}"), text);
    }
    insta::assert_snapshot!("comparison-report", comparison_markdown(&comparison));
    let page = comparison_html(&comparison);
    let body = page
        .split_once("<body>")
        .unwrap()
        .1
        .replace("<tr>", "\n<tr>");
    insta::assert_snapshot!("comparison-page", body);
}

#[test]
fn alike_runs_have_nothing_that_sets_them_apart() {
    let comparison = compared(&[records::go(), records::go()]);
    assert_eq!(comparison.unlike, []);
    assert!(!comparison_markdown(&comparison).contains("have in common"));
}

#[test]
fn a_scenario_that_one_run_lacks_is_shown_as_lacking() {
    let mut without = records::go();
    without.scenarios.remove(1);
    let comparison = compared(&[without, records::go()]);
    let search = comparison
        .scenarios
        .iter()
        .find(|one| one.name == "task-search")
        .unwrap();
    assert_eq!(search.outcomes[0], None);
    assert!(
        search
            .lines
            .iter()
            .all(|line| line.values[0] == "-" && line.values[1] != "-")
    );
}

#[test]
fn more_runs_than_letters_have_names_of_their_own() {
    let mut small = records::go();
    small.scenarios.truncate(1);
    let comparison = compared(&vec![small; 60]);
    let mut letters: Vec<_> = comparison
        .runs
        .iter()
        .map(|run| run.letter.clone())
        .collect();
    assert_eq!((letters[25].as_str(), letters[26].as_str()), ("Z", "A2"));
    letters.sort();
    letters.dedup();
    assert_eq!(letters.len(), 60);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_somebody_else_acts(text in r#"([ -~]|[|`\\<>&#*_\n\t\x1b]|\PC|\p{C}){0,80}"#) {
        let mut hostile = small();
        spoil(&mut hostile, &text);
        let comparison = compared(&[small(), hostile]);
        assert_nothing_acts(&comparison_terminal(&comparison, Width(80)));
        let report = comparison_markdown(&comparison);
        assert_nothing_acts(&report);
        let mut columns = None;
        for line in report.lines() {
            let pipes = line.matches('|').count();
            if line.starts_with('|') {
                assert_eq!(*columns.get_or_insert(pipes), pipes, "{line}");
            } else {
                assert_eq!(pipes, 0, "{line}");
                columns = None;
            }
        }
    }
}
