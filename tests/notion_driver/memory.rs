//! A Notion in memory, on virtual time: pages with a title, queries that may lag behind them, and faults
//! as a script says. It counts and keeps everything, and knows nothing of the harness. What its answers
//! mean is for the real driver to say.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use cutover::driver::Driver;
use cutover::record::{Failure, FailureKind, TargetFacts};
use cutover::target::{
    Answer, Exchange, Fate, HttpRequest, NotionOptions, NotionTarget, Request, SendFailure, Target,
};
use http::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

/// What becomes of a request instead of a good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It goes well.
    None,
    /// This status, and nothing is done.
    Refused(u16),
    /// It is done, and this status answers.
    DoneThen(u16),
    /// It is done, and the connection is cut before the answer.
    DoneThenCut,
    /// The connection is cut, and nothing is done.
    Cut,
    /// It is done, and no answer comes in time.
    DoneThenSilent,
}

struct Page {
    title: String,
    made: Instant,
    archived: bool,
}

pub(crate) struct Memory {
    name: &'static str,
    /// Its words for what happens.
    driver: NotionTarget,
    pages: RefCell<Vec<Page>>,
    script: RefCell<VecDeque<Fault>>,
    /// How long a query does not see what was made.
    lag: Duration,
    latency: Duration,
    pub(crate) requests: Cell<u64>,
    /// How many of them it answered with 429 or 529.
    pub(crate) turned_away: Cell<u64>,
    /// Where `next_cursor` leads for ever.
    pub(crate) endless: Cell<bool>,
}

/// The results of one page of a list.
const PAGE: usize = 100;

impl Memory {
    pub(crate) fn new(name: &'static str, script: Vec<Fault>, lag: Duration) -> Self {
        let options = NotionOptions {
            base_url: format!("http://{name}.invalid").parse().unwrap(),
            token: "ntn_secret".into(),
            version: "2022-06-28".to_owned(),
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
        };
        let mut pages = Vec::new();
        for n in 0..150 {
            let title = format!("Review draft update plan email call fix research {n}");
            pages.push(Page {
                title,
                made: Instant::now() - Duration::from_secs(60),
                archived: false,
            });
        }
        Self {
            name,
            driver: NotionTarget::new(options).unwrap(),
            pages: RefCell::new(pages),
            script: RefCell::new(script.into()),
            lag,
            latency: Duration::from_millis(200),
            requests: Cell::new(0),
            turned_away: Cell::new(0),
            endless: Cell::new(false),
        }
    }

    /// One without faults that takes its time.
    pub(crate) fn slow(name: &'static str) -> Self {
        let mut slow = Self::new(name, Vec::new(), Duration::ZERO);
        slow.latency = Duration::from_secs(5);
        slow
    }

    /// The titles of all pages that a run made, with whether each is archived.
    pub(crate) fn made(&self) -> Vec<(String, bool)> {
        let pages = self.pages.borrow();
        let made = pages.iter().filter(|page| page.title.contains("cutover-"));
        made.map(|page| (page.title.clone(), page.archived))
            .collect()
    }

    fn page(&self, place: usize) -> Value {
        let pages = self.pages.borrow();
        let page = &pages[place];
        let related = json!({ "relation": [{ "id": "related" }] });
        json!({
            "object": "page", "id": format!("{}-{place}", self.name), "archived": page.archived,
            "properties": {
                "Task": { "title": [{ "plain_text": page.title }] },
                "Priority": { "select": { "name": "Someday" } },
                "Status": { "select": { "name": "To Do" } },
                "Project": related, "Tags": related, "Task Count": {}, "Tag": {},
            }
        })
    }

