//! What is found out before the first timed request: whether both sides answer at all, whether they
//! are two, whether what is to be created could be found again for its removal, and whether a read shows
//! what was just written.
//!
//! A cached answer is no measurement, and a comparison of a thing with itself proves nothing; both
//! have happened, and neither shows in a latency.

use std::collections::BTreeSet;

use serde_json::Value;

use super::doubt::PATIENCE;
use super::iteration::{Ended, Failed, Made, Pass, marker};
use super::lane::{Lane, Log, Patience, Purpose};
use super::perform::Performed;
use super::{RunError, Session};
use crate::record::{Distinctness, FailureKind, Freshness, Preflight, Side, SideFinding};
use crate::scenario::{Inputs, Scenario, Step};
use crate::target::Target;

/// What one safe step answered on one side.
pub(super) struct Contact {
    source: Option<String>,
    ids: BTreeSet<String>,
}

/// Looks at both sides of a scenario.
pub(super) async fn preflight<B: Target, C: Target>(
    session: &Session<'_>,
    scenario: &Scenario,
    baseline: &Lane<B>,
    candidate: &Lane<C>,
) -> Result<Preflight, Ended> {
    let spent_before = (baseline.spent(), candidate.spent());
    let contacts = (
        baseline.contact(session, scenario).await?,
        candidate.contact(session, scenario).await?,
    );
    let same_url = baseline.target.facts().base_url == candidate.target.facts().base_url;
    let (baseline_freshness, crossed) = baseline.probe(session, scenario, Some(candidate)).await?;
    let (candidate_freshness, _) = candidate.probe(session, scenario, None::<&Lane<B>>).await?;
    let distinct = distinctness(same_url, crossed, &contacts);
    let finding = |freshness, before: u64, after: u64| SideFinding {
        freshness,
        notion_requests: u32::try_from(after - before).unwrap_or(u32::MAX),
    };
    Ok(Preflight {
        distinct,
        baseline: finding(baseline_freshness, spent_before.0, baseline.spent()),
        candidate: finding(candidate_freshness, spent_before.1, candidate.spent()),
    })
}

/// What one read of each side tells, without the probe, which writes.
pub(super) async fn tell_apart<B: Target, C: Target>(
    session: &Session<'_>,
    scenario: &Scenario,
    baseline: &Lane<B>,
    candidate: &Lane<C>,
) -> Result<Distinctness, Ended> {
    let contacts = (
        baseline.contact(session, scenario).await?,
        candidate.contact(session, scenario).await?,
    );
    let same_url = baseline.target.facts().base_url == candidate.target.facts().base_url;
    Ok(distinctness(same_url, None, &contacts))
}

/// Weighs what is known: any sign that both are one thing first, then the strongest proof that they
/// are two.
fn distinctness(
    same_url: bool,
    crossed: Option<Distinctness>,
    contacts: &(Option<Contact>, Option<Contact>),
) -> Distinctness {
    if same_url {
        return Distinctness::Same("both sides have the same URL".to_owned());
    }
    if let Some(same @ Distinctness::Same(_)) = crossed {
        return same;
    }
    match contacts {
        (Some(baseline), Some(candidate)) => by_answers(crossed, baseline, candidate),
        _ => crossed.unwrap_or_else(|| {
            Distinctness::Unproven("no read was answered by both sides".to_owned())
        }),
    }
}

fn by_answers(
    crossed: Option<Distinctness>,
    baseline: &Contact,
    candidate: &Contact,
) -> Distinctness {
    if let (Some(b), Some(c)) = (&baseline.source, &candidate.source)
        && b == c
    {
        return Distinctness::Same(format!("both sides name `{b}` as their source"));
    }
    let (here, there) = (baseline.ids.len(), candidate.ids.len());
    let common = baseline.ids.intersection(&candidate.ids).count();
    if here > 0 && common == here && common == there {
        return Distinctness::Same(format!("the same {here} ids were read from both sides"));
    }
    if let Some(proven) = crossed {
        return proven;
    }
    if here > 0 && there > 0 && common == 0 {
        return Distinctness::Proven(format!(
            "no id in common: {here} were read from the baseline, {there} from the candidate"
        ));
    }
    match (&baseline.source, &candidate.source) {
        (Some(b), Some(c)) if common == 0 => {
            Distinctness::Proven(format!("the sides name `{b}` and `{c}` as their sources"))
        }
        _ => Distinctness::Unproven(format!(
            "of {here} ids read from the baseline, {common} were read from the candidate too"
        )),
    }
}

