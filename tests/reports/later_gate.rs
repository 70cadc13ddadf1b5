//! Gates are data: one that is added later, of a scenario or of the whole run, is in every format.

use cutover::record::{Example, Finding, FindingKind, Inspection, Waiver, Weight};
use cutover::report::{
    Comparison, Excerpt, Summary, Width, comparison_markdown, comparison_terminal, html, junit,
    markdown, prometheus, terminal,
};
use cutover::verdict::{Fact, Gate, Interval, Outcome, Unit, judge};

use crate::records;

/// A gate of a scenario, and one of no scenario.
fn later(scenario: &str) -> Gate {
    Gate {
        id: "parity".to_owned(),
        scenario: scenario.to_owned(),
        required: true,
        outcome: Outcome::NoGo,
        title: "both sides give one answer".to_owned(),
        reason: "3 of 90 answers differ at status".to_owned(),
        next: None,
        waived: None,
        settled: true,
        interval: Some(Interval {
            unit: Unit::Count,
            low: None,
            high: Some(5.0),
            point: Some(3.0),
            threshold: 0.0,
        }),
        facts: vec![
            Fact::number("differences", 3.0, Unit::Count),
            Fact::text("example", "Inbox became todo"),
        ],
    }
}

#[test]
fn a_gate_that_is_added_later_is_in_every_format() {
    let record = records::go();
    for scenario in ["task-search", ""] {
        let mut verdict = judge(&record);
        verdict.gates.push(later(scenario));
        verdict.verdict = Outcome::NoGo;
        let summary = Summary::new(&record, &verdict);
        let comparison = Comparison::new([Excerpt::new(&summary)]);
        for (format, text, says_why) in [
            ("terminal", terminal(&summary, Width(120)), true),
            ("markdown", markdown(&summary), true),
            ("html", html(&summary).unwrap(), true),
            ("junit", junit(&summary), true),
            ("prometheus", prometheus(&summary), false),
            (
                "comparison",
                comparison_terminal(&comparison, Width(120)),
                false,
            ),
            (
                "comparison in Markdown",
                comparison_markdown(&comparison),
                false,
            ),
        ] {
            assert!(text.contains("parity"), "{format} of `{scenario}`:\n{text}");
            let reason = text.contains("3 of 90 answers differ");
            assert!(reason || !says_why, "{format} of `{scenario}`:\n{text}");
        }
        for text in [markdown(&summary), html(&summary).unwrap()] {
            assert!(text.contains("Inbox became todo"), "{text}");
            assert!(text.contains("both sides give one answer"), "{text}");
        }
    }
}

/// A record in which integrity is refuted, and waived.
fn waived() -> cutover::record::Record {
    let mut record = records::go();
    record.gates.required.push("integrity".to_owned());
    record.gates.waivers = vec![Waiver {
        gate: "integrity".to_owned(),
        scenario: None,
        reason: "Ann imports the 3 tasks by hand".to_owned(),
        expires: "2027-01-31".to_owned(),
        expired: false,
    }];
    record.checks.integrity = Some(Inspection {
        looked_at: vec![],
        not_looked_at: vec![],
        findings: vec![Finding {
            kind: FindingKind::RecordMissing,
            weight: Weight::Refutes,
            subject: "tasks".to_owned(),
            count: 3,
            of: 150,
            words: "3 pages have no row".to_owned(),
            example: Some(Example::new("Buy milk", Some("a page"), None)),
            next: "Import them again.".to_owned(),
        }],
        elapsed_s: 0.5,
    });
    record
}

#[test]
fn every_report_says_what_was_waived_by_whom_and_until_when() {
    let record = waived();
    let verdict = judge(&record);
    assert_eq!(verdict.verdict, Outcome::GoWithWaivers);
    let summary = Summary::new(&record, &verdict);
    for (format, text) in [
        ("terminal", terminal(&summary, Width(120))),
        ("markdown", markdown(&summary)),
        ("html", html(&summary).unwrap()),
        ("junit", junit(&summary)),
        ("verdict.json", serde_json::to_string(&verdict).unwrap()),
    ] {
        // A terminal breaks lines where it must.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for says in [
            "Ann imports the 3 tasks by hand",
            "2027-01-31",
            "3 pages have no row",
        ] {
            assert!(text.contains(says), "{format} without `{says}`:\n{text}");
        }
    }
    assert!(terminal(&summary, Width(120)).starts_with("GO WITH WAIVERS"));
    assert!(prometheus(&summary).contains("outcome=\"go_with_waivers\"} 1"));
    assert!(!junit(&summary).contains("<failure"));
    // The same gate without its waiver fails everywhere.
    let mut record = record;
    record.gates.waivers.clear();
    let verdict = judge(&record);
    let summary = Summary::new(&record, &verdict);
    assert_eq!(verdict.verdict, Outcome::NoGo);
    assert!(junit(&summary).contains("<failure"));
    assert!(prometheus(&summary).contains("outcome=\"go_with_waivers\"} 0"));
}

#[test]
fn every_report_lists_a_waiver_that_is_not_needed_has_expired_or_concerns_nothing() {
    let mut record = waived();
    let waiver = |gate: &str, reason: &str, expired| Waiver {
        gate: gate.to_owned(),
        scenario: None,
        reason: reason.to_owned(),
        expires: "2026-06-30".to_owned(),
        expired,
    };
    record.gates.waivers.extend([
        waiver("speedup-p50", "Bob is patient", false),
        waiver("integrity", "Cid was sure", true),
        waiver("backups", "Dan keeps them", false),
    ]);
    let verdict = judge(&record);
    let summary = Summary::new(&record, &verdict);
    let lines = [
        "integrity, until 2027-01-31: used; Ann imports the 3 tasks by hand",
        "speedup-p50, until 2026-06-30: not needed; Bob is patient",
        "integrity, until 2026-06-30: expired; Cid was sure",
        "backups, until 2026-06-30: concerns no required gate of this run; Dan keeps them",
    ];
    for (format, text) in [
        ("terminal", terminal(&summary, Width(120))),
        ("markdown", markdown(&summary)),
        ("html", html(&summary).unwrap()),
        ("junit", junit(&summary)),
    ] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in lines {
            // Markdown takes the power from signs that have one.
            let says = |line: &str| text.replace('\\', "").contains(line);
            assert!(says(line), "{format} without `{line}`:\n{text}");
        }
    }
    let json = serde_json::to_value(&verdict).unwrap();
    let states = json["waivers"].as_array().unwrap().iter();
    let states: Vec<&str> = states.map(|one| one["state"].as_str().unwrap()).collect();
    let expected = ["used", "not_needed", "expired", "matches_nothing"];
    assert_eq!(states, expected);
}
