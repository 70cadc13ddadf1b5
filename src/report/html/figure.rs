//! A chart in the page: its picture in two shapes of which one is seen, its text alternative, and
//! the figures behind it.

use maud::{Markup, PreEscaped, html};

use super::words::{foreign, plain, sentence};
use crate::report::chart::{DrawError, Shape, inline_svg};
use crate::report::summary::{Chart, Table};

/// What a page has room for. Pictures go first: every chart keeps its words, and its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Room {
    /// Every chart in both shapes.
    Ample,
    /// Every chart in the shape that can be read everywhere.
    OneShape,
    /// Of each scenario the first chart alone; the others have their words and figures.
    OnePicture,
    /// Words and figures, and the promises' pictures.
    Figures,
    /// Words alone, and the promises' pictures.
    Words,
}

impl Room {
    /// From everything to the least.
    pub(super) const ALL: [Self; 5] = [
        Self::Ample,
        Self::OneShape,
        Self::OnePicture,
        Self::Figures,
        Self::Words,
    ];

    /// Whether a scenario's chart is drawn, by its place.
    fn draws(self, at: usize) -> bool {
        match self {
            Self::Ample | Self::OneShape => true,
            Self::OnePicture => at == 0,
            Self::Figures | Self::Words => false,
        }
    }
}

/// A scenario's chart, by its place, with its title, its text alternative and its data.
pub(super) fn figure((at, chart): (usize, &Chart), room: Room) -> Result<Markup, DrawError> {
    let drawing = room.draws(at).then(|| shapes(chart, room)).transpose()?;
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
                p.aside { "Drawn in " code { "charts/" (chart.id) ".svg" } "." }
                @if room < Room::Words { (data(chart)) }
            }
        }
    })
}

/// A chart beside the figures that it shows: it needs no title and no table.
pub(super) fn strip(chart: &Chart, room: Room) -> Result<Markup, DrawError> {
    let drawing = shapes(chart, room)?;
    Ok(html! {
        figure.strip {
            div.drawing role="img" aria-label=(plain(&chart.alt)) { (drawing) }
        }
    })
}

/// Both shapes, of which the style sheet shows the one that fits, or one for every place.
fn shapes(chart: &Chart, room: Room) -> Result<Markup, DrawError> {
    let narrow = PreEscaped(inline_svg(chart, Shape::Narrow)?);
    if room > Room::Ample {
        return Ok(html! { (narrow) });
    }
    let wide = PreEscaped(inline_svg(chart, Shape::Wide)?);
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
