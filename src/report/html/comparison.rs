//! Several records side by side, as a page.

use maud::{Markup, html};

use super::words::{badge, code, foreign, sentence};
use crate::report::comparison::{ComparedScenario, Comparison};

/// The comparison as a page.
#[must_use]
pub fn comparison_html(comparison: &Comparison) -> String {
    let title = format!("{} runs side by side", comparison.runs.len());
    let body = html! {
        header.compared {
            h1 { (title) }
            p.lead {
                "Figures of stored runs stand beside each other here; that they differ proves nothing by itself. \
                 What the runs do not have in common stands at the end."
            }
        }
        section aria-labelledby="runs" {
            h2 id="runs" { "The runs" }
            (region("runs", &runs(comparison)))
        }
        @for (at, scenario) in comparison.scenarios.iter().enumerate() {
            @let id = format!("scenario-{at}");
            section aria-labelledby=(id) {
                h2 id=(id) { (foreign(&scenario.name)) }
                (region(&id, &figures(comparison, scenario)))
            }
        }
        @if !comparison.unlike.is_empty() {
            section aria-labelledby="unlike" {
                h2 id="unlike" { "What the runs do not have in common" }
                (region("unlike", &unlike(comparison)))
            }
        }
    };
    let made = html! {
        "Made by cutover from " (comparison.runs.len()) " records; " code { "cutover report" } " makes it again."
    };
    super::frame(&format!("{title} · cutover"), &body, &made)
}

/// A table that is wider than the page moves in a place of its own.
fn region(labelled_by: &str, table: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-labelledby=(labelled_by) { (table) } }
}

fn runs(comparison: &Comparison) -> Markup {
    html! {
        table.compared {
            thead {
                tr {
                    @for name in ["run", "verdict", "first reason", "name", "started", "made by"] {
                        th scope="col" { (name) }
                    }
                }
            }
            tbody {
                @for run in &comparison.runs {
                    tr {
                        th scope="row" { (run.letter) }
                        td { (badge(run.outcome)) " " (sentence(&run.headline)) }
                        td { @match &run.reason { Some(reason) => (sentence(reason)), None => "-" } }
                        td { (foreign(&run.run)) }
                        td { (foreign(&run.started)) }
                        td { (code(&run.command)) }
                    }
                }
            }
        }
    }
}

fn letters(comparison: &Comparison) -> Markup {
    html! {
        thead {
            tr {
                td {}
                @for run in &comparison.runs { th scope="col" { (run.letter) } }
            }
        }
    }
}

fn figures(comparison: &Comparison, scenario: &ComparedScenario) -> Markup {
    html! {
        table.compared {
            (letters(comparison))
            tbody {
                tr {
                    th scope="row" { "verdict" }
                    @for outcome in &scenario.outcomes {
                        td { @match outcome { Some(outcome) => (badge(*outcome)), None => "-" } }
                    }
                }
                @for line in &scenario.lines {
                    tr {
                        th scope="row" { (foreign(&line.what)) }
                        @for value in &line.values { td { (value) } }
                    }
                }
            }
        }
    }
}

fn unlike(comparison: &Comparison) -> Markup {
    html! {
        table.compared {
            (letters(comparison))
            tbody {
                @for unlike in &comparison.unlike {
                    tr {
                        th scope="row" { (foreign(&unlike.what)) }
                        @for value in &unlike.values { td { (sentence(value)) } }
                    }
                }
            }
        }
    }
}
