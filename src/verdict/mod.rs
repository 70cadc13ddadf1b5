//! Gates, and the verdict that they come to.
//!
//! The verdict is about something that cannot be undone, so its rules are few and strict: GO needs
//! every required gate GO, one refuted required gate is NO-GO, and everything else (no samples, no
//! required gate, a gate that nobody knows, a run that was interrupted) is INCONCLUSIVE. It is pure:
//! the same record gives the same verdict, whenever it is judged.
//!
//! ```text
//! ScenarioRecord -> evidence -> speedup, target   (what the promise says)
//!                            -> answers           (expectations, no-429)
//!                            -> instrument        (fresh, two-sides, harness: was it measured at all?)
//! Checks         -> inspections (parity, integrity, connections, backups)
//!                -> rate_limit
//!                            -> gates -> overall -> Verdict
//! ```

mod advice;
mod answers;
mod before;
mod evidence;
mod gate;
mod inspections;
mod instrument;
mod overall;
mod rate_limit;
mod reach;
mod regression;
mod remedy;
mod speedup;
mod target;
mod waivers;

pub use before::before_claim;
pub use gate::{
    BeforeClaim, BeforeFinding, Fact, FactValue, Gate, Interval, Outcome, ReachClaim, Unit,
    Verdict, WaiverClaim, WaiverState,
};
pub use inspections::RUN_GATE_IDS;
pub use overall::{SCHEMA_VERSION, judge, run_gates};

pub use regression::{Judged, REGRESSION_SCHEMA_VERSION, Regression, RegressionRow, judge_blocks};

use crate::record::{GateSettings, ScenarioRecord};
use crate::stats::Decision;
use evidence::{Evidence, Finding};

/// The id of the gate of the harness's own lag, which is known at the end of a scenario only.
pub const HARNESS: &str = "harness";
/// The id of the gate that asks for answers that come from no cache.
pub const FRESH: &str = "fresh";
/// The id of the gate that asks for a proven difference between the sides.
pub const TWO_SIDES: &str = "two-sides";
/// The fact in which a gate says how many more baseline iterations it likely takes.
pub const LIKELY_MORE: &str = "likely_more";

/// Every gate of a scenario, in reading order, with what it asks. All are required by default; the last
/// three always are. The gates of the whole run are [`RUN_GATE_IDS`].
pub const GATE_IDS: [(&str, &str); 8] = [
    (
        "speedup-p50",
        "the median is as many times faster as promised",
    ),
    (
        "speedup-p95",
        "the 95th percentile is as many times faster as promised",
    ),
    (
        "target-p95",
        "the candidate's 95th percentile is within the promised time",
    ),
    (
        "expectations",
        "every answer of both sides is the expected one",
    ),
    ("no-429", "the candidate never answers 429"),
    (FRESH, "no answer comes from a cache"),
    (TWO_SIDES, "baseline and candidate are two different things"),
    (HARNESS, "the harness is not the bottleneck"),
];

/// Names that stand for several gates where the required ones are named.
pub const GATE_GROUPS: [(&str, &[&str]); 2] = [
    ("speedup", &["speedup-p50", "speedup-p95"]),
    ("target", &["target-p95"]),
];

impl From<Decision> for Outcome {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Confirmed => Self::Go,
            Decision::Refuted => Self::NoGo,
            Decision::Undecided => Self::Inconclusive,
        }
    }
}

/// Evaluates every gate of one scenario, in the order of [`GATE_IDS`]. May be called after every
/// baseline iteration: its answers hold at every look.
///
/// A required id that no gate has becomes a gate of its own that is INCONCLUSIVE, so that a
/// misspelt requirement is never a pass.
#[must_use]
pub fn scenario_gates(scenario: &ScenarioRecord, settings: &GateSettings) -> Vec<Gate> {
    gates(&Evidence::new(scenario, settings))
}

fn gates(evidence: &Evidence<'_>) -> Vec<Gate> {
    let mut gates = vec![
        speedup::gate(evidence, "speedup-p50", 0.5),
        speedup::gate(evidence, "speedup-p95", 0.95),
        target::gate(evidence),
        answers::expectations(evidence),
        answers::no_429(evidence),
        instrument::fresh(evidence),
        instrument::two_sides(evidence),
        instrument::harness(evidence),
    ];
    let unknown = evidence.settings.required.iter().filter(|id| !is_known(id));
    gates.extend(unknown.map(|id| unknown_gate(evidence, id)));
    doubt_what_was_measured(&mut gates);
    remedy::apply(&mut gates);
    waivers::apply(&mut gates, &evidence.settings.waivers);
    gates
}

