//! Pages from Notion itself instead of an export: the lists first, which are cheap, then the text inside each
//! page, which takes a request of its own.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::inspect::InspectError;
use crate::cmd::complaint::say;
use crate::cmd::embedded::Stores;
use crate::config::{
    BudgetConfig, DEFAULT_CONNECT_TIMEOUT, DEFAULT_NOTION_VERSION, DEFAULT_TIMEOUT, RunConfig,
};
use crate::integrity::mapping::Body;
use crate::integrity::{ExportFacts, Mapping, Page, read_export};
use crate::pace::{Clock, Pace};
use crate::plan::{Bounds, Plan};
use crate::record::Side;
use crate::run::{Interrupt, Journal, Lane, ListingError, Session};
use crate::target::{AnyTarget, NotionOptions, NotionTarget, TargetError};
use crate::units::show_duration;

/// Notion as it is read: where, what of it, and how fast.
#[derive(Debug)]
pub(in crate::cmd) struct Notion {
    pub(in crate::cmd) target: AnyTarget,
    /// The ids of databases by the names that the mapping gives their records.
    pub(in crate::cmd) databases: Vec<(String, String)>,
    pub(in crate::cmd) budget: BudgetConfig,
    pub(in crate::cmd) run: RunConfig,
}

/// Which pages are read.
pub(in crate::cmd) struct Listed<'a> {
    /// The ids of databases by the names that the mapping gives their records.
    pub(in crate::cmd) databases: &'a [(String, String)],
    /// Which of them have text inside their pages that matters.
    pub(in crate::cmd) mapping: &'a Mapping,
    /// Whether the text inside pages is read at all.
    pub(in crate::cmd) bodies: bool,
    /// Whether nothing is said of how long it takes.
    pub(in crate::cmd) quiet: bool,
}

impl Notion {
    /// That of the embedded world, within the limit that it keeps.
    pub(in crate::cmd) fn simulated(stores: &Stores) -> Result<Self, TargetError> {
        let url = &stores.notion_url;
        let target = NotionTarget::new(NotionOptions {
            base_url: Url::parse(url).map_err(|_| TargetError::Url(url.clone()))?,
            token: stores.notion_token.clone(),
            version: DEFAULT_NOTION_VERSION.to_owned(),
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
        })?;
        let databases = stores.notion_databases.iter();
        Ok(Self {
            target: AnyTarget::Notion(target),
            databases: databases
                .map(|(name, id)| ((*name).to_owned(), id.clone()))
                .collect(),
            budget: BudgetConfig::default(),
            run: RunConfig::default(),
        })
    }

    /// Gives every page to `sink`, on a lane of its own. Returns what was read.
    pub(in crate::cmd) async fn pages(
        &self,
        listed: &Listed<'_>,
        folder: &std::path::Path,
        interrupt: &Interrupt,
        sink: &mut dyn FnMut(Page),
    ) -> Result<ExportFacts, InspectError> {
        let pace = Pace::limited(self.budget.rate, self.budget.headroom, 1)?;
        let bounds = Bounds {
            max_baseline_iterations: self.run.max_baseline_iterations,
            candidate_per_baseline: self.run.candidate_per_baseline,
            max_writes: self.run.max_writes,
            max_pause: self.run.max_pause,
            time_limit: self.run.time_limit,
        };
        let plan = Plan::new(String::new(), self.run.seed, Vec::new(), bounds, false);
        let journal = Journal::in_folder(folder);
        let session = Session {
            plan: &plan,
            clock: Clock::start(),
            interrupt: interrupt.clone(),
            journal: &journal,
            sandbox: false,
        };
        let lane = Lane::new(Side::Baseline, &self.target, pace);
        let each_s = 1.0 / (self.budget.rate.per_second() * (1.0 - self.budget.headroom));
        pages(&lane, &session, listed, each_s, sink).await
    }
}

/// Gives every page of some databases to `sink`; a request takes `each_s` of the budget's time.
pub(in crate::cmd) async fn pages(
    lane: &Lane<&AnyTarget>,
    session: &Session<'_>,
    listed: &Listed<'_>,
    each_s: f64,
    sink: &mut dyn FnMut(Page),
) -> Result<ExportFacts, InspectError> {
    let mut all: Vec<(&str, Value)> = Vec::new();
    for (name, database) in listed.databases {
        let mut keep = |page| all.push((name, page));
        lane.list(session, database, &mut keep).await?;
    }
    let with_body = |name: &str| listed.bodies && has_body(listed.mapping, name);
    let bodies = all.iter().filter(|(name, _)| with_body(name)).count();
    if bodies > 0 && !listed.quiet {
        #[expect(clippy::cast_precision_loss, reason = "pages are below 2^52")]
        let takes = Duration::try_from_secs_f64((bodies as f64 * each_s).ceil());
        say(format_args!(
            "Reading the text inside {bodies} pages: at least {bodies} requests to Notion, about {}. \
             --no-bodies leaves it out.",
            show_duration(takes.unwrap_or(Duration::MAX))
        ));
    }
    let mut facts = ExportFacts::default();
    for (name, mut page) in all {
        if with_body(name) {
            let id = page["id"].as_str().unwrap_or_default().to_owned();
            page["blocks"] = Value::Array(lane.blocks(session, &id).await?);
        }
        let told = json!({ name: [page] }).to_string();
        let told = read_export(told.as_bytes(), sink)?;
        facts.pages += told.pages;
        facts.newest_edit = facts.newest_edit.max(told.newest_edit);
        facts.has_bodies |= told.has_bodies;
    }
    Ok(facts)
}

/// Whether the text inside the pages of a list was to be kept.
fn has_body(mapping: &Mapping, name: &str) -> bool {
    let record = mapping.records.iter().find(|record| record.name == name);
    record.is_some_and(|record| !matches!(record.body, Body::Ignored(_)))
}

impl From<ListingError> for InspectError {
    fn from(error: ListingError) -> Self {
        match error {
            ListingError::Interrupted => Self::Interrupted,
            error => Self::Notion(error),
        }
    }
}
