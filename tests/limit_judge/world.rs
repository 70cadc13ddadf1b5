//! The real loop of a run against a target that asks a judge, on tokio's virtual time.

use std::cell::RefCell;
use std::time::Duration;

use cutover::pace::{Clock, Pace};
use cutover::plan::{Bounds, Plan};
use cutover::record::{ScenarioRecord, Side, TargetFacts};
use cutover::run::{Journal, Lane, Look, Observer, Rule, Session, interrupt, measure};
use cutover::scenario::{self, Measured, Scenario};
use cutover::target::{Answer, Exchange, Request, Target};
use tokio::time::Instant;

use crate::judge::Judge;

/// One request to Notion an iteration: nothing can be faster.
const SCENARIO: &str = r#"
name = "read"
summary = "Reads"
[[steps]]
name = "list"
method = "GET"
path = "/tasks"
cost = 1
expect = { status = 200 }
[promise]
source = "a test"
before = "1s"
after = "50ms"
speedup = "10x"
"#;

/// Four requests a pass, and a probe before them: every purpose that a request can have.
pub(crate) const WRITES: &str = r#"
name = "create"
summary = "Creates"
writes = true
[[steps]]
name = "create"
method = "POST"
path = "/tasks"
body = { title = "New {{ marker }}" }
cost = 1
expect = { status = 200 }
capture = { task_id = "$.id" }
[[steps]]
name = "read"
method = "GET"
path = "/tasks/{{ task_id }}"
cost = 1
expect = { status = 200 }
[[steps]]
name = "read-again"
method = "GET"
path = "/tasks/{{ task_id }}"
cost = 1
expect = { status = 200 }
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
expect = { status = 200 }
capture = { task_id = "$.id" }
[[freshness]]
name = "read-back"
method = "GET"
path = "/tasks/{{ task_id }}"
cost = 1
expect = { status = 200 }
[[recover]]
name = "find"
method = "GET"
path = "/tasks?q={{ marker }}"
cost = 1
expect = { status = 200 }
capture = { task_id = "$.tasks[?search(@.title, '{{ marker }}')].id" }
[promise]
source = "a test"
before = "1s"
after = "50ms"
speedup = "10x"
"#;

/// As create-task: one request makes something, one removes it again.
pub(crate) const CREATES: &str = r#"
name = "create-task"
summary = "Creates"
writes = true
[[steps]]
name = "create"
method = "POST"
path = "/tasks"
body = { title = "New {{ marker }}" }
cost = 1
expect = { status = 200 }
capture = { task_id = "$.id" }
[[cleanup]]
name = "delete"
method = "DELETE"
path = "/tasks/{{ task_id }}"
cost = 1
expect = { status = 200 }
[[recover]]
name = "find"
method = "GET"
path = "/tasks?q={{ marker }}"
cost = 1
expect = { status = 200 }
capture = { task_id = "$.tasks[?search(@.title, '{{ marker }}')].id" }
[promise]
source = "a test"
before = "1s"
after = "50ms"
speedup = "10x"
"#;

/// Times between two bounds, evenly spread and the same in each run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Between(pub(crate) Duration, pub(crate) Duration);

impl Between {
    pub(crate) const NOTHING: Self = Self(Duration::ZERO, Duration::ZERO);

    pub(crate) fn ms(from: u64, to: u64) -> Self {
        Self(Duration::from_millis(from), Duration::from_millis(to))
    }

    /// The `n`-th of them: multiples of the golden section, which are spread evenly and without a rhythm.
    fn nth(self, n: usize) -> Duration {
        let spread = (n as f64 * 0.618_033_988_749_894_9).fract();
        self.0 + (self.1 - self.0).mul_f64(spread)
    }
}

/// An API whose every request is judged when it arrives.
pub(crate) struct Judged {
    start: Instant,
    /// None lets all through.
    pub(crate) judge: Option<RefCell<Judge>>,
    /// How late a request leaves.
    late: Between,
    /// How long an answer takes.
    takes: Between,
    sent: RefCell<usize>,
}

