//! An API in memory behind the `Target` trait, on tokio's virtual time: thousands of seconds of a
//! run pass in a moment, and every latency is exactly what was asked for.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use cutover::record::{Failure, FailureKind, TargetFacts};
use cutover::target::{Answer, Exchange, HttpRequest, Request, SendFailure, Target};
use http::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

/// What happens instead of the next good answer.
pub(crate) enum Mishap {
    /// 429, with this `Retry-After`.
    RateLimited(Option<u64>),
    /// A status without anything being done.
    Status(u16),
    /// The object is saved, and then this status answers.
    SavedThen(u16),
    /// This status, with the target's secret in the answer.
    Echo(u16),
    /// The kept connection turns out to be closed.
    Closed,
}

/// One request as the API saw it.
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) method: Method,
    pub(crate) body: Value,
}

/// An API that holds tasks.
pub(crate) struct Api {
    pub(crate) name: &'static str,
    pub(crate) source: &'static str,
    pub(crate) id_prefix: &'static str,
    pub(crate) latency: Duration,
    pub(crate) tasks: Rc<RefCell<BTreeMap<String, String>>>,
    pub(crate) seen: RefCell<Vec<Seen>>,
    /// Taken by the next requests with this method.
    pub(crate) mishaps: RefCell<VecDeque<(Method, Mishap)>>,
    /// Reads answer as if nothing had been written since the start.
    pub(crate) frozen: Cell<bool>,
    /// Objects with this in their id cannot be deleted.
    pub(crate) stubborn: Option<&'static str>,
    /// What must not be written down.
    pub(crate) secret: Option<String>,
    /// Whether a request is under way.
    pub(crate) busy: Cell<bool>,
    pub(crate) next: Cell<u32>,
}

impl Api {
    pub(crate) fn new(name: &'static str, latency_ms: u64) -> Self {
        let tasks = (0..3)
            .map(|n| (format!("{name}-{n}"), format!("Review {n}")))
            .collect();
        Self {
            name,
            source: name,
            id_prefix: name,
            latency: Duration::from_millis(latency_ms),
            tasks: Rc::new(RefCell::new(tasks)),
            seen: RefCell::default(),
            mishaps: RefCell::default(),
            frozen: Cell::new(false),
            stubborn: None,
            secret: None,
            busy: Cell::new(false),
            next: Cell::new(100),
        }
    }

    /// The same store under another name.
    pub(crate) fn alias(&self, name: &'static str, latency_ms: u64) -> Self {
        let tasks = Rc::clone(&self.tasks);
        Self {
            tasks,
            id_prefix: self.id_prefix,
            ..Self::new(name, latency_ms)
        }
    }

    pub(crate) fn mishap(self, method: Method, mishap: Mishap) -> Self {
        self.mishaps.borrow_mut().push_back((method, mishap));
        self
    }

    /// How many requests with this method came.
    pub(crate) fn count(&self, method: &Method) -> usize {
        self.seen
            .borrow()
            .iter()
            .filter(|seen| seen.method == *method)
            .count()
    }

    /// Titles of tasks that a run made.
    pub(crate) fn made(&self) -> Vec<String> {
        self.tasks
            .borrow()
            .values()
            .filter(|title| title.contains("cutover-"))
            .cloned()
            .collect()
    }

    fn create(&self, title: &str) -> Value {
        let number = self.next.replace(self.next.get() + 1);
        let id = format!("{}-{number}", self.id_prefix);
        self.tasks.borrow_mut().insert(id.clone(), title.to_owned());
        json!({"id": id, "title": title, "source": self.source})
    }

    fn list(&self, path: &str) -> Value {
        let wanted = path.split_once("q=").map_or("", |(_, word)| word);
        let tasks: Vec<Value> = self
            .tasks
            .borrow()
            .iter()
            .filter(|(_, title)| !self.frozen.get() || !title.contains("cutover-"))
            .filter(|(_, title)| title.contains(wanted))
            .map(|(id, title)| json!({"id": id, "title": title}))
            .collect();
        json!({"tasks": tasks, "source": self.source})
    }

    fn good(&self, request: &HttpRequest, body: &Value) -> (u16, Value) {
        let title = body
            .get("title")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let id = request.path.trim_start_matches("/tasks/");
        if request.method == Method::POST {
            (201, self.create(title))
        } else if request.method == Method::DELETE
            && self.stubborn.is_some_and(|part| id.contains(part))
        {
            (500, json!({}))
        } else if request.method == Method::DELETE {
            let known = self.tasks.borrow_mut().remove(id).is_some();
            (if known { 200 } else { 404 }, json!({}))
        } else {
            (200, self.list(&request.path))
        }
    }

    fn answer(&self, request: &HttpRequest, body: &Value) -> Result<Answer, SendFailure> {
        let mishap = {
            let mut mishaps = self.mishaps.borrow_mut();
            let fits = mishaps
                .front()
                .is_some_and(|(method, _)| *method == request.method);
            if fits {
                mishaps.pop_front().map(|(_, mishap)| mishap)
            } else {
                None
            }
        };
        let (status, body, retry_after) = match mishap {
            None => {
                let (status, body) = self.good(request, body);
                (status, body, None)
            }
            Some(Mishap::RateLimited(seconds)) => (429, json!({}), seconds),
            Some(Mishap::Status(status)) => (status, json!({}), None),
            Some(Mishap::Echo(status)) => (status, json!({"your_token": self.secret}), None),
            Some(Mishap::SavedThen(status)) => {
                self.good(request, body);
                (status, json!({}), None)
            }
            Some(Mishap::Closed) => {
                let detail = "the connection was closed".to_owned();
                let failure = Failure {
                    kind: FailureKind::Transport,
                    detail,
                };
                return Err(SendFailure {
                    failure,
                    connection_was_closed: true,
                });
            }
        };
        Ok(Answer {
            status,
            body: body.to_string().into_bytes(),
            retry_after: retry_after.map(Duration::from_secs),
            cache_headers: Vec::new(),
            timing: cutover::target::ServerTiming::default(),
        })
    }
}

impl Target for Api {
    async fn send(&self, request: Request) -> Exchange {
        let request = request.into_http().unwrap();
        assert!(
            !self.busy.replace(true),
            "two requests at once on the {}",
            self.name
        );
        let sent = Instant::now();
        let body = request.body.as_deref().unwrap_or(b"null");
        let body: Value = serde_json::from_slice(body).unwrap();
        let method = request.method.clone();
        self.seen.borrow_mut().push(Seen {
            at: sent,
            method,
            body: body.clone(),
        });
        tokio::time::sleep(self.latency).await;
        let result = self.answer(&request, &body);
        self.busy.set(false);
        Exchange {
            sent,
            finished: Instant::now(),
            connect: None,
            result,
        }
    }

    fn redact(&self, text: &str) -> String {
        match &self.secret {
            Some(secret) => text.replace(secret, "[secret]"),
            None => text.to_owned(),
        }
    }

    fn facts(&self) -> TargetFacts {
        TargetFacts {
            driver: "memory".to_owned(),
            base_url: format!("memory://{}", self.name),
            header_names: Vec::new(),
            notion_version: None,
            timeout_s: 10.0,
        }
    }
}
