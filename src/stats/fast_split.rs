//! The best split of a row in `O(T log T)`. Why: a change point takes a thousand shuffles of a history, and
//! a history of a thousand runs would take seconds by the distances of all its pairs.
//!
//! ```text
//! values -> Ranked: sorted once, the sum D(x) of distances to all values by running sums
//! order of ranks (as they came, or shuffled) -> scan from the left:
//!     to the left   x (2 c - n) + S - 2 s     c, s: how many of the n left values rank below x, and their sum
//!     to the right  D(x) - to the left        (S: the sum of all n)
//! ```
//!
//! The values on the left rank below `x` in a Fenwick tree over ranks (Fenwick, *A new data structure for
//! cumulative frequency tables*, 1994). A shuffle of values is a shuffle of ranks, so that sorting and `D`
//! serve all of them.

use super::change_points::{LEAST_SIDE, Split};

/// What two ways of summing the same distances may differ by, as a share of the largest possible `Q`.
const ROUNDING: f64 = 1e-9;

/// Values that are ranked for many scans.
pub(super) struct Ranked {
    /// Ascending, and around 0, so that little is lost in their sums.
    sorted: Vec<f64>,
    /// The sum of distances to all values, by rank.
    distances: Vec<f64>,
    /// The rank of each value, in the order in which they came.
    order: Vec<usize>,
    /// The left values of the scan under way.
    left: Below,
}

impl Ranked {
    pub(super) fn new(values: &[f64]) -> Self {
        let total = values.len();
        let mut places: Vec<usize> = (0..total).collect();
        places.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let middle = places.get(total / 2).map_or(0.0, |place| values[*place]);
        let sorted: Vec<f64> = places.iter().map(|place| values[*place] - middle).collect();
        let mut order = vec![0; total];
        for (rank, place) in places.iter().enumerate() {
            order[*place] = rank;
        }
        let all: f64 = sorted.iter().sum();
        let mut below = 0.0;
        let to_all = sorted.iter().enumerate().map(|(rank, value)| {
            let above = all - below - value;
            let distance = value * rank as f64 - below + above - value * (total - rank - 1) as f64;
            below += value;
            distance
        });
        Self {
            distances: to_all.collect(),
            order,
            left: Below::new(total),
            sorted,
        }
    }

    /// The rank of each value, in the order in which they came.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Below this difference two `Q` of these values are one.
    pub(super) fn tolerance(&self) -> f64 {
        let pairs: f64 = self.distances.iter().sum();
        ROUNDING * pairs / self.distances.len().max(1) as f64
    }

    /// The first split that maximises `Q` when the values stand in this order; see
    /// [`super::best_split`].
    pub(super) fn best_split(&mut self, order: &[usize]) -> Option<Split> {
        let total = order.len();
        if total < 2 * LEAST_SIDE {
            return None;
        }
        let tolerance = self.tolerance();
        self.left.clear();
        let (mut left, mut across, mut sum) = (0.0, 0.0, 0.0);
        let mut right = self.distances.iter().sum::<f64>() / 2.0;
        let mut best: Option<Split> = None;
        for (before, rank) in order.iter().enumerate().take(total - LEAST_SIDE) {
            let value = self.sorted[*rank];
            let (count_below, sum_below) = self.left.below(*rank);
            let to_left = value * (2.0 * count_below - before as f64) + sum - 2.0 * sum_below;
            let to_right = self.distances[*rank] - to_left;
            left += to_left;
            right -= to_right;
            across += to_right - to_left;
            sum += value;
            self.left.add(*rank, value);
            let at = before + 1;
            if at < LEAST_SIDE {
                continue;
            }
            let (t, m) = (at as f64, (total - at) as f64);
            let spread = 2.0 * across / (t * m)
                - left / (t * (t - 1.0) / 2.0)
                - right / (m * (m - 1.0) / 2.0);
            let q = t * m / total as f64 * spread;
            if best.is_none_or(|best| q > best.q + tolerance) {
                best = Some(Split { at, q });
            }
        }
        best
    }
}

/// How many values there are below a rank, and their sum: a Fenwick tree, whose node `i` (from 1) covers as
/// many ranks up to `i` as its lowest bit says.
struct Below {
    nodes: Vec<(f64, f64)>,
}

