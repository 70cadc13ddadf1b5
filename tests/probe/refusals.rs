//! Refusals are honoured, counted and never measured; on virtual time.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use cutover::pace::Pace;
use cutover::probe::{Asking, Extra, NOTION_VERSION, Origin, Probe, ProbeError, profile_text};
use cutover::record::{Failure, FailureKind, TargetFacts};
use cutover::run::interrupt;
use cutover::sandbox::profile::Profile;
use cutover::target::{
    Answer, Exchange, Fate, NotionOptions, NotionTarget, Request, SendFailure, Target,
};
use http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::time::Instant;

/// What the page's title is.
const MARKER: &str = "cutover-probe-1";
/// Where the page is created, counted from 0, when nothing goes wrong before.
const CREATE: usize = 37;

/// A Notion that answers in 100 ms, and makes of its n-th request what it is told to.
#[derive(Default)]
struct Notion {
    mishaps: Vec<(usize, Mishap)>,
    /// Where this connection lacks the capability.
    restricted: Option<&'static str>,
    asked_restricted: Cell<u32>,
    /// How many look-ups by the marker find nothing: an index lags behind a write.
    lag: usize,
    looked_up: RefCell<Vec<Instant>>,
    seen: RefCell<Vec<(Instant, Method, String)>>,
}

#[derive(Clone, Copy)]
enum Mishap {
    /// This status, with this pause.
    Status(u16, Option<u64>),
    /// No answer.
    Silence,
    /// The connection is cut.
    Cut,
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

    /// How often the page was asked to be created.
    fn creates(&self) -> usize {
        let seen = self.seen.borrow();
        let create = |(_, _, body): &&(Instant, Method, String)| body.contains("database_id");
        seen.iter().filter(create).count()
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

fn no_answer(sent: Instant, kind: FailureKind) -> Exchange {
    let failure = Failure {
        kind,
        detail: "no answer".to_owned(),
    };
    Exchange {
        sent,
        finished: Instant::now(),
        connect: None,
        result: Err(SendFailure {
            failure,
            connection_was_closed: false,
        }),
    }
}

struct Asked<'n> {
    notion: &'n Notion,
    /// The driver, which says what an exchange means.
    driver: NotionTarget,
    interrupter: cutover::run::Interrupter,
}

impl Asked<'_> {
    /// Whether this is a look-up by the marker, and comes too early.
    fn lags(&self, request: &Request, sent: Instant) -> bool {
        let body = request.body.as_deref().unwrap_or_default();
        let by_marker = body
            .windows(MARKER.len())
            .any(|part| part == MARKER.as_bytes());
        if !request.path.ends_with("/query") || !by_marker {
            return false;
        }
        let mut looked_up = self.notion.looked_up.borrow_mut();
        looked_up.push(sent);
        looked_up.len() <= self.notion.lag
    }
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
            Some(Mishap::Silence) => return no_answer(sent, FailureKind::Timeout),
            Some(Mishap::Cut) => return no_answer(sent, FailureKind::Transport),
            None if restricted => (403, None),
            None => (200, None),
        };
        let body = if status == 200 && self.lags(&request, sent) {
            json!({"results": []})
        } else if status == 200 {
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

    fn fate(&self, exchange: &Exchange) -> Fate {
        self.driver.fate(exchange)
    }
}

fn driver() -> NotionTarget {
    NotionTarget::new(NotionOptions {
        base_url: "http://127.0.0.1:9".parse().unwrap(),
        token: SecretString::from("secret_of_the_probe"),
        version: NOTION_VERSION.to_owned(),
        timeout: Duration::from_secs(1),
        connect_timeout: Duration::from_secs(1),
    })
    .unwrap()
}

fn of_database(writes: bool) -> Probe {
    Probe {
        database: "d1".to_owned(),
        samples: 4,
        marker: writes.then(|| MARKER.to_owned()),
    }
}

