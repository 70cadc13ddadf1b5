//! Does Notion take the token, and is each database shared with its owner?
//!
//! Why before a run: a token that was revoked, or a database that nobody shared, looks like an empty or a
//! broken baseline. One request for the token and one for each database, within the same budget as
//! everything else that reaches Notion; those are reads, so that what is turned away or lost is sent again.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::looking::not_looked;
use crate::pace::{Clock, Pace};
use crate::record::{Finding, FindingKind, Inspection, Looked, Weight};
use crate::run::retry::{self, Next, Tries};
use crate::target::{Answer, Fate, HttpRequest, NotionTarget, Request, Target};

/// The Notion behind the baseline.
#[derive(Debug)]
pub struct Notion<'a> {
    /// How it is reached.
    pub target: &'a NotionTarget,
    /// Its budget, which whatever else reaches Notion shares.
    pub pace: &'a mut Pace,
    /// The clock that the pace counts on.
    pub clock: Clock,
    /// The longest pause that is waited.
    pub max_pause: Duration,
    /// The databases that must be shared, each with what it is called.
    pub databases: &'a [(String, String)],
}

/// Why there is no answer to look at.
struct NoAnswer(String);

/// Asks for the token's owner, and for every database.
pub(super) async fn look(notion: Option<Notion<'_>>, seen: &mut Inspection) {
    let Some(mut notion) = notion else {
        seen.not_looked_at.push(not_looked(
            "Notion",
            "no token is named",
            "Name the Notion behind the baseline: a table `[baseline.notion]` with `token` and `databases`.",
        ));
        return;
    };
    if !token(&mut notion, seen).await {
        return;
    }
    if notion.databases.is_empty() {
        seen.not_looked_at.push(not_looked(
            "Notion's databases",
            "none is named",
            "Name them: `databases = { tasks = \"env:TASKS_DATABASE_ID\" }` in `[baseline.notion]`.",
        ));
    }
    for (name, id) in notion.databases {
        database(&mut notion, name, id, seen).await;
    }
}

/// Whether the token is taken.
async fn token(notion: &mut Notion<'_>, seen: &mut Inspection) -> bool {
    let answer = match notion.get("/v1/users/me").await {
        Ok(answer) => answer,
        Err(NoAnswer(why)) => {
            let next = "See that this machine reaches api.notion.com, and look again.";
            seen.not_looked_at
                .push(not_looked("Notion's token", &why, next));
            return false;
        }
    };
    match answer.status {
        200 => {
            let name =
                text(&answer, "name").unwrap_or_else(|| "a connection without a name".into());
            seen.looked_at.push(Looked {
                what: "Notion's token".to_owned(),
                count: 1,
                detail: format!("valid, of {}", notion.target.redact(&name)),
            });
            true
        }
        401 | 403 => {
            seen.findings.push(Finding::of_one(
                FindingKind::TokenInvalid,
                Weight::Refutes,
                "Notion's token",
                format!("Notion does not take it: {}", notion.said(&answer)),
                "Copy the secret of the connection again from Notion's settings, and see that it was not revoked.",
            ));
            false
        }
        status => {
            seen.not_looked_at.push(not_looked(
                "Notion's token",
                &format!("Notion answers {status}: {}", notion.said(&answer)),
                "Wait until Notion answers again, and look again.",
            ));
            false
        }
    }
}

async fn database(notion: &mut Notion<'_>, name: &str, id: &str, seen: &mut Inspection) {
    let what = format!("Notion's database {name}");
    let path: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let answer = match notion.get(&format!("/v1/databases/{path}")).await {
        Ok(answer) => answer,
        Err(NoAnswer(why)) => {
            let next = "See that this machine reaches api.notion.com, and look again.";
            seen.not_looked_at.push(not_looked(what, &why, next));
            return;
        }
    };
    match answer.status {
        200 => seen.looked_at.push(Looked {
            what,
            count: 1,
            detail: "shared with the token's owner".to_owned(),
        }),
        400 | 403 | 404 => seen.findings.push(Finding::of_one(
            FindingKind::NotShared,
            Weight::Refutes,
            what,
            format!("the token cannot see it: {}", notion.said(&answer)),
            "Open the database in Notion, add the connection under its menu (•••, Connections), and see that the \
             id is the database's own, not that of a view or a page.",
        )),
        status => seen.not_looked_at.push(not_looked(
            what,
            &format!("Notion answers {status}: {}", notion.said(&answer)),
            "Wait until Notion answers again, and look again.",
        )),
    }
}

fn text(answer: &Answer, key: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    body.get(key)?.as_str().map(str::to_owned)
}

impl Notion<'_> {
    /// Notion's own words, without the token.
    fn said(&self, answer: &Answer) -> String {
        let message = text(answer, "message").unwrap_or_else(|| "it does not say why".to_owned());
        self.target.redact(&message)
    }

    async fn get(&mut self, path: &str) -> Result<Answer, NoAnswer> {
        let mut tries = Tries::default();
        loop {
            if self.pace.pause_left(self.clock.elapsed()) > self.max_pause {
                let most = self.max_pause.as_secs();
                return Err(NoAnswer(format!(
                    "Notion asks for a pause of more than {most} s"
                )));
            }
            let slot = self.pace.reserve(self.clock.elapsed(), 1);
            self.clock.sleep_until(slot.send_at).await;
            self.pace.left(self.clock.elapsed(), 1);
            let request = Request::Http(HttpRequest {
                method: Method::GET,
                path: path.to_owned(),
                headers: Vec::new(),
                body: None,
            });
            let exchange = self.target.send(request).await;
            let fate = self.target.fate(&exchange);
            tries = tries.and(fate);
            let next = retry::next_of(fate, true, tries, self.pace.patience());
            let answer = exchange.result.as_ref().ok();
            let asked = answer.and_then(|answer| answer.retry_after);
            let pause = retry::pause(asked, fate, next, tries).unwrap_or_default();
            let now = self.clock.place(exchange.finished);
            match fate {
                Fate::TurnedAway => self.pace.refused(now, now.saturating_add(pause)),
                _ => self.pace.pause_until(now.saturating_add(pause)),
            }
            if next != Next::SendAgain {
                let failed = |failure: crate::target::SendFailure| NoAnswer(failure.failure.detail);
                return exchange.result.map_err(failed);
            }
        }
    }
}
