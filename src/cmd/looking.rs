//! What `check` looks at before it measures: connections, backups, integrity, parity. Each is looked at when its
//! gate is required, and nothing of it fails the run: what cannot be looked at is told as such.
//!
//! ```text
//! stores ─ connections ─ backups (Notion's list of pages, export, dump restored) ─ integrity (pages and rows) ─┐
//! lanes ─ parity (answers of both sides) ──────────────────────────────────────────────────────────────────────┴> Checks
//! ```
//!
//! Whatever of it reaches Notion shares the budget of the baseline: one pace goes from hand to hand.

use jiff::Timestamp;
use uuid::Uuid;

use super::comparing::Comparing;
use super::complaint::say;
use super::gates;
use super::integrity::{self, InspectError};
use super::stores::{Notion, Scratch, Stores, open};
use crate::backups::{self, Kept, PageIndex};
use crate::connections::{self, CLOCK_TOLERANCE};
use crate::database::{Given, Session as DatabaseSession};
use crate::pace::Pace;
use crate::record::{Checks, Inspection, NotLooked, Side};
use crate::run::{Lane, RunError, Session};
use crate::sandbox::postgres;
use crate::scenario::Scenario;
use crate::target::Target;

/// A look at all that is required beside speed.
pub(super) struct Looking<'a> {
    pub(super) session: &'a Session<'a>,
    /// The gates that are required.
    pub(super) required: &'a [String],
    pub(super) quiet: bool,
}

