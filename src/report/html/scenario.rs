//! Each scenario with its charts: what was measured, as it was measured.

use maud::{Markup, html};

use super::figure::figure;
use super::words::{badge, foreign, sentence};
use crate::report::chart::DrawError;
use crate::report::summary::{Row, Summary};

/// Every scenario, one after the other.
pub(super) fn scenarios(summary: &Summary<'_>) -> Result<Markup, DrawError> {
    if summary.rows.is_empty() {
        return Ok(html! {});
    }
    let rows: Vec<Markup> = summary
        .rows
        .iter()
        .map(scenario)
        .collect::<Result<_, _>>()?;
    Ok(html! {
        section aria-labelledby="scenarios" {
            h2 id="scenarios" { "What was measured" }
            @for row in &rows { (row) }
        }
    })
}

fn scenario(row: &Row) -> Result<Markup, DrawError> {
    let figures: Vec<Markup> = row.charts.iter().map(figure).collect::<Result<_, _>>()?;
    let summary = row.summary.trim().trim_end_matches('.');
    Ok(html! {
        section.scenario id={ "scenario_" (row.slug) } {
            div.title { h3 { (foreign(&row.scenario)) } (badge(row.outcome)) }
            p {
                @if !summary.is_empty() { (foreign(summary)) ". " }
                span.aside { "The promise stands in: " (sentence(&row.promise.source)) "." }
            }
            @if figures.is_empty() {
                p.aside { "Nothing was measured." }
            } @else {
                div.charts { @for figure in &figures { (figure) } }
            }
        }
    })
}
