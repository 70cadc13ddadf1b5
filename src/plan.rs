//! What a run will do, in which order: decided before it begins, from a seed, so that it can be
//! reviewed, recorded and repeated.

mod blocks;

pub use blocks::{BlockPlan, MOST_ITERATIONS, Turn, Turns};

use std::time::Duration;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::SplitMix64;

use crate::scenario::{Measured, Scenario};

/// The bounds of a run, beyond which it stops undecided.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// The most baseline iterations of a scenario.
    pub max_baseline_iterations: u32,
    /// The least number of candidate iterations for each baseline one.
    pub candidate_per_baseline: u32,
    /// The most candidate iterations of a scenario that writes.
    pub max_writes: u32,
    /// The longest pause that a target may ask for.
    pub max_pause: Duration,
    /// The longest time for the whole run.
    pub time_limit: Duration,
}

/// The most candidate iterations of a scenario that only reads: more would narrow no bound that
/// matters, and every look sorts them all.
const MAX_READS: u32 = 50_000;

/// What a run will do.
#[derive(Debug)]
pub struct Plan {
    /// The run's name; also part of every marker.
    pub run: String,
    /// What every random choice follows from.
    pub seed: u64,
    /// The scenarios in the order in which they run.
    pub scenarios: Vec<Measured>,
    /// Where it stops.
    pub bounds: Bounds,
    /// Whether live objects may be created: for the freshness probe and scenarios that write.
    pub writes_allowed: bool,
}

impl Plan {
    /// Orders the scenarios by the seed, so that no scenario is always the one on a cold machine.
    #[must_use]
    pub fn new(
        run: String,
        seed: u64,
        mut scenarios: Vec<Measured>,
        bounds: Bounds,
        writes_allowed: bool,
    ) -> Self {
        scenarios.shuffle(&mut SplitMix64::seed_from_u64(seed));
        Self {
            run,
            seed,
            scenarios,
            bounds,
            writes_allowed,
        }
    }

    /// The most iterations that the candidate may make of a scenario.
    #[must_use]
    pub fn candidate_cap(&self, scenario: &Scenario) -> u32 {
        if scenario.writes {
            self.bounds.max_writes
        } else {
            MAX_READS
        }
    }

    /// How many candidate iterations must stand beside `baseline` baseline ones.
    #[must_use]
    pub fn candidate_due(&self, scenario: &Scenario, baseline: u32) -> u32 {
        baseline
            .saturating_mul(self.bounds.candidate_per_baseline)
            .min(self.candidate_cap(scenario))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds() -> Bounds {
        Bounds {
            max_baseline_iterations: 120,
            candidate_per_baseline: 20,
            max_writes: 400,
            max_pause: Duration::from_secs(600),
            time_limit: Duration::from_secs(1800),
        }
    }

    /// The built-in ones that are measured.
    fn measured() -> Vec<Measured> {
        let scenarios = crate::scenario::built_in().unwrap().into_iter();
        scenarios.filter_map(Measured::of).collect()
    }

    fn names(seed: u64) -> Vec<String> {
        let plan = Plan::new("r".to_owned(), seed, measured(), bounds(), true);
        let names = plan.scenarios.iter().map(|scenario| scenario.name.clone());
        names.collect()
    }

    #[test]
    fn the_seed_decides_the_order_and_loses_no_scenario() {
        let orders: std::collections::BTreeSet<_> = (0..50).map(names).collect();
        assert_eq!(orders.len(), 6, "three scenarios have six orders");
        assert_eq!(names(7), names(7));
        for order in orders {
            let mut sorted = order.clone();
            sorted.sort();
            assert_eq!(sorted, ["create-task", "dashboard-load", "task-search"]);
        }
    }

    #[test]
    fn a_scenario_that_writes_has_a_cap_of_its_own() {
        let plan = Plan::new("r".to_owned(), 1, measured(), bounds(), true);
        for scenario in &plan.scenarios {
            let due = plan.candidate_due(scenario, 30);
            assert_eq!(
                due,
                if scenario.writes { 400 } else { 600 },
                "{}",
                scenario.name
            );
        }
    }
}
