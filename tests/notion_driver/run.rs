//! A run of one built-in scenario with both sides behind the `notion` driver.

use std::collections::BTreeMap;
use std::time::Duration;

use cutover::pace::{Clock, Pace};
use cutover::plan::{Bounds, Plan};
use cutover::record::{Requests, ScenarioRecord, Side};
use cutover::run::{
    CutShort, Journal, Lane, Look, Observer, Open, Rule, Session, interrupt, measure,
};
use cutover::scenario::{self, Measured, Scenario};
use cutover::target::Target;
use cutover::units::Rate;

/// Ends after so many baseline iterations.
struct After(usize);

impl Rule for After {
    fn look(&mut self, scenario: &ScenarioRecord) -> Look {
        if scenario.baseline.len() >= self.0 {
            Look::Decided
        } else {
            Look::Continue
        }
    }
}

struct Nobody;

impl Observer for Nobody {
    fn began(&self, _: &Scenario) {}
    fn progressed(&self, _: &ScenarioRecord, _: Side, _: u64) {}
    fn ended(&self, _: &ScenarioRecord, _: u64) {}
}

/// What a run left to look at.
pub(crate) struct Outcome {
    pub(crate) ended: Result<ScenarioRecord, CutShort>,
    /// Notion requests of the baseline, as its lane counted them.
    pub(crate) spent: u64,
    /// What is in the journal and not struck off.
    pub(crate) open: Vec<Open>,
}

impl Outcome {
    pub(crate) fn record(&self) -> &ScenarioRecord {
        match &self.ended {
            Ok(record) => record,
            Err(cut_short) => &cut_short.record,
        }
    }

    /// All requests of the baseline that the record tells of.
    pub(crate) fn recorded(&self) -> Requests {
        let record = self.record();
        Requests::of(&record.baseline) + record.outside.baseline.total()
    }

    /// The requests of all timed iterations of the baseline.
    pub(crate) fn timed(&self) -> u64 {
        let iterations = self.record().baseline.iter();
        iterations.map(|one| u64::from(one.notion_requests())).sum()
    }
}

pub(crate) fn built_in(name: &str) -> Scenario {
    let mut all = scenario::built_in().unwrap().into_iter();
    all.find(|scenario| scenario.name == name).unwrap()
}

pub(crate) fn variables(databases: [&str; 3]) -> BTreeMap<String, String> {
    let names = ["tasks_database", "projects_database", "tags_database"];
    let owned = |(name, id): (&str, &str)| (name.to_owned(), id.to_owned());
    names.into_iter().zip(databases).map(owned).collect()
}

/// Measures `iterations` of a scenario at a rate, with as few candidate iterations as can be.
pub(crate) async fn run<B: Target, C: Target>(
    scenario: Scenario,
    baseline: (B, BTreeMap<String, String>),
    candidate: (C, BTreeMap<String, String>),
    rate: Rate,
    iterations: usize,
) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(folder.path());
    let bounds = Bounds {
        max_baseline_iterations: 50,
        candidate_per_baseline: 1,
        max_writes: 10,
        max_pause: Duration::from_secs(600),
        time_limit: Duration::from_secs(36_000),
    };
    let plan = Plan::new(
        "r1".to_owned(),
        1,
        vec![Measured::of(scenario).unwrap()],
        bounds,
        true,
    );
    let (_interrupter, interrupt) = interrupt();
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt,
        journal: &journal,
        sandbox: false,
    };
    let pace = Pace::limited(rate, 0.02, 1).unwrap();
    let baseline = Lane::new(Side::Baseline, baseline.0, pace).with_variables(baseline.1);
    let candidate =
        Lane::new(Side::Candidate, candidate.0, Pace::unlimited()).with_variables(candidate.1);
    let lanes = (&baseline, &candidate);
    let mut rule = After(iterations);
    let ended = measure(&session, &plan.scenarios[0], lanes, &mut rule, &Nobody).await;
    Outcome {
        ended,
        spent: baseline.spent(),
        open: journal.open_entries().unwrap(),
    }
}