impl Judged {
    pub(crate) fn by(judge: Judge) -> Self {
        Self {
            judge: Some(RefCell::new(judge)),
            ..Self::free(Between::NOTHING)
        }
    }

    fn free(takes: Between) -> Self {
        Self {
            start: Instant::now(),
            judge: None,
            late: Between::NOTHING,
            takes,
            sent: RefCell::new(0),
        }
    }

    pub(crate) fn late(self, late: Between) -> Self {
        Self { late, ..self }
    }

    pub(crate) fn takes(self, takes: Between) -> Self {
        Self { takes, ..self }
    }
}

impl Target for Judged {
    async fn send(&self, request: Request) -> Exchange {
        let request = request.into_http().unwrap();
        let n = self.sent.replace_with(|n| *n + 1);
        tokio::time::sleep(self.late.nth(n)).await;
        let sent = Instant::now();
        let judged = match &self.judge {
            Some(judge) => judge.borrow_mut().ask(self.start.elapsed()),
            None => Ok(()),
        };
        tokio::time::sleep(self.takes.nth(n)).await;
        Exchange {
            sent,
            finished: Instant::now(),
            connect: None,
            result: Ok(Answer {
                status: if judged.is_ok() { 200 } else { 429 },
                body: match request.method {
                    http::Method::POST => br#"{"id":"made"}"#.to_vec(),
                    _ => br#"{"tasks":[]}"#.to_vec(),
                },
                retry_after: judged.err().map(Duration::from_secs),
                cache_headers: Vec::new(),
                timing: cutover::target::ServerTiming::default(),
            }),
        }
    }

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }

    fn facts(&self) -> TargetFacts {
        TargetFacts {
            driver: "memory".to_owned(),
            base_url: match self.judge {
                Some(_) => "memory://judged".to_owned(),
                None => "memory://free".to_owned(),
            },
            header_names: Vec::new(),
            notion_version: None,
            timeout_s: 10.0,
        }
    }
}

/// Longer than any that a judge asks for.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Never decided: the run lasts as long as its time limit says.
struct Never;

impl Rule for Never {
    fn look(&mut self, _: &ScenarioRecord) -> Look {
        Look::Continue
    }
}

struct Nobody;

impl Observer for Nobody {
    fn began(&self, _: &Scenario) {}
    fn progressed(&self, _: &ScenarioRecord, _: Side, _: u64) {}
    fn ended(&self, _: &ScenarioRecord, _: u64) {}
}

/// Measures one read for so long, the baseline as fast as the pace lets it.
pub(crate) async fn run_for(time_limit: Duration, target: &Judged, pace: Pace) -> ScenarioRecord {
    run_of(SCENARIO, (time_limit, LONGEST_PAUSE), target, pace).await
}

/// The same of any scenario, with the longest pause that is waited for.
pub(crate) async fn run_of(
    scenario: &str,
    (time_limit, max_pause): (Duration, Duration),
    target: &Judged,
    pace: Pace,
) -> ScenarioRecord {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.toml");
    std::fs::write(&file, scenario).unwrap();
    let scenarios = scenario::load(&[file]).unwrap_or_else(|errors| panic!("{errors:?}"));
    let bounds = Bounds {
        max_baseline_iterations: u32::MAX,
        candidate_per_baseline: 0,
        max_writes: 0,
        max_pause,
        time_limit,
    };
    let scenarios = scenarios.into_iter().filter_map(Measured::of).collect();
    let plan = Plan::new("r1".to_owned(), 1, scenarios, bounds, true);
    let (_interrupter, interrupt) = interrupt();
    let journal = Journal::in_folder(folder.path());
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt,
        journal: &journal,
        sandbox: false,
    };
    // The candidate is not what is looked at. It is quick, for a look waits for the end of its answer.
    let candidate = Judged::free(Between::ms(60, 60));
    let lanes = (
        &Lane::new(Side::Baseline, target, pace),
        &Lane::new(Side::Candidate, &candidate, Pace::unlimited()),
    );
    measure(&session, &plan.scenarios[0], lanes, &mut Never, &Nobody)
        .await
        .unwrap_or_else(|cut| panic!("{cut}"))
}
