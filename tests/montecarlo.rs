//! The promise of the method itself, by simulation: whoever looks after every baseline iteration
//! and stops as soon as the answer seems certain is still wrong in fewer than 5 % of runs, and a
//! plain bootstrap interval is not. Everything follows from a seed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test: it may panic, and its rates are worth reading"
)]

use std::thread;

use cutover::record::{Sample, SampleStatus};
use cutover::stats::{
    BASELINE, Decision, SpeedupTest, least_baseline_samples, quantile, rank_bounds,
};
use rand::RngExt;
use rand_distr::{Distribution, Normal, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

const BASELINE_SIGMA: f64 = 0.4;
const CANDIDATE_SIGMA: f64 = 0.15;
const PROMISE: f64 = 20.0;
const CAP: usize = 120;
/// The standard normal's 95 % quantile.
const Z95: f64 = 1.644_853_626_951_472_7;

/// A world in which the speedup at quantile `q` is `truth`.
#[derive(Clone, Copy)]
struct World {
    truth: f64,
    q: f64,
    /// How much of one baseline iteration's deviation the next one inherits, 0 to 1.
    memory: f64,
    /// Candidate samples for each baseline one.
    lane: usize,
    /// Candidate samples that are there from the start.
    head_start: usize,
}

impl World {
    const STEADY: Self = Self {
        truth: 0.995 * PROMISE,
        q: 0.5,
        memory: 0.0,
        lane: 20,
        head_start: 0,
    };

    /// The candidate's lane is far ahead: cheaper to simulate.
    const AHEAD: Self = Self {
        lane: 0,
        head_start: 400,
        ..Self::STEADY
    };

    /// The logarithm of the baseline's median; the candidate's is 0.
    fn baseline_mu(&self) -> f64 {
        let z = if self.q > 0.5 { Z95 } else { 0.0 };
        self.truth.ln() + z * (CANDIDATE_SIGMA - BASELINE_SIGMA)
    }

    /// The baseline's iterations, without end.
    fn baseline(self, seed: u64) -> impl Iterator<Item = Sample> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x5eed);
        let mut deviation: f64 = StandardNormal.sample(&mut random);
        std::iter::repeat_with(move || {
            let sample = ok(self.baseline_mu() + BASELINE_SIGMA * deviation);
            let fresh: f64 = StandardNormal.sample(&mut random);
            deviation = self.memory * deviation + (1.0 - self.memory.powi(2)).sqrt() * fresh;
            sample
        })
    }

    /// One run: a look after every baseline iteration, up to the first decision or the cap.
    fn run(&self, seed: u64) -> (Decision, usize) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let noise = Normal::new(0.0, CANDIDATE_SIGMA).unwrap();
        let mut candidate: Vec<Sample> = (0..self.head_start)
            .map(|_| ok(noise.sample(&mut random)))
            .collect();
        let mut iterations = self.baseline(seed);
        let mut baseline = Vec::new();
        for n in 1..=CAP {
            baseline.extend(iterations.next());
            candidate.extend((0..self.lane).map(|_| ok(noise.sample(&mut random))));
            // Its order in time is not looked at; sorted, it is quickly sorted again.
            candidate.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
            if n < least_baseline_samples(self.q) {
                continue;
            }
            let decision = SpeedupTest::new(&baseline, &candidate)
                .at(self.q, PROMISE)
                .decision;
            if decision != Decision::Undecided {
                return (decision, n);
            }
        }
        (Decision::Undecided, CAP)
    }
}

fn ok(ln_seconds: f64) -> Sample {
    Sample {
        seconds: ln_seconds.exp(),
        status: SampleStatus::Ok,
    }
}

/// Many runs, on two threads, in the order of their seeds.
fn many<T: Send>(runs: u64, run: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let half = runs / 2;
    let run = &run;
    thread::scope(|scope| {
        let first = scope.spawn(move || (0..half).map(run).collect::<Vec<T>>());
        let second: Vec<T> = (half..runs).map(run).collect();
        let mut all = first.join().unwrap();
        all.extend(second);
        all
    })
}

fn share<T>(runs: &[T], counts: impl Fn(&T) -> bool) -> f64 {
    runs.iter().filter(|run| counts(run)).count() as f64 / runs.len() as f64
}

fn false_go(world: World, runs: u64) -> f64 {
    let decisions = many(runs, |seed| world.run(seed).0);
    let rate = share(&decisions, |decision| *decision == Decision::Confirmed);
    println!("false GO at {}x against {PROMISE}x: {rate}", world.truth);
    rate
}

