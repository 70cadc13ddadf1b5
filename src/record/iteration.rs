//! One pass through a scenario's steps, as it happened: what the runner hands over, and a row of a
//! record of version 1. A record keeps them as [`super::Iterations`].

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One pass through the steps on one side. Its times are as [`seconds`] makes them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Iteration {
    /// Counts from 0 on each side; equal numbers drew equal inputs.
    pub n: u32,
    /// When it was due: the moment the lane became free.
    pub intended_at_s: f64,
    /// When its first request was sent.
    pub sent_at_s: f64,
    /// When its last answer was complete.
    pub finished_at_s: f64,
    /// Time spent waiting for the budget; never part of the latency.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub budget_wait_s: f64,
    /// Time spent in pauses that the target asked for (`Retry-After`), or that were made before another
    /// attempt or a look-up; never part of the latency.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pause_s: f64,
    /// What it cost in Notion requests, clean-up left out.
    #[serde(default, skip_serializing_if = "is_none_spent")]
    pub notion_requests: u32,
    /// Every attempt of every step, in order.
    pub steps: Vec<StepRecord>,
    /// What went wrong while cleaning up; nothing of it is gated as latency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleanup_failures: Vec<Failure>,
}

fn is_zero(seconds: &f64) -> bool {
    *seconds <= 0.0
}

fn is_none_spent(count: &u32) -> bool {
    *count == 0
}

/// One attempt of one step.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StepRecord {
    /// Which of the scenario's steps, from 0.
    pub step: u32,
    /// 1 for the first attempt; more after an answer or a broken connection that let it be sent again.
    pub attempt: u32,
    /// Which page of a list that comes in pages, from 0; more than 0 where a cursor was followed. Each
    /// page is a result of its step, and the sum of them is the step's latency.
    #[serde(default, skip_serializing_if = "is_none_spent")]
    pub page: u32,
    /// Whether this is no attempt of the step, but a look-up of what it may have made: its answer had
    /// left that open. Look-ups count as superseded, and are no part of the latency.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub look_up: bool,
    /// When the request was sent.
    pub sent_at_s: f64,
    /// From sending to the last byte of the answer, without [`Self::connect_s`].
    pub duration_s: f64,
    /// A new connection's handshake (name, TCP, TLS), when one was opened for this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_s: Option<f64>,
    /// The answer's status, when there was an answer. A status that is not the expected one, or none,
    /// without a failure: a look-up found that the request had been carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The size of the answer's body.
    pub bytes: u64,
    /// What the step costs on this side, in Notion requests.
    #[serde(default, skip_serializing_if = "is_none_spent")]
    pub notion_requests: u32,
    /// The pause that the answer asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<f64>,
    /// Cache headers of the answer, as `name: value`, whatever they say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cache_headers: Vec<String>,
    /// What of the duration the answer says it waited for its store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_s: Option<f64>,
    /// What of the duration the answer says it waited for a language model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_s: Option<f64>,
    /// Why the step failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Whether another attempt of the same request followed, so that this one is not its result.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// The kind, to count by.
    pub kind: FailureKind,
    /// What was seen, without secrets and cut to a readable length.
    pub detail: String,
}

/// The kinds of failure.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// No complete answer within the target's time-out.
    Timeout,
    /// No connection could be made.
    Connect,
    /// The connection broke before the answer was complete.
    Transport,
    /// The answer was 429 and the attempts were used up.
    RateLimited,
    /// The answer's status is not the expected one.
    Status,
    /// The answer's body is not the expected one.
    Body,
    /// The request could not be built, or a value could not be captured.
    Template,
}

impl FailureKind {
    /// The word for it, as in records and in files of samples.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Transport => "transport",
            Self::RateLimited => "rate_limited",
            Self::Status => "status",
            Self::Body => "body",
            Self::Template => "template",
        }
    }
}

/// How an iteration counts for the statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleStatus {
    /// Every step answered as expected.
    Ok,
    /// A step failed.
    Error,
    /// A step got no answer in time.
    Timeout,
}

impl SampleStatus {
    /// The word for it, as in records and in files of samples.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Timeout => "timeout",
        }
    }
}

/// One iteration as the statistics see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Latency in seconds; for a failure, what had elapsed.
    pub seconds: f64,
    /// Whether it can be trusted as a latency.
    pub status: SampleStatus,
}

/// A time as a record keeps it: in seconds, to the microsecond. That is finer than anything measured
/// over a network, and a digit that means nothing would have to be stored a million times.
#[must_use]
pub fn seconds(time: Duration) -> f64 {
    let micros = time.as_nanos().saturating_add(500) / 1_000;
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_kept_to_the_microsecond_in_few_digits() {
        for (nanos, text) in [
            (0, "0.0"),
            (499, "0.0"),
            (500, "1e-6"),
            (68_123_456, "0.068123"),
            (1_234_567_890_500, "1234.567891"),
        ] {
            let time = seconds(Duration::from_nanos(nanos));
            assert_eq!(serde_json::to_string(&time).unwrap(), text);
        }
    }
}
