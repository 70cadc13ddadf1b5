//! What was looked at beside speed, and what was found: each finding with its example and what to do.

use maud::{Markup, html};

use super::room::{Room, Space};
use super::words::{badge, class, foreign, more, sentence};
use crate::record::Weight;
use crate::report::summary::{Found, Look, Summary};
use crate::verdict::Outcome;

/// Findings of one inspection that are shown where there is room, and where there is little.
const MOST: usize = 40;
const FEW: usize = 5;

/// Every inspection; nothing where speed alone was looked at.
pub(super) fn looks(summary: &Summary<'_>, space: &Space<'_, '_>) -> Markup {
    let most = if space.room >= Room::Words { FEW } else { MOST };
    let shown = space.lines;
    html! {
        @if !summary.looks.is_empty() {
            section aria-labelledby="looks" {
                h2 id="looks" { "What was looked at, and what was found" }
                @for look in summary.looks.iter().take(shown) { (look_item(look, most)) }
                (more(summary.looks.len(), shown, "record.json"))
            }
        }
    }
}

fn look_item(look: &Look, most: usize) -> Markup {
    html! {
        section {
            h3 { (foreign(&look.subject)) }
            @if look.looked_at.is_empty() {
                p { "Nothing could be looked at." }
            } @else {
                p { "Looked at: " (sentence(&look.looked_at)) "." }
            }
            @if look.found.is_empty() && look.missed.is_empty() {
                p { "Nothing was found." }
            }
            ul.reasons {
                @for found in look.found.iter().take(most) { (found_item(found)) }
                @for missed in look.missed.iter().take(most) {
                    li {
                        (badge(Outcome::Inconclusive))
                        div { p { (sentence(missed)) } }
                    }
                }
            }
            (more(look.found.len(), most, "record.json"))
            (more(look.missed.len(), most, "record.json"))
        }
    }
}

fn found_item(found: &Found) -> Markup {
    html! {
        li {
            @match found.weight {
                Weight::Refutes => (badge(Outcome::NoGo)),
                Weight::Doubts => (badge(Outcome::Inconclusive)),
                // It decides nothing, so it has no outcome.
                Weight::Tells => span.badge.(class(Outcome::Go)) { "to know" },
            }
            div {
                strong { (foreign(&found.subject)) }
                p { (sentence(&found.text)) }
                @if let Some(example) = &found.example {
                    p { "For example " (sentence(example)) }
                }
                p.aside { (sentence(&found.next)) }
            }
        }
    }
}
