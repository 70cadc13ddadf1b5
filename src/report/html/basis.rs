//! What the verdict rests on: the assumptions, the machine, the method, and how to do it again.

use maud::{Markup, html};

use super::room::Space;
use super::words::{code, more, sentence};
use crate::report::summary::Summary;

/// Lines of what was left behind that are shown: a run may write hundreds of objects.
const LEFTOVERS: usize = 200;

/// The sections that close the page.
pub(super) fn basis(summary: &Summary<'_>, space: &Space<'_, '_>) -> Markup {
    html! {
        div.basis {
            section aria-labelledby="assumptions" {
                h2 id="assumptions" { "What the figures rest on" }
                @if let Some(simulated) = &summary.simulated {
                    p.simulated { (sentence(simulated)) }
                }
                ul {
                    @for line in summary.assumptions.iter().take(space.lines) { li { (sentence(line)) } }
                }
                (more(summary.assumptions.len(), space.lines, "record.json"))
            }
            section aria-labelledby="circumstances" {
                h2 id="circumstances" { "Circumstances" }
                dl.circumstances {
                    div { dt { "run" } dd { (code(&summary.run)) } }
                    @for (name, value) in &summary.circumstances {
                        div { dt { (*name) } dd { (sentence(value)) } }
                    }
                }
            }
            section aria-labelledby="method" {
                h2 id="method" { "The method" }
                p { (sentence(summary.method)) }
            }
            section aria-labelledby="again" {
                h2 id="again" { "To measure it again" }
                p { "This report was made by " (code(&summary.command)) ". To repeat it:" }
                p.command { (code(&summary.repeat)) }
            }
            (leftovers(&summary.leftovers, LEFTOVERS.min(space.lines)))
        }
    }
}

fn leftovers(leftovers: &[String], most: usize) -> Markup {
    html! {
        @if !leftovers.is_empty() {
            section aria-labelledby="leftovers" {
                h2 id="leftovers" { "Left behind" }
                ul { @for line in leftovers.iter().take(most) { li { (sentence(line)) } } }
                (more(leftovers.len(), most, "record.json"))
            }
        }
    }
}
