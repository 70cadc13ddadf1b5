//! What is about requests, over real sockets, and what the verdict makes of it.

use std::time::Duration;

use cutover::capacity::CapacityError;
use cutover::record::{self, Capacity, Distinctness, LagFacts, LoadEnded};
use cutover::report::{Summary, Width, html, junit, markdown, prometheus, terminal};
use cutover::verdict::{Outcome, judge};

use crate::server::{Answers, Server, TASKS};
use crate::world::{Load, SEARCH, facts, gate, record};

/// Bears 50 requests a second for three seconds; the lag of the machine that runs the test is none of the
/// test's business.
async fn borne(answers: Answers) -> (Capacity, Server) {
    let server = Server::start(answers).await;
    let load = Load::of(&[SEARCH], "50/s", 3);
    let mut capacity = load.bear(|| server.client()).await.unwrap();
    assert!(capacity.lag.count > 0, "the lag is measured");
    capacity.lag = LagFacts {
        count: 1,
        ..LagFacts::default()
    };
    (capacity, server)
}

#[tokio::test]
async fn a_candidate_without_a_limit_holds_the_rate() {
    let (capacity, server) = borne(|_| (Duration::ZERO, 200, TASKS)).await;
    assert_eq!(server.asked(), 151, "150 in three seconds, and one look");
    let gate = gate(&capacity);
    assert_eq!(gate.outcome, Outcome::Go, "{}", gate.reason);
    assert!(
        gate.reason.contains("150 requests at 50/s"),
        "{}",
        gate.reason
    );
    assert_eq!(gate.number("requests"), Some(150.0));
    assert_eq!(gate.number("unsent"), Some(0.0));
}

#[tokio::test]
async fn one_429_or_503_is_a_limit() {
    for (status, words) in [(429, "(1 and 0)"), (503, "(0 and 1)")] {
        let answers: Answers = if status == 429 {
            |n| (Duration::ZERO, if n == 77 { 429 } else { 200 }, TASKS)
        } else {
            |n| (Duration::ZERO, if n == 77 { 503 } else { 200 }, TASKS)
        };
        let (capacity, _server) = borne(answers).await;
        let gate = gate(&capacity);
        assert_eq!(gate.outcome, Outcome::NoGo);
        assert!(gate.reason.contains("1 of 150 requests"), "{}", gate.reason);
        assert!(gate.reason.contains(words), "{}", gate.reason);
        assert!(
            gate.next
                .unwrap()
                .starts_with("Find what limits the candidate")
        );
    }
}

#[tokio::test]
async fn errors_below_the_stop_rule_are_told_and_count_as_for_ever() {
    let (capacity, _server) =
        borne(|n| (Duration::ZERO, if n == 99 { 500 } else { 200 }, TASKS)).await;
    let gate = gate(&capacity);
    assert_eq!(gate.outcome, Outcome::Go, "{}", gate.reason);
    assert_eq!(gate.number("failed"), Some(1.0));
    assert!(
        gate.reason.contains("1 iteration failed otherwise"),
        "{}",
        gate.reason
    );
}

#[tokio::test]
async fn a_candidate_that_breaks_is_left_alone_after_five_seconds() {
    let server =
        Server::start(|n| (Duration::ZERO, 200 + 300 * u16::from(n % 4 == 1), TASKS)).await;
    let load = Load::of(&[SEARCH], "20/s", 20);
    let capacity = load.bear(|| server.client()).await.unwrap();
    assert_eq!(capacity.ended, LoadEnded::Errors);
    assert!(capacity.lasted_s < 15.0, "{}", capacity.lasted_s);
    let gate = gate(&capacity);
    assert_eq!(gate.outcome, Outcome::NoGo);
    assert!(
        gate.reason
            .starts_with("more than 5 % failed for 5 s at 20/s"),
        "{}",
        gate.reason
    );
    assert!(
        gate.reason.contains("for example search: find"),
        "{}",
        gate.reason
    );
}

