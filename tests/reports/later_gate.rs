//! Gates are data: one that is added later, of a scenario or of the whole run, is in every format.

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
