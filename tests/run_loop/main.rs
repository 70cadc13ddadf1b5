//! The laws of the one loop, on virtual time: what is paced, recorded, stopped and cleaned up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod answers;
mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use cutover::pace::{Clock, Pace};
use cutover::plan::{Bounds, Plan};
use cutover::record::{
    Distinctness, FailureKind, Freshness, SampleStatus, ScenarioRecord, Side, Stopped,
};
use cutover::run::{
    CutShort, Interrupt, Interrupter, Journal, Lane, Look, Observer, Open, Rule, RunError, Session,
    interrupt, measure,
};
use cutover::scenario::{self, Measured, Scenario};
use http::Method;
use tokio::time::Instant;
use world::{Api, Mishap};

const PROMISE: &str = r#"
[promise]
source = "a test"
before = "1s"
after = "50ms"
speedup = "10x"
"#;

const READ: &str = r#"
name = "read"
summary = "Reads"
[[steps]]
name = "list"
method = "GET"
path = "/tasks"
cost = 2
expect = { status = 200 }
"#;

const CREATE: &str = r#"
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
struct After<'w> {
    baseline: usize,
    looks: Vec<usize>,
    candidate: &'w Api,
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

struct Nobody;

impl Observer for Nobody {
    fn began(&self, _: &Scenario) {}
    fn progressed(&self, _: &ScenarioRecord, _: Side, _: u64) {}
    fn ended(&self, _: &ScenarioRecord, _: u64) {}
}

/// Interrupts the run when so many candidate iterations are made.
struct InterruptAfter(Interrupter, usize);

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
struct Run {
    _folder: tempfile::TempDir,
    plan: Plan,
    interrupt: Interrupt,
    journal: Journal,
}

impl Run {
    fn of(scenario: &str) -> Self {
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

    async fn measure(&self, baseline: &Api, candidate: &Api, stop_after: usize) -> ScenarioRecord {
        self.watched(baseline, candidate, stop_after, &Nobody)
            .await
            .unwrap()
    }

    async fn watched(
        &self,
        baseline: &Api,
        candidate: &Api,
        stop_after: usize,
        observer: &dyn Observer,
    ) -> Result<ScenarioRecord, CutShort> {
        let session = Session {
            plan: &self.plan,
            clock: Clock::start(),
            interrupt: self.interrupt.clone(),
            journal: &self.journal,
            sandbox: false,
        };
        let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 4).unwrap();
        let lanes = (
            &Lane::new(Side::Baseline, baseline, pace),
            &Lane::new(Side::Candidate, candidate, Pace::unlimited()),
        );
        let mut rule = After {
            baseline: stop_after,
            looks: Vec::new(),
            candidate,
        };
        measure(
            &session,
            &self.plan.scenarios[0],
            lanes,
            &mut rule,
            observer,
        )
        .await
    }

