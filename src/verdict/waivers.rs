//! Waivers: somebody takes the risk of a gate that does not hold, for a reason and until a day.
//!
//! A waiver never makes a gate hold. The gate keeps its outcome and its reason, and the verdict that would
//! be GO reads GO WITH WAIVERS. The gates that ask whether it was measured at all cannot be waived: what
//! was not measured is no risk that can be taken, for nobody knows it.

use crate::record::Waiver;

use super::INSTRUMENT;
use super::gate::{Gate, Outcome};

/// Marks the gates that do not hold and are waived.
pub(super) fn apply(gates: &mut [Gate], waivers: &[Waiver]) {
    for gate in gates {
        let waived = waivers.iter().find(|waiver| covers(waiver, gate));
        gate.waived = waived.map(|waiver| format!("{} (until {})", waiver.reason, waiver.expires));
    }
}

fn covers(waiver: &Waiver, gate: &Gate) -> bool {
    let scenario = waiver.scenario.as_ref();
    gate.required
        && gate.outcome != Outcome::Go
        && !waiver.expired
        && waiver.gate == gate.id
        && scenario.is_none_or(|scenario| *scenario == gate.scenario)
        && !INSTRUMENT.contains(&gate.id.as_str())
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