#[tokio::test]
async fn the_baseline_and_what_is_not_proven_to_be_another_is_never_loaded() {
    let server = Server::start(|_| (Duration::ZERO, 200, TASKS)).await;
    let refused = async |load: Load| {
        let capacity = load.bear(|| server.client()).await.unwrap();
        let LoadEnded::Refused(_) = &capacity.ended else {
            panic!("{capacity:?}")
        };
        let gate = gate(&capacity);
        assert_eq!(gate.outcome, Outcome::Inconclusive);
        assert!(
            gate.reason.starts_with("there was no load, because"),
            "{}",
            gate.reason
        );
    };
    let two = || Load::of(&[SEARCH], "50/s", 3);
    refused(Load {
        baseline: facts(&format!("{}/", server.url)),
        ..two()
    })
    .await;
    for distinct in [Distinctness::Same, Distinctness::Unproven] {
        refused(Load {
            distinct: distinct("a reason".to_owned()),
            ..two()
        })
        .await;
    }
    let mut writes = crate::world::scenarios(&[SEARCH]);
    writes[0].writes = true;
    refused(Load {
        scenarios: crate::world::measured(writes),
        ..two()
    })
    .await;
    assert_eq!(server.asked(), 0, "not one request");

    let notion = Server::start(|_| {
        (
            Duration::ZERO,
            200,
            r#"{"tasks":[{"id":"x"}],"source":"notion"}"#,
        )
    })
    .await;
    let capacity = two().bear(|| notion.client()).await.unwrap();
    assert_eq!(notion.asked(), 1, "one look");
    let said = gate(&capacity).reason;
    assert!(
        said.contains("says that it answers search from Notion"),
        "{said}"
    );
}

#[tokio::test]
async fn a_candidate_that_is_not_there_is_an_error_that_names_it() {
    let server = Server::start(|_| (Duration::ZERO, 200, TASKS)).await;
    let closed = Server {
        url: "http://127.0.0.1:1".to_owned(),
        asked: server.asked,
    };
    let load = Load::of(&[SEARCH], "50/s", 3);
    let error = load.bear(|| closed.client()).await.unwrap_err();
    assert!(matches!(error, CapacityError::Unreachable { .. }));
    assert!(error.to_string().contains("http://127.0.0.1:1"), "{error}");
}

/// The record alone repeats the verdict, and every report shows it.
#[tokio::test]
async fn the_file_gives_the_same_verdict_and_every_report_shows_the_gate() {
    let (capacity, _server) =
        borne(|n| (Duration::ZERO, if n % 50 == 7 { 429 } else { 200 }, TASKS)).await;
    let record = record(&capacity);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    record::write(&record, &path).unwrap();
    let again = record::read(&path).unwrap();
    assert_eq!(again, record);
    let verdict = judge(&record);
    assert_eq!(judge(&again), verdict);
    assert_eq!(verdict.verdict, Outcome::NoGo);
    let summary = Summary::new(&record, &verdict);
    for (format, text, says_why) in [
        ("terminal", terminal(&summary, Width(120)), true),
        ("markdown", markdown(&summary), true),
        ("html", html(&summary).unwrap(), true),
        ("junit", junit(&summary), true),
        ("prometheus", prometheus(&summary), false),
    ] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("rate-limit"), "{format}:\n{text}");
        let why = text.contains("were answered with 429 or 503");
        assert!(why || !says_why, "{format}:\n{text}");
    }
    // Required beside others, without a scenario that answers for them: nothing is shown.
    let mut more = record;
    more.gates.required.push("speedup-p50".to_owned());
    more.checks.rate_limit.as_mut().unwrap().scenarios[0].iterations = sound(&capacity);
    assert_eq!(judge(&more).verdict, Outcome::Inconclusive);
    more.gates.required.pop();
    assert_eq!(judge(&more).verdict, Outcome::Go);
}

fn sound(capacity: &Capacity) -> record::Iterations {
    let all = capacity.scenarios[0].iterations.iter();
    let sound = all.filter(|one| one.failure().is_none());
    sound.map(|one| one.to_owned()).collect()
}
