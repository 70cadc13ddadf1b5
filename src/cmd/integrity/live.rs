//! Pages from Notion itself instead of an export: the lists first, which are cheap, then the text inside each
//! page and the links that a page tells in part, which take requests of their own.

use std::time::Duration;

use serde_json::{Value, json};

use super::inspect::InspectError;
use crate::cmd::complaint::say;
use crate::cmd::embedded::Stores;
use crate::config::{BudgetConfig, RunConfig};
use crate::figure;
use crate::integrity::mapping::{Body, RecordMap};
use crate::integrity::{ExportFacts, ListEnd, Mapping, Page, read_export};
use crate::pace::{Clock, Pace};
use crate::plan::{Bounds, Plan};
use crate::record::{BudgetFacts, Side};
use crate::run::{Interrupt, Journal, Lane, ListingError, Session};
use crate::target::{AnyTarget, TargetError};
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
        let (target, databases) = stores.notion()?;
        Ok(Self {
            target: AnyTarget::Notion(target),
            databases,
            budget: BudgetConfig::default(),
            run: RunConfig::default(),
        })
    }

    /// The limit that it is read within.
    pub(in crate::cmd) fn budget(&self) -> BudgetFacts {
        BudgetFacts {
            rate: self.budget.rate.to_string(),
            headroom: self.budget.headroom,
        }
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
    let mut facts = ExportFacts::default();
    let mut all: Vec<Reading<'_>> = Vec::new();
    for (name, database) in listed.databases {
        let mut keep = |page| all.push(Reading::of(name, page, listed));
        let end = match lane.list(session, database, &mut keep).await {
            Ok(()) => ListEnd::Whole,
            Err(ListingError::CutOff { .. }) => ListEnd::More,
            Err(error) => return Err(error.into()),
        };
        facts.lists.insert(name.clone(), end);
    }
    if !listed.quiet {
        tell(&all, each_s);
    }
    for mut reading in all {
        reading.complete(lane, session).await?;
        let told = json!({ reading.name: [reading.page] }).to_string();
        let told = read_export(told.as_bytes(), sink)?;
        facts.pages += told.pages;
        facts.newest_edit = facts.newest_edit.max(told.newest_edit);
        facts.without_body += told.without_body;
        facts.half_body += told.half_body;
    }
    Ok(facts)
}

/// A page as a list tells it, and what must be asked for beside.
struct Reading<'a> {
    /// The record that it is one of.
    name: &'a str,
    page: Value,
    /// Whether the text inside it was to be kept.
    with_body: bool,
    /// The relations that the mapping compares and that the page tells in part, by name and id.
    relations: Vec<(String, String)>,
}

impl<'a> Reading<'a> {
    fn of(name: &'a str, page: Value, listed: &Listed<'_>) -> Self {
        let record = listed.mapping.records.iter().find(|one| one.name == name);
        let is_kept = |record: &RecordMap| !matches!(record.body, Body::Ignored(_));
        let links = record.into_iter().flat_map(|record| &record.links);
        let mut names: Vec<&str> = links
            .flat_map(|link| &link.from)
            .map(|from| from.property.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        let in_part = |name: &str| {
            let property = &page["properties"][name];
            let id = property["id"].as_str()?;
            let is_cut = property["type"] == "relation" && property["has_more"] == true;
            is_cut.then(|| (name.to_owned(), id.to_owned()))
        };
        Self {
            name,
            with_body: listed.bodies && record.is_some_and(is_kept),
            relations: names.into_iter().filter_map(in_part).collect(),
            page,
        }
    }

    /// Asks for the rest of it.
    async fn complete(
        &mut self,
        lane: &Lane<&AnyTarget>,
        session: &Session<'_>,
    ) -> Result<(), ListingError> {
        let id = self.page["id"].as_str().unwrap_or_default().to_owned();
        for (name, property) in &self.relations {
            let links = lane.relation(session, &id, property).await?;
            let told = &mut self.page["properties"][name.as_str()];
            told["relation"] = Value::Array(links);
            told["has_more"] = Value::Bool(false);
        }
        if self.with_body {
            self.page["blocks"] = Value::Array(lane.blocks(session, &id).await?);
        }
        Ok(())
    }
}

/// Says how long the rest takes, a request `each_s` of the budget's time, where there is a rest.
fn tell(all: &[Reading<'_>], each_s: f64) {
    let bodies = all.iter().filter(|reading| reading.with_body).count();
    let relations: usize = all.iter().map(|reading| reading.relations.len()).sum();
    let texts = format!("the text inside {}", figure::count(bodies, "page"));
    let links = format!("all links of {}", figure::count(relations, "long relation"));
    let (what, ending) = match (bodies, relations) {
        (0, 0) => return,
        (0, _) => (links, ""),
        (_, 0) => (texts, " --no-bodies leaves it out."),
        (_, _) => (
            format!("{texts} and {links}"),
            " --no-bodies leaves the text out.",
        ),
    };
    let requests = bodies + relations;
    #[expect(clippy::cast_precision_loss, reason = "pages are below 2^52")]
    let takes = Duration::try_from_secs_f64((requests as f64 * each_s).ceil());
    say(format_args!(
        "Reading {what}: at least {} to Notion, about {}.{ending}",
        figure::count(requests, "request"),
        show_duration(takes.unwrap_or(Duration::MAX))
    ));
}

impl From<ListingError> for InspectError {
    fn from(error: ListingError) -> Self {
        match error {
            ListingError::Interrupted => Self::Interrupted,
            error => Self::Notion(error),
        }
    }
}
