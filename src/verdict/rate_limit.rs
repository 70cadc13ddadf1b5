//! Does the candidate bear the stated rate?
//!
//! Judged from the raw iterations of the load, so that a record alone repeats it. One answer that says
//! "too many" or "not now" refutes a promise of no limit. The times are held against the promise from the moment
//! at which each iteration was due, by the same test as `target-p95`. What a late harness may have
//! caused, or one with too few connections, refutes nothing.

use crate::figure::{self, Rounding};
use crate::record::{Capacity, Failure, IterationRef, LoadEnded, Loaded, SampleStatus, StepRef};
use crate::stats::{Decision, SortedSamples, TargetTest, target_test};

use super::gate::{Fact, Interval, Outcome, Unit};
use super::instrument::MOST_LAG;

/// The quantile that the upper end of the promised `after` holds for.
const QUANTILE: f64 = 0.95;

/// What a load comes to.
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    pub(super) reason: String,
    pub(super) next: Option<String>,
    pub(super) interval: Option<Interval>,
    pub(super) facts: Vec<Fact>,
}

/// One scenario under load, counted.
struct Held<'a> {
    name: &'a str,
    samples: SortedSamples,
    found: TargetTest,
    failed: usize,
}

impl<'a> Held<'a> {
    fn new(loaded: &'a Loaded) -> Self {
        let samples = loaded.samples();
        let is_failure = |status| status != SampleStatus::Ok;
        let failed = samples.iter().filter(|one| is_failure(one.status)).count();
        let samples = SortedSamples::new(&samples);
        let target = loaded.after.high().as_secs_f64();
        Self {
            name: &loaded.scenario,
            found: target_test(&samples, QUANTILE, target),
            samples,
            failed,
        }
    }

    /// `152 of 150 iterations took at most 50 ms from the moment at which they were due`
    fn share(&self) -> String {
        format!(
            "{} of {} of {} took at most {} from the moment at which they were due",
            self.found.within,
            figure::count(self.found.n, "iteration"),
            self.name,
            figure::stated_seconds(self.found.target)
        )
    }

    /// How near the promise it is: its p95 as a share of the promised time.
    fn strain(&self) -> f64 {
        let p95 = self.samples.point(QUANTILE).unwrap_or(f64::INFINITY);
        p95 / self.found.target
    }

    fn interval(&self) -> Interval {
        let finite = |bound: f64| Some(bound).filter(|bound| bound.is_finite());
        Interval {
            unit: Unit::Seconds,
            low: finite(self.found.low),
            high: finite(self.found.high),
            point: self.found.point,
            threshold: self.found.target,
        }
    }

    fn fact(&self) -> Fact {
        let at = |q| {
            let point = self.samples.point(q);
            point.map_or("-".to_owned(), |point| {
                figure::seconds(point, Rounding::Nearest)
            })
        };
        let text = format!(
            "{}, {} failed; from the moment they were due p50 {}, p95 {}, p99 {}",
            figure::count(self.found.n, "iteration"),
            self.failed,
            at(0.5),
            at(QUANTILE),
            at(0.99)
        );
        Fact::text(self.name, text)
    }
}

/// The whole load, counted.
struct Load<'a> {
    capacity: &'a Capacity,
    held: Vec<Held<'a>>,
    requests: usize,
    answered_429: usize,
    answered_503: usize,
}

impl<'a> Load<'a> {
    fn new(capacity: &'a Capacity) -> Self {
        let answered = |status| -> usize {
            let steps = steps(capacity);
            steps.filter(|step| step.status() == Some(status)).count()
        };
        Self {
            capacity,
            held: capacity.scenarios.iter().map(Held::new).collect(),
            requests: steps(capacity).count(),
            answered_429: answered(429),
            answered_503: answered(503),
        }
    }

    fn iterations(&self) -> usize {
        self.held.iter().map(|held| held.found.n).sum()
    }

    fn failed(&self) -> usize {
        self.held.iter().map(|held| held.failed).sum()
    }

    /// `at 30/s`
    fn at_rate(&self) -> String {
        format!("at {}", self.capacity.rate)
    }

    /// Whether the harness was late by so little that it explains nothing. A lag that was not measured may
    /// explain everything.
    fn harness_kept_up(&self) -> bool {
        let lag = &self.capacity.lag;
        let strictest = self.held.iter().map(|held| held.found.target);
        let strictest = strictest.fold(f64::INFINITY, f64::min);
        lag.count > 0 && lag.p95_s <= MOST_LAG * strictest
    }

