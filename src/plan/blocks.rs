//! The order in which two builds are asked in turns.
//!
//! A machine drifts: it grows warm, a neighbour wakes up, a cache fills. Two builds that are measured one
//! after the other are told apart by the drift; in turns they share it. So a run is cut into blocks,
//! each with every scenario, and a scenario's turns in a block are pairs: both builds with equal inputs, one
//! directly after the other. Who is first in a pair finds the store's caches colder, so each build is first
//! in half of the pairs, and chance says in which.
//!
//! Everything follows from the seed and the block's number: block 7 is the same whether or not those before
//! it were made.

use rand::seq::SliceRandom;
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::record::Build;

/// The most iterations of a scenario on one build that a run may plan: their numbers stand in markers, which
/// have room for seven digits.
pub const MOST_ITERATIONS: u32 = 9_999_999;

/// The order of a comparison, from a seed.
#[derive(Debug, Clone)]
pub struct BlockPlan {
    seed: u64,
    scenarios: usize,
    warm_up: u32,
    samples: u32,
}

/// A scenario's turns inside a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turns {
    /// Its place among the scenarios.
    pub scenario: usize,
    /// Who is asked, one after the other.
    pub order: Vec<Turn>,
}

/// One iteration on one build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Who is asked.
    pub build: Build,
    /// Equal numbers draw equal inputs; no number comes twice on a build in a run.
    pub n: u32,
}

impl BlockPlan {
    /// A plan for so many scenarios, with so many discarded iterations and then so many samples a block, of
    /// each build and scenario.
    #[must_use]
    pub fn new(seed: u64, scenarios: usize, warm_up: u32, samples: u32) -> Self {
        Self {
            seed,
            scenarios,
            warm_up,
            samples,
        }
    }

    /// What a scenario begins with, to be discarded: the builds in turns.
    #[must_use]
    pub fn warm_up(&self) -> Vec<Turn> {
        let pair = |n| Build::BOTH.map(|build| Turn { build, n });
        (0..self.warm_up).flat_map(pair).collect()
    }

    /// A block, counted from 0: every scenario once, in an order of this block's own.
    #[must_use]
    pub fn block(&self, k: u32) -> Vec<Turns> {
        let mut random = self.stream(k);
        let mut scenarios: Vec<usize> = (0..self.scenarios).collect();
        scenarios.shuffle(&mut random);
        let first = k.saturating_mul(self.samples).saturating_add(self.warm_up);
        let turns = |scenario| Turns {
            scenario,
            order: self.order(first, &mut random),
        };
        scenarios.into_iter().map(turns).collect()
    }

    /// The turns of one scenario, whose pairs are numbered from `first` on.
    fn order(&self, first: u32, random: &mut Xoshiro256PlusPlus) -> Vec<Turn> {
        let half = self.samples / 2;
        // Of an odd number of pairs chance says who is first once more.
        let old_first = half + u32::from(self.samples % 2 == 1 && random.random::<bool>());
        let mut is_old_first: Vec<bool> = (0..self.samples).map(|i| i < old_first).collect();
        is_old_first.shuffle(random);
        let pair = |(i, is_old_first): (u32, bool)| {
            let mut pair = Build::BOTH;
            if !is_old_first {
                pair.reverse();
            }
            let n = first.saturating_add(i);
            pair.map(|build| Turn { build, n })
        };
        (0..).zip(is_old_first).flat_map(pair).collect()
    }

    /// A stream of chance for each block. The multiplier is the golden ratio's, as in `SplitMix64`, so that
    /// neighbouring seeds and blocks have nothing in common.
    fn stream(&self, k: u32) -> Xoshiro256PlusPlus {
        const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
        let place = u64::from(k).wrapping_add(1).wrapping_mul(GOLDEN);
        Xoshiro256PlusPlus::seed_from_u64(self.seed ^ place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_block_has_every_scenario_once_and_every_pair_side_by_side(
            seed: u64, scenarios in 1_usize..6, warm_up in 0_u32..5, samples in 1_u32..60, k in 0_u32..50,
        ) {
            let block = BlockPlan::new(seed, scenarios, warm_up, samples).block(k);
            let places: BTreeSet<usize> = block.iter().map(|turns| turns.scenario).collect();
            prop_assert_eq!(block.len(), scenarios);
            prop_assert_eq!(places, (0..scenarios).collect());
            for turns in block {
                let numbers: Vec<u32> = turns.order.chunks(2).map(|pair| pair[0].n).collect();
                let first = warm_up + k * samples;
                prop_assert_eq!(numbers, (first..first + samples).collect::<Vec<_>>());
                for pair in turns.order.chunks(2) {
                    prop_assert_eq!(pair[0].n, pair[1].n);
                    prop_assert_ne!(pair[0].build, pair[1].build);
                }
                let old_first = turns.order.chunks(2).filter(|pair| pair[0].build == Build::Old);
                let old_first = u32::try_from(old_first.count()).unwrap();
                prop_assert!((samples / 2..=samples.div_ceil(2)).contains(&old_first));
            }
        }

        #[test]
        fn the_seed_decides_a_block_whatever_was_made_before(seed: u64, k in 0_u32..50) {
            let plan = BlockPlan::new(seed, 3, 3, 20);
            let alone = plan.block(k);
            for before in 0..k {
                let _ = plan.block(before);
            }
            prop_assert_eq!(alone, BlockPlan::new(seed, 3, 3, 20).block(k));
        }

        #[test]
        fn no_number_comes_twice_on_a_build(seed: u64, blocks in 1_u32..8, samples in 1_u32..20) {
            let plan = BlockPlan::new(seed, 1, 3, samples);
            let blocks = (0..blocks).flat_map(|k| plan.block(k)).flat_map(|turns| turns.order);
            let turns: Vec<Turn> = plan.warm_up().into_iter().chain(blocks).collect();
            let different: BTreeSet<_> = turns.iter().map(|turn| (turn.build, turn.n)).collect();
            prop_assert_eq!(different.len(), turns.len());
        }
    }

    #[test]
    fn blocks_and_seeds_have_orders_of_their_own() {
        let who = |seed, k| {
            let order = &BlockPlan::new(seed, 1, 0, 50).block(k)[0].order;
            let who: Vec<Build> = order.iter().map(|turn| turn.build).collect();
            who
        };
        let orders: BTreeSet<_> = (0..10)
            .flat_map(|seed| (0..10).map(move |k| (seed, k)))
            .map(|(seed, k)| who(seed, k))
            .collect();
        assert_eq!(orders.len(), 100);
    }

    #[test]
    fn an_odd_pair_goes_to_either_build() {
        let firsts: BTreeSet<Build> = (0..50)
            .map(|k| BlockPlan::new(7, 1, 0, 1).block(k)[0].order[0].build)
            .collect();
        assert_eq!(firsts.len(), 2);
    }
}
