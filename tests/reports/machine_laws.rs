//! What holds of every format for machines, whoever's text is in it: it can be read back, all of it is
//! there, and the same record gives the same bytes.

use std::collections::{BTreeMap, HashSet};

use cutover::record::{Record, SampleStatus, Side};
use cutover::report::{
    Summary, bencher, benchmark_action, junit, latency_log, prometheus, samples,
};
use cutover::verdict::{Outcome, Verdict, judge};
use proptest::prelude::*;
use quick_junit::{Report, TestCaseStatus};
use serde_json::Value;

use crate::hostile::{HOSTILE, small, spoil};
use crate::machine::{intervals, written};
use crate::{kinds, records};

/// Texts that act in a format for machines.
const HOSTILE_TO_MACHINES: [&str; 10] = [
    "=1+1",
    " @SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2\t=3",
    "＝1",
    "\u{0}\u{fffe}\u{ffff}",
    "]]>&amp;<!--",
    "a,b;c\"d\"\r\ne",
    "\\\" \\n \\",
    "#[BaseTime: 0 (seconds since epoch)]",
];

fn count(record: &Record) -> usize {
    let of = |side| -> usize {
        let scenarios = record.scenarios.iter();
        scenarios.map(|scenario| scenario.side(side).len()).sum()
    };
    Side::BOTH.into_iter().map(of).sum()
}

#[track_caller]
fn assert_machine_laws(record: &Record) {
    let verdict = judge(record);
    let summary = Summary::new(record, &verdict);
    let xml = junit(&summary);
    assert_eq!(xml, junit(&Summary::new(&record.clone(), &judge(record))));
    assert_junit(&xml, &verdict);
    assert_bencher(&bencher(&summary));
    assert_benchmark_action(&benchmark_action(&summary));
    assert_prometheus(&prometheus(&summary));
    assert_samples(&written(record, samples), record);
    let log = written(record, latency_log);
    assert_eq!(log, written(record, latency_log));
    assert_log(&log, record);
}

/// XML 1.0, section 2.2.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// A case a gate; green when and only when the verdict is GO.
#[track_caller]
fn assert_junit(xml: &str, verdict: &Verdict) {
    assert_eq!(xml.chars().find(|c| !is_xml(*c)), None, "{xml:?}");
    assert!(
        !xml.contains("timestamp=") && !xml.contains("uuid="),
        "{xml}"
    );
    let report = Report::deserialize_from_str(xml).unwrap();
    let cases: Vec<_> = report
        .test_suites
        .iter()
        .flat_map(|suite| &suite.test_cases)
        .collect();
    let is_red = |status: &TestCaseStatus| matches!(status, TestCaseStatus::NonSuccess { .. });
    let no_gate_says_why = verdict.verdict != Outcome::Go
        && verdict
            .gates
            .iter()
            .all(|gate| !gate.required || gate.outcome == Outcome::Go);
    assert_eq!(
        cases.len(),
        verdict.gates.len() + usize::from(no_gate_says_why),
        "{xml}"
    );
    assert_eq!(report.tests, cases.len());
    let red = cases.iter().filter(|case| is_red(&case.status)).count();
    assert_eq!(red == 0, verdict.verdict == Outcome::Go, "{xml}");
    assert_eq!(report.failures, red);
    for (case, gate) in cases.iter().zip(&verdict.gates) {
        let kind = match &case.status {
            TestCaseStatus::Success { .. } => "GO",
            TestCaseStatus::NonSuccess { ty, .. } => ty.as_deref().unwrap(),
            TestCaseStatus::Skipped { .. } => "skipped",
        };
        let expected = match gate.outcome {
            Outcome::Go => "GO",
            _ if !gate.required => "skipped",
            Outcome::NoGo => "NO_GO",
            Outcome::Inconclusive => "INCONCLUSIVE",
            Outcome::GoWithWaivers => panic!("a gate holds or does not: {}", gate.id),
        };
        assert_eq!(kind, expected, "{}", gate.id);
    }
}

#[track_caller]
fn assert_bencher(json: &str) {
    let benchmarks: Value = serde_json::from_str(json).unwrap();
    for (name, measures) in benchmarks.as_object().unwrap() {
        assert!(name.chars().count() <= 1024);
        for metric in measures.as_object().unwrap().values() {
            let metric = metric.as_object().unwrap();
            let number = |name: &str| metric.get(name).map(|value| value.as_f64().unwrap());
            let value = number("value").unwrap();
            assert!(
                number("lower_value").is_none_or(|low| low <= value),
                "{json}"
            );
            assert!(
                number("upper_value").is_none_or(|high| high >= value),
                "{json}"
            );
        }
    }
}

#[track_caller]
fn assert_benchmark_action(json: &str) {
    let list: Value = serde_json::from_str(json).unwrap();
    for entry in list.as_array().unwrap() {
        assert!(entry["value"].is_number(), "{entry}");
        for text in ["name", "unit", "extra"] {
            assert!(entry[text].is_string(), "{entry}");
        }
        assert!(entry.get("range").is_none_or(Value::is_string), "{entry}");
    }
}

