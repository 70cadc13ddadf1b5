//! Waivers: somebody takes the risk of a gate that does not hold, for a reason and until a day.
//!
//! A waiver never makes a gate hold. The gate keeps its outcome and its reason, and the verdict that would
//! be GO reads GO WITH WAIVERS. The gates that ask whether it was measured at all cannot be waived: what
//! was not measured is no risk that can be taken, for nobody knows it.
//!
//! Each waiver is shown, needed or not: a risk that somebody takes is to be seen by all who read.

use crate::record::Waiver;

use super::INSTRUMENT;
use super::gate::{Gate, Outcome, WaiverClaim, WaiverState};

/// Marks the gates that do not hold and are waived.
pub(super) fn apply(gates: &mut [Gate], waivers: &[Waiver]) {
    for gate in gates {
        let waived = waivers.iter().find(|waiver| covers(waiver, gate));
        gate.waived = waived.map(|waiver| format!("{} (until {})", waiver.reason, waiver.expires));
    }
}

fn covers(waiver: &Waiver, gate: &Gate) -> bool {
    !waiver.expired && gate.outcome != Outcome::Go && concerns(waiver, gate)
}

/// Whether it names this gate, and the gate can be waived.
fn concerns(waiver: &Waiver, gate: &Gate) -> bool {
    let scenario = waiver.scenario.as_ref();
    gate.required
        && waiver.gate == gate.id
        && scenario.is_none_or(|scenario| *scenario == gate.scenario)
        && !INSTRUMENT.contains(&gate.id.as_str())
}

/// Every waiver, with what came of it.
pub(super) fn claims(gates: &[Gate], waivers: &[Waiver]) -> Vec<WaiverClaim> {
    let claim = |waiver: &Waiver| {
        let is_any =
            |holds: fn(&Waiver, &Gate) -> bool| gates.iter().any(|gate| holds(waiver, gate));
        let state = if waiver.expired {
            WaiverState::Expired
        } else if is_any(covers) {
            WaiverState::Used
        } else if is_any(concerns) {
            WaiverState::NotNeeded
        } else {
            WaiverState::MatchesNothing
        };
        WaiverClaim {
            gate: waiver.gate.clone(),
            scenario: waiver.scenario.clone(),
            reason: waiver.reason.clone(),
            expires: waiver.expires.clone(),
            state,
        }
    };
    waivers.iter().map(claim).collect()
}

/// What to do about each that no longer counts.
pub(super) fn expired(waivers: &[Waiver]) -> impl Iterator<Item = String> {
    let expired = waivers.iter().filter(|waiver| waiver.expired);
    expired.map(|waiver| {
        format!(
            "Renew the waiver of `{}` or do without it: it expired on {}.",
            waiver.gate, waiver.expires
        )
    })
}
