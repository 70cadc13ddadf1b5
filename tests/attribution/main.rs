//! Where the time goes: what the answers say of it over a real socket, the store asked itself, and the line
//! that the reports make of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

#[path = "../reports/records.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod records;

use std::cell::Cell;
use std::time::Duration;

use cutover::driver::Driver;
use cutover::pace::{Clock, Pace};
use cutover::plan::{Bounds, Plan};
use cutover::record::{
    Direct, IterationRef, Iterations, Record, ScenarioRecord, Side, TargetFacts,
};
use cutover::report::{Summary, Width, html, markdown, terminal};
use cutover::run::{Journal, Lane, Session, ask_store, interrupt};
use cutover::scenario;
use cutover::target::{
    Answer, Exchange, HttpOptions, HttpRequest, HttpTarget, Request, ServerTiming, Target,
};
use cutover::verdict::{Outcome, Verdict, judge};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::Instant;

#[tokio::test]
async fn the_header_of_a_real_answer_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nserver-timing: store;dur=53.250\r\n\
                    Server-Timing: cache;desc=\"a, b\", llm;dur=200\r\n\r\n{}";
        stream.write_all(head.as_bytes()).await.unwrap();
    });
    let target = HttpTarget::new(HttpOptions {
        base_url: url.parse().unwrap(),
        headers: Vec::new(),
        timeout: Duration::from_secs(10),
        connect_timeout: Duration::from_secs(10),
        credentials: None,
        secrets: Vec::new(),
    });
    let request = Request::Http(HttpRequest {
        method: http::Method::GET,
        path: "/".to_owned(),
        headers: Vec::new(),
        body: None,
    });
    let answer = target.unwrap().send(request).await.result.unwrap();
    let told = ServerTiming {
        store: Some(Duration::from_micros(53_250)),
        model: Some(Duration::from_millis(200)),
    };
    assert_eq!(answer.timing, told);
}

/// Lets each answer of a side tell that so much of its time was the store's, and so much a model's.
fn tells(iterations: &mut Iterations, store: f64, model: Option<f64>) {
    records::edit(iterations, |rows| {
        for step in rows.iter_mut().flat_map(|row| &mut row.steps) {
            step.store_s = Some(step.duration_s * store);
            step.model_s = model.map(|share| step.duration_s * share);
        }
    });
}

