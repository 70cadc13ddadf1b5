//! Charts as SVG, written as shortly as it can be: a page holds dozens of them.
//!
//! The drawing library writes every mark as an element with all its attributes. Here, neighbours that
//! look alike become one path, or one group. The input is only what the library itself wrote: one tag
//! a line, values in double quotes and escaped.

use std::fmt::Write as _;

use plotters::backend::SVGBackend;

use super::paint::{Resolution, paint};
use super::picture::Picture;

/// The library writes a text's size divided by this.
const SIZE_EM: f64 = 1.24;

/// The marks of a picture, without the `<svg>` around them. Text is placed by its base line.
pub(super) fn marks(picture: &Picture) -> Result<String, String> {
    let resolution = Resolution {
        factor: 1,
        size_em: SIZE_EM,
        rise: 0.0,
    };
    let side = |length: f64| resolution.pixels(length).max(1).unsigned_abs();
    let mut raw = String::new();
    let backend = SVGBackend::with_string(&mut raw, (side(picture.width), side(picture.height)));
    paint(picture, backend, resolution).map_err(|error| error.to_string())?;
    Ok(joined(&elements(&raw)))
}

/// Text between tags or in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// One mark: how it looks and where it is.
#[derive(Debug, PartialEq)]
struct Element {
    /// Its attributes but for those of its place.
    look: String,
    place: Place,
}

#[derive(Debug, PartialEq)]
enum Place {
    /// The commands of a path.
    Path(String),
    /// The whole element, without what its group says.
    Whole(String),
}

fn elements(raw: &str) -> Vec<Element> {
    let mut lines = raw.lines();
    let mut elements = Vec::new();
    while let Some(line) = lines.next() {
        let name = line.trim_start_matches('<').split([' ', '>']).next();
        let place = match name.unwrap_or_default() {
            "line" => Place::Path(points([
                (attribute(line, "x1"), attribute(line, "y1")),
                (attribute(line, "x2"), attribute(line, "y2")),
            ])),
            "polyline" => Place::Path(points(pairs(line))),
            "polygon" => Place::Path(points(pairs(line)) + "z"),
            "rect" => match rectangle(line) {
                Some(path) => Place::Path(path),
                None => continue,
            },
            "circle" => Place::Whole(format!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
                attribute(line, "cx"),
                attribute(line, "cy"),
                attribute(line, "r")
            )),
            "text" => Place::Whole(format!(
                "<text x=\"{}\" y=\"{}\">{}</text>",
                attribute(line, "x"),
                attribute(line, "y"),
                lines.next().unwrap_or_default()
            )),
            _ => continue,
        };
        elements.push(Element {
            look: look(line),
            place,
        });
    }
    elements
}

/// The value of an attribute, empty where there is none.
fn attribute<'l>(line: &'l str, name: &str) -> &'l str {
    line.split_once(&format!(" {name}=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(value, _)| value)
}

fn pairs(line: &str) -> impl Iterator<Item = (&str, &str)> {
    attribute(line, "points")
        .split_whitespace()
        .filter_map(|pair| pair.split_once(','))
}

fn points<'l>(points: impl IntoIterator<Item = (&'l str, &'l str)>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        let before = if path.is_empty() { 'M' } else { ' ' };
        let _ = write!(path, "{before}{x},{y}");
    }
    path
}

fn rectangle(line: &str) -> Option<String> {
    let number = |name: &str| attribute(line, name).parse::<i32>().ok();
    let (x, y) = (number("x")?, number("y")?);
    let (right, bottom) = (x + number("width")?, y + number("height")?);
    Some(format!("M{x},{y}H{right}V{bottom}H{x}z"))
}

/// What is not the initial value of an attribute.
fn look(line: &str) -> String {
    let initial = [
        ("fill", ""),
        ("stroke", "none"),
        ("stroke-width", "1"),
        ("opacity", "1"),
        ("font-size", ""),
        ("text-anchor", "start"),
    ];
    let mut look = String::new();
    for (name, initial) in initial {
        let value = match (name, attribute(line, name)) {
            ("fill", "") if line.starts_with("<line") => "none",
            ("stroke-width", _) if matches!(attribute(line, "stroke"), "" | "none") => "",
            (_, value) => value,
        };
        if !value.is_empty() && value != initial {
            let _ = write!(look, " {name}=\"{value}\"");
        }
    }
    look
}

/// Neighbours that look alike in one element. Their order is that of the picture.
fn joined(elements: &[Element]) -> String {
    let is_alike = |one: &Element, other: &Element| {
        one.look == other.look
            && std::mem::discriminant(&one.place) == std::mem::discriminant(&other.place)
    };
    let mut written = String::new();
    for run in elements.chunk_by(is_alike) {
        let look = &run[0].look;
        let is_path = matches!(run[0].place, Place::Path(_));
        written.push_str(if is_path { "<path" } else { "<g" });
        written.push_str(look);
        if is_path {
            if is_straight(run) {
                written.push_str(" shape-rendering=\"crispEdges\"");
            }
            written.push_str(" d=\"");
        } else {
            written.push('>');
        }
        for element in run {
            match &element.place {
                Place::Path(text) | Place::Whole(text) => written.push_str(text),
            }
        }
        written.push_str(if is_path { "\"/>" } else { "</g>" });
    }
    written
}

/// Whether every line is upright or level, so that it is sharp only on whole pixels.
fn is_straight(run: &[Element]) -> bool {
    run.iter().all(|element| match &element.place {
        Place::Path(path) if element.look.contains("stroke") => {
            let points: Vec<_> = path
                .trim_start_matches('M')
                .split(' ')
                .filter_map(|pair| pair.split_once(','))
                .collect();
            points
                .windows(2)
                .all(|two| two[0].0 == two[1].0 || two[0].1 == two[1].1)
        }
        _ => false,
    })
}