impl<T: Target> Lane<T> {
    /// Sends one safe step, to see whether the side can be reached and what it calls its things; and
    /// looks once for what does not exist yet, where anything is to be created.
    pub(super) async fn contact(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
    ) -> Result<Option<Contact>, Ended> {
        let inputs = session.probe_inputs(scenario, self.side);
        let timed = scenario.steps.iter().find(|step| {
            self.form(step)
                .is_some_and(|form| form.safe && form.needs().next().is_none())
        });
        let recovering = scenario.recover.first().filter(|step| self.is_safe(step));
        let Some(step) = timed.or(recovering) else {
            return Ok(None);
        };
        let purpose = Purpose::Preflight;
        let mut performed = self.ask(session, step, &inputs, purpose).await?;
        let contact = self.read_contact(&performed, timed.is_some())?;
        if let (Some(step), true) = (recovering, creates(session, scenario)) {
            if timed.is_some() {
                performed = self.ask(session, step, &inputs, purpose).await?;
                self.read_contact(&performed, false)?;
            }
            self.must_find(step, &performed)?;
        }
        Ok(contact)
    }

    /// Looks once for what does not exist yet: what cannot be found must not be created.
    pub(super) async fn can_recover(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        purpose: Purpose,
    ) -> Result<(), Ended> {
        let step = scenario.recover.first().filter(|step| self.is_safe(step));
        let Some(step) = step.filter(|_| scenario.writes) else {
            return Ok(());
        };
        let inputs = session.probe_inputs(scenario, self.side);
        let performed = self.ask(session, step, &inputs, purpose).await?;
        self.read_contact(&performed, false)?;
        self.must_find(step, &performed)
    }

    async fn ask(
        &self,
        session: &Session<'_>,
        step: &Step,
        inputs: &Inputs,
        purpose: Purpose,
    ) -> Result<Performed, Ended> {
        let mut log = Log::of(purpose);
        let patience = Patience::UntilInterrupted;
        Ok(self
            .perform(session, (0, step), inputs, patience, &mut log)
            .await?)
    }

    /// What cannot be looked for cannot be removed, and so must not be created.
    fn must_find(&self, step: &Step, performed: &Performed) -> Result<(), Ended> {
        let Some(failure) = &performed.failure else {
            return Ok(());
        };
        Err(Ended::Failed(RunError::CannotRecover {
            side: self.side,
            url: self.target.facts().base_url,
            step: step.name.clone(),
            detail: failure.detail.clone(),
        }))
    }

    fn read_contact(
        &self,
        performed: &Performed,
        with_ids: bool,
    ) -> Result<Option<Contact>, Ended> {
        let answer = match (&performed.answer, &performed.failure) {
            (Some(answer), _) => answer,
            (None, Some(failure)) if failure.kind == FailureKind::Template => return Ok(None),
            (None, failure) => {
                let detail = failure.as_ref().map(|failure| failure.detail.clone());
                return Err(Ended::Failed(RunError::Unreachable {
                    side: self.side,
                    url: self.target.facts().base_url,
                    detail: detail.unwrap_or_default(),
                }));
            }
        };
        if matches!(answer.status, 401 | 403) {
            return Err(Ended::Failed(RunError::Refused {
                side: self.side,
                url: self.target.facts().base_url,
                status: answer.status,
            }));
        }
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let mut ids = BTreeSet::new();
        if with_ids {
            collect_ids(&body, &mut ids);
        }
        let source = body
            .get("source")
            .and_then(Value::as_str)
            .map(str::to_owned);
        Ok(Some(Contact { source, ids }))
    }