    fn with(&self, outcome: Outcome, reason: String, next: Option<String>) -> Judged {
        let hardest = self
            .held
            .iter()
            .max_by(|a, b| a.strain().total_cmp(&b.strain()));
        Judged {
            outcome,
            reason,
            next,
            interval: hardest.map(Held::interval),
            facts: self.facts(),
        }
    }

    fn no_go(&self, reason: String, next: String) -> Judged {
        self.with(Outcome::NoGo, reason, Some(next))
    }

    fn open(&self, reason: String, next: &str) -> Judged {
        self.with(Outcome::Inconclusive, reason, Some(next.to_owned()))
    }

    /// Whether every answer came within its promise from the moment at which it was asked for: then what waited
    /// did so for a connection of the harness's own.
    fn each_kept_its_promise(&self) -> bool {
        self.capacity.scenarios.iter().all(|loaded| {
            let target = loaded.after.high().as_secs_f64();
            loaded.iterations.iter().all(|iteration| {
                let took: f64 = iteration.steps().map(StepRef::duration_s).sum();
                iteration.failure().is_none() && took <= target
            })
        })
    }

    /// What refutes when the harness kept up, and says nothing when it did not.
    fn no_go_unless_late(&self, reason: String, next: String) -> Judged {
        if self.harness_kept_up() && self.each_kept_its_promise() {
            let reason = format!(
                "not to be trusted, because every answer came within its promise from the moment at which it was \
                 asked for, and only the harness's {} connections were too few: {reason}",
                self.capacity.most_at_once
            );
            let next = "Let the candidate bear a lower rate, which one machine can send: `cutover capacity --rate`.";
            return self.open(reason, next);
        }
        if self.harness_kept_up() {
            return self.no_go(reason, next);
        }
        let lag = figure::seconds(self.capacity.lag.p95_s, Rounding::Up);
        let reason =
            format!("not to be trusted, because the harness was late (p95 {lag}): {reason}");
        self.open(
            reason,
            "Give the harness a machine of its own, then load the candidate again.",
        )
    }

    fn facts(&self) -> Vec<Fact> {
        let count = |name, count: usize| Fact::number(name, count as f64, Unit::Count);
        let capacity = self.capacity;
        let mut facts = vec![
            Fact::text("rate", capacity.rate.as_str()),
            Fact::number("asked", capacity.asked_s, Unit::Seconds),
            Fact::number("lasted", capacity.lasted_s, Unit::Seconds),
            count("requests", self.requests),
            count("iterations", self.iterations()),
            count("failed", self.failed()),
            count("answered_429", self.answered_429),
            count("answered_503", self.answered_503),
            Fact::number("unsent", capacity.unsent as f64, Unit::Count),
            Fact::number(
                "most_at_once",
                f64::from(capacity.most_at_once),
                Unit::Count,
            ),
            Fact::number("lag_p95", capacity.lag.p95_s, Unit::Seconds),
        ];
        facts.extend(self.held.iter().map(Held::fact));
        facts.extend(
            self.example().map(|(name, failure)| {
                Fact::text("example", format!("{name}: {}", failure.detail))
            }),
        );
        facts
    }

    /// The first failure that was seen.
    fn example(&self) -> Option<(&'a str, &'a Failure)> {
        self.capacity.scenarios.iter().find_map(|loaded| {
            let failure = loaded.iterations.iter().find_map(IterationRef::failure)?;
            Some((loaded.scenario.as_str(), failure))
        })
    }

    /// `; for example task-search: 500 instead of 200`
    fn for_example(&self) -> String {
        self.example().map_or_else(String::new, |(name, failure)| {
            format!("; for example {name}: {}", failure.detail)
        })
    }
}

fn steps(capacity: &Capacity) -> impl Iterator<Item = StepRef<'_>> {
    let iterations = capacity.scenarios.iter();
    let iterations = iterations.flat_map(|loaded| loaded.iterations.iter());
    iterations.flat_map(IterationRef::steps)
}

