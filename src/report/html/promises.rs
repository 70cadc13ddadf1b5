//! The promise table: what was promised, what was measured of it with its bounds, and the verdict.

use maud::{Markup, html};

use super::figure::strip;
use super::room::{Room, Space};
use super::words::{badge, foreign, more, sentence};
use crate::report::chart::DrawError;
use crate::report::figure::{bounded_ratio, bounded_seconds};
use crate::report::summary::{Chart, Row, Side, Summary};

/// One line of a promise: its name, how often it was measured, the promise, p50, p95, its picture.
struct Line<'r> {
    name: &'static str,
    counted: Option<&'r Side>,
    promised: String,
    p50: String,
    p95: String,
    strip: Option<&'r Chart>,
}

/// The table of all scenarios.
pub(super) fn promises<'c>(
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
        .map(|one| row(one, space))
        .collect::<Result<_, _>>()?;
    let has_pictures = space.room < Room::NoPictures;
    Ok(html! {
        section aria-labelledby="promises" {
            h2 id="promises" { "Promised and measured" }
            p.legend {
                "In brackets stand bounds, 95 % certain in each direction at every look; "
                code { "-" } " stands where there is none (yet)."
                @if has_pictures {
                    " The band of a picture is the promise, a mark is what was measured, and the line through it \
                    reaches from bound to bound."
                }
            }
            @if rows.len() < summary.rows.len() {
                p.left-out {
                    "Only " (rows.len()) " of " (summary.rows.len()) " scenarios have room on this page, those that \
                    do not hold before the others: " code { "verdict.json" } " has all of them."
                }
            }
            // The roles hold where the style sheet stacks the cells.
            table.promises role="table" aria-labelledby="promises" {
                thead role="rowgroup" {
                    tr role="row" {
                        @for name in ["promise", "promised", "p50 [bounds]", "p95 [bounds]", "picture", "verdict"] {
                            th scope="col" role="columnheader" { (name) }
                        }
                    }
                }
                @for row in &rows { (row) }
            }
            (before(&summary.before, space.lines))
            (reach(&summary.reach, space.lines))
        }
    })
}

fn row<'c>(row: &'c Row, space: &Space<'_, 'c>) -> Result<Markup, DrawError> {
    let lines: Vec<Markup> = lines(row)
        .iter()
        .map(|one| line(one, space))
        .collect::<Result<_, _>>()?;
    Ok(html! {
        tbody role="rowgroup" {
            tr.of role="row" {
                th scope="rowgroup" role="rowheader" colspan="5" {
                    a href={ "#scenario_" (row.slug) } { (foreign(&row.scenario)) }
                }
                td.verdict role="cell" rowspan="4" { (badge(row.outcome)) }
            }
            @for line in &lines { (line) }
        }
    })
}

fn lines(row: &Row) -> [Line<'_>; 3] {
    let strips = row.strips.as_ref();
    let side = |name, promised: String, side, strip| Line {
        name,
        counted: Some(side),
        promised,
        p50: bounded_seconds(&side.p50),
        p95: bounded_seconds(&side.p95),
        strip,
    };
    [
        side(
            "before",
            row.promise.before.to_string(),
            &row.baseline,
            strips.map(|strips| &strips.before),
        ),
        side(
            "after",
            row.promise.after.to_string(),
            &row.candidate,
            strips.map(|strips| &strips.after),
        ),
        Line {
            name: "speedup",
            counted: None,
            promised: row.promise.speedup.to_string(),
            p50: bounded_ratio(&row.speedup_p50),
            p95: bounded_ratio(&row.speedup_p95),
            strip: strips.map(|strips| &strips.speedup),
        },
    ]
}

fn line<'c>(line: &Line<'c>, space: &Space<'_, 'c>) -> Result<Markup, DrawError> {
    let chart = line.strip.filter(|_| space.room < Room::NoPictures);
    let strip = chart.map(|chart| strip(chart, space)).transpose()?;
    Ok(html! {
        tr role="row" {
            th scope="row" role="rowheader" {
                (line.name)
                @if let Some(side) = line.counted {
                    small { (side.iterations) " iterations, " (format!("{:.0}", side.failed)) " failed" }
                }
            }
            td role="cell" { (line.promised) }
            td role="cell" { (line.p50) }
            td role="cell" { (line.p95) }
            td.picture role="cell" { @if let Some(strip) = &strip { (strip) } }
        }
    })
}

fn before(claims: &[String], most: usize) -> Markup {
    html! {
        @if !claims.is_empty() {
            h3 { "Was " code { "before" } " true?" }
            ul.claims { @for claim in claims.iter().take(most) { li { (sentence(claim)) } } }
            (more(claims.len(), most, "verdict.json"))
        }
    }
}

fn reach(claims: &[String], most: usize) -> Markup {
    html! {
        @if !claims.is_empty() {
            h3 { "Where the time goes" }
            ul.claims { @for claim in claims.iter().take(most) { li { (sentence(claim)) } } }
            (more(claims.len(), most, "verdict.json"))
        }
    }
}
