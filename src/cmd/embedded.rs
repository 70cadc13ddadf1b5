//! The sandbox for a run: in this process, but on a thread and a runtime of its own, so that what
//! it computes never stands between an answer and the clock that times it.

use std::thread::JoinHandle;

use secrecy::SecretString;
use thiserror::Error;
use tokio::runtime;
use tokio::sync::oneshot;
use url::Url;

use crate::config::{DEFAULT_CONNECT_TIMEOUT, DEFAULT_NOTION_VERSION, DEFAULT_TIMEOUT};
use crate::record::{NotionFacts, PostgresFacts, ProfileFacts};
use crate::sandbox::notion::{Counters, Exporter, LimitSettings};
use crate::sandbox::postgres::Admin;
use crate::sandbox::world::IdMap;
use crate::sandbox::{self, Options, Sandbox, SandboxError};
use crate::target::{NotionOptions, NotionTarget, TargetError};

/// Why the embedded world did not come, or did not go.
#[derive(Debug, Error)]
pub(super) enum EmbeddedError {
    /// The world itself.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// Its thread has no runtime.
    #[error("the sandbox's runtime cannot be set up")]
    Runtime(#[source] std::io::Error),
    /// Its thread panicked.
    #[error("the sandbox ended before the run did; this is a defect of cutover")]
    Ended,
}

/// A sandbox that is running.
pub(super) struct Embedded {
    pub(super) baseline_url: String,
    pub(super) candidate_url: String,
    pub(super) stores: Stores,
    pub(super) profile: ProfileFacts,
    pub(super) postgres: PostgresFacts,
    limit: String,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<Counters, EmbeddedError>>,
}

/// What stands behind the two APIs, for checks that look past them.
#[allow(
    dead_code,
    reason = "each check reads what it needs; measuring needs the APIs alone"
)]
pub(super) struct Stores {
    /// Where the simulated Notion serves, without `/v1`.
    pub(super) notion_url: String,
    /// The token that it takes. It opens nothing else.
    pub(super) notion_token: SecretString,
    /// The ids of its databases by their names: `tasks`, `projects`, `tags`.
    pub(super) notion_databases: [(&'static str, String); 3],
    /// Makes exports of it, without a request.
    pub(super) exporter: Exporter,
    /// Where the candidate's PostgreSQL serves; it holds a password.
    pub(super) database_url: SecretString,
    /// Dumps that PostgreSQL, and makes empty databases on it.
    pub(super) database_admin: Admin,
    /// Which page is which row.
    pub(super) id_map: IdMap,
}

impl Stores {
    fn of(sandbox: &Sandbox) -> Self {
        Self {
            notion_url: sandbox.notion_url().to_owned(),
            notion_token: sandbox.notion_token().into(),
            notion_databases: [
                ("tasks", sandbox.tasks_database_id().to_owned()),
                ("projects", sandbox.projects_database_id().to_owned()),
                ("tags", sandbox.tags_database_id().to_owned()),
            ],
            exporter: sandbox.exporter(),
            database_url: sandbox.database_url().into(),
            database_admin: sandbox.admin().clone(),
            id_map: sandbox.id_map(),
        }
    }

    /// A client of the simulated Notion, with each database's name and id.
    pub(super) fn notion(&self) -> Result<(NotionTarget, Vec<(String, String)>), TargetError> {
        let url = &self.notion_url;
        let target = NotionTarget::new(NotionOptions {
            base_url: Url::parse(url).map_err(|_| TargetError::Url(url.clone()))?,
            token: self.notion_token.clone(),
            version: DEFAULT_NOTION_VERSION.to_owned(),
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
        })?;
        let databases = self.notion_databases.iter();
        let databases = databases.map(|(name, id)| ((*name).to_owned(), id.clone()));
        Ok((target, databases.collect()))
    }
}

/// What the thread tells when all is ready.
struct Ready {
    baseline_url: String,
    candidate_url: String,
    stores: Stores,
    postgres: sandbox::postgres::Facts,
}

impl Embedded {
    /// Starts the world and returns when all of it answers.
    pub(super) async fn start(options: Options) -> Result<Self, EmbeddedError> {
        let profile = ProfileFacts {
            name: options.profile.name.clone(),
            source: options.profile.source.clone(),
            assumptions: options.profile.assumptions(),
        };
        let limit = limit_in_words(&options.limit);
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || live(options, tell, stopped));
        match told.await {
            Ok(ready) => Ok(Self {
                baseline_url: ready.baseline_url,
                candidate_url: ready.candidate_url,
                stores: ready.stores,
                profile,
                postgres: postgres_facts(ready.postgres),
                limit,
                stop,
                thread,
            }),
            // The thread ended without a word: what it returned says why.
            Err(_) => Err(joined(thread).err().unwrap_or(EmbeddedError::Ended)),
        }
    }

    /// Stops everything and returns what the simulator counted.
    pub(super) fn stop(self) -> Result<NotionFacts, EmbeddedError> {
        // The thread may have ended already; joining tells.
        let _ = self.stop.send(());
        let counters = joined(self.thread)?;
        Ok(NotionFacts {
            limit: self.limit,
            requests: counters.requests,
            rate_limited: counters.rate_limited,
            busiest_minute: counters.busiest_minute as u64,
        })
    }
}

/// The thread: builds the world, says so, and keeps it until told to stop.
fn live(
    options: Options,
    tell: oneshot::Sender<Ready>,
    stopped: oneshot::Receiver<()>,
) -> Result<Counters, EmbeddedError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(EmbeddedError::Runtime)?;
    runtime.block_on(async {
        let sandbox = Sandbox::start(options).await?;
        let ready = Ready {
            baseline_url: sandbox.baseline_url().to_owned(),
            candidate_url: sandbox.candidate_url().to_owned(),
            stores: Stores::of(&sandbox),
            postgres: sandbox.postgres_facts().clone(),
        };
        if tell.send(ready).is_ok() {
            // An error means that the run is gone, which is a reason to stop too.
            let _ = stopped.await;
        }
        let counters = sandbox.notion_counters();
        sandbox.stop().await?;
        Ok(counters)
    })
}

fn joined(thread: JoinHandle<Result<Counters, EmbeddedError>>) -> Result<Counters, EmbeddedError> {
    thread.join().unwrap_or(Err(EmbeddedError::Ended))
}

fn postgres_facts(facts: sandbox::postgres::Facts) -> PostgresFacts {
    PostgresFacts {
        version: facts.version,
        origin: facts.origin,
        durability: facts.durability,
        filesystem: facts.filesystem,
    }
}

/// `180/60s and 3/s with a burst of 10`
fn limit_in_words(limit: &LimitSettings) -> String {
    let window = limit.window.map(|rate| format!("{rate} in a window"));
    let average = limit
        .average
        .map(|(rate, burst)| format!("{rate} on average with a burst of {burst}"));
    let workspace = limit
        .workspace
        .map(|rate| format!("{rate} for the workspace"));
    let words: Vec<String> = window.into_iter().chain(average).chain(workspace).collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(" and ")
    }
}