    /// Writes, reads back, and removes again; with another side at hand, also looks there for what
    /// was written here.
    async fn probe<O: Target>(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        other: Option<&Lane<O>>,
    ) -> Result<(Freshness, Option<Distinctness>), Ended> {
        if scenario.freshness.is_empty() {
            let why = "the scenario has no freshness steps; only cache headers were looked at";
            return Ok((Freshness::NotProbed(why.to_owned()), None));
        }
        if scenario.probe_writes() && !session.plan.writes_allowed {
            let why = "it would create an object, and writes are not allowed (--allow-writes)";
            return Ok((Freshness::NotProbed(why.to_owned()), None));
        }
        let mut inputs = session.probe_inputs(scenario, self.side);
        let freshness = self
            .write_and_read_back(session, scenario, &mut inputs)
            .await;
        let crossed = match (&freshness, other) {
            (Ok(Freshness::Fresh(_)), Some(other)) => {
                other.cross_check(session, scenario, &inputs).await
            }
            _ => None,
        };
        let purpose = Purpose::Preflight;
        self.clean_up(session, scenario, &inputs, Made::Perhaps, purpose)
            .await?;
        Ok((freshness?, crossed))
    }

    async fn write_and_read_back(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        inputs: &mut Inputs,
    ) -> Result<Freshness, Ended> {
        let mut log = Log::of(Purpose::Preflight);
        let mut steps: &[Step] = &scenario.freshness;
        // An index lags for a moment; a frozen answer lags for ever.
        let mut patience = PATIENCE.iter();
        loop {
            let failed = self
                .pass(session, scenario, steps, inputs, &mut log)
                .await?;
            let Some(Failed { index, failure, .. }) = failed else {
                return Ok(Freshness::Fresh(
                    "a write was seen by the next read".to_owned(),
                ));
            };
            steps = &steps[index..];
            let is_read = steps.first().is_some_and(|step| self.is_safe(step));
            if !is_read {
                let why = format!("the probe's write failed: {}", failure.detail);
                return Ok(Freshness::NotProbed(why));
            }
            let Some(pause) = patience.next() else {
                let headers = log.steps.last().map(|step| step.cache_headers.join(", "));
                let headers = headers.filter(|headers| !headers.is_empty());
                let from = headers.map_or_else(String::new, |headers| format!(" ({headers})"));
                let why = format!("a read does not show what was just written{from}: ");
                return Ok(Freshness::Stale(why + &failure.detail));
            };
            session
                .clock
                .sleep_until(session.clock.elapsed() + *pause)
                .await;
        }
    }

    /// Looks on this side for what was written on the other one.
    async fn cross_check(
        &self,
        session: &Session<'_>,
        scenario: &Scenario,
        written: &Inputs,
    ) -> Option<Distinctness> {
        if scenario.recover.is_empty() {
            return None;
        }
        let (here, there) = (self.side.name(), self.side.other().name());
        let mut log = Log::of(Purpose::Preflight);
        match self.look_up(session, scenario, written, &mut log).await {
            Ok(found) if found.is_empty() => Some(Distinctness::Proven(format!(
                "what was written to the {there} is not found on the {here}"
            ))),
            Ok(_) => Some(Distinctness::Same(format!(
                "what was written to the {there} was read back from the {here}"
            ))),
            Err(_) => None,
        }
    }
}

impl Session<'_> {
    fn probe_inputs(&self, scenario: &Scenario, side: Side) -> Inputs {
        let marker = marker(&self.plan.run, &scenario.name, side, Pass::Freshness);
        self.inputs(scenario, 0, &marker)
    }
}

/// Whether anything will be created, by the timed steps or by the freshness probe.
fn creates(session: &Session<'_>, scenario: &Scenario) -> bool {
    scenario.writes || (scenario.probe_writes() && session.plan.writes_allowed)
}

/// Every text under a key `id`, at any depth.
fn collect_ids(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "id" => {
                        ids.insert(text.clone());
                    }
                    other => collect_ids(other, ids),
                }
            }
        }
        _ => {}
    }
}
