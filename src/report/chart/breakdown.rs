//! Where an iteration's time goes: a bar for each side, in parts that a number tells apart.

use super::Shape;
use super::frame::{Entry, GAP, Sheet, flow, legend};
use super::palette::{Colour, FRAME, GROUND, INK, MUTED, STEP_1, STEP_2, STEP_3};
use super::picture::{Anchor, Extent, Label, Pen, Picture, shown};
use super::{distribution, font, sheet};
use crate::report::figure::show_seconds;
use crate::report::summary::{Bar, Breakdown, Part, PartKind};

/// The height of a bar.
const BAR: f64 = 30.0;

/// A part in the legend: what it is, its name as it is shown, and its number there.
struct Known {
    kind: PartKind,
    name: String,
    number: usize,
}

pub(super) fn picture(breakdown: &Breakdown, shape: Shape) -> Picture {
    let mut sheet = sheet(shape);
    let known = known(breakdown);
    let is_named = |known: &&Known| !fits_everywhere(known, breakdown, sheet);
    let listed: Vec<&Known> = known.iter().filter(is_named).collect();
    let columns = match (listed.len(), shape) {
        (..3, _) => 1.0,
        (_, Shape::Wide) => 3.0,
        (_, Shape::Narrow) => 2.0,
    };
    let entries: Vec<Entry> = listed
        .iter()
        .map(|known| entry(known, sheet, columns))
        .collect();
    let (_, rows) = flow(&entries, sheet, sheet.width);
    let each = sheet.line() + BAR + 12.0;
    let axis = 2.0 * each - 12.0;
    let below = axis + sheet.line() + 10.0;
    sheet.height = below + sheet.line() * rows as f64 + if rows > 0 { 4.0 } else { 0.0 };
    let mut picture = Picture::new(sheet.width, sheet.height);
    for (at, bar) in breakdown.bars.iter().enumerate() {
        let top = each * at as f64;
        heading(&mut picture, bar, sheet, top);
        let extent = Extent::new(0.0, top + sheet.line(), sheet.width, top + each - 12.0);
        parts(&mut picture, bar, &known, sheet, extent);
    }
    percents(&mut picture, sheet, axis);
    legend(&mut picture, &entries, sheet, (0.0, below), sheet.width);
    picture
}

/// All parts of both bars, in their order.
fn known(breakdown: &Breakdown) -> Vec<Known> {
    let mut kinds: Vec<(PartKind, &str)> = Vec::new();
    for part in breakdown.bars.iter().flat_map(|bar| &bar.parts) {
        if !kinds.iter().any(|(kind, _)| *kind == part.kind) {
            kinds.push((part.kind, &part.name));
        }
    }
    kinds.sort_by_key(|(kind, _)| match kind {
        PartKind::Step(at) => (0, *at),
        PartKind::Superseded => (1, 0),
        PartKind::LookUp => (2, 0),
        PartKind::Handshake => (3, 0),
        PartKind::BudgetWait => (4, 0),
        PartKind::Pause => (5, 0),
    });
    let numbered = kinds.into_iter().zip(1..);
    numbered
        .map(|((kind, name), number)| Known {
            kind,
            name: shown(name),
            number,
        })
        .collect()
}

/// What a part's share of the bar's width is.
fn width(bar: &Bar, part: &Part, whole: f64) -> f64 {
    let share = part.seconds / bar.seconds();
    if share.is_finite() {
        share.clamp(0.0, 1.0) * whole
    } else {
        0.0
    }
}

fn fits(name: &str, sheet: Sheet, room: f64) -> bool {
    font::width(name, sheet.size) + 2.0 * GAP <= room
}

/// Whether every part of this kind is wide enough for its name, so that no legend needs to tell it.
fn fits_everywhere(known: &Known, breakdown: &Breakdown, sheet: Sheet) -> bool {
    breakdown.bars.iter().all(|bar| {
        let mut of_kind = bar.parts.iter().filter(|part| part.kind == known.kind);
        of_kind.all(|part| fits(&known.name, sheet, width(bar, part, sheet.width)))
    })
}

fn tone(kind: PartKind) -> Option<Colour> {
    match kind {
        PartKind::Step(at) => Some([STEP_1, STEP_2, STEP_3][at % 3]),
        _ => None,
    }
}

fn entry(known: &Known, sheet: Sheet, columns: f64) -> Entry<'_> {
    let (kind, number) = (known.kind, known.number.to_string());
    let wide = font::width("16", sheet.size) + GAP;
    let most = (sheet.width + 2.0 * GAP) / columns - wide - 3.1 * GAP;
    Entry {
        words: font::fitted(&known.name, sheet.size, most),
        wide,
        sign: Box::new(move |picture, (x, y)| {
            let half = sheet.size * 0.6;
            let swatch = Extent::new(x - wide / 2.0, y - half, x + wide / 2.0, y + half);
            fill(picture, kind, swatch);
            inside(picture, kind, &number, sheet, swatch);
        }),
    }
}