/// A metric's name, its labels, and its value.
fn sample(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = line.find(|c| !is_name(c)).unwrap();
    let (name, mut rest) = line.split_at(end);
    assert!(name.starts_with("cutover_"), "{line}");
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        loop {
            let (label, after) = rest.split_once("=\"").unwrap();
            assert!(!label.is_empty() && label.chars().all(is_name), "{line}");
            let (value, after) = label_value(after);
            assert_eq!(labels.insert(label.to_owned(), value), None, "{line}");
            match after.strip_prefix(',') {
                Some(more) => rest = more,
                None => {
                    rest = after.strip_prefix('}').unwrap();
                    break;
                }
            }
        }
    }
    let value: f64 = rest.strip_prefix(' ').unwrap().parse().unwrap();
    assert!(value.is_finite(), "{line}");
    (name.to_owned(), labels, value)
}

/// Up to the closing quote, the escapes undone, and what follows.
fn label_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => match chars.next().unwrap().1 {
                'n' => value.push('\n'),
                c @ ('\\' | '"') => value.push(c),
                other => panic!("the escape \\{other}"),
            },
            c => value.push(c),
        }
    }
    panic!("no closing quote in {text}")
}

/// The text-based exposition format: help, type, then all samples of the metric, none twice.
#[track_caller]
fn assert_prometheus(text: &str) {
    assert!(text.ends_with('\n'));
    let mut families = HashSet::new();
    let mut seen = HashSet::new();
    let mut lines = text.strip_suffix('\n').unwrap().split('\n').peekable();
    while let Some(help) = lines.next() {
        let (name, _) = help
            .strip_prefix("# HELP ")
            .unwrap_or_else(|| panic!("no help: {help}"))
            .split_once(' ')
            .unwrap();
        assert!(families.insert(name), "{name} twice");
        let kind = format!("# TYPE {name} gauge");
        assert_eq!(lines.next(), Some(kind.as_str()));
        let mut samples = 0;
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let (of, labels, _) = sample(line);
            assert_eq!(of, name);
            assert!(seen.insert((of, labels)), "twice: {line}");
            samples += 1;
        }
        assert!(samples > 0, "{name} has no sample");
    }
    assert!(families.contains("cutover_verdict"));
}

#[track_caller]
fn assert_samples(text: &str, record: &Record) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|field| field == name).unwrap();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), count(record));
    let expected = record.scenarios.iter().flat_map(|scenario| {
        let of = |side| {
            scenario
                .samples(side)
                .into_iter()
                .map(move |one| (side, one))
        };
        of(Side::Baseline).chain(of(Side::Candidate))
    });
    for (row, (side, sample)) in rows.iter().zip(expected) {
        assert_eq!(row.len(), header.len());
        assert_eq!(&row[column("side")], side.name());
        assert_eq!(&row[column("status")], sample.status.name());
        if sample.seconds.is_finite() {
            let seconds: f64 = row[column("seconds")].parse().unwrap();
            assert_eq!(seconds.to_bits(), (sample.seconds + 0.0).to_bits());
        }
        let has_kind = !row[column("failure_kind")].is_empty();
        assert_eq!(has_kind, sample.status != SampleStatus::Ok);
        for cell in row {
            if cell.parse::<f64>().is_ok() {
                continue;
            }
            let first = cell.trim_start().chars().next();
            assert!(
                !first.is_some_and(|c| "=+-@＝＋－＠".contains(c)),
                "{cell:?}"
            );
            assert!(!cell.contains(char::is_control), "{cell:?}");
        }
    }
}

