//! Why the verdict is what it is: every gate that does not hold, the cause before what follows of it.
//!
//! A side that was not measured leaves all of its gates open, and a fault of the set-up shows in
//! every scenario. Read one by one, these lines hide the one that matters.

use std::collections::BTreeMap;

use crate::figure::list;
use crate::record::{Record, Side};
use crate::report::names::each_once;
use crate::verdict::{Gate, HARNESS, Outcome};

/// One or more gates that do not hold, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Their outcome.
    pub outcome: Outcome,
    /// Whether the verdict needs them.
    pub is_required: bool,
    /// Which gates of which scenarios.
    pub subject: String,
    /// What to do next, a sentence.
    pub next: Option<String>,
    /// The reason in a sentence.
    pub text: String,
}

/// Reasons in the order in which they matter.
pub(super) fn reasons(record: &Record, gates: &[Gate]) -> Vec<Reason> {
    let open = gates.iter().filter(|gate| gate.outcome != Outcome::Go);
    let (unmeasured, mut telling): (Vec<&Gate>, Vec<&Gate>) =
        open.partition(|gate| is_unmeasured(record, gate));
    telling.sort_by_key(|gate| rank(gate));
    let mut reasons = alike(&telling);
    reasons.extend(without_samples(record, &unmeasured));
    reasons
}

/// What cannot be repaired by measuring on comes first: it makes the other figures worthless.
fn rank(gate: &Gate) -> u8 {
    let is_bottleneck = gate.id == HARNESS && gate.interval.is_some();
    match gate.outcome {
        _ if !gate.required => 3,
        Outcome::NoGo | Outcome::Go | Outcome::GoWithWaivers => 0,
        Outcome::Inconclusive if gate.settled || is_bottleneck => 1,
        Outcome::Inconclusive => 2,
    }
}

/// Gates of several scenarios with one id and one reason become one.
fn alike(gates: &[&Gate]) -> Vec<Reason> {
    let mut groups: Vec<(&Gate, Vec<String>)> = Vec::new();
    for gate in gates {
        let same = |(first, _): &&mut (&Gate, Vec<String>)| {
            (&first.id, &first.reason, first.required, &first.waived)
                == (&gate.id, &gate.reason, gate.required, &gate.waived)
                && first.outcome == gate.outcome
        };
        match groups.iter_mut().find(same) {
            Some((_, scenarios)) => scenarios.push(gate.scenario.clone()),
            None => groups.push((gate, vec![gate.scenario.clone()])),
        }
    }
    let reason = |(gate, scenarios): (&Gate, Vec<String>)| Reason {
        outcome: gate.outcome,
        is_required: gate.required,
        subject: match scenarios.as_slice() {
            [only] if only.is_empty() => gate.id.clone(),
            [only] => format!("{only} {}", gate.id),
            several => format!("{} of {}", gate.id, list(several)),
        },
        next: gate.next.clone(),
        text: match &gate.waived {
            Some(waived) => format!("{}; waived: {waived}", gate.reason),
            None => gate.reason.clone(),
        },
    };
    groups.into_iter().map(reason).collect()
}

/// Whether all that a gate says is that there are no samples to judge.
fn is_unmeasured(record: &Record, gate: &Gate) -> bool {
    gate.outcome == Outcome::Inconclusive
        && !gate.settled
        && gate
            .interval
            .is_none_or(|interval| interval.point.is_none())
        && !empty_sides(record, &gate.scenario).is_empty()
}

/// `the baseline`, `the candidate`, or both.
fn empty_sides(record: &Record, scenario: &str) -> Vec<String> {
    let scenario = record.scenarios.iter().find(|one| one.name == scenario);
    let is_empty = |side: &Side| scenario.is_some_and(|one| one.side(*side).is_empty());
    let empty = Side::BOTH.into_iter().filter(is_empty);
    empty.map(|side| format!("the {}", side.name())).collect()
}

/// One line for all scenarios in which the same sides were not measured.
fn without_samples(record: &Record, gates: &[&Gate]) -> Vec<Reason> {
    let mut groups: BTreeMap<(bool, String), Vec<&Gate>> = BTreeMap::new();
    for gate in gates {
        let sides = list(&empty_sides(record, &gate.scenario));
        let is_optional = !gate.required;
        groups.entry((is_optional, sides)).or_default().push(gate);
    }
    let reason = |((is_optional, sides), gates): ((bool, String), Vec<&Gate>)| Reason {
        outcome: Outcome::Inconclusive,
        is_required: !is_optional,
        subject: listed(gates.iter().map(|gate| &gate.scenario)),
        next: None,
        text: format!(
            "nothing was measured on {sides}, which leaves open {}",
            listed(gates.iter().map(|gate| &gate.id))
        ),
    };
    groups.into_iter().map(reason).collect()
}

fn listed<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: Vec<String> = each_once(names).into_iter().cloned().collect();
    list(&names)
}