#[test]
fn a_speedup_just_under_the_promise_is_confirmed_in_fewer_than_5_percent_of_runs() {
    let rate = false_go(World::AHEAD, 3_000);
    assert!(rate < 0.05, "{rate}");
}

#[test]
fn nor_while_both_lanes_grow() {
    let rate = false_go(World::STEADY, 400);
    assert!(rate < 0.05, "{rate}");
}

#[test]
fn a_p95_just_under_the_promise_is_confirmed_in_fewer_than_5_percent_of_runs() {
    let world = World {
        q: 0.95,
        ..World::AHEAD
    };
    let rate = false_go(world, 1_000);
    assert!(rate < 0.05, "{rate}");
}

#[test]
fn a_speedup_just_over_the_promise_is_refuted_in_fewer_than_5_percent_of_runs() {
    let world = World {
        truth: 1.005 * PROMISE,
        ..World::AHEAD
    };
    let decisions = many(500, |seed| world.run(seed).0);
    let rate = share(&decisions, |decision| *decision == Decision::Refuted);
    assert!(rate < 0.05, "{rate}");
}

/// Whether the gate, blind to dependence (V = 1), confirms the speedup at some look.
fn confirms_as_if_independent(world: World, seed: u64) -> bool {
    let mut times = Vec::new();
    world.baseline(seed).take(CAP).any(|sample| {
        times.push(sample.seconds);
        let mut sorted = times.clone();
        sorted.sort_by(f64::total_cmp);
        let lower = rank_bounds(sorted.len(), world.q, &BASELINE, 1.0).lower;
        sorted.len() >= least_baseline_samples(world.q)
            && lower.is_some_and(|rank| sorted[rank - 1] >= PROMISE)
    })
}

#[test]
fn requests_that_depend_on_each_other_break_it_only_where_dependence_is_ignored() {
    let world = World {
        memory: 0.4,
        ..World::AHEAD
    };
    let ignored = many(1_000, |seed| confirms_as_if_independent(world, seed));
    let ignored = share(&ignored, |wrong| *wrong);
    println!("false GO where dependence is ignored: {ignored}");
    assert!(ignored > 0.05, "{ignored}");
    let rate = false_go(world, 1_000);
    assert!(rate < 0.05, "{rate}");
}

/// The lower end of a percentile bootstrap interval of the median, one-sided 95 %.
fn bootstrap_lower(times: &[f64], random: &mut Xoshiro256PlusPlus) -> f64 {
    const RESAMPLES: usize = 200;
    let mut resample = vec![0.0; times.len()];
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            for time in &mut resample {
                *time = times[random.random_range(0..times.len())];
            }
            let middle = times.len() / 2;
            *resample.select_nth_unstable_by(middle, f64::total_cmp).1
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    quantile(&medians, 0.05).unwrap()
}

/// The same world, and the bootstrap is even told the candidate's median.
#[test]
fn a_plain_bootstrap_interval_breaks_when_it_is_looked_at_after_every_iteration() {
    let world = World::STEADY;
    let wrong = many(200, |seed| {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let noise = Normal::new(world.baseline_mu(), BASELINE_SIGMA).unwrap();
        let mut times = Vec::new();
        (1..=60).any(|n| {
            times.push(noise.sample(&mut random).exp());
            n >= least_baseline_samples(world.q) && bootstrap_lower(&times, &mut random) >= PROMISE
        })
    });
    let rate = share(&wrong, |wrong| *wrong);
    println!("false GO of the bootstrap: {rate}");
    assert!(
        rate > 0.05,
        "the simulation cannot tell a broken method from a sound one: {rate}"
    );
}

fn median_cost(world: World) -> usize {
    let mut costs = many(400, |seed| {
        let (decision, n) = world.run(seed);
        if decision == Decision::Confirmed {
            n
        } else {
            usize::MAX
        }
    });
    costs.sort_unstable();
    println!("iterations to confirm at q = {}: {}", world.q, costs[200]);
    costs[200]
}

#[test]
fn thirty_times_faster_is_confirmed_at_p50_after_about_16_iterations() {
    let cost = median_cost(World {
        truth: 30.0,
        head_start: 5_000,
        ..World::AHEAD
    });
    assert!((14..=17).contains(&cost), "{cost}");
}

#[test]
fn thirty_times_faster_is_confirmed_at_p95_after_about_20_iterations() {
    let cost = median_cost(World {
        truth: 30.0,
        q: 0.95,
        head_start: 5_000,
        ..World::AHEAD
    });
    assert!((20..=22).contains(&cost), "{cost}");
}