    fn open(&self) -> Vec<Open> {
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

fn sides() -> (Api, Api) {
    (Api::new("notion", 1000), Api::new("postgres", 40))
}

/// The most Notion requests of a side that begin in any stretch of `window`, by counting.
fn busiest(sent: &[(Instant, u32)], window: Duration) -> u32 {
    let starting_at = |(index, (from, _)): (usize, &(Instant, u32))| {
        let inside = sent[index..]
            .iter()
            .take_while(|(at, _)| *at - *from < window);
        inside.map(|(_, cost)| cost).sum()
    };
    sent.iter().enumerate().map(starting_at).max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn the_baseline_keeps_to_the_budget_and_the_candidate_runs_meanwhile() {
    let (baseline, candidate) = (Api::new("notion", 200), Api::new("postgres", 5));
    let record = Run::of(READ).measure(&baseline, &candidate, 25).await;
    assert_eq!(
        (record.baseline.len(), record.stopped),
        (25, Stopped::Decided)
    );
    assert!(
        record.candidate.len() >= 25 * 20,
        "{}",
        record.candidate.len()
    );
    let sent: Vec<(Instant, u32)> = baseline
        .seen
        .borrow()
        .iter()
        .map(|seen| (seen.at, 2))
        .collect();
    // 2.94 a second, and at most one step of cost 2 beyond.
    assert!(busiest(&sent, Duration::from_secs(10)) <= 29 + 2);
    let took = sent[sent.len() - 1].0 - sent[0].0;
    let share = f64::from(2 * 25) / took.as_secs_f64();
    assert!(
        (2.9..=2.95).contains(&share),
        "{share} Notion requests a second were used"
    );
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_budget_stands_beside_the_latency_and_not_inside_it() {
    let (baseline, candidate) = (Api::new("notion", 200), Api::new("postgres", 5));
    let record = Run::of(READ).measure(&baseline, &candidate, 5).await;
    for iteration in record.baseline.iter() {
        assert!(
            (iteration.latency_s() - 0.2).abs() < 0.002,
            "{}",
            iteration.latency_s()
        );
        let gap = iteration.sent_at_s() - iteration.intended_at_s();
        assert!((gap - iteration.budget_wait_s()).abs() < 0.002);
        assert!(iteration.finished_at_s() >= iteration.sent_at_s() + 0.199);
        assert_eq!(iteration.notion_requests(), 2);
    }
    assert!(
        record.baseline.get(1).unwrap().budget_wait_s() > 0.4,
        "two units take 0.68 s, the step 0.2 s"
    );
    assert!(
        record
            .candidate
            .iter()
            .all(|iteration| iteration.notion_requests() == 0)
    );
}

/// Mishaps are taken in order by the requests of their method; this one lets the preflight's read of
/// a scenario without freshness steps pass.
fn after_preflight(api: Api) -> Api {
    api.mishap(Method::GET, Mishap::Status(200))
}

#[tokio::test(start_paused = true)]
async fn a_429_stops_the_whole_side_until_it_is_over_and_is_recorded() {
    let (baseline, candidate) = sides();
    let baseline = after_preflight(baseline).mishap(Method::GET, Mishap::RateLimited(Some(49)));
    let record = Run::of(READ).measure(&baseline, &candidate, 2).await;
    let seen = baseline.seen.borrow();
    assert_eq!(
        seen[2].at - seen[1].at,
        Duration::from_secs(50),
        "1 s of answer, 49 s of pause"
    );
    let first = record.baseline.get(0).unwrap();
    let steps: Vec<_> = first.steps().collect();
    assert_eq!(
        (steps[0].status(), steps[0].superseded()),
        (Some(429), true)
    );
    assert_eq!(steps[0].retry_after_s(), Some(49.0));
    assert_eq!((steps[1].attempt(), steps[1].failure()), (2, None));
    assert!(
        (first.pause_s() - 49.0).abs() < 0.002,
        "{}",
        first.pause_s()
    );
    assert!(
        (first.latency_s() - 1.0).abs() < 0.002,
        "neither pause nor refused attempt is latency"
    );
    assert_eq!((first.rate_limited(), first.notion_requests()), (1, 4));
    assert_eq!(record.baseline.get(1).unwrap().steps().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_429_that_does_not_end_is_a_failure_and_never_dropped() {
    let (baseline, candidate) = sides();
    let candidate = (0..3).fold(after_preflight(candidate), |api, _| {
        api.mishap(Method::GET, Mishap::RateLimited(None))
    });
    let record = Run::of(READ).measure(&baseline, &candidate, 1).await;
    let first = record.candidate.get(0).unwrap();
    assert_eq!(first.rate_limited(), 3);
    assert_eq!(first.failure().unwrap().kind, FailureKind::RateLimited);
    assert_eq!(first.sample().status, SampleStatus::Error);
    assert!(
        (first.pause_s() - 3.0).abs() < 0.002,
        "1 s and 2 s where none is named: {}",
        first.pause_s()
    );
}

#[tokio::test(start_paused = true)]
async fn a_longer_pause_than_is_allowed_ends_the_scenario() {
    let (baseline, candidate) = sides();
    let baseline = after_preflight(baseline).mishap(Method::GET, Mishap::RateLimited(Some(7200)));
    let record = Run::of(READ).measure(&baseline, &candidate, 5).await;
    assert_eq!(record.stopped, Stopped::PauseTooLong);
    assert!(record.baseline.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_closed_connection_is_no_failure_of_a_read() {
    let (baseline, candidate) = sides();
    let candidate = after_preflight(candidate).mishap(Method::GET, Mishap::Closed);
    let record = Run::of(READ).measure(&baseline, &candidate, 1).await;
    let first = record.candidate.get(0).unwrap();
    let steps: Vec<_> = first.steps().collect();
    assert_eq!(steps.len(), 2);
    assert!(steps[0].superseded() && first.failure().is_none());
    assert!((first.latency_s() - 0.04).abs() < 0.002);
}

#[tokio::test(start_paused = true)]
async fn a_create_is_not_sent_again_when_nobody_knows_what_became_of_it() {
    let (baseline, candidate) = sides();
    let mut run = Run::of(CREATE);
    run.plan.writes_allowed = false;
    let candidate = candidate.mishap(Method::POST, Mishap::Closed);
    let record = run.measure(&baseline, &candidate, 1).await;
    assert_eq!(record.candidate.get(0).unwrap().steps().len(), 1);
    assert_eq!(
        record.candidate.get(0).unwrap().failure().unwrap().kind,
        FailureKind::Transport
    );
    let open = run.open();
    assert_eq!(
        open.len(),
        1,
        "a look-up that finds nothing is no proof: the index may lag"
    );
    assert!(open[0].intent.marker.ends_with("-c0000000"));
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_created_carries_its_own_marker_and_is_removed() {
    let (baseline, candidate) = sides();
    let run = Run::of(CREATE);
    let record = run.measure(&baseline, &candidate, 4).await;
    assert_eq!(
        (record.baseline.len(), record.candidate.len()),
        (4, 60),
        "60 writes are the cap"
    );
    for api in [&baseline, &candidate] {
        assert_eq!(api.made(), Vec::<String>::new());
        let seen = api.seen.borrow();
        let titles = seen.iter().filter(|seen| seen.method == Method::POST);
        let mut titles: Vec<String> = titles.map(|seen| seen.body["title"].to_string()).collect();
        let all = titles.len();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), all);
        assert!(
            titles
                .iter()
                .all(|title| title.contains("cutover-r1-create-"))
        );
    }
    assert_eq!(run.open(), []);
}

#[tokio::test(start_paused = true)]
async fn what_a_failed_create_saved_is_found_by_its_marker_and_removed() {
    let (baseline, candidate) = sides();
    let mut run = Run::of(CREATE);
    run.plan.writes_allowed = false;
    let candidate = candidate.mishap(Method::POST, Mishap::SavedThen(503));
    let record = run.measure(&baseline, &candidate, 1).await;
    assert_eq!(
        record.candidate.get(0).unwrap().failure().unwrap().kind,
        FailureKind::Status
    );
    assert_eq!((candidate.made(), run.open()), (Vec::new(), Vec::new()));
    assert!(
        record
            .candidate
            .get(0)
            .unwrap()
            .cleanup_failures()
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_removed_stays_in_the_journal() {
    let (baseline, candidate) = sides();
    let run = Run::of(CREATE);
    // The first iteration's object; the probe's is number 100.
    let candidate = Api {
        stubborn: Some("postgres-101"),
        ..candidate
    };
    let record = run.measure(&baseline, &candidate, 1).await;
    let open = run.open();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].intent.side, Side::Candidate);
    assert_eq!(open[0].intent.base_url, "memory://postgres");
    assert!(candidate.made()[0].contains(&open[0].intent.marker));
    assert_eq!(candidate.made().len(), 1);
    assert!(
        !record
            .candidate
            .get(0)
            .unwrap()
            .cleanup_failures()
            .is_empty()
    );
    assert!(
        record.candidate.get(0).unwrap().failure().is_none(),
        "the timed steps did not fail"
    );
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_finishes_the_request_and_removes_what_was_created() {
    let (baseline, candidate) = sides();
    let run = Run::of(CREATE);
    let (interrupter, wish) = interrupt();
    let run = Run {
        interrupt: wish,
        ..run
    };
    let observer = InterruptAfter(interrupter, 7);
    let record = run
        .watched(&baseline, &candidate, 5, &observer)
        .await
        .unwrap();
    assert_eq!(record.stopped, Stopped::Interrupted);
    assert_eq!(record.candidate.len(), 7);
    let posts = baseline.count(&Method::POST) + candidate.count(&Method::POST);
    let deletes = baseline.count(&Method::DELETE) + candidate.count(&Method::DELETE);
    assert_eq!(
        posts, deletes,
        "also of the iteration that the interrupt cut short"
    );
    assert_eq!(
        (baseline.made(), candidate.made()),
        (Vec::new(), Vec::new())
    );
    assert_eq!(run.open(), []);
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_not_sat_out_when_the_run_is_interrupted() {
    let (baseline, candidate) = sides();
    let baseline = after_preflight(baseline).mishap(Method::GET, Mishap::RateLimited(Some(500)));
    let run = Run::of(READ);
    let (interrupter, wish) = interrupt();
    let run = Run {
        interrupt: wish,
        ..run
    };
    let began = Instant::now();
    let observer = InterruptAfter(interrupter, 50);
    let record = run
        .watched(&baseline, &candidate, 5, &observer)
        .await
        .unwrap();
    assert_eq!(record.stopped, Stopped::Interrupted);
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn it_looks_after_every_baseline_iteration_with_enough_of_the_candidate() {
    struct Enough(Vec<(usize, usize)>);
    impl Rule for Enough {
        fn look(&mut self, scenario: &ScenarioRecord) -> Look {
            self.0
                .push((scenario.baseline.len(), scenario.candidate.len()));
            if scenario.baseline.len() == 6 {
                Look::Decided
            } else {
                Look::Continue
            }
        }
    }
    // The candidate takes as long as the baseline: twenty for one has to be waited for.
    let (baseline, candidate) = (Api::new("notion", 300), Api::new("postgres", 300));
    let run = Run::of(READ);
    let session = Session {
        plan: &run.plan,
        clock: Clock::start(),
        interrupt: run.interrupt.clone(),
        journal: &run.journal,
        sandbox: false,
    };
    let lanes = (
        &Lane::new(Side::Baseline, &baseline, Pace::unlimited()),
        &Lane::new(Side::Candidate, &candidate, Pace::unlimited()),
    );
    let mut rule = Enough(Vec::new());
    measure(&session, &run.plan.scenarios[0], lanes, &mut rule, &Nobody)
        .await
        .unwrap();
    let looks: Vec<usize> = rule.0.iter().map(|(baseline, _)| *baseline).collect();
    assert_eq!(
        looks,
        [1, 2, 3, 4, 5, 6, 6],
        "and once more when the candidate has finished"
    );
    assert!(
        rule.0
            .iter()
            .all(|(baseline, candidate)| *candidate >= 20 * baseline)
    );
}

#[tokio::test(start_paused = true)]
async fn the_cap_on_baseline_iterations_ends_what_is_not_decided() {
    let (baseline, candidate) = sides();
    let record = Run::of(READ)
        .measure(&baseline, &candidate, usize::MAX)
        .await;
    assert_eq!((record.baseline.len(), record.stopped), (30, Stopped::Cap));
}

#[tokio::test(start_paused = true)]
async fn a_frozen_side_is_found_before_anything_is_timed() {
    let (baseline, candidate) = sides();
    candidate.frozen.set(true);
    let run = Run::of(CREATE);
    let record = run.measure(&baseline, &candidate, 5).await;
    assert!(matches!(
        record.preflight.baseline.freshness,
        Freshness::Fresh(_)
    ));
    assert!(matches!(
        record.preflight.candidate.freshness,
        Freshness::Stale(_)
    ));
    assert_eq!(record.stopped, Stopped::Preflight);
    assert!(record.baseline.is_empty() && record.candidate.is_empty());
    assert_eq!((candidate.made(), run.open()), (Vec::new(), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn two_stores_are_proven_by_a_write_that_only_one_of_them_shows() {
    let (baseline, candidate) = sides();
    let record = Run::of(CREATE).measure(&baseline, &candidate, 1).await;
    let Distinctness::Proven(why) = &record.preflight.distinct else {
        panic!("{record:?}")
    };
    assert!(why.contains("not found on the candidate"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn one_store_under_two_names_is_found_and_not_measured() {
    let baseline = Api::new("notion", 1000);
    let candidate = baseline.alias("postgres", 40);
    let run = Run::of(CREATE);
    let record = run.measure(&baseline, &candidate, 5).await;
    assert!(
        matches!(record.preflight.distinct, Distinctness::Same(_)),
        "{:?}",
        record.preflight
    );
    assert_eq!(
        (record.stopped, record.baseline.len()),
        (Stopped::Preflight, 0)
    );
    assert_eq!((baseline.made(), run.open()), (Vec::new(), Vec::new()));

    // Without leave to write, the ids give it away.
    let candidate = baseline.alias("postgres", 40);
    let mut run = Run::of(READ);
    run.plan.writes_allowed = false;
    let record = run.measure(&baseline, &candidate, 5).await;
    let Distinctness::Same(why) = &record.preflight.distinct else {
        panic!("{record:?}")
    };
    assert!(why.contains("3 ids"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn the_same_source_on_both_sides_is_not_two_sides() {
    let (mut baseline, candidate) = sides();
    baseline.source = "postgres";
    let record = Run::of(READ).measure(&baseline, &candidate, 5).await;
    let Distinctness::Same(why) = &record.preflight.distinct else {
        panic!("{record:?}")
    };
    assert!(why.contains("`postgres`"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_end_the_run_before_anything_is_timed() {
    let (baseline, candidate) = sides();
    let candidate = candidate.mishap(Method::GET, Mishap::Status(401));
    let refused = Run::of(READ)
        .watched(&baseline, &candidate, 5, &Nobody)
        .await;
    assert!(matches!(
        refused,
        Err(CutShort {
            error: RunError::Refused {
                side: Side::Candidate,
                status: 401,
                ..
            },
            ..
        })
    ));
}

#[tokio::test(start_paused = true)]
async fn the_lag_of_the_harness_is_measured() {
    let (baseline, candidate) = sides();
    // The probe lives in real time; a lane that blocks for a real moment gives it one to ping in.
    let (baseline, candidate) = (&baseline, &candidate);
    struct Blocking<'w>(After<'w>);
    impl Rule for Blocking<'_> {
        fn look(&mut self, scenario: &ScenarioRecord) -> Look {
            std::thread::sleep(Duration::from_millis(20));
            self.0.look(scenario)
        }
    }
    let run = Run::of(READ);
    let session = Session {
        plan: &run.plan,
        clock: Clock::start(),
        interrupt: run.interrupt.clone(),
        journal: &run.journal,
        sandbox: false,
    };
    let lanes = (
        &Lane::new(Side::Baseline, baseline, Pace::unlimited()),
        &Lane::new(Side::Candidate, candidate, Pace::unlimited()),
    );
    let mut rule = Blocking(After {
        baseline: 3,
        looks: Vec::new(),
        candidate,
    });
    let record = measure(&session, &run.plan.scenarios[0], lanes, &mut rule, &Nobody)
        .await
        .unwrap();
    assert!(record.lag.count > 0);
    assert!(
        record.lag.max_s >= 0.005,
        "a loop that was blocked for 20 ms: {:?}",
        record.lag
    );
    assert!(record.lag.p50_s <= record.lag.p95_s && record.lag.p95_s <= record.lag.max_s);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_cannot_be_cleaned_is_not_filled_up() {
    let (baseline, candidate) = sides();
    let mut run = Run::of(CREATE);
    run.plan.writes_allowed = false;
    let candidate = Api {
        stubborn: Some("postgres"),
        ..candidate
    };
    let record = run.measure(&baseline, &candidate, 30).await;
    assert_eq!(record.stopped, Stopped::CleanUp);
    assert_eq!((candidate.made().len(), run.open().len()), (3, 3));
}

/// Whatever the status says elsewhere: to an API over HTTP a 529 is an answer like a 503.
#[tokio::test(start_paused = true)]
async fn what_an_index_showed_too_late_is_removed_at_the_end() {
    for status in [503, 529] {
        saved_behind(status).await;
    }
}

async fn saved_behind(status: u16) {
    let (baseline, candidate) = sides();
    let mut run = Run::of(CREATE);
    run.plan.writes_allowed = false;
    let candidate = candidate.mishap(Method::POST, Mishap::SavedThen(status));
    // Reads show nothing of the run until it has ended.
    candidate.frozen.set(true);
    struct Thaw<'w>(&'w Api);
    impl Rule for Thaw<'_> {
        fn look(&mut self, scenario: &ScenarioRecord) -> Look {
            let enough = scenario.candidate.len() > 1;
            self.0.frozen.set(!enough);
            if enough {
                Look::Decided
            } else {
                Look::Continue
            }
        }
    }
    let session = Session {
        plan: &run.plan,
        clock: Clock::start(),
        interrupt: run.interrupt.clone(),
        journal: &run.journal,
        sandbox: false,
    };
    let lanes = (
        &Lane::new(Side::Baseline, &baseline, Pace::unlimited()),
        &Lane::new(Side::Candidate, &candidate, Pace::unlimited()),
    );
    let mut rule = Thaw(&candidate);
    measure(&session, &run.plan.scenarios[0], lanes, &mut rule, &Nobody)
        .await
        .unwrap();
    assert_eq!(
        (candidate.made(), run.open()),
        (Vec::new(), Vec::new()),
        "{status}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_all_measure_is_no_crash() {
    for seconds in [99_999_999_999, u64::MAX] {
        let (baseline, candidate) = sides();
        let limited = Mishap::RateLimited(Some(seconds));
        let baseline = after_preflight(baseline).mishap(Method::GET, limited);
        let record = Run::of(READ).measure(&baseline, &candidate, 5).await;
        assert_eq!(record.stopped, Stopped::PauseTooLong);
    }
}

#[tokio::test(start_paused = true)]
async fn no_piece_of_a_secret_survives_in_a_failure() {
    let secret: String = (0..400)
        .map(|n| char::from(b'a' + u8::try_from(n % 23).unwrap()))
        .collect();
    let (baseline, candidate) = sides();
    let candidate = Api {
        secret: Some(secret.clone()),
        ..candidate
    };
    let candidate = after_preflight(candidate).mishap(Method::GET, Mishap::Echo(500));
    let record = Run::of(READ).measure(&baseline, &candidate, 1).await;
    let detail = &record.candidate.get(0).unwrap().failure().unwrap().detail;
    assert!(detail.contains("[secret]"), "{detail}");
    for start in 0..secret.len() - 8 {
        assert!(!detail.contains(&secret[start..start + 8]), "{detail}");
    }
}