async fn probe(notion: &Notion, writes: bool) -> (cutover::probe::Probed, (u32, u32)) {
    let (interrupter, interrupt) = interrupt();
    let pace = Pace::limited("3/s".parse().unwrap(), 0.02, 1).unwrap();
    let target = Asked {
        notion,
        driver: driver(),
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

fn in_a_row(first: usize, times: usize, mishap: Mishap) -> Vec<(usize, Mishap)> {
    (first..first + times).map(|n| (n, mishap)).collect()
}

/// 409 says that nothing was saved; nobody knows what became of the others.
const OPEN: [Mishap; 4] = [
    Mishap::Status(503, None),
    Mishap::Status(500, None),
    Mishap::Silence,
    Mishap::Cut,
];

#[tokio::test(start_paused = true)]
async fn an_open_create_that_no_look_up_finds_is_told_with_its_marker() {
    for mishap in OPEN {
        let notion = Notion {
            lag: usize::MAX,
            ..Notion::with(&[(CREATE, mishap)])
        };
        let (probed, _) = probe(&notion, true).await;
        let left = probed.left.expect("a page may be left");
        assert_eq!((left.page, left.marker.as_str()), (None, MARKER));
        assert!(
            left.error.to_string().contains("2 look-ups"),
            "{}",
            left.error
        );
        assert!(probed.measured.is_err());
        assert_eq!(notion.creates(), 1);
        let looked_up = notion.looked_up.borrow();
        let created = notion.seen.borrow()[CREATE].0;
        assert_eq!(looked_up.len(), 2);
        assert!(looked_up[0] - created >= Duration::from_secs(1));
        assert!(looked_up[1] - looked_up[0] >= Duration::from_secs(3));
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_create_that_an_index_shows_late_is_archived() {
    for mishap in OPEN {
        let notion = Notion {
            lag: 1,
            ..Notion::with(&[(CREATE, mishap)])
        };
        let (probed, _) = probe(&notion, true).await;
        assert!(probed.left.is_none(), "{:?}", probed.left);
        assert!(probed.measured.is_err());
        assert!(notion.archived());
        assert_eq!((notion.creates(), notion.looked_up.borrow().len()), (1, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_of_which_notion_says_that_it_saved_nothing_leaves_nothing() {
    let notion = Notion {
        lag: usize::MAX,
        ..Notion::with(&[(CREATE, Mishap::Status(409, None))])
    };
    let (probed, _) = probe(&notion, true).await;
    assert!(probed.left.is_none(), "{:?}", probed.left);
    let error = probed.measured.unwrap_err();
    assert!(matches!(error, ProbeError::Status { status: 409, .. }));
    assert_eq!((notion.creates(), notion.looked_up.borrow().len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_look_up_waits_as_long_as_the_create_was_told_to() {
    let notion = Notion::with(&[(CREATE, Mishap::Status(503, Some(49)))]);
    let (probed, _) = probe(&notion, true).await;
    assert!(probed.left.is_none() && notion.archived());
    let waited = notion.looked_up.borrow()[0] - notion.seen.borrow()[CREATE].0;
    assert!(waited >= Duration::from_secs(49), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_create_that_is_turned_away_is_sent_again() {
    for status in [429, 529] {
        let notion = Notion::with(&[(CREATE, Mishap::Status(status, None))]);
        let (probed, counts) = probe(&notion, true).await;
        assert!(probed.left.is_none() && probed.measured.is_ok());
        assert!(notion.archived());
        assert_eq!((notion.creates(), counts.1), (2, 1), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_cannot_be_archived_for_a_long_pause_is_told() {
    let notion = Notion::with(&[(CREATE + 1, Mishap::Status(429, Some(7200)))]);
    let (probed, _) = probe(&notion, true).await;
    let left = probed.left.expect("the page is left");
    assert_eq!(left.page.as_deref(), Some("p1"));
    assert!(matches!(left.error, ProbeError::PauseTooLong { .. }));
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
    let notion = Notion::with(&[(3, Mishap::Status(501, None))]);
    let (probed, counts) = probe(&notion, false).await;
    assert_eq!(
        (probed.measured.is_err(), counts.0),
        (true, 4),
        "501 is an answer"
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_is_archived_whatever_ends_the_probe() {
    // Updates, blocks and comments follow the create.
    for mishap in [
        Mishap::Interrupt,
        Mishap::Status(404, None),
        Mishap::Silence,
        Mishap::Status(503, None),
        Mishap::Status(529, Some(60)),
    ] {
        for number in CREATE..CREATE + 14 {
            let mishaps: Vec<_> = match mishap {
                // Three failures or ten refusals in a row are the end of an update, a block or a comment.
                Mishap::Silence | Mishap::Status(503, _) => in_a_row(number, 3, mishap),
                Mishap::Status(529, _) => in_a_row(number, 10, mishap),
                _ => vec![(number, mishap)],
            };
            let refused = matches!(mishap, Mishap::Status(404 | 529, _)) && number == CREATE;
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
    assert_eq!(left.marker, MARKER);
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
