//! Refusals are honoured, counted and never measured; on virtual time.

use std::time::Duration;

use cutover::probe::{Extra, Origin, Probe, ProbeError, profile_text};
use cutover::sandbox::profile::Profile;
use http::Method;
use tokio::time::Instant;

use crate::asked::{Mishap, Notion, of_database, probe};

#[tokio::test(start_paused = true)]
async fn a_refusal_is_waited_out_counted_and_not_measured() {
    let notion = Notion::with(&[
        (3, Mishap::Status(429, Some(49))),
        (4, Mishap::Status(429, None)),
        (9, Mishap::Status(502, None)),
        (10, Mishap::Silence),
    ]);
    let (probed, counts) = probe(&notion, false).await;
    let measured = probed.measured.unwrap();
    for estimate in [
        measured.query,
        measured.retrieve_database,
        measured.retrieve_page,
    ] {
        let estimate = estimate.unwrap();
        assert_eq!(estimate.median, Duration::from_millis(100));
        assert!(estimate.sigma.unwrap() < 1e-9, "{estimate:?}");
    }
    // Two to look around, five for each sample, five more for each of three, four again.
    assert_eq!(counts, (2 + 4 * 5 + 3 * 5 + 4, 2));
    let seen = notion.seen.borrow();
    assert!(seen[4].0 - seen[3].0 >= Duration::from_secs(49));
    for pair in seen.windows(2) {
        let distance = pair[1].0 - pair[0].0;
        assert!(distance.as_secs_f64() >= 1.0 / 3.0, "{distance:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_leave_nothing_is_written() {
    let notion = Notion::default();
    let (probed, _) = probe(&notion, false).await;
    let measured = probed.measured.unwrap();
    assert_eq!((measured.create_page, measured.update_page), (None, None));
    assert_eq!(notion.requests(&Method::PATCH), 0);
    let seen = notion.seen.borrow();
    let is_query = |(_, method, body): &&(Instant, Method, String)| {
        *method == Method::GET || body.contains("page_size")
    };
    assert_eq!(seen.iter().filter(is_query).count(), seen.len());
}

/// As a run does it: a named pause is kept whatever the status, another doubles, and refusals and failures
/// are counted apart.
#[tokio::test(start_paused = true)]
async fn requests_are_sent_again_by_the_rule_of_a_run() {
    let notion = Notion::with(&[
        (3, Mishap::Status(503, Some(20))),
        (4, Mishap::Status(529, None)),
        (5, Mishap::Status(529, None)),
        (6, Mishap::Status(502, None)),
    ]);
    let (probed, counts) = probe(&notion, false).await;
    assert!(probed.measured.is_ok());
    assert_eq!(counts, (of_database(false).most_requests() + 4, 2));
    let seen = notion.seen.borrow().clone();
    for (number, pause) in [(3, 20), (4, 1), (5, 2), (6, 2)] {
        let waited = seen[number + 1].0 - seen[number].0;
        assert!(waited >= Duration::from_secs(pause), "{number}: {waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_an_answer_is_not_sent_again() {
    let notion = Notion::with(&[(3, Mishap::Status(501, None))]);
    let (probed, counts) = probe(&notion, false).await;
    assert_eq!(
        (probed.measured.is_err(), counts.0),
        (true, 4),
        "501 is an answer"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_and_an_endless_pause_end_it() {
    let (probed, _) = probe(&Notion::with(&[(0, Mishap::Status(401, None))]), true).await;
    let error = probed.measured.unwrap_err();
    assert!(
        matches!(error, ProbeError::Credentials { status: 401, .. }),
        "{error}"
    );
    let (probed, _) = probe(&Notion::with(&[(0, Mishap::Status(429, Some(7200)))]), true).await;
    let error = probed.measured.unwrap_err();
    assert!(matches!(error, ProbeError::PauseTooLong { .. }), "{error}");
    let always: Vec<_> = (0..50).map(|n| (n, Mishap::Status(429, Some(1)))).collect();
    let (probed, counts) = probe(&Notion::with(&always), true).await;
    let error = probed.measured.unwrap_err();
    assert!(
        matches!(error, ProbeError::RateLimited { times: 10, .. }),
        "{error}"
    );
    assert_eq!(counts, (10, 10));
}

#[tokio::test(start_paused = true)]
async fn what_this_connection_may_not_do_is_left_out_and_not_asked_again() {
    let guide = Profile::load("guide").unwrap();
    for (path, name) in [
        ("/v1/users", "users"),
        ("/v1/comments?", "list_comments"),
        ("/v1/search", "search"),
    ] {
        let notion = Notion {
            restricted: Some(path),
            ..Notion::default()
        };
        let (probed, counts) = probe(&notion, true).await;
        assert!(probed.left.is_none());
        let measured = probed.measured.unwrap();
        assert_eq!(measured.extra.get(name), Some(&Extra::Refused));
        assert_eq!(measured.extra.len(), 8, "{:?}", measured.extra);
        assert_eq!(notion.asked_restricted.get(), 1, "{name}");
        let origin = Origin {
            date: "2026-11-22T15:00:00Z".to_owned(),
            host: "api.notion.com".to_owned(),
            samples: 4,
            counts,
        };
        let text = profile_text(&measured, &origin, &guide);
        assert!(!text.contains(&format!("[notion.{name}]")), "{text}");
        let refused = format!("refused to this connection (403): {name}.");
        assert!(text.contains(&refused), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_number_of_requests_is_stated_beforehand() {
    for writes in [false, true] {
        let notion = Notion::default();
        let (_, counts) = probe(&notion, writes).await;
        let stated = of_database(writes).most_requests();
        assert_eq!(counts, (stated, 0));
    }
}

#[test]
fn the_read_me_and_the_help_state_the_number_of_the_usual_requests() {
    let usual = |writes| Probe {
        samples: 8,
        ..of_database(writes)
    };
    let (reads, all) = (usual(false).most_requests(), usual(true).most_requests());
    let read_me = include_str!("../../README.md");
    for says in [
        format!("# {reads} requests"),
        format!("`--allow-writes`, {all} requests"),
    ] {
        assert!(read_me.contains(&says), "{says}");
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cutover"));
    let help = command.args(["probe", "--help"]).output().unwrap().stdout;
    let help: Vec<_> = std::str::from_utf8(&help)
        .unwrap()
        .split_whitespace()
        .collect();
    let says = format!(
        "{reads} requests for 8, and {} more with --allow-writes",
        all - reads
    );
    assert!(help.join(" ").contains(&says), "{help:?}");
}
