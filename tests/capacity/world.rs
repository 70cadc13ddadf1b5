//! A load with its circumstances, and an API in memory on tokio's time.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use cutover::capacity::{Asked, CapacityError, load};
use cutover::pace::Clock;
use cutover::record::{
    Capacity, Checks, Distinctness, Failure, FailureKind, Record, Sample, TargetFacts,
};
use cutover::run::{Interrupt, interrupt};
use cutover::scenario::{self, Measured, Scenario};
use cutover::target::{Answer, Exchange, Request, SendFailure, Target, TargetError};
use cutover::verdict::{Gate, Outcome, Verdict, judge};
use tokio::time::Instant;

use crate::records;

/// A read of one request. Over real sockets it is quick, and its promise outlasts a pause of the machine.
pub(crate) const SEARCH: &str = r#"
name = "search"
summary = "Searches"
[[steps]]
name = "find"
method = "GET"
path = "/tasks"
cost = 1
expect = { status = 200, json = [{ path = "$.tasks[*].id", count = "1.." }] }
[promise]
source = "a test"
before = "1s"
after = "3s"
speedup = "10x"
"#;

/// A read of two requests, the second with what the first captured.
pub(crate) const OPEN: &str = r#"
name = "open"
summary = "Opens the first task"
[[steps]]
name = "list"
method = "GET"
path = "/tasks"
cost = 1
expect = { status = 200 }
capture = { task_id = "$.tasks[0].id" }
[[steps]]
name = "read"
method = "GET"
path = "/tasks/{{ task_id }}"
cost = 1
expect = { status = 200 }
[promise]
source = "a test"
before = "1s"
after = "500ms"
speedup = "10x"
"#;

pub(crate) fn scenarios(texts: &[&str]) -> Vec<Scenario> {
    let folder = tempfile::tempdir().unwrap();
    for (n, text) in texts.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{n}.toml")), text).unwrap();
    }
    scenario::load(&[folder.path().to_owned()]).unwrap()
}

pub(crate) fn measured(scenarios: Vec<Scenario>) -> Vec<Measured> {
    scenarios.into_iter().filter_map(Measured::of).collect()
}

pub(crate) fn facts(base_url: &str) -> TargetFacts {
    TargetFacts {
        driver: "http".to_owned(),
        base_url: base_url.to_owned(),
        header_names: Vec::new(),
        notion_version: None,
        timeout_s: 10.0,
    }
}

/// What is asked of the candidate, and what is known of the sides.
pub(crate) struct Load {
    pub(crate) rate: &'static str,
    pub(crate) lasts: Duration,
    pub(crate) scenarios: Vec<Measured>,
    pub(crate) distinct: Distinctness,
    pub(crate) baseline: TargetFacts,
    pub(crate) interrupt: Option<Interrupt>,
}

impl Load {
    /// Of two sides that are two.
    pub(crate) fn of(texts: &[&str], rate: &'static str, lasts_s: u64) -> Self {
        Self {
            rate,
            lasts: Duration::from_secs(lasts_s),
            scenarios: measured(scenarios(texts)),
            distinct: Distinctness::Proven("their ids differ".to_owned()),
            baseline: facts("http://baseline.example"),
            interrupt: None,
        }
    }

    pub(crate) async fn bear<T: Target>(
        &self,
        candidate: impl Fn() -> Result<T, TargetError>,
    ) -> Result<Capacity, CapacityError> {
        // Nobody asks to stop unless the test does.
        let (_keep, never) = interrupt();
        let told = |one: &Measured| (one.name.clone(), self.distinct.clone());
        let asked = Asked {
            rate: self.rate.parse().unwrap(),
            lasts: self.lasts,
            scenarios: &self.scenarios,
            run: "a-run",
            seed: 7,
            variables: &BTreeMap::new(),
            baseline: &self.baseline,
            told_apart: &self.scenarios.iter().map(told).collect(),
            clock: Clock::start(),
            interrupt: self.interrupt.clone().unwrap_or(never),
        };
        load(&asked, candidate).await
    }
}

/// What a record of this load alone comes to.
pub(crate) fn judged(capacity: &Capacity) -> Verdict {
    judge(&record(capacity))
}

