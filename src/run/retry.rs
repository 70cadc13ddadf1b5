//! The rule for sending a request again, as pure functions: from its fate, its form and how often it was
//! sent to what is done next, and how long that has to wait.
//!
//! What was turned away may be sent again, whatever it does. What may have been carried out is sent again
//! only where a second time cannot write twice; where it can, somebody has to look first
//! (`super::doubt`).

use std::time::Duration;

use crate::scenario::Form;
use crate::target::Fate;

/// A request is sent at most this often: a 429 asks for patience, not for persistence.
pub(super) const MAX_ATTEMPTS: u32 = 3;
/// The pause that nobody named; doubled with each attempt.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);

/// What is done after an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It is the request's result.
    Keep,
    /// The same request is sent again.
    SendAgain,
    /// It may have made something that a second attempt would make twice: that is looked up first.
    LookUp,
}

/// What to do after the given attempt, counted from 1.
pub(super) fn next(fate: Fate, form: &Form, attempt: u32) -> Next {
    let again = if attempt < MAX_ATTEMPTS {
        Next::SendAgain
    } else {
        Next::Keep
    };
    match fate {
        Fate::Final => Next::Keep,
        Fate::TurnedAway => again,
        Fate::NotSaved | Fate::Unknown if !form.is_repeatable() => Next::LookUp,
        Fate::NotSaved | Fate::Unknown => again,
        Fate::ConnectionClosed if form.is_repeatable() => again,
        Fate::ConnectionClosed => Next::Keep,
    }
}

/// How long the side is left alone: as long as it asks for; where it asks for nothing, a time that doubles
/// with each attempt that it turned away or that is to be repeated.
pub(super) fn pause(
    asked: Option<Duration>,
    fate: Fate,
    next: Next,
    attempt: u32,
) -> Option<Duration> {
    let named = || DEFAULT_PAUSE * 2_u32.saturating_pow(attempt.saturating_sub(1));
    asked.or_else(|| match (fate, next) {
        (Fate::TurnedAway, _) => Some(named()),
        (Fate::NotSaved | Fate::Unknown, Next::SendAgain) => Some(named()),
        _ => None,
    })
}
