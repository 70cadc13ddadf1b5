//! What both sides answer to each scenario, compared: from lanes to `record::Compared`.
//!
//! Baseline and candidate are asked the same, draw by draw. Where they differ the baseline is asked all of
//! it once more: what it answers differently by itself is no defect of the candidate. Where they do not
//! differ there is nothing to excuse, and the budget is spared.
//!
//! ```text
//! lanes -> answers (baseline, candidate) -> parity::compare -> differ? -> baseline again -> compare
//! ```

use std::borrow::Cow;
use std::time::Duration;

use serde::Serialize;

use super::run_folder::RunFolder;
use super::watching::Watching;
use crate::parity::{self, Answered, Passes, Seen};
use crate::record::{Compared, Inspection, NotLooked, Side, Stopped, Weight};
use crate::run::{Answers, Kept, Lane, NoAnswers, RunError, Session, Turn};
use crate::scenario::{Compare, Scenario};
use crate::target::Target;

/// How the scenarios are compared.
pub(super) struct Comparing<'c> {
    pub(super) session: &'c Session<'c>,
    /// Where the answers themselves are kept, for people; the record has no room for them.
    pub(super) folder: &'c RunFolder,
    /// The candidate's database, which may tell whether anybody asked it.
    pub(super) watching: Watching,
    /// How many different inputs are compared of a scenario that only reads, whatever its file says.
    pub(super) draws: Option<u32>,
    pub(super) quiet: bool,
}

/// What comparing came to.
#[derive(Default)]
pub(super) struct Outcome {
    /// In the order of the scenarios.
    pub(super) compared: Vec<Compared>,
    /// Why the rest was not compared, if it was not.
    pub(super) stopped_by: Option<RunError>,
}

/// The answers to one draw of inputs.
#[derive(Default, Serialize)]
struct Draw {
    baseline: Vec<Kept>,
    candidate: Vec<Kept>,
    again: Vec<Kept>,
}

impl Comparing<'_> {
    /// Compares every scenario, until a side cannot be asked at all or the run is asked to stop.
    pub(super) async fn run<B: Target, C: Target>(
        &self,
        scenarios: &[Scenario],
        lanes: (&Lane<B>, &Lane<C>),
    ) -> Outcome {
        let mut outcome = Outcome::default();
        for scenario in scenarios {
            if self.session.interrupt.requested() {
                break;
            }
            let began = self.session.clock.elapsed();
            self.tell(&format!("{}: comparing the answers", scenario.name));
            let mut inspection = match obstacle(self.session, scenario, lanes) {
                Some(obstacle) => unseen(obstacle),
                None => match self.scenario(scenario, lanes).await {
                    Ok(inspection) => inspection,
                    Err(NoAnswers::Stopped(Stopped::PauseTooLong)) => unseen(pause_too_long()),
                    Err(NoAnswers::Stopped(_)) => break,
                    Err(NoAnswers::Run(error)) => {
                        outcome.stopped_by = Some(error);
                        break;
                    }
                },
            };
            let took = self.session.clock.elapsed().saturating_sub(began);
            inspection.elapsed_s = took.as_secs_f64();
            self.tell(&told(scenario, &inspection, took));
            outcome.compared.push(Compared {
                scenario: scenario.name.clone(),
                inspection,
            });
        }
        outcome
    }

    async fn scenario<B: Target, C: Target>(
        &self,
        scenario: &Scenario,
        (baseline, candidate): (&Lane<B>, &Lane<C>),
    ) -> Result<Inspection, NoAnswers> {
        let as_they_stand = Compare::default();
        let rules = scenario.compare.as_ref().unwrap_or(&as_they_stand);
        let count = match self.draws {
            _ if scenario.writes => 1,
            Some(draws) => draws,
            None => rules.draws,
        };
        let mut draws = Vec::new();
        let mut missed = Vec::new();
        let watched = self.watching.begin().await;
        for draw in 0..count {
            let turn = Turn { draw, again: false };
            let of_baseline = baseline.answers(self.session, scenario, turn).await?;
            // One draw shows it; each look is some requests to the database.
            let watch = (draw == 0).then(|| self.watching.steps(&watched)).flatten();
            let of_candidate = candidate
                .watched_answers(self.session, scenario, turn, watch)
                .await?;
            missed.extend(ended_early(Side::Baseline, &of_baseline));
            draws.push(Draw {
                baseline: of_baseline.kept,
                candidate: of_candidate.kept,
                again: Vec::new(),
            });
        }
        let mut seen = self.watching.end(watched).await;
        // An error may be answered without a record.
        let first = draws.first().map_or(&[][..], |draw| &draw.candidate);
        let is_error = |step: &str| {
            first
                .iter()
                .any(|kept| kept.step == step && kept.status >= 400)
        };
        seen.silent.retain(|step| !is_error(step));
        let mut inspection = compared(rules, &draws, &seen);
        if inspection.heaviest() == Some(Weight::Refutes) {
            for (draw, kept) in (0..).zip(&mut draws) {
                let turn = Turn { draw, again: true };
                kept.again = baseline.answers(self.session, scenario, turn).await?.kept;
            }
            inspection = compared(rules, &draws, &seen);
        }
        // What an index that lagged behind did not find at once.
        baseline
            .settle(self.session, scenario)
            .await
            .map_err(RunError::from)?;
        candidate
            .settle(self.session, scenario)
            .await
            .map_err(RunError::from)?;
        inspection.not_looked_at.extend(missed);
        self.keep(scenario, &draws);
        Ok(inspection)
    }

    /// Keeps the answers for people. They are no evidence that a verdict rests on, so that a disk that is
    /// full ends nothing.
    fn keep(&self, scenario: &Scenario, draws: &[Draw]) {
        if let Err(error) = self.folder.keep_answers(&scenario.name, &draws) {
            tracing::warn!(%error, scenario = scenario.name, "the answers could not be kept");
        }
    }

    fn tell(&self, line: &str) {
        if !self.quiet {
            super::complaint::say(line);
        }
    }
}

