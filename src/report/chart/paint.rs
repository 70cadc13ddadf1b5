//! From a picture to a backend of the drawing library, whichever it is.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _};
use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color as _, FontDesc, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle,
};

use super::font;
use super::palette::Colour;
use super::picture::{Anchor, Label, Mark, Pen, Picture, Point};

/// How a backend counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolution {
    /// Its pixels for each of the picture's.
    pub(super) factor: u32,
    /// What it calls the size of a text of one em.
    pub(super) size_em: f64,
    /// How far above the base line it wants a text to be placed, in its size.
    pub(super) rise: f64,
}

impl Resolution {
    /// A length in the backend's pixels.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a picture's lengths are a few thousand pixels, and a cast saturates"
    )]
    pub(super) fn pixels(self, length: f64) -> i32 {
        (length * f64::from(self.factor)).round() as i32
    }

    fn place(self, point: Point) -> (i32, i32) {
        (self.pixels(point.0), self.pixels(point.1))
    }

    fn places(self, points: &[Point]) -> Vec<(i32, i32)> {
        points.iter().map(|point| self.place(*point)).collect()
    }
}

/// Draws every mark.
pub(super) fn paint<B: DrawingBackend>(
    picture: &Picture,
    backend: B,
    resolution: Resolution,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    let area = backend.into_drawing_area();
    for mark in &picture.marks {
        match mark {
            Mark::Line(points, pen) => line(&area, resolution, points, *pen)?,
            Mark::Area(points, colour, opacity) => {
                let points = resolution.places(points);
                area.draw(&Polygon::new(points, filled(*colour, *opacity)))?;
            }
            Mark::Block(extent, colour, opacity) => {
                let corners = [
                    resolution.place((extent.left, extent.top)),
                    resolution.place((extent.right, extent.bottom)),
                ];
                area.draw(&Rectangle::new(corners, filled(*colour, *opacity)))?;
            }
            Mark::Circle(at, radius, colour, is_filled) => {
                let radius = resolution.pixels(f64::from(*radius));
                let style = ShapeStyle {
                    color: rgba(*colour, 1.0),
                    filled: *is_filled,
                    stroke_width: resolution.factor,
                };
                area.draw(&Circle::new(resolution.place(*at), radius, style))?;
            }
            Mark::Text(label) => text(&area, resolution, label)?,
        }
    }
    area.present()
}

fn line<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    resolution: Resolution,
    points: &[Point],
    pen: Pen,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    let style = rgba(pen.colour, 1.0).stroke_width(pen.width * resolution.factor);
    let mut points = resolution.places(points);
    points.dedup();
    let Some((dash, space)) = pen.dash else {
        return area.draw(&PathElement::new(points, style));
    };
    let length = |length: i32| resolution.pixels(f64::from(length));
    area.draw(&DashedPathElement::new(
        points,
        length(dash),
        length(space),
        style,
    ))
}

fn text<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    resolution: Resolution,
    label: &Label,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    let size = label.size * resolution.size_em * f64::from(resolution.factor);
    let (x, y) = resolution.place(label.at);
    let rise = Resolution {
        factor: 1,
        ..resolution
    }
    .pixels(size * resolution.rise);
    let anchor = match label.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let style = TextStyle {
        font: FontDesc::new(font::FAMILY, size, FontStyle::Normal),
        color: rgba(label.colour, 1.0).to_backend_color(),
        pos: Pos::new(anchor, VPos::Top),
    };
    area.draw(&Text::new(label.text.as_str(), (x, y - rise), style))
}

fn rgba(colour: Colour, opacity: f64) -> RGBAColor {
    let (r, g, b) = colour.light;
    RGBColor(r, g, b).mix(opacity)
}

fn filled(colour: Colour, opacity: f64) -> ShapeStyle {
    rgba(colour, opacity).filled()
}
