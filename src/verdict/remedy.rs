//! What to do about a gate that does not hold: the first words of its failure, before the reason.

use super::gate::{Gate, Outcome};
use super::{FRESH, HARNESS, LIKELY_MORE, MEASURED, TWO_SIDES, is_known};
use crate::figure::{self, Rounding};

/// Says of each gate that does not hold what to do next, where its evidence has not said so itself.
pub(super) fn apply(gates: &mut [Gate]) {
    for gate in gates {
        if gate.outcome != Outcome::Go && gate.next.is_none() {
            gate.next = Some(of(gate));
        }
    }
}

/// Whether something has to be repaired, since measuring on shows nothing more.
pub(super) fn is_repair(gate: &Gate) -> bool {
    gate.settled || gate.id == TWO_SIDES || (gate.id == HARNESS && gate.interval.is_some())
}

fn of(gate: &Gate) -> String {
    let is_refuted = gate.outcome == Outcome::NoGo;
    match gate.id.as_str() {
        FRESH if gate.settled => "Switch the cache off.".to_owned(),
        TWO_SIDES => "Show that the sides are two.".to_owned(),
        "expectations" if is_refuted => "Repair the candidate's answers.".to_owned(),
        "expectations" if gate.settled => {
            "Repair the baseline, or what is expected of it.".to_owned()
        }
        "no-429" if is_refuted => "Find what limits the candidate.".to_owned(),
        HARNESS if gate.interval.is_some() => "Give the harness a machine of its own.".to_owned(),
        id if MEASURED.contains(&id) && is_refuted => format!(
            "Make the candidate faster, or promise less than \"{}\"{}.",
            gate.title,
            measured(gate)
        ),
        id if !is_known(id) => "Correct the list of required gates.".to_owned(),
        _ => measure_on(gate),
    }
}

/// The bound that refuted it: ` (it is at most 8.4x)`.
fn measured(gate: &Gate) -> String {
    let Some(interval) = gate.interval else {
        return String::new();
    };
    match (gate.id.as_str(), interval.low, interval.high) {
        ("target-p95", Some(low), _) => format!(
            " (it takes at least {})",
            figure::seconds(low, Rounding::Down)
        ),
        ("speedup-p50" | "speedup-p95", _, Some(high)) => {
            format!(" (it is at most {})", figure::ratio(high, Rounding::Up))
        }
        _ => String::new(),
    }
}

fn measure_on(gate: &Gate) -> String {
    if let Some(more) = gate.number(LIKELY_MORE) {
        return format!("Measure on, likely about {more} more baseline iterations.");
    }
    if let Some(more) = gate.number("likely_more_candidate") {
        return format!("Measure on, likely about {more} more candidate iterations.");
    }
    match gate.interval.and_then(|interval| interval.point) {
        Some(_) => "Measure on.".to_owned(),
        None => "Have it measured.".to_owned(),
    }
}
