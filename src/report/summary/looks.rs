//! What was looked at beside speed, and what was found: each finding with its example and what to do.
//!
//! ```text
//! record.checks -> one look for each inspection -> its findings, the heaviest first
//! ```

use crate::figure::list;
use crate::record::{Checks, Example, Finding, Inspection, NotLooked, Weight};
use crate::verdict::{Gate, Outcome};

/// One inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What it is about: `integrity`, `parity of task-search`.
    pub subject: String,
    /// Whether its gate holds, so that no reason tells of what was found all the same.
    pub holds: bool,
    /// What was looked at, in figures; empty when nothing was.
    pub looked_at: String,
    /// What could not be looked at, with why and what to do.
    pub missed: Vec<String>,
    /// What was found, the heaviest first.
    pub found: Vec<Found>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it means for the verdict.
    pub weight: Weight,
    /// Where it is.
    pub subject: String,
    /// The defect, and how often it was seen.
    pub text: String,
    /// One case of it with both values.
    pub example: Option<String>,
    /// What to do next.
    pub next: String,
}

/// Every inspection of a run, in the order in which they were made.
pub(super) fn looks(checks: &Checks, gates: &[Gate]) -> Vec<Look> {
    let holds = |id: &str, scenario: &str| {
        let mut of_it = gates.iter();
        let gate = of_it.find(|gate| gate.id == id && gate.scenario == scenario);
        gate.is_some_and(|gate| gate.outcome == Outcome::Go)
    };
    let of_the_run = [
        ("connections", &checks.connections),
        ("backups", &checks.backups),
        ("integrity", &checks.integrity),
    ];
    let whole = of_the_run.into_iter().filter_map(|(name, inspection)| {
        let inspection = inspection.as_ref()?;
        Some(look(name.to_owned(), holds(name, ""), inspection))
    });
    let parity = checks.parity.iter().map(|compared| {
        let subject = format!("parity of {}", compared.scenario);
        let holds = holds("parity", &compared.scenario);
        look(subject, holds, &compared.inspection)
    });
    whole.chain(parity).collect()
}

fn look(subject: String, holds: bool, inspection: &Inspection) -> Look {
    let looked: Vec<String> = inspection
        .looked_at
        .iter()
        .map(|one| match one.detail.as_str() {
            "" => one.what.clone(),
            detail => format!("{}: {detail}", one.what),
        })
        .collect();
    let mut found: Vec<&Finding> = inspection.findings.iter().collect();
    found.sort_by_key(|finding| finding.weight);
    Look {
        subject,
        holds,
        looked_at: if looked.is_empty() {
            String::new()
        } else {
            list(&looked)
        },
        missed: inspection.not_looked_at.iter().map(missed).collect(),
        found: found.into_iter().map(one).collect(),
    }
}

fn missed(missed: &NotLooked) -> String {
    let NotLooked { what, why, next } = missed;
    format!("{what} could not be looked at: {why}. {next}")
}

fn one(finding: &Finding) -> Found {
    Found {
        weight: finding.weight,
        subject: finding.subject.clone(),
        text: format!("{} ({} of {})", finding.words, finding.count, finding.of),
        example: finding.example.as_ref().map(example),
        next: finding.next.clone(),
    }
}

/// `Buy milk: done on the baseline, nothing on the candidate`
fn example(example: &Example) -> String {
    let value = |side: &Option<String>| match side.as_deref() {
        Some(value) => format!("`{value}`"),
        None => "nothing".to_owned(),
    };
    format!(
        "{}: {} on the baseline, {} on the candidate",
        example.key,
        value(&example.baseline),
        value(&example.candidate)
    )
}