fn heading(picture: &mut Picture, bar: &Bar, sheet: Sheet, top: f64) {
    let base = top + sheet.size;
    let (sign, colour) = (distribution::sign(bar.side), distribution::colour(bar.side));
    picture.sign(sign, (5.0, base - sheet.size * 0.35), colour);
    let name = bar.side.name();
    picture.text(Label::new(name, (14.0, base), sheet.size).colour(colour));
    let total = if bar.parts.is_empty() {
        "nothing was measured".to_owned()
    } else {
        let waiting = bar.seconds() - bar.latency_s();
        let latency = format!("{} latency", show_seconds(bar.latency_s()));
        if bar.parts.iter().all(|part| part.kind.is_latency()) {
            latency
        } else {
            format!("{latency} + {} waiting", show_seconds(waiting))
        }
    };
    let label = Label::new(total, (sheet.width, base), sheet.size).anchor(Anchor::End);
    picture.text(label);
}

fn parts(picture: &mut Picture, bar: &Bar, known: &[Known], sheet: Sheet, extent: Extent) {
    if bar.parts.is_empty() {
        outline(picture, extent, Pen::dashed(FRAME, 1, (4, 4)));
        return;
    }
    let mut left = extent.left;
    for part in &bar.parts {
        let right = (left + width(bar, part, extent.width())).min(extent.right);
        // A line of the ground's colour lies between the parts.
        let is_last = right > extent.right - 1.0;
        let until = if is_last || right - left < 2.0 {
            right
        } else {
            right - 1.0
        };
        let place = Extent::new(left, extent.top, until, extent.bottom);
        fill(picture, part.kind, place);
        if let Some(known) = known.iter().find(|known| known.kind == part.kind) {
            let number = known.number.to_string();
            let texts = [known.name.as_str(), &number];
            let fitting = texts
                .into_iter()
                .find(|text| fits(text, sheet, right - left));
            if let Some(text) = fitting {
                inside(picture, part.kind, text, sheet, place);
            }
        }
        left = right;
    }
}

/// Steps are filled; what is no latency is hatched.
fn fill(picture: &mut Picture, kind: PartKind, place: Extent) {
    if let Some(tone) = tone(kind) {
        picture.block(place, tone, 1.0);
        return;
    }
    let step = match kind {
        PartKind::Superseded => 4.0,
        PartKind::Handshake => 6.0,
        _ => 9.0,
    };
    let height = place.height();
    let mut x = place.left - height;
    while x < place.right {
        // From the lower left to the upper right, as far as it lies inside.
        let begin = (place.left - x).max(0.0);
        let end = (place.right - x).min(height);
        if begin < end {
            let line = [
                (x + begin, place.bottom - begin),
                (x + end, place.bottom - end),
            ];
            picture.line(line, Pen::solid(FRAME, 1));
        }
        x += step;
    }
    outline(picture, place, Pen::solid(FRAME, 1));
}

fn outline(picture: &mut Picture, place: Extent, pen: Pen) {
    let corners = [
        (place.left, place.top),
        (place.right, place.top),
        (place.right, place.bottom),
        (place.left, place.bottom),
        (place.left, place.top),
    ];
    picture.line(corners, pen);
}

fn inside(picture: &mut Picture, kind: PartKind, text: &str, sheet: Sheet, place: Extent) {
    let at = (
        f64::midpoint(place.left, place.right),
        f64::midpoint(place.top, place.bottom) + sheet.size * 0.35,
    );
    let label = Label::new(text, at, sheet.size).anchor(Anchor::Middle);
    if tone(kind).is_some() {
        picture.text(label.colour(GROUND));
        return;
    }
    let mut plate = label.extent();
    (plate.left, plate.right) = (
        (plate.left - 2.0).max(place.left + 1.0),
        (plate.right + 2.0).min(place.right - 1.0),
    );
    picture.block(plate, GROUND, 1.0);
    picture.text(label.colour(INK));
}

fn percents(picture: &mut Picture, sheet: Sheet, top: f64) {
    for quarter in 0..=4 {
        let share = f64::from(quarter) * 0.25;
        let x = (sheet.width * share).clamp(1.0, sheet.width - 1.0);
        picture.line([(x, top), (x, top + 4.0)], Pen::solid(FRAME, 1));
        let anchor = match quarter {
            0 => Anchor::Start,
            4 => Anchor::End,
            _ => Anchor::Middle,
        };
        let at = (sheet.width * share, top + 4.0 + sheet.size);
        let label = Label::new(format!("{} %", quarter * 25), at, sheet.size);
        picture.text(label.anchor(anchor).colour(MUTED));
    }
}
