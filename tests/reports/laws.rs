//! What holds of every output, whoever's text is in it.

use console::measure_text_width;
use cutover::record::{Iterations, Record, World};
use cutover::report::{Summary, Width, junit, markdown, terminal};
use cutover::verdict::{Gate, Outcome, Verdict, judge};
use proptest::prelude::*;

use crate::hostile::{HOSTILE, of_scenarios, small, spoil, spoil_answers};
use crate::page::of_24_scenarios;
use crate::{kinds, records};

/// The outputs of a record, every law of them held.
#[track_caller]
fn assert_laws(record: &Record) -> (Verdict, String, String) {
    let verdict = judge(record);
    let summary = Summary::new(record, &verdict);
    let mut at_80 = String::new();
    for columns in [60, 80, 120] {
        let text = terminal(&summary, Width(columns));
        assert_terminal(&text, usize::from(columns));
        assert!(text.starts_with(verdict.verdict.word()), "{text}");
        if columns == 80 {
            at_80 = text;
        }
    }
    let report = markdown(&summary);
    assert_report(&report, record, &verdict);
    let is_sandbox = matches!(record.world, World::Sandbox(_));
    for text in [&at_80, &report] {
        assert_eq!(text.contains("Notion is simulated"), is_sandbox, "{text}");
    }
    (verdict, at_80, report)
}

#[track_caller]
fn assert_terminal(text: &str, columns: usize) {
    for line in text.lines() {
        let words = line.trim_start().trim_start_matches("- ");
        let is_one_word = !words.contains(' ');
        assert!(
            measure_text_width(line) <= columns || is_one_word,
            "wider than {columns}: {line:?}\n{text}"
        );
        assert_eq!(line, line.trim_end(), "a trailing space in\n{text}");
    }
    assert_nothing_acts(text);
}

/// Neither a terminal nor a viewer obeys any of it.
#[track_caller]
pub(crate) fn assert_nothing_acts(text: &str) {
    let acts = |c: &char| {
        (c.is_control() && *c != '\n')
            || "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}".contains(*c)
            || ('\u{202a}'..='\u{202e}').contains(c)
            || ('\u{2066}'..='\u{2069}').contains(c)
            || "\u{ad}\u{200b}\u{200c}\u{200d}\u{180e}\u{115f}\u{1160}\u{3164}\u{ffa0}".contains(*c)
            || ('\u{fe00}'..='\u{fe0f}').contains(c)
            || ('\u{fff9}'..='\u{fffb}').contains(c)
            || ('\u{e0000}'..='\u{e01ef}').contains(c)
    };
    assert_eq!(text.chars().find(acts), None, "{text:?}");
}

const HEADINGS: [&str; 9] = [
    "## What to do next",
    "## Why",
    "## Left behind",
    "## What was looked at, and what was found",
    "## Promised and measured",
    "## Was `before` true?",
    "## Gates",
    "## What the figures rest on",
    "## Circumstances",
];

/// The structure is the product's, whatever the texts in it say.
#[track_caller]
fn assert_report(report: &str, record: &Record, verdict: &Verdict) {
    assert_nothing_acts(report);
    let mut lines = report.lines();
    let title = format!("# {}: ", verdict.verdict.word());
    assert!(lines.next().unwrap().starts_with(&title), "{report}");
    assert_eq!(lines.next(), Some(""));
    assert!(lines.next().unwrap().starts_with("Made by "), "{report}");

    let with = |mark: &str| report.lines().filter(|line| line.starts_with(mark)).count();
    assert!(report.len() < 60_000, "{} bytes", report.len());
    assert_eq!(with("# "), 1, "{report}");
    for heading in report.lines().filter(|line| line.starts_with("## ")) {
        assert!(HEADINGS.contains(&heading), "{heading}");
    }
    let of_a_scenario = |gate: &Gate| record.scenarios.iter().any(|one| one.name == gate.scenario);
    let of_the_run = verdict.gates.iter().any(|gate| !of_a_scenario(gate));
    let sections = record.scenarios.len() + usize::from(of_the_run);
    let tables = usize::from(!record.scenarios.is_empty()) + sections;
    let rows = 3 * record.scenarios.len() + verdict.gates.len();
    if is_whole(report) {
        assert_eq!(with("### "), sections, "{report}");
        assert_eq!(with("|"), rows + 2 * tables, "{report}");
    } else {
        assert!(with("|") < rows + 2 * tables, "{report}");
    }
    assert_tables(report);
    report.lines().for_each(assert_spans);
    for gate in verdict.gates.iter().filter(|_| is_whole(report)) {
        let shown = report.contains(&gate.id) || !gate.id.chars().all(is_plain);
        assert!(shown, "{} is missing in\n{report}", gate.id);
    }
}