fn texts(record: &Record, verdict: &Verdict) -> [(&'static str, String); 3] {
    let summary = Summary::new(record, verdict);
    [
        ("terminal", terminal(&summary, Width(120))),
        ("markdown", markdown(&summary)),
        ("html", html(&summary).unwrap()),
    ]
    .map(|(format, text)| {
        (
            format,
            text.split_whitespace().collect::<Vec<_>>().join(" "),
        )
    })
}

#[test]
fn each_report_has_one_line_a_scenario_that_told_and_none_for_others() {
    let mut record = records::go();
    let silent = judge(&record);
    assert_eq!(silent.reach, []);
    for (format, text) in texts(&record, &silent) {
        assert!(!text.contains("is the store's"), "{format}");
    }
    let name = record.scenarios[0].name.clone();
    tells(&mut record.scenarios[0].baseline, 0.98, None);
    tells(&mut record.scenarios[0].candidate, 0.5, None);
    let verdict = judge(&record);
    assert_eq!(verdict.verdict, silent.verdict, "reported, never gated");
    assert_eq!(verdict.reach.len(), 1);
    assert!((verdict.reach[0].store_share - 0.98).abs() < 1e-6);
    let highest = verdict.reach[0].highest.unwrap();
    assert!((49.9..50.1).contains(&highest), "{highest}");
    assert!(verdict.reach[0].expected.unwrap() < highest && !verdict.reach[0].falls_short);
    for (format, text) in texts(&record, &verdict) {
        assert!(text.contains("Where the time goes"), "{format}");
        assert!(
            text.contains(&format!("{name}: 98 % of the baseline")),
            "{format}:\n{text}"
        );
        assert_eq!(text.matches("is the store's").count(), 1, "{format}");
    }
}

#[test]
fn a_promise_beyond_reach_is_said_to_be_so_and_what_is_in_the_way() {
    let mut record = records::go();
    let create = record.scenarios.iter().position(|one| one.writes).unwrap();
    let scenario = &mut record.scenarios[create];
    // As deployed: 413 ms with 200 of Notion and 200 of a language model, and then 224.
    scenario.baseline = records::iterations(60, 0.413, 0.01, 1);
    scenario.candidate = records::iterations(400, 0.224, 0.01, 0);
    tells(&mut scenario.baseline, 200.0 / 413.0, Some(200.0 / 413.0));
    tells(&mut scenario.candidate, 11.0 / 224.0, Some(200.0 / 224.0));
    let name = scenario.name.clone();
    let verdict = judge(&record);
    assert_eq!(verdict.verdict, Outcome::NoGo);
    let claim = &verdict.reach[0];
    assert!(
        claim.falls_short && claim.highest.unwrap() < 2.0,
        "{claim:?}"
    );
    assert!((1.8..1.9).contains(&claim.expected.unwrap()), "{claim:?}");
    assert!(
        claim.sentence.contains("48 % a language model's (200ms)"),
        "{}",
        claim.sentence
    );
    assert!(
        claim.sentence.ends_with("cannot reach the promised 10x"),
        "{}",
        claim.sentence
    );
    assert!(verdict.next[0].starts_with("Do not cut over"));
    let advice = format!("Promise less than 10x for {name}, or take the language model out");
    assert!(verdict.next[1].starts_with(&advice), "{:?}", verdict.next);
}

#[test]
fn the_store_asked_itself_stands_in_for_answers_that_say_nothing() {
    let mut record = records::go();
    let scenario: &mut ScenarioRecord = &mut record.scenarios[0];
    let half = |side: &Iterations, median: f64| {
        let n = u32::try_from(side.len()).unwrap().min(10);
        records::iterations(n, median, 0.001, 1)
    };
    let mean = |side: &Iterations| {
        let all = side.iter().map(IterationRef::latency_s).sum::<f64>();
        all / side.len() as f64
    };
    let [baseline, candidate] = Side::BOTH.map(|side| mean(scenario.side(side)));
    scenario.direct = Some(Direct {
        baseline: half(&scenario.baseline, baseline / 2.0),
        candidate: half(&scenario.candidate, candidate / 2.0),
    });
    let claim = judge(&record).reach[0].clone();
    assert!((claim.store_share - 0.5).abs() < 0.01, "{claim:?}");
    assert!(claim.expected.is_some());
}

/// A store in memory.
struct Store {
    asked: Cell<u32>,
}

impl Target for Store {
    async fn send(&self, request: Request) -> Exchange {
        assert!(matches!(request, Request::Sql(_)));
        self.asked.set(self.asked.get() + 1);
        let sent = Instant::now();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let answer = Answer {
            status: 200,
            body: br#"{"rows":[{"id":"c1"}],"count":1}"#.to_vec(),
            retry_after: None,
            cache_headers: Vec::new(),
            timing: ServerTiming::default(),
        };
        Exchange {
            sent,
            finished: Instant::now(),
            connect: None,
            result: Ok(answer),
        }
    }

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }

    fn facts(&self) -> TargetFacts {
        TargetFacts {
            driver: "postgres".to_owned(),
            base_url: "postgres://memory".to_owned(),
            header_names: Vec::new(),
            notion_version: None,
            timeout_s: 1.0,
        }
    }

    fn driver(&self) -> Driver {
        Driver::Postgres
    }
}

const READS: &str = r#"
name = "list"
summary = "Lists"
[[steps]]
name = "list"
method = "GET"
path = "/tasks"
cost = 1
expect = { status = 200 }
[steps.sql]
statement = "SELECT id FROM tasks"
expect = { json = [{ path = "$.rows[*].id", count = "1.." }] }
[promise]
source = "a test"
before = "1s"
after = "500ms"
speedup = "10x"
"#;

#[tokio::test(start_paused = true)]
async fn a_store_is_asked_for_what_reads_and_has_a_form_and_for_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.toml"), READS).unwrap();
    let (_keep, wish) = interrupt();
    let plan = Plan::new(
        "a-run".to_owned(),
        7,
        scenario::load(&[folder.path().to_owned()])
            .unwrap()
            .into_iter()
            .filter_map(scenario::Measured::of)
            .collect(),
        Bounds {
            max_baseline_iterations: 10,
            candidate_per_baseline: 1,
            max_writes: 10,
            max_pause: Duration::from_secs(1),
            time_limit: Duration::from_secs(100),
        },
        false,
    );
    let journal = Journal::in_folder(folder.path());
    let session = Session {
        plan: &plan,
        clock: Clock::start(),
        interrupt: wish,
        journal: &journal,
        sandbox: true,
    };
    let store = Store {
        asked: Cell::new(0),
    };
    let lane = Lane::new(Side::Candidate, &store, Pace::unlimited());
    let asked = ask_store(&session, &plan.scenarios[0], &lane, 10)
        .await
        .unwrap();
    assert_eq!((asked.len(), store.asked.get()), (10, 10));
    assert!(
        asked
            .iter()
            .all(|one| one.failure().is_none() && one.latency_s() >= 0.005)
    );

    let mut writes = (*plan.scenarios[0]).clone();
    writes.writes = true;
    let mut formless = (*plan.scenarios[0]).clone();
    formless.steps[0].sql = None;
    for scenario in [writes, formless] {
        let asked = ask_store(&session, &scenario, &lane, 10).await.unwrap();
        assert_eq!((asked.len(), store.asked.get()), (0, 10));
    }
}
