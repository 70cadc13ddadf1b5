//! Several records side by side: what all say, and what sets them apart.

use std::collections::BTreeSet;

use console::measure_text_width;
use cutover::record::Record;
use cutover::report::{
    Comparison, Excerpt, Summary, Width, comparison_html, comparison_markdown, comparison_terminal,
};
use cutover::verdict::{GATE_IDS, judge};
use proptest::prelude::*;

use crate::hostile::{small, spoil};
use crate::laws::{assert_nothing_acts, assert_tables};
use crate::{kinds, records};

/// The page of records side by side.
pub(crate) fn comparison_page(records: &[Record]) -> String {
    comparison_html(&compared(records))
}

fn compared(records: &[Record]) -> Comparison {
    Comparison::new(records.iter().map(excerpt))
}

fn excerpt(record: &Record) -> Excerpt {
    Excerpt::new(&Summary::new(record, &judge(record)))
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

/// Each record is gone before the next one is made: nothing of it is borrowed.
#[test]
fn a_record_may_go_as_soon_as_its_excerpt_is_taken() {
    let comparison = Comparison::new((0..3).map(|_| excerpt(&small())));
    assert_eq!(comparison.runs.len(), 3);
}

#[test]
fn every_number_of_runs_fits_every_width_and_no_figure_is_broken() {
    let kinds = kinds::all().into_iter().map(|(_, record)| record);
    let kinds: Vec<Excerpt> = kinds.map(|record| excerpt(&record)).collect();
    for count in 1..=60 {
        let comparison = Comparison::new(kinds.iter().cycle().take(count).cloned());
        for width in [60, 80, 120] {
            let text = comparison_terminal(&comparison, Width(width));
            for line in text.lines() {
                let columns = measure_text_width(line);
                assert!(columns <= usize::from(width), "{count} runs: {line}");
            }
            let lines = comparison.scenarios.iter().flat_map(|one| &one.lines);
            let values: BTreeSet<_> = lines.clone().flat_map(|line| &line.values).collect();
            for value in values {
                assert!(text.contains(value), "{count} runs, {width}: {value}");
            }
            let names: BTreeSet<_> = lines.map(|line| &line.what).collect();
            for name in names {
                assert!(text.contains(&format!("\n  {name} ")), "{name}\n{text}");
            }
            let headers = text.lines().filter(|line| line.starts_with("  "));
            let letters: Vec<&str> = headers.flat_map(str::split_whitespace).collect();
            for run in &comparison.runs {
                assert!(letters.contains(&run.letter.as_str()), "{}", run.letter);
            }
        }
    }
}

#[test]
fn what_was_asked_of_the_runs_is_compared() {
    let mut lax = records::go();
    lax.gates.required.retain(|id| id != "target-p95");
    lax.gates.max_baseline_iterations = 7;
    lax.gates.max_writes = 8;
    lax.gates.candidate_per_baseline = 9;
    lax.scenarios[1].promise.speedup = "2x".parse().unwrap();
    let comparison = compared(&[records::go(), lax]);
    let told = |what: &str| {
        let found = comparison.unlike.iter().find(|one| one.what == what);
        found.unwrap_or_else(|| panic!("{what}")).values.clone()
    };
    let required = told("required gates");
    assert!(required[0].contains("target-p95") && !required[1].contains("target-p95"));
    assert_eq!(told("cap on baseline iterations"), ["120", "7"]);
    assert_eq!(told("cap on writes"), ["400", "8"]);
    assert_eq!(
        told("candidate iterations for each of the baseline"),
        ["20", "9"]
    );
    let promise = told("promise of task-search");
    assert!(promise[0].ends_with("speedup 20x..100x") && promise[1].ends_with("speedup 2x"));
    assert_eq!(comparison.unlike.len(), 5);
    let mut lines = comparison.scenarios[0].lines.iter();
    let gate = lines.find(|line| line.what == "gate target-p95").unwrap();
    assert_eq!(gate.values, ["GO", "GO (not required)"]);
}

#[test]
fn a_gate_that_nobody_knows_is_shown_like_any_other() {
    let mut record = records::go();
    record.gates.required.push("tomorrow".to_owned());
    let comparison = compared(&[records::go(), record]);
    for scenario in &comparison.scenarios {
        let gates = scenario.lines.iter();
        let gates: Vec<_> = gates
            .filter(|line| line.what.starts_with("gate "))
            .collect();
        assert_eq!(gates.len(), GATE_IDS.len() + 1);
        let last = gates.last().unwrap();
        assert_eq!(last.what, "gate tomorrow");
        assert_eq!(last.values, ["-", "INCONCLUSIVE"]);
    }
}

#[test]
fn the_first_reason_against_a_go_is_told_in_every_form() {
    let comparison = compared(&[records::go(), records::failed_half_way()]);
    assert_eq!(comparison.runs[0].reason, None);
    let reason = comparison.runs[1].reason.clone().unwrap();
    assert!(reason.starts_with("NO-GO "), "{reason}");
    let flat = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = &reason[..40];
    for text in [
        comparison_terminal(&comparison, Width(80)),
        comparison_markdown(&comparison),
        comparison_html(&comparison),
    ] {
        assert!(flat(text.clone()).contains(start), "{start}\n{text}");
    }
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
        assert_tables(&report);
    }
}
