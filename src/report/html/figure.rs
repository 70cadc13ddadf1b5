//! A chart in the page: its picture in two shapes of which one is seen, its text alternative, and
//! the figures behind it.

use maud::{Markup, PreEscaped, html};

use super::words::{foreign, plain, sentence};
use crate::report::chart::{DrawError, Shape, inline_svg};
use crate::report::summary::{Chart, Table};

/// A chart with its title, its text alternative and its data.
pub(super) fn figure(chart: &Chart) -> Result<Markup, DrawError> {
    let drawing = shapes(chart)?;
    let (title, alt) = (format!("{}-title", chart.id), format!("{}-alt", chart.id));
    Ok(html! {
        figure {
            div.drawing role="img" aria-labelledby=(title) aria-describedby=(alt) { (drawing) }
            div.told {
                figcaption {
                    strong id=(title) { (sentence(&chart.title)) }
                    p id=(alt) { (sentence(&chart.alt)) }
                }
                (data(chart))
            }
        }
    })
}

/// A chart beside the figures that it shows: it needs no title and no table.
pub(super) fn strip(chart: &Chart) -> Result<Markup, DrawError> {
    let drawing = shapes(chart)?;
    Ok(html! {
        figure.strip {
            div.drawing role="img" aria-label=(plain(&chart.alt)) { (drawing) }
        }
    })
}

/// Both shapes; the style sheet shows the one that fits.
fn shapes(chart: &Chart) -> Result<Markup, DrawError> {
    let wide = PreEscaped(inline_svg(chart, Shape::Wide)?);
    let narrow = PreEscaped(inline_svg(chart, Shape::Narrow)?);
    Ok(html! { div.wide { (wide) } div.narrow { (narrow) } })
}

fn data(chart: &Chart) -> Markup {
    let Table { header, rows } = &chart.table;
    html! {
        @if !rows.is_empty() {
            details {
                summary { "The figures" span.unseen { " of: " (sentence(&chart.title)) } }
                div.scroll tabindex="0" role="region" aria-labelledby=(format!("{}-title", chart.id)) {
                    table {
                        caption.unseen { (sentence(&chart.title)) }
                        thead { tr { @for name in header { (head(name)) } } }
                        tbody { @for row in rows { (cells(row)) } }
                    }
                }
            }
        }
    }
}

fn head(name: &str) -> Markup {
    html! {
        @if name.is_empty() {
            td {}
        } @else {
            th scope="col" { (foreign(name)) }
        }
    }
}

fn cells(row: &[String]) -> Markup {
    html! {
        tr {
            @for (at, cell) in row.iter().enumerate() {
                @if at == 0 { th scope="row" { (sentence(cell)) } } @else { td { (sentence(cell)) } }
            }
        }
    }
}