    fn query(&self, body: &Value) -> Value {
        let wanted = body["filter"]["title"]["contains"]
            .as_str()
            .unwrap_or_default();
        let wanted = wanted.to_lowercase();
        let found: Vec<usize> = {
            let pages = self.pages.borrow();
            let seen = |page: &Page| !page.archived && page.made.elapsed() >= self.lag;
            let fits = |page: &Page| seen(page) && page.title.to_lowercase().contains(&wanted);
            (0..pages.len())
                .filter(|place| fits(&pages[*place]))
                .collect()
        };
        let start = body["start_cursor"]
            .as_str()
            .map_or(0, |cursor| cursor.parse().unwrap());
        let end = found.len().min(start + PAGE);
        let results: Vec<Value> = found[start..end]
            .iter()
            .map(|place| self.page(*place))
            .collect();
        let next = match self.endless.get() {
            true => Some("0".to_owned()),
            false => (end < found.len()).then(|| end.to_string()),
        };
        json!({ "object": "list", "results": results, "has_more": next.is_some(), "next_cursor": next })
    }

    fn carry_out(&self, request: &HttpRequest) -> Value {
        let body = request.body.as_deref().unwrap_or(b"{}");
        let body: Value = serde_json::from_slice(body).unwrap();
        let place = || {
            request
                .path
                .rsplit('-')
                .next()
                .unwrap()
                .parse::<usize>()
                .unwrap()
        };
        if request.path.ends_with("/query") {
            return self.query(&body);
        }
        if request.method == Method::POST {
            let title = &body["properties"]["Task"]["title"][0]["text"]["content"];
            let page = Page {
                title: title.as_str().unwrap().to_owned(),
                made: Instant::now(),
                archived: false,
            };
            self.pages.borrow_mut().push(page);
            let mut made = self.page(self.pages.borrow().len() - 1);
            made["properties"]["Priority"] = body["properties"]["Priority"].clone();
            return made;
        }
        if request.method == Method::PATCH {
            self.pages.borrow_mut()[place()].archived = body["archived"] == true;
        }
        self.page(place())
    }

    fn answer(&self, request: &HttpRequest) -> Result<Answer, SendFailure> {
        let answer = |status, body: Value| Answer {
            status,
            body: body.to_string().into_bytes(),
            retry_after: None,
            cache_headers: Vec::new(),
            timing: cutover::target::ServerTiming::default(),
        };
        let error = |status| {
            answer(
                status,
                json!({ "code": "an_error", "message": "as the script says" }),
            )
        };
        let failed = |kind| SendFailure {
            failure: Failure {
                kind,
                detail: "as the script says".to_owned(),
            },
            connection_was_closed: false,
        };
        let fault = self.script.borrow_mut().pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::Refused(status) => {
                let refused = u64::from(matches!(status, 429 | 529));
                self.turned_away.set(self.turned_away.get() + refused);
                return Ok(error(status));
            }
            Fault::Cut => return Err(failed(FailureKind::Transport)),
            _ => {}
        }
        let done = self.carry_out(request);
        match fault {
            Fault::DoneThen(status) => Ok(error(status)),
            Fault::DoneThenCut => Err(failed(FailureKind::Transport)),
            Fault::DoneThenSilent => Err(failed(FailureKind::Timeout)),
            _ => Ok(answer(200, done)),
        }
    }
}

impl Target for Memory {
    async fn send(&self, request: Request) -> Exchange {
        let request = request.into_http().unwrap();
        let sent = Instant::now();
        self.requests.set(self.requests.get() + 1);
        tokio::time::sleep(self.latency).await;
        let result = self.answer(&request);
        Exchange {
            sent,
            finished: Instant::now(),
            connect: None,
            result,
        }
    }

    fn redact(&self, text: &str) -> String {
        self.driver.redact(text)
    }

    fn facts(&self) -> TargetFacts {
        self.driver.facts()
    }

    fn driver(&self) -> Driver {
        self.driver.driver()
    }

    fn fate(&self, exchange: &Exchange) -> Fate {
        self.driver.fate(exchange)
    }

    fn explain(&self, status: u16, body: &str) -> Option<String> {
        self.driver.explain(status, body)
    }
}
