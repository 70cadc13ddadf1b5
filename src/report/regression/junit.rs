//! The rows as test results, which every CI system shows: JUnit XML in the form of [`crate::report::junit()`].
//!
//! A suite is a scenario, a case is what is compared of it. REGRESSION and INCONCLUSIVE are failures, each
//! of its own type: the file is green exactly when the exit code is 0. Where no row says why it is not (no
//! scenario, an interrupted run), a suite `verdict` with one failing case is added.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Cells, HEADER, brief, passes};
use crate::record::BlockRecord;
use crate::report::names::each_once;
use crate::verdict::{Judged, Regression, RegressionRow};

/// The comparison as XML.
#[must_use]
pub fn regression_junit(record: &BlockRecord, found: &Regression) -> String {
    let mut report = Report::new("cutover regress");
    if let Ok(elapsed) = Duration::try_from_secs_f64(record.elapsed_s) {
        report.set_time(elapsed);
    }
    for scenario in each_once(found.rows.iter().map(|row| &row.scenario)) {
        let mut suite = TestSuite::new(brief(scenario));
        suite.add_properties(properties(record, found));
        let rows = found.rows.iter().filter(|row| row.scenario == *scenario);
        suite.add_test_cases(rows.map(case));
        report.add_test_suite(suite);
    }
    if !passes(found.verdict) && found.rows.iter().all(|row| passes(row.verdict)) {
        let mut suite = TestSuite::new("verdict");
        suite.add_properties(properties(record, found));
        let sentence = brief(&found.sentence);
        let mut case = TestCase::new("verdict", failure(found.verdict, &sentence, &sentence));
        case.set_classname("verdict");
        suite.add_test_case(case);
        report.add_test_suite(suite);
    }
    // Writing to memory does not fail; were it to, an empty file is no pass anywhere.
    report.to_string().unwrap_or_default()
}

fn properties(record: &BlockRecord, found: &Regression) -> Vec<Property> {
    let commit = |commit: &Option<String>| commit.clone().unwrap_or_else(|| "none".to_owned());
    [
        ("run", record.run.clone()),
        ("command", record.command.clone()),
        ("verdict", found.verdict.word().to_owned()),
        ("started", record.started.clone()),
        ("seed", record.seed.to_string()),
        ("old.source", record.old.source.clone()),
        ("old.commit", commit(&record.old.commit)),
        ("new.source", record.new.source.clone()),
        ("new.commit", commit(&record.new.commit)),
        ("cutover.version", record.tool.version.clone()),
        ("cutover.commit", commit(&record.tool.commit)),
    ]
    .into_iter()
    .map(|(name, value)| Property::new(name, brief(&value)))
    .collect()
}

fn case(row: &RegressionRow) -> TestCase {
    let evidence = evidence(row);
    let status = if passes(row.verdict) {
        TestCaseStatus::success()
    } else {
        let next = row.next.iter().map(|next| brief(next) + " ");
        let message = next.collect::<String>() + &brief(&row.reason);
        failure(row.verdict, &message, &evidence)
    };
    let mut case = TestCase::new(brief(&row.measure), status);
    case.set_classname(brief(&row.scenario));
    if passes(row.verdict) {
        case.set_system_out(evidence);
    }
    case
}

fn failure(judged: Judged, message: &str, description: &str) -> TestCaseStatus {
    let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
    failure
        .set_type(judged.word())
        .set_message(message)
        .set_description(description);
    failure
}

/// The reason, then the row's figures, a line each.
fn evidence(row: &RegressionRow) -> String {
    let cells = Cells::new(row);
    let figures = HEADER.into_iter().zip(cells.in_order()).skip(1);
    let figures = figures.map(|(name, cell)| format!("{name}: {cell}"));
    let reason = format!("{}: {}", row.verdict.word(), brief(&row.reason));
    std::iter::once(reason)
        .chain(figures)
        .collect::<Vec<_>>()
        .join("\n")
}
