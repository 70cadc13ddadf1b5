//! A comparison of two builds as a page.

use maud::{Markup, html};

use super::words::{code, foreign, more, plain, sentence};
use crate::record::BlockRecord;
use crate::report::regression::{Cells, HEADER, LEGEND, circumstances, simulated, worth_a_word};
use crate::verdict::{Judged, Regression, RegressionRow};

/// Rows that a page shows; `verdict.json` has all of them.
const MOST_ROWS: usize = 300;

/// The size of the verdict's word: the longest of the four is longer than any outcome of a cutover, and has
/// to fit a phone.
const WORD: &str = "font-size: clamp(1.9rem, 8.2vw, 4rem)";

/// The comparison as a page.
#[must_use]
pub fn regression_html(record: &BlockRecord, found: &Regression) -> String {
    let word = found.verdict.word();
    let open = worth_a_word(found);
    let body = html! {
        header.verdict.(class(found.verdict)) {
            div.said {
                h1 {
                    span.word style=(WORD) { (word) }
                    span.unseen { ": " }
                    span.headline { (sentence(&found.sentence)) }
                }
                p.lead { "Run " (code(&record.run)) ", made by " (code(&record.command)) "." }
                @if let Some(simulated) = simulated(record) { p.simulated { (sentence(&simulated)) } }
            }
        }
        @if !open.is_empty() {
            section aria-labelledby="why" {
                h2 id="why" { "Why" }
                ul.reasons { @for row in open.iter().take(MOST_ROWS) { (reason(row)) } }
                (more(open.len(), MOST_ROWS, "verdict.json"))
            }
        }
        @if !found.rows.is_empty() {
            section aria-labelledby="rows" {
                h2 id="rows" { "All that was compared" }
                div.scroll tabindex="0" role="region" aria-labelledby="rows" { (rows(found)) }
                (more(found.rows.len(), MOST_ROWS, "verdict.json"))
                p.legend { (LEGEND) }
            }
        }
        section aria-labelledby="measured" {
            h2 id="measured" { "How it was measured" }
            dl.circumstances {
                @for (name, text) in circumstances(record) {
                    div { dt { (name) } dd { (foreign(&text)) } }
                }
            }
        }
    };
    let made = html! {
        "Made by cutover from one record; " code { "cutover report" } " makes it again, byte for byte."
    };
    super::frame(
        &format!("{word}: {} · cutover", plain(&found.sentence)),
        &body,
        &made,
    )
}

fn reason(row: &RegressionRow) -> Markup {
    html! {
        li {
            (badge(row.verdict))
            div {
                strong { (foreign(&row.scenario)) " " (foreign(&row.measure)) }
                @if let Some(next) = &row.next { p { (sentence(next)) } }
                p { (sentence(&row.reason)) }
            }
        }
    }
}

fn rows(found: &Regression) -> Markup {
    html! {
        table.compared {
            thead { tr { th scope="col" { "scenario" } @for name in HEADER { th scope="col" { (name) } } } }
            tbody {
                @for row in found.rows.iter().take(MOST_ROWS) {
                    @let cells = Cells::new(row);
                    @let [_, figures @ .., _] = cells.in_order();
                    tr {
                        th scope="row" { (foreign(&row.scenario)) }
                        td { (foreign(&row.measure)) }
                        @for figure in figures { td { (figure) } }
                        td { (badge(row.verdict)) }
                    }
                }
            }
        }
    }
}

/// The verdict as a word beside the sign that the style sheet draws.
fn badge(judged: Judged) -> Markup {
    html! { span.badge.(class(judged)) { (judged.word()) } }
}

/// Its name in the style sheet.
fn class(judged: Judged) -> &'static str {
    match judged {
        Judged::Ok | Judged::Improvement => "go",
        Judged::Regression => "no-go",
        Judged::Inconclusive => "open",
    }
}