/// Every iteration is in one interval, under the tag of its scenario, side and success.
#[track_caller]
fn assert_log(log: &str, record: &Record) {
    assert!(log.is_ascii());
    assert!(log.matches("\n#[BaseTime").count() <= 1, "{log}");
    let intervals = intervals(log);
    assert!(intervals.is_sorted_by_key(|interval| interval.start));
    let places: HashSet<_> = intervals
        .iter()
        .map(|interval| (interval.start, interval.tag.clone()))
        .collect();
    assert_eq!(places.len(), intervals.len(), "{log}");
    let mut counts = BTreeMap::new();
    for interval in &intervals {
        *counts.entry(interval.tag.clone()).or_insert(0) += interval.histogram.len();
    }
    let mut expected = Vec::new();
    for scenario in &record.scenarios {
        for side in Side::BOTH {
            let samples = scenario.samples(side);
            let ok = samples.iter().filter(|one| one.status == SampleStatus::Ok);
            let ok = ok.count() as u64;
            expected.extend([ok, samples.len() as u64 - ok]);
        }
    }
    let mut found: Vec<u64> = counts.into_values().collect();
    expected.retain(|count| *count > 0);
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn every_kind_of_run_keeps_the_laws_of_machines() {
    for (_, record) in kinds::all() {
        assert_machine_laws(&record);
    }
}

#[test]
fn hostile_texts_are_data_in_every_format() {
    for text in HOSTILE.into_iter().chain(HOSTILE_TO_MACHINES) {
        let mut record = small();
        spoil(&mut record, text);
        assert_machine_laws(&record);
        record.gates.required.clear();
        assert_machine_laws(&record);
    }
}

#[test]
fn a_run_that_decided_nothing_is_never_green() {
    let mut record = records::go();
    record.scenarios.clear();
    assert_machine_laws(&record);
    let verdict = judge(&record);
    let xml = junit(&Summary::new(&record, &verdict));
    assert!(xml.contains("type=\"INCONCLUSIVE\""), "{xml}");
    assert!(xml.contains("no scenario"), "{xml}");

    let mut record = records::go();
    record.interrupted = true;
    assert_machine_laws(&record);
}

#[test]
fn a_gate_that_is_not_required_is_seen_and_turns_nothing_red() {
    let mut record = records::no_go();
    record
        .gates
        .required
        .retain(|id| !id.starts_with("speedup"));
    let verdict = judge(&record);
    let open: Vec<_> = verdict
        .gates
        .iter()
        .filter(|gate| gate.outcome != Outcome::Go)
        .collect();
    assert!(!open.is_empty() && open.iter().all(|gate| !gate.required));
    assert_eq!(verdict.verdict, Outcome::Go);
    assert_machine_laws(&record);
    let xml = junit(&Summary::new(&record, &verdict));
    assert!(xml.contains("<skipped message=\"not required, "), "{xml}");
}

#[test]
fn an_iteration_without_its_answer_is_a_failure_in_the_files_too() {
    let mut record = small();
    records::edit(&mut record.scenarios[0].candidate, |rows| {
        rows[3].steps.clear()
    });
    assert_machine_laws(&record);
    let text = written(&record, samples);
    let line = text
        .lines()
        .find(|line| line.starts_with("dashboard-load,candidate,3,"))
        .unwrap();
    assert!(
        line.starts_with("dashboard-load,candidate,3,error,0,"),
        "{line}"
    );
    assert!(line.contains("incomplete"), "{line}");
    let log = written(&record, latency_log);
    assert!(
        log.contains("Tag=dashboard-load.candidate.failed,"),
        "{log}"
    );
}

#[test]
fn a_time_beyond_measure_is_left_out() {
    let mut record = small();
    record.elapsed_s = f64::INFINITY;
    records::edit(&mut record.scenarios[0].candidate, |rows| {
        rows[0].steps[0].duration_s = f64::INFINITY;
        rows[1].finished_at_s = f64::NAN;
        rows[2].finished_at_s = -5.0;
        rows[3].budget_wait_s = f64::NEG_INFINITY;
    });
    assert_machine_laws(&record);
    let summary = judge(&record);
    let summary = Summary::new(&record, &summary);
    let outputs = [
        junit(&summary),
        bencher(&summary),
        benchmark_action(&summary),
        prometheus(&summary),
        written(&record, samples),
    ];
    for output in outputs {
        for word in [" inf", ",inf", ":inf", "NaN", "Infinity"] {
            assert!(!output.contains(word), "`{word}` in {output}");
        }
    }
}

#[test]
fn two_names_that_look_alike_in_a_tag_stay_apart() {
    let mut record = small();
    record.scenarios[0].name = "a b".to_owned();
    record.scenarios[1].name = "a,b".to_owned();
    assert_machine_laws(&record);
    let log = written(&record, latency_log);
    for words in [
        "Tag=a_b.baseline,",
        "Tag=a_b~2.candidate,",
        "the scenario a,b\n",
    ] {
        assert!(log.contains(words), "{log}");
    }
}

#[test]
fn two_names_that_look_alike_are_two_scenarios_in_the_samples() {
    let mut record = small();
    record.scenarios[0].name = "a\u{1}".to_owned();
    record.scenarios[1].name = "a\u{2}".to_owned();
    assert_machine_laws(&record);
    let text = written(&record, samples);
    let second = "\na\u{fffd}~2,";
    let of_second = record.scenarios[1].baseline.len() + record.scenarios[1].candidate.len();
    assert_eq!(text.matches(second).count(), of_second, "{text}");
}

#[test]
fn the_same_series_is_pushed_once() {
    let mut record = small();
    let unknown = ["x".to_owned(), "x".to_owned()];
    record.gates.required.extend(unknown);
    assert_machine_laws(&record);
}

#[test]
fn a_long_run_has_long_intervals() {
    let mut record = small();
    record.elapsed_s = 36_000.0;
    records::edit(&mut record.scenarios[0].candidate, |rows| {
        rows.last_mut().unwrap().finished_at_s = 36_000.0;
    });
    let intervals = intervals(&written(&record, latency_log));
    assert!(intervals.iter().all(|one| one.length.as_secs() == 300));
    assert_eq!(intervals.last().unwrap().start.as_secs(), 36_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_somebody_else_breaks_a_format(
        text in r#"([ -~]|["\\<>&=+@,\n\r\t\x1b\x00]|\PC|\p{C}){0,60}"#
    ) {
        let mut record = small();
        spoil(&mut record, &text);
        assert_machine_laws(&record);
    }
}
