//! Charts as pictures, because a reader believes what is seen sooner than what is listed: one layout
//! for each kind of drawing, as SVG for pages and files and as PNG for everything else.
//!
//! ```text
//! Chart -> strip | distribution | closing | timeline | breakdown -> Picture -> paint -> svg | raster
//! ```
//!
//! A drawing takes no decision about data; where a label has no room it is left out, for the chart's
//! table has every figure.

mod axis;
mod breakdown;
mod closing;
mod distribution;
mod font;
mod frame;
mod gutter;
mod paint;
mod palette;
mod picture;
mod raster;
mod strip;
mod svg;
mod timeline;

pub use palette::STYLE;
use thiserror::Error;

use super::summary::{Chart, Drawing};
use frame::Sheet;
use picture::{Picture, shown};

/// Why a chart could not be drawn.
#[derive(Debug, Error)]
#[error("the chart `{chart}` cannot be drawn: {reason}")]
pub struct DrawError {
    /// Its id.
    pub chart: String,
    /// What the drawing library says.
    pub reason: String,
}

/// How wide a chart is laid out, so that its text can be read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// For a screen or a sheet.
    Wide,
    /// For a phone, 360 pixels wide.
    Narrow,
}

/// The size of a plot, and of its text.
fn sheet(shape: Shape) -> Sheet {
    let (width, height, size) = match shape {
        Shape::Wide => (720.0, 320.0, 12.0),
        Shape::Narrow => (320.0, 280.0, 11.0),
    };
    Sheet {
        width,
        height,
        size,
    }
}

/// The chart as an `<svg>` element for a page that has [`STYLE`]. It is hidden from assistive
/// technology: the page gives its text alternative.
///
/// # Errors
/// When the drawing library refuses.
pub fn inline_svg(chart: &Chart, shape: Shape) -> Result<String, DrawError> {
    let picture = picture(chart, shape)?;
    let marks = svg::marks(&picture).map_err(|reason| error(chart, reason))?;
    Ok(format!(
        "<svg class=\"chart\" data-chart=\"{}\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
         aria-hidden=\"true\" focusable=\"false\">{marks}</svg>",
        svg::escaped(&shown(&chart.id)),
        w = picture.width,
        h = picture.height,
    ))
}

/// The chart as an SVG file that stands for itself: with its title, what it is about, its text alternative, its colours
/// for light and dark, and a ground.
///
/// # Errors
/// When the drawing library refuses.
pub fn svg_file(chart: &Chart) -> Result<String, DrawError> {
    let picture = picture(chart, Shape::Wide)?.standalone(&chart.title, &chart.subject);
    let marks = svg::marks(&picture).map_err(|reason| error(chart, reason))?;
    let about = match chart.subject.as_str() {
        "" => String::new(),
        subject => format!("{subject}. "),
    };
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {w} {h}\" \
         width=\"{w}\" height=\"{h}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}{}</desc>\n<style>\n{STYLE}</style>\n\
         {marks}\n</svg>\n",
        svg::escaped(&shown(&chart.title)),
        svg::escaped(&shown(&about)),
        svg::escaped(&shown(&chart.alt)),
        w = picture.width,
        h = picture.height,
    ))
}

/// The chart as a PNG file in the light colours, at twice the size of the SVG file.
///
/// # Errors
/// When the drawing library refuses.
pub fn png(chart: &Chart) -> Result<Vec<u8>, DrawError> {
    let picture = picture(chart, Shape::Wide)?.standalone(&chart.title, &chart.subject);
    raster::png(&picture).map_err(|reason| error(chart, reason))
}

fn picture(chart: &Chart, shape: Shape) -> Result<Picture, DrawError> {
    if !font::is_ready() {
        return Err(error(chart, "the embedded font cannot be read".to_owned()));
    }
    Ok(match &chart.drawing {
        Drawing::Strip(strip) => strip::picture(strip, shape),
        Drawing::Distribution(distribution) => distribution::picture(distribution, shape),
        Drawing::Closing(closing) => closing::picture(closing, shape),
        Drawing::Timeline(timeline) => timeline::picture(timeline, shape),
        Drawing::Breakdown(breakdown) => breakdown::picture(breakdown, shape),
    })
}

fn error(chart: &Chart, reason: String) -> DrawError {
    DrawError {
        chart: chart.id.clone(),
        reason,
    }
}

#[cfg(test)]
mod tests;