/// The one gate of a load, after what holds of it whatever it came to.
pub(crate) fn gate(capacity: &Capacity) -> Gate {
    let verdict = judged(capacity);
    assert_eq!(verdict.gates.len(), 1);
    let gate = verdict.gates[0].clone();
    assert_eq!(
        (gate.id.as_str(), gate.scenario.as_str()),
        ("rate-limit", "")
    );
    assert_eq!(verdict.verdict, gate.outcome);
    // What does not hold leads with what to do next.
    assert_eq!(gate.next.is_some(), gate.outcome != Outcome::Go);
    assert!(gate.next.iter().all(|next| verdict.next.contains(next)));
    gate
}

pub(crate) fn record(capacity: &Capacity) -> Record {
    let mut record = records::go();
    record.scenarios.clear();
    record.gates.required = vec!["rate-limit".to_owned()];
    record.gates.waivers.clear();
    record.checks = Checks {
        rate_limit: Some(capacity.clone()),
        ..Checks::default()
    };
    record
}

/// The successes of all scenarios in seconds, the shortest first.
pub(crate) fn sorted(capacity: &Capacity) -> Vec<f64> {
    let samples = capacity.scenarios.iter().flat_map(|one| one.samples());
    let mut seconds: Vec<f64> = samples.map(|sample: Sample| sample.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    seconds
}

/// What an API does with a request, by the time since its start and the number of the request from 0.
pub(crate) enum Does {
    /// Answers with this status after a while.
    Answer(Duration, u16),
    /// Never answers.
    Hang,
    /// Closes the connection that was kept open.
    Close,
}

/// An API in memory that all clients share.
pub(crate) struct Api<F> {
    start: Instant,
    behaviour: F,
    asked: Cell<u64>,
    /// When each request came, and with which path.
    pub(crate) seen: RefCell<Vec<(Duration, String)>>,
    pub(crate) at_once: Cell<usize>,
    pub(crate) most_at_once: Cell<usize>,
}

impl<F: Fn(Duration, u64) -> Does> Api<F> {
    pub(crate) fn new(behaviour: F) -> Rc<Self> {
        Rc::new(Self {
            start: Instant::now(),
            behaviour,
            asked: Cell::new(0),
            seen: RefCell::default(),
            at_once: Cell::new(0),
            most_at_once: Cell::new(0),
        })
    }
}

/// One client of it, which must be sent one request at a time.
pub(crate) struct Client<F> {
    pub(crate) api: Rc<Api<F>>,
    pub(crate) busy: Cell<bool>,
}

pub(crate) fn client<F>(api: &Rc<Api<F>>) -> Client<F> {
    Client {
        api: Rc::clone(api),
        busy: Cell::new(false),
    }
}

impl<F: Fn(Duration, u64) -> Does> Target for Client<F> {
    async fn send(&self, request: Request) -> Exchange {
        assert!(
            !self.busy.replace(true),
            "two requests at once on one client"
        );
        let api = &self.api;
        let sent = Instant::now();
        let path = request.into_http().unwrap().path;
        let n = api.asked.replace(api.asked.get() + 1);
        api.seen.borrow_mut().push((api.start.elapsed(), path));
        api.at_once.set(api.at_once.get() + 1);
        api.most_at_once
            .set(api.most_at_once.get().max(api.at_once.get()));
        let result = match (api.behaviour)(api.start.elapsed(), n) {
            Does::Answer(after, status) => {
                tokio::time::sleep(after).await;
                Ok(Answer {
                    status,
                    body: br#"{"tasks":[{"id":"c1"}],"source":"memory"}"#.to_vec(),
                    retry_after: None,
                    cache_headers: Vec::new(),
                    timing: cutover::target::ServerTiming::default(),
                })
            }
            Does::Hang => std::future::pending().await,
            Does::Close => Err(SendFailure {
                failure: Failure {
                    kind: FailureKind::Transport,
                    detail: "closed".to_owned(),
                },
                connection_was_closed: true,
            }),
        };
        api.at_once.set(api.at_once.get() - 1);
        self.busy.set(false);
        Exchange {
            sent,
            finished: Instant::now(),
            connect: None,
            result,
        }
    }

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }

    fn facts(&self) -> TargetFacts {
        facts("memory://candidate")
    }
}
