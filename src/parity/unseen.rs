//! What could not be looked at though both sides answered, and what to do about it: agreement that shows
//! nothing must never read like parity.

use super::Answered;
use super::tally::{By, RuleField};
use crate::record::{Looked, NotLooked};
use crate::scenario::FieldPath;

/// The steps that a side did not answer at all; `None` where there are none.
pub(super) fn not_answered(steps: &[&str], who: &str) -> Option<NotLooked> {
    let (what, to) = match steps {
        [] => return None,
        [step] => ((*step).to_owned(), "this step"),
        [first, rest @ ..] => {
            let many = rest.len();
            let steps = if many == 1 { "step" } else { "steps" };
            (format!("{first} and {many} {steps} after it"), "them")
        }
    };
    Some(NotLooked {
        what,
        why: format!("{who} gave no answer to {to}"),
        next: "Look at what became of the steps before it, and compare again.".to_owned(),
    })
}

/// A step that the baseline does not answer as it should.
pub(super) fn unexpected(left: &Answered<'_>, right: &Answered<'_>, wrong: &str) -> NotLooked {
    let whose = match right.unexpected {
        Some(_) => "neither side's answer is the expected one",
        None => "the baseline's answer is not the expected one",
    };
    NotLooked {
        what: left.step.to_owned(),
        // A detail may end as it likes.
        why: format!("{whose} ({wrong})"),
        next: "Correct the step, what it expects, or the data that it asks for, until the baseline answers as \
               expected."
            .to_owned(),
    }
}

/// A step that the baseline answers as it should once, and once not.
pub(super) fn unexpected_again(again: &Answered<'_>, wrong: &str) -> NotLooked {
    NotLooked {
        what: again.step.to_owned(),
        why: format!(
            "the baseline answered as expected at first, and not when it was asked again for its noise ({wrong})"
        ),
        next: "Compare again when the baseline answers as expected each time.".to_owned(),
    }
}

/// A step of which nothing was compared.
pub(super) fn nothing_compared(looked: &Looked) -> NotLooked {
    NotLooked {
        what: looked.what.clone(),
        why: format!("nothing in its answers is compared ({})", looked.detail),
        next: "Ask for something that is there, and leave less of it out in `[compare]`."
            .to_owned(),
    }
}

/// A rule of a list that could not be followed.
pub(super) fn idle_rule(field: &RuleField) -> NotLooked {
    let RuleField {
        step,
        list,
        by,
        name,
    } = field;
    let does = match by {
        By::Key => "finds partners by",
        By::Order => "sorts by",
    };
    NotLooked {
        what: step.clone(),
        why: format!("the rule for `{list}` {does} `{name}`, which no record has"),
        next: format!("Correct `{name}` in `lists` of `[compare]`, or leave it out."),
    }
}

/// A list whose order nobody knows to be right.
pub(super) fn unkept_order(step: String, list: &FieldPath) -> NotLooked {
    NotLooked {
        what: step,
        why: format!("neither side sorts `{list}` as its rule says, so its order was not compared"),
        next: "Correct `order` in `lists` of `[compare]`: the baseline shows what it is."
            .to_owned(),
    }
}
