//! The rule for sending a request again, as pure functions: from its fate, its form and how often it was
//! sent to what is done next, and how long that has to wait.
//!
//! What was turned away may be sent again, whatever it does. What may have been carried out is sent again
//! only where a second time cannot write twice; where it can, somebody has to look first
//! (`super::doubt`).

use std::time::Duration;

use crate::scenario::Form;
use crate::target::Fate;

/// A request that got no good answer is sent at most this often. (How often after it was turned away, the
/// pace says.)
pub(super) const MAX_ATTEMPTS: u32 = 3;
/// The pause that nobody named; doubled with each attempt, up to 64 times.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);
const MOST_DOUBLINGS: u32 = 6;

/// What is done after an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// It is the request's result.
    Keep,
    /// The same request is sent again.
    SendAgain,
    /// It may have made something that a second attempt would make twice: that is looked up first.
    LookUp,
}

/// What to do after the given attempt, counted from 1; a request that is turned away is sent at most
/// `most_refusals` times.
pub(super) fn next(fate: Fate, form: &Form, attempt: u32, most_refusals: u32) -> Next {
    next_of(fate, form.is_repeatable(), attempt, most_refusals)
}

/// The same for a request without a form, which says itself whether a second one can do no harm.
pub(crate) fn next_of(fate: Fate, is_repeatable: bool, attempt: u32, most_refusals: u32) -> Next {
    let most = match fate {
        Fate::TurnedAway => most_refusals,
        _ => MAX_ATTEMPTS,
    };
    let again = if attempt < most {
        Next::SendAgain
    } else {
        Next::Keep
    };
    match fate {
        Fate::Final => Next::Keep,
        Fate::TurnedAway => again,
        Fate::NotSaved | Fate::Unknown if !is_repeatable => Next::LookUp,
        Fate::NotSaved | Fate::Unknown => again,
        Fate::ConnectionClosed if is_repeatable => again,
        Fate::ConnectionClosed => Next::Keep,
    }
}

/// How long the side is left alone: as long as it asks for; where it asks for nothing, a time that doubles
/// with each attempt that it turned away or that is to be repeated.
pub(crate) fn pause(
    asked: Option<Duration>,
    fate: Fate,
    next: Next,
    attempt: u32,
) -> Option<Duration> {
    let named = || DEFAULT_PAUSE * 2_u32.pow(attempt.saturating_sub(1).min(MOST_DOUBLINGS));
    asked.or_else(|| match (fate, next) {
        (Fate::TurnedAway, _) => Some(named()),
        (Fate::NotSaved | Fate::Unknown, Next::SendAgain) => Some(named()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::Driver;

    /// The forms of create-task for Notion: one that makes, one that sets, one that reads.
    fn forms() -> [Form; 3] {
        let scenarios = crate::scenario::built_in().unwrap();
        let create = scenarios.iter().find(|one| one.writes).unwrap();
        [&create.steps[0], &create.cleanup[0], &create.recover[0]]
            .map(|step| step.form(Driver::Notion).unwrap().clone())
    }

    #[test]
    fn what_is_done_next_follows_from_fate_form_and_attempt() {
        use Next::{Keep, LookUp, SendAgain};
        let table = [
            (Fate::Final, [Keep, Keep, Keep], [Keep, Keep, Keep]),
            (Fate::TurnedAway, [SendAgain; 3], [Keep; 3]),
            (
                Fate::NotSaved,
                [LookUp, SendAgain, SendAgain],
                [LookUp, Keep, Keep],
            ),
            (
                Fate::Unknown,
                [LookUp, SendAgain, SendAgain],
                [LookUp, Keep, Keep],
            ),
            (
                Fate::ConnectionClosed,
                [Keep, SendAgain, SendAgain],
                [Keep; 3],
            ),
        ];
        for (fate, at_first, at_last) in table {
            let after = |attempt| forms().map(|form| next(fate, &form, attempt, MAX_ATTEMPTS));
            assert_eq!(after(1), at_first, "{fate:?}");
            assert_eq!(after(MAX_ATTEMPTS), at_last, "{fate:?}");
        }
    }

    #[test]
    fn what_is_turned_away_is_sent_as_often_as_there_is_patience() {
        let form = &forms()[0];
        for (attempt, most, then) in [
            (9, 10, Next::SendAgain),
            (10, 10, Next::Keep),
            (3, 3, Next::Keep),
        ] {
            assert_eq!(next(Fate::TurnedAway, form, attempt, most), then);
        }
        assert_eq!(
            next(Fate::Unknown, &forms()[1], MAX_ATTEMPTS, 10),
            Next::Keep
        );
    }

    #[test]
    fn a_pause_is_the_one_asked_for_and_else_doubles() {
        let second = Duration::from_secs(1);
        let asked = Some(49 * second);
        assert_eq!(pause(asked, Fate::Final, Next::Keep, 1), asked);
        for (attempt, doubled) in [(1, second), (2, 2 * second), (3, 4 * second)] {
            let turned_away = pause(None, Fate::TurnedAway, Next::Keep, attempt);
            assert_eq!(turned_away, Some(doubled));
            let again = pause(None, Fate::Unknown, Next::SendAgain, attempt);
            assert_eq!(again, Some(doubled));
        }
        assert_eq!(pause(None, Fate::Unknown, Next::LookUp, 1), None);
        assert_eq!(
            pause(None, Fate::ConnectionClosed, Next::SendAgain, 1),
            None
        );
    }
}
