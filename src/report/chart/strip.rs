//! A promise and what was measured of it: a band, and a line with a sign for each quantile.

use super::Shape;
use super::axis::{log_ticks, small_ticks};
use super::font;
use super::frame::{GAP, Sheet};
use super::palette::{FRAME, INK, MUTED, PROMISE};
use super::picture::{Anchor, Extent, Label, Pen, Picture, Point, Sign};
use crate::report::summary::{Bounded, Strip};

/// The distance of the quantiles' lines.
const ROW: f64 = 14.0;

pub(super) fn picture(strip: &Strip, shape: Shape) -> Picture {
    let sheet = Sheet {
        width: if shape == Shape::Wide { 360.0 } else { 300.0 },
        height: 20.0 + ROW * strip.marks.len() as f64,
        size: 11.0,
    };
    let mut picture = Picture::new(sheet.width, sheet.height);
    let names = strip
        .marks
        .iter()
        .map(|(name, _)| font::width(name, sheet.size));
    let left = names.fold(0.0, f64::max).ceil() + GAP;
    let bottom = sheet.height - 17.0;
    let plot = Extent::new(left, 1.0, sheet.width - 10.0, bottom);
    band(&mut picture, strip, plot);
    ticks(&mut picture, strip, sheet, plot);
    let signs = [Sign::Circle, Sign::Diamond];
    for (at, (name, figure)) in strip.marks.iter().enumerate() {
        let y = plot.top + ROW * (at as f64 + 0.5);
        let base = y + sheet.size * 0.35;
        picture.text(Label::new(*name, (0.0, base), sheet.size).colour(MUTED));
        interval(
            &mut picture,
            strip,
            plot,
            (y, figure),
            signs[at % signs.len()],
        );
        if *figure == Bounded::default() {
            let at = (f64::midpoint(plot.left, plot.right), base);
            let label = Label::new("not known", at, sheet.size).anchor(Anchor::Middle);
            picture.text(label.colour(MUTED));
        }
    }
    picture
}

fn band(picture: &mut Picture, strip: &Strip, plot: Extent) {
    let (from, to) = (
        plot.x(strip.axis.position(strip.promised.0)).round(),
        plot.x(strip.axis.position(strip.promised.1)).round(),
    );
    let upright = |x: f64| [(x, plot.top), (x, plot.bottom)];
    if to - from > 2.0 {
        let band = Extent::new(from, plot.top, to, plot.bottom);
        picture.block(band, PROMISE, 0.2);
        picture.line(upright(from), Pen::solid(PROMISE, 1));
        picture.line(upright(to), Pen::solid(PROMISE, 1));
    } else {
        picture.line(upright(from), Pen::solid(PROMISE, 3));
    }
}

fn ticks(picture: &mut Picture, strip: &Strip, sheet: Sheet, plot: Extent) {
    let base = (plot.bottom, plot.bottom + 4.0);
    picture.line(
        [(plot.left, base.0), (plot.right, base.0)],
        Pen::solid(FRAME, 1),
    );
    let mut room = sheet.level(plot.width());
    // Few of them: a strip is one of many.
    room.size = sheet.size * 1.6;
    let ticks = log_ticks(strip.axis, strip.unit, room);
    room.size = sheet.size;
    for at in small_ticks(strip.axis, room) {
        let x = plot.x(at).round();
        picture.line([(x, base.0), (x, base.0 + 2.0)], Pen::solid(FRAME, 1));
    }
    for tick in ticks {
        let x = plot.x(tick.at).round();
        picture.line([(x, base.0), (x, base.1)], Pen::solid(FRAME, 1));
        let (begin, end) = room.taken(&tick);
        let at = (
            plot.left + f64::midpoint(begin, end),
            base.1 + sheet.size * 0.95,
        );
        let label = Label::new(tick.label, at, sheet.size).anchor(Anchor::Middle);
        picture.text(label.colour(MUTED));
    }
}

/// The bounds as a line, with a cap at a bound and an arrow where there is none.
fn interval(
    picture: &mut Picture,
    strip: &Strip,
    plot: Extent,
    (y, figure): (f64, &Bounded),
    sign: Sign,
) {
    if *figure == Bounded::default() {
        return;
    }
    let place = |value: f64| plot.x(strip.axis.position(value)).round();
    let y = y.round();
    let left = figure.low.map_or(plot.left + 2.0, place);
    let right = figure.high.map_or(plot.right, place);
    let pen = Pen::solid(INK, 1);
    picture.line([(left, y), (right, y)], pen);
    for (x, bound, inwards) in [(left, figure.low, 4.0), (right, figure.high, -4.0)] {
        let end: Vec<Point> = if bound.is_some() {
            vec![(x, y - 4.0), (x, y + 4.0)]
        } else {
            vec![(x + inwards, y - 4.0), (x, y), (x + inwards, y + 4.0)]
        };
        picture.line(end, pen);
    }
    if let Some(point) = figure.point {
        picture.sign(sign, (place(point), y), INK);
    }
}
