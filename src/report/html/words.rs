//! Text of any length and origin as the page shows it: as text, isolated, and in bounds.
//!
//! An answer may have megabytes, and its writer may want to be taken for the product. So long texts
//! are cut with a note, what would act is made visible, and names keep their direction to themselves.

use maud::{Markup, html};

use crate::report::foreign::cut;
use crate::report::sentence::{Piece, pieces};
use crate::verdict::Outcome;

/// A sentence of the product, its commands and values as code.
pub(super) fn sentence(text: &str) -> Markup {
    let (shown, left) = cut(text.trim());
    html! {
        @for piece in pieces(&shown) {
            @match piece {
                Piece::Words(words) => (words),
                Piece::Code(code) => code { (code) },
                Piece::Tick => "`",
            }
        }
        (note(left))
    }
}

/// A name or a remark that somebody else wrote. Its direction is its own, where it may have one.
pub(super) fn foreign(text: &str) -> Markup {
    let (shown, left) = cut(text.trim());
    html! {
        @if shown.is_ascii() { (shown) } @else { bdi { (shown) } }
        (note(left))
    }
}

/// A value to be copied.
pub(super) fn code(text: &str) -> Markup {
    let (shown, left) = cut(text.trim());
    html! { code { (shown) } (note(left)) }
}

/// A text where there can be no markup: an attribute, or the title of the page.
pub(super) fn plain(text: &str) -> String {
    cut(text.trim()).0
}

fn note(left: usize) -> Markup {
    html! {
        @if left > 0 {
            span.cut { " … " (left) " more characters: see " code { "record.json" } }
        }
    }
}

/// Says how many lines of a list are not shown, and which file has them.
pub(super) fn more(all: usize, most: usize, file: &str) -> Markup {
    html! {
        @if all > most { p.left-out { "And " (all - most) " more, which " code { (file) } " lists." } }
    }
}

/// An outcome as a word beside the sign that the style sheet draws: neither the colour nor the shape
/// is needed to read it.
pub(super) fn badge(outcome: Outcome) -> Markup {
    html! { span.badge.(class(outcome)) { (outcome.word()) } }
}

/// The name of an outcome in the style sheet.
pub(super) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Go => "go",
        Outcome::NoGo => "no-go",
        Outcome::GoWithWaivers | Outcome::Inconclusive => "open",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::foreign::LONGEST;

    #[test]
    fn a_long_text_is_cut_with_a_note() {
        let long = "é".repeat(10_000_000);
        let shown = foreign(&long).into_string();
        assert!(shown.len() < 3_000, "{shown}");
        assert!(shown.contains("9998800 more characters"), "{shown}");
        assert!(!foreign(&"é".repeat(LONGEST)).into_string().contains("more"));
    }

    #[test]
    fn commands_are_code_and_everything_else_is_text() {
        assert_eq!(
            sentence("run `cutover <init>` & wait \u{202e}").into_string(),
            "run <code>cutover &lt;init&gt;</code> &amp; wait \u{fffd}"
        );
        assert_eq!(foreign("a <b>").into_string(), "a &lt;b&gt;");
        assert_eq!(foreign("שלום").into_string(), "<bdi>שלום</bdi>");
    }
}
