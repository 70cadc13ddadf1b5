//! Does the candidate bear a constant rate?
//!
//! The guide promises "3 req/s before, unlimited after". One request at a time, as a run measures, never
//! shows a limit. So the candidate is sent reads at a constant rate, whatever its answers do, and each is
//! timed from the moment at which it was due: a stall is seen by everybody who would have waited in it.
//!
//! ```text
//! refusal     the baseline's store is never put under load
//! Constant -> schedule -> open_loop -> iterations of each scenario -> record::Capacity
//!                            └ stop: ends it when more than 5 % fail for 5 s
//! ```
//!
//! It only reads, sends no request twice (but for a kept connection that the server had closed already),
//! and keeps every iteration; what was due and not begun is counted.

mod open_loop;
mod refusal;
mod schedule;
mod stop;

use std::collections::BTreeMap;
use std::time::Duration;

use thiserror::Error;

use crate::driver::Driver;
use crate::pace::Clock;
use crate::record::{Capacity, Distinctness, LagFacts, LoadEnded, TargetFacts};
use crate::run::Interrupt;
use crate::scenario::{Measured, Scenario, Step};
use crate::target::{Target, TargetError};
use crate::units::Rate;
use open_loop::OpenLoop;

/// The least connections that a load has, each for one iteration under way.
const LEAST_AT_ONCE: usize = 64;
/// The most of them: many systems let a process have 1,024 files open.
const MOST_AT_ONCE: usize = 512;

/// What a load shall be.
#[derive(Debug)]
pub struct Asked<'a> {
    /// How many requests are due in which time.
    pub rate: Rate,
    /// How long.
    pub lasts: Duration,
    /// The scenarios, which take turns. Those that write, or that the candidate's driver has no form for,
    /// are left out.
    pub scenarios: &'a [Measured],
    /// The run's name.
    pub run: &'a str,
    /// What every random choice follows from.
    pub seed: u64,
    /// What templates know of the candidate as `target.<name>`.
    pub variables: &'a BTreeMap<String, String>,
    /// The baseline, which is never put under load.
    pub baseline: &'a TargetFacts,
    /// Whether the two sides are two, of each scenario by its name, as was found out in this run.
    pub told_apart: &'a BTreeMap<String, Distinctness>,
    /// The clock of the run.
    pub clock: Clock,
    /// The wish to stop.
    pub interrupt: Interrupt,
}

/// Why there was no load.
#[derive(Debug, Error)]
pub enum CapacityError {
    /// The candidate does not answer.
    #[error("the candidate at {url} cannot be reached: {detail}; start it, or correct `base_url`")]
    Unreachable {
        /// Its base URL, without credentials.
        url: String,
        /// What was seen.
        detail: String,
    },
    /// The clients cannot be set up.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The lag cannot be measured.
    #[error("the harness cannot measure its own lag: {0}")]
    Lag(#[from] hdrhistogram::CreationError),
}

/// Whether a scenario only reads on a side of this driver, and can be sent to it.
#[must_use]
pub fn reads(scenario: &Scenario, driver: Driver) -> bool {
    let is_read = |step: &Step| step.form(driver).is_some_and(|form| form.safe);
    !scenario.writes && scenario.steps.iter().all(is_read)
}

/// Puts the candidate under load. `candidate` makes one more client of it: each iteration under way has its
/// own, for a client tells a handshake from an answer only while it sends one request at a time.
///
/// What forbids a load is no error: it is said in the evidence ([`LoadEnded::Refused`]).
///
/// # Errors
/// When the candidate cannot be reached at all.
pub async fn load<T: Target>(
    asked: &Asked<'_>,
    candidate: impl Fn() -> Result<T, TargetError>,
) -> Result<Capacity, CapacityError> {
    let first = candidate()?;
    let driver = first.driver();
    let scenarios: Vec<&Measured> = asked
        .scenarios
        .iter()
        .filter(|scenario| reads(scenario, driver))
        .collect();
    if scenarios.is_empty() {
        let why = "no scenario only reads, and nothing else is put under load";
        return Ok(refused(asked, why.to_owned()));
    }
    let names = scenarios.iter().map(|scenario| scenario.name.as_str());
    let why = refusal::by_sides(asked.baseline, &first.facts(), asked.told_apart, names);
    if let Some(why) = why {
        return Ok(refused(asked, why));
    }
    for scenario in &scenarios {
        if let Some(why) = open_loop::first_look(asked, scenario, &first).await? {
            return Ok(refused(asked, why));
        }
    }
    // Made beforehand: to make one takes milliseconds, which would stand between a due time and a request.
    let needed = connections(asked.rate, &scenarios);
    let mut free = vec![first];
    while free.len() < needed {
        free.push(candidate()?);
    }
    OpenLoop::new(asked, scenarios, free).run().await
}

/// Twice as many connections as are needed where every answer takes as long as is promised: a candidate that
/// keeps its promise never waits for one.
fn connections(rate: Rate, scenarios: &[&Measured]) -> usize {
    let after = scenarios.iter().map(|one| one.promise.after.high());
    let needed = rate.per_second() * after.max().unwrap_or_default().as_secs_f64() * 2.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate and a time are not negative, and what is too large is cut below"
    )]
    let needed = needed.ceil() as usize;
    needed.clamp(LEAST_AT_ONCE, MOST_AT_ONCE)
}

fn refused(asked: &Asked<'_>, why: String) -> Capacity {
    Capacity {
        rate: asked.rate.to_string(),
        asked_s: asked.lasts.as_secs_f64(),
        lasted_s: 0.0,
        ended: LoadEnded::Refused(why),
        scenarios: Vec::new(),
        unsent: 0,
        most_at_once: 0,
        lag: LagFacts::default(),
    }
}