impl Below {
    fn new(ranks: usize) -> Self {
        Self {
            nodes: vec![(0.0, 0.0); ranks + 1],
        }
    }

    fn clear(&mut self) {
        self.nodes.fill((0.0, 0.0));
    }

    fn add(&mut self, rank: usize, value: f64) {
        let mut node = rank + 1;
        while let Some((count, sum)) = self.nodes.get_mut(node) {
            *count += 1.0;
            *sum += value;
            node += lowest_bit(node);
        }
    }

    fn below(&self, rank: usize) -> (f64, f64) {
        let (mut count, mut sum) = (0.0, 0.0);
        let mut node = rank;
        while node > 0 {
            count += self.nodes[node].0;
            sum += self.nodes[node].1;
            node -= lowest_bit(node);
        }
        (count, sum)
    }
}

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_xoshiro::SplitMix64;
    use rand_xoshiro::rand_core::SeedableRng;

    use super::super::change_points::shuffle;
    use super::*;

    /// By the distances of all pairs: moving one value across the split changes the three sums.
    fn by_distances(values: &[f64], tolerance: f64) -> Split {
        let total = values.len();
        let distances = |from: &[f64], x: f64| from.iter().map(|y| (x - y).abs()).sum::<f64>();
        let (mut left, mut across) = (0.0, 0.0);
        let mut right: f64 = (0..total)
            .map(|i| distances(&values[i + 1..], values[i]))
            .sum();
        let mut best: Option<Split> = None;
        for (before, value) in values.iter().enumerate().take(total - LEAST_SIDE) {
            let to_left = distances(&values[..before], *value);
            let to_right = distances(&values[before + 1..], *value);
            left += to_left;
            right -= to_right;
            across += to_right - to_left;
            let (t, m) = ((before + 1) as f64, (total - before - 1) as f64);
            if before + 1 < LEAST_SIDE {
                continue;
            }
            let spread = 2.0 * across / (t * m)
                - left / (t * (t - 1.0) / 2.0)
                - right / (m * (m - 1.0) / 2.0);
            let q = t * m / total as f64 * spread;
            if best.is_none_or(|best| q > best.q + tolerance) {
                best = Some(Split { at: before + 1, q });
            }
        }
        best.unwrap()
    }

    /// Four distinct values, so that many shuffles tie; or hardly any.
    fn rows() -> impl Strategy<Value = Vec<f64>> {
        prop_oneof![
            prop::collection::vec(prop::sample::select(vec![3.9, 4.0, 4.1, 5.3]), 6..60),
            prop::collection::vec(-5.0f64..5.0, 6..120),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn ranks_and_distances_find_the_same_split_in_every_order(values in rows(), seed: u64) {
            let mut ranked = Ranked::new(&values);
            let mut order = ranked.order().to_vec();
            let mut shuffled = values;
            let mut generators = [SplitMix64::seed_from_u64(seed), SplitMix64::seed_from_u64(seed)];
            for _ in 0..4 {
                let fast = ranked.best_split(&order).unwrap();
                let slow = by_distances(&shuffled, ranked.tolerance());
                prop_assert_eq!(fast.at, slow.at);
                prop_assert!((fast.q - slow.q).abs() <= ranked.tolerance(), "{fast:?} {slow:?}");
                shuffle(&mut order, &mut generators[0]);
                shuffle(&mut shuffled, &mut generators[1]);
            }
        }

        #[test]
        fn as_many_shuffles_split_as_well_by_ranks_as_by_distances(values in rows(), seed: u64) {
            let mut ranked = Ranked::new(&values);
            let least = by_distances(&values, ranked.tolerance()).q - ranked.tolerance();
            let mut order = ranked.order().to_vec();
            let mut shuffled = values;
            let mut generators = [SplitMix64::seed_from_u64(seed), SplitMix64::seed_from_u64(seed)];
            let (mut fast, mut slow) = (0, 0);
            for _ in 0..40 {
                shuffle(&mut order, &mut generators[0]);
                shuffle(&mut shuffled, &mut generators[1]);
                fast += i32::from(ranked.best_split(&order).unwrap().q >= least);
                slow += i32::from(by_distances(&shuffled, ranked.tolerance()).q >= least);
            }
            prop_assert_eq!(fast, slow);
        }
    }
}
