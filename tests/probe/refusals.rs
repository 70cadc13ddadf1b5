//! Refusals are honoured, counted and never measured; on virtual time.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use cutover::pace::Pace;
use cutover::probe::{Asking, Extra, Origin, Probe, ProbeError, profile_text};
use cutover::record::{Failure, FailureKind, TargetFacts};
use cutover::run::interrupt;
use cutover::sandbox::profile::Profile;
use cutover::target::{Answer, Exchange, Request, SendFailure, Target};
use http::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

/// A Notion that answers in 100 ms, and makes of its n-th request what it is told to.
#[derive(Default)]
struct Notion {
    mishaps: Vec<(usize, Mishap)>,
    /// Where this connection lacks the capability.
    restricted: Option<&'static str>,
    asked_restricted: Cell<u32>,
    seen: RefCell<Vec<(Instant, Method, String)>>,
}

#[derive(Clone, Copy)]
enum Mishap {
    /// This status, with this pause.
    Status(u16, Option<u64>),
    /// No answer.
    Silence,
    /// Ctrl-C arrives meanwhile.
    Interrupt,
}

impl Notion {
    fn with(mishaps: &[(usize, Mishap)]) -> Self {
        Self {
            mishaps: mishaps.to_vec(),
            ..Self::default()
        }
    }

    fn requests(&self, wanted: &Method) -> usize {
        let seen = self.seen.borrow();
        seen.iter()
            .filter(|(_, method, _)| method == wanted)
            .count()
    }

    fn archived(&self) -> bool {
        let seen = self.seen.borrow();
        seen.last()
            .is_some_and(|(_, _, body)| body.contains("\"archived\":true"))
    }
}

fn good(request: &Request) -> Value {
    if request.path.starts_with("/v1/blocks/p1/children") {
        return json!({"results": [{"id": "b1"}]});
    }
    let page = json!({"id": "p1", "properties": {"Task": {"title": [{"plain_text": "Buy milk"}]}}});
    if request.path.ends_with("/query") {
        json!({"results": [page]})
    } else if request.path.contains("/databases/") {
        json!({"properties": {"Task": {"type": "title"}}})
    } else {
        page
    }
}

struct Asked<'n> {
    notion: &'n Notion,
    interrupter: cutover::run::Interrupter,
}

impl Target for Asked<'_> {
    async fn send(&self, request: Request) -> Exchange {
        let sent = Instant::now();
        let body = String::from_utf8(request.body.clone().unwrap_or_default()).unwrap();
        let number = self.notion.seen.borrow().len();
        self.notion
            .seen
            .borrow_mut()
            .push((sent, request.method.clone(), body));
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mishap = self.notion.mishaps.iter().find(|(n, _)| *n == number);
        let restricted = |path| request.path.starts_with(path);
        let restricted = self.notion.restricted.is_some_and(restricted);
        let asked = &self.notion.asked_restricted;
        asked.set(asked.get() + u32::from(restricted));
        let (status, retry_after) = match mishap.map(|(_, mishap)| *mishap) {
            Some(Mishap::Status(status, pause)) => (status, pause.map(Duration::from_secs)),
            Some(Mishap::Interrupt) => {
                self.interrupter.interrupt();
                (200, None)
            }
            Some(Mishap::Silence) => {
                let failure = Failure {
                    kind: FailureKind::Timeout,
                    detail: "no answer".to_owned(),
                };
                let result = Err(SendFailure {
                    failure,
                    connection_was_closed: false,
                });
                return Exchange {
                    sent,
                    finished: Instant::now(),
                    connect: None,
                    result,
                };
            }
            None if restricted => (403, None),
            None => (200, None),
        };
        let body = if status == 200 {
            good(&request)
        } else {
            json!({"message": "as Notion puts it"})
        };
        Exchange {
            sent,
            finished: Instant::now(),
            connect: None,
            result: Ok(Answer {
                status,
                body: body.to_string().into_bytes(),
                retry_after,
                cache_headers: Vec::new(),
            }),
        }
    }

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }

    fn facts(&self) -> TargetFacts {
        unreachable!("a probe writes no record")
    }
}

fn of_database(writes: bool) -> Probe {
    Probe {
        database: "d1".to_owned(),
        samples: 4,
        marker: writes.then(|| "cutover-probe-1".to_owned()),
    }
}

async fn probe(notion: &Notion, writes: bool) -> (cutover::probe::Probed, (u32, u32)) {
    let (interrupter, interrupt) = interrupt();
    let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 1).unwrap();
    let target = Asked {
        notion,
        interrupter,
    };
    let mut asking = Asking::new(target, pace, &interrupt, Duration::from_secs(600));
    let probed = of_database(writes).run(&mut asking).await;
    (probed, asking.counts())
}

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

#[tokio::test(start_paused = true)]
async fn a_page_is_archived_whatever_ends_the_probe() {
    // The create is the 38th request; updates, blocks and comments follow it.
    for mishap in [
        Mishap::Interrupt,
        Mishap::Status(404, None),
        Mishap::Silence,
    ] {
        for number in 37..51 {
            let mishaps: Vec<_> = match mishap {
                // Three times in a row is the end of an update.
                Mishap::Silence => (0..3).map(|n| (number + n, mishap)).collect(),
                _ => vec![(number, mishap)],
            };
            let refused = matches!(mishap, Mishap::Status(..)) && number == 37;
            let notion = Notion::with(&mishaps);
            let (probed, _) = probe(&notion, true).await;
            assert!(probed.left.is_none(), "{:?}", probed.left);
            if refused {
                assert_eq!(notion.requests(&Method::PATCH), 0, "nothing was created");
            } else {
                assert!(notion.archived(), "request {number}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_cannot_be_archived_is_told_with_its_id() {
    let notion = Notion::with(&[(51, Mishap::Status(404, None))]);
    let (probed, _) = probe(&notion, true).await;
    let left = probed.left.unwrap();
    assert_eq!(left.page.as_deref(), Some("p1"));
    assert_eq!(left.marker, "cutover-probe-1");
    assert!(left.error.to_string().contains("as Notion puts it"));
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
