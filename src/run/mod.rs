//! The one loop that measures.
//!
//! The baseline is rationed and slow, so its lane is nearly always waiting; the candidate's lane
//! runs beside it, one request at a time each, scenario by scenario. When to stop is a value that
//! the caller gives ([`Rule`]): nothing here knows statistics. What to send, how fast and to whom are
//! values too (scenario, pace, target), so there is one loop and not one for each kind of run.
//!
//! ```text
//! preflight -> (baseline lane | candidate lane | lag probe) -> ScenarioRecord
//!                    |  after each baseline iteration: Rule::look
//! ```
//!
//! Inside a lane, from the whole to the single request:
//!
//! ```text
//! iteration   the steps in order, then the clean-up
//!  doubt      a create that may have been carried out is looked up, and never made twice
//!   perform   one step: its form rendered, its pages fetched, its answer examined
//!    lane     one request: paced, sent, sent again as `retry` says, written down
//! ```

mod answers;
mod blocks;
mod cleanup;
mod direct;
pub(crate) mod doubt;
mod interrupt;
mod iteration;
mod journal;
pub(crate) mod lag;
mod lane;
mod listing;
pub(crate) mod perform;
mod preflight;
pub(crate) mod retry;
mod side_by_side;

pub use answers::{Answers, Kept, NoAnswers, Turn};
pub use blocks::{Builds, Part, TurnSamples};
pub use direct::ask_store;
pub use interrupt::{Interrupt, Interrupter, interrupt};
pub use journal::{FILE_NAME as JOURNAL_FILE, Intent, Journal, JournalError, Open, Reached};
pub use lane::{Lane, StepWatch};
pub use listing::ListingError;

use thiserror::Error;

use crate::driver::Driver;
use crate::pace::Clock;
use crate::plan::Plan;
use crate::record::{
    Distinctness, FormFacts, Freshness, Iterations, Outside, ScenarioRecord, Side, StepFacts,
    Stopped,
};
use crate::scenario::{Inputs, Measured, Scenario, Step};
use crate::target::Target;

use iteration::Ended;
use side_by_side::SideBySide;

/// Why a run cannot go on at all.
#[derive(Debug, Error)]
pub enum RunError {
    /// A side does not answer.
    #[error(
        "the {} at {url} cannot be reached: {detail}; start it, or correct `base_url`",
        side.name()
    )]
    Unreachable {
        /// Which side.
        side: Side,
        /// Its base URL, without credentials.
        url: String,
        /// What was seen.
        detail: String,
    },
    /// A side refuses the credentials.
    #[error(
        "the {} at {url} refuses the credentials (status {status}); \
         check the headers of [{}] in the configuration",
        side.name(), side.name()
    )]
    Refused {
        /// Which side.
        side: Side,
        /// Its base URL, without credentials.
        url: String,
        /// 401 or 403.
        status: u16,
    },
    /// What is to be created could not be found again.
    #[error(
        "the {} at {url} does not answer the step `{step}` of `recover` as expected: {detail}. It finds what \
         a run creates, for its removal, so nothing was created; correct the step, or the configuration of [{}]",
        side.name(), side.name()
    )]
    CannotRecover {
        /// Which side.
        side: Side,
        /// Its base URL, without credentials.
        url: String,
        /// The step's name.
        step: String,
        /// What was seen.
        detail: String,
    },
    /// The journal cannot be kept, so nothing may be created.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The lag cannot be measured.
    #[error("the harness cannot measure its own lag: {0}")]
    Lag(#[from] hdrhistogram::CreationError),
}

/// Whether a scenario has been measured enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// More samples may decide it.
    Continue,
    /// It is decided, or more samples cannot decide it.
    Decided,
}

/// The stopping rule, as a value.
pub trait Rule {
    /// Looks at the evidence so far: before the first iteration, after each one of the baseline, and
    /// after each failed one of the candidate.
    fn look(&mut self, scenario: &ScenarioRecord) -> Look;
}

/// Somebody who watches a run, such as a progress bar.
pub trait Observer {
    /// A scenario begins with its preflight.
    fn began(&self, scenario: &Scenario);
    /// An iteration ended on one side; `spent` are Notion requests of the whole run.
    fn progressed(&self, record: &ScenarioRecord, side: Side, spent: u64);
    /// A scenario ended.
    fn ended(&self, record: &ScenarioRecord, spent: u64);
}

/// What holds for the whole run.
#[derive(Debug)]
pub struct Session<'r> {
    /// What is to be done.
    pub plan: &'r Plan,
    /// Counts from the start of the run.
    pub clock: Clock,
    /// The wish to stop.
    pub interrupt: Interrupt,
    /// Where created objects are written down.
    pub journal: &'r Journal,
    /// Whether the targets are the embedded sandbox.
    pub sandbox: bool,
}

impl Session<'_> {
    fn inputs(&self, scenario: &Scenario, n: u32, marker: &str) -> Inputs {
        Inputs::draw(
            scenario,
            &self.plan.run,
            self.plan.seed,
            n,
            marker.to_owned(),
        )
    }
}