impl Looking<'_> {
    /// Whether a gate is required, and nobody asked the run to stop.
    pub(super) fn wants(&self, gate: &str) -> bool {
        self.required.iter().any(|id| id == gate) && !self.session.interrupt.requested()
    }

    /// Whether the stores behind the sides are looked at.
    pub(super) fn looks_at_stores(required: &[String]) -> bool {
        let looks = [gates::CONNECTIONS, gates::BACKUPS, gates::INTEGRITY];
        required.iter().any(|id| looks.contains(&id.as_str()))
    }

    /// Whether anything turns on the stores behind the sides: they are looked at, or they tell whether the
    /// compared answers come from them, or how much of a measured time is theirs.
    pub(super) fn needs_stores(required: &[String]) -> bool {
        Self::looks_at_stores(required)
            || required.iter().any(|id| id == gates::PARITY)
            || gates::want_figures(required)
    }

    /// Looks at the stores behind both sides, and gives the pace back.
    pub(super) async fn at_stores(&self, stores: &Stores, mut pace: Pace) -> (Checks, Pace) {
        let mut checks = Checks::default();
        if self.wants(gates::CONNECTIONS) {
            let found = self.connections(stores, &mut pace).await;
            self.tell("connections", &found);
            checks.connections = Some(found);
        }
        if self.wants(gates::BACKUPS) {
            let (found, rest) = self.backups(stores, pace).await;
            pace = rest;
            self.tell("backups", &found);
            checks.backups = Some(found);
        }
        if self.wants(gates::INTEGRITY) {
            let found = self.integrity(stores).await;
            self.tell("integrity", &found);
            checks.integrity = Some(found);
        }
        (checks, pace)
    }

    /// Compares what both sides answer. The error, if any, is why the rest was not compared.
    pub(super) async fn at_answers<B: Target, C: Target>(
        &self,
        comparing: &Comparing<'_>,
        scenarios: &[Scenario],
        lanes: (&Lane<B>, &Lane<C>),
        checks: &mut Checks,
    ) -> Option<RunError> {
        if !self.wants(gates::PARITY) {
            return None;
        }
        let outcome = comparing.run(scenarios, lanes).await;
        checks.parity = outcome.compared;
        outcome.stopped_by
    }

    async fn connections(&self, stores: &Stores, pace: &mut Pace) -> Inspection {
        let notion = stores.notion.as_ref();
        connections::look(connections::Asked {
            pooled: stores.pooled.as_ref(),
            direct: stores.direct.as_ref(),
            required: &stores.required,
            limit: stores.limit,
            clock: &Timestamp::now,
            clock_tolerance: CLOCK_TOLERANCE,
            notion: notion.map(|notion| connections::Notion {
                target: &notion.target,
                pace,
                clock: self.session.clock,
                max_pause: self.session.plan.bounds.max_pause,
                databases: &notion.databases,
            }),
        })
        .await
    }

    async fn backups(&self, stores: &Stores, pace: Pace) -> (Inspection, Pace) {
        let (pages, pace) = match &stores.notion {
            Some(notion) => {
                let (pages, pace) = self.pages(notion, pace).await;
                (Some(pages), pace)
            }
            None => (None, pace),
        };
        let pages = pages.as_ref().map(Result::as_ref);
        let scratch = match stores.lacks_dump() {
            true => Ok(None),
            false => Restorable::at(&stores.scratch).await.map(Some),
        };
        let (scratch, refused) = match scratch {
            Ok(scratch) => (scratch, None),
            Err(why) => (None, Some(why)),
        };
        let direct = stores.direct.clone();
        let mut candidate = direct.map(|given| DatabaseSession::unconnected(given, stores.limit));
        let kept = stores.backups.kept.as_ref();
        let mut found = backups::look(backups::Asked {
            export: stores.backups.export.as_deref(),
            dump: stores.backups.dump.as_deref(),
            max_age: stores.max_age(),
            now: Timestamp::now(),
            kept: kept.map(|kept| Kept {
                duration: kept.duration,
                place: &kept.place,
            }),
            pages: pages.map(|pages| pages.map_err(String::as_str)),
            candidate: candidate.as_mut(),
            scratch: scratch.as_ref().map(|scratch| &scratch.given),
            limit: stores.limit,
        })
        .await;
        if let Some(why) = refused {
            found.not_looked_at.push(NotLooked {
                what: "a database to restore the dump into".to_owned(),
                why,
                next: "Name a server on which databases can be made: `[backups] scratch = \"env:SCRATCH_URL\"`."
                    .to_owned(),
            });
        }
        if let Some(candidate) = candidate {
            candidate.close().await;
        }
        if let Some(Restorable {
            server: Some(server),
            ..
        }) = scratch
            && let Err(error) = server.stop().await
        {
            tracing::warn!(%error, "the scratch database is left");
        }
        (found, pace)
    }

    /// Every page that Notion lists, or why it does not.
    async fn pages(&self, notion: &Notion, pace: Pace) -> (Result<PageIndex, String>, Pace) {
        let lane = Lane::new(Side::Baseline, &notion.target, pace);
        let mut index = PageIndex {
            listed_at: Timestamp::now(),
            ..PageIndex::default()
        };
        let mut failed = match notion.databases.is_empty() {
            true => Some("no database of Notion is named".to_owned()),
            false => None,
        };
        for (name, database) in &notion.databases {
            let mut strange = 0_u64;
            let mut keep = |page: serde_json::Value| match page_of(&page) {
                Some(page) => index.pages.push(page),
                None => strange += 1,
            };
            if let Err(error) = lane.list(self.session, database, &mut keep).await {
                failed = Some(format!("{name}: {error}"));
                break;
            }
            if strange > 0 {
                let why = "have no `id` or no `last_edited_time`; is this Notion's API?";
                failed = Some(format!("{name}: {strange} of its pages {why}"));
            }
        }
        (failed.map_or(Ok(index), Err), lane.into_pace())
    }

    async fn integrity(&self, stores: &Stores) -> Inspection {
        let unseen = |what: &str, why: String, next: &str| Inspection {
            not_looked_at: vec![NotLooked {
                what: what.to_owned(),
                why,
                next: next.to_owned(),
            }],
            ..Inspection::default()
        };
        let Some(rows) = &stores.rows else {
            let why = "no database is named".to_owned();
            let next = "Name it: `[candidate.database] direct = \"env:DIRECT_URL\"`.";
            return unseen("the rows", why, next);
        };
        let Some(path) = &stores.export else {
            let why = "no export is named".to_owned();
            let next = "Export the databases, and name the file: `[backups] export = \"...\"`; or run `cutover \
                        integrity --live`.";
            return unseen("the pages", why, next);
        };
        let export = match open(path) {
            Ok(export) => export,
            Err(why) => return unseen("the pages", why, "Export the databases again."),
        };
        let mut database = DatabaseSession::unconnected(rows.clone(), stores.limit);
        let asked = integrity::Asked {
            mapping: &stores.mapping,
            ids: stores.ids.as_ref(),
            bodies: stores.bodies,
            database: &mut database,
        };
        let found = integrity::inspect(asked, export, &self.session.interrupt).await;
        database.close().await;
        found.unwrap_or_else(|error| {
            let (what, next) = match &error {
                InspectError::Export(_) => ("the pages", "Export the databases again."),
                InspectError::Interrupted => ("the pages", "Let it run to its end."),
                _ => ("the rows", "Correct that, and look again."),
            };
            unseen(what, error.to_string(), next)
        })
    }

    fn tell(&self, what: &str, found: &Inspection) {
        if self.quiet {
            return;
        }
        let told = match (found.findings.len(), found.not_looked_at.len()) {
            (0, 0) => "nothing found".to_owned(),
            (0, _) => "not all could be looked at".to_owned(),
            (1, _) => "1 finding".to_owned(),
            (count, _) => format!("{count} findings"),
        };
        say(format_args!("{what}: {told} ({:.1} s)", found.elapsed_s));
    }
}

/// A page's id, with the time of its last edit.
fn page_of(page: &serde_json::Value) -> Option<(u128, Timestamp)> {
    let id: Uuid = page["id"].as_str()?.parse().ok()?;
    let edited = page["last_edited_time"].as_str()?.parse().ok()?;
    Some((id.as_u128(), edited))
}

/// An empty database to restore into, with the server that goes after it.
struct Restorable {
    given: Given,
    server: Option<postgres::Server>,
}

impl Restorable {
    async fn at(scratch: &Scratch) -> Result<Self, String> {
        let (url, server) = match scratch {
            Scratch::Beside(admin) => {
                let url = admin.scratch_url().await.map_err(|it| it.to_string())?;
                (url, None)
            }
            Scratch::Server(admin_url) => {
                let options = postgres::Options {
                    admin_url: admin_url.clone(),
                    ..postgres::Options::default()
                };
                let server = postgres::start(options)
                    .await
                    .map_err(|it| it.to_string())?;
                (server.url().into(), Some(server))
            }
        };
        let given = Given::parse(&url).map_err(|error| error.to_string())?;
        Ok(Self { given, server })
    }
}
