//! The first screen: the verdict's word, one sentence, and what to do next.

use maud::{Markup, html};

use super::room::Space;
use super::words::{badge, class, foreign, more, sentence};
use crate::report::summary::{Reason, Summary};

/// The verdict, and what a reader must know before anything else.
pub(super) fn verdict(summary: &Summary<'_>, space: &Space<'_, '_>) -> Markup {
    html! {
        header.verdict.(class(summary.outcome)) {
            div.said {
                h1 {
                    span.word { (summary.outcome.word()) }
                    span.unseen { ": " }
                    span.headline { (sentence(&summary.headline)) }
                }
                p.lead { (sentence(&summary.sentence)) }
                @if let Some(simulated) = &summary.simulated {
                    p.simulated { (sentence(simulated)) }
                }
            }
            @if !summary.next.is_empty() {
                section.next aria-labelledby="next" {
                    h2 id="next" { "What to do next" }
                    ol { @for line in summary.next.iter().take(space.lines) { li { (sentence(line)) } } }
                    (more(summary.next.len(), space.lines, "verdict.json"))
                }
            }
        }
    }
}

/// Every waiver, needed or not.
pub(super) fn waivers(summary: &Summary<'_>, space: &Space<'_, '_>) -> Markup {
    html! {
        @if !summary.waivers.is_empty() {
            section aria-labelledby="waivers" {
                h2 id="waivers" { "Waivers" }
                ul { @for line in summary.waivers.iter().take(space.lines) { li { (sentence(line)) } } }
                (more(summary.waivers.len(), space.lines, "verdict.json"))
            }
        }
    }
}

/// Every gate that does not hold, the cause first.
pub(super) fn why(summary: &Summary<'_>, space: &Space<'_, '_>) -> Markup {
    html! {
        @if !summary.why.is_empty() {
            section aria-labelledby="why" {
                h2 id="why" { "Why" }
                ul.reasons {
                    @for reason in summary.why.iter().take(space.lines) { (reason_item(reason)) }
                }
                (more(summary.why.len(), space.lines, "verdict.json"))
            }
        }
    }
}

fn reason_item(reason: &Reason) -> Markup {
    html! {
        li {
            (badge(reason.outcome))
            div {
                strong { (foreign(&reason.subject)) }
                @if !reason.is_required { span.aside { " (not required)" } }
                @if let Some(next) = &reason.next { p { (sentence(next)) } }
                p { (sentence(&reason.text)) }
            }
        }
    }
}
