//! What a run will do, in which order: decided before it begins, from a seed, so that it can be
//! reviewed, recorded and repeated.

use std::time::Duration;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::SplitMix64;

use crate::record::GateSettings;
use crate::scenario::Scenario;

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

/// The most candidate iterations of a scenario that only reads: memory is not endless.
const MAX_READS: u32 = 1_000_000;

/// What a run will do.
#[derive(Debug)]
pub struct Plan {
    /// The run's name; also part of every marker.
    pub run: String,
    /// What every random choice follows from.
    pub seed: u64,
    /// The scenarios in the order in which they run.
    pub scenarios: Vec<Scenario>,
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
        mut scenarios: Vec<Scenario>,
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

    /// The settings as a record keeps them.
    #[must_use]
    pub fn settings(&self, required: Vec<String>) -> GateSettings {
        GateSettings {
            required,
            max_baseline_iterations: self.bounds.max_baseline_iterations,
            max_writes: self.bounds.max_writes,
            candidate_per_baseline: self.bounds.candidate_per_baseline,
        }
    }
}
