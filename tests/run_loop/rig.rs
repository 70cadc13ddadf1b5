//! A run of one scenario on two APIs in memory, with everything that a test may want to change.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cutover::pace::{Clock, Pace};
use cutover::plan::{Bounds, Plan};
use cutover::record::{ScenarioRecord, Side};
use cutover::run::{
    CutShort, Interrupt, Interrupter, Journal, Lane, Look, Observer, Open, Rule, Session,
    interrupt, measure,
};
use cutover::scenario::{self, Measured, Scenario};
use http::Method;

use crate::world::{Api, Mishap};

const PROMISE: &str = r#"
[promise]
source = "a test"
before = "1s"
after = "50ms"
speedup = "10x"
"#;

pub(crate) const READ: &str = r#"
name = "read"
summary = "Reads"
[[steps]]
name = "list"
method = "GET"
path = "/tasks"
cost = 2
expect = { status = 200 }
"#;

pub(crate) const CREATE: &str = r#"
name = "create"
summary = "Creates"
writes = true
[[steps]]
name = "create"
method = "POST"
path = "/tasks"
body = { title = "New {{ marker }}" }
cost = 1
expect = { status = 201 }
capture = { task_id = "$.id" }
[[cleanup]]
name = "delete"
method = "DELETE"
path = "/tasks/{{ task_id }}"
cost = 1
expect = { status = 200 }
[[freshness]]
name = "create"
method = "POST"
path = "/tasks"
body = { title = "Probe {{ marker }}" }
cost = 1
expect = { status = 201 }
capture = { task_id = "$.id" }
[[freshness]]
name = "read-back"
method = "GET"
path = "/tasks"
cost = 1
[freshness.expect]
status = 200
json = [{ path = "$.tasks[?@.id == '{{ task_id }}']", count = 1 }]
[[recover]]
name = "find"
method = "GET"
path = "/tasks?q={{ marker }}"
cost = 1
expect = { status = 200 }
capture = { task_id = "$.tasks[?search(@.title, '{{ marker }}')].id" }
"#;

/// Stops after so many baseline iterations, and remembers every look.
pub(crate) struct After<'w> {
    pub(crate) baseline: usize,
    pub(crate) looks: Vec<usize>,
    pub(crate) candidate: &'w Api,
}

impl Rule for After<'_> {
    fn look(&mut self, scenario: &ScenarioRecord) -> Look {
        assert!(
            !self.candidate.busy.get(),
            "a look while an answer is being timed"
        );
        self.looks.push(scenario.baseline.len());
        if scenario.baseline.len() >= self.baseline {
            Look::Decided
        } else {
            Look::Continue
        }
    }
}

pub(crate) struct Nobody;

impl Observer for Nobody {
    fn began(&self, _: &Scenario) {}
    fn progressed(&self, _: &ScenarioRecord, _: Side, _: u64) {}
    fn ended(&self, _: &ScenarioRecord, _: u64) {}
}

/// Interrupts the run when so many candidate iterations are made.
pub(crate) struct InterruptAfter(pub(crate) Interrupter, pub(crate) usize);

impl Observer for InterruptAfter {
    fn began(&self, _: &Scenario) {}
    fn progressed(&self, record: &ScenarioRecord, _: Side, _: u64) {
        if record.candidate.len() == self.1 {
            self.0.interrupt();
        }
    }
    fn ended(&self, _: &ScenarioRecord, _: u64) {}
}

/// A run of one scenario, with everything that a test may want to change.
pub(crate) struct Run {
    _folder: tempfile::TempDir,
    pub(crate) plan: Plan,
    pub(crate) interrupt: Interrupt,
    journal: Journal,
}

impl Run {
    pub(crate) fn of(scenario: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenario = load(folder.path(), scenario);
        let bounds = Bounds {
            max_baseline_iterations: 30,
            candidate_per_baseline: 20,
            max_writes: 60,
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
        let (_, interrupt) = interrupt();
        let journal = Journal::in_folder(folder.path());
        Self {
            _folder: folder,
            plan,
            interrupt,
            journal,
        }
    }

    pub(crate) async fn measure(
        &self,
        baseline: &Api,
        candidate: &Api,
        stop_after: usize,
    ) -> ScenarioRecord {
        self.watched(baseline, candidate, stop_after, &Nobody)
            .await
            .unwrap()
    }

    pub(crate) async fn watched(
        &self,
        baseline: &Api,
        candidate: &Api,
        stop_after: usize,
        observer: &dyn Observer,
    ) -> Result<ScenarioRecord, CutShort> {
        let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 4).unwrap();
        let mut rule = After {
            baseline: stop_after,
            looks: Vec::new(),
            candidate,
        };
        self.paced(pace, &mut rule, (baseline, candidate), observer)
            .await
    }

    /// Measures as fast as both sides answer, until a rule of the test's own ends it.
    pub(crate) async fn under(
        &self,
        rule: &mut dyn Rule,
        baseline: &Api,
        candidate: &Api,
    ) -> ScenarioRecord {
        self.paced(Pace::unlimited(), rule, (baseline, candidate), &Nobody)
            .await
            .unwrap()
    }

    pub(crate) fn session(&self) -> Session<'_> {
        Session {
            plan: &self.plan,
            clock: Clock::start(),
            interrupt: self.interrupt.clone(),
            journal: &self.journal,
            sandbox: false,
        }
    }

    async fn paced(
        &self,
        pace: Pace,
        rule: &mut dyn Rule,
        (baseline, candidate): (&Api, &Api),
        observer: &dyn Observer,
    ) -> Result<ScenarioRecord, CutShort> {
        let session = self.session();
        let lanes = (
            &Lane::new(Side::Baseline, baseline, pace),
            &Lane::new(Side::Candidate, candidate, Pace::unlimited()),
        );
        measure(&session, &self.plan.scenarios[0], lanes, rule, observer).await
    }

    pub(crate) fn open(&self) -> Vec<Open> {
        self.journal.open_entries().unwrap()
    }
}

fn load(folder: &Path, text: &str) -> Scenario {
    let file: PathBuf = folder.join("scenario.toml");
    std::fs::write(&file, format!("{text}{PROMISE}")).unwrap();
    scenario::load(&[file])
        .unwrap_or_else(|errors| panic!("{errors:?}"))
        .remove(0)
}

pub(crate) fn sides() -> (Api, Api) {
    (Api::new("notion", 1000), Api::new("postgres", 40))
}

/// Mishaps are taken in order by the requests of their method; this one lets the preflight's read of
/// a scenario without freshness steps pass.
pub(crate) fn after_preflight(api: Api) -> Api {
    api.mishap(Method::GET, Mishap::Status(200))
}
