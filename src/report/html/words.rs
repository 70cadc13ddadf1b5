//! Text of any length and origin as the page shows it: as text, isolated, and in bounds.
//!
//! An answer may have megabytes, and its writer may want to be taken for the product. So long texts
//! are cut with a note, what would act is made visible, and names keep their direction to themselves.

use maud::{Markup, html};

use crate::report::foreign::visible;
use crate::report::sentence::{Piece, pieces};
use crate::verdict::Outcome;

/// The characters of one text that are shown. The longest of the product's own has about 900.
const LONGEST: usize = 1_200;

/// A sentence of the product, its commands and values as code.
pub(super) fn sentence(text: &str) -> Markup {
    let (shown, left) = cut(text);
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

/// A name or a remark that somebody else wrote. Its direction is its own.
pub(super) fn foreign(text: &str) -> Markup {
    let (shown, left) = cut(text);
    html! { bdi { (shown) } (note(left)) }
}

/// A value to be copied.
pub(super) fn code(text: &str) -> Markup {
    let (shown, left) = cut(text);
    html! { code { (shown) } (note(left)) }
}

/// A text where there can be no markup: an attribute, or the title of the page.
pub(super) fn plain(text: &str) -> String {
    cut(text).0
}

/// The part that is shown, and how many characters are not.
fn cut(text: &str) -> (String, usize) {
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => (visible(&text[..at]), text[at..].chars().count()),
        None => (visible(text), 0),
    }
}

fn note(left: usize) -> Markup {
    html! {
        @if left > 0 {
            span.cut { " … " (left) " more characters: see " code { "record.json" } }
        }
    }
}

/// An outcome as a word beside its sign: neither the colour nor the shape is needed to read it.
pub(super) fn badge(outcome: Outcome) -> Markup {
    html! {
        span.badge.(class(outcome)) { (sign(outcome)) (outcome.word()) }
    }
}

/// An outcome's sign; the word stands beside it.
pub(super) fn sign(outcome: Outcome) -> Markup {
    let href = format!("#sign-{}", class(outcome));
    html! { svg.sign aria-hidden="true" { use href=(href) {} } }
}

/// The name of an outcome in the style sheet.
pub(super) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Go => "go",
        Outcome::NoGo => "no-go",
        Outcome::Inconclusive => "open",
    }
}

/// The signs, drawn once: a circle, an octagon and a diamond are told apart without colour.
pub(super) fn signs() -> Markup {
    html! {
        svg.signs aria-hidden="true" {
            symbol id="sign-go" viewBox="0 0 24 24" {
                circle cx="12" cy="12" r="11" fill="currentColor" {}
                path d="M6.5 12.5l3.8 3.8 7.2-8" {}
            }
            symbol id="sign-no-go" viewBox="0 0 24 24" {
                path.face d="M7.6 1.4h8.8l6.2 6.2v8.8l-6.2 6.2H7.6l-6.2-6.2V7.6z" {}
                path d="M8 8l8 8M16 8l-8 8" {}
            }
            symbol id="sign-open" viewBox="0 0 24 24" {
                path.face d="M12 .5L23.5 12 12 23.5.5 12z" {}
                path d="M9.4 9.6a2.7 2.7 0 1 1 4.2 2.2c-1 .7-1.6 1.2-1.6 2.3M12 17.2v.1" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(foreign("שלום").into_string(), "<bdi>שלום</bdi>");
    }
}
