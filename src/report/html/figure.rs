//! A chart in the page: its picture in two shapes of which one is seen, its text alternative, and
//! the figures behind it.

use maud::{Markup, PreEscaped, html};

use super::room::{Room, Space};
use super::words::{foreign, plain, sentence};
use crate::report::chart::{DrawError, Shape};
use crate::report::summary::{Chart, Table};

/// A scenario's chart, by its place, with its title, its text alternative and its data.
pub(super) fn figure<'c>(
    (at, chart): (usize, &'c Chart),
    space: &Space<'_, 'c>,
) -> Result<Markup, DrawError> {
    let room = space.room;
    let drawing = room.draws(at).then(|| shapes(chart, space)).transpose()?;
    let (title, alt) = (format!("{}-title", chart.id), format!("{}-alt", chart.id));
    let told = html! {
        strong id=(title) { (sentence(&chart.title)) }
        p id=(alt) { (sentence(&chart.alt)) }
    };
    Ok(html! {
        @if let Some(drawing) = &drawing {
            figure {
                div.drawing role="img" aria-labelledby=(title) aria-describedby=(alt) { (drawing) }
                div.told { figcaption { (told) } @if room < Room::Words { (data(chart)) } }
            }
        } @else {
            div.told {
                (told)
                p.aside {
                    code { "cutover report --all" } " draws it as " code { "charts/" (chart.id) ".svg" } "."
                }
                @if room < Room::Words { (data(chart)) }
            }
        }
    })
}

/// A chart beside the figures that it shows: it needs no title and no table.
pub(super) fn strip<'c>(chart: &'c Chart, space: &Space<'_, 'c>) -> Result<Markup, DrawError> {
    let drawing = shapes(chart, space)?;
    Ok(html! {
        figure.strip {
            div.drawing role="img" aria-label=(plain(&chart.alt)) { (drawing) }
        }
    })
}

/// Both shapes, of which the style sheet shows the one that fits, or one for every place.
fn shapes<'c>(chart: &'c Chart, space: &Space<'_, 'c>) -> Result<Markup, DrawError> {
    let narrow = space.picture(chart, Shape::Narrow)?;
    let narrow = PreEscaped(&*narrow);
    if space.room > Room::Ample {
        return Ok(html! { (narrow) });
    }
    let wide = space.picture(chart, Shape::Wide)?;
    let wide = PreEscaped(&*wide);
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
