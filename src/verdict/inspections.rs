//! Gates from evidence beside speed: parity, integrity, connections and backups.
//!
//! All four have one form of evidence, an [`Inspection`], and so one rule: a finding that refutes is
//! NO-GO; one that doubts, and anything that could not be looked at, is INCONCLUSIVE; without evidence
//! a gate is INCONCLUSIVE as well. More iterations change none of this, so these gates are settled.

use crate::figure;
use crate::record::{
    Capacity, Checks, Example, Finding, GateSettings, Inspection, NotLooked, Weight,
};

use super::gate::{Fact, Gate, Outcome, Unit};
use super::rate_limit;

/// How many findings a gate tells of; the rest is a count.
const MOST_TOLD: usize = 12;

/// A gate of the whole run: its evidence is looked at once, not measured by scenario.
struct Kind {
    id: &'static str,
    title: &'static str,
    /// How evidence is had.
    next: &'static str,
}

const PARITY: Kind = Kind {
    id: "parity",
    title: "both sides give the same answers",
    next: "Have the answers of both sides compared in the run that is judged.",
};
const INTEGRITY: Kind = Kind {
    id: "integrity",
    title: "all the data is there",
    next: "Have every page held against its row in the run that is judged.",
};
const CONNECTIONS: Kind = Kind {
    id: "connections",
    title: "both stores can be reached as they must be",
    next: "Have both stores looked at in the run that is judged.",
};
const BACKUPS: Kind = Kind {
    id: "backups",
    title: "there is a way back",
    next: "Have the backups looked at in the run that is judged.",
};

const RATE_LIMIT: Kind = Kind {
    id: "rate-limit",
    title: "the candidate holds the stated rate",
    next: "Have the candidate bear the rate in the run that is judged.",
};
const SOAK: Kind = Kind {
    id: "soak",
    title: "the candidate holds out for long",
    next: "Show by other means that the candidate holds out, and do not require `soak`: this \
           version does not measure it.",
};

/// The gates of the whole run, in reading order, with what they ask. A required one without evidence is
/// INCONCLUSIVE, and `soak` has none as yet.
pub const RUN_GATE_IDS: [(&str, &str); 6] = [
    (PARITY.id, PARITY.title),
    (INTEGRITY.id, INTEGRITY.title),
    (CONNECTIONS.id, CONNECTIONS.title),
    (BACKUPS.id, BACKUPS.title),
    (RATE_LIMIT.id, RATE_LIMIT.title),
    (SOAK.id, SOAK.title),
];

/// The gates that have evidence or are required.
pub(super) fn gates(checks: &Checks, settings: &GateSettings) -> Vec<Gate> {
    let mut gates: Vec<Gate> = checks
        .parity
        .iter()
        .map(|compared| {
            let found = Some(&compared.inspection);
            gate(&PARITY, &compared.scenario, found, settings)
        })
        .collect();
    let nothing_compared = gates.is_empty();
    let of_the_run = [
        (&PARITY, None, nothing_compared),
        (&INTEGRITY, checks.integrity.as_ref(), true),
        (&CONNECTIONS, checks.connections.as_ref(), true),
        (&BACKUPS, checks.backups.as_ref(), true),
    ];
    let asked = of_the_run.into_iter().filter(|(kind, found, is_whole)| {
        *is_whole && (found.is_some() || is_required(kind, settings))
    });
    gates.extend(asked.map(|(kind, found, _)| gate(kind, "", found, settings)));
    match &checks.rate_limit {
        Some(capacity) => gates.push(of_load(capacity, settings)),
        None if is_required(&RATE_LIMIT, settings) => {
            gates.push(gate(&RATE_LIMIT, "", None, settings));
        }
        None => {}
    }
    if is_required(&SOAK, settings) {
        gates.push(gate(&SOAK, "", None, settings));
    }
    gates
}

/// The gate of the load, whose evidence is raw.
fn of_load(capacity: &Capacity, settings: &GateSettings) -> Gate {
    let judged = rate_limit::judge(capacity);
    Gate {
        outcome: judged.outcome,
        title: format!("{} of {}", RATE_LIMIT.title, capacity.rate),
        reason: judged.reason,
        next: judged.next,
        interval: judged.interval,
        facts: judged.facts,
        ..gate(&RATE_LIMIT, "", None, settings)
    }
}

