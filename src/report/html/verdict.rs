//! The first screen: the verdict's word, one sentence, and what to do next.

use maud::{Markup, html};

use super::words::{badge, class, foreign, sentence};
use crate::report::summary::{Reason, Summary};

/// The verdict, and what a reader must know before anything else.
pub(super) fn verdict(summary: &Summary<'_>) -> Markup {
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
                    ol { @for line in &summary.next { li { (sentence(line)) } } }
                }
            }
        }
    }
}

/// Every gate that does not hold, the cause first.
pub(super) fn why(summary: &Summary<'_>) -> Markup {
    html! {
        @if !summary.why.is_empty() {
            section aria-labelledby="why" {
                h2 id="why" { "Why" }
                ul.reasons { @for reason in &summary.why { (reason_item(reason)) } }
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
                p { (sentence(&reason.text)) }
            }
        }
    }
}