/// The rows of a table have the same number of cells, and a pipe stands nowhere else.
#[track_caller]
pub(crate) fn assert_tables(report: &str) {
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

/// Whether all gates are there; the figures behind them may not be.
fn is_whole(report: &str) -> bool {
    !report.contains("left out here: see `")
        || report.contains(" The figures behind them are left out here: see")
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// Code spans end on their line, and outside of them stand only the tags of the product.
#[track_caller]
fn assert_spans(line: &str) {
    assert_eq!(line.matches('`').count() % 2, 0, "{line}");
    assert!(!line.contains("``"), "{line}");
    let outside: Vec<&str> = line.split('`').step_by(2).collect();
    let outside = outside.join("\n");
    assert_no_deed(&outside);
    let known = [
        "<!-- -->",
        "<details><summary>The figures behind them</summary>",
        "</details>",
        "<code>",
        "</code>",
    ];
    let rest = known
        .iter()
        .fold(outside, |rest, tag| rest.replace(tag, ""));
    assert!(!rest.contains('<'), "{line}");
}

/// Nothing outside of code mentions anybody, links, or is drawn as a formula.
#[track_caller]
fn assert_no_deed(outside: &str) {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#124;", "|"),
        ("&#96;", "`"),
        ("&amp;", "&"),
    ];
    let shown = entities
        .iter()
        .fold(outside.replace('\\', ""), |shown, (entity, c)| {
            shown.replace(entity, c)
        });
    let lower = shown.to_lowercase();
    let followed = |mark: &str, by: fn(char) -> bool| {
        lower.split(mark).skip(1).any(|rest| rest.starts_with(by))
    };
    assert!(
        !followed("@", char::is_alphanumeric),
        "a mention in {shown}"
    );
    assert!(
        !followed("#", |c| c.is_ascii_digit()),
        "an issue in {shown}"
    );
    assert!(
        !followed("gh-", |c| c.is_ascii_digit()),
        "an issue in {shown}"
    );
    for mark in ["$", "://", "www.", ":tada:"] {
        assert!(!lower.contains(mark), "{mark} in {shown}");
    }
}

#[test]
fn every_kind_of_run_keeps_the_laws() {
    for (name, record) in kinds::all() {
        let (verdict, text, report) = assert_laws(&record);
        assert!(report.len() < 60_000, "{name}: {} bytes", report.len());
        for text in [&text, &report] {
            let opening: String = text.chars().take(400).collect();
            let opening = opening.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                opening.contains(&format!("Made by `{}`", record.command)),
                "{text}"
            );
            if verdict.verdict == Outcome::Inconclusive {
                assert!(!text.to_lowercase().contains("passed"), "{name}:\n{text}");
            }
        }
        for gate in &verdict.gates {
            assert!(report.contains(&gate.id), "{name}: {} is missing", gate.id);
        }
    }
}

#[test]
fn hostile_texts_are_shown_as_text() {
    for text in HOSTILE {
        let mut record = small();
        spoil(&mut record, text);
        assert_laws(&record);
    }
}

/// The report of a record that is too large to be shown whole.
#[track_caller]
fn bounded_report(record: &Record) -> String {
    let verdict = judge(record);
    let report = markdown(&Summary::new(record, &verdict));
    assert_report(&report, record, &verdict);
    let own = verdict.sentence.split(['|', '@', '`', '<']).next().unwrap();
    let words: String = own.chars().take(60).collect();
    assert!(report.contains(&words), "{report}");
    for part in ["## What to do next\n\n- ", "## Promised and measured"] {
        assert!(report.contains(part), "{part} is missing in\n{report}");
    }
    let says_so = [
        "left out here: see `verdict.json`",
        "more characters: see `record.json`",
    ];
    assert!(says_so.iter().any(|note| report.contains(note)), "{report}");
    report
}