/// Judges a load.
pub(super) fn judge(capacity: &Capacity) -> Judged {
    let load = Load::new(capacity);
    if let LoadEnded::Refused(why) = &capacity.ended {
        return load.open(
            format!("there was no load, because {why}"),
            "Point the candidate at the new store alone, or choose with --only what it answers from there.",
        );
    }
    if load.iterations() == 0 {
        let next = "Let the candidate bear the rate: `cutover capacity`.";
        return load.open("nothing was sent".to_owned(), next);
    }
    refusals(&load)
        .or_else(|| ended_early(&load))
        .or_else(|| left_unsent(&load))
        .unwrap_or_else(|| times(&load))
}

/// Answers that say "too many" or "not now".
fn refusals(load: &Load<'_>) -> Option<Judged> {
    let refused = load.answered_429 + load.answered_503;
    if refused == 0 {
        return None;
    }
    let reason = format!(
        "{refused} of {} {} were answered with 429 or 503 ({} and {})",
        figure::count(load.requests, "request"),
        load.at_rate(),
        load.answered_429,
        load.answered_503
    );
    let next = format!(
        "Find what limits the candidate {} (a gateway, a pool of connections, the plan of a provider) and raise it: \
         there is a limit, and the promise says that there is none.",
        load.at_rate()
    );
    Some(load.no_go(reason, next))
}

fn ended_early(load: &Load<'_>) -> Option<Judged> {
    let lasted = figure::seconds(load.capacity.lasted_s, Rounding::Nearest);
    match load.capacity.ended {
        LoadEnded::Time | LoadEnded::Refused(_) => None,
        LoadEnded::Errors => {
            let reason = format!(
                "more than 5 % failed for 5 s {}, so the load was ended after {lasted}: {} of {}{}",
                load.at_rate(),
                load.failed(),
                figure::count(load.iterations(), "iteration"),
                load.for_example()
            );
            let next = format!(
                "Find out why the candidate fails {}{}.",
                load.at_rate(),
                load.for_example()
            );
            Some(load.no_go(reason, next))
        }
        LoadEnded::Interrupted => Some(load.open(
            format!("the load was interrupted after {lasted}"),
            "Let the load last to its end.",
        )),
    }
}

fn left_unsent(load: &Load<'_>) -> Option<Judged> {
    let unsent = load.capacity.unsent;
    if unsent == 0 {
        return None;
    }
    let reason = format!(
        "{unsent} iterations could not be begun {}: {} were under way and waited for answers",
        load.at_rate(),
        load.capacity.most_at_once
    );
    let next = format!(
        "Find out why answers pile up {}: the candidate answers fewer requests than come.",
        load.at_rate()
    );
    Some(load.no_go_unless_late(reason, next))
}

/// Nothing was refused or left out: the times decide.
fn times(load: &Load<'_>) -> Judged {
    let with = |decision| {
        let mut held = load.held.iter();
        held.find(|held| held.found.decision == decision)
    };
    if let Some(slow) = with(Decision::Refuted) {
        let low = figure::seconds(slow.found.low, Rounding::Down);
        let reason = format!(
            "only {} {}, and its p95 is at least {low}",
            slow.share(),
            load.at_rate()
        );
        let next = format!(
            "Make {} faster {}, or promise less than {} (its p95 is at least {low}).",
            slow.name,
            load.at_rate(),
            figure::stated_seconds(slow.found.target)
        );
        return load.no_go_unless_late(reason, next);
    }
    if let Some(open) = with(Decision::Undecided) {
        let more = open.found.likely_more.map_or_else(String::new, |more| {
            format!("; about {more} more are likely needed")
        });
        let reason = format!(
            "{} {}, which does not decide whether its p95 does{more}",
            open.share(),
            load.at_rate()
        );
        let next = format!(
            "Let the load last longer than {}: `cutover capacity --for`.",
            figure::stated_seconds(load.capacity.asked_s)
        );
        return load.open(reason, &next);
    }
    let bounds: Vec<String> = load
        .held
        .iter()
        .map(|held| {
            let high = figure::seconds(held.found.high, Rounding::Up);
            format!("the p95 of {} is at most {high}", held.name)
        })
        .collect();
    let failed = match load.failed() {
        0 => String::new(),
        failed => format!(
            "; {} failed otherwise{}",
            figure::count(failed, "iteration"),
            load.for_example()
        ),
    };
    let reason = format!(
        "{} {} for {}: none was answered with 429 or 503, and {} from the moment at which they were due{failed}",
        figure::count(load.requests, "request"),
        load.at_rate(),
        figure::stated_seconds(load.capacity.lasted_s),
        figure::list(&bounds)
    );
    load.with(Outcome::Go, reason, None)
}