fn is_required(kind: &Kind, settings: &GateSettings) -> bool {
    settings.required.iter().any(|id| id == kind.id)
}

fn gate(kind: &Kind, scenario: &str, found: Option<&Inspection>, settings: &GateSettings) -> Gate {
    let judged = judged(kind, found);
    Gate {
        id: kind.id.to_owned(),
        scenario: scenario.to_owned(),
        required: is_required(kind, settings),
        outcome: judged.outcome,
        title: kind.title.to_owned(),
        reason: judged.reason,
        next: judged.next,
        waived: None,
        settled: true,
        interval: None,
        facts: found.map(facts).unwrap_or_default(),
    }
}

struct Judged {
    outcome: Outcome,
    reason: String,
    next: Option<String>,
}

impl Judged {
    fn inconclusive(reason: String, next: &str) -> Self {
        Self {
            outcome: Outcome::Inconclusive,
            reason,
            next: Some(next.to_owned()),
        }
    }
}

fn judged(kind: &Kind, found: Option<&Inspection>) -> Judged {
    let Some(found) = found.filter(|found| **found != Inspection::default()) else {
        return Judged::inconclusive("there is no evidence".to_owned(), kind.next);
    };
    let heaviest = found.findings.iter().min_by_key(|finding| finding.weight);
    if let Some(finding) = heaviest.filter(|finding| finding.weight == Weight::Refutes) {
        return Judged {
            outcome: Outcome::NoGo,
            reason: told(finding, found),
            next: Some(finding.next.clone()),
        };
    }
    if let Some(missed) = found.not_looked_at.first() {
        return Judged::inconclusive(missing(missed, found), &missed.next);
    }
    if let Some(finding) = heaviest.filter(|finding| finding.weight == Weight::Doubts) {
        return Judged::inconclusive(told(finding, found), &finding.next);
    }
    if found.looked_at.is_empty() {
        return Judged::inconclusive("nothing was looked at".to_owned(), kind.next);
    }
    let looked: Vec<String> = found
        .looked_at
        .iter()
        .map(|looked| {
            let separator = if looked.detail.is_empty() { "" } else { ": " };
            format!("{}{separator}{}", looked.what, looked.detail)
        })
        .collect();
    Judged {
        outcome: Outcome::Go,
        reason: figure::list(&looked),
        next: None,
    }
}

/// The finding in words, with its example and how many kinds there are besides.
fn told(finding: &Finding, found: &Inspection) -> String {
    let mut told = with_example(finding);
    let others = found.findings.len() - 1;
    if others > 0 {
        told += &format!("; and {}", figure::count(others, "other finding"));
    }
    told
}

fn with_example(finding: &Finding) -> String {
    let mut told = format!("{}: {}", finding.subject, finding.words);
    if let Some(Example {
        key,
        baseline,
        candidate,
    }) = &finding.example
    {
        let value = |side: &Option<String>| {
            side.as_deref()
                .map_or("nothing".to_owned(), |value| format!("`{value}`"))
        };
        told += &format!(
            " (for example {key}: {} on the baseline, {} on the candidate)",
            value(baseline),
            value(candidate)
        );
    }
    told
}

fn missing(missed: &NotLooked, found: &Inspection) -> String {
    let mut said = format!("{} could not be looked at: {}", missed.what, missed.why);
    let others = found.not_looked_at.len() - 1;
    if others > 0 {
        said += &format!("; nor could {others} more");
    }
    said
}

fn facts(found: &Inspection) -> Vec<Fact> {
    let count = |name, count: usize| Fact::number(name, count as f64, Unit::Count);
    let mut facts = vec![
        count("looked_at", found.looked_at.len()),
        count("not_looked_at", found.not_looked_at.len()),
        count("findings", found.findings.len()),
    ];
    facts.extend(found.findings.iter().take(MOST_TOLD).map(|finding| {
        let share = format!("{} of {}", finding.count, finding.of);
        Fact::text("finding", format!("{} ({share})", with_example(finding)))
    }));
    facts
}