fn compared(rules: &Compare, draws: &[Draw], seen: &Seen) -> Inspection {
    let passes: Vec<Passes<'_>> = draws
        .iter()
        .map(|draw| Passes {
            baseline: answered(&draw.baseline),
            candidate: answered(&draw.candidate),
            again: answered(&draw.again),
        })
        .collect();
    parity::compare(rules, &passes, seen)
}

fn answered(kept: &[Kept]) -> Vec<Answered<'_>> {
    let each = kept.iter().map(|kept| Answered {
        step: &kept.step,
        status: kept.status,
        unexpected: kept.unexpected.as_deref(),
        body: Cow::Borrowed(&kept.body),
        marker: &kept.marker,
        cache_headers: &kept.cache_headers,
    });
    each.collect()
}

/// Why a scenario cannot be compared on these two sides.
fn obstacle<B: Target, C: Target>(
    session: &Session<'_>,
    scenario: &Scenario,
    (baseline, candidate): (&Lane<B>, &Lane<C>),
) -> Option<NotLooked> {
    let not_looked = |why: String, next: &str| NotLooked {
        what: "its answers".to_owned(),
        why,
        next: next.to_owned(),
    };
    let drivers = (baseline.target().driver(), candidate.target().driver());
    if drivers.0 != drivers.1 {
        let why = format!(
            "the baseline is reached by `{}` and the candidate by `{}`, whose answers never look alike",
            drivers.0.name(),
            drivers.1.name()
        );
        let next = "Compare two deployments of the application, each with `driver = \"http\"`.";
        return Some(not_looked(why, next));
    }
    let variables = [baseline.reached().variables, candidate.reached().variables];
    let obstacles = variables
        .iter()
        .flat_map(|variables| scenario.obstacles_to_comparing(drivers.0, variables));
    if let Some(obstacle) = obstacles.into_iter().next() {
        let next =
            "Add it to the scenario file or to the configuration, or choose others with --only.";
        return Some(not_looked(obstacle, next));
    }
    (scenario.writes && !session.plan.writes_allowed).then(|| {
        let why = "it creates objects, and live applications push, mail and sync when something is created";
        let next = "Pass --allow-writes to let it, or choose other scenarios with --only.";
        not_looked(why.to_owned(), next)
    })
}

/// A baseline that did not answer to the end leaves steps with nothing to compare with.
fn ended_early(side: Side, answers: &Answers) -> Option<NotLooked> {
    let failure = answers.failure.as_ref()?;
    Some(NotLooked {
        what: "the steps after the one that failed".to_owned(),
        why: format!("the {} failed: {}", side.name(), failure.detail),
        next: "Correct the step, or what it needs, until the baseline answers to the end."
            .to_owned(),
    })
}

fn pause_too_long() -> NotLooked {
    NotLooked {
        what: "its answers".to_owned(),
        why: "a side asked for a longer pause than the configuration allows".to_owned(),
        next: "Compare again when the side has recovered, or allow a longer `max_pause`."
            .to_owned(),
    }
}

fn unseen(what: NotLooked) -> Inspection {
    Inspection {
        not_looked_at: vec![what],
        ..Inspection::default()
    }
}

/// `task-search: 2 findings (4.2 s)`
fn told(scenario: &Scenario, inspection: &Inspection, took: Duration) -> String {
    let what = match (inspection.findings.len(), inspection.not_looked_at.len()) {
        (0, 0) => "the same".to_owned(),
        (0, _) => "not looked at".to_owned(),
        (1, _) => "1 finding".to_owned(),
        (count, _) => format!("{count} findings"),
    };
    format!("{}: {what} ({:.1} s)", scenario.name, took.as_secs_f64())
}