#[test]
fn a_report_of_many_scenarios_leaves_out_what_matters_least_and_says_so() {
    let report = bounded_report(&of_24_scenarios());
    assert!(
        report.contains("The figures behind them are left out here"),
        "{report}"
    );
    assert_eq!(report.matches("\n### ").count(), 24);

    let mut record = of_scenarios(300);
    bounded_report(&record);
    record.leftovers = (0..5_000).map(|n| format!("object {n}")).collect();
    let report = bounded_report(&record);
    assert!(
        report.contains("more of 300 scenarios are left out here"),
        "{report}"
    );
    assert!(
        report.contains(" more are left out here: see `record.json`"),
        "{report}"
    );
}

#[test]
fn long_names_and_a_failure_of_10_megabytes_leave_every_text_for_people_small() {
    for text in ["n".repeat(5_000), "|@`".repeat(5_000)] {
        let mut record = small();
        spoil(&mut record, &text);
        bounded_report(&record);
    }
    let mut record = of_scenarios(24);
    spoil(&mut record, &"long name ".repeat(500));
    bounded_report(&record);

    let mut record = small();
    spoil_answers(&mut record, &"<@a> שלום `x` ".repeat(600_000));
    bounded_report(&record);
    let verdict = judge(&record);
    let summary = Summary::new(&record, &verdict);
    let (text, xml) = (terminal(&summary, Width(80)), junit(&summary));
    assert!(text.len() < 1_000_000, "{} bytes", text.len());
    assert!(xml.len() < 1_000_000, "{} bytes", xml.len());
    assert!(
        text.contains("more characters: see `record.json`"),
        "{text}"
    );
    assert!(xml.contains("more characters: see `record.json`"), "{xml}");
}

#[test]
fn a_record_without_scenarios_has_a_report_too() {
    let mut record = records::go();
    record.scenarios.clear();
    let (verdict, text, _) = assert_laws(&record);
    assert_eq!(verdict.verdict, Outcome::Inconclusive);
    assert!(text.contains("no scenario"), "{text}");
}

#[test]
fn an_iteration_without_its_answer_counts_as_failed_in_every_figure() {
    let mut record = records::go();
    records::edit(&mut record.scenarios[0].candidate, |rows| {
        rows[3].steps.clear()
    });
    let verdict = judge(&record);
    let row = &Summary::new(&record, &verdict).rows[0];
    assert!((row.candidate.failed - 1.0).abs() < 1e-9);
    assert_eq!(row.candidate.iterations, 480);
    assert_eq!(row.outcome, Outcome::NoGo);
}

#[test]
fn a_side_that_was_not_measured_is_one_line_and_its_cause_stands_first() {
    let record = records::frozen();
    let why = Summary::new(&record, &judge(&record)).why;
    assert_eq!(why.len(), 2, "{why:?}");
    assert!(why[0].subject.starts_with("fresh of dashboard-load, "));
    assert!(why[1].text.contains("nothing was measured"), "{why:?}");

    let mut record = records::go();
    record.scenarios[1].candidate = Iterations::new();
    let why = Summary::new(&record, &judge(&record)).why;
    assert_eq!(why.len(), 1, "{why:?}");
    assert_eq!(why[0].subject, "task-search");
    assert!(why[0].text.contains("on the candidate"), "{why:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_somebody_else_acts(text in r#"([ -~]|[|`\\<>&#*_\n\t\x1b]|\PC|\p{C}){0,80}"#) {
        let mut record = small();
        spoil(&mut record, &text);
        assert_laws(&record);
    }

    #[test]
    fn long_names_keep_the_width(name in "[a-z你🙂-]{1,300}", promised in 1u32..1_000_000_000) {
        let mut record = small();
        spoil(&mut record, &name);
        record.scenarios[0].promise.before = format!("{promised}us..{}us", promised + 999_999).parse().unwrap();
        assert_laws(&record);
    }
}
