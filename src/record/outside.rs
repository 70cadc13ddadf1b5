//! What a run sent outside of its timed iterations. None of it is a latency, but all of it is spent of
//! the budget, and a refusal of it is a refusal: who shares the budget must be able to count them all.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FailureKind, IterationRef, Iterations, Side, StepRecord};

/// What both sides were sent outside of the timed iterations of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Outside {
    /// The baseline.
    #[serde(default)]
    pub baseline: SideOutside,
    /// The candidate.
    #[serde(default)]
    pub candidate: SideOutside,
}

/// What one side was sent outside of the timed iterations, by its purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SideOutside {
    /// The preflight, with the removal of what it made.
    #[serde(default)]
    pub preflight: Requests,
    /// The removal of what the timed iterations made, with the look-ups that it took.
    #[serde(default)]
    pub clean_up: Requests,
    /// Iterations that did not come to their end, and so are not among the iterations.
    #[serde(default)]
    pub interrupted: Requests,
}

/// Requests, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Requests {
    /// How many were sent; each attempt, each page of a list and each look-up is one.
    #[serde(default)]
    pub sent: u64,
    /// What they cost, in Notion requests.
    #[serde(default)]
    pub notion_requests: u64,
    /// Those of them that were answered with 429.
    #[serde(default)]
    pub rate_limited: u64,
    /// Those of them that were answered with 529.
    #[serde(default)]
    pub overloaded: u64,
    /// Those of them that were sent again, after an attempt that got no good answer.
    #[serde(default)]
    pub retried: u64,
}

impl Outside {
    /// What one side was sent.
    #[must_use]
    pub fn side(&self, side: Side) -> &SideOutside {
        match side {
            Side::Baseline => &self.baseline,
            Side::Candidate => &self.candidate,
        }
    }
}

impl SideOutside {
    /// All of it, whatever its purpose.
    #[must_use]
    pub fn total(&self) -> Requests {
        self.preflight + self.clean_up + self.interrupted
    }
}

impl Requests {
    /// What the iterations tell of.
    #[must_use]
    pub fn of(iterations: &Iterations) -> Self {
        let attempts = iterations.iter().flat_map(IterationRef::steps);
        attempts.fold(Self::default(), |mut all, attempt| {
            if was_sent(
                attempt.status(),
                attempt.failure().map(|failure| failure.kind),
            ) {
                all.add(
                    attempt.status(),
                    attempt.attempt(),
                    attempt.notion_requests(),
                );
            }
            all
        })
    }

    /// Counts an attempt, unless it could not be sent at all.
    pub fn count(&mut self, attempt: &StepRecord) {
        let failure = attempt.failure.as_ref().map(|failure| failure.kind);
        if was_sent(attempt.status, failure) {
            self.add(attempt.status, attempt.attempt, attempt.notion_requests);
        }
    }

    /// Those that were turned away before anything was done: with 429 or 529.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.rate_limited.saturating_add(self.overloaded)
    }

    fn add(&mut self, status: Option<u16>, attempt: u32, notion_requests: u32) {
        *self = *self
            + Self {
                sent: 1,
                notion_requests: u64::from(notion_requests),
                rate_limited: u64::from(status == Some(429)),
                overloaded: u64::from(status == Some(529)),
                retried: u64::from(attempt > 1),
            };
    }
}

/// A file may say anything, so sums end at the largest number.
impl std::ops::Add for Requests {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            sent: self.sent.saturating_add(more.sent),
            notion_requests: self.notion_requests.saturating_add(more.notion_requests),
            rate_limited: self.rate_limited.saturating_add(more.rate_limited),
            overloaded: self.overloaded.saturating_add(more.overloaded),
            retried: self.retried.saturating_add(more.retried),
        }
    }
}

/// A request that could not be built is in a record too, but nobody was sent it.
fn was_sent(status: Option<u16>, failure: Option<FailureKind>) -> bool {
    status.is_some() || failure != Some(FailureKind::Template)
}
