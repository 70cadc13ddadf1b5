//! The gates' names, as a configuration may say them, and its waivers on the day of a run.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::{GateNames, WaiverConfig};
use crate::record::Waiver;
use crate::verdict::{GATE_GROUPS, GATE_IDS, INSTRUMENT};

/// The gates of the whole run that `check` has evidence for.
pub(super) const PARITY: &str = "parity";
pub(super) const INTEGRITY: &str = "integrity";
pub(super) const CONNECTIONS: &str = "connections";
pub(super) const BACKUPS: &str = "backups";
pub(super) const RATE_LIMIT: &str = "rate-limit";

const OF_SCENARIOS: [&str; GATE_IDS.len()] = ids(&GATE_IDS);
const OF_THE_RUN: [&str; 5] = [PARITY, INTEGRITY, CONNECTIONS, BACKUPS, RATE_LIMIT];
/// A speedup is worth nothing where the data is lost, so all are required that there is evidence for.
const BY_DEFAULT: [&str; OF_SCENARIOS.len() + OF_THE_RUN.len()] = both();
const ON_REQUEST: [&str; 1] = ["soak"];

/// What `[gates]` may name.
pub(super) const NAMES: GateNames<'static> = GateNames {
    by_default: &BY_DEFAULT,
    on_request: &ON_REQUEST,
    groups: &GATE_GROUPS,
    never_waived: &INSTRUMENT,
};

/// Whether some of these gates ask for what is measured. Those of the instrument ask only whether it was
/// measured well.
pub(super) fn want_figures(required: &[String]) -> bool {
    let asks =
        |id: &String| OF_SCENARIOS.contains(&id.as_str()) && !INSTRUMENT.contains(&id.as_str());
    required.iter().any(asks)
}

const fn both() -> [&'static str; OF_SCENARIOS.len() + OF_THE_RUN.len()] {
    let mut all = [""; OF_SCENARIOS.len() + OF_THE_RUN.len()];
    let mut place = 0;
    while place < all.len() {
        all[place] = if place < OF_SCENARIOS.len() {
            OF_SCENARIOS[place]
        } else {
            OF_THE_RUN[place - OF_SCENARIOS.len()]
        };
        place += 1;
    }
    all
}

const fn ids<const N: usize>(gates: &[(&'static str, &'static str); N]) -> [&'static str; N] {
    let mut ids = [""; N];
    let mut place = 0;
    while place < N {
        ids[place] = gates[place].0;
        place += 1;
    }
    ids
}

/// A configured waiver in a run that began at `started`: its last day counts as a whole, in UTC.
pub(super) fn waiver(waiver: WaiverConfig, started: Timestamp) -> Waiver {
    let today = TimeZone::UTC.to_datetime(started).date();
    Waiver {
        expired: waiver.expires < today,
        gate: waiver.gate,
        scenario: waiver.scenario,
        reason: waiver.reason,
        expires: waiver.expires.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_counts_to_the_end_of_its_last_day() {
        let expired = |started: &str| {
            let config = WaiverConfig {
                gate: "backups".to_owned(),
                scenario: None,
                reason: "a reason".to_owned(),
                expires: jiff::civil::date(2027, 1, 31),
            };
            waiver(config, started.parse().unwrap()).expired
        };
        assert!(!expired("2026-11-22T00:00:00Z"));
        assert!(!expired("2027-01-31T23:59:59Z"));
        assert!(expired("2027-02-01T00:00:00Z"));
    }
}
