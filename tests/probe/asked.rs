//! A Notion on virtual time that can go wrong at any request, and whose index can lag.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use cutover::pace::Pace;
use cutover::probe::{Asking, NOTION_VERSION, Probe, Probed};
use cutover::record::{Failure, FailureKind, TargetFacts};
use cutover::run::interrupt;
use cutover::target::{
    Answer, Exchange, Fate, HttpRequest, NotionOptions, NotionTarget, Request, SendFailure, Target,
};
use http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::time::Instant;

/// What the page's title is.
pub(crate) const MARKER: &str = "cutover-probe-1";
/// Where the page is created, counted from 0, when nothing goes wrong before.
pub(crate) const CREATE: usize = 37;

/// A Notion that answers in 100 ms, and makes of its n-th request what it is told to.
#[derive(Default)]
pub(crate) struct Notion {
    pub(crate) mishaps: Vec<(usize, Mishap)>,
    /// Where this connection lacks the capability.
    pub(crate) restricted: Option<&'static str>,
    pub(crate) asked_restricted: Cell<u32>,
    /// How many look-ups by the marker find nothing: an index lags behind a write.
    pub(crate) lag: usize,
    /// How long each row of a list takes; then lists are as long as they are asked to be.
    pub(crate) per_row: Option<Duration>,
    pub(crate) looked_up: RefCell<Vec<Instant>>,
    pub(crate) seen: RefCell<Vec<(Instant, Method, String)>>,
}

#[derive(Clone, Copy)]
pub(crate) enum Mishap {
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
    pub(crate) fn with(mishaps: &[(usize, Mishap)]) -> Self {
        Self {
            mishaps: mishaps.to_vec(),
            ..Self::default()
        }
    }

    pub(crate) fn requests(&self, wanted: &Method) -> usize {
        let seen = self.seen.borrow();
        seen.iter()
            .filter(|(_, method, _)| method == wanted)
            .count()
    }

    /// How often the page was asked to be created.
    pub(crate) fn creates(&self) -> usize {
        let seen = self.seen.borrow();
        let create = |(_, _, body): &&(Instant, Method, String)| body.contains("database_id");
        seen.iter().filter(create).count()
    }

    pub(crate) fn archived(&self) -> bool {
        let seen = self.seen.borrow();
        seen.last()
            .is_some_and(|(_, _, body)| body.contains("\"archived\":true"))
    }
}

fn good(request: &HttpRequest, rows: u32) -> Value {
    if request.path.starts_with("/v1/blocks/p1/children") {
        return json!({"results": [{"id": "b1"}]});
    }
    let page = json!({"id": "p1", "properties": {"Task": {"title": [{"plain_text": "Buy milk"}]}}});
    if request.path.ends_with("/query") {
        json!({"results": vec![page; rows as usize]})
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
    /// How long a list is.
    fn rows(&self, request: &HttpRequest) -> u32 {
        let body = request.body.as_deref().unwrap_or_default();
        let asked = serde_json::from_slice(body).ok();
        let asked = asked.and_then(|body: Value| body["page_size"].as_u64());
        match (self.notion.per_row, asked) {
            (Some(_), Some(rows)) => u32::try_from(rows).unwrap(),
            _ => 1,
        }
    }

    /// Whether this is a look-up by the marker, and comes too early.
    fn lags(&self, request: &HttpRequest, sent: Instant) -> bool {
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
        let request = request.into_http().unwrap();
        let sent = Instant::now();
        let body = String::from_utf8(request.body.clone().unwrap_or_default()).unwrap();
        let number = self.notion.seen.borrow().len();
        self.notion
            .seen
            .borrow_mut()
            .push((sent, request.method.clone(), body));
        let rows = self.rows(&request);
        let listing = self.notion.per_row.unwrap_or_default() * rows;
        tokio::time::sleep(Duration::from_millis(100) + listing).await;
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
            good(&request, rows)
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
                timing: cutover::target::ServerTiming::default(),
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

pub(crate) fn of_database(writes: bool) -> Probe {
    Probe {
        database: "d1".to_owned(),
        samples: 4,
        marker: writes.then(|| MARKER.to_owned()),
    }
}

pub(crate) async fn probe(notion: &Notion, writes: bool) -> (Probed, (u32, u32)) {
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
