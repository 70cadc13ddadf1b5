//! Each scenario with its charts: what was measured, as it was measured.

use maud::{Markup, html};

use super::figure::figure;
use super::room::{Room, Space};
use super::words::{badge, foreign, sentence};
use crate::report::chart::DrawError;
use crate::report::summary::{Row, Summary};

/// Every scenario, one after the other.
pub(super) fn scenarios<'c>(
    summary: &'c Summary<'_>,
    space: &Space<'_, 'c>,
) -> Result<Markup, DrawError> {
    if summary.rows.is_empty() {
        return Ok(html! {});
    }
    let rows: Vec<Markup> = summary
        .rows
        .iter()
        .filter(|row| space.shows(&row.scenario))
        .map(|row| scenario(row, space))
        .collect::<Result<_, _>>()?;
    Ok(html! {
        section aria-labelledby="scenarios" {
            h2 id="scenarios" { "What was measured" }
            @for row in &rows { (row) }
        }
    })
}

fn scenario<'c>(row: &'c Row, space: &Space<'_, 'c>) -> Result<Markup, DrawError> {
    let figures: Vec<Markup> = row
        .charts
        .iter()
        .enumerate()
        .map(|chart| figure(chart, space))
        .collect::<Result<_, _>>()?;
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
                div.charts.small[space.room > Room::Ample] { @for figure in &figures { (figure) } }
            }
        }
    })
}
