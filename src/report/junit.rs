//! The gates as test results, which every CI system shows: JUnit XML.
//!
//! There is no standard; this keeps to what Jenkins' JUnit plugin, GitLab's "Unit test reports" and the
//! `quick-junit` crate agree on. A suite is a scenario, a case is a gate. NO-GO is a failure of the type
//! `NO_GO`, INCONCLUSIVE one of the type `INCONCLUSIVE`: neither allows the cutover. A gate that is not
//! required and does not hold is skipped, with its outcome and reason as the message: it is to be seen,
//! and must not turn a build red. The file is green exactly when the verdict is GO: where no gate says why
//! it is not (no scenario, an interrupted run), a suite `verdict` with one failing case is added.
//!
//! A long text is cut, with a note: a CI system keeps these files, and the record has the whole of it.
//! Nothing in the file depends on when or where it is made: no time stamps, no random ids.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::figure::show_number;
use super::foreign::brief;
use super::summary::{Row, Summary, WHOLE_RUN};
use crate::verdict::{Fact, FactValue, Gate, Interval, Outcome};

/// The results as XML.
#[must_use]
pub fn junit(summary: &Summary<'_>) -> String {
    let mut report = Report::new("cutover");
    if let Ok(elapsed) = Duration::try_from_secs_f64(summary.record.elapsed_s) {
        report.set_time(elapsed);
    }
    for row in &summary.rows {
        report.add_test_suite(suite(summary, row));
    }
    let of_the_run = summary.gates_of_the_run();
    if !of_the_run.is_empty() {
        let mut suite = TestSuite::new(WHOLE_RUN);
        suite.add_properties(properties(summary));
        suite.add_test_cases(of_the_run.into_iter().map(case));
        report.add_test_suite(suite);
    }
    let has_failed = |gate: &Gate| gate.required && !goes(gate.counts_as());
    if !goes(summary.outcome) && !summary.gates.iter().any(has_failed) {
        report.add_test_suite(verdict(summary));
    }
    // Writing to memory does not fail; were it to, an empty file is no pass anywhere.
    report.to_string().unwrap_or_default()
}

/// Whether nothing fails by it.
fn goes(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Go | Outcome::GoWithWaivers)
}

fn suite(summary: &Summary<'_>, row: &Row) -> TestSuite {
    let mut suite = TestSuite::new(brief(&row.scenario));
    suite.add_properties(properties(summary));
    suite.add_property(Property::new("scenario.verdict", row.outcome.word()));
    suite.add_property(Property::new("scenario.summary", brief(&row.summary)));
    suite.add_test_cases(summary.gates_of(&row.scenario).map(case));
    suite
}

/// The suite that says why not, where no gate does.
fn verdict(summary: &Summary<'_>) -> TestSuite {
    let mut suite = TestSuite::new("verdict");
    suite.add_properties(properties(summary));
    let sentence = brief(&summary.sentence);
    let mut case = TestCase::new("verdict", failure(summary.outcome, &sentence, &sentence));
    case.set_classname("verdict");
    suite.add_test_case(case);
    suite
}

fn properties(summary: &Summary<'_>) -> Vec<Property> {
    let record = summary.record;
    let commit = record.tool.commit.as_deref().unwrap_or("none");
    let is_simulated = summary.simulated.is_some().to_string();
    [
        ("run", record.run.as_str()),
        ("command", &record.command),
        ("verdict", summary.outcome.word()),
        ("started", &record.started),
        ("seed", &record.seed.to_string()),
        ("simulated", &is_simulated),
        ("cutover.version", &record.tool.version),
        ("cutover.commit", commit),
    ]
    .into_iter()
    .chain(summary.waivers.iter().map(|line| ("waiver", line.as_str())))
    .map(|(name, value)| Property::new(name, brief(value)))
    .collect()
}

fn case(gate: &Gate) -> TestCase {
    let reason = match &gate.next {
        Some(next) => format!("{} {}", brief(next), brief(&gate.reason)),
        None => brief(&gate.reason),
    };
    let evidence = evidence(gate);
    let status = match gate.outcome {
        Outcome::Go => TestCaseStatus::success(),
        outcome if gate.required && gate.waived.is_none() => failure(outcome, &reason, &evidence),
        outcome => {
            let leave = gate.waived.as_deref().map(brief);
            let leave = leave.map_or("not required".to_owned(), |why| format!("waived: {why}"));
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(format!("{leave}, {}: {reason}", outcome.word()));
            skipped
        }
    };
    let mut case = TestCase::new(brief(&gate.id), status);
    let place = if gate.scenario.is_empty() {
        WHOLE_RUN
    } else {
        &gate.scenario
    };
    case.set_classname(brief(place));
    if goes(gate.counts_as()) || !gate.required {
        case.set_system_out(evidence);
    }
    case
}

fn failure(outcome: Outcome, message: &str, description: &str) -> TestCaseStatus {
    let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let kind = match outcome {
        Outcome::Go => "GO",
        Outcome::GoWithWaivers => "GO_WITH_WAIVERS",
        Outcome::NoGo => "NO_GO",
        Outcome::Inconclusive => "INCONCLUSIVE",
    };
    failure
        .set_type(kind)
        .set_message(message)
        .set_description(description);
    failure
}

/// What was asked, what was found, and the figures behind it, a line each.
fn evidence(gate: &Gate) -> String {
    let mut lines = vec![
        format!("{}: {}", gate.outcome.word(), brief(&gate.title)),
        brief(&gate.reason),
    ];
    lines.extend(gate.interval.as_ref().map(interval));
    lines.extend(gate.facts.iter().map(fact));
    lines.join("\n")
}

fn interval(interval: &Interval) -> String {
    let show = |number| show_number(number, interval.unit);
    format!(
        "measured {} [{}, {}] against {}",
        show(interval.point),
        show(interval.low),
        show(interval.high),
        show(Some(interval.threshold))
    )
}

fn fact(fact: &Fact) -> String {
    let name = brief(&fact.name);
    match &fact.value {
        FactValue::Text(value) => format!("{name}: {}", brief(value)),
        FactValue::Number { number, unit } => format!("{name} = {}", show_number(*number, *unit)),
    }
}