/// A scenario that could not be measured to its end, with what was measured of it.
#[derive(Debug, Error)]
#[error("{error}")]
pub struct CutShort {
    /// Why.
    #[source]
    pub error: RunError,
    /// What was measured until then.
    pub record: Box<ScenarioRecord>,
}

/// Measures one scenario on both sides until the rule, a cap or the user says stop.
///
/// # Errors
/// When a side cannot be reached or refuses the credentials, or the journal cannot be kept.
pub async fn measure<B: Target, C: Target>(
    session: &Session<'_>,
    scenario: &Measured,
    lanes: (&Lane<B>, &Lane<C>),
    rule: &mut dyn Rule,
    observer: &dyn Observer,
) -> Result<ScenarioRecord, CutShort> {
    observer.began(scenario);
    let mut ended = measure_and_settle(session, scenario, lanes, rule, observer).await;
    // However it ended, the record tells of all that was sent.
    let record = match &mut ended {
        Ok(record) => record,
        Err(cut_short) => &mut *cut_short.record,
    };
    record.outside = Outside {
        baseline: lanes.0.take_outside(),
        candidate: lanes.1.take_outside(),
    };
    ended
}

async fn measure_and_settle<B: Target, C: Target>(
    session: &Session<'_>,
    scenario: &Measured,
    lanes: (&Lane<B>, &Lane<C>),
    rule: &mut dyn Rule,
    observer: &dyn Observer,
) -> Result<ScenarioRecord, CutShort> {
    let mut record = empty_record(scenario, lanes.0.target.driver(), lanes.1.target.driver());
    match preflight::preflight(session, scenario, lanes.0, lanes.1).await {
        Ok(preflight) => record.preflight = preflight,
        Err(Ended::Failed(error)) => {
            return Err(CutShort {
                error,
                record: Box::new(record),
            });
        }
        Err(Ended::Halted(halt)) => {
            record.stopped = halt.into();
            return Ok(record);
        }
    }
    if cannot_be_measured(&record) {
        record.stopped = Stopped::Preflight;
        // The rule sees it too, so that whoever watches learns what was found.
        rule.look(&record);
    } else {
        record = SideBySide::new(session, scenario, lanes, record)
            .run(rule, observer)
            .await?;
        let settled = match lanes.0.settle(session, scenario).await {
            Ok(()) => lanes.1.settle(session, scenario).await,
            failed => failed,
        };
        if let Err(error) = settled {
            let error = error.into();
            return Err(CutShort {
                error,
                record: Box::new(record),
            });
        }
    }
    observer.ended(&record, lanes.0.spent());
    Ok(record)
}

/// Whether the two sides answer a scenario from two stores, as far as one read of each tells. Nothing is
/// created.
///
/// # Errors
/// When a side cannot be reached or refuses the credentials.
pub async fn tell_apart<B: Target, C: Target>(
    session: &Session<'_>,
    scenario: &Scenario,
    lanes: (&Lane<B>, &Lane<C>),
) -> Result<Distinctness, RunError> {
    match preflight::tell_apart(session, scenario, lanes.0, lanes.1).await {
        Ok(distinct) => Ok(distinct),
        Err(Ended::Failed(error)) => Err(error),
        Err(Ended::Halted(_)) => Ok(Distinctness::Unproven(
            "the read of both sides did not come to its end".to_owned(),
        )),
    }
}

/// A frozen side, or one side under two names: samples of it would be worthless.
fn cannot_be_measured(record: &ScenarioRecord) -> bool {
    matches!(record.preflight.distinct, Distinctness::Same(_))
        || Side::BOTH
            .iter()
            .any(|side| matches!(record.preflight.side(*side).freshness, Freshness::Stale(_)))
}

fn empty_record(scenario: &Measured, baseline: Driver, candidate: Driver) -> ScenarioRecord {
    let steps = scenario.steps.iter().map(|step| {
        let (method, path) = step.http.what();
        StepFacts {
            name: step.name.clone(),
            method: method.to_owned(),
            path: path.to_owned(),
            cost: step.form(baseline).map_or(0, |form| form.cost),
            baseline: own_form(step, baseline),
            candidate: own_form(step, candidate),
        }
    });
    ScenarioRecord {
        name: scenario.name.clone(),
        summary: scenario.summary.clone(),
        file: scenario.file.display().to_string(),
        promise: scenario.promise.clone(),
        writes: scenario.writes,
        steps: steps.collect(),
        preflight: crate::record::Preflight::not_made(),
        baseline: Iterations::new(),
        candidate: Iterations::new(),
        outside: Outside::default(),
        direct: None,
        lag: crate::record::LagFacts::default(),
        stopped: Stopped::Interrupted,
    }
}

/// What a step is to a driver that is not sent its `http` form.
fn own_form(step: &Step, driver: Driver) -> Option<FormFacts> {
    let form = step.form(driver).filter(|_| driver != Driver::Http)?;
    let (method, path) = form.what();
    Some(FormFacts {
        driver: driver.name().to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
    })
}