/// The gates that ask whether it was measured at all. They are required whatever the settings say: a
/// figure that means nothing decides nothing.
pub const INSTRUMENT: [&str; 3] = [FRESH, TWO_SIDES, HARNESS];
/// The gates whose outcome rests on measured times.
const MEASURED: [&str; 3] = ["speedup-p50", "speedup-p95", "target-p95"];

/// Takes back what measured times seem to refute when the instrument cannot be trusted: a harness that
/// is late, for one, makes the candidate look slow.
fn doubt_what_was_measured(gates: &mut [Gate]) {
    let Some(doubt) = doubted(gates).map(|gate| gate.id.clone()) else {
        return;
    };
    for gate in gates
        .iter_mut()
        .filter(|gate| MEASURED.contains(&gate.id.as_str()))
    {
        if gate.outcome == Outcome::NoGo {
            gate.outcome = Outcome::Inconclusive;
            gate.settled = false;
            gate.reason = format!(
                "not to be trusted, because `{doubt}` does not hold: {}",
                gate.reason
            );
        }
    }
}

/// The first gate of the instrument that does not hold.
fn doubted(gates: &[Gate]) -> Option<&Gate> {
    gates.iter().find(|gate| {
        // The lag is known only when measuring has ended; until then nothing speaks against it.
        let known = gate.id != HARNESS || gate.number("lag_count").is_some_and(|count| count > 0.0);
        known && INSTRUMENT.contains(&gate.id.as_str()) && gate.outcome != Outcome::Go
    })
}

/// Whether the measured times of the scenario that has these gates are not to be trusted: it was not
/// fresh, not two things, or the harness was late. Then they show neither GO nor NO-GO.
#[must_use]
pub fn is_in_doubt(gates: &[Gate]) -> bool {
    doubted(gates).is_some()
}

fn is_known(id: &str) -> bool {
    let mut known = GATE_IDS.iter().chain(&RUN_GATE_IDS);
    known.any(|(known, _)| *known == id)
}

fn unknown_gate(evidence: &Evidence<'_>, id: &str) -> Gate {
    let known = GATE_IDS.iter().chain(&RUN_GATE_IDS);
    let known: Vec<&str> = known.map(|(known, _)| *known).collect();
    let reason = format!(
        "`{id}` is required, and there is no such gate; the gates are {}",
        known.join(", ")
    );
    let finding = Finding::new(Outcome::Inconclusive, reason).settled(true);
    evidence.gate(id, "a gate that does not exist", finding)
}

/// What the required gates of one scenario come to. Without a required gate about the promise nothing is
/// decided: that it was measured well says nothing of what was measured.
///
/// ```
/// use cutover::verdict::{Outcome, scenario_outcome};
/// assert_eq!(scenario_outcome(&[]), Outcome::Inconclusive);
/// ```
#[must_use]
pub fn scenario_outcome(gates: &[Gate]) -> Outcome {
    let required = gates.iter().filter(|gate| gate.required);
    let about_the_promise = |gate: &Gate| !INSTRUMENT.contains(&gate.id.as_str());
    if !required.clone().any(about_the_promise) {
        return Outcome::Inconclusive;
    }
    // The worst of them decides.
    let outcomes = required.map(Gate::counts_as);
    outcomes.max().unwrap_or(Outcome::Inconclusive)
}

/// Whether a scenario has been measured enough: a required gate is refuted, or can never be GO any
/// more, or none is still waiting for samples. Nothing required: nothing to wait for.
///
/// Two gates do not count. The harness's lag is known only when measuring has ended. Two sides that
/// could not be told apart cost the GO, but not the figures, which somebody may still want.
#[must_use]
pub fn scenario_is_decided(gates: &[Gate]) -> bool {
    let counts = |gate: &&Gate| gate.required && gate.id != HARNESS && gate.id != TWO_SIDES;
    let mut required = gates.iter().filter(counts);
    let lost = |gate: &Gate| gate.settled && gate.outcome != Outcome::Go && gate.waived.is_none();
    let waiting = |gate: &Gate| gate.outcome == Outcome::Inconclusive;
    required.clone().any(lost) || !required.any(waiting)
}

#[cfg(test)]
mod tests;
