//! Which scenario is due when: the scenarios take turns, and each takes of the rate what its steps cost.

use std::time::Duration;

use crate::pace::Constant;

/// One iteration that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrival {
    /// Which of the scenarios.
    pub(super) scenario: usize,
    /// Which iteration of that scenario, from 0.
    pub(super) n: u32,
    /// When, since the start of the load.
    pub(super) due: Duration,
}

/// All iterations that will ever be due, in order.
#[derive(Debug)]
pub(super) struct Schedule {
    arrivals: Constant,
    /// How many requests an iteration of each scenario makes, at least one.
    requests: Vec<u64>,
    /// How many iterations have been taken.
    taken: usize,
    /// How many requests they make.
    before: u64,
}

impl Schedule {
    /// The scenarios take turns in the order of their numbers of steps; there is at least one.
    pub(super) fn new(arrivals: Constant, steps: impl IntoIterator<Item = usize>) -> Self {
        let requests = steps.into_iter().map(|steps| steps.max(1) as u64);
        Self {
            arrivals,
            requests: requests.collect(),
            taken: 0,
            before: 0,
        }
    }

    /// The one that is due next.
    pub(super) fn next(&self) -> Arrival {
        let scenarios = self.requests.len().max(1);
        Arrival {
            scenario: self.taken % scenarios,
            n: u32::try_from(self.taken / scenarios).unwrap_or(u32::MAX),
            due: self.arrivals.due(self.before),
        }
    }

    /// Takes it.
    pub(super) fn take(&mut self) -> Arrival {
        let arrival = self.next();
        self.before += self.requests.get(arrival.scenario).copied().unwrap_or(1);
        self.taken += 1;
        arrival
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// However many steps the scenarios have: in any time from the start, the requests of the
        /// iterations that are over by then never exceed the rate by more than one iteration's.
        #[test]
        fn the_rate_counts_requests_and_not_iterations(
            steps in prop::collection::vec(1usize..6, 1..5), count in 1u32..100,
        ) {
            let rate = format!("{count}/s").parse().unwrap();
            let mut schedule = Schedule::new(Constant::new(rate), steps.clone());
            let mut requests = 0;
            let mut seen = vec![0; steps.len()];
            for _ in 0..200 {
                let arrival = schedule.take();
                prop_assert_eq!(arrival.n, seen[arrival.scenario]);
                seen[arrival.scenario] += 1;
                let allowed = f64::from(count) * arrival.due.as_secs_f64();
                prop_assert!((f64::from(requests) - allowed).abs() < 1e-3, "{} against {}", requests, allowed);
                requests += u32::try_from(steps[arrival.scenario]).unwrap();
            }
            let fewest = seen.iter().min().unwrap();
            prop_assert!(seen.iter().max().unwrap() - fewest <= 1, "they take turns");
        }
    }
}
