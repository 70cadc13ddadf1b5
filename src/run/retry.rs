//! The rule for sending a request again, as pure functions: from its fate, its form and how it was sent
//! before to what is done next, and how long that has to wait.
//!
//! What was turned away may be sent again, whatever it does. What may have been carried out is sent again
//! only where a second time cannot write twice; where it can, somebody has to look first
//! (`super::doubt`).
//!
//! Being turned away says nothing of whether a request would fail, so the two are counted apart: one that
//! waited long for its turn has as many tries left as any other.

use std::time::Duration;

use crate::scenario::Form;
use crate::target::Fate;

/// A request that gets no good answer is let in at most this often. (How often one that is turned away is
/// sent, the pace says.)
pub(super) const MAX_ATTEMPTS: u32 = 3;
/// The pause that nobody named; doubled with each attempt, up to 64 times.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);
const MOST_DOUBLINGS: u32 = 6;

/// How often a request was sent, by what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tries {
    /// Attempts that were turned away.
    pub(crate) turned_away: u32,
    /// Attempts that were let in, or got no answer.
    pub(crate) let_in: u32,
}

impl Tries {
    /// The number of the attempt that comes next, from 1.
    pub(super) fn next_attempt(self) -> u32 {
        self.turned_away + self.let_in + 1
    }

    /// With one more attempt, of this fate.
    pub(crate) fn and(self, fate: Fate) -> Self {
        match fate {
            Fate::TurnedAway => Self {
                turned_away: self.turned_away + 1,
                ..self
            },
            _ => Self {
                let_in: self.let_in + 1,
                ..self
            },
        }
    }

    /// The attempts that count for a fate.
    fn of(self, fate: Fate) -> u32 {
        match fate {
            Fate::TurnedAway => self.turned_away,
            _ => self.let_in,
        }
    }
}

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

/// What to do after an attempt of this fate, which `tries` counts already; a request is turned away at most
/// `most_refusals` times.
pub(super) fn next(fate: Fate, form: &Form, tries: Tries, most_refusals: u32) -> Next {
    next_of(fate, form.is_repeatable(), tries, most_refusals)
}

/// The same for a request without a form, which says itself whether a second one can do no harm.
pub(crate) fn next_of(fate: Fate, is_repeatable: bool, tries: Tries, most_refusals: u32) -> Next {
    let most = match fate {
        Fate::TurnedAway => most_refusals,
        _ => MAX_ATTEMPTS,
    };
    let again = if tries.of(fate) < most {
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
/// with each attempt of this kind, turned away or to be repeated.
pub(crate) fn pause(
    asked: Option<Duration>,
    fate: Fate,
    next: Next,
    tries: Tries,
) -> Option<Duration> {
    let before = tries.of(fate).saturating_sub(1);
    let named = || DEFAULT_PAUSE * 2_u32.pow(before.min(MOST_DOUBLINGS));
    asked.or_else(|| match (fate, next) {
        (Fate::TurnedAway, _) => Some(named()),
        (Fate::NotSaved | Fate::Unknown, Next::SendAgain) => Some(named()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::driver::Driver;

    /// The forms of create-task for Notion: one that makes, one that sets, one that reads.
    fn forms() -> [Form; 3] {
        let scenarios = crate::scenario::built_in().unwrap();
        let create = scenarios.iter().find(|one| one.writes).unwrap();
        [&create.steps[0], &create.cleanup[0], &create.recover[0]]
            .map(|step| step.form(Driver::Notion).unwrap().clone())
    }

    /// So many attempts, all of this fate.
    fn tries(fate: Fate, count: u32) -> Tries {
        (0..count).fold(Tries::default(), |tries, _| tries.and(fate))
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
            let after =
                |count| forms().map(|form| next(fate, &form, tries(fate, count), MAX_ATTEMPTS));
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
            let tries = tries(Fate::TurnedAway, attempt);
            assert_eq!(next(Fate::TurnedAway, form, tries, most), then);
        }
        let failed = tries(Fate::Unknown, MAX_ATTEMPTS);
        assert_eq!(next(Fate::Unknown, &forms()[1], failed, 10), Next::Keep);
    }

    proptest! {
        /// What is decided, and how long it has to wait, depends on the attempts of its own kind alone.
        #[test]
        fn refusals_and_failures_do_not_use_up_each_others_tries(
            turned_away in 1u32..30, let_in in 1u32..30, other in 0u32..30, most in 1u32..20,
        ) {
            for form in forms() {
                let refused = Tries { turned_away, let_in: 0 };
                let fate = Fate::TurnedAway;
                let (alone, beside) = (refused, Tries { let_in: other, ..refused });
                let then = next(fate, &form, alone, most);
                prop_assert_eq!(next(fate, &form, beside, most), then);
                prop_assert_eq!(pause(None, fate, then, beside), pause(None, fate, then, alone));
                let failed = Tries { turned_away: 0, let_in };
                for fate in [Fate::NotSaved, Fate::Unknown, Fate::ConnectionClosed] {
                    let (alone, beside) = (failed, Tries { turned_away: other, ..failed });
                    let then = next(fate, &form, alone, most);
                    prop_assert_eq!(next(fate, &form, beside, most), then);
                    prop_assert_eq!(pause(None, fate, then, beside), pause(None, fate, then, alone));
                }
            }
        }
    }

    #[test]
    fn a_pause_is_the_one_asked_for_and_else_doubles() {
        let second = Duration::from_secs(1);
        let asked = Some(49 * second);
        let of = |asked, fate, next, count| pause(asked, fate, next, tries(fate, count));
        assert_eq!(of(asked, Fate::Final, Next::Keep, 1), asked);
        for (count, doubled) in [(1, second), (2, 2 * second), (3, 4 * second)] {
            let turned_away = of(None, Fate::TurnedAway, Next::Keep, count);
            assert_eq!(turned_away, Some(doubled));
            let again = of(None, Fate::Unknown, Next::SendAgain, count);
            assert_eq!(again, Some(doubled));
        }
        assert_eq!(of(None, Fate::Unknown, Next::LookUp, 1), None);
        assert_eq!(of(None, Fate::ConnectionClosed, Next::SendAgain, 1), None);
    }
}
