//! Evidence beside speed: whether both sides give the same answers, whether all the data is there, whether
//! the connections and the backups are good.
//!
//! The material behind it (an export, a hundred thousand rows) is too large for a record. So it is
//! looked at before the waist, by code that is pure, and what is kept is an [`Inspection`]: what was
//! looked at, what could not be, and what was found, each kind with an example. One form for all, so
//! that one rule makes a gate of it and one table shows it. A load on the candidate is small enough to be kept
//! raw ([`Capacity`]).

mod capacity;
mod kind;

pub use capacity::{Capacity, LoadEnded, Loaded};
pub use kind::FindingKind;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most characters of a value in an [`Example`].
const MOST_SHOWN: usize = 120;

/// All evidence beside speed. What is absent was not looked at, which is never a pass.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Checks {
    /// Of each compared scenario, in the order in which they were compared.
    pub parity: Vec<Compared>,
    /// Whether all the data is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Inspection>,
    /// Whether both stores can be reached as they must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<Inspection>,
    /// Whether there is a way back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backups: Option<Inspection>,
    /// Whether the candidate bears a constant rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<Capacity>,
}

impl Checks {
    /// Whether nothing was looked at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What comparing one scenario's answers showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Compared {
    /// The scenario's name.
    pub scenario: String,
    /// What was found.
    pub inspection: Inspection,
}

/// What was looked at, what could not be, and what was found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Inspection {
    /// In the order of looking; empty: there is no evidence.
    pub looked_at: Vec<Looked>,
    /// What should have been looked at and could not be.
    pub not_looked_at: Vec<NotLooked>,
    /// The heaviest first.
    pub findings: Vec<Finding>,
    /// How long looking took, in seconds.
    pub elapsed_s: f64,
}

impl Inspection {
    /// The heaviest weight among the findings.
    #[must_use]
    pub fn heaviest(&self) -> Option<Weight> {
        self.findings.iter().map(|finding| finding.weight).min()
    }

    /// Puts the heaviest findings first; equal ones stay in the order in which they were found.
    pub fn sort(&mut self) {
        self.findings.sort_by_key(|finding| finding.weight);
    }
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Looked {
    /// What it is: `tasks`, `GET /api/tasks`, `index tasks(status)`.
    pub what: String,
    /// How many of it: records, answers, objects.
    pub count: u64,
    /// In figures, for people: `150 pages, 150 rows, 8 fields`.
    pub detail: String,
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotLooked {
    /// What it is.
    pub what: String,
    /// Why not, a sentence without a full stop.
    pub why: String,
    /// What to do so that it can be, a sentence.
    pub next: String,
}

/// One kind of defect in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What kind of defect it is; programs match on it.
    pub kind: FindingKind,
    /// What it means for the verdict.
    pub weight: Weight,
    /// Where: `tasks.status`, `search $.tasks[*].dueDate`, `index tasks(status)`.
    pub subject: String,
    /// How many times it was seen.
    pub count: u64,
    /// Of how many times that it could have been.
    pub of: u64,
    /// The defect in plain words, a sentence without a full stop.
    pub words: String,
    /// One of them, with both values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Example>,
    /// What to do next, a sentence.
    pub next: String,
}

impl Finding {
    /// A finding of something that there is once, such as a table or a file.
    #[must_use]
    pub fn of_one(
        kind: FindingKind,
        weight: Weight,
        subject: impl Into<String>,
        words: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            weight,
            subject: subject.into(),
            count: 1,
            of: 1,
            words: words.into(),
            example: None,
            next: next.into(),
        }
    }
}

/// One case of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Example {
    /// Which record it is, so that a person finds it.
    pub key: String,
    /// The value of the baseline; absent when it has none.
    pub baseline: Option<String>,
    /// The value of the candidate; absent when it has none.
    pub candidate: Option<String>,
}

impl Example {
    /// An example whose values are cut to 120 characters, with an ellipsis where they were longer.
    #[must_use]
    pub fn new(key: &str, baseline: Option<&str>, candidate: Option<&str>) -> Self {
        Self {
            key: shortened(key),
            baseline: baseline.map(shortened),
            candidate: candidate.map(shortened),
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// What a finding means for the verdict, the heaviest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// It must not go on like this: NO-GO.
    Refutes,
    /// Nobody can tell: INCONCLUSIVE.
    Doubts,
    /// Worth knowing, and no more.
    Tells,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_example_shows_the_beginning_of_a_value(text in "\\PC{0,300}") {
            let example = Example::new(&text, Some(&text), None);
            let shown = example.baseline.unwrap();
            let whole = text.chars().count() <= MOST_SHOWN;
            prop_assert_eq!(shown == text, whole);
            prop_assert!(text.starts_with(shown.trim_end_matches('…')) || text.ends_with('…'));
            prop_assert!(shown.chars().count() <= MOST_SHOWN + 1);
            prop_assert_eq!((example.key, example.candidate), (shown, None));
        }
    }

    #[test]
    fn the_heaviest_finding_comes_first_and_decides() {
        let finding = |kind, weight| Finding {
            kind,
            weight,
            subject: "tasks.status".to_owned(),
            count: 1,
            of: 2,
            words: String::new(),
            example: None,
            next: String::new(),
        };
        let mut inspection = Inspection::default();
        assert_eq!(inspection.heaviest(), None);
        inspection.findings = vec![
            finding(FindingKind::Value, Weight::Tells),
            finding(FindingKind::Order, Weight::Refutes),
            finding(FindingKind::Frozen, Weight::Doubts),
            finding(FindingKind::Orphan, Weight::Refutes),
        ];
        inspection.sort();
        let kinds: Vec<_> = inspection
            .findings
            .iter()
            .map(|finding| finding.kind)
            .collect();
        use FindingKind as K;
        assert_eq!(kinds, [K::Order, K::Orphan, K::Frozen, K::Value]);
        assert_eq!(inspection.heaviest(), Some(Weight::Refutes));
    }
}
